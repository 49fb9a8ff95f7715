"""Arrow tables into pandas frames with the project's dtypes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def _numbers_of_decimals(column: pa.ChunkedArray) -> Any:
    # Arrow's own conversion is off by one unit in the last place for one amount in ten.
    scale = column.type.scale
    factor = pa.scalar(10**scale, pa.decimal128(scale + 1, 0))
    whole = pc.cast(pc.multiply(pc.cast(column, pa.decimal128(28, scale)), factor), pa.int64())
    return whole.to_pandas(integer_object_nulls=False).astype("float64") / 10**scale


def pandas_series(column: pa.ChunkedArray) -> pd.Series[Any]:
    """Return one Arrow column as a pandas series.

    Text becomes ``str``; whole numbers ``int64``, or ``float64`` where some are null;
    decimals the ``float64`` nearest to them; days and moments ``datetime64[us]``.
    """
    values = _values(column)
    assert isinstance(values, pd.Series)
    return values


def _values(column: pa.ChunkedArray) -> Any:
    kind = column.type
    if pa.types.is_decimal(kind):
        return _numbers_of_decimals(column)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pc.cast(column, pa.timestamp("us")).to_pandas().astype("datetime64[us]")
    if pa.types.is_integer(kind):
        whole = pc.cast(column, pa.int64()).to_pandas()
        return whole.astype("float64") if column.null_count else whole
    if pa.types.is_floating(kind):
        return pc.cast(column, pa.float64()).to_pandas()
    if pa.types.is_boolean(kind):
        return column.to_pandas()
    return pc.cast(column, pa.string()).to_pandas().astype("str")


def pandas_frame(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a pandas frame with a plain index."""
    columns = {name: pandas_series(table.column(name)) for name in table.column_names}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))
