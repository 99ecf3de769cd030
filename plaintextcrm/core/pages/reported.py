"""A report as a page shows it: people are links to their page, days and lists are words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from plaintextcrm.core.dates import day_words
from plaintextcrm.core.model import Contact
from plaintextcrm.core.pages.shapes import Link, Report, Table
from plaintextcrm.core.reports import REPORTS, shapes
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts

Cell = str | int | float | Link | None
PageOf = Callable[[str], str]
"""The page of an id, "" where there is none."""

MOST_ROWS = 300  # of a table that a page shows: who wants more has a terminal
TELL_TIERS = ("tier", "matters")  # columns that say whose tier is which


def tiers_numbered(settings: Settings) -> Settings:
    """The settings with tiers that are counted, not named: what they are called is for us."""
    ordered = sorted(settings.tiers, key=lambda tier: -tier.weight)
    return settings._replace(tiers=tuple(tier._replace(name=f"tier {number}") for number, tier in enumerate(ordered, 1)))


def tier_as_shown(contact: Contact, facts: Facts, settings: Settings, shown: Settings) -> tuple[Contact, Facts]:
    """Somebody with their tier as `shown` calls it; one that no setting has stays out."""
    if shown is settings or not contact.tier:
        return contact, facts
    tier = settings.tier(contact.tier)
    name = next((one.name for one in shown.tiers if tier and one[1:] == tier[1:]), None)
    keys = {key: value for key, value in contact.keys.items() if key != "tier"} | ({"tier": name} if name else {})
    return contact._replace(keys=keys), facts._replace(tier=name)


def reported(report: shapes.Report, page_of: PageOf, today: date, untold: Collection[str]) -> Report:
    """`reports/NAME.html`; `untold` are the ids of those whose tier is not to be told."""
    tables = tuple(_table(table, report.name, page_of, today, untold) for table in report.tables)
    return Report(report.name, REPORTS[report.name].question, report.sentences, tables, report.steps, report.picture)


def _table(table: shapes.Table, name: str, page_of: PageOf, today: date, untold: Collection[str]) -> Table:
    rows = [_discreet(row) if row.get("id") in untold else row for row in table.rows[:MOST_ROWS]]
    columns = [column for column in table.columns if not rows or any(row.get(column.key) not in (None, "", ()) for row in rows)]
    cells = tuple(tuple(_cell(row, column.key, page_of, today) for column in columns) for row in rows)
    words = tuple(column.words[:1].upper() + column.words[1:] for column in columns)
    sentence = table.sentence
    if len(table.rows) > MOST_ROWS:
        sentence += f" Here are the first {MOST_ROWS} of {len(table.rows):,}; ptcrm report {name} has them all."
    return Table(table.title, words, cells, sentence.strip(), table.empty)


def _discreet(row: shapes.Row) -> shapes.Row:
    return {key: value for key, value in row.items() if key not in TELL_TIERS}


def _cell(row: shapes.Row, key: str, page_of: PageOf, today: date) -> Cell:
    value = row.get(key)
    if key == "name" and row.get("id"):
        page = page_of(str(row["id"]))
        return Link(str(value), page) if page else str(value)
    if isinstance(value, bool):
        return "yes" if value else None
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, date):
        return day_words(value, today)
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    text = str(value)
    return text.removeprefix("tier ") if text.startswith("tier tier ") else text  # one that is numbered (`tiers_numbered`)
