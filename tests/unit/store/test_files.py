from datetime import date

import pandas as pd
import pytest

from analytics.errors import DataError
from analytics.results import Alerts, Clv, DailySeries, DrillDown, Missing, SourceFacts
from analytics.store import Provenance, read_manifest, read_result, result_digest, write_result


def daily(revenue=1.5):
    return DailySeries(
        days=pd.DataFrame(
            {
                "day": pd.to_datetime(["2024-01-01"]),
                "net_revenue_amount": [revenue],
                "contribution_margin_amount": [float("nan")],
                "orders": [1],
                "active_customers": [1],
            }
        )
    )


def facts():
    return SourceFacts(
        name="shop",
        title="Shop <b>",
        currency="EUR",
        time_zone="UTC",
        synthetic=False,
        public=True,
        observation_start=date(2024, 1, 1),
        observation_end=date(2024, 1, 31),
        customers=3,
        orders=4,
        tables=("transactions", "transactions.net"),
    )


def test_a_result_comes_back_as_it_was_written(tmp_path):
    write_result(tmp_path, daily(), Provenance())
    pd.testing.assert_frame_equal(read_result(tmp_path, DailySeries).days, daily().days)


def test_scalars_come_back_with_their_types(tmp_path):
    write_result(tmp_path, facts(), Provenance())
    assert read_result(tmp_path, SourceFacts) == facts()


def test_writing_again_replaces_the_result(tmp_path):
    write_result(tmp_path, daily(1.0), Provenance())
    write_result(tmp_path, daily(2.0), Provenance())
    assert read_result(tmp_path, DailySeries).days["net_revenue_amount"].tolist() == [2.0]
    assert [path.name for path in tmp_path.iterdir()] == ["descriptive.daily"]


def test_a_missing_result_stands_in_the_place_of_its_kind(tmp_path):
    missing = Missing(of="predictive.clv", needs=("customers",), because="too short")
    write_result(tmp_path, missing, Provenance())
    assert read_result(tmp_path, Clv) == missing


def test_a_result_that_was_never_written_says_to_build(tmp_path):
    with pytest.raises(DataError, match="analytics build"):
        read_result(tmp_path, DailySeries)


def test_an_altered_file_is_refused(tmp_path):
    write_result(tmp_path, daily(1.0), Provenance())
    stored = (tmp_path / "descriptive.daily" / "days.parquet").read_bytes()
    (tmp_path / "descriptive.daily" / "days.parquet").write_bytes(stored[:-1] + b"x")
    with pytest.raises(DataError, match="not the one that its manifest names"):
        read_result(tmp_path, DailySeries)


def test_equal_results_have_equal_digests_and_others_do_not(tmp_path):
    digests = []
    for folder, revenue in (("a", 1.0), ("b", 1.0), ("c", 2.0)):
        write_result(tmp_path / folder, daily(revenue), Provenance())
        digests.append(result_digest(tmp_path / folder, "descriptive.daily"))
    assert digests[0] == digests[1] != digests[2]


def test_the_manifest_names_columns_with_units(tmp_path):
    write_result(tmp_path, daily(), Provenance(inputs={"data": "d"}, parameters={"x": 1}))
    manifest = read_manifest(tmp_path, "descriptive.daily")
    units = {column["name"]: column["unit"] for column in manifest["frames"]["days"]["columns"]}
    assert units["net_revenue_amount"] == "currency"
    assert (manifest["inputs"], manifest["parameters"]) == ({"data": "d"}, {"x": 1})


def test_a_frame_with_other_columns_than_declared_is_refused():
    with pytest.raises(TypeError, match="declared"):
        DailySeries(days=pd.DataFrame({"day": []}))


def test_a_null_where_none_is_allowed_is_refused():
    frame = daily().days.assign(day=pd.to_datetime([None]))
    with pytest.raises(TypeError, match="allows none"):
        DailySeries(days=frame)


def test_empty_frames_take_the_declared_dtypes():
    columns = [column.name for column in Alerts.FRAMES["history"]]
    rules = [column.name for column in Alerts.FRAMES["rules"]]
    result = Alerts(rules=pd.DataFrame(columns=rules), history=pd.DataFrame(columns=columns))
    assert str(result.history["month"].dtype) == "datetime64[us]"
    assert str(result.history["fired"].dtype) == "bool"


def test_drill_down_declares_what_it_holds():
    assert {"parts", "drivers"} == set(DrillDown.FRAMES)
