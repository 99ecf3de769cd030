"""One vault, several people: `sync` with real remotes, in folders. Nothing is lost, nothing doubled, nothing forced."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import pytest

from plaintextcrm.app import making
from tests.laws.test_merge_laws import settled
from tests.make import vault
from tests.place import Place, Ran
from tests.test_manners import ADA, BEN, GIT, changed_in_last, commits
from tests.test_manners import git as run_git

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process

UNHURRIED = "core.fsync=none"  # what git writes need not outlive a test
EACH = int(os.environ.get("PTCRM_CLONES", "0"))  # `make clones`: five of them, 200 changes in each
CLEO = ADA.replace("Ada King", "Cleo Vane")


class Team:
    """A bare remote and clones of it, each with a home of its own."""

    def __init__(self, folder: Path, people: dict[str, str]) -> None:
        self.folder, self.remote = folder, folder / "remote.git"
        first = folder / "first"
        run_git(folder.parent, "init", "-q", "--bare", str(self.remote))
        run_git(self.remote, "config", *UNHURRIED.split("="))
        first.mkdir()
        done(Place(first, folder / "first-home")("init", "--no-git"))
        run_git(vault(first, people, GIT), "init", "-q")
        run_git(first, "add", "-A")
        run_git(first, "commit", "-q", "-m", f"the vault of {folder.name}")
        run_git(first, "push", "-q", str(self.remote), "HEAD:main")

    def clone(self, name: str) -> Place:
        run_git(self.folder, "clone", "-q", "-c", UNHURRIED, "-b", "main", str(self.remote), name)
        return Place(self.folder / name, self.folder / f"{name}-home")

    def pushed(self) -> str:
        return run_git(self.remote, "rev-parse", "main").strip()


@pytest.fixture(scope="module")
def first_team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team(tmp_path_factory.mktemp("teams") / "first", {"ada": ADA, "ben": BEN, "cleo": CLEO})


@pytest.fixture
def team(first_team: Team, tmp_path: Path) -> Team:
    """Ada, Ben and Cleo."""
    own = copy(first_team)
    own.folder, own.remote = tmp_path / "team", tmp_path / "team" / "remote.git"
    shutil.copytree(first_team.remote, own.remote)
    return own


def done(ran: Ran, code: int = 0) -> Ran:
    assert ran.code == code, ran
    assert "Traceback" not in ran.err, ran
    return ran


def head(place: Place) -> str:
    return run_git(place.root, "rev-parse", "HEAD").strip()


def state(place: Place) -> tuple[object, ...]:
    """All that a sync which is refused must leave: commit, index, status, every byte."""
    files = {path: path.read_bytes() for path in sorted(place.root.rglob("*")) if path.is_file() and ".git" not in path.parts}
    return head(place), run_git(place.root, "ls-files", "--stage"), run_git(place.root, "status", "--porcelain", "-uall"), files


def edited(place: Place, id: str, old: str, new: str) -> None:
    path = place.root / "contacts" / f"{id}.md"
    before = path.read_text()
    assert old in before
    path.write_text(before.replace(old, new))


# --- the way it goes -----------------------------------------------------------------------------------------------


def test_what_one_logs_the_other_has_and_both_are_told(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("log", "ada", "coffee", "New job [by:: lee]"))
    done(lee("log", "ben", "call", "Hello [by:: lee]"))
    done(lee("log", "ben", "call", "Again [by:: lee]"))
    done(lee("add", "Dan Ott"))
    words = "3 interactions with 2 people by lee, 1 new contact\n"
    assert done(lee("sync", "-n")).out == f"to go out to origin/main: {words}"
    assert done(lee("sync")).out == f"went out to origin/main: {words}"
    assert done(noor("sync", "-n")).out == f"to come in from origin/main: {words}"
    assert "New job" not in noor.text("ada"), "a dry run only fetches"
    assert done(noor("sync")).out == f"came in from origin/main: {words}"
    assert noor.text("ada") == lee.text("ada")
    assert "New job" in done(noor("show", "ada")).out
    assert done(noor("sync")).out == "nothing new here, nothing new in origin/main\n"


def test_both_sides_changed_are_merged_and_pushed_as_one_merge(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("log", "ada", "coffee", "New job"))
    done(noor("log", "ben", "call", "Hello"))
    done(lee("sync"))
    ran = done(noor("sync"))
    assert ran.out == "came in from origin/main: 1 interaction with 1 person\nwent out to origin/main: 1 interaction with 1 person\n"
    assert run_git(noor.root, "log", "-1", "--format=%s") == "sync: merge origin/main\n"
    assert team.pushed() == head(noor)
    done(lee("sync"))
    assert head(lee) == head(noor)


def test_a_corrected_entry_a_changed_field_a_removed_contact_and_another_file_are_told_as_such(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    edited(lee, "ada", "Old news", "Good news")
    edited(lee, "ben", "tier: B", "tier: A")
    (lee.root / "contacts" / "cleo.md").unlink()
    done(lee("sync"))
    (lee.root / "notes.txt").write_text("x\n")
    run_git(lee.root, "add", "notes.txt")
    run_git(lee.root, "commit", "-q", "-m", "notes")
    done(lee("sync"))
    ran = done(noor("sync"))
    assert ran.out == "came in from origin/main: 2 contacts changed, 1 contact removed, 1 other file\n"
    assert not (noor.root / "contacts" / "cleo.md").exists()


def test_somebody_who_was_quicker_is_merged_and_the_push_goes_again(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(noor("log", "ben", "call", "Hello"))
    done(noor("sync", "-n"))
    hook = lee.root / ".git" / "hooks" / "pre-push"
    hook.write_text(  # between lee's merge and lee's push noor's commit gets there, once
        f'#!/bin/sh\n[ -e {team.folder}/once ] && exit 0\ntouch {team.folder}/once\ncd "{noor.root}" && git push -q origin main\n'
    )
    hook.chmod(0o755)
    done(lee("log", "ada", "coffee", "New job"))
    ran = done(lee("sync"))
    assert (team.folder / "once").exists()
    assert ran.out == "came in from origin/main: 1 interaction with 1 person\nwent out to origin/main: 1 interaction with 1 person\n"
    assert team.pushed() == head(lee)


def test_who_is_always_slower_gives_up_with_all_merged(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    hook = lee.root / ".git" / "hooks" / "pre-push"
    hook.write_text(f'#!/bin/sh\ncd "{noor.root}" && git commit -q --allow-empty -m quick && git push -q origin main\n')
    hook.chmod(0o755)
    done(lee("log", "ada", "coffee", "New job"))
    assert "quicker 5 times" in done(lee("sync"), 5).err
    hook.unlink()
    done(lee("sync"))
    assert team.pushed() == head(lee)
    assert run_git(lee.root, "log", "--grep=quick", "--format=%s").count("quick") == 5


def test_two_syncs_of_one_clone_at_once_wait_for_each_other(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("log", "ada", "coffee", "New job"))
    done(lee("sync"))
    done(noor("log", "ben", "call", "Hello"))
    with ThreadPoolExecutor(3) as pool:
        for ran in pool.map(lambda _: noor.process("sync"), range(3)):
            done(ran)
    assert (team.pushed(), commits(noor.root)) == (head(noor), 4)


def test_a_vault_in_a_folder_of_a_repository_is_synced_with_it(tmp_path: Path) -> None:
    remote, first = tmp_path / "remote.git", tmp_path / "first"
    run_git(tmp_path, "init", "-q", "--bare", str(remote))
    vault(first / "our people", {"ada": ADA, "ben": BEN}, GIT)
    run_git(first, "init", "-q")
    run_git(first, "add", "-A")
    run_git(first, "commit", "-q", "-m", "first")
    run_git(first, "remote", "add", "origin", str(remote))
    run_git(first, "push", "-q", "-u", "origin", "main")
    run_git(tmp_path, "clone", "-q", "-b", "main", str(remote), "second")
    lee, noor = Place(first / "our people", tmp_path / "lee"), Place(tmp_path / "second" / "our people", tmp_path / "noor")
    edited(lee, "ada", "Old news", "Good news")
    assert "committed: by hand changed contacts/ada.md\n" in done(lee("sync")).out
    assert done(noor("sync")).out.startswith("came in from origin/main: 1 contact changed")
    edited(lee, "ben", "tier: B", "tier: A")
    edited(noor, "ben", "tier: B", "tier: C")
    done(lee("sync"))
    assert 'contacts/ben.md: tier: yours "C", theirs "A"' in done(noor("sync"), 5).err


# --- changes by hand -----------------------------------------------------------------------------------------------


def test_changes_by_hand_are_committed_first_and_nothing_else_is(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    edited(lee, "ada", "Old news", "Good news")
    (lee.root / "contacts" / "cleo.md").unlink()
    (lee.root / "contacts" / "dän ott.md").write_text(BEN.replace("Ben Ray", "Dan Ott"))
    (lee.root / "staged.txt").write_text("mine\n")
    run_git(lee.root, "add", "staged.txt")
    (lee.root / "notes.txt").write_text("mine\n")
    (lee.root / "contacts" / "README.md").write_text("mine\n")
    before = commits(lee.root)
    ran = done(lee("sync"))
    assert ran.out.startswith("committed: by hand changed 3 files\n")
    assert commits(lee.root) == before + 1
    assert sorted(changed_in_last(lee.root)) == ["contacts/ada.md", "contacts/cleo.md", "contacts/dän ott.md"]
    message = run_git(lee.root, "log", "-1", "--format=%B")
    assert message.startswith("sync: changes by hand in 3 files\n\n")
    assert "contacts/dän ott.md" in message
    assert run_git(lee.root, "status", "--porcelain", "-uall") == "A  staged.txt\n?? contacts/README.md\n?? notes.txt\n"
    done(noor("sync"))
    assert "Good news" in noor.text("ada")


def test_a_contact_removed_with_git_rm_goes_out_together_with_a_new_one(team: Team) -> None:
    lee = team.clone("lee")
    run_git(lee.root, "rm", "-q", "contacts/ben.md")
    (lee.root / "contacts" / "eve.md").write_text("---\nname: Eve Moon\n---\n")
    assert done(lee("sync")).out.endswith("went out to origin/main: 1 new contact, 1 contact removed\n")
    assert run_git(lee.root, "status", "--porcelain") == ""


def test_a_contact_that_was_only_staged_and_is_gone_is_in_nobodys_way(team: Team) -> None:
    lee = team.clone("lee")
    eve = lee.root / "contacts" / "eve.md"
    eve.write_text("---\nname: Eve Moon\n---\n")
    run_git(lee.root, "add", "-A")
    eve.unlink()
    done(lee("sync"))
    assert run_git(lee.root, "status", "--porcelain") == ""


def test_changed_settings_stay_here_and_that_is_told_with_what_shares_them(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    told = "ptcrm: ptcrm.toml is changed and not shared: git add ptcrm.toml, git commit -m settings ptcrm.toml, ptcrm sync\n"
    with open(lee.root / "ptcrm.toml", "a") as file:
        file.write('[team.lee]\nname = "Lee Park"\n')
    assert done(lee("sync", "-n")).err == told
    ran = done(lee("sync"))
    assert (ran.out, ran.err) == ("nothing new here, nothing new in origin/main\n", told)
    *by_git, again = told.strip().partition("shared: ")[2].split(", ")
    for line in by_git:
        run_git(lee.root, *line.split()[1:])
    assert again == "ptcrm sync"
    assert done(lee("sync")).err == ""
    done(noor("sync"))
    assert "Lee Park" in (noor.root / "ptcrm.toml").read_text()


def test_the_commands_for_git_run_where_you_are(team: Team) -> None:
    lee = team.clone("lee")
    with open(lee.root / "ptcrm.toml", "a") as file:
        file.write('[team.lee]\nname = "Lee Park"\n')
    elsewhere = team.folder / "else where"
    elsewhere.mkdir()
    for folder, git in ((lee.root / "contacts", "git -C .."), (elsewhere, f"git -C {lee.root}")):
        told = done(lee("-C", str(lee.root), "sync", "-n", at=folder)).err.strip().partition("shared: ")[2].split(", ")
        assert told[0] == f"{git} add ptcrm.toml"
    for line in told[:2]:
        subprocess.run(line, shell=True, cwd=elsewhere, env=lee.environment(), capture_output=True, check=True)
    assert run_git(lee.root, "status", "--porcelain") == ""


def test_a_dry_run_commits_nothing_registers_nothing_and_says_what_it_would_commit(team: Team) -> None:
    lee = team.clone("lee")
    edited(lee, "ada", "Old news", "Good news")
    before, settings = state(lee), (lee.root / ".git" / "config").read_text()
    assert done(lee("sync", "-n")).out == "to commit: by hand changed contacts/ada.md\n"
    assert state(lee) == before
    assert (lee.root / ".git" / "config").read_text() == settings


def test_staged_work_stays_where_a_merge_would_need_it_out_of_the_way(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("log", "ada", "coffee", "New job"))
    done(lee("sync"))
    done(noor("log", "ben", "call", "Hello"))
    (noor.root / "staged.txt").write_text("mine\n")
    run_git(noor.root, "add", "staged.txt")
    before = state(noor)
    assert "staged.txt" in done(noor("sync"), 5).err
    assert state(noor) == before
    run_git(noor.root, "commit", "-q", "-m", "mine")
    done(noor("sync"))
    assert "New job" in noor.text("ada")


def test_a_file_in_the_way_is_named_and_kept(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    (lee.root / "notes.txt").write_text("lee's\n")
    run_git(lee.root, "add", "notes.txt")
    run_git(lee.root, "commit", "-q", "-m", "notes")
    done(lee("sync"))
    (noor.root / "notes.txt").write_text("noor's\n")
    before = state(noor)
    ran = done(noor("sync"), 5)
    assert "nothing is changed" in ran.err
    assert "notes.txt" in ran.err
    assert state(noor) == before


def test_a_merge_that_a_hook_rejects_leaves_all_as_it_was(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("log", "ada", "coffee", "New job"))
    done(lee("sync"))
    done(noor("log", "ben", "call", "Hello"))
    hook = noor.root / ".git" / "hooks" / "pre-merge-commit"
    hook.write_text("#!/bin/sh\necho 'no merges on a Saturday' >&2\nexit 1\n")
    hook.chmod(0o755)
    (noor.root / "notes.txt").write_text("mine\n")
    before = state(noor)
    ran = done(noor("sync"), 5)
    assert "no merges on a Saturday" in ran.err
    assert state(noor) == before
    assert not (noor.root / ".git" / "MERGE_HEAD").exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds a parent's parent in /proc")
@pytest.mark.parametrize("end", ["exit 0", "exit 1"], ids=["merged", "not merged"])
def test_interrupted_while_git_merges_it_is_merged_or_as_before(team: Team, end: str) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("log", "ada", "coffee", "New job"))
    done(lee("sync"))
    done(noor("log", "ben", "call", "Hello"))
    hook = noor.root / ".git" / "hooks" / "pre-merge-commit"
    hook.write_text(f"#!/bin/sh\nsleep 0.2\nkill -INT $(cut -d' ' -f4 /proc/$PPID/stat)\nsleep 0.5\n{end}\n")
    hook.chmod(0o755)
    before = commits(noor.root)
    assert noor.process("sync").code == 130
    assert run_git(noor.root, "status", "--porcelain") == ""
    assert not (noor.root / ".git" / "MERGE_HEAD").exists()
    assert commits(noor.root) == (before + 2 if end == "exit 0" else before)
    assert ("New job" in noor.text("ada")) == (end == "exit 0")


# --- refused, all as it was ----------------------------------------------------------------------------------------


def test_a_field_that_both_changed_is_named_and_all_stays_as_it_was(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    edited(lee, "ada", "tier: A", "tier: B")
    edited(noor, "ada", "tier: A", "tier: C")
    edited(noor, "ben", "Hello", "Good day")
    done(lee("sync"))
    done(noor("sync", "-n"))
    run_git(noor.root, "commit", "-q", "-a", "-m", "mine")
    before, pushed = state(noor), team.pushed()
    ran = done(noor("sync"), 5)
    assert ran.err.splitlines()[0] == "ptcrm: contacts/ada.md: changed here and in origin/main; nothing is merged"
    assert 'contacts/ada.md: tier: yours "C", theirs "B"' in ran.err
    assert state(noor) == before
    assert team.pushed() == pushed
    assert ran.err.rstrip().endswith(
        "git merge origin/main, settle what it marks, git add contacts/ada.md, git commit --no-edit, ptcrm sync"
    )
    run_git(noor.root, "merge", "origin/main", fails=True)
    (noor.root / "contacts" / "ada.md").write_text(ADA.replace("tier: A", "tier: C"))
    run_git(noor.root, "add", "contacts/ada.md")
    run_git(noor.root, "commit", "--no-edit", "-q")
    done(noor("sync"))
    done(lee("sync"))
    assert lee.text("ada") == ADA.replace("tier: A", "tier: C")
    assert "Good day" in lee.text("ben")


def test_removed_here_and_changed_there_is_a_conflict_that_is_told(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("log", "ada", "coffee", "New job"))
    done(lee("sync"))
    (noor.root / "contacts" / "ada.md").unlink()
    assert "contacts/ada.md: theirs is changed, yours is removed" in done(noor("sync"), 5).err
    assert not (noor.root / "contacts" / "ada.md").exists()
    assert run_git(noor.root, "status", "--porcelain") == ""


def test_one_person_renamed_differently_on_both_sides_is_told_as_that(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("rename", "cleo", "Cleo One"))
    done(noor("rename", "cleo", "Cleo Two"))
    done(lee("sync"))
    err = done(noor("sync"), 5).err
    for line in ("cleo.md: renamed on both sides", "cleo-one.md: only theirs has it", "cleo-two.md: only yours has it"):
        assert f"contacts/{line}\n" in err


def test_without_network_it_is_one_line_and_all_stays_as_it_was(team: Team) -> None:
    lee = team.clone("lee")
    done(lee("log", "ada", "coffee", "New job"))
    done(lee("sync"))
    done(lee("log", "ben", "call", "Hello"))
    edited(lee, "cleo", "Old news", "Good news")
    shutil.move(team.remote, team.folder / "away.git")
    run_git(lee.root, "remote", "set-url", "origin", f"file://{team.remote}")
    before = state(lee)
    for words in (("sync",), ("sync", "-n")):
        ran = done(lee(*words), 5)
        assert ran.err.startswith("ptcrm: origin cannot be fetched: ")
        assert len(ran.err.splitlines()) == 1
        assert state(lee) == before
    shutil.move(team.folder / "away.git", team.remote)
    done(lee("sync"))
    assert team.pushed() == head(lee)


def test_a_remote_that_refuses_the_push_is_told_and_what_is_ours_stays_committed(team: Team) -> None:
    lee = team.clone("lee")
    hook = team.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'not on a Saturday' >&2\nexit 1\n")
    hook.chmod(0o755)
    done(lee("log", "ada", "coffee", "New job"))
    before, pushed = state(lee), team.pushed()
    assert "origin does not take the push: " in done(lee("sync"), 5).err
    assert state(lee) == before
    assert team.pushed() == pushed


@pytest.mark.parametrize("where", ["here", "there"])
def test_why_a_hook_takes_no_push_is_told(team: Team, where: str) -> None:
    lee = team.clone("lee")
    hook = team.remote / "hooks" / "pre-receive" if where == "there" else lee.root / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\necho 'not on a Saturday' >&2\nexit 1\n")
    hook.chmod(0o755)
    done(lee("log", "ada", "coffee", "New job"))
    assert done(lee("sync"), 5).err.endswith("; what is yours stays committed here\n       not on a Saturday\n")


def test_a_remote_that_lost_many_contacts_is_merged_only_when_told(tmp_path: Path) -> None:
    people = {f"p{number}": BEN.replace("Ben Ray", f"Person {number}") for number in range(20)}
    team = Team(tmp_path / "team", people)
    lee, noor = team.clone("lee"), team.clone("noor")
    for number in range(7):
        (lee.root / "contacts" / f"p{number}.md").unlink() if number < 4 else (lee.root / "contacts" / f"p{number}.md").write_text("")
    run_git(lee.root, "commit", "-q", "-a", "-m", "gone")
    run_git(lee.root, "push", "-q")
    before = state(noor)
    ran = done(noor("sync"), 5)
    assert "7 of 20 contacts are gone or empty in origin/main" in ran.err
    assert "--even-if-many-vanish" in ran.err
    assert state(noor) == before
    assert "3 contacts changed, 4 contacts removed" in done(noor("sync", "--even-if-many-vanish")).out
    assert not (noor.root / "contacts" / "p3.md").exists()


def test_many_contacts_that_vanished_here_are_not_removed_for_everybody(tmp_path: Path) -> None:
    team = Team(tmp_path / "team", {f"p{number}": BEN.replace("Ben Ray", f"Person {number}") for number in range(20)})
    lee = team.clone("lee")
    for number in range(5):
        (lee.root / "contacts" / f"p{number}.md").unlink()
    assert "5 contacts removed" in done(lee("sync")).out, "a fifth and few"
    for number in range(5, 10):
        (lee.root / "contacts" / f"p{number}.md").unlink()
    (lee.root / "contacts" / "p10.md").write_text("")
    before = state(lee)
    assert "6 of 15 contacts are removed or empty here" in done(lee("sync"), 5).err
    assert state(lee) == before
    (lee.root / "contacts" / "moved").mkdir()
    run_git(lee.root, "checkout", "-q", "--", "contacts")
    for number in range(5, 15):
        shutil.move(lee.root / "contacts" / f"p{number}.md", lee.root / "contacts" / "moved")
    done(lee("sync"))  # moved is not gone


def test_a_branch_that_vanished_from_the_remote_is_pushed_anew_only_when_told(team: Team) -> None:
    lee = team.clone("lee")
    shutil.rmtree(team.remote)
    run_git(team.folder, "init", "-q", "--bare", str(team.remote))
    before = state(lee)
    assert "origin/main is gone, and was there before" in done(lee("sync"), 5).err
    assert state(lee) == before
    done(lee("sync", "--even-if-many-vanish"))
    assert team.pushed() == head(lee)


def test_a_branch_that_has_another_name_now_is_named_with_what_follows_it(team: Team) -> None:
    lee = team.clone("lee")
    done(lee("log", "ada", "call", "x"))
    run_git(team.remote, "branch", "-m", "main", "trunk")
    err = done(lee("sync"), 5).err
    command = "git fetch origin && git branch --set-upstream-to=origin/trunk"
    assert f"origin/main is gone, and was there before: where it is origin/trunk now, {command} shares that; " in err
    subprocess.run(["sh", "-c", command], cwd=lee.root, capture_output=True, check=True)
    done(lee("sync"))
    assert run_git(team.remote, "rev-parse", "trunk").strip() == head(lee)


def test_a_branch_that_was_never_fetched_is_fetched_before_it_is_followed(team: Team) -> None:
    lee = team.clone("lee")
    for words in (("branch", "-m", "main", "mine"), ("remote", "rm", "origin"), ("remote", "add", "origin", str(team.remote))):
        run_git(lee.root, *words)
    assert "it has main: git fetch origin && git branch --set-upstream-to=origin/main shares that" in done(lee("sync"), 2).err


def test_an_unrelated_remote_is_refused(team: Team, tmp_path: Path) -> None:
    other = Team(tmp_path / "other", {"eve": BEN})
    lee = team.clone("lee")
    run_git(lee.root, "remote", "set-url", "origin", str(other.remote))
    before, pushed = state(lee), other.pushed()
    assert "have no commit in common" in done(lee("sync", "--even-if-many-vanish"), 5).err
    assert (state(lee), other.pushed()) == (before, pushed)


def test_conflict_markers_in_a_contact_are_never_shared(team: Team) -> None:
    lee = team.clone("lee")
    edited(lee, "ada", "tier: A\n", "<<<<<<< ours\ntier: A\n=======\ntier: B\n>>>>>>> theirs\n")
    before = state(lee)
    assert "contacts/ada.md: conflict markers" in done(lee("sync"), 5).err
    assert state(lee) == before
    run_git(lee.root, "commit", "-q", "-a", "-m", "oh")
    assert "contacts/ada.md: conflict markers" in done(lee("sync"), 5).err, "committed by mistake they are no better"


@pytest.mark.parametrize("how", ["color.ui=always", "grep.patternType=fixed", "submodule.recurse=true", "*.md binary"])
def test_conflict_markers_are_found_however_git_is_set(team: Team, how: str) -> None:
    lee = team.clone("lee")
    if "=" in how:
        run_git(lee.root, "config", *how.split("="))
    else:
        (lee.root / ".git" / "info" / "attributes").write_text(how)
    edited(lee, "ada", "tier: A\n", "<<<<<<< ours\ntier: A\n=======\ntier: B\n>>>>>>> theirs\n")
    assert "contacts/ada.md: conflict markers" in done(lee("sync"), 5).err


def test_during_a_merge_nothing_is_synced(team: Team) -> None:
    lee = team.clone("lee")
    (lee.root / ".git" / "MERGE_HEAD").write_text(head(lee))
    before = state(lee)
    assert "a merge is in progress" in done(lee("sync"), 5).err
    assert state(lee) == before


# --- what is not set up --------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_with_the_command_that_sets_it_up(tmp_path: Path) -> None:
    place = Place(vault(tmp_path / "v", {"ada": ADA}, GIT), tmp_path / "home")
    assert "git init" in done(place("sync"), 2).err
    run_git(place.root, "init", "-q")
    assert "git commit" in done(place("sync"), 2).err
    run_git(place.root, "add", "-A")
    run_git(place.root, "commit", "-q", "-m", "first")
    assert "git remote add origin" in done(place("sync"), 2).err
    run_git(place.root, "checkout", "-q", "--detach")
    assert "git switch" in done(place("sync"), 5).err


def test_an_empty_remote_is_filled_and_followed(tmp_path: Path) -> None:
    place, remote = Place(tmp_path / "v", tmp_path / "home"), tmp_path / "remote.git"
    place.root.mkdir()
    done(place("init"))
    run_git(tmp_path, "init", "-q", "--bare", str(remote))
    run_git(place.root, "remote", "add", "origin", str(remote))
    done(place("add", "Ada King"))
    done(place("log", "ada", "call"))
    branch = run_git(place.root, "branch", "--show-current").strip()
    assert done(place("sync")).out == f"went out to origin/{branch}: 1 interaction with 1 person, 1 new contact, 3 other files\n"
    assert run_git(remote, "rev-parse", branch).strip() == head(place)
    assert run_git(place.root, "rev-parse", "--abbrev-ref", "@{upstream}") == f"origin/{branch}\n"


def test_a_remote_with_another_branch_is_no_place_to_push_to_unasked(team: Team) -> None:
    lee = team.clone("lee")
    run_git(lee.root, "switch", "-q", "-c", "mine")
    ran = done(lee("sync"), 2)
    assert "git branch --set-upstream-to=origin/main" in ran.err
    assert "git push -u origin mine" in ran.err
    assert run_git(team.remote, "branch", "--list", "mine") == ""


# --- the merge driver ----------------------------------------------------------------------------------------------


def test_a_new_vault_and_each_clone_that_syncs_or_inits_know_the_driver(team: Team) -> None:
    first, lee, noor = Place(team.folder / "own", team.folder / "own-home"), team.clone("lee"), team.clone("noor")
    first.root.mkdir()
    done(first("init"))
    assert run_git(first.root, "check-attr", "merge", "contacts/deep/ada.md").endswith(": merge: ptcrm\n")
    assert run_git(first.root, "check-attr", "merge", "notes/ada.md").endswith(": merge: unspecified\n")
    done(lee("sync"))
    status = run_git(noor.root, "status", "--porcelain")
    assert "ptcrm sync" in done(noor("init")).out
    assert run_git(noor.root, "status", "--porcelain") == status == ""
    drivers = {run_git(place.root, "config", "merge.ptcrm.driver") for place in (first, lee, noor)}
    assert len(drivers) == 1
    assert " merge-file %O %A %B %P || { " in drivers.pop()
    assert "is a vault already" in done(noor("init"), 2).err


@pytest.mark.parametrize(("folder", "path"), [("my people [x]", "my people [x]/a.md"), (".", "a.md"), ("a/b", "a/b/c/d.md")])
def test_a_vault_without_the_driver_s_line_gets_it_at_its_first_sync(tmp_path: Path, folder: str, path: str) -> None:
    remote, place = tmp_path / "remote.git", Place(tmp_path / "v", tmp_path / "home")
    run_git(tmp_path, "init", "-q", "--bare", str(remote))
    (place.root / folder).mkdir(parents=True)
    (place.root / folder / "ada.md").write_text(ADA)
    (place.root / "ptcrm.toml").write_text(f'contacts = ["{folder}"]\n')
    (place.root / ".gitattributes").write_text("*.png binary")
    run_git(place.root, "init", "-q")
    run_git(place.root, "add", "-A")
    run_git(place.root, "commit", "-q", "-m", "first")
    run_git(place.root, "remote", "add", "origin", str(remote))
    done(place("sync"))
    text = (place.root / ".gitattributes").read_text()
    assert text.startswith("*.png binary\n")
    assert run_git(place.root, "check-attr", "merge", path).endswith(": merge: ptcrm\n")
    assert run_git(place.root, "status", "--porcelain") == ""
    assert changed_in_last(place.root) == [".gitattributes"]
    done(place("sync"))
    assert (place.root / ".gitattributes").read_text() == text


def test_the_driver_is_the_ptcrm_that_runs_wherever_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "100% ours" / "ptcrm"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    monkeypatch.setattr("sys.argv", [str(script), "sync"])
    assert making.driver().startswith(f"'{tmp_path}/100%% ours/ptcrm' merge-file %O ")
    monkeypatch.setattr("sys.argv", ["/no/such/ptcrm"])
    assert making.driver().startswith(f"{sys.executable} -P -m plaintextcrm merge-file %O ")


@pytest.mark.parametrize("gone", [" -m no_such_module", "/no/such/python"], ids=["ends with 1", "ends with 127"])
def test_a_driver_that_is_gone_leaves_git_to_merge_lines(team: Team, gone: str) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    edited(lee, "ada", "tier: A", "tier: B")
    edited(lee, "ben", "tier: B", "tier: A")
    done(lee("sync"))
    edited(noor, "ada", "Old news", "Good news")
    edited(noor, "ben", "tier: B", "tier: C")
    run_git(noor.root, "commit", "-q", "-a", "-m", "mine")
    done(noor("init"))
    command = run_git(noor.root, "config", "merge.ptcrm.driver").strip()
    broken = command.replace(" -m plaintextcrm", gone) if gone.startswith(" ") else command.replace(sys.executable, gone)
    run_git(noor.root, "config", "merge.ptcrm.driver", broken)
    run_git(noor.root, "fetch", "-q")
    run_git(noor.root, "merge", "-q", "--no-edit", "origin/main", fails=True)
    assert ("tier: B" in noor.text("ada"), "Good news" in noor.text("ada")) == (True, True)
    assert noor.text("ben").count("<<<<<<< ") == 1, "never ours without a mark"
    run_git(noor.root, "merge", "--abort")
    assert 'tier: yours "C", theirs "A"' in done(noor("sync"), 5).err
    assert run_git(noor.root, "config", "merge.ptcrm.driver").strip() == command, "sync registers it anew"


def test_the_driver_s_own_markers_are_not_merged_again(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    edited(lee, "ada", "tier: A", "tier: B")
    done(lee("log", "ada", "call", "From lee", "--no-commit"))
    done(lee("sync"))
    edited(noor, "ada", "tier: A", "tier: C")
    done(noor("log", "ada", "call", "From noor", "--no-commit"))
    done(noor("sync"), 5)
    run_git(noor.root, "merge", "origin/main", fails=True)
    text = noor.text("ada")
    assert [text.count(part) for part in ("<<<<<<< ", ">>>>>>> ", "tier: B", "tier: C", "From lee", "From noor")] == [1] * 6


# --- on no branch --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("log", "ada", "coffee"), ("add", "Eve Moon")])
def test_a_write_on_no_branch_is_committed_and_says_how_to_keep_it(team: Team, words: tuple[str, ...]) -> None:
    lee = team.clone("lee")
    assert done(lee("log", "ben", "call")).err == ""
    run_git(lee.root, "checkout", "-q", "--detach")
    before = commits(lee.root)
    ran = done(lee(*words))
    assert ran.err == "ptcrm: committed on no branch: git switch -c NAME keeps it\n"
    assert commits(lee.root) == before + 1
    assert run_git(lee.root, "status", "--porcelain") == ""


# --- a team --------------------------------------------------------------------------------------------------------


def test_two_who_log_the_same_person_on_one_day_lose_nothing(team: Team) -> None:
    lee, noor = team.clone("lee"), team.clone("noor")
    done(lee("log", "ada", "coffee", "New job [by:: lee]"))
    edited(lee, "ada", "tier: A", "tier: B")
    done(noor("log", "ada", "call", "Her birthday [by:: noor]"))
    done(lee("sync"))
    ran = done(noor("sync"))
    assert ran.out.startswith("came in from origin/main: 1 interaction with 1 person by lee\nwent out to origin/main: ")
    assert "1 interaction with 1 person by noor" in ran.out
    done(lee("sync"))
    assert lee.text("ada") == noor.text("ada")
    assert [lee.text("ada").count(text) for text in ("New job", "Her birthday", "tier: B")] == [1, 1, 1]


TEXT = re.compile(r"\bentry \d+\b")


def entries(place: Place) -> Counter[str]:
    """Every entry of a clone, as often as it stands there."""
    return Counter(text for path in place.root.glob("contacts/*.md") for text in TEXT.findall(path.read_text()))


def synced(place: Place, theirs: int) -> int:
    """A sync; a field that both changed is settled by hand, for that side. How many fields that were."""
    ran = place("sync")
    if ran.code == 0:
        return 0
    assert "nothing is merged" in done(ran, 5).err, ran
    run_git(place.root, "merge", "-q", "origin/main", fails=True)
    marked = run_git(place.root, "diff", "--name-only", "--diff-filter=U").split()
    for path in marked:
        text = (place.root / path).read_text()
        assert set(re.findall(r"^<<<<<<< ours\n(\w+):", text, re.MULTILINE)) <= {"tier", "role"}, text
        (place.root / path).write_text(settled(text, theirs))
    run_git(place.root, "commit", "-q", "-a", "--no-edit")
    done(place("sync"))
    return len(marked)


@pytest.mark.parametrize(("seed", "size", "each"), [(seed, 5, EACH) for seed in range(4)] if EACH else [(3, 3, 5)])
def test_after_any_work_in_any_order_all_have_the_same_and_every_entry_once(team: Team, seed: int, size: int, each: int) -> None:
    chance = random.Random(seed)
    clones = [team.clone(f"c{number}") for number in range(size)]
    written: Counter[str] = Counter()
    conflicts = 0
    work = [place for place in clones for _ in range(each)]
    chance.shuffle(work)
    for step, place in enumerate(work):
        id, text = chance.choice(("ada", "ben", "cleo")), f"entry {step}"
        match chance.choice(("log", "log", "log", "hand", "set", "add", "undo", "sync", "sync")):
            case "sync":
                conflicts += synced(place, chance.randrange(2))
            case "add":
                done(place("add", f"Guest {step}", "--set", f"why={text}"))
                written[text] += 1
            case "log":
                done(place("log", id, chance.choice(("call", "coffee")), text, "-d", f"2026-11-{chance.randint(18, 21)}"))
                written[text] += 1
            case "set":
                done(place("set", id, chance.choice(("tier=A", "tier=B", "tier=C", f"tags+=t{step}", f"role=r{step}"))))
            case "undo":
                before = entries(place)
                assert place("undo").code in (0, 2, 5)
                written += entries(place)
                written -= before
            case "hand":
                path = place.root / "contacts" / f"{id}.md"
                path.write_text(f"{path.read_text()}- 2026-11-21 letter: {text}\n")
                written[text] += 1
    chance.shuffle(clones)
    for place in (*clones, *clones):
        conflicts += synced(place, 0)
    assert len({head(place) for place in clones}) == 1
    for place in clones:
        assert run_git(place.root, "status", "--porcelain") == ""
        assert entries(place) == written
    assert done(clones[0]("check")).code == 0
    assert len(written) > 3
    assert conflicts > 0 or not EACH
