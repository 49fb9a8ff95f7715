"""Annual flow of the Nile at Aswan, 1871 to 1970: Cobb (1978), Biometrika 65."""

import numpy as np
import pytest
from statsmodels.datasets import nile

from analytics.diagnostic.change_points import PENALTY, change_points


@pytest.fixture(scope="module")
def flow() -> np.ndarray:
    return nile.load_pandas().data["volume"].to_numpy(dtype=float)


def test_the_new_regime_begins_in_1899(flow) -> None:
    (place,) = change_points(flow)
    assert 1871 + place == 1899
    assert flow[:place].mean() == pytest.approx(1097.75)
    assert flow[place:].mean() == pytest.approx(849.97, abs=0.005)


@pytest.mark.parametrize("factor", [0.5, 1, 2, 3])
def test_the_place_holds_over_a_sixfold_range_of_penalties(flow, factor) -> None:
    assert change_points(flow, penalty=PENALTY * factor) == (28,)
