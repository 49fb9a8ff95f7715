from __future__ import annotations

import hashlib
import os
from dataclasses import fields, replace

import pytest

from analytics.digests import file_digest, tree_digest
from analytics.publish.identity import Identity

IDENTITY = Identity(
    data="a",
    package="b",
    documents="c",
    settings="d",
    lock="e",
    renderer="embedded",
    renderer_version="1",
)


@pytest.mark.parametrize("part", [field.name for field in fields(Identity)])
def test_every_part_changes_the_identity(part):
    assert replace(IDENTITY, **{part: "other"}).digest != IDENTITY.digest


def test_parts_are_not_confused_with_one_another():
    swapped = replace(IDENTITY, data=IDENTITY.package, package=IDENTITY.data)
    assert swapped.digest != IDENTITY.digest


def test_identity_is_the_same_in_every_process():
    expected = (
        '{"data": "a", "documents": "c", "lock": "e", "package": "b", "renderer": "embedded", '
        '"renderer_version": "1", "settings": "d"}'
    )
    assert IDENTITY.digest == hashlib.sha256(expected.encode()).hexdigest()


def test_file_digest_is_sha256(tmp_path):
    (tmp_path / "x").write_bytes(b"abc" * 100_000)
    assert file_digest(tmp_path / "x") == hashlib.sha256(b"abc" * 100_000).hexdigest()


def tree(folder, **contents):
    for name, content in contents.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def test_tree_digest_does_not_depend_on_place_time_and_order(tmp_path):
    one = tree(tmp_path / "one", a="1", sub__b="2")
    two = tree(tmp_path / "two", sub__b="2", a="1")
    os.utime(two / "a", (0, 0))
    assert tree_digest(one) == tree_digest(two)
    assert tree_digest(one, ("a", "sub/*")) == tree_digest(one, ("sub/*", "a", "a"))


@pytest.mark.parametrize(
    "contents",
    [{"a": "1", "sub__b": "3"}, {"a": "1", "sub__c": "2"}, {"a": "1"}, {"a": "1", "b": "2"}],
)
def test_tree_digest_changes_with_content_name_and_place(tmp_path, contents):
    before = tree_digest(tree(tmp_path / "one", a="1", sub__b="2"))
    assert tree_digest(tree(tmp_path / "two", **contents)) != before


def test_only_matching_files_count(tmp_path):
    one = tree(tmp_path / "one", a="1")
    before = tree_digest(one, ("a",))
    tree(one, b="2", __pycache__="x")
    assert tree_digest(one, ("a",)) == before


def test_compiled_files_do_not_count(tmp_path):
    one = tree(tmp_path / "one", a="1")
    before = tree_digest(one)
    (one / "__pycache__").mkdir()
    (one / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert tree_digest(one) == before


def test_a_missing_folder_has_no_digest(tmp_path):
    with pytest.raises(FileNotFoundError):
        tree_digest(tmp_path / "nothing")
