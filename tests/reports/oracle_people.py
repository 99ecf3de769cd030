"""The people of a vault as a second reading has them: front matter by YAML, entries by one pattern, nothing of our own code.

It knows as much of the format as the example vault and the letters use.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

NO_CONTACT = {"note", "research", "comment", "skip", "review", "handover"}
SAME = {"phone": "call", "zoom": "video", "e-mail": "email", "dm": "message", "whatsapp": "text"}
IN_PERSON = {"meeting", "coffee", "lunch", "dinner", "drinks", "visit", "event"}
VOICE = {"call", "video", "podcast"}
KINDS = IN_PERSON | VOICE | NO_CONTACT | {
    "email", "text", "message", "letter", "card", "post", "gift", "gave", "got", "asked", "offered", "introduced",
    "referral-in", "referral-out",
}  # fmt: skip
OTHER_NAMES = {
    "priority": "tier",
    "first_met": "met",
    "last_contacted": "last_contact",
    "circle": "five",
    "theme": "groups",
    "org": "company",
}
ENTRY = re.compile(
    r"^(?:[*+-] (?:\[(?P<box>.)\] )?|#{3} |\| ?)?\*{0,2}(?P<day>\d{4}[-/]\d\d[-/]\d\d)\*{0,2}(?: \d\d:\d\d)?"
    r"[ |—:]*(?:(?P<kind>[a-z-]+)(?=:| [|—]|$))?(?P<rest>.*)$"
)
FIELD = re.compile(r"[\[(](\w+):: ?([^\])]*)[\])]")


class Line(NamedTuple):
    """One entry of a log."""

    on: date
    kind: str
    fields: dict[str, str]
    block: str
    number: int

    @property
    def is_contact(self) -> bool:
        return self.kind not in NO_CONTACT and self.fields.get("touch") != "no" and self.fields.get("reached") != "no"


class Somebody(NamedTuple):
    """One file: its keys by our names, its entries of past days oldest first."""

    id: str
    keys: dict[str, Any]
    log: list[Line]

    @property
    def name(self) -> str:
        given = " ".join(str(self.keys[key]) for key in ("firstName", "lastName") if key in self.keys)
        return str(self.keys.get("name") or given)

    @property
    def is_gone(self) -> bool:
        return str(self.keys.get("do_not_contact")) == "true" or self.keys.get("status") in ("archived", "deceased")

    @property
    def contacts(self) -> list[Line]:
        return [line for line in self.log if line.is_contact]

    def texts(self, key: str) -> list[str]:
        """A list, or one text as a list of one."""
        value = self.keys.get(key)
        return [str(part) for part in value] if isinstance(value, list) else [str(value)] if value else []

    def day(self, key: str) -> date | None:
        text = str(self.keys.get(key) or "").strip("[]")
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None


def people(root: Path, today: date) -> list[Somebody]:
    """Everybody by id, with what was in the log up to that day."""
    found = []
    for path in sorted((root / "contacts").rglob("*.md")):
        id = path.relative_to(root / "contacts").as_posix().removesuffix(".md")
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        keys = {OTHER_NAMES.get(key, key): value for key, value in (yaml.load(front, yaml.BaseLoader) or {}).items()}
        lines = [line for number, text in enumerate(body.split("\n")) if (line := entry(text, number)) and line.on <= today]
        newest_first = len(lines) > 1 and lines[0].on > lines[-1].on
        found.append(Somebody(id, keys, sorted(lines[::-1] if newest_first else lines, key=lambda line: line.on)))
    return sorted(found, key=lambda one: one.id)


def entry(text: str, number: int) -> Line | None:
    """One line of a log, None for any other line and for what is planned only."""
    match = ENTRY.match(text)
    if not match or match["box"] not in (None, "x", "X"):
        return None
    kind = SAME.get(match["kind"] or "", match["kind"] or "")
    block = re.search(r" \^(\w+)$", text)
    day = date.fromisoformat(match["day"].replace("/", "-"))
    return Line(day, kind if kind in KINDS else "", dict(FIELD.findall(match["rest"])), block[1] if block else "", number)


def settings(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "ptcrm.toml").read_text(encoding="utf-8"))
