"""The store of a small shop, written once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import builders


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return builders.write_small_shop(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def orders_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return builders.write_orders_alone(tmp_path_factory.mktemp("alone"))
