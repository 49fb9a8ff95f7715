"""One report as a PDF."""

from __future__ import annotations

from analytics.charts.printed import printed_chart
from analytics.presentation.report_content import ReportContent
from analytics.render.typeset import typeset

_CHART_WIDTH = 620
_CHART = "movers.svg"


def report_pdf(content: ReportContent) -> bytes:
    """Return the report as a PDF; the same report makes the same bytes."""
    chart = content.chart
    told = {
        "title": content.title,
        "source": content.source,
        "headline": content.headline,
        "columns": list(content.columns),
        "rows": [list(row) for row in content.rows],
        "chart": None
        if chart is None
        else {"title": chart.title, "subtitle": chart.subtitle, "alt": chart.alt, "file": _CHART},
        "alerts": [{"sentence": sentence, "evidence": more} for sentence, more in content.alerts],
        "alerts_note": content.alerts_note,
    }
    drawings = {} if chart is None else {_CHART: printed_chart(chart, _CHART_WIDTH)}
    return typeset("report.typ", told, drawings=drawings, format="pdf")
