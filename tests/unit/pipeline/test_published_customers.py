from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.pipeline.published_customers import clean_beside, published_customers
from analytics.results import CustomerScores
from analytics.settings import Layout

QUASI = ["segment", "region", "signup_quarter", "acquisition_channel", "age_band"]


def scores(rows: int = 40) -> CustomerScores:
    columns = {column.name: column for column in CustomerScores.FRAMES["customers"]}
    frame = pd.DataFrame(
        {
            name: ["x"] * rows if column.dtype == "string" else [1] * rows
            for name, column in columns.items()
        }
    )
    frame["customer_id"] = [f"{at:06d}" for at in range(rows)]
    frame["signup_quarter"] = [f"2023-Q{1 + at % 4}" for at in range(rows)]
    return CustomerScores(cutoff=date(2024, 7, 1), customers=frame)


def write_clean(folder: Path, years: list[int | None]) -> Path:
    folder.mkdir(parents=True)
    born = pd.DataFrame(
        {
            "customer_id": [f"{at:06d}" for at in range(len(years))],
            "birth_year": pd.array(years, dtype="Int64"),
        }
    )
    born.to_parquet(folder / "customers.parquet")
    return folder


def test_a_customer_is_told_with_his_age_band(tmp_path: Path) -> None:
    clean = write_clean(tmp_path / "clean", [1990, 1950] * 20)
    told = published_customers(scores(), clean, k=5)
    assert told is not None
    by_id = told.rows.set_index("customer_id")["age_band"]
    assert by_id["000000"] == "30-39"
    assert by_id["000001"] == "70 or older"
    assert told.group == 10
    assert "birth_year" not in told.rows


def test_an_age_that_few_share_is_told_less_exactly(tmp_path: Path) -> None:
    clean = write_clean(tmp_path / "clean", [1990] * 38 + [2009, None])
    told = published_customers(scores(), clean, k=5)
    assert told is not None
    assert told.rows.groupby(QUASI).size().min() >= 5
    assert not told.rows["age_band"].isin(["under 20", "Unknown"]).any()


def test_a_customer_without_a_row_of_his_own_has_an_unknown_age(tmp_path: Path) -> None:
    clean = write_clean(tmp_path / "clean", [1990] * 20)
    told = published_customers(scores(), clean, k=5)
    assert told is not None
    ages = told.rows.set_index("customer_id")["age_band"]
    assert set(ages[20:]) == {"Unknown"}


@pytest.mark.parametrize("clean", [None, Path("nowhere")])
def test_without_years_of_birth_no_age_is_told(clean: Path | None) -> None:
    told = published_customers(scores(), clean, k=5)
    assert told is not None
    assert "age_band" not in told.rows


def test_clean_tables_are_found_beside_the_results_of_their_source(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path, source="shop")
    assert clean_beside(layout.results) == layout.clean
    assert clean_beside(tmp_path / "results") is None
