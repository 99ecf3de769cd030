"""`rename`, `merge`, `forget` and `handover` as a user runs them: no link is left behind, no other byte changes, undo takes all back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.inside import Said, inside
from tests.make import TODAY, contact, parsed, vault
from tests.test_manners import commits, git, repository

EXAMPLE = Path(__file__).parent.parent / "example-vault"
ADA = "---\nname: Ada King\ntier: A\n---\n\n# Ada King\n\n## Interactions\n\n- 2026-01-02 call: Old news\n"
BEN = "---\nname: Ben Ray\ntier: B\n---\n\n# Ben Ray\n\n## Interactions\n\n- 2026-02-03 email: Hello\n"


def done(said: Said, code: int = 0) -> Said:
    assert said.code == code, said
    return said


def files(root: Path) -> dict[str, bytes]:
    """Every file of a vault but git's own."""
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def text(root: Path, path: str) -> str:
    return (root / path).read_bytes().decode()


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example vault, in a repository of its own."""
    root = tmp_path / "v"
    shutil.copytree(EXAMPLE, root)
    settings = root / "ptcrm.toml"
    settings.write_text(settings.read_text().replace("commit = false", "commit = true"))
    return repository(root)


# --- rename: links -------------------------------------------------------------------------------------------------

FORMS = {
    "[[ada-king]]": "[[ada-byron]]",
    "[[ada-king|my dear Ada King]]": "[[ada-byron|my dear Ada King]]",
    "[[Ada King]]": "[[Ada Byron]]",
    "[[ada king]]": "[[Ada Byron]]",
    "[[ADA-KING]]": "[[ada-byron]]",
    "[[ ada-king ]]": "[[ ada-byron ]]",
    "[[ada-king#Interactions]]": "[[ada-byron#Interactions]]",
    "[[ada-king#^k3x9q2|then]]": "[[ada-byron#^k3x9q2|then]]",
    "![[ada-king]]": "![[ada-byron]]",
    "[[ada-king.md]]": "[[ada-byron.md]]",
    "[[contacts/ada-king]]": "[[contacts/ada-byron]]",
    "| [[ada-king\\|A]] |": "| [[ada-byron\\|A]] |",
    "[Ada](ada-king.md)": "[Ada](ada-byron.md)",
    "[Ada](./ada-king.md)": "[Ada](./ada-byron.md)",
    "[Ada](../contacts/ada-king.md)": "[Ada](ada-byron.md)",
    '[Ada](ada-king.md#log "her log")': '[Ada](ada-byron.md#log "her log")',
    "[Ada](<ada-king.md>)": "[Ada](<ada-byron.md>)",
    "[Ada](ada%2Dking.md)": "[Ada](ada-byron.md)",
    "[Ada](ada-king)": "[Ada](ada-byron)",
    "[a]: ada-king.md": "[a]: ada-byron.md",
    "- 2026-11-12 coffee: With [[ada-king]] [with:: [[ada-king]]] too": "- 2026-11-12 coffee: With [[ada-byron]] [with:: [[ada-byron]]] too",
}
STAYING = (
    "[[the Countess]]",
    "[[ada-kingston]]",
    "[[ben]]",
    "[[nobody]]",
    "[[ada-king",
    "ada-king",
    "[ada-king](https://example.com/ada-king.md)",
    "[Ada](/contacts/ada-king.md)",
    "`[[ada-king]]`",
    "<!-- [[ada-king]] -->",
    "%% [[ada-king]] %%",
    "```\n[[ada-king]]\n```",
    "~~~\n[x](ada-king.md)\n~~~",
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_rename_rewrites_links_of_every_form_and_no_other_byte(tmp_path: Path, end: str) -> None:
    before = "\n".join(("# Ben", "", *FORMS, *STAYING, "trailing  blanks \t", "caf\udce9")).replace("\n", end)
    after = "\n".join(("# Ben", "", *FORMS.values(), *STAYING, "trailing  blanks \t", "caf\udce9")).replace("\n", end)
    ada = ADA.replace("tier: A", "aliases: the Countess")
    root = vault(tmp_path / "v", {"ada-king": ada, "ben": before.encode("utf-8", "surrogateescape")})
    said = done(inside(root, "rename", "ada", "Ada Byron"))
    assert (root / "contacts/ben.md").read_bytes().decode("utf-8", "surrogateescape") == after
    assert said.out == "renamed: Ada King is Ada Byron (ada-king to ada-byron) · links in 1 other file · ptcrm undo\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('knows: "[[ada-king]]"', 'knows: "[[ada-byron]]"'),
        ("knows: '[[ada-king|Ada King]]'", "knows: '[[ada-byron|Ada King]]'"),
        ("company: [[Ada King]]", "company: [[Ada Byron]]"),
        ('knows: ["[[ada-king]]", "[[ben]]"]', 'knows: ["[[ada-byron]]", "[[ben]]"]'),
        ('knows:\n  - "[[ada-king]]"  # as [[ada-king]] says', 'knows:\n  - "[[ada-byron]]"  # as [[ada-king]] says'),
        ("# [[ada-king]]\nwhy: Ada's friend", "# [[ada-king]]\nwhy: Ada's friend"),
        ("mine: see [[Ada King]] and more", "mine: see [[Ada Byron]] and more"),
        ('why: "[her](ada-king.md)"', 'why: "[her](ada-byron.md)"'),
    ],
)
def test_a_rename_rewrites_links_in_front_matter(tmp_path: Path, before: str, after: str) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": f"---\nname: Ben\n{before}\n---\n\n# Ben\n"})
    done(inside(root, "rename", "ada-king", "Ada Byron"))
    assert text(root, "contacts/ben.md") == f"---\nname: Ben\n{after}\n---\n\n# Ben\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("referred_by: ada-king", "referred_by: ada-byron"),
        ("referred_by:   Ada King   # at the fair", "referred_by:   Ada Byron   # at the fair"),
        ("introduced-by: 'ada king'", "introduced-by: 'Ada Byron'"),
        ('"referred_by" : "ada-king"', '"referred_by" : "ada-byron"'),
        ("knows: ada-king", "knows: ada-byron"),
        ("knows: [ada-king, 'Ada King', eve]", "knows: [ada-byron, 'Ada Byron', eve]"),
        ("knows:\n- ada-king\n\n- eve\n# ada-king\n-  Ada King  # x", "knows:\n- ada-byron\n\n- eve\n# ada-king\n-  Ada Byron  # x"),
        ("referred_by: the Countess", "referred_by: the Countess"),
        ("referred_by: Ada King and Eve", "referred_by: Ada King and Eve"),
        ("referred_by: ada-king\n  and Eve", "referred_by: ada-king\n  and Eve"),
        ("referred_by: |\n  ada-king", "referred_by: |\n  ada-king"),
        ("knows:\n- ada-king\n  and Eve", "knows:\n- ada-king\n  and Eve"),
        ("knows: Ada King, Eve", "knows: Ada King, Eve"),
        ("referred_by: eve", "referred_by: eve"),
        ("company: ada-king\nmine: ada-king", "company: ada-king\nmine: ada-king"),
        ("# referred_by: ada-king", "# referred_by: ada-king"),
    ],
)
def test_a_rename_rewrites_whole_values_that_name_somebody_without_brackets(tmp_path: Path, before: str, after: str, end: str) -> None:
    ada = ADA.replace("tier: A", "aliases: the Countess")
    ben = "---\nname: Ben\n{}\n---\n\nreferred_by: ada-king\n"
    root = vault(tmp_path / "v", {"ada-king": ada, "eve": "# Eve\n", "ben": ben.format(before).replace("\n", end)})
    done(inside(root, "rename", "ada-king", "Ada Byron"))
    assert text(root, "contacts/ben.md") == ben.format(after).replace("\n", end)


def test_who_is_named_without_brackets_is_linked_to_as_well(tmp_path: Path) -> None:
    ben = "---\nname: Ben\nreferred_by: ada-king\n---\n"
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": ben, "eve": "---\nname: Eve\nknows: [Ada King]\n---\n"})
    assert "contacts/ben.md:3" in done(inside(root, "forget", "ada-king", "-y")).err
    done(inside(root, "undo"))
    done(inside(root, "merge", "ada-king", "eve"))
    assert "referred_by: eve\n" in text(root, "contacts/ben.md")


def test_a_name_that_yaml_would_read_otherwise_is_linked_by_slug_in_front_matter(tmp_path: Path) -> None:
    ben = '---\nname: Ben\nknows: ["[[Ada King]]"]\n---\n\n[[Ada King]]\n'
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": ben})
    done(inside(root, "rename", "ada-king", 'Ada "Bee" King: #1'))
    assert text(root, "contacts/ben.md") == '---\nname: Ben\nknows: ["[[ada-bee-king-1]]"]\n---\n\n[[ada-bee-king-1]]\n'
    assert parsed((root / "contacts/ada-bee-king-1.md").read_bytes()).contact.name == 'Ada "Bee" King: #1'


def test_links_outside_the_contacts_folder_and_to_other_folders_follow(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"work/ada-king": ADA, "home/ben": "[a](../work/ada-king.md) [[work/ada-king]]\n", "eve": "# Eve\n"})
    (root / "inbox.md").write_text("lunch with [[ada-king]]\n")
    (root / "notes").mkdir()
    (root / "notes/plan.md").write_text("[Ada](../contacts/work/ada-king.md)\n")
    (root / ".trash").mkdir()
    (root / ".trash/old.md").write_text("[[ada-king]]\n")
    done(inside(root, "rename", "ada-king", "Ada Byron"))
    assert text(root, "contacts/home/ben.md") == "[a](../work/ada-byron.md) [[work/ada-byron]]\n"
    assert text(root, "inbox.md") == "lunch with [[ada-byron]]\n"
    assert text(root, "notes/plan.md") == "[Ada](../contacts/work/ada-byron.md)\n"
    assert text(root, ".trash/old.md") == "[[ada-king]]\n"
    assert not (root / "contacts/work/ada-king.md").exists()


def test_links_that_mean_somebody_else_stay(tmp_path: Path) -> None:
    body = "[[home/ada]] [h](home/ada.md) [[ada]] [[work/ada]] [w](work/ada.md) [[Ada Ray]]\n"
    root = vault(tmp_path / "v", {"home/ada": "# Ada Ray\n", "work/ada": "# Ada King\n", "ben": body})
    done(inside(root, "rename", "work/ada", "Ada Byron"))
    assert text(root, "contacts/ben.md") == "[[home/ada]] [h](home/ada.md) [[ada]] [[work/ada-byron]] [w](work/ada-byron.md) [[Ada Ray]]\n"


def test_a_new_name_that_another_has_takes_no_link_from_them(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben-ray": BEN, "eve": "# Eve\n\n[[Ada King]] and [[Ben Ray|B]] and [[ben-ray]]\n"})
    done(inside(root, "rename", "ben-ray", "Ada King"))
    assert text(root, "contacts/eve.md") == "# Eve\n\n[[ada-king]] and [[ada-king-2|B]] and [[ada-king-2]]\n"
    assert "name: Ada King\n" in text(root, "contacts/ada-king-2.md")
    assert "warning" not in done(inside(root, "check")).err.replace("no warnings", "")


def test_a_vault_that_is_one_folder_is_renamed_in_too(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {}, 'contacts = ["."]\nfile_names = "name"\nonly = "tag:person"\n[git]\ncommit = false\n')
    (root / "people").mkdir()
    (root / "people/Ada King.md").write_text("---\ntags: [person]\n---\n\nA note about [[Ada King]] by [[Ben]].\n")
    (root / "Diary.md").write_text("Met [[Ada King]] and [[people/Ada King|her]], [x](people/Ada%20King.md), [y](<people/Ada King.md>).\n")
    done(inside(root, "rename", "Ada King", "Ada Byron, Jr."))
    assert text(root, "people/Ada Byron, Jr.md") == "---\ntags: [person]\n---\n\nA note about [[Ada Byron, Jr]] by [[Ben]].\n"
    links = "Met [[Ada Byron, Jr]] and [[people/Ada Byron, Jr|her]], [x](people/Ada%20Byron%2C%20Jr.md), [y](<people/Ada Byron, Jr.md>).\n"
    assert text(root, "Diary.md") == links


# --- rename: the file itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\nname: Ada King\n---\n", "---\nname: Ada Byron\naliases:\n  - Ada King\n---\n"),
        ("---\nname: 'Ada King' # so\naliases: [A, B]\n---\n", '---\nname: Ada Byron # so\naliases: [A, B, "Ada King"]\n---\n'),
        ("---\nFull Name: Ada King\nnick: Ada # a\n---\n", "---\nFull Name: Ada Byron\nnick: # a\n  - Ada\n  - Ada King\n---\n"),
        ("---\ntier: A\n---\n\n# Ada King #\n\n# Ada King\n", "---\ntier: A\naliases:\n  - Ada King\n---\n\n# Ada Byron #\n\n# Ada King\n"),
        ("# Ada King", "---\naliases:\n  - Ada King\n---\n\n# Ada Byron"),
        ("---\nname: Ada King\n---\n\n# Her file\n", "---\nname: Ada Byron\naliases:\n  - Ada King\n---\n\n# Her file\n"),
        ("---\ntitle: Ada King\n---\n", "---\ntitle: Ada Byron\naliases:\n  - Ada King\n---\n"),
        ("---\nname: ada-king\n---\n", "---\nname: Ada Byron\n---\n"),
        ("---\naliases:\n- Ada King\nname: Ada King\n---\n", "---\naliases:\n- Ada King\nname: Ada Byron\n---\n"),
        ("---\ntier: A\n---\n\nNo name at all\n", "---\ntier: A\nname: Ada Byron\n---\n\nNo name at all\n"),
        ("", "---\nname: Ada Byron\n---\n"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_name_is_changed_where_the_file_says_it_and_the_old_one_is_an_alias(
    tmp_path: Path, before: str, after: str, end: str
) -> None:  # fmt: skip
    root = vault(tmp_path / "v", {"ada-king": before.replace("\n", end)})
    done(inside(root, "rename", "ada-king", "Ada Byron"))
    got = text(root, "contacts/ada-byron.md")
    if "\n" in before:
        assert got == after.replace("\n", end)
    else:
        assert got == after  # nothing to tell the line end from
    assert not (root / "contacts/ada-king.md").exists()


def test_a_title_stays_no_role_where_the_name_was_one(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": "---\nname: Ada King\ntitle: Ada King\n---\n", "ada-byron": "# Ada Byron\n"})
    done(inside(root, "rename", "ada-king", "Ada Byron"))
    found = parsed((root / "contacts/ada-byron-2.md").read_bytes(), "ada-byron-2").contact
    assert (found.name, found.text("role")) == ("Ada Byron", None)


def test_a_name_from_given_and_family_name_gets_a_name(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": "---\ngiven_name: Ada\nfamily_name: King\n---\n"})
    done(inside(root, "rename", "ada-king", "Ada Byron"))
    assert parsed((root / "contacts/ada-byron.md").read_bytes()).contact.name == "Ada Byron"


HOSTILE = ("Ada\x1b[31m", "   ", "{{title}}", "<% tp.file.title %>", "a" * 5000 + "\x00", "\u202eAda")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_cannot_be_one_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    root = vault(tmp_path / "v", {"ada-king": "---\ntier: A\n---\n\n# Ada King\n", "ben": "[[ada-king]]\n"})
    before = files(root)
    assert inside(root, "rename", "ada-king", name).code in (2, 5)
    assert files(root) == before


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        "con",
        "README",
        "O'Brien: #1 [x]",
        "Ödegård Æ",
        "李小龍",
        "no",
        "2026-01-01",
        "a" * 300,
        '"',
        "- x",
        "# x #",
        "[[ben]]",
    ],
)
def test_a_hostile_name_is_a_name_and_its_file_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": "# Ben\n\n[[ada-king]] [[Ada King]] [a](ada-king.md)\n"})
    done(inside(root, "rename", "--", "ada-king", name))
    (moved,) = (path for path in (root / "contacts").iterdir() if path.name != "ben.md")
    found = parsed(moved.read_bytes(), moved.stem)
    assert found.contact.name == name
    assert not [problem for problem in found.problems if problem.severity == "error"]
    assert moved.stem in text(root, "contacts/ben.md")
    assert "king" not in text(root, "contacts/ben.md").lower()
    done(inside(root, "check"))


def test_a_name_in_another_case_moves_nothing_and_makes_no_alias(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": "[[ada-king]] [[Ada-King]] [a](ada-king.md)\n"})
    done(inside(root, "rename", "ada-king", "ADA King"))
    assert text(root, "contacts/ada-king.md") == ADA.replace("Ada King", "ADA King")
    assert text(root, "contacts/ben.md") == "[[ada-king]] [[Ada-King]] [a](ada-king.md)\n"
    assert inside(root, "rename", "ada-king", "ADA King").out == "nothing to change\n"


def test_a_file_among_conflicts_that_links_stops_the_rename(tmp_path: Path) -> None:
    conflict = "# Ben\n\n<<<<<<< ours\n[[ada-king]]\n=======\nx\n>>>>>>> theirs\n"
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": conflict})
    before = files(root)
    said = done(inside(root, "rename", "ada-king", "Ada Byron"), 5)
    assert said.err.startswith("contacts/ben.md:4: links to them, among conflict markers")
    assert files(root) == before


def test_front_matter_that_cannot_be_read_and_links_stops_the_rename(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": '---\nknows: "[[ada-king]]"\nx: [\n---\n'})
    before = files(root)
    assert "contacts/ben.md:2: " in done(inside(root, "rename", "ada-king", "Ada Byron"), 5).err
    assert files(root) == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": BEN})
    (root / "contacts/ben.md").chmod(0)
    assert "contacts/ben.md: cannot be read, so its links stay" in done(inside(root, "rename", "ada-king", "Ada Byron")).err


def test_words_without_quotes_are_answered_with_the_line_to_type(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA})
    assert "ptcrm rename ada 'Ada Byron'" in done(inside(root, "rename", "ada", "Ada", "Byron"), 2).err


@pytest.mark.parametrize("words", [("rename", "ada-king", "Ada Byron"), ("merge", "ada-king", "bob-lee")], ids=lambda words: words[0])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=repr)
def test_a_kept_review_links_to_who_moved_and_is_not_taken_for_changed_by_hand(example: Path, words: tuple[str, ...], end: bytes) -> None:
    done(inside(example, "review", "month", "--save"))
    kept = example / "reviews/2026-11.md"
    kept.write_bytes(kept.read_bytes().replace(b"\n", end))
    git(example, "commit", "-qam", "line ends", "--allow-empty")
    before, made = files(example), commits(example)
    done(inside(example, *words))
    slug = b"[[ada-byron|Ada King]]" if words[0] == "rename" else b"[[bob-lee|Ada King]]"
    was, now = before["reviews/2026-11.md"].splitlines(True), kept.read_bytes().splitlines(True)
    others = [line for line in now if not line.startswith(b"digest: ")]
    assert others == [line.replace(b"[[ada-king|Ada King]]", slug) for line in was if not line.startswith(b"digest: ")]
    assert commits(example) == made + 1
    assert git(example, "status", "--porcelain") == ""
    assert "saved: reviews/2026-11.md" in "".join(done(inside(example, "review", "month", "--save", today="2026-11-22"))[1:])
    done(inside(example, "undo"))
    done(inside(example, "undo"))
    assert files(example) == before


def test_a_review_with_a_word_of_ones_own_is_left_alone_after_a_rename_too(example: Path) -> None:
    done(inside(example, "review", "month", "--save"))
    kept = example / "reviews/2026-11.md"
    kept.write_bytes(kept.read_bytes() + b"\nMine, of [[ada-king]].\n")
    done(inside(example, "rename", "ada-king", "Ada Byron"))
    mine = kept.read_bytes()
    assert mine.endswith(b"\nMine, of [[ada-byron]].\n")
    assert "was changed by hand" in done(inside(example, "review", "month", "--save", today="2026-11-22"), 5).err
    assert kept.read_bytes() == mine


# --- all four are one batch ------------------------------------------------------------------------------------------

COMMANDS = (
    ("rename", "ada-king", "Ada Byron"),
    ("merge", "ada-king", "ingrid-solheim"),
    ("forget", "ada-king", "-y"),
    ("handover", "ada-king", "noor", "Handed on"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_each_is_one_commit_and_undo_takes_all_back(example: Path, words: tuple[str, ...]) -> None:
    before = files(example)
    done(inside(example, *words))
    assert commits(example) == 2
    changed = {path for path in {*before, *files(example)} if before.get(path) != files(example).get(path)}
    assert changed
    assert set(git(example, "show", "--no-renames", "--format=", "--name-only", "-z", "HEAD").split("\0")) - {""} == changed
    assert git(example, "status", "--porcelain") == ""
    done(inside(example, "undo"))
    assert files(example) == before
    assert git(example, "status", "--porcelain") == ""


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_dry_run_shows_the_diff_and_writes_nothing(example: Path, words: tuple[str, ...]) -> None:
    before = files(example)
    said = done(inside(example, *[word for word in words if word != "-y"], "-n"))
    assert "--- a/contacts/ada-king.md" in said.out
    assert files(example) == before
    assert commits(example) == 1


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_without_a_commit_the_files_are_written_all_the_same(example: Path, words: tuple[str, ...]) -> None:
    before = files(example)
    done(inside(example, *words, "--no-commit"))
    assert files(example) != before
    assert commits(example) == 1


@pytest.mark.parametrize("words", [("rename", "{}", "Zoe Newname"), ("merge", "{}", "tomasz-wrona")], ids=lambda words: words[0])
def test_the_example_vault_has_no_mistake_after_anybody_moved(tmp_path: Path, words: tuple[str, ...]) -> None:
    ids = ("ada-king", "yuki-aalto", "lees/edmund-pell", "beatriz-noronha", "ines-paredes", "otto-keller", "wilhelmina-brandt")
    for number, id in enumerate(ids):
        root = tmp_path / str(number)
        shutil.copytree(EXAMPLE, root)
        done(inside(root, *[word.format(id) for word in words]))
        slug = id.rsplit("/", 1)[-1]
        said = done(inside(root, "check"))
        assert "no mistakes, no warnings" in said.out + said.err
        assert not [path for path, data in files(root).items() if f"[[{slug}".encode() in data]


def test_nobody_is_said_to_be_nobody(example: Path) -> None:
    for words in COMMANDS:
        done(inside(example, words[0], "nobody-at-all", *words[2:]), 4)
    done(inside(example, "merge", "ada-king", "nobody-at-all"), 4)
    done(inside(example, "merge", "ada-king", "ada"), 2)


# --- merge -----------------------------------------------------------------------------------------------------------

INTO = """\
---
name: Ada King
tags: [actuary]
email: ada@king.example
tier: A
knows:
  - "[[ben-ray]]"
mine: yes
---

# Ada King

## Interactions

- 2026-01-02 call: Old news
- 2026-03-01 lunch: Soup ^abc123
  - fish

## Notes

Likes tea.
"""
WHO = """\
---
name: A. King
tags: [Actuary, sailor]
email: ada@home.example
tier: B
role: Actuary
knows: ["[[ada-king]]", "[[eve]]"]
theirs:
  - one  # kept
  - "two"
mine: no
---

# A. King

A first word, see [Ben](../ben-ray.md).

## Interactions

* 2026-03-01 lunch: Soup ^abc123
  - fish
  - [ ] Send the recipe
* 2026-02-01 email: Hello <!-- aside -->
  ```
  - 2020-01-01 code
  ```
* 2026-01-02 call: Old news

## Plans

Wants a boat.
"""
JOINED = """\
---
name: Ada King
aliases:
  - A. King
  - a-king
tags: [actuary, "sailor"]
role: Actuary
email:
  - ada@king.example
  - "ada@home.example"
tier: A
knows:
  - "[[ben-ray]]"
  - "[[eve]]"
mine: yes
theirs:
  - one  # kept
  - "two"
---

# Ada King

## Interactions

- 2026-01-02 call: Old news
- 2026-02-01 email: Hello <!-- aside -->
  ```
  - 2020-01-01 code
  ```
- 2026-03-01 lunch: Soup ^abc123
  - fish
  - [ ] Send the recipe

## Notes

Likes tea.

## Merged from A. King

- tier: B
- mine: no

A first word, see [Ben](ben-ray.md).

## Plans

Wants a boat.
"""


@pytest.mark.parametrize("ends", ["\n\n", "\n\r\n", "\r\n\n", "\r\n\r\n"], ids=repr)
def test_two_files_become_one_and_nothing_is_lost(tmp_path: Path, ends: str) -> None:
    own, other = ("\n" if ends.startswith("\n") else "\r\n"), ("\r\n" if ends.endswith("\r\n") else "\n")
    eve = "---\nname: Eve\n---\n\n[[A. King]] [[work/a-king|her]] [[a-king]] [k](work/a-king.md) [[Ada King]]\n"
    root = vault(tmp_path / "v", {"ada-king": INTO.replace("\n", own), "work/a-king": WHO.replace("\n", other), "ben-ray": BEN, "eve": eve})
    said = done(inside(root, "merge", "a-king", "ada-king"))
    assert text(root, "contacts/ada-king.md") == JOINED.replace("\n", own)
    assert not (root / "contacts/work/a-king.md").exists()
    assert text(root, "contacts/eve.md").endswith("[[Ada King]] [[ada-king|her]] [[ada-king]] [k](ada-king.md) [[Ada King]]\n")
    assert said.out.startswith("merged: A. King (work/a-king) into Ada King (ada-king) · 1 entry · added ")
    assert "  tier: B\n  mine: no\n" in said.err
    assert "no mistakes, no warnings" in "".join(done(inside(root, "check"))[1:])
    assert "Ada King" in done(inside(root, "show", "a. king")).out


@pytest.mark.parametrize(
    ("into", "who", "after"),
    [
        ('knows: ["[[ben]]", "[[a-king]]"]', "", 'knows: ["[[ben]]"]'),
        ("knows:\n  - '[[a-king|A. King]]'\nrole: x", "", "role: x"),
        ("referred_by: a-king", "", ""),
        ('introduced_by: "[[A. King]]"\nrole: x', "", "role: x"),
        ("", 'referred_by: "[[ada-king]]"\nknows: [Ada King]', ""),
        ("", 'knows: ["[[ada-king]]", "[[ben]]"]\nreferred_by: ben', 'knows: ["[[ben]]"]\nreferred_by: ben'),
        ('knows: ["[[a-king]]"]', 'knows: ["[[ada-king]]"]\nreferred_by: "[[ada-king]]"', ""),
        ("referred_by: ben\nwhy: knows [[a-king]]", 'referred_by: "[[ada-king]]"', "referred_by: ben\nwhy: knows [[ada-king]]"),
    ],
)
def test_nobody_knows_or_was_introduced_by_themselves_after_a_merge(tmp_path: Path, into: str, who: str, after: str) -> None:
    files = {"ada-king": f"---\nname: Ada King\n{into}\n---\n", "a-king": f"---\nname: A. King\n{who}\n---\n", "ben": "# Ben\n"}
    root = vault(tmp_path / "v", files)
    said = done(inside(root, "merge", "a-king", "ada-king"))
    now = parsed((root / "contacts/ada-king.md").read_bytes(), "ada-king").contact
    assert now.keys == {**contact("name: Ada King", after).keys, "aliases": ("A. King", "a-king")}
    assert "Merged from" not in text(root, "contacts/ada-king.md"), said
    done(inside(root, "undo"))
    assert files["ada-king"] == text(root, "contacts/ada-king.md")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_comments_of_the_front_matter_that_goes_are_kept(tmp_path: Path, ends: str) -> None:
    who = (
        "---\nname: Ida # from Rome\n# how often\ntier: B   # since May\nphone:\n  - '1' # evenings only\n\n  # the old one\n  - '2'\nwhy: |\n"
        '  # no comment\nrole: "a # b"\ncity: c#d\ntags: [x, # one\n  y]\nmine: m # own\n# last\n---\n'
    )
    root = vault(tmp_path / "v", {"ada": "---\nname: Ada # hers\n---\n", "ida": who.replace("\n", ends)})
    done(inside(root, "merge", "ida", "ada"))
    now = text(root, "contacts/ada.md")
    assert now.startswith("---\nname: Ada # hers\n")
    assert now.split("## Merged from Ida\n\n")[1].splitlines() == [
        "- name: # from Rome", "- tier: # how often", "- tier: # since May", "- phone: # evenings only", "- phone: # the old one",
        "- tags: # one",
    ]  # fmt: skip
    assert "mine: m # own\n# last\n---\n" in now
    done(inside(root, "undo"))
    done(inside(root, "merge", "ada", "ida"))
    assert "- name: # hers" in text(root, "contacts/ida.md")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_comment_behind_the_mark_of_a_text_of_several_lines_is_kept(tmp_path: Path, ends: str) -> None:
    who = "---\nname: Ida\nwhy: | # since May\n  # no comment\n  two\nprefers: >-  # evenings\n  text\nrole: |\n  a # b\n---\n"
    root = vault(tmp_path / "v", {"ada": "---\nname: Ada\n---\n", "ida": who.replace("\n", ends)})
    done(inside(root, "merge", "ida", "ada"))
    kept = text(root, "contacts/ada.md").split("## Merged from Ida\n\n")[1]
    assert kept.splitlines() == ["- why: # since May", "- prefers: # evenings"]


@pytest.mark.parametrize(
    ("into", "who", "code"),
    [
        ("why: x\n---\n", "why: 50 %% off\n---\n\n%% secret %%\n", 5),
        ("why: x\n---\n\n5 %% of it\n", "why: x\n---\n\n%% secret %%\n", 5),
        ("why: x\n---\n", "why: 50 <!-- off\n---\n\nseen\n\n<!-- secret -->\n", 5),
        ("why: x\n---\n", "why: 50 %% off\n---\n\nseen\n", 0),
        ("why: 5 %% x\n---\n\n%% a %%\n", "why: x\n---\n\n%% secret %%\n", 0),
    ],
)
def test_what_a_comment_hides_stays_hidden_in_a_merge(tmp_path: Path, into: str, who: str, code: int) -> None:
    root = vault(tmp_path / "v", {"ada": f"---\nname: Ada\n{into}", "ida": f"---\nname: Ida\n{who}"})
    before = files(root)
    done(inside(root, "merge", "ida", "ada"), code)
    assert (files(root) == before) == bool(code)


def test_a_newest_first_log_stays_newest_first(tmp_path: Path) -> None:
    into = "# Ada\n\n## Interactions\n\n- 2026-05-01 call: c\n- 2026-03-01 call: a\n"
    who = "# Ida\n\n## Log\n\n- 2026-01-01 call: z\n- 2026-04-01 call: b\n- 2026-06-01 call: d\n"
    root = vault(tmp_path / "v", {"ada": into, "ida": who})
    done(inside(root, "merge", "ida", "ada"))
    lines = [line for line in text(root, "contacts/ada.md").splitlines() if line.startswith("- 2026")]
    assert [line[-1] for line in lines] == ["d", "c", "b", "a", "z"]
    assert "Merged from" not in text(root, "contacts/ada.md")


def test_dated_headings_and_tables_of_the_other_log_are_still_read(tmp_path: Path) -> None:
    who = "# Ida\n\n## Log\n\n### 2026-03-01 | coffee | x\n\nProse of it.\n\n- 2026-04-01 call: b\n\n| 2026-05-01 | lunch | Soup |\n"
    root = vault(tmp_path / "v", {"ada": "# Ada\n", "ida": who})
    done(inside(root, "merge", "ida", "ada"))
    found = parsed((root / "contacts/ada.md").read_bytes(), "ada").contact
    assert sorted((entry.on.isoformat(), entry.kind) for entry in found.interactions) == [
        ("2026-03-01", "coffee"),
        ("2026-04-01", "call"),
        ("2026-05-01", "lunch"),
    ]


def test_the_entry_of_an_occasion_both_were_at_is_there_once(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA, "a-king": ADA.replace("Ada King", "A King"), "ben-ray": BEN})
    done(inside(root, "log", "ada-king,a-king,ben-ray", "lunch", "Fish"))
    done(inside(root, "merge", "a-king", "ada-king"))
    assert text(root, "contacts/ada-king.md").count("2026-11-21") == 1 or text(root, "contacts/ada-king.md").count("^") == 1
    assert text(root, "contacts/ada-king.md").count("Old news") == 1
    assert "no mistakes" in "".join(done(inside(root, "check"))[1:])


def test_a_copy_brings_nothing_twice_and_a_note_within_a_line_is_no_copy(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": f"{ADA}\n## Notes\n\nTeas.\n", "ada-2": f"{ADA}\n## Notes\n\nTeas.\n", "ida": "# Ida\n\nTea\n"})
    done(inside(root, "merge", "ada-2", "ada"))
    copied = ADA.replace("tier", "aliases:\n  - ada-2\ntier")
    assert text(root, "contacts/ada.md") == f"{copied}\n## Notes\n\nTeas.\n"
    done(inside(root, "merge", "ida", "ada"))
    assert text(root, "contacts/ada.md").endswith("\n## Notes\n\nTeas.\n\n## Merged from Ida\n\nTea\n")


@pytest.mark.parametrize("words", [*COMMANDS[:1], ("merge", "ada-king", "ben"), COMMANDS[2]], ids=lambda words: words[0])
def test_a_link_to_a_file_is_left_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    root = vault(tmp_path / "v", {"ben": BEN})
    (root / "real.txt").write_text(ADA)
    (root / "contacts/ada-king.md").symlink_to("../real.txt")
    before = files(root)
    assert "is a link to another file" in done(inside(root, *words), 5).err
    assert files(root) == before


def test_a_contacts_folder_that_is_a_link_is_renamed_in(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA, "ben": "[[ada-king]] [[Ada King]]\n"})
    (root / "contacts").rename(root / "real")
    (root / "contacts").symlink_to("real")
    done(inside(root, "rename", "ada-king", "Ada Byron"))
    assert sorted(os.listdir(root / "real")) == ["ada-byron.md", "ben.md"]
    assert text(root, "real/ben.md") == "[[ada-byron]] [[Ada Byron]]\n"


def test_private_stays_private_in_a_merge(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": "---\nname: Ada\n---\n", "ida": "---\nname: Ida\nprivate: true\ndnc: yes\ncoi: true\n---\n"})
    done(inside(root, "merge", "ida", "ada"))
    found = parsed((root / "contacts/ada.md").read_bytes(), "ada").contact
    assert (found.keys["private"], found.is_true("do_not_contact"), found.is_true("coi")) == (True, True, True)


@pytest.mark.parametrize(
    ("into", "who", "after"),
    [
        ("private: [address] # mine", "private: [email]", "private: [address, email] # mine"),
        ("private:\n  - address", "private: [email, Address]", "private:\n  - address\n  - email\n  - Address"),
        ("private: address", "private: [email]", "private:\n  - address\n  - email"),
        ("private: [address]", "private: true", "private: true"),
        ("private:\n- address\n- log", "private: [true]", "private: true"),
        ("private: no # all may know", "private: [email]", "private:\n  - email"),
        ("private: no", "private: yes", "private: true"),
        ("private: yes", "private: [email]", "private: yes"),
        ("private: [email]", "private: no", "private: [email]"),
        ("private:", "private: email", "private:\n  - email"),
        ("role: x", "private: [email]", "role: x\nprivate:\n  - email"),
    ],
)
def test_what_either_keeps_private_stays_so_in_a_merge(tmp_path: Path, into: str, who: str, after: str) -> None:
    files = {"ada": f"---\nname: Ada\n{into}\n---\n", "ida": f"---\nname: Ida\n{who}\n---\n"}
    root = vault(tmp_path / "v", files)
    done(inside(root, "merge", "ida", "ada"))
    now = parsed((root / "contacts/ada.md").read_bytes(), "ada").contact
    assert now.keys["private"] == contact(after).keys["private"]
    assert "Merged from" not in text(root, "contacts/ada.md")
    done(inside(root, "undo"))
    assert text(root, "contacts/ada.md") == files["ada"]


@pytest.mark.parametrize(
    "broken",
    [
        "---\nname: [Ida\n---\n",
        "---\nname: Ida\nname: Ada\n---\n",
        "# Ida\n\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n",
        "# Ida\n\n```\nopen\n",
        b"\xff\xfe#\x00 \x00I\x00",
    ],
)
@pytest.mark.parametrize("is_into", [True, False])
def test_a_file_that_cannot_be_understood_whole_is_not_merged(tmp_path: Path, broken: str | bytes, is_into: bool) -> None:
    root = vault(tmp_path / "v", {"ada": ADA, "ida": broken})
    before = files(root)
    done(inside(root, "merge", *(("ada", "ida") if is_into else ("ida", "ada"))), 5)
    assert files(root) == before


# --- forget ----------------------------------------------------------------------------------------------------------


def test_forget_says_who_links_and_what_git_keeps(example: Path) -> None:
    said = done(inside(example, "forget", "ada-king", "-y"))
    assert said.out == "forgotten: Ada King, contacts/ada-king.md is removed · ptcrm undo\n"
    assert "6 links to Ada King lead nowhere then: contacts/bob-lee.md:23, " in said.err
    assert "git filter-repo --invert-paths --path contacts/ada-king.md" in said.err
    assert not (example / "contacts/ada-king.md").exists()


def test_forget_without_a_terminal_wants_a_yes(example: Path) -> None:
    before = files(example)
    assert "say -y to go on" in done(inside(example, "forget", "ada-king"), 2).err
    assert files(example) == before


def test_forget_of_somebody_nobody_links_to_outside_git(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": "[[ada-king]]\n", "ben": "```\n[[ada-king]]\n```\n"})
    said = done(inside(root, "forget", "ada-king", "-y"))
    assert "no other file links to ada-king" in said.err
    assert "filter-repo" not in said.err


def test_forget_says_where_what_an_import_said_is_kept(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada-king": ADA})
    assert "an import" not in done(inside(root, "forget", "ada-king", "-y")).err, "nothing was imported"
    (tmp_path / "Connections.csv").write_text(
        "First Name,Last Name,URL,Connected On\nBen,Ray,https://www.linkedin.com/in/ben,01 Feb 2020\n"
    )
    done(inside(root, "import", str(tmp_path / "Connections.csv"), "-y"))
    told = next(line for line in done(inside(root, "forget", "ben-ray", "-y")).err.splitlines() if "an import" in line)
    assert b"Ben Ray" in Path(told.rpartition(": ")[2]).read_bytes()


def test_a_file_that_cannot_be_understood_can_be_forgotten_and_taken_back(tmp_path: Path) -> None:
    odd = b"---\nname: [\n---\n\xff <<<<<<< x\r\n"
    root = vault(tmp_path / "v", {"ada-king": odd})
    done(inside(root, "forget", "ada-king", "-y"))
    done(inside(root, "undo"))
    assert (root / "contacts/ada-king.md").read_bytes() == odd


# --- handover --------------------------------------------------------------------------------------------------------


def test_a_handover_sets_the_owner_and_says_from_whom_to_whom(example: Path) -> None:
    before = text(example, "contacts/ada-king.md")
    said = done(inside(example, "handover", "ada-king", "Noor Castellan", "Over tea [handover:: went well]"))
    after = before.replace("owner: marta", "owner: noor")
    assert text(example, "contacts/ada-king.md") == (
        f"{after}- 2026-11-21 handover: Over tea [from:: marta] [to:: noor] [handover:: went well]\n"
    )
    assert said.out == "handed over: Ada King, marta to noor, 2026-11-21 · does not count as contact · ptcrm undo\n"


def test_a_successor_who_takes_over_is_no_successor_any_more(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": "---\nname: Ada\nowner: lee\nsuccessor: noor\n---\n", "ben": "---\nsuccessor: lee\n---\n"})
    done(inside(root, "handover", "ada", "noor"))
    done(inside(root, "handover", "ben", "noor"))
    ada, ben = (parsed((root / f"contacts/{id}.md").read_bytes(), id).contact for id in ("ada", "ben"))
    assert (ada.text("owner"), ada.text("successor"), ben.text("owner"), ben.text("successor")) == ("noor", None, "noor", "lee")
    assert [entry.fields for entry in ada.interactions] == [(("from", "lee"), ("to", "noor"))]
    assert [entry.fields for entry in ben.interactions] == [(("to", "noor"),)]


def test_only_one_of_the_team_can_take_over(example: Path) -> None:
    before = files(example)
    assert 'nobody in [team] is called "bob": lee, marta, noor' in done(inside(example, "handover", "ada-king", "bob"), 2).err
    assert "marta looks after Ada King already" in done(inside(example, "handover", "ada-king", "Marta"), 2).err
    assert files(example) == before


def test_a_handover_does_not_count_as_contact() -> None:
    ada = contact("tier: A", "- 2026-10-21 call", "- 2026-11-21 handover [from:: lee] [to:: noor]")
    assert ada.interactions[-1].kind == "handover"
    assert ada.interactions[-1].on == TODAY
