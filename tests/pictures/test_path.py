"""The picture of the path: in order, within its width, and nothing in it but text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from tests.pictures.drawing import parsed

from parcours.pictures.path import WIDTH, Mark, Stop, Stretch, Terminus, path, wrapped

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('1')</script>\"&"


def stop(question: str = "Une question ?", *, decides: bool = False, href: str | None = "/regles/x") -> Stop:
    return Stop(
        question=question,
        sign=Mark.OUI,
        tone=Mark.NON,
        answer="oui",
        facts="49 ans",
        href=href,
        decides=decides,
    )


def drawn(*stops: Stop, title: str = "Le chemin", after: str = "") -> ElementTree.Element:
    end = Terminus("S2", "Hors du parcours", Mark.NON, after)
    picture = path(title, "Une description", [Stretch("Groupe", stops)], end, name="c")
    return parsed(picture)


def texts(svg: ElementTree.Element) -> list[str]:
    return [" ".join(span.text or "" for span in text) for text in svg.iter(f"{SVG}text")]


def test_it_tells_every_question_its_answer_and_where_the_line_ends() -> None:
    assert texts(drawn(stop("Première ?"), stop("Seconde ?"), after="3 autres")) == [
        "Groupe",
        "Première\N{NO-BREAK SPACE}?",
        "oui – 49 ans",
        "Seconde\N{NO-BREAK SPACE}?",
        "oui – 49 ans",
        "S2",
        "Hors du parcours",
        "3 autres",
    ]


def test_it_has_a_name_and_a_description_and_hides_its_links_from_nobody() -> None:
    svg = drawn(stop())
    assert svg.get("role") == "group"
    named = {svg.get("aria-labelledby"), svg.get("aria-describedby")}
    assert named == {part.get("id") for part in svg if part.tag in (f"{SVG}title", f"{SVG}desc")}


def test_each_stop_leads_to_its_article_when_it_has_one() -> None:
    svg = drawn(stop(href="https://www.legifrance.gouv.fr/x"), stop(href=None))
    assert [link.get("href") for link in svg.iter(f"{SVG}a")] == ["https://www.legifrance.gouv.fr/x"]


def test_only_what_decides_is_framed_beside_the_end() -> None:
    assert len(list(drawn(stop(), stop()).iter(f"{SVG}rect"))) == 1
    assert len(list(drawn(stop(), stop(decides=True)).iter(f"{SVG}rect"))) == 2


def test_what_is_said_stays_text() -> None:
    svg = drawn(stop(HOSTILE), title=HOSTILE)
    assert not list(svg.iter(f"{SVG}script"))
    assert "alert" in "".join(texts(svg))


@pytest.mark.parametrize("mark", Mark)
def test_every_mark_has_a_sign_of_its_own(mark: Mark) -> None:
    def sign(of: Mark) -> str | None:
        svg = drawn(Stop(question="?", sign=of, tone=of, answer="x"))
        return next(p.get("d") for p in svg.iter(f"{SVG}path") if p.get("class") == "signe")

    assert [other for other in Mark if sign(other) == sign(mark)] == [mark]


def test_a_picture_without_stops_is_one_still() -> None:
    assert texts(drawn()) == ["Groupe", "S2", "Hors du parcours"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("court", ["court"]),
        ("", [""]),
        ("aaaa bbbb cccc", ["aaaa bbbb", "cccc"]),
        ("aaaa bbbb ?", ["aaaa", "bbbb\N{NO-BREAK SPACE}?"]),
        ("aaaa RPPS 1", ["aaaa", "RPPS\N{NO-BREAK SPACE}1"]),
    ],
)
def test_a_line_is_broken_between_words_and_never_before_high_punctuation(
    text: str, lines: list[str]
) -> None:
    assert wrapped(text, 80) == lines


def test_a_word_of_200_letters_stays_within_the_picture() -> None:
    lines = wrapped("W" * 200, WIDTH)
    assert "".join(lines) == "W" * 200
    assert max(map(len, lines)) <= 30


def test_no_room_at_all_still_ends() -> None:
    assert wrapped("abc", 1) == ["a", "b", "c"]
