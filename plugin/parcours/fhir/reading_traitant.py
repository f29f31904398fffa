"""Who is declared as médecin traitant, best source first: declaration, circle of care, usual doctor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from parcours.domain.calendar import anniversary
from parcours.domain.facts import Declaration, Medecin, MotifFin, Origine, SourceTraitant, StatutTraitant
from parcours.fhir.dates import bornes, couvre, jour
from parcours.fhir.dossier import Node
from parcours.fhir.elements import CareTeam, Extension, Patient
from parcours.fhir.frame import Cadre
from parcours.fhir.people import PROFESSIONALS
from parcours.fhir.qualifications import codes
from parcours.fhir.systems import EXT_DECLARATION_MT, PARTICIPATION_FUNCTION, R259
from parcours.fhir.wordings import (
    CODE_INCONNU,
    DATE_TRAITANT_PARTIELLE,
    TRAITANT_AMBIGU,
    TRAITANT_CONTRADICTOIRE,
)

_VALUES: Final = {
    "statut": "value_code",
    "medecin": "value_reference",
    "debut": "value_date",
    "fin": "value_date",
    "dateSource": "value_date",
    "motifFin": "value_code",
    "source": "value_code",
}
_REPEATED: Final = frozenset({"medecin"})
_SOURCES: Final = {
    source.value: source
    for source in SourceTraitant
    if source not in (SourceTraitant.CERCLE_DE_SOINS, SourceTraitant.MEDECIN_HABITUEL)
}
_DEPARTS: Final = (MotifFin.RETRAITE, MotifFin.CHANGEMENT_DEPARTEMENT)


@dataclass(frozen=True, slots=True)
class Traitants:
    """What is known of the médecin traitant (``None``: nobody said).

    ``cede``: of that day the declarations say only that nobody knows, and the next source is asked.
    """

    declarations: tuple[Declaration, ...] | None
    cede: bool = False


def traitants(cadre: Cadre, autres_jours: Iterable[dt.date]) -> Traitants:
    """Read the médecin traitant. ``autres_jours``: other days on which the law will ask who he was."""
    patient = cadre.sujet.node
    if patient is not None:
        declared = _declarations(cadre, patient, (cadre.jour, *autres_jours))
        if declared.declarations and not declared.cede:
            return declared
        return _completed(declared, _stand_in(cadre, patient))
    return _cercle(cadre)


def _stand_in(cadre: Cadre, patient: Node[Patient]) -> Traitants:
    circle = _cercle(cadre)
    return circle if circle.declarations else _habituel(cadre, patient)


def _completed(declared: Traitants, stand_in: Traitants) -> Traitants:
    """The history, with what stands in for the entry that says nobody knows."""
    if not stand_in.declarations:
        return declared
    return Traitants((*(declared.declarations or ()), *stand_in.declarations))


# ---------------------------------------------------------------- declarations


def _declarations(cadre: Cadre, patient: Node[Patient], jours: tuple[dt.date, ...]) -> Traitants:
    found = [
        (declaration, _code(extension, "statut"))
        for i, extension in enumerate(patient.resource.extension)
        if extension.url == EXT_DECLARATION_MT
        and (declaration := _declaration(cadre, patient, extension, i, jours))
    ]
    if not found:
        return Traitants(None)
    said = {statut for declaration, statut in found if declaration.en_vigueur(cadre.jour)}
    return Traitants(tuple(declaration for declaration, _ in found), cede=said == {"inconnu"})


def _declaration(
    cadre: Cadre, patient: Node[Patient], extension: Extension, rank: int, jours: tuple[dt.date, ...]
) -> Declaration | None:
    _check(cadre, patient, extension, rank)
    statut = _code(extension, "statut")
    if statut not in ("declare", "aucun", "inconnu"):
        where = patient.at(f"extension[{rank}]")
        code, text = ("code-invalid", "statut hors de la liste") if statut else ("required", "statut absent")
        cadre.dossier.problem(where, code, f"déclaration de médecin traitant : {text}", "error")
        return None
    medecins = _medecins(cadre, patient, extension, rank)
    declaration = Declaration(
        statut=StatutTraitant(statut),
        medecins=medecins,
        motif_fin=_motif(cadre, extension),
        source=_source(cadre, extension),
        origine=Origine(patient.at(f"extension[{rank}]"), _date(cadre, extension, "dateSource")),
    )
    if declaration.statut is StatutTraitant.AUCUN and _children(extension, "medecin"):
        cadre.dossier.warn(TRAITANT_CONTRADICTOIRE)
        return _incertaine(declaration)
    return _datee(cadre, declaration, extension, patient.at(f"extension[{rank}]"), jours)


def _check(cadre: Cadre, patient: Node[Patient], extension: Extension, rank: int) -> None:
    for i, child in enumerate(extension.extension):
        where = patient.at(f"extension[{rank}].extension[{i}]")
        value = _VALUES.get(child.url or "")
        if value is None:
            cadre.dossier.problem(where, "not-supported", "partie inconnue d'une déclaration, ignorée")
        elif getattr(child, value) is None:
            cadre.dossier.problem(where, "structure", "valeur absente ou d'un autre type", "error")
        elif child.url not in _REPEATED and len(_children(extension, child.url or "")) > 1:
            cadre.dossier.problem(where, "structure", "cette partie ne peut pas être répétée", "error")


def _medecins(cadre: Cadre, patient: Node[Patient], extension: Extension, rank: int) -> tuple[Medecin, ...]:
    named = [
        cadre.annuaire.designe(
            child.value_reference, patient, f"extension[{rank}].extension[{i}].valueReference"
        )
        for i, child in enumerate(extension.extension)
        if child.url == "medecin" and child.value_reference
    ]
    return _distincts(medecin for medecin in named if medecin and (medecin.rpps or medecin.ressource))


def _motif(cadre: Cadre, extension: Extension) -> MotifFin | None:
    code = _code(extension, "motifFin")
    if code is not None and code not in set(MotifFin):
        cadre.dossier.warn(CODE_INCONNU)
        return None
    return MotifFin(code) if code else None


def _source(cadre: Cadre, extension: Extension) -> SourceTraitant | None:
    code = _code(extension, "source")
    if code is not None and code not in _SOURCES:
        cadre.dossier.warn(CODE_INCONNU)
    return _SOURCES.get(code or "")


# ---------------------------------------------------------------- dates that may be partial


def _datee(
    cadre: Cadre, declaration: Declaration, extension: Extension, where: str, jours: tuple[dt.date, ...]
) -> Declaration:
    """The declaration with its dates. A partial date is used only where it cannot change the answer."""
    debut = bornes(_text(extension, "debut"), cadre.zone)
    fin = bornes(_text(extension, "fin"), cadre.zone)
    if debut and fin and fin[1] < debut[0]:
        cadre.dossier.problem(where, "invariant", "la déclaration finit avant de commencer", "error")
    sure_debut = debut is None or _est_sure(debut, (cadre.jour,))
    sure_fin = fin is None or (
        _est_sure(fin, jours)
        and (declaration.motif_fin not in _DEPARTS or _est_sure_dans_l_annee(fin, cadre))
    )
    if not (sure_debut and sure_fin):
        cadre.dossier.warn(DATE_TRAITANT_PARTIELLE)
        return _incertaine(declaration)
    return replace(
        declaration,
        debut=debut[1] if debut else None,  # the latest: nobody is believed to be declared too early
        fin=fin[0] if fin else None,
    )


def _est_sure(jours: tuple[dt.date, dt.date], asked: Iterable[dt.date]) -> bool:
    """Do all the days a date may be stand on the same side of each day asked about?"""
    return jours[0] == jours[1] or not any(jours[0] <= day <= jours[1] for day in asked)


def _est_sure_dans_l_annee(fin: tuple[dt.date, dt.date], cadre: Cadre) -> bool:
    """Is the year that follows the end over, or not, whatever the exact end?"""
    if fin[1].year == dt.MAXYEAR:  # no date can tell when the year that follows is over
        return True
    return (cadre.jour < anniversary(fin[0], 1)) == (cadre.jour < anniversary(fin[1], 1))


def _incertaine(declaration: Declaration) -> Declaration:
    """A declaration nobody can place in time, or believe: the médecin traitant is unknown."""
    return Declaration(statut=StatutTraitant.INCONNU, source=declaration.source, origine=declaration.origine)


# ---------------------------------------------------------------- stand-ins


def _cercle(cadre: Cadre) -> Traitants:
    found: list[tuple[Medecin, dt.date | None, str]] = []
    for team in cadre.dossier.of(CareTeam):
        if cadre.sujet.est(cadre.dossier, team.resource.subject, team) is not True:
            continue
        if team.resource.status == "entered-in-error":
            cadre.dossier.problem(team.path, "business-rule", "ressource saisie par erreur, ignorée")
        elif team.resource.status == "active" and couvre(team.resource.period, cadre.jour, cadre.zone):
            found += _referents(cadre, team)
    medecins = _distincts(medecin for medecin, _, _ in found)
    if not found:
        return Traitants(None)
    return _suppose(cadre, medecins, SourceTraitant.CERCLE_DE_SOINS, found[0][2], found[0][1])


def _referents(cadre: Cadre, team: Node[CareTeam]) -> list[tuple[Medecin, dt.date | None, str]]:
    """Members of a circle of care who are the médecin traitant that day."""
    cadre.dossier.use(team)
    found = []
    for i, participant in enumerate(team.resource.participant):
        roles = codes((concept, "") for concept in participant.role)
        is_mt = any(c.code == "PCP" and c.table in (R259, PARTICIPATION_FUNCTION) for c in roles)
        if is_mt and couvre(participant.period, cadre.jour, cadre.zone):
            medecin = cadre.annuaire.designe(participant.member, team, f"participant[{i}].member")
            debut = jour(participant.period.start, cadre.zone) if participant.period else None
            found.append((medecin or Medecin(), debut, team.at(f"participant[{i}]")))
    return found


def _habituel(cadre: Cadre, patient: Node[Patient]) -> Traitants:
    named: list[Medecin] = []
    refs = patient.resource.general_practitioner
    for i, ref in enumerate(refs):
        kind = cadre.dossier.type_of(ref, patient)
        if kind in PROFESSIONALS or kind is None:
            medecin = cadre.annuaire.designe(ref, patient, f"generalPractitioner[{i}]")
            named += [medecin] if medecin else []
        else:
            cadre.dossier.follow(ref, patient, f"generalPractitioner[{i}]", *PROFESSIONALS, "Organization")
    if not refs:
        return Traitants(None)
    path = patient.at("generalPractitioner[0]")
    return _suppose(cadre, _distincts(named), SourceTraitant.MEDECIN_HABITUEL, path, None)


def _suppose(
    cadre: Cadre, medecins: tuple[Medecin, ...], source: SourceTraitant, path: str, debut: dt.date | None
) -> Traitants:
    """A declaration nobody made in so many words; with two possible doctors, nobody knows who."""
    connus = tuple(m for m in medecins if m.rpps or m.ressource)
    if len(connus) > 1:
        cadre.dossier.warn(TRAITANT_AMBIGU)
    # The day a circle of care was joined is not the day a declaration was signed.
    depuis = debut if debut and debut < cadre.jour else None
    declaration = Declaration(
        statut=StatutTraitant.DECLARE,
        medecins=connus if len(connus) == 1 else (),
        debut=depuis,
        source=source,
        origine=Origine(path),
    )
    return Traitants((declaration,))


def _distincts(medecins: Iterable[Medecin]) -> tuple[Medecin, ...]:
    """Each person once: the same number, or the same resource when no number tells them apart."""
    found: dict[str | None, Medecin] = {}
    for medecin in medecins:
        found.setdefault(medecin.rpps or medecin.ressource, medecin)
    known = {medecin.ressource for medecin in found.values() if medecin.rpps}
    return tuple(m for m in found.values() if m.rpps or m.ressource is None or m.ressource not in known)


def _children(extension: Extension, url: str) -> list[Extension]:
    return [child for child in extension.extension if child.url == url]


def _code(extension: Extension, url: str) -> str | None:
    return next((child.value_code for child in _children(extension, url)), None)


def _text(extension: Extension, url: str) -> str | None:
    return next((child.value_date for child in _children(extension, url)), None)


def _date(cadre: Cadre, extension: Extension, url: str) -> dt.date | None:
    return jour(_text(extension, url), cadre.zone)
