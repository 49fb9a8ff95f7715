"""The SELECT that renames and types the rows of a raw file, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.ingest.conversion import (
    Conversion,
    conversion,
    exact_amount,
    hashed_text,
    moment,
    native,
    text_of,
    word_sql,
)
from analytics.ingest.quoting import list_sql, name_sql, text_sql
from analytics.ingest.raw_relation import ROW, RawFile
from analytics.ingest.table_declarations import product_pattern, word_key
from analytics.ingest.table_source import TableSource
from analytics.schema import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One column on its way from text to value, as SQL."""

    name: str
    shown: str
    source: str
    text: str
    how: Conversion
    is_text: bool

    @property
    def is_wrong(self) -> str:
        return f"({self.text} IS NOT NULL AND {name_sql(self.name)} IS NULL)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _RawCells:
    """Where the cells of a raw file stand in the SELECT."""

    raw: RawFile
    read: TableSource

    def shown(self, header: str) -> str:
        """Return a column's name as the file writes it."""
        return next(name for name in self.raw.names if name.lower() == header.lower())

    def cell(self, header: str) -> str:
        """Return the SQL of a cell as the file has it."""
        return f"_raw{self.raw.names.index(self.shown(header))}"

    def kind(self, header: str) -> str:
        """Return DuckDB's type of a column."""
        return self.raw.kinds.get(self.shown(header), "VARCHAR")

    def text(self, header: str) -> str:
        """Return the SQL of a cell's trimmed text."""
        cell = self.cell(header)
        return text_of(
            cell if self.kind(header) == "VARCHAR" else f"CAST({cell} AS VARCHAR)", self.read
        )


def derives_id(canonical: Table, read: TableSource) -> bool:
    """Return whether rows are given ids, as the file has none."""
    return canonical.name == "transactions" and "transaction_id" not in read.canonical


def _cells(
    canonical: Table, read: TableSource, raw: RawFile, *, currency: str, time_zone: str
) -> list[_Cell]:
    raws = _RawCells(raw=raw, read=read)
    cells = []
    for number, column in enumerate(canonical.columns):
        text, kind = f"_text{number}", "VARCHAR"
        if column.name in read.constants:
            shown, source = column.name, text_sql(read.constants[column.name])
        elif column.name in read.columns:
            header = read.columns[column.name]
            shown, source, kind = raws.shown(header), raws.cell(header), raws.kind(header)
        else:
            continue
        how = native(column, source, kind)
        is_text = how is None
        if how is None:
            how = conversion(
                column, text, read, typed=raw.typed, currency=currency, time_zone=time_zone
            )
            source = text_of(source if kind == "VARCHAR" else f"CAST({source} AS VARCHAR)", read)
        cells.append(
            _Cell(name=column.name, shown=shown, source=source, text=text, how=how, is_text=is_text)
        )
    if read.latest_by:
        how = moment(
            "timestamp", "_latest", read.latest_by_formats, typed=raw.typed, time_zone=time_zone
        )
        shown, source = raws.shown(read.latest_by), raws.text(read.latest_by)
        cells.append(
            _Cell(name="_moment", shown=shown, source=source, text="_latest", how=how, is_text=True)
        )
    return cells


def _marks(
    canonical: Table, read: TableSource, cells: list[_Cell], raws: _RawCells
) -> dict[str, str]:
    """Return staged column -> SQL of what is said of a row besides its canonical columns."""
    text = {cell.name: cell.text for cell in cells}
    value = {cell.name: name_sql(cell.name) for cell in cells}
    marks = {}
    back = read.reversals
    if back is not None:
        told = []
        if back.marker:
            plain = f"CAST({text['transaction_id']} AS VARCHAR)"
            told.append(f"regexp_matches({plain}, {text_sql(back.marker)})")
        if back.words:
            told.append(_among(text["status"], back.words))
        if back.by_sign:
            told += [f"{value[name]} < 0" for name in ("net", "quantity") if name in value]
        marks["_reversal"] = _any(told)
        if back.reference:
            named = raws.text(back.reference)
            marks["_reverses"] = hashed_text(named) if "transaction_id" in read.hashed else named
    if read.non_products:
        told = []
        patterns = [product_pattern(code) for code in read.non_products]
        plain = f"CAST({text['product_id']} AS VARCHAR)"
        codes = [c for c, p in zip(read.non_products, patterns, strict=True) if p is None]
        if codes:
            told.append(_among(plain, codes))
        told += [f"regexp_matches({plain}, {text_sql(f'(?i){each}')})" for each in patterns if each]
        marks["_non_product"] = _any(told)
    if read.latest_by:
        # A row that repeats the key and says nothing else is not the latest that is known.
        keys = {read.columns[key].lower() for key in canonical.key if key in read.columns}
        said = [
            value[name]
            for name, header in read.columns.items()
            if header.lower() not in keys and name in value
        ]
        if said:
            marks["_moment"] = (
                f"CASE WHEN coalesce({', '.join(_texts(said))}) IS NOT NULL THEN _moment END"
            )
    return marks


def _texts(values: Iterable[str]) -> list[str]:
    return [f"CAST({value} AS VARCHAR)" for value in values]


def _any(conditions: list[str]) -> str:
    return " OR ".join(f"coalesce({each}, false)" for each in conditions) or "false"


def _among(text: str, words: Iterable[str]) -> str:
    keys = dict.fromkeys(word_key(word) for word in words)
    return f"list_contains({list_sql(keys)}, {word_sql(text)})"


def _count(conditions: list[str]) -> str:
    counted = [f"coalesce(CAST(({each}) AS TINYINT), 0)" for each in conditions]
    return f"CAST({' + '.join(counted) or '0'} AS INTEGER)"


def _computed_net(cells: list[_Cell], read: TableSource, currency: str) -> str:
    found = {cell.name: cell for cell in cells}
    value = {name: name_sql(name) for name in found}
    price = value["unit_price"]
    if found["unit_price"].is_text and read.rounded:
        # A price of .042 a piece is rounded when it has been paid a thousand times.
        price = exact_amount(found["unit_price"].text, read, currency)
    discount = f" - coalesce({value['discount']}, 0)" if "discount" in value else ""
    pieces = f"TRY_CAST({value['quantity']} AS DECIMAL(12, 0))"
    return f"TRY_CAST({pieces} * {price}{discount} AS DECIMAL(18, 2))"


def staging_sql(
    canonical: Table,
    read: TableSource,
    raw: RawFile,
    *,
    file: str,
    currency: str,
    time_zone: str,
) -> str:
    """Return the SELECT of a raw file's staged rows.

    Parameters
    ----------
    canonical : Table
        What the rows become.
    read : TableSource
        How they are read.
    raw : RawFile
        The rows as the file has them.
    file : str
        What `_file` is in every row.
    currency, time_zone : str
        Of the source.
    """
    cells = _cells(canonical, read, raw, currency=currency, time_zone=time_zone)
    raws = _RawCells(raw=raw, read=read)
    checked = [cell for cell in cells if cell.how.reason]
    texts = [f"{cell.source} AS {cell.text}" for cell in cells]
    values = {cell.name: f"{cell.how.value} AS {name_sql(cell.name)}" for cell in cells}
    known = [name for name in canonical.names if name in values]
    computed = ""
    if read.computes_net and canonical.name in ("transaction_items", "order_lines"):
        computed = f', {_computed_net(cells, read, currency)} AS "net"'
        known = [name for name in canonical.names if name in values or name == "net"]
        cells_of_net = [
            *cells,
            _Cell(
                name="net",
                shown="",
                source="",
                text="",
                is_text=False,
                how=Conversion(value="", reason=""),
            ),
        ]
    else:
        cells_of_net = cells
    if derives_id(canonical, read):
        # Rows that are alike get their numbers when all files of the table are there.
        parts = ", ".join(f"coalesce(CAST({cell.text} AS VARCHAR), chr(30))" for cell in cells)
        values["transaction_id"] = f'md5(concat_ws(chr(31), {parts})) AS "transaction_id"'
        known = [name for name in canonical.names if name in values]
    marks = _marks(canonical, read, cells_of_net, raws)
    marks["_trimmed"] = _count(
        [
            f"strlen({_plain(read, raws, cell)}) <> strlen({cell.text})"
            for cell in cells
            if cell.is_text and cell.name in read.columns
        ]
    )
    marks["_signed"] = _count(
        [
            f"({cell.how.signed}) AND {name_sql(cell.name)} IS NOT NULL"
            for cell in cells
            if cell.is_text and cell.how.signed
        ]
    )
    carried = ", ".join(cell.text for cell in cells)
    faults = " ".join(f"WHEN {cell.is_wrong} THEN {n}" for n, cell in enumerate(checked))

    def of_fault(parts: list[str]) -> str:
        cases = " ".join(f"WHEN {n} THEN {part}" for n, part in enumerate(parts))
        return f"CASE _fault {cases} END" if parts else "CAST(NULL AS VARCHAR)"

    cells_of_raw = [f"_raw{number}" for number in range(len(raw.names))]
    both = list(zip(raw.names, cells_of_raw, strict=True))
    renamed = ", ".join(f"{name_sql(name)} AS {cell}" for name, cell in both)
    record = ", ".join(f"{text_sql(name)}: {cell}" for name, cell in both)
    kept = ", ".join(cells_of_raw)
    staged = ", ".join(
        [name_sql(name) for name in known] + [f"{s} AS {n}" for n, s in marks.items()]
    )
    return (
        f"WITH raw AS (SELECT {name_sql(ROW)} AS _row, {renamed} FROM ({raw.sql})), "
        f"texts AS (SELECT _row, {kept}, {', '.join(texts)} FROM raw), "
        f"typed AS (SELECT _row, {kept}, {carried}, {', '.join(values.values())} FROM texts), "
        f"checked AS (SELECT *{computed}, CASE {faults or 'WHEN false THEN 0'} END AS _fault "
        "FROM typed) "
        f"SELECT {text_sql(file)} AS _file, _row, {staged}, "
        f"{of_fault([text_sql(cell.shown) for cell in checked])} AS _column, "
        f"{of_fault([f'CAST({cell.text} AS VARCHAR)' for cell in checked])} AS _value, "
        f"{of_fault([text_sql(cell.how.reason) for cell in checked])} AS _reason, "
        f"CASE WHEN _fault IS NOT NULL THEN CAST(to_json({{{record}}}) AS VARCHAR) END AS _raw "
        "FROM checked"
    )


def _plain(read: TableSource, raws: _RawCells, cell: _Cell) -> str:
    header = read.columns[cell.name]
    plain = raws.cell(header)
    return plain if raws.kind(header) == "VARCHAR" else f"CAST({plain} AS VARCHAR)"


def numbered_sql(staged: str) -> str:
    """Return the SELECT that tells rows that are alike apart by their occurrence.

    Parameters
    ----------
    staged : str
        SQL of all staged rows of a table whose ids are derived.
    """
    return (
        "SELECT * REPLACE (transaction_id || '-' || row_number() OVER "
        f"(PARTITION BY transaction_id ORDER BY _file, _row) AS transaction_id) FROM ({staged})"
    )
