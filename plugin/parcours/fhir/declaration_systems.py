"""Systems and codes that only the declaration reads or writes."""

from __future__ import annotations

from typing import Final

from parcours.domain.declaration_facts import Exercice, Lien, Structure
from parcours.fhir.systems import BASE, code_system, extension_url

QUESTIONNAIRE: Final = f"{BASE}/Questionnaire/pds-declaration-medecin-traitant"
PROFILE_REPONSE: Final = extension_url("pds-questionnaire-response")
PROFILE_TACHE: Final = extension_url("pds-task")
ETAT_DECLARATION: Final = code_system("pds-cs-etat-declaration")
SDC_TEMP: Final = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp"
INFORMATION_ORIGIN: Final = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin"

# Numbers of a person
_OID: Final = "urn:oid:1.2.250.1.213.1.4"
NSS: Final = f"{_OID}.13"
INS_NIR: Final = f"{_OID}.8"
INS_NIA: Final = f"{_OID}.9"
INS_ESSAIS: Final = frozenset({f"{_OID}.10", f"{_OID}.11"})
"""Test and demonstration."""
NH: Final = "NH"
"""Code of v2-0203 (HL7's and FR Core's): the number is the one the insurer knows."""
IDENTIFIER_TYPES: Final = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v2-0203",
        "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203",
        "http://interopsante.org/CodeSystem/fr-v2-0203",
    }
)

# Is the identity qualified?
RELIABILITY: Final = frozenset(
    {
        "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability",
        "http://interopsante.org/fhir/StructureDefinition/FrPatientIdentReliability",
    }
)
IDENTITY_STATUS: Final = "identityStatus"
QUALIFIED: Final = frozenset(
    {
        ("https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-identity-reliability", "QUAL"),
        ("https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445", "QUAL"),
    }
)
"""A status in any other system, or any other code, is not a qualified identity."""

# Numbers of a structure
FINESS: Final = frozenset({"https://finess.esante.gouv.fr", "http://finess.sante.gouv.fr"})
SIRENE: Final = "https://sirene.fr"
"""SIREN (9 digits) and SIRET (14) alike."""
IDNST: Final = "urn:oid:1.2.250.1.71.4.2.2"
"""National number of a structure: one digit for its kind (1 FINESS, 3 SIRET), then the number."""

# Who is insured
SUBSCRIBER_RELATIONSHIP: Final = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"

# What a related person is
REPRESENTANT: Final = code_system("pds-cs-representant")
ROLE_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ROLE_CLASS: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleClass"
_PARENTS: Final = ("PRN", "FTH", "MTH", "NPRN", "NFTH", "NMTH", "PRNADOPT", "ADOPTP", "ADOPTF", "ADOPTM")
LIENS: Final = {
    **{(REPRESENTANT, lien.value): lien for lien in Lien},
    **{(ROLE_CODE, code): Lien.PARENT for code in _PARENTS},
    (ROLE_CODE, "GUARD"): Lien.GARDIEN,
    (ROLE_CODE, "GUADLTM"): Lien.GARDIEN,
    (ROLE_CLASS, "GUARD"): Lien.GARDIEN,
}
"""A step-parent or a foster parent holds no parental authority: not among them."""

# How and where a doctor exercises
_NOS: Final = "https://mos.esante.gouv.fr/NOS"
R23: Final = f"{_NOS}/TRE_R23-ModeExercice/FHIR/TRE-R23-ModeExercice"
SALARIE: Final = "S"
STRUCTURES_R02: Final = {
    **dict.fromkeys(("SA07", "SA08", "SA09"), Structure.CABINET),
    **dict.fromkeys(("SA01", "SA02", "SA03", "SA04", "SA36", "SA40"), Structure.HOPITAL),
    "SA05": Structure.CENTRE_DE_SANTE,
    **dict.fromkeys(("SA16", "SA17", "SA18", "SA20", "SA21", "SA41"), Structure.MEDICO_SOCIAL),
    "SA52": Structure.SISA,
    **dict.fromkeys(("SA13", "SA66"), Structure.ENTREPRISE),
    "SA14": Structure.SCOLAIRE,
    **dict.fromkeys(("SA22", "SA23", "SA24", "SA26", "SA46", "SA48", "SA64"), Structure.AUTRE),
}
STRUCTURES_R66: Final = {
    "500": Structure.MEDICO_SOCIAL,
    **dict.fromkeys(("601", "602"), Structure.CABINET),
    "603": Structure.SISA,
    **dict.fromkeys(("268", "269"), Structure.SCOLAIRE),
}
FONCTIONS: Final = {
    "FON-19": Exercice.CONSEIL,
    "FON-21": Exercice.SCOLAIRE,
    "FON-28": Exercice.TRAVAIL,
    "FON-29": Exercice.TRAVAIL,
    "FON-48": Exercice.EN_FORMATION,
    "FON-57": Exercice.EN_FORMATION,
}
"""TRE_R21."""

# What is kept
IDENTIFIER_TYPE: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
RFC_3986: Final = "urn:ietf:rfc:3986"
URN: Final = "urn:uuid:"
STATUTS: Final = {
    "Task": "http://hl7.org/fhir/task-status",
    "QuestionnaireResponse": "http://hl7.org/fhir/questionnaire-answers-status",
    "DocumentReference": "http://hl7.org/fhir/document-reference-status",
}
"""The list that ``status`` of each type is taken from."""
