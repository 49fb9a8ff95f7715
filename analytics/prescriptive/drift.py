"""Whether today's customers still look like those that models were trained on.

References
----------
Siddiqi (2006), Credit Risk Scorecards: a population stability index below .1 is stable, from .25 on
it has shifted.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analytics.prescriptive.backtest import SEASONAL
from analytics.results import EarlyWarning
from analytics.stats.multiple_testing import benjamini_hochberg

Floats = npt.NDArray[np.float64]
_BINS = 10
_MOVED, _SHIFTED = 0.1, 0.25
_LEVEL = 0.01


def population_stability_index(then: Floats, now: Floats) -> float:
    """Return sum of (now - then) ln(now / then) over ten bins of equal mass then.

    Bins without a customer count half of one. Ties may leave fewer bins; one value alone then
    makes two, itself and others.
    """
    edges = np.unique(np.quantile(then, np.linspace(0, 1, _BINS + 1)[1:-1]))
    counts = [np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
              for values in (then, now)]  # fmt: skip
    first, second = (np.maximum(c, 0.5) / np.maximum(c, 0.5).sum() for c in counts)
    return float(((second - first) * np.log(second / first)).sum())


def drift_table(pairs: Mapping[str, tuple[Floats, Floats]]) -> pd.DataFrame:
    """Return stability index, distance and state of every measure.

    Parameters
    ----------
    pairs : mapping
        Name to values then and now, one a customer; null values are left out.
    """
    rows = []
    for name, (then, now) in pairs.items():
        first, second = then[np.isfinite(then)], now[np.isfinite(now)]
        if min(len(first), len(second)) < 50:
            continue
        test = stats.ks_2samp(first, second, method="asymp")
        rows.append((name, population_stability_index(first, second), float(test.statistic),
                     float(test.pvalue)))  # fmt: skip
    table = pd.DataFrame(rows, columns=["measure", "psi", "ks", "p"])
    table["q_value"] = benjamini_hochberg(table.pop("p").to_numpy())
    sure = table["q_value"] < _LEVEL
    table["state"] = np.select(
        [sure & (table["psi"] >= _SHIFTED), sure & (table["psi"] >= _MOVED)],
        ["shifted", "moved"],
        "stable",
    )
    table["seasonal"] = table["measure"].isin(SEASONAL)
    table = table.sort_values(["psi", "measure"], ascending=[False, True], ignore_index=True)
    return table[[c.name for c in EarlyWarning.FRAMES["drift"]]]
