"""Why a number differs between two versions: a new period, restated history, code or settings."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path

from analytics.errors import PublishError
from analytics.publish.manifest import read_manifest

NEW_PERIOD = "new period"
RESTATED = "restated history"
# What the parts of an identity are called where one of them changed.
_INPUTS = {
    "package": "changed code",
    "lock": "changed code",
    "documents": "changed documents",
    "settings": "changed settings",
    "renderer": "another renderer",
    "renderer_version": "another renderer",
}
KPI = re.compile(r"(?P<kpi>.+) in (?P<month>\d{4}-\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What differs between what two versions were made from.

    Attributes
    ----------
    data : bool
        Whether the data differ.
    period : bool
        Whether they end on different days.
    others : tuple of str
        What else differs, in words: changed code, changed settings, ...
    """

    data: bool
    period: bool
    others: tuple[str, ...] = ()

    def causes(self, *, restated: bool) -> tuple[str, ...]:
        """Return why a number may differ; what cannot be told apart is named together.

        Parameters
        ----------
        restated : bool
            Whether figures of months that both versions cover differ, as far as is known.
        """
        found = []
        if self.data and self.period:
            found.append(NEW_PERIOD)
        if self.data and (restated or not self.period):
            found.append(RESTATED)
        return (*found, *(other for other in self.others if other != "another renderer"))


SAME = Inputs(data=False, period=False)


def changed_inputs(old: Path, new: Path) -> Inputs:
    """Return what differs between the inputs of two versions; nothing where one says nothing."""
    try:
        before, after = read_manifest(old).facts, read_manifest(new).facts
    except PublishError:
        return SAME
    then, now = asdict(before.identity), asdict(after.identity)
    others = dict.fromkeys(words for name, words in _INPUTS.items() if then[name] != now[name])
    return Inputs(
        data=then["data"] != now["data"],
        period=before.data_to != after.data_to,
        others=tuple(others),
    )
