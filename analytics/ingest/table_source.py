"""How one canonical table is read from raw files: what `[tables.<name>]` may say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Format = Literal["csv", "whitespace", "parquet", "excel", "jsonl", "duckdb", "sqlite"]
DATABASES: tuple[Format, ...] = ("duckdb", "sqlite")
ISO_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
)
ZONED_FORMATS = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y-%m-%d %H:%M:%S.%f%z",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S.%fZ",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversals:
    """Rows that take back what an earlier row says.

    Attributes
    ----------
    status : str
        What an order becomes that is wholly taken back: cancelled or returned.
    marker : str
        Regular expression that is found in the id of an order that reverses another.
    reference : str
        Column of the file with the id of the order that is reversed.
    words : tuple of str
        Words of the status that mark a row that reverses, in any case.
    """

    status: Literal["cancelled", "returned"] = "cancelled"
    marker: str = ""
    reference: str = ""
    words: tuple[str, ...] = ()

    @property
    def by_sign(self) -> bool:
        """Whether a row reverses where its amount or quantity is negative."""
        return not self.marker and not self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """How raw files become one canonical table.

    Attributes
    ----------
    file : str
        Its name in the source's folder, or a pattern (``orders-*.csv``) of several.
    format : str
        csv, whitespace (columns set apart by blanks), parquet, excel, jsonl, duckdb or sqlite.
    columns : dict
        Canonical column -> column of the file.
    constants : dict
        Canonical column -> the value that every row has.
    encoding, delimiter, quote : str
        Of a text file.
    decimal_mark, thousands_mark : str
        In numbers; no thousands mark where it is empty.
    header : tuple of str
        Names of the columns of a text file that has no header.
    sheet : str or tuple of str
        Sheet of a workbook, a pattern (``Year *``) of several, or a list of both; the first
        sheet where it is empty.
    table, query : str
        Table of a database, or a SELECT; one of them.
    query_seconds : int
        Seconds that a database may take, beside one for every 20 MB of its file.
    dates : dict
        Canonical column -> formats, as of `strptime`; ISO 8601 where none are given.
    statuses : dict
        Canonical status -> the words of the file that mean it, in any case.
    words : dict
        Canonical column -> value -> the words of the file that mean it, in any case. Other
        texts stay as they are.
    missing : tuple of str
        Words that stand for no value.
    rounded : bool
        Round amounts to the cent; else an amount with more decimals is not understood.
    free_orders : bool
        Keep orders and lines of amount zero; else they are removed.
    reversals : Reversals or None
        How rows are told that reverse others.
    non_products : tuple of str
        Ids of what is no product, such as postage, in any case; between slashes a regular
        expression that is found in the id.
    latest_by : str
        Column of the file by which of several rows with one key the latest is kept.
    latest_by_formats : tuple of str
        Formats of that column, as of dates.
    hashed : tuple of str
        Canonical columns whose texts are replaced by the beginning of their SHA-256.
    currency_column : str
        Column of the file that names the currency of the row.
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
    header: tuple[str, ...] = ()
    sheet: str | tuple[str, ...] = ""
    table: str = ""
    query: str = ""
    query_seconds: int = 5
    dates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    rounded: bool = False
    free_orders: bool = False
    reversals: Reversals | None = None
    non_products: tuple[str, ...] = ()
    latest_by: str = ""
    latest_by_formats: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    currency_column: str = ""

    @property
    def canonical(self) -> tuple[str, ...]:
        """The canonical columns that the file or a constant fills."""
        return (*self.columns, *self.constants)

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets, or patterns of sheets, that are named."""
        if isinstance(self.sheet, str):
            return (self.sheet,) if self.sheet else ()
        return self.sheet

    @property
    def computes_net(self) -> bool:
        """Whether a line's amount is its quantity times its price, less its discount."""
        return "net" not in self.canonical and {"quantity", "unit_price"} <= set(self.canonical)

    @property
    def further(self) -> dict[str, str]:
        """Key -> column of the file that is read besides the mapped ones."""
        named = {"latest_by": self.latest_by, "currency_column": self.currency_column}
        if self.reversals is not None:
            named["reversals.reference"] = self.reversals.reference
        return {key: header for key, header in named.items() if header}
