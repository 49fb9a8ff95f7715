"""The project's commands. `nox -s site` makes the site, `nox -s tests` passes the tests."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "typecheck", "tests"]

ROOT = Path(__file__).parent
LOCKS = ROOT / "requirements"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Folders of tests that have a session of their own.
OF_THEIR_OWN = ("office", "reproducible", "spark")

# The README starts nox with PYTHONPATH=.tools; nothing that a session runs may see it.
os.environ.pop("PYTHONPATH", None)

# Numerical libraries use one thread a task: forests and matrix products differ with threads.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


def install(session: nox.Session, lock: str) -> None:
    """Bring the session to the lock and make the package importable from this folder.

    What was installed last is noted in the environment, so that a second run of an unchanged
    project asks nobody.
    """
    file = LOCKS / f"{lock}.txt"
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = hashlib.sha256((file.read_text(encoding="utf-8") + project).encode()).hexdigest()
    note = Path(session.virtualenv.location) / "installed.txt"
    if not note.is_file() or note.read_text(encoding="utf-8") != f"{lock} {wanted}":
        note.unlink(missing_ok=True)
        quiet = ("uv", "pip", "install", "--quiet")
        session.run_install(*quiet, "--require-hashes", "-r", str(file))
        session.run_install(*quiet, "--no-deps", "--no-build-isolation", "--editable", ".")
        note.write_text(f"{lock} {wanted}", encoding="utf-8")
    session.env.update(ONE_THREAD)


def debian_package(session: nox.Session, package: str, *, found: bool) -> None:
    """Install a Debian package when this is root on Debian; else the tests say what to run."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if found or not is_root or shutil.which("apt-get") is None:
        return
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    session.run("apt-get", "-qq", "update", external=True, env=quiet)
    session.run(
        "apt-get",
        "-qq",
        "install",
        "-y",
        "--no-install-recommends",
        package,
        external=True,
        env=quiet,
        silent=True,
    )


def install_browser(session: nox.Session) -> None:
    """Install Chromium where there is no browser."""
    found = os.environ.get("CHROME_PATH") or any(map(shutil.which, CHROMIUM_NAMES))
    debian_package(session, "chromium", found=bool(found))


def install_java(session: nox.Session) -> None:
    """Install what Spark runs on, where it is not there."""
    debian_package(session, "openjdk-17-jre-headless", found=shutil.which("java") is not None)


def source_of(arguments: list[str]) -> str:
    """Return the source that the arguments name, or an empty text."""
    for index, argument in enumerate(arguments):
        if argument == "--source" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--source="):
            return argument.partition("=")[2]
    return ""


@nox.session
def site(session: nox.Session) -> None:
    """Make and publish the site; arguments go to `analytics build`."""
    install(session, "cdnow" if source_of(session.posargs) == "cdnow" else "site")
    session.run("analytics", "build", *session.posargs)


@nox.session
def serve(session: nox.Session) -> None:
    """Serve the published site on localhost; arguments go to `analytics serve`."""
    install(session, "site")
    session.run("analytics", "serve", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the whole test suite, browser tests included, and print the coverage."""
    install(session, "tests")
    install_browser(session)
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.run(
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        *(f"--ignore=tests/{folder}" for folder in OF_THEIR_OWN),
        "--cov",
        "--cov-report",
        "term:skip-covered",
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, names and the import contracts."""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-cache")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check the types, strictly."""
    install(session, "lint")
    session.run("mypy")


@nox.session
def spark(session: nox.Session) -> None:
    """Compare the marts on Spark with those on DuckDB."""
    install(session, "spark")
    install_java(session)
    session.run("pytest", "tests/spark", *session.posargs)


@nox.session
def sizes(session: nox.Session) -> None:
    """Compare a shop of a million orders on DuckDB in little and in much memory, and on Spark."""
    install(session, "spark")
    install_java(session)
    session.run("python", "tests/spark/sizes.py", *session.posargs)


@nox.session
def recovery(session: nox.Session) -> None:
    """Look for the planted causes over 200 shops; goes on where a run was stopped."""
    install(session, "tests")
    session.run("python", "tests/recovery/run.py", *session.posargs)


@nox.session
def edits(session: nox.Session) -> None:
    """Compare incremental builds with clean ones over 50 random edits of a small shop."""
    install(session, "tests")
    session.run("python", "tests/edits/run.py", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz the reading of exports for ten minutes; arguments go to the fuzzer."""
    install(session, "tests")
    session.run("python", "tests/faults/fuzz.py", *session.posargs)


@nox.session
def reports(session: nox.Session) -> None:
    """Look at every report of the published site in the browser; ANALYTICS_SITE names another."""
    install(session, "tests")
    install_browser(session)
    site_folder = os.environ.get("ANALYTICS_SITE", str(ROOT / "public"))
    every_report = {"ANALYTICS_SITE": site_folder, "ANALYTICS_REPORTS": "all"}
    tested = [f"tests/site/test_{name}.py" for name in ("pages", "weights")]
    session.run("pytest", "-k", "report", *tested, *session.posargs, env=every_report)


@nox.session
def privacy(session: nox.Session) -> None:
    """Look for every customer in the published tree, also in what is compressed and in print."""
    install(session, "tests")
    session.run("python", "tests/privacy/scan.py", *session.posargs)


@nox.session
def office(session: nox.Session) -> None:
    """Open the spreadsheet files in LibreOffice; ANALYTICS_SITE names a published tree."""
    install(session, "tests")
    debian_package(session, "libreoffice-calc", found=shutil.which("soffice") is not None)
    session.run("pytest", "tests/office", *session.posargs)


@nox.session
def reproducible(session: nox.Session) -> None:
    """Build the same inputs twice under other circumstances; compare the trees."""
    install(session, "tests")
    session.run("pytest", "tests/reproducible", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure stages; or `--scale FOLDER`, `--grids`, `--publishing`: see `tests/bench`."""
    install(session, "cdnow")
    kinds = ("--publishing", "--grids", "--scale")
    script = next((kind[2:] for kind in kinds if kind in session.posargs), "stages")
    arguments = [each for each in session.posargs if each not in kinds]
    session.run("python", f"tests/bench/{script}.py", *arguments)


@nox.session
def minimums(session: nox.Session) -> None:
    """Run the unit tests on the lowest versions that `pyproject.toml` admits."""
    session.run_install(
        "uv",
        "pip",
        "install",
        "--quiet",
        "--resolution",
        "lowest-direct",
        "--group",
        "build",
        "--group",
        "tests",
        "--editable",
        ".[cdnow]",
    )
    session.env.update(ONE_THREAD)
    session.run("pytest", *(session.posargs or ("tests/unit", "tests/published")))


@nox.session
def lock(session: nox.Session) -> None:
    """Compile the lock from `pyproject.toml`; releases younger than two weeks wait."""
    from datetime import UTC, datetime, timedelta

    day = (datetime.now(UTC) - timedelta(days=14)).date().isoformat()
    shared = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        "--no-annotate",
        "--quiet",
        "--exclude-newer",
        day,
        *session.posargs,
    ]
    parts: dict[str, list[str]] = {
        "site": ["--group", "build"],
        "cdnow": ["--group", "build", "--extra", "cdnow"],
        "tests": ["--group", "build", "--extra", "cdnow", "--group", "tests"],
        "lint": [
            "--group",
            "build",
            "--extra",
            "cdnow",
            "--group",
            "tests",
            "--group",
            "lint",
            "--group",
            "typecheck",
        ],
        "spark": ["--group", "build", "--extra", "cdnow", "--extra", "spark", "--group", "tests"],
    }
    for name, options in parts.items():
        first = [] if name == "site" else ["--constraint", str(LOCKS / "site.txt")]
        session.run(
            "uv",
            "pip",
            "compile",
            "pyproject.toml",
            *options,
            *first,
            *shared,
            "--output-file",
            str(LOCKS / f"{name}.txt"),
            external=True,
        )
    session.run(
        "uv",
        "pip",
        "compile",
        "--group",
        "tools",
        *shared,
        "--output-file",
        str(LOCKS / "tools.txt"),
        external=True,
    )
