"""CLV12: the contribution margin that each customer will bring in the year to come."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.calendar import months_later
from analytics.predictive.comparison import (
    Comparison,
    decile_calibration,
    floored_prediction,
    model_comparison,
    tuning_table,
)
from analytics.predictive.conformal import ConformalInterval, conformal_interval, error_spread
from analytics.predictive.customer_base import Horizon, fitted_customer_base
from analytics.predictive.customer_scores import customer_scores, segment_means, value_classes
from analytics.predictive.features import feature_set, feature_table, refuse_leaks
from analytics.predictive.importance import shap_importance
from analytics.predictive.learners import refitted
from analytics.predictive.split import CustomerSplit, customer_split
from analytics.results import Clv, CustomerScores, Missing
from analytics.settings import ClvSettings

Floats = npt.NDArray[np.float64]
FEWEST_CUSTOMERS = 200
INTERVAL_LEVEL = 0.8


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

    from threadpoolctl import threadpool_limits

    features = features_train.sort_values("customer_id", ignore_index=True)
    scored = features_score.sort_values("customer_id", ignore_index=True)
    wanted = _target_values(features["customer_id"], target)
    split = customer_split(features["customer_id"], test_rate=settings.test_rate, seed=seed)
    horizon = _horizon(training_cutoff, settings, has_costs)
    training = features[split.train]
    chosen = feature_set(training, fitted_customer_base(training, horizon), horizon)
    table = feature_table(features, chosen)
    refuse_leaks(table, wanted)
    # Sums of floating-point numbers differ with the number of threads.
    with threadpool_limits(limits=1):
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
        clv12 = floored_prediction(final, feature_table(scored, chosen), comparison.floor)
        importance = shap_importance(final, table[split.test], chosen, seed=seed)
    interval, coverage = _interval(comparison, wanted, split)
    low, high = interval.ends(clv12)
    held_out = split.validation | split.test
    errors = wanted[held_out] - comparison.predictions[comparison.winner][held_out]
    result = Clv(
        training_cutoff=training_cutoff,
        scoring_cutoff=scoring_cutoff,
        horizon_months=settings.horizon_months,
        discount_rate=settings.discount_rate,
        margin=margin_words(settings, has_costs),
        winner=comparison.winner,
        winner_beats_baseline=comparison.winner_beats_baseline,
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
        importance=importance,
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
    return result, customer_scores(scored, clv12, ends, cutoff=scoring_cutoff)


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


def _target_values(customer_id: pd.Series, target: pd.DataFrame) -> Floats:
    margins = target.set_index("customer_id")["margin_amount"]
    values: Floats = margins.reindex(customer_id).fillna(0.0).to_numpy(dtype=float)
    return values


def _horizon(training_cutoff: date, settings: ClvSettings, has_costs: bool) -> Horizon:
    end = months_later(training_cutoff, settings.horizon_months).replace(day=1)
    return Horizon(
        days=float((end - training_cutoff.replace(day=1)).days),
        discount_rate=settings.discount_rate,
        margin_rate=None if has_costs else settings.assumed_margin_rate,
    )


def _interval(
    comparison: Comparison, target: Floats, split: CustomerSplit
) -> tuple[ConformalInterval, float]:
    """Return the interval calibrated on the validation part, and its coverage on the test part."""
    predicted = comparison.predictions[comparison.winner]
    spread = error_spread(target[split.train], predicted[split.train])
    interval = conformal_interval(
        target[split.validation], predicted[split.validation], spread, level=INTERVAL_LEVEL
    )
    low, high = interval.ends(predicted[split.test])
    actual = target[split.test]
    # The ends are cut off at the floor, and so are what they are compared with.
    covered = (np.maximum(low, comparison.floor) <= np.maximum(actual, comparison.floor)) & (
        np.maximum(actual, comparison.floor) <= np.maximum(high, comparison.floor)
    )
    return interval, float(covered.mean())
