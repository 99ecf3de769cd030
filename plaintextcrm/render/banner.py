"""What a page says at its head where it could not be made anew."""

from __future__ import annotations

import re

from markupsafe import escape

from plaintextcrm.core.text import safe

PLACE = b'<div class="banner" id="banner"'  # as templates/frame.html.j2 has it, once a page
_SAID = re.compile(rb'<p class="banner" id="ptcrm-problem"[^\n]*</p>\n')  # the id that static/live.js uses


def with_failure(page: bytes, wrong: str) -> bytes:
    """The page under a banner that says why it is as it was before, instead of what an earlier one said."""
    words = escape(safe(f"The last build failed, so this page is as it was before: {' '.join(wrong.split())}"))
    said = f'<p class="banner" id="ptcrm-problem" role="status">{words}</p>\n'.encode("utf-8", "replace")
    return _SAID.sub(b"", page).replace(PLACE, said + PLACE, 1)
