"""A card that is there and a newer one of ours made one: what only other programs write (photos, types, labels) stays as it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plaintextcrm.core.contentlines import folded
from plaintextcrm.core.exchange.vcard_text import parts_of, unescaped
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple

OURS = frozenset(
    "BEGIN VERSION END UID FN N NICKNAME CATEGORIES ORG TITLE EMAIL TEL URL ADR BDAY DEATHDATE HOBBY X-ABDATE REV".split()
)  # fmt: skip
_LINE = pattern(r"(?:([\w-]+)\.)?([A-Za-z0-9-]+)((?:;(?:\"[^\"]*\"|[^\":])*)?):(.*)\Z", re.DOTALL)
_WRAP = pattern(r"\r?\n[ \t]")


class _Line(NamedTuple):
    """One line of a card, unfolded."""

    text: str
    group: str = ""
    name: str = ""
    params: str = ""
    value: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether an export says all there is of this property."""
        linkedin = self.name in ("X-SOCIALPROFILE", "SOCIALPROFILE") and "linkedin" in self.params.lower()
        return self.name in OURS or self.name.startswith("X-PTCRM-") or linkedin


def lines_of(card: str) -> list[_Line]:
    """The lines of a card, unfolded."""
    return [_line(line.rstrip("\r")) for line in _WRAP.sub("", card).split("\n") if line.strip()]


def _line(text: str) -> _Line:
    match = _LINE.match(text)
    return _Line(text, (match[1] or "").lower(), match[2].upper(), match[3], match[4]) if match else _Line(text)


def version_of(card: str) -> str:
    """3.0 or 4.0, whichever the card is in."""
    return "4.0" if any(line.name == "VERSION" and line.value.strip() == "4.0" for line in lines_of(card)) else "3.0"


def uid_in(card: str) -> str:
    """The UID that a card says, without `urn:uuid:`; "" without one."""
    found = next((line.value for line in lines_of(card) if line.name == "UID"), "")
    return unescaped(found.strip(), "3.0").removeprefix("urn:uuid:")


def same_card(one: str, other: str) -> bool:
    """Whether two cards say the same, however they are folded."""
    return [line.text for line in lines_of(one)] == [line.text for line in lines_of(other)]


def kept(old: str, new: str) -> str:
    """The new card; where the old one says the same in its own way, its line stays, as does every line that we do not write."""
    days = {line.group for line in lines_of(old) if line.name == "X-ABDATE"} - {""}
    there = [line for line in lines_of(old) if line.name not in ("BEGIN", "END", "VERSION", "REV") and line.group not in days]
    mine = lines_of(new)
    addresses = [line for line in there if line.name == "ADR" and _is_told(line, mine)]
    used = [*addresses]
    lines: list[_Line] = []
    for line in mine:
        if line.name == "ADR" and addresses:
            continue  # the old ones say it better, in parts
        held = None if line.group else next((one for one in there if one not in used and _says(one, line)), None)
        used += [held] if held else []
        lines.append(held or line)
    foreign = [line for line in there if not line.is_ours and line.name != "X-ABLABEL"]
    groups = {line.group for line in (*used, *foreign)} - {""}
    labels = [line for line in there if line.name == "X-ABLABEL" and line.group in groups]
    whole = [*lines[:-1], *addresses, *foreign, *labels, lines[-1]]
    return "".join(f"{folded(line.text)}\r\n" for line in whole)


def _says(old: _Line, new: _Line) -> bool:
    """Whether an old line says what a new one does."""
    if old.name != new.name:
        return False
    if old.name in ("TEL", "BDAY", "DEATHDATE"):
        digits = [re.sub(r"\D", "", line.value) for line in (old, new)]
        return digits[0] == digits[1] and bool(digits[0]) and ("--" in old.value) == ("--" in new.value)
    if old.name == "ORG":
        return parts_of(old.value, ";", "3.0")[0] == parts_of(new.value, ";", "3.0")[0]
    if old.name in ("CATEGORIES", "NICKNAME"):
        return sorted(parts_of(old.value, ",", "3.0")) == sorted(parts_of(new.value, ",", "3.0"))
    if old.name == "UID":
        return old.value.removeprefix("urn:uuid:") == new.value
    return _plain(old) == _plain(new)


def _plain(line: _Line) -> str:
    return unescaped(line.value.rstrip(";"), "3.0").strip()


def _is_told(address: _Line, mine: Sequence[_Line]) -> bool:
    """Whether an address in several parts is wholly among what the contact has for a place or an address."""
    parts = [part for part in parts_of(address.value, ";", "3.0") if part]
    told = " ".join(_plain(line) for line in mine if line.name in ("ADR", "X-PTCRM-LOCATION", "X-PTCRM-ADDRESS"))
    return len(parts) > 1 and all(" ".join(part.split()) in " ".join(told.split()) for part in parts)
