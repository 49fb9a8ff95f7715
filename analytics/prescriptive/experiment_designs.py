"""What the next experiment takes, from the shop's own variance, and what peeking costs."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.prescriptive.lifts import adjusted
from analytics.settings import ExperimentSettings
from analytics.stats.group_sequential import (
    crossing_probability,
    obrien_fleming_bound,
    pocock_bound,
)
from analytics.stats.sample_size import mean_sample_size, proportion_sample_size

Floats = npt.NDArray[np.float64]
_EFFECTS = (0.02, 0.05, 0.1, 0.2)
_LOOKS = (1, 2, 3, 5, 10)
_LONGEST_WEEKS = 104
VARIANTS = 2


def peeking_table(level: float) -> pd.DataFrame:
    """Return, by number of looks, the chance of a false finding and the bounds that keep it."""
    return pd.DataFrame(
        list(_peeking_rows(level)),
        columns=["looks", "false_rate", "pocock_bound", "obrien_fleming_bound"],
    )


@lru_cache(maxsize=8)
def _peeking_rows(level: float) -> tuple[tuple[int, float, float, float], ...]:
    from scipy import special

    single = float(special.ndtri(1 - level / 2))
    return tuple(
        (
            looks,
            crossing_probability([single] * looks),
            pocock_bound(looks, level=level),
            obrien_fleming_bound(looks, level=level),
        )
        for looks in _LOOKS
    )


def design_table(
    active: pd.DataFrame, *, has_costs: bool, settings: ExperimentSettings
) -> pd.DataFrame:
    """Return sample size and duration for each metric and lift.

    Parameters
    ----------
    active : DataFrame
        `Marts.customer_windows`, of customers with an order in the window before.
    has_costs : bool
        Whether margins are known.
    settings : ExperimentSettings
        Power and level.
    """
    columns = ["metric", "effect_rate", "method", "mean", "standard_deviation", "per_variant",
               "customers_share", "enrolment_weeks"]  # fmt: skip
    if len(active) < 2:
        return pd.DataFrame(columns=columns)
    rows = []
    everyone = np.zeros(len(active), dtype=np.int64)
    metrics = {"orders": "orders", "net_revenue": "net_revenue_amount"}
    if has_costs:
        metrics["contribution_margin"] = "contribution_margin_amount"
    for metric, column in metrics.items():
        outcome = active[f"{column}_after"].to_numpy(dtype=float)
        earlier = active[f"{column}_before"].to_numpy(dtype=float)
        mean = float(outcome.mean())
        for method, values in (("plain", outcome), ("cuped", adjusted(outcome, earlier, everyone))):
            spread = float(values.std(ddof=1))
            if not (mean > 0 and spread > 0):
                continue
            for effect in _EFFECTS:
                size = mean_sample_size(
                    effect * mean / spread, power=settings.power, level=settings.level
                )
                rows.append(_row(metric, effect, method, mean, spread, size, active, settings))
    share = float((active["orders_after"] > 0).mean())
    for effect in _EFFECTS:
        if share > 0 and share * (1 + effect) < 1:
            size = proportion_sample_size(
                share, share * (1 + effect), power=settings.power, level=settings.level
            )
            spread = float(np.sqrt(share * (1 - share)))
            rows.append(_row("active_rate", effect, "plain", share, spread, size, active, settings))
    return pd.DataFrame(rows, columns=columns)


def _row(
    metric: str,
    effect: float,
    method: str,
    mean: float,
    spread: float,
    size: float,
    active: pd.DataFrame,
    settings: ExperimentSettings,
) -> tuple[str, float, str, float, float, float, float, float]:
    wanted = VARIANTS * np.ceil(size)
    return (
        metric,
        effect,
        method,
        mean,
        spread,
        float(np.ceil(size)),
        float(wanted / len(active)),
        _enrolment_weeks(active["orders_before"].to_numpy(dtype=float), wanted, settings),
    )


def _enrolment_weeks(orders: Floats, wanted: float, settings: ExperimentSettings) -> float:
    """Return the weeks until so many customers have ordered at least once; null if never."""
    rates = orders / settings.window_weeks
    for week in range(1, _LONGEST_WEEKS + 1):
        if float((1 - np.exp(-rates * week)).sum()) >= wanted:
            return float(week)
    return float("nan")
