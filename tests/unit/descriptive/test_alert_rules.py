"""Rules on slices, on changes and on expectations; how alerts begin and end."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.descriptive import alerts, kpis, monthly_cube
from analytics.errors import SettingsError
from analytics.results import Kpis
from analytics.settings import AlertRule


def rule(**more) -> AlertRule:
    given = {"name": "Watch", "kpi": "orders", "when": "below", "minimum_sample": 1}
    return AlertRule(**{**given, **more})


@pytest.fixture
def shop(order, monthly, facts):
    """Return a builder of KPIs from orders a month and region."""

    def build(counts: dict[str, dict[str, int]]) -> Kpis:
        orders = [
            order(f"{region}{at}", f"{month}-01", region=region)
            for month, regions in counts.items()
            for region, number in regions.items()
            for at in range(number)
        ]
        months = sorted(counts)
        end = pd.Timestamp(f"{months[-1]}-01") + pd.offsets.MonthEnd()
        return kpis(
            monthly(orders), None, None, None, facts=facts(f"{months[0]}-01", f"{end:%Y-%m-%d}")
        )

    return build


def fired(found, **more) -> dict[str, list[str]]:
    history = alerts(found, (rule(**more),)).history
    rows = history[history["fired"]]
    return {
        name: [f"{month:%Y-%m}" for month in group["month"]]
        for name, group in rows.groupby("slice")
    }


NORTH = {"2023-01": 8, "2023-02": 6, "2023-03": 7, "2023-04": 8, "2023-05": 9}


@pytest.fixture
def regions(shop):
    return shop({month: {"North": number, "South": 5} for month, number in NORTH.items()})


def test_every_part_of_a_dimension_is_watched_by_itself(regions) -> None:
    assert fired(regions, by=("region",), threshold=7) == {
        "North": ["2023-02"],
        "South": list(NORTH),
    }


def test_one_part_alone_is_watched(regions) -> None:
    assert fired(regions, by=("region",), part="North", threshold=7) == {"North": ["2023-02"]}


def test_an_alert_ends_when_the_value_has_come_back_by_the_hysteresis(regions) -> None:
    given = {"by": ("region",), "part": "North", "threshold": 7}
    assert fired(regions, **given, hysteresis=1) == {"North": ["2023-02", "2023-03"]}
    assert fired(regions, **given, hysteresis=2) == {"North": ["2023-02", "2023-03", "2023-04"]}


def test_a_fall_against_the_month_before_fires_beyond_its_rate(regions) -> None:
    given = {"by": ("region",), "test": "change", "against": "previous"}
    assert fired(regions, **given, threshold=-0.2) == {"North": ["2023-02"]}
    assert fired(regions, **given, threshold=-0.3) == {}


def test_a_change_against_the_year_before_tells_what_it_is_compared_with(shop) -> None:
    found = shop({"2022-03": {"North": 10}, "2023-02": {"North": 9}, "2023-03": {"North": 7}})
    result = alerts(found, (rule(test="change", threshold=-0.25),))
    row = result.rules.iloc[0]
    assert (row["state"], row["value"], row["expected"], row["threshold"]) == ("fired", 7, 10, 7.5)
    assert row["gap_rate"] == pytest.approx(-0.3)


def test_a_change_without_anything_to_compare_with_is_silent(regions) -> None:
    row = alerts(regions, (rule(test="change", threshold=-0.1),)).rules.iloc[0]
    assert row["state"] == "silent"


def cube_of(found: pd.DataFrame, minimum: int = 1):
    return monthly_cube(
        found, dimensions=("region", "segment", "category", "sales_channel"), minimum_cell=minimum
    )


@pytest.fixture
def cells():
    """Return 14 months of 3 regions x 3 segments x 4 categories x 2 sales channels."""
    random = np.random.default_rng(8)
    rows = []
    for at, month in enumerate(pd.date_range("2022-01-01", periods=14, freq="MS")):
        for region in ("East", "North", "South"):
            for segment, size in (("Basic", 40), ("Premium", 60)):
                for category in ("Books", "Food", "Home", "Toys"):
                    for channel in ("Online", "Store"):
                        mean = size * (1 + 0.3 * np.sin(at))
                        if (region, category, channel) == ("North", "Toys", "Store") and at == 13:
                            mean *= 0.5
                        orders = int(random.poisson(mean))
                        rows.append((month, region, segment, category, channel, orders))
    names = ["month", "region", "segment", "category", "sales_channel", "orders"]
    frame = pd.DataFrame(rows, columns=names)
    frame["month"] = frame["month"].astype("datetime64[us]")
    return frame.assign(
        net_revenue_amount=frame["orders"] * 10.0,
        contribution_margin_amount=frame["orders"] * 4.0,
        customers=frame["orders"],
    )


def kpis_of(cells: pd.DataFrame) -> Kpis:
    """Return the orders in total, as KPIs have them."""
    total = cells.groupby("month", as_index=False)["orders"].sum()
    values = total.assign(
        complete=True, kpi="orders", dimension="all", part="all",
        value=total["orders"].astype(float), low=np.nan, high=np.nan, sample=total["orders"],
    )  # fmt: skip
    definitions = pd.DataFrame(
        {"kpi": ["orders"], "title": ["Orders"], "formula": ["Count."], "unit": ["count"],
         "good": ["up"], "additive": [True]}
    )  # fmt: skip
    names = [column.name for column in Kpis.FRAMES["values"]]
    return Kpis(
        latest_month=values["month"].max().date(), definitions=definitions, values=values[names]
    )


SLICES = {"by": ("region", "category", "sales_channel"), "test": "expectation"}


def test_the_slice_that_lost_half_fires_and_no_other(cells) -> None:
    result = alerts(kpis_of(cells), (rule(**SLICES),), cells=cells, cube=cube_of(cells))
    row = result.rules.iloc[0]
    assert row["state"] == "fired"
    assert row["slice"] == "North x Toys x Store"
    assert (row["slices"], row["fired_slices"], row["since"]) == (24, 1, "2023-02")
    last = cells[cells["month"] == "2023-02-01"]
    own = last[(last["region"] == "North") & (last["category"] == "Toys")]
    assert row["value"] == own.loc[own["sales_channel"] == "Store", "orders"].sum()


def test_a_slice_with_a_merged_cell_is_judged_and_not_told(cells) -> None:
    small = cells.copy()
    here = (small["region"] == "North") & (small["category"] == "Toys")
    here &= (small["sales_channel"] == "Store") & (small["month"] == "2023-02-01")
    one = small[here & (small["segment"] == "Basic")].index[0]
    small.loc[one, ["orders", "customers"]] = 2
    result = alerts(kpis_of(small), (rule(**SLICES),), cells=small, cube=cube_of(small, 5))
    history = result.history
    row = history[(history["slice"] == "North x Toys x Store") & (history["month"] == "2023-02-01")]
    told = row.iloc[0]
    assert told["fired"]
    assert told["sample"] == 0
    assert told[["value", "expected", "low", "high"]].isna().all()
    assert (told["gap_rate"] * 20) % 1 == pytest.approx(0)
    assert result.rules.iloc[0]["fired_slices"] == 1
    assert np.isnan(result.rules.iloc[0]["value"])


def test_slices_of_few_orders_are_not_judged(cells) -> None:
    result = alerts(
        kpis_of(cells), (rule(**SLICES, minimum_sample=500),), cells=cells, cube=cube_of(cells)
    )
    assert result.rules.iloc[0]["state"] == "silent"
    assert result.history.empty


def test_a_source_without_the_dimensions_silences_rules_on_slices(regions) -> None:
    assert alerts(regions, (rule(**SLICES),)).rules.iloc[0]["state"] == "silent"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"by": ("regions",), "threshold": 1.0}, "Did you mean region"),
        ({**SLICES, "kpi": "retention_rate"}, "not known together"),
        ({**SLICES, "by": ("region", "payment_method")}, "not known together"),
    ],
)
def test_a_rule_on_slices_that_cannot_be_is_an_error_with_a_remedy(regions, given, message) -> None:
    with pytest.raises(SettingsError, match=message):
        alerts(regions, (rule(**given),))


def test_a_month_is_judged_by_what_was_known_then(cells) -> None:
    rules = (rule(**SLICES),)
    whole = alerts(kpis_of(cells), rules, cells=cells, cube=cube_of(cells)).history
    early = cells[cells["month"] < "2022-12-01"]
    before = alerts(kpis_of(early), rules, cells=early, cube=cube_of(early)).history
    both = whole.merge(before, on=["month", "slice"], suffixes=("", "_then"))
    judged = both[both["judged_then"]]
    assert len(judged) > 50
    assert judged["low"].tolist() == judged["low_then"].tolist()
    assert judged["fired"].tolist() == judged["fired_then"].tolist()
