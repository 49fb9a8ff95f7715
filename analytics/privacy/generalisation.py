"""Published customer rows: no one stands in a group of fewer than k like him.

Quasi-identifiers are what a reader may know of a customer from elsewhere. Rows that share all
of them form a group; where a group is smaller than k, its rows tell less, step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analytics.privacy.small_cells import OTHER

ANY = "any"
_YOUNGEST, _OLDEST = 20, 70


def age_band(birth_year: pd.Series, year: int, *, width: int = 10) -> pd.Series:
    """Return the band of the age reached in `year`: ``30-39``, ``under 20``, ``70 or older``.

    ``Unknown`` where the year of birth is missing.
    """
    age = year - birth_year.astype("float64")
    low = (age // width * width).clip(lower=0)
    last = _OLDEST if width <= 10 else _OLDEST // width * width
    first = -(-_YOUNGEST // width) * width
    bands = low.map(lambda start: f"{start:.0f}-{start + width - 1:.0f}", na_action="ignore")
    bands = bands.astype("str")
    bands = bands.mask(age < first, f"under {first}").mask(age >= last, f"{last} or older")
    return bands.mask(age.isna(), "Unknown")


def _wider_band(bands: pd.Series) -> pd.Series:
    """Return bands of twenty years from those of ten: ``20-39``, ``40-59``, ``60 or older``."""
    start = bands.str.extract(r"^(\d+)-", expand=False).astype("float64") // 20 * 20
    wide = start.map(lambda low: f"{low:.0f}-{low + 19:.0f}", na_action="ignore").astype("str")
    wide = wide.mask(start >= 60, "60 or older")
    return bands.where(start.isna(), wide).replace({"70 or older": "60 or older"})


def _year_of_quarter(quarters: pd.Series) -> pd.Series:
    return quarters.str.replace(r"-Q[1-4]$", "", regex=True)


def _to(value: str) -> Callable[[pd.Series], pd.Series]:
    return lambda column: pd.Series(value, index=column.index, dtype="str")


# In the order in which they are told less; the last leaves every row alike.
STEPS: tuple[tuple[str, str, Callable[[pd.Series], pd.Series]], ...] = (
    ("age_band", "twenty years", _wider_band),
    ("age_band", ANY, _to(ANY)),
    ("signup_quarter", "year", _year_of_quarter),
    ("acquisition_channel", OTHER, _to(OTHER)),
    ("signup_quarter", ANY, _to(ANY)),
    ("region", OTHER, _to(OTHER)),
    ("segment", OTHER, _to(OTHER)),
)
QUASI_IDENTIFIERS = ("segment", "region", "signup_quarter", "acquisition_channel", "age_band")


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralisedCustomers:
    """Customer rows that can be published.

    Attributes
    ----------
    rows : DataFrame
        As given, with quasi-identifiers told less where that is needed.
    group : int
        Fewest rows that share all quasi-identifiers; 0 without rows.
    coarsened : int
        Rows that tell less than they could.
    levels : DataFrame
        attribute, level, rows: how many rows tell how much of each quasi-identifier.
    """

    rows: pd.DataFrame
    group: int
    coarsened: int
    levels: pd.DataFrame


def generalised_customers(customers: pd.DataFrame, *, k: int) -> GeneralisedCustomers | None:
    """Return the rows with quasi-identifiers told less until each group has at least k.

    A step is taken by the rows whose group is smaller than k at that step, and by no others; a
    row that took a step stays with it. Where rows are left at the end that together are fewer
    than k, the smallest groups join them. None where there are fewer than k rows in all.

    Parameters
    ----------
    customers : DataFrame
        With those of `QUASI_IDENTIFIERS` that are published.
    k : int
        Fewest rows that may share all quasi-identifiers.
    """
    held = [name for name in QUASI_IDENTIFIERS if name in customers.columns]
    rows = customers.copy()
    levels = pd.DataFrame("as analysed", index=rows.index, columns=held, dtype="str")
    if len(rows) < k:
        return None
    steps = [step for step in STEPS if step[0] in held]
    taken = pd.Series(0, index=rows.index)
    while held:
        size = rows.groupby(held)[held[0]].transform("size")
        small = size < k
        if not small.any():
            break
        if bool((taken[small] == len(steps)).all()):
            # All that is left tells nothing any more: the smallest other group joins it.
            others = size[taken < len(steps)]
            small = size == others.min()
            small &= rows[held].eq(rows.loc[size[small].index[0], held]).all(axis=1)
            for name, level, coarser in steps:
                rows.loc[small, name] = coarser(rows.loc[small, name])
                levels.loc[small, name] = level
            taken[small] = len(steps)
            continue
        at = int(taken[small & (taken < len(steps))].min())
        name, level, coarser = steps[at]
        going = small & (taken == at)
        rows.loc[going, name] = coarser(rows.loc[going, name])
        levels.loc[going, name] = level
        taken[going] = at + 1
    return GeneralisedCustomers(
        rows=rows,
        group=int(rows.groupby(held)[held[0]].transform("size").min()) if held else len(rows),
        coarsened=int((taken > 0).sum()),
        levels=_levels(levels),
    )


def _levels(levels: pd.DataFrame) -> pd.DataFrame:
    counted = [
        (name, str(level), int(rows))
        for name in levels.columns
        for level, rows in levels[name].value_counts().sort_index().items()
    ]
    return pd.DataFrame(counted, columns=["attribute", "level", "rows"])
