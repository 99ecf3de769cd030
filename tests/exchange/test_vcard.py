"""vCard 2.1, 3.0 and 4.0 as programs write them: each property under the key that means the same, nothing lost."""

from __future__ import annotations

import base64

import pytest

from plaintextcrm.core.exchange.incoming import Related
from plaintextcrm.core.model import FollowUp
from tests.exchange.cards import card, imported, person, reading
from tests.exchange.make import read

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


def rest(*lines: str, version: str = "3.0") -> list[str]:
    """The lines of the body."""
    return [line for _, lines_ in person(*lines, version=version).rest for line in lines_]


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("BDAY:19800322", "birthday", "1980-03-22"),
        ("BDAY:--0322", "birthday", "--03-22"),
        ("BDAY:--03-22", "birthday", "--03-22"),
        ("BDAY:1980-03", "birthday", "1980-03"),
        ("BDAY:1980-03-22T10:00:00Z", "birthday", "1980-03-22"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-22", "birthday", "--03-22"),
        ('BDAY;X-APPLE-OMIT-YEAR="1604":16040322', "birthday", "--03-22"),
        ("BDAY:1604-03-22", "birthday", "--03-22"),
        ("DEATHDATE:20010203", "died", "2001-02-03"),
        ("ORG:Acme Ltd;", "company", "Acme Ltd"),
        ("TITLE:Chief\\, Tests", "role", "Chief, Tests"),
        ("ROLE:Programmer", "role", "Programmer"),
        ("NICKNAME:Addie,The Countess", "aliases", ("Addie", "The Countess")),
        ("CATEGORIES:a,b c", "tags", ("a", "b c")),
        ("CATEGORIES:a\\, b\\, c", "tags", ("a", "b", "c")),
        ("HOBBY;LEVEL=high:sailing", "hobbies", ("sailing",)),
        ("URL:http\\://ada.example/x", "website", ("http://ada.example/x",)),
        ("X-SOCIALPROFILE;type=linkedin:https://www.linkedin.com/in/ada", "linkedin", ("https://www.linkedin.com/in/ada",)),
        ("EMAIL;TYPE=INTERNET:ada@example.com", "email", ("ada@example.com",)),
        ("TEL;VALUE=uri:tel:+1-418-656-9254;ext=102", "phone", ("+1-418-656-9254;ext=102",)),
        ("ANNIVERSARY:20100604", "dates", ("2010-06-04 anniversary",)),
        ("item1.X-ABDATE:2010-06-04\r\nitem1.X-ABLabel:_$!<Anniversary>!$_", "dates", ("2010-06-04 anniversary",)),
        ("item1.X-ABDATE:2014-11-12\r\nitem1.X-ABLabel:Work anniversary", "started", "2014-11-12"),
        ("ADR;TYPE=HOME:;;1 Quay;Lisbon;;1100;Portugal", "location", "Lisbon"),
        ("X-PTCRM-TIER:A", "tier", "A"),
        ("X-PTCRM-GROUPS:client\r\nX-PTCRM-GROUPS:board", "groups", ("client", "board")),
        ("X-PTCRM-FAMILY:Tobi\\, 9\\, wants to be a bus", "family", ("Tobi, 9, wants to be a bus",)),
    ],
)
def test_a_property_is_the_key_that_means_the_same(line: str, key: str, value: object):
    assert person(line).keys[key] == value


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["BDAY:19723101"], "- birthday (as written): 19723101"),
        (["BDAY:June 32, 1999"], "- birthday (as written): June 32, 1999"),
        (["TEL;TYPE=WORK,VOICE:1"], "- TEL (work): 1"),
        (["TEL;WORK;FAX:1"], "- TEL (work, fax): 1"),
        (["item1.TEL:1", "item1.X-ABLabel:_$!<HomeFAX>!$_"], "- TEL (homefax): 1"),
        (["ORG:Acme;Accounting"], "- department: Accounting"),
        (["ORG:Acme", "ORG:Other"], "- ORG: Other"),
        (["TITLE:Boss", "ROLE:Democrat\\, Ohio"], "- ROLE: Democrat, Ohio"),
        (["GENDER:F"], "- GENDER: F"),
        (["REV:20200101T000000Z"], "- REV: 20200101T000000Z"),
        (["IMPP;X-SERVICE-TYPE=Jabber:xmpp:ada@x.org"], "- IMPP (x-service-type=Jabber): xmpp:ada@x.org"),
        (["PHOTO;VALUE=uri:https://ada.example/me.jpg"], "- PHOTO: https://ada.example/me.jpg"),
        (["X-OWN;TYPE=odd:words"], "- X-OWN (odd): words"),
        (["item9.X-ABLabel:lonely words"], "- X-ABLABEL: lonely words"),
    ],
)
def test_what_no_key_means_is_a_line_of_the_body_under_its_own_name(lines: list[str], kept: str):
    assert kept in rest(*lines)


def test_of_several_phones_the_preferred_is_first_then_the_mobile_and_faxes_are_last():
    phones = person("TEL;TYPE=FAX:1", "TEL;TYPE=HOME:2", "TEL;TYPE=CELL:3", "TEL;TYPE=WORK;TYPE=PREF:4").keys["phone"]
    assert phones == ("4", "3", "2", "1")
    assert person("TEL;PREF=9:1", "TEL;PREF=2:2", version="4.0").keys["phone"] == ("2", "1")


@pytest.mark.parametrize(
    ("n", "keys"),
    [
        ("N:King;Ada;;;", {}),
        ("N:King;Ada;;Countess;", {"name_prefix": "Countess"}),
        ("N:King Noel;Ada;;;", {"given_name": "Ada", "family_name": "King Noel"}),
    ],
)
def test_name_parts_are_written_only_where_the_name_does_not_give_them(n: str, keys: dict[str, str]):
    assert dict(person(n).keys) == keys


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["N:King;Ada;;;"], "Ada King"),
        (["ORG:Acme;Sales"], "Acme"),
        (["EMAIL:a@b.c"], "a@b.c"),
        (["TEL:tel:+1"], "+1"),
        (["FN:*"], "*"),
        (["FN:?? [Frau in Königs Wusterhausen]"], "?? [Frau in Königs Wusterhausen]"),
    ],
)
def test_a_card_without_a_name_is_called_by_what_it_has(lines: list[str], name: str):
    found = reading(card(*lines))
    assert [one.name for one in found.people] == [name]
    vault, done = imported(found)  # type: ignore[arg-type]
    assert (len(vault), done.refused) == (1, ())


def test_a_label_of_android_s_own_is_read_and_written_out():
    label = "X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=42=C3=BC=72=6F=2C=20=4E=6F=72=64)"
    said = rest(f"TEL;{label}:030 22", f"EMAIL;{label}:a@b.example", "TEL;X-CUSTOM(Boot):1", version="2.1")
    assert said == ["- TEL (Büro, Nord): 030 22", "- EMAIL (Büro, Nord): a@b.example", "- TEL (Boot): 1"]


def test_version_2_1_has_soft_breaks_bare_types_and_a_charset_on_each_line():
    data = (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=windows-1252:Barrag\xe1n;Nanette\r\n"
        b"FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Nanette=20=\r\nBarrag=C3=A1n\r\n"
        b"NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo; C:\\new=\r\n=20end\r\nTEL;WORK;VOICE:12\r\nEND:VCARD\r\n"
    )
    (nanette,) = reading(data).people
    assert (nanette.name, nanette.note) == ("Nanette Barragán", "one\r\ntwo; C:\\new end")
    assert nanette.keys["phone"] == ("12",)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_are_seen_by_their_mark_or_their_zeros(encoding: str):
    assert reading(card("FN:Ada Königs").encode(encoding)).people[0].name == "Ada Königs"


def test_undeclared_bytes_are_windows_1252_and_it_says_so():
    found = reading(card("FN:Ada Königs", "ORG:Ö").encode("cp1252"))
    assert (found.people[0].name, found.people[0].keys["company"]) == ("Ada Königs", "Ö")
    assert found.notes == ("people.vcf: 2 lines are not UTF-8, read as Windows-1252 (--encoding NAME if that is wrong)",)
    assert reading(card("FN:Жанна").encode("cp1251"), encoding="cp1251").people[0].name == "Жанна"


def test_lines_are_unfolded_even_in_the_middle_of_a_character():
    data = card("FN:Ada K\xf6nigs").encode().replace(b"\xc3\xb6", b"\xc3\r\n \xb6")
    assert reading(data).people[0].name == "Ada Königs"


@pytest.mark.parametrize("ends", [b"\n", b"\r", b"\r\n"])
def test_any_line_end_will_do(ends: bytes):
    assert len(reading((card("FN:Ada") * 2).encode().replace(b"\r\n", ends)).people) == 2


@pytest.mark.parametrize(
    "photo",
    [
        "PHOTO;ENCODING=b;TYPE=JPEG:" + base64.b64encode(JPEG).decode(),
        "PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n " + "\r\n ".join(base64.encodebytes(JPEG).decode().split()),
        "PHOTO;BASE64:\r\n  " + "\r\n  ".join(base64.encodebytes(JPEG).decode().split()) + "\r\n",
        "PHOTO:data:image/jpeg;base64," + base64.b64encode(JPEG).decode(),
    ],
)
def test_a_photo_goes_to_attachments_and_never_into_the_front_matter(photo: str):
    vault, done = imported(card("FN:Ada King", photo))
    assert vault["attachments/ada-king-photo.jpg"] == JPEG
    text = vault["contacts/ada-king.md"].decode()
    assert "\n- photo: attachments/ada-king-photo.jpg\n" in text
    assert "base64" not in text.lower()
    assert imported(card("FN:Ada King", photo), into=vault)[1].attachments == ()
    assert len(done.edits) == 1


def test_two_people_of_one_name_have_each_their_own_photo():
    photos = ["PHOTO;ENCODING=b:" + base64.b64encode(JPEG + more).decode() for more in (b"1", b"2")]
    vault, _ = imported(card("FN:Ada", photos[0]) + card("FN:Ada", photos[1]))
    assert sorted(path for path in vault if path.startswith("att")) == ["attachments/ada-2-photo.jpg", "attachments/ada-photo.jpg"]


def test_what_nobody_has_of_a_group_is_told():
    board = card("KIND:group", "FN:The board", "MEMBER:urn:uuid:1", "NOTE:Meets in May", "EMAIL:board@a.example", "REV:1", version="4.0")
    empty = card("KIND:group", "FN:Nobody", version="4.0")
    found = reading(card("UID:1", "FN:Ada King") + board + empty)
    assert [one.name for one in found.people] == ["Ada King"]
    assert found.notes == ('people.vcf:6: a group, "The board": left out: a note, email', 'people.vcf:15: a group, "Nobody", and of nobody')


def test_groups_are_on_each_of_their_members_and_organisations_are_counted():
    group = card("KIND:group", "FN:The board", "MEMBER:urn:uuid:1", "MEMBER:urn:uuid:9", version="4.0")
    found = reading(card("FN:Ada", "UID:urn:uuid:1") + group + card("KIND:org", "FN:Acme") + card("FN:Other", "X-ABShowAs:COMPANY"))
    vault, done = imported(found)  # type: ignore[arg-type]
    assert read(vault, "ada").texts("groups") == ("The board",)
    assert list(vault) == ["contacts/ada.md"]
    assert done.notes == (
        "2 cards are of organisations, left out (Acme, Other): --include-orgs takes them too",
        "1 members of groups are in neither these files nor the vault: left out",
    )
    assert len(reading(card("KIND:org", "FN:Acme"), include_orgs=True).people) == 1


def test_people_beside_somebody_are_links_where_they_are_in_the_file():
    spouse = card("FN:William King", "UID:2")
    ada = card(
        "FN:Ada King", "UID:1", "RELATED;TYPE=spouse:urn:uuid:2", "RELATED;TYPE=friend;VALUE=text:Charles Babbage",
        "item1.X-ABRELATEDNAMES:Mary Somerville", "item1.X-ABLabel:Referred by", "RELATED;TYPE=friend;VALUE=text:William King",
        version="4.0",
    )  # fmt: skip
    assert Related("family", "2", "", "spouse") in reading(ada).people[0].related
    vault, _ = imported(ada + spouse)
    found = read(vault, "ada-king")
    assert found.texts("family") == ("[[william-king]], spouse",)
    assert found.text("referred_by") == "Mary Somerville"
    assert found.texts("knows") == ("[[william-king]]",)
    assert "- related: Charles Babbage, friend\n" in vault["contacts/ada-king.md"].decode()
    assert imported(ada + spouse, into=vault)[1].edits == ()


def test_what_our_own_export_wrote_comes_back():
    lines = [
        "UID:7f", "X-PTCRM-NO-UID:true", "X-PTCRM-ID:work/ada-k", "X-PTCRM-TIER:A", "X-PTCRM-COI:true", "X-PTCRM-CADENCE:3 months",
        "X-PTCRM-OTHER:shoe size: 38", 'X-PTCRM-OTHER:cats: ["Tom"\\, "Kit"]', "X-PTCRM-LOG:- 2026-01-02 call: Hello\\n  - of the gym",
        "X-PTCRM-LOG:- [ ] 2026-12-04 dinner: planned\\n  - [ ] book a table",
        "X-PTCRM-LOG:- 2026-03-02 12:30 lunch: x [minutes:: 90] ^abc123", "X-PTCRM-FOLLOW-UP:- [ ] Send it [due:: 2026-12-01]",
        "X-PTCRM-BODY:Above.\\n\\n## Notes\\n\\n- a list\\n- 1\\, 2",
    ]  # fmt: skip
    vault, _ = imported(card("FN:Ada King", *lines))
    ada = read(vault, "work/ada-k")
    assert (ada.keys["tier"], ada.keys["coi"], ada.keys["cadence"]) == ("A", True, "3 months")
    assert ada.other == {"shoe size": "38", "cats": ["Tom", "Kit"]}
    assert [(str(one.on), one.kind, one.text, one.details) for one in ada.interactions] == [
        ("2026-01-02", "call", "Hello", ("- of the gym",)), ("2026-03-02", "lunch", "x", ()),
        ("2026-12-04", "dinner", "planned", ("- [ ] book a table",)),
    ]  # fmt: skip
    assert (ada.interactions[1].at_time, ada.interactions[1].block_id) == ("12:30", "abc123")
    (promise,) = [one for one in ada.follow_ups if one.text == "Send it"]
    assert len(ada.follow_ups) == 3
    assert (promise.text, str(promise.due)) == FollowUp("Send it")._replace(due="2026-12-01")[:2]  # type: ignore[arg-type]
    assert "\n\nAbove.\n\n## Notes\n\n- a list\n- 1, 2\n\n" in vault["contacts/work/ada-k.md"].decode()
    assert imported(card("FN:Ada King", *lines), into=vault)[1].edits == ()
