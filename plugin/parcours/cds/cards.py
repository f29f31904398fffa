"""A ``Decision`` as a card: one sentence, why, by which law, what would change it, what can be done.

A card is only for what is left to do. French (or English) is said sentence by sentence; of the caller's
words only the name of the insurer is repeated.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from parcours import VERSION_LOGICIEL
from parcours.cds.judged import Judged
from parcours.cds.language import Element, Langue
from parcours.cds.markdown import escaped, joined, link, section
from parcours.cds.options import Sujet
from parcours.cds.reasons import offered
from parcours.domain.decision import Decision, Effet, Motif, Position, Reponse
from parcours.fhir.declaration_systems import QUESTIONNAIRE
from parcours.fhir.published import by_url
from parcours.fhir.reading_couverture import ASSUREUR
from parcours.wording import EFFETS, REPONSES, alternatives, citation, code_facture, fait, manque

SUMMARY: Final = 140
"""Characters; a summary has fewer."""
_LABEL: Final = 80
_TOPIC: Final = "http://terminology.hl7.org/CodeSystem/cdshooks-card-type"
_TOPICS: Final = {
    Sujet.COUT: "Cost",
    Sujet.FACTURE: "Claim",
    Sujet.DECLARATION: "Insurance",
    Sujet.ADRESSAGE: "Network",
}
_PAYER: Final = "Assurance Maladie"
_NO_MT: Final = "Aucun médecin traitant déclaré"
_READY: Final = "déclaration prête à signer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carte:
    """What a card says, before it is dressed.

    ``graine`` is the decision it tells, ``rang`` the number of that decision in the call; ``visite`` opens
    the summary and ``associated`` (``Type/id``) names the resource, where a call may bring several.
    ``launch``: where the visit is opened in this service (SMART), by a software that does so.
    """

    sujet: Sujet
    phrases: Sequence[str]
    detail: Sequence[str]
    motifs: Sequence[Motif]
    insurer: str
    graine: str
    rang: int = 1
    proposed: Sequence[Element] = ()
    visite: str = ""
    associated: str | None = None
    launch: str | None = None


def subject(judged: Judged) -> Sujet | None:
    """What there is to tell of a visit; ``None`` when nothing is left to do."""
    decision = judged.decision
    if decision.position is Position.HORS:
        return Sujet.COUT
    if decision.position is Position.INDETERMINE:
        return Sujet.FACTURE
    if judged.proposed:
        return Sujet.DECLARATION
    return Sujet.FACTURE if decision.manquants else None


def visit_card(judged: Judged, sujet: Sujet, langue: Langue, rang: int) -> Carte:
    """The card of one visit."""
    decision = judged.decision
    return Carte(
        sujet=sujet,
        phrases=_sentences(judged),
        detail=list(_detail(judged, langue)),
        motifs=decision.motifs,
        insurer=judged.lecture.contexte.insurer,
        graine=decision.id,
        rang=rang,
        proposed=judged.proposed,
    )


def unjudged(sujet: Sujet, manque: str, graine: str, rang: int, langue: Langue) -> Carte:
    """The card of what could not be judged, and what is missing for it."""
    return Carte(
        sujet=sujet,
        phrases=[f"Parcours indéterminé, il manque : {manque}."],
        detail=[section(langue.dire("Il manque"), [_said(manque, langue)])],
        motifs=(),
        insurer=ASSUREUR,
        graine=graine,
        rang=rang,
    )


def card(carte: Carte, instance: str, langue: Langue) -> Element:
    """The card as CDS Hooks wants it. The same decision in the same call always makes the same card."""
    name = uuid.uuid5(uuid.UUID(carte.graine), f"{carte.sujet}:{carte.rang}:{instance}")
    laws = [m for m in carte.motifs if m.url]
    dressed: Element = {
        "uuid": str(name),
        "summary": summary(carte.visite, carte.phrases, langue),
        "detail": joined(carte.detail),
        "indicator": "info",
        "source": _source(carte, laws),
        "overrideReasons": offered(carte.sujet, langue, declaration=bool(carte.proposed)),
        "links": [*_page(carte, langue), *(_law(motif, langue) for motif in laws)],
    }
    if carte.proposed:
        dressed |= {"suggestions": [_suggestion(carte, name, langue)], "selectionBehavior": "at-most-one"}
    if carte.associated:
        dressed["extension"] = {"davinci-crd.associated-resource": [carte.associated]}
    return {key: value for key, value in dressed.items() if value not in ("", [])}


def summary(visite: str, phrases: Iterable[str], langue: Langue) -> str:
    """As many of the sentences as a summary holds, the first one cut if it must be."""
    told = ""
    for phrase in phrases:
        longer = f"{told} {langue.dire(phrase)}" if told else langue.dire(f"{visite}{phrase}")
        if len(longer) >= SUMMARY:
            break
        told = longer
    return told or _cut(langue.dire(f"{visite}{next(iter(phrases))}"))


def _cut(text: str) -> str:
    return f"{text[: SUMMARY - 2].rsplit(' ', 1)[0]}…"


# ---------------------------------------------------------------- in one sentence


def _sentences(judged: Judged) -> list[str]:
    decision = judged.decision
    if decision.position is Position.INDETERMINE:
        return list(_undetermined(decision))
    first = _out(decision) if decision.position is Position.HORS else _in(decision)
    sentences = [first]
    if judged.proposed:
        sentences.append(f"{_NO_MT} : {_READY}.")
    elif decision.manquants:
        sentences.append(f"Pour la facture, il manque : {_names(decision)}.")
    return sentences


def _out(decision: Decision) -> str:
    return f"Hors parcours, {code_facture(decision)} : {_cost(decision)}."


def _cost(decision: Decision) -> str:
    if decision.effets.get(Effet.PRISE_EN_CHARGE) is Reponse.NON:
        return "visite non remboursée"
    rate = decision.remboursement.taux if decision.remboursement else None
    if rate is not None:
        return f"remboursement à {rate} %"
    increase = decision.effets.get(Effet.MAJORATION)
    if increase is Reponse.NON:
        return "sans majoration"
    return "remboursement réduit" if increase is Reponse.OUI else "majoration à déterminer"


def _in(decision: Decision) -> str:
    place = "Non concerné" if decision.position is Position.NON_CONCERNE else "Dans le parcours"
    return f"{place}, {code_facture(decision)}."


def _undetermined(decision: Decision) -> Iterator[str]:
    """The facts by name if they fit, else how many they are."""
    count = len(decision.manquants)
    if not count:
        yield "Parcours indéterminé : les données se contredisent."
        return
    named = f"Parcours indéterminé, il manque : {_names(decision)}."
    several = "information manque" if count == 1 else "informations manquent"
    yield named if len(named) < SUMMARY else f"Parcours indéterminé : {count} {several}."


def _names(decision: Decision) -> str:
    return ", ".join(fait(manquant.fait).lower() for manquant in decision.manquants)


# ---------------------------------------------------------------- why, and what else


def _detail(judged: Judged, langue: Langue) -> Iterator[str]:
    decision, dire = judged.decision, langue.dire
    yield section(dire("Il manque"), (_said(manque(m), langue) for m in decision.manquants))
    yield section(dire("Pourquoi"), (ground(motif, langue) for motif in decision.motifs))
    if decision.position is Position.HORS:
        yield section(dire("Conséquences"), _effects(decision, langue))
    yield section(dire("Sur la facture"), [_said(code_facture(decision), langue)])
    others = (_said(line, langue) for line in alternatives(decision.alternatives))
    yield section(dire("Ce qui changerait la réponse"), others)
    yield section(dire("À vérifier"), (_said(a.texte, langue) for a in decision.avertissements))
    if judged.proposed:
        yield section(dire("Sans ce bouton"), [_said(BY_HAND, langue)])


BY_HAND: Final = "faire signer le formulaire S3704 au patient et au médecin, puis l’adresser à la caisse"


def ground(motif: Motif, langue: Langue) -> str:
    """A legal ground, with the text of that day and where to read it."""
    said = langue.dire(motif.titre.rstrip("."))
    text = langue.dire(citation(motif))
    return f"{escaped(said)} ({link(text, motif.url) if motif.url else escaped(text)})"


def _effects(decision: Decision, langue: Langue) -> Iterator[str]:
    for effet, reponse in decision.effets.items():
        yield _said(f"{EFFETS[effet]} : {REPONSES[reponse]}", langue)


def _said(text: str, langue: Langue) -> str:
    return escaped(langue.dire(text))


# ---------------------------------------------------------------- who says so, and what can be done


def _source(carte: Carte, laws: Sequence[Motif]) -> Element:
    label = _PAYER if carte.insurer == ASSUREUR else _visible(carte.insurer) or _PAYER
    topic = {"system": _TOPIC, "code": str(carte.sujet), "display": _TOPICS[carte.sujet]}
    url = {"url": laws[0].url} if laws else {}
    return {"label": label, **url, "topic": topic}


def _visible(text: str) -> str:
    """The words of a caller on one line: no mark of HTML, no control, none that turns the writing around."""
    plain = (c for c in text if c not in "<>" and (c.isspace() or unicodedata.category(c)[0] != "C"))
    shown = (" " if c.isspace() else c for c in plain)
    return " ".join("".join(shown).split())[:_LABEL].rstrip()


def _page(carte: Carte, langue: Langue) -> Iterator[Element]:
    """Our page on the visit that is open. Its software says which one: the link holds nothing of it."""
    if carte.launch:
        label = langue.dire("Ouvrir l’analyse de la visite")
        yield {"label": label, "url": carte.launch, "type": "smart"}


def _law(motif: Motif, langue: Langue) -> Element:
    return {"label": langue.dire(motif.texte), "url": motif.url, "type": "absolute"}


def _suggestion(carte: Carte, name: uuid.UUID, langue: Langue) -> Element:
    """The prepared declaration: three creations that a person chooses to make. Nothing is signed or sent."""
    actions = [
        _create("Ajouter le formulaire s’il n’est pas déjà là", langue, _form())
        | {"extension": {"davinci-crd.if-none-exist": f"url={QUESTIONNAIRE}&version={VERSION_LOGICIEL}"}},
        *(_create(_ADD[r["resourceType"]], langue, langue.ressource(r)) for r in carte.proposed),
    ]
    return {
        "label": langue.dire("Préparer la déclaration"),
        "uuid": str(uuid.uuid5(name, "declaration")),
        "isRecommended": True,
        "actions": actions,
    }


_ADD: Final = {
    "QuestionnaireResponse": "Ajouter la déclaration préremplie, à relire et à signer",
    "Task": "Ajouter la tâche : faire signer la déclaration et l’adresser à la caisse",
}


def _create(description: str, langue: Langue, resource: Element | msgspec.Raw) -> Element:
    return {"type": "create", "description": langue.dire(description), "resource": resource}


def _form() -> msgspec.Raw:
    return msgspec.Raw(by_url("Questionnaire")[QUESTIONNAIRE].body)
