"""What a site keeps of each person for the pages of its reports: made with the card, and kept as long as that is the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from zlib import crc32

from plaintextcrm.core import reports
from plaintextcrm.core.pages.published import counted_facts
from plaintextcrm.core.pages.reported import tier_as_shown, tiers_numbered
from plaintextcrm.core.reports import sketch
from plaintextcrm.core.reports.network import Member
from plaintextcrm.core.settings import Settings

if TYPE_CHECKING:
    from plaintextcrm.app.pressing import Known


class Sketches:
    """The reports that the settings name, and what they ask of one person. `shown` are the settings as these pages may tell them."""

    def __init__(self, settings: Settings, today: date, are_tiers_told: bool) -> None:
        self.names = tuple(name for name in reports.REPORTS if name in settings.site.reports)
        for name in self.names:
            reports.function(name)  # loaded, so that all they ask of one person is known
        self.settings, self.today = settings, today
        self.shown = settings if are_tiers_told else tiers_numbered(settings)
        self.what = f"sketch {crc32(ascii((sketch.parts(), self.shown.tiers)).encode()):08x}"  # with another one, none is of use

    def member(self, known: Known) -> Member:
        """Somebody as the reports may see them."""
        facts = counted_facts(known.facts, known.hidden)
        return Member(*tier_as_shown(known.contact, facts, self.settings, self.shown), known.standing, self.shown, self.today)

    def of(self, known: Known) -> str:
        """What is kept of them."""
        return sketch.sketch(self.member(known))

    def sheet(self, kept: Iterable[tuple[str, str]], look: sketch.Look, is_sparing: bool) -> sketch.Sheet:
        """Everybody again, from (id, what is kept); `look` says who an id is, in full."""
        return sketch.Sheet(kept, self.shown, self.today, look, is_sparing)
