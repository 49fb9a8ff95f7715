"""Documents taken apart: includes, fences, shortcodes, and where each fault is."""

from __future__ import annotations

import pytest

from analytics.errors import DocumentError, Place
from analytics.render.documents import Cell, Text, document, place_of, read_document
from analytics.render.shortcodes import expanded


def test_lines_keep_their_numbers_past_front_matter_and_cells(tmp_path):
    source = "---\ntitle: A\n---\n\nfirst\n\n```{python}\n#| label: x\n1\n```\n\nlast\n"
    parsed = document("site/a.qmd", source, root=tmp_path)
    cells = [part for part in parsed.parts if isinstance(part, Cell)]
    assert parsed.front_matter == {"title": "A"}
    assert [(part.code, part.options, part.place.row) for part in cells] == [
        ("1", {"label": "x"}, 7)
    ]
    assert place_of(parsed, "last") == Place(file="site/a.qmd", row=12)


def test_include_keeps_the_file_and_line_that_it_came_from(tmp_path):
    (tmp_path / "site" / "parts").mkdir(parents=True)
    (tmp_path / "site" / "a.qmd").write_text("x\n\n{{< include parts/_b.qmd >}}\n\ny\n")
    (tmp_path / "site" / "parts" / "_b.qmd").write_text("one\ntwo\n{{< include /_c.qmd >}}\n")
    (tmp_path / "_c.qmd").write_text("three")
    parsed = read_document(tmp_path, "site/a.qmd")
    texts = [part.line.text for part in parsed.parts if isinstance(part, Text)]
    assert [text for text in texts if text] == ["x", "one", "two", "three", "y"]
    assert place_of(parsed, "two") == Place(file="site/parts/_b.qmd", row=2)
    assert place_of(parsed, "three") == Place(file="_c.qmd", row=1)


def test_nothing_is_read_inside_code_and_raw_blocks(tmp_path):
    source = "````{=html}\n```{python}\n{{< include no.qmd >}}\n:::\n```\n````\n"
    parsed = document("site/a.qmd", source, root=tmp_path)
    assert all(isinstance(part, Text) for part in parsed.parts)
    assert not parsed.has_code


FAULTS = {
    "front matter that is open": ("---\ntitle: A\n", 1, "the front matter is never closed"),
    "front matter that is not YAML": ("---\ntitle: A\nb: [1\n---\n", 3, "not valid YAML"),
    "code that is open": ("a\n\n```python\nx\n", 3, "the code block is never closed"),
    "block that is open": ("a\n\n::: {.x}\nb\n", 3, "the ::: block is never closed"),
    "block that closes nothing": ("a\n:::\n", 2, ":::"),
    "cell in another language": ("a\n```{r}\n1\n```\n", 2, "cells in r are not supported"),
    "options in braces": ("```{python echo=false}\n1\n```\n", 1, "options belong in"),
    "include that is missing": ("a\n{{< include no.qmd >}}\n", 2, "there is no file site/no.qmd"),
    "include from outside": ("{{< include ../../x.qmd >}}\n", 1, "outside the project"),
    "shortcode in a cell": ("```{python}\n'{{< var x >}}'\n```\n", 1, "a shortcode inside"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_names_file_and_line(name, tmp_path):
    source, row, message = FAULTS[name]
    with pytest.raises(DocumentError) as caught:
        document("site/a.qmd", source, root=tmp_path)
    assert caught.value.place == Place(file="site/a.qmd", row=row)
    assert message in caught.value.message


def test_document_that_includes_itself_is_refused(tmp_path):
    (tmp_path / "a.qmd").write_text("{{< include a.qmd >}}")
    with pytest.raises(DocumentError, match="includes itself"):
        read_document(tmp_path, "a.qmd")


def test_document_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "a.qmd").write_bytes(b"caf\xe9")
    with pytest.raises(DocumentError, match="not UTF-8"):
        read_document(tmp_path, "a.qmd")


PLACE = Place(file="site/a.qmd", row=4)
VALUES = {"metadata": {"title": "T", "a": {"b": 2}}, "variables": {"version": "v1"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{< meta title >}} of {{< var version >}}", "T of v1"),
        ("{{<meta a.b>}}", "2"),
        ("{{{< var version >}}}", "{{< var version >}}"),
        ("{{period}}", "{{period}}"),
    ],
)
def test_shortcode_is_replaced(text, expected):
    assert expanded(text, place=PLACE, **VALUES) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{< video x.mp4 >}}", "the shortcode video is not supported"),
        ("{{< var nope >}}", "var nope has no value"),
        ("{{< meta a >}}", "meta a has no value"),
        ("{{< var version", "the shortcode is not closed"),
        ("words {{< include a.qmd >}}", "an include must stand alone"),
    ],
)
def test_shortcode_that_means_nothing_is_refused(text, message):
    with pytest.raises(DocumentError) as caught:
        expanded(text, place=PLACE, **VALUES)
    assert caught.value.message.startswith(message)
    assert caught.value.place == PLACE
