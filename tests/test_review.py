"""`review`: what it asks and when, what it compares with, the page it keeps, and the manners of keeping it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from plaintextcrm.core import review as reviews
from plaintextcrm.core.model import Contact
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.review import Earlier, Question, Review, review
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.settings_text import parse
from plaintextcrm.core.standing import facts_of
from tests.inside import Said, inside
from tests.make import TODAY, contact, environment, vault

EXAMPLE = Path(__file__).parent.parent / "example-vault"
WEEK = ["owed", "quiet", "new", "load"]
MONTH = ["owed", "quiet", "keep", "five", "helped", "new", "load"]
QUARTER = ["owed", "quiet", "keep", "five", "helped", "new", "mix", "load"]


def asked(
    *people: Contact, span: str = "quarter", was: Earlier | None = None, settings: Settings = Settings(), today: date = TODAY
) -> Review:
    return review(Network([(one, facts_of(one, settings.kind_table)) for one in people], settings, today), span, was)


def one(found: Review, name: str) -> Question:
    return next(question for question in found.questions if question.name == name)


# --- the questions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("span", "names"), [("week", WEEK), ("month", MONTH), ("quarter", QUARTER)])
def test_a_week_asks_less_than_a_month_and_that_less_than_a_quarter(span: str, names: list[str]):
    assert [question.name for question in asked(contact(), span=span).questions] == names


def test_owed_are_those_whom_due_lists_first_with_what_is_owed():
    people = [
        contact("name: A", "next_contact: 2026-11-20", id="a"), contact("name: B", "tier: A", "next_contact: 2026-11-20", "- 2026-01-01 call", id="b"),
        contact("name: C", "next_contact: 2026-11-20", "status: archived", id="c"),
    ]  # fmt: skip
    found = one(asked(*people), "owed")
    assert (found.figure, [line.id for line in found.rows]) == (2, ["b", "a"])
    assert found.rows[0].words == "you promised to be in touch for Fri 20 Nov"
    assert found.sentence == "2 people wait for something from you."


def test_of_many_three_are_shown_and_all_are_counted():
    people = [contact(f"name: P{place}", "next_contact: 2026-11-20", id=f"p{place}") for place in range(7)]
    found = one(asked(*people), "owed")
    assert (len(found.rows), found.figure) == (3, 7)


def test_keep_or_let_go_is_asked_of_the_lapsed_only():
    people = [
        contact("tier: B", "- 2020-01-01 call", id="lapsed"), contact("tier: A", "- 2020-01-01 call", id="highest"),
        contact("tier: B", "- 2026-01-01 call", id="late"), contact("tier: B", "paused: true", "- 2020-01-01 call", id="paused"),
    ]  # fmt: skip
    found = one(asked(*people), "keep")
    assert [line.id for line in found.rows] == ["lapsed"]
    assert found.command == "ptcrm triage lapsed"


def test_nothing_is_to_be_done_about_the_lapsed_where_there_are_none(tmp_path: Path):
    asked_ = asked(contact("tier: B", "- 2026-11-01 call", id="near"), span="month")
    found = one(asked_, "keep")
    assert (found.figure, found.rows, found.command) == (0, (), "")
    assert f"{found.sentence}\n\n## How are the five?" in reviews.page(asked_)
    near = "---\nname: Near\ntier: B\n---\n\n## Interactions\n\n- 2026-11-01 call\n"
    folder = vault(tmp_path / "vault", {"near": near})
    assert f"{found.sentence}\n\nHow are the five?" in inside(folder, "review", "month", "--format", "table", COLUMNS="100").out
    facts = json.loads(inside(folder, "review", "month", "--json").out)["rows"]
    assert [fact["command"] for fact in facts if fact["name"] == "keep"] == [None]


@pytest.mark.parametrize(("span", "days"), [("month", 30), ("quarter", 91)])
def test_whom_i_helped_is_within_the_span_each_once_newest_first(span: str, days: int):
    inside_, outside = date.fromordinal(TODAY.toordinal() - days + 1), date.fromordinal(TODAY.toordinal() - days)
    people = [
        contact("name: In", f"- {inside_} gave: A map.", id="in"), contact("name: Out", f"- {outside} gave: A map.", id="out"),
        contact("name: Twice", "- 2026-11-19 offered: A hand.", "- 2026-11-20 introduced: To [[in]].", id="twice"),
        contact("name: Gone", "status: archived", "- 2026-11-18 referral-out", id="gone"), contact("- 2026-11-18 got: A map.", id="got"),
        contact("- 2026-11-25 gave: A map.", id="to-come"), contact("- [ ] 2026-11-20 gave: A map.", id="planned"),
    ]  # fmt: skip
    found = one(asked(*people, span=span), "helped")
    assert [line.id for line in found.rows] == ["twice", "gone", "in"]
    assert found.rows[0].words == "2026-11-20 introduced: To In."
    assert found.sentence == f"In {days} days you gave, offered or introduced something to Twice, Gone and In."


def test_what_they_gave_is_no_help_of_mine():
    found = one(asked(contact("- 2026-11-19 gave: A jar of honey. [dir:: in]")), "helped")
    assert (found.rows, found.figure) == ((), 0)
    assert found.sentence.startswith("Nobody in the last 91 days")


def test_who_is_new_and_the_load_are_those_of_the_reports():
    found = asked(contact("name: Ada King", "tier: A", "met: 2026-11-19"))
    assert (one(found, "new").figure, one(found, "new").rows[0].words) == (1, "met 2026-11-19 · 2 days: by Sat 21 Nov")
    assert one(found, "load").rows[0].name == "A"


@pytest.mark.parametrize("span", ["week", "month", "quarter"])
@pytest.mark.parametrize("people", [(), (contact("name: Ada King"),)])
@pytest.mark.parametrize("day", ["1000-01-01", "1885-12-31", "8999-12-31"])
def test_nobody_or_one_person_is_no_mistake(span: str, people: tuple[Contact, ...], day: str):
    found = asked(*people, span=span, today=date.fromisoformat(day))
    assert all(question.sentence and (question.command or question.name == "keep") for question in found.questions)
    assert reviews.is_untouched(reviews.page(found))


# --- the page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "day", "path", "title"),
    [
        ("week", "2026-11-21", "reviews/2026-W47.md", "Week 47 of 2026"),
        ("week", "2027-01-01", "reviews/2026-W53.md", "Week 53 of 2026"),  # a Friday of the last week of 2026
        ("week", "2024-12-30", "reviews/2025-W01.md", "Week 1 of 2025"),
        ("month", "2026-11-21", "reviews/2026-11.md", "November 2026"),
        ("month", "1885-02-01", "reviews/1885-02.md", "February 1885"),
        ("quarter", "2026-11-21", "reviews/2026-Q4.md", "Quarter 4 of 2026"),
        ("quarter", "2026-03-31", "reviews/2026-Q1.md", "Quarter 1 of 2026"),
        ("quarter", "2026-04-01", "reviews/2026-Q2.md", "Quarter 2 of 2026"),
    ],
)
def test_each_span_has_its_file_and_its_title(span: str, day: str, path: str, title: str):
    on = date.fromisoformat(day)
    assert (reviews.file_of(span, on), reviews.title(span, on)) == (path, title)
    assert re.fullmatch(reviews.FILES[span], path.removeprefix("reviews/"))


def test_the_page_has_its_figures_in_front_matter_and_people_as_links():
    people = [contact("name: Ada King", "next_contact: 2026-11-20", id="work/ada-king"), contact("name: B", id="b")]
    text = reviews.page(asked(*people, span="week"))
    front = yaml.safe_load(text.split("---\n")[1])
    assert (front["review"], front["day"], front["people"], front["owed"], front["load"]) == ("week", TODAY, 2, 1, 0)
    assert "- [[ada-king|Ada King]]: you promised to be in touch" in text
    assert text.endswith("`ptcrm report load`\n")


def test_a_slug_of_two_people_is_linked_by_its_id():
    people = [contact("name: Ada", "next_contact: 2026-11-20", id="work/ada"), contact("name: Other", id="ada")]
    assert "[[work/ada|Ada]]" in reviews.page(asked(*people, span="week"))


@pytest.mark.parametrize("name", ["A ]] B", "A | B", "[[A]] B", "A\u202eB", "A\x1b[31mB", "A\udce9B", "# A"])
def test_no_name_breaks_the_page(name: str):
    ada = contact("next_contact: 2026-11-20")._replace(name=name)
    text = reviews.page(asked(ada, span="week"))
    assert len(re.findall(r"^- \[\[ada\|[^\[\]|\n]+\]\]: ", text, re.MULTILINE)) == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800-\udfff]", text)
    assert reviews.is_untouched(text)


def test_any_change_by_hand_is_seen_but_not_that_of_line_ends():
    text = reviews.page(asked(contact("name: Ada"), span="week"))
    assert reviews.is_untouched(text)
    assert reviews.is_untouched(text.replace("\n", "\r\n"))
    for changed in (
        text + "\nA thought.\n",
        text.replace("owed: 0", "owed: 9"),
        text.replace("digest: ", "digest: 0"),
        text[:-1],
        "",
        "digest: x",
    ):
        assert not reviews.is_untouched(changed)


# --- comparing -----------------------------------------------------------------------------------------------------


def kept(span: str, day: str, **figures: int) -> str:
    return "\n".join(
        ["---", f"review: {span}", f"day: {day}", *(f"{key}: {value}" for key, value in figures.items()), "---", "", "# x", ""]
    )


def test_compared_is_with_the_newest_of_the_same_span_before_today():
    texts = [
        kept("week", "2026-11-07", owed=7),
        kept("week", "2026-11-14", owed=5),
        kept("week", "2026-11-21", owed=2),
        kept("week", "2026-11-28", owed=1),
        kept("month", "2026-11-20", owed=9),
    ]
    assert reviews.earlier("week", texts, TODAY) == Earlier(date(2026, 11, 14), {"owed": 5})


@pytest.mark.parametrize(
    "text", ["", "no front matter", "---\nreview: week\n---\n", "---\nreview: week\nday: soon\n---\n", "---\nreview: week\nday: 2026-11-14"]
)
def test_what_is_no_review_is_compared_with_nothing(text: str):
    assert reviews.earlier("week", [text], TODAY) is None


def test_a_review_changed_by_hand_still_compares_as_far_as_it_says():
    text = kept("week", "2026-11-14", owed=5).replace("owed: 5", "owed: 5 \nquiet: many\nnew: -3") + "My thoughts.\nday: 1\n"
    assert reviews.earlier("week", [text.replace("\n", "\r\n")], TODAY) == Earlier(date(2026, 11, 14), {"owed": 5})


def test_the_figure_of_then_stands_beside_that_of_now():
    found = asked(contact("next_contact: 2026-11-20"), span="week", was=Earlier(date(2026, 10, 24), {"owed": 9}))
    assert found.was_words(one(found, "owed")) == "owed 1, was 9 on 2026-10-24"
    assert found.was_words(one(found, "new")) == ""
    assert "(owed 1, was 9 on 2026-10-24)" in reviews.page(found)


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example vault, for whoever only reads."""
    root = tmp_path_factory.mktemp("review") / "example"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("site", "reviews"))
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small vault of one's own."""
    ada = (
        "---\nname: Ada King\ntier: A\nmet: 2026-11-01\nnext_contact: 2026-11-20\n---\n\n## Interactions\n\n- 2026-11-01 coffee: A start.\n"
    )
    return vault(tmp_path / "v", {"ada": ada})


def page(root: Path, name: str = "2026-W47") -> Path:
    return root / "reviews" / f"{name}.md"


@pytest.mark.parametrize("span", ["week", "month", "quarter"])
def test_the_page_fits_80_columns_and_numbers_people(shared: Path, span: str):
    said = inside(shared, "review", span, "--format", "table")
    assert said.code == 0
    lines = said.out.split("\n")
    assert max(map(len, lines)) <= 80
    numbers = [int(line[:3]) for line in lines if re.match(r" *\d+  ", line[:5]) and line[:3].strip().isdigit()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert not (shared / "reviews").exists()


@pytest.mark.parametrize(("span", "names"), [("week", WEEK), ("month", MONTH), ("quarter", QUARTER)])
def test_json_has_a_row_for_each_question(shared: Path, span: str, names: list[str]):
    found = json.loads(inside(shared, "review", span, "--json").out)
    assert (found["schema"], found["today"]) == ("ptcrm.review/1", "2026-11-21")
    assert [row["name"] for row in found["rows"]] == names
    assert {"name", "question", "sentence", "rows", "command"} <= set(found["rows"][0])
    assert all(len(row["rows"]) <= 3 for row in found["rows"])


def test_figures_agree_with_the_commands_they_lead_to(shared: Path):
    found = {row["name"]: row for row in json.loads(inside(shared, "review", "quarter", "--json").out)["rows"]}
    for name in ("quiet", "five", "new"):
        assert found[name]["figure"] == len(json.loads(inside(shared, "report", name, "--json").out)["rows"]), name
    due = json.loads(inside(shared, "due", "--all", "--json").out)["rows"]
    owed = [row["id"] for row in due if row["owed"]]
    assert (found["owed"]["figure"], [row["id"] for row in found["owed"]["rows"]]) == (len(owed), owed[:3])
    assert found["load"]["figure"] == sum(row["due"] for row in json.loads(inside(shared, "report", "load", "--json").out)["rows"])


@pytest.mark.parametrize("format_", ["table", "plain", "json", "csv", "md", "ids"])
@pytest.mark.parametrize("files", [{}, {"ada": "---\nname: Ada King\n---\n"}])
def test_an_empty_vault_and_one_of_one_person_have_a_review(tmp_path: Path, files: dict[str, str | bytes], format_: str):
    said = inside(vault(tmp_path / "v", files), "review", "quarter", "--format", format_)
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize(("span", "name"), [("week", "2026-W47"), ("month", "2026-11"), ("quarter", "2026-Q4")])
def test_save_keeps_the_page_and_says_how_to_undo_it(root: Path, span: str, name: str):
    said = inside(root, "review", span, "--save", "--format", "table")
    assert said.code == 0
    assert said.out.endswith(f"saved: reviews/{name}.md · ptcrm undo\n")
    assert page(root, name).read_text().startswith(f"---\nreview: {span}\nday: 2026-11-21\n")
    assert inside(root, "undo").code == 0
    assert not page(root, name).exists()


def test_two_machines_keep_the_same_bytes(root: Path, tmp_path: Path):
    shutil.copytree(root, tmp_path / "other")
    for folder in (root, tmp_path / "other"):
        assert inside(folder, "review", "month", "--save").code == 0
    assert page(root, "2026-11").read_bytes() == page(tmp_path / "other", "2026-11").read_bytes()


def test_a_second_save_of_the_day_writes_nothing(root: Path):
    inside(root, "review", "week", "--save")
    before = page(root).stat()
    said = inside(root, "review", "week", "--save")
    assert (said.code, said.err) == (0, "reviews/2026-W47.md says this already\n")
    assert page(root).stat().st_mtime_ns == before.st_mtime_ns


def test_later_in_the_week_it_is_written_anew_and_undo_brings_the_first_back(root: Path):
    inside(root, "review", "week", "--save", today="2026-11-17")
    first = page(root).read_bytes()
    assert inside(root, "review", "week", "--save").code == 0
    assert b"day: 2026-11-21" in page(root).read_bytes()
    assert b"was" not in page(root).read_bytes()  # not with itself
    assert inside(root, "undo").code == 0
    assert page(root).read_bytes() == first


def test_thoughts_written_by_hand_are_never_overwritten(root: Path):
    inside(root, "review", "week", "--save", today="2026-11-17")
    mine = page(root).read_bytes() + b"\nWhat I think of it.\n"
    page(root).write_bytes(mine)
    said = inside(root, "review", "week", "--save")
    assert said.code == 5
    assert "reviews/2026-W47.md: was changed by hand and is left alone" in said.err
    assert page(root).read_bytes() == mine


def test_a_file_of_that_name_that_is_no_review_is_left_alone(root: Path):
    page(root).parent.mkdir()
    for data in (b"", b"My own.\n", b"\xff\xfe\x00"):
        page(root).write_bytes(data)
        assert inside(root, "review", "week", "--save").code == 5
        assert page(root).read_bytes() == data


def test_the_next_one_compares(root: Path):
    inside(root, "review", "week", "--save", today="2026-10-24")
    rows = {row["name"]: row["was"] for row in json.loads(inside(root, "review", "week", "--json").out)["rows"]}
    assert rows["owed"] == "owed 1, was 0 on 2026-10-24"
    assert "(owed 1, was 0 on 2026-10-24)" in inside(root, "review", "week", "--format", "table").out
    assert json.loads(inside(root, "review", "month", "--json").out)["rows"][0]["was"] is None


def test_a_dry_run_shows_the_page_as_a_diff_and_writes_nothing(root: Path):
    said = inside(root, "review", "week", "--save", "-n")
    assert said.code == 0
    assert said.out.startswith("--- /dev/null\n+++ b/reviews/2026-W47.md\n")
    assert not (root / "reviews").exists()


@pytest.mark.parametrize("option", ["-n", "--no-commit"])
def test_options_of_writing_without_save_are_told_to_be_without_sense(root: Path, option: str):
    said = inside(root, "review", "week", option)
    assert (said.code, "goes with --save" in said.err) == (2, True)


@pytest.mark.parametrize("words", [("review",), ("review", "year"), ("review", "week", "month")])
def test_a_span_is_asked_for(root: Path, words: tuple[str, ...]):
    assert inside(root, *words).code == 2


def test_with_save_json_stays_one_object_on_stdout(root: Path):
    said = inside(root, "review", "week", "--save", "--json")
    assert json.loads(said.out)["rows"]
    assert said.err == "saved: reviews/2026-W47.md · ptcrm undo\n"


def test_a_page_or_folder_that_leads_out_of_the_vault_is_neither_read_nor_written(root: Path, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "2026-W46.md").write_text(kept("week", "2026-11-14", owed=77))
    os.symlink(outside, root / "reviews")
    assert json.loads(inside(root, "review", "week", "--json").out)["rows"][0]["was"] is None
    assert inside(root, "review", "week", "--save").code == 5
    assert os.listdir(outside) == ["2026-W46.md"]


def test_odd_things_in_the_folder_harm_nothing(root: Path):
    (root / "reviews" / "2026-W46.md").mkdir(parents=True)
    (root / "reviews" / "2026-W45.md").write_bytes(b"\xff\xfe---\n")
    os.mkfifo(root / "reviews" / "2026-W44.md")
    (root / "reviews" / "2026-W43.md").write_text(kept("week", "2026-10-24", owed=4))
    said = inside(root, "review", "week", "--save")
    assert said.code == 0
    assert "owed 1, was 4" in page(root).read_text()


def git(folder: Path, *words: str) -> str:
    own = environment(folder.parent / "git-home")
    return subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *words], cwd=folder, env=own, capture_output=True, check=True, text=True
    ).stdout


def committing(root: Path) -> Path:
    (root / "ptcrm.toml").write_text("[git]\ncommit = true\n")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def test_it_is_one_commit_of_exactly_the_page(root: Path):
    committing(root)
    (root / "staged.txt").write_text("mine")
    git(root, "add", "staged.txt")
    assert inside(root, "review", "week", "--save").code == 0
    assert git(root, "show", "--format=%s", "--name-only", "HEAD").split("\n")[:3] == ["review: 2026-W47", "", "reviews/2026-W47.md"]
    assert git(root, "status", "--porcelain") == "A  staged.txt\n"


def test_no_commit_writes_and_leaves_git_alone(root: Path):
    committing(root)
    assert inside(root, "review", "week", "--save", "--no-commit").code == 0
    assert git(root, "status", "--porcelain") == "?? reviews/\n"


def test_what_git_cannot_commit_is_written_and_told(root: Path):
    committing(root)
    (root / ".git" / "MERGE_HEAD").write_text("0" * 40 + "\n")
    for words in (("--format", "table"), ("--json",)):
        said: Said = inside(root, "review", "month" if "--json" in words else "week", "--save", *words)
        assert said.code == 6
    assert page(root).exists()


def test_a_kept_review_is_no_contact(root: Path):
    inside(root, "review", "week", "--save")
    assert [row["id"] for row in json.loads(inside(root, "list", "--json").out)["rows"]] == ["ada"]


def test_settings_are_heeded(tmp_path: Path):
    settings, _ = parse("[due]\nper_week = 0\n")
    found = asked(contact("tier: A", "- 2026-11-01 call"), settings=settings)
    assert "You have room for 0: it does not fit." in one(found, "load").sentence
    rows: list[Any] = list(one(found, "load").rows)
    assert rows[0].id == ""
