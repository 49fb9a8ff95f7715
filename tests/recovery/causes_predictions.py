"""Churn risk and forecast: calibrated, covering, and better than what they have to beat."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pandas as pd
from cause import Cause, Finding, found, within
from shop import SCORING, AnalysedShop

from analytics.pipeline.tiers.predictive import churn_cut_offs
from analytics.predictive import CutOff, churn_risk, forecast, one_thread
from analytics.results import Churn, Forecast
from analytics.settings import ChurnSettings, ForecastSettings

START, MIDDLE = date(2022, 7, 1), date(2024, 1, 1)
AHEAD = 3  # months ahead whose intervals are held against what came


@lru_cache(maxsize=1)
def _churn(seed: int, shop: AnalysedShop) -> Churn:
    marts = shop.marts
    result, _ = churn_risk(
        [
            CutOff(
                day=day, features=marts.customer_features(day), next_orders=marts.next_orders(day)
            )
            for day in churn_cut_offs(START, SCORING)
        ],
        marts.customer_features(SCORING),
        marts.order_rates(),
        settings=ChurnSettings(),
        observation_start=START,
        scoring_cutoff=SCORING,
        clv12=None,
        folds=3,
        draws=40,
        seed=seed,
    )
    assert isinstance(result, Churn)
    return result


@lru_cache(maxsize=2)
def _forecast(seed: int, shop: AnalysedShop, end: date) -> Forecast:
    daily, monthly = shop.marts.daily(), shop.marts.monthly()
    with one_thread():
        result = forecast(
            daily[daily["day"] < pd.Timestamp(end)],
            {},
            monthly[monthly["month"] < pd.Timestamp(end)],
            settings=ForecastSettings(),
            observation_start=START,
            observation_end=end - pd.Timedelta(days=1),
        )
    assert isinstance(result, Forecast)
    return result


def _test_score(churn: Churn, model: str, metric: str) -> float:
    rows = churn.scores
    rows = rows[(rows["part"] == "test") & (rows["model"] == model) & (rows["metric"] == metric)]
    return float(rows["value"].iloc[0])


def _error(shop: AnalysedShop) -> Finding:
    churn = _churn(shop.seed, shop)
    error = _test_score(churn, churn.winner, "ece")
    return found(error <= 0.04 + churn.ece_floor, planted=churn.ece_floor, estimate=error)


def _slope(shop: AnalysedShop) -> Finding:
    slope = _churn(shop.seed, shop).calibration_slope
    return found(0.75 <= slope <= 1.25, planted=1, estimate=slope)


def _skill(shop: AnalysedShop) -> Finding:
    churn = _churn(shop.seed, shop)
    area = _test_score(churn, churn.winner, "auc")
    history = _test_score(churn, "Purchase history alone", "auc")
    return found(area > history - 0.01, planted=history, estimate=area)


def _naive(shop: AnalysedShop) -> Finding:
    rows = _forecast(shop.seed, shop, SCORING).scores
    rows = rows[(rows["measure"] == "net_revenue_amount") & (rows["metric"] == "relative_mae")]
    ratio = float(rows.set_index("model")["value"]["Chosen at each origin"])
    return found(ratio < 0.8, planted=0.8, estimate=ratio)


def _covered(level: int) -> Cause:
    def find(shop: AnalysedShop) -> Finding:
        months = _forecast(shop.seed, shop, MIDDLE).months
        rows = months[(months["measure"] == "net_revenue_amount") & (months["dimension"] == "all")]
        row = rows.iloc[AHEAD - 1]
        came = shop.months.set_index("period")["net_revenue_amount"][row["month"]]
        return within(came, row["value"], row[f"low_{level}"], row[f"high_{level}"])

    said = f"net revenue {AHEAD} months ahead lies in its {level} % interval"
    return Cause(name=said, promise=level / 100, find=find)


CAUSES = (
    Cause(name="churn probabilities are off by at most .04 on average", promise=0.95, find=_error),
    Cause(name="churn probabilities are spread as widely as churn", promise=0.9, find=_slope),
    Cause(name="the churn model ranks as well as purchase history", promise=0.95, find=_skill),
    # A shop of 4,000 customers is noisier than the default one, and repeating last year is good
    # where a shop happens not to have grown.
    Cause(name="the forecast errs below .8 of the seasonal naive one", promise=0.75, find=_naive),
    _covered(80),
    _covered(95),
)
