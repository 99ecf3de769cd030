"""`ptcrm init` in a folder of notes: people are found, keys are reported, and one file is new."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.inside import Said, inside
from tests.make import ptcrm

ADA = "---\ntags: [person, tea]\nlast_contacted: 2026-01-02\nBirthday: 1980-05-12\ncompany: '[[Acme]]'\nzodiac: cat\n---\nA note.\n"
BOB = "---\ntags: person\nlast_contacted: 3rd of May\nemail: bob@example.com\n---\n"
PLACE = "---\ntags: [place]\nlocation: Rome\n---\n"


class Notes:
    """A folder of notes as Obsidian has them."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.root = folder / "notes"
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.before = self.bytes()

    def bytes(self) -> dict[str, bytes]:
        """Every file."""
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in self.root.rglob("*") if path.is_file()}

    def init(self) -> Said:
        """`ptcrm init` there."""
        return inside(self.root, "init", str(self.root))

    def settings(self) -> dict[str, object]:
        """What ptcrm.toml says, which is the only new file."""
        now = self.bytes()
        assert {name: data for name, data in now.items() if name != "ptcrm.toml"} == self.before
        return tomllib.loads(now["ptcrm.toml"].decode())

    def people(self) -> list[str]:
        """Whom the vault lists."""
        return ptcrm(self.root, "list", "--format", "ids").out.split("\n")[:-1]


def test_people_are_found_by_their_tag_and_only_the_settings_are_new(tmp_path: Path):
    notes = Notes(tmp_path, {"People/Ada King.md": ADA, "Bob Lee.md": BOB, "Rome.md": PLACE, ".obsidian/x.json": "{}"})
    done = notes.init()
    assert (done.code, done.err) == (0, "")
    settings = notes.settings()
    assert (settings["contacts"], settings["only"], settings["file_names"]) == (["."], "tag:person", "name")
    assert sorted(notes.people()) == ["Bob Lee", "People/Ada King"]


def test_it_says_which_keys_it_understands_and_in_how_many_files(tmp_path: Path):
    done = Notes(tmp_path, {"Ada King.md": ADA, "Bob Lee.md": BOB, "Rome.md": PLACE}).init()
    assert done.out.splitlines()[:9] == [
        "2 of 3 notes are people (tag:person)",
        "  `last_contacted` in 2 files, read as last_contact",
        "  `tags` in 2 files",
        "  `Birthday` in 1 file",
        "  `company` in 1 file",
        "  `email` in 1 file",
        "  kept as your own: `zodiac` (1)",
        "  1 value is not understood: ptcrm check lists them",
        "  git: there is no repository, and none is made: ptcrm undo works without one",
    ]
    assert done.out.splitlines()[9].endswith("notes: ptcrm.toml is all that is new")


def test_a_repository_stays_as_it_is_and_that_is_said(tmp_path: Path):
    folder = tmp_path / "notes"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    notes = Notes(tmp_path, {"Ada King.md": ADA})
    done = notes.init()
    assert notes.settings()["only"] == "tag:person"
    assert "\n  git: the repository is left as it is; ptcrm.toml is yours to commit, and ptcrm sync is there" in done.out


@pytest.mark.parametrize(
    ("files", "contacts", "only", "people"),
    [
        ({"a.md": "---\ntype: person\n---\n", "b.md": "---\ntype: book\n---\n"}, ["."], "type:person", ["a"]),
        ({"03 People/a.md": "---\nrole: x\n---\n", "b.md": "---\nrole: y\n---\n"}, ["03 People"], None, ["a"]),
        ({"a.md": "---\nemail: a@b.c\n---\n", "b.md": "---\nphone: 1\n---\n"}, ["."], None, ["a", "b"]),
        (
            {"a.md": "---\nemail: a@b.c\n---\n", "b.md": "---\nemail: b@b.c\n---\n", "c.md": "---\nx: y\n---\n"},
            ["."],
            "has:email",
            ["a", "b"],
        ),
        ({"a.md": "---\ntags: [contacts]\n---\n", "b.md": "---\ntags: [contacts]\n---\n", "c.md": BOB}, ["."], "tag:contacts", ["a", "b"]),
    ],
)
def test_a_type_a_folder_or_the_keys_of_people_tell_too(
    tmp_path: Path, files: dict[str, str], contacts: list[str], only: str | None, people: list[str]
):
    notes = Notes(tmp_path, files)
    assert notes.init().code == 0
    settings = notes.settings()
    assert (settings["contacts"], settings.get("only"), notes.people()) == (contacts, only, people)


@pytest.mark.parametrize(
    ("files", "said", "only"),
    [
        (
            {"Ada.md": "---\nemail: a@b.c\n---\n", "Bob.md": "---\nemail: b@b.c\n---\n", "Tea.md": "# Tea\n"},
            "2 of 2 notes are people (has:email)",
            "has:email",
        ),
        ({"People/Ada.md": "---\nemail: a@b.c\n---\n", "People/Bob.md": "# Bob\n", "Tea.md": "# Tea\n"}, "2 of 2 notes are people", None),
        (
            {"People/Ada.md": "---\nemail: a@b.c\n---\n", "People/Bob.md": "# Bob\n", "T.md": "---\nx: y\n---\n"},
            "2 of 3 notes are people",
            None,
        ),
    ],
)
def test_as_many_are_told_as_are_listed(tmp_path: Path, files: dict[str, str], said: str, only: str | None) -> None:
    notes = Notes(tmp_path, files)
    assert notes.init().out.splitlines()[0] == said
    assert notes.settings().get("only") == only
    assert [id.rsplit("/", 1)[-1] for id in notes.people()] == ["Ada", "Bob"]


def test_templates_broken_notes_and_notes_without_keys_are_nobody(tmp_path: Path):
    files = {
        "Ada.md": ADA, "templates/Person.md": ADA, "Templates 2/t.md": "---\nname: {{title}}\ntags: person\n---\n", "x/Templates/Person.md": ADA,
        "t.md": "---\nname: '{{title}}'\ntags: person\n---\n", "plain.md": "no keys\n",
        "broken.md": "---\na: [\n", "bytes.md": "---\ntags: place\n---\n\x00",
    }  # fmt: skip
    notes = Notes(tmp_path, files)
    done = notes.init()
    assert done.out.startswith("1 of 3 notes are people (tag:person)\n")
    assert notes.people() == ["Ada"]


def test_one_note_is_told_as_one(tmp_path: Path):
    assert Notes(tmp_path, {"Ada.md": ADA}).init().out.startswith("1 of 1 note is a person (tag:person)\n")


@pytest.mark.parametrize(
    "files",
    [{"post.md": "---\ntitle: x\ntags: [web]\n---\n"}, {"README.md": "# x\n"}, {"contacts/ada.md": "---\nemail: a@b.c\n---\n"}, {}],
)
def test_a_folder_without_people_becomes_a_plain_vault(tmp_path: Path, files: dict[str, str]):
    notes = Notes(tmp_path, files)
    done = inside(tmp_path / "notes", "init", str(notes.root), "--no-git")
    assert (done.code, done.out.splitlines()[0].startswith("a vault is in ")) == (0, True)
    assert tomllib.loads((notes.root / "ptcrm.toml").read_text())["contacts"] == ["contacts"]


def test_a_vault_is_not_adopted_again(tmp_path: Path):
    notes = Notes(tmp_path, {"Ada.md": ADA})
    assert notes.init().code == 0
    assert notes.init().code == 2
    assert notes.settings()["only"] == "tag:person"


@pytest.mark.parametrize("words", [(), (".",), ("../notes",)])
def test_the_folder_may_be_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    notes = Notes(tmp_path, {"People/Ada King.md": ADA, "Bob Lee.md": BOB, "Rome.md": PLACE})
    monkeypatch.chdir(notes.root)
    said = inside(notes.root, "init", *words)
    assert said.code == 0, said
    assert notes.settings()["only"] == "tag:person"
    assert sorted(notes.people()) == ["Bob Lee", "People/Ada King"]
