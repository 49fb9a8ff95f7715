"""What an insight may be about: candidates over figure, slice, period and pattern, each tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from analytics.stats.customer_ratios import estimate, moment_arrays

Floats = npt.NDArray[np.float64]
NAMES = ("o0", "o1", "r0", "r1", "m0", "m1", "c0", "c1")
_PLACE = {name: at for at, name in enumerate(NAMES)}
CUSTOMER_DIMENSIONS = ("region", "segment", "acquisition_channel")
_FEWEST = 30
_UNTOLD = ("Unknown", "Other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that may be told.

    Attributes
    ----------
    pattern, kpi, dimension, part : str
        What it is about.
    value, low, high : float
        The effect and its 95 % interval; relative effects are shares.
    base, other : float
        The two figures that are compared, as the sentence gives them.
    sample : float
        Customers, months or orders behind it.
    p_value : float
        Of its own test; null where none could be made.
    impact_amount : float
        What it amounts to in a year.
    page : str
        Page that shows it.
    because : str
        Why it is not told whatever its p-value; empty where nothing speaks against it.
    """

    pattern: str
    kpi: str
    dimension: str
    part: str
    value: float
    low: float
    high: float
    base: float
    other: float
    sample: float
    p_value: float
    impact_amount: float
    page: str
    because: str = ""


def slice_candidates(
    dimension: str, moments: pd.DataFrame, whole: Mapping[str, float], *, has_costs: bool,
    two_years: bool,
) -> Iterator[Candidate]:  # fmt: skip
    """Yield growth, margin rate and value a customer of each part against all others together.

    Parameters
    ----------
    dimension : str
        Whose parts they are.
    moments : DataFrame
        `Marts.moments` of the dimension: the last year, and the one before.
    whole : mapping
        The row of `Marts.moments` without a dimension.
    has_costs : bool
        Whether margins are known.
    two_years : bool
        Whether the year before is observed whole.
    """
    rows = moments[~moments["part"].isin(_UNTOLD)]
    if len(rows) < 2:
        return
    parts: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in rows.to_dict("records")
    ]
    value = "m1" if has_costs else "r1"
    best = {
        "rank": _best(parts, lambda p: p["m1"] / p["r1"] if p["r1"] > 0 else np.nan),
        "value": _best(parts, lambda p: p[value] / p["c1"] if p["c1"] > 0 else np.nan),
    }
    for part in parts:
        name = str(part["part"])
        sums, products = moment_arrays(part, whole, NAMES)
        few = "" if min(part["c1"], whole["c1"] - part["c1"]) >= _FEWEST else "too few customers"
        common: dict[str, Any] = {"dimension": dimension, "part": name, "sample": float(part["c1"])}

        tested = partial(
            estimate, sums=sums, products=products, customers=float(whole["customers"])
        )

        if two_years and part["r0"] > 0 and whole["r0"] > part["r0"]:
            found = tested(_growth)
            low, high = found.interval()
            own = part["r1"] / part["r0"] - 1
            rest = (whole["r1"] - part["r1"]) / (whole["r0"] - part["r0"]) - 1
            yield Candidate(
                pattern="growth", kpi="net_revenue", value=found.value, low=low, high=high,
                base=own, other=rest, p_value=found.p_value, because=few,
                impact_amount=abs(own - rest) * part["r0"], page="descriptive/kpis.html", **common,
            )  # fmt: skip
        if has_costs and part["r1"] > 0:
            found = tested(_margin_rate)
            low, high = found.interval()
            rest_rate = (whole["m1"] - part["m1"]) / max(whole["r1"] - part["r1"], 1e-9)
            because = few or _only_best(name, best["rank"], found.value)
            yield Candidate(
                pattern="rank", kpi="contribution_margin_rate", value=found.value, low=low,
                high=high, base=part["m1"] / part["r1"], other=rest_rate, p_value=found.p_value,
                because=because, impact_amount=abs(found.value) * part["r1"],
                page="descriptive/kpis.html", **common,
            )  # fmt: skip
        if dimension in CUSTOMER_DIMENSIONS and part["c1"] > 0 and whole["c1"] > part["c1"]:
            at = _PLACE[value]
            found = tested(partial(_per_customer, at=at))
            low, high = found.interval()
            own = part[value] / part["c1"]
            rest = (whole[value] - part[value]) / (whole["c1"] - part["c1"])
            because = few or _only_best(name, best["value"], found.value)
            yield Candidate(
                pattern="value",
                kpi="contribution_margin" if has_costs else "net_revenue",
                value=found.value, low=low, high=high, base=own, other=rest,
                p_value=found.p_value, because=because,
                impact_amount=abs(own - rest) * part["c1"], page="predictive/clv.html", **common,
            )  # fmt: skip


def total_candidates(whole: Mapping[str, float]) -> Iterator[Candidate]:
    """Yield the change of the whole shop's figures on the year before."""
    sums, products = moment_arrays(whole, whole, NAMES)
    changes = (
        ("net_revenue", "r", None),
        ("orders", "o", None),
        ("active_customers", "c", None),
        ("average_order_value", "r", "o"),
        ("contribution_margin_rate", "m", "r"),
    )
    for kpi, top, bottom in changes:
        now, then = whole[f"{top}1"], whole[f"{top}0"]
        if bottom is not None:
            if not (whole[f"{bottom}1"] > 0 and whole[f"{bottom}0"] > 0):
                continue
            now, then = now / whole[f"{bottom}1"], then / whole[f"{bottom}0"]
        if not (now > 0 and then > 0):
            continue
        found = estimate(
            partial(_log_change, top=top, bottom=bottom),
            sums, products, float(whole["customers"]),
        )  # fmt: skip
        low, high = found.interval()
        yield Candidate(
            pattern="change", kpi=kpi, dimension="all", part="all", value=found.value, low=low,
            high=high, base=now, other=then, sample=float(whole["c1"]), p_value=found.p_value,
            impact_amount=abs(now / then - 1) * whole["r0"], page="descriptive/kpis.html",
        )  # fmt: skip


def season_candidate(months: pd.DataFrame) -> Candidate | None:
    """Return whether the twelve months of one year look like those of the year before.

    Parameters
    ----------
    months : DataFrame
        start, net_revenue_amount: 24 complete months, the earliest first.
    """
    if len(months) != 24 or not (months["net_revenue_amount"] > 0).all():
        return None
    values = np.log(months["net_revenue_amount"].to_numpy(dtype=float)).reshape(2, 12)
    slope = float((values[1] - values[0]).mean()) / 12
    shape = values - values.mean(axis=1, keepdims=True) - slope * (np.arange(12) - 5.5)
    test = stats.pearsonr(shape[0], shape[1], alternative="greater")
    names = pd.to_datetime(months["start"]).dt.month.to_numpy().reshape(2, 12)
    peaks = [int(names[year][values[year].argmax()]) for year in (0, 1)]
    lows = [int(names[year][values[year].argmin()]) for year in (0, 1)]
    because = "" if peaks[0] == peaks[1] and lows[0] == lows[1] else "the two years differ"
    level = np.exp(values).mean()
    swing = float(np.exp(values.max(axis=1)).mean() / np.exp(values.min(axis=1)).mean())
    low, high = (float(v) for v in test.confidence_interval(0.9))
    return Candidate(
        pattern="season", kpi="net_revenue", dimension="all", part=f"{peaks[1]}/{lows[1]}",
        value=float(test.statistic), low=low, high=min(1.0, high), base=swing, other=1.0,
        sample=24.0, p_value=float(test.pvalue), impact_amount=float((swing - 1) * level),
        page="descriptive/kpis.html", because=because,
    )  # fmt: skip


def trend_candidates(series: Mapping[str, pd.Series], revenue: float) -> Iterator[Candidate]:
    """Yield the trend of monthly figures without a season of their own.

    The slope's standard error counts neighbouring months as less than independent.
    """
    for kpi, values in series.items():
        y = values.dropna().to_numpy(dtype=float)
        if len(y) < 12 or float(np.ptp(y)) == 0:
            continue
        x = np.arange(len(y)) - (len(y) - 1) / 2
        slope = float((x * y).sum() / (x**2).sum())
        residual = y - y.mean() - slope * x
        memory = float(np.clip((residual[1:] * residual[:-1]).sum() / (residual**2).sum(), 0, 0.9))
        error = float(
            np.sqrt((residual**2).sum() / (len(y) - 2) / (x**2).sum() * (1 + memory) / (1 - memory))
        )
        if error <= 0:
            continue
        reach = float(stats.t.ppf(0.975, len(y) - 2)) * error * 12
        p_value = float(2 * stats.t.sf(abs(slope) / error, len(y) - 2))
        relative = slope * 12 / abs(y.mean()) if y.mean() else 0.0
        yield Candidate(
            pattern="trend", kpi=kpi, dimension="all", part="all", value=slope * 12,
            low=slope * 12 - reach, high=slope * 12 + reach,
            base=float(y.mean() + slope * x[-1]), other=float(y.mean() + slope * x[0]),
            sample=float(len(y)), p_value=p_value,
            impact_amount=abs(relative) * revenue * 0.1, page="descriptive/kpis.html",
        )  # fmt: skip


def outlier_candidates(months: pd.DataFrame) -> Iterator[Candidate]:
    """Yield months that left the path of the year before: deviations from the median growth."""
    if len(months) != 24 or not (months["net_revenue_amount"] > 0).all():
        return
    values = np.log(months["net_revenue_amount"].to_numpy(dtype=float)).reshape(2, 12)
    growth = values[1] - values[0]
    middle = float(np.median(growth))
    # 1.4826 makes the median deviation a standard deviation; few months make the tails long.
    spread = 1.4826 * float(np.median(np.abs(growth - middle)))
    if spread <= 0:
        return
    for at in range(12):
        deviation = float(growth[at] - middle)
        p_value = float(2 * stats.t.sf(abs(deviation) / spread, 5))
        month = pd.Timestamp(months["start"].iloc[12 + at])
        amount = float(np.exp(values[1, at]))
        yield Candidate(
            pattern="outlier", kpi="net_revenue", dimension="month", part=f"{month:%Y-%m}",
            value=deviation, low=deviation - 1.96 * spread, high=deviation + 1.96 * spread,
            base=amount, other=float(np.exp(values[0, at] + middle)), sample=12.0, p_value=p_value,
            impact_amount=abs(amount - float(np.exp(values[0, at] + middle))),
            page="descriptive/kpis.html",
        )  # fmt: skip


def normal_p_value(value: float, low: float, high: float, *, level: float) -> float:
    """Return the two-sided p-value that belongs to an interval of a normal estimate."""
    half = (high - low) / 2
    if not half > 0:
        return float("nan")
    error = half / float(special.ndtri((1 + level) / 2))
    return float(2 * special.ndtr(-abs(value) / error))


def _growth(s: Floats) -> float:
    k = len(NAMES)
    r0, r1 = s[_PLACE["r0"]], s[_PLACE["r1"]]
    t0, t1 = s[k + _PLACE["r0"]], s[k + _PLACE["r1"]]
    return float(np.log(r1 / r0) - np.log((t1 - r1) / (t0 - r0)))


def _margin_rate(s: Floats) -> float:
    k = len(NAMES)
    r, m = s[_PLACE["r1"]], s[_PLACE["m1"]]
    return float(m / r - (s[k + _PLACE["m1"]] - m) / (s[k + _PLACE["r1"]] - r))


def _per_customer(s: Floats, at: int) -> float:
    k = len(NAMES)
    c = s[_PLACE["c1"]]
    return float(s[at] / c - (s[k + at] - s[at]) / (s[k + _PLACE["c1"]] - c))


def _log_change(s: Floats, top: str, bottom: str | None) -> float:
    value = np.log(s[_PLACE[f"{top}1"]] / s[_PLACE[f"{top}0"]])
    if bottom is not None:
        value -= np.log(s[_PLACE[f"{bottom}1"]] / s[_PLACE[f"{bottom}0"]])
    return float(value)


def _best(
    parts: list[dict[str, Any]], figure: Callable[[dict[str, Any]], float]
) -> tuple[str, str]:
    """Return the parts with the lowest and the highest figure."""
    known = [(figure(p), str(p["part"])) for p in parts if np.isfinite(figure(p))]
    return (min(known)[1], max(known)[1]) if known else ("", "")


def _only_best(name: str, ends: tuple[str, str], value: float) -> str:
    """Return why a part is not told of: neither the highest nor the lowest of its dimension."""
    expected = ends[1] if value > 0 else ends[0]
    return "" if name == expected else "neither the highest nor the lowest"
