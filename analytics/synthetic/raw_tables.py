"""The smaller raw exports: customers, surveys, tickets, experiments, marketing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.synthetic import planted as p
from analytics.synthetic.columns import numbered, texts
from analytics.synthetic.planted import Mess, drawn_rows
from analytics.synthetic.raw_text import (
    amount_texts,
    cents,
    interleaved,
    marked_amount,
    moment_texts,
    patched,
    seconds,
    spelled,
)

CUSTOMERS = {
    "customer_id": "CustomerNo",
    "signed_up_on": "SignupDate",
    "region": "Region",
    "city": "City",
    "segment": "Tier",
    "acquisition_channel": "AcquiredVia",
    "birth_year": "BirthYear",
    "name": "FullName",
    "email": "Email",
    "phone": "Phone",
}
SURVEYS = {"customer_id": "customer", "surveyed_on": "date", "score": "score"}
TICKETS = {
    "ticket_id": "TicketNo",
    "customer_id": "CustomerNo",
    "opened_at": "Opened",
    "closed_at": "Closed",
    "topic": "Topic",
    "severity": "Severity",
}
EXPERIMENTS = {
    "experiment_id": "Experiment",
    "customer_id": "CustomerNo",
    "variant": "Variant",
    "assigned_at": "AssignedAt",
}
MARKETING = {
    "week": "Week",
    "marketing_channel": "Channel",
    "region": "Region",
    "spend": "Spend",
    "impressions": "Impressions",
    "clicks": "Clicks",
    "attributed_orders": "AttributedOrders",
}
DAYS = ("%Y-%m-%d", "%d.%m.%Y")
TICKET_MOMENTS = ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M")
UNDECLARED_DAY = "%b %d %Y"
_NEAR = 40
Integers = npt.NDArray[np.int64]
Extra = tuple[pa.Table, npt.NDArray[Any]]


def _words(column: pd.Series) -> pa.Array:
    return texts(column).cast(pa.string())


def _other_dates(count: int, mess: Mess, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    other: npt.NDArray[np.bool_] = random.random(count) < p.OTHER_DATES
    return other & mess.shop.messy


def _emptied(
    column: pa.Array, rate: float, mess: Mess, name: str, random: np.random.Generator
) -> pa.Array:
    """Return a column of the customers, some of its values left out."""
    rows = drawn_rows(rate if mess.shop.messy else 0.0, len(column), random)
    mask = np.zeros(len(column), dtype=np.bool_)
    mask[rows] = True
    if len(rows):
        mess.planted.add_cells("customers", name, "missing", len(rows))
    return pc.if_else(pa.array(mask), "", column)


def _copies(base: pa.Table, mess: Mess, table: str, random: np.random.Generator) -> Extra:
    rows = drawn_rows(p.EXACT_DUPLICATES, len(base), random)
    mess.planted.add_rows(table, "exact_duplicate", len(rows))
    return base.take(pa.array(rows)), rows + random.integers(0, _NEAR, len(rows))


def _like(base: pa.Table, rate: float, random: np.random.Generator) -> tuple[pa.Table, Integers]:
    rows = drawn_rows(rate, len(base), random)
    return base.take(pa.array(rows)), rows


def _undeclared(days: Integers) -> list[str]:
    return list(pd.DatetimeIndex(days.astype("datetime64[s]")).strftime(UNDECLARED_DAY))


def raw_customers(customers: pd.DataFrame, mess: Mess, number: int) -> pa.Table:
    """Return a block of customers as texts."""
    random = mess.random("customers", number)
    day = seconds(customers["signed_up_on"])
    years = pa.array(customers["birth_year"].to_numpy()).cast(pa.string())
    columns = {
        "customer_id": _words(customers["customer_id"]),
        "signed_up_on": moment_texts(day, DAYS, _other_dates(len(customers), mess, random)),
    }
    for name in ("region", "city", "segment", "acquisition_channel"):
        columns[name] = spelled(_words(customers[name]), mess, "customers", name, random)
    columns["region"] = _emptied(columns["region"], p.MISSING_REGIONS, mess, "region", random)
    columns["segment"] = _emptied(columns["segment"], p.MISSING_SEGMENTS, mess, "segment", random)
    columns["birth_year"] = _emptied(years, p.MISSING_BIRTH_YEARS, mess, "birth_year", random)
    for name in ("name", "email", "phone"):
        columns[name] = _words(customers[name])
    base = pa.table({CUSTOMERS[name]: columns[name] for name in CUSTOMERS})
    if not mess.shop.messy:
        return base
    wrong: list[Extra] = [_copies(base, mess, "customers", random)]
    for kind in ("missing_customer", "undeclared_date"):
        extra, rows = _like(base, p.UNDECLARED_DATES, random)
        first = mess.shop.customers + mess.extra_customers + 1
        width = max(6, len(str(mess.shop.customers)))
        ids = numbered("", np.arange(first, first + len(rows)), width)
        mess.extra_customers += len(rows)
        extra = patched(
            extra,
            CustomerNo=[""] * len(rows) if kind == "missing_customer" else ids,
            SignupDate=_undeclared(day[rows])
            if kind == "undeclared_date"
            else moment_texts(day[rows], DAYS),
        )
        mess.planted.add_rows("customers", kind, len(rows))
        wrong.append((extra, rows))
    return interleaved(base, wrong)


def raw_surveys(answers: pd.DataFrame, mess: Mess, number: int) -> pa.Table:
    """Return a batch of answers: customer and date as texts, the score as a whole number."""
    random = mess.random("satisfaction", number)
    day = seconds(answers["surveyed_on"])
    base = pa.table(
        {
            "customer": _words(answers["customer_id"]),
            "date": moment_texts(day, DAYS, _other_dates(len(answers), mess, random)),
            "score": pa.array(answers["score"].to_numpy().astype(np.int64)),
        }
    )
    if not mess.shop.messy:
        return base
    wrong: list[Extra] = []

    def plant(kind: str, rate: float, change: Callable[[pa.Table, Integers], pa.Table]) -> None:
        extra, rows = _like(base, rate, random)
        mess.planted.add_rows("satisfaction", kind, len(rows))
        wrong.append((change(extra, rows), rows))

    plant(
        "missing_customer",
        p.MISSING_CUSTOMERS,
        lambda extra, rows: patched(
            extra, customer=[""] * len(rows), date=moment_texts(day[rows], DAYS)
        ),
    )
    plant(
        "undeclared_date",
        p.UNDECLARED_DATES,
        lambda extra, rows: patched(extra, date=_undeclared(day[rows])),
    )
    plant(
        "score_out_of_range",
        p.SCORES_OUT_OF_RANGE,
        lambda extra, rows: patched(extra, score=pa.array(rows % 2 * 9)),
    )
    return interleaved(base, wrong)


def raw_tickets(tickets: pd.DataFrame, mess: Mess, number: int) -> pa.Table:
    """Return a block of tickets as texts; Closed is empty where a ticket is open."""
    random = mess.random("support_tickets", number)
    other = _other_dates(len(tickets), mess, random)
    opened = seconds(tickets["opened_at"])
    is_open = tickets["closed_at"].isna().to_numpy()
    closed = np.where(is_open, opened, seconds(tickets["closed_at"]))
    base = pa.table(
        {
            "TicketNo": _words(tickets["ticket_id"]),
            "CustomerNo": _words(tickets["customer_id"]),
            "Opened": moment_texts(opened, TICKET_MOMENTS, other),
            "Closed": pc.if_else(
                pa.array(is_open), "", moment_texts(closed, TICKET_MOMENTS, other)
            ),
            **{
                TICKETS[name]: spelled(_words(tickets[name]), mess, "support_tickets", name, random)
                for name in ("topic", "severity")
            },
        }
    )
    if not mess.shop.messy or len(base) == 0:
        return base
    wrong: list[Extra] = [_copies(base, mess, "support_tickets", random)]
    for kind, rate in (
        ("missing_customer", p.MISSING_CUSTOMERS),
        ("undeclared_date", p.UNDECLARED_DATES),
    ):
        extra, rows = _like(base, rate, random)
        ids = numbered("TX-", mess.extra_tickets + 1 + np.arange(len(rows)), 6)
        mess.extra_tickets += len(rows)
        extra = patched(extra, TicketNo=ids)
        if kind == "missing_customer":
            extra = patched(extra, CustomerNo=[""] * len(rows))
        else:
            extra = patched(extra, Opened=_undeclared(opened[rows]))
        mess.planted.add_rows("support_tickets", kind, len(rows))
        wrong.append((extra, rows))
    return interleaved(base, wrong)


def raw_experiments(assignments: pd.DataFrame, mess: Mess, number: int) -> pa.Table:
    """Return a block of assignments as texts."""
    random = mess.random("experiments", number)
    day = seconds(assignments["assigned_at"])
    variant = spelled(_words(assignments["variant"]), mess, "experiments", "variant", random)
    base = pa.table(
        {
            "Experiment": _words(assignments["experiment_id"]),
            "CustomerNo": _words(assignments["customer_id"]),
            "Variant": variant,
            "AssignedAt": moment_texts(day, DAYS, _other_dates(len(day), mess, random)),
        }
    )
    if not mess.shop.messy:
        return base
    return interleaved(base, [_copies(base, mess, "experiments", random)])


def raw_marketing(spend: pd.DataFrame, mess: Mess) -> pa.Table:
    """Return spend and reports: weeks as days, words and amounts as texts, counts as numbers."""
    random = mess.random("marketing_spend", 0)
    amounts = cents(spend["spend"])
    shown = amount_texts(amounts, ".")
    if mess.shop.messy:
        rows = drawn_rows(p.CURRENCY_SIGNS, len(spend), random)
        mask = np.zeros(len(spend), dtype=np.bool_)
        mask[rows] = True
        marked = [marked_amount(amount, ".", ",", "$#") for amount in amounts[rows].tolist()]
        shown = pc.replace_with_mask(shown, pa.array(mask), pa.array(marked, pa.string()))
        mess.planted.add_cells("marketing_spend", "spend", "currency", len(rows))
    columns: dict[str, pa.Array] = {
        "Week": pa.array(spend["week"].to_numpy().astype("datetime64[D]")),
        **{
            MARKETING[name]: spelled(_words(spend[name]), mess, "marketing_spend", name, random)
            for name in ("marketing_channel", "region")
        },
        "Spend": shown,
    }
    for name in ("impressions", "clicks", "attributed_orders"):
        columns[MARKETING[name]] = pa.array(spend[name].to_numpy())
    return pa.table(columns)
