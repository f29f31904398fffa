"""What ``fhir.resources`` lets through in what we emit: checked on every answer by the tests.

Required bindings, types of reference targets, an extension with both a value and children or with
neither (ext-1), a contained resource that nothing refers to (dom-3), and whatever our own profiles
and extensions require (:mod:`parcours.fhir.published_rules`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fhir_core.fhirabstractmodel import FHIRAbstractModel
from pydantic.fields import FieldInfo

from parcours.fhir.decision_extension import Element
from parcours.fhir.published_rules import profile_defects, type_in
from parcours.fhir.r4b import resource_model

_ISSUE_CODES: Final = """
invalid structure required value invariant security login unknown expired forbidden suppressed processing
not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly
business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational
"""
_BINDINGS: Final = {("OperationOutcomeIssue", "code"): frozenset(_ISSUE_CODES.split())}
"""Required bindings that the models do not list."""
_NOT_A_BINDING: Final = frozenset({("CapabilityStatement", "format")})
"""Lists that the models take from a sentence: media types, not codes."""


def output_defects(resource: Element) -> list[str]:
    """Everything wrong with a resource, each as ``where: what``; empty when it may leave.

    Raises ``pydantic.ValidationError`` when it is no FHIR at all, ``LookupError`` for an unknown type.
    """
    kind = resource["resourceType"]
    model = resource_model(kind)
    if model is None:
        raise LookupError("unknown resource type")
    found = [*_walk(model.model_validate(resource), kind), *_extensions(resource, kind)]
    found += _contained(resource, kind)
    for path, inner in _resources(resource, kind):
        found += profile_defects(inner, path)
    return found


def _walk(element: FHIRAbstractModel, path: str) -> Iterator[str]:
    """Bindings and targets of an element and of what it holds."""
    for name, info in type(element).model_fields.items():
        value = getattr(element, name)
        for where, item in _items(value, f"{path}.{info.alias or name}"):
            yield from _code(type(element).__name__, info, name, item, where)
            if isinstance(item, FHIRAbstractModel):
                yield from _target(info, item, where)
                yield from _walk(item, where)


def _items(value: object, path: str) -> list[tuple[str, object]]:
    if isinstance(value, list):
        return [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    return [] if value is None else [(path, value)]


def _extra(info: FieldInfo, key: str) -> list[str]:
    extra = info.json_schema_extra
    listed = extra.get(key, []) if isinstance(extra, dict) else []
    return [str(item) for item in listed] if isinstance(listed, list) else []


def _code(owner: str, info: FieldInfo, name: str, item: object, where: str) -> Iterator[str]:
    codes = _BINDINGS.get((owner, name)) or frozenset(_extra(info, "enum_values"))
    # The models cut a long list short and end it with a plus sign.
    if not codes or "+" in codes or (owner, name) in _NOT_A_BINDING or not isinstance(item, str):
        return
    if item not in codes:
        yield f"{where}: code outside the required list"


def _target(info: FieldInfo, item: FHIRAbstractModel, where: str) -> Iterator[str]:
    allowed = set(_extra(info, "enum_reference_types")) - {"Resource"}
    if not allowed:
        return
    named = {getattr(item, "type", None), type_in(getattr(item, "reference", None))} - {None}
    if not named <= allowed:
        yield f"{where}: reference to another type of resource"


def _extensions(node: Any, path: str) -> Iterator[str]:
    """ext-1, and objects that say nothing (ele-1)."""
    for where, item in _objects(node, path):
        if not item:
            yield f"{where}: empty element"
        for key in ("extension", "modifierExtension"):
            for index, extension in enumerate(item.get(key, ())):
                values = [name for name in extension if name.startswith("value")]
                if len(values) + ("extension" in extension) != 1:
                    yield f"{where}.{key}[{index}]: ext-1, a value or children, not both, not neither"


def _contained(resource: Element, path: str) -> Iterator[str]:
    for where, inner in _resources(resource, path):
        contained = inner.get("contained", ())
        named = {item["reference"] for _, item in _objects(inner, where) if _is_local(item)}
        for index, item in enumerate(contained):
            refers_back = any(_is_local(child) for _, child in _objects(item, where))
            if f"#{item.get('id')}" not in named and not refers_back:
                yield f"{where}.contained[{index}]: dom-3, nothing refers to it"


def _is_local(item: Mapping[str, Any]) -> bool:
    reference = item.get("reference")
    return isinstance(reference, str) and reference.startswith("#")


def _resources(node: Element, path: str) -> Iterator[tuple[str, Element]]:
    """The resource, and every resource in the entries of a Bundle."""
    yield path, node
    for index, entry in enumerate(node.get("entry", ()) if node["resourceType"] == "Bundle" else ()):
        for place, inner in (("resource", entry), ("outcome", entry.get("response", {}))):
            if place in inner:
                yield from _resources(inner[place], f"{path}.entry[{index}].{place}")


def _objects(node: Any, path: str) -> Iterator[tuple[str, Element]]:
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from _objects(value, f"{path}.{key}")
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _objects(item, f"{path}[{index}]")
