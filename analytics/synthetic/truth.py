"""What is true of a shop and its tables do not say: for tests, never for the analytics."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.synthetic import assumptions as a
from analytics.synthetic.amounts import clv12_targets, net_revenue_target
from analytics.synthetic.experiments import Experiment
from analytics.synthetic.marketing import adstocked, gains, saturated, week_numbers
from analytics.synthetic.oracle import HORIZON_DAYS
from analytics.synthetic.process import Process, active_worth
from analytics.synthetic.season import DAYS_A_YEAR, calendar_days, seasonal_demand

Floats = npt.NDArray[np.float64]
Truth = dict[str, Any]


def _expected_margin(process: Process, rows: slice, first_month: int, last_month: int) -> Floats:
    """Return the undiscounted margin expected of customers from one month's start to another's.

    Known is what lies before the first.
    """
    shop = process.shop
    first = shop.day(shop.month_start(first_month))
    outlook = process.outlook(rows, first, shop.day(shop.month_start(last_month)) - first)
    margins: Floats = outlook.orders * process.economics.margin_an_order[rows]
    return margins


def truth_customers(process: Process, ids: pd.Series, rows: slice) -> pd.DataFrame:
    """Return the latents of some consecutive customers and what an oracle expects of them.

    Parameters
    ----------
    process : Process
        What is behind the shop.
    ids : Series
        Their ids.
    rows : slice
        Which customers.

    Returns
    -------
    DataFrame
        ``order_rate`` (orders a year while active), ``order_value_amount`` (mean net value of an
        order), ``margin_per_order_amount``, ``satisfaction``, ``hazard_rate`` (a year, without
        unresolved tickets), ``left_on`` (missing: still there at the end), ``clv12_amount``
        (discounted) and ``expected_margin_12_months_amount`` (undiscounted) from the end of the
        window, and, in windows of 24 months or more, the undiscounted
        ``expected_margin_months_13_24_amount`` and ``expected_margin_months_19_24_amount``, each
        given what lies before.
    """
    shop, economics = process.shop, process.economics
    customers, tenure = process.customers.block(rows), process.tenure.block(rows)
    left_on = calendar_days(shop.start, tenure.end_day)
    left_on[~tenure.left] = np.datetime64("NaT")
    margin = economics.margin_an_order[rows]
    frame = pd.DataFrame(
        {
            "customer_id": ids,
            "order_rate": customers.rate * process.rate_factor,
            "order_value_amount": customers.order_value
            * economics.price_factors[customers.segment],
            "margin_per_order_amount": margin,
            "satisfaction": customers.satisfaction,
            "hazard_rate": tenure.hazard,
            "left_on": left_on,
            "clv12_amount": process.clv12_orders[rows] * margin,
            "expected_margin_12_months_amount": process.outlook(rows, shop.days).orders * margin,
        }
    )
    if shop.months >= a.MONTHS:
        frame["expected_margin_months_13_24_amount"] = _expected_margin(process, rows, 12, 24)
        frame["expected_margin_months_19_24_amount"] = _expected_margin(process, rows, 18, 24)
    return frame


def _margin_by_week(process: Process) -> Floats:
    """Return the margin expected at average demand, season aside, shape (weeks, regions)."""
    shop, customers = process.shop, process.customers
    worth = customers.rate * process.rate_factor * a.STATUS_SHARES[0] / DAYS_A_YEAR
    worth = worth * process.economics.margin_an_order
    daily = active_worth(shop, customers, process.tenure, worth)
    daily = daily * seasonal_demand(shop.start, shop.days)[:, None]
    weekly = np.zeros((len(shop.weeks), len(a.REGIONS)))
    np.add.at(weekly, week_numbers(shop), daily)
    return weekly


def _marketing(process: Process) -> Truth:
    """Return per channel the response's parameters and the ROI that they come to.

    ROI is contribution margin, before the spend itself, for a dollar spent: at the average budget
    spent evenly (the closed form), and over the plan as it was flighted.
    """
    shop, marketing = process.shop, process.marketing
    margin = _margin_by_week(process)
    total = float((margin * marketing.lift).sum())
    steady = marketing.scale * np.asarray(a.SPEND_A_WEEK)[:, None] * np.asarray(a.REGION_SHARES)

    def brought(factor: float) -> Floats:
        stock = adstocked(marketing.spend * factor, steady * factor)
        by_channel: Floats = (saturated(stock, marketing.scale) * margin[:, None, :]).sum((0, 2))
        return by_channel

    days_in_week = np.bincount(week_numbers(shop), minlength=len(shop.weeks)) / 7
    spent = (marketing.spend * days_in_week[:, None, None]).sum(axis=(0, 2))
    average = marketing.scale * np.asarray(a.SPEND_A_WEEK)
    half = marketing.scale * np.asarray(a.HALF_SATURATION)
    gain, weekly = gains(), total / shop.days * 7
    slope = (brought(1.001) - brought(0.999)) / 0.002
    columns = {
        "spend_per_week_amount": average,
        "half_saturation_amount": half,
        "adstock_rate": np.asarray(a.ADSTOCK),
        "demand_share_at_saturation": gain,
        "margin_share": brought(1.0) / total,
        "average_roi": weekly * gain / (average + half),
        "marginal_roi": weekly * gain * half / (average + half) ** 2,
        "average_roi_over_plan": brought(1.0) / spent,
        "marginal_roi_over_plan": slope / spent,
    }
    return {
        channel: {name: _number(values[code]) for name, values in columns.items()}
        for code, channel in enumerate(a.MARKETING_CHANNELS)
    }


def _segments(process: Process, buyer: npt.NDArray[np.bool_]) -> Truth:
    customers, economics = process.customers, process.economics
    clv12 = process.clv12_orders * economics.margin_an_order
    truth: Truth = {}
    for code, name in enumerate(a.SEGMENTS):
        rows = customers.segment == code
        if not rows.any():
            continue
        counted = rows & buyer
        truth[name] = {
            "customers": int(rows.sum()),
            "buyers": int(counted.sum()),
            "mean_order_rate": _number(customers.rate[rows].mean() * process.rate_factor),
            "price_factor": _number(economics.price_factors[code]),
            "mean_order_value_amount": _number(
                customers.order_value[rows].mean() * economics.price_factors[code]
            ),
            "mean_hazard_rate": _number(process.tenure.hazard[rows].mean()),
            "left": int(process.tenure.left[rows].sum()),
            "target_clv12_amount": _number(clv12_targets(process.shop)[code]),
            "mean_clv12_amount": _number(clv12[counted].mean()) if counted.any() else None,
        }
    return truth


def _decline(process: Process) -> Truth | None:
    decline = process.plan.decline
    if decline is None:
        return None
    return {
        "region": a.REGIONS[decline.region],
        "category": a.CATEGORIES[decline.category],
        "sales_channel": a.SALES_CHANNELS[decline.sales_channel],
        "start": _day(process, decline.first),
        "end": _day(process, decline.end),
        "change_rate": -decline.rate,
        "expected_orders_lost": _number(process.plan.lost * process.rate_factor),
        "cause": "stock-out",
        "decoy": "payment_method",
    }


def _experiment(process: Process, run: Experiment) -> Truth:
    return {
        "experiment_id": run.name,
        "assigned_at": _day(process, run.day),
        "end": _day(process, run.day + run.days),
        "outcome": "orders",
        "lift_rate": run.lift,
        "customers": len(run.customers),
        "treated": int(run.treated.sum()),
    }


def _insights(process: Process, marketing: Truth) -> list[Truth]:
    """Return what a reader of the shop's data should be told: pattern, part and direction.

    Of windows of two years; a shorter one cannot show all of it.
    """
    facts: list[tuple[str, str, int]] = []
    decline = process.plan.decline
    if decline is not None:
        slice_ = (a.REGIONS[decline.region], a.CATEGORIES[decline.category],
                  a.SALES_CHANNELS[decline.sales_channel])  # fmt: skip
        facts.append(("cause", " x ".join(slice_), -1))
    facts += [
        ("opportunity", name, 1) for name, known in marketing.items() if known["marginal_roi"] > 1
    ]
    facts += [("experiment", run.name, 1) for run in process.experiments if run.lift > 0]
    growing = min(range(len(a.REGIONS)), key=lambda code: a.PRESENT_AT_START[code])
    earning = max(range(len(a.REGIONS)), key=lambda code: a.REGION_MARGINS[code])
    facts += [
        ("growth", a.REGIONS[growing], 1),
        ("rank", a.REGIONS[earning], 1),
        ("value", a.SEGMENTS[a.CLV12.index(max(a.CLV12))], 1),
        ("association", "satisfaction", -1),
        ("association", "two or more unresolved tickets", 1),
        ("season", f"{a.SEASON_PEAK}/{a.SEASON_LOW}", 1),
    ]
    return [{"pattern": p, "part": part, "direction": sign} for p, part, sign in facts]


def _churn() -> Truth:
    return {
        "log_hazard_per_point_of_satisfaction": a.HAZARD_PER_SATISFACTION,
        "log_hazard_one_unresolved_ticket": a.UNRESOLVED_LOG_HAZARD[1],
        "log_hazard_two_or_more_unresolved_tickets": a.UNRESOLVED_LOG_HAZARD[2],
        "unresolved_ticket_window_days": a.UNRESOLVED_DAYS,
        "hazard_rate_at_mean_satisfaction": dict(zip(a.SEGMENTS, a.HAZARD_A_YEAR, strict=True)),
        "decoy": "payment_method",
    }


def _day(process: Process, day: int) -> str:
    start: date = process.shop.start
    return (start + timedelta(days=day)).isoformat()


def _number(value: float) -> float:
    # Ten digits: the rest depends on the order of a sum.
    return float(f"{value:.10g}")


def shop_truth(process: Process, buyer: npt.NDArray[np.bool_], messiness: Truth) -> Truth:
    """Return parameters, solved factors, latents in brief, and planted causes with their sizes.

    Parameters
    ----------
    process : Process
        What is behind the shop.
    buyer : boolean array, shape (customers,)
        Who has completed an order.
    messiness : dict
        What was planted in the raw exports; see `analytics.synthetic.planted`.

    Notes
    -----
    Dates are ISO 8601, periods half-open, rates between 0 and 1, amounts in dollars.
    """
    shop, marketing = process.shop, process.marketing
    response = _marketing(process)
    return {
        "parameters": {
            "customers": shop.customers,
            "transactions": shop.transactions,
            "start": shop.start.isoformat(),
            "end": shop.end.isoformat(),
            "months": shop.months,
            "seed": shop.seed,
            "messy": shop.messy,
            "batch": shop.batch,
        },
        "solved": {
            "net_revenue_target_amount": _number(net_revenue_target(shop)),
            "rate_factor": _number(process.rate_factor),
            "margin_shift_rate": _number(process.economics.margin_shift),
            "clv12_solved": process.economics.solved,
            "season_kept": marketing.season_kept,
        },
        "clv12": {
            "horizon_days": HORIZON_DAYS,
            "discount_rate": a.DISCOUNT_RATE,
            "cutoff": shop.end.isoformat(),
        },
        "segments": _segments(process, buyer),
        "regions": {
            name: {
                "customers": int((process.customers.region == code).sum()),
                "present_at_start": int(
                    ((process.customers.region == code) & (process.customers.entry_day < 0)).sum()
                ),
            }
            for code, name in enumerate(a.REGIONS)
        },
        "season": {"peak_month": a.SEASON_PEAK, "low_month": a.SEASON_LOW},
        "marketing": {
            "margin_share": _number(sum(c["margin_share"] for c in response.values())),
            "channels": response,
        },
        "decline": _decline(process),
        "churn": _churn(),
        "experiments": [_experiment(process, run) for run in process.experiments],
        "insights": _insights(process, response),
        "messiness": messiness,
    }
