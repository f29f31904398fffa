"""What is wrong with one resource, taken alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from msgspec import Struct
from msgspec.structs import fields

from parcours.fhir.elements import READ, Extension, Resource
from parcours.fhir.systems import EXTENSIONS_LUES

Path = Sequence[str | int]
_NAME: Final = re.compile(r"_?[a-z][A-Za-z0-9]{0,40}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Defect:
    """``expression`` is relative to the resource (``""``: the resource itself).

    ``read``: the decision reads this element. ``modifier``: the meaning of the whole resource may be
    changed by something we do not understand.
    """

    expression: str
    code: str
    text: str
    read: bool = True
    modifier: bool = False


def expression(path: Path) -> str:
    """``("name", 0, "family")`` → ``name[0].family``. Stops at a name that is not one of FHIR's kind."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _NAME.match(part):
            text += f".{part}" if text else part
        else:
            break
    return text


def is_read(resource_type: str, path: Path, document: Mapping[str, Any]) -> bool:
    """Does the decision read the element at ``path`` of this resource?"""
    kind: type[Resource] | None = READ.get(resource_type)
    if kind is None:
        return False
    current: type[Struct] | None = kind
    node: Any = document
    inside = False
    for part in path:
        node = _child(node, part)
        if isinstance(part, int):
            if current is Extension and not inside:
                inside = _is_ours(node)
                if not inside:
                    return False
            continue
        types = _FIELDS.get(current) if current else {}
        if types is None or part not in types:
            return False
        current = types[part]
    return True


def _is_ours(extension: Any) -> bool:
    """Is this an extension the decision reads? One whose URL is no text might be."""
    url = extension.get("url", "") if isinstance(extension, dict) else ""
    return url in EXTENSIONS_LUES if isinstance(url, str) else True


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


def _struct_in(annotation: Any) -> type[Struct] | None:
    """The struct behind ``X``, ``X | None`` or ``tuple[X, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _struct_in(arg))), None)


def _tables(kind: type[Struct], known: dict[type[Struct], dict[str, type[Struct] | None]]) -> None:
    if kind in known:
        return
    known[kind] = {f.encode_name: _struct_in(f.type) for f in fields(kind)}
    for child in list(known[kind].values()):
        if child is not None:
            _tables(child, known)


_FIELDS: Final[dict[type[Struct], dict[str, type[Struct] | None]]] = {}
for _kind in READ.values():
    _tables(_kind, _FIELDS)
