"""The published site on this machine, with the types and caching it has when deployed."""

from __future__ import annotations

import gzip
import http.server
import ipaddress
import os
import socket
import sys
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote_to_bytes, urlsplit

from analytics.errors import Place, PublishError, UsageError
from analytics.publish.live import RELOAD_SCRIPT, SCRIPT, STATE, LiveSite, with_reload
from analytics.publish.versions import is_version_name

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_COMPRESSED = {".html", ".css", ".js", ".mjs", ".json", ".xml", ".txt", ".md", ".csv", ".svg"}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a path leads to: a file of the tree, or a folder that wants a slash at its end."""

    file: Path | None = None
    location: str | None = None
    immutable: bool = False


def path_segments(path: str) -> tuple[str, ...] | None:
    """Return the decoded parts of a URL's path, or None where one could lead elsewhere.

    Decoded once; parts with a leading dot, a separator, a drive or a control character are
    refused, which covers ``..`` in every spelling and the publisher's hidden folders.
    """
    try:
        parts = [unquote_to_bytes(part).decode() for part in path.split("/")]
    except UnicodeDecodeError:
        return None
    segments = tuple(part for part in parts if part)
    if any(
        part.startswith(".") or not part.isprintable() or set(part) & set("/\\:")
        for part in segments
    ):
        return None
    return segments


def answer(root: Path, path: str) -> Answer | None:
    """Return what a URL's path leads to within a folder, or None.

    Parameters
    ----------
    root : Path
        The published tree; links that lead out of it are not followed.
    path : str
        The path as it was requested, percent-encoded, without query.
    """
    segments = path_segments(path)
    if segments is None:
        return None
    inside = root.resolve()
    try:
        target = inside.joinpath(*segments).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    if not target.is_relative_to(inside) or any(
        part.startswith(".") for part in target.relative_to(inside).parts
    ):
        return None
    if target.is_dir():
        if not path.endswith("/"):
            return Answer(location="/" + "/".join(quote(part) for part in segments) + "/")
        target = target / "index.html"
    elif path.endswith("/"):
        return None
    if not target.is_file():
        return None
    return Answer(file=target, immutable=is_version_name(segments[0]) if segments else False)


def not_found_page(root: Path, path: str) -> tuple[str, bytes] | None:
    """Return folder and content of the 404 page of the version that a path is in, or latest's."""
    segments = path_segments(path) or ()
    for folder in (*segments[:1], "latest"):
        found = answer(root, f"/{quote(folder)}/404.html")
        if found is not None and found.file is not None:
            return f"/{quote(folder)}/", found.file.read_bytes()
    return None


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_name(header: str) -> str:
    """Return the name in a Host header, without port and brackets; empty if it is malformed."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def site_server(
    public: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    allow_remote: bool = False,
    live: LiveSite | None = None,
) -> http.server.ThreadingHTTPServer:
    """Return a server of a published tree that listens already; ``serve_forever`` starts it.

    Parameters
    ----------
    public : Path
        The published tree.
    host : str
        Address or name to listen on.
    port : int
        0 takes any free one; ``server_address`` tells which.
    allow_remote : bool
        Whether an address that other machines reach may be used.
    live : LiveSite, optional
        Where the tree changes while it is served, and its pages are to follow.

    Raises
    ------
    UsageError
        If the address is not this machine's own, or cannot be listened on.
    PublishError
        If there is no such folder.
    """
    if not is_loopback(host) and not allow_remote:
        raise UsageError(
            f"{host} can be reached from other machines",
            remedy="Serve on 127.0.0.1, or allow it: --allow-remote.",
        )
    if not public.is_dir():
        raise PublishError("there is no published site", place=Place(file=str(public)))

    class Handler(_Handler):
        root = public
        local_only = not allow_remote
        live_site = live

    class Server(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing where the reader left before the answer was through."""
            if not isinstance(sys.exception(), ConnectionError | TimeoutError):
                super().handle_error(request, client_address)  # type: ignore[arg-type]

    try:
        return Server((host, port), Handler)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"cannot listen on {host}, port {port}: {error}",
            remedy="Stop what listens there, or choose another port: --port.",
        ) from error


def serve_site(
    public: Path, *, host: str = "127.0.0.1", port: int = 8000, allow_remote: bool = False
) -> None:
    """Serve a published tree until Ctrl-C; see `site_server` for parameters and errors."""
    with site_server(public, host=host, port=port, allow_remote=allow_remote) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


class _Handler(http.server.BaseHTTPRequestHandler):
    root: ClassVar[Path]
    local_only: ClassVar[bool]
    live_site: ClassVar[LiveSite | None] = None
    protocol_version = "HTTP/1.1"
    server_version = "analytics"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        # A page of another site could have its own name resolve to this machine and read along.
        if self.local_only and not is_loopback(host_name(self.headers.get("Host", ""))):
            self._send(HTTPStatus.FORBIDDEN, b"this server answers to localhost only\n", {})
            return
        path, _, query = self.path.partition("?")
        if self.live_site is not None and path in (RELOAD_SCRIPT, STATE):
            self._send_live(self.live_site, path, query)
            return
        found = answer(self.root, path)
        if found is None:
            self._send_not_found(path)
        elif found.file is None:
            location = f"{found.location}?{query}" if query else str(found.location)
            self._send(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": location})
        else:
            self._send_file(found.file, immutable=found.immutable)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a page is many requests."""

    def _send_live(self, live: LiveSite, path: str, query: str) -> None:
        if path == RELOAD_SCRIPT:
            self._send(HTTPStatus.OK, SCRIPT.encode(), {"Content-Type": TYPES[".js"]})
            return
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        state = live.state(asked.get("since", ""), asked.get("page", ""))
        self._send(HTTPStatus.OK, state, {"Content-Type": TYPES[".json"]})

    def _send_file(self, path: Path, *, immutable: bool) -> None:
        try:
            with path.open("rb") as stream:
                facts = os.fstat(stream.fileno())
                content = stream.read()
        except OSError:
            self._send_not_found(self.path)
            return
        if self.live_site is not None and path.suffix.lower() == ".html":
            content = with_reload(content)
        tag = f"{facts.st_ino:x}-{facts.st_mtime_ns:x}-{facts.st_size:x}"
        headers = {
            "Content-Type": TYPES.get(path.suffix.lower(), "application/octet-stream"),
            "Cache-Control": _FOREVER if immutable else "no-cache",
        }
        if path.suffix.lower() in _COMPRESSED:
            headers["Vary"] = "Accept-Encoding"
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                headers["Content-Encoding"] = "gzip"
                content = gzip.compress(content, mtime=0)
                tag += "-gz"
        headers["ETag"] = f'"{tag}"'
        known = {part.strip().removeprefix("W/") for part in self._header_list("If-None-Match")}
        if headers["ETag"] in known or "*" in known:
            headers.pop("Content-Encoding", None)
            self._send(HTTPStatus.NOT_MODIFIED, b"", headers)
        else:
            self._send(HTTPStatus.OK, content, headers)

    def _send_not_found(self, path: str) -> None:
        page = not_found_page(self.root, path)
        if page is None:
            text = {"Content-Type": "text/plain; charset=utf-8"}
            self._send(HTTPStatus.NOT_FOUND, b"not found\n", text)
            return
        folder, content = page
        # The page's links are relative to its version, whatever depth was asked for.
        if b"<base" not in content:
            content = content.replace(b"<head>", f'<head><base href="{folder}">'.encode(), 1)
        self._send(HTTPStatus.NOT_FOUND, content, {"Content-Type": TYPES[".html"]})

    def _header_list(self, name: str) -> list[str]:
        return self.headers.get(name, "").split(",")

    def _send(self, status: HTTPStatus, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Cache-Control" not in headers:
            self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
