"""Public FHIR files as requests: each by itself, and beside a visit.

``make fuzz`` takes those that HL7 tests its own tools with (``fhir-test-cases``, some 3,400 of JSON).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tests.fhir.builders import encode, visit

CORPUS: Final = Path(__file__).parents[2] / "build" / "fhir-test-cases.jar"
_BEFORE, _AFTER = encode(visit()).removesuffix(b"]}"), b"}]}"


def corpus(archive: Path = CORPUS) -> Iterator[bytes]:
    """Every JSON file of an archive."""
    with zipfile.ZipFile(archive) as files:
        for name in sorted(files.namelist()):
            if name.endswith(".json"):
                yield files.read(name)


def requests(files: Iterable[bytes]) -> Iterator[bytes]:
    """Each file alone, then with a visit."""
    for file in files:
        yield file
        yield beside_a_visit(file)


def beside_a_visit(file: bytes) -> bytes:
    """A request that can be answered, with this as one resource more."""
    return _BEFORE + b',{"resource":' + file + _AFTER
