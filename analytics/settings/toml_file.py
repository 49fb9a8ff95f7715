"""TOML into frozen dataclasses: unknown keys, wrong types and odd values are named errors."""

from __future__ import annotations

import difflib
import stat
import tomllib
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from analytics.errors import Place, SettingsError
from analytics.settings.limits import checked_settings
from analytics.settings.model import Settings

T = TypeVar("T")
_LARGEST = 1 << 20


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, or None where none is like it."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    SettingsError
        Where the file is missing, no ordinary file, too large, not UTF-8 or not TOML.
    """
    try:
        found = path.stat()
        # A pipe would be waited for.
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            raise SettingsError(
                f"the file is no ordinary file of at most {_LARGEST >> 20} MB",
                place=Place(file=str(path)),
                remedy="Name a TOML file.",
            )
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            "the file does not exist",
            place=Place(file=str(path)),
            remedy="Check its name and folder.",
        ) from None
    except OSError as error:
        raise SettingsError(
            f"the file cannot be read: {error.strerror}",
            place=Place(file=str(path)),
            remedy="Name a TOML file that may be read.",
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"the file is not UTF-8 (byte {error.start})",
            place=Place(file=str(path)),
            remedy="Save it as UTF-8.",
        ) from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # whole numbers of 5,000 digits, nested lists
        raise SettingsError(
            f"not valid TOML: {error}",
            place=Place(file=str(path)),
            remedy="Correct the line; texts stand between quotes.",
        ) from None


def read_settings(path: Path) -> Settings:
    """Read `analytics.toml`; SettingsError names the file and the key that is wrong."""
    settings = typed_table(Settings, read_toml(path), file=path.name)
    return checked_settings(settings, file=path.name)


def typed_table(kind: type[T], data: Mapping[str, Any], *, file: str, at: str = "") -> T:
    """Return the dataclass `kind` filled from a TOML table.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are str, int, float, bool, date, Literal, an optional of
        these, tuples or dicts of these, dataclasses of the same sort, or a union of one of
        these with a tuple, which a list is read as.
    data : mapping
        The table.
    file : str
        Named in errors.
    at : str
        Dotted path of the table in the file, named in errors.

    Raises
    ------
    SettingsError
        For a key that `kind` does not have (naming the nearest), a missing key, or a value
        of the wrong type.
    """
    hints = get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for key in data:
        if key not in known:
            raise _unknown_key(key, known, file, at)
    values: dict[str, Any] = {}
    for name, field in known.items():
        path = f"{at}.{name}" if at else name
        if name in data:
            values[name] = _value(hints[name], data[name], file, path)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise SettingsError(
                f"key {path} is missing", place=Place(file=file), remedy=f"Add {path} = ..."
            )
    return kind(**values)


def _unknown_key(key: str, known: Iterable[str], file: str, at: str) -> SettingsError:
    nearest = nearest_name(key, known)
    prefix = f"{at}." if at else ""
    remedy = (
        f"Did you mean {prefix}{nearest}?"
        if nearest
        else f"Known here: {', '.join(sorted(known))}."
    )
    return SettingsError(f"unknown key {prefix}{key}", place=Place(file=file), remedy=remedy)


def _value(hint: Any, raw: Any, file: str, path: str) -> Any:
    origin = get_origin(hint)
    arguments = get_args(hint)
    if origin in (Union, types.UnionType):
        inner = [argument for argument in arguments if argument is not type(None)]
        lists = [argument for argument in inner if get_origin(argument) is tuple]
        chosen = lists if lists and isinstance(raw, list) else inner
        return _value(chosen[0], raw, file, path)
    if origin is Literal:
        if raw in arguments:
            return raw
        raise _wrong(path, raw, "one of " + ", ".join(f'"{a}"' for a in arguments), file)
    if origin is tuple:
        if not isinstance(raw, list):
            raise _wrong(path, raw, "a list", file)
        return tuple(_value(arguments[0], item, file, f"{path}[{i}]") for i, item in enumerate(raw))
    if origin is dict:
        if not isinstance(raw, dict):
            raise _wrong(path, raw, "a table", file)
        return {key: _value(arguments[1], item, file, f"{path}.{key}") for key, item in raw.items()}
    if is_dataclass(hint):
        if not isinstance(raw, dict):
            raise _wrong(path, raw, "a table", file)
        return typed_table(hint, raw, file=file, at=path)  # type: ignore[arg-type]
    return _scalar(hint, raw, file, path)


def _scalar(hint: Any, raw: Any, file: str, path: str) -> Any:
    if hint is bool and isinstance(raw, bool):
        return raw
    if hint is int and isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if hint is float and isinstance(raw, int | float) and not isinstance(raw, bool):
        if raw != raw or raw in (float("inf"), float("-inf")):
            raise _wrong(path, raw, "a finite number", file)
        return float(raw)
    if hint is str and isinstance(raw, str):
        return raw
    if hint is date and isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
    raise _wrong(path, raw, names.get(hint, "a date such as 2022-07-01"), file)


def _wrong(path: str, raw: Any, expected: str, file: str) -> SettingsError:
    shown = f'"{raw}"' if isinstance(raw, str) else str(raw)
    return SettingsError(
        f"{path} must be {expected}, not {shown}",
        place=Place(file=file),
        remedy=f"Correct the value of {path}.",
    )
