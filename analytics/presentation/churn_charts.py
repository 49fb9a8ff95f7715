"""Charts of churn risk."""

from __future__ import annotations

import pandas as pd

from analytics.charts import SERIES, Chart, ChartColumn, variable
from analytics.charts.curves import histogram
from analytics.charts.intervals import interval_rows
from analytics.charts.models import curve_lines, reliability_points
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    count,
    decimal,
    is_known,
    percent,
    sentence_start,
    within,
    words,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Churn

_ORDER = (
    "Random forest", "Logistic regression", "XGBoost", "Purchase history alone", "No model",
)  # fmt: skip


def model_colours() -> dict[str, str]:
    """Return the colour of each model; baselines are grey."""
    named = {name: variable(SERIES[at]) for at, name in enumerate(_ORDER[:3])}
    return {**named, _ORDER[3]: variable("line-strong"), _ORDER[4]: variable("muted")}


def test_score(result: Churn, model: str, metric: str) -> tuple[float, float, float]:
    """Return a score at the test cut-off with its interval; nulls where there is none."""
    rows = result.scores[
        (result.scores["part"] == "test")
        & (result.scores["metric"] == metric)
        & (result.scores["model"] == model)
    ]
    if rows.empty:
        nothing = float("nan")
        return nothing, nothing, nothing
    row = first_row(rows)
    return float(row.value), float(row.low), float(row.high)


def segments_chart(result: Churn, rows: pd.DataFrame) -> Chart:
    """Return the mean probability of each segment."""
    named = rows[~rows["segment"].isin(["Unknown", "Other"])]
    named = named if len(named) else rows
    top, bottom = first_row(named), first_row(named.tail(1))
    finding = (
        f"{top.segment} customers are the likeliest to leave: {percent(top.mean_rate)} against "
        f"{percent(bottom.mean_rate)} of {bottom.segment}"
    )
    currency = source_facts().currency
    frame = pd.DataFrame(
        {
            "name": rows["segment"],
            "value": rows["mean_rate"] * 100,
            "low": rows["mean_rate"] * 100,
            "high": rows["mean_rate"] * 100,
            "strong": True,
            "shown": rows["mean_rate"].map(percent),
        }
    )
    return Chart(
        id="churn-segments",
        title=finding,
        subtitle="Mean churn probability of customers at risk, per cent",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame)) + ".",
        frame=rows,
        columns=(
            ChartColumn(name="segment", title="Segment"),
            ChartColumn(name="customers", title="Customers at risk", text=count),
            ChartColumn(name="mean_rate", title="Mean probability", text=percent),
            ChartColumn(name="expected_churners", title="Expected to leave", text=count),
            ChartColumn(
                name="margin_at_risk_amount",
                title="Margin at risk",
                text=lambda value: amount(value, currency),
            ),
        ),
        specification=lambda width: interval_rows(
            frame,
            width,
            title="Mean churn probability, %",
            domain=(0.0, float(frame["value"].max()) * 1.15),
        ),
    )


def distribution_chart(result: Churn) -> Chart:
    """Return how the probabilities are spread over customers at risk."""
    rows = result.distribution
    total = int(rows["customers"].sum())
    high = int(rows.loc[rows["from_rate"] >= 0.299, "customers"].sum())
    finding = f"{count(high)} of {count(total)} customers at risk have a probability above 30 %"
    frame = pd.DataFrame(
        {
            "low": rows["from_rate"] * 100,
            "high": rows["to_rate"].clip(
                upper=rows["from_rate"] + 2 * (rows["to_rate"] - rows["from_rate"]).median()
            ) * 100,
            "count": rows["customers"],
            "shown": [
                f"{percent(r.from_rate, 0)} to {percent(r.to_rate, 0)}" for r in named_rows(rows)
            ],
        }
    )  # fmt: skip
    return Chart(
        id="churn-distribution",
        title=finding,
        subtitle="Customers at risk by churn probability, per cent; the last bar holds all above",
        alt=f"{finding}. Histogram over {count(total)} customers.",
        frame=rows,
        columns=(
            ChartColumn(name="from_rate", title="From", text=percent),
            ChartColumn(name="to_rate", title="To", text=percent),
            ChartColumn(name="customers", title="Customers", text=count),
        ),
        specification=lambda width: histogram(
            frame, width, titles=("Churn probability, %", "Customers")
        ),
    )


def models_chart(result: Churn) -> Chart:
    """Return models and baselines by the area under the ROC curve at the test cut-off."""
    rows = result.scores[(result.scores["part"] == "test") & (result.scores["metric"] == "auc")]
    rows = rows[rows["value"].notna()]
    rows = rows.sort_values(["value", "model"], ascending=[False, True]).reset_index(drop=True)
    own = sentence_start(words(result.winner))
    if not result.winner_beats_baseline:
        finding = f"{own} does no better than purchase history alone, which is used instead"
    elif result.forest_only_ties:
        finding = "The random forest only ties with logistic regression"
    else:
        finding = "The random forest ranks customers better than logistic regression"
    frame = pd.DataFrame(
        {
            "name": [
                f"{name} (chosen)" if name == result.winner else name for name in rows["model"]
            ],
            "value": rows["value"],
            "low": rows["low"],
            "high": rows["high"],
            "strong": rows["role"] == "model",
            "shown": [
                f"{decimal(r.value, 3)} ({decimal(r.low, 3)} to {decimal(r.high, 3)})"
                for r in named_rows(rows)
            ],
        }
    )
    return Chart(
        id="churn-models",
        title=finding,
        subtitle=f"Area under the ROC curve, {count(result.test_customers)} customers at a later "
        "cut-off, with 95 % interval; grey: baselines",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame)) + ".",
        frame=rows[["model", "role", "value", "low", "high"]],
        columns=(
            ChartColumn(name="model", title="Model"),
            ChartColumn(name="role", title="Role"),
            ChartColumn(name="value", title="AUC", text=lambda v: decimal(v, 3)),
            ChartColumn(name="low", title="Low", text=lambda v: decimal(v, 3)),
            ChartColumn(name="high", title="High", text=lambda v: decimal(v, 3)),
        ),
        specification=lambda width: interval_rows(
            frame, width, title="Area under the ROC curve (.5 is chance)"
        ),
    )


def curve_chart(result: Churn, kind: str) -> Chart:
    """Return the ROC, precision-recall, lift or profit curves."""
    currency = source_facts().currency
    curves = result.curves
    winner = result.winner
    area = test_score(result, winner, "auc")[0]
    precision = test_score(result, winner, "average_precision")[0]
    best = test_score(result, winner, "lift")[0]
    fields, titles, finding, is_percent, diagonal = {
        "roc": (
            ("false_positive_rate", "true_positive_rate"),
            ("Stayers among those contacted", "Leavers found"),
            f"Of a leaver and a stayer, the leaver has the higher probability in "
            f"{percent(area, 0)} of cases",
            (True, True),
            True,
        ),
        "precision": (
            ("true_positive_rate", "precision"),
            ("Leavers found", "Leavers among those contacted"),
            f"Average precision is {decimal(precision, 3)}; contacting at random has "
            f"{decimal(_base_rate(result), 3)}",
            (True, True),
            False,
        ),
        "lift": (
            ("contacted_rate", "lift"),
            ("Customers contacted", "Times the average rate"),
            f"The tenth at the highest risk leaves {decimal(best, 1)} times as often as the "
            "average",
            (True, False),
            False,
        ),
        "profit": (
            ("contacted_rate", "profit_amount"),
            ("Customers contacted", f"Profit a customer at risk, {currency}"),
            profit_finding(result),
            (True, False),
            False,
        ),
    }[kind]
    skipped = 1 if kind in ("precision", "lift") else 0
    frame = pd.concat(
        [
            pd.DataFrame({"series": name, "x": part[fields[0]], "y": part[fields[1]]}).iloc[
                skipped:
            ]
            for name, part in curves.groupby("model", sort=False)
        ],
        ignore_index=True,
    )
    return Chart(
        id=f"churn-{kind}",
        title=finding,
        subtitle=f"{titles[1]} over: {within(titles[0])}; customers at the test cut-off, highest "
        "probability first",
        alt=f"{finding}. One line a model.",
        frame=frame,
        columns=(
            ChartColumn(name="series", title="Model"),
            ChartColumn(name="x", title=titles[0], text=percent),
            ChartColumn(
                name="y",
                title=titles[1],
                text=percent if is_percent[1] else lambda v: decimal(v, 2),
            ),
        ),
        specification=lambda width: curve_lines(
            frame,
            width,
            titles=titles,
            colours=model_colours(),
            diagonal=diagonal,
            percent=is_percent,
        ),
    )


def profit_finding(result: Churn) -> str:
    """Return the share to contact and what it is expected to bring."""
    currency = source_facts().currency
    rows = result.profit[result.profit["model"] == result.winner]
    if rows.empty or not is_known(rows["profit_amount"].iloc[0]):
        return "What a campaign earns cannot be told"
    row = first_row(rows)
    if row.profit_amount <= 0:
        return "No campaign pays at these costs"
    return (
        f"Contacting {percent(row.contact_rate, 0)} of the customers at risk earns most: "
        f"{amount(row.profit_amount, currency)} for each customer at risk"
    )


def reliability_chart(result: Churn) -> Chart:
    """Return observed rates against predicted ones at the test cut-off."""
    rows = result.reliability[result.reliability["model"] == result.winner].reset_index(drop=True)
    error = test_score(result, result.winner, "ece")[0]
    bias = float(
        (rows["predicted_rate"] * rows["customers"]).sum()
        / max((rows["observed_rate"] * rows["customers"]).sum(), 1e-9)
        - 1
    )
    side = "high" if bias > 0 else "low"
    finding = f"Probabilities are off by {percent(error)} on average" + (
        f", mostly too {side}" if abs(bias) > 0.1 else ""
    )
    frame = pd.DataFrame(
        {
            "predicted": rows["predicted_rate"],
            "observed": rows["observed_rate"],
            "low": rows["low_rate"],
            "high": rows["high_rate"],
            "shown": [
                f"{percent(r.predicted_rate)}, {percent(r.observed_rate)}" for r in named_rows(rows)
            ],
        }
    )
    return Chart(
        id="churn-reliability",
        title=finding,
        subtitle="Each point a tenth of the customers at the test cut-off, with 95 % interval; "
        "dashed: where both are equal",
        alt=f"{finding}. " + "; ".join(str(shown) for shown in frame["shown"]) + ".",
        frame=rows[["bin", "predicted_rate", "observed_rate", "customers"]],
        columns=(
            ChartColumn(name="bin", title="Tenth", text=count),
            ChartColumn(name="predicted_rate", title="Predicted", text=percent),
            ChartColumn(name="observed_rate", title="Left", text=percent),
            ChartColumn(name="customers", title="Customers", text=count),
        ),
        specification=lambda width: reliability_points(
            frame, width, titles=("Predicted probability", "Share that left")
        ),
    )


def _base_rate(result: Churn) -> float:
    rows = result.cut_offs[result.cut_offs["part"] == "test"]
    return float(rows["churn_rate"].iloc[0]) if len(rows) else float("nan")
