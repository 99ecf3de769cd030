"""Identity, three-way updates and manners of an import of people, with the real command on a real vault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.exchange.cards import card, imported
from tests.exchange.make import Vault, read
from tests.inside import Said, inside
from tests.make import environment, vault

ADA = ("FN:Ada King", "UID:1", "TEL:+351 912 345 678", "EMAIL:ada@example.com", "ORG:Acme", "NOTE:Likes tea.", "GENDER:F")


class Place:
    """A vault and an address book beside it."""

    def __init__(self, folder: Path, settings: str = "[git]\ncommit = false\n") -> None:
        self.root = vault(folder / "people", {}, settings)
        self.book = folder / "book.vcf"

    def run(self, *cards: str, words: tuple[str, ...] = ("-y",)) -> Said:
        """`ptcrm import book.vcf WORDS`, the book being these cards."""
        if cards:
            self.book.write_text("".join(cards), encoding="utf-8", newline="")
        return inside(self.root, "import", str(self.book), *words)

    def text(self, slug: str = "ada-king") -> str:
        """Somebody's file."""
        return (self.root / "contacts" / f"{slug}.md").read_text(encoding="utf-8")

    def change(self, old: str, new: str) -> None:
        """The user edits Ada's file."""
        path = self.root / "contacts" / "ada-king.md"
        assert old in self.text()
        path.write_text(self.text().replace(old, new), encoding="utf-8")

    def names(self) -> list[str]:
        """All files of the vault but its settings."""
        paths = (path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts)
        return sorted(path for path in paths if path != "ptcrm.toml")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def other(*lines: str) -> str:
    """Ada's card with other lines in the place of those of the same name."""
    names = {line.split(":")[0] for line in lines}
    return card(*(line for line in ADA if line.split(":")[0] not in names), *lines)


# --- what it says --------------------------------------------------------------------------------------------------


def test_it_says_who_is_on_file_and_how_to_sort_them(place: Place):
    done = place.run(card(*ADA), *(card(f"FN:Person {number}") for number in range(10)))
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "imported: 11 people · ptcrm undo\npeople: 11 new, 0 known\n11 on file, none is waiting. Sort ten now? ptcrm triage new\n"
    )
    assert inside(place.root, "due", "--count").out.strip() == "0"


def test_created_and_source_are_set_and_no_tier_unless_asked(place: Place):
    place.run(card(*ADA))
    assert "created: 2026-11-21\nsource: vcard 2026-11-21\nuid: " in place.text()
    assert "tier" not in place.text()
    place.run(card(*ADA), card("FN:Bob", "UID:2"), words=("-y", "--tier", "B", "--set", "tags=phone"))
    assert "tier: B\n" in place.text("bob")
    assert "tier" not in place.text()


def test_it_does_not_say_that_none_is_waiting_where_a_card_brings_a_tier(place: Place):
    assert "none is waiting" not in place.run(card(*ADA, "X-PTCRM-TIER:A")).out


def test_without_a_terminal_it_writes_only_with_yes_and_a_preview_writes_nothing(place: Place):
    assert place.run(card(*ADA), words=()).code == 2
    shown = place.run(card(*ADA), words=("-n",))
    assert (shown.code, place.names()) == (0, [])
    assert "would import: 1 person\n" in shown.out
    assert "contacts/ada-king.md:\n  ---\n  name: Ada King\n" in shown.out


def test_refused_cards_are_told_with_their_line_and_the_exit_code_is_1(place: Place):
    done = place.run(card(*ADA), card(), card("FN:Bob"))
    assert (done.code, place.names()) == (1, ["contacts/ada-king.md", "contacts/bob.md"])
    assert f"refused:\n  {place.book}:11: a card with nothing in it\n" in done.err
    assert "people: 2 new, 0 known, 1 refused\n" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--map", "x"), "write it like"), (("--map", "x=brithday"), "did you mean birthday?"), (("--from", "csv"), "no csv file")],
)
def test_words_that_cannot_be_meant_are_exit_2(place: Place, words: tuple[str, ...], said: str):
    done = place.run(card(*ADA), words=("-y", *words))
    assert (done.code, place.names(), said in done.err) == (2, [], True)


def test_all_of_it_is_one_commit_with_its_photos_and_one_undo(tmp_path: Path):
    place = Place(tmp_path, "")
    own = environment(tmp_path)

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=place.root, env=own, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "begin")
    place.run(card(*ADA, "PHOTO;ENCODING=b:/9j/4AAQ"), card("FN:Bob"))
    assert git("log", "--format=%s") == "import: vcard from book.vcf\nbegin\n"
    assert place.names() == ["attachments/ada-king-photo.jpg", "contacts/ada-king.md", "contacts/bob.md"]
    assert place.run().out.startswith("nothing new")
    assert git("status", "--porcelain") == ""
    assert inside(place.root, "undo").code == 0
    assert (place.names(), git("status", "--porcelain")) == ([], "")


def test_a_photo_that_cannot_be_placed_leaves_everything_as_it_was(place: Place):
    (place.root / "attachments").write_text("a file in the place of the folder", encoding="utf-8")
    done = place.run(card(*ADA, "PHOTO;ENCODING=b:/9j/4AAQ"), card("FN:Bob"))
    assert (done.code, place.names(), done.err.count("\n")) == (5, ["attachments"], 1)
    (place.root / "attachments").unlink()
    assert place.run().code == 0


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_killed_half_way_it_is_all_taken_back_and_can_be_done_again(place: Place, tmp_path: Path):
    place.book.write_text("".join(card(f"FN:Person {number}") for number in range(400)), encoding="utf-8")
    arguments = [sys.executable, "-m", "plaintextcrm", "-C", str(place.root), "--today", "2026-11-21", "import", str(place.book), "-y"]
    home = tmp_path / "people-home"
    home.mkdir(exist_ok=True)
    with subprocess.Popen(arguments, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60
        while len(place.names()) < 20 and time.monotonic() < until and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    killed = len(place.names())
    assert 20 <= killed < 400, "it was not killed half-way"
    done = place.run()
    assert (done.code, len([name for name in place.names() if name.endswith(".md")])) == (0, 400)
    assert place.run().out.startswith("nothing new")


# --- who is who ----------------------------------------------------------------------------------------------------


def there(*lines: str) -> Vault:
    """A vault with Ada."""
    return {"contacts/ada-king.md": "\n".join(["---", "name: Ada King", *lines, "---", ""]).encode()}


@pytest.mark.parametrize(
    ("lines", "cards"),
    [
        (["uid: x"], ["FN:A. King", "UID:urn:uuid:x"]),
        (["email: Ada@Example.com"], ["FN:A. King", "EMAIL:ada@example.com"]),
        (['phone: "+351 912-345-678"'], ["FN:A. King", "TEL:912345678"]),
        (["linkedin: https://www.linkedin.com/in/ada/"], ["FN:A. King", "URL:https://pt.linkedin.com/in/ada?x=1"]),
        (["company: Acme"], ["FN:Ada King", "ORG:ACME"]),
        (['phone: "912345678"', "family_name: King"], ["FN:A. K.", "N:King;A.", "TEL:912345678"]),
    ],
)
def test_a_sign_makes_somebody_known(lines: list[str], cards: list[str]):
    files, done = imported(card(*cards), into=there(*lines))
    assert (list(files), done.new, done.known) == (["contacts/ada-king.md"], 0, 1)


@pytest.mark.parametrize(
    ("lines", "cards"),
    [
        (['phone: "912345678"'], ["FN:Bob Lee", "TEL:912345678"]),
        (['phone: "12345"'], ["FN:A. King", "TEL:12345"]),
        (["company: Acme"], ["FN:Ada King", "ORG:Other"]),
        (["company: Acme"], ["FN:Ada King"]),
        (["email: a@b.c"], ["FN:Ada King", "EMAIL:c@d.e"]),
    ],
)
def test_less_than_a_sign_is_somebody_new_and_the_same_name_a_question(lines: list[str], cards: list[str]):
    files, done = imported(card(*cards), into=there(*lines))
    assert (len(files), done.new, done.known) == (2, 1, 0)
    assert len(done.questions) == (cards[0] == "FN:Ada King")


def test_a_couple_with_one_address_are_two_people():
    cards = card("FN:William King", "EMAIL:kings@example.com") + card("FN:Ada King", "EMAIL:kings@example.com")
    files, done = imported(cards, into=there("email: kings@example.com"))
    assert (sorted(files), done.known) == (["contacts/ada-king.md", "contacts/william-king.md"], 1)
    assert imported(cards, into=files)[1].edits == ()


def test_people_of_one_file_are_never_one_but_by_their_uid():
    files, _ = imported(card("FN:Ada", "TEL:912345678") + card("FN:Ada", "TEL:912345678"))
    assert sorted(files) == ["contacts/ada-2.md", "contacts/ada.md"]
    files, _ = imported(card("FN:Ada", "UID:1", "NOTE:a") + card("FN:Ada", "UID:1", "TITLE:b", "NOTE:c"))
    assert list(files) == ["contacts/ada.md"]
    assert read(files, "ada").text("role") == "b"
    assert "\na\n\nc\n" in files["contacts/ada.md"].decode()


def test_a_question_is_listed_and_asked_only_once(place: Place):
    vault(place.root, {"ada-king": "---\nname: Ada King\ncompany: Other\n---\n"})
    done = place.run(card("FN:Ada King", "TITLE:Boss"))
    assert f"perhaps known already, and taken for somebody new:\n  Ada King ({place.book}:1) has the name of ada-king\n" in done.err
    assert place.names() == ["contacts/ada-king-2.md", "contacts/ada-king.md"]
    again = place.run(card("FN:Ada King", "TITLE:Chief"))
    assert (again.err, place.names()) == ("", ["contacts/ada-king-2.md", "contacts/ada-king.md"])
    assert "role: Chief\n" in place.text("ada-king-2")


# --- a newer export ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        ("TEL:+351 999 999 999", '- "+351 912 345 678"\n', '- "+351 999 999 999"\n'),
        ("ORG:Beta", "company: Acme\n", "company: Beta\n"),
        ("GENDER:X", "- GENDER: F\n", "- GENDER: X\n"),
        ("NOTE:Likes coffee.", "\nLikes tea.\n", "\nLikes coffee.\n"),
        ("FN:Ada Lovelace", "\n# Ada King\n", "\n# Ada Lovelace\n"),
    ],
)
def test_what_changed_at_the_source_changes_here(place: Place, line: str, old: str, new: str):
    place.run(card(*ADA))
    before = place.text()
    done = place.run(other(line))
    assert (done.code, done.err, old in before, new in place.text(), old in place.text()) == (0, "", True, True, False)
    changed = [text for text in place.text().splitlines() if text not in before.splitlines()]
    assert len(changed) == (4 if line.startswith("FN") else 1), changed
    assert place.run().out.startswith("nothing new")


def test_what_is_new_at_the_source_is_added(place: Place):
    place.run(card(*ADA))
    place.run(card(*ADA, "TEL:12", "TITLE:Boss", "X-OWN:words", "CATEGORIES:tea"))
    text = place.text()
    assert '  - "+351 912 345 678"\n  - "12"\n' in text
    assert "role: Boss\n" in text
    assert "tags:\n  - tea\n" in text
    assert "- GENDER: F\n- X-OWN: words\n" in text


def test_what_the_user_changed_stays_while_the_source_did_not(place: Place):
    place.run(card(*ADA))
    place.change("company: Acme", "company: My own words")
    place.change("Likes tea.", "Hates tea.")
    place.change('  - "+351 912 345 678"\n', '  - "77"\n')
    place.change("- GENDER: F\n", "")
    before = place.text()
    done = place.run()
    assert (done.code, done.err, place.text()) == (0, "", before)
    assert place.run(other("TITLE:Boss")).err == ""
    assert place.text() == before.replace("company: My own words\n", "company: My own words\nrole: Boss\n")


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("company: Acme", "company: Mine", "ORG:Beta", 'company is "Mine", in {book}:1 "Beta"'),
        ("- GENDER: F", "- GENDER: mine", "GENDER:X", 'GENDER is "changed here", in {book}:1 "- GENDER: X"'),
        ("company: Acme\n", "", "ORG:Beta", 'company is "gone", in {book}:1 "Beta"'),
    ],
)
def test_what_both_changed_is_shown_and_left_until_it_is_settled(place: Place, old: str, new: str, line: str, told: str):
    place.run(card(*ADA))
    place.change(old, new)
    before = place.text()
    for _ in range(2):
        done = place.run(other(line))
        assert (done.code, place.text()) == (0, before)
        assert f"left as they are in the vault:\n  contacts/ada-king.md: {told.format(book=place.book)}\n" in done.err


def test_a_value_that_is_gone_from_a_newer_export_stays_here(place: Place):
    place.run(card(*ADA))
    before = place.text()
    place.run(card("FN:Ada King", "UID:1"))
    assert place.text() == before


def test_after_an_undo_the_same_update_is_made_again(place: Place):
    place.run(card(*ADA))
    first = place.text()
    place.run(other("ORG:Beta"))
    second = place.text()
    assert inside(place.root, "undo").code == 0
    assert place.text() == first
    place.run()
    assert (place.text(), first != second) == (second, True)


def test_an_undo_of_the_second_of_two_quick_imports_leaves_the_memory_of_the_first(place: Place):
    """They were told apart by the second in which they were written."""
    while time.time() % 1 > 0.5:
        time.sleep(0.05)
    place.run(card(*ADA))
    place.run(card("FN:Bob Lee", "UID:2"))
    assert inside(place.root, "undo").code == 0
    assert place.run(other("ORG:Beta")).err == ""
    assert "company: Beta\n" in place.text()


@pytest.mark.parametrize("words", [("rename", "ada-king", "Ada Byron"), ("merge", "ada-king", "ada-byron")], ids=" ".join)
def test_whoever_was_renamed_or_merged_is_still_compared_with_the_last_import(place: Place, words: tuple[str, ...]):
    if words[0] == "merge":
        (place.root / "contacts/ada-byron.md").write_text("---\nname: Ada Byron\n---\n")
    place.run(card(*ADA))
    assert inside(place.root, *words).code == 0
    moved = place.root / "contacts/ada-byron.md"
    before = moved.read_text()
    done = place.run(other("ORG:Beta"))
    assert (done.code, done.err, "company: Acme" in before) == (0, "", True)
    assert moved.read_text() == before.replace("company: Acme", "company: Beta")


def test_where_somebody_else_has_the_file_now_the_last_import_tells_nothing(place: Place):
    place.run(card(*ADA))
    assert inside(place.root, "rename", "ada-king", "Ada Byron").code == 0
    (place.root / "contacts/ada-king.md").write_text("---\nname: Ada King\n---\n")
    assert 'company is "Acme", in ' in place.run(other("ORG:Beta")).err


def test_without_the_memory_of_the_last_import_only_what_is_empty_is_filled(place: Place):
    place.run(card(*ADA))
    for path in (place.root.parent / "people-home").rglob("imported.db"):
        path.unlink()
    done = place.run(other("ORG:Beta", "TITLE:Boss"))
    assert 'company is "Acme", in ' in done.err
    assert "company: Acme\nrole: Boss\n" in place.text()
    path = next((place.root.parent / "people-home").rglob("imported.db"))
    path.write_bytes(b"no database")
    assert place.run(other("ORG:Gamma")).code == 0
    assert "company: Acme\n" in place.text()
