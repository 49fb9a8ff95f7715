from __future__ import annotations

from collections.abc import Callable

from analytics.cleaning import violations
from analytics.engine import Engine
from analytics.ingest import Source, Staged

Shop = Callable[..., tuple[Source, Staged]]
GOOD = "1,a,2024-01-01,Web,completed,10.00\n"


def test_a_good_source_has_none(staged_shop: Shop, engine: Engine) -> None:
    assert violations(staged_shop(transactions=GOOD)[1], engine) == []


def test_a_violation_has_file_row_column_value_and_remedy(
    staged_shop: Shop, engine: Engine
) -> None:
    _, staged = staged_shop(transactions=GOOD + "2,a,2024-01-01,Web,lost,1\n")
    (found,) = violations(staged, engine)
    assert (found.file, found.row, found.column) == ("transactions.csv", 3, "status")
    assert (found.value, found.count) == ("lost", 1)
    assert str(found) == (
        "transactions.csv, row 3, column status: 'lost' quarantined, status is not among the "
        "words that statuses maps. Add the word under statuses in the source file."
    )


def test_the_first_of_each_kind_are_shown_and_all_are_counted(
    staged_shop: Shop, engine: Engine
) -> None:
    rows = "".join(f"{number},a,2024-01-01,Web,completed,-1\n" for number in range(2, 40))
    _, staged = staged_shop(transactions=GOOD + rows + "99,,2024-01-01,Web,completed,1\n")
    found = violations(staged, engine, shown=20)
    negative = [violation for violation in found if "positive" in violation.reason]
    assert [violation.row for violation in negative] == list(range(3, 23))
    assert {violation.count for violation in negative} == {38}
    missing = [violation for violation in found if "missing" in violation.reason]
    assert [(violation.value, violation.count) for violation in missing] == [("", 1)]


def test_lines_without_their_order_are_told(staged_shop: Shop, engine: Engine) -> None:
    _, staged = staged_shop(transactions=GOOD, transaction_items="1,Toys,1,5,5\n7,Toys,1,5,5\n")
    (found,) = violations(staged, engine)
    assert (found.table, found.row, found.value) == ("transaction_items", 3, "7")
