"""What cleaning asks of a source and of its staged tables, whoever made them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import ibis.expr.types as ir


class StagedRows(Protocol):
    """One raw file, every row of it; see `analytics.ingest.StagedTable`."""

    @property
    def file(self) -> str:
        """Name of the raw file."""

    @property
    def rows(self) -> ir.Table:
        """The rows: ``_row``, canonical columns, ``_column _value _reason _raw``."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The canonical columns."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Canonical column -> column of the file."""

    @property
    def free_orders(self) -> bool:
        """Whether amounts of zero are kept."""


class StagedSource(Protocol):
    """The staged tables of a source."""

    @property
    def tables(self) -> Mapping[str, StagedRows]:
        """Canonical table -> its rows."""


class SourceDescription(Protocol):
    """What a source says about itself."""

    @property
    def name(self) -> str:
        """Name of the source."""

    @property
    def title(self) -> str:
        """Title for readers."""

    @property
    def currency(self) -> str:
        """ISO code of its currency."""

    @property
    def time_zone(self) -> str:
        """IANA name of its time zone."""

    @property
    def synthetic(self) -> bool:
        """Whether it is made up."""

    @property
    def public(self) -> bool:
        """Whether its site may be deployed."""

    @property
    def observation_start(self) -> date | None:
        """First day covered, where stated."""

    @property
    def observation_end(self) -> date | None:
        """Last day covered, where stated."""
