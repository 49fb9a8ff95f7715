"""Audits all that is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analytics.pipeline.progress import Stage
from analytics.pipeline.workshop import Workshop
from analytics.results import (
    CustomerScores,
    Kpis,
    Missing,
    MonthlyCube,
    MonthlyReports,
    Result,
)
from analytics.settings import Layout, Settings
from analytics.store import read_result


def privacy(
    workshop: Workshop,
    layout: Layout,
    settings: Settings,
    stage: Stage,
    *,
    earlier: Path | None = None,
    publish_customers: bool = False,
) -> Iterator[Result]:
    """Yield the audit of all that is published, the version in `earlier` included."""
    from analytics.pipeline.privacy_audit import privacy_audit
    from analytics.pipeline.published_customers import published_customers
    from analytics.pipeline.published_tables import read_earlier_tables

    cube = read_result(layout.results, MonthlyCube)
    kpis = read_result(layout.results, Kpis)
    reports = read_result(layout.results, MonthlyReports)
    scores = read_result(layout.results, CustomerScores)
    if isinstance(cube, Missing) or isinstance(kpis, Missing) or isinstance(reports, Missing):
        raise TypeError("cube, KPIs and reports are never missing")
    customers = None
    if isinstance(scores, CustomerScores) and publish_customers:
        customers = published_customers(scores, layout.clean, k=settings.privacy.minimum_cell)
    stage.advance(0, 1, "audit")
    yield privacy_audit(
        workshop.marts.cube(),
        cube=cube,
        kpis=kpis,
        reports=reports,
        earlier=read_earlier_tables(earlier),
        customers=customers,
    )
