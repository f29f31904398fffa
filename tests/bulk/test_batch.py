"""``parcours batch``: lines out as lines in, in order, whole or not at all."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.bulk.conftest import Batch

from parcours.bulk import forms, places
from parcours.bulk.answers import BOM, Answerer
from parcours.bulk.files import UNREADABLE
from parcours.bulk.refusals import BatchRefused, InputUnreadable
from parcours.bulk.sources import Lines
from parcours.cli import run
from parcours.service import Service
from parcours.settings import Settings

pytestmark = pytest.mark.usefixtures("small_chunks")


def expected(source: Path, answerer: Answerer) -> bytes:
    """Every line, answered here one after the other."""
    lines = source.read_bytes().split(b"\n")[:-1]
    return b"".join(answerer.answer(n, line).text + b"\n" for n, line in enumerate(lines, start=1))


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_two_processes_write_what_one_would_in_the_same_order(
    batch: Batch, sixty: Path, tmp_path: Path, answerer: Answerer
) -> None:
    done = batch(sixty, tmp_path / "out.ndjson", workers=2)
    assert (tmp_path / "out.ndjson").read_bytes() == expected(sixty, answerer)
    assert (done.lines, done.refused, done.done) == (60, 0, sixty.stat().st_size)
    assert left(tmp_path) == {"out.ndjson"}


def test_bad_and_blank_lines_keep_their_places(
    batch: Batch, sixty: Path, tmp_path: Path, answerer: Answerer
) -> None:
    good = sixty.read_bytes().split(b"\n")[:3]
    source = tmp_path / "in.ndjson"
    source.write_bytes(b"\n".join([b"\xef\xbb\xbf" + good[0] + b"\r", b"", b"{", good[1], b"\xff", good[2]]))
    done = batch(source, tmp_path / "out.ndjson")
    said = [json.loads(line) for line in (tmp_path / "out.ndjson").read_bytes().splitlines()]
    assert (done.lines, done.refused, done.blank) == (6, 2, 1)
    assert ["id" in line for line in said] == [True, False, False, True, False, True]
    numbers = [line["issue"][0]["diagnostics"] for line in said if "issue" in line]
    assert numbers == ["ligne 2", "ligne 3", "ligne 5"]
    assert said[5]["id"] == json.loads(answerer.answer(3, good[2]).text)["id"]


def test_nothing_gives_nothing(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "in").touch()
    assert batch(tmp_path / "in", tmp_path / "out").lines == 0
    assert (tmp_path / "out").read_bytes() == b""


@pytest.fixture
def out(batch: Batch, sixty: Path, tmp_path: Path) -> bytes:
    batch(sixty, tmp_path / "reference")
    return (tmp_path / "reference").read_bytes()


def test_compressed_or_not_the_lines_are_the_same(
    batch: Batch, sixty: Path, tmp_path: Path, out: bytes
) -> None:
    (tmp_path / "in.ndjson.gz").write_bytes(gzip.compress(sixty.read_bytes()))
    batch(tmp_path / "in.ndjson.gz", tmp_path / "out.ndjson.gz")
    batch(sixty, tmp_path / "again.ndjson.gz")
    assert gzip.decompress((tmp_path / "out.ndjson.gz").read_bytes()) == out
    assert (tmp_path / "again.ndjson.gz").read_bytes() == (tmp_path / "out.ndjson.gz").read_bytes()


def test_standard_input_is_a_dash(
    batch: Batch, sixty: Path, tmp_path: Path, out: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sixty.read_bytes())))
    batch("-", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == out


def test_only_its_owner_reads_the_output(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "in").touch()
    batch(tmp_path / "in", tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


# ---------------------------------------------------------------- the command


def command(*arguments: object) -> int:
    return run(["batch", *map(str, arguments), "--workers", "1"])


@pytest.fixture
def in_(sixty: Path, tmp_path: Path) -> Path:
    """Three visits."""
    path = tmp_path / "in.ndjson"
    path.write_bytes(b"".join(sixty.read_bytes().splitlines(keepends=True)[:3]))
    return path


def test_the_exit_code_says_whether_lines_were_refused(
    in_: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(in_, "-o", tmp_path / "out") == 0
    with in_.open("ab") as file:
        file.write(b"{")
    assert command(in_, "-o", tmp_path / "out") == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[1].startswith("4 lignes, 1 refusée, 0 vide ;")
    assert "\x1b" not in said.err


def test_an_unreadable_input_leaves_the_output_as_it_was(in_: Path, tmp_path: Path) -> None:
    kept = tmp_path / "out.ndjson"
    kept.write_text("before")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(in_.read_bytes())[:-20])
    (tmp_path / "empty.gz").touch()  # cut so short that nothing is left: the shortest one has twenty bytes
    for source in ("absent", "cut.gz", "empty.gz"):
        assert command(tmp_path / source, "-o", kept) == 1
    assert kept.read_text() == "before"


def test_a_standard_input_that_is_closed_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert command("-", "-o", tmp_path / "out") == 1
    assert capsys.readouterr().err == f"{UNREADABLE}\n"


def test_what_cannot_be_done_is_a_wrong_usage(
    in_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(forms, "find_spec", lambda _: None)
    wrong = {
        "absent folder": (in_, "-o", tmp_path / "absent/out"),
        "a folder as output": (in_, "-o", tmp_path),
        "standard output": (in_, "-o", "-"),
        "the input as output": (in_, "-o", in_),
        "no visit in the folder": (tmp_path / "empty", "-o", tmp_path / "out"),
        "standard input resumed": ("-", "-o", tmp_path / "out", "--resume"),
        "parquet without the extra": (in_, "-o", tmp_path / "out.parquet"),
    }
    assert {name: command(*arguments) for name, arguments in wrong.items()} == dict.fromkeys(wrong, 2)
    assert "parcours-soins[parquet]" in capsys.readouterr().err
    assert left(tmp_path) == {"in.ndjson", "empty"}


def test_a_full_disk_is_told_and_what_is_done_is_kept(
    in_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert command(in_, "-o", tmp_path / "out") == 1
    assert "disque plein" in capsys.readouterr().err
    monkeypatch.undo()
    assert command(in_, "-o", tmp_path / "out", "--resume") == 0


def test_what_does_not_fit_on_the_disk_is_written_later(
    in_: Path, tmp_path: Path, small_files: Callable[[int], AbstractContextManager[None]]
) -> None:
    in_.write_bytes(b"{\n" * 20)
    with small_files(3000):
        assert command(in_, "-o", tmp_path / "out") == 1
    assert command(in_, "-o", tmp_path / "out", "--resume") == 3
    assert (tmp_path / "out").read_bytes().count(b"\n") == 20


def test_an_input_that_changes_while_it_is_read_is_told(in_: Path) -> None:
    (chunk,) = Lines(in_, 2**20, None).chunks()
    in_.write_bytes(in_.read_bytes()[:-200])
    assert len(chunk.split()) == 3
    in_.write_bytes(in_.read_bytes()[:5000])
    with pytest.raises(OSError, match="changed"):
        chunk.split()
    with pytest.raises(InputUnreadable):
        list(Lines(in_, 2**20, 5001).chunks())


def test_a_pipe_has_a_name(in_: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    data = in_.read_bytes()
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(data))
    writer.start()
    assert command(tmp_path / "pipe", "-o", tmp_path / "out") == 0
    writer.join()
    assert command(tmp_path / "pipe", "-o", tmp_path / "out", "--resume") == 2
    assert command(in_, "-o", tmp_path / "pipe") == 2
    assert (tmp_path / "pipe").is_fifo()


def test_an_output_under_another_name_is_the_file_it_names(in_: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere/out")
    assert command(in_, "-o", tmp_path / "out") == 0
    assert (tmp_path / "out").is_symlink()
    assert left(tmp_path / "elsewhere") == {"out"}


def test_a083_a_link_in_place_of_a_hidden_file_leads_nowhere(in_: Path, tmp_path: Path) -> None:
    (tmp_path / ".out.lock").symlink_to(tmp_path / "of somebody")
    assert command(in_, "-o", tmp_path / "out") == 1
    assert left(tmp_path) == {"in.ndjson", ".out.lock"}


def test_names_too_long_for_the_disk_are_told(in_: Path, tmp_path: Path) -> None:
    assert command(in_, "-o", tmp_path / ("x" * 300)) == 1
    assert command(tmp_path / ("x" * 300), "-o", tmp_path / "out") == 1


HOLDING = """
import sys
from pathlib import Path
from parcours.bulk.places import Places, locked
with locked(Places(Path(sys.argv[1])).beside("lock")):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_batches_never_write_the_same_output_and_the_dead_hold_nothing(
    in_: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert command(in_, "-o", out) == 2
        assert places.BUSY in capsys.readouterr().err
        holder.kill()
    assert ".out.lock" in left(tmp_path)
    assert command(in_, "-o", out) == 0
    assert left(tmp_path) == {"in.ndjson", "out"}


def test_a_lock_that_its_last_holder_removes_meanwhile_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lock, calls = tmp_path / "lock", places._lock, count()

    def late(file: BinaryIO) -> None:
        if next(calls) == 0:
            path.unlink()
        lock(file)

    monkeypatch.setattr(places, "_lock", late)
    with places.locked(path), pytest.raises(BatchRefused), places.locked(path):
        pass  # never both


def test_progress_is_shown_on_a_terminal_only(
    in_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert command(in_, "-o", tmp_path / "out") == 0
    said = capsys.readouterr()
    assert "3 lignes" in said.err
    assert "/s" in said.err
    assert said.out == ""


def test_the_settings_hold_for_every_line(batch: Batch, in_: Path, tmp_path: Path) -> None:
    assert batch(in_, tmp_path / "out", settings=Settings(max_bytes=1024)).refused == 3


BOUND = 49_999
"""With small chunks, a line is cut after fifty thousand bytes."""


@pytest.mark.parametrize(("length", "refused"), [(BOUND, 2), (BOUND + 1, 3)])
def test_a_line_that_was_cut_is_answered_as_the_whole_line_is(
    batch: Batch, sixty: Path, tmp_path: Path, length: int, refused: int
) -> None:
    settings = Settings(max_bytes=BOUND)
    good = sixty.read_bytes().split(b"\n")[0]
    lines = (BOM + good.rjust(length), good.rjust(2 * BOUND), b" " * 2 * BOUND)
    (tmp_path / "in").write_bytes(b"\n".join(lines))
    done = batch(tmp_path / "in", tmp_path / "out", settings=settings)
    assert (done.lines, done.refused, done.blank) == (3, refused, 0)
    whole = Answerer(Service(settings), "full")
    answers = [whole.answer(number, line).text for number, line in enumerate(lines, start=1)]
    assert (tmp_path / "out").read_bytes().splitlines() == answers
