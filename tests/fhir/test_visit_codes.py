"""Codes of a visit: those of its lists are told by their place, those of other lists say nothing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fhir.builders import V3, Json, concept, ext, ours, read, visit, warnings_of

NOTHING: Json = {"url": "http://x.example", "valueBoolean": True}
IN_WORDS = {"text": "consultation"}


def circonstance(*codings: tuple[str, str]) -> Json:
    return ext("pds-ext-circonstance", valueCodeableConcept=coded(*codings))


def coded(*codings: tuple[str, str]) -> Json:
    """A concept of several lists of ours."""
    return {"coding": [ours(*coding)["coding"][0] for coding in codings]}


URGENT = circonstance(("pds-cs-circonstance", "urgence"))
OF_DMLA = ours("pds-cs-acte-acces-direct", "ophtalmologie-dmla")
PLACES: dict[str, tuple[Json, str, str]] = {
    "a circumstance": ({"extension": [NOTHING, URGENT]}, "circonstance:urgence", "extension[1]"),
    "a circumstance, twice": ({"extension": [URGENT, URGENT]}, "circonstance:urgence", "extension[0]"),
    "a circumstance, coded otherwise too": (
        {"extension": [circonstance(("pds-cs-plan", "sequence"), ("pds-cs-circonstance", "urgence"))]},
        "circonstance:urgence",
        "extension[0]",
    ),
    "an emergency by its class": (
        {"class": {"system": f"{V3}/v3-ActCode", "code": "EMER"}},
        "circonstance:urgence",
        "class",
    ),
    "an emergency by its priority": (
        {"priority": concept((f"{V3}/v3-ActPriority", "EM"))},
        "circonstance:urgence",
        "priority",
    ),
    "an emergency said and by its class": (
        {"extension": [URGENT], "class": {"system": f"{V3}/v3-ActCode", "code": "EMER"}},
        "circonstance:urgence",
        "extension[0]",
    ),
    "a group of acts": ({"type": [IN_WORDS, OF_DMLA]}, "acte:ophtalmologie-dmla", "type[1]"),
    "a group of acts, twice": ({"type": [OF_DMLA, OF_DMLA]}, "acte:ophtalmologie-dmla", "type[0]"),
}


@pytest.mark.parametrize(("elements", "fact", "where"), PLACES.values(), ids=PLACES)
def test_what_a_code_of_the_visit_says_is_told_by_its_place(elements: Json, fact: str, where: str) -> None:
    origines = read(visit(**elements)).visite.origines
    assert origines[f"visite.{fact}"].chemin == f"Bundle.entry[0].resource.{where}"


SILENT: dict[str, dict[str, Any]] = {
    "a circumstance of another list": {"extension": [circonstance(("pds-cs-plan", "urgence"))]},
    "a circumstance by another extension": {"extension": [{**URGENT, "url": "http://x.example"}]},
    "a routine": {"priority": concept((f"{V3}/v3-ActPriority", "R"))},
    "an emergency of another list": {"priority": concept((f"{V3}/v3-ActCode", "EM"))},
    "an act of another list": {"type": [ours("pds-cs-plan", "ophtalmologie-dmla")]},
    "an act in words": {"type": [IN_WORDS]},
}


@pytest.mark.parametrize("elements", SILENT.values(), ids=SILENT)
def test_a_code_of_another_list_says_nothing_and_nothing_is_said_of_it(elements: dict[str, Any]) -> None:
    lecture = read(visit(**elements))
    assert (lecture.visite.circonstances, lecture.visite.actes) == (frozenset(), None)
    assert warnings_of(lecture) == set()


@pytest.mark.parametrize("coding", [{"system": f"{V3}/v3-ActCode"}, {"code": "AMB"}, {"code": "EMER"}])
def test_half_a_class_says_no_mode(coding: Json) -> None:
    lecture = read(visit(**{"class": coding}))
    assert (lecture.visite.mode, lecture.visite.circonstances) == (None, frozenset())
    assert "visite.mode" not in lecture.visite.origines
