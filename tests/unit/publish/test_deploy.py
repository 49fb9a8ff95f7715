from __future__ import annotations

import http.server
import shutil
import threading
from functools import partial

import pytest

from analytics.errors import ExitCode, UsageError, VerificationError
from analytics.publish.deploy import (
    LiveSiteUnknown,
    read_live_versions,
    refuse_altered,
    refuse_lost_versions,
    refuse_private,
    write_deployable,
)
from analytics.publish.robots import NOINDEX, with_noindex, write_noindex
from analytics.publish.site import publish_site


@pytest.fixture
def publish(rendered, facts, clock):
    def run(public, *days):
        for day in days:
            publish_site(rendered(day), public, facts=facts(day, day), clock=clock)
        return public

    return run


@pytest.fixture
def served():
    """Return a function that serves a folder and returns its address."""
    servers = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    def start(folder):
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(Quiet, directory=str(folder))
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("synthetic", "public", "refused"),
    [(False, False, True), (False, True, False), (True, False, False)],
)
def test_only_a_public_or_a_made_up_source_is_deployed(synthetic, public, refused):
    if not refused:
        refuse_private(source="shop", synthetic=synthetic, public=public)
        return
    with pytest.raises(UsageError, match="shop is not public"):
        refuse_private(source="shop", synthetic=synthetic, public=public)


def test_a_tree_that_lacks_a_live_version_is_refused_by_its_name(publish, tmp_path, served):
    live = served(publish(tmp_path / "live", "2024-05-31", "2024-06-30"))
    here = publish(tmp_path / "here", "2024-06-30")
    with pytest.raises(VerificationError, match="2024-05-31") as caught:
        refuse_lost_versions(here, read_live_versions(live))
    assert caught.value.exit_code == ExitCode.VERIFICATION


def test_a_tree_that_has_them_all_and_one_more_is_not(publish, tmp_path, served):
    live = publish(tmp_path / "live", "2024-05-31")
    shutil.copytree(live, tmp_path / "here", symlinks=True)
    here = publish(tmp_path / "here", "2024-06-30")
    refuse_lost_versions(here, read_live_versions(served(live)))


def test_a_version_with_other_files_than_the_live_one_is_refused(
    publish, tmp_path, rendered, facts, clock
):
    live = publish(tmp_path / "live", "2024-05-31")
    here = tmp_path / "here"
    publish_site(rendered("other"), here, facts=facts("2024-05-31", "x"), clock=clock)
    with pytest.raises(VerificationError, match="other files in 2024-05-31"):
        refuse_lost_versions(here, read_live_versions(str(live)))


def test_no_site_yet_is_told_from_a_site_that_cannot_be_asked(tmp_path, served):
    address = served(tmp_path)
    assert read_live_versions(address) is None
    (tmp_path / "versions.json").write_text("not JSON")
    with pytest.raises(LiveSiteUnknown):
        read_live_versions(address)
    with pytest.raises(LiveSiteUnknown):
        read_live_versions("http://127.0.0.1:9")


def test_an_altered_file_is_not_deployed(publish, tmp_path):
    here = publish(tmp_path / "here", "2024-06-30")
    (here / "2024-06-30/site/index.html").write_text("altered")
    with pytest.raises(VerificationError, match=r"site/index\.html: altered"):
        refuse_altered(here)


def test_the_copy_for_the_host_has_no_links_and_not_the_publishers_own_files(publish, tmp_path):
    here = publish(tmp_path / "here", "2024-06-30")
    write_deployable(here, tmp_path / "out")
    assert not (tmp_path / "out/latest").is_symlink()
    assert (tmp_path / "out/latest/site/index.html").read_bytes() == (
        here / "2024-06-30/site/index.html"
    ).read_bytes()
    hidden = {path.name for path in (tmp_path / "out").rglob(".*")}
    assert hidden == {".nojekyll"}
    with pytest.raises(UsageError, match="not empty"):
        write_deployable(here, tmp_path / "out")
    with pytest.raises(UsageError, match="into itself"):
        write_deployable(here, here / "out")


def test_every_page_of_a_source_that_is_not_public_asks_not_to_be_listed(
    rendered, facts, clock, tmp_path
):
    tree = rendered("private")
    for page in tree.rglob("*.html"):
        page.write_text("<html><HEAD data-x='1'><title>x</title></head></html>")
    write_noindex(tree)
    publish_site(tree, tmp_path / "public", facts=facts(), clock=clock)
    pages = list((tmp_path / "public").rglob("*.html"))
    assert len(pages) > 5
    assert all(page.read_text().count(NOINDEX) == 1 for page in pages)


def test_a_public_source_asks_for_nothing(publish, tmp_path):
    public = publish(tmp_path / "public", "2024-06-30")
    assert not any(NOINDEX in page.read_text() for page in public.rglob("*.html"))


def test_only_the_head_of_the_page_is_changed():
    page = "<html><head><title>&lt;head&gt;</title></head><body><p>head</p></body></html>"
    assert with_noindex(page).replace(f"\n{NOINDEX}", "") == page
    assert with_noindex("no page") == "no page"
