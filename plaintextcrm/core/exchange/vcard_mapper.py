"""What one card says, as it fills up: keys, lists, lines of the body, people beside, attachments, and what our own export wrote."""

from __future__ import annotations

import json
import re

from plaintextcrm.core.entries import parse_entry
from plaintextcrm.core.exchange.cells import column_lines, is_plain, label
from plaintextcrm.core.exchange.incoming import Attachment, Related, canonical
from plaintextcrm.core.exchange.vcard_text import Card, Property, parts_of, unescaped
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.vocabulary import BY_FOLD, LIST_TYPES, fold_key

LONGEST_KEY = 1000  # characters; what is longer stands in the body
OURS = "X-PTCRM-"
DULL_TYPES = frozenset(["voice", "pref", "internet", "x400", "uri", "text"])
SUFFIXES = (
    (b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"GIF8", "gif"), (b"BM", "bmp"), (b"II*\0", "tif"), (b"MM\0*", "tif"),
    (b"OggS", "ogg"), (b"ID3", "mp3"), (b"-----BEGIN PGP", "asc"),
)  # fmt: skip
PLAIN_PARAMS = frozenset(
    ["TYPE", "PREF", "VALUE", "ENCODING", "CHARSET", "LABEL", "MEDIATYPE", "X-APPLE-OMIT-YEAR", "X-CUSTOM", "ALTID", "PID", "INDEX"]
)  # those that say how to read a value, and those that are said elsewhere
Values = str | tuple[str, ...]


def bare_uid(text: str) -> str:
    """A UID without `urn:uuid:`."""
    text = text.strip()
    return text[9:] if text[:9].lower() == "urn:uuid:" else text


class Mapper:
    """Fills up, property by property."""

    def __init__(self, card: Card, kinds: KindTable = STANDARD) -> None:
        self.card, self.version, self.kinds = card, card.version, kinds
        self.keys: dict[str, Values] = {}
        self.lists: dict[str, list[str]] = {}
        self.rest: dict[str, list[str]] = {}
        self.notes: list[str] = []
        self.attachments: list[Attachment] = []
        self.related: list[Related] = []
        self.log: list[Interaction] = []
        self.follow_ups: list[str] = []
        self.body = self.id = ""
        self.other: dict[str, object] = {}
        self.told: set[str] = set()  # the groups whose label is said
        self.labels = {one.group: _label_text(self.text(one)) for one in card.properties if one.name == "X-ABLABEL" and one.group}
        self.own = {one.name[len(OURS) :] for one in card.properties if one.name.startswith(OURS)}

    # -- values

    def text(self, one: Property) -> str:
        """A value, unescaped."""
        return unescaped(one.value, self.version).strip()

    def parts(self, one: Property, sign: str = ";") -> list[str]:
        """A value in its parts."""
        return parts_of(one.value, sign, self.version)

    def column(self, one: Property) -> str:
        """How the body names a property: `TEL (District office, work, fax)`."""
        if not one.params and not one.group:
            return label(one.name)
        words = [self.labels.get(one.group, ""), one.param("X-CUSTOM"), *(word for word in one.types if word not in DULL_TYPES)]
        words += (f"{key.lower()}={value}" for key, value in one.params if key not in PLAIN_PARAMS and value)
        said = ", ".join(dict.fromkeys(word for word in words if word))
        return label(f"{one.name} ({said})"[:200] if said else one.name)

    def keep(self, one: Property, text: str | None = None) -> None:
        """A line of the body."""
        value = self.text(one) if text is None else text
        if value.strip():
            column = self.column(one)
            lines = self.rest.setdefault(column, [])
            lines += (line for line in column_lines(column, value) if line not in lines)

    def take(self, key: str, value: str) -> bool:
        """Keep a value under a key that has none yet and takes it as it is."""
        if not value or key in self.keys or not is_plain(value, LONGEST_KEY):
            return False
        known = BY_FOLD[fold_key(key)]
        if canonical(key, value) != value or known.type in LIST_TYPES:
            return False
        self.keys[key] = value
        return True

    def add(self, key: str, value: str) -> bool:
        """One more of a list; False where the key would not give it back."""
        value = " ".join(value.split()) if "\n" not in value else value
        if not value or not is_plain(value, LONGEST_KEY) or canonical(key, (value,)) != (value,):
            return False
        held = self.lists.setdefault(key, [])
        if value not in held:
            held.append(value)
        return True

    # -- the whole

    def name(self) -> tuple[str, str]:
        """(what they are called, what stands in for a name)."""
        shown = next((text for one in self.card.properties if one.name == "FN" and (text := spaced(self.text(one)))), "")
        if shown:
            return shown, ""
        parts = self.name_parts()
        composed = spaced(" ".join(parts[key] for key in ("given_name", "middle_name", "family_name", "name_suffix") if parts.get(key)))
        if composed:
            return composed, ""
        for name, word in (("NICKNAME", "nickname"), ("ORG", "company"), ("EMAIL", "e-mail"), ("TEL", "phone")):
            one = self.card.first(name)
            text = spaced(self.parts(one)[0] if one and name == "ORG" else self.text(one) if one else "")
            if text:
                return text.removeprefix("tel:"), word
        return "", ""

    def name_parts(self) -> dict[str, str]:
        """The parts of N."""
        one = self.card.first("N")
        parts = [spaced(part) for part in self.parts(one)] if one else []
        order = ("family_name", "given_name", "middle_name", "name_prefix", "name_suffix")
        return {key: part for key, part in zip(order, parts, strict=False) if part}

    def members(self) -> tuple[str, ...]:
        """The uids of a group's members."""
        found = (one for one in self.card.properties if one.name in ("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"))
        return tuple(dict.fromkeys(bare_uid(self.text(one)) for one in found))

    def names(self, name: str) -> None:
        """The parts where the name cut at its blanks does not give them; further display names are aliases."""
        parts = self.name_parts()
        own = [parts[key] for key in ("given_name", "middle_name", "family_name", "name_suffix") if key in parts]
        plain = " ".join(own) == name and not any(" " in part for part in own)
        for key, part in () if "ID" in self.own else parts.items():  # our own export says the parts by themselves
            if key == "name_prefix" and f"{name} ".startswith(f"{part} "):
                continue
            if (not plain or key == "name_prefix") and not self.take(key, part) and self.keys.get(key) != part:
                self.keep(Property(0, "N", part))
        one = self.card.first("N")
        for part in self.parts(one)[5:] if one else ():
            self.keep(Property(0, "N", part))
        others = (spaced(self.text(one)) for one in self.card.properties if one.name == "FN")
        for other in others:
            if other and other != name and not self.add("aliases", other):
                self.keep(Property(0, "FN", other))

    def ours(self, one: Property) -> None:
        """What our own export wrote for a key that vCard has no property for."""
        word = one.name[len(OURS) :].replace("-", "_").lower()
        value = unescaped(one.value, self.version)
        if word == "log":
            first, *details = value.rstrip().split("\n")
            entry = parse_entry(first, kinds=self.kinds)
            if entry:
                self.log.append(entry._replace(details=tuple(line.removeprefix("  ") for line in details)))
            else:
                self.keep(one)
        elif word == "follow_up":
            self.follow_ups.append(value.strip("\n"))
        elif word == "body":
            self.body = value.strip("\n")
        elif word == "id":
            self.id = value.strip()
        elif word == "other":
            self.foreign(one, value)
        elif word == "no_uid":
            pass
        else:
            known = BY_FOLD.get(fold_key(word))
            if known is None or known.name in ("name", "uid") or not self.ours_taken(known.name, known.type, value.strip()):
                self.keep(one)

    def ours_taken(self, key: str, type: str, value: str) -> bool:
        """Whether one of our keys takes the value."""
        if type in LIST_TYPES or (type == "bool or list" and value.lower() not in ("true", "false")):
            return self.add(key, value)
        if key in self.keys or not is_plain(value, LONGEST_KEY) or canonical(key, value) is None:
            return False
        self.keys[key] = value
        return True

    def foreign(self, one: Property, value: str) -> None:
        """A key of the user's own, `name: value`; a list is written as JSON."""
        name, _, text = value.partition(": ")
        found: object = text
        if text[:1] == "[":
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                found = text
        texts = found if isinstance(found, list) else [found]
        if name and texts and all(isinstance(part, str) for part in texts):
            self.other[name] = found
        else:
            self.keep(one)

    def is_ours(self, key: str) -> bool:
        """Whether our own export says this key by itself."""
        return key.upper().replace("_", "-") in self.own

    def unused_labels(self) -> None:
        """Labels of Apple's that name a property which is a key: they say something of their own."""
        used = " ".join(self.rest)
        for group, words in self.labels.items():
            if words and group not in self.told and words not in used:
                self.keep(Property(0, "X-ABLABEL", words))

    def binary(self, one: Property) -> None:
        """A photo becomes a file of its own."""
        words = re.sub(r"[^a-z]", "", one.name.lower())[:20] or "file"
        if one.data is None:
            self.keep(one, f"left out, {one.size:,} bytes")
        elif one.data:
            self.attachments.append(Attachment(words, _suffix(one.data), one.data))


def _label_text(text: str) -> str:
    """A label of Apple's without its wrapper."""
    inner = re.match(r"_\$!<(.*)>!\$_\Z", text.strip())
    return " ".join((inner[1].lower() if inner else text).split())


def spaced(text: str) -> str:
    return " ".join(text.split())


def _suffix(data: bytes) -> str:
    """What kind of file bytes are, by their beginning; nothing else is believed."""
    if data[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(data[8:12], "bin")
    return next((suffix for mark, suffix in SUFFIXES if data.startswith(mark)), "bin")
