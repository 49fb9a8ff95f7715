"""The settings that shape a version, apart from those of how and where it is made."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from analytics.settings.model import Settings

# The renderer that was chosen stands in a version's identity under its own name.
_OF_MAKING = ("fetch", "jobs", "memory_limit", "output", "renderer")


def shaping_settings(settings: Settings) -> dict[str, Any]:
    """Return what a version depends on, as JSON values by section and key.

    Left out are the sections `retention` and, of `build`, where to publish, the memory, the
    number of tasks, the command that fetches data and the wish for a renderer.
    """
    sections: dict[str, Any] = json.loads(json.dumps(asdict(settings), default=str))
    del sections["retention"]
    sections["build"] = {
        key: value for key, value in sections["build"].items() if key not in _OF_MAKING
    }
    return sections
