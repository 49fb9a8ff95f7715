"""The tokens: one source, readable in both themes, told apart by colour-blind readers."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from analytics.charts.bundle import house_script
from analytics.charts.palette import SERIES, part_colours
from analytics.charts.tokens import tokens, with_tokens

ASSETS = Path(__file__).parents[3] / "site" / "assets"
THEMES = {"light": tokens().light, "dark": tokens().dark}
# Machado, Oliveira and Fernandes (2009), severity 1; rows act on linear RGB.
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def linear(colour: str) -> tuple[float, ...]:
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)


def contrast(first: str, second: str) -> float:
    light, dark = sorted(
        (0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(linear, (first, second))),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    r, g, b = rgb
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(first: str, second: str, sight: str) -> float:
    seen = []
    for colour in (first, second):
        rgb = linear(colour)
        rows = SIGHTS[sight]
        seen.append(
            lab(tuple(min(1.0, max(0.0, sum(map(float.__mul__, map(float, row), rgb))))
                      for row in rows))
        )  # fmt: skip
    return sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


def test_both_themes_have_the_same_tokens() -> None:
    assert tokens().light.keys() == tokens().dark.keys()


def test_style_sheet_has_the_present_tokens() -> None:
    style = (ASSETS / "site.css").read_text("utf-8")
    assert with_tokens(style) == style, (
        "write with_tokens(style) of analytics.charts.tokens into site/assets/site.css"
    )


def test_browser_has_the_present_house_style() -> None:
    assert (ASSETS / "house.js").read_text("utf-8") == house_script(), (
        "write house_script() of analytics.charts.bundle into site/assets/house.js"
    )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["ink", "ink-2", "ink-3", "good", "bad", "warn", "accent"])
@pytest.mark.parametrize("ground", ["paper", "surface", "sunken"])
def test_text_has_the_contrast_of_wcag_aa(theme: str, ink: str, ground: str) -> None:
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tone", ["good", "bad", "warn"])
def test_tags_have_the_contrast_of_wcag_aa(theme: str, tone: str) -> None:
    assert contrast(THEMES[theme][tone], THEMES[theme][f"{tone}-soft"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", [*SERIES, "series-other", "line-strong"])
def test_marks_have_the_contrast_of_graphics(theme: str, name: str) -> None:
    assert contrast(THEMES[theme][name], THEMES[theme]["paper"]) >= 3.0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_series_are_told_apart(theme: str, sight: str) -> None:
    colours = [THEMES[theme][name] for name in SERIES]
    nearest = min(distance(a, b, sight) for a, b in itertools.combinations(colours, 2))
    assert nearest >= 15.0


def test_a_part_has_one_colour_whatever_the_order() -> None:
    assert part_colours(["West", "East"]) == part_colours(["East", "West", "East"])


def test_remainders_are_grey() -> None:
    assert set(part_colours(["Other", "Unknown"]).values()) == {"var(--series-other)"}
