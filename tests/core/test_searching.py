"""Which line of a contact a search shows."""

from __future__ import annotations

from plaintextcrm.core.searching import Finder, match_query

FIELDS = 'name: Ada King\ncompany: Acme\nhobbies:\n  - "sailing"\n  - chess'


def shown(*words: str, name: str = "Ada King", fields: str = FIELDS, body: str = "") -> tuple[str, str]:
    return Finder(words).line_of(name, fields, body)


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
