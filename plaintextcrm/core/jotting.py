"""Loose notes to entries: the people, the day and the kind that a line names; the rest is its text. Nothing is guessed silently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from plaintextcrm.core.dates import FULL_WEEKDAYS, MONTHS, NUMBER_WORDS, WEEKDAYS, iso_forms, key_day, plus_days
from plaintextcrm.core.entries import parse_text
from plaintextcrm.core.errors import NotFound, Usage
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.names import Known, link_targets
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.spoken import FUTURE, PAST, parse_spoken
from plaintextcrm.core.text import fold, line_starts, readable, split_lines

# --- the lines of an inbox -----------------------------------------------------------------------------------------

_BULLET = pattern(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[.\][ \t]+)?")
_DEEPER = pattern(r"(?:[ ]{2}|[ ]?\t)[ \t]*\S")
_CLOSINGS = {"<!--": "-->", "%%": "%%"}


class Note(NamedTuple):
    """One jotted line and what stands indented below it: lines `first` up to `end` (from 0), the text without its bullet."""

    first: int
    end: int
    text: str
    details: tuple[str, ...] = ()


def notes(text: str) -> tuple[Note, ...]:
    """What waits in a text: every line that is not blank, a heading or a comment, with the lines indented below it."""
    lines = split_lines(readable(text))
    found: list[Note] = []
    for number in _waiting(lines):
        above = found[-1] if found else None
        if above and above.end == number and _DEEPER.match(lines[number]):
            found[-1] = above._replace(end=number + 1, details=(*above.details, lines[number].rstrip()))
        else:
            found.append(Note(number, number + 1, " ".join(_BULLET.sub("", lines[number], count=1).split())))
    return tuple(note for note in found if note.text)


def _waiting(lines: Sequence[str]) -> Iterator[int]:
    """The numbers of the lines that are neither blank, nor a heading, a comment or front matter."""
    closing = "---" if lines[0].rstrip() == "---" and "---" in (line.rstrip() for line in lines[1:]) else ""
    for number, line in enumerate(lines):
        stripped = line.strip()
        if closing:
            closing = "" if number and closing in stripped else closing
            continue
        opening = next((mark for mark in _CLOSINGS if stripped.startswith(mark)), "")
        if opening:
            closing = "" if _CLOSINGS[opening] in stripped[len(opening) :] else _CLOSINGS[opening]
        elif stripped and not stripped.startswith("#"):
            yield number


def without(text: str, gone: Iterable[Note]) -> str:
    """The text without those lines; every other one stays as it is."""
    starts = line_starts(text)
    pieces, kept = [], 0
    for note in sorted(gone):
        pieces.append(text[kept : starts[note.first]])
        kept = starts[note.end]
    return "".join((*pieces, text[kept:]))


# --- who there is --------------------------------------------------------------------------------------------------

_WORD = pattern("(?:[^\\W_]|[\u0300-\u036f])+")
_TITLES = frozenset(
    "dr prof professor mr mrs ms miss mx sir dame lord lady herr frau don dona the a an le la les los las el o os as".split()
)
# First names that are words as well: they name somebody only with a capital, and not as the beginning of a sentence.
_ALSO_WORDS = frozenset(
    "will mark may rose joy grace bill art dawn faith hope drew chase grant miles rich frank dean earl cliff lance penny amber olive ivy "
    "iris daisy holly april june august summer autumn sky star angel bay basil sage guy ward hunter mason page read christian story wing "
    "long young bean son sun wed sat mon an do so ho my me he she we you it they her him his our us one two".split()
)

Phrase = tuple[str, ...]


class Crowd(NamedTuple):
    """Everybody, by what they are called: folded words, links and addresses, each to the ids that may be meant."""

    phrases: Mapping[Phrase, tuple[str, ...]]
    first_names: Collection[Phrase]  # those of the phrases that are nothing but a first name
    longest: int  # words of the longest phrase
    links: Mapping[str, Sequence[str]]
    emails: Mapping[str, Sequence[str]]
    names: Mapping[str, str]  # id -> name

    def shown(self, ids: Iterable[str]) -> str:
        """`ada-king (Ada King), ada-bell (Ada Bell)`."""
        return ", ".join(f"{id} ({self.names[id]})" for id in sorted(ids))


def crowd(people: Iterable[Known]) -> Crowd:
    """Names before aliases before first names: the first level at which a phrase names somebody decides."""
    everybody = tuple(people)
    names: dict[Phrase, list[str]] = {}
    aliases: dict[Phrase, list[str]] = {}
    firsts: dict[Phrase, list[str]] = {}
    emails: dict[str, list[str]] = {}
    for person in everybody:
        names.setdefault(_words(person.name), []).append(person.id)
        for alias in person.aliases:
            aliases.setdefault(_words(alias), []).append(person.id)
        for email in person.emails:
            emails.setdefault(fold(email), []).append(person.id)
        first = next((words for part in person.name.split() if (words := _words(part)) and words[0] not in _TITLES), ())
        if len("".join(first)) > 1:
            firsts.setdefault(first, []).append(person.id)
    phrases = {phrase: tuple(dict.fromkeys(ids)) for level in (firsts, aliases, names) for phrase, ids in level.items() if phrase}
    only = frozenset(phrase for phrase in firsts if phrase not in names and phrase not in aliases)
    longest = max(map(len, phrases), default=0)
    return Crowd(phrases, only, longest, link_targets(everybody), emails, {person.id: person.name for person in everybody})


def _words(text: str) -> Phrase:
    return tuple(fold(word) for word in _WORD.findall(text))


# --- one line ------------------------------------------------------------------------------------------------------


class DayUnclear(Usage):
    """The line does not say which day it was, or one that is still to come."""


class Jotted(NamedTuple):
    """What a line says: who (ids, in the order in which they are named), and the entry."""

    ids: tuple[str, ...]
    entry: Interaction


class _Claim(NamedTuple):
    """A stretch of the line that means something: "who" (the ids that may be meant), "day", or "" (a link, an address)."""

    start: int
    end: int
    what: str
    ids: tuple[str, ...] = ()
    on: date = date.min
    doubt: str = ""  # of a day: why it may be another one, or none


def understand(text: str, people: Crowd, kinds: KindTable, today: date, ids: Sequence[str] = (), on: date | None = None) -> Jotted:
    """Who, when and what, of a line without bullet; `ids` are met as well as those it surely names, `on` is the day whatever it says.

    Raises NotFound where nobody is named, or it could be two; DayUnclear where the day could be two, or is to come; Usage where
    the line says nothing else.
    """
    if len(text) > LONGEST:
        raise Usage(f"it is longer than {LONGEST:,} characters: write it with ptcrm edit")
    claims = [*_marked(text, people)]
    claims += _days(text, claims, today, long=True)
    claims += _named(text, claims, people)
    claims += _days(text, claims, today, long=False)
    claims.sort()
    met = _people(text, [claim for claim in claims if claim.what == "who"], people, kinds, ids)
    on = on or _day_of(text, [claim for claim in claims if claim.what == "day"], today)
    spent = [claim for claim in claims if claim.what == "who" or (claim.what == "day" and claim.on == on and not claim.doubt)]
    kind, at_time, rest = _rest(text, spent, kinds)
    entry = parse_text(f": {kind}: {rest}" if kind and rest else f": {kind or rest}" if kind or rest else "", on, "", 0, kinds)
    if not (entry.kind or entry.text):
        raise Usage("it says who, and not what it was: add a kind or a few words, like coffee")
    return Jotted(met, entry._replace(at_time=at_time, block_id=None))


def _is_free(claims: Iterable[_Claim], start: int, end: int) -> bool:
    return all(end <= claim.start or claim.end <= start for claim in claims)


# -- links, addresses --

_MARKED = pattern(r"\[\[([^\[\]|#]+)[^\[\]]*\]\]|\w[\w.+-]*@[\w-]+(?:\.[\w-]+)+|\w+://\S+|\[[^\[\]]+::[^\[\]]*\]")


def _marked(text: str, people: Crowd) -> Iterator[_Claim]:
    """`[[links]]` and e-mail addresses; other addresses and `[key:: value]` are kept out of the search."""
    for match in _MARKED.finditer(text):
        day = key_day(match[0])
        if day:
            yield _Claim(match.start(), match.end(), "day", (), day)
            continue
        ids = people.links.get(fold(match[1]), ()) if match[1] else people.emails.get(fold(match[0]), ())
        yield _Claim(match.start(), match.end(), "who" if ids else "", tuple(ids))


# -- people --

_GAP = pattern(r"[ .'’\-]{0,2}")
_HYPHEN_AFTER = pattern(r"-\w")
_HYPHEN_BEFORE = pattern(r"\w-\Z")
_IS_LISTED = pattern(r" (?:and|&) |[,:'’]")
_SURNAME = pattern(r" ((?:(?:d[aeiou]|d[aeo]s|del|della|v[ao]n|de[nr]|ter|zu|la|le|al|el|bin|ibn) )*)([^\W\d_][\w'’-]+)")


def _named(text: str, claims: Sequence[_Claim], people: Crowd) -> Iterator[_Claim]:
    """Whoever is called by name, the longest names first."""
    words = [(fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]
    taken = list(claims)
    for size in range(min(people.longest, len(words)), 0, -1):
        for place in range(len(words) - size + 1):
            part = words[place : place + size]
            phrase = tuple(word for word, _, _ in part)
            start, end = part[0][1], part[-1][2]
            if phrase not in people.phrases or not _is_free(taken, start, end) or not _is_name(text, part):
                continue
            taken.append(_Claim(start, end, "who", people.phrases[phrase]))
            yield taken[-1]


def _is_name(text: str, part: Sequence[tuple[str, int, int]]) -> bool:
    """Whether the words stand together and whole, and a name that is a word as well is meant as one."""
    start, end = part[0][1], part[-1][2]
    if _HYPHEN_AFTER.match(text, end) or _HYPHEN_BEFORE.search(text[max(0, start - 2) : start]):
        return False
    if len(part) == 1 and part[0][0] in _ALSO_WORDS:
        return text[start].isupper() and (start > 0 or _IS_LISTED.match(text, end) is not None)
    return all(_GAP.fullmatch(text, one[2], two[1]) for one, two in zip(part, part[1:], strict=False))


def _people(text: str, named: Sequence[_Claim], people: Crowd, kinds: KindTable, told: Sequence[str]) -> tuple[str, ...]:
    """The ids of those named, each once, then of those `told`. Raises NotFound where that is nobody, or somebody unclear is not told."""
    sure = {*told, *(claim.ids[0] for claim in named if len(claim.ids) == 1)}
    met = []
    for claim in named:
        ids = tuple(id for id in claim.ids if id in sure) or claim.ids
        why = _why_unclear(text, claim, ids, people, kinds)
        if not why:
            met.append(ids[0])
        elif not told:
            raise NotFound(why)
    if not (met or told):
        raise NotFound("it names nobody of this vault: write a name as it is there, or [[id]]")
    return tuple(dict.fromkeys((*met, *told)))


def _why_unclear(text: str, claim: _Claim, ids: Sequence[str], people: Crowd, kinds: KindTable) -> str:
    """Why it is not sure who is meant, "" where it is: one of several, or a first name with a surname that nobody has."""
    name = text[claim.start : claim.end]
    after = _SURNAME.match(text, claim.end) if _words(name) in people.first_names else None
    if after and after[2][0].isupper() and not after[2].isupper() and not _is_other_word(fold(after[2]), people, kinds):
        return f'nobody is called "{name}{after[0]}": is it {people.shown(ids)}? Write the name as it is there, or [[id]]'
    if len(ids) > 1:
        return f"{_count(len(ids))} are called {name}: {people.shown(ids)}: write the whole name, or [[id]]"
    return ""


def _is_other_word(word: str, people: Crowd, kinds: KindTable) -> bool:
    """Whether a word with a capital behind a first name is no surname: somebody else, a kind, a day."""
    return (word,) in people.phrases or word in kinds or word[:3] in (*WEEKDAYS, *MONTHS) or word in (*_JOINING, "today", "yesterday")


def _count(number: int) -> str:
    return next((word for word, value in NUMBER_WORDS.items() if value == number and len(word) > 2), str(number))


# -- the day --

_PIECE = pattern(r"\S+")
_EARLIER = {"last night": -1, "this morning": 0, "this afternoon": 0, "this evening": 0, "tonight": 0}
_BEGINS = frozenset([*NUMBER_WORDS, *WEEKDAYS, *FULL_WEEKDAYS, *MONTHS, "on", "in", "last", "next", "this", "today", "yesterday",
                     "tomorrow", "tonight", "tues", "thur", "thurs", "sept"])  # fmt: skip
_DOUBTFUL = frozenset(["sat", "sun", "wed"])  # days that are words as well
_LONGEST_DAY = 4  # words
LONGEST = 2_000  # characters of a line
_FAR = 366  # days back, from which a day inside a line is hardly the day of the contact


def _days(text: str, claims: Sequence[_Claim], today: date, long: bool) -> Iterator[_Claim]:
    """The days that the line names: those of several words or with a digit (`long`), else single words, `sat` with a doubt."""
    pieces = [(match[0].strip("\"'()").rstrip(",;:.!?)\"'"), match) for match in _PIECE.finditer(text)]
    taken = list(claims)
    for place, (first, match) in enumerate(pieces):
        begin = fold(first)
        if not (begin in _BEGINS or begin[:3] in MONTHS or begin[:1].isdigit()):
            continue
        most = 1 if key_day(first) else _LONGEST_DAY
        for size in range(min(most, len(pieces) - place), 0, -1):
            if (size > 1 or begin[:1].isdigit()) is not long:
                continue
            last, last_match = pieces[place + size - 1]
            start = match.start() + match[0].index(first)
            end = last_match.start() + last_match[0].index(last) + len(last)
            words = " ".join(text[start:end].split())
            day = _day(words, today) if _is_free(taken, start, end) else None
            if day:
                mark = text[end : end + 1]
                if begin in _DOUBTFUL and size == 1 and mark not in (",", ":", ""):
                    day = _Doubt(day.on, f'"{words}" may be a day or not: begin the line with the day, like "yesterday:"')
                taken.append(_Claim(start, end, "day", (), day.on, day.why))
                yield taken[-1]
                break


class _Doubt(NamedTuple):
    """A day, and why it may not be meant."""

    on: date
    why: str = ""


def _day(words: str, today: date) -> _Doubt | None:
    """The day that those words are, or None."""
    plain = fold(words)
    if plain in _EARLIER:
        return _Doubt(plus_days(today, _EARLIER[plain]))
    ahead = plain.startswith(("next ", "on next "))
    try:
        return _Doubt(parse_spoken(words, today, FUTURE if ahead else PAST))
    except ValueError as error:
        return _Doubt(today, str(error)) if iso_forms(plain) else None


def _day_of(text: str, named: Sequence[_Claim], today: date) -> date:
    """The day at the beginning of the line, else the only one in it, else today. Raises DayUnclear."""
    days = [claim for claim in named if not claim.doubt] or named
    if not days:
        return today
    first, *others = days
    word, iso = text[first.start : first.end], first.on.isoformat()
    begins = not _WORD.search(text, 0, first.start)
    other = next((claim for claim in others if claim.on != first.on), None)
    if first.doubt:
        raise DayUnclear(first.doubt)
    if other and (not begins or other.start == _after_marks(text, first.end)):
        second = text[other.start : other.end]
        raise DayUnclear(f'it names two days, "{word}" and "{second}": begin the line with the one that is meant')
    if first.on > today:
        raise DayUnclear(f'"{word}" is a day to come, {iso}: begin the line with the day it was; a plan is made with ptcrm log -d')
    if not begins and (today - first.on).days > _FAR:
        raise DayUnclear(f'"{word}" is {iso}, long ago: begin the line with the day that is meant')
    return first.on


# -- the kind and the text --

_JOINING = frozenset(["with", "and", "from", "to", "on", "at", "had", "have", "a", "an", "over", "for", "by"])
_AFTER_KIND = frozenset(["with", "and", "from", "to", "on", "at", "over", "for", "by", "about", "in", "re", "via"])
_MARKS = pattern(r"[\s,;:.&@()+/–—-]*")
_TIME = pattern(r",? (?:at )?([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?(?![\w:])")
_KIND_WORD = pattern(r"[^\W\d_]+(?:-[^\W\d_]+)*(?![\w-])")
_POSSESSIVE = pattern(r"['’](?:s\b|(?!\w))")
_BEFORE_KIND = pattern(r"(?<!\w)(?:over|for|had|by)(?: an?| our)? \Z")
_NEAR_KIND = pattern(r" (?:with|from|to) ")
_NOUNS = ("in person", "voice", "writing")  # the groups whose kinds are found inside a sentence, too
_ON = pattern(r"(?:^|\s)on\Z")
_EDGES = " ,;:–—-"


def _rest(text: str, spent: Sequence[_Claim], kinds: KindTable) -> tuple[str | None, str | None, str]:
    """(kind, time, the text without its opening, `Lunch with Ada and Ben yesterday, `, and without the day)."""
    at_time, days = None, []
    for claim in spent:
        time = _TIME.match(text, claim.end) if claim.what == "day" else None
        at_time = f"{int(time[1]):02d}:{time[2]}" if time else at_time
        days.append(claim._replace(end=time.end()) if time else claim)
    stops = {claim.start: claim for claim in days}
    kind, place = _opening(text, stops, kinds)
    kind = kind or _kind_inside(text, stops, kinds)
    pieces, kept = "", place
    for claim in days:
        if claim.what == "day" and claim.start >= place:
            pieces = _joined(pieces, text[kept : claim.start])
            pieces, kept = _ON.sub("", pieces.rstrip()), claim.end
    rest = _joined(pieces, text[kept:])
    rest = " ".join(rest.split())
    rest = rest.lstrip(_EDGES + ".") if place else rest.lstrip(_EDGES)
    return kind, at_time, rest.rstrip(_EDGES) if kept > place else rest


def _joined(before: str, after: str) -> str:
    """Both, with a blank where the day stood between two words, and no mark left at the beginning."""
    if not before:
        return after
    return f"{before}{after}" if _MARKS.match(after).end() and not after[:1].isspace() else f"{before} {after.lstrip()}"  # type: ignore[union-attr]


def _opening(text: str, stops: Mapping[int, _Claim], kinds: KindTable) -> tuple[str | None, int]:
    """(kind, where the text begins) of a line that begins with its kind, people and day, in whatever order."""
    kind, place = None, 0
    while True:
        at = _after_marks(text, place)
        while at not in stops and (word := _KIND_WORD.match(text, at)) and word[0].lower() in _JOINING:
            at = _after_marks(text, word.end())
        claim = stops.get(at)
        if claim and not _POSSESSIVE.match(text, claim.end):
            place = claim.end
        elif kind is None and not claim and (found := _kind_at(text, at, stops, kinds)):
            kind, place = found
        else:
            return kind, place


def _after_marks(text: str, place: int) -> int:
    marks = _MARKS.match(text, place)
    return marks.end() if marks else place


def _kind_at(text: str, at: int, stops: Mapping[int, _Claim], kinds: KindTable) -> tuple[str, int] | None:
    """(kind, its end) where a kind stands and is not the beginning of something else, as in `call centre`."""
    word = _KIND_WORD.match(text, at)
    kind = kinds.get(word[0].lower()) if word else None
    if not word or not kind:
        return None
    end = word.end()
    after = text[end + 1 :].split(" ", 1)[0] if text[end : end + 1] == " " else ""
    ends = end == len(text) or text[end] in ",;:.!?()" or not after[:1].isalnum() or end + 1 in stops
    return (kind.name, end) if ends or after.lower() in _AFTER_KIND or after.lower().rstrip(",.:") in kinds else None


def _kind_inside(text: str, stops: Mapping[int, _Claim], kinds: KindTable) -> str | None:
    """The kind of a sentence: `talked shop over lunch`, `a long call with Ada`."""
    for word in _KIND_WORD.finditer(text):
        kind = kinds.get(word[0].lower())
        if kind and kind.group in _NOUNS and _is_free(stops.values(), *word.span()):
            near = _NEAR_KIND.match(text, word.end())
            if _BEFORE_KIND.search(text[max(0, word.start() - 12) : word.start()]) or (near and near.end() in stops):
                return kind.name
    return None
