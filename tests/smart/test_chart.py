"""What a launch reads before its page: who the user is, and which visit is open."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import pytest

from parcours.remote.ehr import Ehr
from parcours.remote.unreachable import Reason, Unreachable
from parcours.smart.chart import completed, open_visit
from parcours.smart.identity import Identite
from parcours.smart.refusal import Refused

NOW = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)  # the 23rd in Paris, the 22nd in Martinique
PRACTITIONER = {
    "resourceType": "Practitioner",
    "id": "p",
    "name": [{"family": "TEST", "given": ["Alex"]}],
    "identifier": [{"system": "https://rpps.esante.gouv.fr", "value": "10100000002"}],
}


class Chart:
    """A software that holds these resources."""

    def __init__(self, *resources: dict[str, Any]) -> None:
        self.resources = resources

    def read(self, kind: str, id: str) -> dict[str, Any]:
        for resource in self.resources:
            if (resource["resourceType"], resource["id"]) == (kind, id):
                return resource
        raise Unreachable(Reason.ABSENT)

    def search(self, *_: object) -> list[dict[str, Any]]:
        return list(self.resources)


def ehr(*resources: dict[str, Any]) -> Ehr:
    return cast(Ehr, Chart(*resources))


def visit(start: object, status: str = "in-progress", id: str = "v") -> dict[str, Any]:
    return {"resourceType": "Encounter", "id": id, "status": status, "period": {"start": start}}


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("2026-11-23", True),
        ("2026-11-22", False),
        ("2026-11-23T09:00:00+01:00", True),
        ("2026-11-22T09:00:00+01:00", False),
        ("2026-11-22T09:00:00-04:00", True),
        ("2026-11-23T02:20:00+04:00", True),
        ("2026-11-22T22:00:00Z", True),
        ("2026-11", False),
        ("", False),
        (None, False),
        (7, False),
    ],
    ids=str,
)
def test_a_visit_is_of_today_where_it_takes_place(start: object, found: bool) -> None:
    if found:
        assert open_visit(ehr(visit(start)), "p", NOW) == "v"
    else:
        with pytest.raises(Refused, match="context"):
            open_visit(ehr(visit(start)), "p", NOW)


@pytest.mark.parametrize(
    "listed",
    [
        [],
        [visit("2026-11-23", "planned")],
        [visit("2026-11-23") | {"resourceType": "Patient"}],
        [visit("2026-11-23") | {"period": "2026"}],
        [visit("2026-11-23", id="a"), visit("2026-11-23", id="b")],
    ],
    ids=["none", "not under way", "no visit", "no period", "two"],
)
def test_one_visit_alone_is_taken(listed: list[dict[str, Any]]) -> None:
    with pytest.raises(Refused, match="context"):
        open_visit(ehr(*listed), "p", NOW)


def test_a_visit_that_is_listed_twice_is_one() -> None:
    assert open_visit(ehr(visit("2026-11-23"), visit("2026-11-23")), "p", NOW) == "v"


@pytest.mark.parametrize(
    ("user", "resources", "named"),
    [
        ("Practitioner/p", [PRACTITIONER], True),
        ("PractitionerRole/r", [PRACTITIONER], True),
        ("Practitioner/q", [PRACTITIONER], False),
        ("PractitionerRole/r", [], False),
    ],
    ids=["the person", "his activity, then the person", "not there", "the activity alone"],
)
@pytest.mark.parametrize("reference", ["Practitioner/p", "https://ehr.example/fhir/Practitioner/p"])
def test_a_user_has_the_name_and_number_of_his_own_resource(
    user: str, resources: list[dict[str, Any]], named: bool, reference: str
) -> None:
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": reference}}
    known = Identite(sujet="s", source="fhirUser", utilisateur=user)
    found = completed(ehr(role, *resources), known)
    assert (found.nom, found.rpps) == (("Alex TEST", "10100000002") if named else (None, None))


@pytest.mark.parametrize("person", [None, "x", {}, {"reference": 7}, {"reference": "Patient/p"}], ids=str)
def test_an_activity_that_names_no_person_names_nobody(person: object) -> None:
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": person}
    known = Identite(sujet="s", source="fhirUser", utilisateur="PractitionerRole/r")
    assert completed(ehr(role, PRACTITIONER), known) == known
