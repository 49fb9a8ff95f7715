"""Why a row is set aside, in the words of the report; each reason of a kind of its own."""

from __future__ import annotations

CONFLICT = "rows of one key contradict each other"
DUPLICATE = "exact duplicate of another row"
OVERLAP = "exact duplicate of a row in another file"
SUPERSEDED = "a later row of the same key stands"
NO_PRODUCT = "is no product"
ORPHAN = "its order is not among the clean orders"
CONTRADICTION = "lines of one order contradict each other"
REVERSES_ORDER = "reverses an order"
REVERSES_PART = "reverses part of an order"
LOST_ORDER = "reverses an order that is not in the data"
REVERSES_LINE = "reverses an order line"
REVERSED = "reversed by another row"
EXCESS = "reverses more than was ordered before it"
LOST_LINE = "reverses an order line that is not in the data"
