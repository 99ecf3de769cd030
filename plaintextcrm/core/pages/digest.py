"""The brief before a meeting: everything that stands on the page of one contact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from plaintextcrm.core import due as dues
from plaintextcrm.core import history, numbers
from plaintextcrm.core.body import Section
from plaintextcrm.core.dates import cadence_words, last_day, span_words
from plaintextcrm.core.due import DueRow
from plaintextcrm.core.due_words import between_words, shared_hobbies
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.linkwords import Plain, links_of, plain_words
from plaintextcrm.core.model import NEVER, OPEN_BOXES, Contact, FollowUp, Interaction
from plaintextcrm.core.numbers import Numbers
from plaintextcrm.core.pages import words
from plaintextcrm.core.pages.addresses import page_of
from plaintextcrm.core.pages.shapes import Common, Digest, Entry, Fact, Line, Link, Promise
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Standing

SHOWN_FIELDS = ("with", "minutes", "value", "from", "to", "by")
_ITEM = pattern(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[(.)\][ \t]+)?")
_FIELD = pattern(r"\s*\[[^\[\]():]+::[^\[\]]*\]")
_LINK = pattern(r"\[\[([^\[\]|#]+)(?:\|([^\[\]]*))?[^\[\]]*\]\]")

Resolve = Callable[[str], tuple[str, str] | None]
"""The target of a wikilink -> (href from the folder of the site, name), or None where there is no page."""


def plain_by(resolve: Resolve) -> Plain:
    """Text in plain words, links by the names of those they mean."""

    def plain(text: str) -> str:
        return plain_words(text, {link: page[1] for link in links_of([text]) if (page := resolve(link))}) if "[[" in text else text

    return plain


class Around(NamedTuple):
    """What a page knows beside its contact."""

    settings: Settings
    today: date
    resolve: Resolve
    linked: tuple[tuple[str, str], ...] = ()  # (name, href) of those whose files name this one
    file: str = ""  # how the page reaches the file


def digest(contact: Contact, standing: Standing, row: DueRow, notes: str, around: Around) -> Digest:
    """The page of one (published) contact."""
    settings, today, kinds = around.settings, around.today, around.settings.kind_table
    log = history.past(contact, today)
    touches = history.touches(contact, today, kinds)
    gone = standing.hidden == "wholly"
    died = last_day(contact.died) if contact.died else None
    found = numbers.numbers(touches, today, kinds)
    shared = frozenset(shared_hobbies(contact, settings))
    tier = (contact.tier or "") if settings.site.show_tier else ""
    tasks, near = _open(contact), dues.dated_rows(contact, standing, settings, today, row.occasions)
    return Digest(
        id=contact.id, name=contact.name, state=words.state_shown(standing), paused=standing.hidden in ("paused", "snoozed"),
        state_word=_state_word(contact, standing), role=words.role_line(contact), groups=contact.texts("groups"), tier=tier,
        say="" if gone else words.sentence(row.hook), facts=_facts(contact, standing, row, found, touches, today),
        yours=tuple([_promise(task, today) for task in tasks if task.waiting != "them"]),
        theirs=tuple([_promise(task, today) for task in tasks if task.waiting == "them"]),
        reach=_reach(contact), log_line="" if gone else log_line(contact, row, kinds),
        dates=tuple([date_line(one, today, plain_by(around.resolve)) for one in near]),
        met=_met(contact, log, today), through=_common(contact.text("referred_by"), around.resolve),
        common=_in_common(contact, around),
        likes=tuple(Common(hobby, "", hobby in shared) for hobby in contact.texts("hobbies")), about=_about(contact),
        ask=() if gone else numbers.ask_next_time(contact), notes=notes,
        entries=_entries(log, touches, kinds, today), log=log, died=died.isoformat() if died else "", file=around.file, path=contact.path,
    )  # fmt: skip


def _state_word(contact: Contact, standing: Standing) -> str:
    if contact.is_true("do_not_contact"):
        return "do not contact"
    if standing.hidden == "wholly":
        return "deceased" if contact.died or contact.text("status") == "deceased" else "archived"
    return {"snoozed": "not now", "paused": "paused"}.get(standing.hidden) or words.STATE_WORDS[standing.state]


# --- where you stand -----------------------------------------------------------------------------------------------


def _facts(
    contact: Contact,
    standing: Standing,
    row: DueRow,
    found: Numbers,
    touches: Sequence[Interaction],
    today: date,
) -> tuple[Fact, ...]:
    facts = []
    if standing.hidden != "wholly":
        facts.append(_next_fact(contact, standing, row, today))
        if row.freshness is not None:
            facts.append(Fact("Freshness", str(row.freshness), f"{words.warmth(row.freshness)}; 50 is the day it falls due", row.freshness))
    if touches:
        last = touches[-1]
        facts.append(Fact("Last", words.plain_day(last.on, today), _last_words(last, today)))
    elif standing.last and contact.last_contact:
        facts.append(Fact("Last", words.plain_day(date.fromordinal(standing.last), today), "as the file says; no entry tells of it"))
    if standing.hidden == "wholly":
        return tuple(facts)
    if found.strength is not None:
        facts.append(Fact("Strength", str(found.strength), _strength_words(found)))
    if found.recent or found.before:
        facts.append(
            Fact("Trend", str(found.recent), f"{'time' if found.recent == 1 else 'times'} in 90 days, {found.before} in the 90 before")
        )
    if found.gap is not None and found.gaps >= 3:
        asked = f"; you ask for {cadence_words(row.cadence)}" if row.cadence != NEVER else ""
        facts.append(Fact("Own rhythm", cadence_words(numbers.as_cadence(found.gap)), f"the middle of the last {found.gaps} gaps{asked}"))
    drift, balance = numbers.drift_words(found), numbers.balance_words(found)
    if drift:
        facts.append(Fact("Drifting", "quieter than usual", drift))
    if balance:
        facts.append(Fact("Who began", "one side", balance))
    return tuple(facts)


def _next_fact(contact: Contact, standing: Standing, row: DueRow, today: date) -> Fact:
    asked = cadence_words(row.cadence) if row.cadence != NEVER else ""
    silent = "" if not standing.hidden else {
        "snoozed": f"not before {words.plain_day(contact.snooze_until, today)}" if contact.snooze_until else "snoozed",
        "paused": f"paused until {words.plain_day(contact.paused, today)}" if isinstance(contact.paused, date) else "paused",
        "attempt": "tried lately, not reached", "plan": "something is planned",
    }.get(standing.hidden, "")  # fmt: skip
    if row.due is None:
        return Fact("Next due", "on file", "; ".join(part for part in (silent, "neither tier nor cadence: nothing falls due") if part))
    days = (row.due - today).days
    when = "today" if not days else f"in {span_words(days)}" if days > 0 else f"{span_words(-days)} ago"
    return Fact(
        "Next due", words.plain_day(row.due, today), "; ".join(part for part in (when, silent, f"asked {asked}" if asked else "") if part)
    )


def _last_words(entry: Interaction, today: date) -> str:
    days = (today - entry.on).days
    ago = "today" if not days else f"{between_words(entry.on, today)} ago"
    side = ", theirs" if history.from_them(entry) else ", yours" if history.from_us(entry) else ""
    return f"{ago}; {entry.kind}{side}" if entry.kind else f"{ago}{side}"


def _strength_words(found: Numbers) -> str:
    amounts = zip(found.sizes, ("in person", "by voice", "in writing"), strict=True)
    said = ", ".join([f"{amount} {name}" for amount, name in amounts if amount])
    return f"100 × (1 − e^(−{found.strength_sum:.2f}/6)): {said}, fading by half every {numbers.HALF_LIFE_DAYS} days"


# --- loops, reach, around ------------------------------------------------------------------------------------------


def _open(contact: Contact) -> list[FollowUp]:
    return sorted((task for task in contact.follow_ups if task.open), key=lambda task: (task.due or date.max, task.where))


def _promise(task: FollowUp, today: date) -> Promise:
    late = task.due is not None and task.due < today
    when = ""
    if task.due:
        when = f"since {words.short_day(task.due, today)}" if late else words.near_day(task.due, today)
    return Promise(task.text, when, late)


def _reach(contact: Contact) -> tuple[tuple[str, Link], ...]:
    found = [("Mail", words.mail_link(address)) for address in contact.texts("email")]
    found += [("Phone", words.phone_link(number)) for number in contact.texts("phone")]
    found += [("Web", words.web_link(address)) for address in contact.texts("website")]
    found += [("LinkedIn", words.web_link(address)) for address in contact.texts("linkedin")]
    found += [("Place", Link(contact.text("location") or ""))] if contact.text("location") else []
    found += [("Address", Link(address)) for address in contact.texts("address")]
    found += [("Prefers", Link(contact.text("prefers") or ""))] if contact.text("prefers") else []
    return tuple(found)


def short_reach(contact: Contact) -> tuple[Link, ...]:
    """Mail, Call, Website: the first of each that leads somewhere."""
    found = []
    for word, key, link in (
        ("Mail", "email", words.mail_link),
        ("Call", "phone", words.phone_link),
        ("Website", "website", words.web_link),
    ):
        href = next((one.href for text in contact.texts(key) if (one := link(text)).href), "")
        if href:
            found.append(Link(word, href))
    return tuple(found)


def log_line(contact: Contact, row: DueRow, kinds: KindTable) -> str:
    """`ptcrm log ada-king coffee`: the kind is that of the last time, so that most often only a word is to be changed."""
    id = contact.id
    plain = id.replace("-", "").replace("/", "").replace("_", "").replace(".", "")
    quoted = id if plain.isascii() and plain.isalnum() else "'" + id.replace("'", "'\\''") + "'"
    kind = row.last_kind or ""
    group = kinds[kind].group if kind in kinds else ""
    if group not in ("in person", "voice", "writing") or kind in words.GIVING:
        kind = "call" if contact.texts("phone") else "message"
    return f"ptcrm log {'-- ' if id.startswith('-') else ''}{quoted} {kind}"


def date_line(row: dues.DatedRow, today: date, plain: Plain = plain_words) -> Line:
    """A dated row as a line of a list."""
    is_theirs = row.kind == "promise" and row.label.startswith("they: ")
    label = plain(row.label.removeprefix("they: "))
    what = f"planned: {label}" if row.kind == "plan" else label
    return Line("theirs" if is_theirs else row.kind, "", row.name, page_of(row.id), what, words.near_day(row.on, today), row.on.isoformat())


def _met(contact: Contact, log: Sequence[Interaction], today: date) -> str:
    known = numbers.known_for(contact, log, today)
    return " · ".join(part for part in (known, contact.text("met_at") or "") if part)


def link_name(text: str, resolve: Resolve) -> Common:
    """A key that names a person: `[[bob-lee]]` or plain words, with its page where there is one."""
    match = _LINK.fullmatch(text.strip())
    found = resolve(match[1] if match else text)
    if found:
        return Common((match and match[2]) or found[1], found[0])
    return Common(plain_words(text))


def _common(text: str | None, resolve: Resolve) -> Common | None:
    return link_name(text, resolve) if text else None


def _in_common(contact: Contact, around: Around) -> tuple[Common, ...]:
    """Whom they know, and whose files name them."""
    found = {one.words: one for one in (link_name(text, around.resolve) for text in contact.texts("knows"))}
    for name, href in around.linked:
        found.setdefault(name, Common(name, href))
    return tuple(sorted(found.values(), key=lambda one: one.words.casefold()))


def _about(contact: Contact) -> tuple[tuple[str, str], ...]:
    facts = [
        ("Also", ", ".join(contact.texts("aliases"))), ("Why", contact.text("why") or ""), ("Family", "; ".join(contact.texts("family"))),
        ("Needs", "; ".join(contact.texts("needs"))), ("Offers", "; ".join(contact.texts("offers"))),
        ("In person", cadence_words(contact.in_person) if contact.in_person else ""),
        ("Looked after by", " → ".join(part for part in (contact.text("owner"), contact.text("successor")) if part)),
    ]  # fmt: skip
    return tuple((label, text) for label, text in facts if text)


# --- the log, the notes --------------------------------------------------------------------------------------------


def _entries(log: Sequence[Interaction], touches: Sequence[Interaction], kinds: KindTable, today: date) -> tuple[Entry, ...]:
    """The log as it is shown, newest first."""
    counting = frozenset(map(id, touches))
    groups, days = words.groups_of(kinds), words.days_of(today)
    drawn = []
    for entry in reversed(log):
        on, text, kind, _, fields, _, details, _, _ = entry
        side, is_attempt = "", False
        if fields:
            extra, side, is_attempt = _of_fields(fields)
            if extra:
                text = f"{text} · {extra}" if text else extra
        if details:
            details = tuple([said for line in details if (said := _detail(line))])
        iso, when = days[on]
        drawn.append(_new_entry((iso, when, kind or "", groups[kind], is_attempt, side, id(entry) in counting, text, details)))
    return tuple(drawn)


_new_entry = Entry._make


@lru_cache(maxsize=4096)
def _of_fields(fields: tuple[tuple[str, str], ...]) -> tuple[str, str, bool]:
    """(what is shown of the fields of an entry, whose it was, whether it is an attempt)."""
    bare = Interaction(date.min, fields=fields)
    side = "theirs" if history.from_them(bare) else "yours" if history.from_us(bare) else ""
    return " · ".join([_field(key, value) for key, value in fields if key in SHOWN_FIELDS]), side, history.is_attempt(bare)


def _field(key: str, value: str) -> str:
    return f"{value} minutes" if key == "minutes" else f"{key} {value}"


def _detail(line: str) -> str:
    """A line below an entry without its list mark; nothing of what is still open, which stands among the promises."""
    if line[:2] == "- " and line[2:3] not in " \t[":  # nearly all
        said = line[2:]
    else:
        item = _ITEM.match(line)
        if item is None:
            return line.strip()
        if item[1] in OPEN_BOXES:
            return ""
        said = line[item.end() :]
    return (_FIELD.sub("", said) if "::" in said else said).strip()


def logged_lines(section: Section, *, whole: bool) -> Iterator[tuple[int, int]]:
    """(line, line after the last) of what a log section says as entries; prose between them is left for the notes.

    Where headings, tables or paragraphs are entries, too, it is not told apart, and all of the section is its log.
    """
    if whole or section.has_blocks or section.plain:
        yield section.line, section.end
        return
    yield section.line, section.line + 1
    for entry in section.entries:
        yield entry.line, entry.end


def notes_of(body: str, first_line: int, sections: Sequence[tuple[int, int]], title: str | None, task_lines: Sequence[int]) -> str:
    """The Markdown of a body beside its log: without the lines of `sections`, the title, and the lines of follow-ups.

    `sections` are (line, line after the last) in lines of the file; the body begins at `first_line`.
    """
    lines = body.split("\n")
    left_out = set(task_lines)
    kept: list[str] = []
    number = first_line
    for start, end in (*sorted(sections), (first_line + len(lines), 0)):
        kept += [lines[place - first_line].rstrip("\r") for place in range(number, start) if place not in left_out]
        number = max(number, end)
    if title is not None:
        place = next((place for place, line in enumerate(kept) if line.lstrip().startswith("# ")), None)
        if place is not None:
            del kept[place]
    return "\n".join(kept).strip("\n")
