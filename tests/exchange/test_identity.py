"""Who is who: by the id, then by the exact name; and what a second or newer export adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exchange.make import entries, imported, read, reasons

LETTERS = Path(__file__).parent.parent / "data" / "letters"
ADA = b"---\nname: Ada King\n---\n\n# Ada King\n\n## Interactions\n\n- 2026-01-01 call: hello\n"
LOG = "date,person,person_id,channel,direction,note,letter_id\n2026-02-01,Ada King,7,letter,sent,dear Ada,L1\n"


def test_the_id_decides_even_where_the_name_is_another():
    there = {"contacts/ada.md": ADA.replace(b"---\n\n", b'uid: "7"\n---\n\n')}
    vault, done = imported(LOG.replace("Ada King", "A. K."), into=there)
    assert (list(vault), done.new, done.known) == (["contacts/ada.md"], 0, 1)
    assert entries(vault, "ada")[1].details == ("- person: A. K.",)


def test_a_name_that_one_person_without_an_id_has_is_that_person_and_it_is_said():
    vault, done = imported(LOG, into={"contacts/ada.md": ADA})
    assert read(vault, "ada").text("uid") == "7"
    assert done.notes == ("Ada King (7) is taken to be ada, by the name",)
    assert imported(LOG, into=vault)[1].notes == ()


def test_an_alias_serves_as_a_name():
    there = {"contacts/countess.md": b"---\nname: The Countess\naliases:\n  - Ada King\n---\n"}
    vault, _ = imported(LOG, into=there)
    assert (list(vault), entries(vault, "countess")[0].details) == (["contacts/countess.md"], ())


def test_the_same_name_with_another_id_is_a_question_and_somebody_new():
    there = {"contacts/ada-king.md": ADA.replace(b"---\n\n", b'uid: "8"\n---\n\n')}
    vault, done = imported(LOG, into=there)
    assert done.questions == ("Ada King (7) has the name of ada-king (uid 8)",)
    assert sorted(vault) == ["contacts/ada-king-2.md", "contacts/ada-king.md"]
    again = imported(LOG, into=vault)[1]
    assert (again.edits, again.questions) == ((), ())


def test_two_ids_of_one_name_do_not_both_take_the_one_who_is_there():
    people = "name,person_id\nAda King,7\nAda King,8\n"
    vault, done = imported(people, into={"contacts/ada.md": ADA})
    assert (len(vault), len(done.questions)) == (3, 2)
    assert imported(people, into=vault)[1].edits == ()


def test_rows_about_people_match_each_other_by_the_id_only():
    people = "name,person_id,occupations,city\nAda King,7,Actuary,Lisbon\nAda K.,7,Countess,Porto\nBob,,Smith,\nBob,,Baker,\n"
    vault, done = imported(people)
    assert (sorted(vault), done.refused) == (["contacts/ada-king.md", "contacts/bob-2.md", "contacts/bob.md"], ())
    text = vault["contacts/ada-king.md"].decode()
    assert "role: Actuary\n" in text
    assert text.endswith("- city: Lisbon\n- city: Porto\n- name: Ada K.\n- role: Countess\n")
    assert imported(people, into=vault)[1].edits == ()


def test_a_row_that_names_one_of_two_people_without_saying_which_is_refused():
    people = "name,person_id\nAda King,7\nAda King,8\n"
    vault, done = imported(people, "date,person,person_id,note\n2026-01-01,Ada King,8,a\n2026-01-02,Ada King,,b\n")
    assert reasons(done) == ['2.csv:3: "Ada King" is 2 people: Ada King (7), Ada King (8): a person_id would tell']
    assert [entry.text for entry in entries(vault, "ada-king-2")] == ["a"]


def test_an_id_that_two_files_carry_is_named_and_nothing_is_guessed():
    there = {"contacts/a.md": b'---\nname: A\nuid: "7"\n---\n', "contacts/b.md": b'---\nname: B\nuid: "7"\n---\n'}
    vault, done = imported(LOG, into=there)
    assert vault == there
    assert reasons(done) == ['1.csv:2: uid "7" is in contacts/a.md and contacts/b.md']


def test_people_who_occur_only_in_the_log_get_a_file_too():
    log = LOG + "2026-02-02,Bob Lee,9,call,,hi,L2\n2026-02-03,Cy,,call,,ho,L3\n"
    vault, _ = imported("name,person_id\nAda King,7\n", log)
    assert sorted(vault) == ["contacts/ada-king.md", "contacts/bob-lee.md", "contacts/cy.md"]
    assert (read(vault, "bob-lee").text("uid"), read(vault, "cy").text("uid")) == ("9", None)
    assert imported(log, into=vault)[1].edits == ()


# --- a second time -------------------------------------------------------------------------------------------------


def test_a_second_import_of_the_letters_changes_nothing():
    files = (LETTERS / "people.csv").read_bytes(), (LETTERS / "letters.csv").read_bytes()
    vault, _ = imported(*files)
    again, done = imported(*files, into=vault)
    assert (again, done.edits, done.there, done.new, done.known) == (vault, (), 4590, 0, 200)
    assert (done.differences, done.questions, done.notes) == ((), (), ())


def test_a_newer_export_adds_the_new_rows_where_they_belong_and_nothing_else():
    lines = (LETTERS / "letters.csv").read_text(encoding="utf-8").splitlines()[:701]
    people = (LETTERS / "people.csv").read_bytes()
    whole, _ = imported(people, "\n".join(lines))
    older, _ = imported(people, "\n".join(line for number, line in enumerate(lines) if number % 7 or not number))
    newer, done = imported(people, "\n".join(lines), into=older)
    assert done.written == (len(lines) - 1) // 7
    for path in whole:
        refs = [entry.field("ref") for entry in entries(newer, path[9:-3])]
        days = [entry.on for entry in entries(newer, path[9:-3])]
        assert sorted(refs) == sorted(entry.field("ref") for entry in entries(whole, path[9:-3]))
        assert days == sorted(days)
        kept = older.get(path, b"").splitlines()
        rest = iter(newer[path].splitlines())
        assert all(line in rest for line in kept), "a line that was there is gone or moved"


def test_rows_without_an_id_are_a_multiset():
    one, two = "2026-01-01,Ada,call,hi\n", "2026-01-02,Ada,call,hi\n"
    head = "date,person,channel,note\n"
    vault, _ = imported(head + one + one)
    assert len(entries(vault, "ada")) == 2
    assert imported(head + one, into=vault)[1].edits == ()
    vault, done = imported(head + one + two + one + one, into=vault)
    assert (done.written, done.there, len(entries(vault, "ada"))) == (2, 2, 4)


def test_of_two_rows_alike_but_for_a_detail_the_one_that_is_not_there_is_added():
    head = "date,person,channel,place\n"
    vault, _ = imported(head + "2026-01-01,Ada,call,Rome\n")
    vault, _ = imported(head + "2026-01-01,Ada,call,Oslo\n2026-01-01,Ada,call,Rome\n", into=vault)
    assert [entry.details for entry in entries(vault, "ada")] == [("- place: Rome",), ("- place: Oslo",)]


def test_a_call_logged_by_hand_is_not_logged_again_by_a_row_without_an_id():
    log = "date,person,channel,note\n2026-01-01,Ada King,call,hello\n"
    assert imported(log, into={"contacts/ada.md": ADA})[1].edits == ()


# --- somebody known ------------------------------------------------------------------------------------------------

PEOPLE = "name,person_id,usual_place,occupations,also_known_as,birth,note\n"


def test_only_empty_keys_are_filled_and_what_differs_is_told():
    ada = b"---\nname: Ada King\nrole: Actuary  # mine\naliases:\nborn: 12/10/1815\n# more to come\n---\n\nmy words\n"
    row = 'Ada King,7,Lisbon,Countess,"Lovelace; Byron",1815-12-10,met her twice\n'
    vault, done = imported(PEOPLE + row, into={"contacts/ada.md": ada})
    assert vault["contacts/ada.md"].decode() == (
        "---\nname: Ada King\nrole: Actuary  # mine\nlocation: Lisbon\naliases:\n  - Lovelace\n  - Byron\nborn: 12/10/1815\n"
        'uid: "7"\n'
        "# more to come\n---\n\nmy words\n\n## Imported from 1.csv\n\n- also_known_as: Lovelace; Byron\n- note: met her twice\n"
    )
    assert done.differences == (
        'contacts/ada.md: role is "Actuary", in 1.csv:2 "Countess"',
        'contacts/ada.md: birthday "1815-12-10" of 1.csv:2: cannot be filled in surely',
    )
    again, done = imported(PEOPLE + row, into=vault)
    assert (again, len(done.differences)) == (vault, 2)


def test_a_newer_export_adds_columns_and_tells_values_that_changed():
    vault, _ = imported(PEOPLE + "Ada King,7,Lisbon,Countess,,,old\n")
    newer = "name,person_id,usual_place,occupations,note,shoe size\nAda Lovelace,7,Porto,Countess,new,38\n"
    after, done = imported(newer, into=vault)
    assert after["contacts/ada-king.md"] == vault["contacts/ada-king.md"] + b"- shoe size: 38\n"
    assert done.differences == (
        'contacts/ada-king.md: name is "Ada King", in 1.csv:2 "Ada Lovelace"',
        'contacts/ada-king.md: location is "Lisbon", in 1.csv:2 "Porto"',
        'contacts/ada-king.md: "- note: new" of 1.csv:2: stands there with another value',
    )


def test_a_letter_that_says_something_else_now_is_told_and_stays():
    vault, _ = imported(LOG)
    after, done = imported(LOG.replace("dear Ada", "dearest Ada"), into=vault)
    assert after == vault
    assert done.differences == (
        'contacts/ada-king.md:12: L1 is "- 2026-02-01 letter: dear Ada", in 1.csv:2 "- 2026-02-01 letter: dearest Ada"',
    )


def test_name_parts_do_not_rename_somebody_whose_file_has_no_name_key():
    people = "name,person_id,given,family\nAda King,7,Ada,Lovelace\n"
    vault, done = imported(people, into={"contacts/ada.md": b"---\ntier: A\n---\n\n# Ada King\n"})
    assert read(vault, "ada").name == "Ada King"
    assert len(done.differences) == 2


def test_one_broken_file_hides_nobody_else():
    conflict = ADA + b"\n<<<<<<< HEAD\n- 2026-03-01 call: a\n=======\n- 2026-03-01 call: b\n>>>>>>> x\n"
    vault, done = imported(LOG + "2026-02-02,Bob Lee,9,call,,hi,L2\n", into={"contacts/ada.md": conflict})
    assert vault["contacts/ada.md"] == conflict
    assert (done.new, done.written, len(done.refused)) == (1, 1, 1)
    assert "conflict markers" in reasons(done)[0]


def test_whoever_is_refused_is_not_linked_from_the_letter_they_had_in_common():
    conflict = ADA + b"\n<<<<<<< HEAD\n"
    both = "2026-03-01,Ada King,7,letter,,both,L3\n2026-03-01,Bob Lee,9,letter,,both,L3\n"
    vault, _ = imported(LOG + both, into={"contacts/ada.md": conflict})
    (entry,) = entries(vault, "bob-lee")
    assert (entry.block_id, entry.details) == (None, ())


@pytest.mark.parametrize("front", [b"---\nname: Ada King\nrole: [\n---\n", b"---\nname: Ada King\nname: Ada\n---\n"])
def test_a_front_matter_that_cannot_be_read_is_left_and_the_log_is_written(front):
    vault, done = imported(LOG, into={"contacts/ada.md": front + b"\n## Log\n"})
    assert vault["contacts/ada.md"].startswith(front)
    assert (done.written, len(done.differences)) == (1, 1)
