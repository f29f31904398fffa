"""Our profiles and extensions as checks in Python, read from the definitions that we publish.

No general validator: what our own differentials say, namely how many times an element comes, in a
slice or not, the types and codes it takes, the value it is bound to have. Invariants are for HL7's engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from parcours.fhir.decision_extension import Element
from parcours.fhir.published import by_url
from parcours.fhir.systems import BASE

OURS: Final = f"{BASE}/StructureDefinition/"
Definition = Mapping[str, Any]


def profile_defects(resource: Element, path: str) -> list[str]:
    """What a resource breaks of the profiles of ours that it declares, and of our extensions in it."""
    declared = [url for url in resource.get("meta", {}).get("profile", ()) if url.startswith(OURS)]
    found = [text for url in declared for text in _against(url, resource, path)]
    for where, extension in _our_extensions(resource, path):
        found += _against(extension["url"], extension, where)
    return found


def _against(url: str, node: Element, path: str) -> Iterator[str]:
    definition = by_url("StructureDefinition").get(url)
    if definition is None:
        yield f"{path}: unknown definition of ours"
        return
    root = definition.content["type"]
    for element in definition.content["differential"]["element"]:
        steps = element["id"].removeprefix(root).lstrip(".")
        if steps:
            yield from _check(url, element, steps.split("."), node, path)


def _check(url: str, element: Definition, steps: list[str], node: Element, path: str) -> Iterator[str]:
    for where, parent in _select(url, steps[:-1], node, path):
        children = _children(url, steps, parent)
        yield from _count(element, f"{where}.{steps[-1]}", len(children))
        for child in children:
            yield from _content(element, parent, child, f"{where}.{steps[-1]}")


def _count(element: Definition, where: str, count: int) -> Iterator[str]:
    if count < element.get("min", 0):
        yield f"{where}: required, at least {element['min']}"
    if element.get("max", "*") != "*" and count > int(element["max"]):
        yield f"{where}: at most {element['max']}"


def _content(element: Definition, parent: Element, child: Any, where: str) -> Iterator[str]:
    for name, expected in element.items():
        if name.startswith(("fixed", "pattern")) and not _holds(child, expected):
            yield f"{where}: another value is required"
    if element["path"].endswith("[x]") and "type" in element:
        stem = element["path"].rpartition(".")[2].removesuffix("[x]")
        allowed = {f"{stem}{kind['code'][0].upper()}{kind['code'][1:]}" for kind in element["type"]}
        if not any(name in parent for name in allowed):
            yield f"{where}: a value of another type is required"
    if not _leads_to(element, child):
        yield f"{where}: reference to another type of resource"
    binding = element.get("binding", {})
    if binding.get("strength") == "required" and not _codes_of(child) & _value_set(binding["valueSet"]):
        yield f"{where}: code outside the required list"


def _leads_to(element: Definition, child: Any) -> bool:
    """Is a reference, where its type shows, to one of the types that the element allows?"""
    profiles = [target for kind in element.get("type", ()) for target in kind.get("targetProfile", ())]
    named = type_in(child.get("reference")) if isinstance(child, dict) else None
    return not profiles or named is None or named in {target.rpartition("/")[2] for target in profiles}


def type_in(reference: object) -> str | None:
    """``https://host/fhir/Patient/1/_history/2`` → ``Patient``; nothing from a ``urn:`` or a ``#``."""
    if not isinstance(reference, str) or reference.startswith(("urn:", "#")):
        return None
    parts = reference.partition("/_history/")[0].split("/")
    return parts[-2] if len(parts) >= 2 and parts[-2][:1].isupper() else None


# ---------------------------------------------------------------- where the rule applies


def _select(url: str, steps: list[str], node: Element, path: str) -> list[tuple[str, Element]]:
    """The nodes that a list of steps leads to."""
    here = [(path, node)]
    for depth, step in enumerate(steps, start=1):
        here = [
            (f"{where}.{step}", child)
            for where, parent in here
            for child in _children(url, steps[:depth], parent)
            if isinstance(child, dict)
        ]
    return here


def _children(url: str, steps: list[str], parent: Element) -> list[Any]:
    """The children that the last step names: all of them, those of a slice, or a value of any type."""
    name, _, slice_name = steps[-1].partition(":")
    if name.endswith("[x]"):
        stem = name.removesuffix("[x]")
        return [value for key, value in parent.items() if key.startswith(stem) and key != stem]
    value = parent.get(name, [])
    children = value if isinstance(value, list) else [value]
    if not slice_name:
        return children
    marks = _marks(url, ".".join(steps))
    return [child for child in children if all(_is_marked(child, mark, wanted) for mark, wanted in marks)]


@lru_cache(maxsize=512)
def _marks(url: str, slice_id: str) -> tuple[tuple[str, Any], ...]:
    """What tells a slice from its siblings: each discriminating path with its value."""
    content = by_url("StructureDefinition")[url].content
    root, elements = content["type"], content["differential"]["element"]
    by_id = {element["id"]: element for element in elements}
    own = by_id[f"{root}.{slice_id}"]
    base = slice_id.rpartition(":")[0]
    slicing = by_id.get(f"{root}.{base}", {}).get("slicing", {"discriminator": [{"path": "url"}]})
    return tuple(
        (rule["path"], _mark(own, by_id.get(f"{root}.{slice_id}.{rule['path']}", {})))
        for rule in slicing["discriminator"]
    )


def _mark(slice_element: Definition, discriminating: Definition) -> Any:
    for name, value in discriminating.items():
        if name.startswith(("fixed", "pattern")):
            return value
    kinds = discriminating.get("type") or slice_element.get("type") or [{}]
    if kinds[0].get("code") == "Extension":
        return kinds[0]["profile"][0]
    return {"resourceType": kinds[0].get("code")}


def _is_marked(child: Any, path: str, wanted: Any) -> bool:
    return isinstance(child, dict) and path in child and _holds(child[path], wanted)


# ---------------------------------------------------------------- values


def _holds(value: Any, wanted: Any) -> bool:
    """Does a value have at least what is wanted of it?"""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(_holds(value.get(key), item) for key, item in wanted.items())
    if isinstance(wanted, list):
        return isinstance(value, list) and all(any(_holds(v, item) for v in value) for item in wanted)
    return bool(value == wanted)


def _codes_of(value: Any) -> set[tuple[str | None, str]]:
    """The codes of a code, a Coding or a CodeableConcept; a bare code is of any system."""
    if isinstance(value, str):
        return {(None, value)}
    codings: Iterable[Element] = value.get("coding", [value])
    return {pair for c in codings if "code" in c for pair in ((c.get("system"), c["code"]),)}


@lru_cache(maxsize=64)
def _value_set(url: str) -> frozenset[tuple[str | None, str]]:
    """The codes of one of our value sets, each with its system and alone."""
    pairs: set[tuple[str | None, str]] = set()
    for include in by_url("ValueSet")[url].content["compose"]["include"]:
        system = include["system"]
        concepts = include.get("concept") or by_url("CodeSystem")[system].content["concept"]
        for concept in concepts:
            pairs |= {(system, concept["code"]), (None, concept["code"])}
    return frozenset(pairs)


def _our_extensions(node: Any, path: str) -> Iterator[tuple[str, Element]]:
    if isinstance(node, dict):
        for index, extension in enumerate(node.get("extension", ())):
            if str(extension.get("url", "")).startswith(OURS):
                yield f"{path}.extension[{index}]", extension
        for key, value in node.items():
            if key not in ("entry", "contained"):
                yield from _our_extensions(value, f"{path}.{key}")
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _our_extensions(item, f"{path}[{index}]")
