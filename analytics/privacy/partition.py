"""Parts that stand for few customers are told together, month by month, as `OTHER`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.privacy.small_cells import OTHER

if TYPE_CHECKING:
    import pandas as pd

_GROUP = ["month", "dimension"]
_KEYS = [*_GROUP, "part"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """Which parts of a dimension are told together in which month.

    Attributes
    ----------
    merged : DataFrame
        month, dimension, part: the parts that are told as `OTHER`.
    withheld : DataFrame
        month, dimension: of the months whose total stands for too few, so that nothing is
        told of them.
    broken : DataFrame
        month, dimension, part: published parts that did not stand for the same parts in the
        month before. A figure that needs the month before is not told of them: it would say
        something of a part that was not told there.
    """

    merged: pd.DataFrame
    withheld: pd.DataFrame
    broken: pd.DataFrame

    def relabelled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame (month, dimension, part, …) with merged parts called `OTHER`."""
        if self.merged.empty:
            return frame
        told = frame.merge(self.merged.assign(_merged=True), on=_KEYS, how="left")
        merged = told.pop("_merged").notna()
        told["part"] = told["part"].mask(merged, OTHER)
        return told


def partition(
    cells: pd.DataFrame,
    *,
    customers: str,
    minimum: int,
    exclusive: Collection[str],
    whole: Collection[tuple[pd.Timestamp, str]] = (),
) -> Partition:
    """Return which parts have to be told together, each month and dimension for itself.

    Parts with fewer than `minimum` customers become one. Where that would be a single part, or
    might still stand for fewer, the next smallest join: one part alone could be found by
    subtraction from the total.

    Parameters
    ----------
    cells : DataFrame
        month, dimension, part and `customers`, a row for every part that anything is known of;
        dimension ``all`` for the total.
    customers : str
        Column with what the figures of a part stand for (customers, or answers).
    minimum : int
        Fewest that may be told; 1 merges nothing.
    exclusive : collection of str
        Dimensions of which a customer has only one part: over these the customers add up. Over
        others a merged part stands for no fewer than the largest of its parts does.
    whole : collection of (month, dimension)
        Where all parts are told together.
    """
    import pandas as pd

    nothing = cells[_KEYS].head(0)
    if minimum <= 1 or cells.empty:
        return Partition(merged=nothing, withheld=nothing[_GROUP], broken=nothing)
    total = cells["dimension"] == "all"
    few = cells[customers] < minimum
    taken: list[pd.DataFrame] = []
    asked = _pairs(cells[_GROUP]).isin(set(whole)).set_axis(cells.index)
    touched = cells.loc[(few | asked) & ~total, _GROUP].drop_duplicates()
    for (month, dimension), group in cells.merge(touched, on=_GROUP).groupby(_GROUP, sort=True):
        merged = group
        if (month, dimension) not in whole:
            merged = _together(group, customers, minimum, str(dimension) in exclusive)
        # Where all parts are taken, the merged one is the total, and told as that is.
        taken.append(merged[_KEYS])
    merged = pd.concat(taken, ignore_index=True) if taken else nothing
    months = cells.loc[total & few, "month"]
    withheld = cells.loc[cells["month"].isin(months), _GROUP].drop_duplicates(ignore_index=True)
    return Partition(
        merged=merged.sort_values(_KEYS, ignore_index=True),
        withheld=withheld,
        broken=_broken(cells[~total], merged, withheld),
    )


def _pairs(groups: pd.DataFrame) -> pd.Series:
    import pandas as pd

    return pd.Series(list(groups.itertuples(index=False, name=None)), dtype=object)


def _stand_for(customers: pd.Series, exclusive: bool) -> int:
    return int(customers.sum() if exclusive else customers.max())


def _together(group: pd.DataFrame, customers: str, minimum: int, exclusive: bool) -> pd.DataFrame:
    """Return the parts of one month and dimension that are told together."""
    # A part that is called Other would be taken for the merged one, and joins it.
    first = (group[customers] < minimum) | (group["part"] == OTHER)
    ordered = group.assign(_last=~first).sort_values(["_last", customers, "part"], kind="stable")
    taken = max(int(first.sum()), 2)
    while taken < len(ordered) and _stand_for(ordered[customers].iloc[:taken], exclusive) < minimum:
        taken += 1
    return ordered.iloc[:taken]


def _broken(parts: pd.DataFrame, merged: pd.DataFrame, withheld: pd.DataFrame) -> pd.DataFrame:
    """Return the published parts whose parts were told otherwise in the month before."""
    import pandas as pd

    touched = pd.concat([merged[_GROUP], withheld[_GROUP]]).drop_duplicates()
    after = touched.assign(month=touched["month"] + pd.DateOffset(months=1))
    candidates = pd.concat([touched, after]).drop_duplicates()
    hidden = set(withheld.itertuples(index=False, name=None))
    sets = _sets(parts, merged)
    rows = []
    for month, dimension in candidates.itertuples(index=False, name=None):
        now = sets.get((month, dimension))
        if now is None:
            continue
        earlier = month - pd.DateOffset(months=1)
        before = sets.get((earlier, dimension), {})
        present = frozenset[str]().union(*before.values())
        for part, members in now.items():
            same = before.get(part, frozenset()) == members & present
            if not same or (earlier, dimension) in hidden:
                rows.append((month, dimension, part))
    # Totals are told of the same customers in every month, but for a month that is withheld.
    for month, dimension in hidden:
        if dimension == "all":
            rows.append((month + pd.DateOffset(months=1), "all", "all"))
    frame = pd.DataFrame(sorted(set(rows)), columns=_KEYS)
    return frame.astype(parts[_KEYS].dtypes.to_dict())


def _sets(
    parts: pd.DataFrame, merged: pd.DataFrame
) -> dict[tuple[object, object], dict[str, frozenset[str]]]:
    """Return, per month and dimension, the parts that each published part stands for."""
    together = set(merged[_KEYS].itertuples(index=False, name=None))
    sets: dict[tuple[object, object], dict[str, set[str]]] = {}
    for month, dimension, part in parts[_KEYS].itertuples(index=False, name=None):
        shown = OTHER if (month, dimension, part) in together else part
        sets.setdefault((month, dimension), {}).setdefault(shown, set()).add(part)
    return {
        group: {part: frozenset(members) for part, members in found.items()}
        for group, found in sets.items()
    }
