"""Data arrive again and again, as the site's workflow takes them: the same steps, locally."""

import csv
import json
import os
import random
import re
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import feedparser
import pytest

ROOT = Path(__file__).parents[2]
SHOP = """
title = "Corner Shop"
currency = "EUR"
time_zone = "Europe/Berlin"
folder = "data/raw/shop"
public = true
publish_customers = false

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
FIRST = date(2023, 1, 1)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2} \w+ \d{4}")


def orders(last, restated=()):
    """Orders of 90 customers to a day; restated days are worth a tenth more."""
    rows, draws = [], random.Random(7)
    day = FIRST
    while day <= last:
        for customer in draws.sample(range(90), 6):
            amount = round(draws.uniform(10, 90), 2)
            extra = 1.1 if day in restated else 1.0
            rows.append((f"c{customer:03}", day.isoformat(), f"{amount * extra:.2f}"))
        day += timedelta(days=1)
    return rows


def write_orders(file, rows):
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("customer", "day", "amount"), *rows])


@pytest.fixture(scope="module")
def steps(tmp_path_factory, project_writer):
    """Five refreshes, each in a fresh checkout: what the workflow's steps said and left."""
    base = tmp_path_factory.mktemp("refresh")
    remote = base / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
    arriving = base / "arriving.csv"
    april = [date(2024, 4, day) for day in range(1, 31)]
    deliveries = [
        orders(date(2024, 4, 30)),
        orders(date(2024, 5, 31)),
        orders(date(2024, 5, 31), restated=april),
        orders(date(2024, 5, 31), restated=april),
        [("c001", "31.13.2024", "what?")] * 3,
    ]
    live, told = base / "nothing-yet", []
    for number, rows in enumerate(deliveries, start=1):
        write_orders(arriving, rows)
        checkout = project_writer(base / f"checkout-{number}")
        settings = checkout / "analytics.toml"
        text = settings.read_text("utf-8")
        for key, value in {
            "fetch": f'"cp {arriving} $ANALYTICS_RAW/orders.csv"',
            "source": '"shop"',
            "url": '"https://corner.example"',
        }.items():
            text = re.sub(rf"(?m)^{key} = .*$", lambda _, k=key, v=value: f"{k} = {v}", text)
        settings.write_text(text, encoding="utf-8")
        (checkout / "data/sources/shop.toml").write_text(SHOP)
        git(checkout, "init", "--quiet", "--initial-branch=main")
        git(checkout, "remote", "add", "origin", str(remote))
        told.append(Step(checkout, base / f"deployed-{number}", live))
        live = told[-1].deployed
    return told


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=environment())


def environment():
    who = {f"GIT_{role}_{what}": "site@corner.example" for role in ("AUTHOR", "COMMITTER")
           for what in ("NAME", "EMAIL")}  # fmt: skip
    command = f"{sys.executable} -m analytics.cli"
    return {**os.environ, **who, "PYTHONPATH": str(ROOT), "ANALYTICS": command}


class Step:
    """The steps of .github/workflows/site.yml in one checkout."""

    def __init__(self, checkout, deployed, live):
        self.deployed, self.public = deployed, checkout / "public"
        self.restore = self.run(checkout, [ROOT / ".github/restore.sh", "public"])
        self.fetch = self.analytics(checkout, "fetch")
        self.build = self.analytics(
            checkout, "build", "--renderer", "embedded", "--output", "public"
        )
        self.deploy = self.analytics(
            checkout, "deploy", "--output", "public", "--into", deployed, "--live", live
        )
        self.store = self.run(checkout, [ROOT / ".github/store.sh", "public"])
        self.verify = self.analytics(checkout, "verify", "--output", "public")

    def analytics(self, checkout, *arguments):
        return self.run(checkout, [sys.executable, "-m", "analytics.cli", *arguments])

    @staticmethod
    def run(checkout, command):
        return subprocess.run(
            [str(part) for part in command], cwd=checkout, env=environment(),
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    @property
    def versions(self):
        listed = json.loads((self.deployed / "versions.json").read_text())
        return [entry["name"] for entry in listed["versions"]]

    def contents(self, version):
        folder = self.deployed / version
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def test_every_step_ends_as_its_data_deserve(steps):
    codes = [
        [getattr(step, name).returncode
         for name in ("restore", "fetch", "build", "deploy", "store", "verify")]
        for step in steps
    ]  # fmt: skip
    good = [0, 0, 0, 0, 0, 0]
    said = [(step.build.stderr[-400:], step.store.stderr, step.deploy.stderr) for step in steps]
    assert codes == [good, good, good, good, [0, 0, 2, 0, 0, 0]], said


def test_a_month_more_and_a_restated_month_are_versions_and_unchanged_data_are_none(steps):
    assert [step.versions for step in steps] == [
        ["2024-04-30"],
        ["2024-05-31", "2024-04-30"],
        ["2024-05-31-r2", "2024-05-31", "2024-04-30"],
        ["2024-05-31-r2", "2024-05-31", "2024-04-30"],
        ["2024-05-31-r2", "2024-05-31", "2024-04-30"],
    ]
    assert "nothing has changed" in steps[3].build.stdout


def test_earlier_versions_stay_byte_for_byte(steps):
    for before, after in pairwise(steps):
        for version in before.versions:
            assert before.contents(version) == after.contents(version)


def test_broken_data_leave_the_site_up_and_say_since_when_and_why(steps):
    status = json.loads((steps[4].deployed / "status.json").read_text())
    assert status["state"] == "stale"
    assert status["because"]
    assert status["latest"] == "2024-05-31-r2"
    assert json.loads((steps[3].deployed / "status.json").read_text())["state"] == "fresh"
    assert "Stale since" in (steps[4].deployed / "index.html").read_text()


def differences(step, old, new):
    command = [sys.executable, "-m", "analytics.cli", "diff", old, new, "--output", "public"]
    done = step.run(step.public.parent, command)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_first_difference_is_a_new_period_alone(steps):
    lines = differences(steps[1], "2024-04-30", "2024-05-31")
    row = next(line for line in lines if "net_revenue, 2024-04 to 2024-05" in line)
    assert row.endswith("[new period]")
    assert not any("restated" in line for line in lines)
    days = next(line for line in lines if line.startswith("table daily_series"))
    assert "31 rows added, 0 changed, 0 removed" in days


def test_the_second_difference_names_the_restated_month(steps):
    lines = differences(steps[2], "2024-05-31", "2024-05-31-r2")
    row = next(line for line in lines if "net_revenue in 2024-04" in line)
    assert "+10.0%" in row
    assert row.endswith("[restated history]")
    assert not any("new period" in line for line in lines)
    days = next(line for line in lines if line.startswith("table daily_series"))
    assert "0 rows added, 30 changed, 0 removed" in days
    page = (steps[2].deployed / "versions" / "2024-05-31-r2.html").read_text()
    assert "restated history" in page
    assert "net revenue in 2024-04" in page


def test_the_data_count_their_version_on(steps):
    package = "site/data/downloads/datapackage.json"
    numbers = [json.loads((step.deployed / "latest" / package).read_text())["version"]
               for step in steps[:3]]  # fmt: skip
    assert numbers == ["1.0.0", "1.1.0", "1.1.1"]


def test_the_feed_tells_of_every_version_under_an_id_that_stays(steps):
    feeds = [feedparser.parse(str(step.deployed / "feed.xml")) for step in steps]
    assert not any(feed.bozo for feed in feeds)
    ids = [{entry.id: entry.title for entry in feed.entries} for feed in feeds]
    for before, after in pairwise(ids):
        months = {key: title for key, title in before.items()
                  if not DAY.search(title) or "Version" in title}  # fmt: skip
        assert months.items() <= after.items()
    assert sum(title.startswith("Version ") for title in ids[-1].values()) == 3
    assert any("May 2024" in title or "2024-05 " in title for title in ids[-1].values())


def test_a_deploy_that_would_lose_a_live_version_is_refused(steps, tmp_path):
    done = steps[0].analytics(
        steps[0].public.parent, "deploy", "--output", "public", "--into", tmp_path / "out",
        "--live", steps[2].deployed,
    )  # fmt: skip
    assert done.returncode == 4
    assert "2024-05-31" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_source_that_is_not_public_is_not_deployed_and_asks_not_to_be_listed(steps):
    checkout = steps[4].public.parent
    described = checkout / "data/sources/shop.toml"
    described.write_text(SHOP.replace("public = true", "public = false"))
    done = steps[4].analytics(checkout, "deploy", "--output", "public", "--live", "nowhere")
    described.write_text(SHOP)
    assert done.returncode == 2
    assert "public = true" in done.stderr
