"""What a reader can do with the counts of customers: subtract, compare, and no more."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analytics.descriptive import Protection, distinct_counts, protected_tables
from analytics.privacy import OTHER
from analytics.results import DistinctCounts, SourceFacts

DIMENSIONS = ("region", "segment", "category", "sales_channel")
EXCLUSIVE = ("region", "segment")
COUNTS = ["active_customers", "new_customers", "previous_customers", "retained_customers"]
STEPS = {"month": 1, "quarter": 3, "year": 12}
START, END = date(2023, 1, 1), date(2023, 6, 30)
MINIMUM = 5


def facts() -> SourceFacts:
    return SourceFacts(
        name="shop",
        title="Shop",
        currency="USD",
        time_zone="UTC",
        synthetic=False,
        public=False,
        observation_start=START,
        observation_end=END,
        customers=0,
        orders=0,
        tables=("transactions",),
    )


def orders(seed: int, customers: int = 160) -> pd.DataFrame:
    """Return orders of customers who mostly live in the North and rarely in the South."""
    rng = np.random.default_rng(seed)
    who = rng.integers(0, customers, customers * 12)
    regions = rng.choice(["North", "East", "South"], customers, p=[0.6, 0.33, 0.07])
    segments = rng.choice(["Basic", "Premium"], customers, p=[0.85, 0.15])
    frame = pd.DataFrame(
        {
            "customer": who,
            "month": pd.Series(pd.date_range(START, periods=6, freq="MS"))[
                rng.integers(0, 6, len(who))
            ].to_numpy(),
            "region": regions[who],
            "segment": segments[who],
            "category": rng.choice(["Home", "Toys"], len(who), p=[0.9, 0.1]),
            "sales_channel": rng.choice(["Online", "Store"], len(who), p=[0.8, 0.2]),
            "net_revenue_amount": rng.integers(10, 90, len(who)).astype("float64"),
        }
    )
    frame["month"] = frame["month"].astype("datetime64[us]")
    return frame.sort_values(["customer", "month"], ignore_index=True)


def counted(frame: pd.DataFrame, dimensions: tuple[str, ...] = DIMENSIONS) -> pd.DataFrame:
    """Return what the mart of distinct customers says, one set of customers at a time."""
    first = frame.groupby("customer").head(1).index
    rows = []
    for kind in (*STEPS, "window"):
        period = {
            "month": frame["month"],
            "quarter": frame["month"].dt.to_period("Q").dt.to_timestamp(),
            "year": frame["month"].dt.to_period("Y").dt.to_timestamp(),
            "window": pd.Series(pd.Timestamp(START), index=frame.index),
        }[kind]
        for size in range(len(dimensions) + 1):
            for names in combinations(dimensions, size):
                sets: dict[tuple[object, ...], set[int]] = {}
                new: dict[tuple[object, ...], int] = {}
                for at, key in enumerate(zip(period, *(frame[n] for n in names), strict=True)):
                    sets.setdefault(key, set()).add(frame["customer"].iloc[at])
                    new[key] = new.get(key, 0) + int(frame.index[at] in first)
                for key, members in sets.items():
                    step = STEPS.get(kind)
                    before: set[int] = set()
                    if step:
                        earlier = key[0] - pd.DateOffset(months=step)  # type: ignore[operator]
                        before = sets.get((earlier, *key[1:]), set())
                    named = dict(zip(names, key[1:], strict=True))
                    rows.append(
                        {
                            "kind": kind,
                            "start": key[0],
                            **{name: named.get(name, "all") for name in DIMENSIONS},
                            "active_customers": len(members),
                            "new_customers": new[key],
                            "retained_customers": len(members & before),
                            "previous_customers": len(before),
                        }
                    )
    return pd.DataFrame(rows).astype({"start": "datetime64[us]"})


def marts(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the marts `monthly` and `cube` as far as protection needs them."""
    figures = {
        "net_revenue_amount": ("net_revenue_amount", "sum"),
        "orders": ("customer", "size"),
        "customers": ("customer", "nunique"),
    }
    cube = frame.groupby(["month", *DIMENSIONS], as_index=False).agg(**figures)
    cube["contribution_margin_amount"] = cube["net_revenue_amount"] / 2
    parts = []
    for name in ("all", *DIMENSIONS):
        told = frame.assign(part=frame[name] if name != "all" else "all", dimension=name)
        parts.append(told.groupby(["month", "dimension", "part"], as_index=False).agg(**figures))
    monthly = pd.concat(parts, ignore_index=True).rename(columns={"customers": "active_customers"})
    for name in ("all_orders", "returned_orders", "new_customers", "previous_customers"):
        monthly[name] = 0
    monthly["retained_customers"] = monthly["repeat_customers"] = 0
    monthly["contribution_margin_amount"] = monthly["net_revenue_amount"] / 2
    return monthly, cube


Shop = tuple[pd.DataFrame, DistinctCounts, Protection]


def shop(seed: int, *, minimum: int = MINIMUM, customers: int = 160) -> Shop:
    """Return the exact counts, those that are published, and the published cube."""
    frame = orders(seed, customers)
    monthly, cube = marts(frame)
    protection = protected_tables(monthly, cube, dimensions=DIMENSIONS, minimum_cell=minimum)
    exact = counted(frame)
    told = distinct_counts(
        exact,
        protection,
        monthly,
        dimensions=DIMENSIONS,
        minimum_cell=minimum,
        facts=facts(),
    )
    exact["kind"] = exact["kind"].replace("window", "all")
    return exact, told, protection


@pytest.fixture(scope="module", params=[1, 3])
def made(request: pytest.FixtureRequest) -> Shop:
    """Return shops of 160 customers."""
    return shop(request.param)


KEYS = ["kind", "start", *DIMENSIONS]


def beside(exact: pd.DataFrame, told: DistinctCounts) -> pd.DataFrame:
    """Return every published row, with the truth in columns that end in _x."""
    return told.counts.merge(
        exact.rename(columns={name: f"{name}_x" for name in COUNTS}), on=KEYS, how="left"
    )


def test_what_is_told_is_exact(made: Shop) -> None:
    exact, told, _ = made
    rows = beside(exact, told)
    for name in COUNTS:
        known = rows[rows[name].notna()]
        assert len(known) > 10
        assert (known[name] == known[f"{name}_x"]).all()


def test_no_count_of_few_customers_is_told(made: Shop) -> None:
    exact, told, _ = made
    assert told.counts["active_customers"].min() >= MINIMUM
    few = exact[(exact["active_customers"] < MINIMUM)]
    named = (few[list(DIMENSIONS)] != "all").sum(axis=1)
    rows = few[named <= 2].merge(told.counts[[*KEYS, "withheld"]], on=KEYS)
    assert len(rows) > 5
    assert rows["withheld"].all()


def test_every_combination_of_at_most_two_filters_has_a_row(made: Shop) -> None:
    exact, told, _ = made
    named = (exact[list(DIMENSIONS)] != "all").sum(axis=1)
    wanted = exact[named <= 2]
    assert len(wanted.merge(told.counts, on=KEYS)) == len(wanted)
    assert ((told.counts[list(DIMENSIONS)] != "all").sum(axis=1) <= told.most_filters).all()


def test_a_withheld_combination_tells_nothing(made: Shop) -> None:
    _, told, _ = made
    withheld = told.counts[told.counts["withheld"]]
    assert len(withheld)
    assert withheld[COUNTS].isna().all(axis=None)


def test_withheld_rows_do_not_say_which_combinations_have_customers(made: Shop) -> None:
    _, told, _ = made
    tables = 0
    for _, period in told.counts.groupby(["kind", "start"]):
        named = period[list(DIMENSIONS)] != "all"
        for names in combinations(DIMENSIONS, 2):
            inner = period[named[list(names)].all(axis=1)]
            if inner["withheld"].any():
                parts = [period.loc[named[n] & (named.sum(axis=1) == 1), n] for n in names]
                assert len(inner) == len(parts[0]) * len(parts[1])
                tables += 1
    assert tables > 5


@pytest.mark.parametrize("figure", ["active_customers", "retained_customers"])
def test_subtraction_gives_no_figure_of_few_customers(made: Shop, figure: str) -> None:
    exact, told, _ = made
    rows = beside(exact, told)
    base = {"active_customers": "active_customers_x", "retained_customers": "previous_customers_x"}
    lines = 0
    for name in EXCLUSIVE:
        rest = [key for key in KEYS if key != name]
        for _, line in rows[rows[name] != "all"].groupby(rest):
            margin = rows[(rows[name] == "all")].merge(line[rest].head(1), on=rest)
            hidden = line[line[figure].isna() & (line["active_customers_x"] > 0)]
            # Where all of a line is withheld, what follows is the margin, which is told.
            if margin[figure].isna().any() or hidden.empty or line[figure].isna().all():
                continue
            lines += 1
            assert len(hidden) > 1
            assert hidden[base[figure]].sum() >= MINIMUM
    assert lines > 0


def test_linear_programs_leave_a_range_of_customers_to_every_small_count(made: Shop) -> None:
    """Each table of two dimensions with its margins, attacked with a program of its own."""
    exact, told, _ = made
    rows = beside(exact, told)
    tried = 0
    for (_, _), period in rows.groupby(["kind", "start"]):
        for names in combinations(DIMENSIONS, 2):
            inner = period[(period[list(names)] != "all").all(axis=1)].reset_index(drop=True)
            small = inner.index[inner["active_customers_x"] < MINIMUM]
            if len(small) == 0:
                continue
            a_eq, b_eq, a_ub, b_ub = [], [], [], []
            for place, name in enumerate(names):
                other = names[1 - place]
                for part in sorted(inner[name].unique()):
                    rest = [d for d in DIMENSIONS if d != name]
                    margin = period[(period[name] == part) & (period[rest] == "all").all(axis=1)]
                    value = margin["active_customers"].iloc[0]
                    if np.isnan(value):
                        continue
                    row = (inner[name] == part).to_numpy(dtype=float)
                    if other in EXCLUSIVE:
                        a_eq.append(row)
                        b_eq.append(value)
                    else:
                        a_ub.append(-row)
                        b_ub.append(-value)
                        for at in np.flatnonzero(row):
                            a_ub.append(np.eye(len(inner))[at])
                            b_ub.append(value)
            bounds = [
                (0, None) if np.isnan(value) else (value, value)
                for value in inner["active_customers"]
            ]
            for at in small:
                goal = np.eye(len(inner))[at]
                ends = [
                    linprog(
                        sign * goal,
                        A_ub=np.array(a_ub) if a_ub else None,
                        b_ub=b_ub or None,
                        A_eq=np.array(a_eq) if a_eq else None,
                        b_eq=b_eq or None,
                        bounds=bounds,
                    )
                    for sign in (1, -1)
                ]
                tried += 1
                if ends[1].status == 3:
                    continue
                assert all(end.status == 0 for end in ends)
                assert -ends[1].fun - ends[0].fun >= MINIMUM - 1e-6
        if tried > 150:
            break
    assert tried > 10


def test_a_quarter_less_its_months_gives_no_small_month_away(made: Shop) -> None:
    exact, told, _ = made
    rows = beside(exact, told)
    months = rows[rows["kind"] == "month"]
    months = months.assign(quarter=months["start"].dt.to_period("Q").dt.to_timestamp())
    quarters = rows[(rows["kind"] == "quarter") & ~rows["withheld"]]
    for quarter in quarters.itertuples(index=False):
        same = months["quarter"] == quarter.start
        for name in DIMENSIONS:
            same &= months[name] == getattr(quarter, name)
        inside = months[same]
        hidden = inside[inside["withheld"] & (inside["active_customers_x"] < MINIMUM)]
        if len(hidden) == 1 and len(inside[inside["withheld"]]) == 1:
            least = quarter.active_customers - inside["active_customers"].sum()
            assert quarter.active_customers - max(least, 0) >= MINIMUM


def test_counts_do_not_say_how_many_orders_are_in_cells_that_are_not_published(made: Shop) -> None:
    _, told, protection = made
    cells = protection.cube.cells
    cells = cells[cells["region"] != OTHER]
    months = told.counts[(told.counts["kind"] == "month") & ~told.counts["withheld"]]
    checked = 0
    for row in months.itertuples(index=False):
        named = {name: getattr(row, name) for name in DIMENSIONS if getattr(row, name) != "all"}
        if len(named) < 2:
            continue
        inside = cells[cells["month"] == row.start]
        for name, part in named.items():
            inside = inside[inside[name] == part]
        assert row.active_customers <= inside["orders"].sum()
        checked += 1
    assert checked > 5


def test_returning_customers_are_told_between_whole_periods_alone(made: Shop) -> None:
    _, told, _ = made
    counts = told.counts
    assert counts.loc[counts["start"] == pd.Timestamp(START), "retained_customers"].isna().all()
    year = counts[counts["kind"] == "year"]
    assert not year["complete"].any()
    assert counts.loc[counts["kind"] == "all", "complete"].all()


def test_the_statement_says_how_narrow_a_range_is(made: Shop) -> None:
    _, told, _ = made
    assert told.narrowest_range >= MINIMUM
    assert told.pinned_combinations == 0
    assert told.withheld_combinations <= told.counts["withheld"].sum()


def test_a_minimum_of_one_withholds_nothing() -> None:
    exact, told, _ = shop(1, minimum=1, customers=40)
    assert not told.counts["withheld"].any()
    named = (exact[list(DIMENSIONS)] != "all").sum(axis=1)
    assert len(told.counts) == int((named <= 2).sum())


def test_a_source_without_dimensions_has_a_row_a_period() -> None:
    frame = orders(1)
    monthly, cube = marts(frame)
    for name in DIMENSIONS:
        cube[name] = "All"
    cube = cube.groupby(["month", *DIMENSIONS], as_index=False).sum()
    monthly = monthly[monthly["dimension"] == "all"]
    protection = protected_tables(monthly, cube, dimensions=(), minimum_cell=MINIMUM)
    told = distinct_counts(
        counted(frame, ()),
        protection,
        monthly,
        dimensions=(),
        minimum_cell=MINIMUM,
        facts=facts(),
    )
    assert told.counts["kind"].value_counts().to_dict() == {
        "month": 6,
        "quarter": 2,
        "year": 1,
        "all": 1,
    }
    assert not told.counts["withheld"].any()
