"""FILTER -> predicate (docs/commands.md, "Filters"): words and `key:value`, all must hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from plaintextcrm.core.dates import add, last_day, parse_cadence
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.model import Contact
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.spoken import FUTURE, PAST, parse_spoken
from plaintextcrm.core.standing import Standing
from plaintextcrm.core.text import fold
from plaintextcrm.core.vocabulary import find_key, fold_key

NEGATED = pattern(r"-[^\W\d_][\w-]*[:|<>=]")
_TERM = pattern(r"(-?)([^\W\d_][\w .-]*?)\s*([:=]|(?=[<>]))(.*)\Z", re.DOTALL)
_RANGE = pattern(r"(?=.*\d)(?:-?\d[\w.-]*?)?\.\.(?:-?\d[\w.-]*)?|[<>]=?\s*-?\d[\w.-]*")  # of numbers, days or spans
_PAST_DAYS = ("last", "lastcontact", "created", "met", "started")
_DAYS = ("due", "next", "snoozeuntil", "nextcontact", "died", *_PAST_DAYS)
_NUMBERS = ("ratio", "score", "freshness", "interactions")
_WHOLE = ("tier", "owner", "successor", "state", "status", "five", "tags", "groups", "id", "slug", "source", "uid")

_RANGED = "due, last, next, created, met, started, died, snooze_until, next_contact, ratio, score, freshness, interactions"
SAID = {"overdue": "quiet", "lapsed": "drifted"}  # a state, and how lists and pages say it: nobody is called overdue


class Person(NamedTuple):
    """What a filter looks at: a contact, where it stands, and how many entries it has."""

    contact: Contact
    standing: Standing
    interactions: int


Predicate = Callable[[Person], bool]


class Filter(NamedTuple):
    """A filter that was understood: `words` are its bare words (text to `search`), `holds` decides."""

    holds: Predicate
    words: tuple[str, ...]
    is_empty: bool


def split(text: str) -> list[str]:
    """The terms of a filter in one text, blanks inside double quotes kept."""
    return [part.replace('"', "") for part in re.findall(r'(?:[^\s"]|"[^"]*")+', text)]


def parse(terms: Iterable[str], settings: Settings, today: date, words_are_text: bool = False) -> Filter:
    """The predicate of all terms together.

    With `words_are_text` bare words are left to the caller (`search`). Raises Usage where a range is not understood.
    """
    tests: list[Predicate] = []
    words: list[str] = []
    for term in terms:
        found = _TERM.match(term)
        if found and not found[4].startswith("//"):
            tests.append(_keyed(found, settings, today))
        elif term.strip():
            words.append(term)
            if not words_are_text:
                negated = term.startswith("-") and len(term) > 1
                test = _bare(term[1:] if negated else term)
                tests.append(_negation(test) if negated else test)
    return Filter(lambda person: all(test(person) for test in tests), tuple(words), not tests and not words)


def nobody_words(terms: Sequence[str], settings: Settings) -> str:
    """What to say where a filter lets nobody through: that it asks for a tier that no setting has, or to try fewer words."""
    for found in filter(None, map(_TERM.match, terms)):
        key = find_key(fold_key(found[2]))
        asked = alternatives(found[4].strip().strip('"')) if key and key.name == "tier" else []
        for word in asked:
            if "*" not in word and settings.tier(word) is None:
                known = ", ".join(tier.name for tier in settings.tiers) or "none"
                return f"Nobody matches: no tier is called {word}; there are {known}."
    return "Nobody matches. Try fewer words."


def _negation(test: Predicate) -> Predicate:
    return lambda person: not test(person)


def _keyed(found: re.Match[str], settings: Settings, today: date) -> Predicate:
    sign, name, value = found[1], fold_key(found[2]), found[4].strip().strip('"')
    key = find_key(name)
    canonical = fold_key(key.name) if key and name != "last" else name
    if not value:
        raise Usage(f'filter "{found[0]}": a value belongs after the colon, like {found[2]}:{_example(canonical)}')
    if canonical in ("has", "missing"):
        tests = [_has(word) for word in alternatives(value)]
        test: Predicate = lambda person: any(has(person) for has in tests)  # noqa: E731
        test = _negation(test) if canonical == "missing" else test
    elif canonical == "near":
        test = near(alternatives(value), settings)
    elif canonical in _DAYS or canonical in _NUMBERS:
        test = _range(canonical, value, found[0], today)
    elif _RANGE.fullmatch(value):
        raise Usage(f'filter "{found[0]}": {found[2]} has no range; those that have one: {_RANGED}')
    else:
        test = _matches(canonical, key.name if key else found[2], value)
    return _negation(test) if sign else test


def _example(key: str) -> str:
    return {"tier": "A", "due": "..7d", "last": "..2026-06-01", "ratio": "1.5..", "has": "birthday"}.get(key, "word")


def alternatives(value: str) -> list[str]:
    """The values one of which is to hold: `A,B`, `A|B`."""
    return [part.strip() for part in re.split(r"[,|]", value) if part.strip()]


def _pattern(value: str, whole: bool) -> re.Pattern[str]:
    """Folded text with `*`; a free text matches at word boundaries, a word of a fixed list only as a whole."""
    body = "".join(".*" if char == "*" and whole else r"\w*" if char == "*" else re.escape(char) for char in fold(value))
    return re.compile(rf"{body}\Z" if whole else rf"(?<!\w){body}(?!\w)")


def _matches(canonical: str, name: str, value: str) -> Predicate:
    whole = canonical in _WHOLE
    pieces = [value] if canonical in ("company", "address") and "," in value and "|" not in value else alternatives(value)
    patterns = [_pattern(piece.lstrip("#"), whole) for piece in pieces]
    find = re.Pattern.match if whole else re.Pattern.search

    def test(person: Person) -> bool:
        texts = values(person, name)
        return any(find(pattern, fold(text)) for text in texts for pattern in patterns)

    return test


def values(person: Person, name: str) -> Sequence[str]:
    """The texts of a key of a person: ours, computed, or the user's own."""
    contact = person.contact
    folded = fold_key(name)
    if folded == "id":
        return (contact.id, contact.slug)
    if folded == "slug":
        return (contact.slug,)
    if folded == "name":
        return (contact.name, *contact.texts("aliases"))
    if folded == "state":
        state = person.standing.state
        return tuple(filter(None, (state, SAID.get(state), person.standing.hidden)))
    key = find_key(name)
    value: object = contact.keys.get(key.name) if key else None
    if value is None:
        value = next((other for own, other in contact.other.items() if fold_key(own) == folded), None)
    if key and key.type == "bool":
        return ("yes", "true") if value else ("no", "false")
    return _texts(value)


def _texts(value: object) -> Sequence[str]:
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, bool):
        return ("yes", "true") if value else ("no", "false")
    return () if value is None else (str(value),)


def _has(word: str) -> Predicate:
    folded = fold_key(word)
    if folded in ("followup", "followups", "todo", "promise"):
        return lambda person: any(task.open for task in person.contact.follow_ups)
    if folded in ("interactions", "log"):
        return lambda person: person.interactions > 0
    if folded in ("last", "due", "next"):
        return lambda person: getattr(person.standing, folded) > 0
    key = find_key(word)
    if key and key.type == "bool":
        return lambda person: bool(person.contact.keys.get(key.name))
    return lambda person: bool(values(person, word)) if folded != "name" else True


def _bare(word: str) -> Predicate:
    wanted = fold(word.replace("*", ""))
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}")

    def test(person: Person) -> bool:
        contact = person.contact
        texts = (contact.name, contact.slug, *contact.texts("aliases"), contact.text("company") or "", *contact.texts("tags"))
        return any(pattern.search(fold(text)) for text in texts)

    return test


def near(places: Iterable[str], settings: Settings) -> Predicate:
    """The location contains one of the places, or one of its `[places]` names."""
    wanted = {fold(place) for place in places}
    for place, names in settings.places:
        together = {fold(place), *(fold(name) for name in names)}
        if together & wanted:
            wanted |= together
    return lambda person: any(place in fold(person.contact.text("location") or "") for place in wanted)


# --- ranges --------------------------------------------------------------------------------------------------------


def _range(key: str, value: str, term: str, today: date) -> Predicate:
    parts = re.match(r"(.*?)\.\.(.*)\Z", value)
    compared = re.match(r"(<=|>=|<|>)\s*(.+)\Z", value)
    if parts:
        low, high, strict = parts[1].strip(), parts[2].strip(), 0
    elif compared:
        strict = 0 if compared[1].endswith("=") else 1
        low, high = ("", compared[2]) if compared[1][0] == "<" else (compared[2], "")
    else:
        low, high, strict = value, value, 0

    def read(text: str) -> float:
        return _number(text, term) if key in _NUMBERS else float(_day(key, text, term, today))

    least = read(low) if low else float("-inf")
    most = read(high) if high else float("inf")
    if least > most:
        least, most = most, least

    def test(person: Person) -> bool:
        found = _value(person, key)
        if found is None:
            return False
        return least < found < most if strict else least <= found <= most

    return test


def _number(text: str, term: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Usage(f'filter "{term}": "{text}" is not a number; write it like ratio:1.5.. or score:2..9') from None


def _day(key: str, text: str, term: str, today: date) -> int:
    """A day, or a span: ahead of today for `due` and its like, back from it for `last` and its like."""
    direction = PAST if key in _PAST_DAYS else FUTURE
    if text in ("0", "0d"):
        return today.toordinal()
    sign, span_text = (-1, text[1:]) if text.startswith("-") else (1, text)
    if re.fullmatch(r"(?:19|20)\d\d", text):
        raise Usage(f'filter "{term}": "{text}" is a year or days; write it like {key}:{text}-01-01..{text}-12-31 or {key}:..{text}d')
    span = parse_cadence(span_text)
    if span and span.unit != "never" and re.match(r"\d", span_text):
        return add(today, span, direction * sign).toordinal()
    try:
        return parse_spoken(text, today, direction).toordinal()
    except ValueError:
        message = f'filter "{term}": "{text}" is no day; write it like {key}:..2026-06-01, {key}:2026-01-01.. or {key}:..7d'
        raise Usage(message) from None


_SPELLED = {"lastcontact": "last_contact", "snoozeuntil": "snooze_until", "nextcontact": "next_contact"}


def _value(person: Person, key: str) -> float | None:
    standing = person.standing
    if key in ("ratio", "score", "freshness"):
        found = getattr(standing, key)
        return None if found is None else float(found)
    if key == "interactions":
        return person.interactions
    if key in ("last", "due", "next"):
        return getattr(standing, key) or None
    if key == "died":
        day = last_day(person.contact.died) if person.contact.died else None
        return day.toordinal() if day else None
    value = person.contact.keys.get(_SPELLED.get(key, key))
    try:
        return date.fromisoformat(str(value)).toordinal() if value else None
    except ValueError:
        return None
