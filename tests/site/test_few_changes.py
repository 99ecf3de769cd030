"""A build after a few changes: pieces are exchanged in the pages of everybody, and a helper tells the reports meanwhile."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.app import publishing, reporting
from plaintextcrm.app.asking import ask
from plaintextcrm.edge import aside
from plaintextcrm.edge.cards import Cards
from tests.make import vault as make_vault
from tests.site.built import build, contents, fresh, opened

GIT = "[git]\ncommit = false\n"
pytestmark = pytest.mark.usefixtures("own_cache")


def log(root: Path, id: str, line: str) -> None:
    """One more line in somebody's file."""
    with (root / f"contacts/{id}.md").open("a") as file:
        file.write(f"{line}\n")


def people_who_write(count: int) -> dict[str, str]:
    """Some who were only ever written to, so that a report looks at their files."""
    text = "---\ntier: A\nphone: '+351 1'\n---\n\n## Interactions\n\n- 2026-03-01 email\n- 2026-04-01 email\n- 2026-05-01 letter\n"
    return {f"p{number}": text for number in range(count)}


def test_of_a_few_who_changed_the_pieces_are_exchanged_in_the_pages_of_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_vault(tmp_path / "v", people_who_write(60), GIT)
    build(root)
    joined: list[str] = []
    column = Cards.column

    def told(cards: Cards, name: str) -> Iterator[str]:
        joined.append(name)
        return column(cards, name)

    monkeypatch.setattr(Cards, "column", told)
    for number, is_joined in ((1, False), (3, False), (20, False), (21, True), (60, True)):  # a row and the facts of each
        joined.clear()
        for person_ in range(number):
            log(root, f"p{person_}", f"- 2026-11-20 call: {number} of them")
        build(root)
        assert joined == (["row", "facts"] if is_joined else []), number
        assert contents(root / "site") == fresh(root)
    joined.clear()
    (root / "contacts/p7.md").write_text("# Another\n\n")  # who stands elsewhere
    build(root)
    assert joined == ["row", "facts"]
    assert contents(root / "site") == fresh(root)


def test_pieces_that_are_exchanged_after_a_cut_are_those_of_then(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", people_who_write(4), GIT)
    build(root)
    for number, id in enumerate(("p1", "p2", "p1", "p1")):
        log(root, id, f"- 2026-11-{10 + number} call: {number}")
        own = opened(root)
        ask(own, lambda index, own=own, id=id: publishing.build_some(own, index, [f"contacts/{id}.md"]))
    build(root)
    assert contents(root / "site") == fresh(root)
    page = root / "site/people.html"
    log(root, "p3", "- 2026-11-20 call: now")
    page.write_bytes(page.read_bytes().replace(b"P2", b"Q2"))  # it is not as it was left
    build(root)
    assert contents(root / "site") == fresh(root)


def test_the_column_of_tiers_comes_and_goes_with_the_first_and_last(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", {"ada": "# Ada\n", "bob": "# Bob\n"}, f"[site]\nshow_tier = true\n{GIT}")
    build(root)
    for text in ("---\ntier: A\n---\n# Ada\n", "---\ntier: B\n---\n# Ada\n", "# Ada\n"):
        (root / "contacts/ada.md").write_text(text)
        build(root)
        assert contents(root / "site") == fresh(root)


class Helpers(list[int]):
    """The processes that helped to tell reports, and what each answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Any] = []

    def clear(self) -> None:
        super().clear()
        self.answers.clear()


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> Helpers:
    """They are begun where there are many people and no threads."""
    monkeypatch.setattr(publishing, "CROWD", 0)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(publishing, "is_room", lambda: True)
    found = Helpers()

    class Counted(aside.Helper):
        def __init__(self, work: Callable[[Callable[[], Any]], Any]) -> None:
            super().__init__(work)
            assert self._aside
            found.append(self._aside.process)

        def answer(self) -> Any:
            said = super().answer()
            found.answers.append(said)
            return said

    monkeypatch.setattr(publishing, "Helper", Counted)
    return found


def gone(process: int) -> bool:
    """Whether somebody waited for a process that has ended."""
    with pytest.raises(ChildProcessError):
        os.waitpid(process, 0)
    return True


needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="no process is forked here")


@needs_fork
def test_reports_that_a_helper_tells_say_the_same(tmp_path: Path, helpers: Helpers) -> None:
    root = make_vault(tmp_path / "v", people_who_write(9), GIT)
    build(root)
    assert not helpers  # nothing was kept to begin from
    for number, line in enumerate(("- 2026-11-20 call: now", "- 2026-11-20 email: again", "", "and more", "- 2026-11-19 lunch: p")):
        log(root, "p2", line)
        if number == 2:
            (root / "contacts/p4.md").write_text("---\nname: New\ntier: B\nphone: '+351 2'\n---\n")
        if number == 3:
            (root / "contacts/p5.md").unlink()
            (root / "contacts/new.md").write_text("# Somebody\n")
        helpers.clear()
        build(root)
        assert [*map(gone, helpers)] == [True]
        assert helpers.answers[0], line
        assert contents(root / "site") == fresh(root)


@needs_fork
def test_a_helper_that_dies_or_cannot_begin_leaves_the_reports_to_us(
    tmp_path: Path, helpers: Helpers, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_vault(tmp_path / "v", people_who_write(3), GIT)
    build(root)

    def killed(*_: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(reporting, "help_to_tell", killed)
    log(root, "p2", "- 2026-11-20 call: now")
    build(root)
    assert [*map(gone, helpers)] == [True]
    assert contents(root / "site") == fresh(root)

    def full() -> int:
        raise BlockingIOError("no room")

    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "fork", full)
    log(root, "p1", "- 2026-11-20 call: now")
    build(root)
    assert contents(root / "site") == fresh(root)
    assert len(os.listdir("/proc/self/fd")) == before


@needs_fork
def test_a_helper_that_nobody_asks_ends(tmp_path: Path, helpers: Helpers, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_vault(tmp_path / "v", people_who_write(120), GIT)
    build(root)
    for number in range(120):  # more pages than leave memory for it
        log(root, f"p{number}", "- 2026-11-20 call: now")
    build(root)
    assert [*map(gone, helpers)] == [True]
    assert contents(root / "site") == fresh(root)
    helpers.clear()
    log(root, "p1", "- 2026-11-19 call: now")

    def broken(*_: Any) -> Any:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("plaintextcrm.app.building.Build.whole", broken)
        with pytest.raises(RuntimeError):
            build(root)
    assert [*map(gone, helpers)] == [True]
