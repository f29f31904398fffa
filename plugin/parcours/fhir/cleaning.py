"""What real French files contain and FHIR forbids, put right before the rules of FHIR are applied.

Empty strings and ``null`` are dropped, a numeric ``meta.versionId`` becomes text. Nothing else: what a
caller wrote is otherwise judged as written.
"""

from __future__ import annotations

from typing import Any

Path = tuple[str | int, ...]


def needs_cleaning(raw: bytes) -> bool:
    """A cheap test on the bytes: may this resource hold anything to put right?"""
    return b'""' in raw or b"null" in raw or b'"versionId"' in raw


def clean(resource: dict[str, Any]) -> tuple[dict[str, Any], list[Path]]:
    """The resource put right, and where an empty string or a number was (``null`` is dropped in silence)."""
    found: list[Path] = []
    cleaned = _object(resource, (), found)
    meta = cleaned.get("meta")
    if isinstance(meta, dict) and type(meta.get("versionId")) is int:
        meta["versionId"] = str(meta["versionId"])
        found.append(("meta", "versionId"))
    return cleaned, found


def _object(node: dict[str, Any], path: Path, found: list[Path]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in node.items():
        # Where extensions of a primitive stand beside it, null keeps the two lists aligned.
        aligned = f"_{key}" in node or key.startswith("_")
        if key == "contained" and not path:
            members[key] = value  # each contained resource is cleaned on its own
        elif not _is_nothing(value, (*path, key), found):
            members[key] = _value(value, (*path, key), found, keep_null=aligned)
    return members


def _value(value: Any, path: Path, found: list[Path], *, keep_null: bool = False) -> Any:
    if isinstance(value, dict):
        return _object(value, path, found)
    if not isinstance(value, list):
        return value
    items = ((index, item) for index, item in enumerate(value))
    return [
        _value(item, (*path, index), found)
        for index, item in items
        if (item is None and keep_null) or not _is_nothing(item, (*path, index), found)
    ]


def _is_nothing(value: Any, path: Path, found: list[Path]) -> bool:
    if value == "":
        found.append(path)
        return True
    return value is None
