"""Keyed pseudonyms, small cells merged and audited, and the gate over what is published."""

from analytics.privacy.audit import CELL, PublishedTable, cell_bounds, is_protected
from analytics.privacy.gate import Hit, scan_tree
from analytics.privacy.keys import PUBLIC_KEY, key_fingerprint, read_key
from analytics.privacy.partition import Partition, partition
from analytics.privacy.pseudonyms import pseudonym, pseudonyms
from analytics.privacy.small_cells import OTHER, merged_small_cells

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
