"""The marts as hand-written SQL for DuckDB, with the columns and rows of `analytics.marts`."""

from __future__ import annotations

from pathlib import Path

import duckdb
from steps import Steps

_ORDERS = """
CREATE TEMP TABLE orders AS
WITH weights AS (
    SELECT transaction_id, coalesce(category, 'Unknown') AS category, coalesce(net, 0) AS weight
    FROM transaction_items
), categories AS (
    SELECT transaction_id,
        min(category) FILTER (WHERE weight = largest) AS category
    FROM (SELECT *, max(weight) OVER (PARTITION BY transaction_id) AS largest FROM weights)
    GROUP BY transaction_id
), joined AS (
    SELECT t.transaction_id, t.customer_id, t.ordered_at, CAST(t.ordered_at AS DATE) AS day,
        hour(t.ordered_at) AS hour, CAST(date_trunc('month', t.ordered_at) AS DATE) AS month,
        t.status = 'completed' AS completed, t.status = 'returned' AS returned,
        t.net, t.gross, t.discount,
        CAST(t.net - t.cost_of_goods - coalesce(t.shipping_cost, 0)
            - coalesce(t.payment_cost, 0) AS DECIMAL(18, 2)) AS margin,
        k.category AS known_category, t.sales_channel AS known_sales_channel,
        coalesce(k.category, 'Unknown') AS category,
        coalesce(t.sales_channel, 'Unknown') AS sales_channel,
        coalesce(t.payment_method, 'Unknown') AS payment_method,
        coalesce(c.region, 'Unknown') AS region, coalesce(c.segment, 'Unknown') AS segment,
        coalesce(c.acquisition_channel, 'Unknown') AS acquisition_channel,
        coalesce(c.city, 'Unknown') AS city
    FROM transactions t LEFT JOIN categories k USING (transaction_id)
    LEFT JOIN customers c USING (customer_id)
), numbered AS (
    SELECT *, CASE WHEN completed THEN row_number() OVER
        (PARTITION BY customer_id, completed ORDER BY ordered_at, transaction_id) END AS number
    FROM joined
)
SELECT * EXCLUDE (ordered_at), max(number) OVER (PARTITION BY customer_id, month) AS to_date
FROM numbered
"""
_DIMENSIONS = (
    "region",
    "segment",
    "category",
    "sales_channel",
    "acquisition_channel",
    "payment_method",
)
_AMOUNTS = (
    "CAST(sum(net) AS DOUBLE) AS net_revenue_amount, "
    "CAST(coalesce(sum(margin), 0) AS DOUBLE) AS contribution_margin_amount"
)


def _monthly(dimension: str) -> str:
    part = "'all'" if dimension == "all" else dimension
    return f"""
    WITH customers AS (
        SELECT month, {part} AS part, customer_id, sum(net) FILTER (WHERE completed) AS net,
            sum(margin) FILTER (WHERE completed) AS margin,
            count(*) FILTER (WHERE completed) AS orders, count(*) AS all_orders,
            count(*) FILTER (WHERE returned) AS returned, count(*) FILTER (WHERE number = 1) AS new,
            max(to_date) AS to_date
        FROM orders GROUP BY ALL
    ), active AS (SELECT month + INTERVAL 1 MONTH AS month, part, customer_id, true AS before
        FROM customers WHERE orders > 0)
    SELECT CAST(month AS TIMESTAMP) AS month, '{dimension}' AS dimension, part, {_AMOUNTS},
        sum(orders) AS orders, sum(all_orders) AS all_orders, sum(returned) AS returned_orders,
        count(*) FILTER (WHERE orders > 0) AS active_customers, sum(new) AS new_customers,
        count(*) FILTER (WHERE orders > 0 AND before) AS retained_customers,
        count(*) FILTER (WHERE orders > 0 AND to_date >= 2) AS repeat_customers
    FROM customers LEFT JOIN active USING (month, part, customer_id) GROUP BY ALL"""


_MONTHLY = (
    "WITH figures AS ("
    + " UNION ALL ".join(f"({_monthly(name)})" for name in ("all", *_DIMENSIONS))
    + ") SELECT f.* EXCLUDE (retained_customers, repeat_customers), "
    "coalesce(b.active_customers, 0) AS previous_customers, f.retained_customers, "
    "f.repeat_customers FROM figures f LEFT JOIN figures b ON b.month = f.month - INTERVAL 1 MONTH "
    "AND b.dimension = f.dimension AND b.part = f.part ORDER BY 1, 2, 3"
)


def _by(*keys: str, start: str = "", customers: str = "customers") -> str:
    first = f"CAST({start} AS TIMESTAMP) AS {keys[0]}" if start else keys[0]
    return (
        f"SELECT {', '.join((first, *keys[1:]))}, {_AMOUNTS}, count(*) AS orders, "
        f"count(DISTINCT customer_id) AS {customers} FROM orders WHERE completed "
        "GROUP BY ALL ORDER BY ALL"
    )


def _voices(table: str, moment: str, figures: str) -> str:
    parts = " UNION ALL ".join(
        f"SELECT CAST(date_trunc('month', {moment}) AS TIMESTAMP) AS month, '{name}' AS dimension, "
        f"{part} AS part, {figures} FROM {table} LEFT JOIN customers USING (customer_id) "
        "GROUP BY ALL"
        for name, part in (
            ("all", "'all'"),
            ("region", "coalesce(region, 'Unknown')"),
            ("segment", "coalesce(segment, 'Unknown')"),
        )
    )
    return f"{parts} ORDER BY 1, 2, 3"


_SCORES = (
    "count(*) AS answers, CAST(sum(CAST(score AS DECIMAL(18, 6))) AS DOUBLE) AS score_sum, "
    "CAST(sum(CAST(score * score AS DECIMAL(18, 6))) AS DOUBLE) AS score_square_sum"
)
_OPEN_DAYS = "((epoch_us(closed_at) - epoch_us(opened_at)) // 1000000 / 86400.0::DOUBLE)"
_TICKETS = (
    "count(*) AS tickets, count(closed_at) AS closed_tickets, "
    f"coalesce(CAST(sum(CAST({_OPEN_DAYS} AS DECIMAL(18, 6))) AS DOUBLE), 0) "
    f"AS resolution_days_sum, coalesce(CAST(sum(CAST({_OPEN_DAYS} * {_OPEN_DAYS} AS "
    "DECIMAL(18, 6))) AS DOUBLE), 0) AS resolution_days_square_sum"
)
_COHORTS = f"""
WITH done AS (FROM orders WHERE completed),
first AS (SELECT customer_id, month AS cohort FROM done WHERE number = 1),
sizes AS (SELECT cohort, count(*) AS customers FROM first GROUP BY ALL),
figures AS (SELECT cohort, month, count(DISTINCT customer_id) AS active_customers,
    count(*) AS orders, {_AMOUNTS} FROM done JOIN first USING (customer_id) GROUP BY ALL),
months AS (SELECT DISTINCT month FROM done)
SELECT CAST(s.cohort AS TIMESTAMP) AS cohort, CAST(m.month AS TIMESTAMP) AS month,
    date_diff('month', s.cohort, m.month) AS months_since, customers,
    coalesce(active_customers, 0) AS active_customers, coalesce(orders, 0) AS orders,
    coalesce(net_revenue_amount, 0) AS net_revenue_amount,
    coalesce(contribution_margin_amount, 0) AS contribution_margin_amount
FROM sizes s JOIN months m ON m.month >= s.cohort
LEFT JOIN figures f ON f.cohort = s.cohort AND f.month = m.month ORDER BY 1, 2
"""


def _counts(kind: str, split: tuple[str, ...]) -> str:
    window = kind == "window"
    start = "DATE '2022-07-01'" if window else f"CAST(date_trunc('{kind}', month) AS DATE)"
    names = [
        name if name in split else f"'all' AS {name}" for name in ("category", "sales_channel")
    ]
    step = "NULL" if window else f"start + INTERVAL 1 {kind.upper()}"
    return f"""
    WITH active AS (SELECT {start} AS start, customer_id, region, segment, {", ".join(names)},
        max(new) AS new FROM cells GROUP BY ALL),
    before AS (SELECT CAST({step} AS DATE) AS start, * EXCLUDE (start, new) FROM active
        WHERE {"false" if window else "true"}),
    paired AS (SELECT start, customer_id, region, segment, category, sales_channel,
        a.new, a.new IS NOT NULL AS is_active, b.present IS NOT NULL AS was_active
        FROM active a FULL JOIN (SELECT *, true AS present FROM before) b
        USING (start, customer_id, region, segment, category, sales_channel)),
    counted AS (SELECT '{kind}' AS kind, CAST(start AS TIMESTAMP) AS start,
        region, segment, category, sales_channel,
        count(*) FILTER (WHERE is_active) AS active_customers,
        count(*) FILTER (WHERE new = 1) AS new_customers,
        count(*) FILTER (WHERE is_active AND was_active) AS retained_customers,
        count(*) FILTER (WHERE was_active) AS previous_customers
        FROM paired WHERE start <= DATE '2024-06-30' GROUP BY ALL)
    SELECT kind, start, coalesce(region, 'all') AS region, coalesce(segment, 'all') AS segment,
        category, sales_channel, sum(active_customers) AS active_customers,
        sum(new_customers) AS new_customers, sum(retained_customers) AS retained_customers,
        sum(previous_customers) AS previous_customers FROM counted
    GROUP BY GROUPING SETS ((kind, start, category, sales_channel),
        (kind, start, category, sales_channel, region),
        (kind, start, category, sales_channel, segment),
        (kind, start, category, sales_channel, region, segment))"""


_CELLS = (
    "CREATE TEMP TABLE cells AS SELECT customer_id, month, region, segment, category, "
    "sales_channel, max(CAST(number = 1 AS INTEGER)) AS new FROM orders WHERE completed "
    "GROUP BY ALL"
)
_SPLITS = ((), ("category",), ("sales_channel",), ("category", "sales_channel"))
# One statement at a time: all at once would hold sixteen joins in memory.
_COUNTED = [
    _counts(kind, split) for kind in ("month", "quarter", "year", "window") for split in _SPLITS
]


def _features(cutoff: str) -> str:
    day = f"DATE '{cutoff}'"
    recent = {days: f"completed AND day >= {day} - INTERVAL {days} DAY" for days in (90, 365)}

    def amount(column: str, where: str) -> str:
        return f"coalesce(CAST(sum({column}) FILTER (WHERE {where}) AS DOUBLE), 0)"

    return f"""
    WITH bought AS (
        SELECT customer_id, min(day) FILTER (WHERE completed) AS first_order_on,
            max(day) FILTER (WHERE completed) AS last_order_on,
            count(DISTINCT day) FILTER (WHERE completed) AS days,
            count(*) FILTER (WHERE completed) AS orders, count(*) AS all_orders,
            count(*) FILTER (WHERE returned) AS returned,
            {amount("net", "completed")} AS net, {amount("margin", "completed")} AS margin,
            {amount("gross", "completed")} AS gross, {amount("discount", "completed")} AS discount,
            count(*) FILTER (WHERE {recent[90]}) AS orders_90,
            {amount("net", recent[90])} AS net_90,
            count(*) FILTER (WHERE {recent[365]}) AS orders_365,
            {amount("net", recent[365])} AS net_365, {amount("margin", recent[365])} AS margin_365,
            count(DISTINCT known_category) FILTER (WHERE completed) AS categories,
            count(DISTINCT known_sales_channel) FILTER (WHERE completed) AS sales_channels
        FROM orders WHERE day < {day} GROUP BY customer_id
        HAVING count(*) FILTER (WHERE completed) > 0
    ), answers AS (
        SELECT customer_id,
            CAST(sum(CAST(score AS DECIMAL(18, 6))) AS DOUBLE) / count(*) AS satisfaction,
            arg_max(score, (surveyed_on, -score)) AS last_satisfaction
        FROM satisfaction WHERE surveyed_on < {day} GROUP BY customer_id
    ), asked AS (
        SELECT customer_id, count(*) AS tickets,
            count(*) FILTER (WHERE closed_at IS NULL OR closed_at >= {day}) AS unresolved_tickets
        FROM support_tickets WHERE opened_at < {day} GROUP BY customer_id
    ), known AS (FROM customers WHERE signed_up_on IS NULL OR signed_up_on < {day})
    SELECT b.customer_id, coalesce(segment, 'Unknown') AS segment,
        coalesce(region, 'Unknown') AS region,
        coalesce(acquisition_channel, 'Unknown') AS acquisition_channel,
        CAST(first_order_on AS TIMESTAMP) AS first_order_on,
        CAST(signed_up_on AS TIMESTAMP) AS signed_up_on,
        {day} - first_order_on AS age_days, last_order_on - first_order_on AS recency_days,
        days - 1 AS frequency, orders, net AS net_revenue_amount,
        margin AS contribution_margin_amount, net / orders AS mean_order_amount,
        orders_90 AS orders_last_90_days, net_90 AS net_revenue_last_90_days_amount,
        orders_365 AS orders_last_365_days, net_365 AS net_revenue_last_365_days_amount,
        margin_365 AS contribution_margin_last_365_days_amount,
        {day} - last_order_on AS days_since_last_order,
        discount / nullif(gross, 0) AS discount_rate,
        returned / all_orders AS return_rate, categories, sales_channels,
        (last_order_on - first_order_on) / nullif(days - 1, 0) AS mean_gap_days,
        satisfaction, last_satisfaction, coalesce(tickets, 0) AS tickets,
        coalesce(unresolved_tickets, 0) AS unresolved_tickets
    FROM bought b LEFT JOIN known USING (customer_id) LEFT JOIN answers USING (customer_id)
    LEFT JOIN asked USING (customer_id) ORDER BY 1"""


_MARGIN = """
SELECT customer_id, CAST(sum(CAST(CAST(margin AS DOUBLE)
    * pow(1.1::DOUBLE, (day - DATE '2023-07-01') / -365.0::DOUBLE) AS DECIMAL(18, 6))) AS DOUBLE)
    AS margin_amount
FROM orders WHERE completed AND day >= DATE '2023-07-01' AND day < DATE '2024-07-01'
GROUP BY customer_id ORDER BY 1
"""
_PRODUCTS = """
SELECT CAST(month AS TIMESTAMP) AS month, coalesce(i.category, 'Unknown') AS category,
    coalesce(product_id, 'Unknown') AS product_id, CAST(sum(i.net) AS DOUBLE) AS net_revenue_amount,
    CAST(coalesce(sum(i.net - i.cost_of_goods), 0) AS DOUBLE) AS contribution_margin_amount,
    count(DISTINCT transaction_id) AS orders, count(DISTINCT customer_id) AS customers
FROM transaction_items i JOIN orders o USING (transaction_id) WHERE completed
GROUP BY ALL ORDER BY 1, 2, 3
"""


def _period(kind: str) -> str:
    inner = _by("period", start=f"date_trunc('{kind}', day)", customers="active_customers")
    return f"SELECT * EXCLUDE (contribution_margin_amount) FROM ({inner})"


_MARTS = {
    "monthly": _MONTHLY,
    "monthly_satisfaction": _voices("satisfaction", "surveyed_on", _SCORES),
    "monthly_tickets": _voices("support_tickets", "opened_at", _TICKETS),
    "cube": _by("month", "region", "segment", "category", "sales_channel", start="month"),
    "daily": _by("day", start="day", customers="active_customers"),
    "weekly": "SELECT * EXCLUDE (c), week >= DATE '2022-07-01' AND week + INTERVAL 7 DAY <= "
    "DATE '2024-07-01' AS complete FROM ("
    + _by("week", start="date_trunc('week', day)", customers="c")
    + ")",
    "marketing": "SELECT CAST(date_trunc('week', week) AS TIMESTAMP) AS week, marketing_channel, "
    "CAST(sum(spend) AS DOUBLE) AS spend_amount FROM marketing_spend GROUP BY ALL ORDER BY 1, 2",
    "cohorts": _COHORTS,
    "distinct_counts": "FROM counts ORDER BY 1, 2, 3, 4, 5, 6",
    "features_training": _features("2023-07-01"),
    "features_scoring": _features("2024-07-01"),
    "margin": _MARGIN,
    "totals_month": _period("month"),
    "totals_quarter": _period("quarter"),
    "totals_year": _period("year"),
    "daily_by_region": _by("day", "part", start="day", customers="active_customers").replace(
        ", part,", ", region AS part,"
    ),
    "daily_by_category": _by("day", "part", start="day", customers="active_customers").replace(
        ", part,", ", category AS part,"
    ),
    "drill_geography": _by("month", "region", "city", start="month"),
    "drill_product": _PRODUCTS,
    "drill_time": _by("month", "weekday", "hour", start="month").replace(
        ", weekday,", ", isodow(day) - 1 AS weekday,"
    ),
}


def compute_marts(connection: duckdb.DuckDBPyConnection, out: Path, steps: Steps) -> None:
    """Compute the marts of the clean tables in `out`/clean into `out`/marts."""
    (out / "marts").mkdir()
    for file in sorted((out / "clean").glob("*.parquet")):
        connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM '{file}'")
    with steps.step("orders"):
        connection.execute(_ORDERS)
    for name, query in _MARTS.items():
        with steps.step(name):
            if name == "distinct_counts":
                connection.execute(_CELLS)
                for number, query_of_split in enumerate(_COUNTED):
                    made = "INSERT INTO counts" if number else "CREATE TEMP TABLE counts AS"
                    connection.execute(f"{made} {query_of_split}")
            frame = connection.execute(query).df()
        frame.to_parquet(out / "marts" / f"{name}.parquet")
