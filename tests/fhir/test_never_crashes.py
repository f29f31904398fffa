"""Whatever the bytes, the answer is a ``Lecture`` or an ``InputError``, and no error repeats a value."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fhir.builders import (
    R38,
    Json,
    concept,
    coverage,
    declaration,
    encode,
    encounter,
    ext,
    organization,
    ours,
    patient,
    read,
    ref,
    request,
    role,
    visit,
)

from parcours.errors import InputError
from parcours.fhir.reading import Lecture, read_request

SHARED = Path(__file__).resolve().parents[3] / "shared"
EXAMPLES = sorted((SHARED / "examples").glob("*.json"))
REQUESTS = sorted((SHARED / "design/requests").glob("*.json"))
needs_shared = pytest.mark.skipif(not EXAMPLES or not REQUESTS, reason="../shared absent: examples, requests")

RICH = visit(
    patient(
        extension=[
            declaration("declare", ref("Practitioner/mt"), debut="2020", fin="2027", motifFin="retraite")
        ],
        generalPractitioner=[ref("Practitioner/mt")],
        address=[{"use": "home", "postalCode": "75001"}],
    ),
    role(organization=ref("Organization/lieu"), specialty=[concept((R38, "SM48"))], period={"start": "2020"}),
    organization(address=[{"postalCode": "97400"}], partOf=ref("Organization/lieu")),
    request(basedOn=[ref("ServiceRequest/adr")]),
    coverage("cov", "ald"),
    basedOn=[ref("ServiceRequest/adr")],
    serviceProvider=ref("Organization/lieu"),
    extension=[ext("pds-ext-circonstance", valueCodeableConcept=ours("pds-cs-circonstance", "urgence"))],
)
SEEDS = [RICH, *(json.loads(path.read_text(encoding="utf-8")) for path in REQUESTS)]


def outcome(body: bytes) -> Lecture | InputError:
    """Reading either way; anything else that is raised fails the test."""
    refused: InputError | None = None
    try:
        return read_request(body)
    except InputError as refusal:
        refused = refusal
    assert refused.problems
    assert refused.__context__ is None, "what a parser says of a request may repeat it"
    return refused


# ---------------------------------------------------------------- structure-aware mutation

Step = tuple[Any, ...]
HOSTILE = """\
| |2026|2026-02|2026-02-30|9999-12-31|0001-01-01|0001-01-01T00:00:00+14:00|2026-02-17T23:59:60Z|#|#x|\
Patient/pat|Practitioner/doc|PractitionerRole/role-doc|Encounter/enc|ServiceRequest/adr|urn:uuid:x|Patient|Bundle|Zorglub|\
entered-in-error|aucun|inconnu|SM99|EMER"""
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**19), 10**19),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(HOSTILE.split("|")),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


NAMES = st.text(max_size=5) | st.sampled_from(["modifierExtension", "contained", "_id", "extension"])


def places(node: Any, path: Step = ()) -> list[Step]:
    """Every place of a document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


def at(document: Any, path: Step) -> Any:
    for step in path:
        document = document[step]
    return document


def mutate(document: Any, data: st.DataObject) -> Any:
    """One change somewhere: replace, drop, rename, repeat, wrap, or copy a branch of elsewhere."""
    everywhere = places(document)
    path = data.draw(st.sampled_from(everywhere[1:]))
    parent, key = at(document, path[:-1]), path[-1]
    action = data.draw(st.sampled_from(["replace", "drop", "rename", "repeat", "wrap", "graft"]))
    if action == "replace":
        parent[key] = data.draw(VALUES)
    elif action == "drop":
        del parent[key]
    elif action == "rename" and isinstance(parent, dict):
        parent[data.draw(NAMES)] = parent.pop(key)
    elif action == "repeat" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[key]))
    elif action == "wrap":
        parent[key] = [parent[key]]
    else:
        parent[key] = copy.deepcopy(at(document, data.draw(st.sampled_from(everywhere))))
    return document


@pytest.mark.no_cover  # thrice as long when each line is counted
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), rank=st.integers(0, len(SEEDS) - 1), changes=st.integers(1, 6))
def test_a_mutated_request_is_read_or_refused(data: st.DataObject, rank: int, changes: int) -> None:
    document = copy.deepcopy(SEEDS[rank])
    for _ in range(changes):
        if len(places(document)) > 1:
            document = mutate(document, data)
    outcome(encode(document))


@settings(max_examples=300, deadline=None)
@given(body=st.binary(max_size=300) | VALUES.map(encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    outcome(body)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_request_cut_or_spoiled_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(encode(RICH))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    outcome(bytes(body[: data.draw(st.integers(0, len(body)))]))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_refusal_repeats_a_value_of_the_request(data: st.DataObject) -> None:
    document = copy.deepcopy(RICH)
    secret = "Zorglub-Secret"
    leaves = [path for path in places(document) if path and not isinstance(at(document, path), dict | list)]
    for path in data.draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=4, unique=True)):
        at(document, path[:-1])[path[-1]] = secret
    found = outcome(encode(document))
    assert secret not in repr(found.problems)
    if isinstance(found, Lecture):
        assert secret not in repr(found.visite.avertissements)


def test_the_rich_request_is_sound() -> None:
    lecture = read(RICH)
    assert lecture.problems == ()
    assert lecture.visite.adressages


# ---------------------------------------------------------------- official French examples


def of(resource_type: str) -> list[Json]:
    resources = [json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLES]
    return [resource for resource in resources if resource["resourceType"] == resource_type]


@needs_shared
@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_official_example_beside_a_visit_does_not_disturb_it(path: Path) -> None:
    resource = json.loads(path.read_text(encoding="utf-8"))
    outcome(encode({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}))
    if resource["resourceType"] in ("Encounter", "Appointment"):
        return
    document = visit()
    document["entry"].append({"resource": resource})
    visite = read(document).visite
    assert visite.praticien is not None
    assert visite.praticien.medecin.rpps == "10100000002"


@needs_shared
def test_official_examples_make_a_visit_together() -> None:
    (doctor,) = [one for one in of("Practitioner") if one["id"] == "FRCorePractitionerExample"]
    (activity,) = [one for one in of("PractitionerRole") if one["id"] == "FRCorePractitionerRoleExample"]
    (place,) = [one for one in of("Organization") if one["id"] == "FRCoreOrganizationExample"]
    (person,) = [one for one in of("Patient") if one["id"] == "FRCorePatientExample"]
    (meeting,) = of("Encounter")
    meeting |= {
        "subject": ref(f"Patient/{person['id']}"),
        "participant": [{"individual": ref(f"PractitionerRole/{activity['id']}")}],
        "serviceProvider": ref(f"Organization/{place['id']}"),
    }
    resources = (meeting, person, activity, doctor, place)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}
    lecture = read(bundle)
    assert lecture.visite.naissance is not None
    assert lecture.visite.departement_residence == "45"
    assert lecture.visite.praticien is not None
    assert lecture.visite.praticien.medecin.rpps == "10101201234"
    assert lecture.visite.praticien.profession is not None


@needs_shared
@pytest.mark.parametrize("path", REQUESTS, ids=[path.stem for path in REQUESTS])
def test_the_requests_of_the_contract_are_read_without_a_remark(path: Path) -> None:
    lecture = read_request(path.read_bytes(), strict=True)
    assert lecture.problems == ()
    assert lecture.visite.avertissements == ()
    assert lecture.visite.declarations is not None
    assert lecture.contexte.claim is not None


def test_encounters_are_the_only_thing_a_request_cannot_do_without() -> None:
    alone = {k: v for k, v in encounter().items() if k not in ("participant", "subject")}
    lecture = read({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": alone}]})
    assert (lecture.visite.praticien, lecture.visite.naissance, lecture.visite.declarations) == (
        None,
        None,
        None,
    )
