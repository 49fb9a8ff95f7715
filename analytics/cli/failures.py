"""A fault becomes one clear message and an exit code."""

from __future__ import annotations

import errno
import json
import sys
import traceback

from analytics.errors import AnalyticsError, ExitCode

REPORT = "Run the same command with --debug (analytics --debug …) to see where it happened."


def failure_message(error: BaseException) -> str:
    """Return what the user is told about a fault."""
    if isinstance(error, AnalyticsError):
        return f"error: {error}"
    if isinstance(error, KeyboardInterrupt):
        return "interrupted; the published site is as it was"
    if _is_full_disk(error):
        file = getattr(error, "filename", None)
        where = f" ({file})" if file else ""
        return f"error: the disk is full{where}; the published site is as it was\n  Free some room."
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"error: {error.filename or 'a file'} cannot be read or written: {error.strerror}"
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return (
            "error: out of memory\n  Set build.memory_limit to what the machine can spare, "
            "at least a few hundred MB."
        )
    said = next(iter(str(error).splitlines()), "")
    return f"error: unexpected fault: {type(error).__name__}: {said}\n  {REPORT}"


def _is_full_disk(error: BaseException) -> bool:
    # DuckDB and Arrow have exceptions of their own, and say it in words.
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return "No space left on device" in str(error) or "No space left" in str(error.__cause__)


def failure_code(error: BaseException) -> ExitCode:
    """Return the exit code of a fault."""
    if isinstance(error, AnalyticsError):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    return ExitCode.FAULT


def report_failure(error: BaseException, *, debug: bool, as_json: bool = False) -> ExitCode:
    """Print the message, with the traceback where it was asked for; return the exit code.

    A program that reads JSON on standard output gets a closing object there, too.
    """
    if debug:
        traceback.print_exception(error)
    message, code = failure_message(error), failure_code(error)
    print(message, file=sys.stderr, flush=True)
    if as_json:
        text = message.removeprefix("error: ")
        print(json.dumps({"outcome": "failed", "code": int(code), "message": text}), flush=True)
    return code
