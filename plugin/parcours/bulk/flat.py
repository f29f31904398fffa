"""A visit told by the columns of a table, as the Bundle it stands for: one row, one visit.

``docs/spark.md`` describes the columns. Each is one fact of ``docs/reading_fhir.md``, and a null cell is a
fact nobody gave. What is wrong in a cell goes into the Bundle as it is: whoever reads it says so.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from parcours.fhir.systems import (
    ACT_CODE,
    ACTE,
    CCAM,
    CIRCONSTANCE,
    COUVERTURE,
    EXT_CIRCONSTANCE,
    EXT_CONTRACTED,
    EXT_DECLARATION_MT,
    EXT_HASCAS,
    EXT_REMPLACE,
    EXT_SITUATION_COUVERTURE,
    G15,
    NGAP,
    PARTICIPATION_TYPE,
    R22,
    R38,
    R282,
    RPPS,
    TABLES,
)
from parcours.fhir.systems import ADRESSAGE as KIND_OF_REFERRAL

Row = Mapping[str, Any]
Element = dict[str, Any]

COLUMNS: Final = (
    "date",
    "mode",
    "naissance",
    "age",
    "rpps",
    "profession",
    "specialite",
    "secteur",
    "optam",
    "remplace_rpps",
    "mt_statut",
    "mt_rpps",
    "mt_debut",
    "mt_fin",
    "adressage_rpps",
    "adressage_profession",
    "adressage_date",
    "groupe_acte",
    "circonstances",
    "couvertures",
    "acte",
    "montant",
)
"""Names of the columns that are read."""

_URLS: Final = {table: url for url, table in reversed(TABLES.items())}
"""The first system of each table of codes, which is its own; the others are spellings of it."""
_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem"
_CCAM_CODE: Final = re.compile(r"[A-Z]{4}[0-9]{3}")
_LOCUM: Final = "GENR02"
_JSON: Final = msgspec.json.Encoder(decimal_format="number")
_PATIENT, _ROLE, _VISIT = ({"reference": name} for name in ("Patient/p", "PractitionerRole/r", "Encounter/v"))
_REFERRAL, _COVERAGE = ({"reference": name} for name in ("ServiceRequest/a", "Coverage/c"))


def bundle(row: Row) -> bytes:
    """The Bundle of a row, UTF-8 JSON, on one line. Other columns are not looked at; raises nothing."""
    said = {name: _plain(value) for name, value in row.items() if name in COLUMNS and not _is_null(value)}
    entries = [{"resource": resource} for resource in _resources(said)]
    return _JSON.encode({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _resources(said: Row) -> Iterator[Element]:
    yield _encounter(said)
    yield _patient(said)
    if _has(said, _CONSULTED):
        yield _practitioner("m", said, "rpps", "profession")
        yield _role(said)
    if _has(said, _REFERRED):
        yield _practitioner("auteur", said, "adressage_rpps", "adressage_profession")
        yield _referral(said)
    if "couvertures" in said:
        yield _coverage(said)
    if "acte" in said:
        yield _claim(said)


_CONSULTED: Final = ("rpps", "profession", "specialite", "secteur", "optam", "remplace_rpps")
_REFERRED: Final = ("adressage_rpps", "adressage_profession", "adressage_date")


def _encounter(said: Row) -> Element:
    return _element(
        resourceType="Encounter",
        id="v",
        extension=[
            {"url": EXT_CIRCONSTANCE, "valueCodeableConcept": _concept(CIRCONSTANCE, code)}
            for code in _codes(said, "circonstances")
        ],
        status="finished",
        **{"class": _coding(ACT_CODE, said.get("mode", "AMB"))},
        type=[_concept(ACTE, code) for code in _codes(said, "groupe_acte")],
        subject=_PATIENT,
        basedOn=[_REFERRAL] if _has(said, _REFERRED) else [],
        participant=[{"type": [_concept(PARTICIPATION_TYPE, "PPRF")], "individual": _ROLE}]
        if _has(said, _CONSULTED)
        else [],
        period=_element(start=said.get("date")),
    )


def _patient(said: Row) -> Element:
    declaration = list(_declaration(said)) if _has(said, ("mt_statut", "mt_rpps")) else []
    return _element(
        resourceType="Patient",
        id="p",
        extension=[{"url": EXT_DECLARATION_MT, "extension": declaration}] if declaration else [],
        birthDate=_birth(said),
    )


def _declaration(said: Row) -> Iterator[Element]:
    yield {"url": "statut", "valueCode": said.get("mt_statut", "declare")}
    if "mt_rpps" in said:
        yield {"url": "medecin", "valueReference": _named(said["mt_rpps"])}
    for end in ("debut", "fin"):
        if f"mt_{end}" in said:
            yield {"url": end, "valueDate": said[f"mt_{end}"]}


def _birth(said: Row) -> Any:
    """The birth date; else the day on which somebody of that age on the day of care is as old to the day."""
    if "naissance" in said or "age" not in said:
        return said.get("naissance")
    try:
        day = dt.date.fromisoformat(said["date"])
        return _years_before(day, int(said["age"])).isoformat()
    except (KeyError, TypeError, ValueError, OverflowError):
        return str(said["age"])  # no age, or no day to count from: whoever reads the Bundle says so


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _practitioner(id: str, said: Row, number: str, profession: str) -> Element:
    return _element(
        resourceType="Practitioner",
        id=id,
        identifier=[_identifier(said[number])] if number in said else [],
        qualification=[{"code": _concept(G15, said[profession])}] if profession in said else [],
    )


def _role(said: Row) -> Element:
    return _element(
        resourceType="PractitionerRole",
        id="r",
        extension=list(_contract(said)),
        practitioner={"reference": "Practitioner/m"},
        code=[_concept(R22, _LOCUM)] if "remplace_rpps" in said else [],
        specialty=[_concept(R38, said["specialite"])] if "specialite" in said else [],
    )


def _contract(said: Row) -> Iterator[Element]:
    if "remplace_rpps" in said:
        yield {"url": EXT_REMPLACE, "valueReference": _named(said["remplace_rpps"])}
    if "secteur" in said:
        yield {"url": EXT_CONTRACTED, "valueCodeableConcept": _concept(R282, str(said["secteur"]))}
    if "optam" in said:
        yield {"url": EXT_HASCAS, "valueBoolean": said["optam"]}


def _referral(said: Row) -> Element:
    return _element(
        resourceType="ServiceRequest",
        id="a",
        status="active",
        intent="order",
        category=[_concept(KIND_OF_REFERRAL, "adressage")],
        subject=_PATIENT,
        authoredOn=said.get("adressage_date"),
        requester={"reference": "Practitioner/auteur"},
        performer=[_ROLE] if _has(said, _CONSULTED) else [],
    )


def _coverage(said: Row) -> Element:
    return _element(
        resourceType="Coverage",
        id="c",
        extension=[
            {"url": EXT_SITUATION_COUVERTURE, "valueCodeableConcept": _concept(COUVERTURE, code)}
            for code in _codes(said, "couvertures")
        ],
        status="active",
        beneficiary=_PATIENT,
        payor=[{"display": "Assurance maladie obligatoire"}],
    )


def _claim(said: Row) -> Element:
    code = str(said["acte"])
    coverage = _COVERAGE if "couvertures" in said else {"display": "Assurance maladie obligatoire"}
    return _element(
        resourceType="Claim",
        id="f",
        status="active",
        type={"coding": [{"system": f"{_TERMINOLOGY}/claim-type", "code": "professional"}]},
        use="claim",
        patient=_PATIENT,
        created=said.get("date"),
        provider=_ROLE if _has(said, _CONSULTED) else {"display": "inconnu"},
        priority={"coding": [{"system": f"{_TERMINOLOGY}/processpriority", "code": "normal"}]},
        insurance=[{"sequence": 1, "focal": True, "coverage": coverage}],
        item=[
            _element(
                sequence=1,
                productOrService=_concept(CCAM if _CCAM_CODE.fullmatch(code) else NGAP, code),
                encounter=[_VISIT],
                net={"value": said["montant"], "currency": "EUR"} if "montant" in said else None,
            )
        ],
    )


# ---------------------------------------------------------------- small things


def _is_null(value: Any) -> bool:
    """Is this cell empty? Some programs write "not a number" there."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _plain(value: Any) -> Any:
    """A cell as JSON has it. Where some cells are empty, some programs write 1 as 1.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _has(said: Row, names: tuple[str, ...]) -> bool:
    return any(name in said for name in names)


def _codes(said: Row, name: str) -> list[Any]:
    """Codes of a cell: a list, or text with spaces between them. Anything else is one wrong code."""
    value = said.get(name, [])
    if isinstance(value, str):
        return value.split()
    return list(value) if isinstance(value, list | tuple) else [value]


def _element(**fields: Any) -> Element:
    """An element without what is not said: FHIR has no empty lists."""
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def _coding(table: str, code: Any) -> Element:
    return {"system": _URLS[table], "code": code}


def _concept(table: str, code: Any) -> Element:
    return {"coding": [_coding(table, code)]}


def _identifier(rpps: Any) -> Element:
    return {"system": RPPS, "value": rpps}


def _named(rpps: Any) -> Element:
    """A professional by his number alone."""
    return {"identifier": _identifier(rpps)}
