"""``PUT Task/{id}``: which state a person asks for, and who he is. Everything else is the server's.

Nothing but these elements is read: ``id``, ``status``, ``statusReason``, ``businessStatus``, ``owner``,
``requester`` and the receipt number among ``output``. An owner put back as he was shown has not acted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from parcours.domain.declaration_states import EtatDeclaration, peut_suivre
from parcours.domain.declaration_suivie import NON_PRECISE, Suivie, est_une_personne, par_le_logiciel
from parcours.errors import MalformedInput, Problem, UnreadableBundle
from parcours.fhir.declaration_followup import PEOPLE, TASK_STATUS, Fond, named, task_at
from parcours.fhir.declaration_resources import Element as Resource
from parcours.fhir.declaration_resources import business_status
from parcours.fhir.declaration_systems import ETAT_DECLARATION
from parcours.fhir.elements import CodeableConcept, Element, Reference
from parcours.fhir.identifiers import rpps
from parcours.fhir.json_door import Limits, check_json

LONGEST_RECEIPT: Final = 64
LONGEST_TEXT: Final = 200
ATTRIBUTED: Final = frozenset({EtatDeclaration.SIGNEE, EtatDeclaration.TRANSMISE})
"""Nothing is signed, and nothing leaves, but on the act of somebody who is named."""
ANSWERED: Final = frozenset({EtatDeclaration.TRANSMISE, EtatDeclaration.ENREGISTREE, EtatDeclaration.REFUSEE})
"""The caisse gives a receipt for what it was sent, and for nothing else."""


class _Output(Element, frozen=True, kw_only=True):
    value_string: str | None = None


class _Reason(Element, frozen=True, kw_only=True):
    text: str | None = None


class _Owned(Element, frozen=True, kw_only=True):
    owner: Reference | None = None


class _Task(Element, frozen=True, kw_only=True):
    resource_type: str = ""
    id: str | None = None
    status: str | None = None
    status_reason: _Reason | None = None
    business_status: CodeableConcept | None = None
    requester: Reference | None = None
    owner: Reference | None = None
    output: tuple[_Output, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demande:
    """What is asked of a declaration. ``owner``, ``requester``: people, in words; ``recus``: every output."""

    etat: EtatDeclaration
    status: str | None
    owner: str | None
    requester: str | None
    recus: frozenset[str]
    motif: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Avancee:
    """A move that is lawful: towards which state, by whom, with which receipt, why."""

    etat: EtatDeclaration
    qui: str
    recu: str | None
    note: str | None


def read_task(body: bytes, id: str, limits: Limits) -> Demande:
    """Read the Task that was put at ``id``.

    Raises ``MalformedInput`` (400: another id, another type), ``TooLarge`` or ``UnreadableBundle`` (422).
    """
    check_json(body, limits, "Task")
    asked = _decoded(body)
    if asked.resource_type != "Task":
        raise MalformedInput([Problem("", "structure", "une ressource Task est attendue à cette adresse")])
    if asked.id != id:
        raise MalformedInput([Problem("Task.id", "value", "l'identifiant n'est pas celui de l'adresse")])
    return Demande(
        etat=_etat(asked.business_status),
        status=asked.status,
        owner=_person(asked.owner),
        requester=_requester(asked.requester),
        recus=frozenset(_texts(asked.output)),
        motif=_text(asked.status_reason.text if asked.status_reason else None, "Task.statusReason.text"),
    )


def put_back(
    task: Resource, etat: EtatDeclaration, qui: str, recu: str | None = None, motif: str | None = None
) -> Resource:
    """A Task as a person who acts puts it back, in another state.

    He asks for it, whoever is responsible: an owner who stays the same would not be said to have acted.
    """
    return {
        **{name: value for name, value in task.items() if name not in ("owner", "statusReason")},
        "businessStatus": business_status(etat),
        "requester": {"display": qui},
        "output": [*task["output"], {"valueString": recu}] if recu else task["output"],
        "statusReason": {"text": motif},
    }


def move(kept: Fond, suivie: Suivie, demande: Demande, client: str) -> Avancee | None:
    """What becomes of a declaration; ``None`` when it already stands there.

    ``client`` is the software that asks. Raises ``UnreadableBundle`` when it may not go there, or not
    like this.
    """
    before, after = suivie.actuel.etat, demande.etat
    receipt = _receipt(demande.recus - {suivie.recu})
    if demande.status not in (TASK_STATUS[before], TASK_STATUS[after]):
        raise _refusal("Task.status", "code-invalid", "le statut ne suit pas l'état de la déclaration")
    _check_receipt(before, after, receipt)
    if after is before:
        return None
    _check_move(kept, before, demande)
    return Avancee(
        etat=after,
        qui=_who(demande, _shown_owner(kept, suivie), client),
        recu=receipt,
        note=None if demande.motif == suivie.actuel.note else demande.motif,
    )


def _check_receipt(before: EtatDeclaration, after: EtatDeclaration, receipt: str | None) -> None:
    if receipt is None:
        return
    if after is before:
        text = "le numéro d'accusé de réception se donne avec un changement d'état"
        raise _refusal("Task.output", "business-rule", text)
    if after not in ANSWERED:
        text = "un accusé de réception ne se donne qu'à une déclaration transmise, enregistrée ou refusée"
        raise _refusal("Task.output", "business-rule", text)


def _check_move(kept: Fond, before: EtatDeclaration, demande: Demande) -> None:
    if not peut_suivre(before, demande.etat):
        text = "la déclaration ne peut pas passer de son état à celui-ci"
        raise _refusal("Task.businessStatus", "business-rule", text)
    if demande.etat is EtatDeclaration.SIGNEE and kept.refus:
        raise UnreadableBundle([Problem("Task.businessStatus", "business-rule", text) for text in kept.refus])
    if demande.etat in ATTRIBUTED and not (demande.owner or demande.requester):
        raise _refusal("Task.owner", "required", "dire qui a agi : une personne, dans Task.owner")


def _who(demande: Demande, shown: str | None, client: str) -> str:
    """Who acted: an owner whom nobody changed is responsible, and has not said that he did anything."""
    if demande.owner and demande.owner == shown:
        return par_le_logiciel(client, demande.owner)
    return demande.owner or demande.requester or NON_PRECISE


def _shown_owner(kept: Fond, suivie: Suivie) -> str | None:
    """The owner whom the last version shows, in the words of a Task that is put back."""
    shown = msgspec.convert(task_at(kept, suivie), _Owned)
    return _words(shown.owner) if shown.owner else None


def _decoded(body: bytes) -> _Task:
    try:
        return msgspec.json.decode(body, type=_Task)
    except msgspec.ValidationError:
        pass
    raise _refusal("Task", "structure", "un élément de la tâche n'a pas la forme que FHIR lui donne")


def _etat(concept: CodeableConcept | None) -> EtatDeclaration:
    codes = {c.code for c in concept.coding if c.system == ETAT_DECLARATION} if concept else set()
    known = [etat for etat in EtatDeclaration if etat.value in codes]
    if len(known) != 1 or len(codes) != 1:
        text = "un état de la liste pds-cs-etat-declaration est attendu, et un seul"
        raise _refusal("Task.businessStatus", "code-invalid", text)
    return known[0]


def _requester(reference: Reference | None) -> str | None:
    """The person who asks, if it is one: the requester whom the server shows is itself."""
    return None if reference is None or _kinds(reference) - {*PEOPLE} else _person(reference)


def _person(reference: Reference | None) -> str | None:
    """Who is named, in words: his name, his RPPS, else what designates him for the software that asks."""
    if reference is None:
        return None
    kinds = _kinds(reference)
    if kinds - {*PEOPLE} or len(kinds) > 1:
        text = "une personne est attendue, et un type qui soit celui de la référence"
        raise _refusal("Task.owner", "value", text)
    display = _text(reference.display, "Task.owner")
    if display and not est_une_personne(display):
        raise _refusal("Task.owner", "value", "le nom d'une personne est attendu, et non celui d'un logiciel")
    return _text(_words(reference), "Task.owner")


def _words(reference: Reference) -> str | None:
    return named((reference.display or "").strip(), rpps(reference.identifier), reference.reference)


def _kinds(reference: Reference) -> set[str]:
    """What the reference says that it designates: by its type, by its address."""
    address = (reference.reference or "").partition("/_history/")[0].split("/")
    return {kind for kind in (reference.type, address[-2] if len(address) > 1 else None) if kind is not None}


def _texts(outputs: tuple[_Output, ...]) -> Iterator[str]:
    for output in outputs:
        if output.value_string is not None:
            text = output.value_string.strip()
            if not (0 < len(text) <= LONGEST_RECEIPT and text.isprintable()):
                said = f"numéro d'accusé de réception : 1 à {LONGEST_RECEIPT} caractères visibles"
                raise _refusal("Task.output.value", "value", said)
            yield text


def _receipt(found: frozenset[str | None]) -> str | None:
    if len(found) > 1:
        raise _refusal(
            "Task.output", "business-rule", "un seul nouveau numéro d'accusé de réception est attendu"
        )
    return next(iter(found), None)


def _text(text: str | None, where: str) -> str | None:
    """A short text on one line, as somebody wrote it; nothing when he wrote nothing."""
    said = (text or "").strip()
    if len(said) > LONGEST_TEXT or not said.isprintable():
        raise _refusal(
            where, "value", f"un texte d'une ligne, de {LONGEST_TEXT} caractères au plus, est attendu"
        )
    return said or None


def _refusal(expression: str, code: str, text: str) -> UnreadableBundle:
    return UnreadableBundle([Problem(expression, code, text)])
