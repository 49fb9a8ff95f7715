"""What publishing a version costs when there are many, against when there is one.

Run through `nox -s bench -- --publishing`. Of two trees, one with one version and one with
ninety-nine, the next version is published: processor seconds of the process, operations on files
(counted by Python's audit events) and bytes that the tree grows by on the disk. Once with every
page changed, and once with one page changed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from analytics.publish.identity import Identity
from analytics.publish.manifest import ManifestFacts
from analytics.publish.site import publish_site

ALLOWED = 1.2
MANY = 99
# As many files as a version of the default shop has, of about their size.
PAGES, PAGE_BYTES = 475, 38_000
OPERATIONS = ("open", "os.", "shutil.")
_counted = [0]


def _count(event: str, _: object) -> None:
    if event.startswith(OPERATIONS):
        _counted[0] += 1


def facts(number: int) -> ManifestFacts:
    """Return the facts of the version of a day, the data of which are new."""
    identity = Identity(
        data=str(number), package="p", documents="d", settings="s", lock="l",
        renderer="embedded", renderer_version="1",
    )  # fmt: skip
    day = date(2024, 1, 1) + timedelta(days=number)
    return ManifestFacts(
        source="shop", site_title="Shop", title=f"Data to {day}", data_to=day, identity=identity
    )


def write_pages(folder: Path, names: range, label: int) -> None:
    """Write pages of the size of a report, different for every label."""
    for name in names:
        page = folder / "site" / f"{name % 7}" / f"{name}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        body = f"{label} " * (PAGE_BYTES // len(f"{label} "))
        page.write_text(f"<head><title>{name}</title></head>{body}", encoding="utf-8")


def rendered_tree(folder: Path) -> Path:
    """Write a rendered tree, and return its folder."""
    write_pages(folder, range(PAGES), 0)
    for name in ("index.html", "site/index.html"):
        (folder / name).write_text("<head></head>", encoding="utf-8")
    return folder


def allocated(tree: Path) -> int:
    """Return the bytes that a tree takes on the disk; what is linked counts once."""
    seen: dict[int, int] = {}
    for path in tree.rglob("*"):
        told = path.lstat()
        seen[told.st_ino] = told.st_blocks * 512
    return sum(seen.values())


def measured(rendered: Path, public: Path, number: int) -> dict[str, float]:
    """Publish, and return what it cost."""
    before = allocated(public)
    _counted[0] = 0
    started = time.process_time()
    publish_site(rendered, public, facts=facts(number), clock=lambda: datetime.now(UTC))
    seconds = time.process_time() - started
    operations = _counted[0]
    return {
        "cpu_seconds": seconds,
        "file_operations": operations,
        "grown_bytes": allocated(public) - before,
    }


def compared(folder: Path, changed: range, repeat: int) -> dict[str, object]:
    """Return the costs of the second and of the hundredth version, medians, and their ratios."""
    rendered = rendered_tree(folder / "rendered")
    few, many = folder / "few", folder / "many"
    for number in range(MANY):
        write_pages(rendered, range(1), number)
        for public in (few, many) if number == 0 else (many,):
            publish_site(rendered, public, facts=facts(number), clock=lambda: datetime.now(UTC))
    costs: dict[str, list[dict[str, float]]] = {"second": [], "hundredth": []}
    for at in range(repeat):
        # In turn, so that what else the machine does falls on both.
        write_pages(rendered, changed, MANY + at)
        for name, public in (("second", few), ("hundredth", many)):
            copy = folder / "copy"
            # Links stay links, so that the copy has the same files in common.
            subprocess.run(["cp", "-a", str(public), str(copy)], check=True)
            costs[name].append(measured(rendered, copy, MANY + at))
            shutil.rmtree(copy)
    medians = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in costs.items()
    }
    ratios = {
        key: round(medians["hundredth"][key] / medians["second"][key], 3)
        for key in medians["second"]
    }
    return {**medians, "hundredth_to_second": ratios}


def main() -> int:
    """Measure, print, record and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    sys.addaudithook(_count)
    results = {}
    for name, changed in (("every page changed", range(PAGES)), ("one page changed", range(1))):
        with tempfile.TemporaryDirectory(prefix="bench-publishing-") as folder:
            results[name] = compared(Path(folder), changed, options.repeat)
    text = json.dumps(results, indent=1)
    target = Path(__file__).parents[2] / "bench"
    target.mkdir(exist_ok=True)
    (target / "publishing.json").write_text(text + "\n", encoding="utf-8")
    print(text)
    ratios = [
        result["hundredth_to_second"][key]  # type: ignore[index]
        for result in results.values()
        for key in ("cpu_seconds", "file_operations")
    ]
    print(f"largest ratio {max(ratios)}, allowed {ALLOWED}")
    return 0 if max(ratios) <= ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
