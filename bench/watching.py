"""How long it takes `ptcrm watch` to follow: `python -I watching.py PTCRM VAULT DAY KIND SEED`.

KIND is a way to save one file (twenty contacts, one after the other, with calm between them) or `flood` (1,000 contacts at
once). A save takes from before its first byte until the contact's page has the new text. Prints JSON: `milliseconds`, one a
save (of a flood: until every page and the due page have it), and `peak_bytes`, the watching process's at the end.
Exits 1 with a line that says what is not as it should be. The site must be up to date before.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

SAVES = 20
CALM = 0.4  # seconds between two saves
FLOOD = 1_000
BUSY = 0.1  # seconds after which it is looked at less than all the time, for the other core to be free
PATIENCE = 60.0  # seconds after which a page is given up
START = 300.0  # seconds until it must be watching
AFTER = 4.0  # seconds without a word or a due page after which all is done: longer than any pause it makes
HEADING = b"## Interactions\n\n"


class Wrong(Exception):
    """What is not as it should be."""


# --- saving ---------------------------------------------------------------------------------------------------------


def put(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def with_entry(path: str, entry: bytes) -> bytes:
    with open(path, "rb") as file:
        before, heading, after = file.read().partition(HEADING)
    return before + (heading or b"\n" + HEADING) + entry + after


def in_place(path: str, entry: bytes) -> None:
    """Emptied and written again."""
    put(path, with_entry(path, entry))


def atomic(path: str, entry: bytes) -> None:
    """A new file beside it, moved over it."""
    folder, name = os.path.split(path)
    beside = os.path.join(folder, f".{name}.saving")
    put(beside, with_entry(path, entry))
    os.replace(beside, path)


def vim(path: str, entry: bytes) -> None:
    """Moved away as a backup, written under its name, the backup removed."""
    data = with_entry(path, entry)
    os.rename(path, f"{path}~")
    put(path, data)
    os.unlink(f"{path}~")


def append(path: str, entry: bytes) -> None:
    with open(path, "ab") as file:
        file.write(entry)


PATTERNS: dict[str, Callable[[str, bytes], None]] = {"in-place": in_place, "atomic": atomic, "vim": vim, "append": append}


# --- looking --------------------------------------------------------------------------------------------------------


@dataclass
class Page:
    """A page that is looked at until it has a text; it is read only where it is another file, or was written, since."""

    path: str
    word: bytes
    seen: tuple[int, int] = (0, 0)
    versions: int = 0
    has_it: bool = False

    def look(self) -> None:
        try:
            facts = os.stat(self.path)
            if (facts.st_ino, facts.st_mtime_ns) == self.seen:
                return
            with open(self.path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            raise Wrong(f"{os.path.basename(self.path)} was gone for a moment") from None
        if not data.rstrip().endswith(b"</html>"):
            raise Wrong(f"{os.path.basename(self.path)} was there in part")
        self.seen = (facts.st_ino, facts.st_mtime_ns)
        self.versions += 1
        self.has_it = self.word in data


def peak_bytes(process: int) -> int:
    try:
        with open(f"/proc/{process}/status", "rb") as file:
            return int(file.read().partition(b"VmHWM:")[2].split(None, 1)[0]) * 1024
    except (OSError, IndexError):
        raise Wrong("the peak of its memory is not told here") from None


def tenths_of_work(process: int) -> int:
    """How many tenths of a second of processor it has used: with pages to make it is at work, though nothing is to be seen yet."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        raise Wrong("what it works is not told here") from None
    return (int(fields[11]) + int(fields[12])) * 10 // os.sysconf("SC_CLK_TCK")


@dataclass
class Session:
    """A watching `ptcrm`; `lines` is what it said."""

    process: subprocess.Popen[str]
    watching: threading.Event = field(default_factory=threading.Event)
    lines: list[str] = field(default_factory=list)

    def listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("watching"):
                self.watching.set()

    def look_alive(self) -> None:
        if self.process.poll() is not None:
            raise Wrong(f"ptcrm watch ended: {(self.lines or ['no word'])[-1]}")


@contextmanager
def session(command: Sequence[str]) -> Iterator[Session]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    running = Session(process)
    threading.Thread(target=running.listen, daemon=True).start()
    try:
        until = time.monotonic() + START
        while not running.watching.wait(0.05):
            running.look_alive()
            if time.monotonic() > until:
                raise Wrong(f"ptcrm watch was not watching after {START:.0f} s")
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# --- both together --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vault:
    root: str
    day: str
    random: Random

    def people(self, count: int) -> list[str]:
        return self.random.sample(sorted(name[:-3] for name in os.listdir(f"{self.root}/contacts") if name.endswith(".md")), count)

    def file(self, slug: str) -> str:
        return f"{self.root}/contacts/{slug}.md"

    def page(self, slug: str, word: bytes) -> Page:
        return Page(f"{self.root}/site/contacts/{slug}.html", word)

    def due_page(self) -> Page:
        return Page(f"{self.root}/site/index.html", b"</html>")

    def word(self) -> bytes:
        """A word that is nowhere else."""
        return f"zebra{self.random.getrandbits(64):016x}".encode()

    def entry(self, word: bytes) -> bytes:
        return b"- %b call: %b\n" % (self.day.encode(), word)


def saves(vault: Vault, save: Callable[[str, bytes], None], running: Session) -> list[float]:
    """Milliseconds of each save."""
    took = []
    time.sleep(CALM)
    for slug in vault.people(SAVES):
        word = vault.word()
        page = vault.page(slug, word)
        page.look()
        start = time.perf_counter()
        save(vault.file(slug), vault.entry(word))
        while not page.has_it:
            page.look()
            waited = time.perf_counter() - start
            if waited > BUSY:
                time.sleep(0.001)
            if waited > PATIENCE:
                running.look_alive()
                raise Wrong(f"no page of {slug} after {PATIENCE:.0f} s")
        took.append((time.perf_counter() - start) * 1000)
        time.sleep(CALM)
    calm_down(running, vault.due_page())
    return took


def flood(vault: Vault, running: Session) -> list[float]:
    """Milliseconds until all pages and the due page are right, as the only one; the due page must have been written once."""
    word = vault.word()
    slugs = vault.people(FLOOD)
    # Some of so many are due, and are not once they have an entry of today: the due page is another one.
    waiting = [vault.page(slug, word) for slug in slugs]
    due = vault.due_page()
    for page in (*waiting, due):
        page.look()
    contents = {slug: with_entry(vault.file(slug), vault.entry(word)) for slug in slugs}
    due.versions = 0
    start = time.perf_counter()
    for slug in slugs:  # as git does it in a checkout
        os.unlink(vault.file(slug))
        put(vault.file(slug), contents[slug])
    while waiting or not due.versions:
        if time.perf_counter() - start > PATIENCE:
            running.look_alive()
            raise Wrong(f"{len(waiting)} pages without the text, due page written {due.versions} times, after {PATIENCE:.0f} s")
        for page in (due, *waiting):
            page.look()
        waiting = [page for page in waiting if not page.has_it]
        time.sleep(0.02)  # what is measured wants all cores, and to look at a thousand pages takes 2 ms
    took = (time.perf_counter() - start) * 1000
    calm_down(running, due)
    if due.versions != 1:
        raise Wrong(f"every page was right after {took:.0f} ms, but the due page was written {due.versions} times")
    return [took]


def calm_down(running: Session, due: Page) -> None:
    """Wait until everything that was to follow has been done."""
    seen, last = (0, 0, 0), time.monotonic()
    while time.monotonic() - last < AFTER:
        due.look()
        if seen != (seen := (due.versions, len(running.lines), tenths_of_work(running.process.pid))):
            last = time.monotonic()
        time.sleep(0.001)


def measure(ptcrm: str, root: str, day: str, kind: str, seed: str) -> dict[str, object]:
    vault = Vault(root, day, Random(seed))
    command = [ptcrm, "-C", root, "--today", day]
    with session([*command, "watch"]) as running:
        took = flood(vault, running) if kind == "flood" else saves(vault, PATTERNS[kind], running)
        running.look_alive()
        peak = peak_bytes(running.process.pid)
    return {"milliseconds": took, "peak_bytes": peak, "lines": running.lines}


def main() -> int:
    try:
        print(json.dumps(measure(*sys.argv[1:])))
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
