"""What somebody changes between two builds, chosen at random: documents, code, settings, data."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SOURCE = "shop"
RAW = Path("data") / "raw" / SOURCE
PAGES = (
    *("index", "descriptive/kpis", "descriptive/customers", "descriptive/alerts"),
    *("diagnostic/drilldown", "predictive/clv", "predictive/churn", "prescriptive/budget"),
    *("prescriptive/insights", "data/quality", "methods/about", "methods/references"),
)
NEW_PAGE = """---
title: Page {count}
---

```{{python}}
from analytics.presentation import {module}

{module}.summary()
```
"""
# Two forms of one place; an edit makes the other of the one that is there.
CODE = (
    ("presentation/reports.py", "All reports</a>", "Every report</a>"),
    ("presentation/alerts.py", 'title="Fires when"', 'title="When it fires"'),
    ("presentation/formats.py", 'ABSENT = "–"', 'ABSENT = "—"'),
    ("presentation/findings.py", '"""', '"""Once more: '),
    ("charts/tokens.toml", 'accent = "#0b5a8a"', 'accent = "#0b5a8b"'),
    ("render/templates/page.html", "Skip to content", "Skip to the content"),
    ("descriptive/definitions.py", "title=", "title ="),
    ("diagnostic/decomposition.py", '"""', '"""Once more: '),
    ("predictive/season.py", '"""', '"""Once more: '),
    ("prescriptive/phrases.py", '"""', '"""Once more: '),
    ("marts/cube.py", '"""', '"""Once more: '),
    ("store/files.py", '"""', '"""Once more: '),
)
SETTINGS = (
    ("threshold = 3.6", "threshold = 3.7"),
    ("minimum_cell = 5", "minimum_cell = 6"),
    ("value_amount = 200.0", "value_amount = 210.0"),
    ("horizon_months = 6", "horizon_months = 5"),
    ("budget_rate = 0.01", "budget_rate = 0.02"),
    ("maximum_factor = 2.0", "maximum_factor = 1.9"),
)
CONFIGURATION = (
    ("text: KPIs", "text: Key figures"),
    ("text: What next?", "text: And then?"),
    ("toc-title: On this page", "toc-title: Contents"),
)


_DAY = re.compile(r"(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d{4})|(\d{4})-(\d\d)-(\d\d)")


@dataclass(slots=True)
class Shop:
    """The exports of a shop, of which the last months come later."""

    lines: list[str]
    until: date

    def write(self, root: Path) -> None:
        """Write the orders that are there by now."""
        head, *rows = self.lines
        known = [row for row in rows if _day(row) <= self.until]
        text = "\n".join([head, *known]) + "\n"
        (root / RAW / "orders.csv").write_text(text, encoding="utf-8")


def _day(row: str) -> date:
    """Return the day of an order, in whichever of its forms; a broken one counts as early."""
    found = _DAY.match(row.split(";")[2])
    if found is None:
        return date.min
    if found["day"] is None:
        return date.fromisoformat(found[0])
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


class Edits:
    """Edits of the project in a folder, the same ones for the same seed."""

    def __init__(self, root: Path, shop: Shop, seed: int) -> None:
        """Take the project's folder, its shop, and a seed."""
        self._root = root
        self._shop = shop
        self._random = random.Random(seed)
        self._count = 0
        self._new: list[Path] = []
        self._kinds: tuple[Callable[[], str], ...] = (
            *(self._document, self._page, self._code, self._code, self._settings),
            *(self._configuration, self._style, self._glossary, self._row, self._month),
            self._lock,
        )
        self._waiting: list[Callable[[], str]] = []

    def make(self) -> str:
        """Change something, and return what; every kind comes before one comes again."""
        self._count += 1
        if not self._waiting:
            self._waiting = self._random.sample(self._kinds, len(self._kinds))
        return self._waiting.pop()()

    def _document(self) -> str:
        path = self._root / "site" / f"{self._random.choice(PAGES)}.qmd"
        self._append(path, f"\nA sentence of edit {self._count}.\n")
        return f"a sentence in {path.relative_to(self._root)}"

    def _page(self) -> str:
        if self._new and self._random.random() < 0.5:
            path = self._new.pop()
            path.unlink()
            return f"without {path.relative_to(self._root)}"
        path = self._root / "site" / "methods" / f"new-{self._count}.qmd"
        module = self._random.choice(("alerts", "insights", "clv"))
        path.write_text(NEW_PAGE.format(count=self._count, module=module), encoding="utf-8")
        self._new.append(path)
        return f"with {path.relative_to(self._root)}"

    def _code(self) -> str:
        file, one, other = self._random.choice(CODE)
        self._swap(self._root / "analytics" / file, one, other)
        return f"the code of {file}"

    def _settings(self) -> str:
        one, other = self._random.choice(SETTINGS)
        self._swap(self._root / "analytics.toml", one, other)
        return f"the setting {one}"

    def _configuration(self) -> str:
        one, other = self._random.choice(CONFIGURATION)
        self._swap(self._root / "_quarto.yml", one, other)
        return f"_quarto.yml, {one}"

    def _style(self) -> str:
        self._append(self._root / "site" / "assets" / "site.css", f"/* edit {self._count} */\n")
        return "the style sheet"

    def _glossary(self) -> str:
        self._append(self._root / "GLOSSARY.md", f"\nA sentence of edit {self._count}.\n")
        return "the glossary"

    def _lock(self) -> str:
        lock = self._root / "requirements" / "site.txt"
        self._append(lock, f"# edit {self._count}\n")
        return "the lock"

    def _row(self) -> str:
        """Leave out one order, as somebody would who found it wrong."""
        lines = self._shop.lines
        row = lines.pop(self._random.randrange(1, len(lines)))
        self._shop.write(self._root)
        return f"without the order {row.split(';')[0]}"

    def _month(self) -> str:
        year, month = divmod(self._shop.until.year * 12 + self._shop.until.month + 1, 12)
        self._shop.until = date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
        self._shop.write(self._root)
        return f"orders to {self._shop.until}"

    @staticmethod
    def _append(path: Path, text: str) -> None:
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    @staticmethod
    def _swap(path: Path, one: str, other: str) -> None:
        text = path.read_text(encoding="utf-8")
        if other in text:
            path.write_text(text.replace(other, one, 1), encoding="utf-8")
        elif one in text:
            path.write_text(text.replace(one, other, 1), encoding="utf-8")
        else:
            raise SystemExit(f"{path} has neither {one} nor {other} any more")
