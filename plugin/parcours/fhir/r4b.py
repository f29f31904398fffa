"""The FHIR models, through one module: ``fhir.resources`` R4B, loaded type by type when first met."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from fhir.resources.R4B import get_fhir_model_class
from fhir_core.fhirabstractmodel import FHIRAbstractModel

_NAME: Final = re.compile(r"[A-Z][A-Za-z]{1,60}\Z")
_ABSTRACT: Final = frozenset({"Resource", "DomainResource"})


def resource_model(resource_type: str) -> type[FHIRAbstractModel] | None:
    """The model of a resource type of R4B; ``None`` when R4B has no such resource."""
    return _model(resource_type) if _NAME.match(resource_type) else None


@lru_cache(maxsize=512)
def _model(resource_type: str) -> type[FHIRAbstractModel] | None:
    if resource_type in _ABSTRACT:
        return None
    try:
        model = get_fhir_model_class(resource_type)
    except (ValueError, KeyError, AttributeError, ImportError):
        return None
    return model if _is_resource(model) else None


def _is_resource(model: type[FHIRAbstractModel]) -> bool:
    return any(base.__name__ == "Resource" for base in model.__mro__)
