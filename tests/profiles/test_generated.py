"""What is committed in ``fhir_profiles`` is what the program and the FSH give today."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

import parcours
from parcours.fhir.operations import PUBLISHED
from pds import conformance, sushi
from pds.generate import GUIDE, ROOT, generated

VERSIONED = re.compile(r'"version": "([^"]*)"')


def test_the_files_that_come_from_the_program_are_up_to_date() -> None:
    files = generated()
    folders = {Path(name).parent for name in files}
    there = {
        str(file.relative_to(GUIDE)): file.read_text(encoding="utf-8")
        for folder in folders
        for file in (GUIDE / folder).glob("*.json")
    }
    stale = sorted(name for name in files.keys() | there.keys() if files.get(name) != there.get(name))
    assert stale == [], "make profiles"


def test_every_definition_carries_the_version_and_the_day_of_the_program() -> None:
    assert f"version: {parcours.VERSION_LOGICIEL}\n" in (GUIDE / "sushi-config.yaml").read_text("utf-8")
    for file in (GUIDE / sushi.GENERATED).glob("*.json"):
        content = json.loads(file.read_text(encoding="utf-8"))
        if "url" in content:
            assert content["version"] == parcours.VERSION_LOGICIEL, file.name
            assert content["date"] == PUBLISHED, file.name


def test_our_examples_are_all_there() -> None:
    slugs = {file.parent.name for file in (ROOT / "examples").glob("*/bundle.json")}
    copies = {
        file.stem.removeprefix("Bundle-pds-exemple-") for file in (GUIDE / "input/examples").glob("*.json")
    }
    assert len(copies) == len(slugs)
    assert all(any(slug.startswith(copy) for slug in slugs) for copy in copies)


def test_nothing_committed_carries_an_address_to_download_from() -> None:
    assert not list(GUIDE.glob("package-lock.json"))
    package = json.loads((GUIDE / "package.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"[\d.]+", version) for version in package["devDependencies"].values())


def test_sushi_rebuilds_what_is_committed_without_an_error(tmp_path: Path) -> None:
    missing = sushi.missing_tool()
    if missing:
        pytest.skip(f"outil absent : {missing}")
    result = sushi.build(tmp_path)
    assert result.errors == ()
    assert {("définition", text) for text in result.warnings} == conformance.explained("SUSHI")
    rebuilt = {file.name: file.read_text("utf-8") for file in (tmp_path / sushi.GENERATED).glob("*.json")}
    committed = {file.name: file.read_text("utf-8") for file in (GUIDE / sushi.GENERATED).glob("*.json")}
    assert rebuilt == committed, "make profiles"


def test_sushi_is_seen_failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = sushi.missing_tool()
    if missing:
        pytest.skip(f"outil absent : {missing}")
    (tmp_path / "input/fsh").mkdir(parents=True)
    config = (GUIDE / "sushi-config.yaml").read_text(encoding="utf-8")
    (tmp_path / "sushi-config.yaml").write_text(config, encoding="utf-8")
    wrong = "Profile: Wrong\nParent: Patient\nId: wrong\n* nothing 1..1\n"
    (tmp_path / "input/fsh/wrong.fsh").write_text(wrong, encoding="utf-8")
    monkeypatch.setattr(sushi, "GUIDE", tmp_path)
    assert len(sushi.build(tmp_path).errors) == 1


def test_the_cache_of_packages_holds_only_what_is_published_by_hl7() -> None:
    packages = sushi.HOME / ".fhir" / "packages"
    if not packages.is_dir():
        pytest.skip("outil absent : SUSHI")
    assert [folder.name for folder in packages.iterdir() if "#" in folder.name] == ["hl7.fhir.r4.core#4.0.1"]


def test_every_explanation_is_a_sentence() -> None:
    lines = conformance.REMARKS.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "outil,sur,remarque,raison"
    assert all(line.endswith((".", '."')) for line in lines[1:])


def test_the_tools_that_are_installed_are_never_committed() -> None:
    ignored = (
        "fhir_profiles/node_modules/x",
        "fhir_profiles/.build/x",
        "fhir_profiles/tools/validator/target/x",
    )
    done = subprocess.run(  # git only reads here
        ["git", "check-ignore", *ignored],  # noqa: S607 - git of this machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 128:
        pytest.skip("outil absent : git")
    assert done.stdout.splitlines() == list(ignored)
