"""Look for the planted causes over many shops; `nox -s recovery` runs it.

Each shop's findings are kept in a file of their own under ``bench/recovery``, in a folder named
by the digest of the code that they come from: a run that was stopped goes on where it was. A
run that has findings of every shop is recorded in ``last_run.json`` beside this file, with its date
and commit; each promise says over how many shops. ``--groups`` looks for some causes alone.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from cause import Cause
from judged import judged

ROOT = Path(__file__).parents[2]
LAST_RUN = Path(__file__).parent / "last_run.json"
PARTS = ("analytics.synthetic", "analytics.pipeline.analysis")
FIRST_SEED = 1_000
# Shops that one worker looks at.
_BATCH = 20


def causes(groups: Sequence[str] = ()) -> list[Cause]:
    """Return the promises of every ``causes_<group>.py`` beside this file, or of some groups."""
    files = sorted(Path(__file__).parent.glob("causes_*.py"))
    known = {file.stem.removeprefix("causes_"): file.stem for file in files}
    chosen = [known[group] for group in groups] if groups else list(known.values())
    return [cause for module in chosen for cause in importlib.import_module(module).CAUSES]


def code_key() -> str:
    """Return the digest of what the findings come from."""
    from analytics.digests import file_digest, value_digest
    from analytics.import_graph import modules_digest
    from analytics.pipeline.stages import lock_digest

    own = [file_digest(file) for file in sorted(Path(__file__).parent.glob("*.py"))]
    return value_digest([modules_digest(*PARTS), lock_digest(ROOT), own])[:12]


def findings_of(seed: int, groups: Sequence[str] = ()) -> dict[str, Any]:
    """Return what is found of the causes in the shop of a seed."""
    from shop import analysed_shop

    warnings.simplefilter("ignore")
    with (
        tempfile.TemporaryDirectory(prefix="recovery-") as folder,
        analysed_shop(seed, Path(folder)) as shop,
    ):
        return {cause.name: cause.find(shop).as_json() for cause in causes(groups)}


def kept_findings(file: Path) -> dict[str, Any]:
    """Return what was found in a shop in earlier runs."""
    return json.loads(file.read_text("utf-8"))["findings"] if file.is_file() else {}


def write_missing(
    folder: Path, seeds: Sequence[int], jobs: int, groups: Sequence[str] = ()
) -> None:
    """Look at the shops that lack findings of these groups."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {cause.name for cause in causes(groups)}
    missing = [seed for seed in seeds if not wanted <= set(kept_findings(folder / f"{seed}.json"))]
    print(f"{len(seeds) - len(missing)} of {len(seeds)} shops are done", flush=True)
    if not missing:
        return
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    # Workers give their memory back after a batch; those that end while others work can hang
    # (https://github.com/python/cpython/issues/115634).
    for first in range(0, len(missing), _BATCH * jobs):
        batch = missing[first : first + _BATCH * jobs]
        with ProcessPoolExecutor(jobs) as pool:
            running = {pool.submit(findings_of, seed, groups): seed for seed in batch}
            for number, done in enumerate(as_completed(running), start=first + 1):
                write_findings(folder, running[done], done.result())
                print(f"shop {running[done]}: {number} of {len(missing)}", flush=True)


def write_findings(folder: Path, seed: int, findings: Mapping[str, object]) -> None:
    """Add the findings of one shop to those that are kept of it, whole or not at all."""
    kept = kept_findings(folder / f"{seed}.json") | dict(findings)
    text = json.dumps({"seed": seed, "findings": kept}, indent=1, allow_nan=False)
    aside = folder / f".{seed}.json"
    aside.write_text(text + "\n", encoding="utf-8")
    aside.replace(folder / f"{seed}.json")


def commit() -> str:
    """Return the commit that is checked out, with a + where files differ from it."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", "analytics", "tests/recovery/*.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    return head.stdout.strip()[:12] + ("+" if changed.stdout.strip() else "")


def main() -> int:
    """Run, judge, record; 1 where a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", type=int, default=200, help="Shops to look at.")
    parser.add_argument("--jobs", type=int, default=2, help="Shops side by side.")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--groups", default="", help="Such as data,decline; all if left out.")
    parser.add_argument("--judge-only", action="store_true", help="Judge what is there.")
    chosen = parser.parse_args()
    folder = ROOT / "bench" / "recovery" / code_key()
    seeds = list(range(chosen.first_seed, chosen.first_seed + chosen.shops))
    groups = [group for group in chosen.groups.split(",") if group]
    if not chosen.judge_only:
        write_missing(folder, seeds, chosen.jobs, groups)
    records = [kept_findings(folder / f"{seed}.json") for seed in seeds]
    rows = [
        judged(cause.name, cause.promise, [r[cause.name] for r in records if cause.name in r])
        for cause in causes()
    ]
    for row in rows:
        verdict = "holds" if row["holds"] else "BROKEN"
        print(
            f"{verdict:7} {row['kept']:4} of {row['shops']:4} (promised {row['promise']:.3f}, "
            f"p = {row['chance']:.4f})  {row['cause']}"
        )
    if all(records) and not chosen.judge_only:
        record = {
            "date": datetime.now(UTC).date().isoformat(),
            "commit": commit(),
            "code": folder.name,
            "first_seed": chosen.first_seed,
            "promises": rows,
        }
        LAST_RUN.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
