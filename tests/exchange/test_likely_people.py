"""Somebody whose name is written otherwise in another product: known by first and last name with the company, else a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inside import inside
from tests.make import vault

HEAD = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"


def told(tmp_path: Path, known: dict[str, tuple[str, str]], *rows: str) -> tuple[str, str]:
    """What an import of LinkedIn's rows says it would do, and what it asks."""
    files = {slug: f"---\nname: {name}\ncompany: {company}\n---\n" for slug, (name, company) in known.items()}
    root = vault(tmp_path / "vault", files)
    (tmp_path / "Connections.csv").write_text(HEAD + "".join(f"{row},Clerk,01 Jan 2020\n" for row in rows), encoding="utf-8")
    said = inside(root, "import", str(tmp_path / "Connections.csv"), "-n")
    assert said.code == 0, said
    return said.out, said.err


@pytest.mark.parametrize(
    "name", ["Alma S. Adams", "Alma Adams, PhD", "ALMA ADÁMS", "Alma Adams"],
)  # fmt: skip
def test_with_the_company_the_first_and_the_last_name_do(tmp_path: Path, name: str) -> None:
    out, err = told(tmp_path, {"alma": (name, "House")}, "Alma,Adams,,,House")
    assert "people: 0 new, 1 known" in out
    assert "perhaps" not in err


def test_not_where_two_are_called_so(tmp_path: Path) -> None:
    known = {"a": ("Mike B. Johnson", "House"), "b": ("Mike C. Johnson", "House")}
    out, err = told(tmp_path, known, "Mike,Johnson,,,House")
    assert "people: 1 new, 0 known" in out
    assert "Mike Johnson" in err
    assert "has the family name and the company of a, b" in err


def test_not_for_two_of_the_file(tmp_path: Path) -> None:
    out, _ = told(tmp_path, {"a": ("Mike B. Johnson", "House")}, "Mike D.,Johnson,,,House", "Mike E.,Johnson,,,House")
    assert "people: 2 new, 0 known" in out


def test_another_company_is_somebody_else(tmp_path: Path) -> None:
    out, err = told(tmp_path, {"alma": ("Alma S. Adams", "House")}, "Alma,Adams,,,Senate")
    assert "people: 1 new, 0 known" in out
    assert "perhaps" not in err


def test_the_family_name_in_the_same_company_is_a_question(tmp_path: Path) -> None:
    out, err = told(tmp_path, {"andy": ("Andy Barr", "House")}, "Garland,Barr,,,House")
    assert "people: 1 new, 0 known" in out
    assert "perhaps known already, and taken for somebody new:" in err
    assert "has the family name and the company of andy" in err


def test_what_stands_behind_a_name_is_no_family_name(tmp_path: Path) -> None:
    _, err = told(tmp_path, {"jim": ("James C. Justice", "Senate")}, "Jim,Justice II,,,Senate")
    assert "has the family name and the company of jim" in err
