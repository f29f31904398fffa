"""What the audit keeps of a request, and how it reads as a FHIR ``AuditEvent``.

The shape is that of IHE BALP (Basic Audit Log Patterns 1.1.3, https://profiles.ihe.net/ITI/BALP): a
successful read, search, creation or update claims its profile; operations, sign-ins and refusals have none
there and follow the same pattern. Differences, both because a value of a patient stays out: a search is told
by the names of its parameters, and a patient by a digest that only the key of the audit makes again.
"""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any, Final

import msgspec

from parcours.fhir.systems import BASE, RPPS

Element = dict[str, Any]

PATIENT: Final = f"{BASE}/sid/audit-patient"
"""The system of a patient in the audit: ``key:HMAC-SHA256`` of practice and name there."""
CLIENT: Final = f"{BASE}/sid/client"

_BALP: Final = "https://profiles.ihe.net/ITI/BALP"
_HL7: Final = "http://terminology.hl7.org/CodeSystem"
_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_REQUEST_ID: Final = "transport specific unique identifier where http X-Request-Id is used"
_SOURCE, _DESTINATION = "110153", "110152"
SIGN_INS: Final = {"login": ("110122", "Login"), "logout": ("110123", "Logout")}
"""Interactions that are none of FHIR's, and their code of DICOM."""


def patient_name(reference: str) -> str:
    """What all references to one patient have in common.

    ``Patient/123``, ``123``, a URL, and any of these with a version name the same.
    """
    return reference.strip().partition("/_history/")[0].rpartition("/")[2]


class Requested(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One request as the audit keeps it: our own words and ids, and digests of what names a patient."""

    interaction: str
    """A code of FHIR's ``restful-interaction``, ``login`` or ``logout``."""
    methode: str
    route: str
    """The pattern of the address, never the address."""
    statut: int
    """Of the answer over HTTP; 0 for a command."""
    raison: str = ""
    """Why it was refused: a code of FHIR's ``issue-type``."""
    proprietaire: str = ""
    """Whose the route is: ``public``, ``client``, ``user``, ``operator``."""
    client: str = ""
    personne: str = ""
    """RPPS number of a person whom a token or a session vouches for; never from a body."""
    jeton: str = ""
    """What tells the token that was used, as a URI: never the token."""
    adresse: str = ""
    demande: str = ""
    """The ``X-Request-Id``."""
    entites: tuple[str, ...] = ()
    """Our own resources: ``Task/…``."""
    patients: tuple[str, ...] = ()
    autres: int = 0
    """How many resources more, beyond those that are listed."""
    parametres: tuple[str, ...] = ()
    """Names of the parameters of a search."""
    omises: int = 0
    """How many requests of nobody known went before this one without a record of their own."""

    def encode(self) -> str:
        """As it is kept."""
        return msgspec.json.encode(self, order="sorted").decode()

    @classmethod
    def decode(cls, kept: str) -> Requested:
        """Back. Raises ``msgspec.ValidationError``."""
        return msgspec.json.decode(kept, type=cls)

    @property
    def succeeded(self) -> bool:
        """Was it answered as it was asked?"""
        return self.statut < 400


def audit_event(
    kept: Requested, *, numero: int, quand: dt.datetime, tenant: str | None, empreinte: str, server: str
) -> Element:
    """A record as an ``AuditEvent``. ``server``: the address of this service, seen from outside."""
    event: Element = {"resourceType": "AuditEvent", "id": str(numero)}
    if profile := _profile(kept):
        event["meta"] = {"profile": [profile]}
    return event | {
        "type": _type(kept),
        "subtype": _subtypes(kept),
        "action": _action(kept),
        "recorded": quand.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        "outcome": "0" if kept.succeeded else "4" if kept.statut < 500 else "8",
        **({} if kept.succeeded else {"outcomeDesc": " ".join((str(kept.statut), kept.raison)).strip()}),
        "agent": [*_user(kept), _client(kept), _server(kept, server), *_token(kept)],
        "source": {
            "site": server,
            "observer": {"display": "parcours-soins"},
            "type": [_coding(f"{_HL7}/security-source-type", "4", "Application Server")],
        },
        "entity": [
            *_what(kept),
            *_patients(kept),
            *_transaction(kept),
            _record(kept, numero, tenant, empreinte),
        ],
    }


# ---------------------------------------------------------------- which event


_ACTIONS: Final = {"create": "C", "read": "R", "vread": "R", "history-instance": "R", "update": "U"}
_PATTERNS: Final = {
    "create": "Create",
    "read": "Read",
    "vread": "Read",
    "update": "Update",
    "search-type": "Query",
}


def _profile(kept: Requested) -> str | None:
    """What BALP calls this event, with all that it asks for; ``None`` when it has no pattern for it."""
    pattern = _PATTERNS.get(kept.interaction)
    if pattern is None or not (kept.succeeded and kept.adresse and kept.client):
        return None
    if pattern != "Query" and len(kept.entites) != 1:
        return None
    of_one_patient = "Patient" if len(kept.patients) == 1 else ""
    return f"{_BALP}/StructureDefinition/IHE.BasicAudit.{of_one_patient}{pattern}"


def _type(kept: Requested) -> Element:
    if kept.interaction in SIGN_INS:
        return _coding(_DICOM, "110114", "User Authentication")
    return _coding(f"{_HL7}/audit-event-type", "rest", "RESTful Operation")


def _subtypes(kept: Requested) -> list[Element]:
    if kept.interaction in SIGN_INS:
        return [_coding(_DICOM, *SIGN_INS[kept.interaction])]
    return [_coding("http://hl7.org/fhir/restful-interaction", kept.interaction, kept.interaction)]


def _action(kept: Requested) -> str:
    return _ACTIONS.get(kept.interaction, "E")


# ---------------------------------------------------------------- who


def _user(kept: Requested) -> list[Element]:
    if not kept.personne:
        return []
    role = ("AUT", "author (originator)") if _action(kept) in "CU" else ("IRCP", "information recipient")
    return [
        {
            "type": {"coding": [_coding(f"{_HL7}/v3-ParticipationType", *role)]},
            "who": _named(RPPS, kept.personne),
            "requestor": True,
        }
    ]


def _client(kept: Requested) -> Element:
    """What a read brings goes to the client; all else comes from it. Only one agent is the requestor."""
    role = _DESTINATION if _action(kept) == "R" else _SOURCE
    return {
        "type": _role(role),
        "who": _named(CLIENT, kept.client) if kept.client else {"display": "inconnu"},
        "requestor": not (kept.personne or kept.jeton),
        **({"network": {"address": kept.adresse, "type": "2"}} if kept.adresse else {}),
    }


def _server(kept: Requested, server: str) -> Element:
    role = _SOURCE if _action(kept) == "R" else _DESTINATION
    who = {"display": server}
    return {"type": _role(role), "who": who, "requestor": False, "network": {"address": server, "type": "5"}}


def _token(kept: Requested) -> list[Element]:
    """The token that let it in (BALP, OAUTHaccessTokenUse.Minimal)."""
    if not kept.jeton:
        return []
    kind = _coding(f"{_BALP}/CodeSystem/UserAgentTypes", "UserOauthAgent", "User OAuth Agent participant")
    return [
        {
            "type": {"coding": [kind]},
            "who": _named(CLIENT, kept.client),
            "requestor": not kept.personne,
            "policy": [kept.jeton],
        }
    ]


def _role(code: str) -> Element:
    display = "Source Role ID" if code == _SOURCE else "Destination Role ID"
    return {"coding": [_coding(_DICOM, code, display)]}


# ---------------------------------------------------------------- what


def _what(kept: Requested) -> list[Element]:
    """Our resources; for a search its parameters first, for what has neither the route alone."""
    if kept.interaction == "search-type":
        return [_query(kept), *(_resource(kept, entity, _found(entity)) for entity in kept.entites)]
    return [_resource(kept, entity, _entity("2", "System Object")) for entity in kept.entites] or [
        {
            "type": _entity("2", "System Object"),
            "role": _coding(f"{_HL7}/object-role", "20", "Job"),
            "name": kept.route,
        }
    ]


def _resource(kept: Requested, entity: str, kind: Element) -> Element:
    return {
        "what": {"reference": entity},
        "type": kind,
        "role": _coding(f"{_HL7}/object-role", "4", "Domain Resource"),
        "description": kept.route,
    }


def _found(entity: str) -> Element:
    """The type of what a search found: for BALP the one "System Object" of a search is its query."""
    kind = entity.partition("/")[0]
    return _coding("http://hl7.org/fhir/resource-types", kind, kind)


def _query(kept: Requested) -> Element:
    asked = f"{kept.route}?{'&'.join(kept.parametres)}"
    return {
        "type": _entity("2", "System Object"),
        "role": _coding(f"{_HL7}/object-role", "24", "Query"),
        "description": asked,
        "query": base64.b64encode(asked.encode()).decode(),
    }


def _patients(kept: Requested) -> list[Element]:
    return [
        {
            "what": {"type": "Patient", **_named(PATIENT, patient)},
            "type": _entity("1", "Person"),
            "role": _coding(f"{_HL7}/object-role", "1", "Patient"),
        }
        for patient in kept.patients
    ]


def _transaction(kept: Requested) -> list[Element]:
    if not kept.demande:
        return []
    kind = _coding(f"{_BALP}/CodeSystem/BasicAuditEntityType", "XrequestId", _REQUEST_ID)
    return [{"what": {"identifier": {"value": kept.demande}}, "type": kind}]


def _record(kept: Requested, numero: int, tenant: str | None, empreinte: str) -> Element:
    """The place of the record in the chain, and whose data it was about."""
    told = {"numero": str(numero), "empreinte": empreinte, "proprietaire": kept.proprietaire}
    told |= {"cabinet": tenant or "", "autres": str(kept.autres or ""), "omises": str(kept.omises or "")}
    return {
        "type": _entity("4", "Other"),
        "role": _coding(f"{_HL7}/object-role", "13", "Security Resource"),
        "name": "parcours audit",
        "detail": [{"type": name, "valueString": value} for name, value in told.items() if value],
    }


def _entity(code: str, display: str) -> Element:
    return _coding(f"{_HL7}/audit-entity-type", code, display)


def _named(system: str, value: str) -> Element:
    return {"identifier": {"system": system, "value": value}}


def _coding(system: str, code: str, display: str) -> Element:
    return {"system": system, "code": code, "display": display}
