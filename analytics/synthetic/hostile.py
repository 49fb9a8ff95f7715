"""Texts that break careless readers: other scripts, markup, formulas, quotes, paths, line breaks.

Each keeps the harmless text within it, so that it is nobody else's and found in no page by chance.
All are in Unicode form C and hold no two blanks in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.synthetic.planted import drawn_rows

Form = Callable[[str], str]
FORMS: tuple[Form, ...] = (
    lambda text: f'<script>alert("{text}")</script>',
    lambda text: f'=HYPERLINK("http://example.com/?q={text}","{text}")',
    lambda text: f'{text} "the first"',
    lambda text: f"../../{text}",
    lambda text: f"{{{{< include {text}.qmd >}}}}",
    lambda text: f"${{{text}}}",
    lambda text: f"**{text}** [{text}](javascript:alert(1))",
    lambda text: f"{text}'; DROP TABLE customers;--",
    lambda text: f"{text}; {text}, {text}",
)
LINE_BREAKS: tuple[Form, ...] = (
    lambda text: text.replace(" ", "\n", 1) if " " in text else f"{text}\n{text}",
    lambda text: f"{text}\r\nc/o {text}",
)
CITIES = (
    "Zürich",
    "São Paulo",
    "Łódź",
    "Москва",
    "Київ",
    "Αθήνα",
    "北京",
    "東京",
    "القاهرة",
    "תל אביב",
    "मुंबई",
    "서울",
)


def hostile(
    texts: pa.Array, forms: Sequence[Form], rate: float, random: np.random.Generator
) -> pa.Array:
    """Return the texts, a share of them made hostile in the forms' turn."""
    rows = drawn_rows(rate, len(texts), random)
    wrapped = [
        forms[number % len(forms)](text) for number, text in enumerate(texts.take(rows).to_pylist())
    ]
    return _replaced(texts, rows, wrapped)


def foreign(texts: pa.Array, rate: float, random: np.random.Generator) -> pa.Array:
    """Return the cities, a share of them replaced by cities in other scripts."""
    rows = drawn_rows(rate, len(texts), random)
    return _replaced(texts, rows, [CITIES[number % len(CITIES)] for number in range(len(rows))])


def _replaced(texts: pa.Array, rows: npt.NDArray[Any], others: list[str]) -> pa.Array:
    mask = np.zeros(len(texts), dtype=np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(others, texts.type))
