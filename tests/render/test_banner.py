"""The banner of a page that could not be made anew."""

from __future__ import annotations

from plaintextcrm.render.banner import PLACE, with_failure


def test_it_is_said_once_and_as_text() -> None:
    page = b"<main>\n" + PLACE + b" hidden></div>\n</main>"
    once = with_failure(page, 'ptcrm.toml:1: "<b>\nx" \x1b[31m')
    assert once.count(b"ptcrm-problem") == 1
    assert b"<b>" not in once
    assert b"\x1b" not in once
    again = with_failure(once, "something else")
    assert again.count(b"ptcrm-problem") == 1
    assert b"something else" in again
    assert b"ptcrm.toml" not in again
    assert b"ptcrm-problem" not in with_failure(b"<main>nothing to stand before</main>", "x")
