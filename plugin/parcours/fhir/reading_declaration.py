"""The door of the declaration: bytes to the facts of a form. Same checks as for a visit; no visit needed.

The beneficiary is never guessed among several: twins on one request are asked about, not chosen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

from parcours.domain.calendar import Naissance
from parcours.domain.declaration_facts import (
    Beneficiaire,
    FaitsDeclaration,
    Lu,
    MedecinChoisi,
)
from parcours.domain.facts import Medecin
from parcours.errors import Problem, UnreadableBundle
from parcours.fhir.dates import bornes, jour
from parcours.fhir.declaration_elements import (
    PatientDetail,
    RelatedPersonDetail,
    detail,
)
from parcours.fhir.dossier import Dossier, Node, open_dossier
from parcours.fhir.elements import Appointment, Coverage, Encounter, Patient, Practitioner, Reference
from parcours.fhir.encounter import Rencontre, day_is_partial, rencontre
from parcours.fhir.envelope import open_envelope
from parcours.fhir.frame import Cadre, Sujet, sujet
from parcours.fhir.json_door import Limits, check_json
from parcours.fhir.people import Annuaire, Professionnel
from parcours.fhir.places import departement, lieu, residence
from parcours.fhir.practice import pratique
from parcours.fhir.reading import LAST_YEAR
from parcours.fhir.reading_assure import assure, code_organisme, organisme, related, representants
from parcours.fhir.reading_couverture import couvertures
from parcours.fhir.reading_designe import medecin_choisi
from parcours.fhir.reading_identite import Moment, est_qualifiee, identite, numeros
from parcours.fhir.reading_praticien import Consulte, consulte
from parcours.fhir.reading_traitant import traitants
from parcours.fhir.wordings import MEDECIN_AMBIGU

_LIMITS: Final = Limits()
_SANS_PATIENT: Final = "aucun patient : une déclaration a un bénéficiaire"
_PLUSIEURS_PATIENTS: Final = (
    "plusieurs bénéficiaires possibles : une déclaration par personne, à désigner par Encounter.subject, "
    "Coverage.beneficiary ou RelatedPerson.patient"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LectureDeclaration:
    """What was understood: the facts, whom the answer is about, and remarks (never of severity ``error``).

    ``patient`` has no reference when nothing outside the request could designate him.
    """

    faits: FaitsDeclaration
    patient: Reference
    encounter: Reference | None
    problems: tuple[Problem, ...]


def read_declaration(
    body: bytes, today: dt.date, *, strict: bool = False, limits: Limits = _LIMITS
) -> LectureDeclaration:
    """Read a request. The day is that of its visit, else ``today``.

    Raises ``MalformedInput``, ``TooLarge`` or ``UnreadableBundle`` (no patient, or no telling which).
    """
    check_json(body, limits)
    dossier = open_dossier(open_envelope(body, limits))
    cadre, found = _cadre(dossier, today)
    faits = _faits(cadre, found)
    problems = dossier.problems(strict=strict)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise UnreadableBundle(errors)
    visit = cadre.rencontre.node if cadre.rencontre.is_encounter else None
    return LectureDeclaration(
        faits=faits,
        patient=_reference(cadre.sujet.node) or Reference(),
        encounter=_reference(visit),
        problems=problems,
    )


# ---------------------------------------------------------------- who, which day, which doctor


def _cadre(dossier: Dossier, today: dt.date) -> tuple[Cadre, Consulte | Professionnel | None]:
    visited = bool(dossier.of(Encounter) or dossier.of(Appointment))
    meeting = rencontre(dossier) if visited else _sans_visite(dossier, today)
    subject = sujet(dossier, meeting)
    if subject.node is None:
        raise _refusal(dossier, _PLUSIEURS_PATIENTS if dossier.of(Patient) else _SANS_PATIENT)
    place = lieu(dossier, meeting.node, list(meeting.locations), (meeting.provider, "serviceProvider"), ())
    day = jour(meeting.start, place.zone)
    if day is None or day.year > LAST_YEAR:
        raise day_is_partial(meeting.node, meeting.start_path)
    annuaire = Annuaire(dossier, day, place.zone)
    found: Consulte | Professionnel | None = consulte(annuaire, meeting, None) if visited else None
    found = found or _le_seul(annuaire, subject)
    cadre = Cadre(
        dossier=dossier,
        annuaire=annuaire,
        rencontre=meeting,
        sujet=subject,
        jour=day,
        zone=place.zone,
        professionnel=found.professionnel if isinstance(found, Consulte) else found,
        pratique=None,
    )
    return cadre, found


def _sans_visite(dossier: Dossier, today: dt.date) -> Rencontre:
    """What stands in for a visit when none came: the patient, today."""
    patient = _beneficiaire_designe(dossier)
    return Rencontre(
        node=patient,
        start=today.isoformat(),
        start_path="",
        # Without any name he can only be the one patient of the request.
        subject=(None if patient.key == patient.path else Reference(reference=patient.key), ""),
        participants=(),
        based_on=(),
        types=(),
        types_path="",
        is_encounter=False,
    )


def _beneficiaire_designe(dossier: Dossier) -> Node[Patient]:
    """The one patient that coverages and related persons are about, else the only one."""
    patients = dossier.of(Patient)
    if not patients:
        raise _refusal(dossier, _SANS_PATIENT)
    if len(patients) == 1:
        return patients[0]
    named = {
        dossier.key_of(ref, node)
        for node, ref in (
            *((node, node.resource.beneficiary) for node in dossier.of(Coverage)),
            *((node, detail(RelatedPersonDetail, node).patient) for node in related(dossier)),
        )
        if ref is not None
    }
    chosen = [patient for patient in patients if patient.key in named]
    if len(chosen) != 1:
        raise _refusal(dossier, _PLUSIEURS_PATIENTS)
    return chosen[0]


def _refusal(dossier: Dossier, text: str) -> UnreadableBundle:
    return UnreadableBundle([Problem(dossier.anywhere("Patient"), "business-rule", text)])


def _le_seul(annuaire: Annuaire, subject: Sujet) -> Professionnel | None:
    """The only professional of the request who is not merely the médecin traitant so far."""
    dossier = annuaire.dossier
    found: dict[str | Medecin, Professionnel] = {}
    for role, medecin in annuaire.roles:
        key = medecin.rpps or medecin.ressource or medecin
        found[key] = _avec(found.get(key), annuaire.de_role(role))
    for node in dossier.of(Practitioner):
        ref = Reference(reference=node.key)
        who = annuaire.professionnel(ref, node, "")
        if who:
            found.setdefault(who.medecin.rpps or who.medecin.ressource or who.medecin, who)
    others = [who for who in found.values() if not _deja_designe(dossier, subject, who)]
    chosen = others or list(found.values())
    if len(chosen) > 1:
        dossier.warn(MEDECIN_AMBIGU)
    return chosen[0] if len(chosen) == 1 else None


def _avec(known: Professionnel | None, found: Professionnel) -> Professionnel:
    """One professional in several activities: none of them is chosen for him."""
    if known is None:
        return found
    return Professionnel(medecin=known.medecin, praticien=known.praticien, roles=(*known.roles, *found.roles))


def _deja_designe(dossier: Dossier, subject: Sujet, who: Professionnel) -> bool:
    """Is he named by the patient's record itself: declared, or usual doctor?"""
    patient = subject.node
    if patient is None:
        return False
    refs = [
        *patient.resource.general_practitioner,
        *(part.value_reference for e in patient.resource.extension for part in e.extension),
    ]
    keys = {dossier.key_of(ref, patient) for ref in refs if ref}
    theirs = {who.medecin.ressource, *(role.key for role in who.roles)} - {None}
    return bool(keys & theirs)


# ---------------------------------------------------------------- the facts


def _faits(cadre: Cadre, found: Consulte | Professionnel | None) -> FaitsDeclaration:
    covered = couvertures(cadre)
    declared = traitants(cadre, ()).declarations
    moment = Moment(cadre.jour, cadre.zone)
    who = _beneficiaire(cadre, moment)
    return FaitsDeclaration(
        jour=cadre.jour,
        beneficiaire=who,
        assure=assure(cadre, covered, moment),
        medecin=_medecin(cadre, found, declared),
        confreres=_confreres(cadre),
        representants=tuple(representants(cadre, moment)),
        declarations=declared,
        couvertures=frozenset(covered.kinds),
        regime=covered.regime,
        caisse=covered.caisse,
        organisme=organisme(covered),
        code_organisme=code_organisme(covered),
        avertissements=cadre.dossier.avertissements,
    )


def _medecin(cadre: Cadre, found: Consulte | Professionnel | None, declared: Any) -> MedecinChoisi | None:
    if cadre.professionnel is None:
        return None
    practice = pratique(cadre.annuaire, cadre.professionnel).praticien
    if isinstance(found, Consulte) and found.remplace:
        practice = replace(practice, remplacant=True, remplace=found.remplace)
    return medecin_choisi(cadre, cadre.professionnel, practice, declared)


def _confreres(cadre: Cadre) -> bool:
    """Does another professional of the request exercise in the same premises?"""
    roles = cadre.professionnel.roles if cadre.professionnel else ()
    here = {cadre.dossier.key_of(role.resource.organization, role) for role in roles} - {None}
    return any(
        role not in roles and cadre.dossier.key_of(role.resource.organization, role) in here
        for role, _ in cadre.annuaire.roles
    )


def _beneficiaire(cadre: Cadre, moment: Moment) -> Beneficiaire:
    node = cadre.sujet.node
    if node is None:
        return Beneficiaire()
    patient = detail(PatientDetail, node)
    qualifiee = est_qualifiee(patient.extension)
    return Beneficiaire(
        cle=node.key,
        identite=identite(node, patient.name, patient.address, moment),
        naissance=_naissance(cadre, node, patient.birth_date),
        numeros=tuple(numeros(node, patient.identifier, moment, qualifiee=qualifiee)),
        identite_qualifiee=qualifiee,
        rang=_rang(node, patient),
        departement=_departement(cadre, node),
    )


def _naissance(cadre: Cadre, node: Node[Patient], text: str | None) -> Lu[Naissance] | None:
    days = bornes(text, cadre.zone)
    if days is None:
        return None
    if days[0] > cadre.jour:
        cadre.dossier.problem(
            node.at("birthDate"), "value", "la naissance est postérieure aux soins", "error"
        )
        return None
    return Lu(Naissance(*days), node.at("birthDate"))


def _rang(node: Node[Patient], patient: PatientDetail) -> Lu[int] | None:
    if patient.multiple_birth_integer is not None:
        return Lu(patient.multiple_birth_integer, node.at("multipleBirthInteger"))
    return Lu(0, node.at("multipleBirthBoolean")) if patient.multiple_birth_boolean else None


def _departement(cadre: Cadre, node: Node[Patient]) -> Lu[str] | None:
    home = residence(node.resource.address, cadre.jour, cadre.zone)
    if home is not None:
        return Lu(home[1], node.at(f"address[{home[0]}]"))
    found = [(i, code) for i, a in enumerate(node.resource.address) if (code := departement(a))]
    return Lu(found[0][1], node.at(f"address[{found[0][0]}]")) if len(found) == 1 else None


def _reference(node: Node[Any] | None) -> Reference | None:
    """A reference to a resource of the request, as the answer may repeat it: never one into a container."""
    if node is None or node.container is not None:
        return None
    if node.resource.id:
        return Reference(reference=f"{node.type}/{node.resource.id}")
    return Reference(reference=node.key) if node.key != node.path else None
