"""Pages executed by a few kernels side by side, each page by one that was reset for it.

Kernels are slow to start and to import what the first page needs, so those that have run the
reports of a project rest until its pages come, or until the project is rendered otherwise.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from analytics.render.kernel import Kernel, KernelProcess, connected_kernel, started_kernel
from analytics.settings.tasks import most_tasks

# A kernel takes seconds to start and to import what the first page needs, and 300 MB.
_TASKS_WORTH_A_KERNEL = 8
_MOST_KERNELS = 4

Result = TypeVar("Result")
Task = Callable[[Kernel], Result]

_resting: list[tuple[Mapping[str, str], KernelProcess]] = []


def end_resting_kernels(root: Path) -> None:
    """End the kernels that rest in the folder `root`."""
    for entry in [entry for entry in _resting if entry[1].root == root]:
        _resting.remove(entry)
        entry[1].end()


def _end_all() -> None:
    while _resting:
        _resting.pop()[1].end()


def _taken(root: Path, environment: Mapping[str, str]) -> KernelProcess:
    """Take a kernel that rests, or start one."""
    for entry in list(_resting):
        if entry[0] == environment and entry[1].root == root:
            _resting.remove(entry)
            if entry[1].process.poll() is None:
                return entry[1]
            entry[1].end()
    return started_kernel(root, environment)


def _laid_to_rest(running: KernelProcess, environment: Mapping[str, str]) -> None:
    atexit.unregister(_end_all)
    atexit.register(_end_all)
    _resting.append((dict(environment), running))


def executed(
    tasks: Sequence[Task[Result]],
    *,
    root: Path,
    environment: Mapping[str, str],
    notify: Callable[[int], None],
    rest: bool = False,
) -> list[Result]:
    """Return what each of `tasks` returns, given a kernel in the folder `root`.

    Parameters
    ----------
    tasks : sequence of callables
        Independent of each other: which kernel runs one, and after which other, is not said.
        They are begun in their order.
    root : Path
        The cells' working directory.
    environment : mapping
        Environment of the cells, over that of this process.
    notify : callable
        Called in the caller's thread with the number of tasks done.
    rest : bool
        Whether the kernels stay for the next call with the same root and environment; see
        :func:`end_resting_kernels`.

    Raises
    ------
    Exception
        What the first of the tasks that failed raised; no kernel is left running.
    """
    if not tasks:
        return []
    wanted = max(1, len(tasks) // _TASKS_WORTH_A_KERNEL, len(_resting))
    count = min(most_tasks(), _MOST_KERNELS, len(tasks), wanted)
    return _SideBySide(tasks, root, environment, rest=rest).results(count, notify)


class _SideBySide(Generic[Result]):
    """Tasks handed to kernels, each in a thread of its own, as they become free."""

    def __init__(
        self,
        tasks: Sequence[Task[Result]],
        root: Path,
        environment: Mapping[str, str],
        *,
        rest: bool,
    ) -> None:
        self._tasks = tasks
        self._root = root
        self._environment = environment
        self._rest = rest
        self._waiting: SimpleQueue[int] = SimpleQueue()
        self._done: SimpleQueue[bool] = SimpleQueue()
        self._stopped = threading.Event()
        self._kernels: list[KernelProcess] = []
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
                working, finished = count, 0
                while working:
                    if self._done.get():
                        finished += 1
                        notify(finished)
                    else:
                        working -= 1
            except BaseException:
                self._stopped.set()
                for running in self._kernels:
                    running.process.kill()  # whoever waits for it gets an error
                raise
            finally:
                pool.shutdown()
                self._part()
        if self._failures:
            raise self._failures[min(self._failures)]
        return [self._results[at] for at in range(len(self._tasks))]

    def _part(self) -> None:
        """Lay the kernels to rest, or end them."""
        keep = self._rest and not self._stopped.is_set()
        for running in self._kernels:
            if keep:
                _laid_to_rest(running, self._environment)
            else:
                running.end()

    def _work(self) -> None:
        from jupyter_core.utils import ensure_event_loop

        at = -1  # a kernel that does not start comes before all tasks
        try:
            running = _taken(self._root, self._environment)
            self._kernels.append(running)
            with connected_kernel(running) as kernel:
                while not self._stopped.is_set():
                    try:
                        at = self._waiting.get_nowait()
                    except Empty:
                        break
                    self._results[at] = self._tasks[at](kernel)
                    self._done.put(True)
                    kernel.reset()
        except BaseException as failure:
            self._failures[at] = failure
            self._stopped.set()
        finally:
            ensure_event_loop().close()
            self._done.put(False)
