"""Published customer ids: the same for one key, and not to be undone without it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from analytics.errors import PrivacyError

if TYPE_CHECKING:
    import pandas as pd

# 60 bits: two of a million customers share one with a chance of 4 in 10 million.
LENGTH = 12


def pseudonym(customer_id: str, key: bytes) -> str:
    """Return the pseudonym of a customer: 12 characters of A to Z and 2 to 7.

    The first 60 bits of HMAC-SHA256 of the id, in base32.
    """
    digest = hmac.digest(key, customer_id.encode(), hashlib.sha256)
    return base64.b32encode(digest)[:LENGTH].decode()


def pseudonyms(ids: pd.Series, key: bytes) -> pd.Series:
    """Return the pseudonyms of customers, in the order and with the index of `ids`.

    Raises
    ------
    PrivacyError
        Where two customers share one, or an id is missing.
    """
    if bool(ids.isna().any()):
        raise PrivacyError("a customer without an id has no pseudonym")
    unique = ids.unique()
    found = {customer: pseudonym(customer, key) for customer in unique}
    if len(set(found.values())) < len(found):
        raise PrivacyError(
            "two customers have the same pseudonym under this key", remedy="Use another key."
        )
    return ids.map(found).astype("str")
