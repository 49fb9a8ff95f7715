"""The main job on a small shop: what is published, and that nothing changed makes nothing new."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def rebuilt(built_project, tmp_path_factory, analytics):
    """A copy of the built project and its second run."""
    project = tmp_path_factory.mktemp("again") / "project"
    shutil.copytree(built_project, project, symlinks=True)
    return project, analytics(project, "build", "--renderer", "embedded")


def versions(public):
    return json.loads((public / "versions.json").read_text())


def test_the_version_is_named_by_the_last_covered_day(built_site):
    assert (built_site / "2024-06-30" / "site" / "index.html").is_file()


def test_latest_leads_to_the_version(built_site):
    assert (built_site / "latest" / "index.html").read_bytes() == (
        built_site / "2024-06-30" / "index.html"
    ).read_bytes()


def test_the_manifest_names_every_file(built_site):
    manifest = json.loads((built_site / "2024-06-30" / "manifest.json").read_text())
    named = {entry["path"] for entry in manifest["files"]}
    there = {
        path.relative_to(built_site / "2024-06-30").as_posix()
        for path in (built_site / "2024-06-30").rglob("*")
        if path.is_file()
    }
    assert named == there - {"manifest.json"}


def test_nothing_changed_makes_no_new_version(rebuilt, built_site):
    project, done = rebuilt
    assert done.returncode == 0, done.stderr
    assert "nothing has changed" in done.stdout
    assert [path.name for path in (project / "public").glob("20*")] == ["2024-06-30"]


def test_the_summary_names_the_page_to_open(rebuilt):
    _, done = rebuilt
    line = next(line for line in done.stdout.splitlines() if line.startswith("open "))
    assert Path(line.removeprefix("open ")).is_file()


def test_every_quarter_and_month_and_the_last_90_days_have_a_report_and_its_table(built_site):
    folder = built_site / "2024-06-30/site/descriptive/reports"
    months = {f"{2022 + (m + 6) // 12}-{(m + 6) % 12 + 1:02}" for m in range(24)}
    quarters = {f"{2022 + (q + 2) // 4}-Q{(q + 2) % 4 + 1}" for q in range(8)}
    days = {f"{date(2024, 6, 30) - timedelta(days=back)}" for back in range(90)}
    for suffix in ("html", "csv"):
        assert {path.stem for path in folder.glob(f"20*.{suffix}")} == months | quarters | days


def test_json_output_is_one_object_a_line(rebuilt, analytics):
    project, _ = rebuilt
    done = analytics(project, "build", "--renderer", "embedded", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert records[-1]["outcome"] == "unchanged"
    assert records[0]["stage"] == "generate"


def test_verify_finds_the_site_as_published(rebuilt, analytics):
    done = analytics(rebuilt[0], "verify")
    assert done.returncode == 0, done.stdout


def test_verify_names_an_altered_file_and_exits_with_4(built_project, tmp_path, analytics):
    project = tmp_path / "project"
    shutil.copytree(built_project, project, symlinks=True)
    page = project / "public" / "2024-06-30" / "site" / "index.html"
    page.write_text(page.read_text() + " ")
    done = analytics(project, "verify")
    assert done.returncode == 4
    assert "site/index.html: altered" in done.stdout


def test_versions_lists_the_version_as_latest(built_project, analytics):
    done = analytics(built_project, "versions")
    assert done.stdout.startswith("2024-06-30 (latest)")


def test_alerts_exit_with_3_where_one_fires(built_project, tmp_path, analytics):
    quiet = analytics(built_project, "alerts")
    assert quiet.returncode == 0
    rules = [line for line in quiet.stdout.splitlines() if not line.startswith("::")]
    assert len(rules) >= (built_project / "analytics.toml").read_text().count("[[alerts]]") > 3
    fired = any(line.startswith("fired") for line in rules)
    done = analytics(built_project, "alerts", "--fail-on", "warning")
    assert done.returncode == (3 if fired else 0)


def test_a_changed_setting_makes_a_second_version_and_diff_tells_what(
    built_project, tmp_path, analytics
):
    project = tmp_path / "project"
    shutil.copytree(built_project, project, symlinks=True)
    settings = project / "analytics.toml"
    settings.write_text(settings.read_text().replace("total_factor = 1.0", "total_factor = 1.1"))
    done = analytics(project, "build", "--renderer", "embedded")
    assert done.returncode == 0, done.stderr
    for stage in ("descriptive", "diagnostic", "predictive"):
        line = next(line for line in done.stderr.splitlines() if line.startswith(stage))
        assert line.endswith("nothing to do")
    assert versions(project / "public")["latest"] == "2024-06-30-r2"
    difference = analytics(project, "diff", "2024-06-30", "2024-06-30-r2")
    assert difference.returncode == 0, difference.stderr
    assert "prescriptive.budget budget_amount" in difference.stdout


def test_no_name_email_or_phone_is_published(built_project, built_site):
    import pandas as pd

    people = pd.read_csv(built_project / "data/raw/synthetic/customers.csv", dtype=str)
    text = "\n".join(
        path.read_text("utf-8")
        for path in (built_site / "2024-06-30").rglob("*")
        if path.suffix in (".html", ".json", ".csv", ".xml", ".js")
    )
    assert people["CustomerNo"].nunique() >= 400
    for column in ("Email", "Phone"):
        values = people[column].dropna().str.strip()
        assert [value for value in values if value and value in text] == []


def test_no_customer_id_is_published(built_project, built_site):
    import pandas as pd

    ids = set(
        pd.read_csv(built_project / "data/raw/synthetic/customers.csv", dtype=str)["CustomerNo"]
    )
    rows = pd.read_csv(built_site / "2024-06-30/site/data/downloads/customers.csv", dtype=str)
    assert len(rows) > 300
    assert ids.isdisjoint(rows.to_numpy().ravel())
