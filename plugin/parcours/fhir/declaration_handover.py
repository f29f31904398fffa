"""A signed declaration that is handed over: who acts, what leaves, the receipt that comes back."""

from __future__ import annotations

import base64
from typing import Any, Final

import msgspec

from parcours.domain.declaration_states import EtatDeclaration
from parcours.domain.declaration_suivie import est_une_personne
from parcours.errors import Problem, UnreadableBundle
from parcours.fhir.declaration_followup import PDF, RECEIPT
from parcours.fhir.declaration_moves import LONGEST_RECEIPT, LONGEST_TEXT
from parcours.fhir.declaration_resources import Element as Resource
from parcours.fhir.declaration_resources import business_status
from parcours.fhir.elements import Element
from parcours.fhir.json_door import Limits, check_json

WHO: Final = "qui"
RECEIVED: Final = "recu"


class _Parameter(Element, frozen=True, kw_only=True):
    name: str = ""
    value_string: str | None = None


class _Parameters(Element, frozen=True, kw_only=True):
    resource_type: str = ""
    parameter: tuple[_Parameter, ...] = ()


def read_person(body: bytes, limits: Limits) -> str:
    """Who hands over: the one ``qui`` of the ``Parameters``, a name of 1 to 200 characters on a line.

    Raises ``MalformedInput``, ``TooLarge``, or ``UnreadableBundle`` when nobody is named.
    """
    check_json(body, limits, "Parameters")
    try:
        asked = msgspec.json.decode(body, type=_Parameters)
    except msgspec.ValidationError:
        asked = _Parameters()
    name = _only(asked, WHO, LONGEST_TEXT) or ""
    check_person(name)
    return name


def check_person(name: str) -> None:
    """``UnreadableBundle`` unless this names a person, in words that a Task can keep."""
    if not (est_une_personne(name) and len(name) <= LONGEST_TEXT and name.isprintable()):
        text = "dire qui transmet : le nom d'une personne, sur une ligne"
        raise UnreadableBundle([Problem(f"Parameters.parameter.where(name='{WHO}')", "required", text)])


def read_receipt(answer: Any) -> str | None:
    """The one ``recu`` of the ``Parameters`` that a bridge answers: 1 to 64 visible characters, or none."""
    try:
        said = msgspec.convert(answer, _Parameters)
    except msgspec.ValidationError:
        return None
    return _only(said, RECEIVED, LONGEST_RECEIPT)


def read_receipts(task: Resource) -> list[str]:
    """The receipt numbers that a Task of ours holds."""
    return [
        output["valueString"] for output in task.get("output", ()) if output["type"].get("text") == RECEIPT
    ]


def _only(parameters: _Parameters, name: str, longest: int) -> str | None:
    """The text of the one parameter of this name; nothing when there is none, several, or no such text."""
    found = [parameter.value_string or "" for parameter in parameters.parameter if parameter.name == name]
    text = found[0].strip() if len(found) == 1 else ""
    sound = parameters.resource_type == "Parameters" and len(text) <= longest and text.isprintable()
    return text if sound and text else None


def check_signed(task: Resource) -> None:
    """``UnreadableBundle`` unless this Task stands at ``signee``: nothing else ever leaves."""
    if task["businessStatus"] != business_status(EtatDeclaration.SIGNEE):
        text = "seule une déclaration signée, et pas encore transmise, peut être transmise"
        raise UnreadableBundle([Problem("Task.businessStatus", "business-rule", text)])


def package(resources: tuple[Resource, ...], pdf: bytes, base: str) -> Resource:
    """A ``collection``: the Task first, the other resources, and the form as a Binary.

    The same version of a declaration gives the same package, whoever hands it over.
    """
    task = resources[0]
    binary = {
        "resourceType": "Binary",
        "id": task["id"],
        "contentType": PDF,
        "data": base64.b64encode(pdf).decode("ascii"),
    }
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": task["meta"]["lastUpdated"],
        "entry": [
            {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}
            for resource in (*resources, binary)
        ],
    }


def handed_over(task: Resource, who: str, receipt: str) -> Resource:
    """The Task as it is put back by a person who handed the declaration over and got this receipt.

    He asks for it, whoever is responsible: an owner who stays the same would not be said to have acted.
    """
    return {
        **{name: value for name, value in task.items() if name != "owner"},
        "businessStatus": business_status(EtatDeclaration.TRANSMISE),
        "requester": {"display": who},
        "output": [*task["output"], {"type": {"text": RECEIPT}, "valueString": receipt}],
    }
