import errno
import json

import pytest

from analytics.cli.failures import failure_code, failure_message, report_failure
from analytics.errors import (
    AlertsRaised,
    DataError,
    ExitCode,
    Place,
    SettingsError,
    VerificationError,
)

FULL = OSError(errno.ENOSPC, "No space left on device", "public/x")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("x"), ExitCode.USAGE),
        (DataError("x"), ExitCode.USAGE),
        (AlertsRaised("x"), ExitCode.ALERTS),
        (VerificationError("x"), ExitCode.VERIFICATION),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (FULL, ExitCode.FAULT),
        (RuntimeError("x"), ExitCode.FAULT),
    ],
)
def test_each_fault_has_its_exit_code(error, code):
    assert failure_code(error) is code


def test_a_data_error_says_file_row_column_and_remedy():
    place = Place(file="orders.csv", row=3, column="Net")
    message = failure_message(DataError("12,x is no number", place=place, remedy="Correct it."))
    assert message == "error: orders.csv, row 3, column Net: 12,x is no number\n  Correct it."


def test_a_full_disk_is_said_in_words():
    assert "the disk is full (public/x)" in failure_message(FULL)


def test_an_unexpected_fault_says_how_to_see_more():
    assert "--debug" in failure_message(ZeroDivisionError("division by zero"))


def test_no_traceback_without_debug(capsys):
    report_failure(RuntimeError("boom"), debug=False)
    assert "Traceback" not in capsys.readouterr().err


def test_debug_shows_the_traceback(capsys):
    report_failure(RuntimeError("boom"), debug=True)
    assert "RuntimeError: boom" in capsys.readouterr().err.splitlines()[0]


@pytest.mark.parametrize("said", ["No space left on device", 'file "x": No space left on device'])
def test_a_full_disk_is_recognised_by_what_an_engine_says(said):
    assert "the disk is full" in failure_message(RuntimeError(said))


def test_an_engine_out_of_memory_names_the_setting():
    import duckdb

    assert "build.memory_limit" in failure_message(duckdb.OutOfMemoryException("x\n\nlong"))


def test_an_unexpected_fault_is_told_in_one_line():
    message = failure_message(ValueError("first\nsecond\nthird"))
    assert message.splitlines()[0] == "error: unexpected fault: ValueError: first"
    assert "second" not in message


def test_a_reader_of_json_gets_the_fault_as_an_object(capsys):
    report_failure(SettingsError("x"), debug=False, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "outcome": "failed",
        "code": 2,
        "message": "x",
    }


def test_standard_output_stays_empty_without_json(capsys):
    report_failure(SettingsError("x"), debug=False)
    assert capsys.readouterr().out == ""
