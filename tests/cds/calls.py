"""Calls as a doctor's software makes them, built from the examples; invented people only."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
OTHER_INSTANCE = "0c6f3f0a-6a5b-4b69-9b0e-3f0f3a9d2b11"

NO_MT, WITH_MT, MINIMAL, BOOKED, UNKNOWN_ACT = "21", "01", "36", "37", "35"
"""Examples by what they show: nobody declared (with a Coverage), hers, nearly nothing, an appointment…"""

NOS = "https://mos.esante.gouv.fr/NOS"

HOOKS = {"Encounter": "encounter-start", "Appointment": "appointment-book"}
CDS = "/cds-services"


def folder(number: str) -> Path:
    (found,) = EXAMPLES.glob(f"{number}-*")
    return found


def resources(number: str) -> list[Json]:
    bundle = json.loads((folder(number) / "bundle.json").read_text(encoding="utf-8"))
    return [entry["resource"] for entry in bundle["entry"]]


def first(number: str, kind: str) -> Json | None:
    return next((r for r in resources(number) if r["resourceType"] == kind), None)


def searchset(*found: Json) -> Json:
    entries = [{"resource": resource, "search": {"mode": "match"}} for resource in found]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def call(number: str, hook: str | None = None) -> Json:
    """A call of the hook that fits an example, everything the example holds in its prefetch."""
    held = resources(number)
    visit = next(r for r in held if r["resourceType"] in HOOKS)
    patient = first(number, "Patient")
    context: Json = {"userId": "Practitioner/medecin-consulte", "patientId": "patient"}
    prefetch = {"patient": patient, **searches(held)}
    if visit["resourceType"] == "Encounter":
        context["encounterId"] = visit["id"]
        prefetch["encounter"] = visit
    else:
        context["appointments"] = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": visit}],
        }
    return {
        "hook": hook or HOOKS[visit["resourceType"]],
        "hookInstance": INSTANCE,
        "context": context,
        "prefetch": prefetch,
    }


def searches(held: list[Json]) -> Json:
    def of(*kinds: str) -> Json:
        return searchset(*(r for r in held if r["resourceType"] in kinds))

    return {
        "user": of("Practitioner"),
        "userRole": of("PractitionerRole"),
        "coverage": of("Coverage"),
        "careTeam": of("CareTeam"),
        "serviceRequest": of("ServiceRequest"),
        "carePlan": of("CarePlan"),
        "others": of("Organization", "Location", "Claim", "ChargeItem", "Procedure", "Condition"),
    }


def order_sign(number: str, *orders: Json, user: str = "Practitioner/medecin-consulte") -> Json:
    """Orders about to be signed for the patient of an example."""
    asked = call(number, "order-sign")
    context = {"userId": user, "patientId": asked["context"]["patientId"]}
    drafts = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": order} for order in orders],
    }
    return {**asked, "context": {**context, "draftOrders": drafts}}


def profession(code: str) -> Json:
    """A profession of the national table: ``10`` is a doctor."""
    system = f"{NOS}/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante"
    return {"coding": [{"system": system, "code": code}]}


def letter(**elements: Any) -> Json:
    """A letter to a specialist, drafted."""
    return {
        "resourceType": "ServiceRequest",
        "id": "lettre",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/patient"},
        "performerType": profession("10"),
        "performer": [{"reference": "PractitionerRole/specialiste"}],
        **elements,
    }


def patient_view(number: str) -> Json:
    asked = call(number, "patient-view")
    return {**asked, "context": {k: asked["context"][k] for k in ("userId", "patientId")}}


def changed(asked: Json, path: str, value: Any = ...) -> Json:
    """The same call with another value at a dotted path; without a value, without that element."""
    other = copy.deepcopy(asked)
    *parents, last = path.split(".")
    holder = other
    for name in parents:
        holder = holder[name]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return other


def failed() -> Json:
    """What a client sends for a search of its own that failed."""
    issue = {"severity": "error", "code": "exception", "diagnostics": "timeout"}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
