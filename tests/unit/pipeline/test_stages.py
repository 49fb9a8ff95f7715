from analytics.pipeline.stages import StageRecords, settings_digest
from analytics.settings import ClvSettings, Settings


def test_a_stage_is_current_under_the_key_it_was_finished_with(tmp_path):
    StageRecords(tmp_path).record("clean", "k1")
    records = StageRecords(tmp_path)
    assert records.is_current("clean", "k1", [tmp_path])
    assert not records.is_current("clean", "k2", [tmp_path])


def test_a_stage_whose_output_is_gone_is_not_current(tmp_path):
    records = StageRecords(tmp_path)
    records.record("clean", "k1")
    assert not records.is_current("clean", "k1", [tmp_path / "gone"])


def test_a_forgotten_stage_is_not_current(tmp_path):
    records = StageRecords(tmp_path)
    records.record("clean", "k1")
    records.forget("clean")
    assert not records.is_current("clean", "k1", [tmp_path])


def test_a_record_cut_off_while_it_was_written_counts_as_none(tmp_path):
    (tmp_path / "stages.json").write_text('{"clean": "k')
    assert not StageRecords(tmp_path).is_current("clean", "k1", [tmp_path])


def test_other_settings_change_the_key_of_their_section_alone():
    before, after = Settings(), Settings(clv=ClvSettings(folds=4))
    assert settings_digest(before, "clv") != settings_digest(after, "clv")
    assert settings_digest(before, "budget") == settings_digest(after, "budget")
