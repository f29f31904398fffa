"""What the directory says, as facts of a visit: what is missing, with its date, for the day of the visit."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.fhir.builders import (
    G15,
    R21,
    R22,
    R38,
    concept,
    encode,
    encounter,
    read,
    role,
    visit,
)
from tests.remote.directory import TODAY, Json, activity, doctor, on, person, place

from parcours.domain.facts import Fait, Origine, Profession, Specialite, Visite
from parcours.fhir.directory_facts import Fiche, a_verifier, completee, dit_un_genre, est_ancienne, fiche
from parcours.remote.directory_cache import Releve

DAY = dt.timedelta(days=1)
MEDECIN, OPHTALMOLOGIE = Profession.MEDECIN, Specialite.OPHTALMOLOGIE


def said(*resources: Json, day: dt.date = TODAY, until: dt.date | None = None) -> Releve:
    return Releve(day, until or day, resources)


def told(*resources: Json, jour: dt.date = TODAY) -> Fiche:
    found = fiche([said(*resources)], jour)
    assert found is not None
    return found


# ---------------------------------------------------------------- what the directory says


def test_one_active_professional_has_a_profession_a_specialty_activities_and_places() -> None:
    found = told(person(), activity(), place())
    assert (found.date, found.connu, found.remplacant) == (TODAY, True, False)
    assert (found.exercice.profession, found.exercice.specialite) == (MEDECIN, OPHTALMOLOGIE)
    (activite,) = found.activites
    assert [(code.table, code.code) for code in activite.codes] == [("R22", "GENR01")]
    assert activite.lieu is not None
    assert activite.lieu.name == "CABINET DU DR TEST-DOC"


ENDED = {"end": "2026-02-01"}
NOTHING: list[tuple[str, list[Json]]] = [
    ("nobody", []),
    ("F-054 two for one number", [person(), person("SM54", id="003-2")]),
    ("F-054 two, one of whom is inactive", [person(), person(id="003-2", active=False)]),
    ("F-062 inactive", [{"resourceType": "Practitioner", "id": "003-1", "active": False}]),
    ("F-062 inactive, and still described", [person(active=False), activity()]),
    ("qualifications of another shape", [person(qualification="SM54")]),
    ("an activity of another shape", [person(), activity(code={"coding": 1})]),
    ("no Practitioner", [activity()]),
]


@pytest.mark.parametrize("resources", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_nothing_is_made_of_what_does_not_designate_one_active_professional(resources: list[Json]) -> None:
    assert told(*resources) == Fiche(date=TODAY)


def test_two_specialties_are_none() -> None:
    both = person(qualification=[{"code": concept((R38, "SM38"))}, {"code": concept((R38, "SM42"))}])
    assert told(both).exercice.specialite is None


def test_the_first_version_told_the_specialty_with_the_activity() -> None:
    old = person(qualification=[{"code": concept((G15, "10"))}])
    assert told(old, activity(specialty=[concept((R38, "SM42"))])).exercice.specialite == "psychiatrie"


@pytest.mark.parametrize(
    ("kinds", "locum"),
    [
        (["GENR03"], True),
        (["GENR02", "GENR03"], True),
        (["GENR01", "GENR03"], False),
        (["GENR01"], False),
        ([], False),
    ],
)
def test_a_locum_is_who_does_nothing_else(kinds: list[str], locum: bool) -> None:
    assert told(person(), *(activity(kind, id=f"005-{kind}") for kind in kinds)).remplacant is locum


@pytest.mark.parametrize(
    "over", [{"active": False}, {"period": ENDED}, {"period": {"start": "2026-03-01"}}], ids=str
)
def test_f062_only_activities_of_the_day_of_the_visit_count(over: Json) -> None:
    assert told(person(), activity("GENR01", id="005-1", **over), activity("GENR03")).remplacant


def test_f062_only_qualifications_of_the_day_of_the_visit_count() -> None:
    moved = person(
        qualification=[
            {"code": concept((G15, "10"))},
            {"code": concept((R38, "SM54")), "period": ENDED},
            {"code": concept((R38, "SM38")), "period": {"start": "2026-02-02"}},
        ]
    )
    assert told(moved).exercice.specialite is OPHTALMOLOGIE
    assert told(moved, jour=dt.date(2026, 2, 1)).exercice.specialite is Specialite.GENERALISTE


CHANGED = (
    said(person("SM54"), day=TODAY - 20 * DAY, until=TODAY - 10 * DAY),
    said(person("SM38"), day=TODAY - 5 * DAY, until=TODAY),
)


@pytest.mark.parametrize(
    ("days_ago", "specialty", "said_days_ago"),
    [(25, "SM54", 20), (20, "SM54", 20), (15, "SM54", 15), (10, "SM54", 10), (6, "SM54", 10), (5, "SM38", 5),
     (3, "SM38", 3), (0, "SM38", 0), (-9, "SM38", 0)],
)  # fmt: skip
def test_f062_a_specialty_changed_between_two_calls_is_that_of_the_day_of_the_visit(
    days_ago: int, specialty: str, said_days_ago: int
) -> None:
    found = fiche(CHANGED, TODAY - days_ago * DAY)
    assert found is not None
    assert found.exercice.specialite == {"SM54": Specialite.GENERALISTE, "SM38": OPHTALMOLOGIE}[specialty]
    assert found.date == TODAY - said_days_ago * DAY


def test_without_a_word_of_the_directory_there_is_nothing() -> None:
    assert fiche([], TODAY) is None


# ---------------------------------------------------------------- facts of the visit


def completed(
    *resources: Json, document: Json | None = None, day: dt.date = TODAY, genre_dit: bool = False
) -> Visite:
    """The visit of this request, with what the directory said on a day."""
    visite = read(document or visit(doctor())).visite
    found = fiche([said(*resources, day=day)], visite.date)
    assert found is not None
    return completee(visite, found, genre_dit=genre_dit)


def test_what_is_missing_is_filled_with_its_origin_and_its_day() -> None:
    visite = completed(person(), activity(), day=TODAY - 2 * DAY)
    assert visite.praticien is not None
    assert (visite.praticien.profession, visite.praticien.specialite) == (MEDECIN, OPHTALMOLOGIE)
    origine = Origine("annuaire", TODAY - 2 * DAY)
    assert visite.origines[Fait.PROFESSION] == visite.origines[Fait.SPECIALITE] == origine
    assert visite.avertissements == ()
    assert not visite.praticien.remplacant


def test_the_directory_gives_neither_sector_nor_optam_nor_installation() -> None:
    before, after = read(visit(doctor())).visite.praticien, completed(person(), activity()).praticien
    assert before is not None
    assert after is not None
    for name in ("secteur", "optam", "premiere_installation", "installation", "zone_depuis", "medecin"):
        assert getattr(after, name) == getattr(before, name)


UNCHANGED: list[tuple[str, Json, list[Json], dt.date]] = [
    ("no professional", visit(encounter(participant=[])), [person()], TODAY),
    ("two for one number", visit(doctor()), [person(), person(id="003-2")], TODAY),
    ("nobody", visit(doctor()), [], TODAY),
    ("all is said already", visit(), [person("SM54"), activity()], TODAY),
    ("F-062 a visit long before", visit(doctor(), on(TODAY - 31 * DAY)), [person()], TODAY),
    (
        "the request says it in two ways",
        visit(doctor((G15, "10"), (R38, "SM54"), (R38, "SM42"))),
        [person("SM42")],
        TODAY,
    ),
]


@pytest.mark.parametrize(
    ("document", "resources", "day"), [row[1:] for row in UNCHANGED], ids=[row[0] for row in UNCHANGED]
)
def test_otherwise_the_visit_stays_what_it_was(document: Json, resources: list[Json], day: dt.date) -> None:
    assert completed(*resources, document=document, day=day) == read(document).visite


def test_a_visit_of_thirty_days_ago_is_completed() -> None:
    visite = completed(person(), document=visit(doctor(), on(TODAY - 30 * DAY)))
    assert visite.origines[Fait.SPECIALITE] == Origine("annuaire", TODAY)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        pytest.param([(G15, "10"), (R38, "SM54")], person("SM42"), id="specialty"),
        pytest.param([(G15, "50")], person(), id="profession"),
        pytest.param([(G15, "10")], person(qualification=[{"code": concept((G15, "50"))}]), id="only that"),
    ],
)
def test_what_the_request_says_is_never_denied(mine: list[tuple[str, str]], theirs: Json) -> None:
    document = visit(doctor(*mine))
    visite = completed(theirs, activity("GENR03"), document=document)
    assert visite.praticien == read(document).visite.praticien
    (avertissement,) = visite.avertissements
    assert avertissement.code == "annuaire-different"
    assert avertissement.texte.endswith("Donnée du 17/02/2026.")


def test_a_midwife_of_the_directory_is_one_and_has_no_specialty() -> None:
    visite = completed(person(qualification=[{"code": concept((G15, "50"))}]))
    assert visite.praticien is not None
    assert (visite.praticien.profession, visite.praticien.specialite) == (Profession.SAGE_FEMME, None)
    assert Fait.SPECIALITE not in visite.origines


def test_who_is_no_doctor_is_given_no_specialty() -> None:
    both = [{"code": concept(code)} for code in ((G15, "10"), (G15, "50"), (R38, "SM38"))]
    document = visit(doctor((G15, "50")))
    assert completed(person(qualification=both), document=document) == read(document).visite


# ---------------------------------------------------------------- fresh and old


@pytest.mark.parametrize(
    ("days_before", "old"), [(0, False), (7, False), (8, True), (29, True)], ids=lambda value: str(value)
)
def test_f061_what_was_said_more_than_seven_days_before_the_visit_is_old(days_before: int, old: bool) -> None:
    day = TODAY - days_before * DAY
    visite, found = read(visit(doctor())).visite, fiche([said(person(), day=day)], TODAY)
    assert found is not None
    assert est_ancienne(found, visite) is old
    (avertissement,) = a_verifier(visite, found).avertissements
    assert avertissement.code == "annuaire-ancien"
    assert avertissement.texte.endswith(f"Donnée du {day:%d/%m/%Y}.")


@pytest.mark.parametrize(
    ("days_before", "taken"), [(8, False), (7, True), (0, True), (-7, True), (-8, False)], ids=str
)
def test_f061_who_is_a_locum_is_only_taken_from_a_fresh_word(days_before: int, taken: bool) -> None:
    visite = completed(person("SM54"), activity("GENR03"), document=visit(), day=TODAY - days_before * DAY)
    assert visite.praticien is not None
    assert visite.praticien.remplacant is taken
    assert [a.code for a in visite.avertissements] == (["annuaire-remplacant"] if taken else [])


@pytest.mark.parametrize(
    ("table", "code", "says"), [(R22, "GENR01", True), (R21, "FON-AU", True), (R38, "SM54", False)]
)
def test_a_request_that_speaks_of_kinds_of_activity_is_believed(table: str, code: str, says: bool) -> None:
    body = encode(visit(role(code=[concept((table, code))])))
    assert dit_un_genre(body) is says
    assert dit_un_genre(body.replace(b"/", rb"\/")) is says
    visite = completed(person("SM54"), activity("GENR03"), document=visit(), genre_dit=says)
    assert visite.praticien is not None
    assert visite.praticien.remplacant is not says
