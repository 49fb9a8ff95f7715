"""A standalone Spark cluster on localhost: a master and two workers, each a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
WORKERS = 2
_START_SECONDS = 120


@contextmanager
def standalone_cluster(folder: Path) -> Iterator[str]:
    """Start a cluster that works in a folder; the master's address, gone when the block is left."""
    port, page, *pages = (_free_port() for _ in range(2 + WORKERS))
    master = f"spark://{HOST}:{port}"
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(
            _started(
                folder / "master",
                "org.apache.spark.deploy.master.Master",
                *("--host", HOST, "--port", str(port), "--webui-port", str(page)),
            )
        )
        for number, own in enumerate(pages):
            running.append(
                _started(
                    folder / f"worker-{number}",
                    "org.apache.spark.deploy.worker.Worker",
                    *("--host", HOST, "--webui-port", str(own), "--cores", "1"),
                    *("--memory", "1g", "--work-dir", str(folder / f"worker-{number}"), master),
                )
            )
        _await_workers(f"http://{HOST}:{page}/json/", running)
        yield master
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(timeout=60)


def _started(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    folder.mkdir(parents=True)
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(home / "bin" / "spark-class"), name, *arguments],
            env={**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST},
            stdout=log,
            stderr=log,
        )


def _await_workers(page: str, running: list[subprocess.Popen[bytes]]) -> None:
    for _ in range(_START_SECONDS * 2):
        if any(process.poll() is not None for process in running):
            break
        if _alive(page) == WORKERS:
            return
        time.sleep(0.5)
    raise RuntimeError("the cluster did not start; see the logs of its master and workers")


def _alive(page: str) -> int:
    try:
        with urllib.request.urlopen(page, timeout=5) as answer:
            workers = json.load(answer)["workers"]
    except (OSError, ValueError):
        return 0
    return sum(worker["state"] == "ALIVE" for worker in workers)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
