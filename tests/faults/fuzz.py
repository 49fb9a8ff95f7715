"""Fuzz what reads a shop's exports: nothing but an AnalyticsError may come of any input.

Valid exports and source files are mutated: bytes flipped, cut, doubled and spliced; cells,
tokens and parts of archives replaced by hostile ones. Each input is read, ingested and cleaned
in a worker process with limits of memory and time. An exception that is no AnalyticsError, a
message that a terminal would obey, a worker that dies or does not end is a finding; its input is
kept under the folder of findings. A run is told by its seed: case n of seed s is always the same.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from mutations import mutated_case  # noqa: E402

# Of work; by the clock a busy machine may take several times as long.
MEMORY, SECONDS, PATIENCE = 4 << 30, 20.0, 300.0
CASES_AN_ENGINE = 100


def unsafe_message(message: str) -> str:
    """Return what is wrong with a message, or an empty text."""
    for number, line in enumerate(message.split("\n")):
        if not line.isprintable() and any(not each.isprintable() for each in line if each != " "):
            bad = next(each for each in line if not each.isprintable() and each != " ")
            import unicodedata

            if unicodedata.category(bad) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
                return f"the message holds {bad!r}"
        if number and not line.startswith("  "):
            return "the message has a line of its own"
        if len(line) > 3000:
            return "the message is too long"
    return ""


def outcome_of(folder: Path, engine: Any) -> tuple[str, str]:
    """Return what comes of one input, and the traceback of a finding."""
    from analytics.cleaning import clean
    from analytics.errors import AnalyticsError
    from analytics.ingest import ingest, read_source
    from analytics.settings import Layout

    try:
        source = read_source(str(folder / "shop.toml"), Layout(root=folder, source="shop"))
        assert source.digest
        staged = ingest(source, engine, folder)
        clean(staged, source, engine, folder / "clean")
    except AnalyticsError as error:
        wrong = unsafe_message(str(error))
        return ("unsafe", wrong + "\n" + str(error)) if wrong else ("refused", "")
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return type(error).__name__, traceback.format_exc()
    return "read", ""


def worker(seed: int, start: int, step: int, scratch: Path, pipe: Any) -> None:
    """Try case after case; tell before each where it lies, and after each what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from analytics.engine import open_engine

    number = start
    while True:
        with open_engine(temporary=scratch / "spill", memory_limit="1GB", threads=1) as engine:
            for _ in range(CASES_AN_ENGINE):
                folder = Path(tempfile.mkdtemp(prefix=f"case-{number}-", dir=scratch))
                label = mutated_case(Random(f"{seed}-{number}"), folder)
                pipe.send(("start", number, str(folder), label))
                outcome, said = outcome_of(folder, engine)
                pipe.send(("end", number, outcome, said))
                if outcome in ("read", "refused"):
                    shutil.rmtree(folder, ignore_errors=True)
                number += step
                if outcome not in ("read", "refused"):
                    break  # with an engine that nothing went wrong in


class Lane:
    """A worker process and the case that it is at."""

    def __init__(self, seed: int, start: int, step: int, scratch: Path) -> None:
        self.seed, self.next, self.step, self.scratch = seed, start, step, scratch
        self.folder, self.label, self.since = "", "", time.monotonic()
        self.begin()

    def begin(self) -> None:
        """Start a worker at the next case."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe(duplex=False)
        arguments = (self.seed, self.next, self.step, self.scratch, theirs)
        self.process = context.Process(target=worker, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        self.running, self.since, self.used = False, time.monotonic(), 0.0

    def work(self) -> float:
        """Return the seconds of work that the worker has done since it was started."""
        try:
            told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """Stop the worker."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def kept_finding(lane: Lane, kind: str, said: str, findings: Path) -> Path:
    """Keep the input of a finding beside what is said of it."""
    target = findings / f"{kind}-{lane.seed}-{lane.next}"
    shutil.rmtree(target, ignore_errors=True)
    if lane.folder and Path(lane.folder).exists():
        shutil.copytree(lane.folder, target, symlinks=True)
    target.mkdir(parents=True, exist_ok=True)
    (target / "finding.txt").write_text(f"{lane.label}\n{said}\n", encoding="utf-8")
    return target


def fuzzed(seconds: float, seed: int, workers: int, findings: Path) -> dict[str, Any]:
    """Run for a time; return the counts of outcomes and the findings."""
    counts: dict[str, int] = {}
    formats: dict[str, int] = {}
    found: dict[str, list[str]] = {}
    scratch = Path(tempfile.mkdtemp(prefix="fuzz-"))
    lanes = [Lane(seed, start, workers, scratch) for start in range(workers)]
    ending = time.monotonic() + seconds

    def note(lane: Lane, kind: str, said: str) -> None:
        counts[kind] = counts.get(kind, 0) + 1
        if kind in ("read", "refused"):
            return
        where = [line.strip() for line in said.splitlines() if line.strip().startswith("File ")]
        key = f"{kind}: {where[-1] if where else said[:80]}"
        known = found.setdefault(key, [])
        if len(known) < 5:
            known.append(str(kept_finding(lane, kind, said, findings)))
            print(f"  finding: {key} ({lane.label}) {known[-1]}", flush=True)

    try:
        while time.monotonic() < ending:
            multiprocessing.connection.wait([lane.pipe for lane in lanes], timeout=1)
            for lane in lanes:
                try:
                    while lane.pipe.poll():
                        what, number, one, two = lane.pipe.recv()
                        lane.next, lane.since, lane.used = number, time.monotonic(), lane.work()
                        lane.running = what == "start"
                        if lane.running:
                            lane.folder, lane.label = one, two
                        else:
                            of = lane.label.partition(":")[0]
                            formats[of] = formats.get(of, 0) + 1
                            note(lane, one, two)
                except EOFError:
                    lane.process.join()
                    note(lane, "crash", f"the process ended with {lane.process.exitcode}")
                    lane.end()
                    lane.next += lane.step
                    lane.begin()
                    continue
                if (
                    lane.work() - lane.used > SECONDS + (0 if lane.running else 60)
                    or time.monotonic() - lane.since > PATIENCE
                ):
                    note(lane, "hang", f"no end after {SECONDS} s")
                    lane.end()
                    lane.next += lane.step
                    lane.begin()
    finally:
        for lane in lanes:
            lane.end()
        shutil.rmtree(scratch, ignore_errors=True)
    return {
        "seed": seed,
        "seconds": seconds,
        "executions": sum(counts.values()),
        "outcomes": dict(sorted(counts.items())),
        "formats": dict(sorted(formats.items())),
        "findings": found,
    }


def main() -> int:
    """Run the fuzzer; 1 where it found something."""
    import multiprocessing.connection  # noqa: F401 - waited on

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=None, help="of the mutations; printed")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}, {options.seconds:.0f} s, {options.workers} workers", flush=True)
    outcome = fuzzed(options.seconds, seed, options.workers, options.findings)
    print(json.dumps(outcome, indent=1))
    return 1 if outcome["findings"] else 0


if __name__ == "__main__":
    sys.exit(main())
