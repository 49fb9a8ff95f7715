"""Assignment to variants by a salted hash: stable, even, and different from test to test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def assigned_variant(
    customer_id: str, *, experiment_id: str, salt: str, shares: Mapping[str, float]
) -> str:
    """Return the variant of a customer; the same whenever and wherever it is asked for.

    Parameters
    ----------
    customer_id : str
        The customer.
    experiment_id, salt : str
        Together they make the assignments of different experiments independent; a salt that
        customers do not know keeps them from choosing.
    shares : mapping
        Share of each variant, above 0, together 1.

    Raises
    ------
    ValueError
        Where the shares are no shares.

    Examples
    --------
    >>> half = {"control": 0.5, "treatment": 0.5}
    >>> assigned_variant("000042", experiment_id="offer", salt="s", shares=half)
    'treatment'
    """
    if not shares or min(shares.values()) <= 0 or abs(sum(shares.values()) - 1) > 1e-9:
        raise ValueError(f"shares must be above 0 and add up to 1: {dict(shares)}")
    key = f"{experiment_id}\x1f{salt}\x1f{customer_id}".encode()
    place = int.from_bytes(hashlib.sha256(key).digest()[:8], "big") / 2**64
    end = 0.0
    for variant, share in shares.items():
        end += share
        if place < end:
            return variant
    return variant
