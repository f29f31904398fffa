"""JSON assertions of CDS Hooks 2.0 and CRD 2.2.1, one function per object: what is wrong, by invariant."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from parcours.fhir.output_checks import output_defects

Json = Mapping[str, Any]

CRD = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information"
TOKEN = re.compile(r"\{\{(.*?)\}\}")
PLAIN_TOKEN = re.compile(r"context\.\w+|user(?:Practitioner|PractitionerRole|Patient|RelatedPerson)Id")
PLAIN_READ = re.compile(r"[A-Z]\w+/\{\{[^}]+\}\}")
PLAIN_SEARCH = re.compile(r"[A-Z]\w+\?[\w-]+=[^&]+(?:&[\w-]+=[^&]+)*")
CODES = {
    "covered": {"covered", "not-covered", "conditional", "indeterminate"},
    "doc-needed": {"clinical", "admin", "patient", "conditional", "indeterminate"},
    "doc-purpose": {"withpa", "withclaim", "withorder", "retain-doc", "OTH"},
    "info-needed": {"performer", "location", "timeframe", "contract-window", "detail-code", "OTH"},
}


def discovery_defects(body: Json) -> list[str]:
    """What is wrong with the answer of the discovery endpoint."""
    services = body.get("services")
    if not isinstance(services, list):
        return ["services: an array is required"]
    return [f"{s.get('id')}: {what}" for s in services for what in _service(s)]


def _service(service: Json) -> Iterator[str]:
    yield from (f"{name} is required" for name in ("hook", "description", "id") if not service.get(name))
    for key, template in service.get("prefetch", {}).items():
        if not (PLAIN_READ.fullmatch(template) or PLAIN_SEARCH.fullmatch(template)):
            yield f"{key}: neither a read nor a search"
        if not all(PLAIN_TOKEN.fullmatch(token) for token in TOKEN.findall(template)):
            yield f"{key}: not a plain token"


def request_defects(body: Json) -> list[str]:
    """What is wrong with a call."""
    found = [f"{name} is required" for name in ("hook", "hookInstance", "context") if not body.get(name)]
    if "fhirAuthorization" in body and not body.get("fhirServer"):
        found.append("cds-r-1")
    if any(value in (None, "", [], {}) for name, value in body.items() if name != "prefetch"):
        found.append("cds-r-2")
    return found


def response_defects(body: Json) -> list[str]:
    """What is wrong with the answer to a call."""
    if not isinstance(body.get("cards"), list):
        return ["cards: an array is required"]
    found = [f"cards[{i}]: {what}" for i, card in enumerate(body["cards"]) for what in _card(card)]
    if body.get("systemActions") == []:
        found.append("cds-resp-7: systemActions is absent rather than empty")
    for i, action in enumerate(body.get("systemActions", ())):
        found += [f"systemActions[{i}]: {what}" for what in _action(action)]
    return [*found, *(f"empty value at {path}" for path in _empty(body, "") if path != ".cards")]


def _card(card: Json) -> Iterator[str]:
    if not card.get("summary") or len(card["summary"]) >= 140:
        yield "summary: between 1 and 139 characters"
    if card.get("indicator") not in ("info", "warning", "critical"):
        yield "indicator"
    if not card.get("source", {}).get("label"):
        yield "source.label is required"
    if re.search(r"<[a-z/!]", card.get("detail", "")):
        yield "detail: HTML"
    yield from _suggestions(card)
    if not all(reason.get("display") for reason in card.get("overrideReasons", ())):
        yield "cds-resp-4: every reason has a display"
    for link in card.get("links", ()):
        if link.get("type") not in ("absolute", "smart") or not link.get("label") or not link.get("url"):
            yield "link: label, url, type"
        if link.get("type") != "smart" and "appContext" in link:
            yield "cds-resp-3: appContext only for smart"


def _suggestions(card: Json) -> Iterator[str]:
    suggestions = card.get("suggestions", [])
    behavior = card.get("selectionBehavior")
    if suggestions and behavior not in ("at-most-one", "any"):
        yield "cds-resp-5: suggestions need a selectionBehavior"
    if behavior == "at-most-one" and sum(bool(s.get("isRecommended")) for s in suggestions) > 1:
        yield "cds-resp-1: at most one is recommended"
    for suggestion in suggestions:
        if not suggestion.get("label"):
            yield "cds-resp-6: a suggestion has a label"
        for action in suggestion.get("actions", ()):
            yield from _action(action)


def _action(action: Json) -> Iterator[str]:
    kind, resource = action.get("type"), action.get("resource")
    if kind not in ("create", "update", "delete"):
        yield "action.type"
    if not action.get("description"):
        yield "action.description is required"
    if (kind == "delete") != ("resourceId" in action) or (kind == "delete") == (resource is not None):
        yield "cds-resp-2: resourceId and no resource for a deletion, a resource otherwise"
    if kind == "update" and not (resource or {}).get("id"):
        yield "an update carries the whole resource"
    if resource:
        yield from output_defects(dict(resource))
        for extension in resource.get("extension", ()):
            yield from coverage_information_defects(extension) if extension["url"] == CRD else ()


def feedback_defects(body: Json) -> list[str]:
    """What is wrong with a feedback."""
    found: list[str] = []
    for item in body.get("feedback", ()) or [{}]:
        if item.get("outcome") == "accepted" and not item.get("acceptedSuggestions"):
            found.append("cds-fb-1")
        override = item.get("overrideReason")
        if override is not None and not (override.get("reason") or override.get("userComment")):
            found.append("cds-fb-2")
        if item.get("outcome") not in ("accepted", "overridden") or not item.get("card"):
            found.append("cds-fb-3")
    return found


def coverage_information_defects(extension: Json) -> list[str]:
    """What is wrong with a coverage-information: cardinalities, codes, crd-ci-q1 to q9."""
    parts: dict[str, list[Any]] = {}
    for child in extension.get("extension", ()):
        value = next((v for k, v in child.items() if k.startswith("value")), child.get("extension"))
        parts.setdefault(child["url"], []).append(value)
    found = [
        f"{name}: exactly one"
        for name in ("coverage", "covered", "date", "coverage-assertion-id")
        if len(parts.get(name, ())) != 1
    ]
    found += [f"{n}: code" for n, codes in CODES.items() if not set(parts.get(n, ())) <= codes]
    return found + [name for name, holds in INVARIANTS.items() if not holds(parts)]


def _has(parts: dict[str, list[Any]], name: str, *values: str) -> bool:
    return any(not values or value in values for value in parts.get(name, ()))


def _implies(condition: bool, consequence: bool) -> bool:
    return consequence or not condition


INVARIANTS: dict[str, Callable[[dict[str, list[Any]]], bool]] = {
    "crd-ci-q1": lambda p: _implies(_has(p, "questionnaire"), _has(p, "doc-needed")),
    "crd-ci-q2": lambda p: not (_has(p, "covered", "not-covered") and _has(p, "pa-needed")),
    "crd-ci-q3": lambda p: (
        any(_has(p, name, "conditional") for name in ("covered", "pa-needed", "doc-needed"))
        == _has(p, "info-needed")
    ),
    "crd-ci-q4": lambda p: (
        not (_has(p, "pa-needed", "satisfied", "no-auth") and _has(p, "doc-purpose", "withpa"))
    ),
    "crd-ci-q5": lambda p: _has(p, "pa-needed", "satisfied") == _has(p, "satisfied-pa-id"),
    "crd-ci-q6": lambda p: _implies(_has(p, "info-needed", "OTH"), _has(p, "reason")),
    "crd-ci-q7": lambda p: all(reason.get("text") for reason in p.get("reason", ())),
    "crd-ci-q8": lambda p: _implies(_has(p, "doc-purpose"), _has(p, "reason")),
    "crd-ci-q9": lambda p: _implies(
        any(_has(p, name, "indeterminate") for name in ("covered", "pa-needed", "doc-needed")),
        _has(p, "reason"),
    ),
}


def is_uuid(text: object) -> bool:
    try:
        return str(uuid.UUID(str(text))) == text
    except ValueError:
        return False


def _empty(node: Any, path: str) -> Iterator[str]:
    """Values that JSON of CDS Hooks never holds."""
    if node in (None, "", [], {}):
        yield path
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _empty(value, f"{path}.{name}")
    elif isinstance(node, list):
        for value in node:
            yield from _empty(value, f"{path}[]")
