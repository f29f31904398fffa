"""The code systems, as FHIR: one per list of codes of the program."""

from __future__ import annotations

from typing import Any

from parcours import VERSION_LOGICIEL
from parcours.fhir.operations import PUBLISHED, PUBLISHER
from parcours.fhir.systems import code_system, value_set
from parcours.law import droit
from pds.sources import CODES, DEFINITIONS, VOCABULARY, codes

Resource = dict[str, Any]

JURISDICTION = [{"coding": [{"system": "urn:iso:std:iso:3166", "code": "FR", "display": "France"}]}]
LETTER, POSITION, ROW = "lettre", "position", "rang"


def metadata(kind: str, id: str, name: str, title: str, description: str) -> Resource:
    """What every definition that we generate begins with."""
    return {
        "resourceType": kind,
        "id": id,
        "language": "fr-FR",
        "url": f"{code_system('').removesuffix('CodeSystem/')}{kind}/{id}",
        "version": VERSION_LOGICIEL,
        "name": name,
        "title": title,
        "status": "active",
        "experimental": False,
        "date": PUBLISHED,
        "publisher": PUBLISHER,
        "description": description,
        "jurisdiction": JURISDICTION,
    }


def pascal(id: str) -> str:
    """``pds-cs-acte-acces-direct`` → ``PdsCsActeAccesDirect``."""
    return "".join(part.capitalize() for part in id.split("-"))


def code_systems() -> list[Resource]:
    """Every code system."""
    return [_code_system(id) for id in CODES]


def _code_system(id: str) -> Resource:
    words, concepts = VOCABULARY[id], codes(id)
    name = pascal(id).replace("PdsCs", "PdsCodeSystem")
    properties = _properties(id)
    return {
        **metadata("CodeSystem", id, name, words["title"], words["description"]),
        "caseSensitive": True,
        "valueSet": value_set(id.replace("-cs-", "-vs-")),
        "content": words.get("content", "complete"),
        **({} if "content" in words else {"count": len(concepts)}),
        **({"property": properties} if properties else {}),
        "concept": [_concept(id, code, label) for code, label in concepts.items()],
    }


def _concept(id: str, code: str, label: str) -> Resource:
    definition = DEFINITIONS.get(id, dict)().get(code)
    values = _values(id, code)
    return {
        "code": code,
        "display": label,
        **({"definition": definition} if definition else {}),
        **({"property": values} if values else {}),
    }


def _properties(id: str) -> list[Resource]:
    if "lettres" in VOCABULARY[id]:
        return [
            {"code": LETTER, "description": "Lettre de la nomenclature", "type": "string"},
            {
                "code": POSITION,
                "description": "P dans le parcours, H hors parcours, O exclu, Z inconnu",
                "type": "string",
            },
        ]
    if id == "pds-cs-regle":
        return [{"code": ROW, "description": "Ligne de la table des situations", "type": "integer"}]
    return []


def _values(id: str, code: str) -> list[Resource]:
    if "lettres" in VOCABULARY[id]:
        letter = VOCABULARY[id]["lettres"].get(code)
        (position,) = (p for p, listed in VOCABULARY[id]["positions"].items() if code in listed)
        letters = [{"code": LETTER, "valueString": letter}] if letter else []
        return [*letters, {"code": POSITION, "valueString": position}]
    if id == "pds-cs-regle":
        rows = {rule.id: int(rule.rang) for rule in droit().regles}
        return [{"code": ROW, "valueInteger": rows[code]}]
    return []
