"""Who is declared as médecin traitant: best source first, and never by a guess."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.fhir.builders import (
    AUTRE,
    HOST,
    MT,
    R21,
    R259,
    V3,
    Json,
    by_rpps,
    concept,
    declaration,
    encounter,
    organization,
    patient,
    practitioner,
    read,
    ref,
    request,
    role,
    visit,
    warnings_of,
)

from parcours.domain.facts import Declaration, MotifFin, Origine, SourceTraitant, StatutTraitant
from parcours.errors import UnreadableBundle
from parcours.fhir.reading import Lecture
from parcours.law.traitant import traitant_du_jour

A_MT = ref("Practitioner/mt")
PCP = concept((f"{V3}/v3-ParticipationFunction", "PCP"))


def declarations(lecture: Lecture) -> tuple[Declaration, ...]:
    assert lecture.visite.declarations is not None
    return lecture.visite.declarations


def numbers(lecture: Lecture) -> list[str | None]:
    return [medecin.rpps for found in declarations(lecture) for medecin in found.medecins]


def declared(*entries: Json, **elements: Any) -> Json:
    return visit(patient(extension=list(entries), **elements))


def test_a_declaration_is_read_whole() -> None:
    entry = declaration(
        "declare",
        A_MT,
        debut="2020-01-01",
        fin="2025-12-31",
        dateSource="2026-02-01",
        motifFin="retraite",
        source="imti",
    )
    lecture = read(declared(entry))
    (found,) = declarations(lecture)
    assert found.statut is StatutTraitant.DECLARE
    assert (found.debut, found.fin) == (dt.date(2020, 1, 1), dt.date(2025, 12, 31))
    assert (found.motif_fin, found.source) == (MotifFin.RETRAITE, SourceTraitant.IMTI)
    assert numbers(lecture) == [MT]
    assert found.origine == Origine("Bundle.entry[1].resource.extension[0]", dt.date(2026, 2, 1))


def test_old_and_new_declarations_are_all_kept() -> None:
    old, new = declaration("declare", A_MT, debut="2010-01-01"), declaration("aucun", debut="2025-01-01")
    lecture = read(declared(old, new))
    assert [d.statut for d in declarations(lecture)] == [StatutTraitant.DECLARE, StatutTraitant.AUCUN]
    where = [d.origine.chemin for d in declarations(lecture) if d.origine]
    assert where == [f"Bundle.entry[1].resource.extension[{rank}]" for rank in (0, 1)]


def test_two_doctors_in_one_declaration_are_jointly_designated() -> None:
    entry = declaration("declare", A_MT, by_rpps(AUTRE), by_rpps(AUTRE))
    assert numbers(read(declared(entry))) == [MT, AUTRE]


WHO: dict[str, tuple[tuple[Json, ...], list[str | None]]] = {
    "nobody": ((), []),
    "a name only": (({"display": "Dr Quelqu'un"},), []),
    "by number": ((by_rpps(MT),), [MT]),
    "by his activity": ((ref("PractitionerRole/role-mt"),), [MT]),
    "elsewhere": ((ref("Practitioner/ailleurs"),), [None]),
}


@pytest.mark.parametrize(("who", "expected"), WHO.values(), ids=WHO)
def test_who_is_declared(who: tuple[Json, ...], expected: list[str | None]) -> None:
    document = visit(
        patient(extension=[declaration("declare", *who)]),
        role("role-mt", "mt", organization=ref("Organization/lieu")),
        organization(),
    )
    lecture = read(document)
    assert numbers(lecture) == expected


def test_the_place_is_part_of_the_designation_only_when_it_is_by_an_activity() -> None:
    elsewhere = role("role-mt", "mt", organization=ref("Organization/lieu"))
    by_role = declaration("declare", ref("PractitionerRole/role-mt"))
    lecture = read(visit(patient(extension=[by_role]), elsewhere, organization()))
    assert declarations(lecture)[0].medecins[0].cabinet == f"{HOST}/Organization/lieu"
    lecture = read(visit(patient(extension=[declaration("declare", A_MT)]), elsewhere, organization()))
    assert declarations(lecture)[0].medecins[0].cabinet is None


def test_somebody_elsewhere_keeps_an_absolute_key() -> None:
    lecture = read(declared(declaration("declare", ref("Practitioner/ailleurs/_history/3"))))
    assert declarations(lecture)[0].medecins[0].ressource == f"{HOST}/Practitioner/ailleurs"
    assert [p.code for p in lecture.problems] == ["not-found"]


REFUSED = {
    "no status": declaration(None, A_MT),
    "an unknown status": declaration("zorglub", A_MT),
    "two statuses": {**declaration("declare"), "extension": [{"url": "statut", "valueCode": "aucun"}] * 2},
    "a status of another type": {
        **declaration("declare"),
        "extension": [{"url": "statut", "valueString": "declare"}],
    },
    "an end before the start": declaration("declare", A_MT, debut="2020-01-01", fin="2019-01-01"),
    "a start with a time": declaration("declare", A_MT, debut="2020-01-01T10:00:00Z"),
}


@pytest.mark.parametrize("entry", REFUSED.values(), ids=REFUSED)
def test_a_declaration_that_cannot_be_read_is_refused(entry: Json) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(declared(entry))
    assert all(
        p.expression.startswith("Bundle.entry[1].resource.extension[0]") for p in refused.value.problems
    )


def test_an_end_before_the_start_is_told_by_the_place_of_the_declaration() -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(declared(REFUSED["an end before the start"]))
    told = [(p.code, p.expression) for p in refused.value.problems]
    assert told == [("invariant", "Bundle.entry[1].resource.extension[0]")]


def test_an_unknown_part_is_passed_over_and_said() -> None:
    entry = declaration("declare", A_MT)
    entry["extension"].append({"url": "zorglub", "valueCode": "x"})
    assert [p.code for p in read(declared(entry)).problems] == ["not-supported"]


@pytest.mark.parametrize("part", ["motifFin", "source"])
def test_an_unknown_code_leaves_that_part_unknown(part: str) -> None:
    lecture = read(declared(declaration("declare", A_MT, **{part: "zorglub"})))
    (found,) = declarations(lecture)
    assert (found.motif_fin, found.source) == (None, None)
    assert "code-inconnu" in warnings_of(lecture)


def test_no_doctor_and_who_he_is_cannot_both_be_true() -> None:
    lecture = read(declared(declaration("aucun", A_MT)))
    assert "contradiction" in warnings_of(lecture)
    assert holds(lecture) is None


def holds(lecture: Lecture) -> bool | None:
    return traitant_du_jour(lecture.visite.declarations, lecture.visite.date).declare.holds


# The visit is on 17 February 2026.
PARTIAL: list[tuple[dict[str, str], bool | None]] = [
    ({"debut": "2020"}, True),
    ({"debut": "2026-01"}, True),
    ({"debut": "2026-02"}, None),
    ({"debut": "2026"}, None),
    ({"debut": "2027"}, None),
    ({"fin": "2027"}, True),
    ({"fin": "2026"}, None),
    ({"fin": "2026-02"}, None),
    ({"fin": "2024"}, False),
    ({"fin": "2025"}, False),
    ({"fin": "2025", "motifFin": "deces"}, False),
    ({"fin": "2025", "motifFin": "retraite"}, None),
    ({"fin": "2025", "motifFin": "changement-departement"}, None),
    ({"fin": "2025-02-17", "motifFin": "retraite"}, False),
    ({"fin": "2025-02", "motifFin": "retraite"}, None),
    ({"fin": "2025-03", "motifFin": "retraite"}, False),
    ({"fin": "9999-12-31", "motifFin": "retraite"}, True),
    ({"fin": "2025-11", "motifFin": "retraite"}, False),
    ({"fin": "2024", "motifFin": "retraite"}, False),
    ({"fin": "9999-12-31"}, True),
    ({"fin": "9999"}, True),
    ({"fin": "9999", "motifFin": "retraite"}, True),
]


@pytest.mark.parametrize(("dates", "expected"), PARTIAL)
def test_a_partial_date_never_decides(dates: dict[str, str], expected: bool | None) -> None:
    lecture = read(declared(declaration("declare", A_MT, **dates)))
    assert holds(lecture) is expected
    (found,) = declarations(lecture)
    assert found.debut != lecture.visite.date, "a partial start must not make a new médecin traitant"


def test_an_end_of_which_the_day_matters_for_the_referral_is_unknown() -> None:
    entry = declaration("declare", A_MT, fin="2025")
    new = declaration("declare", by_rpps(AUTRE), debut="2026-01-01")
    written = request(authoredOn="2025-06-15")
    lecture = read(visit(patient(extension=[entry, new]), written))
    assert "medecin-traitant-ambigu" in warnings_of(lecture)
    assert numbers(lecture) == [AUTRE]


def test_an_unknown_status_gives_way_to_the_next_source() -> None:
    lecture = read(declared(declaration("inconnu"), generalPractitioner=[A_MT]))
    assert [d.source for d in declarations(lecture) if d.statut is StatutTraitant.DECLARE] == [
        SourceTraitant.MEDECIN_HABITUEL
    ]
    assert _declare_that_day(read(declared(declaration("inconnu")))) is None


def test_an_unknown_status_hides_what_ended_before_it() -> None:
    ended = declaration("declare", A_MT, debut="2015-01-01", fin="2020-01-01", motifFin="fin-relation")
    unknown = declaration("inconnu", debut="2020-01-02")
    assert _declare_that_day(read(visit(patient(extension=[ended, unknown])))) is None
    stands_in = read(visit(patient(extension=[ended, unknown], generalPractitioner=[A_MT])))
    assert _declare_that_day(stands_in) is True


def test_an_unknown_status_of_another_time_changes_nothing() -> None:
    unknown = declaration("inconnu", fin="2019-12-31")
    known = declaration("declare", A_MT, debut="2020-01-01")
    lecture = read(visit(patient(extension=[unknown, known], generalPractitioner=[by_rpps(AUTRE)])))
    assert _declare_that_day(lecture) is True
    assert SourceTraitant.MEDECIN_HABITUEL not in [d.source for d in declarations(lecture)]


def _declare_that_day(lecture: Lecture) -> bool | None:
    return traitant_du_jour(lecture.visite.declarations, lecture.visite.date).declare.holds


def test_nobody_said_anything() -> None:
    assert read(visit()).visite.declarations is None


# ---------------------------------------------------------------- circle of care


def care_team(*participants: Json, **elements: Any) -> Json:
    return {
        "resourceType": "CareTeam",
        "id": "cercle",
        "status": "active",
        "subject": ref("Patient/pat"),
        "participant": list(participants),
        **elements,
    }


def member(who: Json = A_MT, **elements: Any) -> Json:
    return {"role": [PCP], "member": who, **elements}


def test_the_circle_of_care_comes_before_the_usual_doctor() -> None:
    lecture = read(visit(care_team(member()), patient(generalPractitioner=[by_rpps(AUTRE)])))
    assert numbers(lecture) == [MT]
    assert declarations(lecture)[0].source is SourceTraitant.CERCLE_DE_SOINS
    assert declarations(lecture)[0].origine == Origine("Bundle.entry[5].resource.participant[0]")


def test_who_is_other_things_too_is_the_medecin_traitant_all_the_same() -> None:
    both = member(role=[concept((R259, "ATTPHYS")), concept((R259, "PCP"))])
    assert numbers(read(visit(care_team(both)))) == [MT]


def test_both_systems_of_the_role_are_known() -> None:
    assert numbers(read(visit(care_team(member(role=[concept((R259, "PCP"))]))))) == [MT]


NO_CIRCLE: dict[str, Json] = {
    "another role": care_team({"role": [concept((R259, "ATTPHYS"))], "member": A_MT}),
    "a part of another list": care_team(member(role=[concept((R21, "PCP"))])),
    "a member who left": care_team(member(period={"end": "2026-02-16"})),
    "a member to come": care_team(member(period={"start": "2026-03"})),
    "a circle that ended": care_team(member(), period={"end": "2025"}),
    "an inactive circle": care_team(member(), status="inactive"),
    "an error": care_team(member(), status="entered-in-error"),
    "another patient's": care_team(member(), subject=ref("Patient/autre")),
    "nobody's": care_team(member(), subject=None),
}


@pytest.mark.parametrize("team", NO_CIRCLE.values(), ids=NO_CIRCLE)
def test_a_circle_that_says_nothing_of_that_day(team: Json) -> None:
    team = {key: value for key, value in team.items() if value is not None}
    assert read(visit(team)).visite.declarations is None


def test_the_day_of_joining_a_circle_is_not_the_day_of_a_declaration() -> None:
    lecture = read(visit(care_team(member(period={"start": "2026-02-17"}))))
    assert declarations(lecture)[0].debut is None
    lecture = read(visit(care_team(member(period={"start": "2020-02-17"}))))
    assert declarations(lecture)[0].debut == dt.date(2020, 2, 17)


def test_two_doctors_in_the_circle_leave_who_unknown() -> None:
    lecture = read(visit(care_team(member(), member(by_rpps(AUTRE)))))
    assert numbers(lecture) == []
    assert "medecin-traitant-ambigu" in warnings_of(lecture)


# ---------------------------------------------------------------- usual doctor

USUAL: dict[str, tuple[list[Json], list[str | None], bool]] = {
    "a doctor": ([A_MT], [MT], False),
    "his activity": ([ref("PractitionerRole/role-mt")], [MT], False),
    "the same twice": ([A_MT, by_rpps(MT)], [MT], False),
    "elsewhere": ([ref("Practitioner/ailleurs")], [None], False),
    "elsewhere, with and without his number": (
        [ref("Practitioner/ailleurs"), {**ref("Practitioner/ailleurs"), **by_rpps(AUTRE)}],
        [AUTRE],
        False,
    ),
    "elsewhere, two": ([ref("Practitioner/ailleurs"), ref("Practitioner/autre")], [], True),
    "two doctors": ([A_MT, by_rpps(AUTRE)], [], True),
    "a structure": ([ref("Organization/lieu")], [], False),
    "a doctor and his structure": ([A_MT, ref("Organization/lieu")], [MT], False),
    "a name": ([{"display": "Dr Quelqu'un"}], [], False),
}


@pytest.mark.parametrize(("refs", "expected", "ambiguous"), USUAL.values(), ids=USUAL)
def test_the_usual_doctor_stands_in(refs: list[Json], expected: list[str | None], ambiguous: bool) -> None:
    document = visit(patient(generalPractitioner=refs), role("role-mt", "mt"), organization())
    lecture = read(document)
    assert numbers(lecture) == expected
    assert ("medecin-traitant-ambigu" in warnings_of(lecture)) == ambiguous
    (found,) = declarations(lecture)
    assert found.source is SourceTraitant.MEDECIN_HABITUEL
    assert found.origine == Origine("Bundle.entry[1].resource.generalPractitioner[0]")


def test_a_usual_doctor_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(visit(patient(generalPractitioner=[A_MT, ref("Encounter/enc")]), encounter()))
    told = [(p.code, p.expression) for p in refused.value.problems]
    assert told == [("structure", "Bundle.entry[1].resource.generalPractitioner[1]")]


def test_the_doctor_consulted_may_be_known_only_by_reference_and_still_be_recognised() -> None:
    one = patient(extension=[declaration("declare", ref("Practitioner/doc"))])
    visite = read(visit(one, practitioner("doc", None))).visite
    assert visite.praticien is not None
    assert visite.declarations is not None
    assert visite.declarations[0].medecins[0].meme_que(visite.praticien.medecin)
