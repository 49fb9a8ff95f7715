"""All inputs."""

from __future__ import annotations

from cases_binary import binary_cases
from cases_common import common_cases
from cases_database import database_cases
from cases_source import source_cases
from cases_text import text_cases
from fault_case import FaultCase

CASES: tuple[FaultCase, ...] = (
    *common_cases(),
    *text_cases(),
    *binary_cases(),
    *database_cases(),
    *source_cases(),
)
