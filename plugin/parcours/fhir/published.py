"""What this project publishes to FHIR engineers, ready to serve: profiles, lists of codes, questionnaire.

An installed package carries the files; a checkout has them in ``fhir_profiles/``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from parcours.errors import ParcoursError
from parcours.fhir.operations import PUBLISHED_KINDS

IN_THE_PACKAGE = "published"
IN_A_CHECKOUT = (
    "fsh-generated/resources",
    "input/vocabulary",
    "input/operations",
    "input/capabilities",
)


@dataclass(frozen=True, slots=True)
class Publication:
    """One definition: what it is searched by, and its bytes."""

    kind: str
    id: str
    content: Mapping[str, Any]
    body: bytes

    @property
    def tag(self) -> str:
        """A tag of these bytes: the same definition has the same one on every server."""
        return hashlib.sha256(self.body).hexdigest()[:16]


Catalogue = Mapping[tuple[str, str], Publication]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Every definition by type and id, sorted. ``ParcoursError`` when the installation has none."""
    found = {(item.kind, item.id): item for item in _publications(_folders())}
    if not found:
        raise ParcoursError("the definitions of fhir_profiles are missing from this installation")
    return dict(sorted(found.items()))


def by_url(kind: str) -> dict[str, Publication]:
    """The definitions of one type by canonical URL."""
    return {item.content["url"]: item for item in catalogue().values() if item.kind == kind}


def _folders() -> list[Traversable]:
    packaged = files("parcours.fhir") / IN_THE_PACKAGE
    if packaged.is_dir():
        return [packaged]
    checkout = Path(__file__).resolve().parents[3] / "fhir_profiles"
    return [folder for name in IN_A_CHECKOUT if (folder := checkout / name).is_dir()]


def _publications(folders: list[Traversable]) -> Iterator[Publication]:
    for folder in folders:
        for file in folder.iterdir():
            kind = file.name.partition("-")[0]
            if kind in PUBLISHED_KINDS and file.name.endswith(".json"):
                content = msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
                yield Publication(kind, content["id"], content, msgspec.json.encode(content))
