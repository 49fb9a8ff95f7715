"""Customer lifetime value: what is expected, and why to believe it."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.bars import change_bars
from analytics.charts.curves import calibration_points, histogram
from analytics.charts.intervals import interval_rows
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import (
    amount,
    count,
    day,
    decimal,
    is_known,
    percent,
    plural,
    scale_of,
    sentence_start,
    within,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    definition_list,
    missing_note,
    nothing_note,
    paragraph,
    text,
)
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
        return missing_note(result, shows=SHOWS)
    rows = result.segments[result.segments["segment"] != "all"]
    if len(rows) < 2:
        return nothing_note(
            "No segments in this source",
            "Add the column segment of customers; this chart then compares the segments.",
        )
    return Fragment(figure_html(_segments_chart(result, rows)))


def distribution() -> Fragment:
    """Return how CLV12 is spread over customers."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    return Fragment(figure_html(_distribution_chart(result)))


def models() -> Fragment:
    """Return models and baselines compared on the test customers by rank correlation."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    return Fragment(figure_html(_models_chart(result)))


def scores_table() -> Fragment:
    """Return every score of every model on the test customers."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    currency = source_facts().currency
    rows = result.scores[result.scores["part"] == "test"]
    metrics = list(dict.fromkeys(rows["metric"]))
    frame = rows.pivot_table(
        index=["model", "role"], columns="metric", values="value", aggfunc="first", sort=False
    ).reset_index()
    frame["model"] = [_model_name(name, result) for name in frame["model"]]
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
        return missing_note(result, shows=SHOWS)
    rows = result.calibration[result.calibration["model"] == result.winner]
    if rows.empty:
        return nothing_note("No calibration", "There are too few test customers.")
    return Fragment(figure_html(_calibration_chart(result, rows.reset_index(drop=True))))


def importance() -> Fragment:
    """Return which features move the winner's predictions most."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    if result.importance.empty:
        return nothing_note("No features", "The chosen model is a baseline without features.")
    return Fragment(figure_html(_importance_chart(result)))


def tuning_table() -> Fragment:
    """Return which parameters the cross-validation chose."""
    result = stored(Clv)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
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
        return Fragment("")
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
    row = everyone.iloc[0]
    return (
        f"{plural(int(row['customers']), 'customer')} are expected to bring "
        f"{amount(float(row['total_amount']), currency)} contribution margin in the next "
        f"{result.horizon_months} months, {amount(float(row['mean_amount']), currency)} each on "
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
        else "no better than the best baseline, whose simplicity it does not repay"
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
    at = (share - people).idxmax()
    currency = source_facts().currency
    row = rows.loc[at]
    return (
        f"{row['segment']} customers are {percent(people[at], 0)} of all and hold "
        f"{percent(share[at], 0)} of the value expected in the next {result.horizon_months} months",
        f"mean CLV12 {amount(float(row['mean_amount']), currency)}, 95 % interval "
        f"{amount(float(row['low_amount']), currency)} to "
        f"{amount(float(row['high_amount']), currency)}",
    )


def _test_score(result: Clv, metric: str) -> float:
    rows = result.scores[
        (result.scores["part"] == "test")
        & (result.scores["metric"] == metric)
        & (result.scores["model"] == result.winner)
    ]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")


def _model_name(name: object, result: Clv) -> str:
    shown = sentence_start(words(str(name)))
    return f"{shown} (chosen)" if name == result.winner else shown


def _segments_chart(result: Clv, rows: pd.DataFrame) -> Chart:
    currency = source_facts().currency
    rows = rows.sort_values("mean_amount", ascending=False).reset_index(drop=True)
    divisor, word = scale_of(float(rows["mean_amount"].max()))
    axis = " ".join(part for part in ("Mean CLV12,", word, currency) if part)
    top, bottom = rows.iloc[0], rows.iloc[-1]
    times = top["mean_amount"] / bottom["mean_amount"] if bottom["mean_amount"] > 0 else None
    finding = (
        f"A {top['segment']} customer is worth {decimal(times, 1)} times a "
        f"{bottom['segment']} customer"
        if times
        else f"{top['segment']} customers are worth most"
    )
    frame = pd.DataFrame(
        {
            "name": rows["segment"],
            "value": rows["mean_amount"] / divisor,
            "low": rows["low_amount"] / divisor,
            "high": rows["high_amount"] / divisor,
            "strong": True,
            "shown": [
                f"{amount(r.mean_amount, currency)} ({amount(r.low_amount, currency)} to "
                f"{amount(r.high_amount, currency)})"
                for r in rows.itertuples()
            ],
        }
    )
    return Chart(
        id="clv-segments",
        title=finding,
        subtitle=f"{axis}, next {result.horizon_months} months; with 95 % interval",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in frame.itertuples(index=False))
        + ".",
        frame=rows,
        columns=(
            ChartColumn(name="segment", title="Segment"),
            ChartColumn(name="customers", title="Customers", text=count),
            *(
                ChartColumn(name=name, title=title, text=lambda value: amount(value, currency))
                for name, title in (
                    ("mean_amount", "Mean CLV12"), ("low_amount", "Low"), ("high_amount", "High"),
                    ("total_amount", "Total"),
                )
            ),
        ),
        specification=lambda width: interval_rows(
            frame, width, title=axis, domain=(0.0, float(frame["high"].max()) * 1.05)
        ),
    )  # fmt: skip


def _distribution_chart(result: Clv) -> Chart:
    currency = source_facts().currency
    rows = result.distribution.sort_values("from_amount").reset_index(drop=True)
    divisor, word = scale_of(float(rows["to_amount"].max()))
    axis = " ".join(part for part in ("CLV12,", word, currency) if part)
    half = rows["customers"].cumsum() >= rows["customers"].sum() / 2
    middle = rows[half].iloc[0]
    finding = (
        f"Half of the customers are worth less than {amount(middle['to_amount'], currency)} each"
    )
    frame = pd.DataFrame(
        {
            "low": rows["from_amount"] / divisor,
            "high": rows["to_amount"] / divisor,
            "count": rows["customers"],
            "shown": [
                f"{amount(r.from_amount, currency)} to {amount(r.to_amount, currency)}"
                for r in rows.itertuples()
            ],
        }
    )
    return Chart(
        id="clv-distribution",
        title=finding,
        subtitle=f"Customers by expected {axis}, next {result.horizon_months} months",
        alt=f"{finding}. Histogram of CLV12 over {count(rows['customers'].sum())} customers.",
        frame=rows,
        columns=(
            ChartColumn(name="from_amount", title="From", text=lambda v: amount(v, currency)),
            ChartColumn(name="to_amount", title="To", text=lambda v: amount(v, currency)),
            ChartColumn(name="customers", title="Customers", text=count),
        ),
        specification=lambda width: histogram(frame, width, titles=(axis, "Customers")),
    )


def _models_chart(result: Clv) -> Chart:
    rows = result.scores[(result.scores["part"] == "test") & (result.scores["metric"] == "spearman")]
    rows = rows.sort_values(["value", "model"], ascending=[False, True]).reset_index(drop=True)
    rows["name"] = [_model_name(name, result) for name in rows["model"]]
    finding = (
        f"{sentence_start(words(result.winner))} ranks customers better than every baseline"
        if result.winner_beats_baseline
        else f"{sentence_start(words(result.winner))} ranks customers no better than a baseline"
    )
    frame = pd.DataFrame(
        {
            "name": rows["name"],
            "value": rows["value"],
            "low": rows["low"],
            "high": rows["high"],
            "strong": rows["role"] == "model",
            "shown": [f"{decimal(r.value)} ({decimal(r.low)} to {decimal(r.high)})"
                      for r in rows.itertuples()],
        }
    )  # fmt: skip
    return Chart(
        id="clv-models",
        title=finding,
        subtitle=f"Spearman correlation on {count(result.test_customers)} held-out customers, with "
        "95 % interval; grey: baselines",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in frame.itertuples(index=False))
        + ".",
        frame=rows[["name", "role", "value", "low", "high"]],
        columns=(
            ChartColumn(name="name", title="Model"),
            ChartColumn(name="role", title="Role"),
            ChartColumn(name="value", title="Spearman", text=decimal),
            ChartColumn(name="low", title="Low", text=decimal),
            ChartColumn(name="high", title="High", text=decimal),
        ),
        specification=lambda width: interval_rows(frame, width, title="Spearman correlation"),
    )


def _calibration_chart(result: Clv, rows: pd.DataFrame) -> Chart:
    currency = source_facts().currency
    top = float(rows[["predicted_amount", "actual_amount"]].max().max())
    divisor, word = scale_of(top)
    unit = " ".join(part for part in (word, currency) if part)
    predicted, actual = rows["predicted_amount"].mean(), rows["actual_amount"].mean()
    bias = predicted / actual - 1 if actual else float("nan")
    finding = (
        "Predictions are right on average"
        if is_known(bias) and abs(bias) < 0.03
        else f"Predictions are {percent(abs(bias), 0)} too {'high' if bias > 0 else 'low'} on average"
    )
    frame = pd.DataFrame(
        {
            "predicted": rows["predicted_amount"] / divisor,
            "actual": rows["actual_amount"] / divisor,
            "decile": rows["decile"],
            "shown": [f"{amount(r.predicted_amount, currency)}, {amount(r.actual_amount, currency)}"
                      for r in rows.itertuples()],
        }
    )  # fmt: skip
    return Chart(
        id="clv-calibration",
        title=finding,
        subtitle=f"Each point a tenth of {count(result.test_customers)} held-out customers; "
        "dashed: where prediction and outcome are equal",
        alt=f"{finding}. Points for the tenths of customers: predicted against what came.",
        frame=rows[["decile", "predicted_amount", "actual_amount", "customers"]],
        columns=(
            ChartColumn(name="decile", title="Tenth", text=count),
            ChartColumn(name="predicted_amount", title="Predicted",
                        text=lambda v: amount(v, currency)),
            ChartColumn(name="actual_amount", title="What came",
                        text=lambda v: amount(v, currency)),
            ChartColumn(name="customers", title="Customers", text=count),
        ),
        specification=lambda width: calibration_points(
            frame, width, titles=(f"Predicted mean, {unit}", f"Mean of what came, {unit}")
        ),
    )  # fmt: skip


def _importance_chart(result: Clv) -> Chart:
    currency = source_facts().currency
    rows = result.importance.sort_values(
        ["mean_absolute_shap_amount", "feature"], ascending=[False, True]
    ).head(12).reset_index(drop=True)  # fmt: skip
    rows["name"] = rows["feature"].map(lambda name: sentence_start(words(name)))
    divisor, word = scale_of(float(rows["mean_absolute_shap_amount"].max()))
    axis = " ".join(part for part in ("Mean absolute SHAP value,", word, currency) if part)
    finding = f"{rows['name'][0]} moves predictions most"
    frame = pd.DataFrame(
        {
            "part": rows["name"],
            "value": rows["mean_absolute_shap_amount"] / divisor,
            "shown": rows["mean_absolute_shap_amount"].map(lambda v: amount(v, currency)),
        }
    )
    return Chart(
        id="clv-importance",
        title=finding,
        subtitle=f"{axis}: by how much a feature moves a customer's prediction, up or down",
        alt=f"{finding}. Bars: " + "; ".join(f"{r.part} {r.shown}" for r in frame.itertuples()) + ".",
        frame=rows[["name", "mean_absolute_shap_amount"]],
        columns=(
            ChartColumn(name="name", title="Feature"),
            ChartColumn(name="mean_absolute_shap_amount", title="Mean absolute SHAP value",
                        text=lambda v: amount(v, currency)),
        ),
        specification=lambda width: change_bars(frame, width, title=axis),
    )  # fmt: skip
