from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from analytics.engine.frames import pandas_frame, pandas_series


def test_decimals_become_the_nearest_floats() -> None:
    cents = np.random.default_rng(1).integers(-(10**13), 10**13, 5_000)
    column = pa.chunked_array(
        [pa.array([Decimal(int(c)).scaleb(-2) for c in cents], pa.decimal128(38, 2))]
    )
    assert pandas_series(column).tolist() == [float(f"{int(c)}e-2") for c in cents]


def test_a_missing_decimal_is_nan() -> None:
    series = pandas_series(pa.chunked_array([pa.array([None, Decimal("1.10")])]))
    assert np.isnan(series[0])
    assert series[1] == 1.1


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (pa.array(["a", None]), "str"),
        (pa.array([], pa.string()), "str"),
        (pa.array([1, 2], pa.int32()), "int64"),
        (pa.array([1, None], pa.int64()), "float64"),
        (pa.array([1.5], pa.float32()), "float64"),
        (pa.array([True]), "bool"),
        (pa.array([date(2024, 2, 29), None]), "datetime64[us]"),
        (pa.array([datetime(2024, 2, 29, 12)], pa.timestamp("ns")), "datetime64[us]"),
        (pa.array([datetime(2024, 2, 29, 12)], pa.timestamp("us", "UTC")), "datetime64[us]"),
        (pa.array([], pa.decimal128(38, 6)), "float64"),
    ],
)
def test_each_kind_has_its_dtype(array: pa.Array, dtype: str) -> None:
    assert str(pandas_series(pa.chunked_array([array])).dtype) == dtype


def test_a_frame_keeps_names_and_rows() -> None:
    frame = pandas_frame(pa.table({"b": [2, 1], "a": ["x", "y"]}))
    assert frame.to_dict("list") == {"b": [2, 1], "a": ["x", "y"]}
