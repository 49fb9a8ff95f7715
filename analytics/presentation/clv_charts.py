"""Charts of customer lifetime value."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn
from analytics.charts.curves import calibration_points, histogram
from analytics.charts.intervals import interval_rows
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    count,
    decimal,
    is_known,
    percent,
    scale_of,
    sentence_start,
    words,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Clv


def model_name(name: object, result: Clv) -> str:
    """Return a model's name, the chosen one marked."""
    shown = sentence_start(words(str(name)))
    return f"{shown} (chosen)" if name == result.winner else shown


def value_name(result: Clv) -> str:
    """Return what the predicted value is called: ``CLV12``, or ``9-month CLV``."""
    months = result.horizon_months
    return "CLV12" if months == 12 else f"{months}-month CLV"


def standing(result: Clv) -> tuple[str, str]:
    """Return how the winner does against the best baseline on the test part, and its name.

    ``better`` where it is ahead of all in R2 and rank correlation, on validation and on test
    customers, and the intervals of the rank correlation are apart; ``level`` where it is ahead
    but not beyond doubt; else ``behind``.
    """
    rows = result.scores[result.scores["part"] == "test"]
    ranks, fits = (rows[rows["metric"] == name].set_index("model") for name in ("spearman", "r2"))
    baselines = ranks[(ranks["role"] == "baseline") & ranks["value"].notna()]
    if baselines.empty or result.winner not in ranks.index:
        return ("better" if result.winner_beats_baseline else "behind"), ""
    best = str(baselines["value"].idxmax())
    own = ranks.loc[result.winner]
    if not result.winner_beats_baseline or not own["value"] > baselines["value"].max():
        return "behind", best
    fit = fits[fits["role"] == "baseline"]["value"].max()
    is_sure = bool(own["low"] > baselines["high"].max())
    ahead = result.winner not in fits.index or not fits.loc[result.winner, "value"] <= fit
    return ("better" if is_sure and ahead else "level"), best


def segments_chart(result: Clv, rows: pd.DataFrame) -> Chart:
    """Return the mean value of each segment with its interval."""
    currency = source_facts().currency
    rows = rows.sort_values("mean_amount", ascending=False).reset_index(drop=True)
    divisor, word = scale_of(float(rows["mean_amount"].max()))
    axis = " ".join(part for part in (f"Mean {value_name(result)},", word, currency) if part)
    top, bottom = first_row(rows), first_row(rows.tail(1))
    times = top.mean_amount / bottom.mean_amount if bottom.mean_amount > 0 else None
    finding = (
        f"A {top.segment} customer is worth {decimal(times, 1)} times a {bottom.segment} customer"
        if times
        else f"{top.segment} customers are worth most"
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
                for r in named_rows(rows)
            ],
        }
    )
    return Chart(
        id="clv-segments",
        title=finding,
        subtitle=f"{axis}, next {result.horizon_months} months; with 95 % interval",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame))
        + ".",
        frame=rows,
        columns=(
            ChartColumn(name="segment", title="Segment"),
            ChartColumn(name="customers", title="Customers", text=count),
            *(
                ChartColumn(name=name, title=title, text=lambda value: amount(value, currency))
                for name, title in (
                    ("mean_amount", f"Mean {value_name(result)}"),
                    ("low_amount", "Low"), ("high_amount", "High"),
                    ("total_amount", "Total"),
                )
            ),
        ),
        specification=lambda width: interval_rows(
            frame, width, title=axis, domain=(0.0, float(frame["high"].max()) * 1.05)
        ),
    )  # fmt: skip


def distribution_chart(result: Clv) -> Chart:
    """Return how the value is spread over customers."""
    currency = source_facts().currency
    rows = result.distribution.sort_values("from_amount").reset_index(drop=True)
    divisor, word = scale_of(float(rows["to_amount"].max()))
    axis = " ".join(part for part in (f"{value_name(result)},", word, currency) if part)
    # An open last class is drawn as wide as the others.
    usual = float((rows["to_amount"] - rows["from_amount"]).median())
    ends = rows["to_amount"].clip(upper=rows["from_amount"] + 1.5 * usual)
    last = rows["from_amount"].iloc[-1]
    is_open = bool(ends.iloc[-1] < rows["to_amount"].iloc[-1])
    more = f"; last bar: {amount(last, currency)} and more" if is_open else ""
    half = rows["customers"].cumsum() >= rows["customers"].sum() / 2
    middle = first_row(rows[half])
    upper = amount(middle.to_amount, currency)
    finding = f"At least half of the customers are worth less than {upper} each"
    frame = pd.DataFrame(
        {
            "low": rows["from_amount"] / divisor,
            "high": (rows["from_amount"] + usual).where(ends < rows["to_amount"], ends) / divisor,
            "count": rows["customers"],
            "shown": [
                f"{amount(r.from_amount, currency)} to {amount(r.to_amount, currency)}"
                for r in named_rows(rows)
            ],
        }
    )
    return Chart(
        id="clv-distribution",
        title=finding,
        subtitle=f"Customers by expected {axis}, next {result.horizon_months} months{more}",
        alt=f"{finding}. Histogram of {value_name(result)} over "
        f"{count(rows['customers'].sum())} customers.",
        frame=rows,
        columns=(
            ChartColumn(name="from_amount", title="From", text=lambda v: amount(v, currency)),
            ChartColumn(name="to_amount", title="To", text=lambda v: amount(v, currency)),
            ChartColumn(name="customers", title="Customers", text=count),
        ),
        specification=lambda width: histogram(frame, width, titles=(axis, "Customers")),
    )


def models_chart(result: Clv) -> Chart:
    """Return models and baselines by rank correlation on the test customers."""
    rows = result.scores[
        (result.scores["part"] == "test") & (result.scores["metric"] == "spearman")
    ]
    rows = rows[rows["value"].notna()]
    rows = rows.sort_values(["value", "model"], ascending=[False, True]).reset_index(drop=True)
    rows["name"] = [model_name(name, result) for name in rows["model"]]
    state, best = standing(result)
    own = sentence_start(words(result.winner))
    finding = {
        "better": f"{own} ranks customers better than every baseline",
        "level": f"{own} ranks customers about as well as the best baseline, {words(best)}",
        "behind": f"{own} ranks customers no better than a baseline",
    }[state]
    frame = pd.DataFrame(
        {
            "name": rows["name"],
            "value": rows["value"],
            "low": rows["low"],
            "high": rows["high"],
            "strong": rows["role"] == "model",
            "shown": [f"{decimal(r.value)} ({decimal(r.low)} to {decimal(r.high)})"
                      for r in named_rows(rows)],
        }
    )  # fmt: skip
    return Chart(
        id="clv-models",
        title=finding,
        subtitle=f"Spearman correlation on {count(result.test_customers)} held-out customers, with "
        "95 % interval; grey: baselines",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame)) + ".",
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


def calibration_chart(result: Clv, rows: pd.DataFrame) -> Chart:
    """Return what came against what was predicted, by tenths of the test customers."""
    currency = source_facts().currency
    top = float(rows[["predicted_amount", "actual_amount"]].max().max())
    divisor, word = scale_of(top)
    unit = " ".join(part for part in (word, currency) if part)
    predicted, actual = rows["predicted_amount"].mean(), rows["actual_amount"].mean()
    bias = predicted / actual - 1 if actual else float("nan")
    side = "high" if bias > 0 else "low"
    finding = (
        "Predictions are right on average"
        if is_known(bias) and abs(bias) < 0.03
        else f"On average predictions are {percent(abs(bias), 0)} too {side}"
    )
    frame = pd.DataFrame(
        {
            "predicted": rows["predicted_amount"] / divisor,
            "actual": rows["actual_amount"] / divisor,
            "decile": rows["decile"],
            "shown": [f"{amount(r.predicted_amount, currency)}, {amount(r.actual_amount, currency)}"
                      for r in named_rows(rows)],
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
