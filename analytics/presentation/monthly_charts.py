"""Charts of a KPI by month, in total and by the parts of a dimension."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn
from analytics.charts.bars import dumbbells
from analytics.charts.lines import monthly_line
from analytics.presentation.figures import Definition, Figure, course
from analytics.presentation.formats import (
    in_unit,
    is_known,
    month,
    scale_of,
    sentence_start,
    signed_percent,
    within,
    words,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.presentation.wording import compared, relative_growth
from analytics.results import Kpis

_UNIT_WORDS = {"score": "1 to 5", "days": "days"}


def scaled(values: pd.Series[float], definition: Definition, currency: str) -> tuple[float, str]:
    """Return the divisor of an axis and its title: name and unit."""
    if definition.unit == "rate":
        return 0.01, f"{definition.title}, %"
    if definition.unit in ("currency", "count"):
        divisor, word = scale_of(float(values.abs().max()))
        unit = currency if definition.unit == "currency" else ""
        tail = " ".join(part for part in (word, unit) if part)
        return divisor, f"{definition.title}, {tail}" if tail else definition.title
    unit = _UNIT_WORDS.get(definition.unit, "")
    return 1.0, f"{definition.title}, {unit}" if unit else definition.title


def monthly_chart(
    kpis: Kpis,
    figure: Figure,
    *,
    currency: str,
    id: str,
    title: str = "",
    threshold: float | None = None,
    height: int = 220,
) -> Chart:
    """Return the course of a KPI with its peak, low and last complete month labelled."""
    definition = figure.definition
    rows = course(kpis, definition.kpi)
    rows = rows[rows["value"].notna()].reset_index(drop=True)
    divisor, axis = scaled(rows["value"], definition, currency)
    shown = rows["value"].map(lambda value: in_unit(value, definition.unit, currency))
    notes, below, extremes = _notes(rows, shown.tolist(), pd.Timestamp(figure.month))
    frame = pd.DataFrame(
        {
            "month": rows["month"],
            "value": rows["value"] / divisor,
            "low": rows["low"] / divisor,
            "high": rows["high"] / divisor,
            "series": definition.title,
            "complete": rows["complete"],
            "note": notes,
            "below": below,
            "shown": shown,
        }
    )
    finding = title or course_finding(figure, currency=currency)
    partial = "" if rows["complete"].all() else "; open points are partial months"
    band = "; band: 95 % interval" if rows["low"].notna().any() else ""
    known = f"{month(rows['month'].min())} to {month(rows['month'].max())}"
    return Chart(
        id=id,
        title=finding,
        subtitle=f"By month, {known}{band}{partial}",
        alt=f"{finding}. Line of {within(definition.title)} by month, {known}.{extremes}",
        frame=rows[["month", "value"]],
        columns=(
            ChartColumn(name="month", title="Month", text=month),
            ChartColumn(
                name="value",
                title=definition.title,
                text=lambda value: in_unit(value, definition.unit, currency),
            ),
        ),
        specification=lambda width: monthly_line(
            frame,
            width,
            title=axis,
            height=height,
            threshold=None if threshold is None else threshold / divisor,
        ),
    )


def _notes(
    rows: pd.DataFrame, shown: list[str], latest: pd.Timestamp
) -> tuple[list[str], list[bool], str]:
    """Texts at the highest, lowest and latest month, which stand below; and the first two told."""
    notes, below = [""] * len(rows), [False] * len(rows)
    months, values = rows["month"].tolist(), rows["value"].tolist()
    complete = [at for at, whole in enumerate(rows["complete"]) if whole]
    told = ""
    if len(complete) > 3:
        peak = max(complete, key=lambda at: values[at])
        low = min(complete, key=lambda at: values[at])
        for at in (peak, low):
            notes[at] = f"{months[at]:%b %y}: {shown[at]}"
            below[at] = at == low
        told = (
            f" Highest in {month(months[peak])} with {shown[peak]}, "
            f"lowest in {month(months[low])} with {shown[low]}."
        )
    if latest in months:
        at = months.index(latest)
        notes[at] = shown[at]
        below[at] = stands_below(values[: at + 1])
    return notes, below, told


def stands_below(values: list[float]) -> bool:
    """Return whether the line before its last value leaves more room below that value.

    The text at the last value reaches back over about two months.
    """
    before = values[-3:-1]
    return bool(before) and max(before) + min(before) > 2 * values[-1]


def course_finding(figure: Figure, *, currency: str) -> str:
    """Return one sentence without full stop: value, and against a year or a month before."""
    value = in_unit(figure.value, figure.definition.unit, currency)
    name = sentence_start(figure.definition.title)
    when = f"{figure.month:%B %Y}"
    if figure.year_before.is_known:
        return f"{name} was {value} in {when}, {compared(figure.year_before)} the year before"
    if figure.previous.is_known:
        return f"{name} was {value} in {when}, {compared(figure.previous)} the month before"
    return f"{name} was {value} in {when}"


def parts_chart(
    kpis: Kpis, figure: Figure, dimension: str, *, currency: str, id: str
) -> Chart | None:
    """Return the parts of a dimension in the month against the year (or month) before.

    None where fewer than two parts can be compared.
    """
    definition = figure.definition
    against = figure.year_before if figure.year_before.is_known else figure.previous
    if not against.is_known:
        return None
    steps = 12 if figure.year_before.is_known else 1
    now = pd.Timestamp(figure.month)
    then = now - pd.DateOffset(months=steps)
    values = kpis.values
    rows = values[(values["kpi"] == definition.kpi) & (values["dimension"] == dimension)]
    wide = rows.pivot_table(index="part", columns="month", values="value", aggfunc="first")
    if now not in wide or then not in wide:
        return None
    both = wide[[then, now]].dropna()
    if len(both) < 2:
        return None
    both = both.set_axis(["base", "current"], axis=1).reset_index()
    both = both.sort_values(["current", "part"], ascending=[False, True]).reset_index(drop=True)
    both["rate"] = (both["current"] / both["base"] - 1).where(both["base"] > 0)
    relative = definition.unit != "rate"
    both["shown"] = (
        both["rate"].map(signed_percent)
        if relative
        else both["current"].map(lambda value: in_unit(value, definition.unit, currency))
    )
    shown = {
        name: both[name].map(lambda value: in_unit(value, definition.unit, currency))
        for name in ("base", "current")
    }
    divisor, axis = scaled(both["current"], definition, currency)
    names = (f"{then:%b %Y}", f"{now:%b %Y}")
    frame = both.assign(
        base=both["base"] / divisor,
        current=both["current"] / divisor,
        base_shown=shown["base"],
        current_shown=shown["current"],
    )
    finding = _parts_finding(both, figure, dimension, currency=currency)
    return Chart(
        id=id,
        title=finding,
        subtitle=f"{axis}; {names[1]} (filled) against {names[0]} (open)",
        alt=(
            f"{finding}. Points by {words(dimension)}: "
            + "; ".join(f"{r.part} {r.current_shown}" for r in named_rows(frame))
            + "."
        ),
        frame=both[["part", "base", "current", "rate"]],
        columns=(
            ChartColumn(name="part", title=sentence_start(words(dimension))),
            ChartColumn(
                name="base",
                title=names[0],
                text=lambda value: in_unit(value, definition.unit, currency),
            ),
            ChartColumn(
                name="current",
                title=names[1],
                text=lambda value: in_unit(value, definition.unit, currency),
            ),
            ChartColumn(name="rate", title="Relative change", text=signed_percent),
        ),
        specification=lambda width: dumbbells(frame, width, title=axis, names=names),
    )


def _parts_finding(both: pd.DataFrame, figure: Figure, dimension: str, *, currency: str) -> str:
    """What stands out: the part whose relative change is furthest from the total's."""
    unit = figure.definition.unit
    if unit in ("currency", "count") and both["rate"].notna().any():
        change = figure.year_before if figure.year_before.is_known else figure.previous
        distance = (both["rate"] - (change.rate if is_known(change.rate) else 0.0)).abs()
        at = int(distance.fillna(-1.0).to_numpy().argmax())
        total = f"the total {relative_growth(change.rate)}" if is_known(change.rate) else ""
        own = f"{both['part'].iloc[at]} {relative_growth(both['rate'].iloc[at])}"
        return f"{own}, while {total}" if total else own
    top, bottom = first_row(both), first_row(both.tail(1))
    return (
        f"{figure.definition.title}: {in_unit(top.current, unit, currency)} in {top.part}, "
        f"{in_unit(bottom.current, unit, currency)} in {bottom.part}"
    )
