from __future__ import annotations

import gzip
import http.client
import socket
import threading

import pytest

from analytics.errors import ExitCode, PublishError, UsageError
from analytics.publish.server import TYPES, is_loopback, path_segments, site_server
from analytics.publish.site import publish_site


@pytest.fixture
def public(tmp_path, rendered, facts, clock):
    (tmp_path / "secret.txt").write_text("outside")
    public = tmp_path / "public"
    for day, data in (("2024-05-31", "a"), ("2024-06-30", "b")):
        publish_site(rendered(data), public, facts=facts(day, data), clock=clock)
    return public


@pytest.fixture
def get(public):
    server = site_server(public, port=0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    port = server.server_address[1]

    def request(path, method="GET", host=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host or f"127.0.0.1:{port}")
            for name, value in named.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            answer.body = answer.read()
            return answer
        finally:
            connection.close()

    yield request
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_folder_shows_its_first_page(get, public):
    answer = get("/")
    assert (answer.status, answer.body) == (200, (public / "index.html").read_bytes())
    assert get("/latest/site/").body == b"<h1>b</h1>"
    assert get("/2024-05-31/site/index.html?a=b").body == b"<h1>a</h1>"


def test_a_folder_without_slash_leads_to_the_one_with_it(get):
    answer = get("/latest/site?region=South")
    assert (answer.status, answer.headers["Location"]) == (301, "/latest/site/?region=South")


def test_a_redirect_never_leads_to_another_host(get):
    assert get("//latest").headers["Location"] == "/latest/"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/latest/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/latest/%2e%2e/%2e%2e/secret.txt",
        "/.%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/%252e%252e/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/secret.txt%00.html",
        "/C:/secret.txt",
        "/out.txt",
        "/out/secret.txt",
        "/.publisher.json",
        "/.publish.lock",
        "/hidden.json",
        "/%ff",
    ],
)
def test_nothing_outside_the_tree_and_nothing_hidden_is_served(get, public, path):
    (public / "out.txt").symlink_to(public.parent / "secret.txt")
    (public / "out").symlink_to(public.parent)
    (public / "hidden.json").symlink_to(".publisher.json")
    answer = get(path)
    assert answer.status == 404
    assert b"outside" not in answer.body
    assert b"synthetic" not in answer.body


def test_an_absolute_path_is_read_below_the_tree(get):
    assert get("//etc/passwd").status == 404
    assert get("http://127.0.0.1/etc/passwd").status == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x.js", "text/javascript; charset=utf-8"),
        ("x.mjs", "text/javascript; charset=utf-8"),
        ("x.wasm", "application/wasm"),
        ("x.svg", "image/svg+xml"),
        ("x.json", "application/json; charset=utf-8"),
        ("x.parquet", "application/vnd.apache.parquet"),
        ("x.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("x.PDF", "application/pdf"),
        ("x.unknown", "application/octet-stream"),
    ],
)
def test_files_have_their_type(get, public, name, kind):
    (public / name).write_bytes(b"x")
    answer = get(f"/{name}")
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_types_do_not_come_from_the_machine():
    assert TYPES[".js"].startswith("text/javascript")


def test_versions_are_kept_for_ever_and_the_rest_is_asked_for_again(get):
    assert "immutable" in get("/2024-06-30/site/index.html").headers["Cache-Control"]
    for path in ("/", "/latest/site/index.html", "/versions.json", "/versions/", "/nothing"):
        assert get(path).headers["Cache-Control"] == "no-cache", path


def test_an_unchanged_file_is_not_sent_again(get):
    first = get("/latest/site/index.html")
    again = get("/latest/site/index.html", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_latest_is_sent_again_after_the_next_version(get, public, rendered, facts, clock):
    first = get("/latest/site/index.html")
    publish_site(rendered("c"), public, facts=facts("2024-07-31", "c"), clock=clock)
    again = get("/latest/site/index.html", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (200, b"<h1>c</h1>")


def test_text_is_compressed_for_those_who_take_it(get):
    plain = get("/versions.json")
    small = get("/versions.json", Accept_Encoding="gzip, br")
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.body) == plain.body
    assert "Content-Encoding" not in plain.headers
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"


def test_head_has_the_headers_alone(get):
    answer, full = get("/versions.json", method="HEAD"), get("/versions.json")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(full.body))


def test_other_methods_are_refused(get):
    assert get("/", method="POST").status == 501


def test_a_missing_page_shows_that_of_its_version(get):
    answer = get("/2024-05-31/site/deep/nothing.html")
    assert answer.status == 404
    assert b"Nothing here in a" in answer.body
    assert b'<base href="/2024-05-31/">' in answer.body


def test_a_missing_page_elsewhere_shows_that_of_the_latest(get):
    answer = get("/nothing.html")
    assert b"Nothing here in b" in answer.body
    assert b'<base href="/latest/">' in answer.body


def test_a_missing_page_of_a_tree_without_one_is_said_plainly(get, public):
    (public / "latest" / "404.html").unlink()
    answer = get("/nothing.html")
    assert (answer.status, answer.body) == (404, b"not found\n")


def test_a_file_is_no_folder(get):
    assert get("/versions.json/").status == 404
    assert get("/latest/site/index.html/").status == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[", ""])
def test_a_page_of_another_name_cannot_read_along(get, host):
    answer = get("/versions.json", host=host or " ")
    assert answer.status == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "[::1]:8000", "127.0.0.1"])
def test_the_names_of_this_machine_are_answered(get, host):
    assert get("/versions.json", host=host).status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "shop.example", ""])
def test_other_addresses_are_refused(public, host):
    with pytest.raises(UsageError, match="can be reached from other machines") as caught:
        site_server(public, host=host, port=0)
    assert caught.value.exit_code == ExitCode.USAGE


def test_other_addresses_are_used_when_allowed(public):
    with site_server(public, host="0.0.0.0", port=0, allow_remote=True) as server:
        assert server.server_address[0] == "0.0.0.0"


def test_loopback_is_recognised():
    assert all(map(is_loopback, ["127.0.0.1", "127.1.2.3", "::1", "localhost"]))
    assert not any(map(is_loopback, ["10.0.0.1", "localhost.example", "127.0.0.1.example"]))


def test_a_port_in_use_is_one_clear_error(public):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}"):
            site_server(public, port=port)


def test_a_tree_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(PublishError, match="no published site"):
        site_server(tmp_path / "nothing", port=0)


def test_names_with_spaces_and_accents_are_served(get, public):
    (public / "é t.txt").write_text("x")
    assert get("/%C3%A9%20t.txt").status == 200
    assert path_segments("/%C3%A9%20t.txt") == ("é t.txt",)
