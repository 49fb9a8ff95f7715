"""Results of the prescriptive tier for the pages' tests."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.results import EarlyWarning, Experiments, Insights, Result, Strategies

ABSENT = (
    (Experiments, ("experiments",), "The source has no experiments."),
    (Strategies, ("transactions",), "The history is too short for a probability of churn."),
    (EarlyWarning, ("transactions",), "The history is too short for a probability of churn."),
    (Insights, ("transactions",), "There is no complete month."),
)


def results() -> dict[str, Result]:
    """Return one of each, by name."""
    return {
        "experiments": experiments(),
        "strategies": strategies(),
        "early_warning": early_warning(),
        "insights": insights(),
    }


def _frame(kind: type[Result], name: str, rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[column.name for column in kind.FRAMES[name]])


def experiments() -> Experiments:
    day = pd.Timestamp("2024-01-15")
    lift = ("offer", "treatment", "orders", "cuped", True, 4.7, 6.4, 1.6, 1.2, 2.0, 0.35, 0.26,
            0.44, 1e-9, 1e-9, 0.4)  # fmt: skip
    return Experiments(
        primary="orders",
        window_weeks=17,
        power=0.8,
        level=0.05,
        split_threshold=0.001,
        active_customers=7000,
        experiments=_frame(
            Experiments,
            "experiments",
            [
                ("offer", "better", "Roll out treatment.", day, day, 17, 1383, 0, "control", 0.98,
                 0.11, 3240.0),
                ("<b>split", "refused", "Refused: the split is broken.", day, day, 17, 900, 3, "a",
                 1e-9, None, None),
            ],
        ),
        variants=_frame(
            Experiments,
            "variants",
            [("offer", "control", 692, 0.5, 0.5), ("offer", "treatment", 691, 0.5, 0.5)],
        ),
        lifts=_frame(Experiments, "lifts", [lift, ("offer", "treatment", "orders", "plain", False,
                                                   *lift[5:])]),
        weekly=_frame(Experiments, "weekly", [("offer", "treatment", 1, 0.3, 0.1, 0.5)]),
        peeking=_frame(
            Experiments, "peeking", [(1, 0.05, 1.96, 1.96), (10, 0.193, 2.555, 2.087)]
        ),
        designs=_frame(
            Experiments,
            "designs",
            [("orders", 0.05, "plain", 4.7, 3.9, 4304.0, 1.2, None),
             ("orders", 0.05, "cuped", 4.7, 3.0, 2578.0, 0.7, 7.0)],
        ),
    )  # fmt: skip


def strategies() -> Strategies:
    lever = ("retention offer", "measured: offer", 1500, 8e4, 7e5, 0.43, 0.23, 0.63, 3e5, 1.6e5,
             4.7e5, 2.2e5, 8e4, 3.9e5, 0.11, 900, 5e4, 1.9e5, 1)  # fmt: skip
    return Strategies(
        customers=9700,
        budget_amount=2.3e5,
        contacts=1900,
        chosen_customers=900,
        chosen_cost_amount=5e4,
        chosen_net_amount=1.9e5,
        chosen_net_low_amount=8e4,
        chosen_net_high_amount=3e5,
        solver="CBC",
        grouped_by="segment",
        offers=_frame(Strategies, "offers", [("Toys", "Home", 210, 1.31, 1.12, 1.5)]),
        levers=_frame(Strategies, "levers", [("Premium", *lever)]),
        limits=_frame(
            Strategies,
            "limits",
            [("budget", 1.0, 2.3e5, 1900, 900, 5e4, 1.9e5),
             ("contacts", 1.5, 2.3e5, 2850, 1200, 7e4, 2.2e5)],
        ),
        acquisition=_frame(
            Strategies,
            "acquisition",
            [("Basic", "Affiliate", 400, 650.0, -210.0, -295.0, -127.0),
             ("Basic", "Email", 270, 950.0, 130.0, -3.0, 270.0)],
        ),
    )  # fmt: skip


def early_warning() -> EarlyWarning:
    return EarlyWarning(
        cutoff=date(2024, 7, 1),
        window_days=180,
        ranked=7700,
        listed=2,
        published=True,
        risk_amount=2.2e6,
        listed_risk_amount=5.7e3,
        effect_rate=0.43,
        reference_cutoff=date(2024, 1, 3),
        before_cutoff=date(2024, 6, 1),
        entered=1,
        left=1,
        everyone=_frame(
            EarlyWarning, "everyone", [("000001", 2900.0, "Call"), ("000002", 2800.0, "Call")]
        ),
        changes=_frame(
            EarlyWarning,
            "changes",
            [("BBBB", "Other", "entered", 2, 0, 2800.0, 1200.0, "no order within the month"),
             ("CCCC", "Basic", "left", 0, 1, 100.0, 2700.0, "ordered again")],
        ),
        customers=_frame(
            EarlyWarning,
            "customers",
            [(1, "AAAA", "Premium", 2900.0, 0.4, 7300.0, "1 ticket unresolved", "Call"),
             (2, "BBBB", "Other", 2800.0, 0.3, 9300.0, "<i>silent", "Make the retention offer")],
        ),
        segments=_frame(EarlyWarning, "segments", [("all", 7700, 2.2e6, 0.003)]),
        editions=_frame(
            EarlyWarning,
            "editions",
            [(pd.Timestamp("2024-01-03"), 7400, 192, 0.08, 0.38, 0.31, 0.45, 4.6, 0.34, 1.4e5, 7e4,
              2.1e5)],
        ),
        drift=_frame(
            EarlyWarning, "drift", [("churn score", 0.03, 0.06, 0.001, "stable", False)]
        ),
    )  # fmt: skip


def insights() -> Insights:
    return Insights(
        level=0.05,
        looked_at=120,
        first_label="July 2023",
        last_label="June 2024",
        insights=_frame(
            Insights,
            "insights",
            [
                (1, "growth", "South grew 35.4 %.", "descriptive/kpis.html", "net_revenue",
                 "region", "South", 1.0, 0.23, 0.17, 0.29, 1338.0, 1e-9, 1e-8, 1.5e6),
            ],
        ),
        rejected=_frame(
            Insights,
            "rejected",
            [("growth", "net_revenue", "region", "East", -0.01, 1.0, "within chance")],
        ),
    )  # fmt: skip
