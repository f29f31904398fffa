"""``parcours evaluate``: what each input and each format gives, on which stream, with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parcours.service import Service
from parcours.web.server import SAMPLE

Type = Callable[..., Any]

GOOD = json.dumps(SAMPLE)
BAD = "{"
SECRET = "TEST-SECRET"


@pytest.fixture
def good(tmp_path: Path) -> str:
    return written(tmp_path / "good.json", GOOD)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    return written(tmp_path / "bad.json", BAD)


def written(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_one_request_in_json_is_one_line_with_the_names_of_the_contract(typed: Type, good: str) -> None:
    said = typed("evaluate", good, "--format", "json")
    assert (said.code, said.err) == (0, "")
    assert said.out.count("\n") == 1
    assert list(json.loads(said.out)) == [
        "id", "date_des_soins", "position", "situation", "situations_possibles", "ips", "qtp", "qcp_attendu",
        "facturation", "motifs", "effets", "faits", "manquants", "alternatives", "avertissements",
        "remboursement", "politiques", "version_droit", "version_logiciel",
    ]  # fmt: skip
    assert set(json.loads(said.out)["effets"]) == {
        "majoration",
        "depassement-autorise",
        "majoration-hospitaliere",
        "prise-en-charge",
    }


def test_the_same_request_gives_the_same_bytes(typed: Type, good: str) -> None:
    first, second = (typed("evaluate", good, "--format", "json").out for _ in range(2))
    assert first == second


def test_standard_input_is_a_dash(typed: Type, good: str) -> None:
    from_file = typed("evaluate", good, "--format", "json")
    assert typed("evaluate", "-", "--format", "json", stdin=GOOD.encode()) == from_file


def test_in_fhir_the_answer_is_the_bundle(typed: Type, good: str) -> None:
    said = typed("evaluate", good, "--format", "fhir")
    assert said.code == 0
    assert json.loads(said.out)["entry"][0]["resource"]["resourceType"] == "ClaimResponse"


def test_in_text_the_answer_reads_as_french(typed: Type, good: str) -> None:
    said = typed("evaluate", good)
    assert (said.code, said.err) == (0, "")
    assert "parcours de soins coordonnés" in said.out
    assert "soins du 05/01/2026" in said.out
    assert "\x1b" not in said.out


def test_a_request_that_cannot_be_read_says_why_and_where_on_stderr(typed: Type, bad: str) -> None:
    for form in ("text", "json", "fhir"):
        said = typed("evaluate", bad, "--format", form)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(bad)


def test_among_several_a_refused_one_keeps_its_place(typed: Type, good: str, bad: str) -> None:
    said = typed("evaluate", good, bad, good, "--format", "json")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 1
    assert ["position" in line for line in lines] == [True, False, True]
    assert lines[1]["fichier"] == bad
    assert lines[1]["erreur"]
    assert bad in said.err


def test_among_several_in_fhir_a_refused_one_is_an_outcome(typed: Type, good: str, bad: str) -> None:
    said = typed("evaluate", bad, good, "--format", "fhir")
    kinds = [json.loads(line)["resourceType"] for line in said.out.splitlines()]
    assert (said.code, kinds) == (1, ["OperationOutcome", "Bundle"])


def test_among_several_in_text_each_answer_is_titled(typed: Type, good: str) -> None:
    said = typed("evaluate", good, good)
    assert said.out.count(good) == 2


def test_a_folder_is_walked_in_order_past_what_is_no_request(typed: Type, tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    written(folder / "02-b" / "bundle.json", BAD)
    written(folder / "01-a" / "bundle.json", GOOD)
    written(folder / "01-a" / "expected.json", '{"position": "dans-parcours"}')
    written(folder / "01-a" / "README.md", "# x")
    written(folder / "03-c" / "list.json", "[]")
    said = typed("evaluate", str(folder), "--format", "json")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 1
    assert [line.get("fichier", "").removeprefix(str(folder)) for line in lines] == [
        "",
        "/02-b/bundle.json",
        "/03-c/list.json",
    ]


def test_a_file_named_by_hand_is_never_passed_over(typed: Type, tmp_path: Path) -> None:
    said = typed("evaluate", written(tmp_path / "expected.json", "{}"), "--format", "json")
    assert said.code == 1


def test_a_file_that_is_not_there_is_an_input_that_cannot_be_read(typed: Type, tmp_path: Path) -> None:
    said = typed("evaluate", str(tmp_path / "nowhere.json"))
    assert said.code == 1
    assert "introuvable" in said.err


def test_no_value_of_the_request_reaches_the_messages(typed: Type, tmp_path: Path) -> None:
    wrong = json.loads(GOOD)
    wrong["entry"][1]["resource"]["birthDate"] = SECRET
    said = typed("evaluate", written(tmp_path / "wrong.json", json.dumps(wrong)))
    assert said.code == 1
    assert "birthDate" in said.err
    assert SECRET not in said.err + said.out


@pytest.mark.parametrize(
    "arguments",
    [["evaluate"], ["evaluate", "x", "--format", "yaml"], ["evaluat"], ["evaluate", "--nope", "x"]],
    ids=["no file", "no such format", "no such command", "no such option"],
)
def test_a_wrong_usage_is_told_apart(arguments: list[str], typed: Type) -> None:
    said = typed(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err


def test_a_bad_setting_is_told_before_anything_is_read(
    typed: Type, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARCOURS_MAX_BYTE", "1")
    said = typed("evaluate", good)
    assert said.code == 2
    assert "PARCOURS_MAX_BYTE" in said.err


def test_a_file_over_the_limit_is_refused(typed: Type, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCOURS_MAX_BYTES", "1024")
    assert typed("evaluate", good).code == 1


def test_an_interruption_leaves_with_130(typed: Type, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Service, "evaluate", interrupt)
    assert typed("evaluate", good).code == 130


def test_a_reader_that_leaves_early_causes_no_complaint(good: str) -> None:
    command = [sys.executable, "-m", "parcours", "evaluate", *[good] * 400, "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 128 + signal.SIGPIPE, "as a shell tells of it"


def test_what_a_caller_wrote_cannot_steer_the_terminal(typed: Type, tmp_path: Path) -> None:
    name = os.path.join(tmp_path, "a\x1b[31mb.json")
    said = typed("evaluate", written(Path(name), GOOD), name)
    assert "\x1b" not in said.out + said.err
