"""Ingest, cleaning and marts of a source in a process of its own, on the engine that is named.

Writes every mart as a Parquet file into a folder; prints how many machines computed, in JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]


def main() -> None:
    """Compute and write."""
    from analytics.cleaning import clean, read_clean_tables
    from analytics.engine import open_engine
    from analytics.ingest import ingest, read_source
    from analytics.marts import Marts
    from analytics.settings import Layout
    from tests.spark.test_equal_marts import MARTS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
    parser.add_argument("--memory-limit", default="4GB")
    parser.add_argument("--master", default="local[2]")
    options = parser.parse_args()
    # A source of a project is told by its name, its files are relative to the project.
    own = options.source.parent.name == "sources"
    root = options.source.parents[2] if own else options.out
    layout = Layout(root=root, source=options.source.stem)
    source = read_source(options.source.stem if own else str(options.source), layout)
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="engine-frames-") as temporary,
        open_engine(
            kind=options.engine,
            memory_limit=options.memory_limit,
            master=options.master,
            temporary=Path(temporary),
        ) as engine,
    ):
        folder = Path(temporary) / "clean"
        cleaned = clean(ingest(source, engine), source, engine, folder)
        report = cleaned.quality.frames
        marts = Marts(read_clean_tables(folder, engine), engine)
        for name, mart in MARTS.items():
            mart(marts).to_parquet(options.out / f"{name}.parquet")
        for name, frame in report.items():
            frame.to_parquet(options.out / f"quality_{name}.parquet")
        machines = 1
        if options.engine == "spark":
            context = engine.connection._session.sparkContext
            # The driver is among them.
            machines = context._jsc.sc().getExecutorMemoryStatus().size()
    print(json.dumps({"machines": machines, "seconds": round(time.perf_counter() - started, 1)}))


if __name__ == "__main__":
    main()
