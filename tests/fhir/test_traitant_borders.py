"""Declarations of a médecin traitant to the day: partial dates, ends before starts, who says so."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.fhir.builders import Json, declaration, patient, read, ref, visit, warnings_of

from parcours.domain.facts import Declaration, Origine, StatutTraitant
from parcours.errors import UnreadableBundle
from parcours.fhir.reading import Lecture

A_MT = ref("Practitioner/mt")
DECLARE, INCONNU = StatutTraitant.DECLARE, StatutTraitant.INCONNU


def declared(entry: Json) -> Json:
    return visit(patient(extension=[entry]))


def only(lecture: Lecture) -> Declaration:
    assert lecture.visite.declarations is not None
    (found,) = lecture.visite.declarations
    return found


# A month that begins, or ends, on the day of care: on which side of it nobody knows.
FEBRUARY: list[tuple[str, str, tuple[StatutTraitant, dt.date | None]]] = [
    ("2026-03-01", "debut", (DECLARE, dt.date(2026, 2, 28))),
    ("2026-02-28", "debut", (INCONNU, None)),
    ("2026-02-01", "debut", (INCONNU, None)),
    ("2026-01-31", "debut", (DECLARE, dt.date(2026, 2, 28))),
    ("2026-03-01", "fin", (DECLARE, dt.date(2026, 2, 1))),
    ("2026-02-28", "fin", (INCONNU, None)),
    ("2026-02-01", "fin", (INCONNU, None)),
    ("2026-01-31", "fin", (DECLARE, dt.date(2026, 2, 1))),
]


@pytest.mark.parametrize(("day", "part", "expected"), FEBRUARY)
def test_a_month_is_believed_only_when_the_day_of_care_is_not_of_it(
    day: str, part: str, expected: tuple[StatutTraitant, dt.date | None]
) -> None:
    entry = declaration("declare", A_MT, **{part: "2026-02"})
    lecture = read(visit(patient(extension=[entry]), period={"start": day}))
    found = only(lecture)
    assert (found.statut, found.debut or found.fin) == expected
    assert ("medecin-traitant-ambigu" in warnings_of(lecture)) == (found.statut is INCONNU)


@pytest.mark.parametrize(("debut", "fin", "refused"), [("2020-06-01", "2020", False), ("2020", "2019", True)])
def test_a_partial_end_is_before_the_start_only_when_it_is_whatever_the_day(
    debut: str, fin: str, refused: bool
) -> None:
    document = declared(declaration("declare", A_MT, debut=debut, fin=fin))
    if not refused:
        assert read(document).problems == ()
        return
    with pytest.raises(UnreadableBundle):
        read(document)


@pytest.mark.parametrize("source", ["cercle-de-soins", "medecin-habituel"])
def test_a_declaration_does_not_say_that_it_stands_in_for_one(source: str) -> None:
    lecture = read(declared(declaration("declare", A_MT, source=source)))
    assert only(lecture).source is None
    assert "code-inconnu" in warnings_of(lecture)


def test_a_partial_day_of_reading_is_no_day() -> None:
    found = only(read(declared(declaration("declare", A_MT, dateSource="2026-02"))))
    assert found.origine == Origine("Bundle.entry[1].resource.extension[0]", None)
