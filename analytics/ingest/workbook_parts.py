"""The parts of an Excel workbook beside its cells: sheets, shared texts, formats of dates.

A part is XML in a ZIP archive. It is read as a stream, within stated limits, without entities
and without leaving the archive.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from analytics.errors import DataError, Place

# A megabyte of blanks packs a thousand to one; the cells of real workbooks 5 to 50 to one.
LARGEST_WORKBOOK, LARGEST_TEXTS, LARGEST_PART = 1 << 30, 1 << 27, 1 << 24
LARGEST_RATIO, RATIO_FROM = 200, 1 << 25
LONGEST_CELL = 1 << 20
_PIECE = 1 << 18
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NO_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|general', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """A sheet: its name, whether it is shown, and the part that holds its cells."""

    name: str
    visible: bool
    part: str


@dataclass(slots=True)
class PartReader:
    """What is told of the tags of a part; prefixes of namespaces are left out."""

    file: str

    def start(self, tag: str, values: dict[str, str]) -> None:
        """Take the start of an element and its attributes."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""

    def text(self, piece: str) -> None:
        """Take a piece of text."""


def damaged(file: str, what: str = "the workbook is damaged", row: int | None = None) -> DataError:
    """Return the error for a workbook that breaks its own rules."""
    return DataError(
        what, place=Place(file=file, row=row), remedy="Open it in a spreadsheet and save it again."
    )


def checked_archive(archive: zipfile.ZipFile, file: str) -> None:
    """Raise DataError where an archive would unpack to more than a workbook may hold."""
    unpacked = packed = 0
    for entry in archive.infolist():
        unpacked, packed = unpacked + entry.file_size, packed + entry.compress_size
        if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
            raise damaged(file, "the workbook has an entry that leads out of it")
        if entry.flag_bits & 1:
            raise damaged(file, "the workbook is encrypted")
    swollen = unpacked > RATIO_FROM and unpacked > LARGEST_RATIO * max(packed, 1)
    if unpacked > LARGEST_WORKBOOK or swollen:
        raise DataError(
            f"the workbook unpacks to {unpacked / 1e6:,.0f} MB, from {packed / 1e6:,.1f} MB",
            place=Place(file=file),
            remedy=f"At most {LARGEST_WORKBOOK >> 20} MB and {LARGEST_RATIO} to one are read: "
            "export the table as CSV.",
        )


def read_part(
    archive: zipfile.ZipFile, name: str, reader: PartReader, *, largest: int = LARGEST_PART
) -> Iterator[None]:
    """Parse a part piece by piece, telling `reader` of its tags; yields after each piece.

    Raises
    ------
    DataError
        Where the part is missing, larger than `largest` bytes, or declares entities.
    """

    def no_doctype(*_: object) -> None:
        raise damaged(reader.file, "the workbook declares entities, which no spreadsheet does")

    try:
        entry = archive.getinfo(name)
    except KeyError:
        raise damaged(reader.file, f"the workbook lacks its part {name}") from None
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = lambda tag, values: reader.start(tag.rpartition(":")[2], values)
    parser.EndElementHandler = lambda tag: reader.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = reader.text
    unpacked = 0
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            unpacked += len(piece)
            if unpacked > largest:
                raise damaged(reader.file, f"the part {name} has more than {largest >> 20} MB")
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield


def _read_whole(archive: zipfile.ZipFile, name: str, reader: PartReader, largest: int) -> None:
    for _ in read_part(archive, name, reader, largest=largest):
        pass


@dataclass(slots=True)
class _Relations(PartReader):
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "Relationship" and values.get("TargetMode") != "External":
            kind = values.get("Type", "").rpartition("/")[2]
            self.targets[values.get("Id", "")] = (kind, values.get("Target", ""))


@dataclass(slots=True)
class _Sheets(PartReader):
    found: list[tuple[str, bool, str]] = field(default_factory=list)
    from_1904: bool = False

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "workbookPr":
            self.from_1904 = values.get("date1904", "0").lower() in ("1", "true", "on")
        elif tag == "sheet":
            identity = next((v for k, v in values.items() if k.rpartition(":")[2] == "id"), "")
            shown = values.get("state", "visible") == "visible"
            self.found.append((values.get("name", ""), shown, identity))


@dataclass(slots=True)
class _Styles(PartReader):
    codes: dict[str, str] = field(default_factory=dict)
    inside: bool = False
    dates: list[bool] = field(default_factory=list)

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "numFmt":
            self.codes[values.get("numFmtId", "")] = values.get("formatCode", "")
        elif tag == "cellXfs":
            self.inside = True
        elif tag == "xf" and self.inside:
            self.dates.append(self._is_date(values.get("numFmtId", "0")))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self.inside = False

    def _is_date(self, number: str) -> bool:
        if number not in self.codes:
            return number.isdecimal() and len(number) < 4 and int(number) in _DATES
        code = self.codes[number][:256]
        elapsed = re.search(r"\[[hms]+\]", code, re.IGNORECASE)
        return not elapsed and bool(re.search("[dmyhs]", _NO_DATE.sub("", code), re.IGNORECASE))


@dataclass(slots=True)
class _Texts(PartReader):
    texts: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    taken: bool = False
    phonetic: bool = False

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "si":
            self.parts = []
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "t":
            self.taken = not self.phonetic

    def end(self, tag: str) -> None:
        if tag == "si":
            self.texts.append("".join(self.parts))
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "t":
            self.taken = False

    def text(self, piece: str) -> None:
        if self.taken:
            self.parts.append(piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookParts:
    """What a workbook says of all its sheets.

    Attributes
    ----------
    sheets : tuple of SheetPart
        Sheets of cells, in the order of their tabs.
    texts : list of str
        The shared texts that cells name by number.
    dates : list of bool
        For each style of cells, whether it shows a number as a date.
    from_1904 : bool
        Whether days are counted from 1904.
    """

    sheets: tuple[SheetPart, ...]
    texts: list[str]
    dates: list[bool]
    from_1904: bool


def workbook_parts(archive: zipfile.ZipFile, path: Path) -> WorkbookParts:
    """Return the sheets, shared texts and styles of a workbook.

    Raises
    ------
    DataError
        Where the archive is no workbook.
    """
    file = path.name
    main = _main_part(archive, file)
    folder = posixpath.dirname(main)
    relations = _relations(archive, main, file)
    found, from_1904 = _sheets(archive, main, relations, file)
    texts, styles = _Texts(file), _Styles(file)
    for kind, target in relations.values():
        if kind == "sharedStrings":
            _read_whole(archive, _inside(folder, target), texts, LARGEST_TEXTS)
        elif kind == "styles":
            _read_whole(archive, _inside(folder, target), styles, LARGEST_PART)
    return WorkbookParts(sheets=found, texts=texts.texts, dates=styles.dates, from_1904=from_1904)


def sheet_parts(archive: zipfile.ZipFile, path: Path) -> tuple[SheetPart, ...]:
    """Return the sheets of cells of a workbook; DataError where the archive is no workbook."""
    main = _main_part(archive, path.name)
    return _sheets(archive, main, _relations(archive, main, path.name), path.name)[0]


def _sheets(
    archive: zipfile.ZipFile, main: str, relations: dict[str, tuple[str, str]], file: str
) -> tuple[tuple[SheetPart, ...], bool]:
    """Return the sheets, and whether days are counted from 1904."""
    sheets = _Sheets(file)
    _read_whole(archive, main, sheets, LARGEST_PART)
    folder = posixpath.dirname(main)
    found = tuple(
        SheetPart(name=name, visible=shown, part=_inside(folder, relations[identity][1]))
        for name, shown, identity in sheets.found
        if relations.get(identity, ("", ""))[0] == "worksheet"
    )
    if not found:
        raise damaged(file, "the workbook has no sheet of cells")
    return found, sheets.from_1904


def _main_part(archive: zipfile.ZipFile, file: str) -> str:
    names = set(archive.namelist())
    if "_rels/.rels" in names:
        for kind, target in _relations(archive, "", file).values():
            if kind == "officeDocument" and target.endswith(".xml"):
                return _inside("", target)
    if "xl/workbook.xml" not in names:
        raise DataError(
            "the file is not an Excel workbook (.xlsx)",
            place=Place(file=file),
            remedy="Save it as .xlsx, or correct format in the source file.",
        )
    return "xl/workbook.xml"


def _relations(archive: zipfile.ZipFile, part: str, file: str) -> dict[str, tuple[str, str]]:
    folder, name = posixpath.split(part)
    relations = _Relations(file)
    _read_whole(archive, posixpath.join(folder, "_rels", f"{name}.rels"), relations, LARGEST_PART)
    return relations.targets


def _inside(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
