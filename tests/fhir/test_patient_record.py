"""A patient's record that may not be his any more is a warning, never a refusal (B-075)."""

from __future__ import annotations

import pytest
from tests.fhir.builders import Json, patient, read, ref, visit, warnings_of

from parcours.errors import UnreadableBundle
from parcours.fhir.wordings import (
    PATIENT_DECEDE,
    PATIENT_DECEDE_SANS_DATE,
    PATIENT_INACTIF,
    PATIENT_REMPLACE,
)

DAY = "2026-02-17"
RECORDS: dict[str, tuple[Json, list[str]]] = {
    "alive": ({"deceasedBoolean": False, "active": True}, []),
    "dead the day before": ({"deceasedDateTime": "2026-02-16"}, [PATIENT_DECEDE.texte]),
    "dead that day": ({"deceasedDateTime": DAY}, []),
    "dead that evening, in universal time": ({"deceasedDateTime": "2026-02-17T22:30:00Z"}, []),
    "dead the evening before": ({"deceasedDateTime": "2026-02-16T22:30:00Z"}, [PATIENT_DECEDE.texte]),
    "dead after": ({"deceasedDateTime": "2026-03-01"}, []),
    "dead the month before": ({"deceasedDateTime": "2026-01"}, [PATIENT_DECEDE.texte]),
    "dead that month": ({"deceasedDateTime": "2026-02"}, []),
    "dead, nobody knows when": ({"deceasedBoolean": True}, [PATIENT_DECEDE_SANS_DATE.texte]),
    "closed": ({"active": False}, [PATIENT_INACTIF.texte]),
    "merged": (
        {"link": [{"other": ref("Patient/autre"), "type": "replaced-by"}]},
        [PATIENT_REMPLACE.texte],
    ),
    "merged, after others were into it": (
        {"link": [{"other": ref("Patient/a"), "type": t} for t in ("replaces", "replaced-by")]},
        [PATIENT_REMPLACE.texte],
    ),
    "what another was merged into": ({"link": [{"other": ref("Patient/autre"), "type": "replaces"}]}, []),
    "closed and merged": (
        {"active": False, "link": [{"other": ref("Patient/autre"), "type": "replaced-by"}]},
        [PATIENT_INACTIF.texte, PATIENT_REMPLACE.texte],
    ),
}


@pytest.mark.parametrize(("record", "texts"), RECORDS.values(), ids=RECORDS)
def test_a_record_to_check_is_a_coded_warning(record: Json, texts: list[str]) -> None:
    lecture = read(visit(patient(**record)))
    assert [a.texte for a in lecture.visite.avertissements if a.code == "patient-a-verifier"] == texts


def test_a_record_that_nobody_sent_is_not_doubted() -> None:
    document = visit()
    document["entry"] = [e for e in document["entry"] if e["resource"]["resourceType"] != "Patient"]
    assert "patient-a-verifier" not in warnings_of(read(document))


def test_a_date_of_death_that_is_none_is_refused() -> None:
    with pytest.raises(UnreadableBundle, match="deceasedDateTime"):
        read(visit(patient(deceasedDateTime="hier")))
