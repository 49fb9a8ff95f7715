"""Churn risk: who may leave, and how far the probabilities can be trusted."""

from __future__ import annotations

from analytics.charts import figure_html
from analytics.presentation.cells import nothing, shown, what_to_add
from analytics.presentation.churn_charts import (
    curve_chart,
    distribution_chart,
    models_chart,
    profit_finding,
    reliability_chart,
    segments_chart,
    test_score,
)
from analytics.presentation.context import source_facts
from analytics.presentation.explained import Explained
from analytics.presentation.formats import (
    amount,
    count,
    day,
    decimal,
    is_known,
    percent,
    plural,
    within,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    definition_list,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import first_row
from analytics.results import Churn
from analytics.tables import TableColumn, table_html

SHOWS = "who may leave, and what a retention campaign could earn"
METRICS = {
    "auc": "AUC",
    "average_precision": "Average precision",
    "brier": "Brier",
    "log_loss": "Log loss",
    "ece": "Calibration error",
    "lift": "Top-tenth lift",
}


@shown(Churn, absent=what_to_add(SHOWS))
def summary(result: Churn) -> Fragment:
    """Return how many are expected to leave, and how far that can be trusted."""
    return Fragment(
        paragraph(text(total_sentence(result)), css="verdict")
        + paragraph(text(trust_sentence(result)))
    )


def total_sentence(result: Churn) -> str:
    """Return how many customers at risk are expected to leave, and the margin at risk."""
    row = first_row(result.segments)
    worth = ""
    if is_known(row.margin_at_risk_amount):
        worth = (
            f", with {amount(row.margin_at_risk_amount, source_facts().currency)} of expected "
            "margin"
        )
    return (
        f"About {count(row.expected_churners)} of {plural(int(row.customers), 'customer')} at risk "
        f"are expected to leave{worth}."
    )


def trust_sentence(result: Churn) -> str:
    """Return how the model in use did at a later cut-off."""
    area, low, high = test_score(result, result.winner, "auc")
    error = test_score(result, result.winner, "ece")[0]
    said = (
        f"At a later cut-off, {day(result.test_cutoff)}, {within(words(result.winner))} ranked "
        f"customers with an area under the ROC curve of {decimal(area, 3)} (95 % interval "
        f"{decimal(low, 3)} to {decimal(high, 3)}; .5 is chance), and its probabilities were off "
        f"by {percent(error)} on average."
    )
    if not result.winner_beats_baseline:
        return f"{said} It lost to a baseline, so purchase history alone is used instead."
    history = test_score(result, "Purchase history alone", "auc")
    if is_known(history[2]) and low <= history[2]:
        said += f" Purchase history alone reaches {decimal(history[0], 3)}: the model adds little."
    return said


@shown(Churn)
def segments(result: Churn) -> Fragment:
    """Return the risk of each segment."""
    rows = result.segments[result.segments["segment"] != "all"].reset_index(drop=True)
    if len(rows) < 2:
        return nothing_note(
            "No segments in this source",
            "Add the column segment of customers; this chart then compares the segments.",
        )
    return Fragment(figure_html(segments_chart(result, rows)))


@shown(Churn)
def distribution(result: Churn) -> Fragment:
    """Return how the risk is spread over customers."""
    return Fragment(figure_html(distribution_chart(result)))


@shown(Churn)
def models(result: Churn) -> Fragment:
    """Return models and baselines compared at the test cut-off."""
    return Fragment(figure_html(models_chart(result)))


@shown(Churn, absent=nothing)
def curves(result: Churn, kind: str) -> Fragment:
    """Return the curves of a kind: roc, precision, lift or profit."""
    return Fragment(figure_html(curve_chart(result, kind)))


@shown(Churn, absent=nothing)
def reliability(result: Churn) -> Fragment:
    """Return observed against predicted rates."""
    return Fragment(figure_html(reliability_chart(result)))


@shown(Churn)
def campaign(result: Churn) -> Fragment:
    """Return what a retention campaign is expected to earn, and under which costs."""
    currency = source_facts().currency
    accepted = result.accept_alpha / (result.accept_alpha + result.accept_beta)
    said = (
        f"{profit_finding(result)}. This holds for a customer worth "
        f"{amount(result.value_amount, currency)}, an offer of "
        f"{amount(result.offer_amount, currency)}, a contact of "
        f"{amount(result.contact_amount, currency)}, and {percent(accepted, 0)} of leavers who "
        "accept; set your own under [churn] in analytics.toml. An offer to somebody who would have "
        "stayed is lost money here."
    )
    return Fragment(paragraph(text(said))) + Fragment(figure_html(curve_chart(result, "profit")))


@shown(Churn, absent=nothing)
def scores_table(result: Churn) -> Fragment:
    """Return every score at the test cut-off."""
    currency = source_facts().currency
    rows = result.scores[result.scores["part"] == "test"]
    frame = rows.pivot_table(
        index=["model", "role"], columns="metric", values="value", aggfunc="first", sort=False
    ).reset_index()
    profit = result.profit.set_index("model")
    frame["profit"] = frame["model"].map(profit["profit_amount"])
    frame["share"] = frame["model"].map(profit["contact_rate"])
    frame["model"] = [
        f"{name} (chosen)" if name == result.winner else name for name in frame["model"]
    ]
    columns = [
        TableColumn(name="model", title="Model"),
        TableColumn(name="role", title="Role"),
        *(
            TableColumn(name=name, title=title, text=lambda value: decimal(value, 3))
            for name, title in METRICS.items()
            if name in frame
        ),
        TableColumn(
            name="profit", title="Maximum profit", text=lambda value: amount(value, currency)
        ),
        TableColumn(name="share", title="Share to contact", text=percent),
    ]
    return Fragment(
        table_html(frame, tuple(columns), id="churn-scores", label="Scores at the test cut-off",
                   searchable=False)
    )  # fmt: skip


@shown(Churn)
def importance(result: Churn) -> Fragment:
    """Return which features move the probabilities most."""
    return _explained(result).importance(result.importance)


@shown(Churn, absent=nothing)
def beeswarm(result: Churn) -> Fragment:
    """Return the SHAP values of a sample of customers."""
    if result.beeswarm.empty:
        return nothing_note("No swarm", "There are too few customers to show classes of them.")
    return _explained(result).beeswarm(result.beeswarm, result.test_customers)


@shown(Churn, absent=nothing)
def dependence(result: Churn) -> Fragment:
    """Return how the top features bend the probabilities."""
    return _explained(result).dependence(result.dependence)


@shown(Churn, absent=nothing)
def examples(result: Churn) -> Fragment:
    """Return the steps to single customers' predictions, by pseudonym."""
    return _explained(result).examples(result.waterfalls, 3)


@shown(Churn)
def set_up(result: Churn) -> Fragment:
    """Return windows, cut-offs and sizes of the parts."""
    train = result.cut_offs[result.cut_offs["part"] == "train"]
    season = (
        "days are counted by the season of orders"
        if result.season_known
        else "no season: the history is too short to tell it"
    )
    return Fragment(
        definition_list(
            [
                ("Churned", text(
                    f"no order in {decimal(result.window_gaps, 0)} usual gaps, at least "
                    f"{result.window_low_days} and at most {result.window_high_days} days"
                )),
                ("At risk", "silent for no longer than that at the cut-off; "
                 f"{text(count(result.lapsed_customers))} customers have lapsed already"),
                ("Trained at", text(
                    f"{plural(len(train), 'monthly cut-off')}, "
                    f"{day(train['cutoff'].min())} to {day(train['cutoff'].max())}"
                )),
                ("Tested at", text(
                    f"{day(result.test_cutoff)}, {count(result.test_customers)} customers"
                )),
                ("Calibration", text(
                    f"{result.calibration}, on {count(result.calibration_customers)} customers "
                    f"kept apart; slope {decimal(result.calibration_slope)} at the test cut-off "
                    f"(1 is right); a perfect model errs by {percent(result.ece_floor)} here"
                )),
                ("Season", text(season)),
            ]
        )
    )  # fmt: skip


@shown(Churn, absent=nothing)
def tuning_table(result: Churn) -> Fragment:
    """Return which parameters the cross-validation chose."""
    return _explained(result).tuning(result.tuning)


def _explained(result: Churn) -> Explained:
    return Explained(page="churn", unit=result.shap_unit, shown=lambda value: decimal(value, 3))
