from __future__ import annotations

import json

import pytest

from analytics.errors import PublishError
from analytics.publish.differences import Difference, Scalar, difference_rows, version_differences


def scalar(name, value, unit="USD", kind="descriptive.kpis"):
    return Scalar(kind=kind, name=name, value=value, unit=unit)


def changes(old, new):
    [row] = difference_rows((scalar("x", old),), (scalar("x", new),))
    return row.change, row.relative_change, row.changed


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (100, 125, (25.0, 0.25, True)),
        (-4.0, -5.0, (-1.0, -0.25, True)),
        (0, 5, (5.0, None, True)),
        (7, 7, (0.0, 0.0, False)),
        ("South", "North", (None, None, True)),
        (True, False, (None, None, True)),
        (None, 3.0, (None, None, True)),
        (None, None, (None, None, False)),
    ],
)
def test_change_is_new_minus_old(old, new, expected):
    assert changes(old, new) == expected


def test_a_changed_unit_is_not_subtracted():
    [row] = difference_rows((scalar("x", 1, "USD"),), (scalar("x", 2, "EUR"),))
    assert (row.change, row.relative_change, row.unit) == (None, None, "EUR")


def test_rows_are_sorted_and_name_what_only_one_side_has():
    old = (scalar("b", 1), scalar("gone", 2))
    new = (scalar("new", 3), scalar("b", 1), scalar("a", 5, kind="a.first"))
    rows = difference_rows(old, new)
    assert [(row.kind, row.name, row.old, row.new) for row in rows] == [
        ("a.first", "a", None, 5),
        ("descriptive.kpis", "b", 1, 1),
        ("descriptive.kpis", "gone", 2, None),
        ("descriptive.kpis", "new", None, 3),
    ]


def results(public, version, content):
    folder = public / version / "site" / "data" / "downloads"
    folder.mkdir(parents=True)
    if content is not None:
        (folder / "results.json").write_text(content)


def test_two_versions_are_compared_number_by_number(tmp_path):
    entry = {"kind": "k", "name": "net_revenue", "value": 80, "unit": "USD", "definition": "more"}
    results(tmp_path, "2024-05-31", json.dumps([entry]))
    results(tmp_path, "2024-06-30", json.dumps([entry | {"value": 100}]))
    found = version_differences(tmp_path, "2024-05-31", "2024-06-30")
    assert found.lacking == ()
    assert found.changed == (
        Difference(
            kind="k",
            name="net_revenue",
            unit="USD",
            old=80,
            new=100,
            change=20.0,
            relative_change=0.25,
            definition="more",
        ),
    )


def test_a_version_without_results_is_named(tmp_path):
    results(tmp_path, "2024-05-31", None)
    results(tmp_path, "2024-06-30", "[]")
    found = version_differences(tmp_path, "2024-05-31", "2024-06-30")
    assert (found.lacking, found.rows) == (("2024-05-31",), ())


def test_a_version_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PublishError, match="no version 2024-05-31"):
        version_differences(tmp_path, "2024-05-31", "2024-06-30")


@pytest.mark.parametrize(
    "content",
    ["{", '{"a": 1}', '[{"kind": "k"}]', "[1]", "null",
     '[{"kind": "k", "name": "n", "value": 1, "unit": ""},'
     ' {"kind": "k", "name": "n", "value": 2, "unit": ""}]'],
)  # fmt: skip
def test_results_that_cannot_be_compared_are_refused_by_name(tmp_path, content):
    results(tmp_path, "2024-05-31", content)
    results(tmp_path, "2024-06-30", "[]")
    with pytest.raises(
        PublishError, match=r"2024-05-31/site/data/downloads/results\.json: the results"
    ):
        version_differences(tmp_path, "2024-05-31", "2024-06-30")
