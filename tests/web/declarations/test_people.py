"""``PUT Task/{id}``: who acted, and who is responsible."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from tests.web.kept import Json, changed, content, move, put, read

from parcours.clients import DEVELOPMENT

RPPS = {"system": "https://rpps.esante.gouv.fr", "value": "10100000002"}


@pytest.mark.parametrize(
    ("elements", "who"),
    [
        ({"owner": {"display": "Dr A"}}, "Dr A"),
        ({"owner": {"identifier": RPPS}}, "RPPS 10100000002"),
        ({"owner": {"display": "Dr A", "identifier": RPPS}}, "Dr A, RPPS 10100000002"),
        ({"owner": {"reference": "Practitioner/7"}}, "Practitioner/7"),
        ({"owner": {"reference": "https://x.example/fhir/PractitionerRole/7", "display": "Mme B"}}, "Mme B"),
        ({"owner": None, "requester": {"display": "Mme B", "type": "Practitioner"}}, "Mme B"),
    ],
)
def test_who_acted_is_kept_with_the_state(elements: Json, who: str, id: str, client: FlaskClient) -> None:
    task = changed(read(client, id), "signee", **elements)
    note = content(put(client, {k: v for k, v in task.items() if v is not None}, 1))["note"][-1]
    assert (note["authorString"], note["text"]) == (who, "Signée")
    assert note["time"] == read(client, id)["meta"]["lastUpdated"]


@pytest.mark.parametrize(
    "owner",
    [
        None,
        {"display": "  "},
        {"type": "Device", "display": "logiciel"},
        {"reference": "Organization/7", "display": "Cabinet"},
        {"identifier": {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "279035121518989"}},
    ],
)
@pytest.mark.parametrize("after", ["signee", "transmise"])
def test_nothing_is_signed_nor_sent_by_nobody(
    after: str, owner: Json | None, id: str, client: FlaskClient
) -> None:
    task = move(client, id, *(("signee",) if after == "transmise" else ()))
    asked = {k: v for k, v in changed(task, after, owner=owner).items() if v is not None}
    reply = put(client, asked, int(task["meta"]["versionId"]))
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Task.owner"])


BY_THE_SOFTWARE = f"le logiciel {DEVELOPMENT.id}, sous la responsabilité de "


def test_an_owner_whom_nobody_changed_is_responsible_and_has_not_acted(id: str, client: FlaskClient) -> None:
    task = read(client, id)
    doctor = task["owner"]
    task["businessStatus"]["coding"][0]["code"] = "signee"
    after = content(put(client, task, 1))
    said = f"{doctor['display']}, RPPS 01234567897"
    assert (after["note"][-1]["authorString"], after["owner"]) == (BY_THE_SOFTWARE + said, doctor)


@pytest.mark.parametrize(
    ("owner", "shown"),
    [
        ({"display": "Dr A"}, {"display": "Dr A"}),
        ({"reference": "Practitioner/7"}, {"reference": "Practitioner/7"}),
        ({"reference": "Practitioner/7/_history/2"}, {"reference": "Practitioner/7/_history/2"}),
        (
            {"identifier": RPPS, "display": "Dr A", "reference": "Practitioner/7"},
            {"type": "Practitioner", "identifier": RPPS, "display": "Dr A"},
        ),
        ({"identifier": RPPS}, {"type": "Practitioner", "identifier": RPPS}),
        ({"type": "Person", "display": "Mme B"}, {"display": "Mme B"}),
    ],
)
def test_the_last_owner_put_is_responsible_until_another_is(
    owner: Json, shown: Json, id: str, client: FlaskClient
) -> None:
    signed = content(put(client, changed(read(client, id), "signee", owner=owner), 1))
    assert signed["owner"] == shown == read(client, id)["owner"]
    sent = content(put(client, changed(signed, "transmise", owner=signed["owner"]), 2))
    who = signed["note"][-1]["authorString"]
    assert (sent["note"][-1]["authorString"], sent["owner"]) == (BY_THE_SOFTWARE + who, shown)
    other = content(put(client, changed(sent, "enregistree", owner={"display": "Mme C"}), 3))
    assert (other["note"][-1]["authorString"], other["owner"]) == ("Mme C", {"display": "Mme C"})
    assert content(client.get(f"/fhir/Task/{id}/_history/3"))["owner"] == shown


def test_who_asks_has_acted_even_when_he_is_responsible(id: str, client: FlaskClient) -> None:
    task = changed(content(put(client, changed(read(client, id), "signee"), 1)), "transmise")
    task["requester"] = task.pop("owner")
    assert content(put(client, task, 2))["note"][-1]["authorString"] == "Dr Camille Exemple"


@pytest.mark.parametrize("after", ["signee", "annulee"])
@pytest.mark.parametrize(
    "owner",
    [
        {"type": "Practitioner", "reference": "Device/7", "display": "Dr A"},
        {"type": "Device", "reference": "Practitioner/7", "display": "Dr A"},
        {"type": "Patient", "reference": "Practitioner/7", "display": "Dr A"},
        {"reference": "https://x.example/fhir/Organization/7", "display": "Dr A"},
        {"reference": "Device/7/_history/1", "display": "Dr A"},
        {"display": "parcours-soins"},
        {"display": "Parcours-Soins 1.0"},
        {"display": "le logiciel X, sous la responsabilité de Dr A"},
        {"display": "non précisé"},
        {"display": "..."},
        {"display": "2026", "identifier": RPPS},
    ],
)
def test_an_owner_who_is_no_person_is_refused(owner: Json, after: str, id: str, client: FlaskClient) -> None:
    reply = put(client, changed(read(client, id), after, owner=owner), 1)
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Task.owner"])
    assert read(client, id)["meta"]["versionId"] == "1"


def test_a_declaration_may_be_cancelled_by_who_does_not_say(id: str, client: FlaskClient) -> None:
    task = changed(read(client, id), "annulee", statusReason={"text": "erreur de saisie"})
    del task["owner"]
    after = content(put(client, task, 1))
    assert after["statusReason"] == {"text": "erreur de saisie"}
    assert after["note"][-1]["text"] == "Annulée : erreur de saisie"
    assert after["note"][-1]["authorString"] == "non précisé"
