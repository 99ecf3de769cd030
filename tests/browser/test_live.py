"""`ptcrm watch --serve`: a save is on the page in the time of a blink, and where one was reading stays."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.browser.looking import Looker, Site
from tests.make import environment

HERE = Path(__file__).parents[2]
Looking = Callable[..., Looker]
WAIT = 20.0  # seconds for a process to come up
BLINK = 1.0


class Watching:
    """`ptcrm watch --serve` on a vault, as a process of its own."""

    def __init__(self, vault: Path, out: Path, home: Path) -> None:
        home.mkdir(exist_ok=True)
        words = ["-C", str(vault), "--today", "2026-11-21", "watch", "--serve", "--port", "0", "--out", str(out)]
        self.vault, self.out = vault, out
        self.process = subprocess.Popen(
            [sys.executable, "-m", "plaintextcrm", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(home),
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.url = self.said(r"serving on (\S+)")[1].rstrip("/")
        self.said("watching; Ctrl-C ends it")

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)

    def said(self, pattern: str) -> re.Match[str]:
        """Wait until it has said this."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            found = re.search(pattern, "".join(self.lines))
            if found:
                return found
            assert self.process.poll() is None, self.lines
            time.sleep(0.02)
        raise AssertionError((pattern, self.lines))

    def end(self) -> int:
        """As Ctrl-C ends it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(60)  # seconds: the machine may be busy
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(10)
        self.reader.join(5)
        assert self.process.stdout
        self.process.stdout.close()
        return code


@pytest.fixture
def watching(tmp_path: Path, browser: Any) -> Iterator[Watching]:
    """The example vault, watched."""
    people = Path(shutil.copytree(HERE / "example-vault", tmp_path / "people"))
    found = Watching(people, tmp_path / "out", tmp_path / "home")
    yield found
    found.end()


def opened(look: Looking, watching: Watching, path: str, **settings: Any) -> Looker:
    """A page as it is served, listening."""
    looker = look(Site(watching.out, watching.vault, "2026-11-21"), **settings)
    looker.page.goto(f"{watching.url}/{path}?day=2026-11-21")
    looker.page.evaluate(
        "new Promise((done) => { const stream = new EventSource('/events'); stream.addEventListener('hello', () => { stream.close(); done(); }); })"
    )
    return looker


def in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def renamed(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.swp1")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def test_a_save_is_on_the_page_in_less_than_a_second_and_reading_goes_on(watching: Watching, look: Looking) -> None:
    file = watching.vault / "contacts" / "wilhelmina-brandt.md"
    text = file.read_text(encoding="utf-8")
    looker = opened(look, watching, "contacts/wilhelmina-brandt.html")
    page = looker.page
    page.locator(".history summary").first.click()
    page.evaluate("scrollTo(0, 700)")
    page.locator(".side a").first.evaluate("one => one.focus({ preventScroll: true })")
    href = page.evaluate("document.activeElement.getAttribute('href')")
    was = page.evaluate("scrollY")
    assert was > 100
    page.evaluate("window.same = true")
    took = []
    for number, save in enumerate((in_place, renamed, in_place)):
        word = f"Freshly told {number}"
        started = time.monotonic()
        save(file, text.replace("She said eight would be showing off", word))
        looker.until(f"document.querySelector('main').textContent.includes('{word}')")
        took.append(time.monotonic() - started)
        assert page.evaluate("scrollY") == was
        assert page.evaluate("document.activeElement.getAttribute('href')") == href
        assert page.locator(".history details").first.evaluate("one => one.open")
        assert page.evaluate("window.same")  # brought up to date in place
    assert min(took) < BLINK, took  # the machine may be busy once


def test_what_was_typed_and_sorted_stays(watching: Watching, look: Looking) -> None:
    looker = opened(look, watching, "people.html")
    page = looker.page
    page.locator("thead .qu button").click()
    page.locator("thead .qu button").click()
    page.fill("#filter", "city:lisbon")
    page.focus("#filter")
    before = looker.seen("#folk tbody .nm a")
    file = watching.vault / "contacts" / "ada-king.md"
    renamed(file, file.read_text(encoding="utf-8").replace("name: Ada King", "name: Ada Regina King"))
    looker.until("document.querySelector('main').textContent.includes('Ada Regina King')")
    assert looker.seen("#folk tbody .nm a") == [name.replace("Ada King", "Ada Regina King") for name in before]
    assert page.input_value("#filter") == "city:lisbon"
    assert page.evaluate("document.activeElement.id") == "filter"
    assert page.get_attribute("thead .qu", "aria-sort") == "descending"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == looker.seen("#folk tbody .nm a")[0]


def test_a_build_that_fails_is_told_and_the_last_good_page_stays(watching: Watching, look: Looking) -> None:
    looker = opened(look, watching, "index.html")
    settings = watching.vault / "ptcrm.toml"
    text = settings.read_text(encoding="utf-8")
    names = looker.seen("#few h3")
    in_place(settings, "[due\n" + text)
    looker.until("document.querySelector('#ptcrm-problem') !== null")
    assert "ptcrm.toml" in looker.page.inner_text("#ptcrm-problem")
    assert looker.seen("#few h3") == names
    assert looker.barriers() == []
    looker.page.reload()  # whoever comes later is told as well
    looker.until("document.querySelector('#ptcrm-problem') !== null")
    in_place(settings, text.replace("per_week = 10", "per_week = 9"))
    looker.until("document.querySelector('#ptcrm-problem') === null")
    in_place(settings, text)
    watching.said("not built: ")


def test_an_old_page_and_a_new_one_of_the_day(watching: Watching, look: Looking) -> None:
    """A page that was recomputed for a later day is recomputed again when it is built anew."""
    looker = look(Site(watching.out, watching.vault, "2026-11-21"))
    looker.page.goto(f"{watching.url}/index.html?day=2026-11-24")
    assert looker.page.inner_text("h1") == "Tuesday, 24 November"
    looker.page.wait_for_timeout(300)
    file = watching.vault / "contacts" / "gaspar-nunes.md"
    renamed(file, file.read_text(encoding="utf-8").replace("name: Gaspar Nunes", "name: Gaspar dos Nunes"))
    looker.until("document.querySelector('#few').textContent.includes('Gaspar dos Nunes')")
    assert looker.page.inner_text("h1") == "Tuesday, 24 November"
    assert looker.page.is_visible("#stale")


def test_a_foreign_name_or_page_is_refused(watching: Watching) -> None:
    port = int(watching.url.rpartition(":")[2])
    for headers, code in (
        ({"Host": "evil.example"}, 421),
        ({"Host": f"evil.example:{port}"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": f"127.0.0.1:{port}"}, 200),
    ):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/index.html", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert (headers, answer.status) == (headers, code)
        connection.close()
    with socket.socket() as outside:
        outside.settimeout(1)
        own = socket.gethostbyname_ex(socket.gethostname())[2]
        foreign = [address for address in own if not address.startswith("127.")]
        if foreign:
            assert outside.connect_ex((foreign[0], port)) != 0


def test_it_ends_well(tmp_path: Path, browser: Any, look: Looking) -> None:
    people = Path(shutil.copytree(HERE / "example-vault", tmp_path / "people"))
    watching = Watching(people, tmp_path / "out", tmp_path / "home")
    looker = opened(look, watching, "index.html")
    assert watching.end() in (0, 130)
    assert "Traceback" not in "".join(watching.lines)
    assert looker.page.inner_text("h1") == "Saturday, 21 November"
    looker.page.close()
    looker.faults.clear()  # the page lost its stream; that it says so is the browser's own
