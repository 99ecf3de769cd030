"""`add`, `edit`, `done`, `snooze`, `undo`; git, and what is refused to protect data."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from plaintextcrm.core.vocabulary import KEYS
from tests.place import Place, contact, editor, git

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process


# --- add, edit, done, snooze, undo ---------------------------------------------------------------------------------


def test_add_writes_the_keys_in_the_order_of_the_table(make: Callable[..., Place]) -> None:
    place = make({})
    ran = place(
        "add", "Dora Kay", "--set", "uid=1234", "--set", "needs=a desk, a chair", "--met-at", "the lift", "--tier", "A", "--set", "zeta=1",
        "--birthday", "--12-10", "--phone", "0123", "--email", "d@example.com", "--role", "Painter", "--company", "Acme Ltd", "--tag", "b",
        "--tag", "a", "--location", "Porto", "--met", "yesterday", "--cadence", "2 months", "--set", "referred_by=[[ada]]",
    )  # fmt: skip
    assert ran.code == 0, ran
    text = place.text("dora-kay")
    keys = re.findall(r"^(\w+):", text.split("---")[1], re.MULTILINE)
    order = [key.name for key in KEYS]
    ours = [key for key in keys if key in order]
    assert ours == sorted(ours, key=order.index)
    assert keys == [*ours, "zeta"], "one's own keys come last"
    assert {"name", "tags", "company", "role", "email", "phone", "location", "birthday", "tier", "cadence", "met", "created"} <= set(keys)
    assert 'phone:\n  - "0123"\n' in text
    assert "needs:\n  - a desk\n  - a chair\n" in text
    assert 'referred_by: "[[ada]]"\n' in text
    assert "met: 2026-11-20\n" in text
    assert "created: 2026-11-21\n" in text
    assert text.rstrip("\n").endswith("---\n\n# Dora Kay\n\n## Interactions")


def test_the_keys_in_docs_format_stand_in_the_same_order() -> None:
    page = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
    table = page.split("### The keys", 1)[1].split("\n\n", 3)[2] if "### The keys" in page else ""
    named = [name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert [name for name in named if name != "last_contact"] == [key.name for key in KEYS if key.name != "last_contact"]


@pytest.mark.parametrize(
    "words",
    [
        ("Dora", "--tier", "Q"), ("Dora", "--birthday", "31/02"), ("Dora", "--cadence", "sometimes"), ("Dora", "--met", "someday"),
        ("Dora", "--set", "brithday=1980"), ("Dora", "--set", "tier"), ("",), ("Ada King",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_add_refuses_what_would_be_a_mistake_in_the_file(make: Callable[..., Place], words: tuple[str, ...]) -> None:
    place = make({"ada-king": contact("Ada King")})
    ran = place("add", *words)
    assert (ran.code, ran.out) == (2, ""), ran
    assert [path.name for path in (place.root / "contacts").iterdir()] == ["ada-king.md"]


def test_edit_uses_visual_then_editor_and_keeps_what_they_wrote(people: Place, tmp_path: Path) -> None:
    before = people.text("ada-king")
    own = editor(tmp_path, "x")
    assert people("edit", "ada", VISUAL="true", EDITOR=own).out == "nothing changed\n"
    ran = people("edit", "ada", EDITOR=own)
    assert (ran.code, people.text("ada-king")) == (0, "x" + before)
    assert "ptcrm undo" in ran.out
    assert people("undo").code == 0
    assert people.text("ada-king") == before
    assert people("edit", "ada", EDITOR="false").code == 5
    assert people("edit", "ada", EDITOR="no-such-editor").code == 2


def test_what_an_editor_saved_before_it_failed_can_be_taken_back(people: Place, tmp_path: Path) -> None:
    before = people.text("ada-king")
    own = tmp_path / "own.py"
    own.write_text("import sys\nopen(sys.argv[1], 'a').write('more')\nsys.exit(3)\n")
    ran = people("edit", "ada", EDITOR=f"'{sys.executable}' '{own}'")
    assert (ran.code, ran.out) == (5, "edited: contacts/ada-king.md · ptcrm undo\n")
    assert ran.err.endswith(" ended with 3\n")
    assert people.text("ada-king") == f"{before}more"
    assert people("undo").code == 0
    assert people.text("ada-king") == before


def test_done_ticks_by_number_by_words_or_the_only_one(people: Place) -> None:
    assert people.added("done", "ada") == ["  - [x] Send the ISA comparison [due:: 2026-12-01] [completion:: 2026-11-21]"]
    assert "attic" in people.added("done", "okafor", "2")[0]
    assert "bus" in people.added("done", "okafor", "BUS")[0]
    which = people("done", "okafor")
    assert which.code == 4
    assert "  1  Tell Tobi" in which.err
    assert people("done", "okafor", "wombat").code == 4
    assert people("done", "ines").code == 4


def test_the_words_of_done_fit_one_as_well_as_many(people: Place) -> None:
    err = people("done", "ada", "wombat").err
    assert "1 open follow-ups" not in err
    assert "0 of them" not in err


def test_snooze_hides_until_a_day_moves_no_clock_and_ends(people: Place) -> None:
    assert "rui-caldeira" in people.ids("due", "--all")
    assert people("snooze", "rui", "in 2 weeks").code == 0
    assert "snooze_until: 2026-12-05\n" in people.text("rui-caldeira")
    row = people.json("list", "rui")["rows"][0]
    assert (row["due"], row["last"], row["hidden"]) == ("2026-11-10", "2026-08-10", "snoozed")
    assert "rui-caldeira" not in people.ids("due", "--all")
    assert "rui-caldeira" in people.ids("due", "--all", "--at", "2026-12-05")
    assert people("snooze", "rui", "off").code == 0
    assert "rui-caldeira" in people.ids("due", "--all")
    assert people("snooze", "rui", "yesterday").code == 2
    assert people("snooze", "rui", "someday").code == 2


def test_snooze_without_a_day_is_until_resumed(people: Place) -> None:
    ran = people("snooze", "rui")
    assert ran.code == 0, ran
    assert people.json("list", "rui")["rows"][0]["paused"] is True
    assert "rui-caldeira" not in people.ids("due", "--all")
    assert people("snooze", "rui", "off").code == 0
    assert "paused" not in people.text("rui-caldeira")


def test_undo_goes_back_write_by_write_and_refuses_what_changed_since(people: Place) -> None:
    first = people.text("ada-king")
    people("log", "ada", "call")
    second = people.text("ada-king")
    people("log", "ada", "coffee")
    assert "taken back: log: coffee" in people("undo").out
    assert people.text("ada-king") == second
    assert people("undo").code == 0
    assert people.text("ada-king") == first
    assert people("undo").code == 2
    people("log", "ada", "call")
    (people.root / "contacts" / "ada-king.md").write_text("changed by hand\n")
    ran = people("undo")
    assert ran.code == 5
    assert "changed since" in ran.err
    assert people.text("ada-king") == "changed by hand\n"


# --- git, and what is refused to protect data ----------------------------------------------------------------------


def test_each_write_is_one_commit_of_its_own_paths(in_git: Place) -> None:
    (in_git.root / "notes.txt").write_text("mine")
    git(in_git, "add", "notes.txt")
    assert in_git("log", "ada", "call").code == 0
    assert git(in_git, "log", "--format=%s").splitlines() == ["log: call with ada-king, 2026-11-21", "add: Ada King", "A vault for ptcrm"]
    assert git(in_git, "show", "--format=", "--name-only", "HEAD").split() == ["contacts/ada-king.md"]
    assert git(in_git, "status", "--short") == "A  notes.txt\n"
    assert in_git("log", "ada", "coffee", "--no-commit").code == 0
    assert " M contacts/ada-king.md" in git(in_git, "status", "--short")


def test_written_but_not_committed_is_6_and_says_why(in_git: Place) -> None:
    (in_git.root / ".git" / "MERGE_HEAD").write_text("0" * 40)
    ran = in_git("log", "ada", "call")
    assert ran.code == 6
    assert "a merge is in progress" in ran.err
    assert in_git.text("ada-king").endswith("- 2026-11-21 call\n")


def test_commit_false_no_git_and_no_commit_are_0(people: Place, in_git: Place) -> None:
    assert people("log", "ada", "call").code == 0
    (in_git.root / ".git" / "MERGE_HEAD").write_text("0" * 40)
    assert in_git("log", "ada", "call", "--no-commit").code == 0


def test_a_file_with_conflict_markers_is_read_and_never_written(make: Callable[..., Place]) -> None:
    text = (
        contact("Ada King", "tier: A", "- 2026-01-01 call")
        + "<<<<<<< ours\n- 2026-02-01 call\n=======\n- 2026-03-01 call\n>>>>>>> theirs\n"
    )
    place = make({"ada": text})
    for words in (("log", "ada", "call"), ("snooze", "ada", "fri")):
        ran = place(*words)
        assert ran.code == 5, ran
        assert "conflict markers" in ran.err
    assert place.text("ada") == text
    assert place("list", "--format", "ids").out == "ada\n"


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_interrupted_is_130(people: Place) -> None:
    before = people.text("ada-king")
    ran = people.process("log", "ada", "-e", EDITOR="sh -c 'kill -INT $PPID; sleep 0.5'")
    assert ran.code == 130, ran
    assert ran.err.strip() == "ptcrm: interrupted"
    assert people.text("ada-king") == before
