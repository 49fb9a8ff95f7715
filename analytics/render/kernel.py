"""One warm Python kernel that runs the cells of all documents, reset between them."""

from __future__ import annotations

import ast
import os
import shutil
import site
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any

from analytics.errors import RenderError

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient

_START_SECONDS = 120
_POLL_SECONDS = 1.0
_LONGEST_REASON = 500
_CONNECTION, _LOG = "connection.json", "log"
# Modules are garbage to nobody: frozen, they cost the next collection nothing (0.12 s a page).
_RESET = (
    "get_ipython().reset(new_session=False)\n"
    "__import__('os').chdir({root!r})\n"
    "__import__('gc').freeze()"
)
# jsonschema compiles a grammar for internationalised addresses, 0.9 s, where this can be had.
_WITHOUT = "__import__('sys').modules.setdefault('rfc3987_syntax', None)"
_INLINE = (
    "(lambda value: (True, value._repr_markdown_()) if hasattr(value, '_repr_markdown_')"
    " else (False, str(value)))({expression})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a cell showed: `kind` is markdown, plain, stdout or stderr."""

    kind: str
    text: str


class CellFailure(Exception):
    """A cell raised, or showed what no page can hold; the text is one line."""


class Kernel:
    """A running kernel; made by :func:`running_kernel`."""

    def __init__(
        self, client: BlockingKernelClient, process: subprocess.Popen[bytes], root: Path
    ) -> None:
        """Take a client and the process that it talks to; `root` is the cells' folder."""
        self._client = client
        self._process = process
        self._root = root.resolve()

    def reset(self) -> None:
        """Forget all names and return to the project's folder; imported modules stay warm."""
        self.outputs(_RESET.format(root=str(self._root)))

    def outputs(self, code: str) -> tuple[Output, ...]:
        """Run `code` and return what it showed, streams of one kind merged.

        Raises
        ------
        CellFailure
            The code raised, or returned something without markdown or plain text alone.
        RenderError
            The kernel died.
        """
        shown: list[Output] = []
        failure = ""
        for kind, content in self._messages(code, {}):
            if kind == "error":
                failure = _reason(content)
            elif kind == "stream":
                shown.append(Output(kind=content["name"], text=content["text"]))
            elif kind in ("execute_result", "display_data"):
                shown.append(_displayed(content["data"]))
            elif kind in ("update_display_data", "clear_output"):
                failure = failure or f"the cell sent {kind}, which a page cannot follow"
        if failure:
            raise CellFailure(failure)
        return tuple(_merged(shown))

    def inline(self, expression: str) -> tuple[bool, str]:
        """Return whether `expression` gives markdown, and its text."""
        value: dict[str, Any] = {}
        for kind, content in self._messages("", {"value": _INLINE.format(expression=expression)}):
            if kind == "execute_reply":
                value = content.get("user_expressions", {}).get("value", {})
        if value.get("status") != "ok":
            raise CellFailure(_reason(value))
        is_markdown, text = ast.literal_eval(value["data"]["text/plain"])
        return bool(is_markdown), str(text)

    def _messages(
        self, code: str, expressions: dict[str, str]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        client = self._client
        asked = client.execute(
            code, user_expressions=expressions, store_history=False, allow_stdin=False
        )
        while True:
            message = self._next(client.get_iopub_msg)
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind = message["msg_type"]
            if kind == "status" and message["content"]["execution_state"] == "idle":
                break
            yield kind, message["content"]
        while True:
            message = self._next(client.get_shell_msg)
            if message["parent_header"].get("msg_id") == asked:
                yield "execute_reply", message["content"]
                return

    def _next(self, receive: Any) -> dict[str, Any]:
        while True:
            try:
                message: dict[str, Any] = receive(timeout=_POLL_SECONDS)
                return message
            except Empty:
                if self._process.poll() is not None:
                    raise RenderError(
                        f"the Python kernel ended with code {self._process.returncode} "
                        "while a cell ran",
                        remedy="It may have run out of memory, or the cell ended its process.",
                    ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelProcess:
    """A kernel's process, the folder that it is told by, and the folder that cells run in."""

    process: subprocess.Popen[bytes]
    home: Path
    root: Path

    def end(self) -> None:
        """End the process and remove its folder."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def running_kernel(root: Path, environment: Mapping[str, str]) -> Iterator[Kernel]:
    """Start a kernel in the folder `root`; it is gone when the block is left, however.

    It listens on local sockets only, and reads no configuration of the user's: its IPython
    and Jupyter folders are temporary.
    """
    running = started_kernel(root, environment)
    try:
        with connected_kernel(running) as kernel:
            yield kernel
    finally:
        running.end()


def started_kernel(root: Path, environment: Mapping[str, str]) -> KernelProcess:
    """Start a kernel's process, which has to be ended by the caller."""
    from jupyter_client.connect import write_connection_file

    # Socket paths are limited to about 100 characters, so not below the project.
    home = Path(tempfile.mkdtemp(prefix="kernel-"))
    try:
        transport, address = ("tcp", "") if os.name == "nt" else ("ipc", str(home / "s"))
        file, _ = write_connection_file(str(home / _CONNECTION), transport=transport, ip=address)
        with (home / _LOG).open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "ipykernel_launcher", "-f", file,
                 "--HistoryManager.enabled=False"],
                cwd=root,
                env=_kernel_environment(home, environment),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=os.name != "nt",  # Ctrl-C is ours to handle
            )  # fmt: skip
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    return KernelProcess(process=process, home=home, root=root)


@contextmanager
def connected_kernel(running: KernelProcess) -> Iterator[Kernel]:
    """Connect to a kernel's process, which was reset; it stays when the block is left."""
    from jupyter_client.blocking.client import BlockingKernelClient

    client = BlockingKernelClient(connection_file=str(running.home / _CONNECTION))
    try:
        client.load_connection_file()
        client.start_channels(stdin=False, hb=False)
        kernel = Kernel(client, running.process, running.root)
        _await_start(client, running)
        kernel.outputs(_WITHOUT)
        kernel.reset()
        yield kernel
    finally:
        client.stop_channels()


def _await_start(client: BlockingKernelClient, running: KernelProcess) -> None:
    for _ in range(int(_START_SECONDS / _POLL_SECONDS)):
        client.kernel_info()
        try:
            client.get_shell_msg(timeout=_POLL_SECONDS)
            # What a kernel says before it is listened to is lost, and would be waited for.
            client.get_iopub_msg(timeout=_POLL_SECONDS)
            break
        except Empty:
            if running.process.poll() is not None:
                break
    else:
        raise RenderError(f"the Python kernel did not start within {_START_SECONDS} s")
    if running.process.poll() is not None:
        said = (running.home / _LOG).read_text("utf-8", "replace").strip().splitlines()
        raise RenderError(
            "the Python kernel did not start" + (f": {said[-1]}" if said else ""),
            remedy="Check that ipykernel is installed in this environment.",
        )


def _kernel_environment(home: Path, environment: Mapping[str, str]) -> dict[str, str]:
    package_root = str(Path(__file__).resolve().parents[2])
    installed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    if package_root not in installed | set(site.getsitepackages()):
        paths.insert(0, package_root)
    folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    return {
        **os.environ,
        **environment,
        **{name: str(home / name.lower()) for name in folders},
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PATH": "",
        "JUPYTER_CONFIG_PATH": "",
        "JPY_PARENT_PID": str(os.getpid()),  # the kernel ends itself should we be killed
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MPLBACKEND": "agg",
    }


def _displayed(data: Mapping[str, str]) -> Output:
    if "text/html" in data or ("text/markdown" not in data and set(data) - {"text/plain"}):
        form = "text/html" if "text/html" in data else sorted(set(data) - {"text/plain"})[0]
        raise CellFailure(
            f"the cell shows {form}; return an object whose only rich form is text/markdown"
        )
    if "text/markdown" in data:
        return Output(kind="markdown", text=data["text/markdown"])
    return Output(kind="plain", text=data.get("text/plain", ""))


def _merged(outputs: list[Output]) -> list[Output]:
    merged: list[Output] = []
    for output in outputs:
        streams = output.kind in ("stdout", "stderr")
        if merged and streams and merged[-1].kind == output.kind:
            merged[-1] = Output(kind=output.kind, text=merged[-1].text + output.text)
        else:
            merged.append(output)
    return merged


def _reason(error: Mapping[str, Any]) -> str:
    name = str(error.get("ename", "error"))
    rows = str(error.get("evalue", "")).split("\n")
    words = " ".join(" ".join(row.split()) for row in rows if row.strip())
    if len(words) > _LONGEST_REASON:
        words = words[-_LONGEST_REASON:]
    return f"{name}: {words}" if words else name
