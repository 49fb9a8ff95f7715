import shutil
from pathlib import Path

import pytest

from analytics.cli.output import public_folder, refuse_output
from analytics.cli.project import read_project, source_name
from analytics.errors import UsageError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path):
    """A project of settings alone."""
    shutil.copyfile(ROOT / "analytics.toml", tmp_path / "analytics.toml")
    return tmp_path


def test_a_source_by_path_is_published_under_its_name(project):
    assert public_folder(read_project(project), "/shops/mine.toml", None) == (
        project / "public-mine"
    )


def test_a_path_in_the_settings_holds_from_the_projects_folder(project, monkeypatch, tmp_path):
    settings = project / "analytics.toml"
    settings.write_text(settings.read_text().replace('"synthetic"', '"shops/mine.toml"', 1))
    (project / "site").mkdir()
    monkeypatch.chdir(project / "site")
    assert source_name(read_project(None), None) == str(project / "shops" / "mine.toml")


@pytest.mark.parametrize(
    "folder", ["site", "site/new", "data/public", "analytics/x", "site/../site"]
)
def test_a_site_is_not_published_into_what_it_is_made_from(project, folder):
    (project / "site").mkdir()
    with pytest.raises(UsageError, match="which the site is made from"):
        refuse_output(project, project / folder)


@pytest.mark.parametrize("folder", ["analytics.toml", "analytics.toml/public"])
def test_a_file_is_no_place_for_a_site(project, folder):
    with pytest.raises(UsageError, match="only be published into a folder"):
        refuse_output(project, project / folder)


@pytest.mark.parametrize("folder", ["public", "new/deeper/public", "../beside", "site-public"])
def test_any_other_folder_is_fine(project, folder):
    refuse_output(project, project / folder)
