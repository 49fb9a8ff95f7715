"""The example of Bhagwan et al. (2014), Adtributor, NSDI: revenue forecast 100, actual 50."""

import pytest

from analytics.diagnostic.adtributor import Part, root_causes, surprise

DIMENSIONS = {
    "data centre": [
        Part(name="X", forecast=94, actual=47),
        Part(name="Y", forecast=6, actual=3),
    ],
    "device": [
        Part(name="PC", forecast=50, actual=49),
        Part(name="Mobile", forecast=25, actual=1),
        Part(name="Tablet", forecast=25, actual=0),
    ],
}


def test_mobile_and_tablet_explain_98_percent() -> None:
    best = root_causes(DIMENSIONS)[0]
    assert best.dimension == "device"
    assert set(best.parts) == {"Mobile", "Tablet"}
    assert best.explanatory_power == pytest.approx(0.98)


def test_a_data_centre_that_halves_with_the_total_is_no_surprise() -> None:
    assert surprise(DIMENSIONS["data centre"][0], 100, 50) == pytest.approx(0, abs=1e-12)
