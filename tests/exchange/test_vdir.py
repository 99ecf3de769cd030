"""A folder of cards, both ways: a number corrected on the phone is one line here, and what both sides changed is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from plaintextcrm.app.vaults import open_vault
from plaintextcrm.core import contact
from plaintextcrm.core.exchange.out.leaving import leaving
from plaintextcrm.core.exchange.out.vcard import uid_of, vcard
from plaintextcrm.edge import vdirbase
from tests.exchange.cards import card
from tests.inside import Said, inside
from tests.make import TODAY, environment, source, vault

ADA = """\
---
name: Ada King
tags: [tea, gym]
company: Acme   # since May
role: Boss
email: ada@example.com
phone:
  - "111"
  - "222"
location: Lisbon
tier: A
birthday: --05-12
---

# Ada King

She likes tea.

## Interactions

- 2026-01-02 call: Hello. [dir:: in]
  - of the gym
- [ ] 2026-12-01 lunch

- [ ] Send it [due:: 2026-12-01]
"""


class Phone:
    """A vault with Ada, and a folder with her card as an export leaves it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = vault(folder / "people", {"ada": ADA})
        self.folder = folder / "cards"
        self.folder.mkdir()
        (folder / "people-home").mkdir()
        for name, value in environment(folder / "people-home").items():
            monkeypatch.setenv(name, value)
        self.state = open_vault(str(self.root), {}, self.root, TODAY, cache=False).state  # type: ignore[arg-type]
        self.take_along()

    def take_along(self) -> None:
        """What `export vdir` does."""
        one = leaving(contact.parse(source(self.text())))
        self.uid = uid_of(one.contact)
        self.card = self.folder / f"{self.uid}.vcf"
        self.card.write_bytes(vcard(one).encode())
        vdirbase.store(self.state, self.folder, {self.uid: vcard(one)})

    def text(self) -> str:
        """Ada's file."""
        return (self.root / "contacts" / "ada.md").read_text(encoding="utf-8")

    def here(self, old: str, new: str) -> None:
        """A change in the vault."""
        assert old in self.text()
        (self.root / "contacts" / "ada.md").write_text(self.text().replace(old, new), encoding="utf-8")

    def there(self, old: str, new: str) -> None:
        """A change on the phone."""
        text = self.card.read_bytes().decode()
        assert old in text
        self.card.write_bytes(text.replace(old, new).encode())

    def run(self, *words: str) -> Said:
        """`ptcrm import --from vdir`."""
        return inside(self.root, "import", "--from", "vdir", str(self.folder), *(words or ("-y",)))


@pytest.fixture
def phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Phone:
    return Phone(tmp_path, monkeypatch)


def test_what_went_out_and_comes_back_changes_nothing(phone: Phone):
    done = phone.run()
    assert (done.code, done.err, done.out.splitlines()[0], phone.text()) == (0, "", "nothing new: all of it is there already", ADA)
    assert "rows: 2 = 0 written + 2 there already + 0 refused\n" in done.out


@pytest.mark.parametrize(
    ("there", "here"),
    [
        (("TEL:111", "TEL:333"), ('"111"', '"333"')),
        (("TEL:222", "TEL:333"), ('"222"', '"333"')),
        (("ORG:Acme", "ORG:Beta"), ("company: Acme ", "company: Beta ")),
        (("EMAIL:ada@example.com", "EMAIL:a@b.c"), ("email: ada@example.com", 'email: "a@b.c"')),
        (("ADR:;;;Lisbon;;;", "ADR:;;;Porto;;;"), ("location: Lisbon", "location: Porto")),
        (("1604-05-12", "1604-06-13"), ("birthday: --05-12", 'birthday: "--06-13"')),
        (("CATEGORIES:tea,gym", "CATEGORIES:tea,run"), ("[tea, gym]", "[tea, run]")),
        (("TEL:222\r\n", ""), ('  - "222"\n', "")),
        (("TITLE:Boss\r\n", ""), ("role: Boss\n", "")),
    ],
)
def test_a_correction_on_the_phone_is_exactly_that_line(phone: Phone, there: tuple[str, str], here: tuple[str, str]):
    phone.there(*there)
    done = phone.run()
    assert (done.code, done.err, phone.text()) == (0, "", ADA.replace(*here))
    assert phone.run().out.startswith("nothing new")
    assert inside(phone.root, "undo").code == 0
    assert phone.text() == ADA


def test_both_sides_change_different_things_and_both_hold(phone: Phone):
    phone.there("TEL:111", "TEL:333")
    phone.here("role: Boss", "role: Chief")
    phone.here('  - "222"\n', '  - "222"\n  - "444"\n')
    assert phone.run().err == ""
    assert phone.text() == ADA.replace("Boss", "Chief").replace('"111"', '"333"').replace('"222"\n', '"222"\n  - "444"\n')


def test_what_both_changed_is_shown_and_left_again_and_again(phone: Phone):
    phone.there("ORG:Acme", "ORG:Beta")
    phone.here("company: Acme ", "company: Gamma ")
    for _ in range(2):
        done = phone.run()
        assert done.code == 0
        assert f'contacts/ada.md: company is "Gamma", in {phone.card}:1 "Beta"\n' in done.err
        assert "company: Gamma " in phone.text()


def test_an_entry_or_task_that_is_gone_here_does_not_come_back(phone: Phone):
    phone.here("- 2026-01-02 call: Hello. [dir:: in]\n  - of the gym\n", "")
    phone.here("\n- [ ] Send it [due:: 2026-12-01]\n", "")
    text = phone.text()
    phone.there("TEL:111", "TEL:333")
    phone.run()
    assert phone.text() == text.replace('"111"', '"333"')


def test_somebody_new_on_the_phone_is_somebody_new_here(phone: Phone):
    (phone.folder / "bob.vcf").write_text(
        card("FN:Bob Lee", "UID:bob", "TEL;TYPE=CELL:9", "REV:1", "NOTE:Met at the fair."), encoding="utf-8"
    )
    (phone.folder / ".tmp.vcf").write_text("half", encoding="utf-8")
    (phone.folder / "read.me").write_text("no card", encoding="utf-8")
    done = phone.run()
    assert (done.code, done.out.splitlines()[0]) == (0, "imported: 1 person · ptcrm undo")
    bob = (phone.root / "contacts" / "bob-lee.md").read_text(encoding="utf-8")
    assert "\n## Imported from cards\n\n- TEL (cell): 9\n" in bob
    assert "REV" not in bob
    assert "\nMet at the fair.\n" in bob
    assert set(vdirbase.load(phone.state, phone.folder)) == {phone.uid, "bob"}
    assert phone.run().out.startswith("nothing new")


def test_a_card_that_is_gone_there_takes_nobody_away_here(phone: Phone):
    phone.card.unlink()
    (phone.folder / "bob.vcf").write_text(card("FN:Bob Lee", "UID:bob"), encoding="utf-8")
    assert phone.run().code == 0
    assert phone.text() == ADA


def test_a_file_without_a_card_is_refused_by_name_and_the_others_are_read(phone: Phone):
    (phone.folder / "broken.vcf").write_bytes(b"\0\xff")
    phone.there("TEL:111", "TEL:333")
    done = phone.run()
    assert (done.code, f"{phone.folder}/broken.vcf:1: no card in it\n" in done.err) == (1, True)
    assert '"333"' in phone.text()


def test_a_dry_run_forgets_nothing(phone: Phone):
    phone.there("TEL:111", "TEL:333")
    assert phone.run("-n").code == 0
    assert phone.text() == ADA
    phone.run()
    assert '"333"' in phone.text()


def test_the_memory_is_one_for_a_folder_whatever_way_leads_there(tmp_path: Path):
    from plaintextcrm.edge.paths import Path as Folder

    (tmp_path / "cards").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "cards")
    state = Folder(str(tmp_path / "state"))
    vdirbase.store(state, Folder(str(tmp_path / "link")), {"1": "x\r\n"})
    assert vdirbase.load(state, str(tmp_path / "cards")) == {"1": "x\r\n"}
    assert vdirbase.load(state, str(tmp_path)) == {}
    next((tmp_path / "state" / "vdir").iterdir()).write_bytes(b"[1")
    assert vdirbase.load(state, str(tmp_path / "cards")) == {}
