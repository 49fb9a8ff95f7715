"""One thread for numerical libraries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

# A limit holds for libraries that are loaded; these load their own pools of threads.
_POOLS = ("scipy.linalg", "sklearn.ensemble", "xgboost")


@contextmanager
def one_thread() -> Iterator[None]:
    """Let numerical libraries use one thread: sums of floating-point numbers differ with more."""
    from threadpoolctl import threadpool_limits

    for name in _POOLS:
        import_module(name)
    with threadpool_limits(limits=1):
        yield
