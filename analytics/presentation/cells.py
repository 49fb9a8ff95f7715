"""Cells that show one result, and what stands in their place where a source lacks it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from analytics.presentation.context import stored
from analytics.presentation.fragments import Fragment, absent_line, missing_note
from analytics.results import Missing, Result

R = TypeVar("R", bound=Result)
P = ParamSpec("P")
Absent = Callable[[Missing], Fragment]


def shown(
    kind: type[R], *, absent: Absent = absent_line
) -> Callable[[Callable[Concatenate[R, P], Fragment]], Callable[P, Fragment]]:
    """Return a decorator that hands a cell the stored result of a kind.

    Parameters
    ----------
    kind : type of Result
        The result that the cell shows: the first argument of the function.
    absent : callable
        Makes, of the `Missing` in its place, what is shown instead; one line unless told.
    """

    def decorated(cell: Callable[Concatenate[R, P], Fragment]) -> Callable[P, Fragment]:
        @wraps(cell)
        def called(*arguments: P.args, **named: P.kwargs) -> Fragment:
            result = stored(kind)
            if isinstance(result, Missing):
                return absent(result)
            return cell(result, *arguments, **named)

        return called

    return decorated


def what_to_add(shows: str) -> Absent:
    """Return what makes the note of what to add to the source, for the first cell of a page."""
    return lambda missing: missing_note(missing, shows=shows)


def nothing(missing: Missing) -> Fragment:
    """Return nothing: another cell of the page says what is missing."""
    return Fragment("")
