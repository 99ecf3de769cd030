"""`set`, `skip`, `archive` as they are used, and as they are misused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.inside import Said, inside
from tests.make import environment, parsed, ptcrm, vault
from tests.test_terminal import on_a_terminal

ADA = """---
name: Ada King
# how often
tier: B   # since May
every: '3 weeks'
Mobile: "+351 1"
tags: [friend,  "work"]
hobbies:
    - 'sailing'  # with Bob
    - 'chess'
notes: |
  ---
  two: lines
favourite lemon: yellow
---

# Ada King

## Interactions

- 2026-09-01 coffee: About tides.
"""

Run = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return vault(tmp_path / "vault", {"ada-king": ADA, "bob-lee": "---\nname: Bob Lee\ntier: C\n---\n", "eve": "Just text.\n"})


def text(folder: Path, id: str = "ada-king") -> str:
    return (folder / "contacts" / f"{id}.md").read_bytes().decode()


def changed(folder: Path, *words: str) -> list[str]:
    """The lines that `set` took away (-) and brought (+), after it went well."""
    import difflib

    before = text(folder)
    said = inside(folder, "set", "ada", *words)
    assert said.code == 0, said
    return [line for line in difflib.ndiff(before.split("\n"), text(folder).split("\n")) if line[:1] in "+-"]


# --- one value -----------------------------------------------------------------------------------------------------


def test_one_value_changes_and_its_comment_and_blanks_stay(folder: Path) -> None:
    assert changed(folder, "tier=A") == ["- tier: B   # since May", "+ tier: A   # since May"]


def test_a_key_keeps_the_name_it_has_in_the_file(folder: Path) -> None:
    assert changed(folder, "cadence=2 months") == ["- every: '3 weeks'", '+ every: "2 months"']
    assert changed(folder, "phone=+351 2") == ['- Mobile: "+351 1"', '+ Mobile: "+351 2"']


def test_a_new_key_of_ours_goes_to_its_place_under_our_name_and_ones_own_to_the_end(folder: Path) -> None:
    assert changed(folder, "bday=12 May 1980", "Size=9") == ["+ birthday: 1980-05-12", '+ Size: "9"']
    lines = text(folder).split("\n")
    assert lines[lines.index("birthday: 1980-05-12") - 1] == 'Mobile: "+351 1"'
    assert lines[lines.index('Size: "9"') + 1] == "---"


def test_an_empty_value_takes_the_key_out_with_all_that_belongs_to_it(folder: Path) -> None:
    assert changed(folder, "hobbies=") == ["- hobbies:", "-     - 'sailing'  # with Bob", "-     - 'chess'"]
    assert changed(folder, "hobbies=") == []
    assert changed(folder, "favourite_lemon=") == ["- favourite lemon: yellow"]


def test_several_keys_change_in_one_write(folder: Path) -> None:
    before = text(folder)
    assert len(changed(folder, "tier=A", "tags+=new", "favourite lemon=green", "every=")) == 7
    assert inside(folder, "undo").code == 0
    assert text(folder) == before


def test_a_file_without_front_matter_gets_one(folder: Path) -> None:
    assert inside(folder, "set", "eve", "tags=work,chess", "tier=A").code == 0
    assert text(folder, "eve") == "---\ntags:\n  - work\n  - chess\ntier: A\n---\n\nJust text.\n"


def test_days_may_be_said(folder: Path) -> None:
    assert changed(folder, "met=yesterday") == ["+ met: 2026-11-20"]
    assert changed(folder, "next_contact=in 2 weeks") == ["+ next_contact: 2026-12-05"]


def test_what_moves_the_clock_says_the_next_turn(folder: Path) -> None:
    assert (
        inside(folder, "set", "ada", "cadence=4 months").out
        == "set: cadence=4 months (Ada King) · next Fri 1 Jan (2027-01-01) · ptcrm undo\n"
    )
    assert inside(folder, "set", "ada", "cadence=1w").out == "set: cadence=1w (Ada King) · due now · ptcrm undo\n"
    assert inside(folder, "set", "bob", "lemon=green").out == "set: lemon=green (Bob Lee) · ptcrm undo\n"


def test_a_name_that_says_more_than_ours_is_a_key_of_its_own(folder: Path) -> None:
    assert changed(folder, "kids+=Tobi, 9") == ["+ kids:", "+   - Tobi, 9"]
    assert changed(folder, "partner=Bob") == ["+ partner:", "+   - Bob"]
    assert changed(folder, "partner=") == ["- partner:", "-   - Bob"]
    assert changed(folder, "partner=") == []
    assert changed(folder, "anniversary=2010-05-12") == ["+ anniversary:", '+   - "2010-05-12 anniversary"']
    assert parsed(text(folder)).contact.texts("family") == ("Tobi, 9",)


# --- lists ---------------------------------------------------------------------------------------------------------


def test_a_block_list_keeps_its_indent_and_quotes(folder: Path) -> None:
    assert changed(folder, "hobbies+=Ada's tea, go") == ["+     - 'Ada''s tea'", "+     - 'go'"]
    assert changed(folder, "hobbies-=sailing") == ["-     - 'sailing'  # with Bob"]


def test_a_flow_list_stays_one(folder: Path) -> None:
    assert changed(folder, "tags+=#old") == ['- tags: [friend,  "work"]', '+ tags: [friend,  "work", old]']
    assert changed(folder, "tags-=friend") == ['- tags: [friend,  "work", old]', '+ tags: ["work", old]']
    assert changed(folder, "tags=a,b") == ['- tags: ["work", old]', "+ tags: [a, b]"]


def test_the_last_one_out_takes_the_key_along(folder: Path) -> None:
    assert changed(folder, "tags-=friend,work") == ['- tags: [friend,  "work"]']
    assert changed(folder, "Mobile-=+351 1") == ['- Mobile: "+351 1"']


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("hobbies: [go, go, chess]", "hobbies: [chess]"),
        ("hobbies: [chess, go, go]", "hobbies: [chess]"),
        ("hobbies:\n- go\n- chess\n- go", "hobbies:\n- chess"),
        ("tags: ['#go', go, chess]\nhobbies: [go, go]", "tags: ['#go', go, chess]"),
        ("hobbies: go, chess, go", "hobbies: chess"),
        ("hobbies: [chess, go,]", "hobbies: [chess,]"),
        ("hobbies: [go]\nlikes:\n  - go\n  - chess", "likes:\n  - chess"),
    ],
)
def test_what_is_there_twice_goes_twice(folder: Path, before: str, after: str) -> None:
    (folder / "contacts" / "ada-king.md").write_text(f"---\n{before}\nrole: x\n---\n")
    assert inside(folder, "set", "ada-king", "hobbies-=go").code == 0
    assert text(folder) == f"---\n{after}\nrole: x\n---\n"


def test_an_unquoted_link_is_one_value(folder: Path) -> None:
    (folder / "contacts" / "ada-king.md").write_text("---\nknows: [[bob-lee]] # from work\n---\n")
    assert inside(folder, "set", "ada-king", "knows+=[[eve]]").code == 0
    assert text(folder) == '---\nknows: # from work\n  - "[[bob-lee]]"\n  - "[[eve]]"\n---\n'


def test_links_typed_with_commas_between_them_are_each_a_value(folder: Path) -> None:
    links = ["+ knows:", '+   - "[[bob-lee]]"', '+   - "[[eve|Eve, his]]"']
    assert changed(folder, "knows=[[bob-lee]], [[eve|Eve, his]]") == links
    assert changed(folder, "knows-=[[bob-lee]],[[eve|Eve, his]]") == [line.replace("+", "-", 1) for line in links]
    assert changed(folder, "family+=Tobi, 9, of [[eve]], [[bob-lee]]")[1] == '+   - "Tobi, 9, of [[eve]], [[bob-lee]]"'
    assert inside(folder, "add", "Zoe", "--set", "knows=[[bob-lee]], [[eve]]").code == 0
    assert parsed((folder / "contacts/zoe.md").read_bytes(), "zoe").contact.texts("knows") == ("[[bob-lee]]", "[[eve]]")


def test_one_value_becomes_a_list_when_another_is_added(folder: Path) -> None:
    assert changed(folder, "phone+=+351 2") == ['- Mobile: "+351 1"', "+ Mobile:", '+   - "+351 1"', '+   - "+351 2"']
    assert changed(folder, "favourite lemon+=green") == ["- favourite lemon: yellow", "+ favourite lemon:", "+   - yellow", "+   - green"]


def test_a_list_is_made_where_there_is_none(folder: Path) -> None:
    assert changed(folder, "knows+=[[bob-lee]]") == ["+ knows:", '+   - "[[bob-lee]]"']
    assert changed(folder, "boats+=one, two") == ["+ boats:", "+   - one, two"]


def test_what_is_so_already_is_left(folder: Path) -> None:
    for words in (["tier=B"], ["tags+=work"], ["tags-=none"], ["every=3w"], ["missing="], ["hobbies=sailing,chess"]):
        assert inside(folder, "set", "ada", *words) == (0, "nothing to change\n", "")
    assert text(folder) == ADA


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("birthday=12/05/1980", "1980-05-12 or 1980-12-05"),
        ("cadence=often", "write it like 3w, 2 months or quarterly"),
        ("tier=Z", "A, B, C"),
        ("met=2026-02-30", "is not a day of the calendar"),
        ("coi=perhaps", "write true or false"),
        ("five=later", "write now, next or both"),
        ("dates=soon", "12-24 label"),
        ("tier+=A", "write tier=A"),
        ("tags+=", "say what to add"),
        ("=x", "write it like tier=A"),
        ("tags=#", "no value is left of it"),
        ("a\x1bb=x", "is not text that a file could hold"),
        ("lemon=\udce9", "is not text that a file could hold"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(folder: Path, word: str, right: str) -> None:
    said = inside(folder, "set", "ada", "role=Boss", word)
    assert (said.code, said.out) == (2, "")
    assert right in said.err
    assert text(folder) == ADA


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("why: |\n  a\n  b", "why=x"),
        ("why: >-\n  a", "why="),
        ("why: {a: b}", "why=x"),
        ("lemon: [a, [b]]", "lemon+=c"),
        ("lemon:\n  - - a\n  - b", "lemon-=b"),
        ("lemon: &x a", "lemon=b"),
        ("lemon: !text a", "lemon=b"),
        ("lemon: a\n  b", "lemon=b"),
        ('lemon: "a\n  b"', "lemon=b"),
        ("tags: [a, # why\n  b]", "tags-=a"),
        ("tags:\n  - a\n  # why\n  - b", "tags=c"),
        ("why: a\nwhy: b", "why=c"),
        ("why: [", "why=c"),
        ("? why\n: a", "why=b"),
        ("private: [phone]", "private=true"),
        ("tags: a\ncategories: b", "tags="),
        ("cadence: 2w\nevery: 3w", "every="),
    ],
)
def test_a_value_that_cannot_be_spliced_surely_is_refused_with_its_line(folder: Path, line: str, word: str) -> None:
    content = f"---\nname: Ada\n{line}\nrole: x\n---\n"
    (folder / "contacts" / "ada-king.md").write_text(content)
    said = inside(folder, "set", "ada-king", word)
    assert (said.code, said.out) == (5, "")
    assert said.err.startswith(("contacts/ada-king.md:3: ", "contacts/ada-king.md:4: "))
    assert "ptcrm edit" in said.err or "ptcrm check" in said.err or "private=" in said.err
    assert text(folder) == content


def test_another_key_may_be_changed_beside_one_that_may_not(folder: Path) -> None:
    content = ADA.replace("notes: |", "notes: |+")
    (folder / "contacts" / "ada-king.md").write_text(content)
    assert changed(folder, "tier=A", "lemon=x") == ["- tier: B   # since May", "+ tier: A   # since May", "+ lemon: x"]


def test_words_that_are_no_change_are_told_how_to_be_one(folder: Path) -> None:
    for words in ([], ["ada"], ["tier=A"], ["ada", "bob", "tier=A"], ["--where", "tier=A"], ["ada", "tier", "A"]):
        said = inside(folder, "set", *words)
        assert (said.code, said.out) == (2, ""), words
        assert "tier=" in said.err
    assert inside(folder, "set", "zebedee", "tier=A").code == 4
    assert text(folder) == ADA


def test_a_key_that_nearly_is_one_of_ours_is_written_and_asked_about(folder: Path) -> None:
    said = inside(folder, "set", "ada", "brithday=in May")
    assert said.code == 0
    assert "did you mean birthday?" in said.err
    assert parsed(text(folder)).contact.other["brithday"] == "in May"


# --- the bytes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_the_mark_stay_and_undo_gives_the_bytes_back(folder: Path, end: str, mark: bytes) -> None:
    path = folder / "contacts" / "ada-king.md"
    data = mark + ADA.replace("\n", end).encode()
    path.write_bytes(data)
    assert inside(folder, "set", "ada-king", "tags+=x", "hobbies+=go", "hobbies-=chess", "knows+=Bob", "tier=A", "cadence=").code == 0
    wanted = ADA.replace('"work"]', '"work", x]').replace("    - 'chess'", "    - 'go'\nknows:\n  - Bob").replace("tier: B", "tier: A")
    got = path.read_bytes().decode("utf-8-sig").replace(end, "\n")
    assert sorted(got.split("\n")) == sorted(wanted.replace("every: '3 weeks'\n", "").split("\n"))
    assert path.read_bytes().startswith(mark)
    assert inside(folder, "undo").code == 0
    assert path.read_bytes() == data


def test_mixed_line_ends_and_bytes_that_are_no_utf8_stay(folder: Path) -> None:
    path = folder / "contacts" / "ada-king.md"
    path.write_bytes(b"---\r\nname: Jos\xe9\ntags:\r\n  - a\r\n  - b\ntier: A\r\n---\n\xe9\r\n")
    assert inside(folder, "set", "ada-king", "tags+=c", "tags-=a", "tier=B").code == 0
    assert path.read_bytes() == b"---\r\nname: Jos\xe9\ntags:\r\n  - b\n  - c\ntier: B\r\n---\n\xe9\r\n"


def test_a_file_of_utf16_is_left_alone(folder: Path) -> None:
    path = folder / "contacts" / "ada-king.md"
    path.write_bytes(ADA.encode("utf-16"))
    before = path.read_bytes()
    assert inside(folder, "set", "ada-king", "tier=A").code == 5
    assert path.read_bytes() == before


# --- many ----------------------------------------------------------------------------------------------------------


def test_many_are_changed_with_a_yes_only_and_taken_back_by_one_undo(folder: Path) -> None:
    refused = inside(folder, "set", "--where", "has:tier", "tier=C")
    assert (refused.code, refused.out) == (2, "")
    assert "1 person: Ada King; 1 so already" in refused.err
    assert "-y" in refused.err
    before = [text(folder), text(folder, "bob-lee")]
    said = inside(folder, "set", "--where", "-name:eve", "groups+=lisbon", "-y")
    assert said.out == "set: groups+=lisbon (Ada King, Bob Lee) · ptcrm undo\n"
    assert [parsed(text(folder, id)).contact.texts("groups") for id in ("ada-king", "bob-lee")] == [("lisbon",), ("lisbon",)]
    assert inside(folder, "undo").code == 0
    assert [text(folder), text(folder, "bob-lee")] == before


def test_filters_of_several_words_may_stand_in_one_and_names_with_blanks_stay_whole(folder: Path) -> None:
    for terms in (["tier:B -tag:family"], ["tier:B", "-tag:family"], ["name:Ada King"], ["ada"], ["-tier:C -name:eve"]):
        said = inside(folder, "set", "--where", *terms, "lemon=x", "-n")
        assert "b/contacts/ada-king.md" in said.out, terms
        assert "+lemon: x" in said.out
        assert "bob-lee" not in said.out
    assert inside(folder, "set", "--where", "tier:B tag:family", "lemon=x", "-y").out == "nothing to change\n"


def test_one_that_cannot_be_changed_keeps_all_as_they_are(folder: Path) -> None:
    (folder / "contacts" / "zoe.md").write_text("---\ntier: {a: b}\n---\n")
    said = inside(folder, "set", "--where", "-name:eve", "tier=A", "-y")
    assert said.code == 5
    assert "contacts/zoe.md:2" in said.err
    assert text(folder) == ADA


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("typed", "tier"), [(b"y\n", "A"), (b"n\n", "B"), (b"\n", "B")])
def test_on_a_terminal_many_are_asked_about(folder: Path, typed: bytes, tier: str) -> None:
    import pty

    parent, child = pty.openpty()
    os.write(parent, typed)
    home = folder.parent / "home"
    home.mkdir()
    words = [sys.executable, "-m", "plaintextcrm", "-C", str(folder), "--today", "2026-11-21", "set", "--where", "tier:B", "tier=A"]
    done = subprocess.run(words, stdin=child, stderr=child, stdout=subprocess.PIPE, env=environment(home), timeout=60, check=True)
    shown = os.read(parent, 65536).decode()
    os.close(parent)
    os.close(child)
    assert "tier=A: 1 person: Ada King" in shown
    assert "Change them?" in shown
    assert parsed(text(folder)).contact.tier == tier
    assert ("ptcrm undo" in done.stdout.decode()) == (tier == "A")


def test_nobody_to_change_is_said(folder: Path) -> None:
    assert inside(folder, "set", "--where", "tier:A", "tier=B") == (0, "nothing to change\n", "")


def test_a_dry_run_shows_the_change_and_writes_nothing(folder: Path) -> None:
    said = inside(folder, "set", "--where", "tier:B", "tier=A", "-n")
    assert said.code == 0
    assert "-tier: B   # since May\n+tier: A   # since May" in said.out
    assert text(folder) == ADA
    assert inside(folder, "undo").code == 2


def test_many_are_one_commit(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": "---\ntier: A\n---\n", "bob": "---\ntier: A\n---\n"}, "")
    environment_ = environment(tmp_path)

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=folder, env=environment_, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "begun")
    assert inside(folder, "set", "--where", "tier:A", "tier=B", "-y").code == 0
    assert git("log", "-1", "--format=%s", "--name-only").split("\n\n") == ["set: 2 people: tier=B", "contacts/ada.md\ncontacts/bob.md\n"]
    assert git("rev-list", "--count", "HEAD").strip() == "2"
    assert inside(folder, "set", "ada", "tier=C", "--no-commit").code == 0
    assert git("rev-list", "--count", "HEAD").strip() == "2"
    assert git("status", "--porcelain").strip() == "M contacts/ada.md"


# --- skip, archive -------------------------------------------------------------------------------------------------


def test_a_skip_is_an_entry_that_is_no_contact_and_the_next_turn_is_a_cadence_on(folder: Path) -> None:
    said = inside(folder, "skip", "ada", "meeting: on leave")
    assert said == (0, "skipped: Ada King · next Sat 12 Dec (2026-12-12) · ptcrm undo\n", "")
    assert text(folder) == ADA + "- 2026-11-21 skip: meeting: on leave\n"
    assert "ada-king" not in inside(folder, "due", "--all").out
    assert inside(folder, "undo").code == 0
    assert text(folder) == ADA
    assert "+- 2026-11-21 skip: 14:30 was full" in inside(folder, "skip", "ada", "14:30 was full", "-n").out
    assert text(folder) == ADA


def test_a_skip_without_a_cadence_says_so_and_one_without_words_is_one_word(folder: Path) -> None:
    assert inside(folder, "skip", "eve").out == "skipped: eve · no turn is counted · ptcrm undo\n"
    assert text(folder, "eve") == "Just text.\n\n## Interactions\n\n- 2026-11-21 skip\n"


def test_archive_says_how_to_take_it_back_and_twice_changes_nothing(folder: Path) -> None:
    said = inside(folder, "archive", "ada")
    assert said == (0, "archived: Ada King · later: ptcrm set ada-king status= · ptcrm undo\n", "")
    assert parsed(text(folder)).contact.text("status") == "archived"
    assert inside(folder, "archive", "ada") == (0, "nothing to change\n", "")
    assert inside(folder, "set", "ada-king", "status=").code == 0
    assert text(folder) == ADA


def test_several_are_archived_together_and_who_has_died_is_not_archived(folder: Path) -> None:
    assert inside(folder, "archive", "ada,bob").out.startswith("archived: Ada King, Bob Lee · later: ptcrm set ada-king,bob-lee status=")
    assert inside(folder, "set", "ada-king,bob-lee", "status=Deceased").code == 0
    said = inside(folder, "archive", "ada-king")
    assert (said.code, said.out) == (2, "")
    assert parsed(text(folder)).contact.text("status") == "Deceased"


# --- many ------------------------------------------------------------------------------------------------------------


def many(folder: Path, count: int) -> Path:
    return vault(folder / "vault", {f"p{number}": f"---\nname: P {number}\ntier: C\n---\n" for number in range(count)})


def test_of_many_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    root = many(tmp_path, 150)
    shown = on_a_terminal(tmp_path, "set", "--where", "tier:C", "tier=B", "-y", root=root)
    assert re.search("planning ━+ +[0-9]+ of 150", shown), shown
    assert "writing ━" in shown
    assert shown.splitlines()[-1].rpartition("\x1b[K")[2].startswith("set: tier=B (P 0, P 1, P 10")
    assert all("tier: B" in path.read_text() for path in root.glob("contacts/*.md"))


def test_of_many_where_one_is_refused_the_bar_is_gone_before_it_is_said(tmp_path: Path) -> None:
    root = many(tmp_path, 150)
    (root / "contacts/p77.md").write_text("---\nname: P 77\ntier: C\n<<<<<<< a\n=======\n>>>>>>> b\n---\n")
    shown = on_a_terminal(tmp_path, "set", "--where", "name:p", "tier=B", "-y", root=root, code=5)
    assert "planning ━" in shown
    assert shown.splitlines()[-1].rpartition("\x1b[K")[2].startswith("ptcrm: contacts/p77.md")


def test_of_a_few_and_in_a_pipe_no_bar_is_drawn(tmp_path: Path) -> None:
    assert "━" not in on_a_terminal(tmp_path, "set", "--where", "tier:C", "tier=B", "-y", root=many(tmp_path, 7))
    said = ptcrm(many(tmp_path / "more", 150), "set", "--where", "tier:C", "tier=B", "-y")
    assert (said.code, "━" in said.out + said.err) == (0, False)


def test_a_name_that_is_set_says_how_the_old_one_is_kept(folder: Path) -> None:
    (folder / "contacts/eve.md").write_text("Saw [[Ada King]] there.\n")
    said = inside(folder, "set", "ada", "name=Ada Byron-Lee")
    assert said.err == (
        "ptcrm: \"Ada King\" finds Ada Byron-Lee no more; to keep it, and the links: ptcrm undo, then ptcrm rename ada-king 'Ada Byron-Lee'\n"
    )
    assert inside(folder, "show", "Ada King").code == 4
    assert inside(folder, "undo").code == inside(folder, "rename", "ada-king", "Ada Byron-Lee").code == 0
    assert inside(folder, "show", "Ada King").out.startswith("Ada Byron-Lee")
    assert text(folder, "eve") == "Saw [[Ada Byron-Lee]] there.\n"


@pytest.mark.parametrize(
    "words", [("bob", "name=Bob Lee"), ("bob", "name=Bobby Lee", "aliases+=Bob Lee"), ("bob", "name=X", "-n"), ("eve", "name=Eve")]
)
def test_where_the_old_name_still_leads_there_nothing_is_said_of_it(folder: Path, words: tuple[str, ...]) -> None:
    assert inside(folder, "set", *words).err == ""
