"""`ptcrm news` against a server on 127.0.0.1: feeds that are right, odd, slow, huge, gone, and none at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from plaintextcrm.core import news
from plaintextcrm.core.news import Item
from plaintextcrm.edge import feeds
from tests.inside import Said, inside
from tests.make import contact, ptcrm, vault

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Ada's notes</title>
{entries}
</feed>"""
RSS = """<?xml version="1.0" encoding="iso-8859-1"?>
<rss version="2.0"><channel><title>News</title>
<item><title>\xc1gnes K\xf6nig opens a &lt;b&gt;bakery&lt;/b&gt;</title><link>https://example.org/bakery</link><guid>1</guid>
<pubDate>Thu, 19 Nov 2026 08:00:00 GMT</pubDate></item>
<item><title>Rain</title><link>javascript:alert(1)</link></item>
</channel></rss>"""


def entry(number: int, title: str = "", day: str = "2026-11-18") -> str:
    return (
        f"<entry><id>urn:{number}</id><title>{title or f'Note {number}'}</title><link href='https://example.org/{number}'/>"
        f"<updated>{day}T10:00:00Z</updated></entry>"
    )


Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Paths and what they answer; what was asked, with the headers."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, dict(self.headers)))
                answer = server.answers.get(self.path)
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.http.server_port}{path}"

    def says(self, path: str, text: str | bytes, **headers: str) -> str:
        data = text.encode() if isinstance(text, str) else text

        def answer(to: BaseHTTPRequestHandler) -> None:
            if headers.get("ETag") and to.headers.get("If-None-Match") == headers["ETag"]:
                to.send_response(304)
                to.end_headers()
                return
            to.send_response(200)
            for name, value in headers.items():
                to.send_header(name, value)
            to.send_header("Content-Length", str(len(data)))
            to.end_headers()
            try:
                to.wfile.write(data)
            except OSError:
                pass  # the reader had enough

        self.answers[path] = answer
        return self.url(path)


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.http.shutdown()
    one.http.server_close()


def people(folder: Path, **feeds: str) -> Path:
    files = {slug: f"---\nname: {slug.title()} King\nfeeds: {feed}\n---\n" for slug, feed in feeds.items()}
    return vault(folder / "vault", files)


def rows(said: Said) -> list[dict[str, object]]:
    assert said.code == 0, said
    return list(json.loads(said.out)["rows"])


def titles(said: Said) -> list[object]:
    return [row["title"] for row in rows(said)]


def test_of_a_feed_seen_for_the_first_time_the_newest_three_then_only_what_is_new(server: Server, tmp_path: Path) -> None:
    feed = server.says("/a", ATOM.format(entries="".join(entry(n, day=f"2026-11-{n + 10}") for n in range(5))))
    root = people(tmp_path, ada=feed)
    assert titles(inside(root, "news", "--json")) == ["Note 4", "Note 3", "Note 2"]
    assert titles(inside(root, "news", "--json")) == []
    server.says("/a", ATOM.format(entries="".join(entry(n, day=f"2026-11-{n + 10}") for n in range(7))))
    assert titles(inside(root, "news", "--json")) == ["Note 6", "Note 5"]
    assert len(titles(inside(root, "news", "--again", "--json"))) == 7
    assert titles(inside(root, "news", "--json")) == []


def test_a_server_is_asked_whether_anything_changed(server: Server, tmp_path: Path) -> None:
    feed = server.says("/a", ATOM.format(entries=entry(1)), ETag='"x1"')
    root = people(tmp_path, ada=feed)
    assert len(rows(inside(root, "news", "--json"))) == 1
    assert rows(inside(root, "news", "--json")) == []
    assert server.asked[-1][1]["If-None-Match"] == '"x1"'
    assert len(rows(inside(root, "news", "--again", "--json"))) == 1


def test_charset_markup_and_dates_of_rss_and_no_script_for_a_link(server: Server, tmp_path: Path) -> None:
    root = vault(tmp_path / "vault", {"agnes": f"---\nname: Ágnes König\nfeeds: {server.says('/r', RSS.encode('latin-1'))}\n---\n"})
    first, second = rows(inside(root, "news", "--json"))
    assert (first["title"], first["on"], first["link"], first["names_them"]) == (
        "Ágnes König opens a bakery", "2026-11-19", "https://example.org/bakery", True,
    )  # fmt: skip
    assert (second["title"], second["on"], second["link"], second["names_them"]) == ("Rain", None, None, False)


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Ada King wins", True),
        ("ÁDA KING", True),
        ("An interview with Countess Lovelace", True),
        ("Adaking", False),
        ("King Ada", False),
        ("", False),
    ],
)
def test_a_title_names_somebody_by_whole_words_of_a_name(title: str, named: bool) -> None:
    assert news.names_them(title, contact("name: Ada King", "aliases: [Countess Lovelace]")) is named


def test_who_is_named_comes_first_then_the_newest(server: Server, tmp_path: Path) -> None:
    entries = entry(1, "Weather", "2026-11-20") + entry(2, "Ada King speaks", "2026-01-02")
    root = people(tmp_path, ada=server.says("/a", ATOM.format(entries=entries)))
    assert titles(inside(root, "news", "--json")) == ["Ada King speaks", "Weather"]


def test_files_that_cannot_be_read_are_named(server: Server, tmp_path: Path) -> None:
    """Feeds below a mistake in the front matter may be missed, and nothing said so."""
    feed = server.says("/a", ATOM.format(entries=entry(1)))
    root = people(tmp_path, ada=feed)
    (root / "contacts/bob.md").write_text(f"---\nname: [Bob\nfeeds: {feed}\n---\n")
    (root / "contacts/eve.md").mkdir()
    for words in ((), ("--format", "table")):
        said = inside(root, "news", "--again", *words)
        assert said.code == 0
        assert said.err.startswith("contacts/bob.md:2:"), said
    found = json.loads(inside(root, "news", "--again", "--json").out)
    assert [problem["path"] for problem in found["problems"]] == ["contacts/bob.md", "contacts/eve.md"]


def test_a_feed_that_fails_is_a_line_and_the_others_are_read(server: Server, tmp_path: Path) -> None:
    good = server.says("/a", ATOM.format(entries=entry(1)))
    html, broken = server.says("/h", "<html><body>Hello"), server.says("/b", "<rss><channel><item><title>half")
    gone = server.url("/gone")
    closed = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    refused = f"http://127.0.0.1:{closed.server_port}/x"
    closed.server_close()
    root = people(tmp_path, ada=good, ben=html, cleo=gone, dora=refused, eve="file:///etc/passwd", finn=broken)
    said = inside(root, "news", "--json")
    assert titles(said) == ["Note 1"]
    lines = said.err.splitlines()
    assert f"contacts/ben.md: {html}: is no feed (RSS or Atom)" in lines
    assert f"contacts/cleo.md: {gone}: the server says 404 not found" in lines
    assert f"contacts/dora.md: {refused}: connection refused" in lines
    assert "contacts/eve.md: file:///etc/passwd: is no address of the web: write it like https://example.org/feed.xml" in lines
    assert len(json.loads(said.out)["failed"]) == 4


def test_a_server_may_send_us_on_but_not_to_a_file(server: Server, tmp_path: Path) -> None:
    server.says("/a", ATOM.format(entries=entry(1)))

    def moved(where: str) -> Answer:
        def answer(to: BaseHTTPRequestHandler) -> None:
            to.send_response(302)
            to.send_header("Location", where)
            to.end_headers()

        return answer

    server.answers["/on"], server.answers["/file"] = moved(server.url("/a")), moved("file:///etc/passwd")
    root = people(tmp_path, ada=server.url("/on"), ben=server.url("/file"))
    said = inside(root, "news", "--json")
    assert titles(said) == ["Note 1"]
    assert said.err.count("contacts/ben.md") == 1
    assert "root:" not in said.out + said.err


def test_a_slow_server_and_a_huge_answer_end_in_time(server: Server) -> None:
    def drip(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        try:
            for _ in range(200):
                to.wfile.write(b"<!-- -->")
                to.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    server.answers["/slow"] = drip
    server.answers["/mute"] = lambda to: time.sleep(3)
    huge = server.says("/huge", b"<rss>" + b" " * (feeds.LARGEST + 1))
    start = time.monotonic()
    slow, mute, large = feeds.fetch([server.url("/slow"), server.url("/mute"), huge], {}, seconds=1)
    assert time.monotonic() - start < 9  # the slow one goes on for ten seconds
    assert (slow.reason, mute.reason) == ("takes too long", "no answer within 1 seconds")
    assert large.reason == "is larger than 4,000,000 bytes"


def test_a_bomb_of_entities_is_bounded() -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{levels}]><rss version="2.0"><channel><item><title>&a11;</title></item></channel></rss>'
    start = time.process_time()
    found = news.parse(bomb.encode())
    assert time.process_time() - start < 30  # unbounded it would be days
    assert all(len(item.title) <= news.LONGEST for item in found or ())


def test_control_characters_of_a_title_never_reach_the_terminal(server: Server, tmp_path: Path) -> None:
    root = people(tmp_path, ada=server.says("/a", ATOM.format(entries=entry(1, "a\u202eb&#x9b;31m\u200b"))))
    for words in (["--format", "table"], ["--again", "--json"], ["--again", "--format", "plain"], ["--again", "--format", "csv"]):
        said = inside(root, "news", *words)
        assert not any(char in said.out for char in "\u202e\x9b\x1b"), words


def test_the_archived_are_not_looked_up_unless_named(server: Server, tmp_path: Path) -> None:
    feed = server.says("/a", ATOM.format(entries=entry(1)))
    root = vault(tmp_path / "vault", {"ada": f"---\nname: Ada King\nstatus: archived\nfeeds: [{feed}]\n---\n"})
    assert rows(inside(root, "news", "--json")) == []
    assert not server.asked
    assert len(rows(inside(root, "news", "ada", "--json"))) == 1


def test_one_feed_of_two_people_is_fetched_once_and_told_of_both(server: Server, tmp_path: Path) -> None:
    feed = server.says("/a", ATOM.format(entries=entry(1)))
    said = inside(people(tmp_path, ada=feed, ben=feed), "news", "--json")
    assert [row["id"] for row in rows(said)] == ["ada", "ben"]
    assert len(server.asked) == 1


def test_other_commands_never_ask_the_network_and_nothing_is_kept_in_the_vault(server: Server, tmp_path: Path) -> None:
    root = people(tmp_path, ada=server.says("/a", ATOM.format(entries=entry(1))))
    before = sorted(root.rglob("*"))
    for words in (["due"], ["show", "ada"], ["list"], ["check"]):
        inside(root, *words)
    assert not server.asked
    inside(root, "news")
    assert sorted(root.rglob("*")) == before


def test_nobody_with_a_feed_and_nothing_new_are_said_in_words(server: Server, tmp_path: Path) -> None:
    assert "Nobody's file names a feed yet." in inside(vault(tmp_path / "empty", {}), "news", "--format", "table").out
    root = people(tmp_path, ada=server.says("/a", ATOM.format(entries=entry(1))))
    shown = inside(root, "news", "--format", "table").out
    assert "Ada King" in shown
    assert "ptcrm write ada" in shown
    assert inside(root, "news", "--format", "table").out == "Nothing new.\n"


def test_the_real_command_in_eighty_columns(server: Server, tmp_path: Path) -> None:
    title = "A very long title about nothing much at all, " * 6
    root = people(tmp_path, ada=server.says("/a", ATOM.format(entries=entry(1, title))))
    ran = ptcrm(root, "news", "--format", "table")
    assert ran.code == 0, ran
    assert max(map(len, ran.out.splitlines())) <= 80


def test_what_was_seen_is_bounded_and_a_damaged_memory_is_none(tmp_path: Path) -> None:
    items = [Item(str(number), "x", "") for number in range(400)]
    assert len(news.seen_after(items, [f"old {number}" for number in range(400)])) == news.MOST_SEEN
    (tmp_path / feeds.FILE).write_text('{"a": [1]')
    assert feeds.recall(feeds.Path(tmp_path)) == {}


def test_items_without_a_day_come_last_and_doubles_are_one() -> None:
    items = [Item("a", "A", ""), Item("b", "B", "", date(2026, 1, 1)), Item("a", "again", "")]
    assert [item.title for item in news.fresh(items, ())] == ["B", "A"]
