"""Our side: the ten rules and the whole law, to the position alone and to the whole decision."""

from __future__ import annotations

from parcours.domain.facts import Visite
from parcours.engine import DEFAUT, decide
from parcours.fhir.reading import read_request
from parcours.law import Droit, droit
from parcours.law.cas import Cas
from parcours.law.verdict import Reponses, juger

RULES = frozenset(
    {
        "moins-de-seize-ans",
        "medecin-traitant",
        "remplacant-du-medecin-traitant",
        "adressage-medecin-traitant",
        "generaliste-recemment-installe",
        "urgence",
        "hors-residence",
        "acces-direct-gynecologie",
        "acces-direct-ophtalmologie",
        "acces-direct-stomatologie",
        "hors-acces-direct-specifique",
        "acces-direct-sans-medecin-traitant",
        "sans-medecin-traitant",
        "sans-adressage",
    }
)
"""Ten rows of the code table; the three specialties are one of them, and the last two what is left."""


def ten_rules() -> Droit:
    """The law, less what the peers were not taught."""
    return Droit([regle for regle in droit().regles if regle.id in RULES], droit().version)


def facts(body: bytes) -> Visite:
    """A visit as the engine takes it, read from a Bundle that was validated before."""
    return read_request(body, validate="read").visite


def verdict(visite: Visite, law: Droit) -> str:
    """What the peers compute: the position and the code of the situation."""
    du_jour = law.applicable(visite)
    cas = Cas.de(visite, du_jour.parametres, DEFAUT)
    found = juger(Reponses.demander(du_jour, cas, jusqu_au_bout=False), cas)
    return f"{found.position} {found.situation}"


def decision(visite: Visite) -> str:
    """The same from the whole decision: with its grounds, what is missing, the alternatives and the euros."""
    found = decide(visite, droit())
    return f"{found.position} {found.situation}"
