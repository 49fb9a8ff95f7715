"""Serves a folder from a process of its own, which coverage does not trace.

A traced thread that starts while another one does can die before it answers (Python says
`Cannot install a trace function while another trace function is being installed`), and a page
of fifty files starts many at once.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: object) -> None:
        pass

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # the browser left in the middle of an answer
            super().handle()


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of localhost; gives the address, with a slash."""
    command = [sys.executable, __file__, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, "the test server did not start"
        yield f"http://127.0.0.1:{port}/"
        server.terminate()


def main() -> None:
    """Serve the folder that the command line names, until ended; prints the port."""
    handler = functools.partial(_Quiet, directory=sys.argv[1])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
