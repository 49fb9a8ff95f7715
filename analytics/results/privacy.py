"""What can be worked out from all that is published, and how published customers are grouped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import count, day, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyAudit(Result):
    """The tightest bounds that anyone can put on a cell that is not published.

    The bounds come from linear programs over all published tables, those of the version
    published before included. They are given to a reader who knows which cells there are.
    Widths are of ranges: how uncertain the figure of a cell stays. A share of one means that
    the figure may be anything from nothing up.

    Attributes
    ----------
    minimum_cell : int
        Fewest customers that a published cell may stand for.
    withheld_cells : int
        Cells of the monthly cube that are merged: small ones, and others that hide them.
    pinned_cells : int
        Withheld small cells whose range is narrower than the protection that is promised.
    pinned_before_cells : int
        Those of them that the version published before gives away already.
    narrowest_orders : float
        Width of the narrowest range of a small cell's orders; null where none is withheld.
    narrowest_net_revenue_rate : float
        Width of the narrowest range of its net revenue, as a share of its upper end.
    customer_rows : int
        Customer rows that are published; 0 where none are.
    customer_group : int
        Fewest published customers that share all quasi-identifiers (k); 0 without rows.
    coarsened_rows : int
        Customer rows that tell less than others, so that k holds.
    """

    KIND: ClassVar[str] = "data.privacy"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "groups": (
            text("table", "The published table that withholds cells."),
            day("month", "First day of the month."),
            count("withheld_cells", "Cells that are not published by themselves.", "cells"),
            number("orders_width", "Narrowest range of a small cell's orders.", "orders"),
            number("net_revenue_width_amount", "Narrowest range of its net revenue.", "currency"),
            rate("net_revenue_width_rate", "The same as a share of the range's upper end."),
            flag("pinned", "Whether a range is narrower than the protection that is promised."),
        ),
        "generalised": (
            text("attribute", "Quasi-identifier of a published customer row."),
            text("level", "How much of it is told."),
            count("rows", "Published customer rows at this level.", "customers"),
        ),
    }
    UNITS: ClassVar[Mapping[str, str]] = {
        "withheld_cells": "cells",
        "pinned_cells": "cells",
        "pinned_before_cells": "cells",
        "narrowest_orders": "orders",
        "customer_rows": "customers",
        "customer_group": "customers",
        "coarsened_rows": "customers",
    }
    minimum_cell: int
    withheld_cells: int
    pinned_cells: int
    pinned_before_cells: int
    narrowest_orders: float
    narrowest_net_revenue_rate: float
    customer_rows: int
    customer_group: int
    coarsened_rows: int
    groups: pd.DataFrame
    generalised: pd.DataFrame
