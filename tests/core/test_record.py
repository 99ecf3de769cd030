"""`record.NamedTuple` behaves as `typing.NamedTuple` does."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from plaintextcrm.core import record


class Theirs(typing.NamedTuple):
    on: int
    text: str = ""
    tags: tuple[str, ...] = ()


class Quick(record.NamedTuple):  # type: ignore[misc]
    on: int
    text: str = ""
    tags: tuple[str, ...] = ()


record.quicken(Quick)


class Ours(record.NamedTuple):  # type: ignore[misc]
    on: int
    text: str = ""
    tags: tuple[str, ...] = ()

    @property
    def loud(self) -> str:
        return self.text.upper()


@pytest.mark.parametrize(
    ("values", "named"), [((1,), {}), ((1, "a"), {}), ((1, "a", ("b",)), {}), ((), {"text": "a", "on": 2}), ((3,), {"tags": ("x",)})]
)
def test_values_are_taken_by_place_by_name_and_by_default(values: tuple[typing.Any, ...], named: dict[str, typing.Any]) -> None:
    ours, theirs, quick = Ours(*values, **named), Theirs(*values, **named), Quick(*values, **named)
    assert tuple(ours) == tuple(theirs) == tuple(quick) == (ours.on, ours.text, ours.tags)
    assert type(quick) is Quick
    assert ours._asdict() == theirs._asdict()
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert hash(ours) == hash(theirs)


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, "a", (), 4), {}), ((1,), {"on": 2}), ((1,), {"colour": "red"}), ((), {"text": "a"})]
)
def test_what_does_not_fit_is_a_type_error(values: tuple[typing.Any, ...], named: dict[str, typing.Any]) -> None:
    for kind in (Ours, Theirs, Quick):
        with pytest.raises(TypeError):
            kind(*values, **named)


def test_it_is_frozen_replaced_made_copied_pickled_and_matched() -> None:
    one = Ours(1, "a")
    with pytest.raises(AttributeError):
        one.on = 2
    with pytest.raises(AttributeError):
        one.other = 2
    assert one._replace(text="b") == Ours(1, "b")
    with pytest.raises(ValueError, match="colour"):
        one._replace(colour="red")
    assert Ours._make([1, "a", ()]) == one
    assert pickle.loads(pickle.dumps(one)) == one == copy.deepcopy(one)
    assert type(pickle.loads(pickle.dumps(one))) is Ours
    assert one.loud == "A"
    assert Ours._fields == Theirs._fields
    match one:
        case Ours(1, text):
            assert text == "a"
        case _:
            pytest.fail("not matched")
