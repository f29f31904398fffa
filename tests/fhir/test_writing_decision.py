"""A ClaimResponse says the whole Decision, for programs and for people, and nothing in it becomes markup."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any
from xml.etree import ElementTree

import pytest

from parcours.domain.decision import Alternative, Decision, Effet, Manquant, Position, Reponse
from parcours.domain.facts import Avertissement, Fait
from parcours.fhir.reading import Contexte
from parcours.fhir.writing import claim_response
from parcours.wording import EFFETS, FAITS, POSITIONS, REPONSES


def children(extension: dict[str, Any]) -> list[tuple[str, Any]]:
    """The children of an extension as pairs: url, value (pairs again when it is complex)."""
    pairs = []
    for child in extension["extension"]:
        value = children(child) if "extension" in child else next(v for k, v in child.items() if k != "url")
        pairs.append((child["url"], value))
    return pairs


def tree(response: dict[str, Any]) -> list[tuple[str, Any]]:
    (extension,) = response["extension"]
    assert extension["url"] == "https://parcours-soins.example/fhir/StructureDefinition/pds-ext-decision"
    return children(extension)


def test_the_extension_carries_the_whole_decision_under_the_names_of_the_contract(
    decision: Decision, contexte: Contexte, created: dt.datetime
) -> None:
    assert tree(claim_response(decision, contexte, created)) == [
        ("position", "dans-parcours"),
        ("situation", "O"),
        ("ips", "O"),
        ("qtp", "3"),
        ("qcpAttendu", "3"),
        ("qcpAttendu", "24"),
        ("dateDesSoins", "2026-03-10"),
        ("versionDroit", "2026.11"),
        ("versionLogiciel", "0.1.0"),
        (
            "motif",
            [
                (
                    "regle",
                    {
                        "system": "https://parcours-soins.example/fhir/CodeSystem/pds-cs-regle",
                        "code": "adressage-medecin-traitant",
                        "display": "Adressage par le médecin traitant",
                    },
                ),
                (
                    "citation",
                    {
                        "type": "citation",
                        "label": "CSS L162-5-3, al. 1",
                        "citation": "CSS L162-5-3, al. 1, version LEGIARTI000048691431, "
                        "en vigueur depuis le 29/12/2023",
                        "url": "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000048691431",
                    },
                ),
            ],
        ),
        *(("effet", [("code", effet.value), ("valeur", "non")]) for effet in Effet),
        (
            "manquant",
            [
                ("fait", "medecin.secteur"),
                ("chemin", "Bundle.entry[2].resource.extension"),
                ("effet", "secteur 1 : dépassement autorisé"),
                ("effet", "secteur 2 : rien ne change"),
            ],
        ),
        (
            "alternative",
            [("si", "urgence attestée"), ("situation", "U"), ("position", "dans-parcours")],
        ),
        ("alternative", [("si", "structure humanitaire"), ("position", "dans-parcours")]),
        (
            "politique",
            [
                ("code", "eloignement"),
                ("valeur", "attestation"),
                ("note", "Aucun texte ne fixe de distance."),
            ],
        ),
        (
            "politique",
            [("code", "plafond-majoration-2024"), ("valeur", "10.60"), ("note", "R160-6, al. 3.")],
        ),
        ("avertissement", [("code", "fait-suppose"), ("texte", "Médecin traitant supposé déclaré.")]),
        (
            "facturation",
            [
                ("indicateur", "O"),
                ("declaration_mt", "oui"),
                ("top_mt", "O"),
                ("medecin", [("nom", "TEST-MT"), ("prenom", "Camille"), ("identifiant", "10100000001")]),
                ("date_installation", "2024-01-02"),
                ("date_installation_zone", "2024-03-04"),
            ],
        ),
    ]


def test_a_blank_or_unknown_ips_is_left_out(
    decision: Decision, contexte: Contexte, created: dt.datetime
) -> None:
    for ips in ("", None):
        response = claim_response(dataclasses.replace(decision, ips=ips), contexte, created)
        assert "ips" not in dict(tree(response))


def test_notes_show_the_reasons_and_print_the_texts(
    decision: Decision, contexte: Contexte, created: dt.datetime
) -> None:
    notes = claim_response(decision, contexte, created)["processNote"]
    assert [note["number"] for note in notes] == [1, 2, 3, 4]
    assert [note["type"] for note in notes] == ["display", "display", "display", "print"]
    assert {note["language"]["coding"][0]["code"] for note in notes} == {"fr"}
    assert notes[0]["text"] == "Adressage par le médecin traitant"
    assert notes[-1]["text"].startswith("Fondement : CSS L162-5-3, al. 1, version LEGIARTI000048691431")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"motifs": ()}, "Dans le parcours de soins coordonnés, indicateur de parcours O."),
        (
            {"situation": "X", "position": Position.NON_CONCERNE},
            "Visite non concernée par le parcours de soins coordonnés, indicateur de parcours X "
            "(exclusion, vide dans la facture) : Adressage par le médecin traitant.",
        ),
        (
            {"situation": None, "ips": ""},
            "Dans le parcours de soins coordonnés, aucun indicateur de parcours publié pour ce motif : "
            "Adressage par le médecin traitant.",
        ),
        (
            {"situation": None, "situations_possibles": ("D", "S1"), "position": Position.INDETERMINE},
            "Position dans le parcours de soins coordonnés indéterminée, indicateur de parcours à "
            "départager : D ou S1 ; il manque : secteur de conventionnement du médecin consulté.",
        ),
        (
            {"situation": None, "ips": None, "motifs": (), "position": Position.HORS},
            "Hors du parcours de soins coordonnés, indicateur de parcours à déterminer.",
        ),
    ],
)
def test_the_disposition_is_one_sentence(
    changes: dict[str, Any], sentence: str, decision: Decision, contexte: Contexte, created: dt.datetime
) -> None:
    answer = dataclasses.replace(decision, **changes)
    assert claim_response(answer, contexte, created)["disposition"] == sentence


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a&b]]>",
    "\x00\x1b[31m",
    "[x](javascript:1)",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup_in_the_narrative(
    text: str, decision: Decision, contexte: Contexte, created: dt.datetime
) -> None:
    hostile = dataclasses.replace(
        decision,
        motifs=(dataclasses.replace(decision.motifs[0], titre=text, texte=text),),
        manquants=(Manquant(fait=text, chemin=text, effet=(text,)),),
        alternatives=(Alternative(si=text, situation=text, position=Position.DANS),),
        avertissements=(Avertissement("code-inconnu", text),),
    )
    div = ElementTree.fromstring(claim_response(hostile, contexte, created)["text"]["div"])  # noqa: S314 - our own
    names = {element.tag.partition("}")[2] for element in div.iter()}
    assert names <= {"div", "p", "ul", "li"}
    assert all(not element.attrib for element in div.iter() if element is not div)


def test_every_code_has_a_french_label() -> None:
    facts = {value for name, value in vars(Fait).items() if name.isupper()}
    assert set(FAITS) == facts
    assert set(POSITIONS) == set(Position)
    assert set(EFFETS) == set(Effet)
    assert set(REPONSES) == set(Reponse)
