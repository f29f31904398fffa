"""``parcours report``: the right numbers, a page that stands alone, and nobody in it."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.bulk import visits
from tests.bulk.answers import HOSTILE, SECRETS, decided, out_of_the_path, refused, undetermined

from parcours.bulk import tally as counting
from parcours.bulk.answers import decision_json
from parcours.bulk.report import as_csv, as_html, tallied
from parcours.bulk.sections import Section, sections, told
from parcours.bulk.tally import ADRESSAGE, DECLARATION, Avoidable, Wanted, said_of
from parcours.cli import run
from parcours.domain.decision import Decision, Position
from parcours.engine import decide
from parcours.fhir.reading import read_request
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.missing_values import valeurs
from parcours.law.policies import Politiques
from parcours.law.unclaimed_grounds import motifs_non_invoques

REFERRED, DECLARED = (
    "adressage par le médecin traitant",
    "nouveau médecin traitant : déclaration signée ce jour",
)
LINES = [
    decided(),
    decided(date_des_soins="2026-04-01", avertissements=[{"code": "code-non-publie", "texte": "…"}]),
    out_of_the_path("9.00", REFERRED, "urgence"),
    out_of_the_path("10.60", DECLARED, REFERRED),
    out_of_the_path("2.40", "urgence"),
    out_of_the_path("0.00", REFERRED),
    out_of_the_path(None, REFERRED),
    undetermined(visite__acte=["liste : dans le parcours (D)", "autre acte : hors parcours (S1)"]),
    undetermined(
        patient__age=["moins de 16 ans : dans le parcours (X)", "plus : indéterminé (T ou S2)"],
        medecin__optam=["les montants en dépendent, avec d'autres faits qui manquent"],
    ),
    refused("ligne vide : aucune visite", "information"),
    refused("JSON mal formé"),
    b"not an answer",
]
NUMBERS = {
    ("lignes", "lignes", "Nombre"): "12",
    ("lignes", "decisions", "Nombre"): "9",
    ("lignes", "refusees", "Nombre"): "2",
    ("lignes", "vides", "Nombre"): "1",
    ("positions", "dans-parcours", "Visites"): "2",
    ("positions", "hors-parcours", "Visites"): "5",
    ("positions", "non-concerne", "Visites"): "0",
    ("positions", "indetermine", "Visites"): "2",
    ("mois", "2026-03", "Hors parcours"): "5",
    ("mois", "2026-04", "Dans le parcours"): "1",
    ("situations", "S2", "Visites"): "5",
    ("situations", "-", "Visites"): "2",
    ("motifs", "sans-adressage", "Visites décidées"): "5",
    ("manquants", "visite.acte", "Tranche"): "1",
    ("manquants", "patient.age", "Tranche"): "0",
    ("manquants", "patient.age", "Peut trancher"): "1",
    ("manquants", "medecin.optam", "Ailleurs"): "1",
    ("majoration", "majoration", "Visites"): "3",
    ("majoration", "majoration", "Majoration"): "22.00",
    ("majoration", "declaration", "Majoration"): "10.60",
    ("majoration", "adressage", "Majoration"): "19.60",
    ("majoration", "declaration-ou-adressage", "Majoration"): "19.60",
    ("alternatives", "urgence", "Majoration"): "11.40",
    ("avertissements", "code-non-publie", "Nombre"): "1",
    ("versions", "droit 2026-08", "Nombre"): "9",
    ("refus", "JSON mal formé", "Nombre"): "1",
}


def numbers(lines: Iterable[bytes]) -> dict[tuple[str, str, str], str]:
    rows = list(csv.reader(as_csv(tallied(lines)).splitlines()))
    assert rows[0] == ["tableau", "cle", "libelle", "mesure", "valeur"]
    return {(table, key, measure): value for table, key, _, measure, value in rows[1:]}


@pytest.mark.parametrize(("place", "value"), NUMBERS.items(), ids=[" ".join(place) for place in NUMBERS])
def test_the_numbers_are_those_one_counts_by_hand(place: tuple[str, str, str], value: str) -> None:
    assert numbers(LINES)[place] == value


def test_the_missing_fact_that_settles_most_comes_first() -> None:
    (missing,) = (section for section in sections(tallied(LINES)) if section.name == "manquants")
    assert [row.key for row in missing.rows] == ["visite.acte", "patient.age", "medecin.optam"]


def judged(body: bytes) -> tuple[Cas, Decision]:
    """The facts of a visit under the law of its day, and the decision."""
    visite = read_request(body).visite
    return Cas.de(visite, droit().applicable(visite).parametres, Politiques()), decide(visite, droit())


VISITS = list(visits.lines(250, seed=4))


def test_what_a_missing_fact_settles_is_what_judging_again_with_each_of_its_values_says() -> None:
    """The report knows it from words; whatever the engine words otherwise is seen here."""
    seen: Counter[str] = Counter()
    for body in VISITS:
        cas, decision = judged(body)
        if decision.position is not Position.INDETERMINE:
            continue
        found = tallied([decision_json(decision)]).wanted
        for missing in decision.manquants:
            positions = [decide(one, droit()).position for _, one in valeurs(missing.fait, cas)]
            known = [position is not Position.INDETERMINE for position in positions]
            settles, may = bool(known) and all(known), any(known)
            expected = Wanted(settles, may and not settles, not may)
            assert found[missing.fait] == expected, missing
            seen.update(positions)
    assert set(seen) == set(Position)


def test_the_euros_avoided_are_those_that_judging_again_takes_away() -> None:
    avoided: Counter[str] = Counter()
    for body in VISITS:
        cas, decision = judged(body)
        found = tallied([decision_json(decision)])
        due = decision.remboursement and decision.remboursement.majoration
        if not due:
            assert found.by_either == Avoidable()
            continue
        for kind, counted in ((DECLARATION, found.by_declaration), (ADRESSAGE, found.by_referral)):
            others = [one for text, one in motifs_non_invoques(cas) if text in said_of(kind)]
            paid = [decide(one, droit()).remboursement for one in others]
            spared = any(one and one.majoration == 0 for one in paid)
            assert counted == (Avoidable(1, due) if spared else Avoidable())
            avoided[min(kind)] += spared
    assert min(avoided.values()) > 20


def test_a_referral_and_a_declaration_are_told_as_the_law_tells_them() -> None:
    assert {"adressage par le médecin traitant", "adressage par une sage-femme"} < said_of(ADRESSAGE)
    assert said_of(DECLARATION) == {DECLARED}


def test_a_file_that_was_tampered_with_does_not_fill_the_memory() -> None:
    lines = (decided(situation=str(n), motifs=[{"regle": f"r{n}", "titre": f"t{n}"}]) for n in range(2000))
    found = tallied(lines)
    sizes = [len(found.situations), len(found.cited), len(found.titles)]
    assert all(size <= counting.MOST_KEYS + 1 for size in sizes)
    assert found.situations[counting.OTHERS] == 2000 - counting.MOST_KEYS


STRANGE: dict[str, bytes] = {
    "deep": b'{"faits":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not a number": out_of_the_path("NaN"),
    "a signal": out_of_the_path("sNaN", "urgence"),
    "beyond belief": out_of_the_path("1E+999999", REFERRED),
    "below zero": out_of_the_path("-5.00", REFERRED),
    "a word of a million letters": decided(situation="x" * 10**6),
}


@pytest.mark.parametrize("line", STRANGE.values(), ids=STRANGE)
def test_no_line_stops_a_report_or_swells_it(line: bytes) -> None:
    found = tallied([line, *LINES])
    assert found.majoration == tallied(LINES).majoration
    assert len(as_html(found)) + len(as_csv(found)) < 40_000


FORMULAS = (
    *("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r\n=1+1", "a;=1+1", " =1", "\0=1", "\ufeff=1"),
    *("\u200b=1", 'a;"=1+1;b', '";"=1', "a;'=1", "a,=1", "\uff1d1+1", "\uff20SUM(A1)"),
)
"""Also as some cut them: at semicolons, inside the quotes that a comma asked for."""


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    text = as_csv(tallied([decided(situation=formula), refused(formula), *LINES]))
    for separator in ",;\t":
        for row in csv.reader(text.splitlines(keepends=True), delimiter=separator):
            cells = [part.strip(INVISIBLE) for cell in row for part in re.split(r"[\r\n]", cell)]
            assert not [cell for cell in cells if cell[:1] in SIGNS and cell != "-"]


INVISIBLE = " \t\0\ufeff\u200b"
SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


# ---------------------------------------------------------------- the page


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.fixture(scope="module")
def html() -> str:
    hostile = decided(
        situation=HOSTILE, motifs=[{"regle": HOSTILE, "titre": HOSTILE}], avertissements=[{"code": HOSTILE}]
    )
    return as_html(tallied([*LINES, hostile, refused(HOSTILE)]))


def test_the_page_fetches_nothing_and_runs_nothing(html: str) -> None:
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "a", "form", "object"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name in ("src", "href", "style") or name.startswith("on")}
    assert set(re.findall(r"\w+://[^\"]*", html)) == {"http://www.w3.org/2000/svg"}


def test_the_page_allows_itself_its_own_style_and_nothing_else(html: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy.replace("&#39;", "'").replace("&#43;", "+").split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_what_a_file_brings_is_text(html: str) -> None:
    assert HOSTILE not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("secret", SECRETS)
def test_nobody_is_in_the_report(html: str, secret: str) -> None:
    assert secret not in html
    assert secret not in as_csv(tallied(LINES))


def test_every_picture_has_its_title_its_description_and_its_table(html: str) -> None:
    for part in html.split("<section")[1:]:
        assert part.count("<table>") == 1
        for picture in re.findall(r"<svg.*?</svg>", part, re.DOTALL):
            ids = re.search(r'aria-labelledby="([^"]*)"', picture)
            assert ids
            assert all(f'id="{name}"' in picture for name in ids[1].split())
    assert html.count("<svg") == 6
    identifiers = re.findall(r'\bid="([^"]*)"', html)
    assert len(identifiers) == len(set(identifiers))


def test_a_report_of_nothing_is_a_report() -> None:
    assert "0 visites décidées" in as_html(tallied([]))


def test_the_rows_of_every_table_have_a_number_for_each_measure() -> None:
    found: list[Section] = sections(tallied(LINES))
    assert all(len(row.values) == len(section.measures) for section in found for row in section.rows)
    assert len({section.name for section in found}) == len(found) == 12
    (months,) = (section for section in found if section.name == "mois")
    assert len(months.measures) == len(Position)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (1234567, "1\u202f234\u202f567"), (Decimal("1234.5"), "1\u202f234,50 €")]
)
def test_numbers_are_written_as_the_french_write_them(number: int | Decimal, text: str) -> None:
    assert told(number) == text


# ---------------------------------------------------------------- the command


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "out.ndjson"
    path.write_bytes(b"\n".join(LINES) + b"\n")
    return path


def test_the_form_is_told_by_the_name(answers: Path, tmp_path: Path) -> None:
    compressed = tmp_path / "out.ndjson.gz"
    compressed.write_bytes(gzip.compress(answers.read_bytes()))
    for source in (answers, compressed):
        for name in ("report.html", "report.csv"):
            assert run(["report", str(source), "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / "report.html").read_text("utf-8") == as_html(tallied(LINES))
        assert (tmp_path / "report.csv").read_bytes() == as_csv(tallied(LINES)).encode()
    assert not list(tmp_path.glob(".*"))


def test_what_cannot_be_read_or_made_is_said(answers: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(answers.read_bytes())[:-9])
    page = str(tmp_path / "report.html")
    assert run(["report", str(tmp_path / "absent"), "-o", page]) == 1
    assert run(["report", str(cut), "-o", page]) == 1
    assert run(["report", str(answers), "-o", str(tmp_path / "absent/report.html")]) == 1
    assert run(["report", str(answers), "-o", str(tmp_path / "report.doc")]) == 2
    assert run(["report", str(tmp_path / "out.parquet"), "-o", page]) == 2
    assert not Path(page).exists()


def test_a_report_never_takes_the_place_of_the_answers(answers: Path, tmp_path: Path) -> None:
    named = answers.rename(tmp_path / "answers.csv")
    (tmp_path / "link.csv").symlink_to(named)
    for output in ("answers.csv", "link.csv"):
        assert run(["report", str(named), "-o", str(tmp_path / output)]) == 2
    assert named.read_bytes() == b"\n".join(LINES) + b"\n"


def test_a_report_under_another_name_is_the_file_it_names(answers: Path, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "report.csv")
    assert run(["report", str(answers), "-o", str(tmp_path / "link.csv")]) == 0
    assert (tmp_path / "report.csv").read_bytes() == as_csv(tallied(LINES)).encode()
    assert (tmp_path / "link.csv").is_symlink()


def test_a_report_that_does_not_fit_on_the_disk_leaves_nothing(
    answers: Path, tmp_path: Path, small_files: Callable[[int], AbstractContextManager[None]]
) -> None:
    with small_files(2_000):
        assert run(["report", str(answers), "-o", str(tmp_path / "report.html")]) == 1
    assert [path.name for path in tmp_path.iterdir()] == [answers.name]
