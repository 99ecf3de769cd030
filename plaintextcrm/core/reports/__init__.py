"""REPORTS: each answers one question about a whole vault; one pure function in a family's module, and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.reports.shapes import Report


class Entry(NamedTuple):
    """The question a report answers, and the module its function (of the report's name) lives in."""

    question: str
    module: str


REPORTS: Mapping[str, Entry] = {
    "quiet": Entry("Who matters and is going silent?", "keeping"),
    "referrals": Entry("Who sends us people, and do we look after them?", "referring"),
    "give": Entry("Do I give before I ask?", "giving"),
    "five": Entry("Are the five who matter, now and for what lies ahead, looked after?", "circle"),
    "load": Entry("Can I keep these promises, and where does my time go?", "time"),
    "new": Entry("Does the network grow, and do newcomers stay?", "time"),
    "mix": Entry("Is it diverse?", "mixing"),
    "introduce": Entry("Who should meet whom?", "introducing"),
    "team": Entry("Who looks after whom?", "team"),
    "handover": Entry("Are relations passed on before people leave?", "handover"),
    "tidy": Entry("What should be cleansed?", "tidy"),
    "year": Entry("What became of it?", "year"),
}


def function(name: str) -> Callable[[Network], Report]:
    """The function of the report of that name, which is one of REPORTS."""
    found: Callable[[Network], Report] = getattr(import_module(f"plaintextcrm.core.reports.{REPORTS[name].module}"), name)
    return found


def report(name: str, network: Network) -> Report:
    """The report of that name. Where a filter lets nobody through, it says that and nothing else."""
    found = function(name)(network)
    if network.members or not network.everybody:
        return found
    silent = tuple(table._replace(rows=(), sentence="", empty="") for table in found.tables)
    return Report(name, silent, ("The filter lets nobody through.",))
