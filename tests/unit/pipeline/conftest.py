"""Results of a small shop, as downloads are made from them."""

from datetime import date

import pandas as pd
import pytest

from analytics.results import (
    CustomerScores,
    DailySeries,
    Kpis,
    Missing,
    MonthlyCube,
    PrivacyAudit,
    SourceFacts,
)
from analytics.store import Provenance, write_result

HOSTILE = '=HYPERLINK("http://x","y")'


def kpis():
    definitions = pd.DataFrame(
        [["orders", "Orders", "Completed orders.", "count", "up", True]],
        columns=[column.name for column in Kpis.FRAMES["definitions"]],
    )
    months = pd.to_datetime(["2024-05-01", "2024-06-01"])
    values = pd.DataFrame(
        {
            "month": months,
            "complete": True,
            "kpi": "orders",
            "dimension": "all",
            "part": "all",
            "value": [3.0, 4.0],
            "low": float("nan"),
            "high": float("nan"),
            "sample": [3, 4],
        }
    )
    return Kpis(latest_month=date(2024, 6, 1), definitions=definitions, values=values)


def customers():
    row = {
        "customer_id": ["000042", "000007"],
        "segment": [HOSTILE, "Basic"],
        "region": ["North", "-1"],
        "signup_quarter": "2023-Q1",
        "acquisition_channel": "Search",
        "orders": [3, 1],
        "net_revenue_amount": [-12.5, 10.0],
        "contribution_margin_amount": [1.0, 2.0],
        "days_since_last_order": [4.0, 9.0],
        "r_score": 5,
        "f_score": 3,
        "m_score": 1,
        "satisfaction": [float("nan"), 4.0],
        "tickets": 0,
        "clv12_amount": [9.0, 1.0],
        "clv12_low_amount": [8.0, 0.0],
        "clv12_high_amount": [10.0, 2.0],
        "churn_probability": [0.1, 0.2],
        "churn_reasons": ["", "satisfaction 2.0"],
    }
    frame = pd.DataFrame(row)
    for column in CustomerScores.FRAMES["customers"]:  # what tiers add is no matter here
        if column.name not in frame:
            frame[column.name] = "" if column.dtype == "string" else 0
    names = [column.name for column in CustomerScores.FRAMES["customers"]]
    return CustomerScores(cutoff=date(2024, 7, 1), customers=frame[names])


def facts():
    return SourceFacts(
        name="shop",
        title="Shop",
        currency="USD",
        time_zone="UTC",
        synthetic=True,
        public=True,
        observation_start=date(2024, 5, 1),
        observation_end=date(2024, 6, 30),
        customers=2,
        orders=7,
        tables=("transactions",),
    )


@pytest.fixture
def audit():
    return privacy_audit


def privacy_audit(minimum):
    return PrivacyAudit(
        minimum_cell=minimum,
        withheld_cells=0,
        pinned_cells=0,
        pinned_before_cells=0,
        narrowest_orders=float("nan"),
        narrowest_net_revenue_rate=float("nan"),
        customer_rows=2,
        customer_group=minimum,
        coarsened_rows=0,
        groups=pd.DataFrame({column.name: [] for column in PrivacyAudit.FRAMES["groups"]}),
        generalised=pd.DataFrame({c.name: [] for c in PrivacyAudit.FRAMES["generalised"]}),
    )


@pytest.fixture
def small_results(tmp_path):
    """The folder of the stored results."""
    results = tmp_path / "results"
    missing = [
        Missing(of=kind.KIND, needs=("x",), because="x") for kind in (MonthlyCube, DailySeries)
    ]
    for result in (facts(), kpis(), customers(), privacy_audit(1), *missing):
        write_result(results, result, Provenance())
    return results
