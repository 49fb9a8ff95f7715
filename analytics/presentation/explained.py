"""What the pages of explained models have in common: features, single customers, tuning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analytics.charts import figure_html
from analytics.presentation.explanation_charts import (
    beeswarm_chart,
    dependence_chart,
    importance_chart,
    waterfall_chart,
)
from analytics.presentation.formats import sentence_start, words
from analytics.presentation.fragments import Fragment, nothing_note
from analytics.tables import TableColumn, table_html

# Customers that a swarm shows at most.
SAMPLE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """How a page tells predictions: the start of its ids, the unit, and a value as text."""

    page: str
    unit: str
    shown: Callable[[float], str]

    def importance(self, rows: pd.DataFrame) -> Fragment:
        """Return which features move the predictions most."""
        chart = importance_chart(
            rows, id=f"{self.page}-importance", unit=self.unit, shown=self.shown
        )
        return Fragment(figure_html(chart))

    def beeswarm(self, rows: pd.DataFrame, customers: int) -> Fragment:
        """Return the SHAP values of a sample of so many customers at most."""
        sample = min(SAMPLE, customers)
        chart = beeswarm_chart(rows, id=f"{self.page}-beeswarm", unit=self.unit, customers=sample)
        return Fragment(figure_html(chart))

    def dependence(self, rows: pd.DataFrame) -> Fragment:
        """Return how the top features bend the predictions; nothing where none is told."""
        if rows.empty:
            return Fragment("")
        chart = dependence_chart(rows, id=f"{self.page}-dependence", unit=self.unit)
        return Fragment(figure_html(chart))

    def examples(self, rows: pd.DataFrame, most: int) -> Fragment:
        """Return the steps to the predictions of so many customers at most, by pseudonym."""
        if rows.empty:
            return nothing_note(
                "No single customers",
                "This source publishes no customer rows, so none is explained one by one.",
            )
        charts = [
            waterfall_chart(
                rows[rows["customer"] == name],
                id=f"{self.page}-customer-{number}",
                unit=self.unit,
                shown=self.shown,
            )
            for number, name in enumerate(list(dict.fromkeys(rows["customer"]))[:most], start=1)
        ]
        return Fragment("\n".join(figure_html(chart) for chart in charts))

    def tuning(self, rows: pd.DataFrame) -> Fragment:
        """Return which parameters the cross-validation chose."""
        frame = rows.assign(model=rows["model"].map(lambda name: sentence_start(words(name))))
        columns = (
            TableColumn(name="model", title="Model"),
            TableColumn(name="parameter", title="Parameter"),
            TableColumn(name="chosen", title="Chosen"),
            TableColumn(name="candidates", title="Tried"),
        )
        label = "Tuned parameters"
        return Fragment(
            table_html(frame, columns, id=f"{self.page}-tuning", label=label, searchable=False)
        )
