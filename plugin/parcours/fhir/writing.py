"""A ``Decision`` as FHIR: ClaimResponse, the Bundle that answers a request, OperationOutcome.

Resources are plain dictionaries in the shape of their JSON; tests hold each of them to the models
of ``fhir.resources``. The clock comes in as ``created`` and appears nowhere else.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import uuid
from collections.abc import Sequence
from typing import Any

import msgspec

from parcours.domain.decision import Decision, Manquant, Position
from parcours.domain.facts import Couverture, Fait
from parcours.errors import Problem
from parcours.fhir.adjudication import items, totals, without_items
from parcours.fhir.decision_extension import Element, decision_extension
from parcours.fhir.declaration_resources import form_code
from parcours.fhir.elements import Identifier, Reference
from parcours.fhir.narrative import narrative
from parcours.fhir.reading import Contexte, Lecture
from parcours.fhir.systems import BASE, code_system, extension_url
from parcours.wording import citation, fait, manque, terme, verdict

PROFILE = f"{BASE}/StructureDefinition/pds-claim-response"
EXPRESSION = extension_url("pds-ext-expression")
INS = "1.2.250.1.213.1.4"
"""Root of every system of the national health identity (a social security number)."""

_NIR = re.compile(r"(?<!\d)[1-8](?:\s*\d){4}\s*(?:\d\s*\d|2\s*[ABab])(?:\s*\d){6}")
"""Thirteen characters of a social security number, spaced or not, Corsica included."""

CAMIEG = "Camieg, part complémentaire"
"""The insurer of the second line, when one fund pays both parts."""

ASSUMED = "fait-suppose"
"""The warning that makes an answer worth an informational outcome: a fact nobody gave was assumed."""


def claim_response(decision: Decision, contexte: Contexte, created: dt.datetime) -> Element:
    """The answer as a ClaimResponse. ``created`` carries its offset from UTC."""
    return _present(
        resourceType="ClaimResponse",
        id=decision.id,
        meta={"profile": [PROFILE]},
        language="fr-FR",
        text=narrative(decision),
        extension=[decision_extension(decision)],
        identifier=[{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{decision.id}"}],
        status="active",
        type=_concept("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
        use="predetermination",
        patient=_patient(contexte.patient) or {"display": "Patient non transmis"},
        created=created.isoformat(timespec="seconds"),
        insurer={"display": contexte.insurer},
        requestor=_reference(contexte.praticien),
        request=_request(contexte),
        outcome="partial" if decision.position is Position.INDETERMINE else "complete",
        disposition=verdict(decision),
        **_money(decision, contexte),
        processNote=_notes(decision),
        insurance=_insurance(decision, contexte.coverages),
        error=[_error(manquant) for manquant in decision.manquants],
    )


def answer_bundle(
    decision: Decision,
    lecture: Lecture,
    created: dt.datetime,
    proposed: Sequence[Element] = (),
    form: Element | None = None,
) -> Element:
    """The answer to one request: ClaimResponse first, what was ignored or assumed last.

    ``proposed``: the resources of a declaration worth proposing; the ClaimResponse then names its form,
    and holds ``form``, the one already prepared (an Attachment), when there is one.
    """
    answer = claim_response(decision, lecture.contexte, created)
    if proposed:
        answer |= _present(formCode=form_code(), form=form)
    resources = [(decision.id, answer)]
    resources += [(resource["id"], resource) for resource in proposed]
    remarks = (*lecture.problems, *_assumptions(decision))
    if remarks:
        # Named after the decision, so that the same request gets the same bytes.
        name = uuid.uuid5(uuid.UUID(decision.id), "OperationOutcome")
        resources.append((str(name), operation_outcome(remarks)))
    entries = [{"fullUrl": f"urn:uuid:{name}", "resource": resource} for name, resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def operation_outcome(problems: Sequence[Problem]) -> Element:
    """What went wrong or was ignored: where and why, in French, and never a value of the request."""
    return {"resourceType": "OperationOutcome", "language": "fr-FR", "issue": [_issue(p) for p in problems]}


def to_json(resource: Element) -> bytes:
    """The bytes that leave."""
    return _ENCODER.encode(resource)


_ENCODER = msgspec.json.Encoder(decimal_format="number")
"""Amounts leave as JSON numbers with their two decimals: 19.00."""


def _present(**elements: Any) -> Element:
    """An element without the children that have nothing to say."""
    return {name: value for name, value in elements.items() if value not in (None, "", [], {})}


def _concept(system: str, code: str, display: str | None = None) -> Element:
    return {"coding": [_present(system=system, code=code, display=display)]}


def _reference(reference: Reference | None) -> Element | None:
    """A caller's reference, repeated; not one into a resource that only his bundle contains."""
    if reference is None:
        return None
    where = reference.reference
    return _if_named(
        _present(
            reference=None if where and where.startswith("#") else where,
            type=reference.type,
            identifier=_identifier(reference.identifier),
            display=reference.display,
        )
    )


def _if_named(reference: Element) -> Element | None:
    """A reference that says more than a type."""
    return reference if reference.keys() - {"type"} else None


def _patient(reference: Reference | None) -> Element | None:
    """The caller's patient, by reference; by identifier only without one, and never a national number."""
    known = _reference(reference)
    if known is None or "identifier" not in known:
        return known
    if "reference" in known or _is_national(known["identifier"]):
        return _if_named({name: value for name, value in known.items() if name != "identifier"})
    return known


def _is_national(identifier: Element) -> bool:
    """A social security or national health number, however its system is spelled."""
    return INS in identifier.get("system", "") or bool(_NIR.search(identifier.get("value", "")))


def _identifier(identifier: Identifier | None) -> Element | None:
    """A caller's identifier, repeated; never one of the national health identity."""
    if identifier is None or INS in (identifier.system or ""):
        return None
    return _present(system=identifier.system, value=identifier.value)


def _request(contexte: Contexte) -> Element | None:
    claim = _reference(contexte.claim)
    if claim is None and contexte.claim_identifier is None:
        return None
    identifier = _identifier(contexte.claim_identifier)
    return {"type": "Claim", **(claim or {}), **_present(identifier=identifier)}


def _money(decision: Decision, contexte: Contexte) -> Element:
    """What the visit pays: by line of the invoice when one came, else at the root; then the totals."""
    paid = decision.remboursement
    if paid is None:
        return {}
    if contexte.facture and paid.lignes:
        return {"item": items(paid.lignes, first_note=1 + len(_reasons(decision))), "total": totals(paid)}
    return {"adjudication": without_items(paid), "total": totals(paid)}


def _insurance(decision: Decision, coverages: Sequence[Reference]) -> list[Element]:
    known = [element for element in map(_reference, coverages) if element]
    if len(known) == 1 and _paid_by_camieg(decision):
        known.append({"display": CAMIEG})
    return [
        {"sequence": rank, "focal": rank == 1, "coverage": coverage}
        for rank, coverage in enumerate(known, start=1)
    ]


def _paid_by_camieg(decision: Decision) -> bool:
    return any(f.fait == Fait.COUVERTURE and f.valeur == Couverture.CAMIEG for f in decision.faits)


def _reasons(decision: Decision) -> list[str]:
    return [
        *(motif.titre for motif in decision.motifs),
        *(f"Il manque : {manque(manquant)}" for manquant in decision.manquants),
        *(avertissement.texte for avertissement in decision.avertissements),
    ]


def _notes(decision: Decision) -> list[Element]:
    """Reasons and sums to show on the screen, then the texts to print."""
    paid = decision.remboursement
    notes = itertools.chain(
        (("display", text) for text in _reasons(decision)),
        (("display", ligne.calcul) for ligne in (paid.lignes if paid else ())),
        (("print", f"Fondement : {citation(motif)}") for motif in decision.motifs),
        (("print", terme(t)) for t in (paid.termes if paid else ())),
    )
    return [_note(number, kind, text) for number, (kind, text) in enumerate(notes, start=1)]


def _note(number: int, kind: str, text: str) -> Element:
    return {"number": number, "type": kind, "text": text, "language": _concept("urn:ietf:bcp:47", "fr")}


def _error(manquant: Manquant) -> Element:
    return _present(
        extension=[{"url": EXPRESSION, "valueString": manquant.chemin}] if manquant.chemin else [],
        code=_concept(code_system("pds-cs-fait"), manquant.fait, fait(manquant.fait)),
    )


def _assumptions(decision: Decision) -> list[Problem]:
    return [
        Problem("", "informational", avertissement.texte, severity="information")
        for avertissement in decision.avertissements
        if avertissement.code == ASSUMED
    ]


def _issue(problem: Problem) -> Element:
    return _present(
        severity=problem.severity,
        code=problem.code,
        details={"text": problem.text},
        expression=[problem.expression] if problem.expression else [],
    )
