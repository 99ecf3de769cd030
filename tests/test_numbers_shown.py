"""The numbers of a relationship where they help: in the brief with their arithmetic, in a list as columns, on the page."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.inside import Said, inside
from tests.make import vault

EXAMPLE = Path(__file__).parent.parent / "example-vault"
COLUMNS = "id,name,strength,trend,drift,balance,rhythm,known_for,freshness"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example vault that nobody writes to."""
    folder = tmp_path_factory.mktemp("numbers") / "v"
    shutil.copytree(EXAMPLE, folder)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody with every number, somebody with too little for any, somebody without a log."""
    every = "---\nname: Every\ncadence: 3 months\nmet: 2024-11-21\nbirthday: 1980\n---\n## Interactions\n" + "\n".join(
        f"- {day} {kind}: x [dir:: out]"
        for day, kind in (
            ("2026-05-01", "lunch"), ("2026-05-22", "call"), ("2026-06-12", "email"), ("2026-07-03", "call"), ("2026-07-24", "lunch"),
            ("2026-08-14", "call"),
        )
    )  # fmt: skip
    few = "---\nname: Few\ncadence: 1m\n---\n## Interactions\n- 2026-11-11 coffee\n- 2026-11-20 call\n"
    return vault(tmp_path_factory.mktemp("small") / "v", {"every": every, "few": few, "none": "---\nname: None\n---\n"})


def ran(folder: Path, *words: str, code: int = 0) -> Said:
    """What the command says."""
    said = inside(folder, *words)
    assert said.code == code, said
    return said


def rows(folder: Path, *words: str) -> dict[str, Any]:
    """Id -> row of JSON."""
    return {row["id"]: row for row in json.loads(ran(folder, *words, "--json").out)["rows"]}


def arithmetic(folder: Path, who: str) -> list[str]:
    """The lines of that part of the brief, each whole."""
    lines = ran(folder, "show", who, "--explain").out.splitlines()
    at = lines.index("Arithmetic")
    text = "\n".join(lines[at + 1 : lines.index("", at)])
    return [" ".join(line.split()) for line in re.split(r"\n  (?! )", "\n" + text.removeprefix("\n"))]


# --- in a list -----------------------------------------------------------------------------------------------------


def test_a_list_has_every_number_as_a_column(small: Path) -> None:
    table = {row["id"]: row for row in csv.DictReader(io.StringIO(ran(small, "list", "--columns", COLUMNS, "--format", "csv").out))}
    assert table["every"] == {
        "id": "every", "name": "Every", "strength": "70", "trend": "0 in the last 90 days, 4 in the 90 before",
        "drift": "it used to be every 3 weeks, and has been quiet for 3 months", "balance": "the last 6 were all from you",
        "rhythm": "in fact about every 3 weeks; to keep to that, write: cadence: 3 weeks", "known_for": "24 months", "freshness": "47",
    }  # fmt: skip
    assert table["few"] | {"id": "", "name": ""} == {
        "id": "", "name": "", "strength": "", "trend": "2 in the last 90 days, 0 in the 90 before", "drift": "", "balance": "", "rhythm": "",
        "known_for": "10 days", "freshness": "98",
    }  # fmt: skip
    assert set(table["none"].values()) == {"none", "None", ""}


@pytest.mark.parametrize("format_", ["table", "plain", "md", "json", "ids"])
def test_every_format_has_them(small: Path, format_: str) -> None:
    out = ran(small, "list", "--columns", COLUMNS, "--format", format_).out
    assert [word in out.lower() for word in ("every", "few", "none")] == [True] * 3


def test_a_list_is_sorted_by_strength_both_ways_with_those_without_last(example: Path) -> None:
    def strengths(*words: str) -> list[int | None]:
        return [row["strength"] for row in rows(example, "list", "--columns", "id,strength", *words).values()]

    up, down = strengths("--sort", "strength"), strengths("--sort", "-strength")
    known = [one for one in up if one is not None]
    assert known == sorted(known)
    assert len(known) > 10
    assert up[len(known) :] == down[len(known) :] == [None] * (len(up) - len(known))
    assert down[: len(known)] == known[::-1]
    assert list(rows(example, "list", "--columns", "id", "--sort", "-strength")) == list(
        rows(example, "list", "--columns", "id,strength", "--sort", "-strength")
    )


def test_what_to_ask_next_time_is_a_column_too(small: Path) -> None:
    assert rows(small, "list", "--columns", "id,ask")["every"]["ask"] == ["family", "hobbies", "what they look for"]


def test_logs_are_read_only_for_such_a_column(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plaintextcrm.edge.index import Index

    asked = []
    contacts = Index.contacts

    def counted(self: Index, with_log: bool = True) -> Any:
        asked.append(with_log)
        return contacts(self, with_log)

    monkeypatch.setattr(Index, "contacts", counted)
    for words, with_log in (
        ((), False),
        (("--columns", "id,freshness,state"), False),
        (("--columns", "strength"), True),
        (("--sort", "trend"), True),
    ):
        asked.clear()
        ran(small, "list", *words)
        assert asked == [with_log], words


def test_the_numbers_of_a_list_are_those_of_the_brief(example: Path) -> None:
    listed = rows(example, "list", "--columns", COLUMNS)
    for id in ("ada-king", "priya-raman", "lees/edmund-pell", "ingrid-solheim"):
        brief = rows(example, "show", id)[id]
        for column in ("strength", "trend", "drift", "balance", "rhythm", "known_for"):
            assert brief["numbers"][column] == listed[id][column], (id, column)
        assert brief["freshness"] == listed[id]["freshness"]


# --- in the brief --------------------------------------------------------------------------------------------------


def test_the_brief_shows_the_numbers_there_are_and_no_empty_line_for_the_others(small: Path) -> None:
    lines = [" ".join(line.split()) for line in ran(small, "show", "every").out.splitlines()]
    for line in (
        "freshness cooling (47 of 100)", "strength 70 of 100", "lately 0 in the last 90 days, 4 in the 90 before", "balance the last 6 were all from you",
        "drifting it used to be every 3 weeks, and has been quiet for 3 months", "met known for 24 months", "ask family, hobbies, what they look for",
    ):  # fmt: skip
        assert line in lines
    few = ran(small, "show", "few").out
    assert not [word for word in ("strength", "balance", "drifting", "rhythm") if f"\n  {word}" in few]


def test_the_arithmetic_adds_up(small: Path) -> None:
    lines = arithmetic(small, "every")
    strength = next(line for line in lines if line.startswith("strength"))
    told = re.fullmatch(r"strength 70 = 100 x \(1 - e\^\(-([0-9.]+)/6\)\)", strength)
    assert told
    assert round(100 * (1 - math.exp(-float(told[1]) / 6))) == 70
    total, _, terms = next(line for line in lines if line.startswith(f"{told[1]} = ")).partition(" = ")
    worked = [3, 2, 1]
    parts = re.findall(r"(\d) x 2\^-\((\d+)/180\)", terms)
    rest = float(re.search(r"([0-9.]+) \(earlier\)", terms)[1])  # type: ignore[index]
    assert len(parts) == 3
    assert all(int(weight) in worked for weight, _ in parts)
    assert sum(int(weight) * 2 ** (-int(age) / 180) for weight, age in parts) + rest == pytest.approx(float(total), abs=0.02)
    assert "trend -4 = 0 (days 0 to 89) - 4 (days 90 to 179)" in lines
    assert "median of the last 5 gaps: 21 days; quiet for 99" in lines
    assert "drifting: that is from more than 42 to 252 days of quiet" in lines
    assert "own rhythm 21 / 92 days of cadence = 0.23; told at 2 and more, 0.5 and less" in lines
    assert "balance: the last 6 from you; told from 3 on" in lines


def test_with_too_little_for_a_number_the_arithmetic_says_what_it_wants(small: Path) -> None:
    assert "strength wants 3 days with contact: 2 so far" in arithmetic(small, "few")
    assert "strength wants 3 days with contact: 0 so far" in arithmetic(small, "none")


def test_no_line_of_the_brief_is_wider_than_the_terminal(example: Path) -> None:
    for id in rows(example, "list"):
        said = ran(example, "show", id, "--explain")
        assert max(map(len, said.out.splitlines()[:-1])) <= 80, id


# --- on the page ---------------------------------------------------------------------------------------------------


def test_the_page_of_a_contact_shows_the_same_numbers(example: Path, tmp_path: Path) -> None:
    shutil.copytree(example, tmp_path / "v")
    ran(tmp_path / "v", "build")
    page = next((tmp_path / "v" / "site").rglob("priya-raman*.html")).read_text(encoding="utf-8")
    for words in ("Freshness", "Strength", "Trend", "Own rhythm", "Drifting", "Known for 14 months", "What they look for"):
        assert words in page, words
    numbers = rows(example, "show", "priya")["priya-raman"]
    assert f">{numbers['numbers']['strength']}<" in re.sub(r"\s+", "", page)
    assert f">{numbers['freshness']}<" in re.sub(r"\s+", "", page)


def test_a_rhythm_between_two_weeks_and_three_is_the_same_on_the_page_in_the_brief_and_in_the_report(tmp_path: Path) -> None:
    log = "\n".join(f"- {day} call" for day in ("2026-07-24", "2026-08-13", "2026-09-02", "2026-09-22"))
    root = vault(tmp_path / "v", {"ada": f"---\nname: Ada\n---\n## Interactions\n{log}\n"})
    ran(root, "build")
    page = re.sub(r"<[^>]+>|\s+", " ", next((root / "site" / "contacts").rglob("ada*.html")).read_text(encoding="utf-8"))
    assert re.search(r"Own rhythm +every 3 weeks", page)
    assert "it used to be every 3 weeks" in ran(root, "show", "ada").out
    assert "used to be in touch every 3 weeks" in ran(root, "report", "quiet", "--format", "table").out
