"""`analytics.toml`, read once and passed on as the few values that a function needs."""

from analytics.settings.layout import Layout
from analytics.settings.model import (
    AlertRule,
    BudgetSettings,
    BuildSettings,
    ChurnSettings,
    ClvSettings,
    EventRule,
    ExperimentSettings,
    ForecastSettings,
    PrivacySettings,
    Scenario,
    ScenarioSettings,
    Settings,
    SiteSettings,
    SparkSettings,
    StrategySettings,
    SyntheticSettings,
)
from analytics.settings.toml_file import nearest_name, read_settings, read_toml, typed_table

__all__ = [
    "AlertRule",
    "BudgetSettings",
    "BuildSettings",
    "ChurnSettings",
    "ClvSettings",
    "EventRule",
    "ExperimentSettings",
    "ForecastSettings",
    "Layout",
    "PrivacySettings",
    "Scenario",
    "ScenarioSettings",
    "Settings",
    "SiteSettings",
    "SparkSettings",
    "StrategySettings",
    "SyntheticSettings",
    "nearest_name",
    "read_settings",
    "read_toml",
    "typed_table",
]
