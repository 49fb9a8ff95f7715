"""What cleaning asks of a source and of its staged tables, whoever made them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import ibis.expr.types as ir


class StagedRows(Protocol):
    """The raw files of a table, every row of them; see `analytics.ingest.StagedTable`.

    Rows have ``_file`` and ``_row``, which together name a raw row, the canonical columns, and
    ``_column _value _reason _raw`` of a cell that is not understood. Where the source declares
    them they have ``_reversal`` (whether the row reverses another) with ``_reverses`` (the order
    that it names), ``_non_product``, ``_moment`` (of several rows with one key the latest
    stands), and ``_trimmed`` and ``_signed`` (how many cells of the row had blanks or a sign of
    the currency taken off). A source with reversals also states ``reversal_status``.
    """

    @property
    def file(self) -> str:
        """Name of the raw file, or the pattern of the names of several."""

    @property
    def rows(self) -> ir.Table:
        """The rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The canonical columns."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Canonical column -> column of the file."""

    @property
    def free_orders(self) -> bool:
        """Whether amounts of zero are kept."""


def placed_rows(staged: StagedRows) -> ir.Table:
    """Return the rows, each with the file that it is in."""
    if "_file" in staged.rows.columns:
        return staged.rows
    import ibis

    return staged.rows.mutate(_file=ibis.literal(staged.file))


def reversal_status(staged: StagedRows) -> str:
    """Return the status of an order that is wholly reversed."""
    return getattr(staged, "reversal_status", None) or "cancelled"


def has_overlaps(staged: StagedRows) -> bool:
    """Return whether the rows are of several files, or sheets of one, which may overlap."""
    return bool(getattr(staged, "several", False))


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
