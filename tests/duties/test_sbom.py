"""Duty D22: the list of what a release is made of says all of it, and a list that does not is found out."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.duties.sbom import CARRIED, ROOT, completed, faults, plain

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def listed() -> dict[str, Any]:
    """What ``cyclonedx-py`` says of an install of the package, as far as it matters here."""
    asked = [plain(name.split(">")[0].strip()) for name in PROJECT["dependencies"]]
    return {
        "bomFormat": "CycloneDX",
        "metadata": {
            "component": {"bom-ref": "root", "name": PROJECT["name"], "version": PROJECT["version"]}
        },
        "components": [{"name": name, "version": "1", "licenses": [{"license": {}}]} for name in asked],
        "dependencies": [{"ref": "root", "dependsOn": asked}],
    }


def test_what_the_wheel_carries_is_listed_with_its_version_and_licence() -> None:
    whole = completed(listed())
    carried = whole["components"][-len(CARRIED) :]
    assert list(faults(whole)) == []
    assert [one["name"] for one in carried] == ["htmx", "pico", "dejavu-fonts"]
    assert all(one["version"] and one["bom-ref"] in whole["dependencies"][0]["dependsOn"] for one in carried)


def test_every_folder_of_somebody_elses_work_is_listed() -> None:
    licences = {p.parent.relative_to(ROOT) for p in ROOT.glob("plugin/**/LICENSE*")}
    told = {(ROOT / work.said).parent.relative_to(ROOT) for work in CARRIED}
    assert licences == told


def test_a_component_that_the_package_asks_for_and_the_list_lacks_is_found() -> None:
    for rank, missing in enumerate(PROJECT["dependencies"]):
        short = listed()
        short["components"].pop(rank)
        assert list(faults(short)) == [f"lacks {missing}"]


def test_a_list_of_another_version_or_of_too_much_is_found() -> None:
    other = listed()
    other["metadata"]["component"]["version"] = "0"
    other["components"].append({"name": "pip", "version": "23", "licenses": [{}]})
    other["components"].append({"name": "odd"})
    assert len(list(faults(other))) == 3
