"""Customers into training, validation and test parts."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd

VALIDATION_RATE = 0.2
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSplit:
    """Three flags a customer, of which exactly one is set; arrays of shape (customers,)."""

    train: Flags
    validation: Flags
    test: Flags


def customer_split(customer_id: pd.Series, *, test_rate: float, seed: int) -> CustomerSplit:
    """Return the part of each customer, by a hash of seed and customer.

    A customer's part depends on nothing else: neither on the other customers nor on the order
    of the rows, and all rows of one customer share it.

    Parameters
    ----------
    customer_id : Series of str
        In any order.
    test_rate : float
        Share of customers in the test part; a fifth is the validation part, the rest trains.
    seed : int
        Another seed splits otherwise.
    """
    place = np.array([_place(str(customer), seed) for customer in customer_id])
    test = place < test_rate
    validation = ~test & (place < test_rate + VALIDATION_RATE)
    return CustomerSplit(train=~test & ~validation, validation=validation, test=test)


def _place(customer: str, seed: int) -> float:
    """Return a number in [0, 1) that looks drawn at random."""
    digest = blake2b(f"{seed}:{customer}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
