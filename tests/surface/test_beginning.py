"""`init`, `demo`, completion."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.place import Place, argv_of, git

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process


def test_init_makes_a_vault_in_git_with_a_first_commit(empty: Place) -> None:
    ran = empty("init", "mine")
    assert ran.code == 0, ran
    made = Place(empty.root / "mine", empty.home)
    assert {path.name for path in made.root.iterdir()} >= {"ptcrm.toml", "contacts", ".gitignore", ".gitattributes", ".git"}
    assert "since = 2026-11-21" in (made.root / "ptcrm.toml").read_text()
    assert git(made, "log", "--format=%s") == "A vault for ptcrm\n"
    assert git(made, "status", "--short") == ""
    assert (made("check").code, made("check").out) == (0, "")
    assert empty("init", "mine").code == 2


def test_init_within_a_repository_or_without_git_makes_none(in_git: Place, tmp_path: Path) -> None:
    assert in_git("init", "inner").code == 0
    assert not (in_git.root / "inner" / ".git").exists()
    assert in_git("init", str(tmp_path / "bare"), "--no-git").code == 0
    assert not (tmp_path / "bare" / ".git").exists()


def test_init_keeps_what_is_there(empty: Place) -> None:
    (empty.root / ".gitignore").write_text("mine\n")
    assert empty("init", "--no-git").code == 0
    assert (empty.root / ".gitignore").read_text() == "mine\n"


def test_init_commits_what_is_its_own_and_contacts_that_were_there(empty: Place) -> None:
    (empty.root / "contacts").mkdir()
    (empty.root / "contacts/ada.md").write_text("# Ada\n")
    for name in ("taxes.pdf", "diary.md"):
        (empty.root / name).write_text("mine\n")
    assert empty("init").code == 0
    assert git(empty, "ls-files").split() == [".gitattributes", ".gitignore", "contacts/ada.md", "ptcrm.toml"]


@pytest.mark.parametrize("words", [(), ("--example",)])
def test_a_vault_made_where_another_was_does_not_remember_its_writes_and_imports(
    empty: Place, tmp_path: Path, words: tuple[str, ...]
) -> None:
    table = tmp_path / "people.csv"
    table.write_text("Name,Given Name,Family Name,E-mail 1 - Value\nZoe Quist,Zoe,Quist,zoe@example.com\n")
    shared = ("-C", "people", "import", str(table), "-y")
    assert empty("init", "people", at=tmp_path).err == ""
    assert empty(*shared, at=tmp_path).code == 0
    shutil.rmtree(tmp_path / "people")
    ran = empty("init", "people", *words, at=tmp_path)
    assert "what was kept of an older vault in this place" in ran.err
    aside = Path(ran.err.split(": ")[-1].strip())
    assert (aside / "journal" / "00000001").is_file(), "it may be all that is left of it"
    assert empty("-C", "people", "undo", at=tmp_path).code == 2
    assert "imported before" not in empty(*shared, at=tmp_path).err
    assert empty("-C", "people", "undo", "--list", at=tmp_path).out.count("import: ") == 1


def test_init_of_people_who_are_there_still_knows_what_was_written(empty: Place, tmp_path: Path) -> None:
    assert empty("init", "people", at=tmp_path).code == 0
    assert empty("-C", "people", "add", "Ada King", at=tmp_path).code == 0
    (tmp_path / "people" / "ptcrm.toml").unlink()
    assert empty("init", "people", at=tmp_path).err == ""
    assert "add: Ada King" in empty("-C", "people", "undo", "--list", at=tmp_path).out


def test_init_example_is_the_example_vault_ready_to_use(empty: Place) -> None:
    assert empty("init", "--example", "try", "--no-git").code == 0
    place = Place(empty.root / "try", empty.home)
    assert place("due", "--count").out == "13\n"
    assert place("log", "ada", "call").code == 0
    assert (place.root / ".gitattributes").is_file()


def test_demo_needs_nothing_and_ends_with_three_things_to_try(empty: Place, tmp_path: Path) -> None:
    ran = empty.process("demo", TMPDIR=str(tmp_path))
    assert ran.code == 0, ran
    assert "Wilhelmina Brandt" in ran.out
    folder, _, *tries = [line.strip() for line in ran.out.split("Try:")[1].splitlines() if line.strip()]
    assert len(tries) == 3
    for line in tries:
        words = argv_of(line)
        assert empty("-C", folder.split()[1], *words[words.index("plaintextcrm") + 1 :]).code == 0
    assert list(empty.root.iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_the_shell_takes(shell: str, empty: Place) -> None:
    ran = empty("completion", shell)
    assert ran.code == 0
    assert "_PTCRM_COMPLETE" in ran.out
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=ran.out.encode(), capture_output=True, check=False).returncode == 0


def test_completion_knows_the_commands(empty: Place) -> None:
    ran = empty.process(_PTCRM_COMPLETE="bash_complete", COMP_WORDS="ptcrm s", COMP_CWORD="1")
    assert {line.split(",")[-1] for line in ran.out.splitlines()} >= {"show", "snooze", "search"}, ran
