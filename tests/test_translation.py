"""Whatever leaves in French has its English, and translating changes nothing but the texts for people."""

from __future__ import annotations

import ast
import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes
from tests.law.tables import cas, visite_de

from parcours import translation, wording
from parcours.engine import decide
from parcours.fhir.capabilities import capability_statement
from parcours.fhir.operations import OPERATIONS, operation_definition
from parcours.fhir.r4b import resource_model
from parcours.fhir.reading import Contexte, Lecture, read_request
from parcours.fhir.writing import answer_bundle, claim_response, to_json
from parcours.law import droit
from parcours.law.parameter_files import parameter_table, texts
from parcours.law.policies import POLITIQUES, Politiques
from parcours.law.rule_book import conditions, non_encodes
from parcours.law.unclaimed_grounds import CIRCONSTANCES_A_INVOQUER, COUVERTURES_A_INVOQUER
from parcours.law.value_book import themes
from parcours.law.warnings import TEXTES
from parcours.translation import books, catalogue, english, in_english, translated

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "plugin/parcours"
CREATED = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)
EXAMPLES = sorted((ROOT / "examples").glob("[0-9][0-9]-*"))

KEPT_IN_FRENCH = re.compile(
    r"médecins? traitants?|départements?|tarif d'autorité|complémentaire santé solidaire", re.IGNORECASE
)
"""Terms of French law that have no English."""

FRENCH = re.compile(
    r"[àâçéèêëîïôœùûÀÂÇÉÈÊÎÔŒÙÛ«»]|(?<![\w-])(?:le|la|les|l'\w+|d'\w+|des|du|une|est|sont|pas|qui|dans|par|pour|avec|"
    r"sans|aucune?|aux?|cette|ne|n'\w+|il|elle|ou|et|oui|non|soins|selon|hors|sur|manque|plus de)(?![\w-])",
    re.IGNORECASE,
)


def is_french(text: str) -> bool:
    return bool(FRENCH.search(KEPT_IN_FRENCH.sub("", text).replace("’", "'")))


# ---------------------------------------------------------------- what may be said


NOT_FOR_CALLERS = {"retained_facts.py", "server.py"}
"""Values of facts, which only the JSON of a decision carries, the same for everybody; the log."""

HYPOTHESES = {"missing_values.py", "unclaimed_grounds.py", "hypotheses.py"}


def sources() -> Iterator[Path]:
    yield from (CODE / "engine.py", CODE / "wording.py", CODE / "money_in_words.py")
    for layer in ("law", "fhir", "cds", "web"):
        yield from (path for path in (CODE / layer).rglob("*.py") if path.name not in NOT_FOR_CALLERS)


def written_in(path: Path) -> Iterator[str]:
    """Every string of a module but its docstrings; 7 where a value goes in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            aside.update(map(id, node.values))
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside:
            yield node.value


def is_a_phrase(path: Path, text: str) -> bool:
    several = " " in text.strip() or not text.isascii()
    return several and (is_french(text) or path.name in HYPOTHESES)


def phrases_of_the_code() -> set[str]:
    return {text for path in sources() for text in written_in(path) if is_a_phrase(path, text)}


def templates() -> Iterator[tuple[str, nodes.Template]]:
    """Every template of the pages, parsed."""
    parser = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - parsed, never rendered
    for path in sorted((CODE / "web/templates").rglob("*.html")):
        yield path.name, parser.parse(path.read_text(encoding="utf-8"))


def phrases_of_the_pages() -> set[str]:
    """What templates say themselves: constants that go through ``say``."""
    said = [
        node.node.value
        for _, template in templates()
        for node in template.find_all(nodes.Filter)
        if node.name == "say" and isinstance(node.node, nodes.Const)
    ]
    return set(said)


def is_told(value: Mapping[str, Any]) -> bool:
    """Answers give the grounds of amounts; those of lists of codes and of addresses stay in their files."""
    return not isinstance(value.get("value"), list | str | dict)


def phrases_of_the_law() -> set[str]:
    values = [value for entry in parameter_table().values() for value in entry["values"] if is_told(value)]
    return {
        *(rule.titre for rule in droit().regles),
        *(version.label for versions in texts().values() for version in versions),
        *(place.name for rule in droit().regles for place in rule.paragraphes),
        *TEXTES.values(),
        *(policy.note for policy in POLITIQUES),
        *(text for text, _ in (*CIRCONSTANCES_A_INVOQUER, *COUVERTURES_A_INVOQUER)),
        *(value[key] for value in values for key in ("note", "unknown") if key in value),
        *(cite for value in values for cite in value["cites"]),
        *phrases_of_the_rule_book(),
    }


def phrases_of_the_rule_book() -> set[str]:
    """What the pages of the law say beside the rules: conditions, names and notes of values, limits."""
    shown = [parametre for theme in themes() for parametre in theme.parametres]
    values = [valeur for parametre in shown for valeur in parametre.valeurs]
    return {
        *conditions().values(),
        *(said for n in non_encodes() for said in (n.sujet, n.raison, n.reponse, n.texte) if said),
        *(theme.titre for theme in themes()),
        *(parametre.libelle for parametre in shown),
        *(said for valeur in values for said in (valeur.note, valeur.inconnu) if said),
    }


def labels() -> set[str]:
    tables: list[Mapping[Any, str]] = [
        wording.POSITIONS,
        wording.EFFETS,
        wording.REPONSES,
        wording.FAITS,
        wording.MONTANTS,
    ]
    return {said for table in tables for label in table.values() for said in (label, label.lower())}


EVERYTHING_SAID = sorted(phrases_of_the_code() | phrases_of_the_law() | labels() | phrases_of_the_pages())


@pytest.mark.parametrize("text", EVERYTHING_SAID)
def test_every_text_of_the_code_and_of_the_law_has_its_english(text: str) -> None:
    said = translated(text)
    assert said is not None, "english.toml lacks this text, or a phrase of it"
    assert not is_french(said)


@pytest.mark.parametrize("french", catalogue())
def test_a_phrase_of_the_catalogue_keeps_its_holes_and_no_french(french: str) -> None:
    assert french.count("{}") == catalogue()[french].count("{}")
    assert catalogue()[french].strip()
    assert not is_french(catalogue()[french])


MARKUP = re.compile(
    r"<[^>]*>|&[a-z]+;|<[^>]*$|^[^<]*>|\b[\w-]+=\"[^\"]*\"?"
    r"|^ (checked|selected|hidden|disabled|open|required)$"
)
"""Tags, whole or cut by a value; attributes that stand alone in a condition."""
NAMES = re.compile(r"parcours-soins|FHIR|JSON|CSV|curl|PDF")


@pytest.mark.parametrize(("name", "template"), list(templates()))
def test_a_template_says_nothing_that_is_not_translated(name: str, template: nodes.Template) -> None:
    bare = [node.data for node in template.find_all(nodes.TemplateData)]
    assert [text for text in bare if any(map(str.isalpha, NAMES.sub("", MARKUP.sub("", text))))] == [], name


def test_a_phrase_is_translated_once() -> None:
    tables = [table for book in books() for table in tomllib.loads(book.read_text(encoding="utf-8")).values()]
    phrases = [french.rstrip(".").replace("’", "'") for table in tables for french in table]
    assert [phrase for phrase, times in Counter(phrases).items() if times > 1] == []


def test_no_phrase_of_the_catalogue_outlives_its_french() -> None:
    code = (text for path in CODE.rglob("*.py") for text in written_in(path))
    said = "\n".join((*code, *phrases_of_the_law(), *phrases_of_the_pages())).casefold().replace("’", "'")
    gone = [
        french for french in catalogue() if not all(part.casefold() in said for part in french.split("{}"))
    ]
    assert gone == []


# ---------------------------------------------------------------- how texts are put together


@pytest.mark.parametrize(
    ("french", "said"),
    [
        ("en vigueur depuis le 29/12/2023", "in force since 2023-12-29"),
        ("Base 30,00 € × 70 % − 2,00 € = 19,00 €", "Base €30.00 × 70% − €2.00 = €19.00"),
        ("Convention médicale de 2016, art. 17.2", "Medical convention of 2016, art. 17.2"),
        ("CSS R322-1-1 puis R160-6, al. 3 : 25 € × 40 %", "CSS R322-1-1 then R160-6, para. 3: €25 × 40%"),
        ("Il manque : Âge du patient : moins de 16 ans : dans le parcours (X)",
         "Missing: Age of the patient: under 16: in the care pathway (X)"),
        ("Hors du parcours de soins coordonnés, indicateur de parcours S2 : Patient de moins de seize ans.",
         "Outside the coordinated care pathway, pathway indicator S2: Patient under sixteen."),
        ("URGENCE", "Emergency"),
        ("Service parcours-soins, version 3", "Service parcours-soins, version 3"),
        ("", ""),
    ],
)  # fmt: skip
def test_phrases_are_joined_by_codes_dates_amounts_and_punctuation(french: str, said: str) -> None:
    assert english(french) == said


@pytest.mark.parametrize(
    "text", ["urgence relative", "une urgence", "urgences", "Âge du capitaine", "secteur 12"]
)
def test_a_text_not_wholly_understood_stays_whole(text: str) -> None:
    assert translated(text) is None
    assert english(text) == text


# ---------------------------------------------------------------- what leaves


CODES = {"valueCode", "code", "url", "system", "id", "fullUrl", "expression", "reference", "name", "value"}
LANGUAGES = {("fr", "en"), ("fr-FR", "en")}
Check = Callable[[dict[str, Any]], None]


def understood(text: str) -> str:
    said = translated(text)
    assert said is not None, text
    return said


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    """In English every text is understood, no French is left, nothing but texts and languages has changed."""
    monkeypatch.setattr(translation, "english", understood)

    def compare(resource: dict[str, Any]) -> None:
        for (path, french), (same, said) in zip(leaves(resource), leaves(in_english(resource)), strict=True):
            assert path == same
            if french == said or (french, said) in LANGUAGES:
                assert " " not in str(said) or not is_french(said), said
            else:
                assert path[-1] not in CODES, path
                assert not is_french(said), said

    return compare


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value at the end of a resource, and the names that lead to it."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, (*path, name))
    elif isinstance(node, list):
        for item in node:
            yield from leaves(item, path)
    else:
        yield path, node


@cache
def read_example(folder: Path) -> Lecture:
    return read_request((folder / "bundle.json").read_bytes())


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_answer_to_an_example_is_wholly_in_english_under_any_policy(folder: Path, check: Check) -> None:
    lecture = read_example(folder)
    readings = [Politiques()] + [
        Politiques.from_mapping({policy.nom: choice}) for policy in POLITIQUES for choice in policy.a_comparer
    ]
    for reading in readings:
        check(answer_bundle(decide(lecture.visite, droit(), reading), lecture, CREATED))


@pytest.mark.parametrize("case", cas(), ids=lambda case: f"{case['fichier']}: {case['nom']}")
def test_the_answer_to_a_case_of_the_law_is_wholly_in_english(
    case: dict[str, Any], contexte: Contexte, check: Check
) -> None:
    check(claim_response(decide(visite_de(case), droit()), contexte, CREATED))


def test_what_the_server_says_of_itself_is_wholly_in_english(check: Check) -> None:
    check(capability_statement("http://localhost/fhir"))
    for operation in OPERATIONS:
        check(operation_definition(operation))


@pytest.mark.parametrize("folder", EXAMPLES[:3], ids=lambda folder: folder.name)
def test_an_answer_in_english_is_fhir_still(folder: Path) -> None:
    lecture = read_example(folder)
    said = in_english(answer_bundle(decide(lecture.visite, droit()), lecture, CREATED))
    model = resource_model("Bundle")
    assert model is not None
    model.model_validate_json(to_json(said))


def test_the_words_of_the_caller_are_repeated_as_they_are() -> None:
    said = in_english(
        {
            "patient": {"display": "Urgence"},
            "insurer": {"display": "Assurance maladie obligatoire"},
            "identifier": {"value": "urgence"},
            "extension": [
                {"url": "nom", "valueString": "Urgence"},
                {"url": "chemin", "valueString": "urgence"},
                {"url": "si", "valueString": "urgence"},
            ],
        }
    )
    assert said == {
        "patient": {"display": "Urgence"},
        "insurer": {"display": "Compulsory health insurance"},
        "identifier": {"value": "urgence"},
        "extension": [
            {"url": "nom", "valueString": "Urgence"},
            {"url": "chemin", "valueString": "urgence"},
            {"url": "si", "valueString": "emergency"},
        ],
    }


def test_a_narrative_is_translated_between_its_tags_and_says_so() -> None:
    div = '<div xml:lang="fr-FR" lang="fr-FR"><p>Motifs</p><li>a &lt; b</li></div>'
    said = in_english({"text": {"status": "generated", "div": div}})
    assert said == {
        "text": {
            "status": "generated",
            "div": '<div xml:lang="en" lang="en"><p>Grounds</p><li>a &lt; b</li></div>',
        }
    }
