"""The answer written on the visit itself: Da Vinci's ``coverage-information`` (CRD 2.2.1).

It bears on a Coverage of the client; without one there is none. The resource leaves with the bytes it came
with, but for its list of extensions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from parcours import VERSION_LOGICIEL
from parcours.cds.judged import Judged
from parcours.cds.language import Element, Langue
from parcours.domain.decision import Decision, Effet, Motif, Position, Reponse
from parcours.domain.facts import Fait
from parcours.fhir.declaration_systems import QUESTIONNAIRE
from parcours.fhir.systems import code_system
from parcours.fhir.writing import INS
from parcours.wording import manque, verdict

_CRD: Final = "http://hl7.org/fhir/us/davinci-crd"
URL: Final = f"{_CRD}/StructureDefinition/ext-coverage-information"
_DETAIL_CODES: Final = f"{_CRD}/CodeSystem/temp"
_PERFORMER: Final = frozenset({Fait.MEDECIN, Fait.PROFESSION, Fait.SPECIALITE, Fait.SECTEUR, Fait.OPTAM})
_INFORMATION: Final = {
    **dict.fromkeys(_PERFORMER, "performer"),
    Fait.LIEU: "location",
    Fait.ACTE: "detail-code",
    Fait.FACTURE_ACTE: "detail-code",
}


def information(judged: Judged, today: dt.date, langue: Langue) -> Element | None:
    """The extension that says what the decision does; ``None`` without a Coverage in force."""
    coverage = next((c.reference for c in judged.lecture.contexte.coverages if c.reference), None)
    if coverage is None:
        return None
    decision = judged.decision
    covered = _covered(decision)
    children = [
        _child("covered", "valueCode", covered),
        *(_documents() if judged.proposed else ()),
        *(_child("info-needed", "valueCode", code) for code in _needed(decision, covered)),
        _child("reason", "valueCodeableConcept", _reason(decision, langue)),
        *_details(decision, langue),
        *(_form() if judged.proposed else ()),
    ]
    return extension(coverage, children, today, decision.id)


def extension(coverage: str, children: Sequence[Element], today: dt.date, assertion: str) -> Element:
    """The extension around what it says: on which coverage, made which day, traced by which id."""
    return {
        "url": URL,
        "extension": [
            _child("coverage", "valueReference", {"reference": coverage}),
            *children,
            _child("date", "valueDate", today.isoformat()),
            _child("coverage-assertion-id", "valueString", assertion),
        ],
    }


def situation(code: str, text: str, langue: Langue) -> list[Element]:
    """``covered``, for this reason."""
    return [
        _child("covered", "valueCode", "covered"),
        _child("reason", "valueCodeableConcept", _concept(code, text, langue)),
    ]


def policy(motif: Motif) -> list[Element]:
    """Where the law that decides can be read."""
    return [_detail("cat-other", "policy-link", "valueUrl", motif.url)] if motif.url else []


def _covered(decision: Decision) -> str:
    """Care out of the path is covered, at a lower rate: only what nobody refunds is not."""
    paid = decision.effets.get(Effet.PRISE_EN_CHARGE)
    if decision.position is Position.INDETERMINE or paid is Reponse.INCONNU:
        return "conditional"
    return "not-covered" if paid is Reponse.NON else "covered"


def _documents() -> Iterator[Element]:
    """The patient has a form to sign. Never ``clinical`` nor ``admin``: this hook may not ask for them."""
    yield _child("doc-needed", "valueCode", "patient")
    yield _child("doc-purpose", "valueCode", "withclaim")


def _form() -> Iterator[Element]:
    yield _child("questionnaire", "valueCanonical", f"{QUESTIONNAIRE}|{VERSION_LOGICIEL}")


def _needed(decision: Decision, covered: str) -> Sequence[str]:
    if covered != "conditional":
        return ()
    codes = [_INFORMATION.get(manquant.fait, "OTH") for manquant in decision.manquants]
    return tuple(dict.fromkeys(codes or ["OTH"]))


def _reason(decision: Decision, langue: Langue) -> Element:
    known = decision.position is not Position.INDETERMINE and decision.motifs
    text = decision.motifs[0].titre if known else verdict(decision)
    return _concept(decision.situation, text, langue)


def _concept(code: str | None, text: str, langue: Langue) -> Element:
    coding = {"coding": [{"system": code_system("pds-cs-situation"), "code": code}]} if code else {}
    return {**coding, "text": langue.dire(text)}


def _details(decision: Decision, langue: Langue) -> Iterator[Element]:
    rate = decision.remboursement.taux if decision.remboursement else None
    if decision.position is Position.HORS and rate is not None:
        left = {"value": Raw(_left(rate).encode()), "system": "http://unitsofmeasure.org", "code": "%"}
        yield _detail("cat-decisional", "out-network-copay", "valueQuantity", left)
    for motif in decision.motifs[:1]:
        yield from policy(motif)
    for manquant in decision.manquants:
        text = langue.dire(f"Il manque : {manque(manquant)}")
        yield _detail("cat-other", "instructions", "valueString", text)


def _left(rate: str) -> str:
    """What the rate leaves to the patient, in percent."""
    return str(100 - Decimal(rate))


def _detail(category: str, code: str, kind: str, value: Any) -> Element:
    return {
        "url": "detail",
        "extension": [
            _child("category", "valueCode", category),
            _child("code", "valueCodeableConcept", {"coding": [{"system": _DETAIL_CODES, "code": code}]}),
            _child("value", kind, value),
        ],
    }


def _child(url: str, kind: str, value: Any) -> Element:
    return {"url": url, kind: value}


# ---------------------------------------------------------------- on a resource


class _Reference(Struct, frozen=True):
    reference: str | None = None


class _Child(Struct, frozen=True, rename="camel"):
    url: str = ""
    value_string: str | None = None
    value_reference: _Reference | None = None


class _Named(Struct, frozen=True):
    url: str = ""


class _Extension(_Named, frozen=True):
    extension: tuple[_Child, ...] = ()


def annotated(raw: bytes, said: Element) -> Element | None:
    """A resource as received, with the extension; ``None`` when it already says this, or is no FHIR there.

    What it said before of the same coverage gives way. A resource that bears a national health identity is
    left alone: nobody here knows whether it is qualified, and an annotation would repeat it.
    """
    if INS.encode() in raw:
        return None
    members = msgspec.json.decode(raw, type=dict[str, Raw])
    try:
        return _with(members, said)
    except msgspec.ValidationError:
        return None


def _with(members: dict[str, Raw], said: Element) -> Element | None:
    present = msgspec.json.decode(members.get("extension", b"[]"), type=list[Raw])
    coverage, assertion = _marks(msgspec.convert(said, _Extension))
    kept = []
    for item in present:
        url = msgspec.json.decode(item, type=_Named).url
        before = msgspec.json.decode(item, type=_Extension) if url == URL else None
        if before is None or _marks(before)[0] != coverage:
            kept.append(item)
        elif _marks(before)[1] == assertion:
            return None
    return {**members, "extension": [*kept, said]}


def _marks(extension: _Extension) -> tuple[str | None, str | None]:
    """The coverage that a coverage-information is about, and the trace of what it asserts."""
    coverage = next((c.value_reference for c in extension.extension if c.url == "coverage"), None)
    assertion = next((c.value_string for c in extension.extension if c.url == "coverage-assertion-id"), None)
    return (coverage.reference if coverage else None), assertion
