"""What ``fhir_profiles/README.md`` shows an integrator is valid, answered, and complete."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from parcours.fhir.operations import PROFILES
from parcours.fhir.output_checks import output_defects
from parcours.fhir.published import by_url, catalogue
from pds.generate import GUIDE, ROOT

PAGE = (GUIDE / "README.md").read_text(encoding="utf-8")
BLOCKS: list[dict[str, Any]] = [
    json.loads(text) for text in re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
]
(REQUEST,) = (block for block in BLOCKS if "resourceType" in block)
EXTENSIONS = [block for block in BLOCKS if "url" in block]


def test_the_smallest_request_is_valid_and_is_answered(client: FlaskClient) -> None:
    assert output_defects(REQUEST) == []
    reply = client.post("/fhir/Encounter/$evaluate-parcours", json=REQUEST)
    assert reply.status_code == 200
    answer = json.loads(reply.data)
    assert answer["entry"][0]["resource"]["outcome"] == "partial"
    (remark,) = answer["entry"][-1]["resource"]["issue"]
    assert remark["severity"] == "warning"
    assert remark["expression"] == ["Bundle.entry[0].resource.participant[0].individual"]


@pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda e: e["url"].rpartition("/")[2])
def test_each_extension_is_filled_as_its_definition_says(extension: dict[str, Any]) -> None:
    basic = {"resourceType": "Basic", "code": {"text": "x"}, "extension": [extension]}
    assert output_defects(basic) == []


def test_every_extension_that_a_caller_fills_is_shown_and_every_profile_named() -> None:
    ours = {url for url in by_url("StructureDefinition") if "/pds-ext-" in url}
    shown = {extension["url"] for extension in EXTENSIONS}
    assert {url.rpartition("/")[2] for url in ours - shown} == {"pds-ext-decision"}
    assert all(f"`{profile}`" in PAGE for profile in PROFILES.values())
    maps = [item.id for item in catalogue().values() if item.kind == "ConceptMap"]
    assert all(f"`{name}`" in PAGE for name in maps)


def test_its_links_lead_to_a_file_and_its_commands_exist() -> None:
    for link in re.findall(r"\]\(([^)#\s]+)\)", PAGE):
        assert (GUIDE / link).resolve().is_relative_to(ROOT)
        assert (GUIDE / link).exists(), link
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z]+)`", PAGE):
        assert re.search(rf"^{target}:.* ## ", makefile, re.MULTILINE)


def test_the_addresses_it_gives_are_served(client: FlaskClient) -> None:
    addresses = re.findall(r"^GET (/fhir/\S+)$", PAGE, re.MULTILINE)
    assert len(addresses) == 3
    for address in addresses:
        assert client.get(address).status_code == 200
