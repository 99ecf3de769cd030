"""What pages are made of: addresses that lead somewhere, and texts without what nobody is to see."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.pages.addresses import page_of
from plaintextcrm.core.pages.calendar import events, first_ahead
from plaintextcrm.core.pages.published import clean
from plaintextcrm.core.pages.reported import MOST_ROWS, reported
from plaintextcrm.core.pages.words import mail_link, phone_link, web_link
from plaintextcrm.core.reports import shapes
from plaintextcrm.core.settings import Settings
from tests.make import TODAY, contact, standing

law = settings(deadline=None, database=None, derandomize=True, max_examples=200)


@pytest.mark.parametrize(
    ("address", "href"),
    [
        (" ada@example.com ", "mailto:ada@example.com"),
        ("ada.king+crm_2~x@sub-domain.example", "mailto:ada.king+crm_2~x@sub-domain.example"),
        ("jörg@exämple.example", "mailto:jörg@exämple.example"),
        ("50%@example.com", "mailto:50%25@example.com"),
        ("a!“b@example.com", "mailto:a%21%E2%80%9Cb@example.com"),
        ("\ud800@example.com", ""),
        ("ada@home@example.com", ""),
        ("ada king@example.com", ""),
        ("o'hara@example.com", ""),
        ("ada@example.com?cc=bob", ""),
        ("no address", ""),
    ],
)
def test_a_mail_address_is_one_to_write_to(address: str, href: str) -> None:
    assert mail_link(address) == (address.strip(), href)


@pytest.mark.parametrize(
    ("number", "href"),
    [
        ("+49 (30) 123-45", "tel:+493012345"),
        ("030/12.345\u00a06", "tel:030123456"),
        ("112", "tel:112"),
        ("12", ""),
        ("٣٤٥٦", ""),
        ("0301234 ext. 5", ""),
    ],
)
def test_a_number_is_one_to_call(number: str, href: str) -> None:
    assert phone_link(number) == (number, href)


@pytest.mark.parametrize(
    ("address", "shown", "href"),
    [
        ("https://ada.example/", "ada.example", "https://ada.example/"),
        ("ada.example/me", "ada.example/me", "https://ada.example/me"),
        ("ftp://ada.example", "ftp://ada.example", ""),
        ("ada.example/'x", "ada.example/'x", ""),
        ("ada.example/a b", "ada.example/a b", ""),
    ],
)
def test_a_web_address_is_one_to_go_to(address: str, shown: str, href: str) -> None:
    assert web_link(address) == (shown, href)


@law
@given(
    st.lists(st.sampled_from(("[[", "]]", "[a](", "b.md", ")", "<!--", "-->", "%", "%%", "`", "\\", "word", " ", "é")), max_size=9).map(
        "".join
    )
)
def test_a_text_without_the_marks_of_links_and_comments_is_clean(text: str) -> None:
    if not any(mark in text for mark in ("[[", ".md", "<!--", "%%")):
        assert clean(text, lambda name: True) == text


def test_a_page_shows_the_first_rows_of_a_long_table_and_says_where_the_others_are() -> None:
    rows = tuple({"id": f"p{number}", "name": f"P {number}"} for number in range(MOST_ROWS + 1))
    report = shapes.Report("quiet", (shapes.Table("All", (shapes.Column("name", "name"),), rows, "A sentence."),), ("Yes.",))
    page = reported(report, page_of, TODAY, ())
    assert len(page.tables[0].rows) == MOST_ROWS
    assert page.tables[0].sentence == "A sentence. Here are the first 300 of 301; ptcrm report quiet has them all."
    report = report._replace(tables=(report.tables[0]._replace(rows=rows[1:]),))
    assert reported(report, page_of, TODAY, ()).tables[0].sentence == "A sentence."


def test_a_tier_that_is_only_counted_on_pages_is_called_so_once() -> None:
    rows = ({"whose": "tier tier 1"}, {"whose": "tier A"}, {"whose": "owner tier tier"})
    report = shapes.Report("mix", (shapes.Table("How", (shapes.Column("whose", "whose"),), rows),), ("Yes.",))
    assert reported(report, page_of, TODAY, ()).tables[0].rows == (("tier 1",), ("tier A",), ("owner tier tier",))


def test_a_promise_to_be_in_touch_stands_in_the_calendar_also_of_somebody_who_is_paused() -> None:
    def told(*lines: str) -> list[tuple[int, str]]:
        one = contact("cadence: 1 year", "next_contact: 2026-12-09", "- 2026-11-15 call", *lines)
        return [event[:2] for event in events(one, standing(one), Settings(), TODAY)]

    day = TODAY.toordinal() + 18
    assert told() == [(day, "state")]
    assert told("paused: true") == told("snooze_until: 2027-03-01") == [(day, "next contact")]
    assert told("status: archived") == []


def test_who_has_something_ahead_is_found_by_the_first_of_it() -> None:
    now = TODAY.toordinal()
    each = [(now + 70, "birthday", "70"), (now + 9, "plan", "9"), (now, "date", "0"), (now + 4, "promise", "4"), (now + 6, "state", "")]
    assert first_ahead(each, TODAY, 60) == (now + 4, now + 6)
    assert first_ahead(each[:3], TODAY, 60) == (now + 9, 0)
    assert first_ahead(each[:1], TODAY, 60) == (0, 0)
    assert first_ahead([(now, "state", ""), (now + 60, "date", "")], TODAY, 60) == (now + 60, 0)
