"""`ptcrm triage`: the real command in a pseudo-terminal, one key at a time as somebody presses them."""

from __future__ import annotations

import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from plaintextcrm.cli.triage import PERSON_KEYS, SEPARATOR, _key_bar
from tests.make import environment, ptcrm, vault
from tests.test_manners import commits, git, repository

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
KEYS = "n next · q quit"  # the end of the line that says which key does what


def person(name: str, *keys: str, last: str = "2026-01-02") -> str:
    log = ["## Interactions", "", f"- {last} call: Old news", ""] if last else []
    return "\n".join(["---", f"name: {name}", *keys, "---", "", *log])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Ada and Ben are due; Cleo, Dan and Eve have no tier; Flo has drifted away."""
    return vault(
        tmp_path / "v",
        {
            "ada": person("Ada King", "tier: A", last="2026-09-01"), "ben": person("Ben Ray", "tier: B", last="2026-07-01"),
            "cleo": person("Cleo Vaz", "created: 2026-03-01"), "dan": person("Dan Orr", "created: 2026-05-01", last=""),
            "eve": person("Eve Lam", "status: archived"), "flo": person("Flo Mint", "tier: C", last="2020-01-02"),
        },
    )  # fmt: skip


def on_terminal(root: Path, *words: str, typed: Sequence[tuple[str, str]] = (), **more: str) -> tuple[str, int]:
    """(what the terminal shows, exit code): each text is typed once its words stand there, further down than the ones before."""
    import fcntl
    import pty
    import termios

    home = root.parent / f"{root.name}-home"
    home.mkdir(exist_ok=True)
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    own = environment(home, COLUMNS="", TERM="dumb", **more)
    arguments = [sys.executable, "-m", "plaintextcrm", "-C", str(root), "--today", "2026-11-21", *words]

    def controlling() -> None:  # so that Ctrl-C is a signal
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(arguments, stdin=child, stdout=child, stderr=child, env=own, preexec_fn=controlling)
    os.close(child)
    read, shown, seen, waiting = b"", "", 0, list(typed)
    last = time.monotonic()
    give_up = last + 60
    while time.monotonic() < give_up:
        while waiting and (at := shown.find(waiting[0][0], seen)) >= 0:
            if waiting[0][0] == KEYS and termios.tcgetattr(parent)[3] & termios.ICANON:
                break  # it does not listen yet: what is typed before is thrown away
            seen, last = at + len(waiting[0][0]), time.monotonic()
            os.write(parent, waiting.pop(0)[1].encode())
        if select.select([parent], [], [], 0.02)[0]:
            try:
                chunk = os.read(parent, 65536)
            except OSError:
                break  # the other end is closed
            if not chunk:
                break
            read += chunk
            shown = read.decode("utf-8", "ignore").replace("\r\n", "\n")
        elif process.poll() is not None:
            break
        elif not waiting and typed and typed[-1][1] == "\x03" and time.monotonic() > last + 2:
            last = time.monotonic()  # Python may lose a Ctrl-C that comes just before it reads a line: pressed once more
            os.write(parent, b"\x03")
    process.kill() if process.poll() is None and time.monotonic() >= give_up else None
    os.close(parent)
    code = process.wait(60)
    assert not waiting, f"never asked for {waiting[0]}:\n{shown}"
    assert "Traceback" not in shown, shown
    return shown, code


def triage(root: Path, *words: str, typed: Sequence[tuple[str, str]] = (), **more: str) -> tuple[str, int]:
    """The same of `ptcrm triage`."""
    return on_terminal(root, "triage", *words, typed=typed, **more)


def keys(*typed: str) -> list[tuple[str, str]]:
    """A key a time, each once the line with the keys is there."""
    return [(KEYS, key) for key in typed]


def text(root: Path, id: str) -> str:
    return (root / "contacts" / f"{id}.md").read_text(encoding="utf-8")


def undo(root: Path) -> str:
    ran = ptcrm(root, "undo")
    assert ran.code == 0, ran
    return ran.out


# --- the piles -----------------------------------------------------------------------------------------------------


def test_due_is_the_list_of_the_day_each_with_its_reason_and_how_many_are_left(root: Path) -> None:
    shown, code = triage(root, typed=keys("n", " ", "n"))
    names = re.findall(r"(\d) left\n +(\w+)", shown)
    listed = ptcrm(root, "due", "--format", "ids").out.split()
    assert [name.lower() for _, name in names] == listed
    assert [left for left, _ in names] == ["3", "2", "1"]
    assert "every month" in shown
    assert shown.endswith("triage: nothing written\n")
    assert code == 0


def test_new_is_who_has_no_tier_the_newest_first(root: Path) -> None:
    shown, _ = triage(root, "new", typed=keys("n", "n"))
    assert re.findall(r"left\n +(\w+)", shown) == ["Dan", "Cleo"]


def test_lapsed_is_who_has_drifted_away(root: Path) -> None:
    shown, _ = triage(root, "lapsed", typed=keys("n"))
    assert re.findall(r"left\n +(\w+)", shown) == ["Flo"]


def test_a_filter_narrows_the_pile(root: Path) -> None:
    shown, _ = triage(root, "tier:B", typed=keys("n"))
    assert re.findall(r"left\n +(\w+)", shown) == ["Ben"]
    shown, _ = triage(root, "due", "-tier:B", "-name:flo", typed=keys("n"))
    assert re.findall(r"left\n +(\w+)", shown) == ["Ada"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["due", "tier:D"], "Nobody matches. Try fewer words.\n"),
        (["inbox"], "Nothing waits in inbox.md.\n"),
        (["lapsed", "tier:B"], "Nobody matches. Try fewer words.\n"),
    ],
)
def test_an_empty_pile_is_one_friendly_line(root: Path, words: list[str], said: str) -> None:
    assert triage(root, *words) == (said, 0)


@pytest.mark.parametrize(("pile", "said"), [("due", "Nobody is due"), ("new", "Nobody waits"), ("lapsed", "Nobody has drifted")])
def test_of_an_empty_vault_every_pile_is_empty(tmp_path: Path, pile: str, said: str) -> None:
    shown, code = triage(vault(tmp_path / "v", {}), pile)
    assert shown.startswith(said)
    assert code == 0


@pytest.mark.parametrize("words", [[], ["new"], ["inbox"]])
def test_without_a_terminal_it_is_refused_and_says_what_to_do(root: Path, words: list[str]) -> None:
    ran = ptcrm(root, "triage", *words, stdin=b"q")
    assert ran.code == 2
    assert ran.out == ""
    assert "needs a terminal" in ran.err
    assert "due --json" in ran.err


def test_the_inbox_takes_no_filter(root: Path) -> None:
    shown, code = triage(root, "inbox", "tier:A")
    assert code == 2
    assert "takes no filter" in shown


# --- the keys ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [80, 100, 40, 20])
def test_the_line_of_keys_breaks_between_two_keys(columns: int) -> None:
    lines = _key_bar(PERSON_KEYS, columns).split("\n")
    assert max(map(len, lines)) < columns
    assert SEPARATOR.join(lines) == PERSON_KEYS
    assert len(lines) == {80: 2, 100: 1}.get(columns, len(lines))


def test_each_key_writes_at_once_as_a_commit_of_its_own_and_each_can_be_undone(root: Path) -> None:
    (root / "ptcrm.toml").write_text("[git]\ncommit = true\n")
    repository(root)
    before = {id: text(root, id) for id in ("ada", "ben", "flo")}
    typed = [(KEYS, "l"), ("what was it", "coffee Opened the shop\n"), (KEYS, "s"), ("until when", "in 2 weeks\n"), (KEYS, "t")]
    shown, code = triage(root, typed=[*typed, ("which tier (A, B, C)", "b\n")])
    assert code == 0, shown
    assert "triage: 1 logged, 1 snoozed, 1 sorted\n" in shown
    changed = {id: text(root, id) for id in before}
    assert sum("- 2026-11-21 coffee: Opened the shop\n" in one for one in changed.values()) == 1
    assert sum("snooze_until: 2026-12-05\n" in one for one in changed.values()) == 1
    assert sum("name: Flo Mint\ntier: B\n" in one for one in changed.values()) == 1
    assert commits(root) == 4
    for _ in range(3):
        undo(root)
    assert {id: text(root, id) for id in before} == before
    assert git(root, "status", "--porcelain") == ""


def test_skip_and_archive_need_no_further_word(root: Path) -> None:
    shown, code = triage(root, "-name:flo", typed=keys("k", "a"))
    assert code == 0
    assert "triage: 1 skipped, 1 archived\n" in shown
    both = text(root, "ada") + text(root, "ben")
    assert both.count("- 2026-11-21 skip\n") == 1
    assert both.count("status: archived\n") == 1


def test_q_leaves_what_is_done_and_says_how_many_are_left(root: Path) -> None:
    shown, code = triage(root, typed=[*keys("k", "q")])
    assert code == 0
    assert shown.endswith("triage: 1 skipped · 2 left\n")


@pytest.mark.parametrize("question", [False, True], ids=["at the keys", "at a question"])
def test_ctrl_c_leaves_what_is_done(root: Path, question: bool) -> None:
    typed = [*keys("k"), *([(KEYS, "l"), ("what was it", "\x03")] if question else [(KEYS, "\x03")])]
    shown, code = triage(root, typed=typed)
    assert code == 130
    assert "triage: 1 skipped · 2 left\n" in shown
    assert sum("2026-11-21" in text(root, id) for id in ("ada", "ben", "flo")) == 1


def test_an_empty_answer_means_never_mind(root: Path) -> None:
    typed = [(KEYS, "l"), ("what was it", "\n"), (KEYS, "s"), ("until when", "\n"), (KEYS, "t"), ("which tier", "\n"), (KEYS, "q")]
    shown, code = triage(root, "tier:B", typed=typed)
    assert code == 0
    assert shown.endswith("triage: nothing written · 1 left\n")
    assert text(root, "ben") == person("Ben Ray", "tier: B", last="2026-07-01")


@pytest.mark.parametrize(
    ("key", "question", "answer", "why"),
    [
        ("s", "until when", "yesterday", "is not after today"), ("s", "until when", "whenever", "type it like"),
        ("t", "which tier", "Z", 'tier "Z" is not in ptcrm.toml, which has A, B, C'),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_understood_is_told_and_the_same_person_stays(
    root: Path, key: str, question: str, answer: str, why: str
) -> None:
    shown, code = triage(root, "tier:B", typed=[(KEYS, key), (question, f"{answer}\n"), (why, ""), (KEYS, "q")])
    assert code == 0
    assert "nothing written · 1 left" in shown


def test_what_is_so_already_is_no_write(root: Path) -> None:
    shown, code = triage(root, "tier:B", typed=[(KEYS, "t"), ("which tier", "b\n")])
    assert code == 0
    assert shown.endswith("nothing to change\ntriage: nothing written\n")


def test_a_key_without_meaning_and_an_arrow_do_nothing(root: Path) -> None:
    shown, _ = triage(root, "tier:B", typed=keys("x", "\x1b[A", "\r", "q"))
    assert shown.endswith("triage: nothing written · 1 left\n")


def test_open_shows_the_brief_and_edit_opens_the_editor_and_the_person_stays(root: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "more\\n" >> "$1"\n')
    editor.chmod(0o755)
    shown, code = triage(root, "tier:B", typed=keys("o", "e", "n"), EDITOR=str(editor))
    assert code == 0
    assert "contacts/ben.md" in shown
    assert shown.endswith("triage: 1 edited\n")
    assert text(root, "ben").endswith("more\n")
    undo(root)
    assert text(root, "ben") == person("Ben Ray", "tier: B", last="2026-07-01")


def test_a_file_that_cannot_be_written_is_told_and_the_next_one_comes(root: Path) -> None:
    broken = person("Ada King", "tier: A", last="2026-09-01") + "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
    (root / "contacts" / "ada.md").write_text(broken)
    shown, code = triage(root, "tier:A", "-name:flo", typed=[(KEYS, "k"), ("conflict markers", ""), (KEYS, "n")])
    assert code == 0
    assert shown.endswith("triage: nothing written\n")
    assert text(root, "ada") == broken


# --- the inbox -----------------------------------------------------------------------------------------------------


def test_each_line_of_the_inbox_is_logged_or_left(root: Path) -> None:
    (root / "inbox.md").write_text("# Inbox\n- Lunch with Ada and Ben yesterday, talked shop\n- Coffee with Zoe\n- Call Ben\n")
    shown, code = triage(root, "inbox", typed=keys("l", "n", "l"))
    assert code == 0
    assert "Ada King and Ben Ray: 2026-11-20 lunch: talked shop\n" in shown
    assert "it names nobody of this vault" in shown
    assert "triage: 2 logged\n" in shown
    assert (root / "inbox.md").read_text() == "# Inbox\n- Coffee with Zoe\n"
    assert "- 2026-11-20 lunch: talked shop (with [[ben]]) ^" in text(root, "ada")
    undo(root)
    assert (root / "inbox.md").read_text() == "# Inbox\n- Coffee with Zoe\n- Call Ben\n"


def test_what_a_line_does_not_say_is_asked(root: Path) -> None:
    (root / "inbox.md").write_text("- Coffee with Z\n- Call with Ada, meets Cleo tomorrow\n- Ben\n")
    typed = [(KEYS, "l"), ("who was it", "cleo\n"), (KEYS, "l"), ("which day was it", "yesterday\n"), (KEYS, "e")]
    shown, code = triage(root, "inbox", typed=[*typed, ("in other words", "Call with Ben\n"), (KEYS, "l")])
    assert code == 0, shown
    assert (root / "inbox.md").read_bytes() == b""
    assert "- 2026-11-21 coffee: with Z\n" in text(root, "cleo")
    assert "- 2026-11-20 call: meets Cleo tomorrow" in text(root, "ada")
    assert text(root, "ben").endswith("- 2026-11-21 call\n")


def test_who_is_told_joins_those_that_the_line_surely_names(root: Path) -> None:
    (root / "contacts" / "bea.md").write_text(person("Ben Bell"))
    (root / "inbox.md").write_text("- Lunch with Ben and Ada\n- Call with Cleo Smith\n")
    first = [("two are called Ben", ""), (KEYS, "l"), ("who was it", "bea\n")]
    second = [('nobody is called "Cleo Smith"', ""), (KEYS, "l"), ("who was it", "cleo\n")]
    shown, code = triage(root, "inbox", typed=[*first, *second])
    assert code == 0
    assert "Ben Bell and Ada King: 2026-11-21 lunch\n" in shown
    assert "- 2026-11-21 lunch: with [[bea]] ^" in text(root, "ada")
    assert "2026-11-21" not in text(root, "ben")
    assert "- 2026-11-21 call" in text(root, "cleo")


def test_a_name_that_nobody_has_is_told_and_the_line_stays(root: Path) -> None:
    (root / "inbox.md").write_text("- Coffee with Z\n")
    shown, code = triage(root, "inbox", typed=[(KEYS, "l"), ("who was it", "zed\n"), ('nobody is called "zed"', ""), (KEYS, "q")])
    assert code == 0
    assert shown.endswith("triage: nothing written · 1 left\n")
    assert (root / "inbox.md").read_text() == "- Coffee with Z\n"
