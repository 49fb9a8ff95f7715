"""The forecast: net revenue, orders and active customers in the months to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.forecast_backtest import (
    NESTED,
    Backtest,
    Spread,
    backtest_scores,
    chosen_forecaster,
    error_spread,
    origins_before,
)
from analytics.predictive.forecast_months import (
    distinct_customers,
    month_starts,
    monthly_forecasts,
    months_of,
    trend_months,
)
from analytics.predictive.forecasters import FEWEST_WEEKS, FORECASTERS, SEASONAL_NAIVE
from analytics.results import Forecast, Missing
from analytics.settings import ForecastSettings

Floats = npt.NDArray[np.float64]
MEASURES = ("net_revenue_amount", "orders", "active_customers")
DISTINCT = "active_customers"
TOTAL = "all"
FEWEST_HISTORY_DAYS = 52 * 7
_WEAK_MONTHS = 36


def forecast(
    daily: pd.DataFrame,
    daily_by: Mapping[str, pd.DataFrame],
    monthly: pd.DataFrame,
    *,
    settings: ForecastSettings,
    observation_start: date,
    observation_end: date,
    minimum_cell: int = 5,
) -> Forecast | Missing:
    """Return the forecast with its backtest.

    Weekly sums up to the last whole month are forecast by several models, aggregated to months,
    and compared over earlier origins; each measure is shown by the one with the least error, the
    seasonal naive one where none beats it. Parts of a dimension are forecast by level, growth and
    season, and take their proportion of the total's forecast, so that they sum to it.

    Parameters
    ----------
    daily : DataFrame
        `Marts.daily`.
    daily_by : mapping
        Dimension to `Marts.daily_by`.
    monthly : DataFrame
        `Marts.monthly`, for the active customers of months and parts.
    settings : ForecastSettings
        Months ahead and origins.
    observation_start, observation_end : date
        First and last day observed.
    minimum_cell : int
        Parts with fewer active customers in a month than this are not forecast.
    """
    origin = _month_start(observation_end + timedelta(days=1))
    months = settings.horizon_months
    days = (origin - observation_start).days
    if days < FEWEST_HISTORY_DAYS:
        return _missing(
            f"{max(days, 0)} days of whole months are too few: a season of the year takes "
            f"{FEWEST_HISTORY_DAYS}; add older orders"
        )
    first = _month_start(observation_start + timedelta(days=FEWEST_WEEKS * 7 + 31))
    origins = origins_before(origin, settings.origins, months, first)
    if len(origins) < 2:
        return _missing(
            "judging a forecast takes half a year before an origin and the months ahead after it, "
            "twice; the history is shorter: add older orders or lower forecast.horizon_months"
        )
    series = daily.set_index("day")
    if not bool((series["orders"] > 0).any()):
        return _missing("there is no completed order")
    distinct = _distinct(monthly, TOTAL, TOTAL)
    chosen: dict[str, str] = {}
    spreads: dict[str, Spread] = {}
    totals: dict[str, Floats] = {}
    future, history, tests, scores = [], [], [], []
    for measure in MEASURES:
        values = series[measure].astype(float)
        test = _backtest(values, measure, distinct, origins, months)
        name = chosen_forecaster(test)
        spread = error_spread(test.log_errors(name))
        ahead = _months(values, measure, distinct, origin, months)
        chosen[measure], spreads[measure], totals[measure] = name, spread, ahead[name]
        future.append(_future_frame(measure, TOTAL, TOTAL, origin, ahead[name], spread))
        history.append(_history_frame(measure, TOTAL, TOTAL, values, distinct, origin))
        tests.append(_test_frame(measure, test, name))
        scores.append(backtest_scores(test).assign(measure=measure))
    for dimension, rows in daily_by.items():
        parts = _parts(monthly, dimension, origin, minimum_cell)
        if len(parts) < 2:
            continue
        wide = {
            measure: rows.pivot(index="day", columns="part", values=measure)
            .reindex(index=series.index)
            .fillna(0.0)
            for measure in MEASURES
        }
        for measure in MEASURES:
            added = _part_frames(
                wide[measure][parts], monthly, measure, dimension, origins, origin, totals[measure],
                months, spreads[measure],
            )  # fmt: skip
            future += added[0]
            history += added[1]
    table = pd.concat(scores, ignore_index=True)
    return Forecast(
        origin=origin,
        horizon_months=months,
        first_origin=origins[0],
        last_origin=origins[-1],
        origins=len(origins),
        training_months=_months_between(observation_start, origin),
        season_weak=_months_between(observation_start, origin) < _WEAK_MONTHS,
        revenue_model=chosen["net_revenue_amount"],
        orders_model=chosen["orders"],
        customers_model=chosen["active_customers"],
        history=pd.concat(history, ignore_index=True),
        months=pd.concat(future, ignore_index=True),
        backtest=pd.concat(tests, ignore_index=True),
        scores=table[["measure", "model", "metric", "value"]],
    )


def beats_naive(result: Forecast, measure: str) -> bool:
    """Return whether the choice at each origin had a smaller error than the naive forecast."""
    rows = result.scores[
        (result.scores["measure"] == measure)
        & (result.scores["model"] == NESTED)
        & (result.scores["metric"] == "relative_mae")
    ]
    return bool(len(rows)) and float(rows["value"].iloc[0]) < 1


def _missing(because: str) -> Missing:
    said = because[0].upper() + because[1:] + "."
    return Missing(of=Forecast.KIND, needs=("transactions",), because=said)


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _months_between(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _distinct(monthly: pd.DataFrame, dimension: str, part: str) -> pd.Series:
    rows = monthly[(monthly["dimension"] == dimension) & (monthly["part"] == part)]
    return rows.set_index("month")["active_customers"].astype(float)


def _months(
    values: pd.Series, measure: str, distinct: pd.Series, origin: date, months: int
) -> dict[str, Floats]:
    found = monthly_forecasts(values, origin, months)
    if measure != DISTINCT:
        return found
    return {
        name: distinct_customers(summed, values, distinct, origin) for name, summed in found.items()
    }


def _monthly_actual(values: pd.Series, measure: str, distinct: pd.Series) -> pd.Series:
    if measure == DISTINCT:
        return distinct
    return values.groupby(months_of(values)).sum()


def _backtest(
    values: pd.Series, measure: str, distinct: pd.Series, origins: Sequence[date], months: int
) -> Backtest:
    actual = _monthly_actual(values, measure, distinct)
    days = tuple(origins)
    found = [_months(values, measure, distinct, day, months) for day in days]
    return Backtest(
        origins=days,
        actual=np.array(
            [actual.reindex(month_starts(day, months)).fillna(0.0).to_numpy() for day in days]
        ),
        forecasts={name: np.array([one[name] for one in found]) for name in FORECASTERS},
    )


def _parts(monthly: pd.DataFrame, dimension: str, origin: date, minimum: int) -> list[str]:
    """Return the parts with enough active customers in each of the last twelve months.

    Where what is left out could be told from the total and the parts shown, and stands for fewer
    customers than that in some month, the smallest part shown is left out with it.
    """
    rows = monthly[(monthly["dimension"] == dimension) & (monthly["month"] < pd.Timestamp(origin))]
    counts = rows.pivot_table(
        index="month", columns="part", values="active_customers", aggfunc="sum", fill_value=0
    )
    recent = counts[counts.index >= pd.Timestamp(origin) - pd.DateOffset(months=12)]
    if len(recent) < 12:
        return []
    least = max(minimum, 1)
    shown = [str(part) for part in recent if recent[part].min() >= least]
    left = counts[[part for part in counts if str(part) not in shown]].sum(axis=1)
    if bool(((left > 0) & (left < least)).any()) and shown:
        smallest = min(shown, key=lambda part: (recent[part].sum(), part))
        shown.remove(smallest)
    return sorted(shown)


def _part_frames(
    wide: pd.DataFrame,
    monthly: pd.DataFrame,
    measure: str,
    dimension: str,
    origins: Sequence[date],
    origin: date,
    total: Floats,
    months: int,
    total_spread: Spread,
) -> tuple[list[pd.DataFrame], list[pd.DataFrame]]:
    """Return the forecasts and histories of a dimension's parts, in proportion to the total.

    What is of no part shown (too few customers, or unknown) keeps its share of the last year.
    """
    days = [*origins, origin]
    counts = {str(part): _distinct(monthly, dimension, str(part)) for part in wide}
    base = {
        part: [_part_months(wide[part], measure, counts[part], day, months) for day in days]
        for part in counts
    }
    actual = {part: _monthly_actual(wide[part], measure, counts[part]) for part in counts}
    whole = _distinct(monthly, TOTAL, TOTAL) if measure == DISTINCT else None
    last = month_starts(origin, 1)[0] - pd.DateOffset(months=12)
    year = pd.date_range(last, periods=12, freq="MS")
    shown = sum(actual[part].reindex(year).fillna(0.0).sum() for part in counts)
    everything = (
        float(whole.reindex(year).sum())
        if whole is not None
        else _column_total(monthly, measure, year)
    )
    share = min(1.0, float(shown) / everything) if everything > 0 else 1.0
    summed = sum(base[part][-1] for part in counts)
    future, history = [], []
    for part in counts:
        ahead = total * share * base[part][-1] / np.maximum(summed, 1e-9)
        errors = []
        for at, day in enumerate(days[:-1]):
            came = actual[part].reindex(month_starts(day, months)).fillna(0.0).to_numpy()
            if (came > 0).all() and (base[part][at] > 0).all():
                errors.append(np.log(came) - np.log(base[part][at]))
        spread = error_spread(np.array(errors)) if len(errors) > 1 else total_spread
        future.append(_future_frame(measure, dimension, part, origin, ahead, spread))
        history.append(_history_frame(measure, dimension, part, wide[part], counts[part], origin))
    return future, history


def _column_total(monthly: pd.DataFrame, measure: str, months: pd.DatetimeIndex) -> float:
    rows = monthly[(monthly["dimension"] == TOTAL) & monthly["month"].isin(months)]
    return float(rows[measure].sum())


def _part_months(
    values: pd.Series, measure: str, distinct: pd.Series, origin: date, months: int
) -> Floats:
    found = trend_months(values, origin, months)
    if measure != DISTINCT:
        return found
    return distinct_customers(found, values, distinct, origin)


def _future_frame(
    measure: str, dimension: str, part: str, origin: date, ahead: Floats, spread: Spread
) -> pd.DataFrame:
    low_80, high_80 = spread.ends(ahead, 0.8)
    low_95, high_95 = spread.ends(ahead, 0.95)
    return pd.DataFrame(
        {
            "measure": measure,
            "dimension": dimension,
            "part": part,
            "month": month_starts(origin, len(ahead)),
            "value": ahead,
            "low_80": low_80,
            "high_80": high_80,
            "low_95": low_95,
            "high_95": high_95,
        }
    )


def _history_frame(
    measure: str, dimension: str, part: str, values: pd.Series, distinct: pd.Series, origin: date
) -> pd.DataFrame:
    actual = _monthly_actual(values, measure, distinct)
    actual = actual[actual.index < pd.Timestamp(origin)]
    size: pd.Series = values.groupby(months_of(values)).size()
    # A month that the data does not cover wholly is no history to compare with.
    whole = size.index[size == pd.DatetimeIndex(size.index).days_in_month]
    actual = actual[actual.index.isin(whole)]
    return pd.DataFrame(
        {
            "measure": measure,
            "dimension": dimension,
            "part": part,
            "month": actual.index,
            "value": actual.to_numpy(dtype=float),
        }
    )


def _test_frame(measure: str, test: Backtest, name: str) -> pd.DataFrame:
    frames = []
    for model in dict.fromkeys((name, SEASONAL_NAIVE)):
        for at, day in enumerate(test.origins):
            frames.append(
                pd.DataFrame(
                    {
                        "measure": measure,
                        "model": model,
                        "origin": pd.Timestamp(day),
                        "month": month_starts(day, test.actual.shape[1]),
                        "forecast": test.forecasts[model][at],
                        "actual": test.actual[at],
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)
