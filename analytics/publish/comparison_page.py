"""The publisher's page of what changed from one version to the next."""

from __future__ import annotations

import html
from collections.abc import Iterable

from analytics.publish.differences import KPIS, Difference, Differences, Value
from analytics.publish.pages import Page, day_text, framed
from analytics.publish.row_changes import RowChanges
from analytics.publish.versions import Version

FOLDER = "versions"
_ABSENT = "–"
NUMBER = ' class="number"'
_COMPARED = '<meta name="compared-with" content="{}">'
_HEADS = ("What", "Old", "New", "Change", "Because of")


def comparison_path(name: str) -> str:
    """Return where the page of a version lies below the published tree."""
    return f"{FOLDER}/{name}.html"


def compared_mark(old: str) -> str:
    """Return what the head of a page says about the version that it compares with."""
    return _COMPARED.format(html.escape(old))


def comparison_page(
    differences: Differences, old: Version, new: Version, *, title: str, home: str
) -> str:
    """Return the page of what changed between a version and the one before it.

    Parameters
    ----------
    differences : Differences
        All numbers of both, side by side.
    old, new : Version
        The versions.
    title : str
        Name of the site.
    home : str
        Path of the latest version's first page below the published tree.
    """
    page = Page(
        path=comparison_path(new.name),
        title=f"{old.name} to {new.name} · {title}",
        site_title=title,
        head=compared_mark(old.name) + "\n",
    )
    kpis = [row for row in differences.rows if row.kind == KPIS]
    others = [row for row in differences.changed if row.kind != KPIS]
    changed = [row for row in kpis if row.changed and " to " not in row.name]
    latest = [row for row in kpis if row not in changed]
    body = (
        f'<p class="fresh"><a href="../{new.name}/index.html">{new.name}</a>, data to '
        f'{day_text(new.data_to)} · against <a href="../{old.name}/index.html">{old.name}</a>, '
        f"data to {day_text(old.data_to)}</p>\n"
        f"<h1>{html.escape(_headline(differences, old, new))}</h1>\n"
        f"{_why(differences)}"
    )
    if differences.lacking:
        names = html.escape(", ".join(differences.lacking))
        body += f"<p>There are no results to compare in: {names}.</p>\n"
    else:
        body += _section("KPIs", latest)
        body += _section("Months that both versions cover", changed)
        body += _section("Results and scores of models", others)
        body += _tables(differences.tables)
    return framed(page, body, home=home)


def _headline(differences: Differences, old: Version, new: Version) -> str:
    if differences.lacking:
        return f"From {old.name} to {new.name}"
    count = len(differences.changed)
    numbers = f"{count} of {len(differences.rows)} numbers changed"
    return f"{numbers} from {old.name} to {new.name}" if count else "No number changed"


def _why(differences: Differences) -> str:
    inputs = differences.inputs
    said = []
    if inputs.data:
        said.append(
            "The data go on to another day."
            if inputs.period
            else "The data of the same days were restated."
        )
    if any(row.cause and "restated" in row.cause for row in differences.rows) and inputs.period:
        said.append("Figures of earlier months were restated too.")
    if inputs.others:
        said.append(f"Besides: {', '.join(inputs.others)}.")
    return f'<p class="lead">{html.escape(" ".join(said))}</p>\n' if said else ""


def _section(title: str, rows: Iterable[Difference]) -> str:
    lines = [_row(row) for row in rows]
    if not lines:
        return ""
    heads = "".join(
        f'<th scope="col"{"" if at in (0, 4) else NUMBER}>{head}</th>'
        for at, head in enumerate(_HEADS)
    )
    return (
        f"<h2>{html.escape(title)}</h2>\n"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{html.escape(title)}">'
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>{''.join(lines)}</tbody></table></div>\n"
    )


def _row(row: Difference) -> str:
    name = row.name if row.kind == KPIS else f"{row.kind} {row.name}"
    hint = f' title="{html.escape(row.definition)}"' if row.definition else ""
    unit = f" <small>{html.escape(row.unit)}</small>" if row.unit else ""
    return (
        f'<tr><th scope="row"{hint}>{html.escape(name.replace("_", " "))}{unit}</th>'
        f"<td{NUMBER}>{_shown(row.old)}</td><td{NUMBER}>{_shown(row.new)}</td>"
        f"<td{NUMBER}>{_change(row)}</td><td>{html.escape(row.cause)}</td></tr>\n"
    )


def _tables(tables: Iterable[RowChanges]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{html.escape(table.title)}</th>'
        f"<td{NUMBER}>{table.added:,}</td><td{NUMBER}>{table.changed:,}</td>"
        f"<td{NUMBER}>{table.removed:,}</td>"
        f"<td>{html.escape(', '.join(table.columns))}</td></tr>\n"
        for table in tables
    )
    if not rows:
        return ""
    heads = "".join(
        f'<th scope="col"{NUMBER if name in ("Added", "Changed", "Removed") else ""}>{name}</th>'
        for name in ("Table", "Added", "Changed", "Removed", "Columns")
    )
    return (
        "<h2>Rows of the published tables</h2>\n"
        '<div class="scroll" tabindex="0" role="region" aria-label="Rows of the published tables">'
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>\n"
    )


def _shown(value: Value) -> str:
    if value is None:
        return _ABSENT
    if isinstance(value, bool) or not isinstance(value, int | float):
        return html.escape(str(value))
    return f"{value:,.6g}" if isinstance(value, float) and abs(value) < 1e6 else f"{value:,.0f}"


def _change(row: Difference) -> str:
    if row.change is None:
        return _ABSENT
    if not row.changed:
        return "none"
    relative = "" if row.relative_change is None else f" ({row.relative_change:+.1%})"
    size = f"{row.change:+,.6g}" if abs(row.change) < 1e6 else f"{row.change:+,.0f}"
    return f"{size}{relative}"
