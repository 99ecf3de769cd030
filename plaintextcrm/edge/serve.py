"""The pages on 127.0.0.1, for `watch --serve`: GET and HEAD, nothing outside the output folder, and events when pages change.

Other programs and other web pages on this machine can reach the port too: so the name in Host must be ours (a foreign name that
resolves to 127.0.0.1 is how a web page would read this one), Origin as well, and no other page may embed or read an answer.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import threading
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final
from urllib.parse import unquote_to_bytes

from plaintextcrm.core.errors import Refused, why

ADDRESS: Final = "127.0.0.1"
EVENTS: Final = "/events"
SCRIPT: Final = "/live.js"
HEARTBEAT: Final = 5.0  # seconds between two signs of life on /events: a client that is gone is noticed by the second
PATIENCE: Final = 20.0  # seconds for a request to be told, and between two of one connection
MOST_LISTENERS: Final = 100

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
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")


class Server:
    """The folder, served from its making until `close`. `script` is what /live.js says, and each page asks for it.

    Port 0 takes a free one. Raises Refused where the port cannot be had.
    """

    def __init__(self, folder: str, port: int, script: bytes) -> None:
        self.folder, self.script = folder, script
        self._change = threading.Condition()
        self._run = os.urandom(4).hex()
        self._count = 0
        self._news: list[tuple[int, str, str]] = []  # (number, event, data): the last few
        self._problem = ""
        self._closed = False
        self.listeners = 0
        try:
            self._http = _Http((ADDRESS, port), self)
        except (OSError, OverflowError) as error:
            raise Refused(f"port {port}: {_why(error)}: nothing is served; choose another with --port (0 takes a free one)") from None
        self.port: int = self._http.server_address[1]
        self.url = f"http://{ADDRESS}:{self.port}/"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.2,), name="ptcrm-serve", daemon=True)
        self._thread.start()

    def reload(self, pages: Iterable[str]) -> None:
        """Tell who looks that these pages (paths below the folder) changed, and that the build is well."""
        self._problem = ""
        self._tell("reload", {"pages": sorted(pages)})

    def problem(self, text: str) -> None:
        """Tell who looks, or comes to look until the next `reload`, that the build failed, and how."""
        self._problem = text
        self._tell("problem", {"text": text})

    def close(self) -> None:
        """Stop: whoever is connected is let go."""
        with self._change:
            if self._closed:
                return
            self._closed = True
            self._change.notify_all()
        self._http.shutdown()
        self._http.let_go()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def build(self) -> str:
        """The name of the state of the pages now: another after each change, and in each run."""
        return f"{self._run}-{self._count}"

    def _tell(self, event: str, facts: dict[str, object]) -> None:
        with self._change:
            self._count += 1
            self._news = [*self._news[-9:], (self._count, event, json.dumps({"build": self.build(), **facts}))]
            self._change.notify_all()

    def listen(self, send: _Send) -> None:
        """Send every event from now on, first what holds now, until the client or the server is gone. Raises OSError."""
        with self._change:
            if self.listeners >= MOST_LISTENERS:
                raise _Refused(503)
            self.listeners += 1
            seen = self._count
            hello = json.dumps({"build": self.build(), "problem": self._problem})
        try:
            send.begin()
            send.text(f"retry: 500\n\nevent: hello\ndata: {hello}\n\n")
            beat = time.monotonic() + HEARTBEAT
            while True:
                with self._change:
                    if not self._closed and self._count == seen:
                        self._change.wait(max(0.0, beat - time.monotonic()))
                    if self._closed:
                        return
                    if self._count - seen > len(self._news):  # too slow: a new hello says that everything may be new
                        return
                    news = [(event, data) for number, event, data in self._news if number > seen]
                    seen = self._count
                for event, data in news:
                    send.text(f"event: {event}\ndata: {data}\n\n")
                if time.monotonic() >= beat:
                    send.text(": still here\n\n")
                    beat = time.monotonic() + HEARTBEAT
        finally:
            with self._change:
                self.listeners -= 1

    def names(self) -> tuple[str, ...]:
        """What Host may say."""
        port = f":{self.port}"
        return (f"{ADDRESS}{port}", f"localhost{port}", *((ADDRESS, "localhost") if self.port == 80 else ()))


def _why(error: Exception) -> str:
    if not isinstance(error, OSError):
        return "is no port"
    if error.errno == errno.EADDRINUSE:
        return "is in use by another program"
    return why(error)


class _Refused(Exception):
    """A request that is answered with a code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    allow_reuse_address = os.name != "nt"  # there it would let two programs have one port

    def __init__(self, address: tuple[str, int], site: Server) -> None:
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
    server: _Http
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
        except _Refused as refused:
            self.close_connection = True
            self.send_error(refused.code)
            return False
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # its body is not read, and must not be taken for the next request
        return True

    def _allowed(self) -> None:
        if self.command not in ("GET", "HEAD"):
            raise _Refused(405)
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or self.request_version == "HTTP/0.9":
            raise _Refused(400)
        names = self.server.site.names()
        if hosts[0].strip().lower() not in names:
            raise _Refused(421)
        ours = tuple(f"http://{name}" for name in names)
        if any(origin.strip().lower() not in ours for origin in self.headers.get_all("Origin", [])):
            raise _Refused(403)
        fetched_from, how = self.headers.get("Sec-Fetch-Site", "none"), self.headers.get("Sec-Fetch-Mode", "navigate")
        if fetched_from not in ("none", "same-origin") and how != "navigate":
            raise _Refused(403)

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
                parts = _parts(path)
                data = _read(self.server.site.folder, parts)
                kind = TYPES.get(os.path.splitext(parts[-1])[1].lower(), "application/octet-stream")
                self._answer(200, kind, self._live(data) if kind == TYPES[".html"] else data)
        except _Refused as refused:
            self.send_error(refused.code)

    do_HEAD = do_GET

    def _events(self) -> None:
        self.close_connection = True
        if self.command == "HEAD":
            self._begin("text/event-stream; charset=utf-8", None)
            return
        self.server.site.listen(_Send(self))

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


class _Send:
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


# --- files ---------------------------------------------------------------------------------------------------------


def _parts(path: str) -> tuple[str, ...]:
    """The names on the way to a file below the folder. Raises _Refused where a path is none, or leads elsewhere, or is hidden."""
    if not path.startswith("/"):
        raise _Refused(400)
    try:
        plain = unquote_to_bytes(path).decode()
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise _Refused(400) from None
    if any(letter < " " or letter in "\x7f\\" for letter in plain):
        raise _Refused(400)
    parts = ("index.html",) if plain == "/" else tuple(plain[1:].split("/"))
    if any(part[:1] in ("", ".") for part in parts) or (os.name == "nt" and ":" in plain):
        raise _Refused(404)
    return parts


def _read(folder: str, parts: tuple[str, ...]) -> bytes:
    """A regular file below the folder, reached through no link. Raises _Refused."""
    held: list[int] = []
    try:
        if _BY_DESCRIPTOR:
            at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            held.append(at)
            for part in parts[:-1]:
                at = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
                held.append(at)
            descriptor = os.open(parts[-1], _FLAGS, dir_fd=at)
        else:
            path = os.path.join(folder, *parts)
            if os.path.realpath(path) != os.path.join(os.path.realpath(folder), *parts):
                raise _Refused(404)
            descriptor = os.open(path, _FLAGS)
        held.append(descriptor)
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise _Refused(404)
        chunks = []
        while chunk := os.read(descriptor, max(facts.st_size + 1, 4096)):
            chunks.append(chunk)
        return b"".join(chunks)
    except (OSError, ValueError):
        raise _Refused(404) from None
    finally:
        for number in held:
            os.close(number)
