"""A prepared ``Declaration`` as FHIR: draft QuestionnaireResponse and Task.

Nothing is ticked, dated or signed: the two statements and the day of signature have no answer. No clock:
what is dated bears the day of preparation. A national identity number is never repeated but in its field.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from typing import Any, Final

from parcours import VERSION_LOGICIEL
from parcours.domain.declaration import Champ, Declaration, Id
from parcours.domain.declaration_states import LIBELLES_ETATS, EtatDeclaration
from parcours.domain.declaration_suivie import PROGRAMME
from parcours.fhir.declaration_systems import (
    ETAT_DECLARATION,
    INFORMATION_ORIGIN,
    PROFILE_REPONSE,
    PROFILE_TACHE,
    QUESTIONNAIRE,
    SDC_TEMP,
)
from parcours.fhir.elements import Reference
from parcours.fhir.reading_declaration import LectureDeclaration
from parcours.fhir.systems import RPPS, code_system

Element = dict[str, Any]

TITRE: Final = "Déclaration de choix du médecin traitant"
FORMULAIRE: Final = "S3704"
TYPES: Final = {Id.BENEFICIAIRE_NAISSANCE: "valueDate"}
"""How an answer is typed in the Questionnaire, when it is no text."""
AUTEUR: Final = {"type": "Device", "display": f"{PROGRAMME} {VERSION_LOGICIEL}"}
"""This program, for what it did itself."""
_RPPS_DIGITS: Final = 11


def resource_id(declaration: Declaration, kind: str) -> str:
    """The id of one resource of a declaration: the same declaration, the same id."""
    return str(uuid.uuid5(uuid.UUID(declaration.id), kind))


def questionnaire_response(
    declaration: Declaration, lecture: LectureDeclaration, id: str | None = None
) -> Element:
    """The form, filled as far as it is known; ``in-progress``: nobody has signed.

    ``id`` names it once it is kept; a draft is named after its content.
    """
    return present(
        resourceType="QuestionnaireResponse",
        id=id or resource_id(declaration, "QuestionnaireResponse"),
        meta={"profile": [PROFILE_REPONSE]},
        questionnaire=f"{QUESTIONNAIRE}|{VERSION_LOGICIEL}",
        status="in-progress",
        subject=patient_reference(lecture),
        encounter=encounter_reference(lecture),
        authored=declaration.jour.isoformat(),
        author=AUTEUR,
        item=list(_groups(declaration)),
    )


def task(declaration: Declaration, lecture: LectureDeclaration, id: str | None = None) -> Element:
    """What is left to do: complete, have signed, send. It has no ``focus`` (SDC)."""
    answer = id or resource_id(declaration, "QuestionnaireResponse")
    return present(
        resourceType="Task",
        id=id or resource_id(declaration, "Task"),
        meta={"profile": [PROFILE_TACHE]},
        status="ready",
        businessStatus=business_status(EtatDeclaration.PREPAREE),
        intent="order",
        code=_sdc("complete-questionnaire") | {"text": TITRE},
        **{"for": patient_reference(lecture)},
        encounter=encounter_reference(lecture),
        authoredOn=declaration.jour.isoformat(),
        requester=AUTEUR,
        note=[{"text": text} for text in a_faire(declaration)],
        input=[{"type": _sdc("questionnaire"), "valueCanonical": f"{QUESTIONNAIRE}|{VERSION_LOGICIEL}"}],
        output=[
            {
                "type": _sdc("questionnaire-response"),
                "valueReference": {"reference": f"QuestionnaireResponse/{answer}"},
            }
        ],
    )


def declaration_resources(declaration: Declaration, lecture: LectureDeclaration) -> list[Element]:
    """The draft that an answer carries: QuestionnaireResponse, Task."""
    return [questionnaire_response(declaration, lecture), task(declaration, lecture)]


def form_code() -> Element:
    """Which form this is."""
    return {
        "coding": [{"system": code_system("pds-cs-formulaire"), "code": FORMULAIRE, "display": TITRE}],
        "text": TITRE,
    }


def a_faire(declaration: Declaration) -> Iterator[str]:
    """What a person must see to, one line each; never a value of the patient."""
    yield from (raison.texte for raison in declaration.refus)
    yield from (signature.texte for signature in declaration.signatures)
    for champ in (*declaration.manquants, *declaration.douteux):
        yield f"{champ.intitule} : {champ.pourquoi}"
    yield from declaration.a_demander
    yield from (avertissement.texte for avertissement in declaration.avertissements)


def _groups(declaration: Declaration) -> Iterator[Element]:
    for bloc, champs in itertools.groupby(declaration.champs, key=lambda champ: champ.bloc):
        items = [_item(champ) for champ in champs if champ.valeur is not None]
        if items:
            yield {"linkId": bloc, "item": items}


def _item(champ: Champ) -> Element:
    kind = TYPES.get(champ.id, "valueString")
    value = (
        champ.valeur if isinstance(champ.valeur, str) or champ.valeur is None else champ.valeur.isoformat()
    )
    return {"linkId": champ.id, "answer": [{"extension": [_origin(champ)], kind: value}]}


def _origin(champ: Champ) -> Element:
    """DTR: this program answered (``auto-server``), or a person typed it (``manual``)."""
    typed = champ.garant and not champ.origine
    source = "manual" if typed else "auto-server"
    return {"url": INFORMATION_ORIGIN, "extension": [{"url": "source", "valueCode": source}]}


def _sdc(code: str) -> Element:
    return {"coding": [{"system": SDC_TEMP, "code": code}]}


def business_status(etat: EtatDeclaration) -> Element:
    """The state of a declaration, coded."""
    return {"coding": [{"system": ETAT_DECLARATION, "code": etat.value, "display": LIBELLES_ETATS[etat]}]}


def patient_reference(lecture: LectureDeclaration) -> Element:
    """The caller's patient; one that nothing designates outside the request has no reference."""
    return _reference(lecture.patient) or {"type": "Patient", "display": "Patient sans identifiant"}


def encounter_reference(lecture: LectureDeclaration) -> Element | None:
    """The caller's visit, when one came."""
    return _reference(lecture.encounter)


def present(**elements: Any) -> Element:
    """An element without the children that have nothing to say."""
    return {name: value for name, value in elements.items() if value not in (None, "", [], {})}


def doctor_reference(declaration: Declaration) -> Element | None:
    """The doctor who is declared, and who has to act; nobody when he cannot be."""
    number = declaration.champ(Id.MEDECIN_RPPS).texte
    names = (declaration.champ(link).texte for link in (Id.MEDECIN_PRENOM, Id.MEDECIN_NOM))
    known = present(
        identifier={"system": RPPS, "value": number} if _is_rpps(number) else None,
        display=" ".join(filter(None, names)),
    )
    return {"type": "Practitioner", **known} if known else None


def _is_rpps(number: str) -> bool:
    return len(number) == _RPPS_DIGITS and number.isascii() and number.isdigit()


def _reference(reference: Reference | None) -> Element | None:
    return {"reference": reference.reference} if reference and reference.reference else None
