"""What of a file's text is on its page: notes, and prose that stands between the entries of a log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.make import vault
from tests.site.built import build

LOG = """---
name: Ada King
{keys}
---

# Ada King

Above the log.

## Interactions

We met in the zqharbour, long ago.

- 2026-01-02 call: About zqtides
  - and zqmoons
- 2026-02-03 lunch: Soup
- zqnever dated

Between them, zqbetween.

- 2026-03-04 coffee: Cake
- [ ] send the zqlist [due:: 2026-12-01]

## Afterwards

Below the log.
"""


def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = vault(tmp_path / "vault", {"ada": LOG.format(keys=keys)})
    build(root)
    return (root / "site" / "contacts" / "ada.html").read_text()


def test_prose_in_a_log_is_among_the_notes_and_nothing_is_said_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    html = page(tmp_path, monkeypatch, "tier: A")
    for words in ("zqharbour", "zqbetween", "zqnever", "zqmoons", "zqlist", "Above the log.", "Below the log."):
        assert html.count(words) == 1, words
    assert html.index("Above the log.") < html.index("zqharbour") < html.index("zqbetween") < html.index("Below the log.")


@pytest.mark.parametrize("key", ["log", "interactions"])
def test_with_a_private_log_its_prose_stays_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    html = page(tmp_path, monkeypatch, f"private: [{key}]")
    assert "zq" not in html
    assert "Above the log." in html
