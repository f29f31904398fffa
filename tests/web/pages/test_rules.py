"""The pages of the law: what they say on a day, in both languages, and as documents."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.web.pages.office import Office

from parcours.law import droit
from parcours.law.policies import POLITIQUES
from parcours.law.rule_book import conditions, non_encodes
from parcours.law.value_book import Parametre, Valeur
from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.pages.rule_words import told as in_words
from parcours.web.pages.rules import DOORS
from parcours.web.pages.shell import Door

ROOT = Path(__file__).resolve().parents[3]
RULES = [regle.id for regle in droit().regles]
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Somebody who reads the law, which is the same for everybody: one service for all of these tests."""
    kept = tmp_path_factory.mktemp("law") / "kept.sqlite"
    return Office(create_app(Settings(database=str(kept))).test_client())


@pytest.fixture
def client(reader: Office) -> FlaskClient:
    return reader.client


def links(text: str, under: str = "/regles/") -> list[str]:
    return re.findall(rf'href="{under}([\w-]+)(?:\?le=[\d-]+)?"', text)


def test_every_rule_in_force_is_listed_in_the_order_of_the_table(reader: Office) -> None:
    text = reader.get("/regles?le=2026-03-10")
    in_force = [regle.id for regle in droit().en_vigueur(dt.date(2026, 3, 10))]
    assert [id for id in links(text) if id in RULES] == in_force
    assert in_force == RULES
    assert f"<strong>{len(in_force)}</strong>" in text
    assert "En vigueur le 10/03/2026" in text


def test_the_law_of_another_day_is_that_of_that_day(reader: Office) -> None:
    text = reader.get("/regles?le=2010-01-01")
    listed, absent = text.split("Pas en vigueur ce jour-là", 1)
    assert "mayotte" not in links(listed)
    assert "mayotte" in links(absent)
    assert "?le=2010-01-01" in text
    assert "en vigueur depuis le 26/07/2019" in absent


@pytest.mark.parametrize("page", ["", "/lectures", "/acces-direct-psychiatrie"])
def test_whoever_reads_the_law_of_a_day_stays_on_that_day(reader: Office, page: str) -> None:
    text = reader.get(f"/regles{page}?le=2010-01-01")
    inside = re.findall(r"<main.*</main>", text, re.DOTALL)[0]
    led = re.findall(r'href="(/regles[^"]*)"', inside)
    assert led
    assert [address for address in led if "?le=2010-01-01" not in address] == []


@pytest.mark.parametrize(
    ("day", "told"),
    [("1999-01-01", "Le droit encodé commence le 01/01/2006"), ("demain", "Ce n’est pas une date")],
)
def test_a_day_that_is_none_is_refused_beside_its_field(reader: Office, day: str, told: str) -> None:
    text = reader.get(f"/regles?le={day}", 400)
    assert 'role="alert"' in text
    assert told in text
    assert f'value="{day}" min="2006-01-01" aria-invalid="true"' in text


def test_a_day_made_of_markup_stays_text(reader: Office) -> None:
    text = reader.get("/regles?le=%22%3E%3Cscript%3Ex", 400)
    assert "<script>x" not in text


def test_what_is_read_of_the_law_says_until_when_it_was_read(reader: Office) -> None:
    assert "rien n’est su de ce qui a changé depuis" in reader.get("/regles?le=2026-08-21")
    assert "rien n’est su de ce qui a changé depuis" not in reader.get("/regles?le=2026-08-20")


def test_the_references_and_the_directory_of_doctors_are_given(reader: Office) -> None:
    text = reader.get("/regles")
    for article in ("L162-5-3", "L162-5-4", "L162-26", "D162-1-6", "D162-1-7", "D162-1-8", "Convention"):
        assert article in text
    assert 'href="https://annuairesante.ameli.fr"' in text


@pytest.mark.parametrize("id", RULES)
@pytest.mark.parametrize("langue", ["fr", "en"])
def test_every_rule_has_its_page(reader: Office, id: str, langue: str) -> None:
    text = reader.get(f"/regles/{id}", langue=langue)
    assert f'<html lang="{langue}">' in text
    assert text.count("<h1>") == 1
    assert 'role="img"' in text
    assert f'href="/regles/{id}.json"' in text


def test_a_rule_says_its_condition_its_text_and_its_examples(reader: Office) -> None:
    text = reader.get("/regles/adressage-medecin-traitant?le=2026-03-10")
    assert conditions()["adressage-medecin-traitant"].replace("'", "&#39;") in text
    assert "LEGIARTI000048691431" in text
    assert "03-correspondant-a-la-demande-du-medecin-traitant" in text
    assert "medecin-traitant-faible" in text


def test_a_rule_not_in_force_that_day_says_since_when_it_is(reader: Office) -> None:
    text = reader.get("/regles/mayotte?le=2010-01-01")
    assert "Pas en vigueur ce jour-là" in text
    assert "26/07/2019" in text


def test_rules_lead_to_their_neighbours_and_the_ends_stop(reader: Office) -> None:
    first, last = reader.get(f"/regles/{RULES[0]}"), reader.get(f"/regles/{RULES[-1]}")
    assert 'rel="prev"' not in first
    assert f'href="/regles/{RULES[1]}" rel="next"' in first
    assert f'href="/regles/{RULES[-2]}" rel="prev"' in last
    assert 'rel="next"' not in last


def test_a_rule_without_an_example_offers_to_try(reader: Office) -> None:
    text = reader.get("/regles/tolerance-caisse")
    assert "Aucun exemple ne la montre." in text


@pytest.mark.parametrize("id", ["none", "none.json", "<script>"])
def test_a_rule_that_is_none_is_not_there(reader: Office, id: str) -> None:
    assert "Rien à cette adresse" in reader.get(f"/regles/{id}", 404)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.adresse)
@pytest.mark.parametrize("langue", ["fr", "en"])
def test_every_page_of_the_law_leads_to_the_others(reader: Office, door: Door, langue: str) -> None:
    text = reader.get(door.adresse, langue=langue)
    assert text.count("aria-current=") == 2
    assert all(f'href="{other.adresse}"' in text for other in DOORS)
    assert 'href="/regles.json"' in text


def test_every_reading_and_every_limit_is_told(reader: Office) -> None:
    readings, limits = reader.get("/regles/lectures"), reader.get("/regles/non-encode")
    assert all(f'id="{politique.nom}"' in readings for politique in POLITIQUES)
    assert limits.count('scope="row"') == len(non_encodes())


def test_a_reading_says_what_was_chosen_here(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {"PARCOURS_POLICY_ELOIGNEMENT": "departement", "PARCOURS_DATABASE": str(tmp_path / "x.sqlite")}
    )
    text = create_app(settings).test_client().get("/regles/lectures").get_data(as_text=True)
    assert "<code>departement</code></strong> (par défaut : <code>attestation</code>)" in text


def test_values_are_those_of_the_day(reader: Office) -> None:
    assert "30,00\N{NO-BREAK SPACE}€</strong>" in reader.get("/regles/valeurs?le=2026-03-10")
    assert "pas encore fixé" in reader.get("/regles/valeurs?le=2010-01-01")


@pytest.mark.parametrize(
    ("unite", "nombre", "told"),
    [
        ("euro", 120, "120,00 €"),
        ("part", Decimal("0.175"), "17,5 %"),
        ("an", 1, "1 an"),
        ("an", 16, "16 ans"),
        ("jour", 30, "30 jours"),
        (None, 4, "4"),
        (None, ("a", "b"), "a, b"),
        ("euro", None, "inconnu"),
    ],
)
def test_a_value_is_told_in_its_unit(unite: str | None, nombre: Any, told: str) -> None:
    day = dt.date(2026, 3, 10)
    one = Valeur(depuis=day, valeur=nombre, inconnu=None, cites=(), note=None, verifie_le=day)
    assert in_words(Parametre(nom="x", libelle="X", unite=unite, valeurs=(one,)), one) == told


# ---------------------------------------------------------------- as documents


@pytest.mark.parametrize(
    ("path", "headers"), [("/regles", JSON), ("/regles.json", {})], ids=["by header", "by name"]
)
def test_the_law_of_a_day_is_one_document(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    reply = client.get(f"{path}?le=2010-01-01", headers=headers)
    assert (reply.status_code, reply.mimetype) == (200, "application/json")
    law = json.loads(reply.text)
    assert (law["jour"], law["version_droit"]) == ("2010-01-01", droit().version)
    rules = {
        rule["id"]: rule for group in law["groupes"] for row in group["lignes"] for rule in row["regles"]
    }
    assert list(rules) == RULES
    assert (rules["mayotte"]["en_vigueur"], rules["urgence"]["en_vigueur"]) == (False, True)
    fees = {one["nom"]: one for theme in law["themes"] for one in theme["parametres"]}
    assert fees["tarif-G"]["valeurs"][-1]["valeur"] == "30.00"


@pytest.mark.parametrize(
    ("path", "headers"), [("/regles/urgence", JSON), ("/regles/urgence.json", {})], ids=["header", "name"]
)
def test_a_rule_is_a_document(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    rule = json.loads(client.get(path, headers=headers).text)
    assert rule["regle"]["condition"] == conditions()["urgence"]
    assert rule["ligne"]["sans_medecin_traitant"]["qcp"] == ["25"]
    assert "04-urgence" in rule["exemples"]


def test_who_says_nothing_gets_the_page_and_caches_are_told(client: FlaskClient) -> None:
    reply = client.get("/regles")
    assert reply.mimetype == "text/html"
    assert "Accept" in reply.vary
    assert "Accept-Language" in reply.vary


@pytest.mark.parametrize(
    ("path", "status"),
    [("/regles.json?le=1999-01-01", 400), ("/regles/none.json", 404), ("/regles/none", 404)],
)
def test_a_program_is_refused_in_json(client: FlaskClient, path: str, status: int) -> None:
    reply = client.get(path, headers=JSON)
    assert (reply.status_code, reply.mimetype) == (status, "application/json")
    assert "erreur" in json.loads(reply.text)


def documented(heading: str) -> set[str]:
    """The keys that a section of the documentation names."""
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8").split(f"### {heading}\n")[1].split("\n#")[0]
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "path", "inside"),
    [
        ("All of it", "/regles.json", ()),
        ("A row", "/regles.json", ("groupes", 0, "lignes", 0)),
        ("A rule", "/regles/urgence.json", ("regle",)),
        ("A version", "/regles/urgence.json", ("regle", "etats", 0)),
        ("One rule alone", "/regles/urgence.json", ()),
        ("A value", "/regles.json", ("themes", 0, "parametres", 0)),
        ("One of its dates", "/regles.json", ("themes", 0, "parametres", 0, "valeurs", 0)),
        ("A reading", "/regles.json", ("politiques", 0)),
        ("A limit", "/regles.json", ("non_encodes", 0)),
    ],
)
def test_the_keys_of_a_document_are_those_of_its_documentation(
    client: FlaskClient, heading: str, path: str, inside: tuple[str | int, ...]
) -> None:
    found = json.loads(client.get(path).text)
    for step in inside:
        found = found[step]
    assert set(found) == documented(heading)


def test_the_answer_on_a_visit_leads_to_the_rule_as_it_stood_on_the_day_of_care(client: FlaskClient) -> None:
    text = client.get("/visites/essai?exemple=31-medecin-traitant-retraite-depuis-plus-d-un-an").text
    day = re.search(r"/regles/[a-z0-9-]+\?le=(\d{4}-\d\d-\d\d)", text)
    assert day is not None
    example = ROOT / "examples" / "31-medecin-traitant-retraite-depuis-plus-d-un-an" / "expected.json"
    assert json.loads(example.read_text("utf-8"))["date_des_soins"] == day[1]
