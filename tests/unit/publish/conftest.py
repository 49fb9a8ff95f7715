from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics.publish.identity import Identity
from analytics.publish.manifest import ManifestFacts


@pytest.fixture
def clock():
    return lambda: datetime(2024, 7, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def facts():
    """Facts of a version whose identity differs with `data` alone."""

    def build(data_to="2024-06-30", data="a", **changes):
        identity = Identity(
            data=data,
            package="p",
            documents="d",
            settings="s",
            lock="l",
            renderer="embedded",
            renderer_version="0.1.0",
        )
        known = {
            "source": "synthetic",
            "site_title": "Example Shop",
            "title": f"Headline of {data_to}",
            "data_to": date.fromisoformat(data_to),
            "identity": identity,
            "settings": {"currency": "USD"},
            "packages": {"pandas": "3.1.0", "numpy": "2.4.0"},
        }
        return ManifestFacts(**(known | changes))

    return build


@pytest.fixture
def rendered(tmp_path):
    """A rendered tree whose content differs with its label."""

    def build(label="a", results=()):
        tree = tmp_path / f"rendered-{label}"
        contents = {
            "index.html": '<meta http-equiv="refresh" content="0; url=site/index.html">',
            "404.html": "<!doctype html><html><head><title>404</title></head>"
            f"<body>Nothing here in {label}</body></html>",
            "site/index.html": f"<h1>{label}</h1>",
            "site/descriptive/kpis.html": f"<h1>KPIs {label}</h1>",
            "site/assets/site.css": "body { color: black }",
            "site/data/downloads/results.json": json.dumps(list(results)),
        }
        for path, content in contents.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(content, encoding="utf-8")
        return tree

    return build


@pytest.fixture
def snapshot():
    """All files below a folder by path, links as what they say; the lock's files left out."""

    def take(folder: Path):
        return {
            path.relative_to(folder).as_posix(): (
                f"-> {path.readlink()}" if path.is_symlink() else path.read_bytes()
            )
            for path in sorted(folder.rglob("*"))
            if (path.is_symlink() or path.is_file())
            and not path.name.startswith((".publish.", ".publisher."))
        }

    return take


@pytest.fixture
def links_of():
    """Every address that a page refers to."""

    def find(page: str):
        return re.findall(r'(?:href|src|data-latest)="([^"]*)"|url=([^"]+)"', page)

    return lambda page: [first or second for first, second in find(page)]
