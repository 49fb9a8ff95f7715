"""Customer lifetime value: what is expected, and why to believe it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import figure_html
from analytics.presentation.cells import nothing, shown, what_to_add
from analytics.presentation.clv_charts import (
    calibration_chart,
    distribution_chart,
    model_name,
    models_chart,
    segments_chart,
    standing,
    value_name,
)
from analytics.presentation.context import source_facts
from analytics.presentation.explained import Explained
from analytics.presentation.formats import (
    ABSENT,
    amount,
    count,
    day,
    decimal,
    is_known,
    listed,
    percent,
    plural,
    sentence_start,
    within,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    definition_list,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Clv
from analytics.tables import TableColumn, table_html

SHOWS = "the contribution margin that each segment is expected to bring"
METRICS = {
    "spearman": "Spearman",
    "r2": "R²",
    "mae": "Mean absolute error",
    "decile_lift": "Top-tenth lift",
    "top_decile_capture": "Top-tenth share",
    "calibration_slope": "Calibration slope",
}


@shown(Clv, absent=what_to_add(SHOWS))
def summary(result: Clv) -> Fragment:
    """Return what is expected in all, and how far the model can be trusted."""
    return Fragment(
        paragraph(text(total_sentence(result)), css="verdict")
        + paragraph(text(trust_sentence(result)))
    )


@shown(Clv)
def segments(result: Clv) -> Fragment:
    """Return the mean value of each segment with its interval."""
    rows = result.segments[result.segments["segment"] != "all"]
    if len(rows) < 2:
        return nothing_note(
            "No segments in this source",
            "Add the column segment of customers; this chart then compares the segments.",
        )
    return Fragment(figure_html(segments_chart(result, rows)))


@shown(Clv)
def distribution(result: Clv) -> Fragment:
    """Return how the value is spread over customers."""
    return Fragment(figure_html(distribution_chart(result)))


@shown(Clv)
def models(result: Clv) -> Fragment:
    """Return models and baselines compared on the test customers by rank correlation."""
    return Fragment(figure_html(models_chart(result)))


@shown(Clv, absent=nothing)
def scores_table(result: Clv) -> Fragment:
    """Return every score of every model on the test customers."""
    rows = result.scores[result.scores["part"] == "test"]
    return Fragment(_score_table(result, rows, "clv-scores", "Scores on the test customers"))


def _score_table(result: Clv, rows: pd.DataFrame, id: str, label: str) -> str:
    """Return scores with their 95 % intervals, a row a model."""
    currency = source_facts().currency
    metrics = list(dict.fromkeys(rows["metric"]))
    shown = rows.assign(
        said=[_interval_text(r, currency if r.metric == "mae" else "") for r in named_rows(rows)]
    )
    frame = shown.pivot_table(
        index=["model", "role"], columns="metric", values="said", aggfunc="first", sort=False
    ).reset_index()
    frame["model"] = [model_name(name, result) for name in frame["model"]]
    columns = [TableColumn(name="model", title="Model"), TableColumn(name="role", title="Role")]
    columns += [
        TableColumn(name=metric, title=METRICS.get(metric, sentence_start(words(metric))))
        for metric in metrics
    ]
    return table_html(frame, tuple(columns), id=id, label=label, searchable=False)


def _interval_text(row: Any, currency: str) -> str:
    if not is_known(row.value):
        return ABSENT
    shown = (lambda value: amount(value, currency)) if currency else decimal
    if not is_known(row.low) or row.low == row.high:
        return shown(row.value)
    return f"{shown(row.value)} ({shown(row.low)} to {shown(row.high)})"


@shown(Clv, absent=nothing)
def calibration(result: Clv) -> Fragment:
    """Return what came against what was predicted, by tenths of the test customers."""
    rows = result.calibration[result.calibration["model"] == result.winner]
    if rows.empty:
        return nothing_note("No calibration", "There are too few test customers.")
    return Fragment(figure_html(calibration_chart(result, rows.reset_index(drop=True))))


@shown(Clv)
def importance(result: Clv) -> Fragment:
    """Return which features move the winner's predictions most."""
    if result.importance.empty:
        return nothing_note("No features", "The chosen model is a baseline without features.")
    rows = result.importance.rename(columns={"mean_absolute_shap_amount": "mean_absolute_shap"})
    return _explained().importance(rows)


@shown(Clv, absent=nothing)
def beeswarm(result: Clv) -> Fragment:
    """Return the SHAP values of a sample of customers."""
    if result.beeswarm.empty:
        return Fragment("")
    return _explained().beeswarm(result.beeswarm, result.test_customers)


@shown(Clv, absent=nothing)
def dependence(result: Clv) -> Fragment:
    """Return how the top features bend the predictions."""
    return _explained().dependence(result.dependence)


@shown(Clv, absent=nothing)
def examples(result: Clv) -> Fragment:
    """Return the steps to single customers' predictions, by pseudonym."""
    return _explained().examples(result.waterfalls, 2)


@shown(Clv, absent=nothing)
def later_table(result: Clv) -> Fragment:
    """Return the scores at a later cut-off than any that the models learned from."""
    if result.later.empty or result.later_cutoff is None:
        return nothing_note(
            "No later half year",
            "The history is too short to learn from one half year and judge on the next.",
        )
    said = (
        f"Learned at {day(result.training_cutoff)} from {result.later_months} months, judged at "
        f"{day(result.later_cutoff)} on the {result.later_months} months after it, on "
        f"{count(result.later_customers)} customers: nothing of the second half year was known."
    )
    table = _score_table(result, result.later, "clv-later", "Scores on the later half year")
    return Fragment(paragraph(text(said)) + table)


@shown(Clv, absent=nothing)
def current_table(result: Clv) -> Fragment:
    """Return how well behaviour explains the value to date: no prediction."""
    if result.current_value.empty:
        return Fragment("")
    currency = source_facts().currency
    best = first_row(result.current_value.sort_values("r2", ascending=False))
    parts = listed([within(words(name)) for name in result.definitional])
    said = (
        f"Behaviour explains the value to date with R² up to {decimal(best.r2)} "
        f"({within(words(best.model))}). That is a description, not a forecast: {parts} are "
        "parts of the value by definition. Figures often quoted for lifetime value answer this "
        "question; the honest forecast stands above."
    )
    columns = (
        TableColumn(name="model", title="Model", text=lambda v: sentence_start(words(v))),
        TableColumn(name="r2", title="R², customers left out", text=decimal),
        TableColumn(name="quoted_r2", title="R² often quoted", text=decimal),
        TableColumn(name="spearman", title="Spearman", text=decimal),
        TableColumn(
            name="mae_amount", title="Mean absolute error", text=lambda v: amount(v, currency)
        ),
    )
    return Fragment(
        paragraph(text(said))
        + table_html(
            result.current_value,
            columns,
            id="clv-current",
            label="Explaining the value to date",
            searchable=False,
        )
    )


@shown(Clv, absent=nothing)
def tuning_table(result: Clv) -> Fragment:
    """Return which parameters the cross-validation chose."""
    return _explained().tuning(result.tuning)


@shown(Clv)
def set_up(result: Clv) -> Fragment:
    """Return cut-offs, horizon, discount rate and sizes of the parts."""
    return Fragment(
        definition_list(
            [
                ("Value", text(result.margin)),
                ("Horizon", f"{result.horizon_months} months"),
                ("Discount rate", f"{percent(result.discount_rate)} a year"),
                ("Trained with data before", text(day(result.training_cutoff))),
                ("Scored at", text(day(result.scoring_cutoff))),
                ("Interval", text(
                    "80 %, conformal; covered "
                    f"{percent(result.interval_coverage)} of customers held out"
                )),
                ("In use", text(sentence_start(words(result.in_use)))),
                ("Customers", text(
                    f"{count(result.training_customers)} training, "
                    f"{count(result.validation_customers)} validation, "
                    f"{count(result.test_customers)} test"
                )),
            ]
        )
    )  # fmt: skip


def total_sentence(result: Clv) -> str:
    """Return how much is expected of how many customers."""
    currency = source_facts().currency
    everyone = result.segments[result.segments["segment"] == "all"]
    if everyone.empty:
        return "No customer was scored."
    row = first_row(everyone)
    return (
        f"{plural(int(row.customers), 'customer')} are expected to bring "
        f"{amount(row.total_amount, currency)} contribution margin in the next "
        f"{result.horizon_months} months, {amount(float(row.mean_amount), currency)} each on "
        f"average.{_assumption(result)}"
    )


def trust_sentence(result: Clv) -> str:
    """Return which model was chosen, how it did on test customers and against the baselines."""
    score = _test_score(result, result.winner, "spearman")
    said = f"The chosen model is {within(words(result.winner))}"
    if is_known(score):
        said += f"; it ranks held-out customers with a Spearman correlation of {decimal(score)}"
    state, best = standing(result)
    if state == "better":
        return f"{said}, better than every baseline."
    if state == "level":
        return f"{said}. {_level_sentence(result, best)}"
    lost = f"{said}, no better than the best baseline{f', {words(best)}' if best else ''}."
    if result.in_use != result.winner:
        lost += f" {sentence_start(words(result.in_use))} is used instead."
    return lost


def concentration(result: Clv) -> tuple[str, str] | None:
    """Return which segment holds more value than its share of customers, with its evidence.

    None where there are fewer than two segments.
    """
    rows = result.segments[~result.segments["segment"].isin(["all", "Unknown"])]
    if len(rows) < 2:
        return None
    share = rows["total_amount"] / rows["total_amount"].sum()
    people = rows["customers"] / rows["customers"].sum()
    at = int((share - people).to_numpy().argmax())
    currency = source_facts().currency
    row = named_rows(rows)[at]
    months = result.horizon_months
    return (
        f"{row.segment} customers are {percent(people.iloc[at], 0)} of all and hold "
        f"{percent(share.iloc[at], 0)} of the value expected in the next {months} months",
        f"mean {value_name(result)} {amount(float(row.mean_amount), currency)}, 95 % interval "
        f"{amount(float(row.low_amount), currency)} to "
        f"{amount(float(row.high_amount), currency)}",
    )


def _level_sentence(result: Clv, best: str) -> str:
    ranks = decimal(_test_score(result, best, "spearman"))
    own, other = (_test_score(result, name, "r2") for name in (result.winner, best))
    fit = (
        f", and R² is {decimal(own)} against {decimal(other)}"
        if is_known(own) and is_known(other)
        else ""
    )
    return (
        f"The best baseline, {words(best)}, reaches {ranks}{fit}: these customers do not tell "
        "the two apart."
    )


def _assumption(result: Clv) -> str:
    """Return what the margin is taken to be where the source has no costs."""
    if "assumed" not in result.margin:
        return ""
    return f" The margin is assumed: {result.margin.removesuffix(', assumed')}."


def _test_score(result: Clv, model: str, metric: str) -> float:
    rows = result.scores[
        (result.scores["part"] == "test")
        & (result.scores["metric"] == metric)
        & (result.scores["model"] == model)
    ]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")


def _explained() -> Explained:
    currency = source_facts().currency
    return Explained(page="clv", unit=currency, shown=lambda value: amount(value, currency))
