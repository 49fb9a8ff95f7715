"""The page of data quality: what came in, what was set aside and why, and that the sum holds."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.bars import change_bars
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts
from analytics.presentation.figures import strip
from analytics.presentation.formats import (
    count,
    exact_amount,
    is_known,
    percent,
    plural,
    sentence_start,
)
from analytics.presentation.fragments import (
    Fragment,
    long_text,
    paragraph,
    text,
)
from analytics.presentation.rows import named_rows
from analytics.results import DataQuality, PrivacyAudit
from analytics.tables import TableColumn, table_html

SHOWS = "what was read, what was removed and why"
_MOST_BARS = 12
_RECONCILED = ("transactions", "order_lines")


@shown(DataQuality, absent=what_to_add(SHOWS))
def summary(quality: DataQuality) -> Fragment:
    """Return in a sentence and four figures what became of the rows."""
    sums = {
        name: int(quality.tables[f"{name}_rows"].sum())
        for name in ("raw", "clean", "removed", "quarantined")
    }
    kept = sums["clean"] / sums["raw"] if sums["raw"] else 1.0
    verdict = (
        f"{_share(kept)} of {plural(sums['raw'], 'row')} were kept. Every other row is "
        "listed below with its reason, and the amounts add up to the cent."
        if sums["raw"] > sums["clean"]
        else f"All {plural(sums['raw'], 'row')} were kept, and the amounts add up to the cent."
    )
    gap = unexplained_amount(quality)
    if gap:
        verdict = f"{exact_amount(gap, source_facts().currency)} is not explained by any line."
    cards = [
        _card("Rows read", count(sums["raw"]), f"in {plural(len(quality.tables), 'table')}"),
        _card("Rows kept", count(sums["clean"]), _share(kept)),
        _card("Removed", count(sums["removed"]), "each with a reason"),
        _card("Quarantined", count(sums["quarantined"]), "not understood, kept in a file"),
    ]
    return Fragment(
        paragraph(text(verdict), css="verdict")
        + strip(cards, label="Rows read, kept and set aside", css="headline")
    )


@shown(DataQuality)
def set_aside_chart(quality: DataQuality) -> Fragment:
    """Return the reasons that rows of orders were set aside for, most rows first."""
    rows = quality.removals[quality.removals["table"].isin(_RECONCILED)]
    rows = rows.sort_values(["rows", "reason"], ascending=[False, True]).head(_MOST_BARS)
    if rows.empty:
        return Fragment(paragraph("No order was removed or set aside."))
    rows = rows.reset_index(drop=True)
    currency = source_facts().currency
    frame = pd.DataFrame(
        {
            # The formats of a date are told in the table.
            "part": [sentence_start(reason.partition(" written as ")[0])
                     for reason in rows["reason"]],
            "value": rows["rows"].astype(float),
            "shown": [
                f"{count(row.rows)}, {row.outcome}" if row.outcome == "quarantined"
                else count(row.rows)
                for row in named_rows(rows)
            ],
        }
    )  # fmt: skip
    whole = quality.removals[quality.removals["table"].isin(_RECONCILED)]["rows"].sum()
    top = rows.iloc[0]
    finding = (
        f"{sentence_start(str(top['reason']))}: {percent(top['rows'] / whole, 0)} of "
        f"{plural(int(whole), 'order row')} set aside"
    )
    chart = Chart(
        id="set-aside",
        title=finding,
        subtitle="Rows of the export of orders, by reason",
        alt=f"{finding}. Bars: "
        + "; ".join(f"{row.part} {row.shown}" for row in named_rows(frame))
        + ".",
        frame=rows[["reason", "outcome", "rows", "amount"]],
        columns=(
            ChartColumn(name="reason", title="Reason"),
            ChartColumn(name="outcome", title="Outcome"),
            ChartColumn(name="rows", title="Rows", text=count),
            ChartColumn(
                name="amount", title="Net value", text=lambda value: exact_amount(value, currency)
            ),
        ),
        specification=lambda width: change_bars(
            frame, width, title="Rows", colours=("accent", "accent")
        ),
    )
    return Fragment(figure_html(chart))


@shown(DataQuality)
def reconciliation(quality: DataQuality) -> Fragment:
    """Return the sum from the raw exports to the clean table, line by line."""
    currency = source_facts().currency
    rows = quality.removals[quality.removals["table"].isin(_RECONCILED)]
    rows = rows[rows["amount"].notna()]
    lines = [("Net value of all rows of the raw export", quality.raw_total_amount, "")]
    lines += [
        (f"less: {r.reason} ({r.outcome}, {plural(int(r.rows), 'row')})", -float(r.amount), "")
        for r in named_rows(rows)
    ]
    lines.append(("Net value of the clean orders", quality.clean_total_amount, "total"))
    gap = unexplained_amount(quality)
    if gap:
        lines.append(("Unexplained", gap, "bad"))
    body = "".join(
        f'<tr{f" class={css}" if css else ""}><th scope="row">{text(name)}</th>'
        f'<td class="number">{text(exact_amount(value, currency))}</td></tr>'
        for name, value, css in lines
    )
    verdict = (
        "The sum holds to the cent. Returned and cancelled orders are part of it; net revenue, "
        "which counts completed orders only, is smaller."
        if not gap
        else f"{exact_amount(gap, currency)} is not explained by any line."
    )
    return Fragment(
        paragraph(text(verdict))
        + '<div class="table-scroll" role="region" tabindex="0" aria-label="Reconciliation">'
        f'<table class="data ledger"><tbody>{body}</tbody></table></div>'
    )


@shown(DataQuality)
def quality_table(quality: DataQuality) -> Fragment:
    """Return rows read, removed, set aside and kept, by table."""
    columns = (
        TableColumn(name="table", title="Table"),
        TableColumn(name="file", title="File"),
        TableColumn(name="raw_rows", title="Read", text=count),
        TableColumn(name="removed_rows", title="Removed", text=count),
        TableColumn(name="quarantined_rows", title="Quarantined", text=count),
        TableColumn(name="clean_rows", title="Kept", text=count),
    )
    shown = table_html(
        quality.tables, columns, id="quality-tables", label="Rows by table", searchable=False
    )
    made = [
        f"{row.table}: {plural(int(row.rows), 'row')} made from {row.made_from}"
        for row in named_rows(quality.derived)
    ]
    return Fragment(shown + (paragraph(text("; ".join(made) + "."), css="quiet") if made else ""))


@shown(DataQuality)
def removals_table(quality: DataQuality) -> Fragment:
    """Return every reason that rows were removed or set aside for."""
    if quality.removals.empty:
        return Fragment(paragraph("No row was removed or set aside."))
    currency = source_facts().currency
    columns = (
        TableColumn(name="table", title="Table"),
        TableColumn(name="outcome", title="Outcome"),
        TableColumn(name="reason", title="Reason", html=long_text),
        TableColumn(name="rows", title="Rows", text=count),
        TableColumn(
            name="amount", title="Net value", text=lambda value: exact_amount(value, currency)
        ),
    )
    return Fragment(
        table_html(quality.removals, columns, id="removals", label="Reasons for removal")
    )


@shown(DataQuality)
def changes_table(quality: DataQuality) -> Fragment:
    """Return what was changed in rows that were kept."""
    if quality.changes.empty:
        return Fragment(paragraph("Nothing was changed in the rows that were kept."))
    currency = source_facts().currency
    columns = (
        TableColumn(name="table", title="Table"),
        TableColumn(name="column", title="Column"),
        TableColumn(name="change", title="Change", html=long_text),
        TableColumn(name="rows", title="Rows", text=count),
        TableColumn(
            name="amount", title="Amount", text=lambda value: exact_amount(value, currency)
        ),
    )
    return Fragment(table_html(quality.changes, columns, id="changes", label="Changes"))


@shown(DataQuality)
def missing_table(quality: DataQuality) -> Fragment:
    """Return where values are missing in the clean tables, and by which rule they stay so."""
    rows = quality.missing_values[quality.missing_values["rows"] > 0]
    if rows.empty:
        return Fragment(paragraph("No value is missing in the clean tables."))
    columns = (
        TableColumn(name="table", title="Table"),
        TableColumn(name="column", title="Column"),
        TableColumn(name="rows", title="Rows without it", text=count),
        TableColumn(name="rate", title="Share", text=percent),
        TableColumn(name="rule", title="Rule", html=long_text),
    )
    return Fragment(
        paragraph("A missing value is never filled with an invented one.")
        + table_html(rows, columns, id="missing-values", label="Missing values")
    )


@shown(PrivacyAudit)
def privacy(audit: PrivacyAudit) -> Fragment:
    """Return what the published tables together say of small cells, and of single customers."""
    minimum = audit.minimum_cell
    if audit.withheld_cells:
        told = (
            f"{plural(audit.withheld_cells, 'cell')} of the monthly cube "
            f"{'are' if audit.withheld_cells > 1 else 'is'} merged with others: those of fewer "
            f"than {minimum} customers, and those that would give these away."
        )
        if is_known(audit.narrowest_orders):
            told += (
                " From all published tables together, those of the version before included, the "
                "closest that anyone can come to a small one is a range of "
                f"{plural(int(audit.narrowest_orders), 'order')}, and of "
                f"{percent(audit.narrowest_net_revenue_rate, 0)} of the most that its net "
                "revenue could be."
            )
    else:
        told = f"No published cell stands for fewer than {minimum} customers."
    if audit.pinned_before_cells:
        told += (
            f" An earlier version gives {plural(audit.pinned_before_cells, 'cell')} away by "
            "itself; deleting it is the only remedy."
        )
    if audit.customer_rows:
        told += (
            f" Each of {plural(audit.customer_rows, 'published customer row')} shares what a "
            f"reader could know from elsewhere with at least {audit.customer_group - 1} others; "
            f"{count(audit.coarsened_rows)} were made coarser for that."
        )
    else:
        told += " Customer rows are not published."
    return Fragment(paragraph(text(told)))


def unexplained_amount(quality: DataQuality) -> float:
    """Return what the itemised removals leave unexplained of the reconciliation; 0 to the cent."""
    amounts = quality.removals["amount"].dropna()
    removed = float(amounts.sum()) if len(amounts) else 0.0
    return round(quality.raw_total_amount - removed - quality.clean_total_amount, 2)


def _share(rate: float) -> str:
    # 99.97 % of the rows are not all of them.
    shown = percent(rate, 1)
    return percent(rate, 3) if rate < 1 and shown.startswith("100") else shown


def _card(name: str, value: str, line: str) -> str:
    return (
        f'<div class="kpi"><span class="kpi-name">{text(name)}</span>'
        f'<span class="kpi-value">{text(value)}</span>'
        f'<span class="kpi-line kpi-base">{text(line)}</span></div>'
    )
