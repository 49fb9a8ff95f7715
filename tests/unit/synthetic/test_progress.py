"""What `analytics generate` says while it works."""

from __future__ import annotations

import io
from pathlib import Path

from analytics.cli.commands import progress_lines
from analytics.synthetic import SyntheticShop, write_exports


def test_a_large_shop_is_told_of_once_a_month() -> None:
    stream = io.StringIO()
    told = progress_lines(stream)
    for what, done in (("orders of 2022-07", 0), ("orders of 2022-07", 9), ("truth", 1_000_000)):
        told(what, done, 1_000_000)
    assert stream.getvalue() == (
        "orders of 2022-07: 0 of 1,000,000 orders done\ntruth: 1,000,000 of 1,000,000 orders done\n"
    )


def test_a_small_shop_is_made_without_a_word() -> None:
    stream = io.StringIO()
    progress_lines(stream)("orders", 0, 1_000)
    assert stream.getvalue() == ""


def test_what_is_done_rises_to_all_orders(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    shop = SyntheticShop(customers=100, transactions=5_000, months=2, batch=1_000)
    write_exports(
        shop, tmp_path / "shop", told=lambda what, done, total: heard.append((what, done, total))
    )
    counts = [done for _, done, _ in heard]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 5_000)
    assert {total for _, _, total in heard} == {5_000}
    assert next(what for what, _, _ in heard if what.startswith("orders of")) == "orders of 2022-07"
