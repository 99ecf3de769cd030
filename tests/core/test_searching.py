"""Which line of a contact a search shows."""

from __future__ import annotations

from itertools import product

import pytest

from plaintextcrm.core.searching import Finder, match_query

FIELDS = 'name: Ada King\ncompany: Acme\nhobbies:\n  - "sailing"\n  - chess'


def shown(*words: str, name: str = "Ada King", fields: str = FIELDS, body: str = "") -> tuple[str, str]:
    return Finder(words).line_of(name, fields.encode(), body.encode())


def test_a_name_that_holds_all_words_is_the_line() -> None:
    assert shown("ada", "king", body="- Ada King\n") == ("name", "Ada King")


def test_the_first_line_of_the_body_with_the_word_is_shown_without_its_marks() -> None:
    body = "## Log\r\n\r\n- [ ] 2026-01-02 call: in Porto\r\n- 2026-01-03 call: Porto again\r\n"
    assert shown("porto", body=body) == ("", "2026-01-02 call: in Porto")


def test_the_line_with_most_words_wins_wherever_it_is() -> None:
    assert shown("porto", "boat", body="- in Porto\n- a boat in Porto\n") == ("", "a boat in Porto")
    assert shown("acme", "boat", body="- a boat\n", fields="company: Acme\nrole: boat of Acme") == ("role", "role: boat of Acme")
    assert shown("ada", "boat", body="- a boat\n") == ("name", "Ada King")


def test_a_word_in_a_list_is_shown_under_its_key() -> None:
    assert shown("sailing") == ("hobbies", "hobbies: sailing")
    assert shown("chess") == ("hobbies", "hobbies: chess")
    assert shown("acme") == ("company", "company: Acme")


def test_accents_and_capitals_of_any_kind_are_found() -> None:
    assert shown("porto", body="- in Pôrto\n") == ("", "in Pôrto")
    assert shown("pôrto", body="- in PORTO\n") == ("", "in PORTO")
    assert shown("étude", body="- an ÉTUDE\n") == ("", "an ÉTUDE")
    assert shown("λόγος", body="- ΛΌΓΟΣ\n") == ("", "ΛΌΓΟΣ")


def test_of_lines_alike_the_one_spelled_as_typed_is_shown() -> None:
    assert shown("porto", body="- in Pôrto\n- in Porto\n") == ("", "in Porto")


def test_a_word_not_wanted_is_not_looked_for() -> None:
    assert shown("porto", "-boat", body="- a boat\n- in Porto\n") == ("", "in Porto")
    assert match_query(["porto", "-boat"]) == '"porto"* NOT "boat"*'
    assert match_query(["-boat"]) == ""


def test_a_word_that_stands_nowhere_leaves_the_name() -> None:
    assert shown("zzz", body="- in Porto\n") == ("name", "Ada King")
    assert shown("zzz", name="", fields="", body="") == ("name", "")


def test_a_word_in_capitals_before_one_in_small_letters_is_the_first() -> None:
    assert shown("porto", body="- In PoRtO\n- in porto\n") == ("", "In PoRtO")
    assert shown("porto", body="- In Porto, and in porto") == ("", "In Porto, and in porto")


@pytest.mark.parametrize("words", [("boat",), ("boat", "sea"), ("sea", "boat", "a")])
def test_the_quick_way_shows_what_reading_line_by_line_finds(words: tuple[str, ...]) -> None:
    for lines in product(("a boat", "Boat at SEA", "the sea", "é: the BOAT, a sea", ""), repeat=3):
        first = next((line for line in lines if all(word in line.lower() for word in words)), None)
        for end in ("\n", "\r\n", "\r"):
            if first is not None:
                assert shown(*words, body=end.join(lines)) == ("", first)
            else:
                assert shown(*words, body=end.join(lines)) == shown(*words, body="\n".join(lines))


def test_a_sign_that_is_nothing_once_folded_ends_the_search_too() -> None:
    assert shown("\uff9e", "porto", body="- a boat\n- in Porto\n") == ("", "in Porto")


def test_a_dash_within_a_line_is_no_mark_of_it() -> None:
    assert shown("boat", body="a boat - in Porto\n") == ("", "a boat - in Porto")
    assert shown("boat", body="- a boat - in Porto\n") == ("", "a boat - in Porto")
