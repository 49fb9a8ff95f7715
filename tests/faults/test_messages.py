"""Each input ends in one message with its file and place, what is wrong, and a remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import get_args

import pytest
from corpus import CASES
from fault_case import FaultCase

from analytics.cli.failures import failure_code, failure_message
from analytics.engine import Engine
from analytics.errors import AnalyticsError, ExitCode
from analytics.ingest import Source, ingest
from analytics.ingest.source import Format

LIGHT = [case for case in CASES if not case.heavy]


def check_message(case: FaultCase, message: str) -> None:
    """Assert that a message says what a case asks for, safely."""
    lines = message.split("\n")
    assert lines[0].startswith("error: ")
    assert sum(line.startswith("error: ") for line in lines) == 1
    assert all(line.startswith("  ") for line in lines[1:]), message
    assert all(line.isprintable() for line in lines), message
    assert len(message) < 3000
    shown = case.file_name.encode("unicode_escape").decode() if case.file else case.file_name
    assert shown[-100:] in message
    if case.row is not None:
        assert f"row {case.row}" in lines[0], message
    if case.column is not None:
        assert f"column {case.column}" in lines[0], message
    assert len(lines) > 1, "no remedy"
    assert lines[1].strip(), "no remedy"
    assert case.says
    for part in case.says.split(" & "):
        assert part.lower() in message.lower(), message


def test_there_are_enough_inputs_and_classes() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert len(CASES) >= 200
    kinds = {(case.format, case.kind) for case in CASES}
    assert min(Counter(format for format, _ in kinds).values()) >= 25
    assert {format for format, _ in kinds} == {*get_args(Format), "toml"}


@pytest.mark.parametrize("case", LIGHT, ids=lambda case: ascii(case.name))
def test_an_input_ends_in_one_message(
    case: FaultCase, source_of: Callable[[FaultCase], Source], engine: Engine
) -> None:
    with pytest.raises(AnalyticsError) as caught:
        ingest(source_of(case), engine)
    assert failure_code(caught.value) is ExitCode.USAGE
    assert caught.value.remedy
    check_message(case, failure_message(caught.value))
