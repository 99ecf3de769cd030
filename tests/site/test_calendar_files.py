"""The calendar files of a built site: what the settings ask for beside the days."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import icalendar
import pytest

from tests.make import vault
from tests.site.built import build


@pytest.mark.parametrize(("when", "first"), [("mon 09:00", (23, 9, 0)), ("saturday 8:30", (21, 8, 30)), ("fri 23:59", (27, 23, 59))])
def test_the_hour_of_the_week_is_in_due_ics_with_todays_few(
    when: str, first: tuple[int, int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ada = "---\nname: Ada King\ntier: A\n---\n\n## Interactions\n\n- 2026-01-02 call\n"
    secret = "---\nname: Bob Secret\ntier: A\nprivate: true\n---\n\n## Interactions\n\n- 2026-01-02 call\n"
    root = vault(tmp_path / "vault", {"ada": ada, "bob": secret}, f'[git]\ncommit = false\n[due]\nwhen = "{when}"\n')
    build(root)
    events = list(icalendar.Calendar.from_ical((root / "site" / "due.ics").read_bytes()).walk("VEVENT"))
    (slot,) = [event for event in events if "RRULE" in event]
    day, hour, minute = first
    assert slot["DTSTART"].dt == datetime(2026, 11, day, hour, minute)
    assert str(slot["DESCRIPTION"]) == "Ada King"
    assert len(events) == 2
