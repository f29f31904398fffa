"""Whole requests with something wrong in them, drawn by a seed: the same seed spoils the same way."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Sequence
from typing import Any

from tests.fhir.builders import Json, encode
from tests.fhir.test_never_crashes import HOSTILE, Step, at, places

VALUES: tuple[Any, ...] = (*HOSTILE.split("|"), None, True, -1, 10**19, 0.5, [], {}, [[]], "é" * 300, "\x00")


def spoilt(seeds: Sequence[Json], seed: int) -> Iterator[bytes]:
    """Bodies without end: documents changed in one to four places, some of them cut or with bytes changed."""
    chance = random.Random(seed)  # noqa: S311 - no secret is drawn here
    while True:
        document = copy.deepcopy(chance.choice(seeds))
        for _ in range(chance.randint(1, 4)):
            _change(document, chance)
        body = encode(document)
        yield _damaged(body, chance) if chance.random() < 0.1 else body


def _change(document: Json, chance: random.Random) -> None:
    everywhere = places(document)[1:]
    if not everywhere:
        return
    path: Step = chance.choice(everywhere)
    parent, key = at(document, path[:-1]), path[-1]
    match chance.randint(0, 4):
        case 0:
            del parent[key]
        case 1:
            parent[key] = [parent[key]]
        case 2:
            parent[key] = copy.deepcopy(at(document, chance.choice(everywhere)))
        case 3 if isinstance(parent, dict):
            parent[chance.choice(("_id", "contained", "extension", "modifierExtension", "a"))] = parent.pop(
                key
            )
        case _:
            parent[key] = copy.deepcopy(chance.choice(VALUES))


def _damaged(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body[: chance.randint(0, len(body))])
    for _ in range(chance.randint(0, 3) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)
