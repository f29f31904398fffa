"""One evaluation in French on a terminal; plain lines when nobody watches."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from parcours.domain.decision import Decision, MedecinFacture, Motif, Position
from parcours.service import Evaluation
from parcours.wording import (
    EFFETS,
    POSITIONS,
    REPONSES,
    alternative,
    citation,
    code_facture,
    fait,
    jour,
    manque,
)

STYLES = {
    Position.DANS: "bold green",
    Position.HORS: "bold red",
    Position.NON_CONCERNE: "bold cyan",
    Position.INDETERMINE: "bold yellow",
}


def printable(text: str) -> str:
    """Text that cannot steer a terminal: what a caller wrote may hold escape sequences."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def explain(console: Console, evaluation: Evaluation, title: str | None = None) -> None:
    """Print verdict, code to pick, grounds, what is missing, what else, warnings, readings applied."""
    decision = evaluation.decision
    if title:
        _line(console, f"── {title}", "dim")
    _line(console, POSITIONS[decision.position], STYLES[decision.position])
    _line(console, f"{_capital(code_facture(decision))}, soins du {jour(decision.date_des_soins)}")
    for heading, lines in _sections(evaluation):
        _section(console, heading, lines)
    _line(console, f"Droit {decision.version_droit}, logiciel {decision.version_logiciel}", "dim")
    console.print()


def _sections(evaluation: Evaluation) -> Iterable[tuple[str, list[str]]]:
    decision = evaluation.decision
    yield "Motifs", [line for motif in decision.motifs for line in _motif(motif)]
    yield "Effets", [f"{EFFETS[code]} : {REPONSES[value]}" for code, value in decision.effets.items()]
    yield "À porter sur la facture", _facture(decision)
    yield "Il manque", [f"{manque(m)} [{m.chemin}]" for m in decision.manquants]
    yield "Ce qui changerait la réponse", [alternative(a) for a in decision.alternatives]
    yield "Avertissements", [a.texte for a in decision.avertissements]
    yield "Lectures retenues", [f"{p.politique} = {p.valeur} : {p.note}" for p in decision.politiques]
    yield "Faits", [f"{fait(f.fait)} : {f.valeur} [{f.origine}]" for f in decision.faits]
    yield (
        "Ignoré",
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


def _section(console: Console, heading: str, lines: list[str]) -> None:
    if not lines:
        return
    _line(console, heading, "bold")
    for line in lines:
        _line(console, f"  {line}" if line.startswith(" ") else f"  • {line}")


def _line(console: Console, text: str, style: str = "") -> None:
    # A terminal wraps; a file or a pipe gets whole lines, which can be searched.
    console.print(Text(printable(text), style=style), soft_wrap=not console.is_terminal)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
