"""A folder of a FHIR Bulk export gives the answers that the same visits give one Bundle a line."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.bulk import visits
from tests.bulk.conftest import Batch

from parcours.bulk.answers import Answerer
from parcours.bulk.export import Index, export_files, joined, targets
from parcours.bulk.refusals import BatchRefused, OutputUnwritable
from parcours.bulk.sources import Export, open_source

COUNT = 80
RPPS = "https://rpps.esante.gouv.fr"
SERVER = "https://logiciel.example/fhir/"
Element = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "export"
    visits.write_export(path, COUNT)
    return path


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(tmp_path / "index") as index:
        yield index


def line(**resource: Any) -> bytes:
    return json.dumps(resource).encode()


def resources(bundle: bytes) -> list[str]:
    return [f"{r['resourceType']}/{r['id']}" for r in (e["resource"] for e in json.loads(bundle)["entry"])]


def said(text: bytes) -> Element:
    """A decision without what depends on the places and the URLs of the resources in the Bundle."""
    decision: Element = json.loads(text)
    for missing in decision["manquants"]:
        del missing["chemin"]
    facts = {(fact["fait"], fact["valeur"].removeprefix(SERVER)) for fact in decision["faits"]}
    return {**decision, "id": None, "faits": facts}


def test_the_answers_are_those_of_the_same_visits_as_bundles(
    batch: Batch, folder: Path, tmp_path: Path, answerer: Answerer
) -> None:
    bundles = [bundle for bundle in visits.lines(COUNT) if b'"Encounter"' in bundle]
    expected = [said(answerer.answer(2, bundle).text) for bundle in bundles]
    done = batch(folder, tmp_path / "out")
    assert (done.refused, done.unread) == (0, 0)
    found = [said(line) for line in (tmp_path / "out").read_bytes().splitlines()]
    assert found == expected
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_visits_come_in_the_order_of_their_files_compressed_or_not(folder: Path, tmp_path: Path) -> None:
    cut = tmp_path / "export"
    cut.mkdir()
    for path in folder.iterdir():
        lines = path.read_bytes().splitlines(keepends=True)
        kind = path.name.removesuffix(".ndjson")
        for number, start in enumerate(range(0, len(lines), 7), start=1):
            part = gzip.compress(b"\xef\xbb\xbf" + b"".join(lines[start : start + 7]))
            (cut / f"{number}.{kind}.ndjson.gz").write_bytes(part)
    ways = [open_source(str(path), 2**20, tmp_path / "index") for path in (folder, cut)]
    one, other = ([line for chunk in source.chunks() for line in chunk.split()] for source in ways)
    assert one == other


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        (["Encounter.10.ndjson", "Encounter.9.ndjson"], ["Encounter.9.ndjson", "Encounter.10.ndjson"]),
        (["b.ndjson", "a.ndjson.gz", "c.json", "d.txt"], ["a.ndjson.gz", "b.ndjson"]),
    ],
)
def test_files_are_read_in_the_order_of_their_numbers(
    names: list[str], ordered: list[str], tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in export_files(tmp_path)] == ordered


VISIT = line(
    resourceType="Encounter",
    id="v",
    subject={"reference": "Patient/p"},
    participant=[{"individual": {"reference": "Practitioner/d"}}],
)
P, D, V = ({"reference": name} for name in ("Patient/p", "Practitioner/d", "Encounter/v"))
NUMBER = {"system": RPPS, "value": "10100000003"}
RPPS_D = {"system": RPPS, "value": "10100000002"}
INS = {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "180010100000101"}
CONCERNED: dict[str, Element] = {
    "Patient/p": {
        "identifier": [INS],
        "generalPractitioner": [{"reference": f"{SERVER}Practitioner/gp/_history/3"}],
        "link": [{"other": {"reference": "Patient/mother"}}],
    },
    "Practitioner/d": {"identifier": [RPPS_D]},
    "Practitioner/gp": {},
    "PractitionerRole/of-d": {"practitioner": D, "organization": {"reference": "Organization/o"}},
    "Organization/o": {},
    "Coverage/c": {"beneficiary": P},
    "ServiceRequest/s": {"subject": P, "requester": {"identifier": NUMBER}},
    "Practitioner/numbered": {"identifier": [NUMBER]},
    "Coverage/by-number": {"beneficiary": {"identifier": INS}},
    "PractitionerRole/by-number": {
        "practitioner": {"reference": "Practitioner/absent", "identifier": RPPS_D}
    },
    "CarePlan/plan": {"subject": P},
    "CareTeam/team": {"subject": P},
    "Claim/of-v": {
        "patient": P,
        "item": [{"encounter": [V]}],
        "related": [{"claim": {"reference": "Claim/of-w"}}],
    },
    "Procedure/of-v": {"subject": P, "encounter": V},
}
FOREIGN: dict[str, Element] = {
    "Patient/other": {},
    "Patient/mother": {"link": [{"other": P}]},
    "Coverage/of-other": {"beneficiary": {"reference": "Patient/other"}},
    "Claim/of-w": {"patient": P, "item": [{"encounter": [{"reference": "Encounter/w"}]}]},
    "Claim/of-nobody": {"patient": P},
    "Practitioner/other": {},
    "Observation/o": {"subject": P},
}


def add(index: Index, elements: dict[str, Element]) -> None:
    for key, element in elements.items():
        kind, id_ = key.split("/")
        index.add([line(resourceType=kind, id=id_, **element)])


def test_what_concerns_a_visit_comes_with_it_and_nothing_else(index: Index) -> None:
    add(index, CONCERNED | FOREIGN)
    assert sorted(resources(joined(VISIT, index))) == sorted(["Encounter/v", *CONCERNED])


def test_what_is_referred_to_by_a_url_is_there_under_that_url(index: Index) -> None:
    add(index, CONCERNED)
    entries = json.loads(joined(VISIT, index))["entry"]
    urls = {entry["resource"]["id"]: entry.get("fullUrl") for entry in entries}
    assert urls["gp"] == f"{SERVER}Practitioner/gp"
    assert urls["d"] is None


def test_an_identifier_that_two_bear_designates_nobody(index: Index) -> None:
    twins = {f"Practitioner/{n}": CONCERNED["Practitioner/numbered"] for n in ("one", "two")}
    add(index, {**CONCERNED, **twins})
    bearers = {*twins, "Practitioner/numbered"}
    assert not bearers & set(resources(joined(VISIT, index)))


def test_of_a_resource_given_twice_the_last_stays(index: Index) -> None:
    add(index, {"Patient/p": {"birthDate": "1980-01-01"}})
    add(index, {"Patient/p": {"birthDate": "1981-01-01"}})
    assert b"1981" in joined(VISIT, index)
    assert b"1980" not in joined(VISIT, index)


def test_of_a_resource_given_twice_what_the_first_said_leads_nowhere(index: Index) -> None:
    add(
        index, {"Patient/p": {}, "Coverage/c": {"beneficiary": P}, "Practitioner/n": {"identifier": [NUMBER]}}
    )
    add(index, {"Coverage/c": {"beneficiary": {"reference": "Patient/other"}}, "Practitioner/n": {}})
    assert resources(joined(VISIT, index)) == ["Encounter/v", "Patient/p"]
    assert index.find(f"{RPPS}|{NUMBER['value']}") is None


def test_a_line_may_be_deep(index: Index) -> None:
    deep = b'{"resourceType":"Patient","id":"p","a":' + b"[" * 900 + b"]" * 900 + b"}"
    index.add([deep])
    assert deep in joined(VISIT, index)


def test_the_name_of_a_file_may_be_no_text(tmp_path: Path, batch: Batch) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / os.fsdecode(b"Encounter.\xff.ndjson")).write_bytes(VISIT + b"\n")
    (export / "._Encounter.ndjson").write_bytes(b"what some systems keep of a file\n")
    assert batch(export, tmp_path / "out").lines == 1


def test_a_disk_too_small_for_the_resources_is_told(
    folder: Path, tmp_path: Path, batch: Batch, small_files: Callable[[int], AbstractContextManager[None]]
) -> None:
    with small_files(60_000), pytest.raises(OutputUnwritable):
        batch(folder, tmp_path / "out")
    assert batch(folder, tmp_path / "out", resume=True).lines > 0


def test_the_output_is_not_in_the_folder(folder: Path, batch: Batch) -> None:
    with pytest.raises(BatchRefused):
        batch(folder, folder / "Encounter-decisions.ndjson")


@pytest.mark.parametrize("bad", [b"{", b"", b"null", b'{"resourceType":"Patient"}', b"\xff"], ids=repr)
def test_a_line_of_visits_that_is_none_stays_as_it_is_to_be_refused(index: Index, bad: bytes) -> None:
    assert joined(bad, index) == bad


def test_lines_that_are_no_resource_are_counted_and_passed_over(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "Patient.ndjson").open("ab") as file:
        file.write(b"{\n\n[]\n")
    source = Export(tmp_path, 2**20, tmp_path / "index")
    assert sum(chunk.lines for chunk in source.chunks()) > 70
    assert source.unread == 2


def test_a_reference_may_be_written_in_several_ways() -> None:
    node = {
        "a": {"reference": "Patient/1"},
        "b": [{"reference": "https://x.example/fhir/Patient/2/_history/4"}],
        "c": {"reference": "#contained"},
        "d": {"identifier": {"system": "urn:s", "value": "3"}},
        "contained": [{"e": {"reference": "Patient/5"}}],
        "identifier": [{"system": "urn:s", "value": "not a reference"}],
    }
    assert [target.name for target in targets(node)] == ["Patient/1", "Patient/2", "urn:s|3", "Patient/5"]
