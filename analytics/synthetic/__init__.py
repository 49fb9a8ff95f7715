"""A synthetic shop: tables with known causes behind them, and the raw exports of it.

An order's amounts are positive whatever became of it: ``net`` is its value after discount when it
was placed, and ``gross - discount = net``. Net revenue counts completed orders alone; returned
and cancelled ones count zero in it, and so do their costs in the contribution margin. The number
of transactions counts orders of every status.

All of the process is simulated from one seed: customers with their latents, tickets and departures
(`tenure`), spend and response (`marketing`), experiments, orders, amounts. `truth` says what was
planted and how large it is.
"""

from analytics.synthetic.exports import RAW_EXPORTS, write_exports, write_raw_exports
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.shop import ShopTables, generated_shop

__all__ = [
    "RAW_EXPORTS",
    "ShopTables",
    "SyntheticShop",
    "generated_shop",
    "write_exports",
    "write_raw_exports",
]
