"""People -> what other programs read (`EXPORTERS`). Pure: text, or the rows and days that `render` makes text of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from plaintextcrm.core.exchange.out.calendar import Agenda, agenda
from plaintextcrm.core.exchange.out.friends import friends
from plaintextcrm.core.exchange.out.leaving import Leaving
from plaintextcrm.core.exchange.out.ourjson import export
from plaintextcrm.core.exchange.out.table import Table, table
from plaintextcrm.core.exchange.out.vcard import vcards
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Problem
from plaintextcrm.core.record import NamedTuple


class Terms(NamedTuple):
    """What an export is made for: the day, the vault's kinds, the version of vCard, the mistakes in the files."""

    today: date
    kinds: KindTable = STANDARD
    version: str = "3.0"
    problems: tuple[Problem, ...] = ()


Exporter = Callable[[Sequence[Leaving], Terms], str | Table | Agenda]

EXPORTERS: Mapping[str, Exporter] = {
    "vcard": lambda people, terms: vcards(people, terms.version),
    "csv": lambda people, terms: table(people),
    "json": lambda people, terms: export(people, terms.today, terms.problems),
    "ics": lambda people, terms: agenda(people, terms.today, terms.kinds),
    "friends": lambda people, terms: friends(people, terms.today, terms.kinds),
}
