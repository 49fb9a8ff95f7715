"""Whatever happens at or after the cut-off, features of customers stay what they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.marts import Marts

CUTOFF = date(2024, 2, 20)
END = pd.Timestamp(CUTOFF)
Frames = dict[str, pd.DataFrame]
Random = np.random.Generator
EVENTS = {
    "transactions": "ordered_at",
    "satisfaction": "surveyed_on",
    "support_tickets": "opened_at",
    "customers": "signed_up_on",
}


def later_moments(random: Random, size: int) -> pd.DatetimeIndex:
    """Return days from the cut-off on, the cut-off itself often among them."""
    days = random.integers(0, 40, size) * random.integers(0, 2, size)
    return END + pd.to_timedelta(days, "D")


def deleted(frames: Frames, name: str, random: Random) -> None:
    frame = frames[name]
    late = frame[EVENTS[name]] >= END
    gone = late & ((random.random(len(frame)) < 0.5) | (late.cumsum() == 1))
    frames[name] = frame[~gone]


def added(frames: Frames, name: str, random: Random) -> None:
    frame = frames[name]
    more = frame.iloc[random.integers(0, len(frame), 20)].copy()
    key = frame.columns[0]
    if key != "customer_id" or name == "customers":
        more[key] = [f"new{random.integers(10**9)}-{number}" for number in range(20)]
    more[EVENTS[name]] = later_moments(random, 20)
    if name == "support_tickets":
        more["closed_at"] = more["opened_at"] + pd.Timedelta(hours=3)
    frames[name] = pd.concat([frame, more], ignore_index=True)
    if name == "transactions":
        # The orders' lines come with them, of categories and products not sold before.
        lines = frames["transaction_items"].iloc[:20].copy()
        lines["transaction_id"] = more["transaction_id"].to_numpy()
        lines["category"] = "New"
        frames["transaction_items"] = pd.concat(
            [frames["transaction_items"], lines], ignore_index=True
        )


def changed(frames: Frames, name: str, random: Random) -> None:
    """Give rows at or after the cut-off the values of other rows, key and moment apart."""
    frame = frames[name].copy()
    late = np.flatnonzero(frame[EVENTS[name]] >= END)
    other = random.integers(0, len(frame), len(late))
    for column in frame.columns:
        is_key = column == frame.columns[0] and name != "satisfaction"
        if not is_key and column not in (EVENTS[name], "closed_at"):
            values = frame[column].to_numpy(copy=True)
            values[late] = values[other]
            frame[column] = pd.Series(values, index=frame.index, dtype=frame[column].dtype)
    frame.loc[frame.index[late], EVENTS[name]] = later_moments(random, len(late))
    if name == "support_tickets":
        frame["closed_at"] = frame["closed_at"].mask(frame["opened_at"] >= END, pd.NaT)
    frames[name] = frame


def closed_at_other_times(frames: Frames, random: Random) -> None:
    """Close, reopen or move the closing of tickets that were open at the cut-off."""
    frame = frames["support_tickets"].copy()
    still_open = frame["closed_at"].isna() | (frame["closed_at"] >= END)
    moments = pd.Series(later_moments(random, len(frame)), index=frame.index)
    moments = moments.mask(random.random(len(frame)) < 0.3, pd.NaT)
    moments = moments.where(moments.isna() | (moments >= frame["opened_at"]), pd.NaT)
    frame["closed_at"] = frame["closed_at"].mask(still_open, moments)
    frames["support_tickets"] = frame


CHANGES: dict[str, Callable[[Frames, Random], None]] = {
    f"{what.__name__} {name}": lambda frames, random, what=what, name=name: what(
        frames, name, random
    )
    for what in (deleted, added, changed)
    for name in EVENTS
} | {"tickets closed at other times": closed_at_other_times}


@pytest.fixture(scope="module")
def frames_of_past(shop_of: Callable[[Frames], Any]) -> Any:
    """Return a shop in which some customers who had ordered sign up at or after the cut-off."""
    from tests.unit.marts.conftest import random_frames

    frames = random_frames(11)
    people = frames["customers"]
    people.loc[[0, 3], "signed_up_on"] = [END, END + pd.Timedelta(days=9)]
    people["signed_up_on"] = people["signed_up_on"].astype("datetime64[us]")
    return shop_of(frames)


def marts_of(shop: Any, frames: Frames, folder: Path) -> Marts:
    """Return marts of frames taken as clean, with the types of the shop's clean tables."""
    clean, engine = shop.marts._clean, shop.marts._engine
    tables = {}
    for name, table in clean.tables.items():
        schema = table.schema().to_pyarrow()
        rows = pa.Table.from_pandas(frames[name][schema.names], preserve_index=False)
        pq.write_table(rows.cast(schema), folder / f"{name}.parquet")
        tables[name] = engine.read_parquet(folder / f"{name}.parquet")
    return Marts(replace(clean, tables=tables), engine)


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    # Each example is a shop: making failures smaller would take minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    names=st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=6),
    seed=st.integers(0, 2**32 - 1),
)
def test_nothing_that_happens_from_the_cutoff_on_changes_a_feature(
    frames_of_past: Any, tmp_path: Path, names: list[str], seed: int
) -> None:
    random = np.random.default_rng(seed)
    frames = dict(frames_of_past.frames)
    for name in names:
        CHANGES[name](frames, random)
    found = marts_of(frames_of_past, frames, tmp_path).customer_features(CUTOFF)
    expected = frames_of_past.marts.customer_features(CUTOFF)
    assert len(expected) > 5
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_one_that_a_later_cutoff_sees(
    frames_of_past: Any, tmp_path: Path, name: str
) -> None:
    frames = dict(frames_of_past.frames)
    CHANGES[name](frames, np.random.default_rng(1))
    later = date(2024, 6, 1)
    found = marts_of(frames_of_past, frames, tmp_path).customer_features(later)
    expected = frames_of_past.marts.customer_features(later)
    if name == "added customers":
        # Nobody of them has ordered yet.
        assert len(frames["customers"]) == len(frames_of_past.frames["customers"]) + 20
        pd.testing.assert_frame_equal(found, expected)
    else:
        assert not found.equals(expected)


def test_a_guest_who_signs_up_later_has_unknown_attributes(frames_of_past: Any) -> None:
    people = frames_of_past.frames["customers"].set_index("customer_id")
    frame = frames_of_past.marts.customer_features(CUTOFF).set_index("customer_id")
    for customer in ("000", "003"):
        assert frame.loc[customer, "segment"] == "Unknown"
        assert frame.loc[customer, "signed_up_on"] is pd.NaT
    after = frames_of_past.marts.customer_features(date(2024, 3, 1)).set_index("customer_id")
    assert after.loc["000", "segment"] == people.loc["000", "segment"]
    assert after.loc["000", "signed_up_on"] == END


def test_a_return_counts_as_the_export_has_it(order_shop: Callable[..., Marts]) -> None:
    marts = order_shop("a 2024-01-01 5", "a 2024-01-11 8 returned", "a 2024-03-01 1")
    (row,) = marts.customer_features(CUTOFF).to_dict("records")
    assert (row["orders"], row["return_rate"]) == (1, 0.5)
