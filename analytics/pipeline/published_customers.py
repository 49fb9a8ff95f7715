"""The customer rows that are published: scores with what generalises a customer's sign-up and age.

The audit and the downloads make them alike, from the same stored scores and clean tables.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from analytics.privacy.generalisation import GeneralisedCustomers, age_band, generalised_customers
from analytics.results import CustomerScores
from analytics.settings import Layout


def published_customers(
    scores: CustomerScores, clean: Path | None, *, k: int
) -> GeneralisedCustomers | None:
    """Return the rows of the customers, told less until k of them are alike; None for few rows.

    Parameters
    ----------
    scores : CustomerScores
        A row a customer, with region, segment and sign-up quarter.
    clean : Path or None
        Folder of the clean tables. Where customers have a year of birth there, the age band at
        the cut-off is told; ``Unknown`` for those whose year is missing.
    k : int
        Fewest rows that may share all quasi-identifiers.
    """
    rows = scores.customers
    born = None if clean is None else _birth_years(clean)
    if born is not None:
        bands = age_band(rows["customer_id"].map(born), scores.cutoff.year)
        rows = rows.copy()
        rows.insert(int(rows.columns.get_loc("signup_quarter")) + 1, "age_band", bands)  # type: ignore[arg-type]
    return generalised_customers(rows, k=k)


def clean_beside(results: Path) -> Path | None:
    """Return the clean tables of the source that the results are of; None for other folders."""
    if len(results.parents) < 3:
        return None
    layout = Layout(root=results.parents[2], source=results.name)
    return layout.clean if layout.results == results else None


def _birth_years(clean: Path) -> pd.Series | None:
    file = clean / "customers.parquet"
    if not file.exists() or "birth_year" not in pq.read_schema(file).names:
        return None
    born = pd.read_parquet(file, columns=["customer_id", "birth_year"])
    years = born.set_index("customer_id")["birth_year"].astype("float64")
    return years if years.notna().any() else None
