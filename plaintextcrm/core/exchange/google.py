"""Google Contacts as CSV: the columns since 2024 and those before, in any order and as many as the fullest contact needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from plaintextcrm.core.exchange.incoming import Given, Hints, Reading
from plaintextcrm.core.exchange.products import SAID_BY_ALL, TOGETHER, Draft, joined, read_people, split
from plaintextcrm.core.patterns import pattern

EVENTS = tuple(f"event_{number}_value" for number in range(1, 11))
ADDRESS = ("street", "extended_address", "po_box", "city", "region", "postal_code", "country")
_NUMBERED = pattern(r"([a-z_]+)_([0-9]{1,4})_")


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What Google's files say, or None where none is one."""
    return read_people(files, hints, _fits, _means, ("birthday", *EVENTS), "Google Contacts")


def _fits(columns: Sequence[str]) -> bool:
    if "given_name" in columns and "family_name" in columns:
        return "group_membership" in columns or any(column.endswith(("_1_type", "_1_value")) for column in columns)
    return "first_name" in columns and "labels" in columns and ("organization_name" in columns or "file_as" in columns)


def _means(draft: Draft) -> None:
    _names(draft)
    draft.say("company", draft.cell("organization_name") or draft.cell("organization_1_name"))
    draft.say("role", draft.cell("organization_title"), draft.cell("organization_1_title"), draft.cell("occupation"))
    draft.day("birthday", draft.cell("birthday"))
    draft.say("hobbies", *split(draft.cell("hobby")))
    draft.say("tags", *map(_tag, split(draft.cell("labels") or draft.cell("group_membership"), "")))
    draft.remark("notes")
    numbers = _numbers(draft)
    _reached(draft, "e_mail", "email", numbers.get("e_mail", []))
    _reached(draft, "phone", "phone", numbers.get("phone", []))
    _addresses(draft, numbers.get("address", []))
    for number in numbers.get("relation", []):
        _, words, value = _pair(draft, "relation", number)
        draft.kin(value, words or "related")
    for number in numbers.get("event", []):
        _event(draft, *_pair(draft, "event", number))
    for number in numbers.get("website", []):
        column, words, value = _pair(draft, "website", number)
        for one in split(value, ""):
            draft.say("linkedin" if "linkedin.com/" in one.lower() else "website", one)
        _labelled(draft, column, f"Website {number}", words, value)
    for field in ("custom_field", "jot", "im"):
        for number in numbers.get(field, []):
            column, words, value = _pair(draft, field, number)
            _labelled(draft, column, f"{field.replace('_', ' ').capitalize()} {number}", words, value)


def _names(draft: Draft) -> None:
    cell = draft.cell
    given, middle = cell("first_name") or cell("given_name"), cell("middle_name") or cell("additional_name")
    family = cell("last_name") or cell("family_name")
    draft.called(cell("name"), given, middle, family, cell("name_suffix"), cell("name_prefix"))
    for column in ("nickname", "short_name", "maiden_name", "file_as"):
        if (alias := cell(column)) != draft.name:
            draft.say("aliases", alias)


def _tag(written: str) -> str:
    """`* starred` is the tag `starred`; that somebody is in the address book at all is none."""
    return "" if written == SAID_BY_ALL else written.removeprefix("* ")


def _numbers(draft: Draft) -> dict[str, list[int]]:
    """Field -> the numbers of its columns that are filled: `Phone 1`, `Phone 2` …"""
    found: dict[str, dict[int, None]] = {}
    for column in draft.record.cells:
        field, number = _numbered(draft.sheet.folded.get(column, ""))
        if field:
            found.setdefault(field, {})[number] = None
    return {field: sorted(numbers) for field, numbers in found.items()}


@lru_cache(maxsize=4096)
def _numbered(folded: str) -> tuple[str, int]:
    """`phone_2_value` as (`phone`, 2); ("", 0) where it has no number."""
    match = _NUMBERED.match(folded)
    return (match[1], int(match[2])) if match else ("", 0)


def _pair(draft: Draft, field: str, number: int) -> tuple[str, str, str]:
    """(the column of the value, label, value) of a numbered field."""
    start = f"{field}_{number}"
    return f"{start}_value", draft.cell(f"{start}_label") or draft.cell(f"{start}_type"), draft.cell(f"{start}_value")


def _labelled(draft: Draft, column: str, field: str, words: str, value: str) -> None:
    """`- Phone 1 (Work): …` where the value has a label: no key holds it."""
    if words and value:
        draft.line(column, f"{field} ({words})", value.replace(TOGETHER, ", "))


def _reached(draft: Draft, field: str, key: str, numbers: Sequence[int]) -> None:
    """E-mails, the starred first, and phones, the mobile first; their labels in the body."""
    found: list[tuple[int, str]] = []
    for number in numbers:
        column, words, value = _pair(draft, field, number)
        first = words.startswith("* ") if key == "email" else "mobile" in words.lower()
        found += ((0 if first else 1, one) for one in split(value, "") if key == "phone" or "@" in one)
        _labelled(draft, column, f"{'E-mail' if key == 'email' else 'Phone'} {number}", words, value)
    draft.say(key, *(one for _, one in sorted(found, key=lambda pair: pair[0])))


def _event(draft: Draft, column: str, words: str, value: str) -> None:
    """An anniversary under `dates`; the one of the present job is `started`."""
    if words.lower() == "work anniversary":
        draft.day("started", value)
        draft.line(column, f"{words}", value)
    elif words:
        draft.yearly(value, words)


def _addresses(draft: Draft, numbers: Sequence[int]) -> None:
    """Each address on one line, and where they live: the city of the one at home, else of the first."""
    places: list[tuple[bool, str]] = []
    for number in numbers:
        start = f"address_{number}"
        words = draft.cell(f"{start}_label") or draft.cell(f"{start}_type")
        parts = {part: draft.cell(f"{start}_{part}").split(TOGETHER) for part in (*ADDRESS, "formatted")}
        for one in range(max(map(len, parts.values()))):
            said = {part: values[one] if one < len(values) else "" for part, values in parts.items()}
            written, put = joined(said["formatted"]), joined(*(said[part] for part in ADDRESS))
            address = written if all(joined(said[part]) in written for part in ADDRESS) else put
            draft.say("address", address)
            _labelled(draft, f"{start}_formatted", f"Address {number}", words, address)
            place = joined(said["city"], said["region"], said["country"])
            if place:
                places.append((words.removeprefix("* ").lower() != "home", place))
    draft.say("location", *(place for _, place in sorted(places, key=lambda pair: pair[0])[:1]), draft.cell("location"))
