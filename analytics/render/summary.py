"""The summary of a version as a PDF of two pages."""

from __future__ import annotations

from dataclasses import asdict

from analytics.charts.printed import printed_chart
from analytics.presentation.summary import Summary
from analytics.render.typeset import typeset

_CHART_WIDTH = 620


def summary_pdf(content: Summary, *, site: str, version: str, permalink: str) -> bytes:
    """Return the summary as a PDF; the same summary makes the same bytes.

    Parameters
    ----------
    content : Summary
        What to say.
    site, version : str
        Name of the site and of the published version.
    permalink : str
        Address of the version, with a slash at its end.
    """
    drawings = {
        f"chart-{number}.svg": printed_chart(chart, _CHART_WIDTH)
        for number, chart in enumerate(content.charts)
    }
    told = {
        "site": site,
        "title": content.title,
        "headline": content.headline,
        "facts": list(content.facts),
        "month": content.month,
        "figures": [asdict(figure) for figure in content.figures],
        "attention": [asdict(item) for item in content.attention],
        "findings": [asdict(item) for item in content.findings],
        "actions": [asdict(item) for item in content.actions],
        "charts": [
            {"title": chart.title, "subtitle": chart.subtitle, "alt": chart.alt, "file": file}
            for chart, file in zip(content.charts, drawings, strict=True)
        ],
        "notes": list(content.notes),
        "footer": f"{site} · version {version}",
        "permalink": f"{permalink}site/index.html",
    }
    return typeset("summary.typ", told, drawings=drawings, format="pdf")


def preview_png(content: Summary, *, site: str) -> bytes:
    """Return the picture that a link to the site shows: 1200 by 630 pixels."""
    told = {
        "site": site,
        "headline": content.headline,
        "figures": [asdict(figure) for figure in content.figures[:3]],
    }
    return typeset("preview.typ", told, format="png", ppi=144)
