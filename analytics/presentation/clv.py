"""Customer lifetime value: what is expected, and why to believe it."""

from __future__ import annotations

from analytics.charts import figure_html
from analytics.presentation.clv_charts import (
    calibration_chart,
    distribution_chart,
    importance_chart,
    model_name,
    models_chart,
    segments_chart,
    standing,
    value_name,
)
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import (
    amount,
    count,
    day,
    decimal,
    is_known,
    percent,
    plural,
    sentence_start,
    within,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    absent_line,
    definition_list,
    missing_note,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Clv, Missing
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


def summary() -> Fragment:
    """Return what is expected in all, and how far the model can be trusted."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    return Fragment(
        paragraph(text(total_sentence(result)), css="verdict")
        + paragraph(text(trust_sentence(result)))
    )


def segments() -> Fragment:
    """Return the mean value of each segment with its interval."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return absent_line(result)
    rows = result.segments[result.segments["segment"] != "all"]
    if len(rows) < 2:
        return nothing_note(
            "No segments in this source",
            "Add the column segment of customers; this chart then compares the segments.",
        )
    return Fragment(figure_html(segments_chart(result, rows)))


def distribution() -> Fragment:
    """Return how the value is spread over customers."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return absent_line(result)
    return Fragment(figure_html(distribution_chart(result)))


def models() -> Fragment:
    """Return models and baselines compared on the test customers by rank correlation."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return absent_line(result)
    return Fragment(figure_html(models_chart(result)))


def scores_table() -> Fragment:
    """Return every score of every model on the test customers."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return Fragment("")
    currency = source_facts().currency
    rows = result.scores[result.scores["part"] == "test"]
    metrics = list(dict.fromkeys(rows["metric"]))
    frame = rows.pivot_table(
        index=["model", "role"], columns="metric", values="value", aggfunc="first", sort=False
    ).reset_index()
    frame["model"] = [model_name(name, result) for name in frame["model"]]
    columns = [TableColumn(name="model", title="Model"), TableColumn(name="role", title="Role")]
    for metric in metrics:
        money = metric in ("mae", "rmse") or metric.endswith("_amount")
        columns.append(
            TableColumn(
                name=metric,
                title=METRICS.get(metric, sentence_start(words(metric))),
                text=(lambda value: amount(value, currency)) if money else decimal,
            )
        )
    return Fragment(
        table_html(frame, tuple(columns), id="clv-scores", label="Scores on the test customers",
                   searchable=False)
    )  # fmt: skip


def calibration() -> Fragment:
    """Return what came against what was predicted, by tenths of the test customers."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return Fragment("")
    rows = result.calibration[result.calibration["model"] == result.winner]
    if rows.empty:
        return nothing_note("No calibration", "There are too few test customers.")
    return Fragment(figure_html(calibration_chart(result, rows.reset_index(drop=True))))


def importance() -> Fragment:
    """Return which features move the winner's predictions most."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return absent_line(result)
    if result.importance.empty:
        return nothing_note("No features", "The chosen model is a baseline without features.")
    return Fragment(figure_html(importance_chart(result)))


def tuning_table() -> Fragment:
    """Return which parameters the cross-validation chose."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return Fragment("")
    frame = result.tuning.assign(
        model=result.tuning["model"].map(lambda name: sentence_start(words(name)))
    )
    columns = (
        TableColumn(name="model", title="Model"),
        TableColumn(name="parameter", title="Parameter"),
        TableColumn(name="chosen", title="Chosen"),
        TableColumn(name="candidates", title="Tried"),
    )
    return Fragment(
        table_html(frame, columns, id="clv-tuning", label="Tuned parameters", searchable=False)
    )


def set_up() -> Fragment:
    """Return cut-offs, horizon, discount rate and sizes of the parts."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return absent_line(result)
    return Fragment(
        definition_list(
            [
                ("Value", text(result.margin)),
                ("Horizon", f"{result.horizon_months} months"),
                ("Discount rate", f"{percent(result.discount_rate)} a year"),
                ("Trained with data before", text(day(result.training_cutoff))),
                ("Scored at", text(day(result.scoring_cutoff))),
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
    return f"{said}, no better than the best baseline{f', {words(best)}' if best else ''}."


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
