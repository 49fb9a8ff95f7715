import io
import json

import pytest

from analytics.cli.progress import JsonProgress, PlainProgress, stage_line


def test_a_plain_line_names_the_stage_and_its_time():
    stream = io.StringIO()
    with PlainProgress(stream).stage("render"):
        assert stream.getvalue() == ""
    name, dots, seconds, unit = stream.getvalue().split()
    assert (name, set(dots), unit) == ("render", {"."}, "s")
    assert float(seconds) >= 0


def test_a_stage_with_nothing_to_do_says_so():
    stream = io.StringIO()
    with PlainProgress(stream).stage("render") as stage:
        stage.unchanged()
    assert stream.getvalue().rstrip().endswith("nothing to do")


def test_json_progress_writes_one_object_a_stage():
    stream = io.StringIO()
    progress = JsonProgress(stream)
    with progress.stage("clean"):
        pass
    with progress.stage("render") as stage:
        stage.unchanged()
    records = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(r["stage"], r["unchanged"]) for r in records] == [("clean", False), ("render", True)]


def test_a_failing_stage_writes_no_line():
    stream = io.StringIO()
    with pytest.raises(RuntimeError), PlainProgress(stream).stage("render"):
        raise RuntimeError
    assert stream.getvalue() == ""


def test_lines_of_different_stages_align():
    assert len(stage_line("a", 1, False)) == len(stage_line("a longer stage", 100, False))
