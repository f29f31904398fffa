"""Who is insured, by which organism, and who may sign for the beneficiary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from parcours.domain.declaration_facts import Assure, Lien, Lu, NatureNumero, Numero, Representant
from parcours.fhir.dates import couvre
from parcours.fhir.declaration_elements import CoverageDetail, PatientDetail, RelatedPersonDetail, detail
from parcours.fhir.declaration_systems import LIENS, SUBSCRIBER_RELATIONSHIP
from parcours.fhir.dossier import Dossier, Node
from parcours.fhir.elements import Coverage
from parcours.fhir.frame import Cadre
from parcours.fhir.reading_couverture import ASSUREUR, Couvertures
from parcours.fhir.reading_identite import Moment, compact, est_qualifiee, identite, numeros, propre

_RELATED: Final = "RelatedPerson"


# ---------------------------------------------------------------- the insured


def assure(cadre: Cadre, covered: Couvertures, moment: Moment) -> Assure:
    """Who is insured, according to the coverages in force; nobody, when they disagree or say nothing."""
    found = [_assure_de(cadre, node, moment) for node in covered.nodes]
    stated = [assure for assure in found if assure.lui_meme is not None or assure.numeros]
    if not stated or len({assure.lui_meme for assure in stated}) > 1:
        return Assure()
    identites = {assure.identite for assure in stated if assure.identite}
    return Assure(
        lui_meme=stated[0].lui_meme,
        lien=stated[0].lien,
        identite=identites.pop() if len(identites) == 1 else None,
        numeros=tuple(numero for assure in stated for numero in assure.numeros),
    )


def _assure_de(cadre: Cadre, node: Node[Coverage], moment: Moment) -> Assure:
    coverage = detail(CoverageDetail, node)
    lien = _lien_assure(coverage)
    same = cadre.sujet.est(cadre.dossier, coverage.subscriber, node)
    lui_meme = lien == "self" if lien else same
    if lien and same is not None and (lien == "self") != same:
        lui_meme = None  # the coverage contradicts itself: a person is asked
    number = compact(coverage.subscriber_id)
    own = (Numero(number, NatureNumero.SECURITE_SOCIALE, node.at("subscriberId")),) if number else ()
    who = None if lui_meme else cadre.dossier.find(coverage.subscriber, node)
    if lui_meme is None or who is None or who.type not in ("Patient", _RELATED):
        return Assure(lui_meme=lui_meme, lien=lien, numeros=own)
    cadre.dossier.use(who)
    person = detail(RelatedPersonDetail, who)
    extensions = detail(PatientDetail, who).extension
    theirs = tuple(numeros(who, person.identifier, moment, qualifiee=est_qualifiee(extensions)))
    return Assure(
        lui_meme=False,
        lien=lien,
        identite=identite(who, person.name, person.address, moment),
        numeros=(*own, *theirs),
    )


def _lien_assure(coverage: CoverageDetail) -> str | None:
    coded = coverage.relationship.coding if coverage.relationship else ()
    return next((c.code for c in coded if c.system == SUBSCRIBER_RELATIONSHIP and c.code), None)


def organisme(covered: Couvertures) -> Lu[str] | None:
    """The name of the organism that pays, when a coverage names one."""
    if covered.assureur is None:
        return None
    name = propre(covered.assureur.valeur)
    generic = name.casefold() == ASSUREUR.casefold()
    return Lu(name, covered.assureur.chemin) if name and not generic else None


def code_organisme(covered: Couvertures) -> Lu[str] | None:
    """Régime and caisse, as billing software writes them: two digits, then three."""
    if not (covered.regime and covered.caisse):
        return None
    return Lu(f"{propre(covered.regime)} {propre(covered.caisse)}", covered.classe)


# ---------------------------------------------------------------- who may sign


def related(dossier: Dossier) -> Iterator[Node[Any]]:
    """The related persons of a request."""
    return (node for node in dossier.nodes if node.type == _RELATED)


def representants(cadre: Cadre, moment: Moment) -> Iterator[Representant]:
    """The related persons of this beneficiary alone, in force that day, who may have to sign."""
    for node in related(cadre.dossier):
        person = detail(RelatedPersonDetail, node)
        if cadre.sujet.est(cadre.dossier, person.patient, node) is not True or person.active is False:
            continue
        lien = _lien(person)
        if lien and couvre(person.period, cadre.jour, cadre.zone):
            cadre.dossier.use(node)
            who = identite(node, person.name, (), moment)
            nom = who.nom_usage or who.nom_naissance or who.nom
            yield Representant(lien=lien, nom=nom, prenom=who.prenom, chemin=node.at("name"))


def _lien(person: RelatedPersonDetail) -> Lien | None:
    """The strongest tie stated: a measure of protection before parenthood."""
    found = {
        LIENS[coding.system or "", coding.code or ""]
        for concept in person.relationship
        for coding in concept.coding
        if (coding.system or "", coding.code or "") in LIENS
    }
    order = (
        Lien.TUTEUR,
        Lien.HABILITATION,
        Lien.CURATEUR,
        Lien.AIDE_SOCIALE_ENFANCE,
        Lien.AUTORITE_PARENTALE,
        Lien.PARENT,
        Lien.GARDIEN,
    )
    return next((lien for lien in order if lien in found), None)
