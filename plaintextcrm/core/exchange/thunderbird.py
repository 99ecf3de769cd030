"""Thunderbird's CSV, with comma, semicolon or tab; the birthday stands in three columns."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.core.exchange.incoming import Given, Hints, Reading
from plaintextcrm.core.exchange.products import Draft, joined, read_people, split

PHONES = ("mobile_number", "work_phone", "home_phone", "fax_number", "pager_number")


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What Thunderbird's files say, or None where none is one."""
    return read_people(files, hints, _fits, _means, (), "Thunderbird")


def _fits(columns: Sequence[str]) -> bool:
    return "primary_email" in columns and not {"display_name", "first_name"}.isdisjoint(columns)


def _means(draft: Draft) -> None:
    cell = draft.cell
    draft.called(cell("display_name"), cell("first_name"), "", cell("last_name"))
    draft.say("aliases", cell("nickname"))
    draft.say("company", cell("organization") or cell("company"))
    draft.say("role", cell("job_title"))
    draft.say("email", *(address for column in ("primary_email", "secondary_email") if "@" in (address := cell(column))))
    for column in PHONES:
        number = cell(column)
        if column in PHONES[:3]:
            draft.say("phone", *split(number))
        if number:
            draft.line(column, draft.sheet.names[column], number)
    for which in ("home", "work"):
        parts = [cell(f"{which}_{part}") for part in ("address", "address_2", "city", "state", "zipcode", "country")]
        draft.say("address", joined(*parts))
        draft.say("location", joined(parts[2], parts[3], parts[5]) if parts[2] else "")
    for column in ("web_page_1", "web_page_2"):
        draft.say("linkedin" if "linkedin.com/" in cell(column).lower() else "website", cell(column))
    _birthday(draft)
    draft.remark("notes")


def _birthday(draft: Draft) -> None:
    """Year, month and day, as far as they are there; the year is often missing."""
    year, month, day = (draft.cell(column) for column in ("birth_year", "birth_month", "birth_day"))
    day = day or draft.cell("birthday")
    if all(not part or (part.isascii() and part.isdigit()) for part in (year, month, day)):
        shape = f"{year.zfill(4)}-{month.zfill(2)}-{day.zfill(2)}" if year and month and day else ""
        if not shape and month and day:
            shape = f"--{month.zfill(2)}-{day.zfill(2)}"
        draft.day("birthday", shape or (year if not month and not day else ""))
    if not draft.keys.get("birthday"):
        draft.unsaid |= {year, month, day}
