"""Requests to the pages, and their answers: GET and HEAD, nothing outside the output folder.

Other programs and other web pages on this machine can reach the port too: so the name in Host must be ours (a foreign name that
resolves to 127.0.0.1 is how a web page would read this one), Origin as well, and no other page may embed or read an answer.
"""

from __future__ import annotations

import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Protocol

from plaintextcrm.edge.served import NotServed, parts_of, read

ADDRESS: Final = "127.0.0.1"
EVENTS: Final = "/events"
SCRIPT: Final = "/live.js"
PATIENCE: Final = 20.0  # seconds for a request to be told, and between two of one connection

HEADERS: Final = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".ico": "image/x-icon",
}
_SAID = {
    400: "this request cannot be understood",
    403: "this page may not ask that",
    404: "there is no such page",
    405: "only GET and HEAD",
    421: "this is not served under that name",
    503: "too many are listening already",
}


class Site(Protocol):
    """What is served: the folder, what /live.js says, and who listens for events."""

    folder: str
    script: bytes

    def names(self) -> tuple[str, ...]:
        """What Host may say."""

    def build(self) -> str:
        """The name of the state of the pages now."""

    def listen(self, send: Send) -> None:
        """Send every event until the client or the server is gone. Raises OSError, and NotServed where too many listen."""


class Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    allow_reuse_address = os.name != "nt"  # there it would let two programs have one port

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        self.site = site
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Request)

    def server_bind(self) -> None:
        """As its parent's parent does: its parent asks the network for the name of the host."""
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = ADDRESS, self.server_address[1]

    def process_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def let_go(self) -> None:
        """End every connection that is still open."""
        with self._lock:
            for request in self._open:
                try:
                    request.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Request(BaseHTTPRequestHandler):
    server: Http
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ptcrm", ""
    timeout = PATIENCE
    wbufsize = -1  # an answer leaves in one piece
    disable_nagle_algorithm = True

    # -- what is asked --

    def parse_request(self) -> bool:
        """The request line and the headers; one that may not be asked is answered here."""
        self.headers_sent = False
        if not super().parse_request():
            return False
        try:
            self._allowed()
        except NotServed as refused:
            self.close_connection = True
            self.send_error(refused.code)
            return False
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # its body is not read, and must not be taken for the next request
        return True

    def _allowed(self) -> None:
        if self.command not in ("GET", "HEAD"):
            raise NotServed(405)
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or self.request_version == "HTTP/0.9":
            raise NotServed(400)
        names = self.server.site.names()
        if hosts[0].strip().lower() not in names:
            raise NotServed(421)
        ours = tuple(f"http://{name}" for name in names)
        if any(origin.strip().lower() not in ours for origin in self.headers.get_all("Origin", [])):
            raise NotServed(403)
        fetched_from, how = self.headers.get("Sec-Fetch-Site", "none"), self.headers.get("Sec-Fetch-Mode", "navigate")
        if fetched_from not in ("none", "same-origin") and how != "navigate":
            raise NotServed(403)

    def do_GET(self) -> None:
        """One page, the script, or the events."""
        path = self.path.partition("?")[0].partition("#")[0]
        try:
            if path == EVENTS:
                self._events()
            elif path == SCRIPT:
                self._answer(200, TYPES[".js"], self.server.site.script)
            elif path == "/favicon.ico":  # browsers ask for it whatever a page says: nothing, and nothing in their console
                self._begin(TYPES[".txt"], None, 204)
            else:
                parts = parts_of(path)
                data = read(self.server.site.folder, parts)
                kind = TYPES.get(os.path.splitext(parts[-1])[1].lower(), "application/octet-stream")
                self._answer(200, kind, self._live(data) if kind == TYPES[".html"] else data)
        except NotServed as refused:
            self.send_error(refused.code)

    do_HEAD = do_GET

    def _events(self) -> None:
        self.close_connection = True
        if self.command == "HEAD":
            self._begin("text/event-stream; charset=utf-8", None)
            return
        self.server.site.listen(Send(self))

    def _live(self, page: bytes) -> bytes:
        """The page, asking for the script and saying of which build it is."""
        tag = f'<script src="{SCRIPT}" data-build="{self.server.site.build()}" defer></script>\n'.encode()
        before, end, after = page.rpartition(b"</body>")
        return before + tag + end + after if end else page + tag

    # -- what is answered --

    def _begin(self, kind: str, length: int | None, code: int = 200) -> None:
        self.send_response(code)
        for name, value in HEADERS:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if code == 405:
            self.send_header("Allow", "GET, HEAD")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _answer(self, code: int, kind: str, data: bytes) -> None:
        self._begin(kind, len(data), code)
        if self.command != "HEAD":
            self.wfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A line of text; nothing of what was asked is in it."""
        code = 405 if code == 501 else int(code)
        if code not in (404, 405):
            self.close_connection = True
        if getattr(self, "request_version", "") == "HTTP/0.9":
            self.request_version = "HTTP/1.0"  # so that it gets headers
        data = f"{_SAID.get(code, self.responses.get(code, ('no',))[0].lower())}\n".encode()
        self._answer(code, TYPES[".txt"], data)

    def version_string(self) -> str:
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal is for what was built."""


class Send:
    """Writes events to one client."""

    def __init__(self, request: _Request) -> None:
        self.request = request

    def begin(self) -> None:
        """The headers."""
        self.request._begin("text/event-stream; charset=utf-8", None)

    def text(self, text: str) -> None:
        """Raises OSError where the client is gone."""
        self.request.wfile.write(text.encode())
        self.request.wfile.flush()
