"""What the tiers of one build share: an engine and marts, opened when first asked for."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from analytics.settings import Layout, Settings

if TYPE_CHECKING:
    from analytics.engine import Engine, EngineKind
    from analytics.marts import Marts


class Workshop:
    """Opens the engine and the marts once, and only if a stage is stale."""

    def __init__(self, layout: Layout, settings: Settings, engine: EngineKind) -> None:
        self._layout = layout
        self._settings = settings
        self._kind = engine
        self._stack = ExitStack()

    def __enter__(self) -> Workshop:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @cached_property
    def engine(self) -> Engine:
        """The engine that the settings name."""
        from analytics.engine import open_engine

        spill = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="analytics-"))
        return self._stack.enter_context(
            open_engine(
                kind=self._kind,
                memory_limit=self._settings.build.memory_limit,
                master=self._settings.spark.master,
                temporary=Path(spill),
                threads=self._settings.build.jobs,
            )
        )

    @cached_property
    def marts(self) -> Marts:
        """The marts of the clean tables."""
        from analytics.cleaning import read_clean_tables
        from analytics.marts import Marts

        return Marts(read_clean_tables(self._layout.clean, self.engine), self.engine)
