"""Plots: lengths in proportion, words for whoever does not see them, nothing that a page would forbid."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.pictures.drawing import parsed

from parcours.pictures.plots import COLOURS, Bar, Column, bars, stacked

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script>'


def rectangles(picture: str, fill: str) -> list[dict[str, str]]:
    return [rect.attrib for rect in parsed(picture).iter(f"{SVG}rect") if rect.get("fill") == fill]


def words(picture: str) -> list[str]:
    return [text.text or "" for text in parsed(picture).iter(f"{SVG}text")]


def test_bars_are_in_proportion_and_in_order() -> None:
    picture = bars("T", "D", [Bar("a", 10, "dix"), Bar("b", 5, "cinq"), Bar("c", 0, "rien")], name="n")
    widths = [float(rect["width"]) for rect in rectangles(picture, COLOURS[0])]
    assert widths == [widths[0], widths[0] / 2, 0]
    assert words(picture) == ["a", "dix", "b", "cinq", "c", "rien"]


def test_columns_stack_their_layers_from_the_bottom() -> None:
    picture = stacked("T", "D", ["bas", "haut"], [Column("03/2026", (3, 1))], name="n")
    (low,), (high,) = (rectangles(picture, colour)[:1] for colour in COLOURS[:2])
    assert float(low["height"]) == pytest.approx(3 * float(high["height"]), abs=0.2)
    assert float(high["y"]) + float(high["height"]) == pytest.approx(float(low["y"]), abs=0.2)
    assert {"bas", "haut", "03/2026", "0", "4"} <= set(words(picture))


@pytest.mark.parametrize("months", [0, 1, 12, 200])
def test_however_many_columns_their_labels_do_not_run_into_each_other(months: int) -> None:
    picture = stacked("T", "D", ["une"], [Column(f"m{n}", (n,)) for n in range(months)], name="n")
    places = [float(t.attrib["x"]) for t in parsed(picture).iter(f"{SVG}text") if (t.text or "")[:1] == "m"]
    assert all(right - left >= 50 for left, right in pairwise(places))
    assert bool(places) is bool(months)


@pytest.mark.parametrize(
    "picture",
    [
        bars(HOSTILE, HOSTILE, [Bar(HOSTILE, 1, HOSTILE)], name="n"),
        stacked(HOSTILE, HOSTILE, [HOSTILE], [Column(HOSTILE, (1,))], name="n"),
        bars("T", "D", [], name="n"),
    ],
    ids=["bars", "stacked", "no bar"],
)
def test_a_picture_is_named_in_words_and_holds_text_only(picture: str) -> None:
    root = parsed(picture)
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == [root[0].get("id"), root[1].get("id")]
    assert not list(root.iter(f"{SVG}script"))
    assert not [element for element in root.iter() if "style" in element.attrib]


def test_a_label_that_is_too_long_is_cut_and_whole_on_hovering() -> None:
    picture = bars("T", "D", [Bar("x" * 80, 1, "un")], name="n")
    assert words(picture)[0].endswith("x…")
    assert f"{'x' * 80} : un" in [title.text for title in parsed(picture).iter(f"{SVG}title")]
