"""The brief, `due`, `list`, `show`, `search`, `todo` and `check`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.place import Place, Ran, contact

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process


# --- bare, due -----------------------------------------------------------------------------------------------------


def test_ptcrm_alone_is_the_days_brief(said: Callable[..., Ran]) -> None:
    brief = said()
    assert (brief.code, brief.err) == (0, "")
    for words in ("Saturday 21 November 2026", "Wilhelmina Brandt", "birthday", "Dates", "2 lines waiting in inbox.md"):
        assert words in brief.out


def test_the_brief_of_an_empty_vault_says_how_to_begin(make: Callable[..., Place]) -> None:
    ran = make({})()
    assert ran.code == 0
    assert 'ptcrm add "Ada King"' in ran.out


def test_the_brief_ends_each_sentence(said: Callable[..., Ran]) -> None:
    last = next(line for line in said().out.splitlines() if line.startswith("This week"))
    assert "ptcrm due --all 2 on file" not in last


def test_who_is_due_is_cut_to_the_week_and_the_rest_waits(said: Callable[..., Ran], example: Place) -> None:
    today = json.loads(said("due", "--json").out)
    assert (len(today["rows"]), today["waiting"]) == (7, 6)
    everybody = json.loads(said("due", "--all", "--json").out)
    assert (len(everybody["rows"]), everybody["waiting"]) == (13, 0)
    assert [row["id"] for row in everybody["rows"]][:7] == [row["id"] for row in today["rows"]]
    assert re.search(r"\b6 more .*ptcrm due --all", said("due", "--format", "table").out)
    assert len(example.ids("due")) == 7, "the same cut in every format"


def test_limit_is_the_first_few_however_many_fit_the_week(example: Place, said: Callable[..., Ran]) -> None:
    order = [row["id"] for row in json.loads(said("due", "--all", "--json").out)["rows"]]
    assert example.ids("due", "--limit", "2") == order[:2]
    assert example.ids("due", "--limit", "9") == order[:9]
    assert example.ids("due", "--limit", "0") == []
    assert example.json("due", "--limit", "2")["waiting"] == 11


def test_limit_and_all_mean_the_same_with_and_without_a_filter(example: Place) -> None:
    alone = example.ids("due", "--all", "--limit", "2")
    assert example.ids("due", "--all", "--limit", "2", "has:name") == alone


def test_count_and_exit_code_look_at_all_that_are_due(example: Place) -> None:
    assert example("due", "--count").out == "13\n"
    ran = example("due", "--count", "--exit-code")
    assert (ran.out, ran.code) == ("13\n", 10)
    assert example("due", "tier:A", "--count").out == "3\n"
    ran = example("due", "tier:A", "--limit", "0", "--exit-code")
    assert (ran.out, ran.code) == ("", 10)
    ran = example("due", "owner:nobody", "--exit-code")
    assert (ran.out, ran.code) == ("", 0)


def test_within_adds_those_who_are_due_soon(example: Place) -> None:
    now, later = example.ids("due", "--all"), example.ids("due", "--all", "--within", "7d")
    assert set(later) - set(now) == {"claire-dubarry", "ines-paredes"}
    assert example.ids("due", "--all", "--within", "0d") == now
    assert example.ids("due", "--all", "--within", "1 week") == later


def test_at_answers_for_any_day(example: Place) -> None:
    found = example.json("due", "--all", "--at", "2026-12-21")
    assert found["today"] == "2026-12-21"
    ids = [row["id"] for row in found["rows"]]
    assert "ada-king" in ids
    assert example.ids("due", "--all", "--at", "in 30 days") == ids
    assert "a forecast" in example("due", "--at", "fri", "--format", "table").out
    past = example.json("due", "--all", "--at", "2026-11-01")
    assert past["today"] == "2026-11-01"
    assert "henrique-sal" not in [row["id"] for row in past["rows"]], "his referral came on the 2nd"


def test_owner_is_whose_people(example: Place) -> None:
    assert example.ids("due", "--all", "--owner", "lee") == ["lees/edmund-pell", "lees/joaquim-teles"]
    assert example.ids("due", "--all", "--owner", "LEE", "tier:A") == ["lees/edmund-pell"]


@pytest.mark.parametrize("words", [("due", "tier:A", "--explain", "--format", "table"), ("show", "wilhelmina", "--explain")], ids=" ".join)
def test_explain_shows_the_arithmetic(example: Place, words: tuple[str, ...]) -> None:
    out = example(*words).out
    assert "2026-09-15 + 1 month" in out
    assert "2.23" in out
    assert "2.23" not in example(*(word for word in words if word != "--explain")).out


def test_explain_is_in_json_and_in_plain_lines_too(example: Place) -> None:
    rows = example.json("due", "tier:A", "--explain")["rows"]
    assert all(row["explain"] for row in rows)
    assert example("due", "tier:A", "--explain").out != example("due", "tier:A").out


def test_the_arithmetic_of_somebody_new_adds_up(example: Place) -> None:
    lines = " ".join(example.json("due", "tomasz", "--explain")["rows"][0]["explain"])
    assert "no contact yet + 3 months = next 2026-11-21" not in lines, "next is two days after `created`"


@pytest.mark.parametrize("words", [("--at", "whenever"), ("--at", "3/4/2027"), ("--within", "soon"), ("--within", "never")])
def test_a_day_or_a_span_that_is_not_understood_is_2(example: Place, words: tuple[str, ...]) -> None:
    ran = example("due", *words)
    assert (ran.code, ran.out) == (2, "")
    assert "like" in ran.err or "type it as" in ran.err


# --- list, show, search, todo, check -------------------------------------------------------------------------------


def test_list_has_everybody_archived_and_deceased_too(said: Callable[..., Ran]) -> None:
    ids = said("list", "--format", "ids").out.split()
    assert len(ids) == 28
    assert {"teresa-amaral", "barnaby-crisp"} <= set(ids)


def test_list_sorts_by_any_column_both_ways_with_the_absent_last(example: Place) -> None:
    up = [row["last"] for row in example.json("list", "--sort", "last")["rows"]]
    there = [day for day in up if day]
    assert up == sorted(there) + [None] * (len(up) - len(there))
    down = [row["last"] for row in example.json("list", "--sort", "-last")["rows"]]
    assert down[: len(there)] == sorted(there, reverse=True)
    assert down[len(there) :] == [None] * (len(up) - len(there))
    ratios = [row["ratio"] for row in example.json("list", "--sort", "-ratio")["rows"] if row["ratio"] is not None]
    assert ratios == sorted(ratios, reverse=True)
    assert example("list", "--sort", "shoe_size").code == 2


def test_list_shows_the_columns_asked_for(example: Place) -> None:
    out = example("list", "five:now", "--columns", "name,age,location,interactions", "--format", "csv").out
    assert out.splitlines() == ["name,age,location,interactions", "Ada King,40,Lisbon,5", "Wilhelmina Brandt,65,Lisbon,20"]
    assert example("list", "--columns", "shoe_size").code == 2


@pytest.mark.parametrize("format_", ["table", "plain", "csv", "md"])
@pytest.mark.parametrize(("column", "value"), [("City", "Lisbon"), ("job_title", "Notary"), ("best_pumpkin", "214 kg")])
def test_a_column_may_be_another_word_for_a_key_or_a_key_of_ones_own(example: Place, column: str, value: str, format_: str) -> None:
    assert value in example("list", "henrique", "--columns", column, "--format", format_).out


def test_the_age_of_the_dead_stands_still(example: Place) -> None:
    assert example("list", "teresa", "--columns", "age").out == "90\n"


def test_show_prints_the_file_itself_as_markdown(example: Place) -> None:
    assert example("show", "ada", "--format", "md").out == example.text("ada-king")


def test_show_has_every_plan_once_however_far_off(make: Callable[..., Place]) -> None:
    near, far, open_ = "- 2026-11-25 call: near call", "- 2027-11-03 call: future call", "- [ ] 2027-11-04 dinner: at ours"
    files = {
        "ada": contact("Ada King", near, far, open_, "- 2027-11-05 note: ask then"),
        "bob": contact("Bob Lee", "status: archived", far),
    }
    place = make(files)
    shown = place("show", "ada").out
    dates = shown.partition("Dates\n")[2].partition("\n\n")[0]
    assert [" ".join(line.split()) for line in dates.splitlines()] == [
        "Wed 25 Nov Ada King planned, call: near call", "3 Nov 2027 Ada King planned, call: future call",
        "5 Nov 2027 Ada King planned, note: ask then",
    ]  # fmt: skip
    assert shown.count("at ours") == 1
    assert "planned, call: future call" in place("show", "bob").out


def test_show_everything_has_the_whole_log(example: Place) -> None:
    short, whole = example("show", "jonas").out, example("show", "jonas", "--everything").out
    assert "2025-06-12" not in short
    assert "ptcrm show jonas-feld --everything" in short
    assert "2025-06-12" in whole


def test_show_of_somebody_who_died_or_asked_for_peace_proposes_nothing(example: Place) -> None:
    for who in ("teresa", "barnaby"):
        out = example("show", who).out
        assert "keep, loosen or let go" not in out
        assert not re.search(r"^  ask ", out, re.MULTILINE)
        assert not re.search(r"^  next +now", out, re.MULTILINE)


def test_links_in_the_brief_are_names(example: Place) -> None:
    out = example("show", "ada").out
    assert "Ingrid Solheim, Chidi and Grace Okafor" in out
    assert "[[" not in out


HANS = {
    "hans-peter-mueller": contact("Hans-Péter Müller", "- 2026-11-20 call: hello"),
    "ada": contact("Ada", "tier: A", "- 2026-08-01 call: asked after [[hans-peter-mueller]]"),
    "bob": contact("Bob", "- 2026-11-02 call: yes\n- [ ] send it to [[hans-peter-mueller]] [due:: 2026-11-20]"),
    "eve": contact("Eve", "- [ ] 2026-11-24 dinner: with [[hans-peter-mueller]]"),
}


def test_a_link_by_slug_is_shown_with_the_name_of_whom_it_means(make: Callable[..., Place]) -> None:
    place = make(HANS)
    for words in (("show", "ada"), ("show", "eve"), ("ideas", "ada"), ("ideas", "bob"), ("due",), ("due", "tier:A"), ("todo",)):
        for options in ((), ("--no-cache",), ()):
            out = place(*options, *words, *(("--format", "table") if words[0] in ("due", "todo") else ())).out
            assert "Hans-Péter Müller" in out, (options, words, out)
            assert "Hans Peter" not in out
            assert "[[" not in out
    rows = json.loads(place("due", "--json").out)
    assert [on["label"] for on in rows["dates"]] == ["dinner: with Hans-Péter Müller"]
    assert [row["hook"] for row in rows["rows"]] == [
        "you promised for Fri 20 Nov: send it to Hans-Péter Müller", "last time, call: asked after Hans-Péter Müller",
    ]  # fmt: skip
    assert rows["rows"][0]["follow_ups"][0]["text"] == "send it to [[hans-peter-mueller]]"
    assert json.loads(place("show", "bob", "--json").out)["rows"][0]["follow_ups"][0]["text"] == "send it to [[hans-peter-mueller]]"


def test_a_link_in_a_key_is_shown_with_the_name_of_whom_it_means(make: Callable[..., Place]) -> None:
    keys = ("why: dear to [[hans-peter-mueller]]", "family: Tobi, of [[hans-peter-mueller]]", "needs: a boat like [[hans-peter-mueller]]")
    ola = contact("Ola", "offers: a boat like [[hans-peter-mueller]]")
    place = make(HANS | {"ivo": contact("Ivo", *keys), "ola": ola})
    for words, times in ((("show", "ivo"), 5), (("show", "ola"), 3), (("ideas", "ivo"), 2)):
        out = " ".join(place(*words).out.split())
        assert "[[" not in out
        assert out.count("Hans-Péter Müller") == times, out


def test_a_name_that_changes_is_shown_in_the_list_of_the_same_day(make: Callable[..., Place]) -> None:
    place = make(HANS)
    assert "after Hans-Péter Müller" in place("due").out
    (place.root / "contacts" / "hans-peter-mueller.md").write_text(contact("Hans Müller jun."), encoding="utf-8")
    assert "after Hans Müller jun." in place("due").out


def test_a_link_that_two_answer_to_is_shown_as_it_is_written(make: Callable[..., Place]) -> None:
    files = {
        "work/hans-lund": contact("Hans Lúnd"), "ada": contact("Ada", "tier: A", "- 2026-08-01 call: of [[hans-lund]]"),
    }  # fmt: skip
    place = make(files)
    assert "of Hans Lúnd" in place("due").out
    assert "of Hans Lúnd" in place("due").out
    (place.root / "contacts" / "hans-lund-2.md").write_text(contact("Another", "aliases: [Hans-Lund]"), encoding="utf-8")
    assert "of Hans Lund" in place("due").out
    assert "of Hans Lund" in place("show", "ada").out


def test_search_ranks_name_over_fields_over_text_and_shows_the_line(make: Callable[..., Place]) -> None:
    place = make(
        {
            "a": contact("Ann Ash", "2026-01-01 call: about the harbour"),
            "b": contact("Bea Birch", "company: Harbour Ltd"),
            "c": contact("Cay Harbour"),
        }
    )
    rows = place.json("search", "harbour")["rows"]
    assert [row["id"] for row in rows] == ["c", "b", "a"]
    assert [row["line"] for row in rows][1:] == ["company: Harbour Ltd", "2026-01-01 call: about the harbour"]
    assert place.ids("search", "harb", "--limit", "1") == ["c"]
    assert place.ids("search", "HÁRBOUR", "ann") == ["a"]
    assert place.ids("search", "harbour", "company:harbour") == ["b"]


def test_a_hit_in_a_list_says_of_what(make: Callable[..., Place]) -> None:
    place = make({"a": "---\nname: Ann Ash\nhobbies:\n  - chess\n  - sailing\n---\n", "b": contact("Bea Birch", "hobbies: [sailing, tea]")})
    rows = place.json("search", "sailing")["rows"]
    assert {row["id"]: row["where"] for row in rows} == {"a": "hobbies", "b": "hobbies"}
    assert all(row["line"].startswith("hobbies: ") and "sailing" in row["line"] for row in rows), rows


def test_a_search_without_hits_is_0_and_one_without_words_is_2(example: Place) -> None:
    ran = example("search", "wombat")
    assert (ran.code, ran.out) == (0, "")
    assert example("search", "tier:A").code == 2


def test_todo_lists_open_follow_ups_by_day(example: Place, said: Callable[..., Ran]) -> None:
    rows = json.loads(said("todo", "--json").out)["rows"]
    days = [row["due"] or "9999" for row in rows]
    assert days == sorted(days)
    assert all(row["open"] for row in rows)
    assert {"id", "name", "number", "text", "due", "owner", "waiting"} <= set(rows[0])
    assert [row["waiting"] for row in rows if row["id"] == "rui-caldeira"] == ["them"]
    assert example.ids("todo", "tier:A") == ["ada-king", "lees/margarida-frost"]


BROKEN = contact("Ann Ash", "cadence: soon", "tier: A")
WARNED = contact("Bea Birch", "tier: Z")


def test_check_is_1_with_mistakes_and_0_with_warnings_only(make: Callable[..., Place]) -> None:
    place = make({"ann": BROKEN, "bea": WARNED})
    ran = place("check")
    assert ran.code == 1
    assert ran.out.splitlines()[0].startswith('contacts/ann.md:3:1: cadence "soon": write it like')
    assert ran.out.splitlines()[0].endswith("[bad-cadence]")
    assert ": warning: tier" in ran.out
    assert "1 mistake, 1 warning" in ran.err
    only = place("check", "bea")
    assert only.code == 0
    assert "bad-cadence" not in only.out
    rows = json.loads(place("check", "--json").out)["rows"]
    assert {"path", "line", "column", "code", "message", "fix", "severity"} <= set(rows[0])
    assert place("check", "bea", "--exit-code").code == 2


def test_check_tells_of_keys_without_a_fence_and_of_days_in_words(make: Callable[..., Place]) -> None:
    forgot = "name: Forgot Fences\ntier: A\nemail: forgot@example.org\n\nMet on the pier.\n"
    worded = contact("Ada King", "- 12 Nov 2026 lunch with [[bea]]", "- Nov 14: coffee", "- May is a good month", "- 2026-11-18 call")
    place = make({"forgot": forgot, "bea": contact("Bea Orr"), "ada": worded, "prose": "Note: she is well\n\nname: none\ntier: none\n"})
    rows = json.loads(place("check", "--json").out)["rows"]
    assert [(row["path"], row["line"], row["code"], row["severity"], row["message"], row["fix"]) for row in rows] == [
        ("contacts/ada.md", 9, "odd-entry", "error", 'date "12 Nov 2026": write 2026-11-12', "- 2026-11-12 lunch with [[bea]]"),
        ("contacts/ada.md", 10, "odd-entry", "warning", 'date "Nov 14": write YYYY-11-14, with its year', None),
        ("contacts/forgot.md", 1, "no-fence", "warning", "these look like front matter: put --- before and after", None),
    ]
    place("check", "--fix", "-y")
    assert "- 2026-11-12 lunch with [[bea]]\n- Nov 14: coffee\n" in (place.root / "contacts" / "ada.md").read_text(encoding="utf-8")


def test_an_owner_who_is_nobody_of_the_team_is_told_once_a_word(make: Callable[..., Place]) -> None:
    people = {
        "ada": "owner: Marta",
        "bob": "owner: marta",
        "cyd": "owner: Lee Ray\nsuccessor: '[[nor]]'",
        "dan": "owner: LEE",
        "eve": "tier: A",
    }
    files = {id: f"---\nname: {id}\n{keys}\n---\n" for id, keys in people.items()}
    team = '[git]\ncommit = false\n[team.lee]\nname = "Lee Ray"\n[team.noor]\nname = "Noor"\n'
    rows = json.loads(make(files, team)("check", "--json").out)["rows"]
    assert [(row["path"], row["line"], row["code"], row["severity"], row["message"]) for row in rows] == [
        ("contacts/ada.md", 3, "unknown-owner", "warning", 'owner "Marta" (and 1 more) is nobody of [team], which has lee, noor'),
        ("contacts/cyd.md", 4, "unknown-owner", "warning", 'successor "[[nor]]" is nobody of [team], which has lee, noor'),
    ]
    assert make(files, "[git]\ncommit = false\n", name="alone")("check").out == "", "without a team anybody may be"


def test_an_owner_who_is_nobody_of_the_team_is_told_where_it_is_written_too(make: Callable[..., Place]) -> None:
    place = make({"ada": contact("Ada King")}, '[git]\ncommit = false\n[team.lee]\nname = "Lee Ray"\n')
    told = 'ptcrm: owner "marta" is nobody of [team], which has lee\n'
    assert (place("set", "ada", "owner=marta").err, place("add", "Bo", "--set", "owner=marta").err) == (told, told)
    assert "owner: marta" in (place.root / "contacts" / "ada.md").read_text()
    for words in (["set", "ada", "owner=LEE"], ["set", "ada", "successor=Lee Ray"], ["set", "ada", "owner="], ["add", "Cy", "--tier", "A"]):
        assert place(*words).err == "", words
    alone = make({"ada": contact("Ada King")}, "[git]\ncommit = false\n", name="alone")
    assert alone("set", "ada", "owner=marta").err == "", "without a team anybody may be"


def test_whom_only_leaves_out_because_of_a_tag_that_is_a_comment_is_told(make: Callable[..., Place]) -> None:
    people = {"ada": "tags: #person", "bob": "tags: #diary", "cyd": "tags: #person\nprivate: true", "dan": "tags: person"}
    files = {id: f"---\n{keys}\n---\n" for id, keys in people.items()}
    place = make(files, "[git]\ncommit = false\n".join(['only = "tag:person"\n', ""]))
    rows = json.loads(place("check", "--json").out)["rows"]
    assert [(row["path"], row["code"], row["fix"]) for row in rows] == [("contacts/ada.md", "hidden-tag", "tags: [person]")]
    assert place("list", "--format", "ids").out == "dan\n"
    place("check", "--fix", "-y")
    assert place("list", "--format", "ids").out == "ada\ndan\n"


def test_a_contacts_folder_that_is_not_there_is_told(make: Callable[..., Place]) -> None:
    place = make({"ada": contact("Ada King")})
    (place.root / "contacts").rename(place.root / "People")
    settings = place.root / "ptcrm.toml"
    settings.write_text('name = "x"\ncontacts = ["people"]\n')
    told = 'ptcrm.toml:2:1: contacts folder "people" is not there: did you mean "People"? [no-folder]\n'
    if not (place.root / "people").is_dir():  # macOS and Windows answer to it
        assert (place("check").code, place("check").out) == (1, told)
        for words in ((), ("due",), ("list",), ("list", "tier:A")):
            assert place(*words).err == told, words
    settings.write_text('contacts = ["People", "work/clients"]\n')
    ran = place("check")
    assert ran.code == 0
    assert ran.out.startswith('ptcrm.toml:1:1: warning: contacts folder "work/clients" is not there: write the name of one that is, or')
    assert place("due").err == place("list").err == ""
    settings.write_text("")
    assert place("check").out == place("due").err == "", "a clone of a vault without people has no such folder"


def test_check_itself_tells_of_the_installation_and_the_index(example: Place) -> None:
    ran = example("check", "--self", COLUMNS="400")
    assert ran.code == 0
    for word in ("Python", "SQLite", "git", str(example.root), "index", "28 people"):
        assert word in ran.out


def test_mistakes_go_to_stderr_at_most_five_and_the_others_still_work(make: Callable[..., Place]) -> None:
    place = make({f"p{number}": contact(f"P {number}", "cadence: soon") for number in range(7)} | {"ada": contact("Ada King")})
    ran = place("list", "--format", "ids")
    assert ran.code == 0
    assert len(ran.out.split()) == 8
    lines = ran.err.splitlines()
    assert len(lines) == 6
    assert all(re.match(r"contacts/p\d\.md:3:1: .* \[bad-cadence\]$", line) for line in lines[:5])
    assert lines[5] == "and 2 more: ptcrm check"
    assert len(place.json("list")["problems"]) == 7


@pytest.mark.parametrize(("words", "wanted"), [((), 2), (("--at", "2027-01-01"), 2), (("--within", "8w"), 2), (("tag:chess",), 1)])
def test_who_is_on_file_without_a_tier_is_counted_in_every_due_list(
    make: Callable[..., Place], words: tuple[str, ...], wanted: int
) -> None:  # fmt: skip
    place = make({"ada": "---\ntier: A\n---\n", "bob": "---\ntags: [chess]\n---\n", "eve": "# Eve\n"})
    assert place.json("due", *words)["on_file"] == wanted
