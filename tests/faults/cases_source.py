"""Classes of fault of the source file itself."""

from __future__ import annotations

from collections.abc import Iterator

from fault_case import FaultCase
from valid_exports import source_text

GOOD = source_text("csv")


def changed(old: str, new: str) -> bytes:
    """Return the source file with one text replaced."""
    assert old in GOOD
    return GOOD.replace(old, new, 1).encode()


def source_cases() -> Iterator[FaultCase]:
    """Yield source files that cannot be used."""

    def case(fault: str, says: str, source: bytes, **more: object) -> FaultCase:
        return FaultCase(format="toml", fault=fault, says=says, source=source, **more)  # type: ignore[arg-type]

    yield case("nothing in it", "title", b"")
    yield case("not UTF-8", "not UTF-8 & save it as UTF-8", GOOD.encode().replace(b"Shop", b"\xff"))
    yield case("UTF-16", "not UTF-8", GOOD.encode("utf-16"))
    yield case("a NUL byte", "not valid TOML", GOOD.encode().replace(b"Shop", b"\0"))
    yield case("not TOML", "not valid TOML & line 1", b"title: Shop\n")
    yield case("cut off", "not valid TOML", GOOD.encode()[:12])
    yield case("a key twice", "not valid TOML", b'title = "a"\n' + GOOD.encode())
    yield case("a table twice", "not valid TOML", GOOD.encode() + b"[tables.transactions]\n")
    yield case("a key misspelt", "unknown key currancy & currency", changed("currency", "currancy"))
    yield case("a number for a text", "title", changed('"Shop"', "1"))
    yield case("a text for a table", "tables", b'title="a"\ncurrency="EUR"\ntables="x"\n')
    yield case("no orders", "tables.transactions", b'title="a"\ncurrency="EUR"\n[tables]\n')
    yield case("an empty title", "title is empty", changed('"Shop"', '"  "'))
    yield case("no such currency", 'currency "EURO"', changed('"EUR"', '"EURO"'))
    yield case("a hostile currency", "\\x1b", changed('"EUR"', '"\\u001b[2J"'))
    yield case("an unknown format", "format", changed('format = "csv"', 'format = "dbase"'))
    yield case("an unknown table", "unknown table tables.orders", GOOD.encode() + (
        b'[tables.orders]\nfile="x"\nformat="csv"\n[tables.orders.columns]\n'))  # fmt: skip
    yield case("an unknown column", "did you mean net", changed('net = "Net"', 'nett = "Net"'))
    yield case("a required column left out", "customer_id & required", changed(
        'customer_id = "Who"', ""))  # fmt: skip
    yield case("an unknown status", "unknown status", changed("returned =", "eaten ="))
    yield case("a delimiter of two letters", "delimiter must be one character", changed(
        'format = "csv"', 'format = "csv"\ndelimiter = "::"'))  # fmt: skip
    for encoding in ("utf-99", "base64", "rot13", "hex"):
        yield case(f"encoding {encoding}", f'"{encoding}" is not known', changed(
            'format = "csv"', f'format = "csv"\nencoding = "{encoding}"'),
            kind="an encoding that is none")  # fmt: skip
    yield case(
        "no such time zone", "time_zone", changed("folder", 'time_zone = "../../etc"\nfolder')
    )
    yield case("no date format", "no date format", GOOD.encode() + (
        b'[tables.transactions.dates]\nordered_at = ["YYYY"]\n'))  # fmt: skip
    yield case("dates that contradict", "one text as two days", GOOD.encode() + (
        b'[tables.transactions.dates]\nordered_at = ["%d/%m/%Y", "%m/%d/%Y"]\n'))  # fmt: skip
    yield case("lists 5,000 deep", "not valid TOML", b"x = " + b"[" * 5_000, heavy=True)
    yield case("a number of 5,000 digits", "not valid TOML", b"x = " + b"9" * 5_000)
    yield case("2 MB", "at most 1 MB", GOOD.encode() + b"#" * 2_000_000, heavy=True)
    yield case("a day that is none", "not valid TOML", changed(
        "folder", "observation_start = 2023-02-29\nfolder"))  # fmt: skip
    yield case("folder and distribution", "both given", changed(
        "folder", 'distribution = "x"\nfolder'))  # fmt: skip
