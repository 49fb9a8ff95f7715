"""Columns of texts, made at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def coded(values: Sequence[str], codes: npt.NDArray[Any]) -> pa.Array:
    """Return the value of each code."""
    return pa.array(values, pa.string()).take(pa.array(codes.astype(np.int32)))


def numbered(prefix: str, numbers: npt.NDArray[Any], width: int) -> pa.Array:
    """Return each number behind the prefix, with leading zeros to the width."""
    texts = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, texts, "") if prefix else texts


def series(texts: pa.Array) -> pd.Series:
    """Return texts as a column of the data type ``str``."""
    return pd.Series(
        pd.arrays.ArrowStringArray(  # type: ignore[call-arg]
            texts.cast(pa.large_string()), dtype=pd.StringDtype(na_value=np.nan)
        )
    )


def texts(column: pd.Series) -> pa.Array:
    """Return a column of the data type ``str`` as an Arrow array."""
    array = pa.array(column, pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
