"""Every system, code and URL of FHIR this package reads or writes.

National tables are those of the Nomenclature des Objets de Santé; other spellings of a system that
real files carry are a closed list of aliases. Nothing else is recognised: a code proves something
only in its own system, and ``display`` is never read.
"""

from __future__ import annotations

from typing import Final

BASE: Final = "https://parcours-soins.example/fhir"
"""Canonical base of everything this project publishes."""

_NOS: Final = "https://mos.esante.gouv.fr/NOS"
_ANNUAIRE: Final = "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition"
_HL7: Final = "http://terminology.hl7.org/CodeSystem"


def extension_url(id: str) -> str:
    """Canonical URL of one of our extensions or profiles: ``extension_url("pds-ext-remplace")``."""
    return f"{BASE}/StructureDefinition/{id}"


def code_system(id: str) -> str:
    """Canonical URL of one of our code systems: ``code_system("pds-cs-plan")``."""
    return f"{BASE}/CodeSystem/{id}"


def value_set(id: str) -> str:
    """Canonical URL of one of our value sets: ``value_set("pds-vs-circonstance")``."""
    return f"{BASE}/ValueSet/{id}"


# Our extensions
EXT_DECLARATION_MT: Final = extension_url("pds-ext-declaration-medecin-traitant")
EXT_REMPLACE: Final = extension_url("pds-ext-remplace")
EXT_CIRCONSTANCE: Final = extension_url("pds-ext-circonstance")
EXT_PREMIERE_INSTALLATION: Final = extension_url("pds-ext-premiere-installation")
EXT_ZONE_SOUS_DENSE: Final = extension_url("pds-ext-zone-sous-dense")
EXT_AGREMENT_CENTRE: Final = extension_url("pds-ext-agrement-centre")
EXT_SITUATION_COUVERTURE: Final = extension_url("pds-ext-situation-couverture")
EXT_BASE: Final = extension_url("pds-ext-base-remboursement")
EXT_PARTICIPATIONS: Final = extension_url("pds-ext-participations")

# National extensions
EXT_INSEE: Final = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code"
EXT_CONTRACTED: Final = f"{_ANNUAIRE}/as-ext-practitionerrole-contracted"
EXT_HASCAS: Final = f"{_ANNUAIRE}/as-ext-practitionerrole-hascas"

EXTENSIONS_LUES: Final = frozenset(
    {
        EXT_DECLARATION_MT,
        EXT_REMPLACE,
        EXT_CIRCONSTANCE,
        EXT_PREMIERE_INSTALLATION,
        EXT_ZONE_SOUS_DENSE,
        EXT_AGREMENT_CENTRE,
        EXT_SITUATION_COUVERTURE,
        EXT_BASE,
        EXT_PARTICIPATIONS,
        EXT_INSEE,
        EXT_CONTRACTED,
        EXT_HASCAS,
    }
)
"""Extensions whose content the decision reads: elsewhere an extension is passed over."""

# Identifiers
RPPS: Final = "https://rpps.esante.gouv.fr"
IDNPS: Final = "urn:oid:1.2.250.1.71.4.2.1"
"""National identifier of a professional: ``8`` followed by the RPPS number."""
SYSTEMES_RPPS: Final = frozenset({RPPS, "http://rpps.fr", IDNPS})
NUMERO_AM: Final = "https://www.ameli.fr"


def _nos(table: str) -> str:
    return f"{_NOS}/TRE_{table}/FHIR/TRE-{table.replace('_', '-')}"


# Tables of codes, by the short name used in the text of this package
G15, G100 = "G15", "G100"
R02, R13, R21, R22, R38, R39, R40 = "R02", "R13", "R21", "R22", "R38", "R39", "R40"
R66, R259, R282 = "R66", "R259", "R282"
ACTE, ADRESSAGE, CIRCONSTANCE = "acte-acces-direct", "adressage", "circonstance"
CLASSE_COUVERTURE, COUVERTURE, PLAN = "classe-couverture", "couverture", "plan"
NGAP, CCAM = "ngap", "ccam"
ACT_CODE, ACT_PRIORITY = "v3-ActCode", "v3-ActPriority"
PARTICIPATION_TYPE, PARTICIPATION_FUNCTION = "v3-ParticipationType", "v3-ParticipationFunction"

_OURS: Final = (ACTE, ADRESSAGE, CIRCONSTANCE, CLASSE_COUVERTURE, COUVERTURE, PLAN, NGAP)
_V3: Final = (ACT_CODE, ACT_PRIORITY, PARTICIPATION_TYPE, PARTICIPATION_FUNCTION)

TABLES: Final[dict[str, str]] = {
    _nos("G15-ProfessionSante"): G15,
    "urn:oid:1.2.250.1.71.1.2.7": G15,
    _nos("G100-Specialite-AM"): G100,
    _nos("R02-SecteurActivite"): R02,
    "urn:oid:1.2.250.1.71.4.2.4": R02,
    _nos("R13-CommuneOM"): R13,
    _nos("R21-Fonction"): R21,
    "urn:oid:1.2.250.1.213.1.6.1.17": R21,
    _nos("R22-GenreActivite"): R22,
    "urn:oid:1.2.250.1.213.1.6.1.19": R22,
    _nos("R38-SpecialiteOrdinale"): R38,
    "urn:oid:1.2.250.1.213.2.28": R38,
    _nos("R39-Competence"): R39,
    _nos("R40-CompetenceExclusive"): R40,
    _nos("R66-CategorieEtablissement"): R66,
    _nos("R259-HL7ParticipationFunction"): R259,
    _nos("R282-CNAMAmeliSecteurConventionnement"): R282,
    "urn:oid:1.2.250.1.213.1.6.1.135": R282,
    **{code_system(f"pds-cs-{name}"): name for name in _OURS},
    **{f"{_HL7}/{name}": name for name in _V3},
    "https://smt.esante.gouv.fr/terminologie-ccam": CCAM,
    "http://smt.esante.gouv.fr/terminologie-ccam": CCAM,
    "urn:oid:1.2.250.1.213.2.5": CCAM,
    "http://hl7.org/fhir/v3/ActCode": ACT_CODE,
    "urn:oid:2.16.840.1.113883.5.4": ACT_CODE,
    "http://hl7.org/fhir/v3/ActPriority": ACT_PRIORITY,
    "http://hl7.org/fhir/v3/ParticipationType": PARTICIPATION_TYPE,
    "urn:oid:2.16.840.1.113883.5.90": PARTICIPATION_TYPE,
    "urn:oid:2.16.840.1.113883.5.88": PARTICIPATION_FUNCTION,
}
"""Which table a ``Coding.system`` names. Exact text: another case or a final slash is another system."""
