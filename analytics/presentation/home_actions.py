"""What to do, for the home page: the actions that are worth most in a year."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.presentation import strategies
from analytics.presentation.budget_plan import CAVEAT, shift_sentence, shifts
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import signed_amount
from analytics.results import Budget, Missing, Strategies

_WEEKS = 52
BUDGET_PAGE, STRATEGIES_PAGE = "prescriptive/budget.html", "prescriptive/strategies.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do, and what it is worth in a year with its 80 % interval."""

    page: str
    sentence: str
    value: float
    low: float
    high: float
    caveat: str

    @property
    def evidence(self) -> str:
        """Value and interval in words."""
        currency = source_facts().currency
        low, high = (signed_amount(v, currency) for v in (self.low, self.high))
        return (
            f"{signed_amount(self.value, currency)} of contribution margin in a year "
            f"(80 % interval {low} to {high}); {self.caveat}"
        )


def best_actions(most: int) -> list[Action]:
    """Return the actions that are worth most, the best first."""
    found = _budget() + _strategies()
    return sorted(found, key=lambda action: (-action.value, action.sentence))[:most]


def _budget() -> list[Action]:
    result = stored(Budget)
    if isinstance(result, Missing):
        return []
    moves = shifts(result)
    if not moves or result.gain_amount <= 0:
        return []
    said = shift_sentence(moves[0], source_facts().currency)
    if len(moves) > 1:
        said += f", with {len(moves) - 1} smaller shift{'s' if len(moves) > 2 else ''}"
    if result.gain_low_amount <= 0:
        said = f"Test before you act: {said[:1].lower()}{said[1:]}"
    return [
        Action(
            page=BUDGET_PAGE,
            sentence=said,
            value=result.gain_amount * _WEEKS,
            low=result.gain_low_amount * _WEEKS,
            high=result.gain_high_amount * _WEEKS,
            caveat=CAVEAT,
        )
    ]


def _strategies() -> list[Action]:
    result = stored(Strategies)
    if isinstance(result, Missing):
        return []
    actions = []
    for row in strategies.chosen(result):
        low, high = strategies.action_interval(row)
        measured = str(row.evidence).startswith("measured")
        said = strategies.action_sentence(row).split(":")[0]
        if low <= 0:
            said = f"Test before you act: {said[:1].lower()}{said[1:]}"
        actions.append(
            Action(
                page=STRATEGIES_PAGE,
                sentence=said,
                value=float(row.chosen_net_amount),
                low=float(low),
                high=float(high),
                caveat="effect measured by an experiment" if measured else "effect assumed",
            )
        )
    return actions
