"""The canonical tables, one declaration each."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.schema.columns import Column

STATUSES = ("completed", "returned", "cancelled")
_UNKNOWN = "kept as missing; shown as Unknown"
_NO_COST = "kept as missing; counts as no cost"
_NO_MARGIN = "kept as missing; the order has no contribution margin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A canonical table.

    Attributes
    ----------
    name : str
        Its name.
    row : str
        What one row is.
    key : tuple of str
        Columns that identify a row; empty where nothing does.
    columns : tuple of Column
        In their canonical order.
    belongs_to : str
        The table that has a row of the same key for every row of this one; empty for none.
    """

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    belongs_to: str = ""

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that a source must have."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def pii(self) -> tuple[str, ...]:
        """The names of the columns that hold personal data."""
        return tuple(column.name for column in self.columns if column.pii)


def _id(name: str, description: str, *, required: bool = True, category: bool = False) -> Column:
    return Column(
        name=name,
        dtype="string",
        description=description,
        required=required,
        nullable=False,
        category=category,
    )


def _money(name: str, description: str, *, positive: bool = False, missing: str = "") -> Column:
    return Column(
        name=name,
        dtype="money",
        unit="currency",
        description=description,
        positive=positive,
        missing=missing,
    )


def _text(name: str, description: str) -> Column:
    return Column(name=name, dtype="string", description=description)


def _category(name: str, description: str, *, missing: str = _UNKNOWN) -> Column:
    return Column(
        name=name, dtype="string", description=description, category=True, missing=missing
    )


def _status(description: str) -> Column:
    return Column(
        name="status",
        dtype="string",
        description=description,
        values=STATUSES,
        missing="kept as missing; the order does not count as completed",
    )


def _pii(name: str, description: str) -> Column:
    return Column(name=name, dtype="string", description=description, pii=True)


CUSTOMERS = Table(
    name="customers",
    row="a customer",
    key=("customer_id",),
    columns=(
        _id("customer_id", "Identifies the customer; kept as text, leading zeros included."),
        Column(name="signed_up_on", dtype="date", description="Day of sign-up."),
        _category("region", "Sales region."),
        _category("city", "City."),
        _category("segment", "Segment given by the shop, such as Premium, Standard, Basic."),
        _category("acquisition_channel", "Channel that the customer was won through."),
        Column(name="birth_year", dtype="integer", unit="year", description="Year of birth."),
        _pii("name", "Name."),
        _pii("email", "E-mail address."),
        _pii("phone", "Telephone number."),
    ),
)

TRANSACTIONS = Table(
    name="transactions",
    row="an order",
    key=("transaction_id",),
    columns=(
        _id("transaction_id", "Identifies the order.", required=False),
        _id("customer_id", "The customer who ordered."),
        Column(
            name="ordered_at",
            dtype="timestamp",
            description="Moment of the order, in the source's time zone.",
            required=True,
            nullable=False,
        ),
        _category("sales_channel", "Where the order was placed."),
        _category("payment_method", "How the order was paid."),
        _status("completed, returned or cancelled."),
        _money("gross", "Order value before discount."),
        _money("discount", "Discount granted, positive."),
        Column(
            name="net",
            dtype="money",
            unit="currency",
            description="Order value after discount; positive whatever the status.",
            required=True,
            nullable=False,
            positive=True,
        ),
        _money("cost_of_goods", "Cost of the goods of the order.", missing=_NO_MARGIN),
        _money("shipping_cost", "Cost of shipping borne by the shop.", missing=_NO_COST),
        _money("payment_cost", "Cost of taking the payment.", missing=_NO_COST),
    ),
)

TRANSACTION_ITEMS = Table(
    name="transaction_items",
    row="an order line",
    key=(),
    belongs_to="transactions",
    columns=(
        _id("transaction_id", "The order that the line belongs to."),
        _text("product_id", "Product."),
        _category("category", "Category of the product."),
        Column(
            name="quantity",
            dtype="integer",
            unit="pieces",
            description="Pieces ordered.",
            positive=True,
        ),
        _money("unit_price", "Price of a piece before discount.", positive=True),
        _money("discount", "Discount on the line, positive."),
        _money("net", "Line value after discount.", positive=True),
        _money("cost_of_goods", "Cost of the goods of the line."),
    ),
)

ORDER_LINES = Table(
    name="order_lines",
    row="an order line with what it says of its order",
    key=(),
    columns=(
        _id("transaction_id", "The order that the line belongs to."),
        _id("customer_id", "The customer who ordered."),
        Column(
            name="ordered_at",
            dtype="timestamp",
            description="Moment of the order, in the source's time zone.",
            required=True,
            nullable=False,
        ),
        _category("sales_channel", "Where the order was placed."),
        _category("payment_method", "How the order was paid."),
        _status("Of the order: completed, returned or cancelled."),
        _text("product_id", "Product."),
        _category("category", "Category of the product."),
        Column(
            name="quantity",
            dtype="integer",
            unit="pieces",
            description="Pieces ordered.",
            positive=True,
        ),
        _money("unit_price", "Price of a piece before discount.", positive=True),
        _money("discount", "Discount on the line, positive."),
        Column(
            name="net",
            dtype="money",
            unit="currency",
            description="Line value after discount; quantity times unit_price less discount "
            "where the file does not say it.",
            nullable=False,
            positive=True,
        ),
        _money("cost_of_goods", "Cost of the goods of the line."),
        _money("order_discount", "Discount on the whole order, positive, on one of its lines."),
        _money("order_refund", "Amount of the order paid back, positive, on one of its lines."),
        _money("shipping_cost", "Cost of shipping borne by the shop, on one of the lines."),
        _money("payment_cost", "Cost of taking the payment, on one of the lines."),
    ),
)

MARKETING_SPEND = Table(
    name="marketing_spend",
    row="a week of a marketing channel in a region",
    key=("week", "marketing_channel", "region"),
    columns=(
        Column(
            name="week",
            dtype="date",
            description="The week's Monday.",
            required=True,
            nullable=False,
        ),
        _id("marketing_channel", "Marketing channel that was paid.", category=True),
        _category("region", "Region that was addressed."),
        Column(
            name="spend",
            dtype="money",
            unit="currency",
            description="Amount spent in the week.",
            required=True,
            nullable=False,
            minimum=0,
        ),
        Column(
            name="impressions",
            dtype="integer",
            unit="views",
            description="Views bought.",
            minimum=0,
        ),
        Column(
            name="clicks",
            dtype="integer",
            unit="clicks",
            description="Clicks received.",
            minimum=0,
        ),
        Column(
            name="attributed_orders",
            dtype="integer",
            unit="orders",
            description="Orders that the channel's own report claims.",
            minimum=0,
        ),
    ),
)

SATISFACTION = Table(
    name="satisfaction",
    row="an answer to a survey",
    key=(),
    columns=(
        _id("customer_id", "The customer who answered."),
        Column(
            name="surveyed_on",
            dtype="date",
            description="Day of the answer.",
            required=True,
            nullable=False,
        ),
        Column(
            name="score",
            dtype="number",
            unit="1 to 5",
            description="Satisfaction, 1 (worst) to 5 (best).",
            required=True,
            nullable=False,
            minimum=1,
            maximum=5,
        ),
    ),
)

SUPPORT_TICKETS = Table(
    name="support_tickets",
    row="a ticket",
    key=("ticket_id",),
    columns=(
        _id("ticket_id", "Identifies the ticket."),
        _id("customer_id", "The customer who opened it."),
        Column(
            name="opened_at",
            dtype="timestamp",
            description="Moment of opening.",
            required=True,
            nullable=False,
        ),
        Column(
            name="closed_at",
            dtype="timestamp",
            description="Moment of closing, if closed.",
            missing="kept as missing; the ticket is open",
        ),
        _category("topic", "What it was about."),
        _category("severity", "How severe it was."),
    ),
)

EXPERIMENTS = Table(
    name="experiments",
    row="a customer's assignment in an experiment",
    key=("experiment_id", "customer_id"),
    columns=(
        _id("experiment_id", "Identifies the experiment."),
        _id("customer_id", "The customer who was assigned."),
        _id("variant", "The variant that the customer was assigned to.", category=True),
        Column(
            name="assigned_at",
            dtype="date",
            description="Day of the assignment.",
            required=True,
            nullable=False,
        ),
    ),
)

TABLES: tuple[Table, ...] = (
    CUSTOMERS,
    TRANSACTIONS,
    TRANSACTION_ITEMS,
    MARKETING_SPEND,
    SATISFACTION,
    SUPPORT_TICKETS,
    EXPERIMENTS,
)


# What a source may map: an export of order lines stands for transactions and their items.
SOURCE_TABLES: tuple[Table, ...] = (*TABLES, ORDER_LINES)


def table(name: str) -> Table:
    """Return the table of that name that a source may map; KeyError where there is none."""
    for candidate in SOURCE_TABLES:
        if candidate.name == name:
            return candidate
    raise KeyError(f"there is no table {name}")
