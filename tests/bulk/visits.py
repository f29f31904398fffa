"""Many visits, always the same ones: the examples, told of other people, on other days, with facts left out.

Nobody in them exists: names are drawn from a list of words, numbers stay those of the examples.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("EXEMPLE", "FICTIF", "MODELE", "ESSAI", "TEMOIN", "SPECIMEN")
RARELY_MISSING = ("Claim", "Coverage", "PractitionerRole", "Practitioner", "Patient", "ServiceRequest")
OFTEN = ("01", "03", "07", "22", "24", "25")
"""Examples of which a practice sees most."""

Element = dict[str, Any]


@cache
def templates() -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The bundles of the examples as compact JSON, and how often each comes."""
    folders = sorted(EXAMPLES.glob("[0-9][0-9]-*/bundle.json"))
    texts = tuple(_compact(json.loads(path.read_text(encoding="utf-8"))) for path in folders)
    return texts, tuple(20 if path.parent.name[:2] in OFTEN else 2 for path in folders)


def bundles(count: int, seed: int = 9) -> Iterator[Element]:
    """So many visits, each a Bundle."""
    chance = random.Random(seed)  # noqa: S311 - no secret is drawn here
    texts, weights = templates()
    for number in range(count):
        (text,) = chance.choices(texts, weights)
        yield _told_of_another(json.loads(text), number, chance)


def lines(count: int, seed: int = 9) -> Iterator[bytes]:
    """The same, as lines of NDJSON."""
    for bundle in bundles(count, seed):
        yield _compact(bundle).encode() + b"\n"


def write_lines(path: Path, count: int, seed: int = 9) -> None:
    """A file of visits."""
    with path.open("wb") as file:
        file.writelines(lines(count, seed))


def write_export(folder: Path, count: int, seed: int = 9) -> None:
    """The same visits as a FHIR Bulk export: one file a type, every id its own."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[str]] = defaultdict(list)
    for number, bundle in enumerate(bundles(count, seed)):
        for resource in _renamed(bundle, number):
            files[resource["resourceType"]].append(_compact(resource))
    for kind, resources in files.items():
        (folder / f"{kind}.ndjson").write_text("\n".join(resources) + "\n", encoding="utf-8")


def _compact(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _told_of_another(bundle: Element, number: int, chance: random.Random) -> Element:
    kept = []
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] in RARELY_MISSING and chance.random() < 0.03:
            continue
        _change(resource, number, chance)
        kept.append(entry)
    return {**bundle, "entry": kept}


def _change(resource: Element, number: int, chance: random.Random) -> None:
    match resource["resourceType"]:
        case "Patient":
            resource["name"] = [{"family": f"{chance.choice(NAMES)}-{number}", "given": ["Alex"]}]
            if chance.random() < 0.3:
                birth = dt.date(1935, 1, 1) + dt.timedelta(days=chance.randrange(80 * 365))
                resource["birthDate"] = birth.isoformat()
        case "Encounter":
            start = dt.datetime.fromisoformat(resource["period"]["start"])
            moved = start - dt.timedelta(days=chance.randrange(60))
            resource["period"] = {"start": moved.isoformat()}
        case "Claim":
            for item in resource["item"]:
                if chance.random() < 0.2:
                    item["net"] = {"value": chance.randrange(20, 80), "currency": "EUR"}


def _renamed(bundle: Element, number: int) -> list[Element]:
    """The resources of a bundle under ids of their own, and references that follow."""
    resources = [entry["resource"] for entry in bundle["entry"]]
    text = _compact(resources)
    for resource in resources:
        kind, id_ = resource["resourceType"], resource["id"]
        text = text.replace(f'/{id_}"', f'/{id_}-{number}"').replace(
            f'"{kind}/{id_}"', f'"{kind}/{id_}-{number}"'
        )
        text = text.replace(f'"{kind}","id":"{id_}"', f'"{kind}","id":"{id_}-{number}"')
    renamed: list[Element] = json.loads(text)
    return renamed
