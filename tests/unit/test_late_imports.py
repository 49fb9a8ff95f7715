"""Names that a package imports when they are first asked for."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from analytics.late_imports import late_names


def test_a_name_is_imported_once_and_an_unknown_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package, home = ModuleType("shop"), ModuleType("shop.till")
    home.total = 5  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "shop", package)
    monkeypatch.setitem(sys.modules, "shop.till", home)
    found = late_names("shop", {"till": ("total",)})
    assert found("total") == 5
    assert package.total == 5
    with pytest.raises(AttributeError, match="module 'shop' has no attribute 'sum'"):
        found("sum")
