"""`ptcrm merge-file`: what two people did to one file, as git hands it over; and git itself, with the driver registered."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from plaintextcrm.core.threeway import merge
from tests.inside import Said, inside
from tests.make import environment

PATH = "contacts/ada-king.md"
ADA = """\
---
name: Ada King
tier: A   # since Lisbon
tags: [bees, tides]
phone:
  - "0123"
---

# Ada King

She likes maps.

## Interactions

- 2026-01-02 call: About bees.
- 2026-02-02 lunch: In Porto.
  - [ ] send the map [due:: 2026-12-01]

## Notes

One.

Two.
"""
LAST = "  - [ ] send the map [due:: 2026-12-01]\n"


def merged(base: str, ours: str, theirs: str, conflicts: int = 0) -> str:
    """The merged text, with that many conflicts; the same, but for the sides of each, when ours and theirs are changed over."""
    found, other = merge(base.encode(), ours.encode(), theirs.encode(), PATH), merge(base.encode(), theirs.encode(), ours.encode(), PATH)
    assert found is not None
    assert other is not None
    assert found.conflicts == other.conflicts == conflicts, found.data.decode()
    assert conflicts or found.data == other.data
    return found.data.decode()


def ada(*changes: tuple[str, str], base: str = ADA) -> str:
    """Ada's file with texts in it replaced, each of which is there once."""
    for old, new in changes:
        assert base.count(old) == 1, old
        base = base.replace(old, new)
    return base


def both(ours: str, theirs: str) -> str:
    """A conflict as git shows it."""
    return f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n"


# --- front matter --------------------------------------------------------------------------------------------------


def test_different_keys_changed_in_neighbouring_lines_merge_and_keep_their_comments() -> None:
    found = merged(ADA, ada(("tier: A ", "tier: B ")), ada(("Ada King\ntier", "Ada Lovelace\ntier")))
    assert found == ada(("Ada King\ntier: A ", "Ada Lovelace\ntier: B "))


def test_a_key_that_both_changed_is_a_conflict_around_that_key_only() -> None:
    found = merged(ADA, ada(("tier: A ", "tier: B ")), ada(("tier: A ", "tier: C "), ("One.", "One!")), 1)
    assert found == ada(("tier: A   # since Lisbon\n", both("tier: B   # since Lisbon\n", "tier: C   # since Lisbon\n")), ("One.", "One!"))


def test_a_key_that_one_changed_and_the_other_removed_is_a_conflict() -> None:
    found = merged(ADA, ada(("tier: A   # since Lisbon\n", "")), ada(("tier: A ", "tier: B ")), 1)
    assert found == ada(("tier: A   # since Lisbon\n", both("", "tier: B   # since Lisbon\n")))


def test_what_both_put_into_a_list_is_joined_in_its_own_style() -> None:
    ours = ada(("[bees, tides]", "[bees, tides, maps]"), ('"0123"\n', '"0123"\n  - "0777"  # new\n'))
    theirs = ada(("[bees, tides]", "[tides, 'cats']"), ('"0123"\n', '"0123"\n  - "0555"\n'))
    found = merged(ADA, ours, theirs)
    assert found == ada(("[bees, tides]", "[tides, 'cats', maps]"), ('"0123"\n', '"0123"\n  - "0555"\n  - "0777"  # new\n'))


def test_a_new_key_that_both_added_alike_is_there_once_and_new_ones_stand_in_the_order_of_the_table() -> None:
    found = merged(
        ADA, ada(("phone:", "birthday: --05-12\nwhy: a friend\nphone:")), ada(("phone:", "birthday: --05-12\ncompany: Acme\nphone:"))
    )
    assert found == ada(("phone:", "company: Acme\nbirthday: --05-12\nwhy: a friend\nphone:"))


def test_one_meaning_in_two_spellings_is_one_key() -> None:
    found = merged(ADA, ada(("phone:", "company: Acme\nphone:")), ada(("phone:", "org: Tides\nphone:")), 1)
    assert found == ada(("phone:", both("company: Acme\n", "org: Tides\n") + "phone:"))


def test_a_front_matter_of_its_own_comes_from_one_side_and_a_log_from_the_other() -> None:
    found = merged("# Ada\n", "---\ntier: A\n---\n# Ada\n", "# Ada\n\n## Interactions\n\n- 2026-01-02 call: Hello\n")
    assert found == "---\ntier: A\n---\n# Ada\n\n## Interactions\n\n- 2026-01-02 call: Hello\n"


def test_a_block_of_text_and_a_comment_above_a_key_travel_with_it() -> None:
    found = merged(
        ADA, ada(("phone:", "# ask first\nwhy: |\n  One\n\n  # two\nphone:")), ada(("phone:", "# home\nlocation: Porto\nphone:"))
    )
    assert found == ada(("phone:", "# home\nlocation: Porto\n# ask first\nwhy: |\n  One\n\n  # two\nphone:"))


def test_an_empty_front_matter_merges_with_keys() -> None:
    assert merged("---\n---\nx\n", "---\ntier: A\n---\nx\n", "---\n---\nx\n\ny\n") == "---\ntier: A\n---\nx\n\ny\n"


# --- the log -------------------------------------------------------------------------------------------------------


def test_two_people_who_log_at_once_lose_nothing_and_double_nothing() -> None:
    lunch = "- 2026-03-05 lunch: Both of us. ^k3x9q2\n"
    ours = ada((LAST, f"{LAST}- 2026-03-01 call: Ours.\n{lunch}"))
    theirs = ada((LAST, f"{LAST}{lunch}- 2026-02-20 call: Theirs.\n  - deeper\n"))
    assert merged(ADA, ours, theirs) == ada(
        (LAST, f"{LAST}- 2026-02-20 call: Theirs.\n  - deeper\n- 2026-03-01 call: Ours.\n{lunch}"),
    )


def test_a_log_with_the_newest_first_stays_so_with_its_blank_lines() -> None:
    base = "## Log\n\n- 2026-02-02 call: Two\n\n- 2026-01-01 call: One\n"
    found = merged(
        base,
        base.replace("- 2026-02", "- 2026-03-01 call: Ours\n\n- 2026-02"),
        base.replace("- 2026-02", "- 2026-03-09 call: Theirs\n\n- 2026-02"),
    )
    assert found == "## Log\n\n- 2026-03-09 call: Theirs\n\n- 2026-03-01 call: Ours\n\n- 2026-02-02 call: Two\n\n- 2026-01-01 call: One\n"


def test_the_first_entries_of_two_people_share_one_new_section() -> None:
    base = "---\nname: Ada\n---\n"
    found = merged(base, f"{base}\n## Interactions\n\n- 2026-03-01 call: Ours\n", f"{base}\n## Interactions\n\n- 2026-02-01 call: Theirs\n")
    assert found == f"{base}\n## Interactions\n\n- 2026-02-01 call: Theirs\n- 2026-03-01 call: Ours\n"


def test_a_removed_entry_does_not_come_back() -> None:
    found = merged(ADA, ada(("- 2026-01-02 call: About bees.\n", "")), ada((LAST, f"{LAST}- 2026-03-01 call: New\n")))
    assert found == ada(("- 2026-01-02 call: About bees.\n", ""), (LAST, f"{LAST}- 2026-03-01 call: New\n"))


def test_an_entry_edited_by_one_beside_an_entry_edited_by_the_other_is_no_conflict() -> None:
    found = merged(ADA, ada(("About bees.", "About honey.")), ada(("[ ] send", "[x] send")))
    assert found == ada(("About bees.", "About honey."), ("[ ] send", "[x] send"))


@pytest.mark.parametrize("theirs", ["- 2026-01-02 call: About cats.\n", "- 2026-01-03 call: About bees.\n", ""])
def test_an_entry_that_both_changed_is_a_conflict_around_that_entry_only(theirs: str) -> None:
    old, ours = "- 2026-01-02 call: About bees.\n", "- 2026-01-02 call: About honey.\n"
    found = merged(ADA, ada((old, ours), ("One.", "One!")), ada((old, theirs)), 1)
    assert found == ada((old, both(ours, theirs)), ("One.", "One!"))


def test_an_entry_that_both_changed_is_a_conflict_though_its_place_on_its_day_changed_too() -> None:
    base = "## Log\n\n- 2026-01-02 call: b\n- 2026-01-02 call: c\n- 2026-01-02 call: d\n"
    ours, theirs = base.replace("call: b", "call: bb"), base.replace("- 2026-01-02 call: b\n", "") + "- 2026-01-02 call: x\n"
    assert "<<<<<<< ours\n" in merged(base, ours, theirs, 1)


def test_lines_in_a_fence_that_look_like_entries_stay_with_their_entry() -> None:
    fenced = "- 2026-03-01 call: Ours\n  ```\n  - 2026-01-01 call: in code\n\n  ```\n"
    found = merged(ADA, ada((LAST, LAST + fenced)), ada((LAST, f"{LAST}- 2026-03-02 call: Theirs\n- 2026-02-10 call: Theirs\n")))
    assert found == ada((LAST, f"{LAST}- 2026-02-10 call: Theirs\n{fenced}- 2026-03-02 call: Theirs\n"))


def test_an_entry_moved_by_one_and_one_added_by_the_other_are_both_there_once() -> None:
    first = "- 2026-01-02 call: About bees.\n"
    found = merged(ADA, ada((first, ""), (LAST, LAST + first)), ada((first, f"- 2026-01-01 call: Before\n{first}")))
    assert found == ada((first, "- 2026-01-01 call: Before\n"), (LAST, LAST + first))


# --- everything else -----------------------------------------------------------------------------------------------


def test_notes_merge_by_lines_with_markers_for_what_both_changed() -> None:
    assert merged(ADA, ada(("One.", "One!")), ada(("Two.", "Two!"))) == ada(("One.", "One!"), ("Two.", "Two!"))
    assert merged(ADA, ada(("One.", "Ours")), ada(("One.", "Theirs")), 1) == ada(("One.\n", both("Ours\n", "Theirs\n")))


def test_what_git_merges_cleanly_into_a_doubled_key_is_a_conflict_here() -> None:
    base = ADA.replace("tags: [bees, tides]\n", "odd: [a\n")  # no YAML: only lines are left to go by
    ours, theirs = base.replace("tier:", "company: Acme\ntier:"), base.replace("phone:", "company: Tides\nphone:")
    found = merged(base, ours, theirs, 1)
    assert found.count("company: Acme") == found.count("company: Tides") == 1


def test_a_front_matter_that_one_side_broke_still_merges_by_lines() -> None:
    ours, theirs = ada(("[bees, tides]", "[bees")), ada((LAST, f"{LAST}- 2026-03-01 call: New\n"))
    assert merged(ADA, ours, theirs) == ada(("[bees, tides]", "[bees"), (LAST, f"{LAST}- 2026-03-01 call: New\n"))


def test_bytes_that_are_not_utf_8_are_kept() -> None:
    data = ADA.encode().replace(b"maps", b"caf\xe9s")
    found = merge(data, data.replace(b"One.", b"One!"), data.replace(b"tier: A", b"tier: B"), PATH)
    assert found == (data.replace(b"One.", b"One!").replace(b"tier: A", b"tier: B"), 0)


# --- no common ancestor --------------------------------------------------------------------------------------------


def test_two_logs_of_one_person_without_a_base_are_one() -> None:
    ours, theirs = ada((LAST, f"{LAST}- 2026-03-01 call: Ours\n")), ada((LAST, f"{LAST}- 2026-03-02 call: Theirs\n"), ("One.\n\n", ""))
    assert merged("", ours, theirs) == ada((LAST, f"{LAST}- 2026-03-01 call: Ours\n- 2026-03-02 call: Theirs\n"))


@pytest.mark.parametrize("other", ["---\nname: Ada Byron\n---\n", "---\nuid: 2\nname: Ada King\n---\n"])
def test_two_people_under_one_file_name_are_a_conflict_never_a_blend(other: str) -> None:
    ours = "---\nuid: 1\nname: Ada King\n---\n" if "uid" in other else ADA
    assert merged("", ours, other, 1) == both(ours, other)


SHORT = "---\nname: Ada King\ntier: A\n---\n\n# Ada King\n\n## Interactions\n"
LOGGED = f"{SHORT}\n- 2026-03-01 call: About Ada\n"


def moved(name: str, file: str, *more: str) -> tuple[bytes, int]:
    """The merge of an entry for Ada and of what git says became of her file: another name, further keys."""
    other = SHORT.replace("Ada King", name).replace("tier: A\n", "".join(f"{line}\n" for line in ("tier: A", *more))).encode()
    found = merge(SHORT.encode(), LOGGED.encode(), other, f"contacts/{file}.md")
    turned = merge(SHORT.encode(), other, LOGGED.encode(), f"contacts/{file}.md")
    assert found
    assert turned
    assert found.conflicts == turned.conflicts
    return found


@pytest.mark.parametrize("file", ["cleo-vane", "cleo-vane-2", "Cleo Vane"])
def test_an_entry_for_somebody_who_was_removed_never_gets_into_the_file_of_somebody_new(file: str) -> None:
    assert moved("Cleo Vane", file) == (both(LOGGED, SHORT.replace("Ada King", "Cleo Vane")).encode(), 1)
    assert moved("Cleo Vane", file, "uid: 7")[1] == 1


@pytest.mark.parametrize(
    ("name", "file", "more"),
    [
        ("Ada Byron", "ada-byron", "aliases: [Ada King]"),  # as `ptcrm rename` leaves it
        ("Ada Byron King", "ada-byron-king", "role: boss"),
        ("Cleo Vane", "ada-king", "role: boss"),  # a name changed in place
        ("Cleo Vane", "friends-of-ours", "role: boss"),
    ],
)
def test_an_entry_for_somebody_who_was_renamed_goes_along(name: str, file: str, more: str) -> None:
    data, conflicts = moved(name, file, more)
    assert (conflicts, data.count(b"About Ada"), f"name: {name}".encode() in data) == (0, 1, True)


def test_one_uid_is_one_person_whatever_the_names() -> None:
    found = merged("", "---\nname: Ada King\nuid: 1\n---\n", "---\nname: Ada Byron\nuid: 1\ntier: A\n---\n", 1)
    assert found == f"---\n{both('name: Ada King' + chr(10), 'name: Ada Byron' + chr(10))}tier: A\nuid: 1\n---\n"


# --- line ends -----------------------------------------------------------------------------------------------------


def test_line_ends_and_bom_are_those_of_ours_and_never_a_conflict() -> None:
    ours = b"\xef\xbb\xbf" + ada(("tier: A", "tier: B")).replace("\n", "\r\n").encode()
    theirs = ada((LAST, f"{LAST}- 2026-03-01 call: New\n")).encode()
    wanted = ada(("tier: A", "tier: B"), (LAST, f"{LAST}- 2026-03-01 call: New\n"))
    assert merge(ADA.encode(), ours, theirs, PATH) == (b"\xef\xbb\xbf" + wanted.replace("\n", "\r\n").encode(), 0)
    assert merge(ADA.encode(), theirs, ours, PATH) == (wanted.encode(), 0)
    crlf = ADA.replace("\n", "\r\n").encode()
    assert merge(ADA.encode(), crlf, theirs, PATH) == (theirs.replace(b"\n", b"\r\n"), 0)


def test_mixed_line_ends_stay_as_they_are_in_ours() -> None:
    ours = ada(("One.\n", "One!\r\n")).replace("She likes maps.\n", "She likes maps.\r").encode()
    found = merge(ADA.encode(), ours, ada(("tier: A", "tier: B")).encode(), PATH)
    assert found == (ours.replace(b"tier: A", b"tier: B"), 0)


def test_a_missing_final_line_end_stays_missing() -> None:
    bare = ADA.removesuffix("\n")
    assert merged(bare, ada(("tier: A", "tier: B"), base=bare), ada(("One.", "One!"), base=bare)) == ada(
        ("tier: A", "tier: B"), ("One.", "One!"), base=bare
    )
    assert merged(bare, ada(("tier: A", "tier: B"), base=bare), ADA.replace("One.", "One!")).endswith("Two.\n")


# --- the command ---------------------------------------------------------------------------------------------------


def run(folder: Path, base: bytes, ours: bytes, theirs: bytes) -> tuple[Said, bytes]:
    """`ptcrm merge-file` on three files, far from any vault; what it wrote."""
    for name, data in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(data)
    (folder / "ours").chmod(0o640)
    said = inside(folder / "nowhere", "merge-file", *(str(folder / name) for name in ("base", "ours", "theirs")), PATH)
    assert sorted(path.name for path in folder.iterdir()) == ["base", "nowhere-home", "ours", "theirs"]
    assert (folder / "ours").stat().st_mode & 0o777 == 0o640
    return said, (folder / "ours").read_bytes()


def test_the_command_writes_ours_and_says_nothing_where_nothing_is_in_doubt(tmp_path: Path) -> None:
    said, data = run(tmp_path, ADA.encode(), ada(("tier: A", "tier: B")).encode(), ada(("One.", "One!")).encode())
    assert said == (0, "", "")
    assert data.decode() == ada(("tier: A", "tier: B"), ("One.", "One!"))


def test_the_command_exits_with_1_and_says_how_many_places_are_left(tmp_path: Path) -> None:
    said, data = run(tmp_path, ADA.encode(), ada(("tier: A", "tier: B")).encode(), ada(("tier: A", "tier: C")).encode())
    assert said == (1, "", f"{PATH}: changed on both sides: 1 place to settle by hand\n")
    assert b"<<<<<<< ours\n" in data


def test_utf_16_is_left_as_it_is_and_never_called_merged(tmp_path: Path) -> None:
    base, ours, theirs = (text.encode("utf-16") for text in (ADA, ada(("tier: A", "tier: B")), ada(("One.", "One!"))))
    said, data = run(tmp_path, base, ours, theirs)
    assert said.code == 1
    assert "UTF-16" in said.err
    assert data == ours


def test_a_missing_file_or_a_missing_word_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\n")
    assert inside(tmp_path / "v", "merge-file", *[str(tmp_path / "a")] * 2, str(tmp_path / "none"), PATH).code == 2
    assert inside(tmp_path / "v", "merge-file", *[str(tmp_path / "a")] * 3).code == 2


def test_a_long_log_takes_time_in_proportion() -> None:
    def seconds(entries: int) -> float:
        log = "".join(f"- {1990 + n // 336}-{1 + n // 28 % 12:02}-{1 + n % 28:02} call: talk {n}\n" for n in range(entries))
        base = f"---\nname: Ada\n---\n\n## Interactions\n\n{log}"
        ours, theirs = (
            f"{base}- 2026-11-01 call: Ours\n",
            f"{base.replace('talk 7' + chr(10), 'talk seven' + chr(10))}- 2026-11-02 call: Theirs\n",
        )
        began = time.process_time()
        found = merge(base.encode(), ours.encode(), theirs.encode(), PATH)
        taken = time.process_time() - began
        assert found == (
            f"{theirs.removesuffix('- 2026-11-02 call: Theirs' + chr(10))}- 2026-11-01 call: Ours\n- 2026-11-02 call: Theirs\n".encode(),
            0,
        )
        return taken

    short = min(seconds(200) for _ in range(3))
    assert seconds(2000) < 40 * short  # ten times as many; as the square it would be a hundred


def _log(places: Iterable[int]) -> str:
    return "## Log\n\n" + "".join(f"- {1990 + n // 336}-{1 + n // 28 % 12:02}-{1 + n % 28:02} call: talk {n}\n" for n in places)


LONG: dict[str, Callable[[int], tuple[str, str, str]]] = {
    "a list": lambda size: (
        (keys := "---\ntags:\n" + "".join(f"  - t{n}\n" for n in range(size))) + "---\n", f"{keys}  - x\n---\n", f"{keys}  - y\n---\n"
    ),
    "sections": lambda size: (
        (text := "".join(f"## Log\n\n- 2026-01-01 call: {n}\n\n" for n in range(size))),
        f"{text}- 2026-01-02 call\n", text.replace("call: 5\n", "call: five\n"),
    ),
    "entries in another order": lambda size: (_log(range(size)), _log(reversed(range(size))), _log(n * 7 % size for n in range(size))),
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_whatever_is_long_takes_time_in_proportion(name: str) -> None:
    def seconds(size: int) -> float:
        began = time.process_time()
        assert merge(*(text.encode() for text in LONG[name](size)), PATH) is not None
        return time.process_time() - began

    short = min(seconds(300) for _ in range(3))
    assert min(seconds(3000) for _ in range(2)) < 40 * short


# --- git itself ----------------------------------------------------------------------------------------------------

PTCRM = f"{shlex.quote(sys.executable)} -m plaintextcrm"
DRIVER = f"{PTCRM} merge-file %O %A %B %P || {{ r=$?; [ $r = 1 ] && exit 1; git merge-file %A %O %B; }}"


class Repository:
    """A repository with the driver registered and Ada in it."""

    def __init__(self, root: Path) -> None:
        self.root, self.ada = root, root / PATH
        self.ada.parent.mkdir(parents=True)
        self("init", "-q", "-b", "main")
        self("config", "merge.ptcrm.driver", DRIVER)
        (root / ".gitattributes").write_text("*.md -text merge=ptcrm\n")
        self.commit(ADA)

    def __call__(self, *words: str, code: int = 0) -> str:
        own = environment(self.root.parent, GIT_EDITOR="true")
        done = subprocess.run(["git", *words], cwd=self.root, env=own, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, f"{done.stdout}{done.stderr}"
        return done.stdout

    def commit(self, text: str) -> None:
        """Ada's file as a commit."""
        self.ada.write_bytes(text.encode())
        self("add", "-A")
        self("commit", "-q", "-m", "a change")

    def branches(self, ours: str, theirs: str) -> None:
        """`main` with ours, `other` with theirs."""
        self("checkout", "-q", "-b", "other")
        self.commit(theirs)
        self("checkout", "-q", "main")
        self.commit(ours)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "v")


OURS = ada(("tier: A", "tier: B"), (LAST, f"{LAST}- 2026-03-01 call: Ours\n"))
THEIRS = ada(("name: Ada King", "name: Ada Lovelace"), (LAST, f"{LAST}- 2026-02-20 call: Theirs\n"))
MERGED = ada(
    ("name: Ada King\ntier: A", "name: Ada Lovelace\ntier: B"), (LAST, f"{LAST}- 2026-02-20 call: Theirs\n- 2026-03-01 call: Ours\n")
)


@pytest.mark.parametrize("words", [("merge", "--no-edit", "other"), ("rebase", "other"), ("cherry-pick", "other")])
def test_git_merges_through_the_driver_with_the_same_result_in_every_direction(repository: Repository, words: tuple[str, ...]) -> None:
    repository.branches(OURS, THEIRS)
    repository(*words)
    assert repository.ada.read_bytes().decode() == MERGED
    assert repository("status", "--porcelain") == ""


def test_a_history_that_crosses_over_has_every_entry_once(repository: Repository) -> None:
    repository.branches(OURS, THEIRS)
    repository("branch", "before")
    repository("merge", "-q", "--no-edit", "other")
    repository("checkout", "-q", "other")
    repository("merge", "-q", "--no-edit", "before")
    assert repository.ada.read_bytes().decode() == MERGED, "the same, whoever merges"
    repository.commit(MERGED.replace("Ada Lovelace", "Countess").replace("- 2026-03-01", "- 2026-02-28 call: Fourth\n- 2026-03-01"))
    repository("checkout", "-q", "main")
    repository.commit(MERGED.replace("One.", "One!").replace("- 2026-03-01", "- 2026-02-25 call: Third\n- 2026-03-01"))
    assert len(repository("merge-base", "--all", "main", "other").split()) == 2, "git makes up a base, through the driver too"
    repository("merge", "-q", "--no-edit", "other")
    found = MERGED.replace("Ada Lovelace", "Countess").replace("One.", "One!")
    assert repository.ada.read_bytes().decode() == found.replace(
        "- 2026-03-01", "- 2026-02-25 call: Third\n- 2026-02-28 call: Fourth\n- 2026-03-01"
    )


def test_a_revert_takes_out_what_its_commit_put_in_and_nothing_of_later_ones(repository: Repository) -> None:
    more = OURS.replace("- 2026-03-01 call: Ours\n", "- 2026-02-20 call: Before\n- 2026-03-01 call: Ours\n- 2026-03-02 call: After\n")
    repository.commit(OURS)
    repository.commit(more.replace("One.", "One!"))
    repository("revert", "--no-edit", "HEAD~1")
    found = more.replace("- 2026-03-01 call: Ours\n", "").replace("tier: B", "tier: A").replace("One.", "One!")
    assert repository.ada.read_bytes().decode() == found
    repository("revert", "--no-edit", "HEAD")
    assert repository.ada.read_bytes().decode() == more.replace("One.", "One!"), "and a revert of that puts it in again"


def test_a_commit_that_was_picked_before_is_merged_as_one(repository: Repository) -> None:
    repository.branches(OURS, THEIRS)
    repository("cherry-pick", "other")
    repository.commit(MERGED.replace("One.", "One!"))
    repository("merge", "-q", "--no-edit", "other")
    assert repository.ada.read_bytes().decode() == MERGED.replace("One.", "One!")


def test_git_stops_for_a_field_that_both_changed_with_everything_else_merged(repository: Repository) -> None:
    repository.branches(OURS, THEIRS.replace("tier: A", "tier: C"))
    repository("merge", "other", code=1)
    conflict = both("tier: B   # since Lisbon\n", "tier: C   # since Lisbon\n")
    assert repository.ada.read_bytes().decode() == MERGED.replace("tier: B   # since Lisbon\n", conflict)
    assert repository("diff", "--name-only", "--diff-filter=U").strip() == PATH


def test_a_new_file_that_git_takes_for_a_removed_one_is_a_conflict(repository: Repository) -> None:
    repository.commit(SHORT)
    repository("checkout", "-q", "-b", "other")
    repository.commit(LOGGED)
    repository("checkout", "-q", "main")
    repository("mv", PATH, "contacts/cleo-vane.md")
    (repository.root / "contacts" / "cleo-vane.md").write_text(SHORT.replace("Ada King", "Cleo Vane"))
    repository("commit", "-q", "-a", "-m", "Ada forgotten, Cleo added")
    repository("merge", "other", code=1)
    assert (repository.root / "contacts" / "cleo-vane.md").read_text() == both(SHORT.replace("Ada King", "Cleo Vane"), LOGGED)


def test_git_shows_two_people_who_came_up_under_one_name_as_a_conflict(repository: Repository) -> None:
    new = repository.root / "contacts" / "new.md"
    repository("checkout", "-q", "-b", "other")
    new.write_text("---\nname: Noor\n---\n")
    repository.commit(ADA)
    repository("checkout", "-q", "main")
    new.write_text("---\nname: Ben\n---\n")
    repository.commit(ADA)
    repository("merge", "other", code=1)
    assert new.read_text() == both("---\nname: Ben\n---\n", "---\nname: Noor\n---\n")


def test_where_the_program_is_gone_git_merges_the_text_by_itself(repository: Repository) -> None:
    repository("config", "merge.ptcrm.driver", DRIVER.replace(PTCRM, "ptcrm-that-is-gone"))
    repository.branches(ada(("tier: A", "tier: B")), ada(("tier: A", "tier: C"), ("Two.", "Two!")))
    repository("merge", "other", code=1)
    text = repository.ada.read_bytes().decode()
    assert text.count("<<<<<<<") == text.count(">>>>>>>") == 1
    assert "tier: B" in text
    assert "tier: C" in text
    assert os.linesep.join(["Two!", ""]) in text
