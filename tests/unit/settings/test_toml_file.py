import pytest

from analytics.errors import SettingsError
from analytics.settings import read_settings


def settings_from(tmp_path, text):
    file = tmp_path / "analytics.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(file)


def refusal(tmp_path, text):
    with pytest.raises(SettingsError) as caught:
        settings_from(tmp_path, text)
    return str(caught.value)


def test_an_empty_file_gives_the_defaults(tmp_path):
    assert settings_from(tmp_path, "").clv.horizon_months == 12


def test_a_value_replaces_its_default_alone(tmp_path):
    settings = settings_from(tmp_path, "[clv]\nhorizon_months = 6\n")
    assert (settings.clv.horizon_months, settings.clv.folds) == (6, 3)


def test_an_unknown_key_names_the_nearest(tmp_path):
    message = refusal(tmp_path, "[clv]\nhorizont_months = 6\n")
    assert "unknown key clv.horizont_months" in message
    assert "Did you mean clv.horizon_months?" in message


def test_an_unknown_section_names_the_nearest(tmp_path):
    assert "Did you mean budget?" in refusal(tmp_path, "[budgets]\n")


def test_an_unlike_key_lists_what_is_known(tmp_path):
    assert "Known here:" in refusal(tmp_path, "[spark]\nqqqq = 1\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[clv]\nhorizon_months = '6'\n", "clv.horizon_months must be a whole number"),
        ("[clv]\nhorizon_months = true\n", "clv.horizon_months must be a whole number"),
        ("[clv]\ndiscount_rate = nan\n", "must be a finite number"),
        ("[build]\nengine = 'pandas'\n", 'one of "duckdb", "spark"'),
        ("[synthetic]\nstart = 'soon'\n", "a date such as"),
        ("[site]\ntitle = 3\n", "site.title must be a text"),
        ("site = 3\n", "site must be a table"),
        ("alerts = 3\n", "alerts must be a list"),
        ("[[alerts]]\nname = 'x'\n", "alerts[0].kpi is missing"),
        ("[clv]\nfolds = 1\n", "clv.folds must be at least 2"),
        ("[budget]\nminimum_factor = 3.0\n", "budget.minimum_factor"),
        ("[privacy]\nminimum_cell = 0\n", "privacy.minimum_cell must be at least 1"),
        ("[clv]\ntest_rate = 1.0\n", "clv.test_rate must be below 0.5"),
        ("[build]\nseed = 4294967296\n", "build.seed must be at most 4294967295"),
        ("[spark]\nmaster = 'foo'\n", "spark.master must be the address"),
        ("[build]\nmemory_limit = 'lots'\n", "build.memory_limit must be an amount"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_must_be(tmp_path, text, said):
    assert said in refusal(tmp_path, text)


def test_two_alerts_of_one_name_are_refused(tmp_path):
    rule = "[[alerts]]\nname='A'\nkpi='orders'\nwhen='below'\nthreshold=1\n"
    assert "two alerts are named A" in refusal(tmp_path, rule * 2)


def test_a_file_that_is_not_utf8_says_at_which_byte(tmp_path):
    assert "not UTF-8 (byte 9)" in refusal(tmp_path, b"[site]\n# \xff\n")


def test_broken_toml_names_the_line(tmp_path):
    assert "line 2" in refusal(tmp_path, "[site]\ntitle = \n")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match="does not exist"):
        read_settings(tmp_path / "analytics.toml")


def test_a_byte_order_mark_does_not_matter(tmp_path):
    file = tmp_path / "analytics.toml"
    file.write_bytes(b"\xef\xbb\xbf[clv]\nfolds = 4\n")
    assert read_settings(file).clv.folds == 4
