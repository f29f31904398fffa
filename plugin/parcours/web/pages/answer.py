"""The answer on one visit, as a person would explain it: what the trial and the opened visit both show.

Everything is computed here in French, from the decision and the path; templates only put it in place, and in
the language of who looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from parcours.domain.chemin import Chemin
from parcours.domain.decision import (
    Decision,
    Effet,
    Facturation,
    FaitRetenu,
    Manquant,
    MedecinFacture,
    Motif,
    Position,
    Reponse,
)
from parcours.domain.reimbursement import Remboursement
from parcours.errors import Problem
from parcours.law.invoice_codes import DEMANDE_LA_DECLARATION, SANS_OBJET
from parcours.money_in_words import Row, act, parts, rows, summary
from parcours.pictures.euros import Share, bar
from parcours.pictures.path import Mark
from parcours.web.pages.facts_in_words import ORIGINS, in_words
from parcours.web.pages.path_view import POSITION_MARKS, Step, drawn, steps
from parcours.web.pages.shell import Say
from parcours.wording import (
    EFFETS,
    INCONNU,
    POSITIONS,
    REPONSES,
    alternatives,
    citation,
    code_facture,
    euros,
    fait,
    jour,
)

SITUATIONS: Final = {
    "T": "Médecin traitant",
    "N": "Nouveau médecin traitant",
    "R": "Médecin traitant remplacé",
    "O": "Patient orienté par le médecin traitant",
    "M": "Patient orienté par un autre médecin",
    "J": "Généraliste récemment installé",
    "B": "Médecin installé en zone sous-dense",
    "H": "Hors résidence habituelle",
    "D": "Accès direct spécifique",
    "S1": "Hors accès direct spécifique",
    "S2": "Non-respect du parcours, autre médecin",
    "U": "Urgence",
    "A": "Acte de l’article D162-1-6",
    "X": "Exclusion : rien à saisir",
}
"""What the billing screen calls each code."""

SHARES: Final = {
    "amo": "Assurance maladie",
    "complementaire_max": "Complémentaire, au plus",
    "majoration": "Majoration, au patient",
    "participation_forfaitaire": "Participation forfaitaire, au patient",
    "depassement": "Dépassement, au patient",
    "reste": "Reste, au patient",
    INCONNU: "Partage inconnu",
}
"""Who bears each part of a bill."""

_BLANK: Final = "laissé vide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One legal effect and its finding."""

    label: str
    told: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One fact: its label, its value in words, where it was read; ``path`` when that is a FHIRPath."""

    label: str
    told: str
    origin: str
    path: bool
    day: str
    supposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of a bill that has several."""

    label: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a visit pays: the bar, the sentences that compute it, and every amount with its text."""

    summary: str
    picture: Markup | None
    acts: Sequence[Act]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything a page shows of one decision, in French."""

    decision: Decision
    title: str
    mark: Mark
    code: str
    code_label: str
    sentence: str
    day: str
    invoice: Sequence[tuple[str, str]]
    picture: Markup
    path: Sequence[tuple[str, Sequence[Step]]]
    motifs: Sequence[tuple[Motif, str]]
    money: Money | None
    effects: Sequence[Effect]
    missing: Sequence[tuple[str, Manquant]]
    alternatives: Sequence[str]
    facts: Sequence[Known]
    remarks: Sequence[Problem]
    supposed: Sequence[str]
    difference: str


def answer(
    decision: Decision,
    chemin: Chemin,
    say: Say,
    *,
    remarks: Sequence[Problem] = (),
    supposed: Sequence[str] = (),
    real: Decision | None = None,
) -> Answer:
    """The answer to show. ``supposed``: the hypotheses under which it holds; ``real``: the one without."""
    return Answer(
        decision=decision,
        title=POSITIONS[decision.position],
        mark=POSITION_MARKS[decision.position],
        code=decision.situation or "",
        code_label=SITUATIONS.get(decision.situation or "", _capital(code_facture(decision))),
        sentence=_sentence(decision),
        day=jour(decision.date_des_soins),
        invoice=tuple(_invoice(decision)),
        picture=drawn(chemin, decision, say),
        path=steps(chemin),
        motifs=[(motif, citation(motif)) for motif in decision.motifs],
        money=_money(decision.remboursement, say),
        effects=[_effect(code, value) for code, value in decision.effets.items()],
        missing=[(fait(missing.fait), missing) for missing in decision.manquants],
        alternatives=alternatives(decision.alternatives),
        facts=[_known(known) for known in decision.faits],
        remarks=remarks,
        supposed=supposed,
        difference=difference(real, decision) if real else "",
    )


# ---------------------------------------------------------------- the verdict


def _sentence(decision: Decision) -> str:
    """Why, in one sentence."""
    if decision.position is Position.INDETERMINE:
        return "Un fait qui manque décide : il est nommé plus bas, avec ce que chaque valeur changerait."
    return f"{decision.motifs[0].titre.rstrip('.')}." if decision.motifs else ""


def difference(real: Decision, supposed: Decision) -> str:
    """What hypotheses change in an answer, in a few words."""
    changes = list(_changes(real, supposed))
    return ", ".join(changes) if changes else "la réponse ne change pas"


def _changes(real: Decision, supposed: Decision) -> Iterator[str]:
    if supposed.position is not real.position:
        yield _lower(POSITIONS[supposed.position])
    if supposed.situation != real.situation:
        yield f"{code_facture(supposed)}{_instead(real.situation)}"
    before, after = real.remboursement, supposed.remboursement
    for name, label in (("amo", "payé par l’assurance maladie"), ("reste_a_charge", "reste à charge")):
        was, is_ = (getattr(paid, name) if paid else None for paid in (before, after))
        if was != is_:
            yield f"{label} {euros(is_)}{_instead(euros(was))}"


def _instead(was: str | None) -> str:
    return f" au lieu de {was}" if was else ""


# ---------------------------------------------------------------- the invoice


def _invoice(decision: Decision) -> Iterator[tuple[str, str]]:
    """What the billing screen will ask for, and what to answer."""
    asked = decision.facturation
    if asked.indicateur in DEMANDE_LA_DECLARATION:
        yield "Médecin traitant déclaré ?", asked.declaration_mt or INCONNU
    if asked.top_mt != SANS_OBJET:
        yield "Top médecin traitant", asked.top_mt or INCONNU
    yield from _named(asked.medecin)
    yield from _days(asked)
    if decision.position is Position.INDETERMINE:
        return
    yield "Lettre transmise dans la facture (IPS)", _code(decision.ips)
    yield "Code transmis au SNDS (QTP)", _code(decision.qtp)
    yield "Code que la caisse peut calculer (QCP)", " ou ".join(decision.qcp_attendu) or INCONNU


def _named(medecin: MedecinFacture | None) -> Iterator[tuple[str, str]]:
    if medecin is not None:
        yield "Nom du médecin à porter sur la facture", medecin.nom or INCONNU
        yield "Prénom du médecin à porter sur la facture", medecin.prenom or INCONNU
        yield "Identifiant du médecin à porter sur la facture", medecin.identifiant or INCONNU


def _days(asked: Facturation) -> Iterator[tuple[str, str]]:
    if asked.indicateur == "J":
        yield (
            "Date de première installation",
            jour(asked.date_installation) if asked.date_installation else INCONNU,
        )
    if asked.indicateur == "B":
        day = asked.date_installation_zone
        yield "Date d’installation en zone sous-dense", jour(day) if day else INCONNU


def _code(code: str | None) -> str:
    return _BLANK if code == SANS_OBJET else code or INCONNU


# ---------------------------------------------------------------- the money


def _money(paid: Remboursement | None, say: Say) -> Money | None:
    if paid is None:
        return None
    return Money(
        summary=summary(paid),
        picture=_bar(paid, say),
        acts=[Act(label=act(line), sentence=line.calcul) for line in paid.lignes],
        rows=list(rows(paid)),
    )


def _bar(paid: Remboursement, say: Say) -> Markup | None:
    """Who bears the bill, drawn; nothing when nothing was billed."""
    shares = [
        Share(kind=part.name, label=say(SHARES[part.name]), amount=part.amount, told=say(euros(part.amount)))
        for part in parts(paid)
    ]
    if not any(share.amount for share in shares):
        return None
    told = " ; ".join(f"{share.label} {share.told}" for share in shares if share.amount)
    return bar(say("Qui paie la visite"), told, shares, name="euros")


# ---------------------------------------------------------------- effects and facts


def _effect(code: Effet, value: Reponse) -> Effect:
    """An effect in the colour of what it means to the patient."""
    if value is Reponse.INCONNU:
        mark = Mark.INCONNU
    else:
        mark = Mark.OUI if (value is Reponse.OUI) is (code is Effet.PRISE_EN_CHARGE) else Mark.NON
    return Effect(label=EFFETS[code], told=REPONSES[value], mark=mark)


def _known(known: FaitRetenu) -> Known:
    word = ORIGINS.get(known.origine)
    return Known(
        label=fait(known.fait),
        told=in_words(known.fait, known.valeur),
        origin=word or known.origine,
        path=word is None,
        day=jour(known.date) if known.date else "",
        supposed=known.origine == "suppose",
    )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
