from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import pandas as pd
import pytest

from analytics.errors import PrivacyError
from analytics.privacy import (
    PUBLIC_KEY,
    key_fingerprint,
    pseudonym,
    pseudonyms,
    read_key,
)

KEY = b"a key that is long enough"


def test_a_pseudonym_is_the_start_of_the_keyed_hash() -> None:
    digest = hmac.new(KEY, b"000042", hashlib.sha256).digest()
    assert pseudonym("000042", KEY) == base64.b32encode(digest).decode()[:12]


def test_a_pseudonym_depends_on_the_key_and_on_every_character() -> None:
    found = {pseudonym(name, key) for name in ("42", "042") for key in (KEY, KEY + b"!")}
    assert len(found) == 4


def test_pseudonyms_keep_order_index_and_repetitions() -> None:
    ids = pd.Series(["b", "a", "b"], index=[7, 8, 9], dtype="str")
    found = pseudonyms(ids, KEY)
    assert found.index.tolist() == [7, 8, 9]
    assert found.tolist() == [pseudonym(name, KEY) for name in ("b", "a", "b")]
    assert str(found.dtype) == "str"


def test_ten_thousand_customers_have_ten_thousand_pseudonyms() -> None:
    ids = pd.Series([f"{number:06d}" for number in range(10_000)], dtype="str")
    assert pseudonyms(ids, PUBLIC_KEY).is_unique


def test_a_shared_pseudonym_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    module = sys.modules["analytics.privacy.pseudonyms"]
    monkeypatch.setattr(module, "pseudonym", lambda customer, key: customer[0])
    with pytest.raises(PrivacyError, match="same pseudonym"):
        pseudonyms(pd.Series(["ab", "ac"]), KEY)


def test_a_customer_without_an_id_is_refused() -> None:
    with pytest.raises(PrivacyError, match="without an id"):
        pseudonyms(pd.Series(["a", None]), KEY)


def test_the_synthetic_shop_has_the_public_key_whatever_is_set() -> None:
    assert read_key({"ANALYTICS_KEY": "x" * 32}, None, synthetic=True) == PUBLIC_KEY


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("f" * 32)
    file.chmod(0o600)
    assert read_key({"ANALYTICS_KEY": "e" * 32}, file, synthetic=False) == b"e" * 32
    assert read_key({}, file, synthetic=False) == b"f" * 32


def test_blanks_around_a_key_do_not_count(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"  {'f' * 32}\n")
    file.chmod(0o600)
    assert read_key({}, file, synthetic=False) == b"f" * 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text("f" * 32)
    file.chmod(mode)
    with pytest.raises(PrivacyError, match=r"others may read the key\n  Run: chmod 600"):
        read_key({}, file, synthetic=False)


def test_no_key_is_made_up(tmp_path: Path) -> None:
    file = tmp_path / "key"
    for where in (file, None):
        with pytest.raises(PrivacyError, match="there is no key"):
            read_key({}, where, synthetic=False)
    assert not file.exists()


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PrivacyError, match="shorter than 16"):
        read_key({"ANALYTICS_KEY": "secret"}, None, synthetic=False)


def test_fingerprints_tell_keys_apart_and_do_not_show_them() -> None:
    assert key_fingerprint(KEY) == key_fingerprint(KEY)
    assert key_fingerprint(KEY) != key_fingerprint(PUBLIC_KEY)
    assert len(key_fingerprint(KEY)) == 16
    assert KEY.hex()[:16] != key_fingerprint(KEY)
