"""Versions over time: where they stand, what they are called, and nothing a policy could refuse."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest
from tests.pictures.drawing import parsed

from parcours.pictures.timeline import LABEL, RIGHT, WIDTH, Row, Span, timeline

SVG = "{http://www.w3.org/2000/svg}"
FIRST, LAST = dt.date(2005, 1, 1), dt.date(2025, 1, 1)
DAY = (dt.date(2015, 1, 1), "01/01/2015")
ROW = Row(
    "L162-5-3",
    (
        Span(dt.date(2005, 1, 1), dt.date(2015, 1, 1), "first"),
        Span(dt.date(2015, 1, 1), dt.date(2015, 2, 1), "short"),
        Span(dt.date(2015, 2, 1), None, "last"),
    ),
)


def drawn(*rows: Row, day: tuple[dt.date, str] = DAY) -> ET.Element:
    picture = timeline("Title", "Words", rows, first=FIRST, last=LAST, day=day, name="n")
    return parsed(picture)


def bars(picture: ET.Element) -> list[tuple[str, float, float]]:
    """Title, left and width of each version."""
    return [
        (group.findtext(f"{SVG}title") or "", float(rect.get("x", "")), float(rect.get("width", "")))
        for group in picture.iter(f"{SVG}g")
        for rect in group.iter(f"{SVG}rect")
    ]


def test_a_version_stands_where_its_days_are() -> None:
    (first, left, width), _, (last, begins, rest) = bars(drawn(ROW))
    middle = LABEL + (WIDTH - LABEL - RIGHT) / 2
    assert (first, last) == ("first", "last")
    assert left == LABEL
    assert left + width == pytest.approx(middle, abs=2)
    assert begins + rest == pytest.approx(WIDTH - RIGHT, abs=2)


def test_a_version_has_its_number_where_there_is_room() -> None:
    numbers = [g.findtext(f"{SVG}text") for g in drawn(ROW).iter(f"{SVG}g")]
    assert numbers == ["1", None, "3"]


def test_the_last_version_is_not_told_by_its_colour_only() -> None:
    picture = drawn(ROW)
    fills = [rect.get("fill") for rect in picture.iter(f"{SVG}rect")]
    assert len(set(fills)) == 2
    assert [title for title, _, _ in bars(picture)] == ["first", "short", "last"]


def test_a_picture_says_what_it_is_to_who_does_not_see_it() -> None:
    picture = drawn(ROW)
    assert picture.get("role") == "img"
    ids = (picture.get("aria-labelledby") or "").split()
    assert [element.text for id in ids for element in picture if element.get("id") == id] == [
        "Title",
        "Words",
    ]


@pytest.mark.parametrize(
    "day", [dt.date(1999, 1, 1), dt.date(2015, 1, 1), dt.date(2025, 1, 1), dt.date(9000, 1, 1)], ids=str
)
def test_the_day_chosen_stays_in_the_picture(day: dt.date) -> None:
    picture = drawn(ROW, day=(day, "told"))
    (line,) = (line for line in picture.iter(f"{SVG}line") if line.get("stroke-dasharray"))
    (told,) = (text for text in picture.iter(f"{SVG}text") if text.text == "told")
    assert LABEL <= float(line.get("x1", "")) <= WIDTH - RIGHT
    assert float(told.get("x", "")) <= WIDTH


def test_years_are_named_every_fifth() -> None:
    names = {text.text for text in drawn(ROW).iter(f"{SVG}text")}
    assert names >= {"2005", "2010", "2015", "2020", "2025"}
    assert "2006" not in names


def test_what_it_is_told_to_write_stays_text_and_nothing_in_it_is_style() -> None:
    hostile = "<script>'\"&"
    text = timeline(
        hostile, hostile, [Row(hostile, ())], first=FIRST, last=LAST, day=(LAST, hostile), name="n"
    )
    assert "<script>" not in text
    assert not re.search(r"\bstyle=|\bon\w+=|href=", text)
