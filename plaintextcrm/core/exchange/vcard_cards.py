"""One card -> one person: each property to the key that means the same, else to a line of the body under its own name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from plaintextcrm.core.dates import parse_partial, partial_text
from plaintextcrm.core.exchange.cells import is_plain, protect
from plaintextcrm.core.exchange.incoming import Person, Related
from plaintextcrm.core.exchange.vcard_mapper import DULL_TYPES, LONGEST_KEY, OURS, Mapper, Values, bare_uid, spaced
from plaintextcrm.core.exchange.vcard_text import Card, Property
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Location
from plaintextcrm.core.record import NamedTuple

FAMILY = frozenset(
    "spouse partner husband wife child son daughter parent mother father brother sister sibling kin family "
    "grandmother grandfather grandparent grandchild aunt uncle cousin nephew niece domestic-partner".split()
)
INTRODUCED = frozenset(["referred by", "introduced by", "referred-by", "met through"])
EMPTY_DATES = frozenset(["0/0/00", "00/00/00", "0000-00-00", "00000000"])
SILENT = frozenset(["VERSION", "BEGIN", "END", "MEMBER", "X-ADDRESSBOOKSERVER-MEMBER", "X-ABLABEL", "N", "FN", "PROFILE"])
KINDS = ("KIND", "X-ADDRESSBOOKSERVER-KIND")
RANKED = ("TEL", "EMAIL", "ADR")


class Mapped(NamedTuple):
    """A card as a person; `members` are the uids of a group's; `named_by` says what stands in for a missing name."""

    person: Person
    members: tuple[str, ...] = ()
    named_by: str = ""


def kind_of(card: Card) -> str:
    """individual, group, org or location, in lower case."""
    return next((one.value.strip().lower() for one in card.properties if one.name in KINDS), "")


def is_group(card: Card) -> bool:
    """Whether a card is a group of others."""
    return kind_of(card) == "group"


def is_organisation(card: Card) -> bool:
    """Whether a card is a firm, not a person."""
    shown = card.first("X-ABSHOWAS")
    return kind_of(card) in ("org", "location") or (shown is not None and shown.value.strip().upper() == "COMPANY")


def person_of(card: Card, where: Location, kinds: KindTable = STANDARD) -> Mapped | str:
    """The card as a person, or why it is none."""
    if not any(one.name not in SILENT for one in card.properties) and not _names(card):
        return "a card with nothing in it"
    mapper = Mapper(card, kinds)
    name, named_by = mapper.name()
    if not name:
        return "nothing to call this card by: no name, company, e-mail or phone"
    if not is_plain(name, LONGEST_KEY):
        reason = "a control character in the name" if len(name) <= LONGEST_KEY else f"a name of {len(name):,} characters"
        return reason
    return Mapped(_person(mapper, name, where), mapper.members(), named_by)


def _names(card: Card) -> list[Property]:
    return [one for one in card.properties if one.name in ("FN", "N") and one.value.strip(" ;")]


def _person(mapper: Mapper, name: str, where: Location) -> Person:
    """Everything that the card says."""
    for one in mapper.card.properties:
        if one.name.startswith(OURS):
            mapper.ours(one)
    mapper.names(name)
    for one in _by_preference(mapper.card.properties):
        if one.name in SILENT or one.name.startswith(OURS) or (one.name == "X-ABLABEL"):
            continue
        if one.data is not None or one.size:
            mapper.binary(one)
        else:
            MAPPING.get(one.name, Mapper.keep)(mapper, one)
    mapper.unused_labels()
    keys: dict[str, Values] = {**mapper.keys, **{key: tuple(values) for key, values in mapper.lists.items() if key not in mapper.keys}}
    uid = mapper.card.first("UID")
    called = bare_uid(mapper.text(uid)) if uid else ""
    if uid and not is_plain(called, LONGEST_KEY):
        mapper.keep(uid)
        called = ""
    rest = tuple((column, tuple(lines)) for column, lines in mapper.rest.items())
    origin = protect(" ".join(where.path.replace("\\", "/").rsplit("/", 1)[-1].split()))
    return Person(
        name, called, keys, rest, where, origin, "\n\n".join(mapper.notes), tuple(mapper.attachments), tuple(mapper.related),
        tuple(mapper.log), MappingProxyType(mapper.other), mapper.body, tuple(mapper.follow_ups), mapper.id,
        "NO-UID" in mapper.own,
    )  # fmt: skip


# --- one function a property ---------------------------------------------------------------------------------------


def _many(key: str) -> Callable[[Mapper, Property], None]:
    """EMAIL and TEL: all of them under one key; their types and labels in the body."""

    def take(mapper: Mapper, one: Property) -> None:
        value = re.sub(r"(?i)\A(?:tel|mailto):", "", spaced(mapper.text(one)))
        if not mapper.add(key, value):
            mapper.keep(one)
        elif mapper.column(one) != one.name or (one.params and value != mapper.text(one)):
            mapper.keep(one)

    return take


def _address(mapper: Mapper, one: Property) -> None:
    parts = [" ".join(part.split()) for part in mapper.parts(one)]
    shown = ", ".join(part for part in parts if part)
    if not shown:
        return
    town = next((part for part in (*parts[3:5], *parts[6:7]) if part), "")
    only_town = [part for part in parts if part] == [town]
    if "location" not in mapper.keys and not mapper.is_ours("location"):
        mapper.take("location", town)
    if not (only_town and mapper.keys.get("location") == town) and not mapper.is_ours("address"):
        mapper.add("address", shown)
    if mapper.column(one) != one.name or (shown not in mapper.lists.get("address", ()) and not only_town):
        mapper.keep(one, shown)
    if one.param("LABEL"):
        _label(mapper, one._replace(value=one.param("LABEL"), name="LABEL"))


def _label(mapper: Mapper, one: Property) -> None:
    """The address as it is printed: only where it says something that ADR does not."""
    words = set(re.findall(r"\w+", mapper.text(one).lower()))
    if not words <= set(re.findall(r"\w+", " ".join(mapper.lists.get("address", ())).lower())):
        mapper.keep(one, " / ".join(line.strip() for line in mapper.text(one).splitlines() if line.strip()))


def _one(key: str, cut: bool = False) -> Callable[[Mapper, Property], None]:
    """A single value; a second one, or one that the key does not take, is a line of the body."""

    def take(mapper: Mapper, one: Property) -> None:
        parts = mapper.parts(one) if cut else [spaced(mapper.text(one))]
        value, *more = [spaced(part) for part in parts]
        if (mapper.is_ours(key) and mapper.keys.get(key) == value) or mapper.take(key, value):
            for unit in filter(None, more):
                mapper.keep(Property(one.line, "department"), unit)
        else:
            mapper.keep(one, ", ".join(part for part in (value, *more) if part))

    return take


def _list(key: str, loose: bool = False) -> Callable[[Mapper, Property], None]:
    """A list at commas; `loose`: at escaped ones too, where there are no others (CATEGORIES:a\\, b)."""

    def take(mapper: Mapper, one: Property) -> None:
        parts = mapper.parts(one, ",")
        if loose and not mapper.own and len(parts) == 1 and "\\," in one.value:
            parts = [part.strip() for part in parts[0].split(",")]
        for part in filter(None, map(spaced, parts)):
            if not mapper.add(key, part):
                mapper.keep(one, part)

    return take


def _link(mapper: Mapper, one: Property) -> None:
    value = mapper.text(one)
    key = "linkedin" if re.match(r"(?i)(?:https?://)?(?:[a-z]+\.)?linkedin\.com/", value) else "website"
    is_address = re.match(r"(?i)(?:https?://|www\.)\S+\Z", value) is not None or one.name == "URL"
    if one.types == ("linkedin",) and not mapper.labels.get(one.group) and mapper.add("linkedin", value):
        return
    if not (is_address and mapper.add(key, value)) or mapper.column(one) != one.name:
        mapper.keep(one)


def _day(key: str) -> Callable[[Mapper, Property], None]:
    """A day as far as it is known; as written where it is none."""

    def take(mapper: Mapper, one: Property) -> None:
        written = mapper.text(one)
        value = _partial(one, written)
        if written not in EMPTY_DATES and not (mapper.keys.get(key) == value or mapper.take(key, value)):
            mapper.keep(Property(one.line, f"{key} (as written)"), written)

    return take


def _partial(one: Property, written: str) -> str:
    """`1980-03-22`, `--03-22`; Apple's year 1604, by parameter or not, is none."""
    known = parse_partial(written)
    if known is None:
        return ""
    if one.param("X-APPLE-OMIT-YEAR") and known.year and str(known.year) == one.param("X-APPLE-OMIT-YEAR"):
        known = known._replace(year=None)
    return partial_text(known)


def _yearly(words: str = "") -> Callable[[Mapper, Property], None]:
    """ANNIVERSARY, X-ABDATE and their like: a line of `dates`, or the day the present job began."""

    def take(mapper: Mapper, one: Property) -> None:
        said = words or mapper.labels.get(one.group, "") or "anniversary"
        known = parse_partial(mapper.text(one))
        value = _partial(one, mapper.text(one))
        whole = known is not None and known.month is not None and known.day is not None
        works = whole and said.lower() == "work anniversary" and not mapper.own and mapper.take("started", value)
        if works or (whole and mapper.add("dates", f"{value.removeprefix('--')} {said}")):
            mapper.told.add(one.group)
        else:
            mapper.keep(one)

    return take


def _related(words: str = "") -> Callable[[Mapper, Property], None]:
    """RELATED, X-ABRELATEDNAMES and their like: family, who introduced them, or somebody they know."""

    def take(mapper: Mapper, one: Property) -> None:
        value = spaced(mapper.text(one))
        types = [word for word in one.types if word not in DULL_TYPES]
        said = words or mapper.labels.get(one.group, "") or ", ".join(types)
        key = "family" if {said.lower(), *types} & FAMILY else "referred_by" if {said.lower(), *types} & INTRODUCED else "knows"
        if mapper.is_ours(key):
            return
        is_uid = value[:9].lower() == "urn:uuid:" or (one.param("VALUE").lower() == "uri" and ":" in value)
        if value and is_plain(value, LONGEST_KEY):
            mapper.told.add(one.group)
            known = Related(key, bare_uid(value)) if is_uid else Related(key, "", value)
            mapper.related.append(known._replace(words=said if key != "referred_by" else ""))
        else:
            mapper.keep(one)

    return take


def _note(mapper: Mapper, one: Property) -> None:
    text = mapper.text(one)
    if text and text not in mapper.notes:
        mapper.notes.append(text)


def _nothing(mapper: Mapper, one: Property) -> None:
    """Said elsewhere: the uid."""


def _individual(mapper: Mapper, one: Property) -> None:
    if mapper.text(one).lower() != "individual":
        mapper.keep(one)


MAPPING: Mapping[str, Callable[[Mapper, Property], None]] = {
    "NICKNAME": _list("aliases", loose=True), "BDAY": _day("birthday"), "DEATHDATE": _day("died"), "X-DEATHDATE": _day("died"),
    "ORG": _one("company", cut=True), "TITLE": _one("role"), "ROLE": _one("role"), "EMAIL": _many("email"), "TEL": _many("phone"),
    "ADR": _address, "LABEL": _label, "CATEGORIES": _list("tags", loose=True), "HOBBY": _list("hobbies"), "X-HOBBY": _list("hobbies"),
    "NOTE": _note, "RELATED": _related(), "X-ABRELATEDNAMES": _related(), "X-SPOUSE": _related("spouse"),
    "X-EVOLUTION-SPOUSE": _related("spouse"), "X-MS-SPOUSE": _related("spouse"), "X-MS-CHILD": _related("child"),
    "X-MANAGER": _related("manager"), "X-MS-MANAGER": _related("manager"), "X-EVOLUTION-MANAGER": _related("manager"),
    "X-ASSISTANT": _related("assistant"), "X-MS-ASSISTANT": _related("assistant"), "X-EVOLUTION-ASSISTANT": _related("assistant"),
    "ANNIVERSARY": _yearly("anniversary"), "X-ANNIVERSARY": _yearly("anniversary"), "X-MS-ANNIVERSARY": _yearly("anniversary"),
    "X-EVOLUTION-ANNIVERSARY": _yearly("anniversary"), "X-ABDATE": _yearly(), "URL": _link, "SOCIALPROFILE": _link,
    "X-SOCIALPROFILE": _link, "UID": _nothing, "KIND": _individual,
}  # fmt: skip


def _by_preference(properties: Sequence[Property]) -> Iterator[Property]:
    """As in the card, roles after titles; before them phones, e-mails and addresses, the preferred first, faxes last, home before work."""
    ranked = sorted((one for one in properties if one.name in RANKED), key=_rank)
    others = sorted((one for one in properties if one.name not in RANKED), key=lambda one: one.name in ("LABEL", "ROLE"))
    return iter([*ranked, *others])


def _rank(one: Property) -> tuple[int, int]:
    types = one.types
    pref = one.param("PREF")
    preferred = int(pref) if pref.isdigit() and len(pref) < 4 else 1 if "pref" in types else 500
    if one.name == "TEL":
        return 9999 if "fax" in types else preferred, 0 if "cell" in types else 1
    return preferred, 0 if "home" in types else 1
