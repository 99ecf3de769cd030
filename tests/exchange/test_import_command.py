"""`ptcrm import` as it is typed: what it says, what it writes, how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from plaintextcrm.app import exchanging
from plaintextcrm.app.exchanging import Wanted
from plaintextcrm.app.vaults import Vault, open_vault
from plaintextcrm.core.errors import Refused
from tests.exchange.make import TODAY
from tests.make import Ran, environment, ptcrm, vault

LOG = "date,person,person_id,channel,direction,note\n2026-01-01,Ada King,7,letter,received,hello\n2026-01-02,Bob,8,letter,sent,hi\n"


class Place:
    """A vault and a file to import beside it."""

    def __init__(self, folder: Path, settings: str = "[git]\ncommit = false\n") -> None:
        self.root = vault(folder / "people", {}, settings)
        self.log = folder / "log.csv"
        self.log.write_text(LOG, encoding="utf-8")

    def run(self, *words: str, **more: str) -> Ran:
        """`ptcrm import log.csv WORDS`."""
        return ptcrm(self.root, "import", str(self.log), *words, **more)

    def files(self) -> list[str]:
        """All files of the vault but its settings."""
        paths = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts)
        return sorted(path.as_posix() for path in paths if path.name != "ptcrm.toml")

    def opened(self) -> Vault:
        """The vault as a use case takes it."""
        return open_vault(str(self.root), {}, self.root, TODAY, cache=False)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_it_says_what_it_did_that_the_rows_add_up_and_that_nobody_waits(place: Place):
    done = place.run("-y")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "imported: 2 people, 2 letters · ptcrm undo\npeople: 2 new, 0 known\nrows: 2 = 2 written + 0 there already + 0 refused\n"
        "2 on file, none is waiting. Sort them now? ptcrm triage new\n"
    )
    assert place.files() == ["contacts/ada-king.md", "contacts/bob.md"]


def test_the_same_again_changes_nothing_and_says_so(place: Place):
    place.run("-y")
    done = place.run()
    assert (done.code, done.out.splitlines()[0]) == (0, "nothing new: all of it is there already")


def test_a_dry_run_shows_the_first_lines_and_writes_nothing(place: Place):
    done = place.run("-n")
    assert (done.code, place.files()) == (0, [])
    assert "would import: 2 people, 2 letters\n" in done.out
    assert "\ncontacts/ada-king.md:\n  ---\n  name: Ada King\n" in done.out


@pytest.mark.parametrize(("people", "more"), [(3, "… and 1 more file"), (4, "… and 2 more files")])
def test_a_dry_run_counts_the_files_it_does_not_show(place: Place, people: int, more: str):
    place.log.write_text("date,person,note\n" + "".join(f"2026-01-01,Ada {name},hello\n" for name in "KLMN"[:people]), encoding="utf-8")
    assert place.run("-n").out.endswith(f"\n\n{more}\n")


@pytest.mark.parametrize(("rows", "more"), [(1, ""), (2, " (and 1 more row)"), (3, " (and 2 more rows)")])
def test_the_rows_of_somebody_refused_are_counted(place: Place, rows: int, more: str):
    vault(place.root, {"ada": "---\nname: Ada King\n<<<<<<< a\nemail: a@b.c\n=======\nemail: c@d.e\n>>>>>>> b\n---\n"})
    lines = "".join(f"2026-01-0{day},Ada King,hello\n" for day in range(1, rows + 1))
    place.log.write_text(f"date,person,note\n{lines}", encoding="utf-8")
    told = [line for line in place.run("-y").err.splitlines() if "log.csv:2" in line]
    assert [line.endswith(more) and ("more row" in line) == bool(more) for line in told] == [True]


def test_of_somebody_known_it_shows_the_lines_that_are_new(place: Place):
    vault(place.root, {"ada": "---\nname: Ada King\n---\n\n## Log\n\n- 2025-01-01 call\n", "bob": '---\nname: Bob\nuid: "8"\n---\n'})
    assert place.run("-n").out.endswith(
        'contacts/ada.md, these lines more:\n  uid: "7"\n  - 2026-01-01 letter: hello [dir:: in]\n\n'
        "contacts/bob.md, these lines more:\n  - 2026-01-02 letter: hi [dir:: out]\n"
    )


def test_without_a_terminal_it_writes_only_with_yes(place: Place):
    done = place.run()
    assert (done.code, place.files()) == (2, [])
    assert "2 people, 2 letters would be written: add -y (or -n to look first)" in done.err


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
@pytest.mark.parametrize(("answer", "files"), [(b"n\n", []), (b"y\n", ["contacts/ada-king.md", "contacts/bob.md"])])
def test_on_a_terminal_it_shows_and_asks(place: Place, tmp_path: Path, answer: bytes, files: list[str]):
    ours, theirs = os.openpty()
    arguments = [sys.executable, "-m", "plaintextcrm", "-C", str(place.root), "import", str(place.log)]
    with subprocess.Popen(arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(tmp_path)) as process:
        os.close(theirs)
        os.write(ours, answer)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other end is closed
            pass
        process.wait(60)
    os.close(ours)
    assert b"would import: 2 people, 2 letters" in shown
    assert b"Write this?" in shown
    assert (process.returncode, place.files()) == (0, files)


def test_all_of_it_is_one_commit_and_one_undo(tmp_path: Path):
    place = Place(tmp_path, "")
    own = environment(tmp_path)
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "begin"]):
        subprocess.run(["git", *words], cwd=place.root, env=own, check=True)
    assert place.run("-y").code == 0

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=place.root, env=own, check=True, capture_output=True, text=True).stdout

    assert git("log", "--format=%s") == "import: interactions from log.csv\nbegin\n"
    assert git("status", "--porcelain") == ""
    assert ptcrm(place.root, "undo").code == 0
    assert place.files() == []


def test_refused_rows_are_told_with_file_line_and_reason_and_the_exit_code_is_1(place: Place):
    place.log.write_text(LOG + "yesterday,Cy,9,letter,sent,x\n", encoding="utf-8")
    for words in (("-n",), ("-y",), ("-y",)):
        done = place.run(*words)
        assert done.code == 1
        assert f'{place.log}:4: date "yesterday": write it like 1888-05-03, 1888-05 or 1888\n' in done.err
        assert "+ 1 refused" in done.out
    assert len(place.files()) == 2


def test_questions_and_guesses_are_told(place: Place):
    vault(place.root, {"ada": "---\nname: Ada King\nuid: other\n---\n", "bob": "---\nname: Bob\n---\n"})
    done = place.run("-y")
    assert "Bob (8) is taken to be bob, by the name\n" in done.err
    assert "perhaps known already, and taken for somebody new:\n  Ada King (7) has the name of ada (uid other)\n" in done.err
    assert place.files() == ["contacts/ada-king.md", "contacts/ada.md", "contacts/bob.md"]


def test_whom_an_earlier_import_wrote_and_who_was_removed_since_is_named(place: Place):
    place.log.write_text("Name,Email\nAda King,ada@example.org\nBob Lee,bob@example.org\n", encoding="utf-8")
    words = ("--from", "csv", "--map", "Name=name")
    assert place.run(*words, "-y").err == ""
    (place.root / "contacts" / "ada-king.md").unlink()
    told = f"imported before, not in the vault any more, and taken for somebody new:\n  {place.log}:2: Ada King\n"
    assert place.run(*words, "-n").err == told
    assert place.run(*words, "-y").err == told
    assert place.run(*words, "-y").err == ""
    (place.root / "contacts" / "bob-lee.md").rename(place.root / "contacts" / "robert.md")
    assert place.run(*words, "-n").err == "", "he is found by his address"


def test_new_people_go_into_the_folder_that_is_named(place: Place):
    assert place.run("-y", "--into", "vienna/friends").code == 0
    assert place.files() == ["contacts/vienna/friends/ada-king.md", "contacts/vienna/friends/bob.md"]
    assert place.run("-y", "--into", "vienna").out.startswith("nothing new")


@pytest.mark.parametrize("folder", ["../x", "..", "/tmp/x", "a/../../x", "templates", ".hidden", "_drafts", "a//b", "./x", "a\\b", "out/x"])
def test_a_folder_outside_or_where_no_contact_is_read_is_refused(place: Place, tmp_path: Path, folder: str):
    (tmp_path / "elsewhere").mkdir()
    (place.root / "contacts" / "out").symlink_to(tmp_path / "elsewhere")
    before = sorted(tmp_path.rglob("*"))
    done = place.run("-y", "--into", folder)
    assert (done.code, "--into" in done.err) == (2, True)
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before and "people-home" not in str(path)] == []


def test_tier_and_set_hold_for_whoever_is_new(place: Place):
    vault(place.root, {"bob": '---\nname: Bob\nuid: "8"\n---\n'})
    done = place.run("-y", "--tier", "C", "--set", "tags=vienna, letters", "--set", "shoe size=38")
    assert "none is waiting" not in done.out
    ada = (place.root / "contacts" / "ada-king.md").read_text(encoding="utf-8")
    assert ada.startswith(
        "---\nname: Ada King\ntags:\n  - vienna\n  - letters\ntier: C\ncreated: 2026-11-21\nsource: interactions 2026-11-21\n"
        'uid: "7"\nshoe size: "38"\n---\n'
    )
    assert "tier" not in (place.root / "contacts" / "bob.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tier", "Z"), 'tier "Z" is not in ptcrm.toml, which has A, B, C'),
        (("--set", "uid=3"), "uid is each person's own"),
        (("--set", "brithday=1980"), "did you mean birthday?"),
        (("--set", "cadence=soon"), 'cadence does not take "soon"'),
        (("--set", "tier"), "write it like --set tags=vienna"),
        (("--from", "pigeon"), "interactions"),
        (("nowhere.csv",), "nowhere.csv: cannot be read: no such file or directory"),
        (("--encoding", "klingon"), "cannot be read so"),
    ],
)
def test_words_that_cannot_be_meant_are_exit_2_and_write_nothing(place: Place, words: tuple[str, ...], said: str):
    done = place.run("-y", *words)
    assert (done.code, place.files()) == (2, [])
    assert said in done.err


def test_a_file_of_no_known_kind_is_exit_2(place: Place):
    place.log.write_text("a,b\n1,2\n", encoding="utf-8")
    assert place.run("-y").code == place.run("-y", "--from", "interactions").code == 2


def test_a_vault_that_lets_only_some_files_be_contacts_asks_for_what_makes_them_so(tmp_path: Path):
    place = Place(tmp_path, 'only = "tag:person"\n[git]\ncommit = false\n')
    done = place.run("-y")
    assert (done.code, place.files()) == (2, [])
    assert 'contacts/ada-king.md: would be no contact of this vault (only = "tag:person")' in done.err
    assert place.run("-y", "--set", "tags=person").code == 0
    assert place.run("-y", "--set", "tags=person").out.startswith("nothing new")


def test_a_vault_that_changes_before_the_answer_is_planned_anew_or_refused(place: Place):
    opened = place.opened()
    foreign = exchanging.read(opened, [str(place.log)])
    planned = exchanging.propose(opened, foreign, Wanted())
    vault(place.root, {"bob": '---\nname: Bob\nuid: "8"\n---\n'})
    with pytest.raises(Refused, match="changed meanwhile"):
        exchanging.carry_out(opened, foreign, Wanted(), planned, "import", as_shown=True)
    assert place.files() == ["contacts/bob.md"]
    done, _ = exchanging.carry_out(opened, foreign, Wanted(), planned, "import")
    assert (done.plan.new, done.plan.known) == (1, 1)
    assert place.files() == ["contacts/ada-king.md", "contacts/bob.md"]


def test_names_as_file_names_and_several_contacts_folders_are_kept_to(tmp_path: Path):
    place = Place(tmp_path, 'contacts = ["people", "firms"]\nfile_names = "name"\n[git]\ncommit = false\n')
    assert place.run("-y").code == 0
    assert place.files() == ["people/Ada King.md", "people/Bob.md"]
    assert place.run("-y").out.startswith("nothing new")


def test_an_unknown_table_is_told_how_to_import_it(place: Place, tmp_path: Path):
    table = tmp_path / "people.csv"
    table.write_text("Name,Colour\nAda King,red\n", encoding="utf-8")
    done = ptcrm(place.root, "import", str(table))
    assert (done.code, done.err.endswith("csv), going by the header: for any table of people, --from csv\n")) == (2, True)
    done = ptcrm(place.root, "import", str(table), "--from", "csv", "-n")
    assert (done.code, done.err) == (0, "not understood: Colour: --map COLUMN=KEY\n")
    assert "none is waiting" not in done.out
    table.write_text("Wer,Colour\nAda King,red\n", encoding="utf-8")
    done = ptcrm(place.root, "import", str(table), "--from", "csv")
    assert (done.code, done.err.endswith("going by the header: say which column is the name, --map COLUMN=name\n")) == (2, True)


def test_a_column_for_an_own_key_is_kept_of_somebody_known_too(tmp_path: Path):
    root = vault(
        tmp_path / "v",
        {
            "ada": "---\nname: Ada King\nemail: a@x.org\n---\n",
            "bob": "---\nname: Bob Lee\nemail: b@x.org\nRef: 7\n---\n",
            "zed": "---\nname: Zed\nemail: z@x.org\nodd: &a x\nother: *a\n---\n",
        },
        "[git]\ncommit = false\n",
    )
    table = tmp_path / "people.csv"
    table.write_text("Name,Email,No\nAda King,a@x.org,0005\nBob Lee,b@x.org,0006\nZed,z@x.org,0007\n", encoding="utf-8")
    done = ptcrm(root, "import", str(table), "--map", "No=ref", "-y")
    assert done.code == 0
    contacts = root / "contacts"
    assert (contacts / "ada.md").read_text() == '---\nname: Ada King\nemail: a@x.org\nref: "0005"\n---\n'
    assert 'ref is "7", in' in done.err
    assert "Ref: 7\n---\n" in (contacts / "bob.md").read_text()
    assert "## Imported from people.csv\n\n- ref: 0007\n" in (contacts / "zed.md").read_text()


def test_the_first_entry_of_an_empty_log_stands_apart_from_the_section_below(tmp_path: Path):
    root = vault(
        tmp_path / "v", {"ada": "---\nname: Ada\n---\n\n## Interactions\n\n## Imported from x\n\n- a: b\n"}, "[git]\ncommit = false\n"
    )
    assert ptcrm(root, "log", "ada", "call", "Hello").code == 0
    text = (root / "contacts" / "ada.md").read_text()
    assert "## Interactions\n\n- 2026-11-21 call: Hello\n\n## Imported from x\n" in text
