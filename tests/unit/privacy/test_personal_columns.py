import pytest

from analytics.privacy.patterns import is_card, is_iban
from analytics.privacy.personal_columns import personal_column, personal_columns


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("contact", "rose@example.com", "e-mail addresses"),
        ("contact", "+49 30 1234567", "telephone numbers"),
        ("account", "DE89 3704 0044 0532 0130 00", "bank accounts (IBAN)"),
        ("payment", "4111 1111 1111 1111", "payment cards"),
        ("client", "192.168.0.17", "IP addresses"),
        ("number", "078-05-1120", "national ids"),
        ("ship_to", "17 Market Street", "addresses"),
        ("CustomerFirstName", "Rose", "names"),
        ("DateOfBirth", "1970-01-02", "birth dates"),
    ],
)
def test_a_column_is_told_by_its_values_or_its_name(column, value, kind):
    assert personal_column(column, [value, None, ""]).kind == kind


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("region", ["North", "East"]),
        ("order_no", ["1000012", "1000013"]),
        ("net", ["1234.50", "-3.00"]),
        ("day", ["2024-05-01", "31.12.2023"]),
        ("product_name", ["Lamp", "Chair"]),
        ("email", [None, ""]),
    ],
)
def test_other_columns_are_left_alone(column, values):
    assert personal_column(column, values) is None


def test_evidence_names_no_value():
    found = personal_column("contact", ["rose@example.com", "none"])
    assert found.evidence == "1 of 2 values look like e-mail addresses"


def test_marked_columns_are_not_told():
    sample = {"email": ["rose@example.com"], "note": ["jo@example.com"]}
    assert [found.column for found in personal_columns(sample, marked=["email"])] == ["note"]


def test_checksums_tell_numbers_from_account_numbers():
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765433")
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert not is_card("0000000000000000")
