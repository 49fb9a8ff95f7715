"""Orders one by one are the completed ones, and a sample takes customers whole."""

from __future__ import annotations


def test_every_completed_order_is_a_row(shop):
    frame, every = shop.marts.completed_orders()
    done = shop.done
    assert every == 1
    assert len(frame) == len(done)
    assert round(frame["net_revenue_amount"].sum(), 2) == round(float(done["net"].sum()), 2)
    assert frame["discount_rate"].dropna().between(0, 1).all()


def test_a_sample_has_every_so_many_customers_with_all_their_orders(shop):
    whole, _ = shop.marts.completed_orders()
    most = len(whole) // 3 + 1
    sample, every = shop.marts.completed_orders(most=most)
    assert every == 3
    ids = sorted(whole["customer_id"].unique())
    chosen = ids[::every]
    assert sorted(sample["customer_id"].unique()) == chosen
    assert len(sample) == whole["customer_id"].isin(chosen).sum()
