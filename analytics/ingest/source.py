"""A source file: what it says about a shop's exports, and where these lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from analytics.digests import content_digest, file_digest, value_digest
from analytics.errors import Place, SettingsError
from analytics.ingest.declarations import (
    check_currency,
    check_date_formats,
    check_encoding,
    check_source_name,
)
from analytics.ingest.location import distribution_file
from analytics.schema import TABLES, Table, table
from analytics.schema.tables import STATUSES
from analytics.settings import Layout, nearest_name, read_toml, typed_table

Format = Literal["csv", "whitespace", "parquet", "excel", "jsonl"]
ISO_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """How one raw file becomes one canonical table.

    Attributes
    ----------
    file : str
        Its name in the source's folder.
    format : str
        csv, whitespace (columns set apart by blanks), parquet, excel or jsonl.
    columns : dict
        Canonical column -> column of the file.
    constants : dict
        Canonical column -> the value that every row has.
    encoding, delimiter, quote : str
        Of a text file.
    decimal_mark, thousands_mark : str
        In numbers; no thousands mark where it is empty.
    sheet : str
        Sheet of a workbook; the first where it is empty.
    dates : dict
        Canonical column -> formats, as of `strptime`; ISO 8601 where none are given.
    statuses : dict
        Canonical status -> the words of the file that mean it, in any case.
    missing : tuple of str
        Words that stand for no value.
    rounded : bool
        Round amounts to the cent; else an amount with more decimals is not understood.
    free_orders : bool
        Keep orders and lines of amount zero; else they are removed.
    """

    file: str
    format: Format
    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    decimal_mark: str = "."
    thousands_mark: str = ""
    sheet: str = ""
    dates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    rounded: bool = False
    free_orders: bool = False

    @property
    def canonical(self) -> tuple[str, ...]:
        """The canonical columns that the file or a constant fills."""
        return (*self.columns, *self.constants)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SourceFile:
    title: str
    currency: str
    tables: dict[str, TableSource]
    time_zone: str = "UTC"
    folder: str = ""
    distribution: str = ""
    extra: str = ""
    synthetic: bool = False
    public: bool = False
    publish_customers: bool = False
    observation_start: date | None = None
    observation_end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A shop whose exports are described by a source file.

    Attributes
    ----------
    name : str
        Name of the source file, without its ending.
    file : Path
        The source file.
    folder : Path or None
        Where the exports lie; None where an installed distribution brings them.
    distribution, extra : str
        The distribution that brings them, and the project's extra that installs it.
    tables : mapping
        Canonical table -> how it is read.
    public : bool
        Whether its site may be deployed for anyone to see.
    publish_customers : bool
        Whether pseudonymised customer rows may be published.
    observation_start, observation_end : date or None
        First and last day covered, where they are not those of the first and last order.
    """

    name: str
    file: Path
    title: str
    currency: str
    time_zone: str
    synthetic: bool
    public: bool
    publish_customers: bool
    folder: Path | None
    distribution: str
    extra: str
    observation_start: date | None
    observation_end: date | None
    tables: Mapping[str, TableSource]

    @property
    def files(self) -> dict[str, Path]:
        """Canonical table -> the raw file that it is read from, there or not.

        Raises
        ------
        DataError
            Where the distribution that brings the files is not installed.
        """
        return {name: self._located(read.file) for name, read in self.tables.items()}

    @property
    def digest(self) -> str:
        """The digest of the source file and of the raw files that are there."""
        files = {
            name: file_digest(path) if path.is_file() else "missing"
            for name, path in self.files.items()
        }
        return value_digest({"source": content_digest(self.file.read_bytes()), "files": files})

    def _located(self, file: str) -> Path:
        if self.folder is None:
            return distribution_file(self.distribution, file, extra=self.extra)
        return self.folder / file


def read_source(name: str, layout: Layout) -> Source:
    """Read a source file.

    Parameters
    ----------
    name : str
        Name of a file in ``data/sources/``, or the path of a source file, ending in ``.toml``.
    layout : Layout
        Of the project.

    Raises
    ------
    SettingsError
        For a source that there is none of or whose name cannot be used, an unknown key, table,
        column, encoding, currency or time zone, a required column without a mapping, or date
        formats that are none or contradict each other.
    """
    given = name.endswith(".toml")
    path = Path(name) if given else layout.sources / f"{name}.toml"
    if not given and not path.is_file():
        known = sorted(file.stem for file in layout.sources.glob("*.toml"))
        nearest = nearest_name(name, known)
        hint = f"Did you mean {nearest}? " if nearest else ""
        raise SettingsError(
            f"there is no source {name}",
            remedy=f"{hint}Known here: {', '.join(known)}; or give the path of a source file.",
        )
    content = typed_table(_SourceFile, read_toml(path), file=path.name)
    check_source_name(path, layout.sources)
    _check(content, path.name)
    # A source given by path travels with its exports; the project's own lie under its root.
    base = path.parent if given else layout.root
    return Source(
        name=path.stem,
        file=path,
        title=content.title,
        currency=content.currency,
        time_zone=content.time_zone,
        synthetic=content.synthetic,
        public=content.public,
        publish_customers=content.publish_customers,
        folder=None if content.distribution else base / content.folder,
        distribution=content.distribution,
        extra=content.extra or path.stem,
        observation_start=content.observation_start,
        observation_end=content.observation_end,
        tables=content.tables,
    )


def _check(content: _SourceFile, file: str) -> None:
    def refused(message: str, remedy: str = "") -> SettingsError:
        return SettingsError(message, place=Place(file=file), remedy=remedy)

    names = [known.name for known in TABLES]
    if "transactions" not in content.tables:
        raise refused("table tables.transactions is missing", "Map at least the orders.")
    if bool(content.folder) and bool(content.distribution):
        raise refused("folder and distribution are both given", "Keep one of them.")
    if not content.title.strip():
        raise refused("title is empty", "Name the shop as its pages are to show it.")
    check_currency(content.currency, file)
    try:
        ZoneInfo(content.time_zone)
    except (KeyError, ValueError, OSError):
        raise refused(f'time_zone "{content.time_zone}" is not known') from None
    for name, read in content.tables.items():
        if name not in names:
            nearest = nearest_name(name, names)
            remedy = f"Did you mean tables.{nearest}?" if nearest else f"Known: {', '.join(names)}."
            raise refused(f"unknown table tables.{name}", remedy)
        _check_table(read, table(name), file)


def _check_table(read: TableSource, canonical: Table, file: str) -> None:
    at = f"tables.{canonical.name}"

    def refused(message: str, remedy: str = "") -> SettingsError:
        return SettingsError(message, place=Place(file=file), remedy=remedy)

    parts: dict[str, tuple[str, ...]] = {
        "columns": tuple(read.columns),
        "constants": tuple(read.constants),
        "dates": tuple(read.dates),
    }
    for part, keys in parts.items():
        for key in keys:
            if key not in canonical.names:
                nearest = nearest_name(key, canonical.names)
                known = f"Known: {', '.join(canonical.names)}."
                remedy = f"Did you mean {nearest}?" if nearest else known
                raise refused(f"unknown column {at}.{part}.{key}", remedy)
    for column in canonical.required:
        if column not in read.canonical:
            raise refused(
                f"{at}.columns does not map {column}, which is required",
                f"Add {column} = <column of {read.file}>.",
            )
    for status in read.statuses:
        if status not in STATUSES:
            known = f"Known: {', '.join(STATUSES)}."
            raise refused(f"unknown status {at}.statuses.{status}", known)
    for name in ("delimiter", "decimal_mark"):
        if len(getattr(read, name)) != 1:
            raise refused(f"{at}.{name} must be one character")
    if len(read.quote) > 1 or len(read.thousands_mark) > 1:
        raise refused(f"{at}: quote and thousands_mark are one character, or empty")
    check_encoding(f"{at}.encoding", read.encoding, file)
    for column, formats in read.dates.items():
        check_date_formats(f"{at}.dates.{column}", formats, file)
