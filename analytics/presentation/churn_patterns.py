"""Who leaves, when, and what goes with it; associations, not causes."""

from __future__ import annotations

from typing import Any

from analytics.charts import figure_html
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.churn_patterns_charts import curve_chart, drivers_chart
from analytics.presentation.formats import (
    count,
    day,
    decimal,
    percent,
    plural,
    sentence_start,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    absent_line,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.p_values import p_equals, p_shown
from analytics.presentation.rows import first_row, named_rows
from analytics.results import ChurnPatterns, Missing
from analytics.tables import TableColumn, table_html

SHOWS = "how long customers stay, and what goes with leaving"
YEAR_DAYS = 364.0


@shown(ChurnPatterns, absent=what_to_add(SHOWS))
def summary(result: ChurnPatterns) -> Fragment:
    """Return how many left, and the strongest association."""
    return Fragment(
        paragraph(text(churn_sentence(result)), css="verdict")
        + paragraph(text(driver_sentence(result)))
        + paragraph(text(_counted(result)), css="quiet")
    )


def churn_sentence(result: ChurnPatterns) -> str:
    """Return the share of customers who have left after a year, or at the last time known."""
    rows = result.curves[result.curves["dimension"] == "all"]
    rows = rows[rows["time_days"] <= YEAR_DAYS]
    last: Any = first_row(rows.tail(1))
    if not last.time_days:
        return f"{count(result.churned)} of {count(result.customers)} regular customers left."
    time = "a year" if last.time_days >= YEAR_DAYS - 28 else plural(int(last.time_days), "day")
    return (
        f"After {time}, {percent(1 - last.survival_rate)} of regular customers have left "
        f"(95 % interval {percent(1 - last.high)} to {percent(1 - last.low)})."
    )


def driver_sentence(result: ChurnPatterns) -> str:
    """Return the strongest significant association with leaving."""
    rows = result.drivers[result.drivers["significant"]]
    if rows.empty:
        return "Nothing that was looked at goes with leaving beyond what chance would give."
    top: Any = first_row(rows)
    ratio = top.hazard_ratio
    way = "more" if ratio > 1 else "less"
    size = (ratio if ratio > 1 else 1 / ratio) - 1
    times = f"{decimal(size + 1, 1)} times" if size >= 1 else percent(size, 0)
    unit = f"by {top.unit}" if str(top.unit).startswith("a ") else str(top.unit)
    subject = driver_name(str(top.driver))
    if top.sort == "measure" and str(top.unit).startswith("a "):
        subject = f"higher {subject}"
    likely = f"{times} {'as likely' if size >= 1 and ratio > 1 else way + ' likely'}"
    if ratio < 1:
        likely = f"{percent(1 - ratio, 0)} less likely"
    return (
        f"Strongest association: with {subject} ({unit}), customers are {likely} to leave at any "
        f"time (hazard ratio {decimal(ratio)}, 95 % interval {decimal(top.low)} to "
        f"{decimal(top.high)}). An association, not a cause."
    )


def driver_name(name: str) -> str:
    """Return a driver in words: ``segment: Basic``."""
    dimension, found, part = name.partition(" = ")
    return f"{words(dimension)}: {part}" if found else name


def _counted(result: ChurnPatterns) -> str:
    said = (
        f"{count(result.customers)} customers with a usual gap between orders, of whom "
        f"{count(result.churned)} left; {count(result.left_out)} others order too rarely for "
        f"silence to tell. Watched from {day(result.study_start)}."
    )
    if result.customers_every > 1:
        said += f" One in {result.customers_every} customers was taken."
    return said


@shown(ChurnPatterns)
def curve(result: ChurnPatterns, dimension: str) -> Fragment:
    """Return the survival curves of a dimension's parts, and whether they differ."""
    rows = result.curves[result.curves["dimension"] == dimension]
    if rows.empty:
        name = words(dimension)
        return nothing_note(
            f"No {name} to compare",
            f"Curves need at least two parts of {name} with 30 customers each.",
        )
    return Fragment(figure_html(curve_chart(result, dimension)))


@shown(ChurnPatterns)
def comparisons(result: ChurnPatterns) -> Fragment:
    """Return the log-rank tests, corrected for the number of dimensions."""
    rows = result.comparisons
    if rows.empty:
        return nothing_note("Nothing to compare", "No dimension has two parts of enough customers.")
    frame = rows.assign(
        dimension=rows["dimension"].map(lambda name: sentence_start(words(name))),
        verdict=[
            "curves differ" if p <= 0.05 else "not told apart" for p in rows["corrected_p_value"]
        ],
    )
    columns = (
        TableColumn(name="dimension", title="Dimension"),
        TableColumn(name="parts", title="Curves", text=count),
        TableColumn(name="chi_square", title="Log-rank χ²", text=lambda v: decimal(v, 1)),
        TableColumn(name="p_value", title="p-value", text=p_shown),
        TableColumn(name="corrected_p_value", title="Corrected (Holm)", text=p_shown),
        TableColumn(name="verdict", title="Verdict"),
    )
    return Fragment(
        table_html(frame, columns, id="log-rank", label="Are the curves equal?", sortable=False)
    )


@shown(ChurnPatterns)
def drivers(result: ChurnPatterns) -> Fragment:
    """Return the hazard ratios with their intervals, the strongest evidence first."""
    if result.drivers["definitional"].all():
        return nothing_note("Nothing to compare", "No measure or part differs between customers.")
    return Fragment(figure_html(drivers_chart(result)))


@shown(ChurnPatterns)
def table(result: ChurnPatterns) -> Fragment:
    """Return every hazard ratio with interval, corrected p-value and proportionality."""
    rows = result.drivers
    if rows.empty:
        return absent_line(
            Missing(of=ChurnPatterns.KIND, needs=("customers", "satisfaction"), because="")
        )
    frame = rows.assign(
        driver=rows["driver"].map(lambda name: sentence_start(driver_name(name))),
        interval=[f"{decimal(r.low)} to {decimal(r.high)}" for r in named_rows(rows)],
        verdict=[
            "by definition"
            if r.definitional
            else "significant"
            if r.significant
            else "not told apart"
            for r in named_rows(rows)
        ],
        steady=[
            "changes over time" if p < 0.05 / max(len(rows), 1) else "steady"
            for p in rows["proportional_p_value"]
        ],
    )
    columns = (
        TableColumn(name="rank", title="Rank", text=count),
        TableColumn(name="driver", title="Driver"),
        TableColumn(name="unit", title="Ratio for"),
        TableColumn(name="hazard_ratio", title="Hazard ratio", text=decimal),
        TableColumn(name="interval", title="95 % interval", number=True),
        TableColumn(name="q_value", title="q-value", text=p_shown),
        TableColumn(name="verdict", title="Verdict"),
        TableColumn(name="steady", title="Ratio over time"),
    )
    return Fragment(table_html(frame, columns, id="churn-drivers", label="Hazard ratios"))


@shown(ChurnPatterns)
def check(result: ChurnPatterns) -> Fragment:
    """Return what the check of proportional hazards says, and how reliable answers are."""
    said = []
    p_value = result.proportional_p_value
    if p_value is not None:
        said.append(
            f"Ratios hold over time: the joint test of all is at {p_equals(p_value)}."
            if p_value >= 0.05
            else "Some ratios change over time "
            f"(joint test {p_equals(p_value)}): read them as averages."
        )
    reliability = result.satisfaction_reliability_rate
    if reliability is not None:
        said.append(
            f"One answer tells {percent(reliability, 0)} of what lasts of a customer's "
            "satisfaction; its ratio is corrected for the rest."
        )
    own = result.drivers[result.drivers["definitional"]]
    if len(own):
        names = " and ".join(driver_name(str(name)) for name in own["driver"])
        said.append(
            f"Leaving is told by silence against the {names}, so the two are related by "
            "definition: the other ratios are adjusted for it, and it is no finding."
        )
    return Fragment("".join(paragraph(text(sentence)) for sentence in said) or paragraph("–"))
