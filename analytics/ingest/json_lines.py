"""Lines of JSON, judged one by one."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from analytics.errors import DataError, Place
from analytics.ingest.text_file import LONGEST_ROW


def json_keys(
    path: Path, file: str, most: int | None = None, mapped: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Return the keys of the objects in a file of JSON lines, in the order of their appearance.

    Parameters
    ----------
    path : Path
        The file in UTF-8.
    file : str
        Its name, for the reader.
    most : int, optional
        Lines to look at; all by default.
    mapped : frozenset of str
        Keys, in lower case, whose values must be single ones.

    Raises
    ------
    DataError
        For the first line that is no JSON object, is too long, names a key twice, or has an
        object or a list where a single value must be.
    """
    names: dict[str, None] = {}
    row = 0

    def fault(why: str, column: str | None = None) -> DataError:
        remedy = "A file of JSON lines has one object a line."
        return DataError(why, place=Place(file=file, row=row, column=column), remedy=remedy)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = {key.lower(): value for key, value in pairs}
        if len(record) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key.lower() in seen:
                    raise fault("the object names a key more than once", key)
                seen.add(key.lower())
        return dict(pairs)

    def no_number(text: str) -> float:
        raise fault(f"the line is not JSON: {text} is no number there")

    decoder = json.JSONDecoder(
        object_pairs_hook=unique, parse_constant=no_number, parse_int=str, parse_float=str
    )
    with path.open(encoding="utf-8-sig", newline="\n") as stream:
        lines = iter(lambda: stream.readline(LONGEST_ROW + 1), "")
        for row, line in enumerate(islice(lines, most), start=1):  # noqa: B007 - told by fault
            if len(line) > LONGEST_ROW:
                raise fault("a row is longer than 8 MB")
            if not line.strip():
                continue
            try:
                record = decoder.decode(line)
            except (json.JSONDecodeError, RecursionError) as error:
                raise fault(f"the line is not JSON: {error}") from None
            if not isinstance(record, dict):
                raise fault("the line is no object")
            if "\\u" in line and _is_half_pair(record):
                raise fault("the line has half a surrogate pair, which is no character")
            for name, value in record.items():
                if isinstance(value, (dict, list)) and name.lower() in mapped:
                    raise fault("the value is an object or a list", name)
            names.update(dict.fromkeys(record))
    return tuple(names)


def _is_half_pair(record: dict[str, Any]) -> bool:
    try:
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except (UnicodeEncodeError, RecursionError):
        return True
    return False
