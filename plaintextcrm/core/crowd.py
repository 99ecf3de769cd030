"""Whom a line names: everybody, by what they are called, and the stretches of the line that call them so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from plaintextcrm.core.dates import MONTHS, NUMBER_WORDS, WEEKDAYS, key_day
from plaintextcrm.core.errors import NotFound
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.names import Known, link_targets
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import fold

# --- who there is --------------------------------------------------------------------------------------------------

WORD = pattern("(?:[^\\W_]|[\u0300-\u036f])+")
_TITLES = frozenset(
    "dr prof professor mr mrs ms miss mx sir dame lord lady herr frau don dona the a an le la les los las el o os as".split()
)
# First names that are words as well: they name somebody only with a capital, and not as the beginning of a sentence.
_ALSO_WORDS = frozenset(
    "will mark may rose joy grace bill art dawn faith hope drew chase grant miles rich frank dean earl cliff lance penny amber olive ivy "
    "iris daisy holly april june august summer autumn sky star angel bay basil sage guy ward hunter mason page read christian story wing "
    "long young bean son sun wed sat mon an do so ho my me he she we you it they her him his our us one two".split()
)

MOST_TOLD = 8  # names in a question, as where WHO is several people

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
        """`ada-king (Ada King), ada-bell (Ada Bell)`, of many the first eight."""
        told = sorted(ids)
        more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
        return ", ".join(f"{id} ({self.names[id]})" for id in told[:MOST_TOLD]) + more


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
    return tuple(fold(word) for word in WORD.findall(text))


# --- where a line names them ---------------------------------------------------------------------------------------

JOINING = frozenset(["with", "and", "from", "to", "on", "at", "had", "have", "a", "an", "over", "for", "by"])


class Claim(NamedTuple):
    """A stretch of the line that means something: "who" (the ids that may be meant), "day", or "" (a link, an address)."""

    start: int
    end: int
    what: str
    ids: tuple[str, ...] = ()
    on: date = date.min
    doubt: str = ""  # of a day: why it may be another one, or none


def is_free(claims: Iterable[Claim], start: int, end: int) -> bool:
    """Whether no claim touches that stretch."""
    return all(end <= claim.start or claim.end <= start for claim in claims)


# -- links, addresses --

_MARKED = pattern(r"\[\[([^\[\]|#]+)[^\[\]]*\]\]|\w[\w.+-]*@[\w-]+(?:\.[\w-]+)+|\w+://\S+|\[[^\[\]]+::[^\[\]]*\]")


def marked(text: str, people: Crowd) -> Iterator[Claim]:
    """`[[links]]` and e-mail addresses; other addresses and `[key:: value]` are kept out of the search."""
    for match in _MARKED.finditer(text):
        day = key_day(match[0])
        if day:
            yield Claim(match.start(), match.end(), "day", (), day)
            continue
        ids = people.links.get(fold(match[1]), ()) if match[1] else people.emails.get(fold(match[0]), ())
        yield Claim(match.start(), match.end(), "who" if ids else "", tuple(ids))


# -- people --

_GAP = pattern(r"[ .'’\-]{0,2}")
_HYPHEN_AFTER = pattern(r"-\w")
_HYPHEN_BEFORE = pattern(r"\w-\Z")
_IS_LISTED = pattern(r" (?:and|&) |[,:'’]")
_SURNAME = pattern(r" ((?:(?:d[aeiou]|d[aeo]s|del|della|v[ao]n|de[nr]|ter|zu|la|le|al|el|bin|ibn) )*)([^\W\d_][\w'’-]+)")


def named(text: str, claims: Sequence[Claim], people: Crowd) -> Iterator[Claim]:
    """Whoever is called by name, the longest names first."""
    words = [(fold(match[0]), match.start(), match.end()) for match in WORD.finditer(text)]
    taken = list(claims)
    for size in range(min(people.longest, len(words)), 0, -1):
        for place in range(len(words) - size + 1):
            part = words[place : place + size]
            phrase = tuple(word for word, _, _ in part)
            start, end = part[0][1], part[-1][2]
            if phrase not in people.phrases or not is_free(taken, start, end) or not _is_name(text, part):
                continue
            taken.append(Claim(start, end, "who", people.phrases[phrase]))
            yield taken[-1]


def _is_name(text: str, part: Sequence[tuple[str, int, int]]) -> bool:
    """Whether the words stand together and whole, and a name that is a word as well is meant as one."""
    start, end = part[0][1], part[-1][2]
    if _HYPHEN_AFTER.match(text, end) or _HYPHEN_BEFORE.search(text[max(0, start - 2) : start]):
        return False
    if len(part) == 1 and part[0][0] in _ALSO_WORDS:
        return text[start].isupper() and (start > 0 or _IS_LISTED.match(text, end) is not None)
    return all(_GAP.fullmatch(text, one[2], two[1]) for one, two in zip(part, part[1:], strict=False))


def people_of(text: str, named: Sequence[Claim], people: Crowd, kinds: KindTable, told: Sequence[str]) -> tuple[str, ...]:
    """The ids of those named, each once, then of those `told`.

    Raises NotFound where that is nobody, or somebody unclear is not told.
    """
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


_SPOKEN_OF = pattern(r"(?i:(?<!\w)(?:about|regarding|concerning|intro(?:duction)? to) (?:the )?\Z)")


_WHOSE_LINE = pattern(r" ?:(?=\s)")


def there(text: str, named: Sequence[Claim]) -> Sequence[Claim]:
    """Those who are not only spoken of, `talked about Ada and Ben`, `Ben: Ada is moving`; all, where there is nobody else."""
    found: list[Claim] = []
    last = -1  # the end of the last one who is spoken of
    for claim in named:
        if _SPOKEN_OF.search(text, 0, claim.start) or text[last : claim.start] in (" and ", " & "):
            last = claim.end
            continue
        found.append(claim)
        if _WHOSE_LINE.match(text, claim.end):
            break
    return found or named


def _why_unclear(text: str, claim: Claim, ids: Sequence[str], people: Crowd, kinds: KindTable) -> str:
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
    return (word,) in people.phrases or word in kinds or word[:3] in (*WEEKDAYS, *MONTHS) or word in (*JOINING, "today", "yesterday")


def _count(number: int) -> str:
    return next((word for word, value in NUMBER_WORDS.items() if value == number and len(word) > 2), str(number))
