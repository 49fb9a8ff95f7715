from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.marts.moments import MEASURES, pair_names
from analytics.prescriptive.candidates import Candidate, slice_candidates, total_candidates
from analytics.prescriptive.candidates_over_time import (
    outlier_candidates,
    season_candidate,
    trend_candidates,
)
from analytics.prescriptive.insights import direction, insights

PARTS = ("North", "South", "West")


def customers(seed: int, count: int = 900, **growth: float) -> pd.DataFrame:
    """Return a row a customer: part, and orders, revenue and margin of two years."""
    random = np.random.default_rng(seed)
    part = random.choice(PARTS, count, p=[0.5, 0.2, 0.3])
    habit = random.gamma(2, 4, count)
    factor = np.array([1 + growth.get(name, 0.0) for name in part])
    rows = pd.DataFrame({"part": part})
    for year, rate in ((0, habit), (1, habit * factor)):
        rows[f"o{year}"] = random.poisson(rate).astype(float)
        rows[f"r{year}"] = rows[f"o{year}"] * random.lognormal(4, 0.5, count)
        rows[f"m{year}"] = rows[f"r{year}"] * random.normal(0.45, 0.05, count)
        rows[f"c{year}"] = (rows[f"o{year}"] > 0).astype(float)
    return rows


def moment_rows(rows: pd.DataFrame, part: bool) -> pd.DataFrame:
    own = rows if part else rows.assign(part="all")
    table = []
    for name, group in own.groupby("part"):
        row = {"part": name, "customers": len(group), **group[list(MEASURES)].sum().to_dict()}
        for pair, a, b in pair_names():
            row[pair] = float((group[a] * group[b.removeprefix("t_")]).sum())
        table.append(row)
    return pd.DataFrame(table)


def candidates_of(rows: pd.DataFrame):
    whole = moment_rows(rows, part=False).iloc[0].to_dict()
    found = list(total_candidates(whole, margin_rate=0.45))
    found += slice_candidates(
        "region", moment_rows(rows, part=True), whole, has_costs=True, two_years=True,
        margin_rate=0.45,
    )  # fmt: skip
    return found


def told(found, recomputed=None):
    agreed = {(c.pattern, c.kpi, c.dimension, c.part): direction(c) for c in found}
    return insights(
        found, currency="USD", first_label="July 2023", last_label="June 2024", periods={},
        recomputed={**agreed, **(recomputed or {})},
    )  # fmt: skip


def test_a_part_that_grows_faster_is_told_with_its_growth_in_the_interval():
    result = told(candidates_of(customers(1, South=0.4)))
    row = result.insights.query("pattern == 'growth' and part == 'South'").iloc[0]
    assert np.exp(row["low"]) - 1 < 0.4 < np.exp(row["high"]) - 1
    assert "South grew" in row["sentence"]


def test_growth_has_the_error_of_a_bootstrap_over_customers():
    rows = customers(2)
    found = next(c for c in candidates_of(rows) if (c.pattern, c.part) == ("growth", "South"))
    random = np.random.default_rng(0)
    south = (rows["part"] == "South").to_numpy()
    r0, r1 = rows["r0"].to_numpy(), rows["r1"].to_numpy()
    draws = []
    for _ in range(600):
        pick = random.integers(0, len(rows), len(rows))
        own, a, b = south[pick], r0[pick], r1[pick]
        draws.append(np.log(b[own].sum() / a[own].sum() / (b[~own].sum() / a[~own].sum())))
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(np.std(draws), rel=0.12)


def test_shops_without_any_difference_are_silent_in_95_of_100():
    loud = sum(len(told(candidates_of(customers(seed))).insights) > 0 for seed in range(100, 160))
    assert loud <= stats.binom.ppf(0.999, 60, 0.05)


def test_what_is_not_told_is_listed_with_a_reason():
    found = candidates_of(customers(3))
    result = told(found)
    assert len(result.insights) + len(result.rejected) == len(found)
    assert (result.rejected["because"] != "").all()


def test_a_finding_that_the_monthly_figures_contradict_is_not_told():
    found = candidates_of(customers(1, South=0.4))
    result = told(found, {("growth", "net_revenue", "region", "South"): -1})
    assert "South" not in result.insights.query("pattern == 'growth'")["part"].tolist()
    assert "the monthly figures say the opposite" in result.rejected["because"].tolist()


def test_small_parts_are_not_told_of():
    rows = customers(1)
    rows.loc[:9, "part"] = "Tiny"
    rows.loc[:9, ["r1", "m1"]] *= 5
    assert "Tiny" not in told(candidates_of(rows)).insights["part"].tolist()


def test_a_season_is_told_where_two_years_agree_and_not_where_they_differ():
    starts = pd.date_range("2022-07-01", periods=24, freq="MS")
    wave = np.exp(0.3 * np.cos(2 * np.pi * (starts.month - 3) / 12)) * starts.days_in_month
    same = season_candidate(
        pd.DataFrame({"start": starts, "net_revenue_amount": wave}), margin_rate=1.0
    )
    assert same is not None
    assert (same.part.split("/")[0], same.because) == ("3", "")
    random = np.random.default_rng(3)
    p_values = []
    for _ in range(300):
        noise = np.exp(random.normal(0, 0.1, 24))
        found = season_candidate(
            pd.DataFrame({"start": starts, "net_revenue_amount": noise * starts.days_in_month}),
            margin_rate=1.0,
        )
        assert found is not None
        p_values.append(found.p_value)
    assert np.mean(np.array(p_values) < 0.05) < 0.09


def test_noise_has_no_trend_and_no_outlier_more_often_than_its_level():
    random = np.random.default_rng(4)
    starts = pd.date_range("2022-07-01", periods=24, freq="MS")
    trends, outliers = [], []
    for _ in range(200):
        noise = random.normal(3.7, 0.05, 24)
        trends += [c.p_value for c in trend_candidates({"return_rate": pd.Series(noise)}, {})]
        months = pd.DataFrame({"start": starts, "net_revenue_amount": np.exp(noise)})
        outliers.append(min(c.p_value for c in outlier_candidates(months, margin_rate=1.0)) * 12)
    assert np.mean(np.array(trends) < 0.05) < 0.12
    assert np.mean(np.array(outliers) < 0.01) < 0.12


def candidate(**values):
    whole = {
        "pattern": "growth", "kpi": "net_revenue", "dimension": "region", "part": "South",
        "value": 0.2, "low": 0.1, "high": 0.3, "base": 0.3, "other": 0.1, "sample": 900.0,
        "p_value": 1e-8, "impact_amount": 1000.0, "page": "descriptive/kpis.html",
    }  # fmt: skip
    return Candidate(**{**whole, **values})


def test_the_order_is_impact_times_evidence():
    many = [
        candidate(dimension="region", impact_amount=1000.0, p_value=1e-9),
        candidate(dimension="segment", part="Basic", pattern="value", impact_amount=3000.0,
                  p_value=1e-9),
        candidate(dimension="category", part="Toys", pattern="rank", impact_amount=5000.0,
                  p_value=0.01),
    ]  # fmt: skip
    assert told(many).insights["part"].tolist() == ["Basic", "Toys", "South"]


def test_a_third_finding_of_a_pattern_stands_after_the_first_two_of_all():
    many = [
        candidate(dimension=name, impact_amount=amount)
        for name, amount in (("region", 9e3), ("segment", 8e3), ("category", 7e3))
    ]
    weak = candidate(pattern="trend", kpi="return_rate", dimension="all", part="all",
                     impact_amount=1.0)  # fmt: skip
    assert told([*many, weak]).insights["dimension"].tolist() == [
        "region", "segment", "all", "category",
    ]  # fmt: skip


def test_of_a_dimension_the_part_that_deviates_most_is_told():
    north = candidate(part="North", value=-0.1, base=0.0, other=0.1, impact_amount=9e9)
    share = candidate(pattern="share", kpi="contribution_margin", value=0.02)
    result = told([north, candidate(), share])
    assert result.insights["part"].tolist() == ["South"]
    assert set(result.rejected["because"]) == {"another finding says the same"}


def test_what_cannot_be_computed_anew_is_not_told():
    result = insights(
        [candidate()], currency="USD", first_label="", last_label="", periods={}, recomputed={}
    )
    assert result.insights.empty
    assert result.rejected["because"].tolist() == ["it could not be computed anew"]


def test_p_values_are_corrected_for_all_that_was_looked_at_whatever_the_pattern():
    alone = told([candidate(p_value=0.01)]).insights
    among = [candidate(part=f"P{at}", pattern="rank", p_value=0.9) for at in range(9)]
    assert alone["corrected_p_value"].tolist() == [0.01]
    assert told([candidate(p_value=0.01), *among]).insights.empty


def test_what_is_never_told_does_not_make_others_easier_to_tell():
    sure = [candidate(part=f"P{at}", p_value=1e-12, because="too few customers") for at in range(9)]
    assert told([candidate(p_value=0.02), *sure]).insights.empty
