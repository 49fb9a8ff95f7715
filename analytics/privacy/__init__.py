"""Keyed pseudonyms, small cells merged and audited, and the gate over what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.late_imports import late_names
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

__getattr__ = late_names(
    __name__,
    {
        "audit": (
            "CELL",
            "PublishedTable",
            "cell_bounds",
            "is_protected",
        ),
        "gate": (
            "Hit",
            "scan_tree",
        ),
    },
)
