"""What FR Core asks of our examples beyond our own profiles: the table of the README, checked."""

from __future__ import annotations

import csv
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from parcours.fhir.operations import PROFILES
from pds import validator
from pds.generate import GUIDE, ROOT

PACKAGE = ROOT.parent / "shared" / "packages" / "hl7.fhir.fr.core-2.2.0.tgz"
CANONICAL = "https://hl7.fr/ig/fhir/core/StructureDefinition/"
REQUIRED = re.compile(r"^(\S+): minimum required = ")
ELSEWHERE = "resolve"
"""The package depends on others that are not here: what the engine says of those is no matter."""


def table() -> list[dict[str, str]]:
    with (GUIDE / "fr_core.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_profile_of_ours_has_its_line() -> None:
    ours = {row["ressource"]: row["profil"] for row in table() if row["profil"]}
    assert ours == PROFILES


def test_the_readme_shows_the_table() -> None:
    page = (GUIDE / "README.md").read_text(encoding="utf-8")
    for row in table():
        ours, theirs = (f"`{row[name]}`" if row[name] else "–" for name in ("profil", "profil FR Core"))
        missing = f"sauf `{row['manque dans nos exemples']}`" if row["manque dans nos exemples"] else ""
        met = missing or ("oui" if row["profil FR Core"] else "–")
        line = f"| {row['ressource']} | {ours} | {theirs} | {row['ce que FR Core demande en plus']} | {met} |"
        assert line in page


def fr_core(folder: Path) -> Path:
    """The definitions of the package, in a folder."""
    folder.mkdir()
    with tarfile.open(PACKAGE) as package:
        for member in package.getmembers():
            name = Path(member.name).name
            content = package.extractfile(member) if member.isfile() else None
            if content and name.startswith(("StructureDefinition-", "CodeSystem-", "ValueSet-")):
                (folder / name).write_bytes(content.read())
    return folder


def as_fr_core(folder: Path, profiles: dict[str, str]) -> Path:
    """Every resource of our examples that FR Core has a profile for, declaring it."""
    folder.mkdir()
    for file in sorted((ROOT / "examples").glob("*/bundle.json")):
        bundle: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        for index, entry in enumerate(bundle["entry"]):
            kind = entry["resource"]["resourceType"]
            if kind in profiles:
                resource = {**entry["resource"], "meta": {"profile": [CANONICAL + profiles[kind]]}}
                name = f"{kind}-{file.parent.name}-{index}.json"
                (folder / name).write_text(json.dumps(resource), encoding="utf-8")
    return folder


def test_our_examples_meet_what_the_table_says_they_meet(tmp_path: Path) -> None:
    if not PACKAGE.is_file():
        pytest.skip(f"../shared absent: {PACKAGE.name}")
    missing = validator.missing_tool()
    if missing:
        pytest.skip(f"outil absent : {missing}")
    profiles = {row["ressource"]: row["profil FR Core"] for row in table() if row["profil FR Core"]}
    examples = as_fr_core(tmp_path / "examples", profiles)
    report = validator.validate([examples], tmp_path, also_known=fr_core(tmp_path / "fr-core"))
    said = {
        (Path(remark.file).name.partition("-")[0], found[1] if found else remark.what)
        for remark in report.of("error")
        if ELSEWHERE not in remark.what
        for found in [REQUIRED.match(remark.what)]
    }
    expected = {
        (row["ressource"], row["manque dans nos exemples"])
        for row in table()
        if row["manque dans nos exemples"]
    }
    assert said == expected
