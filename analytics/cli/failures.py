"""A fault becomes one clear message and an exit code."""

from __future__ import annotations

import errno
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
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f" ({error.filename})" if error.filename else ""
        return f"error: the disk is full{where}; the published site is as it was\n  Free some room."
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"error: {error.filename or 'a file'} cannot be written: {error.strerror}"
    if isinstance(error, MemoryError):
        return "error: out of memory\n  Lower build.memory_limit or give the machine more."
    return f"error: unexpected fault: {type(error).__name__}: {error}\n  {REPORT}"


def failure_code(error: BaseException) -> ExitCode:
    """Return the exit code of a fault."""
    if isinstance(error, AnalyticsError):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    return ExitCode.FAULT


def report_failure(error: BaseException, *, debug: bool) -> ExitCode:
    """Print the message, with the traceback where it was asked for; return the exit code."""
    if debug:
        traceback.print_exception(error)
    print(failure_message(error), file=sys.stderr, flush=True)
    return failure_code(error)
