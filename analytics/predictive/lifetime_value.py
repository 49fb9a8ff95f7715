"""CLV12: the contribution margin that each customer will bring in the year to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.calendar import months_later
from analytics.errors import DataError
from analytics.predictive.baselines import baseline_predictions
from analytics.predictive.comparison import (
    Comparison,
    decile_calibration,
    floored_prediction,
    model_comparison,
    tuning_table,
)
from analytics.predictive.conformal import ConformalInterval, conformal_interval, error_spread
from analytics.predictive.current_value import DEFINITIONAL, current_value_scores
from analytics.predictive.customer_base import Horizon, fitted_customer_base
from analytics.predictive.customer_scores import customer_scores, segment_means, value_classes
from analytics.predictive.explanation import REFIT_ROWS, Explanation, explanation, waterfalls
from analytics.predictive.features import FeatureSet, feature_set, feature_table, refuse_leaks
from analytics.predictive.learners import TunedModel, refitted
from analytics.predictive.out_of_time import COLUMNS as LATER_COLUMNS
from analytics.predictive.out_of_time import LaterTest, margins_of, out_of_time_scores
from analytics.predictive.split import CustomerSplit, customer_split
from analytics.predictive.threads import one_thread
from analytics.results import Clv, CustomerScores, Missing
from analytics.settings import ClvSettings

Floats = npt.NDArray[np.float64]
FEWEST_CUSTOMERS = 200
INTERVAL_LEVEL = 0.8
_EXAMPLES = (0.995, 0.75, 0.25)  # ranks of the customers explained one by one


def customer_lifetime_value(
    features_train: pd.DataFrame | None,
    target: pd.DataFrame | None,
    features_score: pd.DataFrame,
    *,
    settings: ClvSettings,
    training_cutoff: date | None,
    scoring_cutoff: date,
    currency: str,
    has_costs: bool,
    seed: int,
    minimum_cell: int = 5,
    later: LaterTest | None = None,
    before: pd.DataFrame | None = None,
    pseudonyms: Callable[[pd.Series], pd.Series] | None = None,
) -> tuple[Clv | Missing, CustomerScores | Missing]:
    """Return CLV12 with the comparison behind it, and one row a customer.

    Four models, tuned within the training customers, are compared with three baselines on
    customers held out; the one with the highest R2 on the validation part is reported on the
    test part, fitted again on all customers, and applied at `scoring_cutoff`. Discounting is in
    the target. Where there is no CLV12, the customers' rows stand without it.

    Parameters
    ----------
    features_train : DataFrame or None
        `Marts.customer_features` at `training_cutoff`.
    target : DataFrame or None
        `Marts.customer_margin` of the horizon after it; customers it lacks brought 0.
    features_score : DataFrame
        `Marts.customer_features` at `scoring_cutoff`.
    settings : ClvSettings
        Horizon, discount and evaluation.
    training_cutoff : date or None
        None (then the two before are not read) where the history has no cut-off with a year of
        features before it and a whole horizon after it.
    scoring_cutoff : date
        The day after the last observed one.
    currency : str
        Unit of all amounts; nothing is converted.
    has_costs : bool
        Whether margins are known; else `settings.assumed_margin_rate` of net revenue.
    seed : int
        Of the split, the models and the bootstrap.
    minimum_cell : int
        Fewest customers that a segment's or a class's row may stand for.
    later : LaterTest, optional
        A later cut-off to judge the models at, in a row of its own.
    before : DataFrame, optional
        `Marts.customer_features` of an earlier day, whose customers the model in use scores too.
    pseudonyms : callable, optional
        Under which names customers are published; none are shown one by one without it.

    Raises
    ------
    DataError
        Where a feature, or the skill of the winner, shows what came after the cut-off.
    """
    if features_score.empty:
        missing = _missing("no customer has a completed order")
        return missing, _missing("no customer has a completed order", CustomerScores.KIND)
    reason = _too_short(features_train, target, training_cutoff, settings)
    if reason:
        scores = customer_scores(features_score, None, None, cutoff=scoring_cutoff)
        return _missing(reason), scores
    assert features_train is not None
    assert target is not None
    assert training_cutoff is not None

    features = features_train.sort_values("customer_id", ignore_index=True)
    scored = features_score.sort_values("customer_id", ignore_index=True)
    refuse_duplicates(features["customer_id"])
    wanted = margins_of(features["customer_id"], target)
    split = customer_split(features["customer_id"], test_rate=settings.test_rate, seed=seed)
    horizon = _horizon(training_cutoff, settings, has_costs)
    training = features[split.train]
    chosen = feature_set(training, fitted_customer_base(training, horizon), horizon)
    table = feature_table(features, chosen)
    refuse_leaks(table, wanted)
    with one_thread():
        comparison = model_comparison(
            features,
            table,
            wanted,
            split,
            chosen,
            folds=settings.folds,
            draws=settings.bootstrap_draws,
            seed=seed,
        )
        final = refitted(comparison.models[comparison.winner], table, wanted)
        scored_table = feature_table(scored, chosen)
        in_use = (
            comparison.winner if comparison.winner_beats_baseline else _best_baseline(comparison)
        )
        clv12 = floored_prediction(final, scored_table, comparison.floor)
        shown = _examples(scored["customer_id"], clv12, pseudonyms)
        raw = np.asarray(final.estimator.predict(scored_table), dtype=float)
        steps = waterfalls(final, scored_table, chosen, raw, shown)

        def predicted(rows: pd.DataFrame) -> Floats:
            if in_use == comparison.winner:
                return floored_prediction(final, feature_table(rows, chosen), comparison.floor)
            whole, mean = np.ones(len(rows), dtype=bool), np.full(len(rows), wanted.mean())
            return baseline_predictions(chosen.base, rows, whole, mean, horizon)[in_use]

        if in_use != comparison.winner:
            clv12 = predicted(scored)
        known_before = None
        if before is not None and len(before):
            before = before.sort_values("customer_id", ignore_index=True)
            known_before = before[["customer_id"]].assign(clv12_amount=predicted(before))
        explained = _explained(
            comparison, table, wanted, split, chosen, minimum=minimum_cell, seed=seed
        )
        current = current_value_scores(scored, horizon, dict(comparison.models), seed=seed)
        later_scores = pd.DataFrame(columns=LATER_COLUMNS)
        if later is not None:
            later_scores = out_of_time_scores(
                later,
                features,
                comparison.models,
                horizon,
                training_cutoff=training_cutoff,
                train=split.train,
                draws=settings.bootstrap_draws,
                seed=seed,
            )
    interval, coverage = _interval(comparison, wanted, split, in_use)
    low, high = interval.ends(clv12)
    held_out = split.validation | split.test
    errors = wanted[held_out] - comparison.predictions[in_use][held_out]
    result = Clv(
        training_cutoff=training_cutoff,
        scoring_cutoff=scoring_cutoff,
        horizon_months=settings.horizon_months,
        discount_rate=settings.discount_rate,
        margin=margin_words(settings, has_costs),
        winner=comparison.winner,
        winner_beats_baseline=comparison.winner_beats_baseline,
        in_use=in_use,
        later_cutoff=None if later is None else later.cutoff,
        later_months=0 if later is None else later.months,
        later_customers=0 if later is None else len(later.features),
        definitional=DEFINITIONAL,
        training_customers=int(split.train.sum()),
        validation_customers=int(split.validation.sum()),
        test_customers=int(split.test.sum()),
        interval_coverage=coverage,
        scores=comparison.scores,
        calibration=decile_calibration(
            {name: values[split.test] for name, values in comparison.predictions.items()},
            wanted[split.test],
        ),
        tuning=tuning_table(comparison.models),
        importance=explained.importance.rename(
            columns={"mean_absolute_shap": "mean_absolute_shap_amount"}
        ),
        beeswarm=explained.beeswarm,
        dependence=explained.dependence,
        waterfalls=steps,
        current_value=current,
        later=later_scores,
        segments=segment_means(
            scored["segment"],
            clv12,
            features.loc[held_out, "segment"],
            errors,
            minimum=minimum_cell,
        ),
        distribution=value_classes(clv12, minimum=minimum_cell),
    )
    ends = (np.maximum(low, comparison.floor), np.maximum(high, comparison.floor))
    return result, customer_scores(scored, clv12, ends, cutoff=scoring_cutoff, before=known_before)


def margin_words(settings: ClvSettings, has_costs: bool) -> str:
    """Return what CLV12 counts, in words."""
    if has_costs:
        return "contribution margin"
    return f"{settings.assumed_margin_rate:.0%} of net revenue, assumed".replace("%", " %")


def _too_short(
    features: pd.DataFrame | None,
    target: pd.DataFrame | None,
    training_cutoff: date | None,
    settings: ClvSettings,
) -> str:
    """Return why there is no model; empty where there can be one."""
    months = settings.horizon_months
    if training_cutoff is None or features is None or target is None:
        return (
            f"learning what {months} months bring takes 12 months of orders before a cut-off "
            f"and {months} months after it; the history is shorter: add older orders, or set "
            "clv.horizon_months lower"
        )
    if len(features) < FEWEST_CUSTOMERS:
        return (
            f"only {len(features)} customers ordered before {training_cutoff.isoformat()}, and "
            f"the comparison takes {FEWEST_CUSTOMERS}: add older orders or more customers"
        )
    return ""


def _missing(because: str, of: str = Clv.KIND) -> Missing:
    return Missing(of=of, needs=("transactions",), because=because[0].upper() + because[1:] + ".")


def _horizon(training_cutoff: date, settings: ClvSettings, has_costs: bool) -> Horizon:
    end = months_later(training_cutoff, settings.horizon_months).replace(day=1)
    return Horizon(
        days=float((end - training_cutoff.replace(day=1)).days),
        discount_rate=settings.discount_rate,
        margin_rate=None if has_costs else settings.assumed_margin_rate,
    )


def refuse_duplicates(customer_id: pd.Series) -> None:
    """Raise DataError where a customer has two rows: one could be learned from, one judged."""
    twice = customer_id[customer_id.duplicated()]
    if len(twice):
        raise DataError(
            f"{len(twice)} customers have more than one row at the training cut-off: what is "
            "learned from one would be judged on the other",
            remedy="Give every customer one id in the customers' and transactions' exports.",
        )


def _best_baseline(comparison: Comparison) -> str:
    """Return the baseline with the highest R2 on the validation part."""
    rows = comparison.scores
    rows = rows[
        (rows["part"] == "validation") & (rows["metric"] == "r2") & (rows["role"] == "baseline")
    ]
    return str(rows.set_index("model")["value"].idxmax())


def _examples(
    customer_id: pd.Series,
    clv12: Floats,
    pseudonyms: Callable[[pd.Series], pd.Series] | None,
) -> dict[int, str]:
    if pseudonyms is None:
        return {}
    ranked = np.argsort(clv12, kind="stable")
    picked = [int(ranked[min(int(share * len(ranked)), len(ranked) - 1)]) for share in _EXAMPLES]
    names = pseudonyms(customer_id.iloc[picked])
    return dict(zip(picked, [str(name) for name in names], strict=True))


def _explained(
    comparison: Comparison,
    table: pd.DataFrame,
    target: Floats,
    split: CustomerSplit,
    chosen: FeatureSet,
    *,
    minimum: int,
    seed: int,
) -> Explanation:
    """Return the explanation of the winner on the test part."""
    model = comparison.models[comparison.winner]
    actual = target[split.test]
    learning, wanted = table[split.train].reset_index(drop=True), target[split.train]

    def loss(shown: pd.DataFrame) -> float:
        predicted = np.asarray(model.estimator.predict(shown), dtype=float)
        return float(np.abs(actual - predicted).mean())

    def refit(draw: int) -> TunedModel:
        random = np.random.default_rng([seed, draw])
        rows = random.integers(0, len(learning), min(len(learning), REFIT_ROWS))
        return refitted(model, learning.iloc[rows].reset_index(drop=True), wanted[rows])

    test = table[split.test].reset_index(drop=True)
    return explanation(model, test, chosen, loss=loss, refit=refit, minimum=minimum, seed=seed)


def _interval(
    comparison: Comparison, target: Floats, split: CustomerSplit, name: str
) -> tuple[ConformalInterval, float]:
    """Return the interval calibrated on all customers held out, and its measured coverage.

    Coverage is measured crosswise: on the test part with the interval of the validation part, and
    the other way round.
    """
    predicted, floor = comparison.predictions[name], comparison.floor
    spread = error_spread(target[split.train], predicted[split.train])

    def calibrated(part: npt.NDArray[np.bool_]) -> ConformalInterval:
        return conformal_interval(target[part], predicted[part], spread, level=INTERVAL_LEVEL)

    covered = []
    for own, other in ((split.validation, split.test), (split.test, split.validation)):
        low, high = calibrated(own).ends(predicted[other])
        # The ends are cut off at the floor, and so are what they are compared with.
        actual = np.maximum(target[other], floor)
        covered.append((np.maximum(low, floor) <= actual) & (actual <= np.maximum(high, floor)))
    return calibrated(split.validation | split.test), float(np.concatenate(covered).mean())
