"""Shortcodes in prose: `{{< meta key >}}` and `{{< var key >}}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from analytics.errors import DocumentError, Place

_SHORTCODE = re.compile(r"\{\{\{<(?P<escaped>.*?)>\}\}\}|\{\{<\s*(?P<body>.*?)\s*>\}\}")


def expanded(
    text: str, *, metadata: Mapping[str, Any], variables: Mapping[str, Any], place: Place
) -> str:
    """Return `text` with its shortcodes replaced by the values they name.

    Raises
    ------
    DocumentError
        The shortcode is not one of `meta` and `var`, or names nothing.
    """
    if "{{" not in text:
        return text
    sources: dict[str, Callable[[str], object]] = {
        "meta": lambda key: _looked_up(metadata, key),
        "var": lambda key: _looked_up(variables, key),
    }

    def value(found: re.Match[str]) -> str:
        if found["escaped"] is not None:
            return "{{<" + found["escaped"] + ">}}"
        name, *arguments = found["body"].split()
        if name == "include":
            raise DocumentError("an include must stand alone on its line", place=place)
        if name not in sources or len(arguments) != 1:
            raise DocumentError(
                f"the shortcode {name} is not supported",
                place=place,
                remedy="Known: include FILE, meta KEY, var KEY.",
            )
        result = sources[name](arguments[0].strip("\"'"))
        if result is None or isinstance(result, dict | list):
            raise DocumentError(f"{name} {arguments[0]} has no value", place=place)
        return str(result)

    replaced = _SHORTCODE.sub(value, text)
    if re.search(r"\{\{<", _SHORTCODE.sub("", text)):
        raise DocumentError("the shortcode is not closed on its line", place=place)
    return replaced


def _looked_up(mapping: Mapping[str, Any], key: str) -> object:
    value: object = mapping
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value
