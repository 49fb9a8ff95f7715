from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.prescriptive.early_warning import _count
from analytics.prescriptive.list_changes import MonthBefore, changes_table

NOW, THEN = date(2024, 7, 1), date(2024, 6, 1)


def levers(**risk: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": list(risk),
            "segment": "Premium",
            "lapsed": [value == 0 for value in risk.values()],
            "risk_amount": list(risk.values()),
        }
    )


def places(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": list(names), "place": range(1, len(names) + 1)})


def features(**silent: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"customer_id": list(silent), "days_since_last_order": list(silent.values())}
    )


def told(
    now: dict[str, float], listed: tuple[str, ...], silent: dict[str, int],
    then: dict[str, float], before: tuple[str, ...],
) -> pd.DataFrame:  # fmt: skip
    earlier = MonthBefore(cutoff=THEN, levers=levers(**then), listed=places(*before))
    return changes_table(
        places(*listed), levers(**now), features(**silent), earlier, cutoff=NOW
    ).set_index("customer_id")


def test_who_is_on_one_of_the_lists_alone_is_told_with_both_places() -> None:
    rows = told(
        {"a": 90.0, "b": 80.0, "c": 10.0}, ("a", "b"), {"a": 60, "b": 60, "c": 5},
        {"a": 70.0, "b": 20.0, "c": 75.0}, ("c", "a"),
    )  # fmt: skip
    assert sorted(rows.index) == ["b", "c"]
    assert rows.loc["b", ["change", "place", "place_before"]].tolist() == ["entered", 2, 0]
    assert rows.loc["c", ["change", "place", "place_before"]].tolist() == ["left", 0, 1]
    assert rows.loc["c", "risk_before_amount"] == 75.0


def test_reasons_say_what_the_customer_did() -> None:
    rows = told(
        {"new": 50.0, "back": 50.0, "quiet": 50.0, "bought": 5.0, "gone": 0.0},
        ("new", "back", "quiet"),
        {"new": 3, "back": 4, "quiet": 80, "bought": 6, "gone": 200},
        {"back": 0.0, "quiet": 9.0, "bought": 40.0, "gone": 40.0},
        ("bought", "gone"),
    )
    assert rows["because"].to_dict() == {
        "new": "first order within the month",
        "back": "came back after a long silence",
        "quiet": "no order within the month",
        "bought": "ordered again",
        "gone": "silent beyond the own window",
    }


def test_equal_lists_have_no_changes() -> None:
    rows = told({"a": 9.0}, ("a",), {"a": 60}, {"a": 8.0}, ("a",))
    assert rows.empty
    assert "because" in rows


def test_few_changes_are_not_counted_where_no_customer_is_published() -> None:
    moved = pd.DataFrame({"change": ["entered"] * 2 + ["left"] * 7})
    assert _count(moved, "entered", 5) is None
    assert _count(moved, "left", 5) == 7
    assert _count(moved, "entered", 0) == 2
