"""The pages on 127.0.0.1: what may be asked, by whom, and what is told when pages change."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plaintextcrm.core.errors import Refused
from plaintextcrm.core.pages.addresses import page_name
from plaintextcrm.edge import answers, serve
from plaintextcrm.edge.serve import Server
from plaintextcrm.edge.site import open_output

PAGE = b"<!doctype html>\n<!-- made by ptcrm build -->\n<html><body><main><h1>Today</h1></main></body></html>\n"
SCRIPT = b'"use strict";\n'
LIVE = Path(__file__).parents[2] / "plaintextcrm" / "render" / "static" / "live.js"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pages, with things in and around it that must never be served."""
    base = tmp_path_factory.mktemp("serve")
    (base / "secret.html").write_bytes(b"SECRET")
    site = base / "site"
    (site / "contacts").mkdir(parents=True)
    (site / ".git").mkdir()
    for name in ("index.html", "people.html", "contacts/ada.html", "contacts/李小龙.html"):
        (site / name).write_bytes(PAGE)
    (site / "no-end.html").write_bytes(b"<p>no end")
    (site / "style.css").write_bytes(b"body{}")
    (site / "due.ics").write_bytes(b"BEGIN:VCALENDAR")
    (site / "site.json").write_bytes(b"{}")
    (site / "x.bin").write_bytes(b"\0")
    (site / ".ptcrm-site").write_bytes(b"SECRET")
    (site / ".git" / "config").write_bytes(b"SECRET")
    if os.name == "posix":
        (site / "out.html").symlink_to(base / "secret.html")
        (site / "up").symlink_to(base)
        os.mkfifo(site / "pipe.html")
    return site


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with Server(str(folder), 0, SCRIPT) as running:
        yield running


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request through the standard library; `Sec_Fetch_Site` is the header Sec-Fetch-Site."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


def raw(server: Server, request: bytes) -> bytes:
    """What comes back for these very bytes, until the server ends the connection or says nothing for a while."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while chunk := connection.recv(65536):
                found += chunk
        except ConnectionResetError:
            pass
        return found


# --- pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/contacts/ada.html?x=1", "text/html; charset=utf-8"),
        (quote("/contacts/李小龙.html"), "text/html; charset=utf-8"),
        ("/contacts%2Fada.html", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/due.ics", "text/calendar; charset=utf-8"),
        ("/site.json", "application/json; charset=utf-8"),
        ("/live.js", "text/javascript; charset=utf-8"),
        ("/x.bin", "application/octet-stream"),
    ],
)
def test_what_is_there_is_served_with_its_type_and_all_the_headers(server: Server, path: str, kind: str) -> None:
    answer = ask(server, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    for name, value in answers.HEADERS:
        assert answer.headers[name] == value
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.headers["Server"] == "ptcrm"


def test_pages_ask_for_the_script_and_the_files_do_not(server: Server, folder: Path) -> None:
    body = ask(server, "/").body
    assert body == PAGE.replace(b"</body>", f'<script src="/live.js" data-build="{server.build()}" defer></script>\n</body>'.encode())
    assert (folder / "index.html").read_bytes() == PAGE
    assert b'src="/live.js"' in ask(server, "/no-end.html").body
    assert ask(server, "/style.css").body == b"body{}"
    assert ask(server, "/live.js").body == SCRIPT


def test_head_says_what_get_says_without_the_page(server: Server) -> None:
    got, told = ask(server, "/"), ask(server, "/", "HEAD")
    assert told.body == b""
    assert {**told.headers, "Date": ""} == {**got.headers, "Date": ""}
    assert ask(server, "/nothing.html", "HEAD").status == 404
    assert ask(server, "/events", "HEAD").headers["Content-Type"].startswith("text/event-stream")


def test_one_connection_serves_several_requests(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    for path, status in (("/", 200), ("/nothing.html", 404), ("/people.html", 200)):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()


def test_any_page_of_an_id_can_be_asked_for(server: Server, tmp_path: Path) -> None:
    output = open_output("site", str(tmp_path))
    ids = ["Ada King", "../x", "work/bob", "zoë", "a%2e%2e/b", "%00", "x#y?z"]
    paths = [f"contacts/{page_name(id)}.html" for id in ids]
    output.write([(path, PAGE) for path in paths])
    with Server(str(tmp_path / "site"), 0, SCRIPT) as other:
        assert [ask(other, "/" + quote(path)).status for path in paths] == [200] * len(ids)


# --- what may not be asked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "get"])
def test_only_get_and_head(server: Server, method: str) -> None:
    answer = ask(server, "/", method)
    assert (answer.status, answer.headers["Allow"], answer.headers["Connection"]) == (405, "GET, HEAD", "close")


@pytest.mark.parametrize(
    "path",
    [
        "/contacts", "/contacts/", "/.git/config", "/.ptcrm-site", "/%2eptcrm-site", "/nothing.html", "/contacts//ada.html", "/index.html/",
        "/../secret.html", "/contacts/../../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/contacts/%2e%2e/%2e%2e/secret.html",
        "/%252e%252e/secret.html", "/..\\secret.html", "/%5c..%5csecret.html", "/index.html%00", "/%00", "/index.html%0d%0aX: y", "/%ff%fe",
        "/out.html", "/up/secret.html", "/up/site/index.html", "/pipe.html", "/" + "a" * 5000, "/" + "a/" * 2000,
    ],
)  # fmt: skip
def test_nothing_else_is_served(server: Server, path: str) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] in (b"400", b"404")
    assert b"SECRET" not in answer
    assert b"X-Frame-Options: DENY" in answer


@given(st.text(max_size=30), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_path_leads_to_a_secret(server: Server, path: str, escaped: bool) -> None:
    sent = quote(path) if escaped else "".join(letter for letter in path if letter.isprintable() and letter != " ")
    assume(not unquote(sent).startswith("events"))  # an answer without an end
    answer = raw(server, f"GET /{sent} HTTP/1.1\r\nHost: localhost:{server.port}\r\nConnection: close\r\n\r\n".encode("utf-8", "ignore"))
    assert answer.split()[1] in (b"200", b"400", b"404")
    assert b"SECRET" not in answer


@pytest.mark.parametrize("path", ["http://127.0.0.1/index.html", "*", "index.html", "127.0.0.1:80"])
def test_a_target_that_is_no_path_is_refused(server: Server, path: str) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] == b"400"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1:{}.evil.example", "", "[::1]:{}"]
)
def test_another_name_for_this_machine_is_refused(server: Server, host: str) -> None:
    assert ask(server, "/", Host=host.format(server.port)).status == 421
    assert ask(server, "/events", Host=host.format(server.port)).status == 421


def test_our_names_are_served(server: Server) -> None:
    for host in (f"127.0.0.1:{server.port}", f"localhost:{server.port}", f"LOCALHOST:{server.port}"):
        assert ask(server, "/", Host=host).status == 200
        assert ask(server, "/", Origin=f"http://{host.lower()}").status == 200


def test_another_page_may_not_ask(server: Server) -> None:
    for origin in (
        "http://evil.example",
        "null",
        f"https://127.0.0.1:{server.port}",
        "http://127.0.0.1",
        f"http://127.0.0.1:{server.port + 1}",
    ):
        assert ask(server, "/", Origin=origin).status == 403
        assert ask(server, "/events", Origin=origin).status == 403
    assert ask(server, "/site.json", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403
    assert ask(server, "/site.json", Sec_Fetch_Site="same-site", Sec_Fetch_Mode="cors").status == 403
    assert ask(server, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 200
    assert ask(server, "/style.css", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="no-cors").status == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.0\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: HERE\r\nHost: HERE\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: HERE\r\nHost: evil.example\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\nHost: HERE\r\n\r\n", b"505"),
        (b"GET / nonsense\r\nHost: HERE\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: HERE\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: HERE\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_request_of_a_browser_is_refused(server: Server, request_: bytes, status: bytes) -> None:
    answer = raw(server, request_.replace(b"HERE", f"127.0.0.1:{server.port}".encode()))
    assert answer.split(b" ")[1] == status
    assert answer.count(b"HTTP/1.") == 1
    assert b"X-Content-Type-Options: nosniff" in answer


def test_a_request_without_headers_gets_no_page(server: Server) -> None:
    assert b"Today" not in raw(server, b"GET /\r\n\r\n")
    assert b"Today" not in raw(server, b"GET /\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.port)


def test_a_body_is_not_taken_for_the_next_request(server: Server) -> None:
    host = f"127.0.0.1:{server.port}"
    inner = f"GET /people.html HTTP/1.1\r\nHost: {host}\r\n\r\n"
    for header in (f"Content-Length: {len(inner)}", "Transfer-Encoding: chunked"):
        answer = raw(server, f"GET / HTTP/1.1\r\nHost: {host}\r\n{header}\r\n\r\n{inner}".encode())
        assert answer.count(b"HTTP/1.1 ") == 1


def test_an_error_repeats_nothing_of_the_request(server: Server) -> None:
    answer = ask(server, "/<script>alert(1)</script>.html")
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (404, b"there is no such page\n", "text/plain; charset=utf-8")


def test_it_listens_on_this_machine_only(server: Server) -> None:
    assert server._http.server_address[0] == "127.0.0.1"
    with pytest.raises(OSError, match=r"refused|timed out|unreachable|assign|not supported"):
        socket.create_connection(("::1", server.port), timeout=0.5)


def test_a_port_in_use_is_one_clear_line(server: Server, folder: Path) -> None:
    with pytest.raises(Refused) as caught:
        Server(str(folder), server.port, SCRIPT)
    assert str(caught.value) == (
        f"port {server.port}: is in use by another program: nothing is served; choose another with --port (0 takes a free one)"
    )
    with pytest.raises(Refused, match="is no port"):
        Server(str(folder), 99999, SCRIPT)


# --- events --------------------------------------------------------------------------------------------------------


class Listener:
    """One client of /events."""

    def __init__(self, server: Server) -> None:
        self.connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
        self.connection.request("GET", "/events")
        self.answer = self.connection.getresponse()

    def next(self) -> tuple[str, dict[str, object]]:
        """The next event and its data; signs of life are skipped."""
        event = ""
        while line := self.answer.readline().decode():
            if line.startswith("event: "):
                event = line[7:-1]
            elif line.startswith("data: "):
                return event, json.loads(line[6:])
        return "end", {}


@contextmanager
def listening(server: Server) -> Iterator[Listener]:
    listener = Listener(server)
    try:
        yield listener
    finally:
        listener.connection.close()
        listener.answer.close()


def test_whoever_looks_is_told_what_changed_and_what_failed(folder: Path) -> None:
    with Server(str(folder), 0, SCRIPT) as server, listening(server) as one, listening(server) as other:
        assert one.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert one.answer.headers["Cache-Control"] == "no-store"
        first = server.build()
        for listener in (one, other):
            assert listener.next() == ("hello", {"build": first, "problem": ""})
        server.problem("ptcrm.toml:3: not <b>readable</b>\nat all")
        server.reload(["people.html", "index.html"])
        for listener in (one, other):
            event, data = listener.next()
            assert (event, data["text"]) == ("problem", "ptcrm.toml:3: not <b>readable</b>\nat all")
            assert listener.next() == ("reload", {"build": server.build(), "pages": ["index.html", "people.html"]})
        assert server.build() != first


def test_who_comes_while_the_build_is_broken_is_told_so(folder: Path) -> None:
    with Server(str(folder), 0, SCRIPT) as server:
        server.problem("broken")
        with listening(server) as listener:
            assert listener.next() == ("hello", {"build": server.build(), "problem": "broken"})
        assert f'data-build="{server.build()}"'.encode() in ask(server, "/").body
        server.reload([])
        with listening(server) as listener:
            assert listener.next()[1]["problem"] == ""


def test_a_change_is_told_at_once(folder: Path) -> None:
    took = []
    with Server(str(folder), 0, SCRIPT) as server, listening(server) as listener:
        listener.next()
        for _ in range(5):
            begun = time.perf_counter()
            server.reload(["index.html"])
            assert listener.next()[0] == "reload"
            took.append(time.perf_counter() - begun)
    assert min(took) < 0.2, took


def test_clients_that_vanish_are_dropped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "HEARTBEAT", 0.05)
    with Server(str(folder), 0, SCRIPT) as server:
        for _ in range(5):
            with listening(server) as listener:
                listener.next()
        until = time.monotonic() + 5
        while server.listeners and time.monotonic() < until:
            time.sleep(0.02)
        assert server.listeners == 0


def test_too_many_listeners_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "MOST_LISTENERS", 2)
    with Server(str(folder), 0, SCRIPT) as server, listening(server) as one, listening(server) as other:
        assert one.next()[0] == other.next()[0] == "hello"
        assert ask(server, "/events").status == 503
        assert ask(server, "/").status == 200


def test_closing_is_quick_though_clients_are_connected(folder: Path) -> None:
    before = threading.active_count()
    server = Server(str(folder), 0, SCRIPT)
    listeners = [Listener(server) for _ in range(3)]
    idle = HTTPConnection("127.0.0.1", server.port, timeout=5)
    idle.request("GET", "/")
    idle.getresponse().read()
    half = socket.create_connection(("127.0.0.1", server.port))
    half.sendall(b"GET / HT")
    for listener in listeners:
        listener.next()
    begun = time.monotonic()
    server.close()
    server.close()
    assert time.monotonic() - begun < 4
    assert [listener.next()[0] for listener in listeners] == ["end"] * 3
    for listener in listeners:
        listener.answer.close()
        listener.connection.close()
    idle.close()
    half.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
    until = time.monotonic() + 3
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_the_port_can_be_had_again_at_once(folder: Path) -> None:
    with Server(str(folder), 0, SCRIPT) as server:
        port = server.port
        assert ask(server, "/").status == 200
    with Server(str(folder), port, SCRIPT) as server:
        assert ask(server, "/").status == 200


def test_hostile_clients_print_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Server(str(folder), 0, SCRIPT) as server:
        for request in (b"\r\n\r\n", b"GET", b"\x00" * 100, b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n"):
            raw(server, request)
        with socket.create_connection(("127.0.0.1", server.port)) as gone:
            gone.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        server.reload(["index.html"])
        server.reload(["index.html"])
        time.sleep(0.05)
        assert ask(server, "/").status == 200
    assert capfd.readouterr() == ("", "")


# --- the script ----------------------------------------------------------------------------------------------------


def test_the_script_puts_no_text_into_the_page_as_html() -> None:
    text = LIVE.read_text(encoding="utf-8")
    assert not [word for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(") if word in text]
