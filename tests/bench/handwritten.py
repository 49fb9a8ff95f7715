"""The same cleaning as hand-written SQL for DuckDB, of the shops that `analytics generate` writes.

What the project does for any source is done here for one: columns, words and formats stand in the
statements. The rules are those of data/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from handwritten_marts import compute_marts
from steps import Steps

_BLANKS = r"' ' || chr(9) || chr(10) || chr(13) || chr(160)"
_MACROS = f"""
CREATE MACRO edged(t) AS t < '!' OR suffix(t, ' ') OR suffix(t, chr(9)) OR suffix(t, chr(10))
    OR suffix(t, chr(13)) OR strlen(t) <> length(t);
CREATE MACRO plain(t) AS nullif(CASE WHEN edged(t) THEN trim(t, {_BLANKS}) ELSE t END, '');
CREATE MACRO word(t) AS lower(regexp_replace(t, '\\s+', ' ', 'g'));
CREATE MACRO bare(t) AS trim(replace(replace(t, 'USD', ''), '$', ''), {_BLANKS});
CREATE MACRO amount(t) AS CASE
    WHEN regexp_full_match(bare(t), '[+-]?([0-9]{{1,3}}(\\.[0-9]{{3}})+|[0-9]+)(,[0-9]{{1,2}})?')
    THEN CAST(replace(replace(bare(t), '.', ''), ',', '.') AS DECIMAL(18, 2)) END;
CREATE MACRO plausible(m) AS CASE WHEN year(m) BETWEEN 1900 AND 2199 THEN m END;
CREATE MACRO cells(a, b) AS coalesce(CAST(strlen(a) <> strlen(b) AS INTEGER), 0);
"""
_ORDER_AMOUNTS = {
    "gross": "Gross",
    "discount": "Discount",
    "net": "Net",
    "cost_of_goods": "COGS",
    "shipping_cost": "ShippingCost",
    "payment_cost": "PaymentCost",
}
_ORDER_TEXTS = {
    "transaction_id": "OrderNo",
    "customer_id": "CustomerNo",
    "ordered_text": "OrderDate",
    "sales_channel": "SalesChannel",
    "payment_method": "Payment",
    "status_text": "Status",
    "reverses": "Reverses",
    **{f"{name}_text": header for name, header in _ORDER_AMOUNTS.items()},
}
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "customer_id": "CustomerNo",
        "day_text": "SignupDate",
        "region": "Region",
        "city": "City",
        "segment": "Tier",
        "acquisition_channel": "AcquiredVia",
        "year_text": "BirthYear",
        "name": "FullName",
        "email": "Email",
        "phone": "Phone",
    },
    "transactions": _ORDER_TEXTS,
    "transaction_items": {
        "transaction_id": "order_no",
        "product_id": "sku",
        "category": "category",
    },
    "marketing_spend": {"marketing_channel": "Channel", "region": "Region", "spend_text": "Spend"},
    "satisfaction": {"customer_id": "customer", "day_text": "date"},
    "support_tickets": {
        "ticket_id": "TicketNo",
        "customer_id": "CustomerNo",
        "opened_text": "Opened",
        "closed_text": "Closed",
        "topic": "Topic",
        "severity": "Severity",
    },
    "experiments": {
        "experiment_id": "Experiment",
        "customer_id": "CustomerNo",
        "variant": "Variant",
        "day_text": "AssignedAt",
    },
}
_FILES = {
    "customers": "customers",
    "transactions": "orders",
    "transaction_items": "order_items",
    "marketing_spend": "marketing",
    "satisfaction": "surveys",
    "support_tickets": "tickets",
    "experiments": "experiments",
}
_DAY = "CAST(plausible(try_strptime(day_text, ['%Y-%m-%d', '%d.%m.%Y'])) AS DATE)"
_MOMENT = "plausible(try_strptime({}, ['%d/%m/%Y %H:%M', '%Y-%m-%d %H:%M']))"
# What is computed besides texts, and the first fault of a row: reason, and what is said of it.
_VALUES = {
    "customers": f"{_DAY} AS signed_up_on, TRY_CAST(year_text AS BIGINT) AS birth_year",
    "transactions": "plausible(try_strptime(ordered_text, ['%d.%m.%Y %H:%M:%S', "
    "'%Y-%m-%d %H:%M:%S'])) AS ordered_at, CASE WHEN word(status_text) IN "
    "('completed', 'returned', 'cancelled') THEN word(status_text) END AS status, "
    "coalesce(starts_with(transaction_id, 'CR-'), false) AS reversal, "
    + ", ".join(f"amount({name}_text) AS {name}" for name in _ORDER_AMOUNTS),
    "transaction_items": "raw_qty AS quantity, raw_unit_price AS unit_price, "
    "raw_discount AS discount, raw_net AS net, raw_cogs AS cost_of_goods",
    "marketing_spend": "raw_Week AS week, "
    "TRY_CAST(replace(bare(spend_text), ',', '') AS DECIMAL(18, 2)) "
    "AS spend, raw_Impressions AS impressions, raw_Clicks AS clicks, "
    "raw_AttributedOrders AS attributed_orders",
    "satisfaction": f"{_DAY} AS surveyed_on, CAST(raw_score AS DOUBLE) AS score",
    "support_tickets": f"{_MOMENT.format('opened_text')} AS opened_at, "
    f"{_MOMENT.format('closed_text')} AS closed_at",
    "experiments": f"{_DAY} AS assigned_at",
}
_FAULTS = {
    "customers": """
        WHEN day_text IS NOT NULL AND signed_up_on IS NULL THEN 'quarantined: SignupDate'
        WHEN year_text IS NOT NULL AND birth_year IS NULL THEN 'quarantined: BirthYear'
        WHEN customer_id IS NULL THEN 'removed: CustomerNo is missing'""",
    "transactions": "WHEN ordered_text IS NOT NULL AND ordered_at IS NULL "
    "THEN 'quarantined: OrderDate' "
    "WHEN status_text IS NOT NULL AND status IS NULL THEN 'quarantined: Status' "
    + " ".join(
        f"WHEN {name}_text IS NOT NULL AND {name} IS NULL THEN 'quarantined: {header}'"
        for name, header in _ORDER_AMOUNTS.items()
    )
    + """
        WHEN transaction_id IS NULL THEN 'removed: OrderNo is missing'
        WHEN customer_id IS NULL AND NOT (reversal AND reverses IS NOT NULL)
            THEN 'removed: CustomerNo is missing'
        WHEN ordered_at IS NULL THEN 'removed: OrderDate is missing'
        WHEN net IS NULL THEN 'removed: Net is missing'
        WHEN CASE WHEN reversal THEN abs(net) ELSE net END <= 0
            THEN 'removed: Net is not positive'""",
    "transaction_items": """
        WHEN word(product_id) IN ('postage', 'giftwrap', 'voucher-10', 'voucher-25')
            THEN 'removed: sku is no product'
        WHEN transaction_id IS NULL THEN 'removed: order_no is missing'
        WHEN quantity <= 0 THEN 'removed: qty is not positive'
        WHEN unit_price <= 0 THEN 'removed: unit_price is not positive'
        WHEN net <= 0 THEN 'removed: net is not positive'""",
    "marketing_spend": """
        WHEN spend_text IS NOT NULL AND spend IS NULL THEN 'quarantined: Spend'
        WHEN week IS NULL OR marketing_channel IS NULL OR spend IS NULL THEN 'removed: missing'
        WHEN spend < 0 OR impressions < 0 OR clicks < 0 OR attributed_orders < 0
            THEN 'removed: is negative'""",
    "satisfaction": """
        WHEN day_text IS NOT NULL AND surveyed_on IS NULL THEN 'quarantined: date'
        WHEN customer_id IS NULL THEN 'removed: customer is missing'
        WHEN surveyed_on IS NULL OR score IS NULL THEN 'removed: missing'
        WHEN score NOT BETWEEN 1 AND 5 THEN 'removed: score is not from 1 to 5'""",
    "support_tickets": """
        WHEN opened_text IS NOT NULL AND opened_at IS NULL THEN 'quarantined: Opened'
        WHEN closed_text IS NOT NULL AND closed_at IS NULL THEN 'quarantined: Closed'
        WHEN ticket_id IS NULL THEN 'removed: TicketNo is missing'
        WHEN customer_id IS NULL THEN 'removed: CustomerNo is missing'
        WHEN opened_at IS NULL THEN 'removed: Opened is missing'""",
    "experiments": """
        WHEN day_text IS NOT NULL AND assigned_at IS NULL THEN 'quarantined: AssignedAt'
        WHEN experiment_id IS NULL OR customer_id IS NULL OR variant IS NULL
            OR assigned_at IS NULL THEN 'removed: missing'""",
}
_KEYS = {
    "customers": "customer_id",
    "transactions": "transaction_id, reversal",
    "marketing_spend": "week, marketing_channel, region",
    "support_tickets": "ticket_id",
    "experiments": "experiment_id, customer_id",
}
_KEPT = {
    "customers": "customer_id, signed_up_on, region, city, segment, acquisition_channel, "
    "birth_year, name, email, phone",
    "transactions": "transaction_id, customer_id, ordered_at, sales_channel, payment_method, "
    "status, gross, discount, net, cost_of_goods, shipping_cost, payment_cost",
    "transaction_items": "transaction_id, product_id, category, quantity, unit_price, discount, "
    "net, cost_of_goods",
    "marketing_spend": "week, marketing_channel, region, spend, impressions, clicks, "
    "attributed_orders",
    "satisfaction": "customer_id, surveyed_on, score",
    "support_tickets": "ticket_id, customer_id, opened_at, closed_at, topic, severity",
    "experiments": "experiment_id, customer_id, variant, assigned_at",
}
_SPELLED = {
    "customers": ("region", "city", "segment", "acquisition_channel"),
    "transactions": ("sales_channel", "payment_method"),
    "transaction_items": ("category",),
    "marketing_spend": ("marketing_channel", "region"),
    "support_tickets": ("topic", "severity"),
    "experiments": ("variant",),
}


def _selected(table: str) -> str:
    return _KEPT[table] + (", reversal, reverses" if table == "transactions" else "")


def _staged(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> None:
    """Type the rows of a raw file; give each the first fault that it has by itself."""
    file = folder / f"{_FILES[table]}.parquet"
    texts = _TEXTS[table]
    plain = ", ".join(f"plain(raw_{header}) AS {name}" for name, header in texts.items())
    blanks = " + ".join(f"cells(raw_{header}, {name})" for name, header in texts.items())
    signs = "0"
    if table == "transactions":
        signs = " + ".join(
            f"coalesce(CAST(regexp_matches({name}_text, '[$U]') AS INTEGER), 0)"
            for name in _ORDER_AMOUNTS
        )
    headers = ", ".join(f'"{header}" := raw_{header}' for header in texts.values())
    connection.execute(
        f"CREATE TABLE staged_{table} AS WITH raw AS (SELECT file_row_number + 1 AS row, "
        "COLUMNS(c -> c <> 'file_row_number') AS 'raw_\\0' "
        f"FROM read_parquet('{file}', file_row_number = true)), "
        f"plain_texts AS (SELECT *, {plain} FROM raw), "
        f"typed AS (SELECT *, {_VALUES[table]} FROM plain_texts) "
        f"SELECT row, {_selected(table)}, {blanks} AS blanks, {signs} AS signs, "
        f"CASE {_FAULTS[table]} END AS fault, CASE WHEN fault LIKE 'quarantined%' "
        f"THEN CAST(to_json(struct_pack({headers})) AS VARCHAR) END AS raw FROM typed"
    )


def _spell(connection: duckdb.DuckDBPyConnection) -> None:
    """Find what is written otherwise than the most frequent spelling, over all tables."""
    counted = " UNION ALL ".join(
        f"SELECT '{column}' AS field, {column} AS name, count(*) AS rows FROM staged_{table} "
        f"WHERE {column} IS NOT NULL GROUP BY ALL"
        for table, columns in _SPELLED.items()
        for column in columns
    )
    connection.execute(
        "CREATE TABLE spellings AS WITH counted AS (SELECT field, name, sum(rows) AS rows, "
        "lower(regexp_replace(nfc_normalize(name), '\\s+', ' ', 'g')) AS folded "
        f"FROM ({counted}) GROUP BY ALL), best AS (SELECT *, first_value(name) OVER "
        "(PARTITION BY field, folded ORDER BY rows DESC, name) AS chosen FROM counted) "
        "SELECT field, name, chosen FROM best WHERE name <> chosen"
    )


def _spelled(table: str) -> tuple[str, str]:
    """Return the columns of a table in the chosen spellings, and the joins that this takes."""
    columns = ", ".join(
        f"coalesce(s_{name}.chosen, t.{name}) AS {name}" for name in _SPELLED.get(table, ())
    )
    joins = " ".join(
        f"LEFT JOIN spellings s_{name} ON s_{name}.field = '{name}' AND s_{name}.name = t.{name}"
        for name in _SPELLED.get(table, ())
    )
    return (f"t.* REPLACE ({columns})" if columns else "t.*"), joins


def _find_duplicates(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Set aside rows with the key of another: all but the first where they are alike, else all."""
    key, (columns, joins) = _KEYS[table], _spelled(table)
    content = _selected(table)
    connection.execute(
        f"CREATE TABLE repeated_{table} AS WITH keys AS (SELECT {key} FROM staged_{table} "
        f"WHERE fault IS NULL GROUP BY {key} HAVING count(*) > 1), shared AS (SELECT {columns} "
        f"FROM staged_{table} t SEMI JOIN keys USING ({key}) {joins} WHERE fault IS NULL), "
        f"numbered AS (SELECT *, row_number() OVER (PARTITION BY {content} ORDER BY row) = 1 "
        "AS first_of FROM shared), judged AS (SELECT *, sum(CAST(first_of AS INTEGER)) OVER "
        f"(PARTITION BY {key}) AS versions FROM numbered) SELECT row, CASE WHEN versions > 1 "
        "THEN 'quarantined: rows of one key contradict each other' "
        "ELSE 'removed: exact duplicate of another row' END AS fault FROM judged "
        "WHERE versions > 1 OR NOT first_of"
    )


_REVERSALS = """
CREATE TABLE sound AS SELECT row, transaction_id, customer_id, ordered_at, net, reversal, reverses
    FROM staged_transactions WHERE fault IS NULL AND reversal;
DELETE FROM sound WHERE row IN (SELECT row FROM repeated_transactions);
CREATE TABLE by_name AS SELECT s.row, o.transaction_id, -s.net AS amount, o.net
    FROM sound s JOIN staged_transactions o
    ON o.transaction_id = coalesce(s.reverses, s.transaction_id)
    WHERE o.fault IS NULL AND NOT o.reversal
    AND o.row NOT IN (SELECT row FROM repeated_transactions);
CREATE TABLE effects AS SELECT transaction_id, sum(abs(amount)) >= max(net) AS whole,
    CASE WHEN whole THEN 0 ELSE sum(abs(amount)) END AS taken FROM by_name GROUP BY 1;
CREATE TABLE events AS
    SELECT row, transaction_id, customer_id, abs(net) AS amount, ordered_at, false AS opens
    FROM sound WHERE reverses IS NULL AND row NOT IN (SELECT row FROM by_name);
INSERT INTO events SELECT row, transaction_id, customer_id, net, ordered_at, true
    FROM staged_transactions o SEMI JOIN
    (SELECT customer_id, amount AS net FROM events) USING (customer_id, net)
    WHERE fault IS NULL AND NOT reversal
    AND row NOT IN (SELECT row FROM repeated_transactions)
    AND transaction_id NOT IN (SELECT transaction_id FROM effects);
CREATE TABLE settled AS WITH summed AS (SELECT *, sum(CASE WHEN opens THEN 1 ELSE -1 END) OVER w
    AS depth_sum FROM events WINDOW w AS (PARTITION BY customer_id, amount
    ORDER BY ordered_at, NOT opens, transaction_id, row)),
    floored AS (SELECT *, least(min(depth_sum) OVER w, 0) AS floor FROM summed WINDOW w AS
    (PARTITION BY customer_id, amount ORDER BY ordered_at, NOT opens, transaction_id, row)),
    deep AS (SELECT *, depth_sum - floor AS depth, coalesce(lag(floor) OVER w, 0) - floor
    AS lacking FROM floored WINDOW w AS (PARTITION BY customer_id, amount
    ORDER BY ordered_at, NOT opens, transaction_id, row)),
    lowest AS (SELECT *, min(depth) OVER (PARTITION BY customer_id, amount
    ORDER BY ordered_at, NOT opens, transaction_id, row
    ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS least_depth FROM deep)
    SELECT *, CASE WHEN opens THEN least_depth - (depth - 1) <= 0 ELSE lacking = 0 END AS matched
    FROM lowest;
INSERT INTO effects SELECT transaction_id, true, 0 FROM settled WHERE opens AND matched;
INSERT INTO repeated_transactions SELECT row, CASE WHEN row IN (SELECT row FROM by_name)
    OR row IN (SELECT row FROM settled WHERE matched AND NOT opens)
    THEN 'removed: reverses an order'
    ELSE 'removed: reverses an order that is not in the data' END FROM sound;
"""


def _write(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: str, order_by: str
) -> dict[str, Any]:
    """Write clean and quarantined rows, sorted; return the table's part of the report."""
    columns, joins = _spelled(table)
    where = "t.fault IS NULL"
    if table in (*_KEYS, "transaction_items"):
        where += f" AND t.row NOT IN (SELECT row FROM repeated_{table})"
    target = folder / f"{table}.parquet"
    if table == "transactions":
        columns = columns.replace(
            "REPLACE (",
            "REPLACE (CASE WHEN e.whole THEN 'cancelled' ELSE t.status END AS status, "
            "CAST(t.net - coalesce(e.taken, 0) AS DECIMAL(18, 2)) AS net, ",
        )
        joins += " LEFT JOIN effects e USING (transaction_id)"
    connection.execute(
        f"COPY (SELECT {_KEPT[table]} FROM (SELECT {columns} FROM staged_{table} t {joins} "
        f"WHERE {where}) ORDER BY {order_by}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )
    connection.execute(f"CREATE VIEW {table} AS SELECT * FROM '{target}'")
    repeated = f"repeated_{table}" if table in (*_KEYS, "transaction_items") else None
    faults = f"SELECT row, fault, raw FROM staged_{table} WHERE fault IS NOT NULL"
    if repeated:
        faults += f" UNION ALL SELECT row, fault, NULL FROM {repeated}"
    net = ", net" if table == "transactions" else ", 0 AS net"
    connection.execute(
        f"CREATE TABLE faults_{table} AS SELECT f.*{net} FROM ({faults}) f "
        f"JOIN staged_{table} USING (row)"
    )
    aside = folder / "quarantine" / f"{table}.parquet"
    connection.execute(
        f"COPY (FROM faults_{table} ORDER BY row) TO '{aside}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return _checked(connection, table, where, joins)


def _checked(
    connection: duckdb.DuckDBPyConnection, table: str, where: str, joins: str
) -> dict[str, Any]:
    """Check a clean table against its contract and count what became of its rows."""

    def one(query: str) -> tuple[Any, ...]:
        found = connection.execute(query).fetchone()
        assert found is not None
        return found

    kept = [name.strip() for name in _KEPT[table].split(",")]
    missing = ", ".join(f"count(*) - count({name})" for name in kept)
    rows, *lost = one(f"SELECT count(*), {missing} FROM {table}")
    required = _KEYS.get(table, "").replace(", reversal", "")
    if required:
        repeated = f"SELECT 1 FROM {table} GROUP BY {required} HAVING count(*) > 1"
        assert one(f"SELECT count(*) FROM ({repeated})") == (0,)
    net = "sum(net)" if table == "transactions" else "0"
    raw_rows, raw_net = one(f"SELECT count(*), {net} FROM staged_{table}")
    reasons = connection.execute(
        f"SELECT fault, count(*), sum(net) FROM faults_{table} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert raw_rows == rows + sum(line[1] for line in reasons), table
    if table == "transactions":
        least, total = one(f"SELECT min(net), sum(net) FROM {table}")
        assert least > 0
        taken = sum(line[2] or 0 for line in reasons)
        taken += one("SELECT coalesce(sum(taken), 0) FROM effects")[0]
        assert raw_net - taken == total
    if table == "transaction_items":
        orphans = f"SELECT 1 FROM {table} ANTI JOIN transactions USING (transaction_id)"
        assert one(f"SELECT count(*) FROM ({orphans})") == (0,)
    spelled = ", ".join(f"count(s_{name}.chosen)" for name in _SPELLED.get(table, ())) or "0"
    changes = one(
        f"SELECT sum(blanks), sum(signs), {spelled} FROM staged_{table} t {joins} WHERE {where}"
    )
    return {
        "rows": rows,
        "missing": dict(zip(kept, lost, strict=True)),
        "reasons": [(fault, count, str(amount)) for fault, count, amount in reasons],
        "changes": [int(each or 0) for each in changes],
    }


def run(folder: Path, out: Path, memory_limit: str) -> dict[str, Any]:
    """Clean the shop in `folder` into `out`/clean, compute its marts, return what it took.

    Parameters
    ----------
    folder : Path
        Raw exports, as ``analytics generate --format parquet`` writes them.
    out : Path
        Gets ``clean/`` and ``marts/``.
    memory_limit : str
        DuckDB's.
    """
    steps = Steps()
    (out / "clean" / "quarantine").mkdir(parents=True)
    options = {
        "memory_limit": memory_limit,
        "threads": 2,
        "temp_directory": str(out / "spill"),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(str(out / "work.duckdb"), config=options) as connection:
        connection.execute(_MACROS)
        with steps.step("ingest"):
            for table in _FILES:
                _staged(connection, folder, table)
        report = {}
        with steps.step("clean"):
            _spell(connection)
            for table in _KEYS:
                _find_duplicates(connection, table)
            connection.execute(_REVERSALS)
            for table in _FILES:
                if table == "transaction_items":
                    connection.execute(
                        "CREATE TABLE repeated_transaction_items AS SELECT row, "
                        "'removed: its order is not among the clean orders' AS fault "
                        "FROM staged_transaction_items ANTI JOIN transactions "
                        "USING (transaction_id) WHERE fault IS NULL"
                    )
                order_by = _KEYS.get(table, _KEPT[table]).replace(", reversal", "")
                report[table] = _write(connection, out / "clean", table, order_by)
            (out / "clean" / "report.json").write_text(json.dumps(report), encoding="utf-8")
    (out / "work.duckdb").unlink()
    with duckdb.connect(config=options) as connection:
        compute_marts(connection, out, steps)
    return steps.taken
