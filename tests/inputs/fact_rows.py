"""Rows B-065 to B-103: who is who, which day it was, what a code means, and what a text may hold."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fhir.builders import (
    DOC,
    G15,
    R38,
    V3,
    Json,
    declaration,
    encode,
    encounter,
    ext,
    organization,
    ours,
    patient,
    practitioner,
    ref,
    visit,
)
from tests.inputs.row import DANS, HORS, INDETERMINE, Row, decided, nobody, table

INS = "urn:oid:1.2.250.1.213.1.4.8"
SIXTEEN, FIFTEEN = HORS, DANS
"""Of somebody without médecin traitant, who went to a generalist."""
ABSENT = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    ]
}


def fact_rows() -> Iterator[Row]:
    yield from _identity()
    yield from _ages()
    yield from _days()
    yield from _births()
    yield from _texts()
    yield from _codes()
    yield from _claims()


def _identity() -> Iterator[Row]:
    for name, value in {
        "thirteen": "2790351215189",
        "fourteen": "27903512151898",
        "fifteen": "279035121518989",
        "sixteen": "2790351215189890",
        "spaces": "2 79 03 51 215 189 89",
        "wrong key": "279035121518900",
        "letters": "ABCDEFGHIJKLMNO",
        "Corsica": "179032A00100145",
    }.items():
        yield from table(
            "B-065", HORS, "", value, **{name: nobody(identifier=[{"system": INS, "value": value}])}
        )
    yield from table("B-066", HORS, other_sex=nobody(gender="male", identifier=[_nir("279035121518989")]))
    two = [_nir("279035121518989"), _nir("179032A00100145")]
    spaced = [{"system": f"{INS} ", "value": "279035121518989"}, {"value": "279035121518989"}]
    yield from table("B-067", HORS, two=nobody(identifier=two), no_system=nobody(identifier=spaced))
    yield from table("B-073", HORS, no_number=nobody())
    for name in ("   ", "N", "Ñ" * 255, "O'Hare-d'Été", "اسم", "😀"):
        yield from table("B-074", HORS, **{f"{name[:12]!r}": nobody(name=[{"family": name}])})
    yield from table("B-074", HORS, empty=nobody(name=[{"family": ""}]))
    closed: dict[str, Json] = {
        "dead": {"deceasedDateTime": "2026-02-16"},
        "closed": {"active": False},
        "merged": {"link": [{"other": ref("Patient/autre"), "type": "replaced-by"}]},
    }
    for name, said in closed.items():
        yield from table("B-075", HORS, "patient-a-verifier", **{name: nobody(**said)})


def _nir(value: str) -> Json:
    return {"system": INS, "value": value}


def _ages() -> Iterator[Row]:
    for day, expected in {
        "2026-01-31": FIFTEEN,
        "2026-02-01": INDETERMINE,
        "2026-02-15": INDETERMINE,
        "2026-02-27": INDETERMINE,
        "2026-02-28": SIXTEEN,
        "2026-03-01": SIXTEEN,
    }.items():
        says = "patient.age" if expected == INDETERMINE else ""
        yield from table("B-077", expected, says, **{day: _born("2010-02", day)})
    for start in ("2026-05-06", "2026-05-06T00:00:00+02:00", "2026-05-06T23:59:00+02:00"):
        yield from table("B-078", SIXTEEN, **{start: _born("2010-05-06", start)})
    yield from table("B-079", FIFTEEN, eve=_born("2010-05-06", "2026-05-05T23:59:59+02:00"))
    # Half past midnight in Paris, the evening before in Martinique, half past two in Réunion.
    for postal, expected in {"75011": SIXTEEN, "97200": FIFTEEN, "97400": SIXTEEN}.items():
        yield from table(
            "B-081", expected, **{postal: _born("2010-07-01", "2026-06-30T22:30:00Z", postal=postal)}
        )
    yield from table("B-082", FIFTEEN, plus_14=_born("2010-07-01", "2026-07-01T08:00:00+14:00"))
    yield from table("B-082", SIXTEEN, minus_12=_born("2010-07-01", "2026-06-30T12:30:00-12:00"))
    yield from table("B-082", FIFTEEN, summer_in_winter=_born("2010-01-01", "2026-01-01T00:30:00+02:00"))
    for start in ("2026-03-29T02:30:00+01:00", "2026-03-29", "2026-03-29T02:30:00+02:00"):
        yield from table("B-083", SIXTEEN, **{f"lost {start}": _born("2010-03-29", start)})
    for start in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25"):
        yield from table("B-083", SIXTEEN, **{f"doubled {start}": _born("2010-10-25", start)})


def _born(birth: str, start: str, postal: str = "75011") -> Json:
    """A visit that began then, there, of somebody born so."""
    place = organization(address=[{"postalCode": postal}])
    when = encounter(period={"start": start}, serviceProvider=ref("Organization/lieu"))
    return nobody(place, when, birthDate=birth)


def _days() -> Iterator[Row]:
    for start in (
        "2026-02-17T10:00:00",
        "2026-03-29T02:30:00",
        "2026-02-17T24:00:00+01:00",
        "2026-02-17T23:60:00+01:00",
        "2026-02-17T10:00:00+25:00",
        "2026-02-30",
        "2026-02",
    ):
        yield from table("B-085", 422, "fuseau", **{start: visit(encounter(period={"start": start}))})
    yield from table("B-085", FIFTEEN, leap_second=_born("2010-07-01", "2026-06-30T23:59:60+02:00"))
    yield from table("B-085", HORS, decimals=_born("1980", "2026-02-17T10:00:00.123456789+01:00"))
    yield from table("B-087", 422, before_the_law=visit(encounter(period={"start": "2005-06-01"})))
    # An answer does not depend on the day it is asked: that of an appointment is what is known of it.
    for start in ("2036-02-17", "2027-01-04T09:00:00+01:00"):
        yield from table("B-087", HORS, **{f"to come {start}": _born("1980", start)})


def _births() -> Iterator[Row]:
    for birth in ("2030-01-01", "2026-02-18", "1850-01-01", "1895-02-16", "9999-12-31", "3000-01-01"):
        yield from table("B-086", 422, "value", **{birth: visit(patient(birthDate=birth))})
    yield from table("B-086", HORS, that_old=nobody(birthDate="1896-02-18"))
    who = patient(extension=[declaration("aucun")])
    unborn = {name: value for name, value in who.items() if name != "birthDate"}
    yield from table(
        "B-089",
        INDETERMINE,
        "patient.age",
        absent=visit(unborn),
        said=visit({**unborn, "_birthDate": ABSENT}),
    )
    for birth in ("1980-00-00", "1980-02-00", "1980-00"):
        yield from table("B-090", 422, "1980 ou 1980-05", **{birth: visit(patient(birthDate=birth))})


def _texts() -> Iterator[Row]:
    for name, div in {
        "script": "<script>alert(1)</script>",
        "onload": "<img onload='alert(1)' src='x'/>",
        "frame": "<iframe src='javascript:alert(1)'/>",
    }.items():
        yield from table("B-091", HORS, "", "alert(1)", **{name: nobody(text=_narrative(div))})
    bomb = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;'>]><a>&c;</a>"
    yield from table("B-093", HORS, "", "ENTITY", bomb=nobody(text=_narrative(bomb)))
    big = {"resourceType": "Binary", "id": "b", "contentType": "application/pdf", "data": "A" * 1_200_000}
    yield from table(
        "B-094",
        HORS,
        "",
        "AAAA",
        address=nobody(photo=[{"url": "http://169.254.169.254/AAAA"}]),
        binary=nobody(big),
        blanks=nobody(photo=[{"data": "AAAA AAAA"}]),
        padding=nobody(photo=[{"data": "AAAAA"}]),
    )
    yield from table("B-094", 413, five_million=nobody({**big, "data": "A" * 5_000_000}))
    for name in ("%s%n", "{0.__class__}", "{{7*7}}", "${jndi:ldap://a.example}", "[x](javascript:1)"):
        yield from table("B-103", HORS, name, **{name: nobody(name=[{"family": name}])})


def _narrative(div: str) -> Json:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{div}</div>'}


def _codes() -> Iterator[Row]:
    yield from table("B-095", HORS, as_it_is=_of_specialty((R38, "SM54")))
    yield from table("B-095", HORS, another_word=_of_specialty((R38, "SM54"), display="Psychiatrie"))
    yield from table("B-095", INDETERMINE, "medecin.specialite", the_word_alone=_of_specialty((R38, "")))
    yield from table("B-098", INDETERMINE, "code-inconnu", to_come=_of_specialty((R38, "SM999")))
    for name, coding in {
        "unknown system": ("https://a.example", "SM54"),
        "case of the code": (R38, "sm54"),
        "case of the system": (R38.upper(), "SM54"),
        "slash": (f"{R38}/", "SM54"),
        "http": (R38.replace("https:", "http:"), "SM54"),
        "bare OID": ("1.2.250.1.213.2.28", "SM54"),
        "version": (f"{R38}|20250101", "SM54"),
        "space": (f"{R38} ", "SM54"),
    }.items():
        yield from table("B-097", INDETERMINE, "medecin.specialite", **{name: _of_specialty(coding)})
    yield from table("B-097", HORS, alias=_of_specialty(("urn:oid:1.2.250.1.213.2.28", "SM54")))


def _of_specialty(coding: tuple[str, str], **more: str) -> Json:
    doctor = practitioner("doc", DOC, (G15, "10"), coding)
    doctor["qualification"][1]["code"]["coding"][0] |= {"display": "Médecine générale", **more}
    return decided(doctor)


def _claims() -> Iterator[Row]:
    for status in ("entered-in-error", "cancelled"):
        yield from table("B-099", 422, "business-rule", **{status: visit(encounter(status=status))})
    yield from table("B-099", HORS, planned=decided(encounter(status="planned")))
    silent = {name: value for name, value in encounter().items() if name != "class"}
    unknown = {"system": f"{V3}/v3-ActCode", "code": "ZZZ"}
    yield from table("B-099", 422, "required", no_class=visit(silent))
    yield from table("B-099", HORS, unknown_class=decided(encounter(**{"class": unknown})))
    said = ext(
        "pds-ext-circonstance",
        valueCodeableConcept=ours("pds-cs-circonstance", "adresse-par-medecin-traitant"),
    )
    yield Row(
        "B-101",
        "no médecin traitant, and referred by him",
        encode(nobody(encounter(extension=[said]))),
        INDETERMINE,
        "contradiction",
    )
