"""The authority on what is FHIR: ``fhir.resources`` R4B, one resource at a time.

It takes 0.2 s to import, so it is not, before something is to be judged that is not plainly well.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from parcours.fhir.defects import Defect, Path, expression, is_read
from parcours.fhir.r4b import resource_model

_TEXTS: Final = {
    "missing": ("required", "élément obligatoire absent"),
    "extra_forbidden": ("structure", "élément inconnu de FHIR R4"),
    "string_pattern_mismatch": ("value", "valeur hors du format FHIR"),
    "value_error": ("value", "valeur hors du format FHIR"),
}
_BIRTH: Final = "date de naissance hors du format FHIR : ce qui est inconnu ne s'écrit pas, 1980 ou 1980-05"

_MAX_ERRORS: Final = 200
"""Beyond, telling each would take seconds, and nobody would read them."""


def is_a_resource(name: str) -> bool:
    """Has R4B a resource of this name?"""
    return resource_model(name) is not None


def library_defects(name: str, document: dict[str, Any]) -> list[Defect]:
    """What the library says of a resource; those it contains are judged on their own."""
    model = resource_model(name)
    alone = {key: value for key, value in document.items() if key != "contained"}
    if model is None:
        return []
    try:
        model.model_validate(alone)
    except ValidationError as error:
        if error.error_count() > _MAX_ERRORS:
            return [Defect("", "structure", f"plus de {_MAX_ERRORS} défauts : ils ne sont pas énumérés")]
        errors = error.errors(include_input=False, include_url=False, include_context=False)
        return [_library_defect(name, alone, e["loc"], e["type"]) for e in errors]
    except Exception:  # the library lets KeyError, TypeError, AttributeError, RecursionError… escape
        return [Defect("", "structure", "contenu que FHIR R4 ne permet pas")]
    return []


def _library_defect(name: str, document: dict[str, Any], loc: Path, kind: str) -> Defect:
    path = tuple(part for part in loc if part != "root")
    kind = "value_error" if kind.startswith("date") else kind.removeprefix("model_field_validation.")
    code, text = _TEXTS.get(kind, ("structure", ""))
    text = text or ("type JSON inattendu" if kind.endswith("_type") else "contenu non conforme à FHIR R4")
    if (path, code) == (("birthDate",), "value"):
        text = _BIRTH
    return Defect(expression(path), code, text, is_read(name, path, document))
