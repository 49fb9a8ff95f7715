"""A source is checked by DuckDB alone, by the rules of cleaning; told in words and as JSON."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics.cleaning import Violation, plan, violations
from analytics.cli.check import Checked, checked_source, json_lines, report_lines
from analytics.cli.project import ProjectFolder, read_project
from analytics.engine import Engine, open_engine
from analytics.ingest import ingest, read_source
from analytics.settings import Layout, Settings

ROOT = Path(__file__).parents[2]
HEAD = 'title = "Shop"\ncurrency = "EUR"\n'
ORDERS = """
[tables.transactions]
file = "orders-*.csv"
format = "csv"
decimal_mark = ","
delimiter = ";"
free_orders = false
[tables.transactions.columns]
transaction_id = "No"
customer_id = "Who"
ordered_at = "When"
sales_channel = "Where"
net = "Net"
[tables.transactions.reversals]
status = "returned"
reference = "Of"
"""
ITEMS = """
[tables.transaction_items]
file = "items.jsonl"
format = "jsonl"
non_products = ["POST", "/^gift/"]
[tables.transaction_items.columns]
transaction_id = "no"
product_id = "sku"
category = "category"
quantity = "pieces"
net = "net"
"""
CUSTOMERS = """
[tables.customers]
file = "customers.csv"
format = "csv"
latest_by = "Changed"
[tables.customers.columns]
customer_id = "Id"
region = "Region"
"""
LINES = """
[tables.order_lines]
file = "lines.csv"
format = "csv"
rounded = true
non_products = ["POST"]
[tables.order_lines.columns]
transaction_id = "InvoiceNo"
product_id = "StockCode"
category = "Group"
quantity = "Quantity"
unit_price = "Price"
ordered_at = "Date"
customer_id = "Customer"
[tables.order_lines.reversals]
marker = "^C"
"""


def messy_orders(folder: Path, seed: int) -> Path:
    """Write a shop with orders in two files, items and customers, each wrong in many ways."""
    draw = random.Random(seed)
    rows = []
    for number in range(300):
        day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
        who, net = f"c{draw.randrange(30)}", f"{draw.choice((5, 10, 20))},50"
        where = draw.choice(("Web", "web ", "Shop", "SHOP", "shop  "))
        rows.append([f"o{number}", who, day, where, net, ""])
        wrong = draw.randrange(12)
        if wrong == 0:
            rows.append(list(rows[-1]))
        elif wrong == 1:
            rows.append([*rows[-1][:4], "7,00", ""])
        elif wrong == 2:
            rows.append([f"r{number}", who, day, where, f"-{net}", ""])
        elif wrong == 3:
            rows.append([f"r{number}", "", day, where, "-5,00", f"o{draw.randrange(300)}"])
        elif wrong == 4:
            rows[-1][draw.randrange(1, 5)] = draw.choice(("", "lost", "0,00"))
    for part in range(2):
        text = "".join(";".join(row) + "\n" for row in rows[part::2])
        (folder / f"orders-{part}.csv").write_text("No;Who;When;Where;Net;Of\n" + text)
    items = [
        {
            "no": f"o{draw.randrange(310)}",
            "sku": draw.choice(("T1", "post", "Gift-3", "T2")),
            "category": draw.choice(("Tea", "TEA", "Mugs")),
            "pieces": draw.choice((1, 2, "x", 0, None)),
            "net": draw.choice((1.5, 3, -2, "n/a")),
        }
        for _ in range(200)
    ]
    (folder / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    text = "".join(
        f"c{draw.randrange(20)},{draw.choice(('Nord', 'NORD', 'Sued', ''))},"
        f"2024-01-{draw.randrange(1, 9):02}\n"
        for _ in range(80)
    )
    (folder / "customers.csv").write_text("Id,Region,Changed\n" + text)
    file = folder / "shop.toml"
    file.write_text(HEAD + ORDERS + ITEMS + CUSTOMERS)
    return file


def messy_lines(folder: Path, seed: int) -> Path:
    """Write a shop of order lines, some of which take back others."""
    draw = random.Random(seed)
    rows = []
    for number in range(200):
        day, who = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}", f"c{draw.randrange(12)}"
        for product in draw.sample(("A", "B", "C", "POST"), draw.randrange(1, 4)):
            said = draw.choice((who,) * 20 + ("", "other"))
            pieces = draw.choice((1, 2, 3, 0, "?"))
            group = draw.choice(("Tea", "tea"))
            rows.append((f"{number}", product, group, pieces, "2.505", day, said))
        if draw.random() < 0.4:
            back, group = -draw.randrange(1, 4), draw.choice(("Tea", "tea"))
            rows.append((f"C{number}", draw.choice("ABC"), group, back, "2.505", day, who))
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    (folder / "lines.csv").write_text(
        "InvoiceNo,StockCode,Group,Quantity,Price,Date,Customer\n" + text
    )
    file = folder / "shop.toml"
    file.write_text(HEAD + LINES)
    return file


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(temporary=tmp_path / "spill") as opened:
        yield opened


def checked(file: Path, root: Path) -> Checked:
    return checked_source(ProjectFolder(root=root, settings=Settings()), str(file))


def ordered(found: tuple[Violation, ...] | list[Violation]) -> list[Violation]:
    return sorted(found, key=lambda each: (each.table, each.reason, each.file, each.row))


@pytest.mark.parametrize("write", [messy_orders, messy_lines])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kept_rules_find_what_the_expressions_of_cleaning_find(
    tmp_path: Path,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path, int], Path],
    seed: int,
) -> None:
    file = write(tmp_path, seed)
    source = read_source(str(file), Layout(root=tmp_path, source="shop"))
    wanted = ordered(violations(ingest(source, engine), engine))
    assert len({each.reason for each in wanted}) >= 7
    assert ordered(checked(file, tmp_path).violations) == wanted

    def never(*_: object) -> None:
        raise AssertionError("the rules are compiled a second time")

    monkeypatch.setattr("analytics.cleaning.found.compiled_steps", never)
    assert ordered(checked(file, tmp_path).violations) == wanted


@pytest.mark.parametrize("write", [messy_orders, messy_lines])
def test_a_build_keeps_the_rules_that_a_check_reads(
    tmp_path: Path,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path, int], Path],
) -> None:
    file = write(tmp_path, 4)
    layout = Layout(root=tmp_path, source="shop")
    staged = ingest(read_source(str(file), layout), engine)
    plan.keep_rules(staged, engine, layout.cache)

    def never(*_: object) -> None:
        raise AssertionError("the rules are compiled a second time")

    monkeypatch.setattr("analytics.cleaning.found.compiled_steps", never)
    assert ordered(checked(file, tmp_path).violations) == ordered(violations(staged, engine))


def test_rules_that_are_kept_but_cannot_be_read_are_compiled_again(tmp_path: Path) -> None:
    file = messy_orders(tmp_path, 1)
    wanted = checked(file, tmp_path)
    (kept,) = (tmp_path / "data" / "cache" / "shop").glob("rules-*.json")
    whole = kept.read_text()
    kept.write_text(whole[: len(whole) // 2])
    assert checked(file, tmp_path) == wanted
    assert kept.read_text() == whole


def test_rules_are_kept_for_the_columns_and_options_of_a_source(tmp_path: Path) -> None:
    shape = plan.Shape(
        kinds={"_row": "BIGINT", "net": "DECIMAL(18,2)"},
        columns=("net",),
        headers={"net": "Net"},
        free_orders=False,
        reversal_status=None,
    )
    changes = {
        "kinds": {"_row": "BIGINT", "net": "DOUBLE"},
        "headers": {"net": "Amount"},
        "free_orders": True,
        "reversal_status": "returned",
    }
    shapes = [shape, *(_replaced(shape, name, value) for name, value in changes.items())]
    files = {plan.steps_file(tmp_path, {"transactions": each}, ()) for each in shapes}
    files.add(plan.steps_file(tmp_path, {"transactions": shape}, ("region",)))
    assert len(files) == 6


def _replaced(shape: plan.Shape, name: str, value: object) -> plan.Shape:
    from dataclasses import replace

    return replace(shape, **{name: value})  # type: ignore[arg-type]


PEOPLE = "CustomerNo,Region,Contact,Mail,Note\n" + "".join(
    f"{n},north{n}@shop-mail.net,anna{n}@shop-mail.net,bob{n}@shop-mail.net,text\n"
    for n in range(9)
)
OF_PEOPLE = """
[tables.transactions]
file = "orders.csv"
format = "csv"
[tables.transactions.columns]
transaction_id = "No"
customer_id = "Who"
ordered_at = "When"
net = "Net"
[tables.customers]
file = "people.csv"
format = "csv"
[tables.customers.columns]
customer_id = "CustomerNo"
region = "Region"
email = "Mail"
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "orders.csv").write_text("No,Who,When,Net\n1,1,2024-01-01,5\n")
    file = tmp_path / "shop.toml"
    file.write_text(HEAD + OF_PEOPLE)
    return file


def test_columns_that_look_personal_are_told_last_without_a_value(
    people: Path, tmp_path: Path
) -> None:
    found = checked(people, tmp_path)
    assert found.violations == ()
    lines = list(report_lines(found))
    assert lines[0] == "nothing is wrong with the source"
    assert [line.split(":")[0] for line in lines[1:]] == ["warning", "note"]
    assert "people.csv, column Region" in lines[1]
    assert "people.csv, column Contact" in lines[2]
    assert "stays out of everything" in lines[2]
    assert "@" not in "".join(lines)


def test_a_column_that_is_marked_or_hashed_is_not_warned_of(people: Path, tmp_path: Path) -> None:
    text = people.read_text().replace('region = "Region"\n', "")
    text = text.replace('customer_id = "CustomerNo"', 'customer_id = "Region"')
    people.write_text(text.replace('[tables.customers.columns]', 'hashed = ["customer_id"]\n[tables.customers.columns]'))  # fmt: skip  # noqa: E501
    assert [each.column for each in checked(people, tmp_path).warnings] == ["Contact"]


def test_what_a_cell_says_cannot_steer_the_terminal(tmp_path: Path, people: Path) -> None:
    (tmp_path / "orders.csv").write_text("No,Who,When,Net\n1,1,2024-01-01,5\n2,1,\x1b[31mred,5\n")
    lines = list(report_lines(checked(people, tmp_path)))
    assert any("\\x1b[31mred" in line for line in lines)
    assert not any("\x1b" in line or "\n" in line for line in lines)


@pytest.fixture(scope="module")
def messy_shop(
    tmp_path_factory: pytest.TempPathFactory,
    analytics: Callable[..., subprocess.CompletedProcess[str]],
    project_writer: Callable[..., Path],
) -> Path:
    """Return a project with the raw exports of a small synthetic shop."""
    project = project_writer(tmp_path_factory.mktemp("check") / "project")
    done = analytics(project, "generate")
    assert done.returncode == 0, done.stderr
    return project


# Kind of messiness that is planted -> outcome and how the reason ends that it is found with.
KINDS = {
    "exact_duplicate": "exact duplicate of another row",
    "conflicting_id": "rows of one key contradict each other",
    "missing_customer": " is missing",
    "missing_amount": " is missing",
    "undeclared_date": "is not a date of 1900 to 2199",
    "negative_amount": "is not positive",
    "zero_amount": "is not positive",
    "negative_quantity": "is not positive",
    "zero_price": "is not positive",
    "score_out_of_range": "is not from",
    "non_product": "is no product",
    "line_without_order": "its order is not among the clean orders",
    "reversal": "reverses an order",
    "reversal_of_earlier_order": "reverses an order that is not in the data",
}


def test_counts_are_those_that_the_generator_planted(messy_shop: Path) -> None:
    truth = json.loads((messy_shop / "data/raw/synthetic/truth.json").read_text())
    planted: Counter[tuple[str, str]] = Counter()
    for table, of_table in truth["messiness"]["rows"].items():
        for kind, of_kind in of_table.items():
            planted[table, KINDS[kind]] += of_kind["rows"]
    found: Counter[tuple[str, str]] = Counter()
    for each in {
        (each.table, each.reason): each
        for each in checked_source(read_project(messy_shop), "synthetic").violations
    }.values():
        ends = [end for end in KINDS.values() if end in each.reason]
        found[each.table, max(ends, key=len)] += each.count
    assert found == planted


def test_the_first_twenty_of_each_kind_are_told_with_the_count_of_all(messy_shop: Path) -> None:
    found = checked_source(read_project(messy_shop), "synthetic").violations
    shown = Counter((each.table, each.reason) for each in found)
    counts = {(each.table, each.reason): each.count for each in found}
    assert max(counts.values()) > 20
    assert shown == {kind: min(count, 20) for kind, count in counts.items()}


def test_the_report_has_a_section_a_table_and_exits_with_2(
    messy_shop: Path, analytics: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = analytics(messy_shop, "check", "synthetic")
    assert done.returncode == 2
    assert done.stderr == ""
    sections = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    found = checked_source(read_project(messy_shop), "synthetic").violations
    counts = {(each.table, each.reason): each.count for each in found}
    assert sections[-1] == f"{sum(counts.values()):,} row(s) would be set aside"
    tables = list(dict.fromkeys(each.table for each in found))
    assert [line.split(":")[0] for line in sections[:-1]] == tables


def test_json_has_one_object_a_kind(messy_shop: Path) -> None:
    found = checked_source(read_project(messy_shop), "synthetic")
    objects = [json.loads(line) for line in json_lines(found)]
    told = {(each["table"], each["violation"]): each["count"] for each in objects}
    assert told == {(each.table, each.reason): each.count for each in found.violations}
    assert len(told) == len(objects)
    assert sum(len(each["places"]) for each in objects) == len(found.violations)


CHILD = """
import sys
from pathlib import Path
from analytics.cli.app import main
sys.argv = ["analytics", "--project", sys.argv[1], "check", "synthetic"]
try:
    main()
except SystemExit as left:
    heavy = {"pandas", "ibis", "pyarrow", "pandera", "numpy", "scipy", "sqlglot"}
    print("loaded:", sorted(heavy & set(sys.modules)), "code:", left.code)
"""


def test_a_second_check_loads_neither_ibis_nor_pandas_nor_arrow(messy_shop: Path) -> None:
    checked_source(read_project(messy_shop), "synthetic")
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(messy_shop)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.stdout.splitlines()[-1] == "loaded: [] code: 2"
