from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.diagnostic import clusters
from analytics.diagnostic.behaviour import behaviour
from analytics.prescriptive.behaviour_groups import behaviour_groups
from analytics.prescriptive.cross_sell import category_offers, offered_actions, offers_table
from analytics.results import AssociationRules, Clusters, Missing


def rules(*rows: tuple[str, str, float, bool]) -> AssociationRules:
    names = [column.name for column in AssociationRules.FRAMES["rules"]]
    table = [
        {
            **dict.fromkeys(names, 0), "scope": "customer", "antecedent": antecedent,
            "consequent": consequent, "lift": low + 0.1, "low": low, "high": low + 0.2,
            "significant": sure,
        }
        for antecedent, consequent, low, sure in rows
    ]  # fmt: skip
    empty = {
        name: pd.DataFrame({column.name: [] for column in columns})
        for name, columns in AssociationRules.FRAMES.items()
    }
    frames = {**empty, "rules": pd.DataFrame(table, columns=names)}
    return AssociationRules(minimum_support_rate=0.01, customers_every=1, withheld=0, **frames)


BOUGHT = pd.DataFrame(
    [("1", "Home"), ("1", "Home"), ("2", "Home"), ("2", "Toys"), ("3", "Sports"), ("4", "Beauty")],
    columns=["customer_id", "category"],
)


def test_an_offer_goes_with_what_was_bought_and_is_new_to_the_customer() -> None:
    found = category_offers(
        BOUGHT,
        rules(("Home", "Toys", 1.2, True), ("Home + Toys", "Beauty", 1.3, True),
              ("Sports", "Home", 1.1, False), ("Beauty", "Home", 0.8, True)),
    )  # fmt: skip
    # 1 has no toys yet; 2 has both and gets the rule of both; neither chance nor a low lift tells.
    assert found.set_index("customer_id")["offer"].to_dict() == {"1": "Toys", "2": "Beauty"}


def test_of_several_rules_the_surest_is_taken() -> None:
    found = category_offers(
        BOUGHT, rules(("Home", "Toys", 1.2, True), ("Home", "Sports", 1.4, True))
    )
    assert found.set_index("customer_id").loc["1", "offer"] == "Sports"


def test_without_rules_the_action_names_no_category() -> None:
    missing = Missing(of="diagnostic.rules", needs=(), because="x")
    offers = category_offers(BOUGHT, missing)
    levers = pd.DataFrame({"customer_id": ["1"], "lever": ["cross-sell"]})
    assert offered_actions(levers, ["Offer something new"], offers) == ["Offer something new"]


def test_the_action_names_the_category_of_cross_selling_alone() -> None:
    offers = category_offers(BOUGHT, rules(("Home", "Toys", 1.2, True)))
    levers = pd.DataFrame({"customer_id": ["1", "3"], "lever": ["cross-sell", "win-back"]})
    assert offered_actions(levers, ["a", "b"], offers) == ["Offer Toys", "b"]


def test_offers_to_few_customers_are_not_told() -> None:
    offers = category_offers(BOUGHT, rules(("Home", "Toys", 1.2, True)))
    every = pd.DataFrame({"customer_id": ["1"], "lever": ["cross-sell"]})
    assert len(offers_table(every, offers, minimum_cell=1)) == 1
    assert offers_table(every, offers, minimum_cell=5).empty


def features() -> pd.DataFrame:
    random = np.random.default_rng(1)
    often = np.repeat([True, False], 150)
    orders = np.where(often, random.integers(35, 60, 300), random.integers(1, 4, 300))
    return pd.DataFrame(
        {
            "customer_id": [f"{at:03d}" for at in range(300)],
            "segment": "Unknown",
            "age_days": 400.0,
            "orders": orders,
            "net_revenue_amount": orders * 50.0,
            "mean_order_amount": random.lognormal(4, 0.1, 300),
            "days_since_last_order": np.where(often, 5.0, 200.0) * random.uniform(0.7, 1.4, 300),
            "discount_rate": random.uniform(0, 0.1, 300),
        }
    )


def test_customers_get_the_cluster_that_the_clusters_count_them_in() -> None:
    rows = features()
    found = clusters(rows, cutoff=date(2024, 7, 1), seed=1)
    assert isinstance(found, Clusters)
    assert behaviour(rows) is not None
    groups = behaviour_groups(rows, found)
    assert groups is not None
    counted = found.profiles.drop_duplicates("cluster").set_index("cluster")["customers"]
    assert groups.value_counts().to_dict() == {
        f"Cluster {number}": size for number, size in counted.items()
    }
    # Cluster 1 brings most net revenue a customer.
    assert set(groups[:150]) == {"Cluster 1"}


def test_without_clusters_there_are_no_groups() -> None:
    missing = Missing(of="diagnostic.clusters", needs=(), because="x")
    assert behaviour_groups(features(), missing) is None
