"""Invoices for tests: what is charged, at which price, on which line."""

from __future__ import annotations

from typing import Any

from tests.fhir.builders import Json, concept, ext, ours, ref

CCAM = "https://smt.esante.gouv.fr/terminologie-ccam"


def money(value: Any, currency: str | None = "EUR") -> Json:
    return {"value": value, **({"currency": currency} if currency else {})}


def base(value: Any, currency: str | None = "EUR") -> Json:
    return ext("pds-ext-base-remboursement", valueMoney=money(value, currency))


def item(sequence: int = 1, code: str = "CS", /, **elements: Any) -> Json:
    """A line of an invoice: a consultation, priced by ``elements``."""
    return {"sequence": sequence, "productOrService": ours("pds-cs-ngap", code), **elements}


def claim(*items: Json, **elements: Any) -> Json:
    """The invoice of Dominique's visit to Dr Doc."""
    return {
        "resourceType": "Claim",
        "id": "claim",
        "identifier": [{"system": "urn:test", "value": "F1"}],
        "status": "active",
        "type": concept(("http://terminology.hl7.org/CodeSystem/claim-type", "professional")),
        "use": "claim",
        "patient": ref("Patient/pat"),
        "created": "2026-02-17",
        "provider": ref("PractitionerRole/role-doc"),
        "priority": concept(("http://terminology.hl7.org/CodeSystem/processpriority", "normal")),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "AMO"}}],
        **({"item": list(items)} if items else {}),
        **elements,
    }


def charge(id: str = "charge", /, **elements: Any) -> Json:
    return {
        "resourceType": "ChargeItem",
        "id": id,
        "status": "billable",
        "code": ours("pds-cs-ngap", "CS"),
        "subject": ref("Patient/pat"),
        **elements,
    }


def procedure(id: str = "acte", /, **elements: Any) -> Json:
    return {
        "resourceType": "Procedure",
        "id": id,
        "status": "completed",
        "code": concept((CCAM, "DEQP003")),
        "subject": ref("Patient/pat"),
        **elements,
    }
