"""A source file: what it says about a shop's exports, and where these lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from analytics.digests import content_digest, file_digest, value_digest
from analytics.errors import Place, SettingsError
from analytics.ingest.declarations import check_currency, check_source_name
from analytics.ingest.location import distribution_file, matching_files
from analytics.ingest.table_declarations import check_table
from analytics.ingest.table_source import ISO_FORMATS, Format, TableSource
from analytics.schema import SOURCE_TABLES, table
from analytics.settings import Layout, nearest_name, read_toml, typed_table

__all__ = ["ISO_FORMATS", "Format", "Source", "TableSource", "read_source"]


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
    confirmed: bool = True
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
    confirmed : bool
        Whether a person has read the mapping; false in what `analytics init` writes.
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
    confirmed: bool = True

    @property
    def files(self) -> dict[str, tuple[Path, ...]]:
        """Canonical table -> the raw files that it is read from, in the order of their names.

        A file that is named is there or not; a pattern that no file matches gives none.

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
            name: {path.name: file_digest(path) if path.is_file() else "missing" for path in paths}
            for name, paths in self.files.items()
        }
        return value_digest({"source": content_digest(self.file.read_bytes()), "files": files})

    def require_confirmed(self) -> None:
        """Raise SettingsError where no person has confirmed the mapping."""
        if not self.confirmed:
            raise SettingsError(
                "the mapping has not been confirmed",
                place=Place(file=str(self.file)),
                remedy="Read it and correct it, run analytics check, and then write "
                "confirmed = true at its top.",
            )

    def _located(self, file: str) -> tuple[Path, ...]:
        if self.folder is None:
            return (distribution_file(self.distribution, file, extra=self.extra),)
        return matching_files(self.folder, file)


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
        confirmed=content.confirmed,
    )


def _check(content: _SourceFile, file: str) -> None:
    def refused(message: str, remedy: str) -> SettingsError:
        return SettingsError(message, place=Place(file=file), remedy=remedy)

    names = [known.name for known in SOURCE_TABLES]
    for name in content.tables:
        if name not in names:
            nearest = nearest_name(name, names)
            remedy = f"Did you mean tables.{nearest}?" if nearest else f"Known: {', '.join(names)}."
            raise refused(f"unknown table tables.{name}", remedy)
    if "order_lines" in content.tables:
        for other in ("transactions", "transaction_items"):
            if other in content.tables:
                raise refused(
                    f"tables.order_lines and tables.{other} are both given",
                    "Order lines stand for the orders and their items: keep one of the two.",
                )
    elif "transactions" not in content.tables:
        raise refused(
            "table tables.transactions is missing",
            "Map at least the orders, or tables.order_lines where a row is an order line.",
        )
    if bool(content.folder) and bool(content.distribution):
        raise refused("folder and distribution are both given", "Keep one of them.")
    if not content.title.strip():
        raise refused("title is empty", "Name the shop as its pages are to show it.")
    check_currency(content.currency, file)
    try:
        ZoneInfo(content.time_zone)
    except (KeyError, ValueError, OSError):
        raise refused(
            f'time_zone "{content.time_zone}" is not known',
            'Write a name of the IANA database, such as "Europe/Berlin".',
        ) from None
    for name, read in content.tables.items():
        check_table(read, table(name), file)
