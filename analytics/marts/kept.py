"""Marts that several tiers read, computed once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import pandas as pd

# Larger frames are computed again: memory is bounded, and there the engine's work is what counts.
MOST_ROWS = 100_000
P = ParamSpec("P")


class KeepsFrames(Protocol):
    """What has frames to keep, by the name of the method and what it was asked for."""

    kept_frames: dict[Hashable, pd.DataFrame]


S = TypeVar("S", bound=KeepsFrames)


def kept(
    method: Callable[Concatenate[S, P], pd.DataFrame],
) -> Callable[Concatenate[S, P], pd.DataFrame]:
    """Return a method that computes each frame once; who gets it may change it."""

    @wraps(method)
    def called(self: S, /, *arguments: P.args, **named: P.kwargs) -> pd.DataFrame:
        key = (method.__name__, arguments, tuple(sorted(named.items())))
        if key not in self.kept_frames:
            frame = method(self, *arguments, **named)
            if len(frame) > MOST_ROWS:
                return frame
            self.kept_frames[key] = frame
        return self.kept_frames[key].copy(deep=False)

    return called
