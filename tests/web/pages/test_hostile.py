"""Every word that a request, a form or an address may hold stays a word: on pages, in cards, on paper."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from tests.fhir.declarations import demande, dominique, nom
from tests.web.pages.hostile import HOSTILE, MARKUP, RLO, dumped, harm, twisted
from tests.web.pages.office import HTML, LIST, NEW, TICKS, WHO, Office, proof
from tests.web.pages.test_opened_visit import found, page
from tests.web.pages.test_trial import bundle, call

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.pages.trial import ADDRESS

CARE_PLAN, NOBODY = "41-soins-iteratifs", "25-specialiste-sans-medecin-traitant"

pytestmark = pytest.mark.no_cover  # so many cases take thrice as long when each line is counted

ALIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/URI")
"""What a PDF could do besides being read."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(Settings(database=str(tmp_path_factory.mktemp("kept") / "x.sqlite"))).test_client()


@pytest.mark.parametrize(
    "markup",
    ["<script>1</script>", "<img src=x>", "<p onclick=x>", "<a href='javascript:x'>", f"<p>{RLO}</p>"],
)
def test_what_would_harm_is_seen(markup: str) -> None:
    assert harm(markup)
    assert not harm(f"<p><bdi>{RLO}</bdi><a href='/x'>x</a></p>")


@pytest.mark.parametrize("slug", [CARE_PLAN, NOBODY])
def test_no_text_of_a_visit_is_more_than_a_text(pages: FlaskClient, slug: str) -> None:
    statuses = set()
    for place, document in twisted(json.loads(bundle(slug))):
        reply = pages.post(ADDRESS, data={"demande": dumped(document)}, headers=HTML)
        assert harm(reply.text) == [], place
        assert reply.headers["Cache-Control"] == "no-store"
        statuses.add(reply.status_code)
    assert statuses == {200, 422}


def test_no_text_of_a_call_is_repeated_in_the_words_of_a_card(pages: FlaskClient) -> None:
    for place, document in twisted(call(NOBODY)):
        reply = pages.post("/cds-services/parcours-encounter-start", json=document)
        assert reply.status_code in (200, 400, 422)
        cards = (reply.get_json() or {}).get("cards", [])
        said = [[card["summary"], card["detail"], card["source"]["label"]] for card in cards]
        assert MARKUP[:20] not in str(said), place
        assert RLO not in str(said), place


def test_an_address_makes_a_page_say_nothing_of_its_own(pages: FlaskClient) -> None:
    query = {"exemple": NOBODY, "si": f"Appelez le 0800 {HOSTILE}", "patient.age": HOSTILE, "x": HOSTILE}
    for headers in (HTML, {**HTML, "HX-Request": "true"}):
        reply = pages.get(ADDRESS, query_string=query, headers=headers)
        assert reply.status_code == 200
        assert harm(reply.text) == []
        assert "Appelez le" not in reply.text
    for path in (LIST, f"{LIST}/{MARKUP}", f"/{MARKUP}", f"/regles/{MARKUP}"):
        answer = pages.get(
            path, query_string={"etat": HOSTILE, "depuis": HOSTILE, "le": HOSTILE}, headers=HTML
        )
        assert harm(answer.text) == []


def test_no_text_of_a_request_is_more_than_a_text_of_its_declaration(office: Office) -> None:
    jeton = proof(office.get(NEW))
    for place, document in twisted(demande()):
        form = {"jeton": jeton, "demande": dumped(document), "a_nouveau": "on"}
        reply = office.client.post(f"{LIST}/preparer", data=form, headers=HTML)
        assert reply.status_code in (303, 422), place
        assert harm(reply.text) == [], place
        if reply.status_code == 303:
            address = reply.headers["Location"]
            for end in ("", "/corriger", "/espace-pro"):
                assert harm(office.get(f"{address}{end}")) == [], place
    assert harm(office.get(LIST)) == []


def test_a_hostile_name_is_printed_and_does_nothing_on_paper(office: Office) -> None:
    address = office.prepared(demande(dominique(name=[nom(HOSTILE, HOSTILE)])))
    office.signed(address)
    for name in ("formulaire", "exemplaire-patient", "exemplaire-cabinet"):
        reply = office.client.get(f"{address}/{name}.pdf")
        assert reply.status_code == 200
        assert [word for word in ALIVE if word in reply.data] == []
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(reply.data)).pages)
        assert "script" in text


@pytest.mark.parametrize("field", ["qui", "motif", "recu"])
def test_what_a_person_types_is_more_than_a_text_nowhere(office: Office, field: str) -> None:
    address = office.prepared(demande())
    office.sent(address)
    typed = {"qui": WHO, "motif": "x", "issue": "refusee", field: MARKUP[:64]}
    office.done(f"{address}/reponse", version=3, **typed)
    for path in (address, LIST):
        assert harm(office.get(path)) == []
    assert harm(office.post(LIST, mots=HOSTILE).text) == []
    copy = office.client.get(f"{address}/exemplaire-cabinet.pdf")
    assert [word for word in ALIVE if word in copy.data] == []


def test_what_is_refused_comes_back_as_it_was_typed_and_harms_nothing(office: Office) -> None:
    address = office.prepared(demande())
    fields: dict[str, Any] = {"qui": HOSTILE, "recu": HOSTILE, "version": 1, "transmise": "on", **TICKS}
    reply = office.post(f"{address}/signer", **fields)
    assert reply.status_code == 422
    assert harm(reply.text) == []
    typed = office.post(f"{address}/corriger", version=1, qui=WHO, **{"assure.prenom": HOSTILE})
    assert (typed.status_code, harm(typed.text)) == (422, [])
    assert harm(office.post(f"{LIST}/preparer", demande=HOSTILE).text) == []


@pytest.mark.parametrize("langue", ["fr", "en"])
def test_a_hostile_name_harms_no_opened_visit(pages: FlaskClient, langue: str) -> None:
    of = found(NOBODY, name=[{"family": HOSTILE, "given": [HOSTILE]}])
    assert harm(page(pages, of, langue).get_data(as_text=True)) == []


def test_no_name_of_a_file_and_no_title_in_a_history_is_of_anybody(office: Office) -> None:
    address = office.prepared(demande(dominique(name=[nom("EXEMPLE\r\nX-Evil: 1")])))
    for path in (address, f"{address}/corriger", f"{address}/espace-pro"):
        assert "EXEMPLE" not in office.get(path).partition("</title>")[0]
    for name in ("formulaire", "exemplaire-patient", "exemplaire-cabinet"):
        headers = office.client.get(f"{address}/{name}.pdf").headers
        assert "EXEMPLE" not in str(headers)
        assert "X-Evil" not in headers
    assert NEW not in str(office.client.get(NEW).headers)
