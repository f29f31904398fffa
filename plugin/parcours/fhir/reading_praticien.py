"""Who is consulted: the participant who performs, else who attends, else the only professional."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parcours.domain.facts import Fait, Medecin, Origine
from parcours.fhir.dossier import Dossier, Node
from parcours.fhir.elements import Claim, Reference
from parcours.fhir.encounter import Participant, Rencontre
from parcours.fhir.people import PROFESSIONALS, Annuaire, Professionnel
from parcours.fhir.practice import remplace
from parcours.fhir.qualifications import codes
from parcours.fhir.systems import PARTICIPATION_TYPE
from parcours.fhir.wordings import MEDECIN_AMBIGU

_PARTS = ("PPRF", "ATND")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulte:
    """The professional consulted, how the request refers to him, and whom it says he replaces."""

    professionnel: Professionnel
    ref: Reference
    origine: Origine
    remplace: Medecin | None = None
    origine_remplace: Origine | None = None


def consulte(annuaire: Annuaire, rencontre: Rencontre, claim: Node[Claim] | None) -> Consulte | None:
    """Find the professional consulted; ``None`` when nobody is named, or several are."""
    structure = annuaire.dossier.key_of(rencontre.provider, rencontre.node)
    candidates = [p for p in rencontre.participants if _est_professionnel(annuaire.dossier, rencontre, p)]
    if candidates:
        return _choisi(annuaire, rencontre, _preferred(candidates), structure)
    if claim is None or claim.resource.provider is None or not rencontre.is_encounter:
        return None
    who = annuaire.professionnel(claim.resource.provider, claim, "provider", structure=structure)
    origine = Origine(claim.at("provider"))
    return Consulte(professionnel=who, ref=claim.resource.provider, origine=origine) if who else None


def _est_professionnel(dossier: Dossier, rencontre: Rencontre, participant: Participant) -> bool:
    kind = dossier.type_of(participant.ref, rencontre.node)
    return kind in PROFESSIONALS or (kind is None and not _only_a_display(participant.ref))


def _only_a_display(ref: Reference) -> bool:
    return ref.reference is None and ref.identifier is None


def _preferred(candidates: Sequence[Participant]) -> Sequence[Participant]:
    for part in _PARTS:
        chosen = [p for p in candidates if _takes(p, part)]
        if chosen:
            return chosen
    return candidates


def _takes(participant: Participant, part: str) -> bool:
    stated = codes((concept, "") for concept in participant.types)
    return any(code.table == PARTICIPATION_TYPE and code.code == part for code in stated)


def _choisi(
    annuaire: Annuaire, rencontre: Rencontre, candidates: Sequence[Participant], structure: str | None
) -> Consulte | None:
    visit = rencontre.node
    found = [
        (participant, who)
        for participant in candidates
        if (who := annuaire.professionnel(participant.ref, visit, participant.relative, structure=structure))
    ]
    if not found:
        return None
    first = found[0][1].medecin
    if not all(who.medecin == first or who.medecin.meme_que(first) for _, who in found[1:]):
        annuaire.dossier.warn(MEDECIN_AMBIGU)
        return None
    # The same person, named twice: the reference that says in which activity says more.
    participant, who = min(found, key=lambda item: len(item[1].roles) != 1)
    autre = remplace(annuaire, participant.extension, visit, participant.extension_path)
    return Consulte(
        professionnel=who,
        ref=participant.ref,
        origine=Origine(visit.at(participant.relative)),
        remplace=autre,
        origine_remplace=Origine(visit.at(participant.extension_path)) if autre else None,
    )


def origines(found: Consulte | None) -> dict[str, Origine]:
    """Where the professional consulted, and whom he replaces, were read."""
    if found is None:
        return {}
    read: dict[str, Any] = {Fait.MEDECIN: found.origine}
    if found.origine_remplace:
        read[Fait.REMPLACE] = found.origine_remplace
    return read
