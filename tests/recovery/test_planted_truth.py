"""What was planted is found, at its rate; judged by an exact binomial test at 1 %."""

from __future__ import annotations

from scipy.stats import binomtest, spearmanr
from sklearn.metrics import r2_score


def refuse_rate_below(promised, hits):
    """Fail where so few hits are less likely than 1 % at the promised rate."""
    chance = binomtest(sum(hits), len(hits), promised, alternative="less").pvalue
    assert chance > 0.01, f"{sum(hits)} of {len(hits)} against a promised rate of {promised}"


def score(clv, part, metric):
    scores = clv.scores
    wanted = (scores["model"] == clv.winner) & (scores["part"] == part)
    return scores[wanted & (scores["metric"] == metric)].iloc[0]


def test_every_shop_reconciles(shops):
    for shop in shops:
        assert shop.quality.raw_total_amount == shop.quality.clean_total_amount


def test_search_and_direct_have_the_highest_marginal_roi(shops):
    hits = []
    for shop in shops:
        allocation = shop.budget.allocation.sort_values("marginal_roi", ascending=False)
        hits.append(set(allocation["marketing_channel"].head(2)) == {"Search", "Direct"})
    refuse_rate_below(0.95, hits)


def test_the_plan_moves_money_towards_search_and_direct(shops):
    hits = []
    for shop in shops:
        plan = shop.budget.allocation.set_index("marketing_channel")
        moved = plan["optimal_amount"] - plan["current_amount"]
        hits.append(moved["Search"] > 0 and moved["Direct"] > 0)
    refuse_rate_below(0.95, hits)


def test_no_model_beats_the_oracle(shops):
    """A score above that of somebody who knows every latent would be a leak."""
    for shop in shops:
        expected = shop.planted["expected_margin_months_13_24_amount"]
        known = shop.margin.index.intersection(expected.index)
        oracle = r2_score(shop.margin[known], expected[known])
        assert score(shop.clv, "test", "r2")["low"] < oracle, shop.seed


def test_lifetime_values_rank_customers_as_the_latents_do(shops):
    for shop in shops:
        scored = shop.scores.customers.set_index("customer_id")["clv12_amount"]
        expected = shop.planted["clv12_amount"].reindex(scored.index)
        assert spearmanr(scored, expected).statistic > 0.85, shop.seed


def test_the_80_percent_interval_covers_at_about_its_rate(shops):
    covered = sum(shop.clv.interval_coverage for shop in shops) / len(shops)
    assert 0.74 <= covered <= 0.86
