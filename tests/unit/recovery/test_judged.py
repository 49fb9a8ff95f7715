"""The harness judges rates as it says, and goes on where it was stopped."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest
from scipy.stats import binom

HARNESS = Path(__file__).parents[2] / "recovery"


@pytest.fixture
def module(monkeypatch):
    """Return a function that imports a module of the harness."""
    monkeypatch.syspath_prepend(str(HARNESS))

    def imported(name):
        spec = importlib.util.spec_from_file_location(name, HARNESS / f"{name}.py")
        loaded = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, loaded)
        spec.loader.exec_module(loaded)
        return loaded

    return imported


def findings(hits, count):
    return [{"holds": number < hits, "estimate": 1.0} for number in range(count)]


def test_a_rate_is_refused_just_where_its_binomial_tail_falls_under_one_percent(module):
    judged = module("judged").judged
    for hits in range(170, 201):
        tail = binom.cdf(hits, 200, 0.95)
        assert judged("x", 0.95, findings(hits, 200))["holds"] == (tail > 0.01), hits


def test_a_certain_promise_is_broken_by_one_miss(module):
    judged = module("judged").judged
    assert judged("x", 1.0, findings(200, 200))["holds"]
    assert not judged("x", 1.0, findings(199, 200))["holds"]


def test_a_stopped_run_looks_only_at_the_missing_shops(module, tmp_path, monkeypatch):
    run = module("run")
    names = [cause.name for cause in run.causes()]
    looked_at = []

    class InThisProcess:
        def __init__(self, *_args, **_options):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_failure):
            return False

        def submit(self, _function, seed, _groups):
            looked_at.append(seed)
            from concurrent.futures import Future

            future = Future()
            future.set_result({name: {"holds": True} for name in names})
            return future

    monkeypatch.setattr(run, "ProcessPoolExecutor", InThisProcess)
    monkeypatch.setattr(run.os, "environ", {})
    run.write_missing(tmp_path, [1, 2], jobs=1)
    (tmp_path / "2.json").unlink()
    (tmp_path / "1.json").write_text(
        json.dumps({"seed": 1, "findings": {names[0]: {"holds": False}}})
    )
    run.write_missing(tmp_path, [1, 2, 3], jobs=1)
    assert looked_at == [1, 2, 1, 2, 3]
    assert json.loads((tmp_path / "3.json").read_text())["seed"] == 3


def test_every_cause_promises_a_share_of_shops_once(module):
    causes = module("run").causes()
    names = [cause.name for cause in causes]
    assert len(names) == len(set(names))
    assert len(names) >= 18
    assert all(0.5 <= cause.promise <= 1 for cause in causes)
