"""Rows B-021 to B-038: what is not JSON in our strict form, or is too much of it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fhir.builders import DOC, G15, R38, Json, coverage, encode, encounter, patient, practitioner, visit
from tests.inputs.row import HORS, Row, decided, structural, table

LONG = 200_000
UNKNOWN = "élément inconnu de FHIR R4"


def json_rows() -> Iterator[Row]:
    yield from table("B-021", 400, nine_hundred=b"[" * 900 + b"]" * 900)
    yield from table("B-021", 400, in_a_visit=with_patient(b'"a":' + b"[" * 900 + b"]" * 900))
    yield from table("B-022", 400, brackets=b"[" * 1_000_000, members=b'{"a":' * 300_000)
    yield from table("B-022", 413, million_members=b'{"a":' * 1_000_000)
    yield from table(
        "B-023",
        400,
        a_hundred=visit(patient(extension=[nested(100)])),
        two_hundred=visit(patient(extension=[nested(200)])),
    )
    yield from table(
        "B-025",
        400,
        at_the_top=b'{"resourceType":"Bundle","type":"collection","type":"collection"}',
        in_the_patient=with_patient(b'"birthDate":"1980-05-06","birthDate":"2015-05-06"'),
        in_a_coding=encode(visit()).replace(b'"code": "10"', b'"code":"10","code":"20"'),
    )
    for name in (b"NaN", b"Infinity", b"-Infinity", b"1e999"):
        yield from table("B-026", 400, **{name.decode(): with_patient(b'"multipleBirthInteger":' + name)})
    yield from table(
        "B-027",
        400,
        **{f"{n}_digits": with_patient(b'"multipleBirthInteger":' + b"1" * n) for n in (4000, 5000)},
    )
    yield from table("B-029", 422, text_for_a_boolean=visit(patient(deceasedBoolean="yes")))
    yield from structural(
        "B-029",
        "type JSON inattendu",
        true_for_a_text=decided(encounter(identifier=[{"value": True}])),
    )
    yield from _hostile_texts()
    yield from table(
        "B-031",
        400,
        in_a_value=with_patient(b'"name":[{"family":"\\ud800"}]'),
        in_a_key=with_patient(b'"\\ud800":1'),
        in_a_display=encode(visit()).replace(b'"code": "SM54"', b'"code":"SM54","display":"\\ud800"'),
    )
    text = encode(visit()).decode()
    yield from table(
        "B-033",
        400,
        mark=b"\xef\xbb\xbf" + text.encode(),
        utf_16=text.encode("utf-16"),
        utf_16_bare=text.encode("utf-16-be"),
        utf_32=text.encode("utf-32"),
        over_long=with_patient(b'"language":"\xc0\xaf"'),
        windows=with_patient('"language":"é"'.encode("cp1252")),
    )
    yield from table(
        "B-034",
        400,
        trailing_comma=with_patient(b'"birthDate":"1980-05-06",'),
        comment=with_patient(b'/* */"birthDate":"1980-05-06"'),
        single_quotes=with_patient(b"'birthDate':'1980-05-06'"),
        trailing_garbage=text.encode() + b"x",
        two_documents=text.encode() * 2,
        raw_newline=with_patient(b'"language":"f\nr"'),
    )
    yield from table("B-035", 422, **{name: name.encode() for name in ("[]", "null", "1", '"x"', "true")})
    for key in ("__proto__", "__class__", "constructor", "$ref", "resource_type", "fhir_comments"):
        yield from structural("B-037", UNKNOWN, **{key: decided(encounter(**{key: "a"}))})
    yield from _too_much()


def _hostile_texts() -> Iterator[Row]:
    """B-030. What the decision does not read is passed over, as cheaply as it would be refused."""
    yield from table(
        "B-030",
        422,
        day=visit(patient(birthDate="1" * LONG)),
        status=visit(encounter(status="a" * LONG)),
        blanks=visit(encounter(status="finished" + " " * LONG)),
        id=visit(coverage("a" * LONG)),
        rules=visit(encounter(implicitRules="x" * LONG)),
    )
    yield from structural("B-030", "hors du format FHIR", code=decided(encounter(language=" " * LONG)))
    doctor = practitioner("doc", DOC, (G15, "10"), (R38, "SM54"), photo=[{"data": "%" * LONG}])
    name = [{"system": "a b" * (LONG // 3), "value": "1"}]
    yield from table(
        "B-030", HORS, "", "a b", base64=decided(doctor), uri=decided(encounter(identifier=name))
    )


def _too_much() -> Iterator[Row]:
    """B-038. What FHIR allows and the bounds hold is answered: a text of a million letters is a name."""
    names = [{"family": "TEST"}]
    entry = b'{"resourceType":"Bundle","type":"collection","entry":['
    many = {"url": "https://a.example", "valueString": "a"}
    yield from table(
        "B-038",
        413,
        names=visit(patient(name=names * 100_000)),
        entries=entry + b",".join([b"{}"] * 600_000) + b"]}",
        extensions=visit(patient(extension=[many] * 60_000)),
    )
    yield from table(
        "B-038",
        HORS,
        "",
        "AAAA",
        one_name=decided(practitioner("mt", "10100000001", name=[{"text": "A" * 1_000_000}])),
        extensions_within_the_bounds=decided(encounter(extension=[many] * 20_000)),
    )


def with_patient(text: bytes) -> bytes:
    """The usual visit, of whose patient these members are written by hand."""
    return encode(visit()).replace(b'"birthDate": "1980-05-06"', text)


def nested(levels: int) -> Json:
    """Extensions inside extensions."""
    node: Json = {"url": "https://ailleurs.example/a", "valueString": "a"}
    for _ in range(levels):
        node = {"url": "https://ailleurs.example/a", "extension": [node]}
    return node
