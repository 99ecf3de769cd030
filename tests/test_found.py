"""What hostile use of reports, reviews, journeys and exports found; each failed before it was mended."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from plaintextcrm.core.reports import REPORTS
from tests import make
from tests.inside import inside

TIERS = """
[tiers]
inner = { cadence = "1 month", weight = 3 }
"outer ring" = { cadence = "3 months", weight = 1 }

[team.lee]
name = "Lee Fontaine"

[team.noor]
name = "Noor Castellan"

[git]
commit = false
"""


def _person(name: str, *keys: str, entries: str = "") -> str:
    return "\n".join(["---", f"name: {name}", *keys, "---", "", "## Interactions", "", entries, ""])


def _sails(folder: Path) -> Path:
    people = {f"p{place}": _person(f"Person {place}", "owner: lee", "company: Sails", entries="- 2026-11-01 call") for place in range(20)}
    return make.vault(folder / "vault", people, TIERS)


# --- a filter that lets nobody through -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_on_nobody_says_that_the_filter_lets_nobody_through_and_nothing_that_is_untrue(name: str, tmp_path: Path):
    """It said `There is nobody here yet`, `Nobody is named yet`, and asked to begin with somebody."""
    said = inside(_sails(tmp_path), "report", name, "company:Oars", "--format", "table")
    assert said.code == 0
    assert said.out.split("\n\n")[1:] == ["The filter lets nobody through.\n"]


def test_a_report_on_nobody_has_the_same_tables_in_json(tmp_path: Path):
    vault = _sails(tmp_path)
    everybody = json.loads(inside(vault, "report", "team", "--json").out)
    nobody = json.loads(inside(vault, "report", "team", "company:Oars", "--json").out)
    assert list(nobody) == list(everybody)
    assert [(table["title"], table["columns"]) for table in nobody["tables"]] == [
        (table["title"], table["columns"]) for table in everybody["tables"]
    ]
    assert nobody["rows"] == []
    assert all(table["rows"] == [] for table in nobody["tables"])


def test_an_empty_vault_is_told_how_to_begin_also_with_a_filter(tmp_path: Path):
    said = inside(make.vault(tmp_path / "vault", {}), "report", "quiet", "tier:A", "--format", "table")
    assert "ptcrm add NAME" in said.out


# --- the commands that are printed ---------------------------------------------------------------------------------


def test_the_rest_of_a_table_is_asked_for_with_the_same_filter(tmp_path: Path):
    """It left the filter away, and so showed another table."""
    said = inside(_sails(tmp_path), "report", "tidy", "company:Sails", "--format", "table")
    command = next(line for line in said.out.splitlines() if line.startswith("and 8 more")).partition("(")[2].rstrip(")")
    assert shlex.split(command) == ["ptcrm", "report", "tidy", "company:Sails", "--table", "2"]
    whole = inside(tmp_path / "vault", *shlex.split(command)[1:], "--format", "ids").out.split()
    assert len(whole) == 20


def test_the_rest_of_a_table_without_a_colleague_is_asked_for_without_them_too(tmp_path: Path):
    people = {f"p{place}": _person(f"Person {place}", "owner: lee", entries="- 2026-11-01 call") for place in range(30)}
    said = inside(make.vault(tmp_path / "vault", people, TIERS), "report", "team", "--without", "lee", "--format", "table")
    assert "and 5 more (ptcrm report team --without lee --table 1)" in said.out


@pytest.mark.parametrize("name", ["new", "mix", "team"])
def test_the_first_person_is_added_in_a_tier_that_there_is(name: str, tmp_path: Path):
    """It said `--tier A` or `--tier B`, which a vault with tiers of its own refuses."""
    vault = make.vault(tmp_path / "vault", {}, TIERS)
    said = inside(vault, "report", name, "--format", "table")
    command = next(line.strip() for line in said.out.splitlines() if line.startswith("  ptcrm add"))
    assert "--tier inner" in command or "--tier 'outer ring'" in command
    assert inside(vault, *shlex.split(command)[1:]).code == 0


# --- files that cannot be read -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("report", "quiet"), ("review", "week"), ("path", "ada"), ("who", "sails")], ids=lambda words: words[0])
def test_whoever_cannot_be_read_is_told_of(words: tuple[str, ...], tmp_path: Path):
    """These four left a person with conflict markers out without a word; `due` and `list` said so."""
    people = {
        "ada": _person("Ada King", "company: Sails", entries="- 2026-11-01 call"),
        "bob": "---\nname: Bob Lee\n<<<<<<< HEAD\ncompany: Sails\n=======\ncompany: Oars\n>>>>>>> theirs\n---\n",
    }
    vault = make.vault(tmp_path / "vault", people)
    said = inside(vault, *words)
    assert said.code == 0
    assert "contacts/bob.md:3:1: conflict markers" in said.err
    found = json.loads(inside(vault, *words, "--json").out)
    assert "conflict-markers" in [problem["code"] for problem in found["problems"]]


def test_a_count_of_the_due_tells_whom_it_could_not_count(tmp_path: Path):
    vault = make.vault(tmp_path / "vault", {"bob": "---\nname: Bob Lee\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n---\n"})
    said = inside(vault, "due", "--count")
    assert (said.code, said.out) == (0, "0\n")
    assert "contacts/bob.md:3:1: conflict markers" in said.err


# --- sentences that were not true ----------------------------------------------------------------------------------


def _referrers(folder: Path, *before: str) -> Path:
    people = {
        f"p{place}": _person(f"Person {place}", entries=f"- 2026-10-01 {kind}\n- 2026-10-0{2 + place} referral-in: sent us one")
        for place, kind in enumerate(before)
    }
    return make.vault(folder / "vault", people)


def test_of_kinds_that_led_to_referrals_equally_often_none_is_the_most_often(tmp_path: Path):
    """One call and one lunch: it said `most often call (1)`."""
    said = inside(_referrers(tmp_path, "lunch", "call"), "report", "referrals", "--format", "table")
    assert "2 of 2 referrals came within 30 days of a contact" in said.out
    assert "most often" not in said.out


def test_the_kind_that_led_to_referrals_more_often_than_any_other_is_named(tmp_path: Path):
    said = inside(_referrers(tmp_path, "lunch", "call", "lunch"), "report", "referrals", "--format", "table")
    assert "most often lunch (2)" in said.out


def test_what_no_two_share_has_no_largest(tmp_path: Path):
    """Three people of three trades: it said that the largest is the first by the alphabet."""
    people = {trade: _person(trade.title(), f"role: {trade}") for trade in ("actuary", "baker", "cook")}
    vault = make.vault(tmp_path / "vault", people)
    found = json.loads(inside(vault, "report", "mix", "--json").out)
    assert [(row["by"], row["largest"]) for row in found["rows"]] == [("role", None)]
    assert found["sentences"] == ["As mixed as can be: no two share a company, role, location, group, or how you met."]
    assert "largest" not in json.dumps(json.loads(inside(vault, "review", "quarter", "--json").out)["rows"])


def test_a_name_that_is_almost_somebodys_is_asked_about_in_two_sentences(tmp_path: Path):
    """It said `did you mean ada (Ada King)?; a firm …`."""
    said = inside(make.vault(tmp_path / "vault", {"ada-king": _person("Ada King")}), "path", "ada-kimg")
    assert said.code == 4
    assert said.err == 'nobody is called "ada-kimg": did you mean ada-king (Ada King)? a firm of that name is not known\n'


def test_of_a_single_person_whom_nobody_looks_after_it_is_said_in_the_singular(tmp_path: Path):
    said = inside(make.vault(tmp_path / "vault", {"solo": _person("Solo")}, TIERS), "report", "team", "--format", "table")
    assert "None of us looks after 1 person." in said.out


# --- sums of money -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12000", 12000), ("12,000", 12000), ("12.000", 12000), ("1,234,567", 1234567), ("12 000.50", 12000.5), ("99,5", 99.5),
        ("0.5", 0.5), ("1234.567", 1234.567), ("", 0), ("nan", 0), ("inf", 0), ("1e999", 0), ("-5", 0), ("9" * 400, 0), ("²", 0),
    ],
)  # fmt: skip
def test_the_same_sum_is_read_the_same_by_all_reports(written: str, meant: float, tmp_path: Path):
    """`nan` ended `report referrals` with a traceback, `1e999` wrote a JSON that nobody reads, `12,000` was 12 to two of three reports."""
    ada = _person("Ada", "tier: A", "coi: true", entries=f"- 2026-02-01 referral-in: sent us one [value:: {written}]\n- 2026-02-02 call")
    vault = make.vault(tmp_path / "vault", {"ada": ada})
    found = {}
    for name in ("referrals", "load", "year"):
        text = inside(vault, "report", name, "--json").out
        found[name] = json.loads(text, parse_constant=pytest.fail)
    assert (found["referrals"]["rows"][0]["value"] or 0) == meant
    assert found["load"]["tables"][3]["rows"][0]["value"] == int(meant)
    assert (found["year"]["rows"][0]["value"] or 0) == meant


@pytest.mark.parametrize(
    ("field", "right"),
    [
        ("value:: 12,000", "12000 or 12.0"), ("value:: 1,250", "1250 or 1.25"), ("minutes:: 1,005", "1005 or 1"), ("value:: 99,5", ""),
        ("value:: 0,500", ""), ("value:: 1234,567", ""), ("value:: 12.000", ""), ("value:: 12000", ""), ("value:: 12,00", ""),
        ("value:: 1,234,567", "a number"), ("value:: \u0661\u0662", "12"), ("value:: \u0661.\u0665", "a number"),
        ("value:: 9007199254740993", "a number of 15 digits at most"), ("value:: 1.0000000001", "a number"),
    ],
)  # fmt: skip
def test_a_sum_that_is_not_read_or_may_be_read_in_two_ways_is_asked_about(field: str, right: str, tmp_path: Path):
    """`check` said nothing of `12,000`, which the reports read as twelve thousand, and who writes a decimal comma as twelve; nor of
    Arabic digits and of sixteen, which counted as nothing.
    """
    vault = make.vault(tmp_path / "vault", {"ada": _person("Ada", entries=f"- 2026-02-01 referral-in: sent us one [{field}]")})
    found = json.loads(inside(vault, "check", "--json").out)["rows"]
    assert [row["message"] for row in found if row["code"] == "bad-field"] == ([f'field "{field}": write {right}'] if right else [])


@pytest.mark.parametrize(
    ("written", "right", "corrected"),
    [
        ("1.5", "2, or 90 if hours are meant", ""), ("0,25", "1, or 15 if hours are meant", ""), ("90.5", "90", ""), ("45.0", "45", "45"),
        ("45,00", "45", "45"), ("90 min", "90", "90"), ("20m", "20", "20"), ("1h", "60", "60"), ("1h30", "90", "90"), ("1 h 30 min", "90", "90"),
        ("1,5 hours", "90", "90"), ("\u0664\u0665", "45", "45"), ("100000", "the minutes of a day, 1440 at most", ""), ("30h", "a number", ""),
        ("ages", "a number", ""), ("-5", "a number", ""), ("", "a number", ""), ("45", "", ""), ("99999", "", ""), ("0", "", ""),
    ],
)  # fmt: skip
def test_minutes_that_are_not_counted_are_asked_about(written: str, right: str, corrected: str, tmp_path: Path):
    """`check` said nothing of `[minutes:: 1.5]`, and the time was taken from the kind as if nothing stood there."""
    line = f"- 2026-02-01 call: about tea [minutes:: {written}] [by:: lee]"
    vault = make.vault(tmp_path / "vault", {"ada": _person("Ada", entries=line)})
    found = [row for row in json.loads(inside(vault, "check", "--json").out)["rows"] if row["code"] == "bad-field"]
    assert [row["message"] for row in found] == ([f'field "minutes:: {written}": write {right}'] if right else [])
    assert [row["fix"] for row in found if row["fix"]] == ([line.replace(written, corrected)] if corrected else [])
    inside(vault, "check", "--fix", "-y")
    assert (line.replace(written, corrected) if corrected else line) in (vault / "contacts/ada.md").read_text(encoding="utf-8")


# --- what is private -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["vcard", "csv", "json", "ics", "friends"])
def test_a_private_person_is_not_named_by_a_key_of_somebody_elses_own(what: str, tmp_path: Path):
    """A link below a key that the program knows was left out, one below any other key was taken along."""
    people = {
        "sol": _person("Sol Shade", "private: true"),
        "ada": _person("Ada King", "seen_with: '[[Sol Shade]]'", "walks:", "  - '[[sol]]'", "  - by the river"),
    }
    vault = make.vault(tmp_path / "vault", people)
    public, whole = tmp_path / "public", tmp_path / "whole"
    assert inside(vault, "export", what, "-o", str(public)).code == 0
    assert inside(vault, "export", what, "--private", "-o", str(whole)).code == 0
    assert "sol" not in public.read_text(encoding="utf-8").casefold()
    if what in ("vcard", "csv", "json"):
        assert "by the river" in public.read_text(encoding="utf-8")
        assert "[[Sol Shade]]" in whole.read_text(encoding="utf-8")


# --- whom a link means ---------------------------------------------------------------------------------------------

_KEYS = ("tier: inner", "five: now", "owner: lee", "location: Porto", "successor: noor")
_LINKED = {
    "ada-lovelace": _person("Augusta Byron", "aliases: [Countess]", "offers: [tide tables]", entries="- 2024-11-01 call"),
    "bob": _person(
        "Bob Lee", *_KEYS, 'needs: ["tide tables of [[ada-lovelace]]"]', 'offers: ["boats of [[countess]]"]', 'met_at: "with [[countess]]"',
        entries="\n".join([
            "- 2026-03-01 asked: for [[ada-lovelace]] [handover:: went well]", "- 2026-04-01 asked: for [[ada-lovelace]]",
            "- 2026-08-01 referral-in: [[new]] for [[ada-lovelace]]", "- 2026-09-01 gave: a book of [[countess]]",
            "  - [ ] greet [[ada-lovelace]] [due:: 2026-11-20]", "- [ ] 2026-12-03 dinner: with [[countess]]",
        ]),
    ),
    "cyd": _person("Cyd Poe", *_KEYS, "needs: [boats]", 'met_at: "with [[countess]]"', entries="- 2026-08-01 call: of [[ada-lovelace]]"),
    "new": _person("New One", "needs: [quiet]", 'offers: ["rest for [[countess]]"]', entries="- 2026-01-01 offered: x"),
    "old": _person("Old One", "five: next", 'needs: ["news of [[countess]]"]'),
}  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("plan",), ("near", "porto", "--format", "csv"), ("who", "tide"), ("who", "book"), ("path", "bob"), ("review", "month"),
        ("trip", "porto", "--from", "2026-12-02", "--to", "2026-12-03"), *(("report", name) for name in sorted(REPORTS.keys() - {"tidy"})),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_link_is_shown_with_the_name_of_whom_it_means_wherever_everybody_is_asked_about(words: tuple[str, ...], tmp_path: Path):
    """It was made of the slug there, Ada Lovelace and countess, while `due` and `show` said Augusta Byron."""
    as_json = () if "--format" in words else ("--json",)
    said = inside(make.vault(tmp_path / "vault", _LINKED, TIERS), *words, *as_json).out
    assert "Ada Lovelace" not in said
    assert "ountess" not in said
    if words[-1] not in ("load", "new", "team", "year"):
        assert "Augusta Byron" in said
