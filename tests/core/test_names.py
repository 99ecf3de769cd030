"""The ladder that finds WHO, and slugs (docs/commands.md, "WHO"; docs/format.md, "Ids, slugs and links")."""

from __future__ import annotations

import os
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plaintextcrm.core.errors import NotFound
from plaintextcrm.core.names import Known, file_name, find, link_targets, slug
from plaintextcrm.core.text import fold

MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))  # as in tests/laws
LAW = settings(deadline=None, database=None, derandomize=not MORE, max_examples=MORE or 80)

ADA = Known("ada-king", "Ada King", ("the Countess",), ("ada@babbage.example.com",))
BOB = Known("work/bob-lee", "Bob Lee", (), ("BOB@second-floor.example.com",))
INES = Known("ines-paredes", "Inês Paredes-Ødegård")
SAMS = (Known("sam-okafor", "Sam Okafor"), Known("samira-b", "Samira Bell"), Known("s-lund", "Sam Lund"))
EVERYBODY = (ADA, BOB, INES, *SAMS)


def found(who: str, *people: Known) -> str:
    """The id of the one that WHO names."""
    return find(who, people or EVERYBODY).id


def refusal(who: str, *people: Known) -> str:
    """What is said where WHO names nobody, or more than one."""
    with pytest.raises(NotFound) as refused:
        find(who, people or EVERYBODY)
    assert refused.value.exit_code == 4
    return str(refused.value)


# --- the ladder ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "id"),
    [
        ("ada-king", "ada-king"),
        ("work/bob-lee", "work/bob-lee"),
        ("Work/Bob-Lee", "work/bob-lee"),
        ("bob-lee", "work/bob-lee"),
        ("BOB-LEE", "work/bob-lee"),
        ("Ada King", "ada-king"),
        ("  ada   king ", "ada-king"),
        ("the countess", "ada-king"),
        ("ADA@babbage.example.com", "ada-king"),
        ("bob@second-floor.example.com", "work/bob-lee"),
        ("ad", "ada-king"),
        ("kin", "ada-king"),
        ("inês", "ines-paredes"),
        ("ines", "ines-paredes"),
        ("odegard", "ines-paredes"),
        ("PAREDES-Ø", "ines-paredes"),
        ("samira", "samira-b"),
        ("okafor", "sam-okafor"),
    ],
)
def test_who_is_an_id_a_slug_a_name_an_alias_an_email_or_the_beginning_of_a_part_of_a_name(who: str, id: str) -> None:
    assert found(who) == id


LEVELS = (
    Known("ada", "Zoe"),
    Known("work/ada", "Yan"),
    Known("c", "Ada"),
    Known("d", "Xi", ("Ada",)),
    Known("e", "Adam Smith"),
)


@pytest.mark.parametrize("level", range(len(LEVELS)), ids=["id", "slug", "name", "alias", "prefix"])
def test_the_first_level_with_a_hit_decides(level: int) -> None:
    assert found("ada", *reversed(LEVELS[level:])) == LEVELS[level].id


@pytest.mark.parametrize("level", range(len(LEVELS)), ids=["id", "slug", "name", "alias", "prefix"])
def test_the_first_level_with_a_hit_decides_in_any_case(level: int) -> None:
    assert found("ADA", *reversed(LEVELS[level:])) == LEVELS[level].id


def test_an_alias_and_an_email_are_of_one_level() -> None:
    two = (Known("a", "A", ("zed",)), Known("b", "B", (), ("ZED",)))
    assert refusal("zed", *two) == '"zed" is 2 people: a (A), b (B)'


def test_letters_in_the_style_of_letters_are_those_letters() -> None:
    assert found("ada", Known("x", "𝐀𝐝𝐚 𝐊𝐢𝐧𝐠")) == "x"


@pytest.mark.parametrize("who", ["ing", "da", "obert", "ee"])
def test_the_middle_of_a_name_finds_nobody(who: str) -> None:
    assert refusal(who).startswith(f'nobody is called "{who}"')


@pytest.mark.parametrize("who", ["", " ", "-", "'"])
def test_nothing_is_nobody(who: str) -> None:
    assert refusal(who) == f'nobody is called "{who}"'


def test_two_of_one_name_are_told_apart_by_company_place_or_address() -> None:
    two = (Known("john-smith", "John Smith", at="Leeds Water"), Known("john-smith-2", "John Smith", (), ("john@york.example",)))
    assert refusal("john", *two) == (
        '"john" is 2 people: john-smith (John Smith, Leeds Water), john-smith-2 (John Smith, john@york.example)'
    )


def test_two_hits_on_a_level_are_named_both() -> None:
    assert refusal("sam") == '"sam" is 3 people: s-lund (Sam Lund), sam-okafor (Sam Okafor), samira-b (Samira Bell)'
    assert refusal("sam", *reversed(SAMS)) == refusal("sam", *SAMS)


def test_of_very_many_hits_eight_are_named() -> None:
    many = tuple(Known(f"sam-{number:02}", "Sam") for number in range(20))
    assert refusal("sam", *many) == '"sam" is 20 people: ' + ", ".join(f"sam-{n:02} (Sam)" for n in range(8)) + " and 12 more"


@pytest.mark.parametrize(
    ("who", "meant"),
    [
        ("adda", "ada-king (Ada King)"),
        ("Ada Kling", "ada-king (Ada King)"),
        ("bob-le", "work/bob-lee (Bob Lee)"),
        ("bobb lee", "work/bob-lee (Bob Lee)"),
        ("ines-parades", "ines-paredes (Inês Paredes-Ødegård)"),
    ],
)
def test_somebody_like_it_is_offered_and_never_taken(who: str, meant: str) -> None:
    assert refusal(who).startswith(f'nobody is called "{who}": did you mean ')
    assert meant in refusal(who)


def test_whoever_begins_like_it_with_hyphens_is_offered() -> None:
    people = (Known("maria-joao-almeida", "Maria João Almeida"), ADA)
    assert refusal("maria-joao", *people) == 'nobody is called "maria-joao": did you mean maria-joao-almeida (Maria João Almeida)?'


def test_where_nobody_is_like_it_nobody_is_offered() -> None:
    assert refusal("xyzzy") == 'nobody is called "xyzzy"'
    with pytest.raises(NotFound, match="nobody is called"):
        find("ada", ())


def test_links_go_to_slug_id_name_and_alias() -> None:
    targets = link_targets(EVERYBODY)
    for word in ("ada-king", "Ada King", "the Countess"):
        assert targets[fold(word)] == ["ada-king"]
    assert targets["work/bob-lee"] == targets["bob-lee"] == ["work/bob-lee"]


@LAW
@given(st.text(max_size=12), st.permutations(EVERYBODY))
def test_any_words_name_one_person_or_nobody_in_whatever_order_people_come(who: str, people: list[Known]) -> None:
    def outcome(those: tuple[Known, ...]) -> str:
        try:
            return find(who, those).id
        except NotFound as refused:
            return str(refused)

    assert outcome(tuple(people)).split(": did you mean")[0] == outcome(EVERYBODY).split(": did you mean")[0]


# --- slugs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Ada King", "ada-king"),
        ("Inês Paredes", "ines-paredes"),
        ("Ødegård, Łukasz & Đorđe", "odegard-lukasz-dorde"),
        ("Straße", "strasse"),
        ("Æsa Þórsdóttir", "aesa-thorsdottir"),
        ("Conan O'Brien", "conan-obrien"),
        ("Conan O’Brien", "conan-obrien"),
        ("Dr. J. R. Smith Jr.", "dr-j-r-smith-jr"),
        ("anna_maria  (Mia)", "anna-maria-mia"),
        ("  --Ada--  ", "ada"),
        (".hidden", "hidden"),
        ("a/b\\c:d", "a-b-c-d"),
        ("Владимир Набоков", "владимир-набоков"),
        ("村上春樹", "村上春樹"),
        ("김철수", "김철수"),
        ("Γιώργος Σεφέρης", "γιωργοσ-σεφερησ"),
        ("محمود درويش", "محمود-درويش"),
        ("עמוס עוז", "עמוס-עוז"),
        ("R2 D2", "r2-d2"),
        ("ＡＤＡ", "ada"),
        ("𝐀𝐝𝐚 𝐊𝐢𝐧𝐠", "ada-king"),
        ("ᴬᵈᵃ", "ada"),
    ],
)
def test_a_slug_is_made_of_letters_of_any_script_digits_and_hyphens(name: str, file: str) -> None:
    assert slug(name) == file


@pytest.mark.parametrize("name", ["", " ", "...", "!?", "---", "_", "\x00", "\udc80", "👩‍🚀", "/", "..", "\u202e"])
def test_a_slug_is_never_empty(name: str) -> None:
    assert slug(name) == "someone"


@pytest.mark.parametrize("name", ["CON", "con", "Aux", "nul", "PRN", "COM1", "com9", "LPT1", "com¹", "Aux."])
def test_a_slug_is_never_a_device_of_windows(name: str) -> None:
    assert slug(name) == f"{name.strip('.').lower().replace('¹', '1')}-1"


@pytest.mark.parametrize("name", ["Index", "Inbox", "README", "Readme please", "ReadMe.first"])
def test_a_slug_is_never_a_file_that_is_no_contact(name: str) -> None:
    assert slug(name).endswith("-1")


@pytest.mark.parametrize(("name", "size"), [("a" * 200, 80), ("я" * 200, 80), ("村" * 200, 78), ("a" + "村" * 200, 79), ("𠮷" * 60, 80)])
def test_a_slug_is_at_most_80_bytes_and_ends_with_a_whole_letter(name: str, size: int) -> None:
    assert len(slug(name).encode()) == size
    assert set(slug(name)) <= set(name)


def test_a_slug_cut_short_does_not_end_with_a_hyphen() -> None:
    assert slug("a" * 79 + " king") == "a" * 79


@pytest.mark.parametrize(
    ("taken", "file"),
    [
        ((), "ada-king"),
        (("ada-king",), "ada-king-2"),
        (("Ada-King",), "ada-king-2"),
        (("ada-king", "ada-king-2"), "ada-king-3"),
        (("ada-king-2",), "ada-king"),
    ],
)
def test_a_collision_gets_a_number(taken: tuple[str, ...], file: str) -> None:
    assert slug("Ada King", taken) == file


@pytest.mark.parametrize("letter", ["a", "я", "村", "𠮷"])
def test_a_collision_of_long_names_stays_within_80_bytes(letter: str) -> None:
    first = slug(letter * 100)
    second = slug(letter * 100, {first})
    third = slug(letter * 100, {first, second})
    assert len({first, second, third}) == 3
    assert max(len(name.encode()) for name in (first, second, third)) <= 80


@pytest.mark.parametrize("name", ["README" + "x" * 100, "readme" + "я" * 60], ids=["x", "я"])
def test_a_long_name_that_must_not_stand_as_it_is_stays_within_80_bytes(name: str) -> None:
    assert len(slug(name).encode()) <= 80


DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
NAMES = st.one_of(
    st.text(max_size=30),
    st.text(min_size=20, max_size=120),
    st.sampled_from(["con", "AUX", "readme", "Index", "..", "-x", "ß" * 90, "Ｃｏｎ", "İ" * 60, "ﬀ" * 60, "㎏" * 40]),
    st.text(alphabet=st.sampled_from("abÄøßя村 -_.'/\\:·²Ⅳªǅﬀİˢ\u0301\u200d\u202e\x00\x7f\udc80"), max_size=100),
)


@LAW
@example("𝐀𝐝𝐚")
@given(NAMES)
def test_a_slug_is_always_a_legal_file_name(name: str) -> None:
    made = slug(name)
    assert made
    assert len(made.encode("utf-8")) <= 80
    assert all(char == "-" or char.isalnum() for char in made)
    assert made[0] not in ".-"
    assert not made.endswith(("-", ".", " "))
    assert not DEVICES.match(made)
    assert made not in ("index", "inbox")
    assert not made.startswith("readme") or made.endswith("-1")
    assert made == unicodedata.normalize("NFC", made)
    assert made == made.casefold()


@LAW
@given(NAMES, st.integers(1, 12))
def test_however_many_are_of_that_name_each_gets_a_name_of_its_own(name: str, count: int) -> None:
    taken: list[str] = []
    for _ in range(count):
        made = slug(name, taken)
        assert made.casefold() not in {other.casefold() for other in taken}
        assert len(made.encode()) <= 80
        taken.append(made)


# --- files named by the person's own name --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Ada King", "Ada King"),
        ("Inês Paredes", "Inês Paredes"),
        ("村上春樹", "村上春樹"),
        ("AC/DC: the *band*", "AC DC the band"),
        ("[[Ada]] #1", "Ada 1"),
        ("Dr. Smith Jr.", "Dr. Smith Jr"),
        (".hidden", "hidden"),
        ("_draft", "draft"),
        ("_ .hidden", "hidden"),
        ("- _draft", "draft"),
        ("CON", "con-1"),
        ("Index", "index-1"),
        ("?", "someone"),
    ],
)
def test_a_file_may_be_named_by_the_person_as_far_as_file_systems_take_it(name: str, file: str) -> None:
    assert file_name(name) == file


def test_a_collision_of_own_names_gets_a_number_too() -> None:
    assert file_name("Ada King", ["ada king"]) == "Ada King-2"


@LAW
@given(NAMES)
def test_the_own_name_is_always_a_legal_file_name(name: str) -> None:
    made = file_name(name)
    assert made
    assert len(made.encode("utf-8")) <= 80
    assert not re.search(r'[\x00-\x1f<>:"/\\|?*#^\[\]]', made)
    assert made[0] not in "._- "
    assert made[-1] != " "
    assert not DEVICES.match(made.lower())
    assert made == unicodedata.normalize("NFC", made)


@pytest.mark.parametrize("typed", ["+49 170 550062", "0170550062", "0049 (0)170/550062", "170-550062", "+49170550062"])
@pytest.mark.parametrize("phone", ["+49 170 550062", "0170 55 00 62", "+49 (0) 170 550062"])
def test_somebody_is_found_by_phone_however_it_is_written(typed: str, phone: str) -> None:
    others = (Known("max", "Max", phones=("+49 170 550063", "062")), Known("zed", "Zed"))
    assert find(typed, (*others, Known("ada", "Ada", phones=("+1 555 0100", phone)))).id == "ada"


@pytest.mark.parametrize("typed", ["550062", "62", "+49", "170550062x"])
def test_few_digits_are_no_phone_number(typed: str) -> None:
    with pytest.raises(NotFound):
        find(typed, (Known("ada", "Ada", phones=("+49 170 550062",)),))
