"""Numbers as pages write them."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.presentation import formats


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "$0"), (0.4, "$0.40"), (18.4, "$18.40"), (999.4, "$999"), (1250.0, "$1,250"),
        (9999.0, "$9,999"), (10_000.0, "$10.0k"), (38_040.0, "$38.0k"), (412_345.0, "$412k"),
        (999_600.0, "$1.00M"), (4_314_000.0, "$4.31M"), (43_140_000.0, "$43.1M"),
        (1.24e9, "$1.24bn"), (-4_314_000.0, "−$4.31M"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_amounts_have_three_digits(value: float, shown: str) -> None:
    assert formats.amount(value, "USD") == shown


def test_currency_without_a_sign_is_named() -> None:
    assert formats.amount(1250.0, "CHF") == "CHF\u202f1,250"


def test_about_has_two_significant_digits() -> None:
    assert formats.about(9259.0, "USD") == "$9,300"


def test_exact_amounts_have_cents() -> None:
    assert formats.exact_amount(-4310223.17, "USD") == "−$4,310,223.17"


@pytest.mark.parametrize(
    ("rate", "shown"),
    [(0.0624, "+6.2\u202f%"), (-0.0624, "−6.2\u202f%"), (0.0001, "0.0\u202f%")],
)
def test_a_change_that_rounds_to_nothing_has_no_sign(rate: float, shown: str) -> None:
    assert formats.signed_percent(rate) == shown


def test_rates_are_compared_in_points() -> None:
    assert formats.change_in_unit(-0.019, -0.03, "rate") == "−1.9\u202fpt"


def test_scores_are_compared_as_they_are() -> None:
    assert formats.change_in_unit(0.06, 0.02, "score") == "+0.06"


def test_amounts_are_compared_in_percent() -> None:
    assert formats.change_in_unit(250.0, 0.05, "currency") == "+5.0\u202f%"


@pytest.mark.parametrize(
    ("items", "shown"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_read_as_a_sentence(items: list[str], shown: str) -> None:
    assert formats.listed(items) == shown


def test_plural_follows_the_number() -> None:
    assert formats.plural(1, "alert") == "1 alert"
    assert formats.plural(3, "alert") == "3 alerts"


def test_dates_are_written_out() -> None:
    assert formats.day(date(2024, 6, 30)) == "30 June 2024"
    assert formats.month(date(2024, 6, 1)) == "June 2024"


@pytest.mark.parametrize(
    ("label", "shown"), [("2024-Q2", "Q2 2024"), ("2024-06", "June 2024"), ("2024", "2024")]
)
def test_periods_are_named(label: str, shown: str) -> None:
    assert formats.period_name(label) == shown


@pytest.mark.parametrize(("title", "shown"), [("Net revenue", "net revenue"), ("XGBoost",) * 2])
def test_names_within_a_sentence_keep_acronyms(title: str, shown: str) -> None:
    assert formats.within(title) == shown
