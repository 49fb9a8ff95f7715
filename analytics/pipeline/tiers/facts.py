"""What tiers are told of a source: its facts, the cut-off and the horizon that it allows."""

from __future__ import annotations

from datetime import date, timedelta

from analytics.results import Missing, SourceFacts
from analytics.settings import Layout
from analytics.store import read_result


def source_facts(layout: Layout) -> SourceFacts:
    """Return the facts of the source that the stage before has written."""
    facts = read_result(layout.results, SourceFacts)
    if isinstance(facts, Missing):
        raise TypeError("the facts of a source are never missing")
    return facts


def observation_cutoff(facts: SourceFacts) -> date:
    """Return the day after the last observed one: the cut-off that customers are scored at."""
    return facts.observation_end + timedelta(days=1)


def clv_horizon_months(facts: SourceFacts, wanted: int) -> int:
    """Return the horizon that the history allows: at most half of its whole months.

    A model of the months after a cut-off needs as many months before it as after it.
    """
    start, end = facts.observation_start, observation_cutoff(facts)
    observed = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return min(wanted, max(observed, 0) // 2)
