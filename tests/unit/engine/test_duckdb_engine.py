from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.engine import open_engine
from analytics.engine.connection import raw_reader
from analytics.engine.duckdb_session import counted_memory
from analytics.engine.spark_session import spark_configuration, spark_memory
from analytics.errors import SettingsError


def test_a_frame_is_sorted_by_all_columns_where_none_are_named(tmp_path: Path) -> None:
    with open_engine(temporary=tmp_path) as engine:
        table = ibis.memtable(pa.table({"a": [2, 1, 1], "b": ["x", "z", "y"]}))
        assert engine.frame(table).values.tolist() == [[1, "y"], [1, "z"], [2, "x"]]


def test_what_is_written_is_read_back_sorted(tmp_path: Path) -> None:
    with open_engine(temporary=tmp_path / "spill") as engine:
        table = engine.materialised(ibis.memtable(pa.table({"a": [3, 1, 2]})), "numbers")
        engine.write_parquet(table, tmp_path / "numbers.parquet", order_by=["a"])
        assert pq.read_table(tmp_path / "numbers.parquet")["a"].to_pylist() == [1, 2, 3]
        assert engine.frame(engine.read_parquet(tmp_path / "numbers.parquet"))["a"].sum() == 6


def test_a_folder_of_parquet_files_is_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "numbers.parquet"
    folder.mkdir()
    for value in (1, 2):
        pq.write_table(pa.table({"a": [value]}), folder / f"part-{value}.parquet")
    with open_engine(temporary=tmp_path / "spill") as engine:
        assert engine.frame(engine.read_parquet(folder))["a"].tolist() == [1, 2]


def test_records_keep_decimals_exact(tmp_path: Path) -> None:
    with open_engine(temporary=tmp_path) as engine:
        table = ibis.memtable(pa.table({"m": pa.array([Decimal("0.10")] * 3)}))
        (record,) = engine.records(table.aggregate(total=table.m.sum()))
    assert record == {"total": Decimal("0.30")}


def test_the_temporary_folder_is_gone_when_the_engine_is_closed(tmp_path: Path) -> None:
    with open_engine(temporary=tmp_path) as engine:
        own = engine.temporary
        assert own.is_dir()
    assert not own.exists()


def test_the_time_zone_is_utc(tmp_path: Path) -> None:
    with open_engine(temporary=tmp_path) as engine, raw_reader(engine) as connection:
        assert connection.sql("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)


def test_a_memory_limit_that_is_none_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(SettingsError, match="memory_limit"),
        open_engine(temporary=tmp_path, memory_limit="lots"),
    ):
        pass


@pytest.mark.parametrize(
    ("limit", "spark"),
    [("4GB", "4096m"), ("512 MiB", "512m"), ("2.5GB", "2560m"), ("1TB", "1048576m")],
)
def test_spark_is_told_the_same_memory(limit: str, spark: str) -> None:
    assert spark_memory(limit) == spark


def test_spark_refuses_memory_without_a_unit() -> None:
    with pytest.raises(SettingsError, match="amount of memory"):
        spark_memory("4")


def test_a_local_spark_listens_on_this_machine_only(tmp_path: Path) -> None:
    local = spark_configuration(temporary=tmp_path, memory_limit="1GB", master="local[2]")
    cluster = spark_configuration(temporary=tmp_path, memory_limit="1GB", master="spark://h:7077")
    assert local["spark.driver.host"] == "127.0.0.1"
    assert "spark.driver.host" not in cluster


@pytest.mark.parametrize(
    ("limit", "counted"),
    [("4GB", "2.400GB"), ("512 MiB", "307.200MiB"), ("lots", "lots")],
)
def test_duckdb_leaves_room_for_what_it_does_not_count(limit: str, counted: str) -> None:
    assert counted_memory(limit) == counted


def test_a_kept_table_is_on_disk_and_keeps_its_types(tmp_path: Path) -> None:
    with open_engine(temporary=tmp_path) as engine:
        numbers = ibis.memtable(pa.table({"m": pa.array([Decimal("0.10")], pa.decimal128(18, 2))}))
        kept = engine.materialised(numbers, "numbers")
        assert kept.schema()["m"].scale == 2
        assert (engine.temporary / "tables.duckdb").is_file()
