"""Bars that are drawn without Vega stand where their values say."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from analytics.charts.drawn_bars import change_bars_svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(values: list[float], width: int = 640, names: list[str] | None = None):
    frame = pd.DataFrame(
        {"part": names or [f"Part {at}" for at in range(len(values))], "value": values,
         "shown": [f"{value:+g}" for value in values]}
    )  # fmt: skip
    return ElementTree.fromstring(change_bars_svg(frame, width, title="Change", alt="Said <so>"))


@pytest.mark.parametrize("width", [640, 320])
def test_bars_are_as_long_as_their_values_and_on_their_side_of_zero(width: int) -> None:
    svg = drawn([30.0, -10.0, 20.0], width)
    bars = [(float(bar.get("x")), float(bar.get("width"))) for bar in svg.iter(f"{SVG}rect")]
    assert bars[0][1] / bars[1][1] == pytest.approx(3, abs=0.05)
    assert bars[2][1] / bars[1][1] == pytest.approx(2, abs=0.05)
    assert bars[1][0] + bars[1][1] == pytest.approx(bars[0][0], abs=0.2)


@pytest.mark.parametrize("values", [[0.0], [5.0], [-5.0], [1e-9, 2e9], [0.0, 0.0]])
@pytest.mark.parametrize("width", [640, 320])
def test_everything_is_within_the_drawing(values: list[float], width: int) -> None:
    svg = drawn(
        values, width, [f"A long name of a part, number {at}" for at, _ in enumerate(values)]
    )
    high = float(svg.get("viewBox").split()[3])
    for bar in svg.iter(f"{SVG}rect"):
        assert 0 <= float(bar.get("x")) <= float(bar.get("x")) + float(bar.get("width")) <= width
    for text in svg.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x")) <= width
        assert 0 <= float(text.get("y")) <= high


def test_names_are_text_and_the_drawing_says_what_it_shows() -> None:
    svg = drawn([1.0], names=["<script>&"])
    assert svg.get("aria-label") == "Said <so>"
    assert "<script>&" in [text.text for text in svg.iter(f"{SVG}text")]


def test_colours_are_those_of_the_theme() -> None:
    svg = drawn([1.0, -1.0])
    fills = [bar.get("fill") for bar in svg.iter(f"{SVG}rect")]
    assert fills == ["var(--plus-2)", "var(--minus-2)"]
    text = ElementTree.tostring(svg, encoding="unicode")
    assert not re.search(r"#[0-9a-f]{6}", text)
