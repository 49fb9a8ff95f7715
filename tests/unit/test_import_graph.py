"""The import graph, compared with what Python really loads."""

import subprocess
import sys

import pytest

from analytics.import_graph import imported_modules, modules_digest

LOADED = (
    "import sys; from importlib import import_module; import_module(sys.argv[1]); "
    "print(*(n for n in sys.modules if n == 'analytics' or n.startswith('analytics.')))"
)


@pytest.mark.parametrize(
    "module",
    [
        "analytics.presentation.reports",
        "analytics.pipeline.tiers.prescriptive",
        "analytics.render.embedded",
    ],
)
def test_whatever_python_loads_of_the_package_is_in_the_graph(module):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, module], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert module in loaded
    assert loaded <= imported_modules(module)


def test_a_name_that_a_package_imports_late_brings_its_module():
    # `from analytics.ingest import ingest` within a function of `analysis`.
    assert "analytics.ingest.staging" in imported_modules("analytics.pipeline.analysis")


def test_a_page_does_not_depend_on_the_module_of_another_page():
    assert "analytics.presentation.churn" not in imported_modules("analytics.presentation.kpis")
    assert modules_digest("analytics.presentation.kpis") != modules_digest(
        "analytics.presentation.churn"
    )


def test_there_is_no_digest_of_a_module_that_is_not_there():
    with pytest.raises(ModuleNotFoundError, match=r"analytics\.presentation\.nothing"):
        modules_digest("analytics.presentation.nothing")
