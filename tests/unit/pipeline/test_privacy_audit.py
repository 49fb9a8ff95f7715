"""The audit is handed tables that give a cell away, and tables that do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.descriptive import kpis, monthly_cube, monthly_reports, protected_tables
from analytics.errors import PrivacyError
from analytics.pipeline.privacy_audit import privacy_audit
from analytics.pipeline.published_tables import (
    CUBE_FILE,
    KPIS_FILE,
    earlier_digest,
    published_movers,
    published_sums,
    read_earlier_tables,
)
from analytics.privacy import CELL, PublishedTable
from analytics.results import Kpis, MonthlyCube, MonthlyReports, PrivacyAudit, SourceFacts

MINIMUM = 5
MONTHS = pd.to_datetime(["2024-01-01", "2024-02-01"]).astype("datetime64[us]")


def marts() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return cube and monthly of a shop in which two cells a month stand for few customers."""
    cells = [
        (region, segment, category, channel)
        for region in ("East", "North")
        for segment in ("Basic", "Premium")
        for category in ("Home", "Toys")
        for channel in ("Online", "Store")
    ]
    cube = pd.DataFrame(
        [(month, *cell) for month in MONTHS for cell in cells], columns=["month", *CELL]
    )
    size = np.resize([30, 25, 20, 12, 40, 22, 3, 17, 28, 2, 19, 33, 11, 26, 14, 21], len(cube))
    cube = cube.assign(
        customers=size,
        orders=size * 2,
        net_revenue_amount=size * 20.0,
        contribution_margin_amount=size * 8.0,
    )
    parts = [
        cube.assign(dimension=name, part=cube[name] if name in CELL else "all")
        for name in ("all", *CELL)
    ]
    monthly = (
        pd.concat(parts)
        .groupby(["month", "dimension", "part"], as_index=False)[
            ["net_revenue_amount", "contribution_margin_amount", "orders", "customers"]
        ]
        .sum()
        .rename(columns={"customers": "active_customers"})
    )
    for name in ("returned_orders", "new_customers", "previous_customers", "retained_customers"):
        monthly[name] = 0
    return cube, monthly.assign(all_orders=monthly["orders"], repeat_customers=0)


FACTS = SourceFacts(
    name="shop",
    title="Shop",
    currency="USD",
    time_zone="UTC",
    synthetic=False,
    public=False,
    observation_start=date(2024, 1, 1),
    observation_end=date(2024, 2, 29),
    customers=1,
    orders=1,
    tables=("transactions",),
)
Tables = tuple[pd.DataFrame, MonthlyCube, Kpis, MonthlyReports]


def published(earlier: list[PublishedTable] | None = None) -> Tables:
    """Return the exact cube and what is published of it."""
    cube, monthly = marts()
    protection = protected_tables(
        monthly, cube, dimensions=CELL, minimum_cell=MINIMUM, earlier=earlier or []
    )
    values = kpis(
        monthly,
        None,
        None,
        None,
        facts=FACTS,
        minimum_cell=MINIMUM,
        parts=protection.parts,
    )
    reports = monthly_reports(values, monthly, parts=protection.parts)
    return cube, protection.cube, values, reports


def audited(tables: Tables, earlier: list[PublishedTable] | None = None) -> PrivacyAudit:
    cube, cells, values, reports = tables
    return privacy_audit(
        cube, cube=cells, kpis=values, reports=reports, earlier=earlier or [], customers=None
    )


def test_protected_tables_pass_with_ranges_as_wide_as_promised() -> None:
    audit = audited(published())
    assert audit.pinned_cells == 0
    assert audit.narrowest_orders >= MINIMUM
    assert audit.narrowest_net_revenue_rate >= 0.1
    assert len(audit.groups) == len(MONTHS)
    assert audit.withheld_cells > 4


def test_a_cube_whose_small_cells_stand_alone_is_refused() -> None:
    cube, _, values, reports = published()
    bare = monthly_cube(cube, dimensions=CELL, minimum_cell=1)
    telling = MonthlyCube(dimensions=CELL, minimum_cell=MINIMUM, merged_cells=0, cells=bare.cells)
    with pytest.raises(PrivacyError, match=r"give away 4 cell\(s\)"):
        audited((cube, telling, values, reports))


def test_one_withheld_cell_is_found_by_subtraction() -> None:
    cube, _, values, reports = published()
    bare = monthly_cube(cube, dimensions=CELL, minimum_cell=1).cells
    few = cube.loc[cube["customers"] < MINIMUM].iloc[[0]]
    rest = bare.merge(few[["month", *CELL]].assign(gone=True), on=["month", *CELL], how="left")
    rest = rest[rest["gone"].isna()][bare.columns]
    telling = MonthlyCube(dimensions=CELL, minimum_cell=MINIMUM, merged_cells=1, cells=rest)
    with pytest.raises(PrivacyError, match="stand for few customers"):
        audited((cube, telling, values, reports))


def test_what_the_version_before_tells_is_no_fault_of_the_new_one() -> None:
    tables = published()
    cube = tables[0]
    before = [PublishedTable(name="before", sums=cube[["month", *CELL, *_FIGURES]])]
    audit = audited(published(before), before)
    assert audit.pinned_cells == audit.pinned_before_cells == 4


def test_cells_that_two_versions_tell_together_are_protected_in_the_new_one() -> None:
    """The version before told of one small cell with a published one, summed."""
    cube, _ = marts()
    few = cube[(cube["customers"] < MINIMUM) & (cube["month"] == MONTHS[0])].index[0]
    big = cube[(cube["month"] == MONTHS[0])]["customers"].idxmax()
    both = cube.loc[[few, big]]
    # The sum over all that differs between the two is told as the rest of an earlier cube.
    told = cube[(cube["month"] == MONTHS[0]) & ~cube.index.isin(both.index)]
    other = (
        both[list(_FIGURES)]
        .sum()
        .to_frame()
        .T.assign(month=MONTHS[0], **dict.fromkeys(CELL, "Other"))
    )
    columns = ["month", *CELL, *_FIGURES]
    before = [PublishedTable(name="before", sums=pd.concat([told, other])[columns])]
    alone = audited(published(before), before)
    assert alone.pinned_cells == alone.pinned_before_cells


_FIGURES = ("orders", "net_revenue_amount")


def test_the_downloads_of_a_version_are_read_as_what_they_tell(tmp_path: Path) -> None:
    _, cells, values, _ = published()
    cells.cells.to_parquet(tmp_path / CUBE_FILE)
    values.values.to_parquet(tmp_path / KPIS_FILE)
    cube_table, sums = read_earlier_tables(tmp_path)
    assert cube_table.sums["orders"].sum() == cells.cells["orders"].sum()
    total = sums.sums[(sums.sums[list(CELL)] == "all").all(axis=1)]
    assert total["orders"].sum() == cells.cells["orders"].sum()


def test_without_a_version_before_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert read_earlier_tables(None) == []
    assert read_earlier_tables(tmp_path) == []


def test_another_version_before_has_another_digest(tmp_path: Path) -> None:
    _, cells, _, _ = published()
    nothing = earlier_digest(tmp_path)
    cells.cells.to_parquet(tmp_path / CUBE_FILE)
    first = earlier_digest(tmp_path)
    cells.cells.head(3).to_parquet(tmp_path / CUBE_FILE)
    assert len({nothing, first, earlier_digest(tmp_path)}) == 3


def test_published_sums_are_those_of_each_part_and_of_the_total() -> None:
    cube, _, values, _ = published()
    sums = published_sums(values.values).sums
    home = sums[(sums["category"] == "Home") & (sums["month"] == MONTHS[0])]
    truth = cube[(cube["category"] == "Home") & (cube["month"] == MONTHS[0])]
    assert home["orders"].tolist() == [truth["orders"].sum()]
    assert home["region"].tolist() == ["all"]


def test_movers_tell_of_both_months() -> None:
    _, _, _, reports = published()
    tables = published_movers(reports.movers)
    months = {month for table in tables for month in table.sums["month"]}
    assert months == set(MONTHS)
    assert all(table.sums["orders"].isna().all() for table in tables)
