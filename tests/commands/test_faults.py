"""What a user can cause: one clear message, the right exit code, the published site as it was."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = "customer,day,amount\n" + "".join(
    f"c{n % 40:03},2024-{n % 6 + 1:02}-{n % 28 + 1:02},{n % 90 + 10}.50\n" for n in range(600)
)
SOURCE = """
title = "Shop"
currency = "USD"
folder = "raw"
[tables.transactions]
file = "orders.csv"
format = "csv"
[tables.transactions.columns]
customer_id = "customer"
ordered_at = "day"
net = "amount"
[tables.transactions.dates]
ordered_at = ["%Y-%m-%d"]
"""
PUBLISHERS_OWN = ("status.json", "index.html", "versions/index.html")


def state(public):
    """Return the digest of every published file; the publisher's notices may say "stale"."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(public.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
        for name in [path.relative_to(public).as_posix()]
        if name not in PUBLISHERS_OWN
    }


@pytest.fixture(scope="module")
def published_shop(tmp_path_factory, analytics, project_writer):
    """A project with a shop of transactions alone, published once."""
    project = project_writer(tmp_path_factory.mktemp("shop") / "project")
    (project / "raw").mkdir()
    (project / "shop.toml").write_text(SOURCE)
    (project / "raw" / "orders.csv").write_text(GOOD)
    done = analytics(project, "build", "--renderer", "embedded", "--source", "shop.toml")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def shop(published_shop):
    """The published shop, its exports good again afterwards."""
    yield published_shop
    orders = published_shop / "raw" / "orders.csv"
    if orders.is_dir():
        shutil.rmtree(orders)
    orders.write_text(GOOD)
    (published_shop / "shop.toml").write_text(SOURCE)


def build(analytics, shop, *arguments):
    return analytics(shop, "build", "--renderer", "embedded", "--source", "shop.toml", *arguments)


BROKEN = {
    "a missing file": (None, "orders.csv"),
    "a file that is not UTF-8": (GOOD.replace("c001", "cäö1").encode("latin-1"), "utf-8"),
    "an empty file": (b"", "empty"),
    "a table without a required column": (GOOD.replace("amount", "sum", 1).encode(), "amount"),
    "a header given twice": (GOOD.replace("customer,day", "day,day", 1).encode(), "day"),
    "NUL bytes": (GOOD.replace("c001", "c\0001").encode(), "NUL"),
    "a table of no rows": (b"customer,day,amount\n", "row"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_export_ends_in_one_message(name, shop, analytics):
    content, said = BROKEN[name]
    before = state(shop / "public-shop")
    orders = shop / "raw" / "orders.csv"
    orders.unlink()
    if content is not None:
        orders.write_bytes(content)
    done = build(analytics, shop)
    assert done.returncode == 2, done.stderr
    message = done.stderr.partition("error: ")[2]
    assert "orders.csv" in message
    assert said.lower() in message.lower()
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error: ") == 1
    assert state(shop / "public-shop") == before


def test_a_build_after_a_broken_one_is_fresh_again(shop, analytics):
    (shop / "raw" / "orders.csv").write_bytes(b"")
    assert build(analytics, shop).returncode == 2
    status = shop / "public-shop" / "status.json"
    assert '"stale"' in status.read_text()
    (shop / "raw" / "orders.csv").write_text(GOOD)
    done = build(analytics, shop)
    assert done.returncode == 0, done.stderr
    assert "nothing has changed" in done.stdout
    assert '"fresh"' in status.read_text()


BROKEN_DOCUMENTS = {
    "a link to no page": ("See [there](nowhere.qmd).", "the link nowhere"),
    "a cell that fails": ("```{python}\n1 / 0\n```", "ZeroDivisionError"),
}


@pytest.mark.parametrize("name", BROKEN_DOCUMENTS)
def test_a_broken_document_publishes_nothing(name, shop, analytics):
    text, said = BROKEN_DOCUMENTS[name]
    before = state(shop / "public-shop")
    document = shop / "site" / "methods" / "about.qmd"
    written = document.read_text("utf-8")
    line = f"{written}\n\n".count("\n") + 1
    document.write_text(f"{written}\n\n{text}\n", encoding="utf-8")
    try:
        done = build(analytics, shop)
    finally:
        document.write_text(written, encoding="utf-8")
    assert done.returncode == 2, done.stderr
    message = done.stderr.partition("error: ")[2]
    assert f"site/methods/about.qmd, row {line}" in message, message
    assert said in message, message
    assert "Traceback" not in done.stderr
    assert state(shop / "public-shop") == before


def test_an_unknown_key_in_the_settings_names_the_nearest(new_project, analytics):
    project = new_project()
    settings = project / "analytics.toml"
    settings.write_text(settings.read_text().replace("horizon_months", "horizont_months"))
    done = analytics(project, "build")
    assert done.returncode == 2
    assert "Did you mean clv.horizon_months?" in done.stderr


def test_an_unknown_source_names_the_nearest(new_project, analytics):
    done = analytics(new_project(), "build", "--source", "cdnows")
    assert done.returncode == 2
    assert "Did you mean cdnow?" in done.stderr


@pytest.mark.parametrize("arguments", [["bild"], ["build", "--engine", "pandas"], ["verify", "x"]])
def test_misuse_exits_with_2(arguments, shop, analytics):
    done = analytics(shop, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_outside_a_project_the_message_says_where_it_looked(tmp_path, analytics):
    done = analytics(tmp_path, "build")
    assert done.returncode == 2
    assert "there is no analytics.toml" in done.stderr


def test_a_full_disk_leaves_the_site_as_it_was(shop, analytics, tmp_path):
    """A limit on file size fails writes as a full disk does, half-way through a file."""
    before = state(shop / "public-shop")
    (shop / "raw" / "orders.csv").write_text(GOOD + "c001,2024-06-30,12.00\n")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            FULL_DISK,
            "--project",
            str(shop),
            "build",
            "--renderer",
            "embedded",
            "--source",
            "shop.toml",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=shop,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1, done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert state(shop / "public-shop") == before


FULL_DISK = """
import errno, sys
from analytics.publish import files
def full(self, *arguments, **options):
    raise OSError(errno.ENOSPC, "No space left on device", "public-shop/x")
files.Files.write = full
from analytics.cli import main
main()
"""


def test_ctrl_c_leaves_the_site_as_it_was(shop, analytics):
    before = state(shop / "public-shop")
    (shop / "raw" / "orders.csv").write_text(GOOD + "c002,2024-06-30,12.00\n")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "analytics.cli",
            "--project",
            str(shop),
            "build",
            "--renderer",
            "embedded",
            "--source",
            "shop.toml",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=shop,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    first = process.stderr.readline()
    assert first.startswith("ingest and clean")
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.rstrip().endswith("interrupted; the published site is as it was")
    assert "Traceback" not in errors
    assert state(shop / "public-shop") == before
    assert not list(shop.rglob(".staging-*"))


def test_another_sources_tree_is_refused(shop, analytics, tmp_path):
    done = analytics(
        shop, "build", "--renderer", "embedded", "--source", "cdnow", "--output", "public-shop"
    )
    assert done.returncode == 2
    assert "shop" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_end_says_so(number, shop):
    (shop / "raw" / "orders.csv").write_text(GOOD + "c003,2024-06-30,12.00\n")
    command = [sys.executable, "-m", "analytics.cli", "build", "--renderer", "embedded", "--json"]
    process = subprocess.Popen(
        [*command, "--source", "shop.toml", "--force"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=shop,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    assert json.loads(process.stdout.readline())["stage"] == "ingest and clean"
    os.kill(process.pid, number)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "interrupted; the published site is as it was\n"
    assert json.loads(rest.splitlines()[-1])["outcome"] == "failed"
    assert not list((shop / "data" / "cache").glob("*/render-*"))


def test_alerts_of_a_source_by_path(shop, analytics):
    done = analytics(shop, "alerts", "--source", str(shop / "shop.toml"))
    assert done.returncode == 0, done.stderr
    assert "Retention" in done.stdout
