"""A network of people written in the test, and a report of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from plaintextcrm.core.model import Contact
from plaintextcrm.core.reports import report
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.reports.shapes import Report
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import facts_of
from tests.make import TODAY


def network(*people: Contact, today: str | date = TODAY, settings: Settings = Settings(), asked: Collection[str] | None = None) -> Network:
    """Those people on a day."""
    day = date.fromisoformat(today) if isinstance(today, str) else today
    return Network([(one, facts_of(one, settings.kind_table)) for one in people], settings, day, asked)


def told(name: str, *people: Contact, **more: Any) -> Report:
    """That report of those people."""
    return report(name, network(*people, **more))


def ids(found: Report, table: int = 1) -> list[object]:
    """The ids in a table, in its order."""
    return [row["id"] for row in found.tables[table - 1].rows]


def row(found: Report, id: str, table: int = 1) -> dict[str, object]:
    """The row of one person."""
    return dict(next(row for row in found.tables[table - 1].rows if row["id"] == id))
