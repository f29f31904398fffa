"""Is this FHIR? What is wrong, where, how grave; and never a value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fhir.builders import (
    Json,
    bundle,
    coverage,
    declaration,
    encode,
    encounter,
    ext,
    participant,
    patient,
    practitioner,
    read,
    ref,
    request,
    role,
    visit,
)

from parcours.errors import UnreadableBundle
from parcours.fhir.r4b import resource_model
from parcours.fhir.validity import Memo, examine

SECRET = "Zorglub-Secret"


def defects(resource: Json, **kwargs: Any) -> set[tuple[str, str, bool]]:
    verdict = examine(encode(resource), memo=Memo(), **kwargs).verdict
    return {(d.expression, d.code, d.read) for d in verdict.defects}


READ_ELEMENTS: dict[str, tuple[Json, str, str]] = {
    "birthDate as a number": (patient(birthDate=1265155200), "birthDate", "structure"),
    "birthDate 1974-00-00": (patient(birthDate="1974-00-00"), "birthDate", "value"),
    "birthDate on 30 February": (patient(birthDate="1974-02-30"), "birthDate", "value"),
    "no status": ({**encounter(), "status": None}, "status", "required"),
    "a status out of the list": (encounter(status="zzz"), "status", "code-invalid"),
    "a status as a number": (encounter(status=3), "status", "structure"),
    "no class": ({k: v for k, v in encounter().items() if k != "class"}, "class", "required"),
    "a time without zone": (encounter(period={"start": "2026-02-17T10:00:00"}), "period.start", "value"),
    "a time without seconds": (encounter(period={"start": "2026-02-17T10:00Z"}), "period.start", "value"),
    "hour 24": (encounter(period={"start": "2026-02-17T24:00:00Z"}), "period.start", "value"),
    "minute 60": (encounter(period={"start": "2026-02-17T23:60:00Z"}), "period.start", "value"),
    "offset of 25 hours": (encounter(period={"start": "2026-02-17T23:00:00+25:00"}), "period.start", "value"),
    "a period reversed": (
        encounter(period={"start": "2026-02-17", "end": "2026-02-16"}),
        "period",
        "invariant",
    ),
    "a text for a boolean": (role(active="yes"), "active", "structure"),
    "a boolean for a text": (
        practitioner(name=[{"family": True}]),
        "name[0].family",
        "structure",
    ),
    "an object for a list": (patient(address={"postalCode": "75001"}), "address", "structure"),
    "an id of 65 characters": (patient("x" * 65), "id", "value"),
    "an id with an underscore": (patient("a_b"), "id", "value"),
    "request without subject": ({**request(), "subject": None}, "subject", "required"),
    "request with an unknown intent": (request(intent="zzz"), "intent", "code-invalid"),
    "coverage with an unknown status": ({**coverage(), "status": "zzz"}, "status", "code-invalid"),
    "a date of ours that is none": (
        patient(extension=[declaration("declare", debut="hier")]),
        "extension[0].extension[1].valueDate",
        "value",
    ),
    "contained that is no list": (patient(contained={}), "contained", "structure"),
}


@pytest.mark.parametrize(("resource", "where", "code"), READ_ELEMENTS.values(), ids=READ_ELEMENTS)
def test_what_the_decision_reads_is_judged(resource: Json, where: str, code: str) -> None:
    resource = {key: value for key, value in resource.items() if value is not None}
    assert (where, code, True) in defects(resource)


UNREAD_ELEMENTS: dict[str, tuple[Json, str]] = {
    "an unknown element": (patient(foo=1), "foo"),
    "an unknown element further down": (patient(address=[{"foo": 1}]), "address[0].foo"),
    "a name of the patient": (patient(name=[{"family": 3}]), "name[0].family"),
    "telecom": (practitioner(telecom="x"), "telecom"),
    "an extension of somebody else": (
        patient(extension=[{"url": "http://x.example", "valueDate": "x"}]),
        "extension[0].valueDate",
    ),
    "an unread number in an extension of somebody else": (
        patient(extension=[{"url": "http://x.example", "valueDate": 4}]),
        "extension[0].valueDate",
    ),
    "a type nothing reads": ({"resourceType": "Observation", "id": "o", "status": "final"}, "code"),
    "an R5 element": (encounter(actualPeriod={"start": "2026-01-01"}), "actualPeriod"),
}


@pytest.mark.parametrize(("resource", "where"), UNREAD_ELEMENTS.values(), ids=UNREAD_ELEMENTS)
def test_what_the_decision_does_not_read_is_noted_as_such(resource: Json, where: str) -> None:
    assert {(expression, read) for expression, _, read in defects(resource)} == {(where, False)}


@pytest.mark.parametrize(("resource", "where"), UNREAD_ELEMENTS.values(), ids=UNREAD_ELEMENTS)
def test_a_detail_is_a_warning_and_an_error_when_strict(resource: Json, where: str) -> None:
    document = visit(resource)
    rank = next(i for i, e in enumerate(document["entry"]) if e["resource"] is resource)
    lecture = read(document)
    expression = f"Bundle.entry[{rank}].resource.{where}"
    assert [(p.expression, p.severity) for p in lecture.problems] == [(expression, "warning")]
    with pytest.raises(UnreadableBundle):
        read(document, strict=True)


TYPES = {"missing": None, "empty": "", "a number": 3, "a list": ["Patient"], "lower case": "patient"}
TYPES |= {"with a space": "Bundle ", "a path": "../bundle", "a module": "os.path"}


@pytest.mark.parametrize("name", TYPES.values(), ids=TYPES)
def test_a_resource_without_a_proper_type_is_refused(name: Any) -> None:
    one = {"id": "x", **({"resourceType": name} if name is not None else {})}
    document = visit()
    document["entry"].append({"resource": one})
    with pytest.raises(UnreadableBundle) as refused:
        read(document)
    assert [p.expression for p in refused.value.problems] == ["Bundle.entry[5].resource.resourceType"]


@pytest.mark.parametrize("resource", [3, "x", [], None])
def test_a_resource_that_is_no_object_is_refused(resource: Any) -> None:
    document = visit()
    document["entry"].append({"resource": resource})
    with pytest.raises(UnreadableBundle):
        read(document)


def test_a_type_fhir_does_not_have_is_a_warning() -> None:
    document = visit({"resourceType": "Zorglub", "id": "z"})
    assert [(p.code, p.severity) for p in read(document).problems] == [("not-supported", "warning")]
    with pytest.raises(UnreadableBundle):
        read(document, strict=True)


def test_every_grave_problem_is_listed_at_once() -> None:
    broken = visit(patient(birthDate=3), practitioner(identifier=[{"system": 4}]), status="zzz")
    with pytest.raises(UnreadableBundle) as refused:
        read(broken)
    elements = {p.expression.rsplit("resource.")[-1] for p in refused.value.problems}
    assert elements == {"birthDate", "identifier[0].system", "status"}


def test_a_broken_resource_nothing_rests_on_does_not_stop_the_decision() -> None:
    stranger = patient("autre", birthDate="hier")
    lecture = read(visit(stranger, practitioner("inconnu", "10100000008", identifier=3)))
    assert {p.severity for p in lecture.problems} == {"warning"}
    assert lecture.visite.naissance is not None


MODIFIERS: dict[str, Json] = {
    "on the resource": patient(modifierExtension=[{"url": "http://x.example", "valueBoolean": True}]),
    "on an element nothing reads": patient(
        contact=[{"modifierExtension": [{"url": "http://x.example", "valueBoolean": True}]}]
    ),
    "implicit rules": patient(implicitRules="http://x.example"),
}


@pytest.mark.parametrize("one", MODIFIERS.values(), ids=MODIFIERS)
def test_a_modifier_on_a_used_resource_is_never_ignored(one: Json) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(visit(one))
    assert {p.code for p in refused.value.problems} == {"not-supported"}


@pytest.mark.parametrize("one", MODIFIERS.values(), ids=MODIFIERS)
def test_a_modifier_elsewhere_is_a_warning(one: Json) -> None:
    assert {p.severity for p in read(visit({**one, "id": "autre"})).problems} == {"warning"}


def test_what_real_files_contain_is_put_right() -> None:
    one = patient(
        meta={"versionId": 2},
        name=[{"family": "", "given": ["A", None], "_given": [None, {"id": "x"}]}],
        gender=None,
        address=[None, {"postalCode": "", "line": [""]}],
        birthDate="1980-05-06",
    )
    lecture = read(visit(one))
    assert lecture.visite.naissance is not None
    assert {p.severity for p in lecture.problems} == {"warning"}
    with pytest.raises(UnreadableBundle):
        read(visit(one), strict=True)


def test_an_empty_birth_date_is_no_birth_date() -> None:
    assert read(visit(patient(birthDate=""))).visite.naissance is None


def test_no_value_of_the_request_is_ever_repeated() -> None:
    one = patient(birthDate=SECRET, gender=SECRET, name=[{"family": [SECRET], SECRET: SECRET}])
    broken = visit(one, request(status=SECRET), coverage("cov", SECRET), status=SECRET, subject=ref(SECRET))
    document = {**broken, SECRET: SECRET}
    with pytest.raises(UnreadableBundle) as refused:
        read(document)
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(refused.value.problems)
    assert refused.value.__context__ is None


def test_whatever_the_library_raises_is_a_defect() -> None:
    deep: Json = {"url": "a"}
    for _ in range(200):
        deep = {"url": "a", "extension": [deep]}
    assert defects({"resourceType": "Patient", "extension": [deep]}) == {("", "structure", True)}


def test_contained_resources_are_judged_on_their_own() -> None:
    inside = practitioner("in", birthDate=4)
    outer = encounter(participant=[participant("#in")], contained=[inside])
    lecture = read(bundle(outer, patient()))
    expected = "Bundle.entry[0].resource.contained[0].birthDate"
    assert [p.expression for p in lecture.problems] == [expected]


def test_verdicts_are_remembered_within_bounds() -> None:
    memo = Memo(entries=3, octets=10_000)
    for index in range(10):
        examine(encode(patient(f"p{index}")), memo=memo)
    assert len(memo) == 3
    small = Memo(entries=100, octets=600)
    for index in range(10):
        examine(encode(patient(f"p{index}")), memo=small)
    assert len(small) == 2


def test_a_remembered_verdict_is_the_same_verdict() -> None:
    memo = Memo()
    raw = encode(patient(birthDate=4, foo=1, gender=""))
    first, again = examine(raw, memo=memo), examine(raw, memo=memo)
    assert first == again
    assert examine(raw, contained=True, memo=memo) is not None


def test_models_are_loaded_by_name_and_only_resources_are() -> None:
    assert resource_model("Patient") is not None
    for name in ("Coding", "Resource", "DomainResource", "BundleEntry", "Zorglub", "os.path", "patient", ""):
        assert resource_model(name) is None


def test_extensions_of_ours_must_carry_the_value_they_are_for() -> None:
    one = patient(extension=[ext("pds-ext-declaration-medecin-traitant", extension=[{"url": "statut"}])])
    with pytest.raises(UnreadableBundle):
        read(visit(one))
    assert json.loads(encode(one))["extension"]
