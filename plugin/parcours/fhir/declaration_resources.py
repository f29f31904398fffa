"""A prepared ``Declaration`` as FHIR: draft QuestionnaireResponse, Task, DocumentReference.

Nothing is ticked, dated or signed: the two statements and the day of signature have no answer. No clock:
what is dated bears the day of preparation. A national identity number is never repeated but in its field.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import uuid
from collections.abc import Iterator
from typing import Any, Final

from parcours import VERSION_LOGICIEL
from parcours.domain.declaration import Champ, Declaration, Id
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
from parcours.fhir.systems import code_system

Element = dict[str, Any]

TITRE: Final = "Déclaration de choix du médecin traitant"
FORMULAIRE: Final = "S3704"
TYPES: Final = {Id.BENEFICIAIRE_NAISSANCE: "valueDate"}
"""How an answer is typed in the Questionnaire, when it is no text."""
_AUTEUR: Final = {"type": "Device", "display": f"parcours-soins {VERSION_LOGICIEL}"}


def resource_id(declaration: Declaration, kind: str) -> str:
    """The id of one resource of a declaration: the same declaration, the same id."""
    return str(uuid.uuid5(uuid.UUID(declaration.id), kind))


def questionnaire_response(declaration: Declaration, lecture: LectureDeclaration) -> Element:
    """The form, filled as far as it is known; ``in-progress``: nobody has signed."""
    return _present(
        resourceType="QuestionnaireResponse",
        id=resource_id(declaration, "QuestionnaireResponse"),
        meta={"profile": [PROFILE_REPONSE]},
        questionnaire=f"{QUESTIONNAIRE}|{VERSION_LOGICIEL}",
        status="in-progress",
        subject=_reference(lecture.patient),
        encounter=_reference(lecture.encounter),
        authored=declaration.jour.isoformat(),
        author=_AUTEUR,
        item=list(_groups(declaration)),
    )


def task(declaration: Declaration, lecture: LectureDeclaration) -> Element:
    """What is left to do: complete, have signed, send. It has no ``focus`` (SDC)."""
    answer = resource_id(declaration, "QuestionnaireResponse")
    return _present(
        resourceType="Task",
        id=resource_id(declaration, "Task"),
        meta={"profile": [PROFILE_TACHE]},
        status="ready",
        businessStatus={"coding": [{"system": ETAT_DECLARATION, "code": "preparee", "display": "Préparée"}]},
        intent="order",
        code=_sdc("complete-questionnaire") | {"text": TITRE},
        **{"for": _reference(lecture.patient)},
        encounter=_reference(lecture.encounter),
        authoredOn=declaration.jour.isoformat(),
        requester=_AUTEUR,
        note=[{"text": text} for text in a_faire(declaration)],
        input=[{"type": _sdc("questionnaire"), "valueCanonical": f"{QUESTIONNAIRE}|{VERSION_LOGICIEL}"}],
        output=[
            {
                "type": _sdc("questionnaire-response"),
                "valueReference": {"reference": f"QuestionnaireResponse/{answer}"},
            }
        ],
    )


def document_reference(declaration: Declaration, lecture: LectureDeclaration, pdf: bytes) -> Element:
    """The PDF to print and sign, as a document that is not final."""
    return _present(
        resourceType="DocumentReference",
        id=resource_id(declaration, "DocumentReference"),
        language="fr-FR",
        status="current",
        docStatus="preliminary",
        type=form_code(),
        subject=_reference(lecture.patient),
        author=[_AUTEUR],
        description=TITRE,
        content=[{"attachment": _attachment(declaration, pdf)}],
        context=_present(
            encounter=[_reference(lecture.encounter)] if lecture.encounter else [],
            related=[{"reference": f"Task/{resource_id(declaration, 'Task')}"}],
        ),
    )


def declaration_resources(
    declaration: Declaration, lecture: LectureDeclaration, pdf: bytes | None = None
) -> list[Element]:
    """What an answer carries: QuestionnaireResponse, Task, and the document when there is one."""
    resources = [questionnaire_response(declaration, lecture), task(declaration, lecture)]
    return resources if pdf is None else [*resources, document_reference(declaration, lecture, pdf)]


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
        yield f"{champ.libelle} ({champ.bloc}) : {champ.pourquoi}"
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
    return {"linkId": champ.id, "answer": [{"extension": [_ORIGIN], kind: value}]}


_ORIGIN: Final = {
    "url": INFORMATION_ORIGIN,
    "extension": [{"url": "source", "valueCode": "auto-server"}],
}
"""DTR: this program answered, nobody has checked."""


def _attachment(declaration: Declaration, pdf: bytes) -> Element:
    return {
        "contentType": "application/pdf",
        "language": "fr-FR",
        "data": base64.b64encode(pdf).decode("ascii"),
        "size": len(pdf),
        # FHIR fixes SHA-1 here; the proof of content is the code printed on the form.
        "hash": base64.b64encode(hashlib.sha1(pdf, usedforsecurity=False).digest()).decode("ascii"),
        "title": f"{TITRE} (préparée, non signée)",
        "creation": declaration.jour.isoformat(),
    }


def _sdc(code: str) -> Element:
    return {"coding": [{"system": SDC_TEMP, "code": code}]}


def _reference(reference: Reference | None) -> Element | None:
    return {"reference": reference.reference} if reference and reference.reference else None


def _present(**elements: Any) -> Element:
    return {name: value for name, value in elements.items() if value not in (None, "", [], {})}
