"""Manners towards the user's files and the user's git: undo to the byte, one lock, only our own paths, nothing forced."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from plaintextcrm.core.errors import Refused
from plaintextcrm.edge.lock import locked
from tests.make import Ran, environment, ptcrm, vault

GIT = "[git]\ncommit = true\n"
ADA = "---\nname: Ada King\ntier: A\n---\n\n## Interactions\n\n- 2026-01-02 call: Old news\n"
BEN = "---\nname: Ben Ray\ntier: B\n---\n\n## Interactions\n\n- 2026-02-03 email: Hello\n"

ODD = {
    "unix ends": ADA.encode(),
    "CRLF": ADA.replace("\n", "\r\n").encode(),
    "BOM": b"\xef\xbb\xbf" + ADA.encode(),
    "BOM and CRLF": b"\xef\xbb\xbf" + ADA.replace("\n", "\r\n").encode(),
    "lone CR": ADA.replace("\n", "\r").encode(),
    "mixed ends": b"---\r\nname: Ada King\n---\r\n\r\n## Interactions\n\r\n- 2026-01-02 call: Old\r\n- 2026-01-03 call: News\n\rafter\r\n",
    "no final newline": ADA.rstrip("\n").encode(),
    "latin-1 bytes": "---\nname: Ada Kïng\n---\n\nCafé\n\n## Interactions\n\n- 2026-01-02 call: Über\n".encode("latin-1"),
    "newest first": b"---\nname: Ada King\n---\n\n## Interactions\n\n- 2026-05-02 call: Two\n- 2026-01-02 call: One\n\n## Notes\n\nx  \n",
    "section missing": b"---\nname: Ada King\n---\n\n# Ada\n\nJust prose, two blanks at the end  \n",
    "section missing, no final newline": b"---\nname: Ada King\n---\n\nJust prose",
    "front matter broken": b"---\nname: [Ada\n  tier: : A\n---\n\n## Interactions\n\n- 2026-01-02 call: Old\n",
    "front matter unclosed": b"---\nname: Ada\n\n## Interactions\n\n- 2026-01-02 call: Old\n",
    "no front matter": b"# Ada King\n\n- 2026-01-02 call: Old\n",
    "empty": b"",
    "trailing blanks and tabs": b"---\nname:   Ada King   # me\n---\n\n## Interactions  \n\n*\t2026-01-02 call: Old  \n\n\n\n",
}


def git(folder: Path, *words: str, fails: bool = False) -> str:
    """Run git for the test as Marta; its stdout."""
    arguments = ["git", "-c", "init.defaultBranch=main", *words]
    done = subprocess.run(arguments, cwd=folder, env=environment(folder.parent / "git-home"), capture_output=True, check=False)
    assert fails or done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def repository(root: Path) -> Path:
    """A repository with one commit of everything in the folder."""
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def commits(folder: Path) -> int:
    return int(git(folder, "rev-list", "--count", "HEAD"))


def changed_in_last(folder: Path) -> list[str]:
    """The paths that the newest commit changed."""
    return [name for name in git(folder, "show", "--format=", "--name-only", "-z", "HEAD").split("\0") if name]


def ada(root: Path) -> Path:
    return root / "contacts" / "ada.md"


def done(ran: Ran, code: int = 0) -> Ran:
    assert ran.code == code, ran
    assert "Traceback" not in ran.err
    return ran


# --- undo ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ODD.values(), ids=ODD.keys())
def test_a_log_only_adds_bytes_and_its_undo_gives_the_bytes_back(tmp_path: Path, data: bytes) -> None:
    root = vault(tmp_path / "v", {"ada": data})
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    after = ada(root).read_bytes()
    more = len(after) - len(data)
    assert b"2026-11-21 coffee: New job" in after
    assert any(after[:at] + after[at + more :] == data for at in range(len(data) + 1)), "other bytes changed too"
    done(ptcrm(root, "undo"))
    assert ada(root).read_bytes() == data


@pytest.mark.parametrize("odd", ["CRLF", "BOM and CRLF", "lone CR", "mixed ends", "latin-1 bytes", "no final newline"])
def test_undo_gives_the_bytes_back_with_git_too_as_one_commit_more(tmp_path: Path, odd: str) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ODD[odd]}, GIT))
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert commits(root) == 2
    done(ptcrm(root, "undo"))
    assert ada(root).read_bytes() == ODD[odd]
    assert commits(root) == 3
    assert git(root, "diff", "HEAD~2", "--stat") == ""
    assert git(root, "status", "--porcelain") == ""


def test_undo_gives_the_bytes_back_where_git_converts_line_ends(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ODD["CRLF"]}, GIT)
    (root / ".gitattributes").write_text("*.md text=auto\n")
    repository(root)
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    done(ptcrm(root, "undo"))
    assert ada(root).read_bytes() == ODD["CRLF"]


def test_undo_refuses_after_a_change_and_leaves_the_bytes(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    changed = ada(root).read_bytes() + b"typed since\n"
    ada(root).write_bytes(changed)
    ran = done(ptcrm(root, "undo"), 5)
    assert "contacts/ada.md" in ran.err
    assert ada(root).read_bytes() == changed


def test_undo_refuses_where_the_file_is_gone_since(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    ada(root).unlink()
    done(ptcrm(root, "undo"), 5)
    assert not ada(root).exists()


def test_two_undos_walk_back_and_a_third_has_nothing(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    done(ptcrm(root, "log", "ada", "coffee", "One"))
    one = ada(root).read_bytes()
    done(ptcrm(root, "log", "ada", "call", "Two"))
    done(ptcrm(root, "undo"))
    assert ada(root).read_bytes() == one
    done(ptcrm(root, "undo"))
    assert ada(root).read_bytes() == ADA.encode()
    ran = ptcrm(root, "undo")
    assert ran.code == 2, ran
    assert "nothing to undo" in ran.err


def test_a_log_after_an_undo_is_what_the_next_undo_takes_back(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    for text in ("One", "Two", "Three"):
        done(ptcrm(root, "log", "ada", "coffee", text))
        done(ptcrm(root, "undo"))
        assert ada(root).read_bytes() == ADA.encode()


def test_undo_of_an_add_removes_the_file(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    done(ptcrm(root, "add", "Cleo Vane", "--tier", "A"))
    assert (root / "contacts" / "cleo-vane.md").is_file()
    assert changed_in_last(root) == ["contacts/cleo-vane.md"]
    done(ptcrm(root, "undo"))
    assert sorted(os.listdir(root / "contacts")) == ["ada.md"]
    assert git(root, "status", "--porcelain") == ""
    assert commits(root) == 3


def test_a_dry_run_writes_neither_file_nor_journal_nor_commit(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    ran = done(ptcrm(root, "log", "ada", "coffee", "New job", "-n"))
    assert "+- 2026-11-21 coffee: New job" in ran.out
    assert ada(root).read_bytes() == ADA.encode()
    assert commits(root) == 1
    assert ptcrm(root, "undo").code == 2


# --- many at once --------------------------------------------------------------------------------------------------


def at_once(root: Path, count: int) -> list[Ran]:
    """That many `log ada` processes, all started before any is waited for."""
    home = root.parent / f"{root.name}-home"
    home.mkdir(exist_ok=True)
    start = [sys.executable, "-m", "plaintextcrm", "-C", str(root), "--today", "2026-11-21", "log", "ada", "coffee"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen([*start, f"Number {number}."], env=environment(home), **pipes) for number in range(count)]
    ended = []
    for process in running:
        out, err = process.communicate(timeout=120)
        ended.append(Ran(subprocess.CompletedProcess([], process.returncode, out, err)))
    return ended


def test_many_logs_at_once_keep_all_entries(tmp_path: Path) -> None:
    many = 500 if int(os.environ.get("PTCRM_EXAMPLES", "0")) >= 3000 else 24  # `make races`
    root = vault(tmp_path / "v", {"ada": ADA})
    for ran in at_once(root, many):
        done(ran)
    text = ada(root).read_text()
    assert sorted(re.findall(r"Number (\d+)\.", text), key=int) == [str(number) for number in range(many)]
    assert len(text.splitlines()) == len(ADA.splitlines()) + many
    assert os.listdir(root / "contacts") == ["ada.md"]


def test_twelve_logs_at_once_with_git_are_twelve_entries_and_twelve_commits(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    for ran in at_once(root, 12):
        done(ran)
    assert len(re.findall(r"Number \d+\.", ada(root).read_text())) == 12
    assert commits(root) == 13
    assert git(root, "status", "--porcelain") == ""


def test_a_held_lock_is_waited_for_and_then_refused(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "lock").touch()
    words = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", words, str(folder / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Refused, match="another ptcrm"), locked(folder, patience=0.3):
            pytest.fail("the lock of another was taken")
        other.stdin.close()
    with locked(folder, patience=0.3):
        pass


# --- two people ----------------------------------------------------------------------------------------------------


def test_a_log_of_two_shares_one_block_id_names_the_other_and_is_one_commit_and_one_undo(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA, "ben": BEN}, GIT))
    done(ptcrm(root, "log", "ada,ben", "lunch", "Shop talk"))
    lines = {who: (root / "contacts" / f"{who}.md").read_text().splitlines()[-1] for who in ("ada", "ben")}
    found = {who: re.search(r" \^(\w+)$", line) for who, line in lines.items()}
    assert found["ada"]
    assert found["ben"]
    assert found["ada"][1] == found["ben"][1]
    assert "[[ben]]" in lines["ada"]
    assert "[[ada]]" not in lines["ada"]
    assert "[[ada]]" in lines["ben"]
    assert commits(root) == 2
    assert sorted(changed_in_last(root)) == ["contacts/ada.md", "contacts/ben.md"]
    done(ptcrm(root, "undo"))
    assert ada(root).read_bytes() == ADA.encode()
    assert (root / "contacts" / "ben.md").read_bytes() == BEN.encode()
    assert commits(root) == 3


def test_a_log_of_two_of_whom_one_cannot_be_written_changes_nobody(tmp_path: Path) -> None:
    broken = ADA + "<<<<<<< HEAD\n- 2026-03-01 call: a\n=======\n- 2026-03-01 call: b\n>>>>>>> them\n"
    root = vault(tmp_path / "v", {"ada": ADA, "ben": broken})
    done(ptcrm(root, "log", "ada,ben", "lunch", "Shop talk"), 5)
    assert ada(root).read_bytes() == ADA.encode()
    assert (root / "contacts" / "ben.md").read_bytes() == broken.encode()


def test_undo_of_a_log_of_two_changes_neither_where_one_changed_since(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA, "ben": BEN})
    done(ptcrm(root, "log", "ada,ben", "lunch", "Shop talk"))
    logged = ada(root).read_bytes()
    (root / "contacts" / "ben.md").write_text("mine now\n")
    done(ptcrm(root, "undo"), 5)
    assert ada(root).read_bytes() == logged
    assert (root / "contacts" / "ben.md").read_text() == "mine now\n"


# --- git -----------------------------------------------------------------------------------------------------------


def test_only_the_own_path_is_committed_and_other_work_stays_staged_and_unstaged(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA, "ben": BEN, "cleo": BEN, "dan": BEN}, GIT)
    repository(root)
    (root / "contacts" / "ben.md").write_text(BEN + "staged\n")
    git(root, "add", "contacts/ben.md")
    (root / "contacts" / "ben.md").write_text(BEN + "staged\nand not staged\n")
    (root / "contacts" / "cleo.md").write_text(BEN + "not staged\n")
    git(root, "rm", "-q", "--cached", "contacts/dan.md")
    (root / "new.md").write_text("untracked\n")
    (root / "added.md").write_text("added\n")
    git(root, "add", "added.md")
    before, staged = git(root, "status", "--porcelain"), git(root, "diff", "--cached")
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert git(root, "status", "--porcelain") == before
    assert git(root, "diff", "--cached") == staged
    assert changed_in_last(root) == ["contacts/ada.md"]
    done(ptcrm(root, "add", "Eve Moon"))
    assert git(root, "status", "--porcelain") == before
    assert changed_in_last(root) == ["contacts/eve-moon.md"]
    done(ptcrm(root, "undo"))
    assert git(root, "status", "--porcelain") == before
    assert git(root, "diff", "--cached") == staged


def test_the_commit_says_what_was_done(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert git(root, "log", "-1", "--format=%s|%an").strip() == "log: coffee with ada, 2026-11-21|Marta"


def _merge(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "side")
    (root / "other.txt").write_text("theirs\n")
    git(root, "commit", "-q", "-am", "side")
    git(root, "checkout", "-q", "main")
    (root / "other.txt").write_text("ours\n")
    git(root, "commit", "-q", "-am", "ours")


def _merging(root: Path) -> None:
    _merge(root)
    git(root, "merge", "-q", "side", fails=True)


def _rebasing(root: Path) -> None:
    _merge(root)
    git(root, "rebase", "-q", "side", fails=True)


def _picking(root: Path) -> None:
    _merge(root)
    git(root, "cherry-pick", "side", fails=True)


@pytest.mark.parametrize(("begin", "word"), [(_merging, "merge"), (_rebasing, "rebase"), (_picking, "cherry-pick")])
def test_during_a_merge_or_rebase_the_file_is_written_and_not_committed(tmp_path: Path, begin: Callable[[Path], None], word: str) -> None:
    root = vault(tmp_path / "v", {"ada": ADA}, GIT)
    (root / "other.txt").write_text("base\n")
    repository(root)
    begin(root)
    before, head = git(root, "status", "--porcelain"), git(root, "rev-parse", "HEAD")
    ran = done(ptcrm(root, "log", "ada", "coffee", "New job"), 6)
    assert word in ran.err
    assert "- 2026-11-21 coffee: New job" in ada(root).read_text()
    assert git(root, "rev-parse", "HEAD") == head
    assert sorted(git(root, "status", "--porcelain").splitlines()) == sorted([*before.splitlines(), " M contacts/ada.md"])


def test_during_a_merge_in_a_linked_worktree_nothing_is_committed(tmp_path: Path) -> None:
    main = vault(tmp_path / "main", {"ada": ADA}, GIT)
    (main / "other.txt").write_text("base\n")
    repository(main)
    _merge(main)
    root = tmp_path / "linked"
    git(main, "worktree", "add", "-q", "-b", "linked", str(root))
    done(ptcrm(root, "log", "ada", "call", "In the worktree"))
    assert changed_in_last(root) == ["contacts/ada.md"]
    git(root, "merge", "-q", "side", fails=True)
    ran = done(ptcrm(root, "log", "ada", "coffee", "New job"), 6)
    assert "merge" in ran.err
    assert "New job" in ada(root).read_text()


def test_a_hook_that_rejects_is_exit_6_with_its_reason_and_the_file_is_written(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    hook = root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no commits on a Saturday' >&2\nexit 1\n")
    hook.chmod(0o755)
    ran = done(ptcrm(root, "log", "ada", "coffee", "New job"), 6)
    assert "no commits on a Saturday" in ran.err
    assert "New job" in ada(root).read_text()
    assert commits(root) == 1
    assert git(root, "diff", "--cached", "--name-only") == ""


def test_an_added_file_that_a_hook_rejects_is_not_left_staged(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    hook = root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no commits on a Saturday' >&2\nexit 1\n")
    hook.chmod(0o755)
    done(ptcrm(root, "add", "Eve Moon"), 6)
    assert (root / "contacts" / "eve-moon.md").is_file()
    assert git(root, "diff", "--cached", "--name-only") == ""


def test_without_an_identity_the_file_is_written_and_git_asked_for_one(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    git(root, "config", "user.useConfigOnly", "true")
    home = tmp_path / "nobody"
    home.mkdir()
    own = {name: value for name, value in environment(home).items() if not name.startswith("GIT_")}
    start = [sys.executable, "-m", "plaintextcrm", "-C", str(root), "--today", "2026-11-21", "log", "ada", "coffee", "New job"]
    ran = done(Ran(subprocess.run(start, env=own, capture_output=True, stdin=subprocess.DEVNULL, check=False)), 6)
    assert "user.name" in ran.err
    assert "New job" in ada(root).read_text()
    assert commits(root) == 1


def test_a_vault_in_a_sub_folder_of_a_bigger_repository_commits_only_its_path(tmp_path: Path) -> None:
    big = tmp_path / "big"
    root = vault(big / "notes" / "people", {"ada": ADA}, GIT)
    (big / "code.py").write_text("1\n")
    repository(big)
    (big / "code.py").write_text("2\n")
    done(ptcrm(root, "log", "ada", "coffee", "New job", home=tmp_path / "home"))
    assert changed_in_last(big) == ["notes/people/contacts/ada.md"]
    assert git(big, "status", "--porcelain") == " M code.py\n"


def test_without_a_repository_a_log_is_exit_0_and_says_nothing_of_git(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA}, GIT)
    ran = done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert "git" not in ran.err
    assert "New job" in ada(root).read_text()


def test_without_a_git_program_a_log_is_exit_0(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    empty = tmp_path / "empty"
    empty.mkdir()
    done(ptcrm(root, "log", "ada", "coffee", "New job", PATH=str(empty)))
    assert "New job" in ada(root).read_text()


@pytest.mark.parametrize(("settings", "option"), [(GIT, ("--no-commit",)), ("[git]\ncommit = false\n", ())])
def test_no_commit_by_option_or_setting_leaves_the_change_to_the_user(tmp_path: Path, settings: str, option: tuple[str, ...]) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, settings))
    done(ptcrm(root, "log", "ada", "coffee", "New job", *option))
    assert commits(root) == 1
    assert git(root, "status", "--porcelain") == " M contacts/ada.md\n"


def test_on_an_unborn_branch_the_first_commit_holds_only_the_own_path(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA, "ben": BEN}, GIT)
    git(root, "init", "-q")
    git(root, "add", "contacts/ben.md")
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert commits(root) == 1
    assert changed_in_last(root) == ["contacts/ada.md"]
    assert "A  contacts/ben.md" in git(root, "status", "--porcelain")


def test_on_a_detached_head_a_log_is_committed(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    git(root, "checkout", "-q", "--detach")
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert commits(root) == 2


@pytest.mark.parametrize("name", ["ada king", "ádà-müller", "a*", "a[d]a", "a'd\"a", ":(top)ada", "木村", "!ada"])
def test_file_names_that_git_would_read_otherwise_commit_only_themselves(tmp_path: Path, name: str) -> None:
    root = repository(vault(tmp_path / "v", {name: ADA.replace("Ada King", "Zoe Odd"), "ada": ADA, "abe": BEN}, GIT))
    (root / "contacts" / "abe.md").write_text(BEN + "mine\n")
    before = git(root, "status", "--porcelain")
    done(ptcrm(root, "log", name, "coffee", "New job"))
    assert changed_in_last(root) == [f"contacts/{name}.md"]
    assert git(root, "status", "--porcelain") == before


def test_a_git_ignored_contact_is_written_without_a_traceback(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ben": BEN}, GIT)
    (root / ".gitignore").write_text("contacts/ada.md\n")
    repository(root)
    ada(root).write_text(ADA)
    ran = ptcrm(root, "log", "ada", "coffee", "New job")
    assert ran.code in (0, 6), ran
    assert "New job" in ada(root).read_text()
    assert commits(root) == 1


def test_called_from_a_git_hook_the_commit_goes_to_the_vaults_own_repository(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x").write_text("x\n")
    repository(other)
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    hooked = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other), "GIT_INDEX_FILE": str(other / ".git" / "index")}
    done(ptcrm(root, "log", "ada", "coffee", "New job", **hooked))
    assert (commits(root), commits(other)) == (2, 1)
    assert git(other, "status", "--porcelain") == ""


def test_a_locked_git_index_is_exit_6_and_the_file_is_written(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    (root / ".git" / "index.lock").touch()
    ran = done(ptcrm(root, "log", "ada", "coffee", "New job"), 6)
    assert "index.lock" in ran.err
    assert "New job" in ada(root).read_text()


# --- links, modes, what cannot be understood -----------------------------------------------------------------------


def test_a_linked_contact_inside_the_vault_stays_a_link_and_its_target_has_the_line(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ben": BEN})
    (root / "elsewhere").mkdir()
    (root / "elsewhere" / "real.md").write_text(ADA)
    ada(root).symlink_to("../elsewhere/real.md")
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert ada(root).is_symlink()
    assert os.readlink(ada(root)) == "../elsewhere/real.md"
    assert "New job" in (root / "elsewhere" / "real.md").read_text()
    done(ptcrm(root, "undo"))
    assert ada(root).is_symlink()
    assert (root / "elsewhere" / "real.md").read_text() == ADA


def test_a_linked_contact_inside_the_vault_is_committed_at_its_target(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ben": BEN}, GIT)
    (root / "elsewhere").mkdir()
    (root / "elsewhere" / "real.md").write_text(ADA)
    ada(root).symlink_to("../elsewhere/real.md")
    repository(root)
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert changed_in_last(root) == ["elsewhere/real.md"]
    assert git(root, "status", "--porcelain") == ""


def test_a_link_out_of_the_vault_is_refused_and_its_target_unchanged(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ben": BEN})
    (tmp_path / "outside.md").write_text(ADA)
    ada(root).symlink_to(tmp_path / "outside.md")
    ran = ptcrm(root, "log", "ada", "coffee", "New job")
    assert ran.code in (4, 5), ran
    assert (tmp_path / "outside.md").read_text() == ADA
    assert ada(root).is_symlink()


def test_a_folder_that_leads_out_of_the_vault_is_refused_and_its_files_unchanged(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ben": BEN})
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "ada.md").write_text(ADA)
    (root / "contacts" / "team").symlink_to(tmp_path / "outside")
    ran = ptcrm(root, "log", "team/ada", "coffee", "New job")
    assert ran.code in (4, 5), ran
    assert (tmp_path / "outside" / "ada.md").read_text() == ADA
    shown = ptcrm(root, "show", "team/ada")
    assert "Old news" not in shown.out, shown


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_mode_of_a_file_stays_through_log_and_undo(tmp_path: Path, mode: int) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    ada(root).chmod(mode)
    done(ptcrm(root, "log", "ada", "coffee", "New job"))
    assert stat.S_IMODE(ada(root).stat().st_mode) == mode
    done(ptcrm(root, "undo"))
    assert stat.S_IMODE(ada(root).stat().st_mode) == mode


UNTOUCHED = {
    "conflict markers": ADA.encode() + b"<<<<<<< HEAD\n- 2026-03-01 call: a\n=======\n- 2026-03-01 call: b\n>>>>>>> them\n",
    "conflict markers in the front matter": b"---\nname: Ada\n<<<<<<< HEAD\ntier: A\n=======\ntier: B\n>>>>>>> them\n---\n",
    "UTF-16 little": b"\xff\xfe" + ADA.encode("utf-16-le"),
    "UTF-16 big": b"\xfe\xff" + ADA.encode("utf-16-be"),
}


@pytest.mark.parametrize("words", [("log", "ada", "coffee", "New job"), ("snooze", "ada", "2027-01-11")], ids=["log", "snooze"])
@pytest.mark.parametrize("data", UNTOUCHED.values(), ids=UNTOUCHED.keys())
def test_what_must_not_be_edited_is_exit_5_with_its_bytes_unchanged(tmp_path: Path, data: bytes, words: tuple[str, ...]) -> None:
    root = vault(tmp_path / "v", {"ada": data})
    ran = done(ptcrm(root, *words), 5)
    assert "contacts/ada.md" in ran.err
    assert ada(root).read_bytes() == data


# --- snooze, done --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ["unix ends", "CRLF", "BOM", "lone CR", "trailing blanks and tabs"])
def test_snooze_and_off_give_the_bytes_back(tmp_path: Path, odd: str) -> None:
    root = vault(tmp_path / "v", {"ada": ODD[odd]})
    done(ptcrm(root, "snooze", "ada", "2027-01-11"))
    assert b"snooze_until: 2027-01-11" in ada(root).read_bytes()
    done(ptcrm(root, "snooze", "ada", "off"))
    assert ada(root).read_bytes() == ODD[odd]


def test_pause_and_off_give_the_bytes_back_and_pause_is_written_as_a_yes(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    done(ptcrm(root, "snooze", "ada"))
    lines = ada(root).read_text().splitlines()
    assert done(ptcrm(root, "list", "state:paused", "--format", "ids")).out == "ada\n"
    done(ptcrm(root, "snooze", "ada", "off"))
    assert ada(root).read_bytes() == ADA.encode()
    assert "paused: true" in lines  # docs/due.md: "writes `paused: true`"


def test_a_snooze_hides_from_due_until_its_day(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    done(ptcrm(root, "snooze", "ada", "2027-01-11"))
    assert done(ptcrm(root, "due", "--format", "ids")).out == ""
    assert done(ptcrm(root, "due", "--format", "ids", today="2027-01-11")).out == "ada\n"


@pytest.mark.parametrize("id", ["k3x9q2", "a1", "my-Task", "37066d"])
@pytest.mark.parametrize("end", ["\n", "  \r\n", ""])
def test_a_ticked_line_still_ends_with_its_block_id(tmp_path: Path, id: str, end: str) -> None:
    """Obsidian finds a block by its id only where that ends the line."""
    root = vault(tmp_path / "v", {"ada": f"# Ada\n\n- [ ] send the list ^{id}{end}"})
    assert ptcrm(root, "done", "ada").code == 0
    assert ada(root).read_bytes() == f"# Ada\n\n- [x] send the list [completion:: 2026-11-21] ^{id}{end}".encode()


def test_done_ticks_one_line_and_changes_no_other(tmp_path: Path) -> None:
    data = ADA.encode().replace(b"\n", b"\r\n") + b"\r\n## Follow-ups\r\n\r\n- [ ] send the list\r\n- [ ] call back [due:: 2026-12-01]\r\n"
    root = vault(tmp_path / "v", {"ada": data})
    done(ptcrm(root, "done", "ada", "send the list"))
    assert ada(root).read_bytes() == data.replace(b"[ ] send the list", b"[x] send the list [completion:: 2026-11-21]")
    done(ptcrm(root, "undo"))
    assert ada(root).read_bytes() == data
