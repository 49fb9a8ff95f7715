"""What stands out over all pages, each with its page and evidence."""

from __future__ import annotations

from analytics.presentation import clv, correlations, drilldown
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import (
    percent,
    period_name,
    sentence_start,
    signed_amount,
    signed_percent,
)
from analytics.presentation.rows import first_row
from analytics.presentation.wording import relative_growth
from analytics.results import Clv, Correlations, DrillDown, Missing


def all_findings() -> list[tuple[str, str, str]]:
    """Page, sentence and evidence of what stands out, in the order of the reader's questions."""
    found: list[tuple[str, str, str]] = []
    split = stored(DrillDown)
    if not isinstance(split, Missing) and split.change_amount:
        found += _drilldown_findings(split)
    pairs = stored(Correlations)
    if not isinstance(pairs, Missing):
        rows = correlations.findings(pairs)
        if len(rows):
            top = first_row(rows)
            evidence = f"{correlations.pair_evidence(top)}; association, not cause"
            found.append(
                ("diagnostic/correlations.html", correlations.pair_sentence(top), evidence)
            )
    value = stored(Clv)
    if not isinstance(value, Missing):
        held = clv.concentration(value)
        if held:
            found.append(("predictive/clv.html", *held))
    # The first of the drill-down and one of each other page before a second of the drill-down.
    first = [at for at, item in enumerate(found) if item[0] not in {f[0] for f in found[:at]}]
    rest = [at for at in range(len(found)) if at not in first]
    return [found[at] for at in first + rest]


def _drilldown_findings(split: DrillDown) -> list[tuple[str, str, str]]:
    page = "diagnostic/drilldown.html"
    now = period_name(split.current_label)
    then = period_name(split.base_label)
    currency = source_facts().currency
    found = []
    fastest = drilldown.fastest_part(split)
    if fastest is not None and split.base_amount:
        own = relative_growth(fastest.change_rate)
        total = relative_growth(split.change_amount / split.base_amount)
        found.append(
            (
                page,
                f"{sentence_start(str(fastest.part))} {own}, while the whole shop {total}",
                f"net revenue, {now} against {then}: "
                f"{signed_amount(float(str(fastest.change_amount)), currency)}",
            )
        )
    leader = drilldown.leading_part(split)
    if leader is not None:
        share = leader.change_share_rate
        kind = "rise" if split.change_amount > 0 else "fall"
        size = signed_amount(leader.change_amount, currency)
        whole = signed_amount(split.change_amount, currency)
        found.append(
            (
                page,
                f"{leader.part} accounts for {percent(share, 0)} of the {kind} of net revenue"
                if share <= 1
                else f"{leader.part} moved more than the whole {kind} of net revenue; "
                "other parts offset it",
                f"{size} of {whole}, {now} against {then} "
                f"({signed_percent(float(str(leader.change_rate)))})",
            )
        )
    return found
