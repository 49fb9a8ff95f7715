"""Lifetime value: the order of customers and segments, intervals, and no leak."""

from __future__ import annotations

from cause import Cause, Finding, found
from scipy.stats import spearmanr
from shop import AnalysedShop
from sklearn.metrics import r2_score


def _ranks(shop: AnalysedShop) -> Finding:
    scored = shop.scores.customers.set_index("customer_id")["clv12_amount"]
    expected = shop.latents["clv12_amount"].reindex(scored.index)
    rank = float(spearmanr(scored, expected).statistic)
    return found(rank > 0.85, planted=1, estimate=rank)


def _segments(shop: AnalysedShop) -> Finding:
    means = shop.clv.segments.set_index("segment")["mean_amount"]
    return found(means["Premium"] > means["Standard"] > means["Basic"])


def _no_leak(shop: AnalysedShop) -> Finding:
    """A score above that of somebody who knows every latent would be a leak."""
    expected = shop.latents["expected_margin_months_13_24_amount"]
    known = shop.margin.index.intersection(expected.index)
    oracle = float(r2_score(shop.margin[known], expected[known]))
    scores = shop.clv.scores
    wanted = scores[(scores["model"] == shop.clv.winner) & (scores["part"] == "test")]
    low = float(wanted.loc[wanted["metric"] == "r2", "low"].iloc[0])
    return found(low < oracle, planted=oracle, estimate=low)


def _coverage(shop: AnalysedShop) -> Finding:
    return found(
        shop.clv.interval_coverage >= 0.75, planted=0.8, estimate=shop.clv.interval_coverage
    )


CAUSES = (
    Cause(name="CLV12 ranks customers as the latents do (above .85)", promise=0.99, find=_ranks),
    Cause(name="CLV12 of Premium above Standard above Basic", promise=0.99, find=_segments),
    Cause(name="no model beats the oracle", promise=0.975, find=_no_leak),
    Cause(
        name="the 80 % interval of CLV12 covers at least .75 of the test part",
        promise=0.9,
        find=_coverage,
    ),
)
