"""What is private stays out of every file of the site: marked words are put everywhere, and looked for everywhere."""

from __future__ import annotations

import re
import stat
from datetime import date
from pathlib import Path

import pytest

from plaintextcrm.core.vocabulary import KEYS
from tests.inside import inside
from tests.make import vault
from tests.site.built import build, contents, facts, pages, where

GIT = "[git]\ncommit = false\n"
TYPES = {key.name: key.type for key in KEYS}
WORDY = [key.name for key in KEYS if key.type in ("text", "list", "whole list", "tags", "unlinked") and key.name not in ("name", "status")]
DAYS = {  # key -> (value, what would tell it)
    "birthday": ("1931-07-23", ("1931", "23 jul", "07-23", "0723")),
    "died": ("1932-07-22", ("1932", "22 jul", "07-22")),
    "started": ("1933-07-21", ("1933", "21 jul", "07-21", "0721")),
    "dates": ("['1934-07-20 zqdates']", ("1934", "20 jul", "07-20", "0720", "zqdates")),
    "met": ("1935-07-19", ("1935", "19 jul", "07-19")),
    "created": ("1936-07-18", ("1936", "18 jul", "07-18")),
    "last_contact": ("2025-07-17", ("2025-07-17", "17 jul")),
    "next_contact": ("2026-07-16", ("2026-07-16", "16 jul")),
    "snooze_until": ("2027-07-15", ("2027-07-15", "15 jul")),
    "paused": ("2027-07-14", ("2027-07-14", "14 jul")),
    "in_person": ("17 weeks", ("17 week", "17w")),
    "cadence": ("19 weeks", ("19 week", "19w")),
    "tier": ("zqtier", ("zqtier",)),
    "five": ("next", ('"five"',)),
    "coi": ("true", ('"coi":true', '"coi":["yes"]')),
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def person(*lines: str, body: str = "") -> str:
    return "\n".join(["---", *lines, "---", body, ""])


def built(folder: Path, files: dict[str, str], settings: str = GIT) -> dict[str, str]:
    """The pages of a vault."""
    build(vault(folder, files, settings))
    return pages(folder)


def test_private_keys_in_one_text_are_each_private(tmp_path: Path):
    lines = ("email: zqmail@example.com", "phone: '0123456'", "birthday: 1931-07-23")
    settings = GIT + '[site]\nprivate = "phone, email"\n'
    files = {"ada": person("name: Ada King", *lines), "bob": person("name: Bob Lee", "why: zqwhy", "needs: zqneed", "private: why needs")}
    text = "\n".join(built(tmp_path, files, settings).values())
    assert [word for word in ("zqmail", "0123456", "1931", "zqwhy", "zqneed") if word in text] == ["1931"]


def test_a_comment_of_the_front_matter_is_on_no_page_of_mistakes(tmp_path: Path):
    files = {
        "ada": person("name: Ada King", "why: tea: green # zqsecret"), "bob": person("name: Bob Lee", "met: 1.2.2026 # zqsecret"),
        "cy": person("name: Cy Roe", "why: tea: black"),
    }  # fmt: skip
    page = built(tmp_path, files)["problems.html"]
    assert ("zqsecret" in page, "contacts/ada.md:3:9" in page, "tea: black" in page) == (False, True, True)


def test_a_private_key_is_on_no_page(tmp_path: Path):
    files, telling = {}, {}
    for key in WORDY:
        files[f"p-{key}"] = person(f"name: Nobody {len(files)}", f"{key}: zq{key}", f"private: [{key}]")
        telling[key] = (f"zq{key}",)
    for key, (value, words) in DAYS.items():
        files[f"p-{key}"] = person(f"name: Nobody {len(files)}", f"{key}: {value}", f"private: [{key}]")
        telling[key] = words
    settings = f'[tiers]\nzqtier = "3 weeks"\n[site]\nshow_tier = true\n{GIT}'
    found = built(tmp_path / "v", files, settings)
    own = {key: {path: text for path, text in found.items() if path.startswith(f"contacts/p-{key}.")} for key in telling}
    assert all(own.values())
    told = {key: where(own[key], *words) for key, words in telling.items()}
    assert {key: words for key, words in told.items() if words} == {}
    words = [word for key in WORDY for word in telling[key]]
    assert where(found, *words, "1931", "1933", "1934", "1935", "1936", "zqdates", "zqtier", '"five"') == {}
    for key in telling:
        assert key not in facts(tmp_path / "v")[f"p-{key}"] or key in ("last", "tier", "cadence"), key


def test_the_same_keys_are_there_where_nothing_is_private(tmp_path: Path):
    files = {f"p-{key}": person(f"name: Somebody {key}", f"{key}: zq{key}") for key in WORDY if key != "tier"}
    found = built(tmp_path / "v", files, f"[site]\nprivate = []\n{GIT}")
    words = {f"zq{key}" for key in WORDY if key not in ("tier", "private")}
    assert words - where(found, *words).keys() == set()


@pytest.mark.parametrize("written", ["Telephone", "phone", "mobile", "Phone Numbers", "PHONES"])
def test_the_settings_name_private_keys_in_any_spelling(tmp_path: Path, written: str):
    files = {"ada": person("name: Ada", "mobile: +351 911 222 333", "adr: Rua Zqstreet")}
    found = built(tmp_path / "v", files, f'[site]\nprivate = ["{written}", "ADDRESS"]\n{GIT}')
    telling = ("zqstreet",) if written in ("Telephone", "Phone Numbers") else ("zqstreet", "911 222 333", "911222333")
    assert where(found, *telling) == {}


@pytest.mark.parametrize("value", ["true", "yes", "on", "TRUE", '"true"', "1", "[true]", "[true, phone]", "{all: true}", "[phone, Yes]"])
def test_whoever_is_private_is_on_no_page(tmp_path: Path, value: str):
    files = {
        "zoe-zqid": person("name: Zoe Zqname", "role: zqrole", "tier: A", "birthday: 11-22", "email: zq@example.com", f"private: {value}",
                           body="zqnotes\n\n## Interactions\n\n- 2026-01-01 call: zqlog\n- [ ] zqtask [due:: 2026-11-22]\n- 2026-13-01 zqodd"),
        "ada": person("name: Ada", "offers: rooms"),
    }  # fmt: skip
    found = built(tmp_path / "v", files)
    assert where(found, "zq") == {}
    assert set(facts(tmp_path / "v")) == {"ada"}


def test_a_link_to_somebody_private_says_somebody(tmp_path: Path):
    links = (
        "[[zoe-zqid]]", "[[Zoe Zqname]]", "[[zqalias]]", "[[zoe-zqid|Zqwords]]", "[[zoe-zqid#Zqpart|Zqwords]]", "[[ZOE ZQNAME]]", "![[zoe-zqid]]",
        "[[ zoe-zqid ]]", "[[zoe-zqid|Zq <b>words</b>]]", "[Zqwords](zoe-zqid.md)", "[Zqwords](../contacts/zoe-zqid.md#log)",
        "[Zq *words*](<zoe-zqid.md>)", "[[zoe-zqid.md]]", "[[contacts/zoe-zqid]]", "[[zoe-zqid^zqblock]]",
    )  # fmt: skip
    said = " and ".join(links)
    quoted = said.replace('"', "'")
    files = {
        "zoe-zqid": person("name: Zoe Zqname", "aliases: [Zqalias]", "private: true", "knows: '[[ada]]'", body="[[bob]]"),
        "ada": person(
            "name: Ada", "tier: A", f'role: "{quoted}"', f'why: "{quoted}"', f'company: "{links[0]}"', f'location: "{links[3]}"',
            f'referred_by: "{links[0]}"', 'knows: ["[[zoe-zqid]]", "Zoe Zqname", "[[bob]]"]', f'family: ["{links[1]}"]',
            f'dates: ["11-24 wedding of {links[0]}"]', f'offers: ["a room at {links[0]}"]', f'met_at: "at {links[3]}"',
            body=f"# Ada\n\n{said}\n\n| a |\n|---|\n| {links[0]} |\n\n## Interactions\n\n- 2026-11-20 call: {said} [with:: [[zoe-zqid]]]\n"
                 f"  - {said}\n  - [ ] see {links[0]} [due:: 2026-11-24]\n- 2026-11-28 lunch: with {links[1]}\n"
                 f"- [ ] wait for {links[3]} [due:: 2026-11-01]\n"),
        "bob": person("name: Bob", "tier: A", "needs: a room", "referred_by: Zoe Zqname"),
    }  # fmt: skip
    found = built(tmp_path / "v", files)
    assert where(found, "zq") == {}
    assert "somebody" in found["contacts/ada.html"]
    assert "somebody" in found["index.html"]
    assert where(found, "bob")["bob"]


def test_a_link_in_a_table_to_somebody_private_says_somebody(tmp_path: Path):
    link = "[[zoe-zqid\\|Zqwords]]"  # so is its bar written in a table
    table = f"| Day | Kind | What |\n|---|---|---|\n| 2026-11-19 | call | of {link} |\n"
    files = {
        "zoe-zqid": person("name: Zoe Zqname", "private: true"),
        "ada": person("name: Ada", "tier: A", body=f"{table}\n## Interactions\n\n{table}\n- 2026-11-20 call: of {link}\n  - with {link}\n"),
        "ben": person("name: Ben", "tier: A", body=f"## Interactions\n\n- 2026-11-20 call: of {link}\n"),
    }  # fmt: skip
    found = built(tmp_path / "v", files)
    assert where(found, "zq") == {}
    assert found["contacts/ada.html"].count("of somebody") >= 3


def test_comments_are_on_no_page(tmp_path: Path):
    hidden = "<!-- zq --> and %% zq %%"
    files = {
        "ada": person(
            f'name: "Ada King {hidden}"', "tier: A", *(f'{key}: "{key} {hidden}"' for key in WORDY if key not in ("tier", "private", "five", "feeds")),
            f'dates: ["11-24 wedding {hidden}"]',
            body=f"# Ada {hidden}\n\nhere {hidden} there\n\n%%\nzq\n\n- zq\n%%\n\n<!--\nzq\n-->\n\nUse `%%` for what is hidden: %% zq %%.\n"
                 f"And `<!--` so: <!-- zq --> `-->`\n\n## Interactions\n\n- 2026-11-20 call: said {hidden} this [by:: lee {hidden}]\n  - more {hidden}\n"
                 "- 2026-11-19 call: a %% zq\n  zq %% b\n- 2026-11-18 call: c <!-- zq\n- 2026-11-17 call: zq\n-->\n"
                 f"- [ ] promise {hidden} [due:: 2026-11-23]\n- [ ] this %% zq\nzq %%\n- 2026-11-29 lunch: {hidden} d\n- 2026-11-16 call: e %% zq\n\nzq\n%%\n"
                 f"\n# Other\n\n- 2026-13-45 {hidden}\n"),
        "title": "# Bob %% zq\nzq %%\n\nhello",
        "task": "- [ ] mail him <!-- zq\n\nzq -->\n\nhello",
        "bob": person("name: Bob", "tier: A", "needs: ['offers']"),
    }  # fmt: skip
    found = built(tmp_path / "v", files)
    assert where(found, "zq") == {}
    assert "here" in found["contacts/ada.html"]
    assert "promise" in found["index.html"]


@pytest.mark.parametrize(
    "text",
    [
        "---\nname: Ada\nphone: zq\n\n# notes\n\nhello\n",
        "---\nname: Ada\nphone: zq\nrole: \"open\naddress: zq\n---\nhello\n",
        "---\nname: Ada\nrole: [a\nphone: zq\n---\nhello\n",
        "---\nname: Ada\n<<<<<<< HEAD\nphone: zq\n=======\nphone: zq2\n>>>>>>> theirs\n---\nhello\n",
        "<<<<<<< HEAD\n---\nname: Ada\nphone: zq\n---\n=======\n---\nname: Ada\nphone: zq2\n---\n>>>>>>> theirs\n",
        "---\nname: Ada\nphon: zq\nadress: zq\n---\n",
        "---\nname: Ada\n\"phone\": [zq\n---\n",
        "---\nname: Ada\nphone:\n  - \"zq\n---\n",
        "---\nname: Ada\nphone: |\n  zq\n  \tzq: [\n---\n",
        "---\nname: Ada\nphone: &a zq\naddress: *a\n---\n",
        "---\nname: Ada\nphone: zq\nphone: zq\n---\n",
        "---\nname: Ada\nmine: \"zq\n---\n",
        "---\nname: Ada\nmine: zq\nmy_own: [zq, {a: zq}]\n---\n",
        "---\nprivate: [birthday, met, cadence, do_not_contact, five]\nname: Ada\nbirthday: zq\nmet: zq 2020\ncadence: zq\ndo_not_contact: zq\nfive: zq\n---\n",
        "---\nname: Ada\nprivate: [log]\n---\n\n## Interactions\n\n- 2026-13-01 zq\n- 2026-01-01 call: zq [minutes:: zq]\n- zq zq: zq\n",
        "---\nname: Ada\nprivate: [notes]\n---\n\nzq\n\n- [ ] a [due:: 2026-99-99]\n",
        "---\nname: Ada\nprivate: [interactions]\n---\n\n## Log\n\n- 2026-01-01 call: zq\n- [ ] zq [due:: 2026-11-23]\n",
        "---\nname: Ada\nprivate: [follow_ups]\n---\n\n- [ ] zq [due:: 2026-11-23]\n- [ ] zq\n",
        b"---\nname: Ada\nphone: zq\xff1\n---\n\nhello\n",
        b"---\nname: Ada\n---\n\n%% zq\xffzq %%\n",
    ],
)  # fmt: skip
def test_a_file_with_mistakes_tells_nothing_private(tmp_path: Path, text: str | bytes):
    build(vault(tmp_path / "v", {"ada": text}, GIT))
    found = pages(tmp_path / "v")
    assert where(found, "zq") == {}
    assert "contacts/ada.html" in found


def test_what_others_know_of_somebody_private_is_on_no_page(tmp_path: Path):
    files = {
        "zqsam": person("name: Sam", "private: true", "offers: chess lessons", "tier: A", "owner: lee", "birthday: 11-21", "tags: [zqtag]"),
        "sam-b": person("name: Sam B", "aliases: [Sam]", "needs: chess lessons", "tier: A"),
        "ada": person("name: Ada", "tier: A", body="[[Sam]]"),
        "zqsam (conflicted copy 2026-01-01)": person("name: Sam"),
        "zqsam.sync-conflict-20260101-120000-ABCDEFG": person("name: Sam"),
    }
    found = built(tmp_path / "v", files, f"[team.lee]\nname = 'Lee'\n{GIT}")
    assert where(found, "zq") == {}
    assert "from 2 people" in found["index.html"]


def test_whom_a_private_key_names_is_not_told_either(tmp_path: Path):
    files = {
        "ada": person("name: Ada Zq", "knows: ['[[bob]]']", "private: [knows]"),
        "eve": person("name: Eve Zq", "private: [notes]", body="about [[bob]]"),
        "kim": person("name: Kim Zq", "private: [log]", body="## Log\n\n- 2026-01-01 call: about [[bob]]"),
        "joe": person("name: Joe Yes", "private: [birthday]", body="about [[bob]]"),
        "bob": person("name: Bob"),
    }
    found = built(tmp_path / "v", files)
    assert "Joe Yes" in found["contacts/bob.html"]
    assert "Zq" not in found["contacts/bob.html"]


def test_the_settings_are_told_only_as_far_as_they_are_shown(tmp_path: Path):
    settings = f"""
name = "Our people"
when = 3
[me]
name = "Zqme"
location = "Zqplace"
hobbies = ["zqhobby"]
ahead = "zqahead"
[team.lee]
name = "Lee"
email = "zq@example.com"
[team.kim]
email = ["zq2@example.com"]
[team]
jo = "zq3@example.com"
mo = {{ email = 5, name = "Mo", e_mail = "zq4@example.com" }}
[handover]
lead = "zqlead"
[places]
Porto = ["zqplace"]
{GIT}
"""
    files = {"ada": person("name: Ada", "tier: A", "owner: lee")}
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "ptcrm.local.toml").write_text('[team.lee]\nemail = ["zq5@example.com"]\nleaves = "zq"\n')
    (tmp_path / "v" / "inbox.md").write_text("zqinbox\n")
    (tmp_path / "v" / "phrases").mkdir()
    (tmp_path / "v" / "phrases" / "x.md").write_text("zqphrase\n")
    found = built(tmp_path / "v", files, settings)
    assert where(found, "zq") == {}
    assert "due/lee.html" in found


@pytest.mark.parametrize("shown", [False, True])
def test_the_tier_is_shown_only_where_it_is_asked_for(tmp_path: Path, shown: bool):
    files = {
        "ada": person("name: Ada", "tier: zqinner", body="- [ ] a [due:: 2026-11-22]"),
        "bob": person("name: Bob", "tier: zqunknown", "company: '[[x'"),
        "eve": person("name: Eve", "tier: zqinner", "private: [tier]"),
    }
    settings = f'[tiers]\nzqinner = "2 weeks"\nzqouter = "8 weeks"\n[site]\nshow_tier = {str(shown).lower()}\n{GIT}'
    found = built(tmp_path / "v", files, settings)
    told = where(found, "zqinner", "zqouter", "zqunknown")
    if not shown:
        assert told == {}
    else:
        assert {"contacts/ada.html", "index.html", "people.html"} <= set(told["zqinner"])
        assert "contacts/eve.html" not in told["zqinner"]


def test_who_turns_private_leaves_every_page_at_once(tmp_path: Path):
    folder = tmp_path / "v"
    files = {
        "zq": person("name: Zq", "tier: A", "offers: chess", "birthday: 11-24", body="[[ada]]\n\n## Log\n\n- 2026-01-01 call: hi"),
        "ada": person(
            "name: Ada", "tier: A", "needs: chess", "knows: '[[zq]]'", body="With [[zq]].\n\n## Log\n\n- 2025-11-20 call: [[Zq|zqq]] came"
        ),
    }
    found = built(folder, files)
    assert {"index.html", "contacts/zq.html", "contacts/ada.html", "people.html"} <= set(where(found, "zq")["zq"])
    path = folder / "contacts" / "zq.md"
    path.write_text(path.read_text().replace("tier: A", "tier: A\nprivate: true"))
    build(folder)
    assert where(pages(folder), "zq") == {}
    assert not (folder / "site" / "contacts" / "zq.html").exists()
    path.write_text(path.read_text().replace("\nprivate: true", ""))
    build(folder)
    assert pages(folder) == found


def test_files_and_folders_are_for_the_user_alone(tmp_path: Path):
    folder = tmp_path / "v"
    built(folder, {"ada": person("name: Ada"), "work/Zoë & Co/bob": person("name: Bob"), "lee": ""}, f"[team.lee]\nname = 'Lee'\n{GIT}")
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder / "site", *(folder / "site").rglob("*")]}
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in found.items() if path.is_file()} == {0o600}
    (folder / "site").chmod(0o755)
    (folder / "site" / "index.html").chmod(0o644)
    build(folder)
    assert stat.S_IMODE((folder / "site").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "site" / "index.html").stat().st_mode) == 0o600


def test_nothing_of_the_cache_or_the_machine_is_on_a_page(tmp_path: Path):
    folder = tmp_path / "zqfolder"
    built(folder, {"ada": person("name: Ada")})
    assert not [
        path for path, data in contents(folder / "site").items() if re.search(rb"zqfolder|/tmp|/root|home", data) and path != "page.js"
    ]


def test_a_private_day_is_in_no_calendar(tmp_path: Path):
    files = {
        "ada": person("name: Ada", "birthday: 1980-11-23", "private: [birthday]", "tier: A"),
        "bob": person("name: Bob", "dates: ['11-24 zq']", "started: 2001-11-23", "private: [dates, started]", "next_contact: 2026-11-20"),
        "eve": person("name: Eve", "next_contact: 2026-11-20", "private: next_contact"),
    }
    build(vault(tmp_path / "v", files, GIT), date(2026, 11, 21))
    found = pages(tmp_path / "v")
    assert where(found, "zq", "1980", "2001", "1123", "11-23", "23 nov", "turns ") == {}
    assert "BEGIN:VEVENT" not in found["occasions.ics"]
    assert "promised to be in touch for" not in found["contacts/eve.html"]


def test_who_becomes_private_is_named_on_no_page_of_those_whom_an_offer_would_help(tmp_path: Path):
    offering = person("name: Olga Offer", "offers: ['sailing lessons with [[zqbob]]']")
    needy = {f"needy-{number}": person(f"name: Needy {number}", "needs: [sailing]") for number in range(3)}
    root = vault(tmp_path / "v", {"olga": offering, "zqbob": person("name: Bob"), **needy}, GIT)
    build(root)
    telling = {path for path, text in pages(root).items() if "zqbob" in text and path.startswith("contacts/needy-")}
    (root / "contacts/zqbob.md").write_text(person("name: Bob", "private: true"))
    build(root)
    found = pages(root)
    assert where({path: found[path] for path in telling}, "zqbob") == {}
    build(root, force=True)
    assert pages(root) == found
    assert telling


def test_a_tier_that_becomes_private_is_told_on_no_report_page_any_more(tmp_path: Path):
    """Once one tier is private, the tiers are numbered, also in what was kept of all the others."""
    settings = f'[site]\nshow_tier = true\nreports = ["load", "mix"]\n{GIT}[tiers]\nInner = {{ cadence = "1 month", weight = 2 }}\n'
    ada = person("name: Ada King", "tier: Inner", body="- 2026-11-01 call: Hello")
    files = {"ada": ada, "bob": ada.replace("Ada King", "Bob Lee")}

    def told(ada: str) -> list[bool]:
        (tmp_path / "one/contacts/ada.md").write_text(ada)
        build(tmp_path / "one")
        anew = built(tmp_path / f"{len(ada)}", {**files, "ada": ada}, settings)
        again = pages(tmp_path / "one")
        assert {path: again[path] for path in again if path.startswith("reports/")} == {
            path: anew[path] for path in anew if "reports/" in path
        }
        return ["Inner" in again[f"reports/{name}.html"] for name in ("load", "mix")]

    vault(tmp_path / "one", files, settings)
    build(tmp_path / "one")
    assert told(ada.replace("Hello", "Good morning")) == [True, True]
    assert told(ada.replace("tier:", "private: [tier]\ntier:")) == [False, False]
    assert told(ada.replace("tier:", "private: [phone]\ntier:")) == [True, True]


def test_a_private_log_is_counted_on_no_report_page(tmp_path: Path):
    entries = "\n## Interactions\n\n" + "".join(f"- 2026-{month:02}-03 coffee: zqword\n" for month in range(1, 11))
    hidden = person("name: Zoe Hidden", "tier: A", "met: 2026-01-03", "private: [log]", body=entries)
    settings = f'[site]\nreports = ["quiet", "load", "new", "mix", "year", "give", "five", "referrals", "tidy"]\n{GIT}'
    with_log = built(tmp_path / "one", {"zoe": hidden, "ada": person("name: Ada King")}, settings)
    without = built(tmp_path / "one", {"zoe": hidden.replace(entries, ""), "ada": person("name: Ada King")}, settings)
    for name in ("year", "new", "give", "referrals", "mix"):  # the others tell where people stand, which no private log hides
        page = f"reports/{name}.html"
        assert with_log[page] == without[page], name
    assert "Zoe Hidden" in built(tmp_path / "two", {"zoe": hidden.replace("private: [log]", "coi: no")}, settings)["reports/year.html"]


UNPLACED = """
Words before.

## Imported from phone.vcf

- TEL (cell): zqphone
<!--
## Notes
-->
- ADR (home): zqaddress

```
# zqcode
```

### Deeper

- zqdeeper

## Interactions

Prose of the log.

- 2026-11-01 lunch: Soup

### Imported from other.csv

- zqother

## Notes

Words behind.

# Imported from last.csv

- zqlast
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_an_import_could_not_place_is_on_no_page(tmp_path: Path, ends: str):
    text = person("name: Ada King", body=UNPLACED).replace("\n", ends)
    html = "\n".join(built(tmp_path / "v", {"ada": text}).values())
    assert [words for words in ("zq", "Imported from", "Deeper") if words in html] == []
    for words in ("Words before.", "Prose of the log.", "Soup", "Words behind."):
        assert words in html, words


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("prose", ["", "Prose of hers.\n\n- Tea: green\n\n### Deeper\n\nMore.\n"])
def test_keys_that_differed_in_a_merge_are_on_no_page(tmp_path: Path, prose: str, ends: str):
    files = {
        "ada": person("name: Ada King", "tier: A", "company: Acme", "private: [company]"),
        "ida": person("name: Ida King", "tier: zqtier", "company: zqcompany", "mine: zqmine", "private: [company]", body=f"\n{prose}"),
    }
    files["ada"] = files["ada"].replace("tier: A", "tier: A\nmine: no")
    root = vault(tmp_path / "v", {id: text.replace("\n", ends) for id, text in files.items()}, GIT)
    assert inside(root, "merge", "ida", "ada").code == 0
    assert "## Merged from Ida King" in (root / "contacts/ada.md").read_text()
    build(root)
    html = "\n".join(pages(root).values())
    assert "zq" not in html
    assert ("Merged from" in html) == bool(prose)
    for words in re.findall(r"\w+ of \w+|green|Deeper|More", prose):
        assert words in html, words


def test_a_note_written_right_below_the_keys_of_a_merge_does_not_put_them_on_a_page(tmp_path: Path):
    body = "\n## Merged from Ida King\n\n- company: zqcompany\n- mine: zqmine\n- a note of my own\n"
    root = vault(tmp_path / "v", {"ada": person("name: Ada King", body=body)}, GIT)
    build(root)
    html = "\n".join(pages(root).values())
    assert "zq" not in html
    assert "a note of my own" in html
