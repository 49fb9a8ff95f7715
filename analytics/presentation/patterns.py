"""Patterns: whether the segments are groups, what is bought together, which days were unusual."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import figure_html
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    count,
    day,
    decimal,
    in_unit,
    listed,
    percent,
    plural,
    sentence_start,
    signed_percent,
    words,
)
from analytics.presentation.fragments import Fragment, nothing_note, paragraph, text
from analytics.presentation.p_values import p_shown
from analytics.presentation.patterns_charts import day_chart, lift_chart, silhouette_chart
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Anomalies, AssociationRules, Clusters
from analytics.tables import TableColumn, table_html

UNITS = {"orders": "count", "net_revenue": "currency", "average_order_value": "currency"}
_BLIND = -0.97  # a fall so deep leaves nothing
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@shown(
    Clusters,
    absent=what_to_add(
        "how many groups of customers there are, and whether the segments are these"
    ),
)
def segments(result: Clusters) -> Fragment:
    """Return whether the given segments are groups of behaviour, in words with intervals."""
    first, *rest = cluster_sentences(result)
    return Fragment(paragraph(text(first), css="verdict") + paragraph(text(" ".join(rest))))


def cluster_sentences(result: Clusters) -> list[str]:
    """Return the answer, then the evidence for it."""
    row = _choice(result, result.chosen)
    number = NUMBERS[result.groups] if result.groups < len(NUMBERS) else str(result.groups)
    shown_groups = (
        "one group: the best split is no clearer than one cloud of customers would give"
        if result.groups == 1
        else f"{number} groups"
    )
    evidence = (
        f"Split into {NUMBERS[result.chosen]}, customers have a mean silhouette of "
        f"{decimal(row.silhouette)} (95 % interval {decimal(row.low)} to {decimal(row.high)}; "
        f"one cloud of the same spread: {decimal(row.one_cloud_low)} to "
        f"{decimal(row.one_cloud_high)}). "
        f"{sentence_start(NUMBERS[result.chosen])} is the best number in "
        f"{percent(row.chosen_rate, 0)} of {result.half_samples} half-samples."
    )
    given = result.segment_count
    if not given:
        return [
            f"Behaviour shows {shown_groups}.",
            evidence,
            "The source has no segments to compare with; customers.segment would add them.",
        ]
    name = NUMBERS[given] if given < len(NUMBERS) else str(given)
    compared = result.choices[result.choices["clusters"] == given]
    own: Any = first_row(compared) if len(compared) else row
    split = NUMBERS[int(own.clusters)]
    agreement = (
        f"Of {split} groups by behaviour and the {name} segments the agreement is "
        f"{decimal(own.agreement)} (95 % interval {decimal(own.agreement_low)} to "
        f"{decimal(own.agreement_high)}; 0 is chance, 1 the same groups)."
    )
    again = (
        f"Two half-samples agree on {split} groups at {decimal(own.stability)}, where "
        f"{decimal(result.least_stability, 1)} is asked for."
    )
    really = result.groups == given and own.agreement_low >= 0.5
    if really:
        answer = f"Yes: the {name} given segments are {name} groups in how customers behave."
    elif result.groups == given:
        answer = (
            f"There are {name} groups in how customers behave, but they are not the given segments."
        )
    else:
        answer = (
            f"No, not in behaviour: there are {name} given segments, but how customers buy shows "
            f"{shown_groups}."
        )
    return [answer, evidence, again, agreement]


@shown(Clusters)
def silhouettes(result: Clusters) -> Fragment:
    """Return how clear a split into each number of groups is, against one cloud."""
    return Fragment(figure_html(silhouette_chart(result)))


@shown(Clusters)
def profiles(result: Clusters) -> Fragment:
    """Return what customers of each group do, on the mean."""
    if result.profiles.empty:
        return nothing_note(
            "No group is large enough", "The best split sets a handful of customers apart."
        )
    currency = source_facts().currency
    wide = result.profiles.pivot(index="cluster", columns="feature", values="mean")
    first = result.profiles.drop_duplicates("cluster").set_index("cluster")
    frame = first[["customers", "share_rate", "net_revenue_amount"]].join(wide).reset_index()
    formats: dict[str, tuple[str, Any]] = {
        "orders_per_year": ("Orders a year", lambda value: decimal(value, 1)),
        "mean_order_amount": ("Order value", lambda value: amount(value, currency)),
        "days_since_last_order": ("Days since the last order", count),
        "discount_rate": ("Discount", percent),
    }
    columns = (
        TableColumn(name="cluster", title="Group"),
        TableColumn(name="customers", title="Customers", text=count),
        TableColumn(name="share_rate", title="Share", text=percent),
        TableColumn(
            name="net_revenue_amount",
            title="Net revenue a customer",
            text=lambda value: amount(value, currency),
        ),
        *(
            TableColumn(name=name, title=title, text=shown_as)
            for name, (title, shown_as) in formats.items()
            if name in frame
        ),
    )
    said = (
        "Groups of the best split."
        if result.groups > 1
        else "The best split all the same: it cuts a continuum where it is thinnest."
    )
    return Fragment(
        paragraph(said)
        + table_html(
            frame, columns, id="cluster-profiles", label="Groups by behaviour", sortable=False
        )
    )


@shown(Clusters)
def against_segments(result: Clusters) -> Fragment:
    """Return how the customers of each segment spread over the groups."""
    if result.segments.empty:
        because = (
            "The source has no segments: customers.segment would add them."
            if not result.segment_count
            else "Too few customers of a segment are in one of the groups to be told."
        )
        return nothing_note("No segments to compare", because)
    wide = result.segments.pivot(index="segment", columns="cluster", values="of_segment_rate")
    total = result.segments.groupby("segment", sort=True)["customers"].sum()
    frame = wide.assign(customers=total).reset_index()
    frame.columns = [str(name) for name in frame.columns]
    groups = [str(name) for name in wide.columns]
    columns = (
        TableColumn(name="segment", title="Segment"),
        TableColumn(name="customers", title="Customers", text=count),
        *(TableColumn(name=name, title=f"In group {name}", text=percent) for name in groups),
    )
    return Fragment(
        table_html(
            frame, columns, id="cluster-segments", label="Segments over groups", sortable=False
        )
    )


@shown(AssociationRules, absent=what_to_add("what customers buy together"))
def rules_summary(result: AssociationRules) -> Fragment:
    """Return what is bought together more, or less, than chance brings."""
    said = [
        paragraph(text(sentence), css="verdict" if not at else "")
        for at, sentence in enumerate(rule_sentences(result))
    ]
    return Fragment("".join(said))


def rule_sentences(result: AssociationRules) -> list[str]:
    """Return a sentence a scope on its strongest rules, and what was left out."""
    said = []
    for scope in named_rows(result.scopes):
        rows = result.rules[(result.rules["scope"] == scope.scope) & result.rules["significant"]]
        where = basket_words(scope)
        if rows.empty:
            line = (
                f"Nothing is bought together beyond chance: of {plural(scope.tested, 'set')} of "
                f"categories in {where}, none occurs more or less often than in baskets of the "
                "same size filled by chance."
            )
            if scope.tested and scope.detectable_lift == scope.detectable_lift:
                line += (
                    f" A lift of {decimal(scope.detectable_lift)} or more would most likely have "
                    "been seen."
                )
            said.append(line)
            continue
        above, below = rows[rows["lift"] > 1], rows[rows["lift"] < 1].iloc[::-1]
        for part, way in ((above, "more"), (below, "less")):
            said += [
                f"In {where}, {row.consequent} goes with {row.antecedent} "
                f"{percent(abs(row.lift - 1), 0)} {way} often than by chance (lift "
                f"{decimal(row.lift)}, 95 % interval {decimal(row.low)} to {decimal(row.high)})."
                for row in named_rows(part.head(1))
            ]
    if result.withheld:
        said.append(
            f"{plural(result.withheld, 'set')} of categories can not be told: too few customers "
            "have one without the other."
        )
    if result.customers_every > 1:
        said.append(f"Computed from one in {result.customers_every} customers, with all orders.")
    return said


def basket_words(scope: Any) -> str:
    """Return what a basket of the scope is, in words."""
    if scope.scope == "order":
        return "one order"
    if scope.window == "history":
        return "what a customer has ever bought"
    return f"what a customer buys in a {scope.window}"


@shown(AssociationRules)
def lifts(result: AssociationRules) -> Fragment:
    """Return the lifts of the rules of each scope with their intervals."""
    charts = [
        figure_html(lift_chart(result, scope, basket_words(scope)))
        for scope in named_rows(result.scopes)
        if (result.rules["scope"] == scope.scope).any()
    ]
    if not charts:
        return nothing_note("No sets to test", "No two categories are in enough baskets together.")
    return Fragment("\n".join(charts))


@shown(AssociationRules)
def rules(result: AssociationRules) -> Fragment:
    """Return all rules in a table."""
    if result.rules.empty:
        return Fragment("")
    rows = result.rules
    frame = rows.assign(
        interval=[f"{decimal(r.low)} to {decimal(r.high)}" for r in named_rows(rows)]
    )
    columns = (
        TableColumn(name="antecedent", title="Who buys"),
        TableColumn(name="consequent", title="also buys"),
        TableColumn(name="scope", title="Basket of a"),
        TableColumn(name="baskets", title="Baskets", text=count),
        TableColumn(name="confidence_rate", title="Confidence", text=percent),
        TableColumn(name="plain_lift", title="Plain lift", text=decimal),
        TableColumn(name="lift", title="Lift", text=decimal),
        TableColumn(name="interval", title="95 % interval", number=True),
        TableColumn(name="q_value", title="q-value", text=p_shown),
    )
    return Fragment(table_html(frame, columns, id="rules", label="Association rules"))


@shown(Anomalies, absent=what_to_add("on which days something unusual happened"))
def anomalies_summary(result: Anomalies) -> Fragment:
    """Return how many days were unusual, and the most unusual ones."""
    return Fragment(paragraph(text(anomaly_sentence(result)), css="verdict"))


def anomaly_sentence(result: Anomalies) -> str:
    """Return how many of the days were unusual, and how often chance alone would say so."""
    days = int(result.series["days"].max())
    rows = result.anomalies
    chance = f"chance alone would show any in about {percent(result.false_alarm_rate, 0)} of shops"
    if rows.empty:
        said = f"None of {count(days)} days was unusual in orders, net revenue or order value."
        falls = [row for row in named_rows(result.series) if row.least_fall_rate < 0]
        reach = [
            f"{words(row.series)} by {percent(abs(row.least_fall_rate), 0)}"
            for row in falls
            if row.least_fall_rate > _BLIND
        ]
        blind = [words(row.series) for row in falls if row.least_fall_rate <= _BLIND]
        if reach:
            said += f" A typical day would have been, had it fallen short: {listed(reach)}."
        if blind:
            said += (
                f" By its {listed(blind)} not even an empty day could be told: they vary too much."
            )
        return said
    row: Any = first_row(rows)
    found = int(rows["day"].nunique())
    return (
        f"{plural(found, 'day')} of {count(days)} {'was' if found == 1 else 'were'} unusual "
        f"({chance}): most of all {day(row.day)}, when {words(row.series)} was "
        f"{signed_percent(row.change_rate, 0)} off its course."
    )


@shown(Anomalies)
def course(result: Anomalies, series: str) -> Fragment:
    """Return the days of a series about its most unusual day, or the latest ones."""
    if (result.days["series"] == series).sum() == 0:
        return nothing_note("Not told", f"There is no {words(series)} by day.")
    return Fragment(figure_html(day_chart(result, series)))


@shown(Anomalies)
def anomalies(result: Anomalies) -> Fragment:
    """Return the unusual days in a table, and what is asked of one."""
    thresholds = listed(
        [
            f"{decimal(row.threshold, 1)} for {words(row.series)}"
            for row in named_rows(result.series)
            if row.threshold < 1e9
        ]
    )
    said = paragraph(
        f"A day is unusual from so many robust standard deviations on: {text(thresholds)}."
        if thresholds
        else "The series do not vary enough to judge a day."
    )
    if result.anomalies.empty:
        return Fragment(said)
    currency = source_facts().currency
    rows = result.anomalies
    frame = rows.assign(
        day=[f"{value:%a %-d %b %Y}" for value in pd.to_datetime(rows["day"])],
        observed=[in_unit(r.observed, UNITS[r.series], currency) for r in named_rows(rows)],
        usual=[
            f"{in_unit(r.low, UNITS[r.series], currency)} to "
            f"{in_unit(r.high, UNITS[r.series], currency)}"
            for r in named_rows(rows)
        ],
        series=[sentence_start(words(name)) for name in rows["series"]],
    )
    columns = (
        TableColumn(name="day", title="Day"),
        TableColumn(name="series", title="Series"),
        TableColumn(name="observed", title="Observed", number=True),
        TableColumn(name="usual", title="Usual", number=True),
        TableColumn(name="change_rate", title="Off its course", text=signed_percent),
        TableColumn(
            name="distance", title="Standard deviations", text=lambda value: decimal(value, 1)
        ),
    )
    return Fragment(said + table_html(frame, columns, id="anomalies", label="Unusual days"))


def _choice(result: Clusters, clusters: int) -> Any:
    return first_row(result.choices[result.choices["clusters"] == clusters])
