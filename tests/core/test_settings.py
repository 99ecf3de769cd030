"""`ptcrm.toml` (docs/format.md, "Settings"): what each line sets, and what is said of a wrong one."""

from __future__ import annotations

import datetime
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.model import NEVER, Cadence
from plaintextcrm.core.settings import STANDARD_TIERS, Me, Settings, Site, Teammate, Tier
from plaintextcrm.core.settings_text import parse

LAW = settings(deadline=None, database=None, derandomize=True, max_examples=200)


def read(*lines: str, local: str = "") -> Settings:
    """The settings of these lines, which have no mistake."""
    found, problems = parse("\n".join(lines), local)
    assert problems == ()
    return found


def mistakes(*lines: str, local: str = "") -> list[tuple[str, int, str]]:
    """(file, line, message) of each mistake."""
    _, problems = parse("\n".join(lines), local)
    assert {problem.code for problem in problems} <= {"bad-settings"}
    return [(problem.where.path, problem.where.line, problem.message) for problem in problems]


# --- what each line sets -------------------------------------------------------------------------------------------


def test_an_empty_file_gives_the_defaults_of_the_page() -> None:
    found = read("")
    assert found == Settings(
        name="My people", contacts=("contacts",), only="", since=None, file_names="slug", leap_day="feb28", currency="EUR",
        tiers=(Tier("A", Cadence(1, "month"), 3), Tier("B", Cadence(3, "month"), 2), Tier("C", Cadence(6, "month"), 1)),
        default_cadence=NEVER, per_week=10, soon_days=7, occasion_days=7, retry_days=7, newcomers=True, when="", me=Me(), team=(),
        handover_lead="", kinds=(), places=(), log_order="oldest", commit=True,
        site=Site("site", "", False, ("phone", "address"), ("load", "new", "mix", "year")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "name", "value"),
    [
        (['name = "Quill"'], "name", "Quill"),
        (['contacts = ["people", "work/clients"]'], "contacts", ("people", "work/clients")),
        (['contacts = "people/"'], "contacts", ("people",)),
        (['contacts = ["."]'], "contacts", (".",)),
        (['only = "tag:person"'], "only", "tag:person"),
        (["since = 2026-11-21"], "since", date(2026, 11, 21)),
        (['since = "2026-11-21"'], "since", date(2026, 11, 21)),
        (["since = 2026-11-21T09:30:00Z"], "since", date(2026, 11, 21)),
        (['file_names = "name"'], "file_names", "name"),
        (['leap_day = "mar1"'], "leap_day", "mar1"),
        (['currency = "USD"'], "currency", "USD"),
        (["[tiers]", 'gold = { cadence = "2w", weight = 2.5 }'], "tiers", (Tier("gold", Cadence(2, "week"), 2.5),)),
        (["[tiers]", 'gold = "monthly"'], "tiers", (Tier("gold", Cadence(1, "month"), 1),)),
        (["[tiers.gold]", "cadence = 30", "weight = 0"], "tiers", (Tier("gold", Cadence(30, "day"), 0),)),
        (["[tiers]"], "tiers", ()),
        (["[due]", 'default_cadence = "6 months"'], "default_cadence", Cadence(6, "month")),
        (["[due]", "per_week = 0"], "per_week", 0),
        (["[due]", "soon_days = 3"], "soon_days", 3),
        (["[due]", "occasion_days = 14"], "occasion_days", 14),
        (["[due]", "retry_days = 1"], "retry_days", 1),
        (["[due]", "newcomers = false"], "newcomers", False),
        (["[due]", 'when = "mon 09:00"'], "when", "mon 09:00"),
        (["[me]", 'name = "M"', 'location = "Lisbon"', 'hobbies = ["chess"]', 'ahead = "x"'], "me", Me("M", "Lisbon", ("chess",), "x")),
        (["[me]", 'email = ["m@x.org", "marta@y.org"]'], "me", Me(email=("m@x.org", "marta@y.org"))),
        (["[me]", 'email = "m@x.org"'], "me", Me(email=("m@x.org",))),
        (["[team.lee]", 'name = "Lee"', 'email = "l@x"'], "team", (Teammate("lee", "Lee", "l@x"),)),
        (["[team.lee]", 'leaves = "2027-03"'], "team", (Teammate("lee", "lee", "", date(2027, 3, 31)),)),
        (["[team.lee]", "leaves = 2027-03-30"], "team", (Teammate("lee", "lee", "", date(2027, 3, 30)),)),
        (["[team.lee]", 'leaves = "2027"'], "team", (Teammate("lee", "lee", "", date(2027, 12, 31)),)),
        (["[team]", "lee = {}"], "team", (Teammate("lee", "lee"),)),
        (["[handover]", 'lead = "marta"', "[team.marta]"], "handover_lead", "marta"),
        (["[places]", 'Porto = ["Oporto", "Gaia"]', 'Rome = "Roma"'], "places", (("Porto", ("Oporto", "Gaia")), ("Rome", ("Roma",)))),
        (["[log]", 'order = "newest"'], "log_order", "newest"),
        (["[git]", "commit = false"], "commit", False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_line_sets_what_it_says(lines: list[str], name: str, value: object) -> None:
    assert getattr(read(*lines), name) == value


def test_the_site_takes_its_lines() -> None:
    lines = ("[site]", 'out = "public"', 'title = "Us"', "show_tier = true", 'private = ["email"]', 'reports = ["five"]')
    assert read(*lines).site == Site("public", "Us", True, ("email",), ("five",))


@pytest.mark.parametrize(
    ("line", "group", "strength", "minutes"),
    [
        ("podcast = { touch = true, strength = 3, minutes = 40 }", "in person", 3, 40),
        ("podcast = { touch = true, strength = 2, minutes = 40 }", "voice", 2, 40),
        ("podcast = { strength = 1 }", "writing", 1, 10),
        ("podcast = {}", "writing", 1, 10),
        ("podcast = { touch = false }", "none", 1, 10),
        ("Radio-Talk = {}", "writing", 1, 10),
    ],
)
def test_a_kind_of_ones_own_is_a_kind(line: str, group: str, strength: int, minutes: int) -> None:
    found = read("[kinds]", line)
    word = line.split()[0].lower()
    kind = found.kind_table[word]
    assert (kind.name, kind.group, kind.strength, kind.minutes) == (word, group, strength, minutes)
    assert kind.touch == (group != "none")
    assert found.kind_table["phone"].name == "call"  # ours are there as well


def test_tiers_are_compared_without_case() -> None:
    found = read("")
    assert [found.tier(word) for word in ("a", " A ", "D", "", None)] == [STANDARD_TIERS[0], STANDARD_TIERS[0], None, None, None]


def test_the_highest_weight_is_that_of_the_tiers_there_are() -> None:
    assert read("").highest_weight == 3
    assert read("[tiers]", "x = { weight = 0.5 }").highest_weight == 0.5


# --- the whole example ---------------------------------------------------------------------------------------------

EXAMPLE = """\
name = "My people"
contacts = ["contacts"]
since = 2026-11-21             # written by init: stands in for a missing `created`
file_names = "slug"            # or "name"
leap_day = "feb28"
currency = "EUR"
# only = "tag:person"

[tiers]                        # your own names; cadence is how often, weight ranks the due list
A = { cadence = "1 month",  weight = 3 }
B = { cadence = "3 months", weight = 2 }
C = { cadence = "6 months", weight = 1 }

[due]
default_cadence = "never"      # people with neither tier nor cadence are on file, not due; "6 months" to be reminded of everybody
per_week = 10                  # what you can do; the rest waits quietly
soon_days = 7
occasion_days = 7              # how early birthdays and anniversaries show
retry_days = 7
newcomers = true               # 2 days, 2 weeks, 6 weeks, then the cadence
# when = "mon 09:00"           # puts one weekly slot with the names into due.ics

[me]
name = "…"
location = "Lisbon"
hobbies = ["sailing"]
ahead = "an office in Porto by spring 2027"     # what `five: next` is for

[team.lee]                     # optional; owner, successor, with, by name these
name = "…"
email = "lee@example.com"      # `log` compares git's identity with it
# leaves = "2027-03"           # better in ptcrm.local.toml: it may be a secret; a month means its last day

[handover]
# lead = "marta"              # who looks after handovers

[kinds]
podcast = { touch = true, strength = 2, minutes = 40 }

[places]
Porto = ["Oporto", "Vila Nova de Gaia"]

[log]
order = "oldest"

[git]
commit = true                  # each write is one commit of exactly the paths it changed

[site]
out = "site"
title = "…"
show_tier = false              # tier names are for you, not for whoever looks over your shoulder
private = ["phone", "address"]
reports = ["load", "new", "mix", "year"]        # any of the twelve; those not named are not published
"""


def test_the_whole_example_has_no_mistake_and_mostly_says_the_defaults() -> None:
    found = read(EXAMPLE)
    plain = Settings(since=date(2026, 11, 21))
    for name in Settings._fields:
        if name not in ("me", "team", "kinds", "places", "site"):
            assert getattr(found, name) == getattr(plain, name), name
    assert found.me == Me("…", "Lisbon", ("sailing",), "an office in Porto by spring 2027")
    assert (found.team, found.places) == ((Teammate("lee", "…", "lee@example.com"),), (("Porto", ("Oporto", "Vila Nova de Gaia")),))
    assert found.site == Site(title="…")


def test_with_every_comment_taken_as_a_setting_the_example_has_no_mistake_either() -> None:
    found = read(re.sub(r"^# (?=(?:only|when|leaves|lead) =)", "", EXAMPLE, flags=re.MULTILINE))
    assert (found.only, found.when, found.handover_lead) == ("tag:person", "mon 09:00", "marta")
    assert found.team[0].leaves == date(2027, 3, 31)


@pytest.mark.parametrize("text", ["\ufeff" + EXAMPLE, EXAMPLE.replace("\n", "\r\n")], ids=["byte order mark", "CRLF"])
def test_it_is_read_as_any_editor_saves_it(text: str) -> None:
    assert parse(text) == parse(EXAMPLE)


def test_the_examples_in_the_documentation_have_no_mistake() -> None:
    page = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
    found = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found
    assert [parse(text)[1] for text in found] == [()] * len(found)


def test_the_settings_of_the_example_vault_have_no_mistake() -> None:
    read((Path(__file__).parents[2] / "example-vault" / "ptcrm.toml").read_text(encoding="utf-8"))


# --- mistakes ------------------------------------------------------------------------------------------------------


def test_lists_of_words_in_one_text_are_split_at_its_commas():
    found, problems = parse(
        '[me]\nhobbies = "chess, sailing"\nemail = "a@b.c,d@e.f"\n[site]\nprivate = "phone, email,"\nreports = "load, mix"\n'
    )
    assert (found.me.hobbies, found.me.email) == (("chess", "sailing"), ("a@b.c", "d@e.f"))
    assert (found.site.private, found.site.reports, problems) == (("phone", "email"), ("load", "mix"), ())


def test_a_private_word_that_misses_a_key_by_a_letter_is_asked_about():
    found, problems = parse('[site]\nprivate = ["emial", "zodiac", "log", "notes", "follow_ups", "mobile"]\n')
    assert [str(problem) for problem in problems] == [
        'ptcrm.toml:2:1: private: no key is called "emial": did you mean email? [bad-settings]'
    ]
    assert (problems[0].severity, found.site.private[0]) == ("warning", "emial")


def test_for_one_slip_in_a_list_nothing_that_was_to_stay_private_is_shown():
    found, problems = parse('[site]\nprivate = ["email", 5]\n')
    assert (found.site.private, problems) == (("email", "5"), ())


WRONG = [  # (the table's heading, the line, the setting as an attribute)
    ("", "name = 5", "name"),
    ("", "name = true", "name"),
    ("", "contacts = 5", "contacts"),
    ("", "contacts = []", "contacts"),
    ("", "contacts = [5]", "contacts"),
    ("", 'contacts = ["../others"]', "contacts"),
    ("", 'contacts = ["a/../../b"]', "contacts"),
    ("", 'contacts = ["~/people"]', "contacts"),
    ("", 'contacts = ["/srv/people"]', "contacts"),
    ("", 'contacts = "/srv/people"', "contacts"),
    ("", 'contacts = ["people", "/srv/people"]', "contacts"),
    ("", "only = 5", "only"),
    ("", 'since = "soon"', "since"),
    ("", 'since = "21/11/2026"', "since"),
    ("", "since = 2026", "since"),
    ("", "since = 10:30:00", "since"),
    ("", 'file_names = "Name"', "file_names"),
    ("", "file_names = 1", "file_names"),
    ("", 'leap_day = "feb29"', "leap_day"),
    ("", 'leap_day = ["feb28"]', "leap_day"),
    ("", "currency = 5", "currency"),
    ("[due]", 'default_cadence = "soon"', "default_cadence"),
    ("[due]", "default_cadence = 0", "default_cadence"),
    ("[due]", "default_cadence = true", "default_cadence"),
    ("[due]", "default_cadence = 1.5", "default_cadence"),
    ("[due]", 'per_week = "ten"', "per_week"),
    ("[due]", "per_week = -1", "per_week"),
    ("[due]", "per_week = 2.5", "per_week"),
    ("[due]", "per_week = true", "per_week"),
    ("[due]", "soon_days = 10000000", "soon_days"),
    ("[due]", "occasion_days = inf", "occasion_days"),
    ("[due]", "retry_days = [7]", "retry_days"),
    ("[due]", 'newcomers = "yes"', "newcomers"),
    ("[due]", "newcomers = 1", "newcomers"),
    ("[due]", "when = 9", "when"),
    ("[due]", 'when = "whenever"', "when"),
    ("[me]", "name = 5", "me.name"),
    ("[me]", "location = []", "me.location"),
    ("[me]", "hobbies = 5", "me.hobbies"),
    ("[me]", 'hobbies = ["chess", 5]', "me.hobbies"),
    ("[me]", "ahead = 2027", "me.ahead"),
    ("[handover]", "lead = 5", "handover_lead"),
    ("[log]", 'order = "latest"', "log_order"),
    ("[git]", 'commit = "no"', "commit"),
    ("[git]", "commit = 0", "commit"),
    ("[site]", "out = 5", "site.out"),
    ("[site]", "title = 5", "site.title"),
    ("[site]", 'show_tier = "no"', "site.show_tier"),
    ("[site]", "private = true", "site.private"),
    ("[site]", "reports = 5", "site.reports"),
    ("[site]", 'reports = ["load", "loaf"]', "site.reports"),
]


@pytest.mark.parametrize(("heading", "line", "name"), WRONG, ids=[f"{heading} {line}".strip() for heading, line, _ in WRONG])
def test_a_wrong_value_is_named_with_its_line_and_the_default_is_used(heading: str, line: str, name: str) -> None:
    text = "\n".join(["# settings", "", heading, "# a comment", line, ""])
    found, problems = parse(text)
    key = line.split(" ")[0]
    assert [(problem.where.path, problem.where.line, problem.severity) for problem in problems] == [("ptcrm.toml", 5, "error")]
    assert problems[0].message.startswith(f"{key} = ")
    assert problems[0].message.endswith("; the default is used")
    value, default = found, Settings()
    for part in name.split("."):
        value, default = getattr(value, part), getattr(default, part)
    assert value == default


def test_a_wrong_value_leaves_all_others_as_they_are() -> None:
    found, problems = parse('name = 5\ncurrency = "USD"\n[due]\nper_week = "x"\nsoon_days = 3\n[git]\ncommit = false\n')
    assert (found.currency, found.soon_days, found.commit, len(problems)) == ("USD", 3, False, 2)


IN_TABLES = [  # (lines, the line that is wrong, a word of its message)
    (["[tiers]", 'A = { cadence = "soon", weight = 3 }'], 2, "cadence"),
    (["[tiers]", 'A = { cadence = "1 month", weight = 3 }', 'B = { cadence = "soon", weight = 2 }'], 3, "cadence"),
    (["[tiers]", 'A = { cadence = "1 month", weight = 3 }', 'B = { cadence = "1 month", weight = "two" }'], 3, "weight"),
    (["[tiers]", 'A = { cadence = "1 month", weight = 3 }', 'B = "soon"'], 3, "soon"),
    (["[tiers]", "A = 5"], 2, "A"),
    (["[tiers]", "A = { weight = -1 }"], 2, "weight"),
    (["[tiers]", "A = { weight = nan }"], 2, "weight"),
    (["[tiers.A]", 'cadence = "1 month"', "", "[tiers.B]", 'cadence = "soon"'], 5, "cadence"),
    (["[tiers]", 'A.cadence = "1 month"', 'B.cadence = "soon"'], 3, "cadence"),
    (["tiers = 5"], 1, "tiers"),
    (["[kinds]", "podcast = 5"], 2, "podcast"),
    (["[kinds]", '"two words" = {}'], 2, "two words"),
    (["[kinds]", 'podcast = { touch = "yes" }'], 2, "touch"),
    (["[kinds]", "podcast = { minutes = 5 }", "radio = { minutes = 1.5 }"], 3, "minutes"),
    (["[kinds]", "podcast = { strength = -1 }"], 2, "strength"),
    (["[places]", "Porto = 5"], 2, "Porto"),
    (["[places]", 'Rome = "Roma"', "Porto = [5]"], 3, "Porto"),
    (["[team]", "lee = 5"], 2, "lee"),
    (["[team.lee]", "name = 5"], 2, "name"),
    (["[me]", 'name = "Marta"', "[team.noor]", 'name = "Noor"', "[team.lee]", "name = 5"], 6, "name"),
    (["[team.lee]", 'leaves = "soon"'], 2, "leaves"),
    (["[team.lee]", 'leaves = "--03-31"'], 2, "leaves"),
    (["[team]", 'lee = { name = "Lee" }', "noor = { email = 5 }"], 3, "email"),
    (['name = "x"', "due = 5"], 2, "due"),
    (['name = "x"', "me = []"], 2, "me"),
    (['site = "site"'], 1, "site"),
]


@pytest.mark.parametrize(("lines", "line", "word"), IN_TABLES, ids=[" ".join(lines) for lines, _, _ in IN_TABLES])
def test_a_wrong_value_in_a_table_is_named_with_its_line(lines: list[str], line: int, word: str) -> None:
    found = mistakes(*lines)
    assert [(path, at) for path, at, _ in found] == [("ptcrm.toml", line)]
    assert word in found[0][2]


@pytest.mark.parametrize("lines", [["tiers = 5"], ["tiers = []"], ['tiers = "A"']])
def test_where_the_tiers_are_no_table_the_standard_ones_hold(lines: list[str]) -> None:
    assert parse("\n".join(lines))[0].tiers == STANDARD_TIERS


def test_a_wrong_tier_does_not_take_the_others_with_it() -> None:
    found, _ = parse('[tiers]\nA = 5\nB = { cadence = "weekly", weight = 2 }\n')
    assert Tier("B", Cadence(1, "week"), 2) in found.tiers


def test_two_tiers_that_differ_in_case_only_are_a_mistake_and_the_first_holds() -> None:
    lines = ["[tiers]", 'A = "1 month"', 'a = "2 months"', 'B = "1 year"']
    found, problems = parse("\n".join(lines))
    assert [(tier.name, str(tier.cadence.count)) for tier in found.tiers] == [("A", "1"), ("B", "1")]
    assert [(problem.where.line, problem.message) for problem in problems] == [
        (3, 'tier "a" is "A" already, since case does not count: this one is not read; take one out')
    ]


def test_a_table_that_is_there_twice_is_named_as_it_is_written() -> None:
    assert mistakes("[me]", "[tiers.a]", "[tiers.a]")[0][2].startswith("not readable as TOML: cannot declare [tiers.a] twice;")


def test_the_day_that_somebody_leaves_is_a_day_even_if_written_with_a_time() -> None:
    leaves = read("[team.lee]", "leaves = 2027-03-31T09:00:00").team[0].leaves
    assert (type(leaves), leaves) == (datetime.date, date(2027, 3, 31))


@pytest.mark.parametrize(
    ("lines", "line", "key"),
    [
        (["nmae = 'x'"], 1, "nmae"),
        (["per_week = 5"], 1, "per_week"),
        (["[due]", "per_month = 5"], 2, "per_month"),
        (["[deu]", "per_week = 5"], 1, "deu"),
        (["[tiers]", "A = { cadense = '1 month' }"], 2, "cadense"),
        (["[me]", "hobby = 'chess'"], 2, "hobby"),
        (["[team.lee]", "leave = 2027-03-31"], 2, "leave"),
        (["[kinds]", "podcast = { touches = true }"], 2, "touches"),
        (["[site]", "privat = []"], 2, "privat"),
        (["[git]", "commits = true"], 2, "commits"),
        (["[log]", "orders = 'newest'"], 2, "orders"),
        (["[handover]", "leader = 'x'"], 2, "leader"),
    ],
)
def test_a_setting_that_nobody_knows_is_a_warning_with_its_line(lines: list[str], line: int, key: str) -> None:
    _, problems = parse("\n".join(lines))
    assert [(problem.where.line, problem.severity) for problem in problems] == [(line, "warning")]
    assert f'no setting is called "{key}"' in problems[0].message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name = "x"\ncontacts = [\n', 2),
        ("name = x\n", 1),
        ('name = "a"\nname = "b"\n', 2),
        ("[due]\nper_week = 1\n[due]\n", 3),
        ("\n\n<<<<<<< ours\n", 3),
        ("since = 2026-02-30\n", 1),
        ("a = " + "[" * 100_000, 1),
        ("per_week = " + "9" * 5000, 1),
    ],
)
def test_toml_that_does_not_parse_is_one_mistake_and_the_defaults_hold(text: str, line: int) -> None:
    found, problems = parse(text)
    assert found == Settings()
    assert [(problem.where.path, problem.severity) for problem in problems] == [("ptcrm.toml", "error")]
    assert line <= problems[0].where.line <= line + 1  # an unclosed bracket is missed at the end
    assert problems[0].message.endswith("the defaults are used")


# --- ptcrm.local.toml ----------------------------------------------------------------------------------------------


def test_the_local_file_is_read_over_the_other_table_by_table() -> None:
    found = read(
        'name = "Ours"', 'contacts = ["people"]', "[due]", "per_week = 5", "soon_days = 3", "[team.lee]", 'email = "lee@x"',
        local='contacts = ["mine"]\n[due]\nper_week = 8\n[team.lee]\nleaves = "2027-03"\n[team.noor]\n',
    )  # fmt: skip
    assert (found.name, found.contacts, found.per_week, found.soon_days) == ("Ours", ("mine",), 8, 3)
    assert found.team == (Teammate("lee", "lee", "lee@x", date(2027, 3, 31)), Teammate("noor", "noor"))


def test_a_local_file_alone_is_enough() -> None:
    assert read("", local="[git]\ncommit = false\n").commit is False


def test_a_local_file_that_does_not_parse_is_named_and_the_other_holds() -> None:
    found, problems = parse('name = "Ours"\n', "x = \n")
    assert found.name == "Ours"
    assert [(problem.where.path, problem.where.line) for problem in problems] == [("ptcrm.local.toml", 1)]


@pytest.mark.parametrize(
    ("local", "line"),
    [("[due]\nper_week = 'ten'\n", 2), ("# a secret\n\n[team.lee]\nleaves = 'soon'\n", 4), ("nmae = 'x'\n", 1)],
)
def test_a_mistake_in_the_local_file_is_named_there(local: str, line: int) -> None:
    assert [(path, at) for path, at, _ in mistakes("[due]", "soon_days = 3", local=local)] == [("ptcrm.local.toml", line)]


# --- nothing raises ------------------------------------------------------------------------------------------------

KEYS = st.sampled_from(
    "name contacts only since file_names leap_day currency tiers due me team handover kinds places log git site default_cadence per_week"
    " soon_days newcomers when location hobbies ahead lee email leaves lead podcast touch strength minutes order commit out title private"
    " reports A cadence weight 'q u' \"\"".split(" ")
).filter(lambda key: key.count("'") != 1)
SCALARS = st.sampled_from(
    [
        "true", "0", "-1", "1e400", "nan", "-inf", "0x" + "f" * 3600, "2026-11-21", "2026-11-21T10:00:00+05:00", "10:30:00", '"soon"', "''",
        '"1 month"', '"²"', '"\\u0000"', "[]", "[1, 'a']", "{}", '{ cadence = "x", weight = [] }', '{ touch = 1 }', '[["a"], {b = 1}]',
        '"2027-03"', '"--03-31"', '["/x", ".."]', "9999999999999999999", '"9999-12-31"', "0001-01-01",
    ]
)  # fmt: skip
LINES = st.one_of(
    st.builds("{} = {}".format, KEYS, SCALARS),
    st.builds("{}.{} = {}".format, KEYS, KEYS, SCALARS),
    st.builds("[{}]".format, KEYS),
    st.builds("[{}.{}]".format, KEYS, KEYS),
    st.builds("[[{}]]".format, KEYS),
)


@pytest.mark.parametrize("key", ["per_week", "default_cadence", "soon_days"])
def test_a_number_too_long_to_print_is_a_mistake_like_any_other(key: str) -> None:
    assert [at for _, at, _ in mistakes("[due]", f"{key} = 0x{'f' * 3600}")] == [2]


@LAW
@given(st.lists(LINES, max_size=6, unique=True), st.lists(LINES, max_size=2))
def test_any_toml_gives_settings_and_mistakes_and_never_raises(lines: list[str], local: list[str]) -> None:
    found, problems = parse("\n".join(lines), "\n".join(local))
    assert isinstance(found, Settings)
    assert all(1 <= problem.where.line <= max(1, len(lines), len(local)) + 1 for problem in problems)
    assert found.kind_table


@LAW
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_gives_settings_and_mistakes_and_never_raises(text: str, local: str) -> None:
    found, problems = parse(text, local)
    assert isinstance(found, Settings)
    assert all(problem.where.line >= 1 and str(problem) for problem in problems)
