import pytest

from analytics.errors import UsageError
from analytics.pipeline.turns import build_turn


def test_a_second_build_of_a_source_is_refused(tmp_path):
    with (
        build_turn(tmp_path, "shop"),
        pytest.raises(UsageError, match="another build of shop is under way"),
        build_turn(tmp_path, "shop"),
    ):
        pass


def test_the_turn_is_given_back(tmp_path):
    with build_turn(tmp_path, "shop"):
        pass
    with build_turn(tmp_path, "shop"):
        pass


def test_what_a_killed_build_left_is_removed_and_nothing_else(tmp_path):
    (tmp_path / "render-x1" / "staged").mkdir(parents=True)
    (tmp_path / "stages.json").write_text("{}")
    with build_turn(tmp_path, "shop"):
        assert sorted(path.name for path in tmp_path.iterdir()) == [".build.lock", "stages.json"]
