"""The words of the program, on one page. All frozen; tuples, never lists; "none of them" is an empty tuple."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from plaintextcrm.core.record import NamedTuple


class Location(NamedTuple):
    """A place in a file: path as the user would type it from the vault, line and column counted from 1."""

    path: str
    line: int = 1
    column: int = 1


class Problem(NamedTuple):
    """A mistake in a file, as data. `fix` is the corrected line where one is obvious."""

    where: Location
    code: str
    message: str
    fix: str | None = None
    severity: str = "error"  # "error": `check` exits 1; "warning": it does not

    def __str__(self) -> str:
        path, line, column = self.where
        shown = path if path.isprintable() else path.encode("unicode_escape").decode()  # no line end in it may forge a message
        return f"{shown}:{line}:{column}: {self.message} [{self.code}]"


class Source(NamedTuple):
    """One file as read: `text` holds each undecodable byte as one lone surrogate, so that text and bytes agree."""

    id: str
    path: str
    data: bytes
    text: str
    encoding: str  # "utf-8", "utf-8-sig", or "utf-16": only the first two are ever written


class Cadence(NamedTuple):
    """How often: `count` calendar units of "day", "week", "month" or "year"; `NEVER` has unit "never"."""

    count: int  # type: ignore[assignment]  # the word of the field, though every tuple has a method of that name
    unit: str


NEVER = Cadence(0, "never")
OPEN_BOXES = (" ", "/")  # task marks; every other one is closed
TICKED = ("x", "X")


class PartialDate(NamedTuple):
    """A birthday as people know it: any of year, month and day may be missing, day only with its month."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


class Interaction(NamedTuple):
    """One dated line of a log. `kind` is None when the line names none; `fields` are its `[key:: value]` pairs.

    `box` is the task mark ("" without a box, " " open, "x" ticked); `where` is the line in the file, from 1.
    """

    on: date
    text: str = ""
    kind: str | None = None
    at_time: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    block_id: str | None = None
    details: tuple[str, ...] = ()
    box: str = ""
    where: int = 0

    @property
    def is_task(self) -> bool:
        """A plan still open, or one that was cancelled: no contact, whatever its day."""
        return self.box != "" and self.box not in TICKED

    def field(self, key: str) -> str | None:
        """The first value of a field, or None."""
        for name, value in self.fields:
            if name == key:
                return value
        return None


class FollowUp(NamedTuple):
    """A promise: a task-list item. `owner` is who does it, `waiting` is "them" when they owe it to us."""

    text: str
    due: date | None = None
    open: bool = True
    done: date | None = None
    owner: str | None = None
    waiting: str | None = None
    where: int = 0


class YearlyDate(NamedTuple):
    """A day that comes back each year; `year` (None when unknown) is when it began."""

    month: int
    day: int
    year: int | None
    label: str


class Contact(NamedTuple):
    """One person (or couple, or firm), as the file says it, independent of the day.

    `keys` holds every key of our vocabulary that is present, in canonical spelling (text, tuple of texts or bool);
    `other` the user's own keys; the attributes below them are the same facts, typed.
    """

    id: str
    path: str
    name: str
    keys: Mapping[str, str | bool | tuple[str, ...]]
    other: Mapping[str, object]
    interactions: Sequence[Interaction] = ()  # in file order
    follow_ups: tuple[FollowUp, ...] = ()
    partly_read: bool = False
    cadence: Cadence | None = None
    birthday: PartialDate | None = None
    dates: tuple[YearlyDate, ...] = ()
    started: date | None = None
    snooze_until: date | None = None
    paused: bool | date = False
    died: PartialDate | None = None
    next_contact: date | None = None
    last_contact: date | None = None
    met: date | None = None
    created: date | None = None
    in_person: Cadence | None = None
    log_order: str = "oldest"  # of the vault's settings: which end of the log is new, where its days do not tell

    def text(self, key: str) -> str | None:
        """A text key, or None; of a list its first."""
        value = self.keys.get(key)
        if isinstance(value, str):
            return value
        return value[0] if value and isinstance(value, tuple) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list key, or nothing."""
        value = self.keys.get(key)
        if value is None:
            return ()
        if isinstance(value, tuple):
            return value
        return (value,) if isinstance(value, str) else ()

    def is_true(self, key: str) -> bool:
        """Whether a boolean key is there and true."""
        return self.keys.get(key) is True

    @property
    def slug(self) -> str:
        """The last part of the id."""
        return self.id.rsplit("/", 1)[-1]

    @property
    def tier(self) -> str | None:
        """The tier as written, or None."""
        return self.text("tier")


class Edit(NamedTuple):
    """One planned change of one file: `expects` are its bytes now (None: it does not exist), `replaces` after it."""

    path: str
    expects: bytes | None
    replaces: bytes | None
