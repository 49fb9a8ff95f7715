"""Keyed pseudonyms, small cells merged and audited, and the gate over what is published."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from analytics.privacy.keys import PUBLIC_KEY, key_fingerprint, read_key
from analytics.privacy.partition import Partition, partition
from analytics.privacy.pseudonyms import pseudonym, pseudonyms
from analytics.privacy.small_cells import OTHER, merged_small_cells

if TYPE_CHECKING:
    from analytics.privacy.audit import CELL, PublishedTable, cell_bounds, is_protected
    from analytics.privacy.gate import Hit, scan_tree

__all__ = [
    "CELL",
    "OTHER",
    "PUBLIC_KEY",
    "Hit",
    "Partition",
    "PublishedTable",
    "cell_bounds",
    "is_protected",
    "key_fingerprint",
    "merged_small_cells",
    "partition",
    "pseudonym",
    "pseudonyms",
    "read_key",
    "scan_tree",
]

# Loaded when first asked for: `analytics check` needs neither Ibis nor pandas.
_HOMES = {
    "CELL": "analytics.privacy.audit",
    "Hit": "analytics.privacy.gate",
    "PublishedTable": "analytics.privacy.audit",
    "cell_bounds": "analytics.privacy.audit",
    "is_protected": "analytics.privacy.audit",
    "scan_tree": "analytics.privacy.gate",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
