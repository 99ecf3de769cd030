"""The clock: read once a run, by the command line."""

from __future__ import annotations

import time
from datetime import date, datetime


def today() -> date:
    """The day here."""
    return date.today()


def seconds() -> float:
    """Seconds since 1970, for what is only valid for a while (numbers of the last list)."""
    return time.time()


def time_of_day() -> str:
    """The user's time: `09:14:03`."""
    return datetime.now().strftime("%H:%M:%S")
