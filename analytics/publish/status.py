"""What ``status.json`` says: whether the latest version shows the newest data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analytics.publish.versions import Versions, utc_text

STATUS_FILE = "status.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """``fresh``, or ``stale`` since a moment (UTC) because of something said in words."""

    state: Literal["fresh", "stale"] = "fresh"
    since: str | None = None
    because: str | None = None

    def __post_init__(self) -> None:
        """Refuse a stale status that does not say since when and why."""
        if (self.state == "stale") != bool(self.since and self.because):
            raise ValueError("a stale status says since when and why, a fresh one neither")


FRESH = Status()


def stale_status(before: Status, *, because: str, now: datetime) -> Status:
    """Return the status after a build that published nothing.

    A site that was stale already stays stale since the first failure, with the newest reason.
    """
    return Status(state="stale", since=before.since or utc_text(now), because=because)


def dumped_status(status: Status, versions: Versions) -> bytes:
    """Return the content of ``status.json``, the latest version and its last day included."""
    latest = versions.named("latest")
    document = {
        "schema": SCHEMA,
        "state": status.state,
        "since": status.since,
        "because": status.because,
        "latest": versions.latest,
        "data_to": None if latest is None else latest.data_to.isoformat(),
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def loaded_status(content: bytes) -> Status:
    """Return what ``status.json`` says; one that cannot be read counts as fresh.

    The file is the publisher's own and made anew by every publish, so a damaged one is no
    reason to refuse.
    """
    try:
        document = json.loads(content)
        return Status(state=document["state"], since=document["since"], because=document["because"])
    except (ValueError, KeyError, TypeError):
        return FRESH
