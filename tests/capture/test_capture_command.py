"""`ptcrm capture` as it is typed: what it proposes, what it writes, and that it does so once."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from plaintextcrm.edge import sources
from plaintextcrm.edge.paths import Path as OurPath
from tests.capture.make import ADA, BOB, calendar, event, mail, mbox
from tests.make import Ran, environment, ptcrm, vault
from tests.test_manners import commits, repository

GIT = "[git]\ncommit = true\n"


class Place:
    """A vault of Ada and Bob, and files beside it."""

    def __init__(self, folder: Path, settings: str = "[git]\ncommit = false\n", **people: str) -> None:
        self.folder, self.root = folder, vault(folder / "v", people or {"ada": ADA, "bob": BOB}, settings)

    def file(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    def run(self, *words: str, **more: str) -> Ran:
        return ptcrm(self.root, "capture", *words, TZ="UTC", **more)

    def log(self, id: str = "ada") -> list[str]:
        text = (self.root / "contacts" / f"{id}.md").read_text(encoding="utf-8")
        return [line for line in text.splitlines() if line.startswith("- 2")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_it_shows_by_person_writes_with_yes_and_the_second_time_nothing(place: Place) -> None:
    work = place.file("work.ics", calendar(event("SUMMARY:Plan", "DURATION:PT45M")))
    box = place.file("in.mbox", mbox(mail(), mail("Bobby <bob@example.com>", subject="Hi", id="<m2@mail>")))
    done = place.run(work, box, "-y")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Ada King\n  2026-11-18 14:00 meeting: Plan [minutes:: 45]\n  2026-11-19 10:00 email: Hello [dir:: in]\n"
        "Bob Lee\n  2026-11-19 10:00 email: Hi [dir:: in]\ncaptured: 3 entries with 2 people · ptcrm undo\n"
    )
    assert place.log() == [
        "- 2026-11-18 14:00 meeting: Plan [minutes:: 45] [ref:: 1@cal]", "- 2026-11-19 10:00 email: Hello [dir:: in] [ref:: m1@mail]",
    ]  # fmt: skip
    again = place.run(work, box, "-y")
    assert (again.code, again.out) == (0, "Nothing new.\n")
    assert "3 entries that you took or refused before (--again)" in again.err


def test_it_is_one_commit_and_one_undo(tmp_path: Path) -> None:
    place = Place(tmp_path, GIT)
    repository(place.root)
    before = (place.root / "contacts" / "ada.md").read_bytes()
    work = place.file("work.ics", calendar(event("ATTENDEE:mailto:bob@example.com")))
    assert place.run(work, "-y").code == 0
    assert commits(place.root) == 2
    assert ptcrm(place.root, "undo").code == 0
    assert (place.root / "contacts" / "ada.md").read_bytes() == before
    assert place.run(work, "-y").out == "Nothing new.\n"
    assert place.run(work, "-y", "--again").out.startswith("Ada King\n")


def test_one_meeting_with_two_has_one_block_id_and_names_the_other(place: Place) -> None:
    place.run(place.file("w.ics", calendar(event("SUMMARY:Plan", "ATTENDEE:mailto:bob@example.com"))), "-y")
    (ada,), (bob,) = place.log("ada"), place.log("bob")
    assert ada.startswith("- 2026-11-18 14:00 meeting: Plan (with [[bob]]) [ref:: 1@cal] ^")
    assert bob.startswith("- 2026-11-18 14:00 meeting: Plan (with [[ada]]) [ref:: 1@cal] ^")
    assert ada[-7:] == bob[-7:]


def test_a_dry_run_shows_the_diff_and_remembers_nothing(place: Place) -> None:
    work = place.file("w.ics", calendar(event()))
    assert "\n+- 2026-11-18 14:00 meeting: [ref:: 1@cal]\n" in place.run(work, "-n").out
    assert place.log() == []
    assert place.run(work, "-y").code == 0
    assert len(place.log()) == 1


def test_without_a_terminal_it_writes_only_with_yes(place: Place) -> None:
    done = place.run(place.file("w.ics", calendar(event())))
    assert (done.code, place.log()) == (2, [])
    assert done.err == "ptcrm: 1 entry would be written: add -y (or -n to look first)\n"


def test_on_a_terminal_it_asks_for_each_person_and_a_no_is_for_ever(place: Place) -> None:
    work = place.file("w.ics", calendar(event(), event(uid="2@cal", who="mailto:bob@example.com")))
    assert "Write this?" in on_terminal(place, "n\ny\n", work)
    assert (len(place.log("ada")), len(place.log("bob"))) == (0, 1)
    assert place.run(work, "-y").out == "Nothing new.\n"


def test_later_and_quit_leave_it_for_the_next_time(place: Place) -> None:
    work = place.file("w.ics", calendar(event(), event(uid="2@cal", who="mailto:bob@example.com")))
    on_terminal(place, "l\nq\n", work)
    assert place.log("ada") == place.log("bob") == []
    assert "captured: 2 entries" in place.run(work, "-y").out


def on_terminal(place: Place, typed: str, *words: str) -> str:
    """What the command says on a terminal where that is typed."""
    above, below = pty.openpty()
    home = place.folder / "v-home"
    home.mkdir(exist_ok=True)
    arguments = [sys.executable, "-m", "plaintextcrm", "-C", str(place.root), "--today", "2026-11-21", "capture", *words]
    process = subprocess.Popen(arguments, stdin=below, stdout=below, stderr=below, env=environment(home, TZ="UTC"), close_fds=True)
    os.close(below)
    os.write(above, typed.encode())
    said = b""
    while True:
        try:
            part = os.read(above, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    process.wait(timeout=60)
    os.close(above)
    assert process.returncode == 0, said
    return said.decode()


def test_a_file_that_cannot_take_it_does_not_stop_the_others_and_is_proposed_again(tmp_path: Path) -> None:
    place = Place(tmp_path, ada=f"<<<<<<< ours\n{ADA}", bob=BOB)
    place.root.joinpath("contacts/ada.md").write_text(f"{ADA}\n<<<<<<< ours\n- 2026-01-01 call\n=======\n>>>>>>> theirs\n")
    work = place.file("w.ics", calendar(event("ATTENDEE:mailto:bob@example.com")))
    done = place.run(work, "-y")
    assert done.code == 5
    assert "contacts/ada.md" in done.err
    assert len(place.log("bob")) == 1
    place.root.joinpath("contacts/ada.md").write_text(ADA)
    assert "captured: 1 entry with 1 person" in place.run(work, "-y").out


def test_team_mates_and_me_are_us_and_the_entry_says_who(tmp_path: Path) -> None:
    team = '[team.lee]\nname = "Lee"\nemail = "Lee@firm.example"\n[team.marta]\nname = "Marta"\nemail = "marta@example.com"\n'
    place = Place(tmp_path, f"[git]\ncommit = false\n{team}")
    box = place.file("s.mbox", mbox(mail("lee@firm.example", "ada@example.com"), mail("private@me.org", "bob@example.com", id="<2@x>")))
    assert place.run(box, "-y", "--me", "private@ME.org").code == 0
    assert place.log("ada") == ["- 2026-11-19 10:00 email: Hello [dir:: out] [ref:: m1@mail] [by:: marta]"]
    assert place.log("bob") == ["- 2026-11-19 10:00 email: Hello [dir:: out] [ref:: 2@x] [by:: marta]"]


def test_gits_address_is_ours(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert place.run(place.file("s.mbox", mbox(mail("marta@example.com", "ada@example.com"))), "-y").code == 0
    assert "[dir:: out]" in place.log()[0]


def test_strangers_come_with_the_command_that_adds_them(place: Place) -> None:
    heads = [mail("Cleo O'Neil <cleo@x.org>", id=f"<{n}>") for n in range(3)] + [
        mail("Bob Lee <bob@home.org>", id=f"<b{n}>") for n in range(3)
    ]
    done = place.run(place.file("s.mbox", mbox(*heads)))
    assert (done.code, done.out) == (0, "Nothing new.\n")
    assert """3 times with cleo@x.org: ptcrm add 'Cleo O'"'"'Neil' --email cleo@x.org\n""" in done.err
    assert "3 times with bob@home.org: ptcrm set bob email+=bob@home.org\n" in done.err


# --- what the sources are ------------------------------------------------------------------------------------------


def test_each_kind_is_known_by_what_it_holds(place: Place) -> None:
    note = b"- coffee with [[Ada King]]\n"
    messages = b"CONVERSATION ID,FROM,SENDER PROFILE URL,TO,DATE\nc1,Ada King,https://linkedin.com/in/ada-king,Me,2026-11-17 09:00:00 UTC\n"
    for kind, given in {
        "ics": place.file("a/noname", calendar(event())), "mbox": place.file("b/Inbox", mbox(mail())),
        "daily": place.file("c/2026-11-20.md", note), "linkedin-messages": place.file("d/x.csv", messages),
    }.items():  # fmt: skip
        assert sources.kind_of(OurPath(given)) == kind
    place.file("m/cur/1:2,S", mail())
    place.file("n/.Sent/cur/1:2,S", mail())
    for folder, kind in (("m", "maildir"), ("n", "maildir"), ("c", "daily"), ("e", "ics")):
        place.file("e/x.ics", b"")
        assert sources.kind_of(OurPath(str(place.folder / folder))) == kind


def test_a_maildir_with_folders_is_read_whole(place: Place) -> None:
    place.file("m/cur/1:2,S", mail() + b"\nbody\n")
    place.file("m/new/2", mail(id="<2@x>", day="Wed, 18 Nov 2026 10:00:00 +0000"))
    place.file("m/.Sent/cur/3", mail(id="<3@x>", day="Tue, 17 Nov 2026 10:00:00 +0000"))
    os.mkfifo(place.folder / "m" / "new" / "pipe")
    assert place.run(str(place.folder / "m"), "-y").code == 0
    assert [line[2:12] for line in place.log()] == ["2026-11-17", "2026-11-18", "2026-11-19"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"hello", ()), (b"", ()), (b"BEGIN:VCALENDAR", ("--from", "linkedin-messages")), (None, ()), (None, ("--from", "ics"))],
)
def test_what_is_nothing_of_the_kind_is_refused_in_one_line(place: Place, data: bytes | None, kind: tuple[str, ...]) -> None:
    given = place.file("x", data) if data is not None else str(place.folder / "missing")
    done = place.run(given, *kind)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


def test_headers_end_at_the_blank_line_and_text_like_from_is_no_mail(tmp_path: Path) -> None:
    body = b"From: mallory@x\nMessage-ID: <evil>\n\nFrom here to there\n>From x@y Thu Nov 19 10:00:00 2026\n" + b"x" * 200_000 + b"\n"
    path = tmp_path / "box"
    path.write_bytes(mbox(mail(), mail(id="<2>"), body=body))
    heads = [piece.data for piece in sources.pieces("mbox", OurPath(str(path)))]
    assert heads == [mail(), mail(id="<2>")]


def test_a_mailbox_is_read_as_a_stream_and_a_head_without_end_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "box"
    with open(path, "wb") as file:
        file.write(b"From x@y Thu Nov 19 10:00:00 2026\n" + mail() + b"X: " + b"y" * 2_000_000 + b"\n\n")
        for _ in range(60):
            file.write(b"z" * 1_000_000 + b"\n")
        file.write(b"\n" + mbox(mail(id="<last>")))
    tracemalloc.start()
    found = [len(piece.data) for piece in sources.pieces("mbox", OurPath(str(path)))]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(found), max(found) < 500_000, peak < 3_000_000) == (2, True, True)


def test_what_is_remembered_is_small_and_a_damaged_memory_is_none(place: Place) -> None:
    work = place.file("w.ics", calendar(*(event(uid=f"{n}@x", start=f"DTSTART:202611{1 + n % 9:02}T140000Z") for n in range(50))))
    assert place.run(work, "-y").code == 0
    (memory,) = (place.folder / "v-home" / "state").rglob("captured.json")
    assert len(json.loads(memory.read_text())["decided"]) == 50
    assert memory.stat().st_size < 50 * 30
    memory.write_text('{"decided": [[[')
    assert place.run(work, "-y").out == "Nothing new.\n"  # the log says it too


def test_an_address_of_the_settings_is_ours(tmp_path: Path) -> None:
    place = Place(tmp_path, '[git]\ncommit = false\n[me]\nemail = ["old@me.example", "private@me.example"]\n')
    assert place.run(place.file("s.mbox", mbox(mail("Private@me.example", "ada@example.com"))), "-y").code == 0
    assert "[dir:: out]" in place.log()[0]
