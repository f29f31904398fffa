"""Who exercises on the same premises, and what else is told by its place, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fhir.builders import (
    AUTRE,
    HOST,
    MT,
    RPPS,
    Json,
    bundle,
    coverage,
    encounter,
    organization,
    patient,
    practitioner,
    read,
    ref,
    role,
    visit,
)

HERE: dict[str, Any] = {"organization": ref("Organization/lieu")}
ROOM: dict[str, Any] = {"location": [ref("Location/salle"), ref("Location/annexe")]}
ANNEXE: dict[str, Any] = {"location": [ref("Location/annexe")]}
LOST: dict[str, Any] = {"organization": {"display": "Cabinet"}}


NEIGHBOURS: dict[str, tuple[list[Json], dict[str, str]]] = {
    "in the same structure": (
        [role(**HERE), organization(), role("a", "mt", **HERE)],
        {MT: "Bundle.entry[6].resource"},
    ),
    "in one of the same rooms": ([role(**ROOM), role("a", "mt", **ANNEXE)], {MT: "Bundle.entry[5].resource"}),
    "in a structure that did not come": (
        [role(**HERE), role("a", "mt", **HERE)],
        {MT: "Bundle.entry[5].resource"},
    ),
    "in two activities": (
        [role(**HERE), role("a", "mt", **HERE), role("b", "mt", **HERE)],
        {MT: "Bundle.entry[5].resource"},
    ),
    "two of them": (
        [role(**HERE), practitioner("x", AUTRE), role("a", "mt", **HERE), role("b", "x", **HERE)],
        {MT: "Bundle.entry[6].resource", AUTRE: "Bundle.entry[7].resource"},
    ),
    "without a number": (
        [role(**HERE), practitioner("x", None), role("a", "x", **HERE)],
        {f"{HOST}/Practitioner/x": "Bundle.entry[6].resource"},
    ),
    "in the past": ([role(**HERE), role("a", "mt", period={"end": "2026-02-16"}, **HERE)], {}),
    "elsewhere": ([role(**HERE), role("a", "mt", organization=ref("Organization/x"))], {}),
    "both nobody knows where": ([role(**LOST), role("a", "mt", **LOST)], {}),
}


@pytest.mark.parametrize(("resources", "expected"), NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_neighbours_are_told_by_the_activity_that_says_so(
    resources: list[Json], expected: dict[str, str]
) -> None:
    visite = read(visit(*resources)).visite
    assert {medecin.rpps or medecin.ressource for medecin in visite.memes_locaux} == set(expected)
    prefix = "visite.memes-locaux:"
    told = {f.removeprefix(prefix): o.chemin for f, o in visite.origines.items() if f.startswith(prefix)}
    assert told == expected


# ---------------------------------------------------------------- facts with and without a place

AWAY = {"use": "old", "postalCode": "13001"}


def test_facts_of_the_patient_are_told_by_their_place_and_only_when_they_are_known() -> None:
    home = {"use": "home", "postalCode": "75001"}
    told = read(visit(patient(address=[AWAY, home]))).visite.origines
    assert told["patient.residence"].chemin == "Bundle.entry[1].resource.address[1]"
    assert told["patient.age"].chemin == "Bundle.entry[1].resource.birthDate"
    assert told["visite.mode"].chemin == "Bundle.entry[0].resource.class"
    nobody = {key: value for key, value in patient(address=[AWAY]).items() if key != "birthDate"}
    silent = read(visit(nobody, **{"class": {"system": "urn:x", "code": "AMB"}})).visite.origines
    assert not {"patient.residence", "patient.age", "visite.mode"} & silent.keys()


# ---------------------------------------------------------------- what an answer repeats

NUMBERED: Json = {"identifier": {"system": RPPS, "value": "1"}}
DESIGNATED: dict[str, tuple[Json, str | None, bool]] = {
    "by reference": (ref("Patient/pat"), "Patient/pat", False),
    "by a number": (NUMBERED, None, True),
    "by a name alone": ({"display": "Dominique"}, None, False),
}


@pytest.mark.parametrize(("subject", "reference", "numbered"), DESIGNATED.values(), ids=DESIGNATED)
def test_the_patient_is_repeated_as_the_visit_designates_him(
    subject: Json, reference: str | None, numbered: bool
) -> None:
    repeated = read(visit(subject=subject)).contexte.patient
    assert (repeated.reference if repeated else None) == reference
    assert (repeated is not None and repeated.identifier is not None) is numbered
    assert (repeated is None) == (reference is None and not numbered)


def test_without_a_word_of_the_visit_the_only_patient_is_repeated() -> None:
    alone = {key: value for key, value in encounter().items() if key != "subject"}
    repeated = read(bundle(alone, patient(), practitioner(), role())).contexte.patient
    assert repeated is not None
    assert repeated.reference == "Patient/pat"


def test_a_resource_is_repeated_by_its_id_else_by_its_full_url_else_not_at_all() -> None:
    urn = "urn:uuid:5f2c6a3e-0d57-4f0e-9a57-0c7d8a3f1b11"
    nameless = [{k: v for k, v in coverage().items() if k != "id"} for _ in range(2)]
    document = visit(coverage())
    document["entry"] += [{"fullUrl": urn, "resource": nameless[0]}, {"resource": nameless[1]}]
    coverages = read(document).contexte.coverages
    assert [one.reference for one in coverages] == ["Coverage/cov", urn]
