"""Writing by the real command: undone to the byte, never half, never twice, and with manners in git (docs/promises.md, 1 to 5 and 7)."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from plaintextcrm.core.errors import ChangedOnDisk, Refused
from plaintextcrm.core.model import Edit
from plaintextcrm.edge import files, places
from plaintextcrm.edge.lock import locked
from tests.inside import inside
from tests.make import Ran, environment, ptcrm, vault

ADA = "---\nname: Ada King\ntier: A\n---\n\n# Ada King\n\n## Interactions\n\n- 2026-01-01 call: about the tides\n"
BOB = ADA.replace("Ada King", "Bob Lee")
COMMITTING = "[git]\ncommit = true\n"


def git(folder: Path, *words: str, check: bool = True, **more: str) -> str:
    """What git says, run as the user would."""
    home = folder.parent / "git-home"
    home.mkdir(exist_ok=True)
    clean = environment(home, GIT_CONFIG_GLOBAL=os.devnull) | more
    done = subprocess.run(["git", *words], cwd=folder, env=clean, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert not check or not done.returncode, done
    return done.stdout.decode("utf-8", "surrogateescape")


def repository(folder: Path, files_: dict[str, str | bytes] | None = None) -> Path:
    """A vault that is a git repository with one commit of all that is there."""
    vault(folder, {"ada": ADA, "bob": BOB} if files_ is None else files_, COMMITTING)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    return folder


def commits(folder: Path) -> list[str]:
    """The commits' subjects, newest first."""
    return git(folder, "log", "--format=%s").splitlines()


def touched(folder: Path, commit: str = "HEAD") -> list[str]:
    """The paths that a commit changed."""
    return [path for path in git(folder, "show", "--format=", "--name-only", "-z", commit).split("\0") if path]


def ada_of(folder: Path) -> Path:
    """Ada's file."""
    return folder / "contacts" / "ada.md"


def leftovers(folder: Path) -> list[str]:
    """What a write left lying about."""
    return [str(path) for path in folder.rglob("*") if path.name.endswith((".ptcrm", "~", ".tmp", ".new"))]


# --- undo ----------------------------------------------------------------------------------------------------------

BODY = "\n## Interactions\n\n- 2026-01-01 call: about the tides\n  - its detail\n- 2026-02-01 coffee: again\n"
FRONT = "---\nname: Ada King # the first\nfoo:   bar\n---\n"
ODD: dict[str, bytes] = {
    "plain": (FRONT + BODY).encode(),
    "crlf": (FRONT + BODY).replace("\n", "\r\n").encode(),
    "cr": (FRONT + BODY).replace("\n", "\r").encode(),
    "mixed": (FRONT.replace("\n", "\r\n") + BODY).encode(),
    "bom": b"\xef\xbb\xbf" + (FRONT + BODY).encode(),
    "latin-1": (FRONT + BODY).replace("tides", "marés").encode("latin-1"),
    "no-last-end": (FRONT + BODY).rstrip("\n").encode(),
    "no-section": FRONT.encode() + b"\nProse.\n",
    "no-section-no-end": FRONT.encode() + b"\nProse.",
    "empty-section": FRONT.encode() + b"\n## Interactions\n",
    "empty-section-no-end": FRONT.encode() + b"\n## Interactions",
    "headings": FRONT.encode() + b"\n## Interactions\n\n### 2026-01-01 | coffee\n\nProse.\n",
    "table": FRONT.encode() + b"\n## Log\n\n| day | kind |\n|---|---|\n| 2026-01-01 | call |\n",
    "newest-first": FRONT.encode() + b"\n# Log\n\n* **2026-02-01** again\n* **2026-01-01** tides\n\n## Notes\n",
    "no-front-matter": BODY.encode(),
    "empty": b"",
    "one-byte": b"x",
    "bad-yaml": b"---\nname: [\n---\n" + BODY.encode(),
    "list": b"---\n- a\n---\n" + BODY.encode(),
    "unclosed": b"---\nname: Ada\n" + BODY.encode(),
    "nul": (FRONT + BODY).encode() + b"\0\0\n",
    "blanks": (FRONT + BODY).encode() + b" \t \n\n\n  \n",
    "trailing": (FRONT + BODY).replace("tides\n", "tides   \n").encode(),
    "two-sections": (FRONT + "\n## History\n\n- 2025-01-01 call\n" + BODY).encode(),
}


@pytest.mark.parametrize("with_git", [False, True], ids=["without git", "with git"])
def test_what_is_logged_and_undone_leaves_every_byte_as_it_was(with_git: bool, tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault", dict(ODD)) if with_git else vault(tmp_path / "vault", dict(ODD))
    for name, data in ODD.items():
        ran = inside(folder, "log", name, "call", "hello", "-d", "2026-11-20")
        after = (folder / "contacts" / f"{name}.md").read_bytes()
        assert ran.code == 0, (name, ran)
        assert len(after) > len(data), name
        assert b"2026-11-20" in after, name
    for name in reversed(ODD):
        assert inside(folder, "undo").code == 0, name
        assert (folder / "contacts" / f"{name}.md").read_bytes() == ODD[name], name
    assert inside(folder, "undo").code == 2
    assert not leftovers(folder)
    if with_git:
        assert git(folder, "status", "--porcelain") == ""
        assert len(commits(folder)) == 1 + 2 * len(ODD)
        assert git(folder, "diff", "HEAD", f"HEAD~{2 * len(ODD)}") == ""


def test_every_writing_command_is_undone_to_the_byte(tmp_path: Path) -> None:
    content = ADA + "  - [ ] send the seeds [due:: 2026-12-01]\n"
    folder = repository(tmp_path / "vault", {"ada": content, "bob": BOB})
    before = {path: path.read_bytes() for path in folder.glob("contacts/*")}
    commands = [
        ("log", "ada,bob", "lunch", "together"),
        ("log", "ada", "call", "x", "--follow-up", "call again", "--due", "2026-12-01", "--next", "2027-01-01"),
        ("log", "ada", "-m", "first line\nsecond line\n- [ ] a task"),
        ("done", "ada", "send the seeds"),
        ("snooze", "ada", "2027-01-11"),
        ("snooze", "ada"),
        ("add", "Carla Dias", "--tier", "B", "--email", "carla@example.com"),
    ]
    for words in commands:
        ran = inside(folder, *words)
        assert ran.code == 0, ran
        assert {path: path.read_bytes() for path in folder.glob("contacts/*")} != before
        assert inside(folder, "undo").code == 0
        assert {path: path.read_bytes() for path in folder.glob("contacts/*")} == before, words
    assert git(folder, "status", "--porcelain") == ""


def test_undo_walks_back_one_write_at_a_time(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA})
    states = [ada_of(folder).read_bytes()]
    for day in ("2026-11-18", "2026-11-19", "2026-11-20"):
        inside(folder, "log", "ada", "call", "-d", day)
        states.append(ada_of(folder).read_bytes())
    for state in reversed(states[:-1]):
        assert inside(folder, "undo").code == 0
        assert ada_of(folder).read_bytes() == state
    inside(folder, "log", "ada", "text", "anew")
    assert inside(folder, "undo").code == 0
    assert ada_of(folder).read_bytes() == states[0]
    assert inside(folder, "undo").code == 2


def test_undo_refuses_where_the_file_changed_since_and_touches_nothing(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA, "bob": BOB})
    ptcrm(folder, "log", "ada,bob", "lunch", "x")
    ada_of(folder).write_bytes(ada_of(folder).read_bytes() + b"by hand\n")
    before = {path: path.read_bytes() for path in folder.glob("contacts/*")}
    ran = ptcrm(folder, "undo")
    assert (ran.code, ran.out) == (5, "")
    assert "contacts/ada.md" in ran.err
    assert {path: path.read_bytes() for path in folder.glob("contacts/*")} == before
    ada_of(folder).write_bytes(ada_of(folder).read_bytes().removesuffix(b"by hand\n"))
    assert ptcrm(folder, "undo").code == 0
    assert ada_of(folder).read_text() == ADA


def test_undo_of_somebody_new_takes_the_file_away_unless_it_was_written_to(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {})
    ptcrm(folder, "add", "Ada King")
    path = folder / "contacts" / "ada-king.md"
    path.write_text(path.read_text() + "my own words\n")
    assert ptcrm(folder, "undo").code == 5
    assert path.read_text().endswith("my own words\n")
    path.write_text(path.read_text().removesuffix("my own words\n"))
    assert ptcrm(folder, "undo").code == 0
    assert not path.exists()


def test_undo_of_what_was_never_committed_is_no_complaint(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    for words in (("add", "Carla Dias", "--no-commit"), ("log", "ada", "call", "--no-commit")):
        assert ptcrm(folder, *words).code == 0
        ran = ptcrm(folder, "undo")
        assert ran.code == 0, ran
    assert git(folder, "status", "--porcelain") == ""
    assert commits(folder) == ["before"]


def test_undo_of_what_git_took_back_already_goes_on_to_the_one_before(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    ptcrm(folder, "log", "bob", "call", "first")
    ptcrm(folder, "log", "ada", "call", "second")
    git(folder, "revert", "--no-edit", "HEAD")
    assert ptcrm(folder, "undo").code == 0
    assert (folder / "contacts" / "bob.md").read_text() == BOB


def test_a_dry_run_writes_nothing_and_shows_the_change(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    for words in (("log", "ada", "call", "x"), ("add", "Carla"), ("snooze", "ada", "2027-01-01"), ("log", "ada,bob", "lunch")):
        ran = inside(folder, *words, "-n")
        assert ran.code == 0
        assert re.search(r"^\+\+\+ b/contacts/", ran.out, re.MULTILINE)
        assert git(folder, "status", "--porcelain") == ""
    inside(folder, "log", "ada", "call", "x")
    after = ada_of(folder).read_bytes()
    assert "-- 2026-11-21 call: x" in inside(folder, "undo", "-n").out
    assert ada_of(folder).read_bytes() == after
    assert inside(folder, "undo").code == 0


# --- many at once --------------------------------------------------------------------------------------------------


def started(folder: Path, *words: str, **more: str) -> subprocess.Popen[bytes]:
    """The real command, under way."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "plaintextcrm", "-C", str(folder), "--today", "2026-11-21", *words]
    return subprocess.Popen(
        command, env=environment(home, **more), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def ended(child: subprocess.Popen[bytes], seconds: float = 60) -> Ran:
    """What it said."""
    out, err = child.communicate(timeout=seconds)
    return Ran(subprocess.CompletedProcess(child.args, child.returncode, out, err))


@pytest.mark.parametrize("with_git", [False, True], ids=["without git", "with git"])
def test_fifty_logs_at_once_keep_fifty_entries(with_git: bool, tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault") if with_git else vault(tmp_path / "vault", {"ada": ADA, "bob": BOB})
    children = [started(folder, "log", "ada", "call", f"number {number}") for number in range(50)]
    ran = [ended(child) for child in children]
    assert [one.code for one in ran] == [0] * 50, next(one for one in ran if one.code)
    text = ada_of(folder).read_text()
    assert sorted(re.findall(r"number \d+$", text, re.MULTILINE)) == sorted(f"number {number}" for number in range(50))
    assert len(text.splitlines()) == len(ADA.splitlines()) + 50
    assert not leftovers(folder)
    if with_git:
        assert len(commits(folder)) == 51
        assert git(folder, "status", "--porcelain") == ""
        assert {path for number in range(50) for path in touched(folder, f"HEAD~{number}")} == {"contacts/ada.md"}
        assert "missing" not in git(folder, "fsck", "--strict")


def test_a_reader_among_writers_sees_whole_files_only(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA, "bob": BOB})
    writers = [started(folder, "log", who, "call", f"number {number}") for number in range(6) for who in ("ada", "bob")]
    readers = [started(folder, "list", "--json") for _ in range(6)]
    for child in readers:
        ran = ended(child)
        assert ran.code == 0, ran
        assert [row["tier"] for row in json.loads(ran.out)["rows"]] == ["A", "A"]
        assert all(1 <= row["interactions"] <= 7 for row in json.loads(ran.out)["rows"])
    assert [ended(child).code for child in writers] == [0] * 12
    counts = [row["interactions"] for row in json.loads(ended(started(folder, "list", "--json")).out)["rows"]]
    assert counts == [7, 7]


def state_of(folder: Path) -> Path:
    """The state folder that `started` uses for a vault."""
    return places.vault_folder(folder.parent / "home" / "state" / "ptcrm", folder.resolve())


def test_a_writer_waits_for_the_lock_and_goes_on(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA})
    with locked(state_of(folder)):
        child = started(folder, "log", "ada", "call", "x")
        time.sleep(0.8)
        assert child.poll() is None
        assert ada_of(folder).read_text() == ADA
        assert ended(started(folder, "list")).code == 0  # reading waits for nobody
    assert ended(child).code == 0
    assert ada_of(folder).read_text() != ADA


def test_a_lock_held_for_too_long_is_refused_with_5(tmp_path: Path) -> None:
    start = time.monotonic()
    with locked(tmp_path), pytest.raises(Refused) as refused, locked(tmp_path, 0.3):
        pass
    assert refused.value.exit_code == 5
    assert 0.3 <= time.monotonic() - start < 3
    with locked(tmp_path, 0.3):
        pass  # it is free again


def test_the_lock_of_somebody_who_was_killed_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from plaintextcrm.edge.lock import locked\n"
        "with locked(Path(sys.argv[1])): print(flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, env=environment(tmp_path))
    assert child.stdout
    child.stdout.readline()
    with pytest.raises(Refused), locked(tmp_path, 0.1):
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with locked(tmp_path, 5):
        pass


# --- several people ------------------------------------------------------------------------------------------------


def test_several_people_share_a_block_id_and_one_commit(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault", {"ada": ADA, "bob": BOB, "carla": ADA.replace("Ada King", "Carla")})
    assert ptcrm(folder, "log", "ada,bob,carla", "lunch", "talked shop").code == 0
    lines = {name: (folder / "contacts" / f"{name}.md").read_text().splitlines()[-1] for name in ("ada", "bob", "carla")}
    ids = {re.search(r"\^([a-z0-9]{6})$", line)[1] for line in lines.values()}  # type: ignore[index]
    assert len(ids) == 1
    for name, line in lines.items():
        assert line.startswith("- 2026-11-21 lunch: talked shop")
        assert set(re.findall(r"\[\[(.+?)\]\]", line)) == set(lines) - {name}
    assert len(commits(folder)) == 2
    assert touched(folder) == ["contacts/ada.md", "contacts/bob.md", "contacts/carla.md"]


def test_where_one_of_several_is_refused_none_is_written(tmp_path: Path) -> None:
    folder = repository(
        tmp_path / "vault", {"ada": ADA, "utf-16": BOB.encode("utf-16"), "torn": BOB + "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> c\n"}
    )
    for other in ("utf-16", "torn"):
        ran = ptcrm(folder, "log", f"ada,{other}", "lunch")
        assert (ran.code, ran.out) == (5, "")
    assert git(folder, "status", "--porcelain") == ""
    assert ptcrm(folder, "undo").code == 2


def test_where_one_of_several_cannot_be_written_the_others_are_taken_back(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    (folder / "contacts" / "link.md").symlink_to("ada.md")
    ran = ptcrm(folder, "log", "bob,ada,link", "lunch")  # the second and the third are one file
    assert ran.code == 5, ran
    assert (folder / "contacts" / "bob.md").read_text() == BOB
    assert ada_of(folder).read_text() == ADA
    assert ptcrm(folder, "undo").code == 2
    assert not leftovers(folder)


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o400])
def test_the_mode_of_a_file_stays(mode: int, tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA})
    ada_of(folder).chmod(mode)
    assert inside(folder, "log", "ada", "call").code == 0
    assert stat.S_IMODE(ada_of(folder).stat().st_mode) == mode
    assert inside(folder, "undo").code == 0
    assert stat.S_IMODE(ada_of(folder).stat().st_mode) == mode


@pytest.mark.parametrize("with_git", [False, True], ids=["without git", "with git"])
def test_a_link_inside_the_vault_stays_a_link_and_its_target_is_written(with_git: bool, tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault") if with_git else vault(tmp_path / "vault", {"ada": ADA, "bob": BOB})
    (folder / "people").mkdir()
    target = folder / "people" / "carla.md"
    target.write_text(ADA.replace("Ada King", "Carla Dias"))
    link = folder / "contacts" / "carla.md"
    link.symlink_to("../people/carla.md")
    if with_git:
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "a link")
    assert inside(folder, "log", "carla", "call", "x").code == 0
    assert link.is_symlink()
    assert os.readlink(link) == "../people/carla.md"
    assert target.read_text().endswith("- 2026-11-21 call: x\n")
    if with_git:
        assert git(folder, "status", "--porcelain") == ""
        assert touched(folder) == ["people/carla.md"]
    assert inside(folder, "undo").code == 0
    assert target.read_text() == ADA.replace("Ada King", "Carla Dias")
    assert link.is_symlink()


def test_a_link_that_leads_out_of_the_vault_is_never_written_through(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"bob": BOB})
    outside = tmp_path / "outside.md"
    outside.write_text(ADA)
    ada_of(folder).symlink_to(outside)
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "carla.md").write_text(ADA)
    (folder / "contacts" / "far").symlink_to(tmp_path / "others")
    for words in (
        ("log", "ada", "call"),
        ("snooze", "ada", "2027-01-01"),
        ("done", "ada"),
        ("log", "far/carla", "call"),
        ("edit", "far/carla"),
    ):
        ran = ptcrm(folder, *words, EDITOR="sh -c 'echo hacked >> \"$0\"'")
        assert ran.code in (4, 5), (words, ran)
    assert outside.read_text() == ADA
    assert (tmp_path / "others" / "carla.md").read_text() == ADA
    assert sorted(os.listdir(tmp_path / "others")) == ["carla.md"]


def test_a_link_made_between_planning_and_writing_is_not_followed_out(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA})
    outside = tmp_path / "outside.md"
    outside.write_text(ADA)
    ada_of(folder).unlink()
    ada_of(folder).symlink_to(outside)
    with pytest.raises(Refused):
        files.apply(folder.resolve(), Edit("contacts/ada.md", ADA.encode(), b"x"))
    assert outside.read_text() == ADA


def test_a_file_that_changed_since_it_was_read_is_not_replaced(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA}).resolve()
    for expects, replaces in ((b"stale", b"new"), (b"stale", None), (None, b"new")):
        with pytest.raises(ChangedOnDisk):
            files.apply(folder, Edit("contacts/ada.md", expects, replaces))
        assert ada_of(folder).read_text() == ADA
    with pytest.raises(ChangedOnDisk):
        files.apply(folder, Edit("contacts/gone.md", b"x", b"y"))
    assert os.listdir(folder / "contacts") == ["ada.md"]


def saves_before(call: Callable[..., object], path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Have an editor save the file in the last moment before each such system call; what it saved."""
    saved: list[bytes] = []

    def late(*words: object, **more: object) -> object:
        if not saved and any(str(word).endswith(path.name) for word in words):
            saved.append(b"saved by an editor\n")
            path.write_bytes(saved[0])
        return call(*words, **more)

    monkeypatch.setattr(os, call.__name__, late)
    return saved


@pytest.mark.parametrize("call", [os.replace, os.rename, os.unlink, os.link], ids=lambda call: call.__name__)
def test_a_save_in_the_last_moment_is_never_overwritten(
    call: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA}).resolve()
    path = ada_of(folder)
    saved = saves_before(call, path, monkeypatch)
    try:
        files.apply(folder, Edit("contacts/ada.md", ADA.encode(), b"ours\n"))
    except ChangedOnDisk:
        assert path.read_bytes() == saved[0]
    else:
        assert path.read_bytes() == (saved[0] if saved else b"ours\n")
    assert os.listdir(path.parent) == ["ada.md"]


def test_conflict_markers_and_utf_16_are_refused_with_5(tmp_path: Path) -> None:
    odd = {
        "torn": (ADA + "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> c\n").encode(),
        "le": b"\xff\xfe" + ADA.encode("utf-16-le"),
        "be": ADA.encode("utf-16"),
    }
    folder = vault(tmp_path / "vault", dict(odd))
    for name, data in odd.items():
        for words in (("log", name, "call"), ("snooze", name, "2027-01-01"), ("snooze", name)):
            ran = inside(folder, *words)
            assert (ran.code, ran.out) == (5, ""), (words, ran)
        assert (folder / "contacts" / f"{name}.md").read_bytes() == data


def test_utf_16_without_its_mark_is_not_added_to_in_utf_8(tmp_path: Path) -> None:
    for name, data in {"le": ADA.encode("utf-16-le"), "be": ADA.encode("utf-16-be")}.items():
        folder = vault(tmp_path / name, {"ada": data})
        assert inside(folder, "log", "ada", "call").code == 5
        assert ada_of(folder).read_bytes() == data


@pytest.mark.parametrize("variable", ["XDG_STATE_HOME", "XDG_CACHE_HOME"])
def test_a_state_or_cache_folder_that_cannot_be_made_is_no_bug(variable: str, tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA})
    (tmp_path / "in-the-way").write_text("")
    more = {variable: str(tmp_path / "in-the-way")}
    assert ptcrm(folder, "list", **more).code == 0
    ran = ptcrm(folder, "log", "ada", "call", **more)
    assert ran.code == (0 if variable == "XDG_CACHE_HOME" else 5), ran
    assert (ada_of(folder).read_text() == ADA) is (ran.code == 5)
    assert ptcrm(folder, "undo", **more).code in ((0,) if ran.code == 0 else (2, 5))


def test_a_damaged_journal_is_no_bug(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA})
    ended(started(folder, "log", "ada", "call", "x"))
    after = ada_of(folder).read_bytes()
    (record,) = (state_of(folder) / "journal").iterdir()
    for damage in (b"", b"{", b"\0" * 100, b'{"what": 1}\n', record.read_bytes()[:-9]):
        record.write_bytes(damage)
        ran = ended(started(folder, "undo"))
        assert ran.code in (2, 5), (damage, ran)
        assert ada_of(folder).read_bytes() == after
        assert ended(started(folder, "log", "ada", "call", "y", "-n")).code == 0


def test_a_disk_that_is_full_leaves_the_old_file_whole(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA + "x" * 40_000})
    before = ada_of(folder).read_bytes()
    limited = ["sh", "-c", 'ulimit -f 16; exec "$@"', "sh", sys.executable, "-m", "plaintextcrm", "-C", str(folder)]
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run([*limited, "log", "ada", "call"], env=environment(home), capture_output=True, check=False, timeout=60)
    ran = Ran(done)
    assert ran.code == 5, ran
    assert ada_of(folder).read_bytes() == before
    assert not leftovers(folder)


# --- manners in git ------------------------------------------------------------------------------------------------


def test_only_our_own_path_is_committed_and_staged_work_stays(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    (folder / "staged.txt").write_text("staged")
    git(folder, "add", "staged.txt")
    (folder / "contacts" / "bob.md").write_text(BOB + "staged\n")
    git(folder, "add", "contacts/bob.md")
    (folder / "contacts" / "bob.md").write_text(BOB + "staged\nnot staged\n")
    (folder / "untracked.txt").write_text("untracked")
    before = git(folder, "status", "--porcelain=v2"), git(folder, "diff", "--cached"), git(folder, "diff")
    for words in (("log", "ada", "call"), ("add", "Carla Dias"), ("log", "carla-dias", "call"), ("snooze", "ada", "2027-01-01"), ("undo",)):
        ran = inside(folder, *words)
        assert ran.code == 0, ran
        assert len(touched(folder)) == 1
    assert (git(folder, "status", "--porcelain=v2"), git(folder, "diff", "--cached"), git(folder, "diff")) == before
    assert len(commits(folder)) == 6


def merging(folder: Path) -> None:
    """Stop in the middle of a merge."""
    git(folder, "checkout", "-qb", "side")
    (folder / "contacts" / "bob.md").write_text(BOB.replace("tides", "side"))
    git(folder, "commit", "-qam", "side")
    git(folder, "checkout", "-q", "main")
    (folder / "contacts" / "bob.md").write_text(BOB.replace("tides", "main"))
    git(folder, "commit", "-qam", "main")


BUSY = {
    "merge": (("merge", "side"), "merge"), "rebase": (("rebase", "side"), "rebase"), "cherry-pick": (("cherry-pick", "side"), "cherry-pick"),
    "revert": (("revert", "--no-edit", "HEAD~1"), "revert"), "am": (("am", "patch"), "rebase"),
}  # fmt: skip


@pytest.mark.parametrize("busy", BUSY)
def test_in_the_middle_of_something_the_file_is_written_and_git_left_alone(busy: str, tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    merging(folder)
    words, told = BUSY[busy]
    if busy == "am":
        (folder / "patch").write_text(git(folder, "format-patch", "--stdout", "main..side"))
    if busy == "revert":
        (folder / "contacts" / "bob.md").write_text(BOB.replace("tides", "again"))
        git(folder, "commit", "-qam", "again")
    git(folder, *words, check=False)
    before = git(folder, "status", "--porcelain"), git(folder, "rev-parse", "HEAD"), git(folder, "ls-files", "-s")
    assert list((folder / ".git").glob("*_HEAD")) or list((folder / ".git").glob("rebase-*")), "it is in the middle of something"
    ran = ptcrm(folder, "log", "ada", "call", "x")
    assert ran.code == 6, ran
    assert told in ran.err
    assert "logged" in ran.out
    assert ada_of(folder).read_text().endswith("- 2026-11-21 call: x\n")
    after = git(folder, "status", "--porcelain"), git(folder, "rev-parse", "HEAD"), git(folder, "ls-files", "-s")
    assert after == (before[0] if "contacts/ada.md" in before[0] else after[0], *before[1:])
    back = ptcrm(folder, "undo")
    assert (back.code, ada_of(folder).read_text()) == (6, ADA)


@pytest.mark.parametrize("hook", ["pre-commit", "commit-msg", "prepare-commit-msg"])
def test_a_hook_that_rejects_is_told_and_the_file_is_written(hook: str, tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    (folder / "staged.txt").write_text("staged")
    git(folder, "add", "staged.txt")
    path = folder / ".git" / "hooks" / hook
    path.write_text("#!/bin/sh\necho 'not on a Saturday' >&2\nexit 1\n")
    path.chmod(0o755)
    for words, written in ((("log", "ada", "call", "x"), "ada.md"), (("add", "Carla"), "carla.md")):
        ran = ptcrm(folder, *words)
        assert ran.code == 6, ran
        assert "not on a Saturday" in ran.err
        assert (folder / "contacts" / written).exists()
    assert commits(folder) == ["before"]
    assert git(folder, "diff", "--cached", "--name-status") == "A\tstaged.txt\n"
    assert ada_of(folder).read_text().endswith("- 2026-11-21 call: x\n")
    path.unlink()
    assert ptcrm(folder, "log", "ada", "text", "y").code == 0  # and nothing is stuck
    assert touched(folder) == ["contacts/ada.md"]


def test_a_git_that_does_not_know_who_you_are_is_told(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    git(folder, "config", "user.useConfigOnly", "true")
    home = tmp_path / "home"
    home.mkdir()
    unknown = {name: value for name, value in environment(home).items() if not name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))}
    command = [sys.executable, "-m", "plaintextcrm", "-C", str(folder), "log", "ada", "call"]
    ran = Ran(subprocess.run(command, env=unknown, capture_output=True, check=False))
    assert ran.code == 6, ran
    assert "user.name" in ran.err
    assert ada_of(folder).read_text() != ADA


def test_a_vault_in_a_bigger_repository_commits_there_and_only_its_own(tmp_path: Path) -> None:
    top = tmp_path / "top"
    folder = vault(top / "notes" / "people", {"ada": ADA, "bob": BOB}, COMMITTING)
    (top / "other.txt").write_text("one")
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "before")
    (top / "other.txt").write_text("two")
    (top / "contacts").mkdir()
    (top / "contacts" / "ada.md").write_text("another Ada")
    assert ptcrm(folder, "log", "ada", "call", home=tmp_path / "home").code == 0
    assert touched(top) == ["notes/people/contacts/ada.md"]
    assert ptcrm(folder, "add", "Carla", home=tmp_path / "home").code == 0
    assert touched(top) == ["notes/people/contacts/carla.md"]
    assert git(top, "status", "--porcelain") == " M other.txt\n?? contacts/\n"


def test_without_a_repository_or_without_git_nothing_is_missed(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA}, COMMITTING)
    ran = ptcrm(folder, "log", "ada", "call", "x")
    assert (ran.code, ran.err) == (0, "")
    repo = repository(tmp_path / "repository")
    (tmp_path / "bin").mkdir()
    ran = ptcrm(repo, "log", "ada", "call", "x", PATH=str(tmp_path / "bin"))
    assert ran.code == 0, ran
    assert commits(repo) == ["before"]


def test_no_commit_is_made_where_none_is_wanted(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    assert ptcrm(folder, "log", "ada", "call", "--no-commit").code == 0
    (folder / "ptcrm.toml").write_text("[git]\ncommit = false\n")
    assert ptcrm(folder, "log", "bob", "call").code == 0
    assert commits(folder) == ["before"]
    assert git(folder, "diff", "--cached", "--name-only") == ""


def test_the_first_commit_of_a_repository_is_ours_alone(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": ADA, "bob": BOB}, COMMITTING)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "contacts/bob.md")
    ran = ptcrm(folder, "log", "ada", "call")
    assert ran.code == 0, ran
    assert touched(folder) == ["contacts/ada.md"]
    assert git(folder, "diff", "--cached", "--name-status") == "A\tcontacts/bob.md\n"


def test_a_detached_head_is_committed_to(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    git(folder, "checkout", "-q", "--detach")
    assert ptcrm(folder, "log", "ada", "call").code == 0
    assert len(commits(folder)) == 2


def test_a_worktree_is_committed_to_and_its_merge_respected(tmp_path: Path) -> None:
    main = repository(tmp_path / "main")
    merging(main)
    folder = tmp_path / "tree"
    git(main, "worktree", "add", "-q", "-b", "third", str(folder), "main")
    assert ptcrm(folder, "log", "ada", "call").code == 0
    assert touched(folder) == ["contacts/ada.md"]
    git(folder, "merge", "side", check=False)
    assert ptcrm(folder, "log", "ada", "text").code == 6


def test_an_index_that_another_git_holds_is_told(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    (folder / ".git" / "index.lock").write_text("")
    ran = ptcrm(folder, "log", "ada", "call")
    assert ran.code == 6, ran
    assert "index.lock" in ran.err
    assert (folder / ".git" / "index.lock").exists()


def test_an_ignored_contact_is_told(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    (folder / ".gitignore").write_text("contacts/carla.md\n")
    ran = ptcrm(folder, "add", "Carla")
    assert ran.code == 6, ran
    assert "ignore" in ran.err
    assert (folder / "contacts" / "carla.md").exists()


NAMES = ["Ana Sofía", "a*", "a?", "[ab]", "-x", ":(top)a", "!a", "#a", "a'b\"c", "日本", "a\nb", "e\u0301", "a b.c", "~a", "$HOME"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_file_of_any_name_is_committed_and_no_other(name: str, tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault", {name: ADA, "ab": BOB, "a": BOB})
    for other in ("ab", "a"):
        (folder / "contacts" / f"{other}.md").write_text(BOB + "by hand\n")
    ran = inside(folder, "log", "--", name, "call", "x")
    assert ran.code == 0, ran
    assert touched(folder) == [f"contacts/{name}.md"]
    assert git(folder, "status", "--porcelain") == " M contacts/a.md\n M contacts/ab.md\n"
    new = folder / "contacts" / f"{name} new.md"
    new.write_text(ADA)
    assert inside(folder, "log", "--", f"{name} new", "call", "x").code == 0
    assert touched(folder) == [f"contacts/{name} new.md"]
    assert git(folder, "status", "--porcelain") == " M contacts/a.md\n M contacts/ab.md\n"


def test_the_variables_of_a_hook_do_not_lead_to_another_repository(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    other = repository(tmp_path / "other")
    more = {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / ".git" / "index"),
        "GIT_PREFIX": "contacts/",
    }
    ran = ptcrm(folder, "log", "ada", "call", **more)
    assert ran.code == 0, ran
    assert len(commits(folder)) == 2
    assert commits(other) == ["before"]
    assert git(other, "status", "--porcelain") == ""


def test_line_ends_and_filters_of_git_change_no_byte_in_the_folder(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault", {"ada": ADA.replace("\n", "\r\n").encode()})
    git(folder, "config", "core.autocrlf", "input")
    assert ptcrm(folder, "log", "ada", "call").code == 0
    assert ada_of(folder).read_bytes() == (ADA + "- 2026-11-21 call\n").replace("\n", "\r\n").encode()


def test_a_signature_that_fails_is_told_and_never_asked_for(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    git(folder, "config", "commit.gpgsign", "true")
    git(folder, "config", "gpg.program", "false")
    ran = ptcrm(folder, "log", "ada", "call")
    assert ran.code == 6, ran


def test_reading_never_calls_git(tmp_path: Path) -> None:
    folder = repository(tmp_path / "vault")
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "git"
    fake.write_text(f"#!/bin/sh\necho \"$@\" >> '{tmp_path}/called'\nexit 1\n")
    fake.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    for words in (
        (),
        ("due", "--all"),
        ("list",),
        ("show", "ada"),
        ("search", "tides"),
        ("todo",),
        ("check",),
        ("log", "ada", "call", "-n"),
    ):
        assert ptcrm(folder, *words, PATH=path).code == 0
    assert not (tmp_path / "called").exists()
    assert ptcrm(folder, "log", "ada", "call", PATH=path).code == 6
    assert (tmp_path / "called").exists()
