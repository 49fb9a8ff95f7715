"""Published tables as the privacy audit reads them: those of now and those of a version before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analytics.descriptive.protection import sums_table
from analytics.digests import content_digest, file_digest
from analytics.privacy import CELL, PublishedTable

CUBE_FILE, KPIS_FILE = "monthly_cube.parquet", "kpis.parquet"
_FIGURES = {"orders": "orders", "net_revenue": "net_revenue_amount"}


def published_sums(kpis: pd.DataFrame) -> PublishedTable:
    """Return the sums that KPI values by month, dimension and part tell."""
    rows = kpis[kpis["kpi"].isin(_FIGURES) & kpis["value"].notna()]
    wide = rows.pivot_table(
        index=["month", "dimension", "part"], columns="kpi", values="value", aggfunc="first"
    )
    wide = wide.rename(columns=_FIGURES).reset_index()
    return sums_table(wide)


def published_movers(movers: pd.DataFrame) -> list[PublishedTable]:
    """Return the sums that the movers of the monthly reports tell of both compared months."""
    tables = []
    for (against, months), column in (
        (("previous", 0), "current_amount"),
        (("previous", 1), "base_amount"),
        (("year_before", 0), "current_amount"),
        (("year_before", 12), "base_amount"),
    ):
        rows = movers[movers["against"] == against]
        month = rows["month"] - pd.DateOffset(months=months)
        sums = rows.assign(
            month=month.astype("datetime64[us]"),
            net_revenue_amount=rows[column],
            orders=float("nan"),
        )
        tables.append(PublishedTable(name="movers", sums=sums_table(sums).sums))
    return tables


def read_earlier_tables(folder: Path | None) -> list[PublishedTable]:
    """Read what the downloads of a published version tell; nothing where there are none."""
    tables = []
    for file in _files(folder):
        frame = pd.read_parquet(file)
        if file.name == KPIS_FILE:
            tables.append(published_sums(frame))
        else:
            names = ["month", *CELL, *_FIGURES.values()]
            tables.append(PublishedTable(name="earlier monthly cube", sums=frame[names]))
    return tables


def earlier_digest(folder: Path | None) -> str:
    """Return the digest of what `read_earlier_tables` reads."""
    return content_digest("\n".join(file_digest(file) for file in _files(folder)).encode())


def _files(folder: Path | None) -> Sequence[Path]:
    if folder is None:
        return ()
    return [path for path in (folder / CUBE_FILE, folder / KPIS_FILE) if path.is_file()]
