"""What changes with every version stands in footers as a stamp until the page is made.

A page whose footer alone would change is not made anew: its stamps are filled in otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Plain words, of which markdown makes nothing.
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[ .-](?=[A-Za-z0-9]))*")


def stamps(variables: Mapping[str, Any]) -> dict[str, str]:
    """Return a stamp for each variable that is plain words."""
    return {
        name: f"stamp0{name.encode().hex()}0stamp"
        for name, value in variables.items()
        if isinstance(value, str) and _PLAIN.fullmatch(value)
    }


def filled(html: str, variables: Mapping[str, Any]) -> str:
    """Return a page with its stamps replaced by the values of their variables."""
    for name, stamp in stamps(variables).items():
        html = html.replace(stamp, str(variables[name]))
    return html
