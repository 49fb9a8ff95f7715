"""Which lists to work through under a budget and a number of contacts, by integer programming."""

from __future__ import annotations

import pandas as pd

from analytics.prescriptive.allocation import SOLVER

_TRANCHES = 5
PORTFOLIO_SOLVER = SOLVER


def tranches(levers: pd.DataFrame, *, minimum_cell: int) -> pd.DataFrame:
    """Return each list cut into up to five equal parts, the most worthwhile customers first.

    Parameters
    ----------
    levers : DataFrame
        `customer_levers`: a row a customer.
    minimum_cell : int
        Fewest customers in a part.

    Returns
    -------
    DataFrame
        segment, lever, tranche, customers, cost_amount, gain_amount, base_amount.
    """
    rows = levers[levers["lever"] != ""].sort_values(
        ["segment", "lever", "gain_amount", "customer_id"], ascending=[True, True, False, True]
    )
    keys = ["segment", "lever"]
    place = rows.groupby(keys).cumcount()
    size = rows.groupby(keys)["customer_id"].transform("size")
    number = (size // max(minimum_cell, 1)).clip(lower=1, upper=_TRANCHES)
    rows = rows.assign(tranche=(place * number // size).astype(int))
    return rows.groupby([*keys, "tranche"], as_index=False).agg(
        customers=("customer_id", "size"),
        cost_amount=("cost_amount", "sum"),
        gain_amount=("gain_amount", "sum"),
        base_amount=("base_amount", "sum"),
    )


def chosen_tranches(parts: pd.DataFrame, *, budget: float, contacts: float) -> pd.Series:
    """Return which tranches bring the highest expected gain together, within both limits.

    Parameters
    ----------
    parts : DataFrame
        `tranches`.
    budget : float
        Most that may be spent.
    contacts : float
        Most customers that can be contacted.

    Returns
    -------
    Series of bool
        One value a row.
    """
    import pulp
    from pulp.apis.coin_api import pulp_cbc_path

    if parts.empty:
        return pd.Series([], dtype=bool)
    problem = pulp.LpProblem("portfolio", pulp.LpMaximize)
    chosen = [problem.add_variable(f"x_{at}", 0, 1, pulp.LpBinary) for at in range(len(parts))]
    for name, limit in (("gain_amount", None), ("cost_amount", budget), ("customers", contacts)):
        total = pulp.lpSum(
            float(value) * variable for value, variable in zip(parts[name], chosen, strict=True)
        )
        if limit is None:
            problem += total
        else:
            problem += (total <= float(limit)), name
    problem.solve(pulp.COIN_CMD(path=pulp_cbc_path, msg=False, threads=1, gapRel=0.0, timeLimit=10))
    return pd.Series([(variable.value() or 0.0) > 0.5 for variable in chosen], index=parts.index)
