"""What is exported and imported again is the same people."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from plaintextcrm.core.contact import parse
from plaintextcrm.core.exchange import IMPORTERS
from plaintextcrm.core.exchange.incoming import Given, Hints, canonical
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.settings_text import parse as settings_of
from tests.make import Ran, ptcrm, source, vault

EXAMPLE = Path(__file__).parents[2] / "example-vault"
SETTINGS = (EXAMPLE / "ptcrm.toml").read_text(encoding="utf-8")
KINDS = settings_of(SETTINGS, "")[0].kind_table


APART = ("source", "created", "name", "uid")  # what each import writes by itself


def people(root: Path) -> dict[str, Contact]:
    """Everybody of a vault by name."""
    files = (root / "contacts").rglob("*.md")
    found = (parse(source(path.read_bytes(), path.stem), KINDS).contact for path in files)
    return {one.name: one for one in found}


def log(one: Contact) -> list[str]:
    return sorted(repr(entry._replace(where=0)) for entry in one.interactions)


def tasks(one: Contact) -> list[str]:
    return sorted(repr(task._replace(where=0)) for task in one.follow_ups)


def keys(one: Contact) -> dict[str, object]:
    """The keys but those that each import writes, and a name that the heading says."""
    return {key: value for key, value in one.keys.items() if key not in APART}


def created(one: Contact) -> object:
    """The day of the import, for whoever had none."""
    return one.keys.get("created", "2026-11-21")


def paths(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in (root / "contacts").rglob("*.md"))


def bodies(root: Path, home: Path) -> dict[str, str]:
    """What stands in everybody's file beside keys, log and follow-ups."""
    exported = json.loads(ptcrm(root, "export", "json", "--private", home=home).out)
    return {one["id"]: one["body"] for one in exported["contacts"]}


def said(entry: Interaction) -> tuple[object, ...]:
    """What an entry says, but for blank lines; an own kind of a vault is a word of the text to whoever does not know it."""
    words = ": ".join(part for part in (entry.kind or "", entry.text) if part)
    return entry.on, entry.at_time, words, entry.fields, tuple(filter(None, entry.details)), entry.block_id, entry.box


def moved(root: Path, folder: Path, kind: str, suffix: str, *words: str) -> Path:
    """A new vault with what the old one exports."""
    file = folder / f"all.{suffix}"
    assert ptcrm(root, "export", kind, "--private", "-o", str(file), *words, home=folder / "home").code == 0
    new = vault(folder / "new", {}, SETTINGS)
    done = ptcrm(new, "import", str(file), "-y", home=folder / "home")
    assert (done.code, "refused" in done.err) == (0, False), done
    return new


@pytest.mark.parametrize(
    ("kind", "words", "importer"), [("vcard", (), "vcard"), ("vcard", ("--vcard", "4.0"), "vcard"), ("json", (), "ptcrm-json")]
)
def test_the_import_reads_everything_that_the_example_vault_says(tmp_path: Path, kind: str, words: tuple[str, ...], importer: str) -> None:
    done = ptcrm(EXAMPLE, "export", kind, "--private", *words, home=tmp_path)
    reading = IMPORTERS[importer]([Given("all", done.out.encode())], Hints(None, KINDS))
    assert reading is not None
    assert reading.refused == ()
    read, before = {one.name: one for one in reading.people}, people(EXAMPLE)
    assert read.keys() == before.keys()
    for name, one in before.items():
        person = read[name]
        assert {key: canonical(key, value) for key, value in person.keys.items() if key not in APART} == keys(one), name
        assert dict(person.other) == one.other
        assert list(map(said, person.log)) == list(map(said, one.interactions))
        assert person.uid == one.text("uid") or "uid" not in one.keys
        assert (person.note, person.rest, person.related) == ("", (), ())


def test_a_table_of_our_own_is_known_and_comes_back_as_it_was(tmp_path: Path) -> None:
    new = moved(EXAMPLE, tmp_path, "csv", "csv")
    first = (tmp_path / "all.csv").read_text(encoding="utf-8")
    again = ptcrm(new, "export", "csv", "--private").out
    was, now = ([{**row, "source": "", "created": ""} for row in csv.DictReader(io.StringIO(text, newline=""))] for text in (first, again))
    assert now == was
    assert "coi: true" in (new / "contacts/ada-king.md").read_text(encoding="utf-8")
    assert {path.name for path in (new / "contacts").rglob("*.md")} == {path.name for path in (EXAMPLE / "contacts").rglob("*.md")}
    assert ptcrm(new, "import", str(tmp_path / "all.csv"), "-y").out.startswith("nothing new: all of it is there already\n")


def test_the_table_of_a_vault_adds_nothing_to_the_same_vault(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"p/ada": ODD, "ada": "---\nname: Ada King\n---\n"})
    before = {path: path.read_bytes() for path in root.rglob("*.md")}
    table = tmp_path / "all.csv"
    for words in ((), ("--private",)):
        assert ptcrm(root, "export", "csv", "-o", str(table), *words).code == 0
        done = ptcrm(root, "import", str(table), "-y")
        assert (done.code, done.err) == (0, ""), done
        assert {path: path.read_bytes() for path in root.rglob("*.md")} == before


def test_own_keys_with_names_of_ours_have_columns_of_their_own_and_come_back(tmp_path: Path) -> None:
    text = "---\nname: Ada King\ntier: A\nid: 202401011200\nstarted: 2020-01\nFirma: Tide & Co\nborn: soon\nlemon: green\n---\n"
    root = vault(tmp_path / "v", {"ada-king": text})
    before, table = (root / "contacts/ada-king.md").read_bytes(), tmp_path / "all.csv"
    assert ptcrm(root, "export", "csv", "-o", str(table)).code == 0
    row = next(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert row == {
        "id": "ada-king", "name": "Ada King", "tier": "A", "other:id": "202401011200", "other:started": "2020-01", "other:Firma": "Tide & Co",
        "born": "soon", "lemon": "green",
    }  # fmt: skip
    assert ptcrm(root, "import", str(table), "-y").out.startswith("nothing new: all of it is there already\n")
    assert (root / "contacts/ada-king.md").read_bytes() == before
    new = vault(tmp_path / "new", {})
    assert ptcrm(new, "import", str(table), "-y").code == 0
    came = (new / "contacts/ada-king.md").read_text(encoding="utf-8")
    for said in ('\nid: "202401011200"\n', "\nFirma: Tide & Co\n", "\nlemon: green\n", "\n- started: 2020-01\n", "\n- born: soon\n"):
        assert said in came, said


@pytest.mark.parametrize("kind", ["csv", "json", "vcard"])
def test_a_value_that_is_none_of_its_key_is_no_line_more_in_the_file_that_has_it(tmp_path: Path, kind: str) -> None:
    root = vault(tmp_path / "v", {"ada-king": "---\nname: Ada King\ntier: A\nstarted: 2020-01\nborn: soon\n---\n"})
    before, all_ = (root / "contacts/ada-king.md").read_bytes(), tmp_path / f"all.{kind}"
    assert ptcrm(root, "export", kind, "-o", str(all_)).code == 0
    for _ in range(2):
        assert ptcrm(root, "import", str(all_), "-y").out.startswith("nothing new: all of it is there already\n")
    assert (root / "contacts/ada-king.md").read_bytes() == before


@pytest.mark.parametrize("kind", ["json", "vcard"])
def test_a_mistake_in_a_log_or_a_follow_up_costs_nobody_their_place(tmp_path: Path, kind: str) -> None:
    log = "- 2026-01-01 call: Soup ^abc123\n  - [ ] sub [due:: 2026-02-31]\n- 2026-01-02 call: Tea ^abc123\n"
    root = vault(tmp_path / "v", {"ada": f"---\nname: Ada King\n---\n\n- [ ] ask [due:: tomorrow]\n\n## Interactions\n\n{log}"})
    new, all_ = vault(tmp_path / "new", {}), tmp_path / f"all.{kind}"
    assert ptcrm(root, "export", kind, "-o", str(all_)).code == 0
    assert ptcrm(new, "import", str(all_), "-y").code == 0
    text = (new / "contacts/ada.md").read_text(encoding="utf-8")
    assert log in text
    assert "- [ ] ask [due:: tomorrow]\n" in text


@pytest.mark.parametrize("kind", ["json", "vcard"])
@pytest.mark.parametrize(
    "line", ["- [-] given up", "- [/] begun [priority:: high]", "* [ ] pay 🔁 every month 📅 2026-12-01", "- [ ] ask ^abc123"]
)
def test_a_follow_up_comes_back_with_its_mark_and_all_that_stands_in_its_line(tmp_path: Path, kind: str, line: str) -> None:
    root = vault(tmp_path / "v", {"ada": f"---\nname: Ada King\n---\n\n{line}\n"})
    new, all_ = vault(tmp_path / "new", {}), tmp_path / f"all.{kind}"
    assert ptcrm(root, "export", kind, "-o", str(all_)).code == 0
    assert ptcrm(new, "import", str(all_), "-y").code == 0
    assert f"\n{line}\n" in (new / "contacts/ada.md").read_text(encoding="utf-8")


def test_a_follow_up_that_somebody_changed_in_the_json_is_what_they_made_of_it(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": "---\nname: Ada King\n---\n\n- [ ] ask [priority:: high]\n"})
    new, all_ = vault(tmp_path / "new", {}), tmp_path / "all.json"
    all_.write_text(ptcrm(root, "export", "json").out.replace('"text": "ask"', '"text": "tell"'), encoding="utf-8")
    assert ptcrm(new, "import", str(all_), "-y").code == 0
    assert "\n- [ ] tell\n" in (new / "contacts/ada.md").read_text(encoding="utf-8")


ODD = (
    "---\nname: Dr. Ada King\nname_prefix: Dr.\ntags: [a, b]\noffers:\n  - seeds, with a pedigree\n  - tea\nbirthday: --12-10\nphone: '+1 2'\n"
    "role: =SUM(A1)\nfive: now, next\ncoi: true\npaused: 2027-01-01\nprivate: [why, role]\nwhy: '- x'\nlemon: green\nuid: u-1\n---\n"
)


@pytest.mark.parametrize(
    "header",
    [
        "id,name",
        "id,name,price",
        "name,id,tier",
        "id,name,lemon,tier",
        "id,name,email,tier,company",
        "id,name,tier,state,last,due,company",
        "id,name,e-mail",
    ],
)
def test_a_table_that_is_not_quite_ours_is_not_taken_for_it(header: str) -> None:
    assert IMPORTERS["ptcrm-csv"]([Given("x.csv", f"{header}\n1,Ada,3\n".encode())], Hints()) is None


def test_friends_md_comes_back_as_it_was(tmp_path: Path) -> None:
    new = moved(EXAMPLE, tmp_path, "friends", "md")
    first = (tmp_path / "all.md").read_text(encoding="utf-8")
    again = ptcrm(new, "export", "friends", "--private").out
    assert again == first
    assert first.count("\n- 20") > 250


def test_a_number_corrected_in_the_folder_is_one_line_in_the_vault(tmp_path: Path) -> None:
    root = vault(
        tmp_path / "v",
        {"ada": '---\nname: Ada\nuid: a-1\nphone: "+351 555 1"\nlemon: 1\n---\n\nWords.\n'},
        "[git]\ncommit = false\n[site]\nprivate = []\n",
    )
    cards = tmp_path / "cards"
    assert ptcrm(root, "export", "vdir", "-o", str(cards)).code == 0
    file = root / "contacts" / "ada.md"
    before = file.read_text()
    card = cards / "a-1.vcf"
    card.write_bytes(card.read_bytes().replace(b"TEL:+351 555 1", b"TEL:+351 555 2"))
    assert ptcrm(root, "export", "vdir", "-o", str(cards)).code == 5
    assert ptcrm(root, "import", "--from", "vdir", str(cards), "-y").code == 0
    assert file.read_text() == before.replace("555 1", "555 2")
    assert ptcrm(root, "export", "vdir", "-o", str(cards)).code == 0
    assert b"\r\nTEL:+351 555 2\r\n" in card.read_bytes()


WAYS = [("vcard", "vcf", ()), ("vcard", "vcf", ("--vcard", "4.0")), ("json", "json", ())]


@pytest.mark.parametrize(("kind", "suffix", "words"), WAYS)
def test_the_example_vault_comes_back_whole(tmp_path: Path, kind: str, suffix: str, words: tuple[str, ...]) -> None:
    new = moved(EXAMPLE, tmp_path, kind, suffix, *words)
    assert paths(new) == paths(EXAMPLE)
    before, after = people(EXAMPLE), people(new)
    assert before.keys() == after.keys()
    for name, one in before.items():
        assert keys(after[name]) == keys(one)
        assert {key: after[name].keys.get(key) for key in ("uid", "created")} == {"uid": one.keys.get("uid"), "created": created(one)}
        assert after[name].other == one.other
        assert log(after[name]) == log(one)
        assert tasks(after[name]) == tasks(one)
    written = bodies(EXAMPLE, tmp_path)
    assert bodies(new, tmp_path) == written
    assert any(written.values())


@pytest.mark.parametrize(("kind", "suffix", "words"), WAYS)
def test_a_second_import_of_our_own_export_writes_nothing_and_its_rows_add_up(
    tmp_path: Path, kind: str, suffix: str, words: tuple[str, ...]
) -> None:
    new = moved(EXAMPLE, tmp_path, kind, suffix, *words)
    before = {path: path.read_bytes() for path in (new / "contacts").rglob("*.md")}
    again = ptcrm(new, "import", str(tmp_path / f"all.{suffix}"), "-y", home=tmp_path / "home")
    count = sum(len(one.interactions) for one in people(EXAMPLE).values())
    assert (again.code, again.err) == (0, "")
    assert "nothing new: all of it is there already\npeople: 0 new, 28 known\n" in again.out
    assert f"rows: {count} = 0 written + {count} there already + 0 refused\n" in again.out
    assert {path: path.read_bytes() for path in (new / "contacts").rglob("*.md")} == before


# --- what a card of ours says about where somebody was ---------------------------------------------------------------


def card(*lines: str) -> bytes:
    """A card as our own export writes it."""
    return "\r\n".join(["BEGIN:VCARD", "VERSION:3.0", "FN:Sam Lee", *lines, "END:VCARD", ""]).encode()


def into_new(folder: Path, cards: bytes, settings: str = "[git]\ncommit = false\n") -> tuple[Path, Ran]:
    """A new vault, and how the import of these cards into it went."""
    file = folder / "all.vcf"
    file.write_bytes(cards)
    root = vault(folder / "v", {}, settings)
    return root, ptcrm(root, "import", str(file), "-y")


@pytest.mark.parametrize(
    ("id", "path"),
    [
        ("sam", "sam.md"),
        ("lees/old/sam", "lees/old/sam.md"),
        ("../../sam", "someone/someone/sam.md"),
        ("/etc/sam", "someone/etc/sam.md"),
        (".git/hooks/sam", "git/hooks/sam.md"),
        ("templates/sam", "sam.md"),
        ("a/" * 9 + "sam", "sam.md"),
        ("lees/", "lees/sam-lee.md"),
    ],
)
def test_an_id_says_the_folder_but_never_one_outside_or_one_that_is_not_read(tmp_path: Path, id: str, path: str) -> None:
    root, done = into_new(tmp_path, card(f"X-PTCRM-ID:{id}"))
    assert (done.code, done.err) == (0, "")
    assert paths(root) == [f"contacts/{path}"]
    assert list(people(root)) == ["Sam Lee"]


def test_two_of_one_file_name_in_two_folders_keep_it_and_a_stranger_of_that_name_gets_another(tmp_path: Path) -> None:
    cards = card("X-PTCRM-ID:a/sam-lee", "UID:1") + card("X-PTCRM-ID:b/sam-lee", "UID:2") + card("X-PTCRM-ID:b/sam-lee", "UID:3")
    root, done = into_new(tmp_path, cards + card("UID:4") + card("UID:5"))
    assert done.code == 0
    wanted = ("a/sam-lee", "b/sam-lee", "b/sam-lee-2", "sam-lee", "sam-lee-3")
    assert paths(root) == sorted(f"contacts/{name}.md" for name in wanted)


def test_a_folder_that_leads_out_of_the_vault_is_not_used(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = vault(tmp_path / "v", {}, "[git]\ncommit = false\n")
    (root / "contacts" / "lees").symlink_to(outside)
    (tmp_path / "all.vcf").write_bytes(card("X-PTCRM-ID:lees/sam"))
    assert ptcrm(root, "import", str(tmp_path / "all.vcf"), "-y").code == 0
    assert ((root / "contacts" / "sam.md").is_file(), list(outside.iterdir())) == (True, [])


def test_a_uid_that_our_export_made_up_is_known_again_but_not_written(tmp_path: Path) -> None:
    cards = card("X-PTCRM-ID:sam", "UID:made-up", "X-PTCRM-NO-UID:true", "EMAIL:sam@example.org")
    root, done = into_new(tmp_path, cards)
    before = (root / "contacts" / "sam.md").read_bytes()
    assert (done.code, b"uid" in before) == (0, False)
    (tmp_path / "all.vcf").write_bytes(cards.replace(b"sam@", b"sam.lee@"))
    assert ptcrm(root, "import", str(tmp_path / "all.vcf"), "-y").code == 0
    assert (root / "contacts" / "sam.md").read_bytes() == before.replace(b"sam@", b"sam.lee@")


def test_entries_that_share_a_ref_and_blank_lines_within_one_come_back(tmp_path: Path) -> None:
    lines = [
        "X-PTCRM-LOG:- 2026-01-02 call: one [ref:: r1]", "X-PTCRM-LOG:- 2026-01-02 letter: two [ref:: r1]",
        "X-PTCRM-LOG:- 2026-01-03 podcast: three\\n  first\\n\\n  last",
    ]  # fmt: skip
    root, done = into_new(tmp_path, card("X-PTCRM-ID:sam", *lines), "[git]\ncommit = false\n[kinds]\npodcast = {}\n")
    assert "rows: 3 = 3 written + 0 there already + 0 refused\n" in done.out
    (sam,) = people(root).values()
    assert [(one.kind, one.text, one.details) for one in sam.interactions] == [
        ("call", "one", ()),
        ("letter", "two", ()),
        ("podcast", "three", ("first", "", "last")),
    ]
    again = ptcrm(root, "import", str(tmp_path / "all.vcf"), "-y")
    assert "rows: 3 = 0 written + 3 there already + 0 refused\n" in again.out


@pytest.mark.parametrize("kind", ["json", "vcard"])
@pytest.mark.parametrize(
    "line", ["- [ ] pay 📅 2026-12-01", "* [ ] pay [due:: 2026-12-01] again", "1. [ ] pay (due 2026-12-01)", "- [x] pay ✅ 2026-11-01"]
)
def test_a_follow_up_that_stands_in_the_file_is_not_told_as_missing(tmp_path: Path, kind: str, line: str) -> None:
    root, all_ = vault(tmp_path / "v", {"ada": f"---\nname: Ada King\nemail: a@b.c\n---\n\n{line}\n"}), tmp_path / f"all.{kind}"
    ptcrm(root, "export", kind, "--private", "-o", str(all_))
    assert ptcrm(root, "import", str(all_), "-y").err == ""


def test_notes_and_follow_ups_that_somebody_known_has_no_more_are_told(tmp_path: Path) -> None:
    ada = "---\nname: Ada King\nemail: a@b.c\n---\n\n- [ ] call her [due:: 2026-12-01]\n- [ ] send it\n\n## Notes\n\nLikes tea.\n\nLikes figs.\n"
    root = vault(tmp_path / "v", {"ada": ada})
    ptcrm(root, "export", "json", "--private", "-o", str(tmp_path / "all.json"))
    assert ptcrm(root, "import", str(tmp_path / "all.json"), "-y", home=tmp_path / "one").err == ""
    vault(root, {"ada": ada.replace("Likes tea", "Likes mint").replace("- [ ] send it", "").replace("- [ ] call", "- [x] call")})
    before = (root / "contacts" / "ada.md").read_bytes()
    done = ptcrm(root, "import", str(tmp_path / "all.json"), "-y", home=tmp_path / "two")
    assert [line.partition(": ")[2] for line in done.err.splitlines()[1:]] == [
        f'"{line}" of {tmp_path}/all.json:1: does not stand there' for line in ("Likes tea.", "- [ ] send it")
    ]
    assert (root / "contacts" / "ada.md").read_bytes() == before


PLAIN = {
    "ada-king": "---\nname: Ada King\n---\n\n## Log\n\n- 2026-01-01 call: hi\n\n## Notes\n\nLikes tea.\n",
    "ada-king-2": "---\nname: Ada King\n---\n\n## Log\n\n- 2026-02-02 call: the other\n",
    "bob": "---\nname: Bob Lee\n---\n", "dee": "# Dee Oh\n\n- [ ] call her\n", "work/eve": "---\nname: Eve\nrole: cook\n---\n",
}  # fmt: skip


def test_who_has_but_a_name_is_known_again_in_our_own_json(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", PLAIN)
    assert ptcrm(root, "export", "json", "--private", "-o", str(tmp_path / "all.json")).code == 0
    for home in ("one", "two", "two"):  # nothing is remembered of an import before
        done = ptcrm(root, "import", str(tmp_path / "all.json"), "-y", home=tmp_path / home)
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("nothing new: all of it is there already\npeople: 0 new, 5 known\n")
    assert {path.removeprefix("contacts/").removesuffix(".md") for path in paths(root)} == set(PLAIN)


def test_what_was_changed_since_our_own_json_was_written_is_kept(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", PLAIN)
    ptcrm(root, "export", "json", "--private", "-o", str(tmp_path / "all.json"))
    vault(root, {"ada-king": PLAIN["ada-king"].replace("tea", "mint"), "work/eve": PLAIN["work/eve"].replace("cook", "baker")})
    before = {path: (root / path).read_bytes() for path in paths(root)}
    done = ptcrm(root, "import", str(tmp_path / "all.json"), "-y")
    assert "people: 0 new, 5 known\n" in done.out
    assert [line.replace(f"{tmp_path}/", "").partition(": ")[2].partition(" of ")[0] for line in done.err.splitlines()[1:]] == [
        '"Likes tea."',
        'role is "baker", in all.json:5 "cook"',
    ]
    assert before == {path: (root / path).read_bytes() for path in paths(root)}


@pytest.mark.parametrize(
    ("theirs", "new"),
    [
        ("name: Ada King\nemail: other@example.org", 1), ("name: Ada Smith", 1), ("name: Ada King\nbirthday: 1990-01-01", 1),
        ("name: Ada King\nemail: other@example.org\nbirthday: 1980-05-12", 0), ("name: Ada King\nrole: cook", 0),
    ],
)  # fmt: skip
def test_the_same_id_in_another_vault_is_somebody_else_where_they_say_another_thing(tmp_path: Path, theirs: str, new: int) -> None:
    other = vault(tmp_path / "other", {"ada": f"---\n{theirs}\n---\n"})
    ptcrm(other, "export", "json", "--private", "-o", str(tmp_path / "all.json"))
    root = vault(tmp_path / "v", {"ada": "---\nname: Ada King\nemail: ada@example.org\nbirthday: 1980-05-12\n---\n"})
    assert f"people: {new} new, {1 - new} known\n" in ptcrm(root, "import", str(tmp_path / "all.json"), "-y").out
