"""A shop whose tables keep their rows and values and lose all that ties them together.

What is left: how many orders each customer has, which values there are, who took part in which
experiment and when. What is destroyed, each by a draw of its own: when anything happened (days are
drawn evenly, so that no season, growth, weekday, cohort or decline is left; permuted days would
keep all of these), which customer ordered what, what an order is of (category, sales channel,
payment method, status), who a customer is, who answered and opened tickets, which variant a
customer was in, and in which week a channel's money was spent.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.cleaning import CleanTables
from analytics.engine import Engine

# The generator draws from streams of the shop's seed alone; these are of a pair.
STREAM = 71_993


def shuffled(tables: CleanTables, engine: Engine, folder: Path, seed: int) -> CleanTables:
    """Return the clean tables shuffled; written below `folder`."""
    random = np.random.default_rng([STREAM, seed])
    start = pd.Timestamp(tables.facts.observation_start)
    days = (pd.Timestamp(tables.facts.observation_end) - start).days + 1

    def permuted(frame: pd.DataFrame, *columns: str) -> None:
        for name in columns:
            if name in frame:
                frame[name] = frame[name].to_numpy()[random.permutation(len(frame))]

    def at_any_time(frame: pd.DataFrame) -> pd.Series:
        seconds = random.integers(0, days * 86_400, len(frame))
        times = start + pd.to_timedelta(seconds, unit="s")
        return pd.Series(times, index=frame.index).astype("datetime64[us]")

    frames = {
        name: engine.frame(table, order_by=list(table.columns))
        for name, table in tables.tables.items()
    }
    orders = frames["transactions"]
    permuted(orders, "customer_id", "sales_channel", "payment_method", "status")
    orders["ordered_at"] = at_any_time(orders)
    if "transaction_items" in frames:
        lines = frames["transaction_items"]
        ids = lines["transaction_id"].unique()
        other = dict(zip(ids, ids[random.permutation(len(ids))], strict=True))
        first = lines.drop_duplicates("transaction_id").set_index("transaction_id")["category"]
        lines["category"] = lines["transaction_id"].map(other).map(first)
    people = frames["customers"]
    for name in ("region", "city", "segment", "acquisition_channel", "birth_year"):
        permuted(people, name)
    before = start - pd.to_timedelta(random.integers(1, 731, len(people)), unit="D")
    signed = people["signed_up_on"]
    people["signed_up_on"] = pd.Series(before, index=people.index).astype(signed.dtype)
    if "satisfaction" in frames:
        answers = frames["satisfaction"]
        permuted(answers, "customer_id", "score")
        day = at_any_time(answers).dt.normalize()
        answers["surveyed_on"] = day.astype(answers["surveyed_on"].dtype)
    if "support_tickets" in frames:
        tickets = frames["support_tickets"]
        permuted(tickets, "customer_id", "topic", "severity")
        open_for = tickets["closed_at"] - tickets["opened_at"]
        kind = tickets["opened_at"].dtype
        tickets["opened_at"] = at_any_time(tickets).astype(kind)
        tickets["closed_at"] = (tickets["opened_at"] + open_for).astype(kind)
    if "experiments" in frames:
        rows = frames["experiments"]
        for _, group in rows.groupby("experiment_id"):
            mixed = group["variant"].to_numpy()[random.permutation(len(group))]
            rows.loc[group.index, "variant"] = mixed
    if "marketing_spend" in frames:
        spent = frames["marketing_spend"]
        keys = [name for name in ("marketing_channel", "region") if name in spent]
        values = [name for name in spent.columns if name not in ("week", *keys)]
        for _, group in spent.groupby(keys, dropna=False):
            order = random.permutation(len(group))
            for name in values:
                spent.loc[group.index, name] = group[name].to_numpy()[order]
    folder.mkdir(parents=True)
    told = {}
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        told[name] = engine.read_parquet(folder / f"{name}.parquet")
        told[name] = told[name].cast(dict(tables.tables[name].schema().items()))
    return replace(tables, tables=told)
