"""The typed settings. `analytics.toml` documents each key; a test compares the two."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """How the site names itself."""

    title: str = "Example Shop"
    description: str = "Customer analytics of an online shop, from what happened to what to do."
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSettings:
    """What a build reads, computes on, renders with and publishes into."""

    source: str = "synthetic"
    engine: Literal["duckdb", "spark"] = "duckdb"
    renderer: Literal["auto", "quarto", "embedded"] = "auto"
    output: str = ""
    memory_limit: str = "4GB"
    fetch: str = ""
    jobs: int = 2
    seed: int = 20240630


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """Which published versions are kept; 0 is all."""

    versions: int = 0
    megabytes: float = 0.0
    tagged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkSettings:
    """Where Spark runs."""

    master: str = "local[2]"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticSettings:
    """Size, window and seed of the synthetic shop."""

    customers: int = 10_000
    transactions: int = 184_939
    start: date = date(2022, 7, 1)
    months: int = 24
    seed: int = 42


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySettings:
    """What may be published about few customers."""

    minimum_cell: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClvSettings:
    """Horizon, discount and evaluation of CLV12."""

    horizon_months: int = 12
    discount_rate: float = 0.10
    assumed_margin_rate: float = 0.30
    test_rate: float = 0.25
    folds: int = 3
    bootstrap_draws: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnSettings:
    """Evaluation of churn risk, and what a retention campaign costs and brings."""

    calibration_rate: float = 0.25
    value_amount: float = 200.0
    offer_amount: float = 10.0
    contact_amount: float = 1.0
    accept_alpha: float = 6.0
    accept_beta: float = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastSettings:
    """How far ahead the forecast looks, and how it is tested."""

    horizon_months: int = 6
    origins: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Assumptions on the year to come, each as a multiple of today's."""

    acquisition: float = 1.0
    retention: float = 1.0
    order_value: float = 1.0
    frequency: float = 1.0
    margin: float = 1.0
    spend: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioSettings:
    """The three scenarios."""

    conservative: Scenario = field(
        default_factory=lambda: Scenario(
            acquisition=0.8,
            retention=0.8,
            order_value=0.98,
            frequency=0.97,
            margin=0.98,
            spend=0.9,
        )
    )
    moderate: Scenario = field(default_factory=Scenario)
    aggressive: Scenario = field(
        default_factory=lambda: Scenario(
            acquisition=1.25,
            retention=1.25,
            order_value=1.02,
            frequency=1.03,
            margin=1.0,
            spend=1.25,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSettings:
    """Bounds of the marketing budget and precision of its plan."""

    total_factor: float = 1.0
    minimum_factor: float = 0.5
    maximum_factor: float = 2.0
    floors: dict[str, float] = field(default_factory=dict)
    target_factor: float = 1.0
    pacing_weeks: int = 13
    current_weeks: int = 13
    pieces: int = 60
    bootstrap_draws: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentSettings:
    """How experiments are analysed and planned."""

    window_weeks: int = 17
    power: float = 0.8
    level: float = 0.05
    split_threshold: float = 0.01
    smallest_effect: float = 0.05
    planned_shares: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategySettings:
    """What levers cost and are assumed to bring, and what may be spent on them."""

    budget_rate: float = 0.01
    contact_rate: float = 0.2
    retention_experiment: str = "retention-offer"
    retention_effect: float = 0.1
    retention_cost: float = 0.1
    service_effect: float = 0.15
    service_cost: float = 0.05
    win_back_effect: float = 0.05
    win_back_cost: float = 0.02
    cross_sell_effect: float = 0.03
    cross_sell_cost: float = 0.02
    list_size: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """What must not happen to a KPI, or to a slice of it."""

    name: str
    kpi: str
    when: Literal["below", "above", "outside"]
    test: Literal["threshold", "change", "expectation"] = "threshold"
    threshold: float | None = None
    against: Literal["previous", "year_before"] = "year_before"
    false_alarm_rate: float = 0.01
    by: tuple[str, ...] = ()
    part: str = ""
    hysteresis: float = 0.0
    severity: Literal["warning", "critical"] = "warning"
    minimum_sample: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule:
    """Days of the year that move sales: around a public holiday, or on dates of the shop's own."""

    name: str
    country: str = ""
    holiday: str = ""
    offset_days: int = 0
    days: int = 1
    dates: tuple[date, ...] = ()


def usual_events() -> tuple[EventRule, ...]:
    """Return the events that a project starts with."""
    return (
        EventRule(
            name="Black Friday", country="US", holiday="Thanksgiving Day", offset_days=1, days=4
        ),
        EventRule(name="Easter", country="DE", holiday="Good Friday", days=4),
        EventRule(name="Lunar New Year", country="CN", holiday="Chinese New Year", days=7),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that `analytics.toml` says."""

    site: SiteSettings = field(default_factory=SiteSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    spark: SparkSettings = field(default_factory=SparkSettings)
    synthetic: SyntheticSettings = field(default_factory=SyntheticSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    clv: ClvSettings = field(default_factory=ClvSettings)
    churn: ChurnSettings = field(default_factory=ChurnSettings)
    forecast: ForecastSettings = field(default_factory=ForecastSettings)
    scenarios: ScenarioSettings = field(default_factory=ScenarioSettings)
    budget: BudgetSettings = field(default_factory=BudgetSettings)
    experiments: ExperimentSettings = field(default_factory=ExperimentSettings)
    strategies: StrategySettings = field(default_factory=StrategySettings)
    alerts: tuple[AlertRule, ...] = ()
    events: tuple[EventRule, ...] = field(default_factory=usual_events)
