"""Files that are cut, that are none, that are many and badly named: F-064, F-065, F-067, F-070."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from parcours.bulk.answers import Answerer, Kind
from parcours.cli import NO_SPACE, run
from parcours.service import Service
from parcours.settings import Settings

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
VISIT = json.dumps(json.loads((EXAMPLES / "04-urgence/bundle.json").read_bytes())).encode()
FULL = Path("/dev/full")
MANY = 10_000
NAMES = ("-o.json", "--format", "one\nline.json", "two  spaces.json", "été.json", "$(id).json", "*.json")


def test_f064_a_line_cut_at_any_byte_is_refused_under_its_number() -> None:
    answerer = Answerer(Service(Settings()), "full")
    assert answerer.answer(1, VISIT).kind is Kind.DECIDED
    for end in range(1, len(VISIT)):
        said = answerer.answer(7, VISIT[:end])
        assert said.kind is Kind.REFUSED, end
        assert b'"diagnostics":"ligne 7"' in said.text


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
def test_f065_an_answer_that_the_disk_does_not_take_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "visit.json").write_bytes(VISIT)
    full = FULL.open("w", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", full)
        assert run(["evaluate", str(tmp_path / "visit.json")]) == 1
    with suppress(OSError):
        full.close()
    assert capsys.readouterr().err == f"{NO_SPACE}\n"


def test_f067_a_pipe_is_read_and_what_is_no_visit_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(VISIT,))
    writer.start()
    assert run(["evaluate", str(pipe)]) == 0
    writer.join()
    for none in ("/dev/zero", "/dev/null", str(tmp_path / "absent"), "long" * 100):
        capsys.readouterr()
        assert run(["evaluate", none]) == 1
        told = capsys.readouterr()
        assert (told.out, len(told.err.splitlines())) == ("", 1)


def test_f070_names_of_any_kind_are_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES:
        (tmp_path / name).write_bytes(VISIT)
    monkeypatch.chdir(tmp_path)
    assert run(["evaluate", "--format", "json", "--", *NAMES, "absent\nnote"]) == 1
    told = capsys.readouterr()
    assert len([line for line in told.out.splitlines() if "position" in json.loads(line)]) == len(NAMES)
    assert len(told.err.splitlines()) == 1


def test_f070_ten_thousand_names_are_each_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none.json").write_text("{}", encoding="utf-8")
    assert run(["evaluate", "--format", "json", *[str(tmp_path / "none.json")] * MANY]) == 1
    assert len(capsys.readouterr().out.splitlines()) == MANY
