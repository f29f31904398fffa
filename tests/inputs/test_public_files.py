"""Public FHIR files, alone and beside a visit: each is read or refused as any request, within a second."""

from __future__ import annotations

import tarfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.fuzz.public_files import beside_a_visit

from parcours.errors import InputError
from parcours.fhir.reading import read_request
from parcours.fhir.validity import prepare

SHARED = Path(__file__).resolve().parents[3] / "shared"
PACKAGE = SHARED / "packages/hl7.fhir.fr.core-2.2.0.tgz"
PARTS = 8
SLOW_S = 1.0
"""Of this process: the machine may have other things to do."""

pytestmark = [
    pytest.mark.skipif(not PACKAGE.exists(), reason="../shared absent: packages"),
    pytest.mark.no_cover,  # thrice as long when each line is counted
]


def _members() -> Iterator[bytes]:
    with tarfile.open(PACKAGE) as package:
        for member in package:
            file = package.extractfile(member) if member.name.endswith(".json") else None
            if file:
                yield file.read()


@cache
def files() -> list[bytes]:
    """The French profiles with their examples, and the examples of the national directory."""
    prepare()
    return [*_members(), *(path.read_bytes() for path in sorted((SHARED / "examples").glob("*.json")))]


def answered(body: bytes) -> bool:
    """Was it read? ``False``: refused. Anything else that is raised fails the test."""
    began = time.process_time()
    try:
        read_request(body)
    except InputError:
        return False
    finally:
        assert time.process_time() - began < SLOW_S
    return True


@pytest.mark.parametrize("part", range(PARTS))
def test_public_files_are_read_or_refused(part: int) -> None:
    given = files()[part::PARTS]
    assert len(given) >= 25
    assert [answered(file) for file in given].count(True) == 0, "none of them is a request"
    assert any([answered(beside_a_visit(file)) for file in given])
