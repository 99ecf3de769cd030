"""What is private does not leave without --private, and with it nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.make import ptcrm, vault

SETTINGS = '[git]\ncommit = false\n[site]\nprivate = ["phone", "lemon"]\n'
ADA = """---
name: Ada King
phone: "+351 555 777"
why: secret-why
birthday: 1985-12-10
lemon: secret-lemon
lime: open-lime
met: secret-day
private: [why, birthday, met]
knows: ["[[bob]]", "[[zed]]"]
---

Words. <!-- secret-comment --> %% secret-note %%

## Log

- 2026-11-01 lunch: With [[zed|the hidden one]] and [[bob]] <!-- secret-aside -->
  - said by [[Zed Hidden]]
- [ ] 2026-12-01 call: [[zed]] again

- [ ] Ask [[zed]] [due:: 2026-12-02]
"""
BOB = '---\nname: Bob\nprivate: ["log"]\n---\n\n## Log\n\n- 2026-11-02 call: secret-call\n'
ZED = "---\nname: Zed Hidden\nprivate: true\nrole: secret-role\n---\n"
SECRETS = ("secret-", "+351 555 777", "1985", "Zed Hidden", "zed")
KINDS = ("vcard", "csv", "json", "ics", "friends")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return vault(tmp_path / "v", {"ada": ADA, "bob": BOB, "zed": ZED}, SETTINGS)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_private_leaves_in_any_format(root: Path, kind: str) -> None:
    done = ptcrm(root, "export", kind)
    assert done.code == 0
    unfolded = done.out.replace("\r\n ", "")
    assert "Ada King" in unfolded
    assert [secret for secret in SECRETS if secret in unfolded] == []
    assert done.err.endswith(
        "left out as private: birthday of 1, lemon of 1, log of 1, met of 1, phone of 1, why of 1, 1 person as a whole (--private takes them along)\n"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("marks", ["<!-- -->", "%% %%"])
def test_a_comment_that_goes_on_behind_a_follow_up_or_an_entry_leaves_in_no_part(tmp_path: Path, kind: str, marks: str) -> None:
    begin, end = marks.split()
    comment = f"{begin} secret-one\nsecret-two {end} open"
    root = vault(
        tmp_path / "v", {"ada": f"# Ada\n\nWords {comment}\n\n- [ ] call {comment}\n\n## Log\n\n- 2026-11-01 lunch: x\n  - y {comment}\n"}
    )
    done = ptcrm(root, "export", kind)
    assert done.code == 0
    assert "secret" not in done.out.replace("\r\n ", "")
    assert "secret-two" in ptcrm(root, "export", "json", "--private").out


def test_nothing_private_leaves_into_a_folder_of_cards(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    assert ptcrm(root, "export", "vdir", "-o", str(folder)).code == 0
    text = "".join(path.read_text() for path in folder.iterdir()).replace("\n ", "")
    assert [secret for secret in SECRETS if secret in text] == []
    assert len(list(folder.iterdir())) == 2


def test_with_private_everybody_and_everything_leaves(root: Path) -> None:
    done = ptcrm(root, "export", "json", "--private")
    assert done.code == 0
    ada, bob, zed = json.loads(done.out)["contacts"]
    assert (ada["keys"]["phone"], ada["keys"]["why"], ada["other"]["lemon"]) == (["+351 555 777"], "secret-why", "secret-lemon")
    assert "secret-comment" in ada["body"]
    assert ada["log"][0]["text"].startswith("With [[zed|the hidden one]]")
    assert (bob["log"][0]["text"], zed["keys"]["private"]) == ("secret-call", True)


def test_a_private_card_is_taken_out_of_the_folder_again(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    assert ptcrm(root, "export", "vdir", "--private", "-o", str(folder)).out == f"{folder}: 3 people, 3 written\n"
    assert ptcrm(root, "export", "vdir", "-o", str(folder)).out == f"{folder}: 2 people, 2 written, 1 removed\n"
    assert "secret-" not in "".join(path.read_text() for path in folder.iterdir())


UNPLACED = """---
name: Ada King
phone: "+351 912 000 111"
---

# Ada King

Words before.

## Imported from phone.vcf

- TEL (cell): secret-phone
- ADR (home): secret-address

```
# in code, secret-code
```

### Deeper

- [ ] send the list [due:: 2026-12-02]
- secret-deeper

## Interactions

- 2026-11-01 lunch: Soup

## Notes

Words behind.
"""


@pytest.mark.parametrize("kind", ["vcard", "json"])
def test_what_an_import_could_not_place_leaves_only_with_private(tmp_path: Path, kind: str) -> None:
    root = vault(tmp_path / "v", {"ada": UNPLACED})
    done = ptcrm(root, "export", kind)
    text = done.out.replace("\r\n ", "")
    assert [words for words in ("Imported from", "secret-", "Deeper") if words in text] == []
    assert all(words in text for words in ("Words before.", "Words behind.", "Soup", "send the list"))
    assert done.err == "left out as private: imported lines of 1, phone of 1 (--private takes them along)\n"
    whole = ptcrm(root, "export", kind, "--private").out.replace("\r\n ", "")
    assert all(f"secret-{word}" in whole for word in ("phone", "address", "code", "deeper"))
    assert "## Imported from phone.vcf" in whole


@pytest.mark.parametrize("kind", ["vcard", "json"])
def test_keys_that_differed_in_a_merge_leave_only_with_private(tmp_path: Path, kind: str) -> None:
    text = "---\nname: Ada King\n---\n\n## Merged from Ida King\n\n- company: secret-company\n- mine: secret\n\nWords behind.\n\n- Tea: green\n"
    root = vault(tmp_path / "v", {"ada": text})
    done = ptcrm(root, "export", kind)
    assert "secret" not in done.out
    assert "Words behind." in done.out
    assert "Tea: green" in done.out
    assert "secret-company" in ptcrm(root, "export", kind, "--private").out
    (root / "contacts/ada.md").write_text("# Ada\n\n## Merged from Ida\n\n- 2026-01-01 call: outside a log\n- [2] note: this\n")
    assert "outside a log" in ptcrm(root, "export", kind).out


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_private_log_its_prose_and_mistyped_lines_stay_too(tmp_path: Path, kind: str) -> None:
    log = "## Log\n\nsecret-prose\n\n- 2026-44-44 call: secret-day\n\n### Hints\n\nsecret-hint\n\n## After\n\nopen-words\n"
    root = vault(tmp_path / "v", {"ada": f"---\nname: Ada King\nprivate: [log]\n---\n\nopen-intro\n\n{log}"})
    done = ptcrm(root, "export", kind)
    assert "secret-" not in done.out
    assert [words for words in ("open-intro", "open-words") if words not in done.out] == (
        [] if kind in ("vcard", "json") else ["open-intro", "open-words"]
    )
    assert done.err.endswith("left out as private: log of 1 (--private takes them along)\n")
