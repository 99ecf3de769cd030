"""The settings of a vault: what may be set, and what holds where it is not (docs/format.md, "Settings")."""

from __future__ import annotations

from datetime import date

from plaintextcrm.core.kinds import STANDARD, Kind, KindTable, kind_table
from plaintextcrm.core.model import NEVER, Cadence
from plaintextcrm.core.record import NamedTuple

FILE = "ptcrm.toml"
LOCAL_FILE = "ptcrm.local.toml"


class Tier(NamedTuple):
    """How often, and how heavy in the due list."""

    name: str
    cadence: Cadence
    weight: float


class Teammate(NamedTuple):
    """One of us; `leaves` is the last day, if it is known."""

    id: str
    name: str = ""
    email: str = ""
    leaves: date | None = None


class Me(NamedTuple):
    """Whose vault it is."""

    name: str = ""
    location: str = ""
    hobbies: tuple[str, ...] = ()
    ahead: str = ""
    email: tuple[str, ...] = ()


class Site(NamedTuple):
    """What the site shows."""

    out: str = "site"
    title: str = ""
    show_tier: bool = False
    private: tuple[str, ...] = ("phone", "address")
    reports: tuple[str, ...] = ("load", "new", "mix", "year")


STANDARD_TIERS = (
    Tier("A", Cadence(1, "month"), 3),
    Tier("B", Cadence(3, "month"), 2),
    Tier("C", Cadence(6, "month"), 1),
)


class Settings(NamedTuple):
    """Everything a vault may set, with what holds where it does not."""

    name: str = "My people"
    contacts: tuple[str, ...] = ("contacts",)
    only: str = ""
    since: date | None = None
    file_names: str = "slug"
    leap_day: str = "feb28"
    currency: str = "EUR"
    tiers: tuple[Tier, ...] = STANDARD_TIERS
    default_cadence: Cadence = NEVER
    per_week: int = 10
    soon_days: int = 7
    occasion_days: int = 7
    retry_days: int = 7
    newcomers: bool = True
    when: str = ""
    me: Me = Me()
    team: tuple[Teammate, ...] = ()
    handover_lead: str = ""
    kinds: tuple[Kind, ...] = ()
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()
    log_order: str = "oldest"
    commit: bool = True
    site: Site = Site()

    @property
    def kind_table(self) -> KindTable:
        """Every spelling of a kind that a log of this vault may use."""
        return kind_table(self.kinds) if self.kinds else STANDARD

    def tier(self, word: str | None) -> Tier | None:
        """The tier of that name, compared without case; None where none is defined."""
        folded = (word or "").strip().casefold()
        return next((tier for tier in self.tiers if tier.name.casefold() == folded), None) if folded else None

    @property
    def highest_weight(self) -> float:
        """The weight of the tier that matters most."""
        return max((tier.weight for tier in self.tiers), default=1)
