"""The bar of who pays what: its parts fill it, and each is told in words."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

from tests.pictures.drawing import parsed

from parcours.pictures.euros import BORNE_BY_THE_PATIENT, WIDTH, Share, bar

SVG = "{http://www.w3.org/2000/svg}"


def share(kind: str, amount: str) -> Share:
    return Share(kind=kind, label=kind, amount=Decimal(amount), told=f"{amount} €")


def drawn(*shares: Share) -> ElementTree.Element:
    picture = bar("Qui paie", "description", shares, name="e")
    return parsed(picture)


def rectangles(svg: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [rect for rect in svg.iter(f"{SVG}rect") if rect.get("class") == kind]


def test_each_part_is_as_long_as_its_share() -> None:
    svg = drawn(share("amo", "7.50"), share("reste", "2.50"))
    long, short = rectangles(svg, "amo")[0], rectangles(svg, "reste")[0]
    assert (float(long.get("x", "")), float(short.get("x", ""))) == (0, WIDTH * 0.75)
    assert float(long.get("width", "")) + 2 == WIDTH * 0.75


def test_each_part_is_told_with_its_amount() -> None:
    svg = drawn(share("amo", "7.50"), share("reste", "2.50"))
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["amo", "7.50 €", "reste", "2.50 €"]


def test_a_part_of_nothing_is_not_drawn() -> None:
    assert rectangles(drawn(share("amo", "1.00"), share("majoration", "0.00")), "majoration") == []


def test_a_cent_is_seen() -> None:
    assert (
        float(rectangles(drawn(share("amo", "999.99"), share("reste", "0.01")), "reste")[0].get("width", ""))
        >= 1
    )


def test_what_the_patient_bears_is_hatched_in_the_bar_and_in_its_legend() -> None:
    svg = drawn(share("amo", "7.50"), *(share(kind, "1.00") for kind in sorted(BORNE_BY_THE_PATIENT)))
    assert len(rectangles(svg, "hachures")) == 2 * len(BORNE_BY_THE_PATIENT)


def test_no_part_at_all_is_an_empty_bar() -> None:
    assert list(drawn().iter(f"{SVG}text")) == []
