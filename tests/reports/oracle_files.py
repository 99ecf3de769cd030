"""A second reading of the files of a vault, with no code in common with the program: YAML, lines and patterns alone."""

from __future__ import annotations

import calendar
import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

# The keys of the files these oracles read, folded, as docs/format.md lists them.
OTHER_NAMES = {
    "aka": "aliases", "emails": "email", "mobile": "phone", "city": "location", "priority": "tier", "circle": "five", "org": "company",
    "introducedby": "referred_by", "partner": "family", "interests": "hobbies", "howwemet": "met_at", "firstmet": "met",
    "lastcontacted": "last_contact", "datecreated": "created", "born": "birthday", "bday": "birthday", "categories": "tags",
}  # fmt: skip
SYNONYMS = {"zoom": "video", "phone": "call", "e-mail": "email", "dm": "message", "whatsapp": "text"}
IN_PERSON = {"meeting", "coffee", "lunch", "dinner", "drinks", "visit", "event"}
VOICE = {"call", "video", "podcast"}
WRITING = {
    "email", "text", "message", "letter", "card", "post", "gift", "gave", "got", "asked", "offered", "introduced", "referral-in", "referral-out",
}  # fmt: skip
NO_CONTACT = {"note", "research", "comment", "skip", "review", "handover"}
KINDS = IN_PERSON | VOICE | WRITING | NO_CONTACT
SECTION = re.compile(r"(#+) +(interactions|log|timeline)$", re.IGNORECASE)
DAY = r"(?P<day>\d{4}[-/]\d\d[-/]\d\d)"
SHAPES = (
    re.compile(rf"[-*+] (?:\[(?P<box>.)\] )?\**{DAY}\**:?(?: \d\d:\d\d)?(?: —)?(?: (?P<rest>.*))?$"),
    re.compile(rf"\| {DAY} \| (?P<rest>.*?) \|$"),
    re.compile(rf"\*\*{DAY}\*\* \| (?P<rest>.*)$"),
    re.compile(rf"#+ {DAY} \| (?P<rest>.*)$"),
)


class Line(NamedTuple):
    """One entry."""

    on: date
    kind: str | None
    text: str
    fields: dict[str, str]
    is_plan: bool
    block: str | None

    @property
    def touches(self) -> bool:
        """Whether it is contact, once its day has come."""
        is_out = self.kind in NO_CONTACT or self.is_plan or self.fields.get("reached") == "no" or self.fields.get("touch") == "no"
        return not is_out


class Person(NamedTuple):
    """One file."""

    id: str
    keys: dict[str, list[str]]
    log: list[Line]
    body: str

    def first(self, key: str) -> str | None:
        """The first value of a key."""
        return next(iter(self.keys.get(key, [])), None)

    def day(self, key: str) -> date | None:
        """A date key."""
        text = self.first(key)
        return date.fromisoformat(text.strip("[]")[:10]) if text else None

    @property
    def name(self) -> str:
        """What they are called."""
        return self.first("name") or " ".join((self.first("firstname") or "", self.first("lastname") or ""))

    def is_gone(self, today: date) -> bool:
        """Not to be turned to."""
        died = self.first("died")
        if died and (len(died) > 4 or today.year > int(died) or (today.month, today.day) == (12, 31)) and died <= today.isoformat():
            return True
        return self.first("donotcontact") == "true" or self.first("status") in ("archived", "deceased")

    def rests(self, today: date) -> bool:
        """Silent because it was said so."""
        paused, snoozed = self.first("paused"), self.day("snoozeuntil")
        return paused == "true" or bool(paused and paused > today.isoformat()) or bool(snoozed and snoozed > today)

    def days(self, today: date) -> list[date]:
        """Days with contact, sorted."""
        return sorted({line.on for line in self.log if line.touches and line.on <= today})

    def last(self, today: date) -> date | None:
        """The last of them, or what `last_contact` says."""
        floor = self.day("last_contact")
        return max([*self.days(today), *([floor] if floor and floor <= today else [])], default=None)

    def past(self, today: date) -> list[Line]:
        """What happened, plans left out."""
        return [line for line in self.log if line.on <= today and not line.is_plan]


class Files(NamedTuple):
    """A vault: its people, its tiers (name -> months, weight), and the months of those without a tier (0: never)."""

    people: dict[str, Person]
    tiers: dict[str, tuple[int, int]]
    default: int

    def tier(self, one: Person) -> str | None:
        """Their tier, if the settings know it."""
        name = (one.first("tier") or "").upper()
        return name if name in self.tiers else None

    def months(self, one: Person) -> int:
        """How often, in months; 0 for never."""
        own = {"yearly": 12, "quarterly": 3, None: 0}[one.first("cadence")]
        tier = self.tier(one)
        return own or (self.tiers[tier][0] if tier else self.default)


def months_after(day: date, months: int) -> date:
    """So many calendar months on: 31 August + 6 months is the end of February."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, calendar.monthrange(day.year + years, month + 1)[1]))


def read(root: Path, tiers: dict[str, tuple[int, int]], default: int = 0) -> Files:
    """Everybody in a vault."""
    paths = sorted((root / "contacts").rglob("*.md"))
    people = [_person(path.relative_to(root / "contacts").with_suffix("").as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    return Files({one.id: one for one in people}, tiers, default)


def _person(id: str, text: str) -> Person:
    _, front, body = text.split("---\n", 2)
    found: dict[str, list[str]] = {}
    raw: dict[str, Any] = yaml.load(front, yaml.BaseLoader) or {}
    for key, value in raw.items():
        folded = key.lower().replace("_", "").replace("-", "").replace(" ", "")
        name = OTHER_NAMES.get(folded, key if "_" in key and folded not in OTHER_NAMES else folded)
        name = {"metat": "met_at", "lastcontact": "last_contact", "referredby": "referred_by", "snooze_until": "snoozeuntil",
                "do_not_contact": "donotcontact"}.get(name, name)  # fmt: skip
        values = value if isinstance(value, list) else [value]
        if name == "five":
            values = value.replace(",", " ").split()
        found[name] = [one for one in values if one]
    return Person(id, found, _log(body), body)


def _log(body: str) -> list[Line]:
    found: list[Line] = []
    depth = 0
    for line in body.split("\n"):
        section, heading = SECTION.match(line), re.match(r"(#+) ", line)
        if section:
            depth = len(section[1])
        elif heading and depth and len(heading[1]) <= depth:
            depth = 0
        entry = next((match for shape in SHAPES if (match := shape.match(line))), None) if depth else None
        if entry:
            found.append(_line(entry))
    return found


def _line(match: re.Match[str]) -> Line:
    rest = match["rest"] or ""
    fields = dict(re.findall(r"[\[(](\w+):: *([^\])]*)[\])]", rest))
    block = re.search(r" \^([a-z0-9]+)$", rest)
    word = re.match(r"([A-Za-z]+(?:-[A-Za-z]+)*)(?:: | — | \| |$| \[)", rest)
    kind = SYNONYMS.get(word[1].lower(), word[1].lower()) if word else None
    box = match.groupdict().get("box")
    on = date.fromisoformat(match["day"].replace("/", "-"))
    return Line(on, kind if kind in KINDS else None, rest, fields, bool(box) and box not in "xX", block[1] if block else None)
