"""The page of a visit opened from the software: the answer, whose it is, who looks, what comes next."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.web.pages.test_trial import bundle, shown

from parcours.cds.records import Records, peek
from parcours.settings import Settings
from parcours.smart.identity import Identite
from parcours.smart.launching import Visit
from parcours.smart.tokens import Access
from parcours.smart.visits import Found
from parcours.web import create_app
from parcours.web.pages.opened_visit import opened_visit

ELSEWHERE = "https://ehr.example/fhir"
LEAVE = ("https://parcours.example/logout", "proof")
HOSTILE = "<script>alert('1')</script>\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 200


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(Settings(database=str(tmp_path_factory.mktemp("kept") / "x.sqlite"))).test_client()


def found(slug: str, *, named: bool = True, **patient: Any) -> Found:
    """The visit of an example, as the software would have given it."""
    records = Records()
    ids = {}
    for entry in json.loads(bundle(slug))["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == "Patient":
            resource |= patient
        raw = json.dumps(resource).encode()
        head = peek(raw)
        assert head is not None
        records.add(raw, head, "prefetch", entry.get("fullUrl"))
        ids[head.resource_type] = head.id or ""
    records.failed.append("carePlan")
    who = Identite(nom="Alex CONSULTE-FICTIF", rpps="10100000002", sujet="x", source="y", utilisateur=None)
    visit = Visit(
        client="logiciel",
        base=ELSEWHERE,
        patient=ids["Patient"],
        encounter=ids["Encounter"],
        identite=who if named else None,
        token=ELSEWHERE,
        revocation=None,
        access=Access(token=ELSEWHERE, scope="", expires=dt.datetime(2030, 1, 1, tzinfo=dt.UTC)),
    )
    return Found(visit, records)


def page(pages: FlaskClient, of: Found, langue: str = "fr") -> Any:
    app: Any = pages.application
    with app.test_request_context("/visites/abc", headers={"Accept-Language": langue}):
        return opened_visit("abc", of, app.service.evaluate(of.body), LEAVE)


S2, NOBODY = "24-autre-generaliste-sans-adressage", "25-specialiste-sans-medecin-traitant"


def test_it_says_whose_visit_it_is_the_answer_and_who_looks(pages: FlaskClient) -> None:
    text = shown(page(pages, found(S2, name=[{"family": "EXEMPLE", "given": ["Dominique"]}])))
    assert "Dominique EXEMPLE, Date de naissance : " in text
    assert "<h1>Hors du parcours de soins coordonnés</h1>" in page(pages, found(S2)).get_data(as_text=True)
    assert "Alex CONSULTE-FICTIF, RPPS 10100000002" in text
    assert "S2, Non-respect du parcours, autre médecin" in text
    assert "les plans de soins" in text.partition("Données que le logiciel")[2]


def test_it_is_whole_in_english(pages: FlaskClient) -> None:
    text = shown(page(pages, found(NOBODY), "en"))
    assert "Outside the coordinated care pathway" in text
    assert "Prepare the declaration" in text
    assert "the care plans" in text


def test_a_declaration_is_offered_where_one_is_worth_it_and_somebody_can_answer_for_it(
    pages: FlaskClient,
) -> None:
    offered = page(pages, found(NOBODY)).get_data(as_text=True)
    assert 'action="/declarations/preparer"' in offered
    assert '<input type="hidden" name="page" value="abc">' in offered
    assert offered.count('name="jeton" value="proof"') == 2
    for of in (found(S2), found(NOBODY, named=False)):
        assert "/declarations/preparer" not in page(pages, of).get_data(as_text=True)


def test_a_name_made_of_markup_is_a_name(pages: FlaskClient) -> None:
    text = page(pages, found(S2, name=[{"text": HOSTILE, "family": HOSTILE}])).get_data(as_text=True)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize(
    ("day", "told"), [("1980-07-14", "14/07/1980"), ("1980-07", "1980-07"), ("1980", "1980")]
)
def test_a_birth_date_is_told_as_it_is_known(pages: FlaskClient, day: str, told: str) -> None:
    assert f"Date de naissance : {told}" in shown(page(pages, found(S2, birthDate=day)))


def test_hypotheses_are_for_trials(pages: FlaskClient) -> None:
    assert "Et si…" not in shown(page(pages, found(S2)))
