"""People as vCard 3.0 (RFC 2426) or 4.0 (RFC 6350), without loss: what vCard has no property for goes along as `X-PTCRM-…`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from uuid import NAMESPACE_URL, uuid5

from plaintextcrm.core.contentlines import folded
from plaintextcrm.core.dates import parse_partial
from plaintextcrm.core.exchange.out.leaving import Leaving
from plaintextcrm.core.model import Contact, YearlyDate
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.vocabulary import KEYS

NAME_PARTS = ("family_name", "given_name", "middle_name", "name_prefix", "name_suffix")  # in the order of N
NO_YEAR = 1604  # what Apple writes for it in 3.0, which has no dates without a year
_BREAKS = pattern("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # all that some reader takes for the end of a line
_UNSAID = pattern("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SIMPLE = (("role", "TITLE"), ("email", "EMAIL"), ("phone", "TEL"), ("website", "URL"))
_HAVE_PROPERTY = frozenset(
    [*(key for key, _ in _SIMPLE), "name", "aliases", "tags", "company", "location", "linkedin", "birthday", "dates", "uid"]
)


def vcards(people: Iterable[Leaving], version: str = "3.0") -> str:
    """All of them in one file."""
    return "".join(vcard(one, version) for one in people)


def vcard(one: Leaving, version: str = "3.0") -> str:
    """One card, its lines ended by CR LF and folded."""
    lines = ["BEGIN:VCARD", f"VERSION:{version}", *_properties(one, version), "END:VCARD"]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def uid_of(contact: Contact) -> str:
    """The contact's own, else one that stays the same as long as the id does."""
    return contact.text("uid") or str(uuid5(NAMESPACE_URL, f"ptcrm:{contact.id}"))


# --- properties ----------------------------------------------------------------------------------------------------


def _properties(one: Leaving, version: str) -> Iterator[str]:
    contact = one.contact
    yield f"UID:{escaped(uid_of(contact))}"
    if "uid" not in contact.keys:
        yield "X-PTCRM-NO-UID:true"
    yield f"X-PTCRM-ID:{escaped(contact.id)}"
    yield f"FN:{escaped(contact.name or contact.slug)}"
    yield f"N:{';'.join(escaped(part) for part in _name_parts(contact))}"
    for key, name in (("aliases", "NICKNAME"), ("tags", "CATEGORIES")):
        if contact.texts(key):
            yield f"{name}:{','.join(escaped(text) for text in contact.texts(key))}"
    if contact.text("company"):
        yield f"ORG:{escaped(contact.text('company') or '')}"
    for key, name in _SIMPLE:
        for text in contact.texts(key):
            yield f"{name}:{escaped(text)}"
    if contact.text("location"):
        yield f"ADR:;;;{escaped(contact.text('location') or '')};;;"
    yield from (f"ADR:;;{escaped(text)};;;;" for text in contact.texts("address"))
    if version == "4.0":
        yield from (f"HOBBY:{escaped(text)}" for text in contact.texts("hobbies"))
    for text in contact.texts("linkedin"):
        yield f"{'SOCIALPROFILE' if version == '4.0' else 'X-SOCIALPROFILE'};TYPE=linkedin:{escaped(text)}"
    yield from _days(contact, version)
    yield from _own(one, version)


def _name_parts(contact: Contact) -> tuple[str, ...]:
    """Family, given, middle, prefix, suffix: as the file says, else the name cut at its blanks."""
    said = tuple(contact.text(key) or "" for key in NAME_PARTS)
    return said if said[0] or said[1] else _cut(contact)[:3] + said[3:]


def _cut(contact: Contact) -> tuple[str, ...]:
    first, *rest = contact.name.split() or [contact.slug]
    return rest[-1] if rest else "", first, " ".join(rest[:-1]), "", ""


def _days(contact: Contact, version: str) -> Iterator[str]:
    """The birthday, the day of death, and the days that come back, each with its label."""
    for key, name in (("birthday", "BDAY"), ("died", "DEATHDATE")):
        text = contact.text(key)
        if text and (version == "4.0" or key == "birthday"):
            yield from _partial(name, text, version)
    for number, (text, on) in enumerate(zip(contact.texts("dates"), contact.dates, strict=False), 1):
        yield f"day{number}.X-ABDATE{_year_less(on)}:{on.year or NO_YEAR:04}-{on.month:02}-{on.day:02}"
        yield f"day{number}.X-ABLabel:{escaped(on.label or text)}"


def _year_less(on: YearlyDate) -> str:
    return "" if on.year else f";X-APPLE-OMIT-YEAR={NO_YEAR}"


def _partial(name: str, text: str, version: str) -> Iterator[str]:
    """A date whose year or day may be missing: 4.0 can say that, 3.0 has only Apple's way for a missing year."""
    on = parse_partial(text)
    if on is None:
        return
    year, month, day = on
    if version == "4.0":
        month_day = f"{month:02}{day:02}" if month and day else ""
        whole = (
            f"{year:04}{month_day}" if year and month_day else f"{year:04}-{month:02}" if year and month else f"{year:04}" if year else ""
        )
        yield f"{name}:{whole or f'--{month_day or month:02}'}"
    elif month and day:
        yield f"{name}:{year:04}-{month:02}-{day:02}" if year else f"{name};X-APPLE-OMIT-YEAR={NO_YEAR}:{NO_YEAR}-{month:02}-{day:02}"


def _own(one: Leaving, version: str) -> Iterator[str]:
    """What only our own import understands: every other key, the user's own ones, the log, follow-ups, the rest of the body."""
    contact = one.contact
    for key in KEYS:
        if key.name in contact.keys and not (key.name in _HAVE_PROPERTY and _is_said(contact, key.name, version)):
            yield from (f"X-PTCRM-{key.name.upper().replace('_', '-')}:{escaped(text)}" for text in _values(contact.keys[key.name]))
    for name, value in contact.other.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"X-PTCRM-OTHER:{escaped(f'{name}: {text}')}"
    yield from (f"X-PTCRM-LOG:{escaped(text)}" for text in one.entries)
    yield from (f"X-PTCRM-FOLLOW-UP:{escaped(line)}" for _, line in one.tasks)
    if one.body:
        yield f"X-PTCRM-BODY:{escaped(one.body)}"


def _is_said(contact: Contact, key: str, version: str) -> bool:
    """Whether the vCard property says all of it, so that it is read back as it is."""
    on = contact.birthday
    if key == "birthday":
        return on is not None and (version == "4.0" or bool(on.month and on.day))
    if key == "dates":
        return contact.texts(key) == tuple(_yearly_text(on) for on in contact.dates)
    if key == "location":
        return not contact.texts("address")
    return True


def _yearly_text(on: YearlyDate) -> str:
    return f"{f'{on.year:04}-' if on.year else ''}{on.month:02}-{on.day:02} {on.label}"


def _values(value: str | bool | tuple[str, ...]) -> Sequence[str]:
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (value,) if isinstance(value, str) else value


# --- text ----------------------------------------------------------------------------------------------------------


def escaped(text: str) -> str:
    r"""A value: `\`, `;`, `,` and line ends escaped; a control character, which no card may hold, is left out."""
    text = _UNSAID.sub("", _BREAKS.sub("\n", text)) if not text.isprintable() else text
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")
