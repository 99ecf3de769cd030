"""The reasons to be in touch with one person that hold today, and a phrase of one's own filled in for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from plaintextcrm.core import due_words as dues
from plaintextcrm.core import history, numbers
from plaintextcrm.core.dates import day_words, last_day
from plaintextcrm.core.due import DueRow
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.kinds import Kind, KindTable
from plaintextcrm.core.linkwords import Plain, plain_words
from plaintextcrm.core.model import Contact, FollowUp
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import BIRTHDAY, DATE, WORK, Standing
from plaintextcrm.core.text import fold, typed

GROUPS = ("in person", "voice", "writing")  # of kinds, the nearest first


class Idea(NamedTuple):
    """One reason: its code, in words, and the command that records what came of it."""

    code: str
    words: str
    command: str


class Subject(NamedTuple):
    """Whom the ideas are about: the contact, where it stands, its row of the due list, the settings, the day; how links are said."""

    contact: Contact
    standing: Standing
    row: DueRow
    settings: Settings
    today: date
    plain: Plain = plain_words


# --- ideas ---------------------------------------------------------------------------------------------------------


def ideas(who: Subject, others: Iterable[Contact] = ()) -> tuple[Idea, ...]:
    """What is owed, what is near, then what there is to talk about; nothing for those who are gone.

    `others` is asked only where somebody needs or offers something.
    """
    if who.standing.hidden == "wholly":
        return ()
    found: dict[str, Idea] = {}
    for idea in (*_owed(who), *_near(who), *_turn(who), *_talk(who), *_between(who, others)):
        found.setdefault(idea.words, idea)
    return tuple(found.values())


def _command(name: str, who: Subject, *words: str) -> str:
    return f"ptcrm {name} {typed(who.contact.id, *words)}"


def _log(who: Subject, kind: str, text: str = "", option: str = "") -> str:
    return f"ptcrm log {typed(who.contact.id, kind, *([text] if text else []), option=option)}"


def usual_kind(who: Subject) -> str:
    """The kind of the last contact where it is one of meeting, calling or writing; else what there is an address for."""
    kinds = who.settings.kind_table
    last = who.row.last_kind
    if last and last in kinds and kinds[last].group in GROUPS and last != "gift":
        return last
    return "call" if who.contact.texts("phone") else "email" if who.contact.texts("email") else "coffee"


def _owed(who: Subject) -> Iterator[Idea]:
    for code in who.standing.owed:
        only = who.standing._replace(owed=(code,))
        if code == "promise":
            yield from _promises(who, only)
            continue
        for words in dues.owed_words(who.contact, only, who.settings, who.today, who.plain):
            yield Idea(code, words, _recorded(who, code, words))


def _promises(who: Subject, only: Standing) -> Iterator[Idea]:
    for number, task in enumerate(_open_tasks(who.contact), 1):
        if task.due and task.due <= who.today and task.waiting != "them":
            alone = who.contact._replace(follow_ups=(task,))
            for words in dues.owed_words(alone, only, who.settings, who.today, who.plain):
                yield Idea("promise", words, _command("done", who, str(number)))


def _open_tasks(contact: Contact) -> list[FollowUp]:
    """By day, then line: the numbers that `done` takes."""
    return sorted((task for task in contact.follow_ups if task.open), key=lambda task: (task.due or date.max, task.where))


def _recorded(who: Subject, code: str, words: str) -> str:
    if code in (BIRTHDAY, DATE):
        return _log(who, "card", "birthday" if code == BIRTHDAY else words.removesuffix(" today"))
    if code == "thanks":
        return _log(who, "card", "thank you")
    if code == "answer":
        past = history.past(who.contact, who.today)
        theirs = next((entry.kind for entry in reversed(past) if history.from_them(entry)), None)
        return _log(who, theirs or usual_kind(who), "", "--out")
    return _log(who, usual_kind(who))


def _near(who: Subject) -> Iterator[Idea]:
    """What they promised us by now, and the occasions of these days: one that is still to come has the code `soon`."""
    awaited = dues.awaited_words(who.contact, who.today, who.plain)
    if awaited:
        yield Idea("awaited", awaited, _log(who, usual_kind(who)))
    for on in who.row.occasions:
        if on.on != who.today or on.kind == WORK:
            code = "soon" if on.on > who.today else on.kind
            yield Idea(code, dues.occasion_words(on, who.today), _log(who, "card", "birthday" if on.kind == BIRTHDAY else on.words()))


def _turn(who: Subject) -> Iterator[Idea]:
    """Somebody new, not seen in person, due, or drifting."""
    kinds, today = who.settings.kind_table, who.today
    newcomer = dues.newcomer_words(who.contact, who.standing, kinds, today, who.plain)
    if newcomer:
        yield Idea("newcomer", newcomer, _log(who, usual_kind(who)))
    unseen = dues.in_person_words(who.contact, kinds, today)
    if unseen:
        yield Idea("in person", unseen, _log(who, "coffee"))
    if 0 < who.standing.next <= today.toordinal() and not who.standing.hidden:
        yield Idea("due", who.row.reason, _log(who, usual_kind(who)))
    drift = numbers.drift_words(numbers.numbers(history.touches(who.contact, today, kinds), today, kinds))
    if drift:
        yield Idea("drift", drift, _log(who, usual_kind(who)))


def _talk(who: Subject) -> Iterator[Idea]:
    """The last words, a hobby of both, what the file does not say yet."""
    last = dues.last_words(who.contact, who.settings.kind_table, who.today, who.plain)
    if last:
        yield Idea("last", last, _log(who, usual_kind(who)))
    hobby = dues.shared_hobby_words(who.contact, who.settings)
    if hobby:
        yield Idea("hobby", hobby, _log(who, usual_kind(who)))
    ask = numbers.ask_next_time(who.contact)
    if ask:
        yield Idea("ask", f"to ask: {', '.join(ask)}", _command("edit", who))


def _between(who: Subject, others: Iterable[Contact]) -> Iterator[Idea]:
    """Whom to bring together: what they need and somebody offers, what they offer and somebody needs."""
    needs, offers = who.contact.texts("needs"), who.contact.texts("offers")
    if not needs and not offers:
        return
    for other in others:
        if other.id == who.contact.id:
            continue
        command = f"ptcrm log {typed(f'{who.contact.id},{other.id}', 'introduced')}"
        for need in needs:
            for offer in other.texts("offers"):
                if dues.meets(need, offer):
                    yield Idea("need", who.plain(f"needs {need}: {other.name} offers {offer}"), command)
        for offer in offers:
            for need in other.texts("needs"):
                if dues.meets(need, offer):
                    yield Idea("offer", who.plain(f"offers {offer}: {other.name} needs {need}"), command)


# --- how they like to be reached -----------------------------------------------------------------------------------

_OTHER_WORDS = {
    "mail": "email",
    "mails": "email",
    "telephone": "call",
    "voice": "call",
    "writing": "letter",
    "person": "meeting",
    "walk": "visit",
}
_REFUSALS = ("no", "not", "never", "nor", "without", "hates")
_FILLERS = ("by", "a", "any", "the", "on", "in")


def preferred(text: str, kinds: KindTable) -> Kind | None:
    """The first kind that `prefers` names and does not refuse: `text, never before ten` is a text, `no calls` is none."""
    before = ""
    for word in re.findall(r"\w+(?:-\w+)*", fold(text)):
        kind = kinds.get(word) or kinds.get(word.removesuffix("s")) or kinds.get(_OTHER_WORDS.get(word, ""))
        if kind and kind.group in GROUPS and before not in _REFUSALS:
            return kind
        before = before if word in _FILLERS else word
    return None


# --- phrases -------------------------------------------------------------------------------------------------------

PHRASES_FOR = {
    BIRTHDAY: ("birthday",), DATE: ("anniversary",), WORK: ("anniversary",), "thanks": ("thanks",), "answer": ("answer",),
    "promise": ("promise",), "newcomer": ("welcome",),
}  # fmt: skip
USUAL = "hello"  # the phrase for no special reason
_PLACEHOLDER = pattern(r"\{\{|\}\}|\{([^{}\n]*)\}")


class Letter(NamedTuple):
    """What is to be written: a subject (often none) and a text with `\\n` between the lines."""

    subject: str
    text: str


def phrase_for(found: Sequence[Idea], names: Sequence[str]) -> str | None:
    """The phrase for the first idea that has one of its own (`birthday`, `thanks` …), else `hello`; None where there is none."""
    wanted = (name for idea in found for name in PHRASES_FOR.get(idea.code, ()))
    by_fold = {fold(name): name for name in names}
    return next((by_fold[name] for name in (*wanted, USUAL) if name in by_fold), None)


def placeholders(who: Subject) -> Mapping[str, str]:
    """What a phrase may name, as the file says it; "" where it does not."""
    contact, today = who.contact, who.today
    years = age_near(who)
    known = numbers.known_for(contact, history.past(contact, today), today)
    return {
        "name": contact.name, "given_name": given_name(contact), "family_name": family_name(contact),
        "company": contact.text("company") or "", "role": contact.text("role") or "", "location": contact.text("location") or "",
        "age": "" if years is None else str(years), "met_at": who.plain(contact.text("met_at") or ""),
        "met": day_words(contact.met, today) if contact.met else "",
        "known_for": known.removeprefix("known for ") if known.startswith("known for ") else "",
        "last": day_words(who.row.last, today) if who.row.last else "", "hobbies": ", ".join(contact.texts("hobbies")),
        "my_name": who.settings.me.name,
    }  # fmt: skip


def fill(text: str, path: str, who: Subject) -> Letter:
    """A phrase with its placeholders filled; a first line `# …` is the subject. `{{` and `}}` are braces.

    Raises Usage with file and line for a placeholder that is unknown, or that the contact's file does not say.
    """
    facts = placeholders(who)

    def filled(number: int, line: str) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] is None:
                return match[0][0]
            word = match[1].strip()
            if word not in facts:
                known = ", ".join(f"{{{name}}}" for name in facts)
                raise Usage(f"{path}:{number}: {{{word}}} is no placeholder: write one of {known}")
            if not facts[word]:
                said = "ptcrm.toml has no name under [me]" if word == "my_name" else f"{who.contact.path} does not say it"
                raise Usage(f"{path}:{number}: {{{word}}}: {said}")
            return facts[word]

        return _PLACEHOLDER.sub(value, line).rstrip()

    lines = [filled(number, line) for number, line in enumerate(text.split("\n"), 1)]
    while lines and not lines[0]:
        lines.pop(0)
    subject = lines.pop(0)[2:].strip() if lines and lines[0].startswith("# ") else ""
    return Letter(subject, "\n".join(lines).strip("\n"))


def given_name(contact: Contact) -> str:
    """The key, else the first word of the name, of a couple all but the last: `Chidi and Grace`."""
    words = contact.name.removeprefix(contact.text("name_prefix") or "").split()
    couple = len(words) > 3 and any(word in ("and", "&") for word in words[1:-1])
    return contact.text("given_name") or (" ".join(words[:-1]) if couple else words[0] if words else "")


def family_name(contact: Contact) -> str:
    """The key, else the last word of a name of several."""
    words = contact.name.removesuffix(contact.text("name_suffix") or "").split()
    return contact.text("family_name") or (words[-1] if len(words) > 1 else "")


def is_dead(contact: Contact, today: date) -> bool:
    """Whether the file says so, by its status or by a day that has come."""
    died = last_day(contact.died) if contact.died else None
    return (contact.text("status") or "").strip().lower() == "deceased" or (died is not None and died <= today)


def age(contact: Contact, today: date) -> int | None:
    """Full years on that day, of the dead on their last; None where the year of birth is not known."""
    born = contact.birthday
    if not born or not born.year:
        return None
    died = last_day(contact.died) if contact.died else None
    then = min(today, died) if died else today
    return then.year - born.year - ((then.month, then.day) < (born.month or 12, born.day or 31))


def age_near(who: Subject) -> int | None:
    """The age that a birthday of these days brings, else the age today."""
    turned = next((on.years for on in who.row.occasions if on.kind == BIRTHDAY and on.years), None)
    return turned or age(who.contact, who.today)


# --- addresses -----------------------------------------------------------------------------------------------------


def mailto(address: str, letter: Letter) -> str:
    """The address that opens a mail (RFC 6068): all but plain letters percent-encoded, CR LF between the lines."""
    local, _, domain = address.strip().rpartition("@")
    to = f"{_encoded(local, safe='!$+*')}@{_encoded(domain)}"
    return to_address(f"mailto:{to}", {"subject": letter.subject, "body": letter.text.replace("\n", "\r\n")})


def sms(number: str, letter: Letter) -> str:
    """The address that opens a text message (RFC 5724); "" where the number is none."""
    digits = "".join(char for char in number if char in "0123456789")
    is_one = len(digits) >= 3 and all(char in "+0123456789 -()./\u00a0" for char in number.strip())
    plus = "+" if number.strip().startswith("+") else ""
    return to_address(f"sms:{plus}{digits}", {"body": letter.text.replace("\n", "\r\n")}) if is_one else ""


def is_mail_address(text: str) -> bool:
    """Whether a mail program could take it: something on both sides of an `@`, nothing a terminal would obey."""
    local, _, domain = text.strip().rpartition("@")
    return bool(local and domain) and text.strip().isprintable() and " " not in domain


def to_address(start: str, fields: Mapping[str, str]) -> str:
    """The address with its fields, those without a value left out."""
    told = "&".join(f"{key}={_encoded(value)}" for key, value in fields.items() if value)
    return f"{start}?{told}" if told else start


def _encoded(text: str, safe: str = "") -> str:
    from urllib.parse import quote as percent

    return percent(text, safe=safe, errors="replace")
