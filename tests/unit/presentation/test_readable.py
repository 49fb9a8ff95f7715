"""Texts that would break a line or turn a sentence around."""

from __future__ import annotations

from dataclasses import replace

import builders
import pandas as pd
import pytest

from analytics.presentation.readable import readable_result, readable_text
from analytics.results import Missing


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb", "a b"),
        ("a\u2028b\x00c", "a b c"),
        ("\u202eevil\u202c", "evil"),
        ("\u2067x\u2069", "x"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("<b> & =1", "<b> & =1"),
    ],
)
def test_text_keeps_all_but_breaks_and_turns(text, shown):
    assert readable_text(text) == shown


def test_result_without_such_texts_is_the_same_object():
    result = Missing(of="x", needs=("a",), because="b")
    assert readable_result(result) is result


def test_texts_of_a_result_are_readable():
    result = Missing(of="x", needs=("a",), because="first\nsecond")
    assert readable_result(result).because == "first second"


def test_frames_of_a_result_are_readable_and_numbers_stay():
    plain = builders.kpis()
    values = plain.values.assign(part=plain.values["part"] + "\u202e")
    result = readable_result(replace(plain, values=values))
    pd.testing.assert_frame_equal(result.values, plain.values)
