"""The design tokens and the style sheet made from them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Colours by theme, type scale and spacing; each maps a name to a CSS value."""

    light: dict[str, str]
    dark: dict[str, str]
    type: dict[str, str]
    space: dict[str, str]


@cache
def tokens() -> Tokens:
    """Return the design tokens of `tokens.toml`."""
    text = (resources.files("analytics.charts") / "tokens.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return Tokens(
        light=table["colour"]["light"],
        dark=table["colour"]["dark"],
        type=table["type"],
        space=table["space"],
    )


BEGIN, END = "/* tokens: begin", "/* tokens: end */"


def with_tokens(style: str) -> str:
    """Return a style sheet whose block of tokens, between the two marks, is the present one."""
    before, _, rest = style.partition(BEGIN)
    _, _, after = rest.partition(END)
    return (
        f"{before}{BEGIN} (made from analytics/charts/tokens.toml) */\n{tokens_css()}{END}{after}"
    )


def tokens_css() -> str:
    """Return the rules that declare every token as a CSS variable.

    The theme follows the reader's system unless ``data-theme`` on the root element says
    light or dark; paper is always light.
    """
    values = tokens()
    plain = {**values.type, **values.space}
    return (
        _rule(":root", {"color-scheme": "light", **_variables(values.light | plain)})
        + _media(
            "(prefers-color-scheme: dark)",
            ':root:not([data-theme="light"])',
            {"color-scheme": "dark", **_variables(values.dark)},
        )
        + _rule(':root[data-theme="dark"]', {"color-scheme": "dark", **_variables(values.dark)})
        + _media(
            "print",
            ':root, :root[data-theme="dark"], :root:not([data-theme="light"])',
            {"color-scheme": "light", **_variables(values.light | {"paper": "#ffffff"})},
        )
    )


def _variables(values: dict[str, str]) -> dict[str, str]:
    return {f"--{name}": value for name, value in values.items()}


def _rule(selector: str, declarations: dict[str, str]) -> str:
    body = "".join(f"  {name}: {value};\n" for name, value in declarations.items())
    return f"{selector} {{\n{body}}}\n"


def _media(query: str, selector: str, declarations: dict[str, str]) -> str:
    return f"@media {query} {{\n{_rule(selector, declarations)}}}\n"
