"""CDNOW, the sample of 2,357 customers: Fader, Hardie & Lee (2005).

"Counting Your Customers" the Easy Way, Marketing Science 24(2), tables 1, 2 and section 4; the
Gamma-Gamma values are those of RFM and CLV, Journal of Marketing Research 42(4), as printed in
Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value. The data are read by path from the
distribution `lifetimes`, which is never imported.
"""

from __future__ import annotations

from importlib.metadata import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.predictive.bg_nbd import expected_purchases, fitted_purchase_model
from analytics.predictive.gamma_gamma import fitted_value_model


def cdnow_file(name: str) -> Path:
    for file in files("lifetimes") or ():
        if file.name == name:
            return Path(str(file.locate()))
    raise FileNotFoundError(f"{name} is not in the distribution lifetimes")


@pytest.fixture(scope="module")
def summary() -> pd.DataFrame:
    """Repeat purchases, recency and age in weeks at 30 September 1997, and what came after."""
    rows = pd.read_csv(
        cdnow_file("CDNOW_sample.txt"),
        sep=r"\s+",
        header=None,
        names=["master", "customer", "day", "items", "amount"],
    )
    rows["day"] = pd.to_datetime(rows["day"].astype(str), format="%Y%m%d")
    days = rows[["customer", "day"]].drop_duplicates()
    end = pd.Timestamp(1997, 9, 30)
    seen, later = days[days["day"] <= end], days[days["day"] > end]
    of = seen.groupby("customer")["day"]
    first, last = of.min(), of.max()
    return pd.DataFrame(
        {
            "x": of.size() - 1,
            "t_x": (last - first).dt.days / 7,
            "T": (end - first).dt.days / 7,
            "later": later.groupby("customer").size().reindex(first.index, fill_value=0),
        }
    ).astype(float)


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    """The summary as published: weeks are rounded to two decimals, which moves alpha by 1e-4."""
    return pd.read_csv(cdnow_file("cdnow_customers_summary.csv"))


@pytest.fixture(scope="module")
def purchases(published: pd.DataFrame):
    columns = ("frequency", "recency", "T")
    return fitted_purchase_model(*(published[name].to_numpy(dtype=float) for name in columns))


@pytest.fixture(scope="module")
def predicted(summary: pd.DataFrame, purchases) -> np.ndarray:
    history = (summary[name].to_numpy() for name in ("x", "t_x", "T"))
    return expected_purchases(purchases, *history, horizon=39.0)


def test_the_summary_from_transactions_is_the_published_one(summary, published):
    assert len(summary) == len(published) == 2357
    assert (summary["x"].to_numpy() == published["frequency"].to_numpy()).all()
    for ours, theirs in (("t_x", "recency"), ("T", "T")):
        assert np.abs(summary[ours].to_numpy() - published[theirs].to_numpy()).max() < 0.006


def test_bg_nbd_parameters(purchases):
    assert purchases.r == pytest.approx(0.2426, abs=5e-5)
    assert purchases.alpha == pytest.approx(4.4135, abs=5e-5)
    assert purchases.a == pytest.approx(0.7929, abs=5e-5)
    assert purchases.b == pytest.approx(2.4258, abs=1e-4)
    assert not purchases.penalised


def test_bg_nbd_log_likelihood(purchases):
    assert purchases.log_likelihood == pytest.approx(-9582.43, abs=5e-3)


def test_holdout_totals(summary, predicted):
    assert summary["later"].sum() == 1882
    assert predicted.sum() == pytest.approx(1653, abs=0.5)


def test_holdout_errors(summary, predicted):
    error = predicted - summary["later"].to_numpy()
    assert np.abs(error).mean() == pytest.approx(0.785, abs=5e-4)
    assert np.sqrt((error**2).mean()) == pytest.approx(1.608, abs=5e-4)


def test_holdout_means_by_calibration_count(summary, predicted):
    count = summary["x"].clip(upper=7)
    actual = summary["later"].groupby(count).mean()
    expected = pd.Series(predicted, summary.index).groupby(count).mean()
    assert actual.to_numpy() == pytest.approx(
        [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359], abs=5e-4
    )
    assert expected.to_numpy() == pytest.approx(
        [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157], abs=5e-4
    )


def test_gamma_gamma_on_the_946_repeaters():
    rows = pd.read_csv(cdnow_file("cdnow_customers_summary_with_transactions.csv"))
    repeaters = rows[rows["x"] > 0]
    assert len(repeaters) == 946
    model = fitted_value_model(
        repeaters["x"].to_numpy(dtype=float), repeaters["zbar"].to_numpy(dtype=float)
    )
    assert model.p == pytest.approx(6.249, abs=5e-4)
    assert model.q == pytest.approx(3.745, abs=5e-4)
    assert model.gamma == pytest.approx(15.448, abs=5e-4)
    assert model.log_likelihood == pytest.approx(-4055.92, abs=5e-3)
