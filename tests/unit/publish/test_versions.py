from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import ExitCode, PublishError
from analytics.publish.versions import (
    Version,
    Versions,
    dumped_versions,
    is_version_name,
    loaded_versions,
    next_version_name,
    previous_version,
    utc_text,
    version_key,
    version_with_digest,
    with_latest,
    with_version,
)


def version(name: str, digest: str = "d") -> Version:
    return Version(
        name=name,
        data_to=date.fromisoformat(name[:10]),
        digest=digest,
        manifest_digest="m",
        created="2024-07-01T06:00:00Z",
        title=f"Headline of {name}",
        renderer="embedded 0.1.0",
        pages=3,
    )


def history(*names: str) -> Versions:
    versions = Versions(source="synthetic", title="Example Shop")
    for name in names:
        versions = with_version(versions, version(name, digest=f"digest of {name}"))
    return versions


def test_first_version_of_a_day_is_named_after_the_day():
    assert next_version_name(history("2024-05-31"), date(2024, 6, 30)) == "2024-06-30"


def test_second_edition_of_a_day_gets_r2():
    assert next_version_name(history("2024-06-30"), date(2024, 6, 30)) == "2024-06-30-r2"


def test_names_are_not_reused_where_an_edition_is_missing():
    versions = history("2024-06-30", "2024-06-30-r7")
    assert next_version_name(versions, date(2024, 6, 30)) == "2024-06-30-r8"


def test_editions_are_ordered_as_numbers():
    versions = history("2024-06-30-r10", "2024-06-30", "2024-06-30-r9", "2024-05-31-r2")
    assert versions.names == ("2024-06-30-r10", "2024-06-30-r9", "2024-06-30", "2024-05-31-r2")


@pytest.mark.parametrize(
    "name",
    ["latest", "2024-6-3", "2024-02-30", "2024-06-30-r1", "2024-06-30-r0", "2024-06-30-r02", "",
     "2024-06-30/", "../2024-06-30", "2024-06-30\n", "٢٠٢٤-06-30", "2024-06-30-r2٣"],
)  # fmt: skip
def test_other_names_are_no_versions(name):
    assert not is_version_name(name)


def test_newest_version_with_a_digest_is_found():
    versions = with_version(history("2024-05-31"), version("2024-06-30", digest="x"))
    assert version_with_digest(versions, "x") == version("2024-06-30", digest="x")
    assert version_with_digest(versions, "y") is None


def test_older_data_published_later_does_not_become_latest():
    assert history("2024-06-30", "2024-05-31").latest == "2024-06-30"


def test_a_new_edition_of_the_last_day_becomes_latest():
    assert history("2024-06-30", "2024-06-30-r2").latest == "2024-06-30-r2"


def test_returning_to_an_earlier_edition_makes_it_latest():
    versions = history("2024-06-30", "2024-06-30-r2")
    assert with_latest(versions, "2024-06-30").latest == "2024-06-30"


def test_returning_to_an_earlier_day_leaves_latest():
    assert with_latest(history("2024-05-31", "2024-06-30"), "2024-05-31").latest == "2024-06-30"


def test_latest_is_found_by_that_name():
    assert history("2024-05-31", "2024-06-30").named("latest").name == "2024-06-30"


def test_previous_version_is_the_next_older_one():
    versions = history("2024-05-31", "2024-06-30", "2024-06-30-r2")
    assert previous_version(versions, "2024-06-30-r2").name == "2024-06-30"
    assert previous_version(versions, "2024-06-30").name == "2024-05-31"
    assert previous_version(versions, "2024-05-31") is None


def test_a_version_does_not_cover_another_day_than_its_name():
    with pytest.raises(ValueError, match="does not cover"):
        Version(
            name="2024-06-30",
            data_to=date(2024, 6, 29),
            digest="d",
            manifest_digest="m",
            created="2024-07-01T06:00:00Z",
            title="t",
            renderer="r",
            pages=0,
        )


def test_created_is_written_in_utc():
    summer = timezone(timedelta(hours=2))
    assert utc_text(datetime(2024, 7, 1, 8, 0, tzinfo=summer)) == "2024-07-01T06:00:00Z"


def test_created_needs_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        utc_text(datetime(2024, 7, 1, 8, 0, tzinfo=UTC).replace(tzinfo=None))


def test_versions_json_reads_as_documented():
    document = json.loads(dumped_versions(history("2024-05-31", "2024-06-30")))
    assert document["schema"] == 1
    assert document["source"] == "synthetic"
    assert document["latest"] == "2024-06-30"
    assert [entry["name"] for entry in document["versions"]] == ["2024-06-30", "2024-05-31"]
    assert document["versions"][0]["data_to"] == "2024-06-30"


names = st.builds(
    lambda day, edition: f"{day}-r{edition}" if edition > 1 else f"{day}",
    st.dates(),
    st.integers(1, 40),
)


@given(st.lists(names, unique=True, max_size=12))
def test_versions_survive_a_round_trip(chosen):
    versions = history(*chosen)
    assert loaded_versions(dumped_versions(versions)) == versions


@given(st.lists(names, unique=True, min_size=1, max_size=12))
def test_latest_covers_the_last_day_whatever_the_order_of_publishing(chosen):
    assert history(*chosen).named("latest").data_to.isoformat() == max(chosen)[:10]


@given(st.lists(names, unique=True, max_size=12), st.dates())
def test_the_next_name_is_new_and_the_last_of_its_day(chosen, day):
    name = next_version_name(history(*chosen), day)
    assert name not in chosen
    assert all(version_key(name) > version_key(n) for n in chosen if n[:10] == str(day))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"schema": 1}', b"\xff", b'{"schema": 99, "versions": []}',
     b'{"schema": 1, "source": "s", "title": "t", "latest": "2024-06-30", "versions": []}',
     b'{"schema": 1, "source": "s", "title": "t", "latest": null, "versions": [{"name": "x"}]}',
     b'{"schema": 1, "source": "s", "title": "t", "latest": null, "versions": ["x"]}'],
)  # fmt: skip
def test_a_damaged_list_is_refused_with_a_remedy(content):
    with pytest.raises(PublishError, match=r"versions\.json: the list of versions") as caught:
        loaded_versions(content)
    assert "manifests" in caught.value.remedy
    assert caught.value.exit_code == ExitCode.USAGE


def test_a_list_out_of_order_is_refused():
    document = json.loads(dumped_versions(history("2024-05-31", "2024-06-30")))
    document["versions"].reverse()
    with pytest.raises(PublishError, match="not in order"):
        loaded_versions(json.dumps(document).encode())
