"""A relation that passes from one of us to another: how far it is, and what each side does next (docs/reports.md, "handover")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from plaintextcrm.core import history
from plaintextcrm.core.colleagues import Colleagues, Presence
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import typed

NOBODY, NAMED, MET, JOINT, LED, TRUSTED, DONE = "no successor", "named", "met", "joint", "led", "trusted", "handed over"
STAGES = (NOBODY, NAMED, MET, JOINT, LED, TRUSTED, DONE)
STALLED_DAYS = 30


class Passing(NamedTuple):
    """How far a relation has passed from `owner` to `successor` (ids, "" for nobody) on a day.

    `moved` is the day of the last sign of it: the successor was there, or a `[handover::]` note was written; before any, the last contact.
    """

    owner: str
    successor: str
    stage: str
    moved: date | None
    notes: tuple[Interaction, ...] = ()  # entries with `[handover::]`, oldest first
    met_by: tuple[tuple[str, int], ...] = ()  # (colleague, contacts) of the others of us, most first
    by_successor: int = 0  # contacts at which the successor was there


class HandoverStep(NamedTuple):
    """What each side does next, and the command that names or records it; `days` since something moved."""

    stage: str
    owner: str
    successor: str
    owner_does: str
    successor_does: str
    command: str
    days: int | None
    stalled: bool
    leaves_in: int | None  # days, where the owner's last day is known

    def words(self, colleagues: Colleagues) -> str:
        """Both sides in one line, for whoever looks after the relation."""
        if not self.successor:
            return f"handover: {colleagues.name(self.owner)} {self.owner_does}"
        owner, successor = colleagues.name(self.owner), colleagues.name(self.successor)
        return f"handover, {self.stage}: {owner} {self.owner_does}; {successor} {self.successor_does}"


def passing(contact: Contact, colleagues: Colleagues, today: date) -> Passing | None:
    """How far this relation has passed on. None where it stays: no successor, an owner who does not leave, none handed over."""
    owner, successor = colleagues.id(contact.text("owner")), colleagues.id(contact.text("successor"))
    if not owner:
        return None
    if successor == owner:
        successor = ""
    if not successor and colleagues.leaves(owner) is None and not _mentions_one(contact):
        return None
    past = history.past_of(_bare(contact), today, contact.log_order)
    handed = _handed(past, colleagues)
    if handed and handed.to == (successor or owner) and (successor or colleagues.leaves(owner) is None):
        return Passing(handed.before, handed.to, DONE, handed.on, notes=_notes(contact, past))
    if not successor and colleagues.leaves(owner) is None:
        return None
    return _under_way(contact, past, colleagues, owner, successor)


def _bare(contact: Contact) -> Sequence[Interaction]:
    """The log, of a plain one without texts: all that is asked but of notes is said by days, kinds and fields."""
    log = contact.interactions
    return log.skeleton if isinstance(log, PlainLog) else log


def _mentions_one(contact: Contact) -> bool:
    log = contact.interactions
    return "handover" in log.kinds if isinstance(log, PlainLog) else any(entry.kind == "handover" for entry in log)


class _Handed(NamedTuple):
    """What a `handover` entry says."""

    before: str
    to: str
    on: date


def _handed(past: Iterable[Interaction], colleagues: Colleagues) -> _Handed | None:
    """The newest entry that says from whom to whom."""
    found = None
    for entry in past:
        if entry.kind == "handover":
            before, to = colleagues.id(entry.field("from")), colleagues.id(entry.field("to"))
            found = _Handed(before, to, entry.on) if before and to and before != to else found
    return found


def _notes(contact: Contact, past: Iterable[Interaction]) -> tuple[Interaction, ...]:
    """Those with `[handover::]`, whole."""
    log = contact.interactions
    notes = (entry for entry in past if entry.fields and entry.field("handover"))
    return tuple(log.whole(entry) if isinstance(log, PlainLog) else entry for entry in notes)


def _under_way(contact: Contact, past: Sequence[Interaction], colleagues: Colleagues, owner: str, successor: str) -> Passing:
    seen = list(colleagues.presences(contact, past))
    with_successor = [one for one in seen if successor in one[1]]
    together = [entry for entry, us in with_successor if owner in us]
    alone = [entry for entry, us in with_successor if owner not in us]
    notes = _notes(contact, past)
    signs = [entry.on for entry, _ in with_successor] + [entry.on for entry in notes]
    return Passing(
        owner, successor, _stage(together, alone) if successor else NOBODY,
        max(signs, default=seen[0][0].on if seen else None), notes, _met_by(seen, (owner, successor)), len(with_successor),
    )  # fmt: skip


def _stage(together: Sequence[Interaction], alone: Sequence[Interaction]) -> str:
    """The furthest that the log shows."""
    if any(history.from_them(entry) for entry in alone):
        return TRUSTED
    if alone:
        return LED
    return NAMED if not together else MET if len(together) == 1 else JOINT


def _met_by(seen: Iterable[Presence], but: Sequence[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(colleague for _, us in seen for colleague in us if colleague not in but)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


# --- what to do next -----------------------------------------------------------------------------------------------


def next_step(contact: Contact, settings: Settings, today: date, colleagues: Colleagues | None = None) -> HandoverStep | None:
    """What each side does next. None where nothing is to be passed on: it stays, it is done, or the contact is not to be turned to."""
    if contact.is_true("do_not_contact") or (contact.text("status") or "").strip().lower() in ("archived", "deceased"):
        return None
    colleagues = colleagues or Colleagues(settings)
    found = passing(contact, colleagues, today)
    return step_of(contact, found, colleagues, today) if found and found.stage != DONE else None


def step_of(contact: Contact, found: Passing, colleagues: Colleagues, today: date) -> HandoverStep:
    """The next step of a relation that is being passed on. Once the owner has left, all is the successor's to do."""
    days = (today - found.moved).days if found.moved else None
    leaves = colleagues.leaves(found.owner)
    has_left = leaves is not None and leaves < today
    owner_does, successor_does = _both_sides(found.stage, colleagues.name(found.successor))
    if has_left:
        owner_does, successor_does = "has left", _ALONE.get(found.stage, successor_does)
    return HandoverStep(
        found.stage, found.owner, found.successor, owner_does, successor_does, _command(contact.id, found, colleagues, has_left), days,
        days is None or days >= STALLED_DAYS, (leaves - today).days if leaves else None,
    )  # fmt: skip


_ALONE = {NAMED: "makes the first contact", MET: "rings, alone"}


def _both_sides(stage: str, successor: str) -> tuple[str, str]:
    """What the owner does, what the successor does."""
    return {
        NOBODY: ("says who could follow", ""),
        NAMED: (f"brings {successor} along", "reads the file first"),
        MET: (f"brings {successor} a second time", "writes a line of thanks"),
        JOINT: (f"lets {successor} ring", "rings, alone"),
        LED: ("stays away, and says so", "keeps the rhythm"),
        TRUSTED: ("bows out", "takes over"),
    }[stage]


def _command(id: str, found: Passing, colleagues: Colleagues, has_left: bool) -> str:
    from shlex import quote

    if found.stage == NOBODY:
        likely = could_follow(found, colleagues)
        return f"ptcrm set {typed(id)} successor={quote(likely)}" if likely else f"ptcrm edit {typed(id)}"
    if found.stage in (NAMED, MET) and not has_left:
        return f"ptcrm log {typed(id, 'meeting', option=f'--with {quote(found.successor)}')}"
    if found.stage == TRUSTED:
        return f"ptcrm handover {typed(id, found.successor)}"
    return f"ptcrm log {typed(id, 'call', option='--in' if found.stage == LED else '')}"


def could_follow(found: Passing, colleagues: Colleagues) -> str:
    """Who of us knows them best after the owner, else who alone is left; "" where that names nobody."""
    staying = [mate.id for mate in colleagues.team if mate.leaves is None and mate.id != found.owner]
    known = [colleague for colleague, _ in found.met_by if colleague in staying]
    return known[0] if known else staying[0] if len(staying) == 1 else ""
