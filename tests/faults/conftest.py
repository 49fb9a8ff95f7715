from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fault_case import FaultCase

from analytics.engine import Engine, open_engine
from analytics.ingest import Source, read_source
from analytics.settings import Layout


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for all cases: what a file does to it must not outlive the file."""
    with open_engine(temporary=tmp_path_factory.mktemp("spill"), memory_limit="512MB") as opened:
        yield opened


@pytest.fixture
def source_of(tmp_path: Path) -> Callable[[FaultCase], Source]:
    """Return the function that writes a case into a folder and reads its source file."""

    def written(case: FaultCase) -> Source:
        case.write(tmp_path)
        return read_source(str(tmp_path / "shop.toml"), Layout(root=tmp_path, source="shop"))

    return written
