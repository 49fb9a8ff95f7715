"""Kernels side by side: results in order, the first failure told, nothing left running."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.render import kernels
from analytics.render.kernel import CellFailure, Kernel
from analytics.render.kernels import end_resting_kernels, executed


@pytest.fixture(autouse=True)
def two_kernels(monkeypatch):
    monkeypatch.setattr(kernels, "_TASKS_WORTH_A_KERNEL", 2)
    monkeypatch.setattr(kernels, "most_tasks", lambda: 2)


def text_of(expression: str):
    def task(kernel: Kernel) -> str:
        return kernel.inline(expression)[1]

    return task


def test_results_keep_the_order_of_their_tasks(tmp_path):
    counted: list[int] = []
    results = executed(
        [text_of(f"{number} * 10") for number in range(6)],
        root=tmp_path,
        environment={},
        notify=counted.append,
    )
    assert results == ["0", "10", "20", "30", "40", "50"]
    assert counted == [1, 2, 3, 4, 5, 6]


def test_no_task_sees_what_another_left(tmp_path):
    def task(kernel: Kernel) -> str:
        seen = kernel.inline("'left' in globals()")[1]
        kernel.outputs("left = 1")
        return seen

    assert (
        executed([task] * 5, root=tmp_path, environment={}, notify=lambda count: None)
        == ["False"] * 5
    )


def test_failure_of_a_task_is_raised_and_no_kernel_is_left(tmp_path):
    pids: list[int] = []

    def task(kernel: Kernel) -> str:
        pids.append(int(kernel.inline("__import__('os').getpid()")[1]))
        return kernel.inline("1 / 0")[1]

    with pytest.raises(CellFailure, match="division by zero"):
        executed([task] * 4, root=tmp_path, environment={}, notify=lambda count: None)
    assert pids
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_interrupt_gives_up_cells_that_run(tmp_path):
    pids: list[int] = []

    def slow(kernel: Kernel) -> str:
        pids.append(int(kernel.inline("__import__('os').getpid()")[1]))
        return kernel.inline("__import__('time').sleep(600)")[1]

    def interrupt(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        executed([text_of("1"), slow, slow, slow], root=tmp_path, environment={}, notify=interrupt)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_nothing_to_do_starts_no_kernel(tmp_path):
    assert executed([], root=tmp_path / "none", environment={}, notify=lambda count: None) == []


def test_kernels_that_rest_serve_the_next_call_and_know_nothing_of_the_last(tmp_path):
    def task(kernel: Kernel) -> tuple[str, str]:
        seen = kernel.inline("'left' in globals()")[1]
        kernel.outputs("left = 1")
        return seen, kernel.inline("__import__('os').getpid()")[1]

    def run(*, rest: bool) -> list[tuple[str, str]]:
        return executed(
            [task] * 4, root=tmp_path, environment={}, notify=lambda count: None, rest=rest
        )

    first = run(rest=True)
    pids = {str(running.process.pid) for _, running in kernels._resting}
    second = run(rest=False)
    assert len(pids) == 2
    assert pids >= {pid for _, pid in second}
    assert {seen for seen, _ in first + second} == {"False"}
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_kernels_that_rest_are_of_one_environment_and_can_be_ended(tmp_path):
    task = text_of("__import__('os').environ.get('WHICH')")

    def run(which: str) -> str:
        return executed(
            [task], root=tmp_path, environment={"WHICH": which}, notify=lambda count: None,
            rest=True,
        )[0]  # fmt: skip

    assert run("a") == "a"
    assert run("b") == "b"
    pids = [running.process.pid for _, running in kernels._resting]
    assert len(pids) == 2
    end_resting_kernels(tmp_path)
    assert kernels._resting == []
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
