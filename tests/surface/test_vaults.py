"""Which vault a command is in, with which settings, on which day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.place import Place, contact

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process


@pytest.mark.parametrize("place", [".", "contacts", "contacts/lees", "contacts/ada-king.md"])
def test_dash_C_names_the_vault_or_a_place_in_it(example: Place, place: str) -> None:
    assert example("-C", str(example.root / place), "due", "--count", at=example.home).out == "13\n"


def test_the_vault_is_the_option_the_variable_the_nearest_parent_the_users_config(make: Callable[..., Place], tmp_path: Path) -> None:
    places = {name: make({name: contact(name)}, name=name) for name in ("option", "variable", "parent", "config")}
    folder = tmp_path / "home" / "config" / "ptcrm"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f'vault = "{places["config"].root.as_posix()}"\n')
    inside, outside = places["parent"].root / "contacts", tmp_path / "home"
    ask, variable = places["parent"], str(places["variable"].root)
    list_ids = ("list", "--format", "ids")
    assert ask("--vault", str(places["option"].root), *list_ids, at=inside, PTCRM_VAULT=variable).out == "option\n"
    assert ask(*list_ids, at=inside, PTCRM_VAULT=variable).out == "variable\n"
    assert ask(*list_ids, at=inside).out == "parent\n"
    assert ask(*list_ids, at=outside).out == "config\n"


def test_every_other_path_stays_relative_to_where_you_are(example: Place, tmp_path: Path) -> None:
    assert example("-C", str(example.root), "init", "new", "--no-git", at=tmp_path).code == 0
    assert (tmp_path / "new" / "ptcrm.toml").is_file()


@pytest.mark.parametrize(
    ("words", "more"), [(("due",), {}), (("-C", "gone", "due"), {}), (("-C", ".", "list"), {}), (("show", "ada"), {"PTCRM_VAULT": "gone"})]
)
def test_without_a_vault_it_is_3_and_says_what_to_do(empty: Place, words: tuple[str, ...], more: dict[str, str]) -> None:
    ran = empty(*words, **more)
    assert (ran.code, ran.out) == (3, ""), ran
    assert ran.err.startswith("ptcrm: ")
    assert "ptcrm init" in ran.err or "there is no such folder" in ran.err


@pytest.mark.parametrize("bad", [b"[due\n", b'name = "caf\xe9"\n'])
def test_settings_that_cannot_be_read_are_3(make: Callable[..., Place], bad: bytes) -> None:
    place = make({"ada": contact("Ada King")})
    (place.root / "ptcrm.toml").write_bytes(bad)
    ran = place("due")
    assert (ran.code, ran.out) == (3, ""), ran
    assert "ptcrm.toml" in ran.err


def test_a_mistake_in_the_settings_is_told_with_its_line_and_the_default_holds(make: Callable[..., Place]) -> None:
    place = make({"ada": contact("Ada King", "tier: A", "- 2026-01-01 call")}, "[due]\nper_week = many\n".replace("many", '"many"'))
    ran = place("due", "--format", "ids")
    assert (ran.code, ran.out) == (0, "ada\n"), ran
    assert ran.err.startswith("ptcrm.toml:2:")


def test_a_filter_in_the_settings_that_is_not_understood_is_a_mistake_there_and_everybody_is_shown(make: Callable[..., Place]) -> None:
    place = make({"ada": contact("Ada King"), "bob": contact("Bob Lee")}, 'name = "us"\nonly = "last:soon"\n[git]\ncommit = false\n')
    for words in (("list", "--format", "ids"), ("due",), ("check",), ()):
        ran = place(*words)
        assert ran.code == (1 if words == ("check",) else 0), ran
        assert 'ptcrm.toml:2:1: only = \'last:soon\': filter "last:soon": "soon" is no day' in ran.err + ran.out
    assert place("list", "--format", "ids").out == "ada\nbob\n"


@pytest.mark.parametrize("out", ["../x", "/tmp/x", "~/x", "site/../../x", ".", "", "./", "C:/x", "..\\\\x"])
def test_a_site_outside_the_vault_or_the_vault_itself_is_a_mistake_in_the_settings(make: Callable[..., Place], out: str) -> None:
    place = make({"ada": contact("Ada King")}, f'[git]\ncommit = false\n[site]\nout = "{out}"\n')
    ran = place("list", "--format", "ids")
    assert (ran.code, ran.out) == (0, "ada\n"), ran
    assert ran.err.startswith("ptcrm.toml:4:1: out = ")
    assert "a folder of its own inside the vault" in ran.err


@pytest.mark.parametrize("out", ["site", "public/site/", "./out"])
def test_a_site_in_a_folder_of_the_vault_is_fine(make: Callable[..., Place], out: str) -> None:
    assert make({}, f'[site]\nout = "{out}"\n')("check").code == 0


def test_today_is_the_option_then_the_variable_then_the_clock(make: Callable[..., Place]) -> None:
    place = make({})
    assert place.json("--today", "2026-12-24", "list")["today"] == "2026-12-24"
    assert place.json("list")["today"] == "2026-11-21"
    assert place.json("list", PTCRM_TODAY="")["today"] == date.today().isoformat()
    assert place("--today", "someday", "list").code == 2


def test_without_a_cache_the_answer_is_the_same_and_nothing_is_kept(people: Place) -> None:
    fresh = people("--no-cache", "due", "--all", "--json")
    assert not (people.home / "cache").exists()
    assert people("due", "--all", "--json").out == fresh.out
    assert (people.home / "cache").exists()


def test_quiet_keeps_talk_away_but_not_data_and_not_errors(make: Callable[..., Place]) -> None:
    place = make({"ada": contact("Ada King", "tier: A", "cadence: soon")})
    assert "bad-cadence" in place("list").err
    quiet = place("-q", "list", "--format", "ids")
    assert (quiet.out, quiet.err) == ("ada\n", "")
    assert place("-q", "check").err == ""
    assert "nobody is called" in place("-q", "show", "zebedee").err
