import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import pytest

from analytics.settings import AlertRule, Settings, read_settings

FILE = Path(__file__).parents[2] / "analytics.toml"


def keys_of(settings):
    """Return the names of the keys below a section; tables in it count as their keys."""
    types = get_type_hints(settings)
    return [
        key
        for field in fields(settings)
        for key in (keys_of(types[field.name]) if is_dataclass(types[field.name]) else [field.name])
    ]


def keys_in(table):
    """Return the names of the keys below a table of the file."""
    below = {key: isinstance(value, dict) and bool(value) for key, value in table.items()}
    return [k for key in table for k in (keys_in(table[key]) if below[key] else [key])]


SECTIONS = sorted(
    {
        (section.name, key)
        for section in fields(Settings)
        if is_dataclass(get_type_hints(Settings)[section.name])
        for key in keys_of(get_type_hints(Settings)[section.name])
    }
)


def commented_keys(text):
    """Return (section, key) of every key with a comment on the line before it."""
    section, found, before = "", set(), ""
    for line in text.splitlines():
        if header := re.match(r"\[+(\w+)[.\w]*\]+", line):
            section = header[1]
        elif (key := re.match(r"(\w+) =", line)) and before.startswith("#"):
            found.add((section, key[1]))
        before = line
    return found


@pytest.mark.parametrize(("section", "key"), SECTIONS)
def test_every_setting_is_in_the_file_with_a_comment(section, key):
    assert (section, key) in commented_keys(FILE.read_text("utf-8"))


@pytest.mark.parametrize("key", [field.name for field in fields(AlertRule)])
def test_every_key_of_an_alert_has_a_comment(key):
    assert ("alerts", key) in commented_keys(FILE.read_text("utf-8"))


def test_the_file_has_no_key_that_the_settings_do_not_know():
    raw = tomllib.loads(FILE.read_text("utf-8"))
    in_file = {(s, k) for s, t in raw.items() if isinstance(t, dict) for k in keys_in(t)}
    assert in_file == set(SECTIONS)


def test_the_file_states_the_defaults():
    settings = read_settings(FILE)
    assert settings == Settings(alerts=settings.alerts)


def test_the_check_notices_a_key_without_a_comment():
    assert ("clv", "folds") not in commented_keys("[clv]\nfolds = 3\n")
