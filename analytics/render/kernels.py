"""Pages executed by a few kernels side by side, each page by one that was reset for it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from analytics.render.kernel import Kernel, running_kernel

# A kernel takes seconds to start and to import what the first page needs, and 300 MB.
_TASKS_WORTH_A_KERNEL = 8
_MOST_KERNELS = 4

Result = TypeVar("Result")
Task = Callable[[Kernel], Result]


def executed(
    tasks: Sequence[Task[Result]],
    *,
    root: Path,
    environment: Mapping[str, str],
    notify: Callable[[int], None],
) -> list[Result]:
    """Return what each of `tasks` returns, given a kernel in the folder `root`.

    Parameters
    ----------
    tasks : sequence of callables
        Independent of each other: which kernel runs one, and after which other, is not said.
    root : Path
        The cells' working directory.
    environment : mapping
        Environment of the cells, over that of this process.
    notify : callable
        Called in the caller's thread with the number of tasks done.

    Raises
    ------
    Exception
        What the first of the tasks that failed raised; no kernel is left running.
    """
    if not tasks:
        return []
    count = min(os.cpu_count() or 1, _MOST_KERNELS, len(tasks) // _TASKS_WORTH_A_KERNEL)
    if count > 1:
        return _SideBySide(tasks, root, environment).results(count, notify)
    results: list[Result] = []
    with running_kernel(root, environment) as kernel:
        for task in tasks:
            if results:
                kernel.reset()
            results.append(task(kernel))
            notify(len(results))
    return results


class _SideBySide(Generic[Result]):
    """Tasks handed to kernels, each in a thread of its own, as they become free."""

    def __init__(
        self, tasks: Sequence[Task[Result]], root: Path, environment: Mapping[str, str]
    ) -> None:
        self._tasks = tasks
        self._root = root
        self._environment = environment
        self._waiting: SimpleQueue[int] = SimpleQueue()
        self._done: SimpleQueue[bool] = SimpleQueue()
        self._stopped = threading.Event()
        self._kernels: list[Kernel] = []
        self._results: dict[int, Result] = {}
        self._failures: dict[int, BaseException] = {}

    def results(self, count: int, notify: Callable[[int], None]) -> list[Result]:
        """Return the tasks' results, from `count` kernels."""
        for at in range(len(self._tasks)):
            self._waiting.put(at)
        with ThreadPoolExecutor(count) as pool:
            try:
                for _ in range(count):
                    pool.submit(self._work)
                running, finished = count, 0
                while running:
                    if self._done.get():
                        finished += 1
                        notify(finished)
                    else:
                        running -= 1
            except BaseException:
                self._stopped.set()
                for kernel in self._kernels:
                    kernel.abandon()
                raise
        if self._failures:
            raise self._failures[min(self._failures)]
        return [self._results[at] for at in range(len(self._tasks))]

    def _work(self) -> None:
        from jupyter_core.utils import ensure_event_loop

        at = -1  # a kernel that does not start comes before all tasks
        try:
            with running_kernel(self._root, self._environment) as kernel:
                self._kernels.append(kernel)
                while not self._stopped.is_set():
                    if at >= 0:
                        kernel.reset()
                    try:
                        at = self._waiting.get_nowait()
                    except Empty:
                        break
                    self._results[at] = self._tasks[at](kernel)
                    self._done.put(True)
        except BaseException as failure:
            self._failures[at] = failure
            self._stopped.set()
        finally:
            ensure_event_loop().close()
            self._done.put(False)
