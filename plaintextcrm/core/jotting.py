"""Loose notes to entries: the people, the day and the kind that a line names; the rest is its text. Nothing is guessed silently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from plaintextcrm.core.crowd import JOINING, WORD, Claim, Crowd, is_free, marked, named, people_of, there
from plaintextcrm.core.dates import FULL_WEEKDAYS, MONTHS, NUMBER_WORDS, WEEKDAYS, iso_forms, key_day, plus_days
from plaintextcrm.core.entries import parse_text
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.spoken import FUTURE, PAST, parse_spoken, short_forms
from plaintextcrm.core.text import fold


class DayUnclear(Usage):
    """The line does not say which day it was, or one that is still to come."""


class Jotted(NamedTuple):
    """What a line says: who (ids, in the order in which they are named), and the entry."""

    ids: tuple[str, ...]
    entry: Interaction


def understand(text: str, people: Crowd, kinds: KindTable, today: date, ids: Sequence[str] = (), on: date | None = None) -> Jotted:
    """Who, when and what, of a line without bullet; `ids` are met as well as those it surely names, `on` is the day whatever it says.

    Raises NotFound where nobody is named, or it could be two; DayUnclear where the day could be two, or is to come; Usage where
    the line says nothing else.
    """
    if len(text) > LONGEST:
        raise Usage(f"it is longer than {LONGEST:,} characters: write it with ptcrm edit")
    claims = [*marked(text, people)]
    claims += _days(text, claims, today, long=True)
    claims += named(text, claims, people)
    claims += _days(text, claims, today, long=False)
    claims += _short_days(text, claims, kinds, today)
    claims.sort()
    listed = _LISTED.match(text)
    if listed and on is None and (fold(listed[1]),) in people.phrases:
        raise DayUnclear(f'"{listed[0]}" may be a day or somebody: begin the line with the day, like "yesterday:"')
    who = there(text, [claim for claim in claims if claim.what == "who"])
    met = people_of(text, who, people, kinds, ids)
    on = on or _day_of(text, [claim for claim in claims if claim.what == "day"], today)
    spent = sorted([*who, *(claim for claim in claims if claim.what == "day" and claim.on == on and not claim.doubt)])
    kind, at_time, rest = _rest(text, spent, kinds)
    entry = parse_text(f": {kind}: {rest}" if kind and rest else f": {kind or rest}" if kind or rest else "", on, "", 0, kinds)
    if not (entry.kind or entry.text):
        raise Usage("it says who, and not what it was: add a kind or a few words, like coffee")
    return Jotted(met, entry._replace(at_time=at_time, block_id=None))


# --- the day -------------------------------------------------------------------------------------------------------

_PIECE = pattern(r"\S+")
_EARLIER = {"last night": -1, "this morning": 0, "this afternoon": 0, "this evening": 0, "tonight": 0}
_BEGINS = frozenset([*NUMBER_WORDS, *WEEKDAYS, *FULL_WEEKDAYS, *MONTHS, "on", "in", "last", "next", "this", "today", "yesterday",
                     "tomorrow", "tonight", "tues", "thur", "thurs", "sept"])  # fmt: skip
_DOUBTFUL = frozenset(["sat", "sun", "wed"])  # days that are words as well
_LONGEST_DAY = 4  # words
LONGEST = 2_000  # characters of a line
_SHORT_DAY = pattern(r"(?<![\w.,/:+-])[0-9]{1,2}([./])[0-9]{1,2}(?:\.(?!\w)|(?![\w./%])(?!,[0-9]))")
# `in fund 7. May be`, `clause 12 may change`: a day only at the beginning and behind `on`
_NOT_SURELY_MONTH = pattern(r"[0-9]{1,2}(?:,|\. (?:Mar|March|April|May|June|August)\b|\.? (?:may|march)\b(?!\Z))|(?:may|march) [0-9]")
# `send it by friday`, `in Porto until 7 Nov`: hardly the day of the contact
_OTHER_DAY = pattern(r"(?i:(?<!\w)(?:by|until|till?|before|since|after|due)(?: (?:the|about|on))? \Z)")
_CAME_BY = pattern(r"(?i:(?<!\w)(?:came|stopped|dropped|popped|swung|drove) by(?: (?:the|about|on))? \Z)")  # a visit, on a day that is over
_LISTED = pattern(r"[0-9]{1,2}\. (April|May|June|August)\b")  # the second in a list, or a day
_WITH_TIME = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")
_BOLD = pattern(r"(\*\*|__)([0-9]{4}-[0-9]{2}-[0-9]{2})(?::?\1:?)\Z")
_FAR = 366  # days back, from which a day inside a line is hardly the day of the contact


def _days(text: str, claims: Sequence[Claim], today: date, long: bool) -> Iterator[Claim]:
    """The days that the line names: those of several words or with a digit (`long`), else single words, `sat` with a doubt."""
    pieces = [(_bold_day(match[0]) or match[0].strip("\"'()").rstrip(",;:.!?)\"'"), match) for match in _PIECE.finditer(text)]
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
            end -= len(last) - 10 if size == 1 and _WITH_TIME.match(last) else 0
            words = " ".join(text[start:end].split())
            if size == 1 and _bold_day(match[0]):
                start, end = match.span()  # the marks round it go, too
            day = _day(words, today) if is_free(taken, start, end) else None
            if day:
                mark = text[end : end + 1]
                unsure = mark not in (",", ":", "") or not (first[0].isupper() or _begins_or_on(text, start))
                unsure = unsure and begin in _DOUBTFUL and size == 1
                same = any(one.on == day.on and not one.doubt for one in taken if one.what == "day") and _TIME.match(text, end)
                other = _OTHER_DAY.search(text, 0, start) and not _CAME_BY.search(text, 0, start)
                unsure = unsure or bool(other and not same)
                if unsure or (_NOT_SURELY_MONTH.match(f"{words}{mark}") and not _begins_or_on(text, start)):
                    day = _Doubt(day.on, f'"{words}" may be a day or not: begin the line with the day, like "yesterday:"')
                taken.append(Claim(start, end, "day", (), day.on, day.why))
                yield taken[-1]
                break


def _bold_day(piece: str) -> str:
    """The day that `**2026-11-20**` and `**2026-11-20:**` are, as a log may have it; else ""."""
    bold = _BOLD.match(piece)
    return bold[2] if bold else ""


def _short_days(text: str, claims: Sequence[Claim], kinds: KindTable, today: date) -> Iterator[Claim]:
    """`26.11.` and `26/11` where a line says its day, among people and kind: always with a doubt. `4.5` is one at the beginning only."""
    said = [(claim.start, claim.end) for claim in claims]
    for match in _SHORT_DAY.finditer(text):
        start, end = match.span()
        other = (word for word in WORD.finditer(text, 0, start) if not any(one <= word.start() < two for one, two in said))
        forms = short_forms(match[0], today, PAST)
        bare = match[1] == "." and match[0][-1] != "." and not _begins_or_on(text, start)
        if not forms or bare or not is_free(claims, start, end):
            continue
        if all(word[0].lower() in JOINING or word[0].lower() in kinds for word in other):
            yield Claim(start, end, "day", (), today, f'"{match[0]}" may be a day: write it as {" or ".join(forms)}')


def _begins_or_on(text: str, start: int) -> bool:
    """Whether a day there is said to be one: nothing but `on` stands before it."""
    return not WORD.search(text, 0, start) or bool(_ON.search(text[:start].rstrip()))


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


def _day_of(text: str, named: Sequence[Claim], today: date) -> date:
    """The day at the beginning of the line, else the only one in it, else today. Raises DayUnclear."""
    days = [claim for claim in named if not claim.doubt] or named
    if not days:
        return today
    if named[0].doubt and text[named[0].start].isdigit():
        raise DayUnclear(named[0].doubt)
    first, *others = days
    word, iso = text[first.start : first.end], first.on.isoformat()
    begins = not WORD.search(text, 0, first.start)
    other = next((claim for claim in others if claim.on != first.on), None)
    if first.doubt:
        raise DayUnclear(first.doubt)
    if other and (not begins or other.start == _after_marks(text, first.end)):
        second = text[other.start : other.end]
        raise DayUnclear(f'it names two days, "{word}" and "{second}": begin the line with the one that is meant')
    if first.on > today:
        raise DayUnclear(f'"{word}" is a day to come, {iso}: begin the line with the day it was; a plan is made with ptcrm log -d {iso}')
    if not begins and (today - first.on).days > _FAR:
        raise DayUnclear(f'"{word}" is {iso}, long ago: begin the line with the day that is meant')
    return first.on


# --- the kind and the text -----------------------------------------------------------------------------------------

_AFTER_KIND = frozenset(["with", "and", "from", "to", "on", "at", "over", "for", "by", "about", "in", "re", "via"])
_PAST_FORMS = {"called": "call", "rang": "call", "phoned": "call", "emailed": "email", "e-mailed": "email", "texted": "text",
               "messaged": "message", "wrote": "message", "met": "meeting", "visited": "visit", "lunched": "lunch", "dined": "dinner",
               "zoomed": "zoom"}  # fmt: skip
_WITH_OR_TO = pattern(r"(?: (?:with|to))? ?")
_MARKS = pattern(r"[\s,;:.&@()+/–—-]*")
_TIME = pattern(r"(?:,? (?:at )?|T)([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?Z?(?![\w:])")
_KIND_WORD = pattern(r"[^\W\d_]+(?:-[^\W\d_]+)*(?![\w-])")
_POSSESSIVE = pattern(r"['’](?:s\b|(?!\w))")
_BEFORE_KIND = pattern(r"(?<!\w)(?:over|for|had|by)(?: an?| our)? \Z")
_NEAR_KIND = pattern(r" (?:with|from|to) ")
_NOUNS = ("in person", "voice", "writing")  # the groups whose kinds are found inside a sentence, too
_ON = pattern(r"(?:^|\s)on\Z")
_EDGES = " ,;:–—-"


def _rest(text: str, spent: Sequence[Claim], kinds: KindTable) -> tuple[str | None, str | None, str]:
    """(kind, time, the text without its opening, `Lunch with Ada and Ben yesterday, `, and without the day)."""
    at_time, days = None, []
    for claim in spent:
        time = _TIME.match(text, claim.end) if claim.what == "day" and not at_time else None
        at_time = f"{int(time[1]):02d}:{time[2]}" if time else at_time
        days.append(claim._replace(end=time.end()) if time else claim)
    stops = {claim.start: claim for claim in days}
    inside = _kind_inside(text, stops, kinds)
    kind, place = _opening(text, stops, kinds, past=not inside)
    kind = kind or inside
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


def _opening(text: str, stops: Mapping[int, Claim], kinds: KindTable, past: bool) -> tuple[str | None, int]:
    """(kind, where the text begins) of a line that begins with its kind (or its `past` form), people and day, in whatever order."""
    kind, place = None, 0
    while True:
        at = _after_marks(text, place)
        while at not in stops and (word := _KIND_WORD.match(text, at)) and word[0].lower() in JOINING:
            at = _after_marks(text, word.end())
        claim = stops.get(at)
        if claim and not _POSSESSIVE.match(text, claim.end):
            place = claim.end
        elif kind is None and not claim and (found := _kind_at(text, at, stops, kinds) or (past and _past_at(text, at, stops, kinds))):
            kind, place = found
        else:
            return kind, place


def _after_marks(text: str, place: int) -> int:
    marks = _MARKS.match(text, place)
    return marks.end() if marks else place


def _kind_at(text: str, at: int, stops: Mapping[int, Claim], kinds: KindTable) -> tuple[str, int] | None:
    """(kind, its end) where a kind stands and is not the beginning of something else, as in `call centre`."""
    word = _KIND_WORD.match(text, at)
    kind = kinds.get(word[0].lower()) if word else None
    if not word or not kind:
        return None
    end = word.end()
    after = text[end + 1 :].split(" ", 1)[0] if text[end : end + 1] == " " else ""
    ends = end == len(text) or text[end] in ",;:.!?()" or not after[:1].isalnum() or end + 1 in stops
    return (kind.name, end) if ends or after.lower() in _AFTER_KIND or after.lower().rstrip(",.:") in kinds else None


def _past_at(text: str, at: int, stops: Mapping[int, Claim], kinds: KindTable) -> tuple[str, int] | None:
    """(kind, its end) where one is told as done to somebody, `called Ada`, `wrote to Ada`."""
    word = _KIND_WORD.match(text, at)
    kind = kinds.get(_PAST_FORMS.get(word[0].lower(), "")) if word else None
    if not word or not kind:
        return None
    whom = stops.get(word.end() + 1) or stops.get(_WITH_OR_TO.match(text, word.end()).end())  # type: ignore[union-attr]
    return (kind.name, word.end()) if whom and whom.what == "who" else None


def _kind_inside(text: str, stops: Mapping[int, Claim], kinds: KindTable) -> str | None:
    """The kind of a sentence: `talked shop over lunch`, `a long call with Ada`."""
    for word in _KIND_WORD.finditer(text):
        kind = kinds.get(word[0].lower())
        if kind and kind.group in _NOUNS and is_free(stops.values(), *word.span()):
            near = _NEAR_KIND.match(text, word.end())
            if _BEFORE_KIND.search(text[max(0, word.start() - 12) : word.start()]) or (near and near.end() in stops):
                return kind.name
    return None
