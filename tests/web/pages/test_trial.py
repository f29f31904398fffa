"""The place to try: examples, visits of one's own, hypotheses, refusals, and what may be taken away."""

from __future__ import annotations

import html
import io
import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.pages.examples import TITLES, listed
from parcours.web.pages.trial import ADDRESS

ROOT = Path(__file__).resolve().parents[3]
S2 = "24-autre-generaliste-sans-adressage"
MINIMAL = "36-demande-minimale"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    database = tmp_path_factory.mktemp("kept") / "x.sqlite"
    return create_app(Settings(database=str(database), max_bytes=1_500_000)).test_client()


def bundle(slug: str) -> str:
    return (ROOT / "examples" / slug / "bundle.json").read_text("utf-8")


def call(slug: str, hook: str = "encounter-start", **resources: Any) -> dict[str, Any]:
    """A call of CDS Hooks on the visit of an example, all of it in its prefetch."""
    found = [entry["resource"] for entry in json.loads(bundle(slug))["entry"]]
    of = {
        kind: [r for r in found if r["resourceType"] == kind] for kind in {r["resourceType"] for r in found}
    }
    rest = [{"resource": r} for r in found if r["resourceType"] not in ("Patient", "Encounter")]
    patient, encounter = of["Patient"][0], of["Encounter"][0]
    return {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/x",
            "patientId": patient["id"],
            "encounterId": encounter["id"],
        },
        "prefetch": {
            "patient": patient,
            "encounter": encounter,
            "coverage": {"resourceType": "Bundle", "type": "searchset", "entry": rest},
            **resources,
        },
    }


def shown(answer: Any) -> str:
    """The words of a page, without its markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


# ---------------------------------------------------------------- examples


def test_the_first_page_is_the_one_to_try(trial: FlaskClient) -> None:
    answer = trial.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, ADDRESS)
    assert trial.get(ADDRESS).status_code == 200


def test_every_example_is_offered_under_its_own_title() -> None:
    titles = {
        folder.name: (folder / "README.md").read_text("utf-8").partition("\n")[0].removeprefix("# ")
        for folder in (ROOT / "examples").glob("[0-9][0-9]-*")
    }
    assert titles == TITLES
    assert sum(len(group) for _, group in listed()) == len(TITLES)


WORDS = {
    "dans-parcours": "Dans le parcours",
    "hors-parcours": "Hors du parcours",
    "non-concerne": "Visite non concernée",
    "indetermine": "indéterminée",
}


@pytest.mark.parametrize("slug", sorted(TITLES))
def test_the_page_of_an_example_says_its_answer(trial: FlaskClient, slug: str) -> None:
    answer = trial.get(ADDRESS, query_string={"exemple": slug})
    expected = json.loads((ROOT / "examples" / slug / "expected.json").read_text("utf-8"))
    assert answer.status_code == 200
    assert WORDS[expected["position"]] in shown(answer)
    code = expected["situation"]
    assert (f'<p class="grand-code" aria-hidden="true">{code}<' in answer.text) == bool(code)
    assert all(motif["version"] is None or motif["version"] in answer.text for motif in expected["motifs"])


FRENCH = re.compile(r"\b(?:le|la|les|des|du|une|est|qui|dans|pour|avec|sans|aucune?|cette|ou|et|soins|il)\b")


@pytest.mark.parametrize("slug", sorted(TITLES))
def test_in_english_no_sentence_of_an_answer_is_left_in_french(trial: FlaskClient, slug: str) -> None:
    text = trial.get(ADDRESS, query_string={"exemple": slug}, headers={"Accept-Language": "en"}).text
    said = text.partition('<section class="ecran" aria-labelledby="emporter">')[0]
    words = re.sub(r'<code>.*?</code>|value="[^"]*"', "", said, flags=re.DOTALL)
    lines = [line.replace("parcours-soins", "") for line in re.split(r"<[^>]+>", words)]
    assert [line for line in lines if FRENCH.search(line)] == []


def test_an_example_that_is_none_of_ours_is_not_there(trial: FlaskClient) -> None:
    for slug in ("zz", "../../pyproject.toml", "README.md", ""):
        assert trial.get(ADDRESS, query_string={"exemple": slug}).status_code == 404


# ---------------------------------------------------------------- the answer


def test_the_answer_tells_the_code_the_path_the_euros_and_what_would_change_it(trial: FlaskClient) -> None:
    answer = trial.get(ADDRESS, query_string={"exemple": S2})
    text = shown(answer)
    for told in (
        "S2, Non-respect du parcours, autre médecin",
        "Base 30,00 € × 70 % − 10,60 € − 2,00 € = 8,40 €",
        "reste à charge 21,60 €, avant la complémentaire",
        "Majoration, au patient 10,60 €",
        "Indicateur U : urgence ; permanence des soins",
        "plafond-majoration-2024 = 10.60",
        "médecine générale",
        "49 ans",
        "c’est ce qui décide",
    ):
        assert told in text, told
    assert text.count("Le médecin est-il consulté sans médecin traitant déclaré") == 2
    assert 'class="chemin"' in answer.text
    assert 'class="euros"' in answer.text


def test_what_is_missing_is_told_with_what_each_value_would_change(trial: FlaskClient) -> None:
    text = shown(trial.get(ADDRESS, query_string={"exemple": "35-gynecologue-acte-inconnu"}))
    assert "autre acte : hors parcours (S1), base 26,50 €, remboursé 16,55 €" in text
    assert "Bundle.entry[0].resource.type" in text
    assert "Partage inconnu" in text


def test_a_fact_is_in_words_and_never_the_name_of_a_code(trial: FlaskClient) -> None:
    codes = re.compile(
        r"(?<![\w.-])(?:medecine-generale|secteur-\d|declare|ambulatoire|hors-residence)(?![\w-])"
    )
    for slug in TITLES:
        answer = trial.get(ADDRESS, query_string={"exemple": slug}).text
        told = answer.partition('<h2 id="faits">')[2].partition("</table>")[0]
        assert not codes.search(re.sub(r"<code>.*?</code>", "", told)), slug


def test_no_line_of_french_begins_with_a_sign_and_english_has_no_space_before_one(trial: FlaskClient) -> None:
    query = {"exemple": S2}
    french = trial.get(ADDRESS, query_string=query).text
    assert "reste à charge 21,60\N{NO-BREAK SPACE}€, avant" in french
    assert "</strong>\N{NO-BREAK SPACE}: S2" in french
    english = trial.get(ADDRESS, query_string=query, headers={"Accept-Language": "en"}).text
    assert "</strong>: S2" in english


# ---------------------------------------------------------------- what if


def test_a_hypothesis_is_an_address_and_is_called_one_wherever_it_matters(trial: FlaskClient) -> None:
    answer = trial.get(ADDRESS, query_string={"exemple": S2, "si": "urgence"})
    text = shown(answer)
    change = "indicateur de parcours U au lieu de S2, payé par l’assurance maladie 19,00 € au lieu de 8,40 €"
    assert text.count("Hypothèse : urgence") == 2
    assert text.count(change) == 2
    assert "urgence supposé" in text
    assert f"{ADDRESS}?exemple={S2}&amp;si=urgence" in answer.text
    assert '<input type="checkbox" name="si" value="urgence" checked>' in answer.text


def test_without_a_hypothesis_nothing_is_called_one(trial: FlaskClient) -> None:
    assert "Hypothèse :" not in shown(trial.get(ADDRESS, query_string={"exemple": S2}))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"patient.age": "moins de 16 ans"}, "indicateur de parcours X"),
        ({"patient.medecin-traitant": "le médecin consulté"}, "indicateur de parcours T au lieu de S2"),
        ({"medecin.secteur": "secteur 1"}, "la réponse ne change pas"),
        ({"si": ["urgence", "adressage par le médecin traitant"]}, "indicateur de parcours O au lieu de S2"),
        (
            {"patient.medecin-traitant": "aucun médecin traitant", "si": "remplacement du médecin traitant"},
            "Sans objet ici : remplacement du médecin traitant",
        ),
    ],
)
def test_facts_and_grounds_may_be_supposed(trial: FlaskClient, query: Mapping[str, Any], told: str) -> None:
    assert told in shown(trial.get(ADDRESS, query_string={"exemple": S2, **query}))


def test_what_is_missing_may_be_supposed_and_then_the_answer_is_known(trial: FlaskClient) -> None:
    query = {"exemple": "35-gynecologue-acte-inconnu", "visite.acte": "autre acte"}
    assert "indicateur de parcours S1" in shown(trial.get(ADDRESS, query_string=query))


def test_a_script_gets_the_answer_alone(trial: FlaskClient) -> None:
    answer = trial.get(ADDRESS, query_string={"exemple": S2, "si": "urgence"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "<h1" not in answer.text
    assert 'id="annonce" hx-swap-oob' in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_a_stranger_s_hypothesis_stays_text_and_changes_nothing(trial: FlaskClient) -> None:
    hostile = "<script>alert(1)</script>"
    answer = trial.get(ADDRESS, query_string={"exemple": S2, "si": hostile, "patient.age": hostile})
    assert "<script>alert" not in answer.text
    assert "Hors du parcours" in shown(answer)


# ---------------------------------------------------------------- one's own


@pytest.mark.parametrize("field", ["demande", "fichier"])
def test_a_visit_is_pasted_or_sent_as_a_file(trial: FlaskClient, field: str) -> None:
    text = bundle(S2)
    data = {field: text if field == "demande" else (io.BytesIO(text.encode()), "visite.json")}
    answer = trial.post(ADDRESS, data=data, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert "S2, Non-respect du parcours" in shown(answer)
    assert "&#34;resourceType&#34;: &#34;Bundle&#34;" in answer.text
    assert 'id="lien"' not in answer.text


def test_a_hypothesis_on_a_visit_of_one_s_own_goes_with_it(trial: FlaskClient) -> None:
    answer = trial.post(ADDRESS, data={"demande": bundle(S2), "si": "urgence"})
    assert "indicateur de parcours U au lieu de S2" in shown(answer)


def test_a_visit_larger_than_a_form_usually_is_is_read(trial: FlaskClient) -> None:
    large = json.loads(bundle(S2)) | {"id": "x" * 64}
    text = json.dumps(large, indent=1) + " " * 700_000
    assert trial.post(ADDRESS, data={"demande": text + "."}).status_code == 400  # read, and found wrong
    assert trial.post(ADDRESS, data={"demande": text}).status_code == 200
    assert trial.post(ADDRESS, data={"demande": text * 3}).status_code == 413


def test_a_call_of_cds_hooks_is_tried_as_it_is(trial: FlaskClient) -> None:
    answer = trial.post(ADDRESS, data={"demande": json.dumps(call(S2))})
    assert answer.status_code == 200
    assert "Hors du parcours" in shown(answer)


def test_the_first_appointment_of_a_call_is_tried(trial: FlaskClient) -> None:
    found = [entry["resource"] for entry in json.loads(bundle("37-rendez-vous"))["entry"]]
    appointment = next(r for r in found if r["resourceType"] == "Appointment")
    patient = next(r for r in found if r["resourceType"] == "Patient")
    rest = [{"resource": r} for r in found if r is not appointment and r is not patient]
    asked = {
        "hook": "appointment-book",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/x",
            "patientId": patient["id"],
            "appointments": {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": appointment}],
            },
        },
        "prefetch": {
            "patient": patient,
            "serviceRequest": {"resourceType": "Bundle", "type": "searchset", "entry": rest},
        },
    }
    answer = trial.post(ADDRESS, data={"demande": json.dumps(asked)})
    assert answer.status_code == 200, shown(answer)
    assert "Jour des soins" in shown(answer)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("", 422, "Rien n’a été collé"),
        ("bonjour", 400, "JSON"),
        ('{"resourceType": "Bundle", "type": "zork"}', 422, "Bundle.type"),
        (json.dumps({"hook": "zork"}), 400, "ce service répond à un autre hook hook"),
        (json.dumps(call(S2, "patient-view")), 422, "ce hook ne porte sur aucune visite"),
        (json.dumps(call(S2, encounter=None)), 422, "la visite n’y est pas prefetch.encounter"),
        (json.dumps(call(S2) | {"prefetch": {}}), 412, "prefetch.patient"),
        (bundle(S2).replace("2026-03-10", "2005-03-10"), 422, "1er janvier 2006"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_given_back(
    trial: FlaskClient, text: str, status: int, told: str
) -> None:
    answer = trial.post(ADDRESS, data={"demande": text})
    assert answer.status_code == status
    assert told in shown(answer)
    assert 'aria-invalid="true"' in answer.text
    field = answer.text.partition('<textarea id="demande"')[2].partition("</textarea>")[0]
    assert text[:20].replace('"', "&#34;") in field


def test_a_wrong_value_in_a_call_is_found_where_the_call_holds_it(trial: FlaskClient) -> None:
    asked = call(S2)
    asked["prefetch"]["encounter"]["period"]["start"] = "2026"
    answer = trial.post(ADDRESS, data={"demande": json.dumps(asked)})
    assert answer.status_code == 422
    assert "prefetch.encounter" in shown(answer)
    assert "Bundle.entry" not in shown(answer)


def test_a_document_of_what_cannot_be_read_is_the_same_refusal(trial: FlaskClient) -> None:
    answer = trial.post(f"{ADDRESS}/decision.json", data={"demande": "bonjour"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")


def test_where_only_known_software_may_ask_so_may_only_who_is_signed_in(tmp_path: Path) -> None:
    clients = tmp_path / "clients.toml"
    clients.write_text('[[client]]\nid = "a"\nissuer = "https://a.example"\ntenant = "t"\n'
                       'jwks_url = "https://a.example/keys"\n', encoding="utf-8")  # fmt: skip
    settings = Settings(clients=str(clients), database=str(tmp_path / "x.sqlite"))
    guarded = create_app(settings).test_client()
    for path in (ADDRESS, f"{ADDRESS}/decision.json"):
        assert guarded.post(path, data={"demande": bundle(S2)}).status_code == 403
    assert guarded.get(ADDRESS, query_string={"exemple": S2}).status_code == 200


# ---------------------------------------------------------------- what is taken away


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["decision.json", "reponse-fhir.json", "visite.json"])
def test_a_document_is_kept_under_its_name(trial: FlaskClient, method: str, name: str) -> None:
    query, data = ({"exemple": S2}, None) if method == "get" else (None, {"demande": bundle(S2)})
    answer = trial.open(f"{ADDRESS}/{name}", method=method, query_string=query, data=data)
    content = json.loads(answer.data)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    first = {"decision.json": content.get("situation"),
             "reponse-fhir.json": content.get("entry", [{}])[0].get("resource", {}).get("resourceType"),
             "visite.json": content.get("resourceType")}[name]  # fmt: skip
    assert (
        first == {"decision.json": "S2", "reponse-fhir.json": "ClaimResponse", "visite.json": "Bundle"}[name]
    )


def test_a_document_of_no_example_is_not_there(trial: FlaskClient) -> None:
    assert trial.get(f"{ADDRESS}/decision.json").status_code == 404
    assert trial.get(f"{ADDRESS}/autre.json", query_string={"exemple": S2}).status_code == 404


def test_a_decision_under_a_hypothesis_says_so_and_proposes_no_declaration(trial: FlaskClient) -> None:
    slug = "25-specialiste-sans-medecin-traitant"
    real = trial.get(f"{ADDRESS}/reponse-fhir.json", query_string={"exemple": slug}).json
    supposed = trial.get(f"{ADDRESS}/reponse-fhir.json", query_string={"exemple": slug, "si": "urgence"}).json
    assert real is not None
    assert supposed is not None
    kinds = [[e["resource"]["resourceType"] for e in answer["entry"]] for answer in (real, supposed)]
    assert "QuestionnaireResponse" in kinds[0]
    assert "QuestionnaireResponse" not in kinds[1]
    decision = trial.get(f"{ADDRESS}/decision.json", query_string={"exemple": slug, "si": "urgence"}).json
    assert decision is not None
    supposed_fact = {"fait": "visite.circonstance", "valeur": "urgence", "origine": "suppose", "date": None}
    assert supposed_fact in decision["faits"]


def test_the_command_that_is_copied_is_safe_for_a_shell_and_asks_the_operation(trial: FlaskClient) -> None:
    page = trial.get(ADDRESS, query_string={"exemple": S2}).text
    command = page.partition('<code id="curl">')[2].partition("</code>")[0].replace("&#39;", "'")
    words = shlex.split(command)
    assert words[:2] == ["curl", "-s"]
    assert f"@examples/{S2}/bundle.json" in words
    assert words[-1].endswith("/fhir/Encounter/$evaluate-parcours")


def test_a_permanent_link_leads_back_to_the_same_page(trial: FlaskClient) -> None:
    query = {"exemple": S2, "si": "urgence", "patient.age": "26 ans ou plus"}
    page = trial.get(ADDRESS, query_string=query).text
    link = page.partition('id="lien" href="')[2].partition('"')[0].replace("&amp;", "&")
    again = trial.get("/" + link.partition("://")[2].partition("/")[2]).text
    taken = '<section class="ecran" aria-labelledby="emporter">'  # from here on, FHIR tells the time
    assert again.partition(taken)[0] == page.partition(taken)[0]


def test_nothing_of_a_visit_is_in_the_log(trial: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    trial.post(ADDRESS, data={"demande": bundle(S2)})
    trial.post(ADDRESS, data={"demande": "bonjour"})
    assert [record.name for record in caplog.records] == ["parcours.access"] * 2
