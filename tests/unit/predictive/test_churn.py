from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.errors import DataError
from analytics.predictive.churn import CutOff, churn_risk
from analytics.predictive.churn_comparison import NO_MODEL
from analytics.predictive.churn_learners import chosen_calibration, fitted_calibration
from analytics.predictive.churn_rows import churn_rows, usual_gap_days, window_days
from analytics.predictive.season import Season, fitted_season
from analytics.results import Churn, Missing
from analytics.settings import ChurnSettings

START = date(2022, 7, 1)
FLAT = Season(start=START, coefficients=())


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.fixture(scope="module")
def shop(features_of):
    """Customers and orders of 24 months; dissatisfied customers leave ten times as fast."""
    random = np.random.default_rng(5)
    count = 1_000
    bad = random.random(count) < 0.4
    who = pd.DataFrame(
        {
            "segment": random.choice(["Premium", "Basic"], count),
            "region": "North",
            "satisfaction": np.where(bad, 1.0, 5.0),
            "tickets": 0,
        }
    )
    rate = random.gamma(8, 1 / 130, count)
    stay = random.exponential(np.where(bad, 220.0, 3000.0))
    joined = random.integers(0, 560, count) * (random.random(count) < 0.7)
    orders = []
    for customer in range(count):
        days = np.flatnonzero(random.random(730) < rate[customer])
        days = days[(days >= joined[customer]) & (days < joined[customer] + stay[customer])]
        orders.append(
            pd.DataFrame({"customer": customer, "day": days, "net": 50.0, "margin": 20.0})
        )
    return who, pd.concat(orders, ignore_index=True), features_of


def cut_off(shop, number: int) -> CutOff:
    who, orders, made_features = shop
    later = orders[orders["day"] >= number].groupby("customer")["day"].min() - number
    return CutOff(
        day=day(number),
        features=made_features(who, orders, number, pd.Timestamp(START)),
        next_orders=pd.DataFrame(
            {
                "customer_id": [f"{customer:06d}" for customer in later.index],
                "days_to_next_order": later.to_numpy(),
            }
        ),
    )


@pytest.fixture(scope="module")
def cut_offs(shop) -> list[CutOff]:
    return [cut_off(shop, number) for number in (270, 300, 330, 360, 540)]


RATES = pd.DataFrame(
    {"week": pd.to_datetime([START]), "settled_orders": [0], "joining_customers": [0]}
)


def judged(shop, cut_offs, **changes):
    arguments = {
        "settings": ChurnSettings(),
        "observation_start": START,
        "scoring_cutoff": day(730),
        "clv12": None,
        "folds": 2,
        "draws": 20,
        "seed": 1,
        "pseudonyms": lambda ids: "P" + ids,
    }
    who, orders, made_features = shop
    score = made_features(who, orders, 730, pd.Timestamp(START))
    return churn_risk(cut_offs, score, RATES, **(arguments | changes))


@pytest.fixture(scope="module")
def risk(shop, cut_offs):
    return judged(shop, cut_offs)


def score_of(churn: Churn, metric: str) -> pd.Series:
    rows = churn.scores[(churn.scores["part"] == "test") & (churn.scores["metric"] == metric)]
    return rows.set_index("model")["value"]


def test_the_usual_gap_is_drawn_to_that_of_all_as_two_gaps_would():
    features = pd.DataFrame({"recency_days": [100, 0, 200], "frequency": [10, 0, 5]})
    common = 300 / 15
    assert usual_gap_days(features).tolist() == [
        (100 + 2 * common) / 12,
        common,
        (200 + 2 * common) / 7,
    ]


def test_windows_are_three_gaps_between_90_and_180_days():
    features = pd.DataFrame({"recency_days": [100, 2000, 500], "frequency": [50, 5, 12]})
    windows = window_days(features)
    assert windows[0] == 90
    assert windows[1] == 180
    assert windows[2] == round(3 * usual_gap_days(features)[2])


def test_labels_are_what_the_orders_say(shop):
    one = cut_off(shop, 360)
    rows = churn_rows(one.features, one.next_orders, one.day, FLAT)
    orders = shop[1]
    for place in range(0, len(rows), 37):
        customer = int(rows.customer_id.iloc[place])
        window = rows.table["window_days"].iloc[place]
        days = orders.loc[orders["customer"] == customer, "day"]
        silent = not ((days >= 360) & (days < 360 + window)).any()
        assert rows.churned[place] == float(silent)


def test_nothing_after_the_cut_off_moves_a_feature(shop):
    who, orders, made_features = shop
    one = cut_off(shop, 360)
    cut = made_features(who, orders[orders["day"] < 360], 360, pd.Timestamp(START))
    whole = churn_rows(one.features, None, one.day, FLAT)
    known = churn_rows(cut, None, one.day, FLAT)
    pd.testing.assert_frame_equal(whole.table, known.table)


def test_purchase_history_is_the_right_share_of_silence(shop):
    one = cut_off(shop, 360)
    rows = churn_rows(one.features, one.next_orders, one.day, FLAT)
    assert rows.silence.mean() == pytest.approx(rows.churned.mean(), abs=0.04)


def test_the_models_find_what_was_planted_and_beat_the_baselines(risk):
    churn, _ = risk
    assert isinstance(churn, Churn)
    assert churn.winner_beats_baseline
    area = score_of(churn, "auc")
    assert area[churn.winner] > 0.75
    assert area[churn.winner] > area["Purchase history alone"] + 0.05
    assert area[NO_MODEL] == 0.5
    top = churn.importance["feature"].head(3).tolist()
    assert {"satisfaction", "last_satisfaction"} & set(top)


def test_probabilities_are_calibrated_at_the_later_cut_off(risk):
    churn, _ = risk
    assert score_of(churn, "ece")[churn.winner] < 0.06
    assert 0.7 < churn.calibration_slope < 1.4


def test_every_customer_has_a_probability(risk, shop):
    _, rows = risk
    assert rows["customer_id"].is_unique
    assert rows["churn_probability"].between(0, 1).all()
    assert len(rows) == shop[1]["customer"].nunique()


def test_reasons_name_dissatisfaction_and_silence(risk):
    _, rows = risk
    at_risk = rows[~rows["churn_reasons"].str.startswith("silent for")]
    top = at_risk.nlargest(40, "churn_probability")["churn_reasons"]
    assert top.str.contains(r"satisfaction 1\.0|last answer 1").mean() > 0.8
    lapsed = rows[rows["churn_reasons"].str.startswith("silent for")]
    assert lapsed["churn_probability"].mean() > at_risk["churn_probability"].mean()


def test_training_ends_before_the_test_begins(risk):
    churn, _ = risk
    train = churn.cut_offs[churn.cut_offs["part"] == "train"]
    assert train["cutoff"].max() + pd.Timedelta(days=180) <= pd.Timestamp(churn.test_cutoff)


def test_single_customers_are_shown_under_pseudonyms_only(risk):
    churn, _ = risk
    assert churn.waterfalls["customer"].str.startswith("P").all()
    assert churn.waterfalls["customer"].nunique() > 2


def test_the_order_of_rows_changes_nothing(risk, shop, cut_offs):
    shuffled = [
        replace(
            one,
            features=one.features.sample(frac=1, random_state=1),
            next_orders=one.next_orders.sample(frac=1, random_state=2),
        )
        for one in cut_offs
    ]
    churn, rows = judged(shop, shuffled)
    assert churn.scalars == risk[0].scalars
    for name, frame in risk[0].frames.items():
        pd.testing.assert_frame_equal(frame, churn.frames[name], check_exact=True)
    pd.testing.assert_frame_equal(rows, risk[1], check_exact=True)


def test_a_feature_from_after_the_cut_off_is_refused(shop, cut_offs):
    def leaking(one: CutOff) -> CutOff:
        later = one.next_orders.set_index("customer_id")["days_to_next_order"]
        known = later.reindex(one.features["customer_id"]).fillna(999).to_numpy()
        return replace(one, features=one.features.assign(mean_order_amount=known))

    with pytest.raises(DataError, match="feature mean_order_amount alone tells who churns"):
        judged(shop, [leaking(one) for one in cut_offs])


def test_a_customer_with_two_rows_is_refused(shop, cut_offs):
    twice = replace(
        cut_offs[0], features=pd.concat([cut_offs[0].features, cut_offs[0].features.head(3)])
    )
    with pytest.raises(DataError, match="stand twice"):
        judged(shop, [twice, *cut_offs[1:]])


def test_one_cut_off_is_too_short_a_history(shop, cut_offs):
    churn, rows = judged(shop, cut_offs[-1:])
    assert isinstance(churn, Missing)
    assert "about 14 months" in churn.because
    assert rows is None


def test_too_few_who_churned_say_how_many_there_are(shop, cut_offs):
    few = [replace(one, features=one.features.head(100)) for one in cut_offs]
    churn, _ = judged(shop, few)
    assert isinstance(churn, Missing)
    assert "customers were at risk" in churn.because


def test_a_bent_forecast_is_bent_back():
    random = np.random.default_rng(3)
    truth = random.beta(2, 8, 6000)
    happened = (random.random(6000) < truth).astype(float)
    bent = truth**2
    fitted = chosen_calibration(happened, bent, pd.Series(np.arange(6000)))
    assert fitted.kind != "none"
    assert np.abs(fitted(bent) - truth).mean() < 0.03


@pytest.mark.parametrize("kind", ["none", "sigmoid", "isotonic"])
def test_calibration_keeps_the_order(kind):
    random = np.random.default_rng(4)
    p = np.sort(random.beta(2, 8, 800))
    fitted = fitted_calibration(kind, (random.random(800) < p).astype(float), p)
    assert (np.diff(fitted(p)) >= 0).all()


def test_the_season_is_found_and_counted_in_days():
    weeks = pd.date_range("2022-07-04", periods=104, freq="7D")
    phase = 2 * np.pi * (weeks.day_of_year + 3) / 365.25
    rate = 0.3 * np.exp(0.3 * np.cos(phase - 1.3))
    joined = np.concatenate([[3000], np.zeros(103)])
    rates = pd.DataFrame(
        {"week": weeks, "settled_orders": np.round(3000 * rate), "joining_customers": joined}
    )
    season = fitted_season(rates, end=date(2024, 7, 1), start=START)
    assert season.is_known
    demand = season.rates(np.arange(365.0))
    wave = np.exp(0.3 * np.cos(2 * np.pi * (np.arange(365) + 182) / 365.25 - 1.3))
    assert np.corrcoef(demand, wave)[0, 1] > 0.99
    assert np.ptp(np.log(demand)) == pytest.approx(0.6, abs=0.06)
    year = season.elapsed(np.array([0.0, 365.0]))
    assert year[1] - year[0] == pytest.approx(365, rel=0.01)


def test_without_a_season_days_are_days():
    assert FLAT.elapsed(np.array([0.0, 10.0, 100.0])).tolist() == [0, 10, 100]
