"""Laws are tried the same way in each run, and no slow moment of a busy machine fails one; PTCRM_EXAMPLES tries more, at random."""

from __future__ import annotations

import os

from hypothesis import settings

MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))
settings.register_profile("ours", deadline=None, database=None, derandomize=not MORE, max_examples=MORE or 100)
settings.load_profile("ours")
