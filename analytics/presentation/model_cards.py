"""Model cards: what each published model is, how it did, and when not to use it."""

from __future__ import annotations

from analytics.presentation import churn as churn_page
from analytics.presentation import forecast as forecast_page
from analytics.presentation import scenarios as scenarios_page
from analytics.presentation.cells import shown
from analytics.presentation.clv import trust_sentence as clv_trust
from analytics.presentation.explanation_charts import feature_name
from analytics.presentation.formats import (
    count,
    day,
    decimal,
    is_known,
    listed,
    month,
    percent,
    plural,
    sentence_start,
    within,
    words,
)
from analytics.presentation.fragments import Fragment, definition_list, text
from analytics.results import Churn, Clv, Forecast, Scenarios

_TOP = 6


@shown(Clv)
def clv(result: Clv) -> Fragment:
    """Return the card of CLV12."""
    slope = _score(result, "calibration_slope")
    chosen = result.tuning[result.tuning["model"] == result.winner]
    return _card(
        ("Predicts", f"{result.margin} of each customer in the {result.horizon_months} months "
         f"after {day(result.scoring_cutoff)}, discounted at {percent(result.discount_rate)} a "
         "year"),
        ("In use", sentence_start(words(result.in_use))),
        ("Data", f"features before {day(result.training_cutoff)}, value after it; "
         f"{count(result.training_customers)} customers to learn from, "
         f"{count(result.validation_customers)} to choose, {count(result.test_customers)} to "
         "judge"),
        ("Features", _features(result.importance["feature"].tolist())),
        ("Tuning", "; ".join(
            f"{words(str(r.parameter))} {r.chosen} of {r.candidates}" for r in chosen.itertuples()
        ) + ", by cross-validation inside the training part"),
        ("Skill", clv_trust(result)),
        ("Calibration", f"slope {decimal(slope)} (1 is right); 80 % intervals covered "
         f"{percent(result.interval_coverage)} of customers held out"),
        ("Limits", "an average over customers like this one: a single customer's year varies "
         "widely about it; new prices, products or channels are not foreseen; the season of the "
         "year cancels only over whole years"),
        ("Not for", "refusing service or prices to a person; customers without an order; horizons "
         "other than the stated one"),
    )  # fmt: skip


@shown(Churn)
def churn(result: Churn) -> Fragment:
    """Return the card of churn risk."""
    chosen = result.tuning[result.tuning["model"] == result.winner]
    train = result.cut_offs[result.cut_offs["part"] == "train"]
    in_use = result.winner if result.winner_beats_baseline else "Purchase history alone"
    return _card(
        ("Predicts", f"no order within {decimal(result.window_gaps, 0)} usual gaps "
         f"({result.window_low_days} to {result.window_high_days} days) after "
         f"{day(result.scoring_cutoff)}"),
        ("In use", in_use),
        ("Data", f"{plural(len(train), 'monthly cut-off')} with {count(result.training_rows)} rows "
         f"of {count(result.training_customers)} customers; "
         f"{count(result.calibration_customers)} customers to calibrate; test at "
         f"{day(result.test_cutoff)}"),
        ("Features", _features(result.importance["feature"].tolist())),
        ("Tuning", "; ".join(
            f"{words(str(r.parameter))} {r.chosen} of {r.candidates}" for r in chosen.itertuples()
        ) + ", by cross-validation over customers"),
        ("Skill", churn_page.trust_sentence(result)),
        ("Calibration", f"{result.calibration}; slope {decimal(result.calibration_slope)} (1 is "
         "right)"),
        ("Limits", "silence is not a farewell: some of those who churned come back; what moves a "
         "prediction need not move the customer; "
         f"{count(result.lapsed_customers)} customers had lapsed already and get the chance of "
         "staying away by purchase history"),
        ("Not for", "judging a person; deciding what an offer brings, which takes an experiment"),
    )  # fmt: skip


@shown(Forecast)
def forecast(result: Forecast) -> Fragment:
    """Return the card of the forecast."""
    covered = forecast_page.score(result, "net_revenue_amount", forecast_page.NESTED, "coverage_80")
    wide = forecast_page.score(result, "net_revenue_amount", forecast_page.NESTED, "coverage_95")
    return _card(
        ("Predicts", f"net revenue, orders and active customers of {result.horizon_months} months "
         f"from {month(result.origin)}, in total, by region and by segment"),
        ("In use", f"net revenue: {within(result.revenue_model)}; orders: "
         f"{within(result.orders_model)}; active customers: {within(result.customers_model)}"),
        ("Data", f"weekly sums of {result.training_months} months"),
        ("Tuning", "order of the ARMA and damping of the trend by AICc; model by the error over "
         f"{plural(result.origins, 'origin')}"),
        ("Skill", forecast_page.trust_sentence(result)),
        ("Calibration", f"80 and 95 % intervals covered {percent(covered, 0)} and "
         f"{percent(wide, 0)} of months in the backtest"),
        ("Limits", "goes on as the past did: campaigns, stock-outs and price changes to come are "
         "not in it; errors of neighbouring months go together"),
        ("Not for", "single weeks or days; parts with few customers"),
    )  # fmt: skip


@shown(Scenarios)
def scenarios(result: Scenarios) -> Fragment:
    """Return the card of the scenarios."""
    season = "in seasonal time" if result.season_known else "without a season"
    return _card(
        ("Predicts", "net revenue, orders and margin of the next twelve months under assumptions"),
        ("In use", f"{result.purchase_model} and Gamma-Gamma, {season}"),
        ("Data", f"all customers before {day(result.cutoff)}; new customers as in the year before, "
         f"{count(result.joining_customers)}"),
        ("Skill", scenarios_page.trust_sentence(result)),
        ("Calibration", f"{percent(result.level, 0)} intervals from the parameters' uncertainty "
         "and the error a year ago" if is_known(result.backtest_error_rate)
         else f"{percent(result.level, 0)} intervals from the parameters' uncertainty alone"),
        ("Limits", "marketing spend is a cost here and brings nothing by itself; assumptions are "
         "the reader's"),
        ("Not for", "predicting which scenario comes true"),
    )  # fmt: skip


def _card(*rows: tuple[str, str]) -> Fragment:
    return Fragment(definition_list([(text(name), text(value)) for name, value in rows]))


def _features(names: list[str]) -> str:
    first = listed([within(feature_name(name)) for name in names[:_TOP]])
    rest = len(names) - _TOP
    return f"{first} and {rest} more, most important first" if rest > 0 else first


def _score(result: Clv, metric: str) -> float:
    rows = result.scores[
        (result.scores["part"] == "test")
        & (result.scores["metric"] == metric)
        & (result.scores["model"] == result.in_use)
    ]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")
