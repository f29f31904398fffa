"""The door: bytes to facts. The one public entry is :func:`read_request`.

Whatever the bytes, the answer is a ``Lecture`` or an ``InputError``. What is absent stays unknown; what
is doubtful is dropped and said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from parcours.domain.calendar import Naissance
from parcours.domain.facts import Fait, Medecin, Origine, ParticipationsRetenues, Plan, Visite
from parcours.errors import Problem, UnreadableBundle
from parcours.fhir.dates import bornes, jour
from parcours.fhir.dossier import Dossier, Node, open_dossier
from parcours.fhir.elements import Claim, Identifier, Patient, PractitionerRole, Reference
from parcours.fhir.encounter import Rencontre, day_is_partial, rencontre
from parcours.fhir.envelope import Envelope, open_envelope
from parcours.fhir.frame import Cadre, Sujet, sujet
from parcours.fhir.json_door import Limits, check_json
from parcours.fhir.paths import chemins, origines
from parcours.fhir.people import Annuaire
from parcours.fhir.places import PARIS, Lieu, lieu, residence
from parcours.fhir.practice import pratique
from parcours.fhir.reading_actes import Actes, actes_factures, facture
from parcours.fhir.reading_adressage import Adressages, adressages
from parcours.fhir.reading_couverture import ASSUREUR, Couvertures, couvertures
from parcours.fhir.reading_patient import a_verifier
from parcours.fhir.reading_plan import plans
from parcours.fhir.reading_praticien import Consulte, consulte
from parcours.fhir.reading_praticien import origines as origines_consulte
from parcours.fhir.reading_traitant import traitants
from parcours.fhir.reading_visite import actes, circonstances, mode
from parcours.fhir.validity import Validate

__all__ = ["Contexte", "Lecture", "Limits", "Validate", "read_request"]

_MAX_AGE: Final = 130
LAST_YEAR: Final = 2199
"""Anniversaries must stay within what a date can say; no visit is booked that far ahead."""
MAX_PERSONNES: Final = 100
"""Who refers, wrote a plan, shares the premises: each may be the médecin traitant, and is tried as such."""
_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexte:
    """What an answer in FHIR must echo. Names of people are not among it."""

    patient: Reference | None
    encounter: Reference | None
    praticien: Reference | None
    claim: Reference | None
    claim_identifier: Identifier | None
    coverages: tuple[Reference, ...]
    insurer: str
    facture: bool
    """Did an invoice come, whose lines the answer must number as it does?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """A request that was read: the facts, what to echo, and remarks (never of severity ``error``)."""

    visite: Visite
    contexte: Contexte
    problems: tuple[Problem, ...]


def read_request(
    body: bytes,
    *,
    strict: bool = False,
    submitted: bool = False,
    limits: Limits = _LIMITS,
    validate: Validate = "full",
) -> Lecture:
    """Read a request. Raises ``MalformedInput``, ``TooLarge`` or ``UnreadableBundle``.

    ``strict``: any structural problem refuses the request, even where the decision does not look.
    ``submitted``: an invoice is submitted, and stands first in the request.
    ``validate="read"``, for input validated before: what full validation accepts is read to the same facts.
    """
    check_json(body, limits)
    envelope = open_envelope(body, limits)
    dossier = open_dossier(envelope, validate)
    invoice = _submitted(dossier, envelope) if submitted else None
    visite, contexte = _read(dossier, invoice)
    problems = dossier.problems(strict=strict)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise UnreadableBundle(errors)
    return Lecture(visite=visite, contexte=contexte, problems=problems)


def _submitted(dossier: Dossier, envelope: Envelope) -> Node[Any]:
    """The invoice that opens the request; refuses a request that opens otherwise."""
    opening = envelope.entries[0].path if envelope.entries else envelope.root
    first = next((node for node in dossier.nodes if node.path == opening), None)
    if first is None or first.type != "Claim":
        text = "la première ressource doit être la facture (Claim), suivie de la visite (Encounter)"
        raise UnreadableBundle([Problem(opening, "business-rule", text)])
    return first


def _read(dossier: Dossier, submitted: Node[Any] | None) -> tuple[Visite, Contexte]:
    meeting = rencontre(dossier)
    subject = sujet(dossier, meeting)
    claim = facture(dossier, meeting, subject)
    if submitted is not None and claim is not submitted:
        text = "la facture soumise est annulée, ou n'est pas celle de ce patient et de cette visite"
        dossier.problem(submitted.path, "business-rule", text, "error")
    cadre, found, place = _cadre(dossier, meeting, subject, claim)
    covered = couvertures(cadre)
    billed = actes_factures(cadre, claim)
    visite = _visite(cadre, found, place, covered, billed)
    return visite, _contexte(cadre, found, claim, covered)


def _cadre(
    dossier: Dossier, meeting: Rencontre, subject: Sujet, claim: Node[Claim] | None
) -> tuple[Cadre, Consulte | None, Lieu]:
    """Who, where, and only then which day: the clock is that of the place."""
    roughly = jour(meeting.start, PARIS)
    if roughly is None or roughly.year > LAST_YEAR:
        raise day_is_partial(meeting.node, meeting.start_path)
    annuaire = Annuaire(dossier, roughly, PARIS)
    found = consulte(annuaire, meeting, claim)
    roles = found.professionnel.roles if found else ()
    place = lieu(dossier, meeting.node, list(meeting.locations), (meeting.provider, "serviceProvider"), roles)
    day = jour(meeting.start, place.zone) or roughly
    if day != roughly:
        annuaire = Annuaire(dossier, day, place.zone)
        found = consulte(annuaire, meeting, claim)
    practice = pratique(annuaire, found.professionnel, place) if found else None
    cadre = Cadre(
        dossier=dossier,
        annuaire=annuaire,
        rencontre=meeting,
        sujet=subject,
        jour=day,
        zone=place.zone,
        professionnel=found.professionnel if found else None,
        pratique=practice,
    )
    return cadre, found, place


def _visite(cadre: Cadre, found: Consulte | None, place: Lieu, covered: Couvertures, billed: Actes) -> Visite:
    dossier, meeting, patient = cadre.dossier, cadre.rencontre, cadre.sujet.node
    how = mode(dossier, meeting)
    stated, groups = circonstances(dossier, meeting, how), actes(dossier, meeting)
    referred = adressages(cadre)
    declared = traitants(cadre, _jours(referred))
    agreed = plans(cadre)
    home = residence(patient.resource.address, cadre.jour, cadre.zone) if patient else None
    praticien = cadre.pratique.praticien if cadre.pratique else None
    if praticien and found and found.remplace:
        praticien = replace(praticien, remplace=found.remplace, remplacant=True)
    born = _naissance(cadre, patient)
    neighbours = _memes_locaux(cadre)
    _refuse_a_crowd(cadre, referred, [plan for plan, _ in agreed], neighbours)
    a_verifier(cadre)
    read = origines(cadre, place, stated, groups, covered, agreed, referred)
    read |= origines_consulte(found) | billed.origines | _origines_voisins(neighbours)
    return Visite(
        date=cadre.jour,
        naissance=born,
        praticien=praticien,
        declarations=declared.declarations,
        actes=frozenset(groups) if groups is not None else None,
        circonstances=frozenset(stated),
        couvertures=frozenset(covered.kinds),
        adressages=referred.adressages,
        plans=tuple(plan for plan, _ in agreed),
        mode=how,
        lieux=frozenset(place.natures),
        memes_locaux=tuple(neighbours),
        departement_residence=home[1] if home else None,
        departement_lieu=place.departement,
        regime=covered.regime,
        caisse=covered.caisse,
        actes_factures=billed.actes,
        participations=covered.participations[0] if covered.participations else ParticipationsRetenues(),
        origines=_known(read, born=born is not None, how=how is not None, home=home, patient=patient),
        chemins={**chemins(cadre, referred), Fait.FACTURE_ACTE: billed.chemin},
        avertissements=dossier.avertissements,
    )


def _refuse_a_crowd(
    cadre: Cadre, referred: Adressages, agreed: Sequence[Plan], neighbours: Mapping[Medecin, str]
) -> None:
    """One visit is the business of few: a request that names many would cost minutes, and is no visit."""
    letters = sum(1 + len(adressage.origines) for adressage in referred.adressages)
    authors = sum(len(plan.auteurs) for plan in agreed)
    if letters + authors + len(neighbours) > MAX_PERSONNES:
        text = f"plus de {MAX_PERSONNES} personnes qui adressent, planifient ou partagent les locaux"
        cadre.dossier.problem(cadre.rencontre.node.path, "too-long", text, "error")


def _known(
    read: dict[str, Origine],
    *,
    born: bool,
    how: bool,
    home: tuple[int, str] | None,
    patient: Node[Patient] | None,
) -> dict[str, Origine]:
    """Origins of facts that are known: the others have only a path where they would be."""
    if patient and home:
        read[Fait.RESIDENCE] = Origine(patient.at(f"address[{home[0]}]"))
    absent = {Fait.AGE} if not born else set()
    return {fait: o for fait, o in read.items() if fait not in (absent | (set() if how else {Fait.MODE}))}


def _jours(referred: Adressages) -> list[dt.date]:
    """Every day on which somebody wrote a referral of this visit."""
    days, waiting = [], list(referred.adressages)
    while waiting:
        adressage = waiting.pop()
        days += [adressage.date] if adressage.date else []
        waiting += adressage.origines  # one level: the origins are told flat
    return days


def _naissance(cadre: Cadre, patient: Node[Patient] | None) -> Naissance | None:
    days = bornes(patient.resource.birth_date, cadre.zone) if patient else None
    if patient is None or days is None:
        return None
    where = patient.at("birthDate")
    if days[0] > cadre.jour:
        cadre.dossier.problem(where, "value", "la naissance est postérieure aux soins", "error")
        return None
    if days[1].year < cadre.jour.year - _MAX_AGE:
        text = f"la naissance précède les soins de plus de {_MAX_AGE} ans"
        cadre.dossier.problem(where, "value", text, "error")
        return None
    return Naissance(*days)


def _memes_locaux(cadre: Cadre) -> dict[Medecin, str]:
    """Who exercises where the professional consulted does, and the FHIRPath that says so."""
    roles = cadre.professionnel.roles if cadre.professionnel else ()
    here = {key for role in roles for key in _places(cadre, role)}
    found: dict[Medecin, str] = {}
    for role, medecin in cadre.annuaire.roles:
        if role not in roles and here & _places(cadre, role):
            cadre.dossier.use(role)
            found.setdefault(medecin, role.path)
    return found


def _origines_voisins(neighbours: Mapping[Medecin, str]) -> dict[str, Origine]:
    named = ((medecin.rpps or medecin.ressource, path) for medecin, path in neighbours.items())
    return {f"{Fait.MEMES_LOCAUX}:{name}": Origine(path) for name, path in named}


def _places(cadre: Cadre, role: Node[PractitionerRole]) -> set[str]:
    refs = (role.resource.organization, *role.resource.location)
    return {key for ref in refs if (key := cadre.dossier.key_of(ref, role))}


def _contexte(
    cadre: Cadre, found: Consulte | None, claim: Node[Claim] | None, covered: Couvertures
) -> Contexte:
    meeting, patient = cadre.rencontre, cadre.sujet.node
    designated = meeting.subject[0]
    return Contexte(
        patient=designated if _says(designated) else _reference(patient),
        encounter=_reference(meeting.node) if meeting.is_encounter else None,
        praticien=found.ref if found else None,
        claim=_reference(claim),
        claim_identifier=next(iter(claim.resource.identifier), None) if claim else None,
        coverages=tuple(ref for node in covered.nodes if (ref := _reference(node))),
        insurer=covered.assureur.valeur if covered.assureur else ASSUREUR,
        facture=claim is not None,
    )


def _says(ref: Reference | None) -> bool:
    return ref is not None and (ref.reference is not None or ref.identifier is not None)


def _reference(node: Node[Any] | None) -> Reference | None:
    """A reference to a resource of the request, when it can be designated from outside."""
    if node is None:
        return None
    if node.resource.id:
        return Reference(reference=f"{node.type}/{node.resource.id}")
    return Reference(reference=node.key) if node.key != node.path else None
