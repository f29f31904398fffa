"""An answer as text: every part that says something is there, in French, and colours stay on terminals."""

from __future__ import annotations

import dataclasses
import io

import pytest
from rich.console import Console

from parcours.cli.text import explain
from parcours.domain.decision import Decision, Facturation, Position
from parcours.errors import Problem
from parcours.fhir.reading import Lecture
from parcours.service import Evaluation


def shown(decision: Decision, lecture: Lecture, *, terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=60, highlight=False, markup=False)
    explain(console, Evaluation(decision, lecture))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        "Dans le parcours de soins coordonnés",
        "Indicateur de parcours O, soins du 10/03/2026",
        "Motifs",
        "  • Adressage par le médecin traitant (CSS L162-5-3, al. 1, version LEGIARTI000048691431, "
        "en vigueur depuis le 29/12/2023)",
        "    https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000048691431",
        "  • Majoration de la participation de l’assuré : non",
        "  • Déclaration du médecin traitant : oui",
        "  • Médecin : Camille TEST-MT 10100000001",
        "  • Installation le : 02/01/2024",
        "  • Installation en zone le : 04/03/2024",
        "  • Secteur de conventionnement du médecin consulté : secteur 1 : dépassement autorisé ; "
        "secteur 2 : rien ne change [Bundle.entry[2].resource.extension]",
        "  • Indicateur U : urgence attestée",
        "  • Dans le parcours : structure humanitaire",
        "  • Médecin traitant supposé déclaré.",
        "  • eloignement = attestation : Aucun texte ne fixe de distance.",
        "  • Âge du patient : 45 [Bundle.entry[1].resource.birthDate]",
        "Remarques",
        "  • Bundle.entry[3] : Ressource ignorée.",
        "Droit 2026.11, logiciel 0.1.0",
    ],
)
def test_the_whole_answer_is_shown_in_whole_lines(line: str, decision: Decision, lecture: Lecture) -> None:
    problem = Problem("Bundle.entry[3]", "invalid", "Ressource ignorée.", "warning")
    noted = dataclasses.replace(lecture, problems=(problem,))
    assert line in shown(decision, noted).splitlines()


@pytest.mark.parametrize("position", list(Position))
def test_colours_are_for_terminals(position: Position, decision: Decision, lecture: Lecture) -> None:
    answer = dataclasses.replace(decision, position=position)
    assert "\x1b[" not in shown(answer, lecture)
    assert "\x1b[" in shown(answer, lecture, terminal=True)


def test_a_part_with_nothing_to_say_has_no_heading(decision: Decision, lecture: Lecture) -> None:
    bare = dataclasses.replace(
        decision,
        motifs=(),
        manquants=(),
        alternatives=(),
        avertissements=(),
        politiques=(),
        faits=(),
        facturation=Facturation(indicateur=None, declaration_mt=None, top_mt=None),
    )
    lines = shown(bare, lecture).splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Dans le parcours de soins coordonnés",
        "Indicateur de parcours O, soins du 10/03/2026",
        "Effets",
        "Droit 2026.11, logiciel 0.1.0",
    ]
