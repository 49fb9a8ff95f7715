"""What a tier reads is part of its key."""

import re
from pathlib import Path

import pytest

import analytics
from analytics.import_graph import imported_modules
from analytics.ingest import Source
from analytics.pipeline.analysis import TIERS, tiers_of

PACKAGE = Path(analytics.__file__).parent
NAMES = ("descriptive", "diagnostic", "predictive", "prescriptive", "privacy")


def tier(name):
    source = Source.__new__(Source)
    object.__setattr__(source, "publish_customers", False)
    return next(each for each in tiers_of(source, None) if each.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_every_section_of_the_settings_that_a_tier_reads_is_in_its_key(name):
    text = (PACKAGE / "pipeline" / "tiers" / f"{name}.py").read_text("utf-8")
    assert set(re.findall(r"\bsettings\.(\w+)", text)) <= set(tier(name).sections)


@pytest.mark.parametrize("name", NAMES)
def test_every_stored_result_that_a_tier_reads_is_of_a_stage_before_it_or_its_own(name):
    from analytics.results import RESULT_TYPES

    text = (PACKAGE / "pipeline" / "tiers" / f"{name}.py").read_text("utf-8")
    kinds = {each.__name__: each.KIND for each in RESULT_TYPES}
    read = set(re.findall(r"(?:read_result|_?stored)\([^,()]+, (\w+)\)", text))
    stages = {kinds[each].partition(".")[0] for each in read & set(kinds)}
    assert (name in ("prescriptive", "privacy")) <= bool(stages)
    assert stages <= {*tier(name).after, name, "data"}


@pytest.mark.parametrize("name", NAMES)
def test_a_tiers_code_is_what_it_imports_and_no_page(name):
    modules = imported_modules(f"{TIERS}.{name}")
    assert {"analytics.marts.marts", "analytics.engine.connection"} <= modules
    assert not [each for each in modules if each.startswith("analytics.presentation")]


def test_code_of_a_later_tier_does_not_count():
    assert "analytics.prescriptive.levers" not in imported_modules(f"{TIERS}.descriptive")
    assert "analytics.prescriptive.levers" in imported_modules(f"{TIERS}.prescriptive")
