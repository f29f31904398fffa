"""A kept declaration as FHIR at each of its versions: sound, and held to the table of states."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from tests.fhir.builders import R22, concept
from tests.fhir.declarations import (
    R23,
    TEST_NUMBER,
    cabinet,
    demande,
    dominique,
    droits,
    identifier,
    lire,
    proche,
    qualified,
)

from parcours.domain.declaration_states import LIBELLES_ETATS, SUITES, EtatDeclaration
from parcours.domain.declaration_suivie import Passage, Suivie
from parcours.errors import UnreadableBundle
from parcours.fhir.declaration_followup import (
    RENDERINGS,
    STATUSES,
    TASK_STATUS,
    Fond,
    fond,
    history,
    prepared_bundle,
    task_at,
)
from parcours.fhir.declaration_moves import move, read_task
from parcours.fhir.json_door import Limits
from parcours.fhir.output_checks import output_defects
from parcours.fhir.published import by_url
from parcours.law import droit
from parcours.law.declaration import preparer
from parcours.translation import in_english, translated

ID = "8c6f3c52-6d6c-4f43-9a49-222222222222"
BASE = "https://parcours.example/fhir"
START = dt.datetime(2026, 3, 10, 9, 30, 0, 123456, tzinfo=dt.UTC)


def kept(document: Any = None) -> Fond:
    """What is kept of a preparation, once read back."""
    lecture = lire(document or demande())
    return Fond.decode(fond(preparer(lecture.faits, droit()), lecture, b"%PDF-1.7", ID).encode())


def suivie(*states: str) -> Suivie:
    """Prepared, then these states, a minute apart."""
    passages = [
        Passage(
            version=n,
            etat=EtatDeclaration(state),
            quand=START + dt.timedelta(minutes=n),
            qui="Dr A" if n > 1 else "parcours-soins 1.0",
            recu=None,
        )
        for n, state in enumerate(("preparee", *states), start=1)
    ]
    return Suivie(id=ID, empreinte="e" * 64, passages=tuple(passages))


@pytest.mark.parametrize("kind", RENDERINGS)
@pytest.mark.parametrize("state", EtatDeclaration)
def test_every_type_is_sound_in_every_state(state: EtatDeclaration, kind: str) -> None:
    found = RENDERINGS[kind](kept(), suivie(state))
    assert output_defects(found) == []
    assert found["status"] == STATUSES[kind][state]
    assert found.get("docStatus") == (
        None if kind != "DocumentReference" else "final" if state == "enregistree" else "preliminary"
    )
    assert found["meta"]["lastUpdated"] == "2026-03-10T09:32:00.123+00:00"


def test_the_first_version_is_shown_whatever_came_after() -> None:
    first = prepared_bundle(kept(), suivie(), BASE)
    assert prepared_bundle(kept(), suivie("signee", "transmise"), BASE) == first
    assert output_defects(first) == []


def test_the_history_ends_with_the_first_version() -> None:
    told = history(kept(), suivie("signee", "annulee"), BASE)
    assert output_defects(told) == []
    assert told["entry"][-1]["resource"] == task_at(kept(), suivie())


def test_what_is_kept_is_the_declaration_and_not_the_request() -> None:
    text = kept(demande(dominique(telecom=[{"system": "phone", "value": "0100000000"}]))).encode().decode()
    assert "0100000000" not in text
    assert text.count(TEST_NUMBER) == 1


@pytest.mark.parametrize("status", ["PROV", "VALI", "RECUP"])
def test_without_a_qualified_identity_neither_number_nor_oid_is_kept(status: str) -> None:
    who = dominique(identifier=[identifier("8")], extension=[qualified(code=status)])
    text = kept(demande(who, droits(number=None))).encode().decode()
    assert TEST_NUMBER not in text
    assert "1.2.250.1.213.1.4" not in text


def test_the_states_are_those_of_the_published_list_in_the_same_words() -> None:
    (listed,) = (
        item for url, item in by_url("CodeSystem").items() if url.endswith("pds-cs-etat-declaration")
    )
    said = {concept["code"]: concept["display"] for concept in listed.content["concept"]}
    assert said == {etat.value: label for etat, label in LIBELLES_ETATS.items()}


def test_a_version_that_never_was_is_nowhere() -> None:
    for version in (0, 2):
        with pytest.raises(IndexError):
            suivie().en_version(version)


# ---------------------------------------------------------------- moves


def put(suivie: Suivie, state: str, **elements: Any) -> bytes:
    """The body of a Task put back in another state."""
    task = task_at(kept(), suivie)
    task["businessStatus"]["coding"][0]["code"] = state
    return json.dumps({**task, **elements}).encode()


@pytest.mark.parametrize("before", EtatDeclaration)
@pytest.mark.parametrize("after", EtatDeclaration)
def test_a_move_is_that_of_the_table_or_refused(before: EtatDeclaration, after: EtatDeclaration) -> None:
    stands = suivie(before) if before != "preparee" else suivie()
    asked = read_task(put(stands, after), ID, Limits())
    if after is before:
        assert move(kept(), stands, asked, "logiciel-x") is None
    elif after in SUITES[before]:
        made = move(kept(), stands, asked, "logiciel-x")
        assert made is not None
        assert (made.etat, made.recu, made.note) == (after, None, None)
        responsible = "Dr A" if before != "preparee" else "Camille TEST-DOC, RPPS 01234567897"
        assert made.qui == f"le logiciel logiciel-x, sous la responsabilité de {responsible}"
    else:
        with pytest.raises(UnreadableBundle):
            move(kept(), stands, asked, "logiciel-x")


@pytest.mark.parametrize("display", ["x" * 300, "123", "parcours-soins"])
def test_a_doctor_whose_name_is_odd_keeps_nobody_from_acting(display: str) -> None:
    doctor = kept()
    doctor.tache["owner"]["display"] = display
    asked = read_task(put(suivie(), "signee", owner={"display": "Dr A"}), ID, Limits())
    made = move(doctor, suivie(), asked, "logiciel-x")
    assert made is not None
    assert made.qui == "Dr A"


def test_every_state_has_a_status_and_every_status_is_of_the_profile() -> None:
    assert TASK_STATUS.keys() == LIBELLES_ETATS.keys() == set(EtatDeclaration)


# ---------------------------------------------------------------- in English

REQUESTS = {
    "usual": demande(),
    "nobody": demande(dominique(birthDate="2010"), droits(None, None)),
    "child": demande(dominique(birthDate="2015-09-01"), droits("child"), proche()),
    "ase": demande(
        dominique(birthDate="2015-09-01"), droits("child"), proche(relation="aide-sociale-enfance")
    ),
    "young": demande(dominique(birthDate="2009-09-01"), droits("child"), proche()),
    "guardian": demande(dominique(), droits(), proche(relation="tuteur")),
    "locum": demande(code=[concept((R22, "GENR02"))]),
    "salaried": demande(cabinet("SA48"), code=[concept((R23, "S"))]),
    "twins": demande(
        dominique(multipleBirthBoolean=True, identifier=[identifier("8")], extension=[qualified()])
    ),
}


@pytest.mark.parametrize("document", REQUESTS.values(), ids=REQUESTS)
def test_what_is_left_to_do_is_told_in_english_too(document: Any) -> None:
    task = task_at(kept(document), suivie("signee", "annulee"))
    for note in task["note"]:
        assert translated(note["text"]) is not None, note["text"]
    said = in_english(task)
    assert output_defects(said) == []
    assert said["businessStatus"]["coding"][0]["display"] == "Cancelled"


def test_a_paper_stays_in_the_language_it_was_printed_in() -> None:
    said = in_english(RENDERINGS["DocumentReference"](kept(), suivie()))
    assert said["language"] == "en"
    assert {item["attachment"]["language"] for item in said["content"]} == {"fr-FR"}
    assert [item["attachment"]["title"] for item in said["content"]][1:] == [
        "Copy for the patient",
        "Copy for the practice",
    ]
