"""The randomised offer with its lift, the experiment without any effect, and a broken split."""

from __future__ import annotations

from datetime import date

import pandas as pd
from cause import Cause, Finding, found, within
from shop import SCORING, AnalysedShop

from analytics.marts import Marts
from analytics.prescriptive import experiments
from analytics.results import Experiments
from analytics.settings import ExperimentSettings

SETTINGS = ExperimentSettings()


def analysed(marts: Marts, start: date, assignments: pd.DataFrame) -> Experiments:
    """Return what the experiments of some marts come to, with these assignments."""
    end = pd.Timestamp(SCORING)
    window = pd.Timedelta(weeks=SETTINGS.window_weeks)
    result = experiments(
        assignments,
        marts.experiment_weeks(SETTINGS.window_weeks),
        marts.customer_windows((end - 2 * window).date(), (end - window).date(), end.date()),
        observed_from=pd.Timestamp(start),
        observed_to=end,
        has_costs=True,
        settings=SETTINGS,
        minimum_cell=5,
    )
    assert isinstance(result, Experiments)
    return result


def _analysed(shop: AnalysedShop, assignments: pd.DataFrame) -> Experiments:
    start = date.fromisoformat(shop.truth["parameters"]["start"])
    return analysed(shop.marts, start, assignments)


def _row(shop: AnalysedShop, number: int) -> tuple[float, pd.Series, str]:
    """Return the planted lift, the row that decides, and the state."""
    planted = shop.truth["experiments"][number]
    result = _analysed(shop, shop.marts.assignments())
    name = planted["experiment_id"]
    lifts = result.lifts[(result.lifts["experiment_id"] == name) & result.lifts["primary"]]
    state = result.experiments.set_index("experiment_id").loc[name, "state"]
    return planted["lift_rate"], lifts.iloc[0], str(state)


def _size(shop: AnalysedShop) -> Finding:
    planted, row, _ = _row(shop, 0)
    return within(planted, row["lift_rate"], row["lift_low_rate"], row["lift_high_rate"])


def _decision(shop: AnalysedShop) -> Finding:
    planted, row, state = _row(shop, 0)
    return found(state == "better", planted=planted, estimate=row["lift_rate"])


def _placebo(shop: AnalysedShop) -> Finding:
    planted, row, state = _row(shop, 1)
    return found(state not in ("better", "worse"), planted=planted, estimate=row["lift_rate"])


def _broken(shop: AnalysedShop) -> Finding:
    """Look at an experiment that a quarter of the treated fell out of."""
    rows = shop.marts.assignments()
    lost = (rows["variant"] == "treatment") & (rows.groupby("variant").cumcount() % 4 == 0)
    result = _analysed(shop, rows[~lost])
    return found(
        bool((result.experiments["state"] == "refused").all()) and result.lifts.empty,
        estimate=float(result.experiments["split_p_value"].max()),
    )


CAUSES = (
    Cause(name="lift of the offer inside its 95 % interval", promise=0.95, find=_size),
    Cause(name="the offer is rolled out", promise=0.80, find=_decision),
    Cause(name="the experiment without effect is not found", promise=0.95, find=_placebo),
    Cause(name="a broken split is refused", promise=0.95, find=_broken),
)
