"""What a version depends on; how many tasks run."""

from dataclasses import replace

from analytics.settings import Settings
from analytics.settings.shaping import shaping_settings
from analytics.settings.tasks import most_tasks, tasks_at_most


def test_how_and_where_a_version_is_made_does_not_shape_it():
    here = Settings()
    build = replace(
        here.build, jobs=9, memory_limit="1GB", output="/elsewhere", fetch="x", renderer="quarto"
    )
    there = replace(here, build=build, retention=replace(here.retention, versions=3))
    assert shaping_settings(here) == shaping_settings(there)


def test_seed_engine_and_title_shape_a_version():
    known = Settings()
    for changed in (
        replace(known, build=replace(known.build, seed=1)),
        replace(known, build=replace(known.build, engine="spark")),
        replace(known, site=replace(known.site, title="Another")),
    ):
        assert shaping_settings(known) != shaping_settings(changed)


def test_a_number_of_tasks_holds_within_its_block_and_is_at_least_one():
    outside = most_tasks()
    with tasks_at_most(5):
        assert most_tasks() == 5
        with tasks_at_most(0):
            assert most_tasks() == 1
        assert most_tasks() == 5
    assert most_tasks() == outside
