"""Small words of the pages: roles, states, days; said the same on all of them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from plaintextcrm.core.dates import FULL_MONTHS, FULL_WEEKDAYS, MONTHS, WEEKDAYS, cadence_words
from plaintextcrm.core.due_words import between_words
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import NEVER, Cadence, Contact
from plaintextcrm.core.pages.shapes import Link
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.standing import Standing

STATE_WORDS = {
    "fresh": "fresh", "soon": "soon", "due": "due", "overdue": "quiet", "lapsed": "drifted", "new": "new", "on-file": "on file",
}  # fmt: skip
GROUPS = {"in person": "meet", "voice": "voice", "writing": "write", "giving": "give", "none": "other"}
MOST_DAYS = 10_000  # whose words are kept
GIVING = ("gift",)  # counts as writing, and is drawn as what it is


def state_shown(standing: Standing) -> str:
    """The state as a sign tells it; "" of those who are gone."""
    return "" if standing.hidden == "wholly" else standing.state


def warmth(freshness: int | None) -> str:
    """warm, cooling, cold."""
    if freshness is None:
        return ""
    return "warm" if freshness >= 60 else "cooling" if freshness >= 30 else "cold"


def role_line(contact: Contact) -> str:
    """`editor at Lumen Press, Lisbon`."""
    role, company, place = contact.text("role"), contact.text("company"), contact.text("location")
    work = f"{role} at {company}" if role and company else role or company or ""
    return ", ".join(part for part in (work, place) if part)


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…”\"'" else ".")


def reason_words(standing: Standing, cadence: Cadence, today: date, tier: str) -> str:
    """`quiet for 6 weeks · every month`, the tier only where it is shown."""
    parts = [quiet(standing, today)]
    if standing.lapsed:
        parts[0] += ": keep, loosen or let go?"
    if cadence != NEVER:
        parts.append(cadence_words(cadence))
    if tier:
        parts.append(tier)
    return " · ".join(parts)


def quiet(standing: Standing, today: date) -> str:
    """`quiet for 6 weeks`."""
    return quiet_since(date.fromordinal(standing.last) if standing.last else None, today)


def quiet_since(last: date | None, today: date) -> str:
    """`quiet for 6 weeks`, from the day of the last contact."""
    if last is None:
        return "no contact yet"
    return "in touch today" if last == today else f"quiet for {between_words(last, today)}"


def next_words(ordinal: int, today: date) -> str:
    """`now`, `Tue 24 Nov` within a week, `10 Dec`, `19 Feb 2027`."""
    if not ordinal:
        return ""
    days = ordinal - today.toordinal()
    return "now" if days <= 0 else near_day(date.fromordinal(ordinal), today)


def near_day(day: date, today: date) -> str:
    """`yesterday`, `today`, `tomorrow`, `Tue 24 Nov` within a week, `10 Dec` within nine months, `19 Feb 2027`."""
    days = (day - today).days
    if -1 <= days <= 1:
        return ("yesterday", "today", "tomorrow")[days + 1]
    text = f"{day.day} {MONTHS[day.month - 1].capitalize()}"
    if abs(days) <= 7:
        return f"{WEEKDAYS[day.weekday()].capitalize()} {text}"
    return text if day.year == today.year or 0 < days < 60 else f"{text} {day.year}"


def short_day(day: date, today: date) -> str:
    """`9 Oct`, of other years `9 Oct 2025`."""
    text = f"{day.day} {MONTHS[day.month - 1].capitalize()}"
    return text if day.year == today.year else f"{text} {day.year}"


@lru_cache(maxsize=4096)
def plain_day(day: date, today: date) -> str:
    """`9 October`, of other years `9 October 2025`."""
    text = f"{day.day} {FULL_MONTHS[day.month - 1].capitalize()}"
    return text if day.year == today.year else f"{text} {day.year}"


class Days(dict[date, tuple[str, str]]):
    """A day -> (ISO, as `short_day` has it)."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    def __missing__(self, day: date) -> tuple[str, str]:
        if len(self) >= MOST_DAYS:
            self.clear()
        self[day] = words = day.isoformat(), short_day(day, self.today)
        return words


days_of = lru_cache(maxsize=4)(Days)
"""The days as one page after the other needs them."""


def title_day(day: date) -> str:
    """`Saturday, 21 November`."""
    return f"{FULL_WEEKDAYS[day.weekday()].capitalize()}, {day.day} {FULL_MONTHS[day.month - 1].capitalize()}"


class Groups(dict[str | None, str]):
    """The kind of an entry -> which sign stands for it."""

    def __init__(self, kinds: KindTable) -> None:
        super().__init__()
        self.kinds = kinds

    def __missing__(self, name: str | None) -> str:
        kind = self.kinds.get(name) if name else None
        self[name] = group = "other" if kind is None else "give" if kind.name in GIVING else GROUPS[kind.group]
        return group


groups_of = lru_cache(maxsize=4)(Groups)
"""The signs of kinds as one page after the other needs them."""


def count_words(count: int, one: str) -> str:
    """`1 time`, `3 times`."""
    return f"{count} {one if count == 1 else f'{one}s'}"


SMALL = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def spelled(count: int) -> str:
    """A number that begins a sentence: `Five`, `23`."""
    return SMALL[count] if count < len(SMALL) else str(count)


# --- addresses -----------------------------------------------------------------------------------------------------

_NO_MAIL = pattern(r"[ \t\r\n<>\"'?&,;:\\()]")
_NO_WEB = pattern(r"[ <>\"'\\`]")
_NO_DIGIT = pattern(r"[^0-9]")
_PHONE = pattern(r"[+0-9 \-()./\u00a0]*\Z")
_HARMFUL = pattern(r"[^\w@.+~-]")


def mail_link(address: str) -> Link:
    """An e-mail address to write to; only words where it is none."""
    plain = address.strip()
    is_one = plain.count("@") == 1 and _NO_MAIL.search(plain) is None and plain.isprintable()
    return Link(plain, f"mailto:{_percent(plain)}" if is_one else "")


def phone_link(number: str) -> Link:
    """A phone number to call; only words where it is none."""
    plain = number.strip()
    digits = _NO_DIGIT.sub("", plain)
    is_one = len(digits) >= 3 and _PHONE.match(plain) is not None
    return Link(plain, f"tel:{'+' if plain.startswith('+') else ''}{digits}" if is_one else "")


def web_link(address: str) -> Link:
    """A web address without its scheme as words; https where none is given, only words for any other scheme."""
    plain = address.strip()
    lower = plain.lower()
    if not plain.isprintable() or _NO_WEB.search(plain):
        return Link(plain)
    if lower.startswith(("https://", "http://")):
        return Link(plain.split("://", 1)[1].removesuffix("/"), plain)
    is_bare = ":" not in plain.split("/", 1)[0] and "." in plain.split("/", 1)[0] and not plain.startswith((".", "/"))
    return Link(plain.removesuffix("/"), f"https://{plain}") if is_bare else Link(plain)


def _percent(text: str) -> str:
    return _HARMFUL.sub(lambda char: "".join([f"%{byte:02X}" for byte in char[0].encode("utf-8", "replace")]), text)
