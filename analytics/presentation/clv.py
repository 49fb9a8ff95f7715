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

SHOWS = "the contribution margin that each segment is expected to bring in the next 12 months"
METRICS = {
    "spearman": "Spearman",
    "r2": "R²",
    "mae": "Mean absolute error",
    "decile_lift": "Top-tenth lift",
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
    """Return the mean CLV12 of each segment with its interval."""
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
    """Return how CLV12 is spread over customers."""
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
        return absent_line(result)
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
        return absent_line(result)
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
        return absent_line(result)
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
        "average."
    )


def trust_sentence(result: Clv) -> str:
    """Return which model was chosen, how it did on test customers and against the baselines."""
    name = within(words(result.winner))
    score = _test_score(result, "spearman")
    said = f"The chosen model is {name}"
    if is_known(score):
        said += f"; it ranks held-out customers with a Spearman correlation of {decimal(score)}"
    verdict = (
        "better than every baseline"
        if result.winner_beats_baseline
        else "no better than the best baseline"
    )
    return f"{said}, {verdict}."


def concentration(result: Clv) -> tuple[str, str] | None:
    """Return which segment holds more CLV12 than its share of customers, with its evidence.

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
        f"mean CLV12 {amount(float(row.mean_amount), currency)}, 95 % interval "
        f"{amount(float(row.low_amount), currency)} to "
        f"{amount(float(row.high_amount), currency)}",
    )


def _test_score(result: Clv, metric: str) -> float:
    rows = result.scores[
        (result.scores["part"] == "test")
        & (result.scores["metric"] == metric)
        & (result.scores["model"] == result.winner)
    ]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")
