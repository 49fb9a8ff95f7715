"""What the tiers recommend for each customer stands in the analysed data set."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd

from analytics.pipeline.downloads import write_downloads
from analytics.privacy import PUBLIC_KEY, pseudonym
from analytics.results import EarlyWarning
from analytics.store import Provenance, write_result


def early_warning() -> EarlyWarning:
    frames = {
        name: pd.DataFrame({column.name: [] for column in columns})
        for name, columns in EarlyWarning.FRAMES.items()
    }
    frames["everyone"] = pd.DataFrame(
        {
            "customer_id": ["000007", "000042"],
            "margin_at_risk_amount": [12.5, float("nan")],
            "recommended_action": ["Make the retention offer", "Send the win-back message"],
        }
    )
    return EarlyWarning(
        cutoff=date(2024, 7, 1), window_days=180, ranked=1, listed=0, published=True,
        risk_amount=12.5, listed_risk_amount=0.0, effect_rate=0.4, before_cutoff=None,
        reference_cutoff=date(2024, 7, 1), entered=0, left=0, **frames,
    )  # fmt: skip


def test_margin_at_risk_and_action_stand_beside_each_pseudonym(  # type: ignore[no-untyped-def]
    small_results, audit, tmp_path
) -> None:
    write_result(small_results, early_warning(), Provenance())
    write_result(small_results, audit(1), Provenance())
    write_downloads(small_results, tmp_path / "out", key=PUBLIC_KEY)
    frame = pd.read_parquet(tmp_path / "out" / "customers.parquet").set_index("customer")
    kept, silent = (pseudonym(name, PUBLIC_KEY) for name in ("000007", "000042"))
    assert frame.loc[kept, "margin_at_risk_amount"] == 12.5
    assert pd.isna(frame.loc[silent, "margin_at_risk_amount"])
    assert frame.loc[silent, "recommended_action"] == "Send the win-back message"


def test_the_dictionary_says_what_the_columns_are(small_results, audit, tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_result(small_results, early_warning(), Provenance())
    write_result(small_results, audit(1), Provenance())
    write_downloads(small_results, tmp_path / "out", key=PUBLIC_KEY)
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    fields = {
        field["name"]: field
        for resource in package["resources"]
        if resource["name"].startswith("customers")
        for field in resource.get("schema", {}).get("fields", [])
    }
    assert "churn" in fields["margin_at_risk_amount"]["description"]
    assert fields["recommended_action"]["type"] == "string"
