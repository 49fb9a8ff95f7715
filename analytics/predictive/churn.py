"""Churn risk: who orders nothing in the time in which he usually would, several times over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.churn_comparison import (
    HISTORY,
    MOST_ROWS,
    ChurnComparison,
    churn_comparison,
    churn_models,
    hashed_share,
    refuse_duplicates,
    refuse_leaks,
    refuse_too_certain,
)
from analytics.predictive.churn_figures import (
    curve_frame,
    distribution_frame,
    profit_frame,
    reliability_frame,
    scores_frame,
    segment_frame,
    tuning_frame,
)
from analytics.predictive.churn_learners import (
    LOGISTIC,
    ChurnFeatures,
    chosen_calibration,
    churn_features,
    fitted_calibration,
    raw_probability,
    refitted_churn_model,
)
from analytics.predictive.churn_profit import CampaignCosts
from analytics.predictive.churn_reasons import churn_reasons
from analytics.predictive.churn_rows import (
    GAPS,
    LONGEST_DAYS,
    SHORTEST_DAYS,
    ChurnRows,
    churn_rows,
    pooled,
)
from analytics.predictive.explanation import REFIT_ROWS, Explanation, explanation, waterfalls
from analytics.predictive.learners import FOREST, TunedModel
from analytics.predictive.season import Season, fitted_season
from analytics.predictive.threads import one_thread
from analytics.results import Churn, Missing
from analytics.settings import ChurnSettings
from analytics.stats.classification import calibration_floor, log_loss, logistic_calibration

Floats = npt.NDArray[np.float64]
FEWEST_ROWS, FEWEST_CHURNED = 300, 50
TRAINING_CUT_OFFS = 8
_EXAMPLES = (0.999, 0.97, 0.9, 0.75, 0.5, 0.1)  # ranks of the customers explained one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """What is known at a cut-off, and what the customers did afterwards.

    ``features`` and ``next_orders`` are those of `Marts`.
    """

    day: date
    features: pd.DataFrame
    next_orders: pd.DataFrame


def churn_risk(
    cut_offs: Sequence[CutOff],
    features_score: pd.DataFrame,
    rates: pd.DataFrame,
    *,
    settings: ChurnSettings,
    observation_start: date,
    scoring_cutoff: date,
    clv12: pd.Series | None,
    folds: int,
    draws: int,
    seed: int,
    minimum_cell: int = 5,
    pseudonyms: Callable[[pd.Series], pd.Series] | None = None,
    before: tuple[date, pd.DataFrame] | None = None,
) -> tuple[Churn | Missing, pd.DataFrame | None]:
    """Return churn risk with the comparison behind it, and a row for every customer.

    The models are trained on customers at monthly cut-offs, all of whose windows are over before
    the test cut-off; a quarter of the customers is kept to calibrate on. All are judged at the
    test cut-off; the chosen one is fitted again with the cut-offs since, and applied.

    Parameters
    ----------
    cut_offs : sequence of CutOff
        By day, each with its windows over before `scoring_cutoff`; the last is the test.
    features_score : DataFrame
        `Marts.customer_features` at `scoring_cutoff`.
    rates : DataFrame
        `Marts.order_rates`, for the season.
    settings : ChurnSettings
        What a campaign costs.
    observation_start, scoring_cutoff : date
        First day observed, and the day after the last.
    clv12 : Series or None
        CLV12 by customer, for the margin at risk.
    folds, draws : int
        Of cross-validation and bootstrap.
    seed : int
        Of everything drawn.
    minimum_cell : int
        Fewest customers that a published figure may stand for.
    pseudonyms : callable, optional
        Under which names customers are published; none are shown one by one without it.
    before : pair of date and DataFrame, optional
        An earlier day and its `Marts.customer_features`, whose customers the model in use scores
        too.

    Returns
    -------
    (Churn or Missing, DataFrame or None)
        The frame has customer_id, churn_probability, churn_reasons, and, for who was known on the
        earlier day, churn_probability_before.

    Raises
    ------
    DataError
        Where the models are too good to be true on customers they have not seen.
    """
    days = timedelta(days=int(LONGEST_DAYS))
    earlier = [one for one in cut_offs[:-1] if one.day + days <= cut_offs[-1].day]
    if not earlier:
        return _missing(
            "learning who leaves takes orders of about 14 months: four before the first cut-off, "
            "and twice 180 days to see who leaves; the history is shorter"
        )
    test_day = cut_offs[-1].day
    season = fitted_season(rates, end=test_day, start=observation_start)
    with one_thread():
        training = _rows(earlier[-TRAINING_CUT_OFFS:], season)
        test = _rows(cut_offs[-1:], season)
        reason = _too_few(training, test)
        if reason:
            return _missing(reason)
        refuse_duplicates(pooled([training, test]))
        refuse_leaks(training)
        is_calibration = hashed_share(training.customer_id, seed) < settings.calibration_rate
        learning, calibrating = training.where(~is_calibration), training.where(is_calibration)
        chosen = churn_features(learning.table)
        models = churn_models(learning, chosen, folds=folds, seed=seed)
        comparison = churn_comparison(models, learning, calibrating, test)
        scores = scores_frame(comparison, calibrating, test, draws=draws, seed=seed)
        refuse_too_certain(scores, comparison.winner)
        final_season = fitted_season(rates, end=scoring_cutoff, start=observation_start)
        final, scored = _final(comparison, cut_offs, features_score, scoring_cutoff, final_season,
                               settings=settings, seed=seed)  # fmt: skip
        explained = _explained(comparison, learning, test, chosen, minimum=minimum_cell, seed=seed)
        people = features_score.sort_values("customer_id", ignore_index=True)
        reasons = churn_reasons(
            final.model, people, scored.table, scored.at_risk, final.probability, chosen
        )
        shown = _examples(scored, final.probability, pseudonyms)
        steps = waterfalls(final.model, scored.table, chosen, _in_shap_unit(final, scored), shown)
    costs = campaign_costs(settings)
    winner = comparison.winner
    intercept, slope = logistic_calibration(test.churned, comparison.test[winner])
    result = Churn(
        test_cutoff=test_day,
        scoring_cutoff=scoring_cutoff,
        window_low_days=int(SHORTEST_DAYS),
        window_high_days=int(LONGEST_DAYS),
        window_gaps=GAPS,
        winner=winner,
        winner_beats_baseline=comparison.winner_beats_baseline,
        forest_only_ties=_only_ties(comparison, test, draws, seed),
        calibration=comparison.calibrations[winner].kind,
        calibration_intercept=intercept,
        calibration_slope=slope,
        ece_floor=calibration_floor(comparison.test[winner], draws=50, seed=seed),
        season_known=season.is_known,
        training_customers=int(learning.customer_id.nunique()),
        training_rows=len(learning),
        calibration_customers=int(calibrating.customer_id.nunique()),
        test_customers=len(test),
        lapsed_customers=int((~scored.at_risk).sum()),
        shap_unit="probability" if winner == FOREST else "log odds",
        value_amount=costs.value_amount,
        offer_amount=costs.offer_amount,
        contact_amount=costs.contact_amount,
        accept_alpha=costs.alpha,
        accept_beta=costs.beta,
        cut_offs=_cut_off_frame(training, test, scored, scoring_cutoff),
        scores=scores,
        curves=curve_frame(comparison, test, costs, minimum=minimum_cell),
        reliability=reliability_frame(comparison, test, minimum=minimum_cell),
        profit=profit_frame(comparison, test, costs),
        tuning=tuning_frame(models),
        importance=explained.importance,
        beeswarm=explained.beeswarm,
        dependence=explained.dependence,
        waterfalls=steps,
        segments=segment_frame(people, scored, final.probability, clv12, minimum=minimum_cell),
        distribution=distribution_frame(final.probability[scored.at_risk], minimum=minimum_cell),
    )
    rows = pd.DataFrame(
        {
            "customer_id": people["customer_id"],
            "churn_probability": final.probability,
            "churn_reasons": reasons.to_numpy(),
            "churn_probability_before": np.nan,
        }
    )
    if before is not None and len(before[1]):
        with one_thread():
            then = churn_rows(before[1], None, before[0], final_season)
            known = pd.Series(final.of(then), index=then.customer_id.to_numpy())
        rows["churn_probability_before"] = rows["customer_id"].map(known)
    return result, rows


def campaign_costs(settings: ChurnSettings) -> CampaignCosts:
    """Return what the settings say of a retention campaign."""
    return CampaignCosts(
        alpha=settings.accept_alpha,
        beta=settings.accept_beta,
        value_amount=settings.value_amount,
        offer_amount=settings.offer_amount,
        contact_amount=settings.contact_amount,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Final:
    model: TunedModel
    of: Callable[[ChurnRows], Floats]
    probability: Floats


def _missing(because: str) -> tuple[Missing, None]:
    said = because[0].upper() + because[1:] + "."
    return Missing(of=Churn.KIND, needs=("transactions",), because=said), None


def _rows(cut_offs: Sequence[CutOff], season: Season) -> ChurnRows:
    """Return the customers at risk at these cut-offs."""
    parts = [churn_rows(one.features, one.next_orders, one.day, season) for one in cut_offs]
    return pooled([part.where(part.at_risk) for part in parts])


def _too_few(training: ChurnRows, test: ChurnRows) -> str:
    for name, rows in (("before", training), ("at", test)):
        churned = int(rows.churned.sum())
        least = min(churned, len(rows) - churned)
        if len(rows) < FEWEST_ROWS or least < FEWEST_CHURNED:
            return (
                f"{len(rows)} customers were at risk {name} the test cut-off and {churned} of them "
                f"churned; judging a model takes {FEWEST_ROWS} customers, {FEWEST_CHURNED} who "
                f"churned and {FEWEST_CHURNED} who stayed: add older orders or more customers"
            )
    return ""


def _final(
    comparison: ChurnComparison,
    cut_offs: Sequence[CutOff],
    features_score: pd.DataFrame,
    scoring_cutoff: date,
    season: Season,
    *,
    settings: ChurnSettings,
    seed: int,
) -> tuple[_Final, ChurnRows]:
    """Return the model in use, fitted again with the latest cut-offs, and everyone's risk."""
    everyone = pooled(
        [
            churn_rows(one.features, one.next_orders, one.day, season)
            for one in cut_offs[-TRAINING_CUT_OFFS:]
        ]
    )
    recent, lapsed = everyone.where(everyone.at_risk), everyone.where(~everyone.at_risk)
    scored = churn_rows(features_score, None, scoring_cutoff, season)
    is_calibration = hashed_share(recent.customer_id, seed) < settings.calibration_rate
    calibrating = recent.where(is_calibration)
    learning = recent.where(~is_calibration)
    model = refitted_churn_model(comparison.models[comparison.winner], sampled(learning, seed))
    better = comparison.winner_beats_baseline
    own = raw_probability(model, calibrating.table) if better else calibrating.silence
    fitted = chosen_calibration(calibrating.churned, own, calibrating.customer_id)
    quiet = None
    if len(lapsed) >= FEWEST_ROWS and 0 < lapsed.churned.mean() < 1:
        quiet = fitted_calibration("sigmoid", lapsed.churned, lapsed.silence)

    def of(rows: ChurnRows) -> Floats:
        raw = raw_probability(model, rows.table) if better else rows.silence
        gone = rows.silence if quiet is None else quiet(rows.silence)
        probability: Floats = np.where(rows.at_risk, fitted(raw), gone)
        return probability

    return _Final(model=model, of=of, probability=of(scored)), scored


def sampled(rows: ChurnRows, seed: int) -> ChurnRows:
    """Return at most `MOST_ROWS` of the rows, drawn by customer and cut-off."""
    if len(rows) <= MOST_ROWS:
        return rows
    keys = rows.customer_id + rows.cutoff.dt.strftime("@%Y-%m-%d")
    return rows.where(hashed_share(keys, seed + 1) < MOST_ROWS / len(rows))


def _in_shap_unit(final: _Final, scored: ChurnRows) -> Floats:
    raw = raw_probability(final.model, scored.table)
    if final.model.name == FOREST:
        return raw
    clipped = np.clip(raw, 1e-9, 1 - 1e-9)
    odds: Floats = np.log(clipped) - np.log1p(-clipped)
    return odds


def _explained(
    comparison: ChurnComparison,
    learning: ChurnRows,
    test: ChurnRows,
    chosen: ChurnFeatures,
    *,
    minimum: int,
    seed: int,
) -> Explanation:
    """Return the explanation of the winner at the test cut-off."""
    model = comparison.models[comparison.winner]
    rows = sampled(learning, seed)

    def loss(table: pd.DataFrame) -> float:
        return float(log_loss(part.churned, raw_probability(model, table)))

    def refit(draw: int) -> TunedModel:
        random = np.random.default_rng([seed, draw])
        people = rows.customer_id.unique()
        share = min(1.0, REFIT_ROWS / len(rows))
        drawn = random.choice(people, max(1, int(len(people) * share)))
        weight = pd.Series(drawn).value_counts().reindex(rows.customer_id).fillna(0).to_numpy()
        places = np.repeat(np.arange(len(rows)), weight.astype(int))
        again = ChurnRows(
            cutoff=rows.cutoff.iloc[places],
            customer_id=rows.customer_id.iloc[places],
            table=rows.table.iloc[places].reset_index(drop=True),
            at_risk=rows.at_risk[places],
            churned=rows.churned[places],
            silence=rows.silence[places],
        )
        return refitted_churn_model(model, again)

    random = np.random.default_rng(seed)
    drawn = np.zeros(len(test), dtype=bool)
    drawn[random.permutation(len(test))[:2_000]] = True
    part = test.where(drawn)
    return explanation(
        model, part.table, chosen, loss=loss, refit=refit, minimum=minimum, seed=seed
    )


def _examples(
    scored: ChurnRows, probability: Floats, pseudonyms: Callable[[pd.Series], pd.Series] | None
) -> dict[int, str]:
    if pseudonyms is None:
        return {}
    places = np.flatnonzero(scored.at_risk)
    ranked = places[np.argsort(probability[places], kind="stable")]
    picked = [int(ranked[min(int(share * len(ranked)), len(ranked) - 1)]) for share in _EXAMPLES]
    names = pseudonyms(scored.customer_id.iloc[picked])
    return dict(zip(picked, [str(name) for name in names], strict=True))


def _only_ties(comparison: ChurnComparison, test: ChurnRows, draws: int, seed: int) -> bool:
    """Return whether the forest's AUC is not beyond doubt above logistic regression's."""
    from analytics.stats.bootstrap import percentile_interval, resampled_rows
    from analytics.stats.classification import area_under_roc

    rows = resampled_rows(len(test), draws=min(draws, 200), seed=seed)
    one, other = comparison.test[FOREST], comparison.test[LOGISTIC]
    gap = np.array(
        [
            float(area_under_roc(test.churned[row], one[row]))
            - float(area_under_roc(test.churned[row], other[row]))
            for row in rows
        ]
    )
    low, _ = percentile_interval(gap)
    return not low > 0


def _cut_off_frame(
    training: ChurnRows, test: ChurnRows, scored: ChurnRows, scoring_cutoff: date
) -> pd.DataFrame:
    rows: list[tuple[object, str, int, float]] = []
    for part, of in (("train", training), ("test", test)):
        for cutoff, inside in of.cutoff.groupby(of.cutoff):
            rows.append((cutoff, part, len(inside), float(of.churned[inside.index].mean())))
    rows.append((pd.Timestamp(scoring_cutoff), "score", int(scored.at_risk.sum()), float("nan")))
    return pd.DataFrame(rows, columns=["cutoff", "part", "customers", "churn_rate"])


__all__ = ["HISTORY", "CutOff", "campaign_costs", "churn_risk"]
