from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from analytics.errors import PublishError
from analytics.publish.lock import HOLDER_FILE, Holder, is_gone, publish_lock, read_holder
from analytics.publish.site import publish_site
from analytics.publish.tree import read_versions

SINCE = "2024-07-01T06:00:00Z"


@pytest.fixture
def public(tmp_path):
    (tmp_path / "public").mkdir()
    return tmp_path / "public"


@pytest.fixture
def publish(public, rendered, facts, clock):
    def run(data="a", wait_seconds=0.0):
        return publish_site(
            rendered(data),
            public,
            facts=facts(data=data),
            clock=clock,
            wait_seconds=wait_seconds,
        )

    return run


def test_the_second_publisher_is_told_who_is_first(public, publish):
    with publish_lock(public, since=SINCE), pytest.raises(PublishError) as caught:
        publish()
    assert f"being published by process {os.getpid()} on" in caught.value.message
    assert f"since {SINCE}" in caught.value.message
    assert "Wait" in caught.value.remedy
    assert read_versions(public) is None


def test_the_second_publisher_waits(public, publish):
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with publish_lock(public, since=SINCE):
            entered.set()
            leave.wait(10)

    first = threading.Thread(target=hold)
    first.start()
    entered.wait(10)
    threading.Timer(0.3, leave.set).start()
    started = time.monotonic()
    done = publish(wait_seconds=10)
    first.join()
    assert time.monotonic() - started > 0.25
    assert done.outcome == "published"


def test_two_publishers_at_once_make_two_editions(public, publish, rendered):
    for label in "ab":
        rendered(label)
    threads = [threading.Thread(target=publish, args=(label, 10)) for label in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_versions(public).names == ("2024-06-30-r2", "2024-06-30")


def test_a_lock_whose_holder_died_does_not_block_and_is_told(public, publish):
    script = (
        "import os, pathlib, sys\n"
        "from analytics.publish.lock import publish_lock\n"
        f"with publish_lock(pathlib.Path(sys.argv[1]), since='{SINCE}'):\n"
        "    os._exit(9)\n"
    )
    died = subprocess.run([sys.executable, "-c", script, public], check=False)
    assert died.returncode == 9
    holder = read_holder(public)
    assert is_gone(holder)
    done = publish()
    assert done.outcome == "published"
    assert done.notes[0] == f"a publish by {holder} had ended without giving way"


def test_a_running_holder_is_not_gone(public):
    with publish_lock(public, since=SINCE):
        assert not is_gone(read_holder(public))


def test_a_holder_on_another_host_is_never_called_gone():
    assert not is_gone(Holder(pid=2**22 + 1, host="elsewhere.example", since=SINCE))


def test_the_lock_is_given_back_after_an_error(public, publish):
    with pytest.raises(RuntimeError), publish_lock(public, since=SINCE):
        raise RuntimeError
    assert read_holder(public) is None
    assert publish().notes == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "null"])
def test_a_holder_that_cannot_be_read_is_nobody(public, text):
    (public / HOLDER_FILE).write_text(text)
    assert read_holder(public) is None


def test_the_holder_says_process_host_and_time(public):
    with publish_lock(public, since=SINCE):
        said = json.loads((public / HOLDER_FILE).read_text())
    assert said["pid"] == os.getpid()
    assert said["since"] == SINCE
    assert said["host"]
