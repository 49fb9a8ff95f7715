"""A shop of which every order was returned: every mart is there, with nothing in it."""

from datetime import date

import pytest

from tests.unit.marts.conftest import random_frames

CUTOFF = date(2024, 3, 1)
CALLS = {
    "cube": (),
    "monthly": (),
    "daily": (),
    "weekly": (),
    "cohorts": (),
    "distinct_counts": (),
    "purchase_gaps": (),
    "customer_features": (CUTOFF,),
    "totals": ("month",),
}


@pytest.fixture(scope="module", params=["orders alone", "all tables", "six years"])
def returned(request, order_shop, shop_of):
    if request.param == "orders alone":
        return order_shop("c1 2024-01-05 10 returned", "c2 2024-02-07 20 returned")
    if request.param == "six years":
        return order_shop("c1 2018-01-05 10 returned", "c2 2024-02-07 20 returned")
    frames = random_frames(6)
    orders = frames["transactions"].assign(status="returned")
    return shop_of({**frames, "transactions": orders}).marts


@pytest.mark.parametrize("name", CALLS)
def test_no_customer_and_no_revenue_is_told_of_returned_orders(returned, name):
    frame = getattr(returned, name)(*CALLS[name])
    counted = [
        column
        for column in frame.columns
        if column in ("net_revenue_amount", "orders") or column.endswith("customers")
    ]
    assert (frame[counted].fillna(0) == 0).all().all()
