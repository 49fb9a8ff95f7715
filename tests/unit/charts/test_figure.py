"""A chart as HTML: complete without scripts, safe whatever the data say."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import altair as alt
import pandas as pd
import pytest

from analytics.charts import Chart, ChartColumn, figure_html, sparkline_svg
from analytics.charts.bars import change_bars, dumbbells
from analytics.charts.curves import calibration_points, histogram, response_curves
from analytics.charts.heatmap import coefficient_heatmap
from analytics.charts.intervals import interval_rows
from analytics.charts.lines import monthly_line

HOSTILE = "<script>alert(1)</script> \"q\" 'a' {{< var x >}} ``` $x$ @fig-1 </script> &amp; \\"


class Reader(HTMLParser):
    """Collects elements, attributes and text as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def bars(part: str = "North") -> Chart:
    frame = pd.DataFrame({"part": [part, "South"], "value": [3.0, -1.5], "shown": ["+$3", "−$1.5"]})
    return Chart(
        id="bars",
        title=f"{part} gained most",
        subtitle=f"Change; {part}",
        alt=f"{part} gained most",
        frame=frame[["part", "value"]],
        columns=(
            ChartColumn(name="part", title=part),
            ChartColumn(name="value", title="Change", text=lambda value: f"${value:.2f}"),
        ),
        specification=lambda width: change_bars(frame, width, title="Change, USD"),
    )


def months() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": pd.date_range("2023-01-01", periods=14, freq="MS"),
            "value": [float(at % 5) for at in range(14)],
            "low": [float(at % 5) - 0.2 for at in range(14)],
            "high": [float(at % 5) + 0.2 for at in range(14)],
            "series": "Orders",
            "complete": [True] * 13 + [False],
            "note": [""] * 12 + ["last", ""],
            "below": False,
            "shown": "x",
        }
    )


def specifications(width: int) -> dict[str, dict[str, object]]:
    parts = pd.DataFrame(
        {"part": ["A long name of a part indeed", "B"], "value": [1.0, -2.0],
         "shown": ["1", "−2"], "base": [1.0, 2.0], "current": [2.0, 1.0],
         "base_shown": "a", "current_shown": "b"}
    )  # fmt: skip
    rows = pd.DataFrame(
        {"name": ["A", "B"], "value": [0.2, 0.4], "low": [0.1, 0.3], "high": [0.3, 0.5],
         "strong": [True, False], "shown": "x"}
    )  # fmt: skip
    cells = pd.DataFrame(
        {"row": ["B"], "column": ["A"], "value": [0.6], "mark": ["="], "shown": ["x"]}
    )
    curves = pd.DataFrame(
        {"part": ["A", "A"], "x": [0.0, 1.0], "value": [0.0, 1.0], "low": [0.0, 0.8],
         "high": [0.0, 1.2]}
    )  # fmt: skip
    points = pd.DataFrame(
        {"part": ["A", "A"], "x": [0.2, 0.4], "value": [0.2, 0.4], "kind": ["today", "plan"],
         "shown": "x"}
    )  # fmt: skip
    tenths = pd.DataFrame(
        {"predicted": [1.0, 2.0], "actual": [1.0, 2.2], "decile": [1, 2], "shown": "x"}
    )
    classes = pd.DataFrame({"low": [0.0, 1.0], "high": [1.0, 2.0], "count": [3, 4], "shown": "x"})
    return {
        "line": monthly_line(months(), width, title="Orders", threshold=1.0),
        "bars": change_bars(parts, width, title="USD"),
        "dumbbells": dumbbells(parts, width, title="USD", names=("then", "now")),
        "intervals": interval_rows(rows, width, title="r", reference=0.0),
        "heatmap": coefficient_heatmap(cells, width, order=("A", "B"), title="r"),
        "curves": response_curves(
            curves, points, width, titles=("x", "y"), colours={"A": "var(--accent)"}
        ),
        "calibration": calibration_points(tenths, width, titles=("x", "y")),
        "histogram": histogram(classes, width, titles=("x", "y")),
    }


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("name", sorted(specifications(320)))
def test_specifications_are_valid_vega_lite(name: str, width: int) -> None:
    alt.Chart.from_dict(specifications(width)[name], validate=True)


@pytest.mark.parametrize("name", sorted(specifications(320)))
def test_every_axis_has_a_title_or_names_categories_or_months(name: str) -> None:
    """The axes of categories and of months explain themselves."""

    def encodings(node: object) -> list[dict[str, dict[str, object]]]:
        if isinstance(node, dict):
            own = [node["encoding"]] if "encoding" in node else []
            return own + [e for value in node.values() for e in encodings(value)]
        if isinstance(node, list):
            return [e for value in node for e in encodings(value)]
        return []

    titles = [
        channel.get("title")
        for encoding in encodings(specifications(640)[name])
        for key, channel in encoding.items()
        if key in ("x", "y") and channel.get("type") == "quantitative"
    ]
    # Small multiples say their vertical title once, above all of them.
    assert any(titles) or name == "heatmap"


def test_figure_is_there_without_scripts() -> None:
    html = figure_html(bars())
    assert html.count("<svg") == 2
    assert html.count('role="img"') == 2
    assert html.count('aria-label="North gained most"') == 2
    assert "<table" in html


def test_same_chart_gives_the_same_bytes() -> None:
    assert figure_html(bars()) == figure_html(bars())


def test_colours_are_variables_so_that_both_themes_are_served() -> None:
    svgs = re.findall(r"<svg.*?</svg>", figure_html(bars()), re.DOTALL)
    painted = re.findall(r'(?:fill|stroke)="([^"]*)"', "".join(svgs))
    assert painted
    assert {paint for paint in painted if not paint.startswith("var(--")} <= {"none"}


@pytest.mark.parametrize("name", sorted(specifications(320)))
def test_text_in_charts_is_at_least_11_pixels(name: str) -> None:
    from analytics.charts.house import house_config
    from analytics.charts.svg import chart_svg

    for width in (320, 640):
        drawn = {**specifications(width)[name], "config": house_config()}
        sizes = re.findall(r'font-size="([\d.]+)px"', chart_svg(drawn, alt="x", name="x"))
        # The narrowest screen of 320 px leaves 288 for a chart of 320.
        assert min(map(float, sizes)) * (288 / 320 if width == 320 else 1) >= 10.8


def test_hostile_text_opens_no_element_and_no_attribute() -> None:
    reader = read(figure_html(bars(HOSTILE)))
    plain = read(figure_html(bars("N" * len(HOSTILE))))
    assert [tag for tag, _ in reader.elements] == [tag for tag, _ in plain.elements]
    assert [sorted(a) for _, a in reader.elements] == [sorted(a) for _, a in plain.elements]


def test_hostile_text_is_shown_as_it_is() -> None:
    reader = read(figure_html(bars(HOSTILE)))
    labels = {a.get("aria-label") for tag, a in reader.elements if tag == "svg"}
    assert labels == {f"{HOSTILE} gained most"}
    cells = [text for tag, text in reader.texts if tag == "td"]
    assert HOSTILE in cells


def test_hostile_text_survives_the_data_block_exactly() -> None:
    html = figure_html(bars(HOSTILE))
    block = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert block
    assert "<" not in block[1]
    rows = [row for data in json.loads(block[1])["datasets"].values() for row in data]
    assert HOSTILE in {row.get("part") for row in rows}


def test_numbers_in_the_table_carry_their_exact_value() -> None:
    assert '<td class="number" data-value="-1.5">$-1.50</td>' in figure_html(bars())


def test_sparkline_marks_the_last_value() -> None:
    svg = sparkline_svg([1.0, 2.0, 3.0])
    assert 'aria-hidden="true"' in svg
    assert '<circle cx="116.0" cy="4.0"' in svg


def test_sparkline_breaks_at_a_gap() -> None:
    assert sparkline_svg([1.0, 2.0, None, 3.0, 4.0]).count("M") == 2


def test_sparkline_of_one_value_is_left_out() -> None:
    assert sparkline_svg([1.0, float("nan")]) == ""
