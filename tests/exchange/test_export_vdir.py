"""`export vdir`: a folder of cards kept up to date, in which nobody's change is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from plaintextcrm.core.exchange.out.keeping import kept, same_card
from plaintextcrm.core.exchange.out.leaving import leaving
from plaintextcrm.core.exchange.out.vcard import vcard
from plaintextcrm.core.exchange.out.vdir import file_name
from tests.make import Ran, environment, parsed, ptcrm, vault

ADA = '---\nname: Ada King\nuid: ada-1\nphone: "+351 555 1"\nlocation: Lisbon\n---\n'
BOB = "---\nname: Bob Lee\nuid: bob-1\n---\n"


class Folder:
    """A vault and a folder of its cards."""

    def __init__(self, place: Path, **people: str) -> None:
        self.root, self.cards = vault(place / "v", dict(people), "[git]\ncommit = false\n[site]\nprivate = []\n"), place / "cards"

    def export(self, *words: str) -> Ran:
        return ptcrm(self.root, "export", "vdir", "-o", str(self.cards), *words)

    def card(self, uid: str) -> str:
        return (self.cards / f"{uid}.vcf").read_bytes().decode()

    def write(self, uid: str, text: str) -> None:
        (self.cards / f"{uid}.vcf").write_bytes(text.encode())

    def person(self, id: str, text: str) -> None:
        (self.root / "contacts" / f"{id}.md").write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, ada=ADA, bob=BOB)


def test_one_card_each_named_by_its_uid_and_a_second_time_nothing_is_written(folder: Folder) -> None:
    assert folder.export().out == f"{folder.cards}: 2 people, 2 written\n"
    assert sorted(path.name for path in folder.cards.iterdir()) == ["ada-1.vcf", "bob-1.vcf"]
    before = {path.name: path.stat() for path in folder.cards.iterdir()}
    again = folder.export()
    assert (again.code, again.out) == (0, f"{folder.cards}: 2 people, all as they were\n")
    assert {path.name: path.stat().st_mtime_ns for path in folder.cards.iterdir()} == {
        name: stat.st_mtime_ns for name, stat in before.items()
    }


def test_only_the_card_of_who_changed_is_written(folder: Folder) -> None:
    folder.export()
    bob = (folder.cards / "bob-1.vcf").stat().st_mtime_ns
    folder.person("ada", ADA.replace("555 1", "555 2"))
    assert folder.export().out == f"{folder.cards}: 2 people, 1 written\n"
    assert "TEL:+351 555 2\r\n" in folder.card("ada-1")
    assert (folder.cards / "bob-1.vcf").stat().st_mtime_ns == bob


def test_a_card_changed_there_stays_as_it_is_and_the_others_are_written(folder: Folder) -> None:
    folder.export()
    changed = folder.card("ada-1").replace("555 1", "555 9")
    folder.write("ada-1", changed)
    folder.person("ada", ADA.replace("Lisbon", "Porto"))
    folder.person("bob", BOB.replace("Bob Lee", "Robert Lee"))
    done = folder.export()
    assert (done.code, done.out) == (5, f"{folder.cards}: 2 people, 1 written\n")
    assert done.err == f"ptcrm: 1 card was changed there (ada-1.vcf): ptcrm import --from vdir {folder.cards} first\n"
    assert folder.card("ada-1") == changed
    assert "FN:Robert Lee" in folder.card("bob-1")
    assert folder.export().code == 5  # it is not forgotten by the next run


def test_a_card_of_somebody_elses_is_never_touched(folder: Folder) -> None:
    folder.cards.mkdir()
    foreign = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:x\r\nFN:X\r\nEND:VCARD\r\n"
    folder.write("x", foreign)
    (folder.cards / "notes.txt").write_text("mine")
    (folder.cards / "odd.vcf").write_bytes(b"\xff\xfe\x00")
    (folder.cards / "folder.vcf").mkdir()
    for _ in range(2):
        assert folder.export().code == 0
    assert folder.card("x") == foreign
    assert (folder.cards / "notes.txt").read_text() == "mine"
    assert (folder.cards / "odd.vcf").read_bytes() == b"\xff\xfe\x00"


def test_a_card_of_the_same_person_that_nobody_agreed_on_is_not_overwritten(folder: Folder) -> None:
    folder.cards.mkdir()
    theirs = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ada-1\r\nFN:Ada K.\r\nEND:VCARD\r\n"
    (folder.cards / "phone-7.vcf").write_bytes(theirs.encode())
    assert folder.export().code == 5
    assert (folder.cards / "phone-7.vcf").read_bytes().decode() == theirs
    assert not (folder.cards / "ada-1.vcf").exists()


def test_who_is_gone_goes_but_not_with_a_change_in_it(folder: Folder) -> None:
    folder.export()
    (folder.root / "contacts" / "ada.md").unlink()
    (folder.root / "contacts" / "bob.md").unlink()
    folder.write("bob-1", folder.card("bob-1").replace("Bob Lee", "Bobby"))
    done = folder.export()
    assert (done.code, done.out) == (5, f"{folder.cards}: 0 people, 1 removed\n")
    assert [path.name for path in folder.cards.iterdir()] == ["bob-1.vcf"]


def test_nobody_goes_while_a_file_of_the_vault_cannot_be_read(folder: Folder) -> None:
    folder.export()
    (folder.root / "contacts" / "ada.md").unlink()
    (folder.root / "contacts" / "ada.md").write_bytes(b"x" * 10_000_001)
    folder.export()
    assert sorted(path.name for path in folder.cards.iterdir()) == ["ada-1.vcf", "bob-1.vcf"]


def test_a_card_removed_there_comes_back_and_that_is_said(folder: Folder) -> None:
    folder.export()
    (folder.cards / "bob-1.vcf").unlink()
    done = folder.export()
    assert (done.code, done.out) == (0, f"{folder.cards}: 2 people, 1 written\n")
    assert "1 card was removed there, and written again" in done.err


def test_without_the_state_folder_cards_as_we_write_them_are_no_changes(folder: Folder) -> None:
    folder.export()
    shutil.rmtree(folder.root.parent / "v-home" / "state")
    assert folder.export().out == f"{folder.cards}: 2 people, all as they were\n"


def test_a_link_that_leads_out_of_the_folder_is_not_written_through(folder: Folder, tmp_path: Path) -> None:
    folder.export()
    outside = tmp_path / "outside.vcf"
    shutil.move(folder.cards / "ada-1.vcf", outside)
    (folder.cards / "ada-1.vcf").symlink_to(outside)
    before = outside.read_bytes()
    folder.person("ada", ADA.replace("555 1", "555 2"))
    done = folder.export()
    assert (done.code, outside.read_bytes()) == (5, before)
    assert "Traceback" not in done.err


def test_two_people_with_one_uid_get_a_card_each_and_keep_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ada=ADA, ben=BOB.replace("bob-1", "ada-1"))
    assert folder.export().out.endswith("2 people, 2 written\n")
    assert folder.export().out.endswith("2 people, all as they were\n")


def test_a_uid_that_is_no_file_name_leads_nowhere(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ada=ADA.replace("ada-1", '"../../x"'), ben=BOB.replace("bob-1", '"/etc/passwd"'))
    assert folder.export().code == 0
    assert len(list(folder.cards.iterdir())) == 2
    assert not (tmp_path.parent / "x.vcf").exists()
    for uid in ("..", ".x", "a/b", "CON:", "x" * 200, "ü", ""):
        name = file_name(uid, set())
        assert name.isascii()
        assert "/" not in name
        assert name[0] != "."
        assert len(name) < 110


@pytest.mark.parametrize("given", ["v/ptcrm.toml", "no/where"])
def test_what_is_no_folder_is_refused(folder: Folder, given: str) -> None:
    done = ptcrm(folder.root, "export", "vdir", "-o", str(folder.root.parent / given))
    assert (done.code, done.err.count("\n")) == (2, 1)


# --- what others write into our cards ------------------------------------------------------------------------------

PHONE = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Phone//EN\r\nUID:ada-1\r\nN:King;Ada\r\nFN:Ada King\r\nitem1.TEL;TYPE=CELL:+3515551\r\n"
    "item1.X-ABLabel:boat\r\nitem2.TEL:999\r\nitem2.X-ABLabel:old\r\nADR;TYPE=HOME:;;Rua 1;Lisbon;;1100;Portugal\r\n"
    "ORG:Acme;Paint\r\nPHOTO;ENCODING=b:AAAA\r\nNOTE:hi\r\nREV:20200101\r\nEND:VCARD\r\n"
)


def newer(text: str) -> str:
    return kept(PHONE, vcard(leaving(parsed(text, "ada"))))


def test_photos_types_labels_and_notes_of_other_programs_stay() -> None:
    card = newer(
        '---\nname: Ada King\nuid: ada-1\nphone: "+351 555 1"\ncompany: Acme\nlocation: "Lisbon, Portugal"\naddress: "Rua 1, 1100"\n---\n'
    )
    for line in ("item1.TEL;TYPE=CELL:+3515551", "item1.X-ABLabel:boat", "PHOTO;ENCODING=b:AAAA", "NOTE:hi", "ORG:Acme;Paint", "N:King;Ada",
                 "PRODID:-//Phone//EN", "ADR;TYPE=HOME:;;Rua 1;Lisbon;;1100;Portugal"):  # fmt: skip
        assert f"\r\n{line}\r\n" in card, line
    assert "item2" not in card
    assert "REV" not in card
    assert card.count("TEL") == card.count("ADR;") == card.count("ORG") == 1
    assert "\r\nADR:" not in card


def test_what_the_vault_says_otherwise_replaces_what_was_there() -> None:
    card = newer('---\nname: Ada Lovelace\nuid: ada-1\nphone: "+351 555 2"\nlocation: Porto\n---\n')
    assert "FN:Ada Lovelace\r\n" in card
    assert "\r\nTEL:+351 555 2\r\n" in card
    assert "ADR:;;;Porto;;;" in card
    assert "Rua 1" not in card
    assert "boat" not in card


def test_keeping_twice_is_keeping_once() -> None:
    text = (
        '---\nname: Ada King\nuid: ada-1\nphone: ["+351 555 1", "2"]\ndates: [01-02 a, 03-04 b]\ntags: [a, b]\nbirthday: 1980-01-02\n---\n'
    )
    once = newer(text)
    assert same_card(kept(once, vcard(leaving(parsed(text, "ada")))), once)


# --- a program that keeps such folders -----------------------------------------------------------------------------


KHARD = shutil.which("khard", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}") or ""


@pytest.mark.skipif(not KHARD, reason="khard is not installed")
def test_khard_lists_the_people(folder: Folder, tmp_path: Path) -> None:
    folder.person(
        "zoe", "---\nname: Zoë Ödegård\nbirthday: --05-12\nemail: zoe@example.com\ntier: A\n---\n\n## Log\n\n- 2026-01-01 call: x\n"
    )
    folder.export()
    config = tmp_path / "khard.conf"
    config.write_text(f"[addressbooks]\n[[people]]\npath = {folder.cards}\n", encoding="utf-8")
    env = environment(tmp_path) | {"LC_ALL": "C.UTF-8"}
    done = subprocess.run([KHARD, "-c", str(config), "list", "--parsable"], env=env, capture_output=True, check=True)
    listed = [line.split("\t")[1] for line in done.stdout.decode().splitlines()]
    assert listed == ["Ada King", "Bob Lee", "Zoë Ödegård"]
    mail = subprocess.run([KHARD, "-c", str(config), "email", "--parsable", "zoe"], env=env, capture_output=True, check=True)
    assert "zoe@example.com\tZoë Ödegård" in mail.stdout.decode()
