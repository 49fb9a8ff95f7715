from __future__ import annotations

import hashlib
import json

import pytest

from analytics.errors import PublishError
from analytics.publish.manifest import (
    MANIFEST_FILE,
    dumped_manifest,
    file_paths,
    loaded_manifest,
    manifest_of,
    read_manifest,
    version_of,
)


@pytest.fixture
def manifest(rendered, facts):
    return manifest_of(
        rendered(), version="2024-06-30", created="2024-07-01T06:00:00Z", facts=facts()
    )


def test_manifest_lists_every_file_sorted_with_length_and_sha256(manifest, rendered):
    tree = rendered()
    document = json.loads(dumped_manifest(manifest))
    expected = sorted(
        (
            {
                "path": path.relative_to(tree).as_posix(),
                "bytes": len(path.read_bytes()),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in tree.rglob("*")
            if path.is_file()
        ),
        key=lambda entry: entry["path"],
    )
    assert document["files"] == expected
    assert len(expected) == 6


def test_manifest_says_what_the_version_was_made_from(manifest, facts):
    document = json.loads(dumped_manifest(manifest))
    assert document["source"] == "synthetic"
    assert document["commit"] == "unknown"
    assert document["settings"] == {"currency": "USD"}
    assert list(document["packages"]) == ["numpy", "pandas"]
    assert document["identity"]["digest"] == facts().identity.digest
    assert document["identity"]["renderer"] == "embedded"
    assert document["identity"]["renderer_version"] == "0.1.0"


def test_manifest_survives_a_round_trip(manifest):
    assert loaded_manifest(dumped_manifest(manifest)) == manifest


def test_manifest_leaves_itself_out(manifest, rendered, facts):
    tree = rendered()
    (tree / MANIFEST_FILE).write_bytes(dumped_manifest(manifest))
    again = manifest_of(tree, version="2024-06-30", created=manifest.created, facts=facts())
    assert again == manifest


def test_entry_of_the_list_follows_from_the_manifest(manifest):
    entry = version_of(manifest)
    assert entry.pages == 4
    assert entry.renderer == "embedded 0.1.0"
    assert entry.manifest_digest == hashlib.sha256(dumped_manifest(manifest)).hexdigest()


def test_links_in_a_tree_are_refused(rendered):
    tree = rendered()
    (tree / "site" / "out.html").symlink_to("/etc/hostname")
    with pytest.raises(PublishError, match=r"site/out\.html: only files and folders"):
        file_paths(tree)


def test_a_folder_without_manifest_is_named(tmp_path):
    (tmp_path / "2024-06-30").mkdir()
    with pytest.raises(PublishError, match=r"2024-06-30/manifest\.json: no manifest"):
        read_manifest(tmp_path / "2024-06-30")


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"version": "../x"},
        {"identity": {"digest": "x"}},
        {"data_to": "June"},
        {"files": [{"path": "a"}]},
        {"files": None},
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(manifest, change):
    document = json.loads(dumped_manifest(manifest)) | change
    with pytest.raises(PublishError, match="the manifest cannot be read"):
        loaded_manifest(json.dumps(document).encode())


def test_an_edited_identity_is_noticed(manifest):
    document = json.loads(dumped_manifest(manifest))
    document["identity"]["data"] = "other"
    with pytest.raises(PublishError, match="not that of its parts"):
        loaded_manifest(json.dumps(document).encode())
