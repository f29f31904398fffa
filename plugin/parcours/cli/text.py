"""One evaluation in French on a terminal; plain lines when nobody watches."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from parcours.cli.money import explain_money
from parcours.cli.printing import line, printable, section
from parcours.domain.decision import Decision, MedecinFacture, Motif, Position
from parcours.service import Evaluation
from parcours.wording import (
    EFFETS,
    POSITIONS,
    REPONSES,
    alternatives,
    citation,
    code_facture,
    fait,
    jour,
    manque,
)

__all__ = ["explain", "printable"]

STYLES = {
    Position.DANS: "bold green",
    Position.HORS: "bold red",
    Position.NON_CONCERNE: "bold cyan",
    Position.INDETERMINE: "bold yellow",
}


def explain(console: Console, evaluation: Evaluation, title: str | None = None) -> None:
    """Print verdict, code to pick, grounds, what is missing, what else, warnings, readings applied."""
    decision = evaluation.decision
    if title:
        line(console, f"── {title}", "dim")
    line(console, POSITIONS[decision.position], STYLES[decision.position])
    line(console, f"{_capital(code_facture(decision))}, soins du {jour(decision.date_des_soins)}")
    for heading, lines in _findings(decision):
        section(console, heading, lines)
    if decision.remboursement:
        explain_money(console, decision.remboursement)
    for heading, lines in _sections(evaluation):
        section(console, heading, lines)
    line(console, f"Droit {decision.version_droit}, logiciel {decision.version_logiciel}", "dim")
    console.print()


def _findings(decision: Decision) -> Iterable[tuple[str, list[str]]]:
    yield "Motifs", [told for motif in decision.motifs for told in _motif(motif)]
    yield "Effets", [f"{EFFETS[code]} : {REPONSES[value]}" for code, value in decision.effets.items()]


def _sections(evaluation: Evaluation) -> Iterable[tuple[str, list[str]]]:
    decision = evaluation.decision
    yield "À porter sur la facture", _facture(decision)
    yield "Il manque", [f"{manque(m)} [{m.chemin}]" for m in decision.manquants]
    yield "Ce qui changerait la réponse", alternatives(decision.alternatives)
    yield "Avertissements", [a.texte for a in decision.avertissements]
    yield "Lectures retenues", [f"{p.politique} = {p.valeur} : {p.note}" for p in decision.politiques]
    yield "Faits", [f"{fait(f.fait)} : {f.valeur} [{f.origine}]" for f in decision.faits]
    yield (
        "Remarques",
        [f"{p.expression} : {p.text}" if p.expression else p.text for p in evaluation.lecture.problems],
    )


def _motif(motif: Motif) -> list[str]:
    lines = [f"{motif.titre.rstrip('.')} ({citation(motif)})"]
    return [*lines, f"  {motif.url}"] if motif.url else lines


def _facture(decision: Decision) -> list[str]:
    facturation = decision.facturation
    dates = {
        "Installation le": facturation.date_installation,
        "Installation en zone le": facturation.date_installation_zone,
    }
    lines = {
        "Déclaration du médecin traitant": facturation.declaration_mt,
        "Top médecin traitant": facturation.top_mt,
        "Médecin": _medecin(facturation.medecin),
        **{label: jour(day) if day else None for label, day in dates.items()},
    }
    return [f"{label} : {value}" for label, value in lines.items() if value]


def _medecin(medecin: MedecinFacture | None) -> str:
    parts = (medecin.prenom, medecin.nom, medecin.identifiant) if medecin else ()
    return " ".join(part for part in parts if part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
