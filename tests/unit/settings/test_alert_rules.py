"""Alert rules that say what cannot be are named errors."""

import pytest

from analytics.errors import SettingsError
from analytics.settings import read_settings

RULE = "[[alerts]]\nname='A'\nkpi='orders'\nwhen='below'\n"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("", "has no threshold"),
        ("test='change'\n", "has no threshold"),
        ("test='expectation'\nthreshold=1\n", "takes no threshold"),
        ("test='expectation'\nfalse_alarm_rate=0.0\n", "false_alarm_rate must be above 0"),
        ("test='expectation'\nhysteresis=1.0\n", "below 1"),
        ("threshold=1\nhysteresis=-1.0\n", "hysteresis must be at least 0"),
        ("threshold=1\npart='North'\n", "names a part and no dimension"),
        ("threshold=1\nby=['region','region']\n", "names a dimension twice"),
        ("threshold=1\nminimum_sample=-1\n", "minimum_sample must be at least 0"),
        ("test='odd'\nthreshold=1\n", 'must be one of "threshold", "change", "expectation"'),
    ],
)
def test_a_rule_that_cannot_be_is_refused(tmp_path, more, message):
    file = tmp_path / "analytics.toml"
    file.write_text(RULE + more, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        read_settings(file)


def test_outside_is_for_expectations_alone(tmp_path):
    file = tmp_path / "analytics.toml"
    text = RULE.replace("below", "outside")
    file.write_text(text + "threshold=1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="for a test of an expectation"):
        read_settings(file)
    file.write_text(text + "test='expectation'\n", encoding="utf-8")
    assert read_settings(file).alerts[0].when == "outside"
