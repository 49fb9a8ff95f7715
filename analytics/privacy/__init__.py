"""Keyed pseudonyms, small cells merged, and the gate over every file that is published."""

from analytics.privacy.gate import Hit, scan_tree
from analytics.privacy.keys import PUBLIC_KEY, key_fingerprint, read_key
from analytics.privacy.pseudonyms import pseudonym, pseudonyms
from analytics.privacy.small_cells import OTHER, merged_small_cells

__all__ = [
    "OTHER",
    "PUBLIC_KEY",
    "Hit",
    "key_fingerprint",
    "merged_small_cells",
    "pseudonym",
    "pseudonyms",
    "read_key",
    "scan_tree",
]
