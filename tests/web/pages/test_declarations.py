"""The pages of declarations: what they show, what they let be done, and by whom."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from pypdf import PdfReader
from tests.fhir.builders import ref
from tests.fhir.declarations import TEST_NUMBER, demande, dominique, droits, nom
from tests.web.pages.office import LIST, NEW, WHO, Office, errors, history, text

from parcours.domain.declaration_texts import NOTICE
from parcours.web.pages import declaration_list

HOSTILE = "<b onload=alert(1)>&amp;\u202e\u0645\u062b\u0644 " + "X" * 200


# ---------------------------------------------------------------- list


def test_an_empty_list_says_what_declarations_are_and_leads_to_the_first(office: Office) -> None:
    page = office.get(LIST)
    assert "Aucune déclaration n’est gardée" in text(page)
    assert f'href="{NEW}"' in page


def test_the_list_shows_the_last_moved_first_and_counts_by_state(office: Office, address: str) -> None:
    other = office.prepared(demande(dominique("autre", name=[nom("SECOND")]), patient_of("autre")))
    office.signed(address)
    page = office.get(LIST)
    assert page.index(f'href="{address}"') < page.index(f'href="{other}"')
    assert re.findall(r'">([^<]+) <span class="nombre">(\d+)', page)[:3] == [
        ("Toutes", "2"), ("Préparée", "1"), ("Signée", "1"),
    ]  # fmt: skip
    assert addresses(office.get(f"{LIST}?etat=signee")) == [address]
    assert addresses(office.get(f"{LIST}?etat=preparee")) == [other]
    assert "Aucune déclaration ne correspond." in office.get(f"{LIST}?etat=refusee")


def patient_of(id: str) -> dict[str, Any]:
    return {**droits(), "id": "cov", "beneficiary": ref(f"Patient/{id}"), "subscriber": ref(f"Patient/{id}")}


def addresses(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="([^"]+)"', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("depuis=2005-01-01", True),
        ("depuis=8999-01-01", False),
        ("jusque=2005-01-01", False),
        ("jusque=8999-12-31", True),
        ("depuis=hier&jusque=&etat=inconnu&page=x", True),
        ("depuis=9999-12-31", True),
    ],
)
def test_the_list_is_filtered_by_period_and_asks_nothing_of_what_cannot_be_read(
    office: Office, address: str, query: str, found: bool
) -> None:
    assert (addresses(office.get(f"{LIST}?{query}")) == [address]) is found


def test_the_list_is_paged(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declaration_list, "PAGE", 2)
    made = [office.prepared(demande(dominique(birthDate=f"19{n}-01-01"))) for n in (60, 61, 62)]
    first, second = office.get(LIST), office.get(f"{LIST}?page=2")
    assert addresses(first) + addresses(second) == made[::-1]
    assert ('rel="next"' in first, 'rel="prev"' in first) == (True, False)
    assert ('rel="next"' in second, 'rel="prev"' in second) == (False, True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("pat-trois", True),
        ("Dominique PAT", True),
        ("DOMÏNIQUE", True),
        ("28/03/1979", True),
        ("2 79 03 51 215 189 89", True),
        ("AR-77", True),
        ("inconnue", False),
        ("ominique", False),
        ("<script>", False),
    ],
)
def test_words_are_searched_in_what_is_kept_and_never_stand_in_an_address(
    office: Office, address: str, words: str, found: bool
) -> None:
    office.signed(address)
    office.done(f"{address}/transmettre", version=2, qui=WHO, voie="espace-pro", recu="AR-77")
    reply = office.post(LIST, mots=words)
    assert (addresses(reply.text) == [address]) is found
    assert 'method="post" action="/declarations"' in reply.text
    assert not re.search(r"\?[^\"]*mots=", reply.text)


def test_a_search_keeps_the_state_and_reads_a_bounded_number(
    office: Office, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert addresses(office.post(LIST, mots="pat", etat="signee").text) == []
    assert addresses(office.post(LIST, mots="pat", etat="preparee").text) == [address]
    monkeypatch.setattr(declaration_list, "FOUND", 1)
    assert "Toutes ne sont pas montrées" in office.post(LIST, mots="pat").text


# ---------------------------------------------------------------- prepare


def test_a_pasted_request_is_prepared_once(office: Office, address: str) -> None:
    assert office.prepared(demande()) == address
    assert "PAT-TROIS" in office.get(address)


def test_a_file_is_prepared_as_what_is_pasted(office: Office, address: str) -> None:
    file = io.BytesIO(json.dumps(demande()).encode())
    assert office.done(f"{LIST}/preparer", fichier=(file, "visite.json"), demande="") == address
    reply = office.post(f"{LIST}/preparer", fichier=(io.BytesIO(b"{wrong"), "visite.json"))
    assert reply.status_code == 400
    assert "{wrong</textarea>" in reply.text


def test_other_data_for_the_same_patient_doctor_and_day_are_prepared_when_it_is_asked_again(
    office: Office, address: str
) -> None:
    other = demande(dominique(address=[]))
    reply = office.post(f"{LIST}/preparer", demande=json.dumps(other))
    assert (reply.status_code, "Préparer à nouveau" in reply.text) == (422, True)
    assert json.dumps(other)[:30].replace('"', "&#34;") in reply.text
    again = office.prepared(other, a_nouveau="on")
    assert again != address
    assert history(office.get(address))[0][0] == "Annulée"


@pytest.mark.parametrize(
    ("body", "status"),
    [("", 400), ("{", 400), ("[]", 422), ('{"resourceType": "Bundle", "type": "collection"}', 422)],
)
def test_what_cannot_be_read_is_said_and_kept_in_its_field(office: Office, body: str, status: int) -> None:
    reply = office.post(f"{LIST}/preparer", demande=body)
    assert reply.status_code == status
    assert 'role="alert"' in reply.text
    assert "Aucune déclaration n’est gardée" in office.get(LIST)


# ---------------------------------------------------------------- one declaration


def test_every_field_has_its_value_and_its_origin(office: Office, address: str) -> None:
    page = text(office.get(address))
    assert f"Numéro de sécurité sociale {TEST_NUMBER} lu dans Bundle.entry[4].resource.subscriberId" in page
    assert "Nom PAT-TROIS lu dans Bundle.entry[0].resource.name[0].family" in page
    assert "N° de structure (AM, FINESS ou SIRET) à compléter non transmis : à compléter" in page


def test_the_patient_is_told_missions_change_and_conciliateur(office: Office, address: str) -> None:
    page = text(office.get(address))
    for title, lines in NOTICE:
        assert title in page
        assert all(line in page for line in lines)
    assert "conciliateur de la caisse peut aider" in page


def test_the_sheet_has_the_fields_in_order_with_something_to_copy_and_what_is_needed(
    office: Office, address: str
) -> None:
    page = office.get(f"{address}/espace-pro")
    copied = re.findall(r'data-copie="copie-([^"]+)"', page)
    assert copied[:5] == [
        "beneficiaire-date-naissance",
        "beneficiaire-nom",
        "beneficiaire-prenom",
        "assure-numero",
        "assure-nom-naissance",
    ]
    assert copied == re.findall(r'class="valeur" id="copie-([^"]+)"', page)
    assert "la carte CPS du médecin" in page
    assert 'href="https://espacepro.ameli.fr"' in page
    assert "<input" not in page


def test_papers_are_printed_without_a_name_in_their_own(office: Office, address: str) -> None:
    for name in ("formulaire", "exemplaire-patient", "exemplaire-cabinet"):
        reply = office.client.get(f"{address}/{name}.pdf")
        assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
        assert "PAT-TROIS" not in reply.headers["Content-Disposition"]
        assert PdfReader(io.BytesIO(reply.data)).pages


@pytest.mark.parametrize(
    "end", ["", "/corriger", "/espace-pro", "/formulaire.pdf", "/exemplaire-patient.pdf"]
)
@pytest.mark.parametrize("id", ["7c1f5c0e-9a43-4d6e-8f1c-000000000000", "x'--", "a" * 300])
def test_what_is_unknown_is_a_page_that_leads_on(office: Office, id: str, end: str) -> None:
    page = office.get(f"{LIST}/{id}{end}", 404)
    assert f'<a href="{LIST}">' in page


@pytest.mark.parametrize("langue", ["fr", "en"])
def test_a_hostile_name_harms_no_page(office: Office, langue: str) -> None:
    address = office.prepared(demande(dominique(name=[nom(HOSTILE, "</script><script>alert(1)</script>")])))
    for path in (LIST, address, f"{address}/corriger", f"{address}/espace-pro"):
        page = office.get(path, langue=langue)
        assert "<b onload" not in page
        assert "<script>alert" not in page
        assert "&lt;b onload" in page


def test_each_visitor_reads_his_own_language(office: Office, address: str) -> None:
    for langue, title in (("en", "Have it signed"), ("fr", "Faire signer"), ("en", "Have it signed")):
        assert title in office.get(address, langue=langue)


# ---------------------------------------------------------------- correct


def fields(office: Office, address: str) -> dict[str, str]:
    """The form of a correction, as a browser would send it back."""
    page = office.get(f"{address}/corriger")
    values = dict(re.findall(r'<input id="champ-[^"]*" name="([^"]+)"[^>]*? value="([^"]*)"', page))
    values |= dict(re.findall(r'<textarea id="champ-[^"]*" name="([^"]+)"[^>]*>([^<]*)', page))
    return {**values, "qui": WHO, "version": "1"}


def test_what_is_corrected_is_another_declaration_printed_anew_and_the_first_is_cancelled(
    office: Office, address: str
) -> None:
    form = fields(office, address)
    after = office.done(f"{address}/corriger", **{**form, "medecin.structure": "99 112 9768"})
    assert after != address
    page = text(office.get(after))
    assert f"N° de structure (AM, FINESS ou SIRET) 991129768 saisi ou vérifié par {WHO}" in page
    assert history(office.get(after)) == [["Préparée", WHO, "–"]]
    assert history(office.get(address))[0] == [
        "Annulée",
        WHO,
        "corrigée : une nouvelle déclaration la remplace",
    ]
    assert f'href="{after}"' in office.get(address)
    assert f'href="{address}"' in office.get(after)
    printed = [PdfReader(io.BytesIO(office.client.get(f"{a}/formulaire.pdf").data)) for a in (address, after)]
    codes = {
        tuple(re.findall(r"SHA-256 du contenu\) : (\w{64})", p.pages[0].extract_text())) for p in printed
    }
    assert [len(code) for code in codes] == [1, 1]


def test_what_software_prepares_again_the_same_day_is_what_was_corrected(
    office: Office, address: str
) -> None:
    form = fields(office, address)
    once = office.done(f"{address}/corriger", **{**form, "medecin.structure": "991129768"})
    twice = office.done(f"{once}/corriger", **{**form, "assure.adresse": "3 rue Fictive\r\n75003 PARIS"})
    assert office.prepared(demande()) == twice
    assert "75003 PARIS" in office.get(twice)


def test_nothing_changed_makes_nothing_new(office: Office, address: str) -> None:
    assert office.done(f"{address}/corriger", **fields(office, address)) == address


def test_a_doubtful_number_is_right_once_somebody_vouches_for_it(office: Office) -> None:
    address = office.prepared(demande(droits(number="279035121518900")))
    assert "la clé ne correspond pas au numéro" in office.get(address)
    form = fields(office, address)
    after = office.done(f"{address}/corriger", **{**form, "verifie": "assure.numero"})
    assert "la clé ne correspond pas au numéro" not in office.get(after)
    typed = office.done(f"{after}/corriger", **{**form, "assure.numero": "1 55 08 75 116 001 00"})
    assert "la clé ne correspond pas au numéro" in office.get(typed)


def test_who_signs_follows_the_date_of_birth_that_is_typed(office: Office) -> None:
    address = office.prepared(demande(dominique(birthDate="2010")))
    assert 'id="accord-a-determiner"' in office.get(address)
    form = fields(office, address)
    child = office.done(f"{address}/corriger", **{**form, "beneficiaire.date-naissance": "2015-09-01"})
    page = office.get(child)
    assert re.findall(r'id="accord-([^"]+)"', page) == [
        "parent-ou-titulaire-de-l-autorite-parentale",
        "medecin",
    ]
    assert "le parent ou le représentant qui signe n'est pas transmis : à compléter" in text(page)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("assure.adresse", "x" * 401),
        ("assure.prenom", "a\nb"),
        ("assure.prenom", "a\u202eb"),
        ("beneficiaire.date-naissance", "31/02/1979"),
        ("beneficiaire.date-naissance", "2999-01-01"),
        ("qui", ""),
        ("qui", "parcours-soins"),
        ("qui", "7"),
    ],
)
def test_a_field_that_cannot_be_is_pointed_out_and_nothing_is_kept(
    office: Office, address: str, field: str, value: str
) -> None:
    form = {**fields(office, address), "assure.nom-usage": "GARDÉ", field: value}
    reply = office.post(f"{address}/corriger", **form)
    assert reply.status_code == 422
    (name,) = errors(reply.text)
    assert name in (f"champ-{field.replace('.', '-')}", "qui-correction")
    assert "GARDÉ" in reply.text
    assert len(history(office.get(address))) == 1


def test_a_form_without_some_fields_leaves_them(office: Office, address: str) -> None:
    after = office.done(f"{address}/corriger", version=1, qui=WHO, **{"assure.nom-usage": "USAGE"})
    assert TEST_NUMBER in office.get(after)


def test_what_was_signed_is_corrected_no_more(office: Office, address: str) -> None:
    office.signed(address)
    reply = office.client.get(f"{address}/corriger")
    assert (reply.status_code, reply.headers["Location"]) == (303, address)
    assert office.post(f"{address}/corriger", version=1, qui=WHO).status_code == 412
    refused = office.post(f"{address}/corriger", version=2, qui=WHO, **{"assure.nom-usage": "USAGE"})
    assert refused.status_code == 422
