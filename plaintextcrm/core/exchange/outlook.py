"""Outlook's CSV: of Outlook for Windows, of outlook.com, and Google's imitation of it; in English, German, French and Spanish."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.core.exchange.headings import english
from plaintextcrm.core.exchange.incoming import Given, Hints, Reading
from plaintextcrm.core.exchange.products import Draft, joined, read_people, split
from plaintextcrm.core.exchange.table import fold_column

PHONES = (
    "mobile_phone", "primary_phone", "business_phone", "home_phone", "business_phone_2", "home_phone_2", "other_phone",
    "company_main_phone", "car_phone", "radio_phone", "callback", "assistant's_phone", "tty/tdd_phone",
)  # fmt: skip
SAID_BY_ALL = (
    ("gender", "Unspecified"), ("priority", "Normal"), ("private", "False"), ("sensitivity", "Normal"), ("e_mail_type", "SMTP"),
    ("e_mail_2_type", "SMTP"), ("e_mail_3_type", "SMTP"), ("gender", "Keine Angabe"), ("private", "Aus"), ("private", "Falsch"),
)  # fmt: skip
KIN = (("spouse", "Spouse"), ("children", "Children"), ("manager's_name", "Manager"), ("assistant's_name", "Assistant"))
STREET = ("", "_2", "_3")


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What Outlook's files say, or None where none is one."""
    found = read_people(files, hints, _fits, _means, ("birthday", "anniversary"), "Outlook")
    sensitive = found and sum(any(english(fold_column(column)) == "government_id_number" for column, _ in one.rest) for one in found.people)
    if not found or not sensitive:
        return found
    numbers = f"{sensitive:,} government ID number{'' if sensitive == 1 else 's'}"
    told = f"{files[0].name}: {numbers} would stand in plain text, and in git's history"
    return found._replace(notes=(*found.notes, told))


def _fits(columns: Sequence[str]) -> bool:
    return {"first_name", "e_mail_address"} <= set(columns) and not {"business_street", "home_street"}.isdisjoint(columns)


def _means(draft: Draft) -> None:
    cell = draft.cell
    for column, default in SAID_BY_ALL:
        draft.drop(column, default)
    draft.called("", cell("first_name"), cell("middle_name"), cell("last_name"), cell("suffix"), cell("title"))
    draft.say("aliases", cell("nickname"))
    draft.say("company", cell("company"))
    draft.say("role", cell("job_title"), cell("profession"))
    _emails(draft)
    for column in PHONES:
        number = cell(column)
        draft.say("phone", *split(number))
        if number:
            draft.line(column, draft.sheet.names[column], number)
    _addresses(draft)
    draft.day("birthday", cell("birthday"))
    draft.yearly(cell("anniversary"), "anniversary")
    draft.say("hobbies", *split(cell("hobby"), ",;"))
    draft.say("referred_by", cell("referred_by"))
    for column, words in KIN:
        draft.kin(cell(column), words)
    draft.say("tags", *split(cell("categories")), *split(cell("keywords"), ",;"))
    for column in ("web_page", "personal_web_page"):
        draft.say("linkedin" if "linkedin.com/" in cell(column).lower() else "website", cell(column))
    draft.remark("notes")


def _emails(draft: Draft) -> None:
    """The addresses; what an Exchange server calls somebody (`/o=…/cn=…`) is none."""
    for start in ("e_mail", "e_mail_2", "e_mail_3"):
        address = draft.cell(f"{start}_address")
        if "@" in address and not address.lower().startswith("/o="):
            draft.say("email", address)
        shown = draft.cell(f"{start}_display_name")
        if shown:
            draft.line(f"{start}_display_name", draft.sheet.names[f"{start}_display_name"], shown)


def _addresses(draft: Draft) -> None:
    """Home, business and other address on one line each; they live where the first of them with a city is, else at `Location`."""
    for which in ("home", "business", "other"):
        streets = [draft.cell(f"{which}_street{number}") for number in STREET]
        box, city, state, code = (draft.cell(f"{which}_{part}") for part in ("address_po_box", "city", "state", "postal_code"))
        country = draft.cell(f"{which}_country/region") or draft.cell(f"{which}_country")
        draft.say("address", joined(*streets, box, city, state, code, country))
        if city and which != "other":
            draft.say("location", joined(city, state, country))
    draft.say("location", draft.cell("location"))
