import json

import pytest

from analytics.errors import PrivacyError
from analytics.pipeline.personal import refuse_other_key
from analytics.privacy import key_fingerprint

OURS, THEIRS = b"our key, sixteen or more", b"another key, long enough"


def publish(public, version, key):
    folder = public / version / "site" / "data" / "downloads"
    folder.mkdir(parents=True)
    scalar = {
        "kind": "data.privacy",
        "name": "pseudonym_key",
        "value": key_fingerprint(key),
        "unit": "",
    }
    (folder / "results.json").write_text(json.dumps([scalar]))


def test_rows_under_another_key_are_refused_beside_published_ones(tmp_path):
    publish(tmp_path, "2024-06-30", THEIRS)
    with pytest.raises(PrivacyError, match=r"version 2024-06-30 .* another key"):
        refuse_other_key(tmp_path, OURS)


def test_rows_under_the_same_key_are_not_refused(tmp_path):
    publish(tmp_path, "2024-06-30", OURS)
    refuse_other_key(tmp_path, OURS)


def test_a_version_without_customer_rows_goes_beside_any(tmp_path):
    publish(tmp_path, "2024-06-30", THEIRS)
    refuse_other_key(tmp_path, None)


def test_an_empty_tree_takes_any_key(tmp_path):
    refuse_other_key(tmp_path / "nowhere", OURS)
