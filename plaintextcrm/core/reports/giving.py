"""`give`: whether giving comes before asking. It keeps no balance sheet of friends: what came back is not counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from plaintextcrm.core.dates import add, day_words
from plaintextcrm.core.due_words import meaning
from plaintextcrm.core.history import from_them
from plaintextcrm.core.model import Cadence, FollowUp, Interaction
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import many
from plaintextcrm.core.reports.shapes import Report, Step, Table
from plaintextcrm.core.reports.telling import be, columns, names, often, spelled, who

GIVEN = frozenset(("gave", "offered", "introduced", "referral-out", "gift"))
ASKED = frozenset(("asked",))
LATELY, YEAR = Cadence(6, "month"), Cadence(1, "year")


class Given(NamedTuple):
    """One thing given to one person, its text left out."""

    to: Member
    entry: Interaction


class Open(NamedTuple):
    """One promise of ours that is open; `number` is what `ptcrm done WHO N` calls it."""

    to: Member
    number: int
    task: FollowUp


def give(network: Network) -> Report:
    """Whom I asked more than I gave; what was given lately; which promises are open."""
    people = tuple(network)
    gave, took = {one.id: given(one) for one in people}, {one.id: asked(one) for one in people}
    gifts = [Given(one, entry) for one in people for entry in gave[one.id]]
    asks = [Given(one, entry) for one in people for entry in took[one.id]]
    more = [one for one in people if len(took[one.id]) > len(gave[one.id])]
    more.sort(key=lambda one: (len(gave[one.id]) - len(took[one.id]), one.id))
    promises, waiting = open_promises(people)
    since = add(network.today, LATELY, -1)
    lately = [gift for gift in gifts if since <= gift.entry.on]
    return Report(
        "give",
        (_asked_table(more, gave, took, network), _lately_table(lately, network), _promises_table(promises, waiting, network)),
        tuple(_headline(gifts, asks, add(network.today, YEAR, -1), bool(people))),
        tuple(_steps(more, promises, network.today)),
    )


def given(one: Member) -> list[Interaction]:
    """What we gave, offered, brought together or sent, oldest first, as in `bones`; not what they gave (`[dir:: in]`)."""
    return _ours(one, GIVEN)


def asked(one: Member) -> list[Interaction]:
    """What we asked of them."""
    return _ours(one, ASKED)


def _ours(one: Member, kinds: frozenset[str]) -> list[Interaction]:
    """Most logs say nothing of these kinds, and need not be put in order to tell."""
    log = one.contact.interactions
    if isinstance(log, PlainLog) and kinds.isdisjoint(log.kinds):
        return []
    return [entry for entry in one.bones if entry.kind in kinds and not from_them(entry)]


def open_promises(people: Iterable[Member]) -> tuple[list[Open], int]:
    """Ours that are open, those with a day first and by day; and how many wait on somebody else. Plans of the log are neither."""
    ours: list[Open] = []
    waiting = 0
    for one in people:
        if not one.contact.follow_ups:
            continue
        log = one.contact.interactions
        plans = set() if isinstance(log, PlainLog) else {(entry.on, entry.where) for entry in log if entry.box}  # a plain one has no boxes
        tasks = sorted((task for task in one.contact.follow_ups if task.open), key=lambda task: (task.due or date.max, task.where))
        for number, task in enumerate(tasks, 1):
            if (task.due, task.where) not in plans:
                waiting += task.waiting == "them"
                ours += [] if task.waiting == "them" else [Open(one, number, task)]
    return sorted(ours, key=lambda one: (one.task.due or date.max, one.to.id, one.number)), waiting


# --- sentences and tables ------------------------------------------------------------------------------------------


def _times(found: Sequence[Given]) -> int:
    """How often: what is written in several files under one block id is once."""
    return len({(one.entry.on, one.entry.block_id) if one.entry.block_id else (one.to.id, place) for place, one in enumerate(found)})


def _headline(gifts: Sequence[Given], asks: Sequence[Given], since: date, anybody: bool) -> Iterable[str]:
    gave = [one for one in gifts if one.entry.on > since]
    took = [one for one in asks if one.entry.on > since]
    if not gifts and not asks:
        yield (
            "No log says yet who gave or asked: the kinds are gave, offered, introduced, referral-out, gift and asked."
            if anybody
            else "There is nobody here yet to give to."
        )
        return
    people = len({one.to.id for one in gave})
    gave_words = f"gave or offered {often(_times(gave))}, to {many(people, 'person', 'people')}" if gave else "gave or offered nothing"
    asked_words = f"asked {often(_times(took))}" if took else "asked for nothing"
    yield f"In the last twelve months you {gave_words}, and {asked_words}{': giving comes first' if _times(gave) > _times(took) else ''}."


def _asked_table(
    more: Sequence[Member], gave: Mapping[str, Sequence[Interaction]], took: Mapping[str, Sequence[Interaction]], network: Network
) -> Table:
    sentence = ""
    if more:
        sentence = (
            f"{names(more)}: asked more often than given, over the whole log. "
            "Given is whatever says gave, offered, introduced, referral-out or gift; the last column is where giving could begin."
        )
    rows, offers = [], _offers(network) if more else []
    for one in more:
        asks, last = len(took[one.id]), one.whole(took[one.id][-1])
        rows.append({
            "id": one.id, "name": one.name, "asked": asks, "given": len(gave[one.id]), "about": network.plain(last.text) or None,
            "help": network.plain(_help(one, offers)) or None, "last_asked": last.on,
            "needs": tuple(map(network.plain, one.contact.texts("needs"))),
        })  # fmt: skip
    headings = columns(name="Name", asked="Asked", given="Given", about="Asked last", help="Would help")  # fmt: skip
    return Table("Asked more than given", headings, tuple(rows), sentence, "Nobody was asked more often than given to.")


def _offers(people: Iterable[Member]) -> list[tuple[frozenset[str], Member, str]]:
    """What somebody may be asked for on behalf of somebody else, by what it means."""
    return [(meaning(text), one, text) for one in people for text in one.contact.texts("offers")]


def _help(one: Member, offers: Sequence[tuple[frozenset[str], Member, str]]) -> str:
    """The first of their needs that somebody offers, with who; else their first need, or ""."""
    needs = one.contact.texts("needs")
    for need in needs:
        wanted = meaning(need)
        for means, other, _ in offers:
            if other.id != one.id and wanted and means and (wanted <= means or means <= wanted):
                return f"{need}: {other.name} offers it"
    return needs[0] if needs else ""


def _lately_table(lately: Sequence[Given], network: Network) -> Table:
    rows = sorted(enumerate(lately), key=lambda one: (-one[1].entry.on.toordinal(), one[1].to.id, one[0]))
    sentence = f"{often(_times(lately)).capitalize()}, to {many(len({one.to.id for one in lately}), 'person', 'people')}." if lately else ""
    return Table(
        "Given in the last six months",
        columns(name="To", on="On", kind="How", what="What"),
        tuple(
            {"id": gift.to.id, "name": gift.to.name, "on": gift.entry.on, "kind": gift.entry.kind,
             "what": network.plain(gift.to.whole(gift.entry).text)} for _, gift in rows
        ),
        sentence, "Nothing was given or offered in the last six months, as far as the logs know.",
    )  # fmt: skip


def _promises_table(promises: Sequence[Open], waiting: int, network: Network) -> Table:
    due = [one for one in promises if one.task.due and one.task.due <= network.today]
    parts = []
    if promises:
        parts.append(
            f"{spelled(len(promises), 'promise')} of ours {be(len(promises))} open"
            + (f", {len(due) if len(due) < len(promises) else 'all'} of them for today or before." if due else ".")
        )
    if waiting:
        parts.append(
            f"{spelled(waiting, 'more waits', 'more wait')} on them."
            if promises
            else f"{spelled(waiting, 'promise waits', 'promises wait')} on them."
        )
    return Table(
        "Open promises",
        columns(name="To", due="For", promise="Promise", owner="Whose"),
        tuple(
            {"id": one.to.id, "name": one.to.name, "due": one.task.due, "promise": network.plain(one.task.text), "owner": one.task.owner,
             "number": one.number} for one in promises
        ),
        " ".join(parts), "No promise of ours is open.",
    )  # fmt: skip


def _steps(more: Sequence[Member], promises: Sequence[Open], today: date) -> Iterable[Step]:
    due = [one for one in promises if one.task.due and one.task.due <= today]
    for first in due[:1]:
        when = "today" if first.task.due == today else day_words(first.task.due or today, today)
        yield Step(f"Once it is done, tick what was promised to {first.to.name} for {when}:", f"ptcrm done {who(first.to)} {first.number}")
    for one in more[:1]:
        yield Step(f"When you have offered {one.name} something, write it down:", f'ptcrm log {who(one)} offered "…"')
    if promises and not due:
        yield Step("All that is promised, by day:", "ptcrm todo")
    yield Step("Whom you could bring together, which is giving twice:", "ptcrm report introduce")
