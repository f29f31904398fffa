"""A declaration that is kept, as FHIR: Task, QuestionnaireResponse, DocumentReference, at any version.

What is kept of it once is a ``Fond``: everything that version 1 shows. The rest follows from its passages, so
that the same declaration at the same version gives the same resources on any day.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from parcours.domain.declaration import Declaration
from parcours.domain.declaration_facts import FaitsDeclaration
from parcours.domain.declaration_states import LIBELLES_ETATS, EtatDeclaration
from parcours.domain.declaration_suivie import Passage, Suivie
from parcours.errors import Problem
from parcours.fhir.declaration_kept import Feuille
from parcours.fhir.declaration_resources import (
    AUTEUR,
    TITRE,
    Element,
    business_status,
    doctor_reference,
    encounter_reference,
    form_code,
    patient_reference,
    present,
    questionnaire_response,
    task,
)
from parcours.fhir.declaration_systems import IDENTIFIER_TYPE, RFC_3986, URN
from parcours.fhir.elements import Reference
from parcours.fhir.reading_declaration import LectureDeclaration
from parcours.fhir.systems import RPPS
from parcours.fhir.writing import operation_outcome
from parcours.law.declaration_correction import Situation

RECEIPT: Final = "Numéro d’accusé de réception de la caisse"
COPIES: Final = {"patient": "Exemplaire du patient", "cabinet": "Exemplaire du cabinet"}
"""The two copies of the proof, by what ends the id of each."""
PDF: Final = "application/pdf"
_GIVEN_BY_THE_CAISSE: Final = {"coding": [{"system": IDENTIFIER_TYPE, "code": "FILL"}], "text": RECEIPT}
"""The number given by who carries out what was asked ("filler identifier" in HL7)."""
PEOPLE: Final = ("Practitioner", "PractitionerRole", "RelatedPerson", "Patient", "Person")
"""Who may act: neither a program nor an organisation signs or sends anything."""
_ADDRESS: Final = re.compile(rf"(?:https?://\S+/)?(?:{'|'.join(PEOPLE)})/\S+")
_NUMBER: Final = "RPPS "
_RPPS: Final = re.compile(r"\d{11}", re.ASCII)


class Fond(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a declaration when it is prepared: its resources at version 1, but for their dates."""

    questionnaire: Element
    tache: Element
    document: Element
    feuille: Feuille
    situation: Situation
    remarques: Element | None = None
    corrige: str | None = None
    """The id of the declaration that this one corrects."""

    def encode(self) -> bytes:
        """The bytes to keep."""
        return msgspec.json.encode(self)

    @classmethod
    def decode(cls, contenu: bytes) -> Fond:
        """The bytes that were kept, read again."""
        return msgspec.json.decode(contenu, type=cls)

    @property
    def refus(self) -> tuple[str, ...]:
        """Why this professional may not be declared, in words."""
        return tuple(raison.texte for raison in self.feuille.refus)

    @property
    def declaration(self) -> Declaration:
        """What was prepared, with where each field was read."""
        return self.feuille.declaration(self.questionnaire)


def fond(declaration: Declaration, lecture: LectureDeclaration, pdf: bytes, id: str) -> Fond:
    """What to keep of a declaration just prepared. ``id`` names its three resources and its PDF."""
    identifier = {"system": RFC_3986, "value": f"{URN}{id}"}
    todo = task(declaration, lecture, id)
    return Fond(
        questionnaire={**questionnaire_response(declaration, lecture, id), "identifier": identifier},
        tache=present(**todo, identifier=[identifier], owner=doctor_reference(declaration)),
        document=_document(declaration, lecture, pdf, id),
        feuille=Feuille.of(declaration),
        situation=Situation(
            lui_meme=lecture.faits.assure.lui_meme,
            liens=tuple(who.lien for who in lecture.faits.representants),
        ),
        remarques=_remarks(lecture.problems),
    )


def corrected(before: Fond, declaration: Declaration, pdf: bytes, id: str) -> Fond:
    """What to keep of a declaration that corrects another: of the same patient, on the same visit."""
    subject = before.questionnaire["subject"]
    encounter = before.questionnaire.get("encounter")
    lecture = LectureDeclaration(
        faits=FaitsDeclaration(jour=declaration.jour),
        patient=Reference(reference=subject.get("reference")),
        encounter=Reference(reference=encounter["reference"]) if encounter else None,
        problems=(),
    )
    return msgspec.structs.replace(
        fond(declaration, lecture, pdf, id),
        situation=before.situation,
        remarques=before.remarques,
        corrige=before.tache["id"],
    )


def _remarks(problems: tuple[Problem, ...]) -> Element | None:
    return operation_outcome(problems) if problems else None


def _document(declaration: Declaration, lecture: LectureDeclaration, pdf: bytes, id: str) -> Element:
    """The PDF to print and sign, as a document that is not final: it is where the paper starts from."""
    encounter = encounter_reference(lecture)
    return present(
        resourceType="DocumentReference",
        id=id,
        language="fr-FR",
        identifier=[{"system": RFC_3986, "value": f"{URN}{id}"}],
        docStatus="preliminary",
        type=form_code(),
        subject=patient_reference(lecture),
        author=[AUTEUR],
        description=TITRE,
        content=[{"attachment": form_attachment(declaration.jour, pdf, id)}],
        context=present(encounter=[encounter] if encounter else [], related=[{"reference": f"Task/{id}"}]),
    )


def form_attachment(jour: dt.date, pdf: bytes, id: str) -> Element:
    """The form, by its address."""
    return {
        "contentType": PDF,
        "language": "fr-FR",
        "url": f"Binary/{id}",
        "size": len(pdf),
        # FHIR fixes SHA-1 here; the proof of content is the code printed on the form.
        "hash": base64.b64encode(hashlib.sha1(pdf, usedforsecurity=False).digest()).decode("ascii"),
        "title": f"{TITRE} (préparée, non signée)",
        "creation": jour.isoformat(),
    }


# ---------------------------------------------------------------- at a version

TASK_STATUS: Final[Mapping[EtatDeclaration, str]] = {
    EtatDeclaration.PREPAREE: "ready",
    EtatDeclaration.SIGNEE: "in-progress",
    EtatDeclaration.TRANSMISE: "in-progress",
    EtatDeclaration.ENREGISTREE: "completed",
    EtatDeclaration.REFUSEE: "rejected",
    EtatDeclaration.ANNULEE: "cancelled",
}


def task_at(kept: Fond, suivie: Suivie) -> Element:
    """What is left to do, and where it stands; every passage leaves a note that says who."""
    passage, receipt = suivie.actuel, suivie.recu
    core = kept.tache
    return present(
        **core
        | _dated(core, suivie)
        | {
            "identifier": [*core["identifier"], *_receipt_identifier(receipt)],
            "status": TASK_STATUS[passage.etat],
            "statusReason": {"text": passage.note} if passage.note else None,
            "businessStatus": business_status(passage.etat),
            "authoredOn": instant(suivie.prepare_le),
            "lastModified": instant(passage.quand),
            "owner": _owner(core, suivie),
            "note": [*core.get("note", ()), *map(_note, suivie.passages[1:])],
            "output": [*core["output"], *_receipt_output(receipt)],
        }
    )


def _owner(core: Element, suivie: Suivie) -> Element | None:
    """Who is responsible: the last person who acted, the doctor until then."""
    return _designated(suivie.responsable) if suivie.responsable else core.get("owner")


def _designated(person: str) -> Element:
    """A person as he was named: by an address, else by his name and his RPPS."""
    if _ADDRESS.fullmatch(person):
        return {"reference": person}
    name, _, number = person.rpartition(_NUMBER)
    if _RPPS.fullmatch(number):
        return present(
            type="Practitioner",
            identifier={"system": RPPS, "value": number},
            display=name.removesuffix(", "),
        )
    return {"display": person}


def named(display: str | None, number: str | None, reference: str | None) -> str | None:
    """A person in words: his name and his RPPS, else the address that designates him."""
    known = (display, f"{_NUMBER}{number}" if number else None)
    return ", ".join(text for text in known if text) or reference


def questionnaire_at(kept: Fond, suivie: Suivie) -> Element:
    """The draft, as prepared. What people tick and sign never enters it: it stays in progress, or stops."""
    core = kept.questionnaire
    return {
        **core,
        **_dated(core, suivie),
        "status": STATUSES["QuestionnaireResponse"][suivie.actuel.etat],
        "authored": instant(suivie.prepare_le),
    }


def document_at(kept: Fond, suivie: Suivie) -> Element:
    """The form to sign, then the two copies of the proof; final once the caisse has recorded it."""
    core = kept.document
    final = {"docStatus": "final"} if suivie.actuel.etat is EtatDeclaration.ENREGISTREE else {}
    return {
        **core,
        **final,
        **_dated(core, suivie),
        "status": STATUSES["DocumentReference"][suivie.actuel.etat],
        "date": instant(suivie.prepare_le),
        "content": [*core["content"], *({"attachment": found} for found in _copies(suivie))],
    }


def _copies(suivie: Suivie) -> Iterator[Element]:
    for name, title in COPIES.items():
        yield {
            "contentType": PDF,
            "language": "fr-FR",
            "url": f"Binary/{copy_id(suivie.id, name)}",
            "title": title,
            "creation": instant(suivie.actuel.quand),
        }


def copy_id(id: str, copy: str) -> str:
    """The id of one copy of the proof of a declaration."""
    return f"{id}-{copy}"


RENDERINGS: Final[Mapping[str, Callable[[Fond, Suivie], Element]]] = {
    "Task": task_at,
    "QuestionnaireResponse": questionnaire_at,
    "DocumentReference": document_at,
}
"""The types that are kept, in the order of an answer."""


def _but_cancelled(usual: str, cancelled: str) -> Mapping[EtatDeclaration, str]:
    return {etat: cancelled if etat is EtatDeclaration.ANNULEE else usual for etat in EtatDeclaration}


STATUSES: Final[Mapping[str, Mapping[EtatDeclaration, str]]] = {
    "Task": TASK_STATUS,
    "QuestionnaireResponse": _but_cancelled("in-progress", "stopped"),
    "DocumentReference": _but_cancelled("current", "superseded"),
}
"""What ``status`` each type has in each state."""


def _dated(core: Element, suivie: Suivie) -> Element:
    meta = core.get("meta", {})
    return {
        "meta": {"versionId": str(suivie.version), "lastUpdated": instant(suivie.actuel.quand), **meta},
    }


def instant(moment: dt.datetime) -> str:
    """An instant as FHIR writes it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds")


def _note(passage: Passage) -> Element:
    said = LIBELLES_ETATS[passage.etat]
    return {
        "authorString": passage.qui,
        "time": instant(passage.quand),
        "text": f"{said} : {passage.note}" if passage.note else said,
    }


def _receipt_identifier(receipt: str | None) -> list[Element]:
    return [{"use": "secondary", "type": _GIVEN_BY_THE_CAISSE, "value": receipt}] if receipt else []


def _receipt_output(receipt: str | None) -> list[Element]:
    return [{"type": {"text": RECEIPT}, "valueString": receipt}] if receipt else []


# ---------------------------------------------------------------- bundles


def prepared_bundle(kept: Fond, suivie: Suivie, base: str) -> Element:
    """The answer to a preparation, as it was given first: whatever became of the declaration since.

    ``base`` is the address of the FHIR server, without a final slash.
    """
    first = suivie.en_version(1)
    order = ("QuestionnaireResponse", "Task", "DocumentReference")
    entries = [
        {"fullUrl": f"{base}/{kind}/{suivie.id}", "resource": RENDERINGS[kind](kept, first)} for kind in order
    ]
    if kept.remarques:
        name = uuid.uuid5(uuid.UUID(suivie.id), "OperationOutcome")
        entries.append({"fullUrl": f"{URN}{name}", "resource": kept.remarques})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def history(kept: Fond, suivie: Suivie, base: str) -> Element:
    """Every version of the Task, the newest first."""
    url = f"{base}/Task/{suivie.id}"
    versions = [suivie.en_version(passage.version) for passage in reversed(suivie.passages)]
    return {
        "resourceType": "Bundle",
        "type": "history",
        "total": len(versions),
        "link": [{"relation": "self", "url": f"{url}/_history"}],
        "entry": [_past(kept, version, url) for version in versions],
    }


def _past(kept: Fond, version: Suivie, url: str) -> Element:
    created = version.version == 1
    return {
        "fullUrl": url,
        "resource": task_at(kept, version),
        "request": {"method": "POST", "url": "Task"}
        if created
        else {"method": "PUT", "url": f"Task/{version.id}"},
        "response": {
            "status": "201" if created else "200",
            "etag": etag(version.version),
            "lastModified": instant(version.actuel.quand),
        },
    }


def etag(version: int) -> str:
    """The tag of a version, as FHIR writes it."""
    return f'W/"{version}"'


def form_extract(kept: Fond) -> Element:
    """The form, as an invoice may mention it (``ClaimResponse.form``)."""
    attachment: Any = kept.document["content"][0]["attachment"]
    return {name: attachment[name] for name in ("contentType", "url", "title", "creation")}
