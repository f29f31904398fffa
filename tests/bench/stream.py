"""The visits of a practice as its software sends them: every one is new, its doctors and places are not.

Verdicts on resources are remembered by their bytes. Asked about the same visits again and again, a server
would remember all of them, and its figures would be those of no practice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.bulk.visits import bundles

MARK = "version-00000000"
"""The version of what belongs to one visit, until ``new`` gives it a number."""
OF_THE_PRACTICE = frozenset({"Practitioner", "PractitionerRole", "Organization", "Location"})


def visits(count: int, seed: int) -> Iterator[bytes]:
    """Bundles, compact, of which all that is not of the practice has the version ``MARK``."""
    for bundle in bundles(count, seed):
        for resource in (entry["resource"] for entry in bundle["entry"]):
            if resource["resourceType"] not in OF_THE_PRACTICE:
                resource["meta"] = {**resource.get("meta", {}), "versionId": MARK}
        yield json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode()


def new(visit: bytes, number: int) -> bytes:
    """The same visit as nobody has seen it; ``number`` has at most eight digits."""
    return visit.replace(MARK.encode(), f"version-{number:08}".encode())
