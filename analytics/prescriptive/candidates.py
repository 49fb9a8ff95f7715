"""What an insight may be about: candidates over figure, slice, period and pattern, each tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

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
        What it amounts to in a year: contribution margin, whatever the pattern.
    page : str
        Page that shows it.
    because : str
        Why it is not told whatever its p-value; empty where nothing speaks against it.
    against : str
        The part that it is held against, where that is not all others.
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
    against: str = ""


def slice_candidates(
    dimension: str, moments: pd.DataFrame, whole: Mapping[str, float], *, has_costs: bool,
    two_years: bool, margin_rate: float,
) -> Iterator[Candidate]:  # fmt: skip
    """Yield growth, share, margin rate and value a customer of each part against all others.

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
    margin_rate : float
        Contribution margin of a unit of net revenue, for what revenue amounts to.
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
                impact_amount=abs(own - rest) * part["r0"] * margin_rate,
                page="descriptive/kpis.html", **common,
            )  # fmt: skip
        letter = value[0]
        if two_years and part[f"{letter}0"] > 0 and whole[f"{letter}0"] > part[f"{letter}0"] and (
            whole[f"{letter}1"] > 0
        ):  # fmt: skip
            found = tested(partial(_share_change, letter=letter))
            low, high = found.interval()
            now, then = (part[f"{letter}{y}"] / whole[f"{letter}{y}"] for y in (1, 0))
            yield Candidate(
                pattern="share", kpi="contribution_margin" if has_costs else "net_revenue",
                value=found.value, low=low, high=high, base=now, other=then,
                p_value=found.p_value, because=few, page="descriptive/kpis.html",
                impact_amount=abs(now - then) * whole[f"{letter}1"]
                * (1.0 if has_costs else margin_rate),
                **common,
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
                impact_amount=abs(own - rest) * part["c1"] * (1.0 if has_costs else margin_rate),
                page="predictive/clv.html", **common,
            )  # fmt: skip


def total_candidates(whole: Mapping[str, float], *, margin_rate: float) -> Iterator[Candidate]:
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
            impact_amount=abs(now / then - 1) * whole["r0"] * margin_rate,
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


def _share_change(s: Floats, letter: str) -> float:
    k = len(NAMES)
    first, second = _PLACE[f"{letter}0"], _PLACE[f"{letter}1"]
    return float(s[second] / s[k + second] - s[first] / s[k + first])


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
