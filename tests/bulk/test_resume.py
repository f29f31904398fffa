"""Whatever stops a batch, and when: the output is untouched, and ``--resume`` ends with the same bytes."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.bulk.conftest import Batch

from parcours.bulk import journal, run
from parcours.bulk.places import Places
from parcours.bulk.refusals import BatchRefused
from parcours.bulk.run import Progress
from parcours.cli import run as command
from parcours.law.policies import Politiques
from parcours.settings import Settings

pytestmark = pytest.mark.usefixtures("small_chunks")


@pytest.fixture(autouse=True)
def _journal_at_every_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SECONDS", 0.0)


@pytest.fixture(scope="module")
def reference(sixty: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What a batch that nothing stops writes."""
    out = tmp_path_factory.mktemp("reference") / "out"
    Batch()(sixty, out)
    return out.read_bytes()


@pytest.fixture
def source(sixty: Path, tmp_path: Path) -> Path:
    path = tmp_path / "in.ndjson"
    path.write_bytes(sixty.read_bytes())
    return path


@pytest.fixture
def interrupted(batch: Batch, source: Path, tmp_path: Path) -> Path:
    """The output of a batch that Ctrl-C stopped after two chunks."""
    chunks = 0

    def stop(_: Progress) -> None:
        nonlocal chunks
        chunks += 1
        if chunks == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch(source, tmp_path / "out", told=stop)
    return tmp_path / "out"


def test_ctrl_c_leaves_nothing_under_the_name_of_the_output(interrupted: Path) -> None:
    assert not interrupted.exists()
    assert Places(interrupted).partial.stat().st_size > 0
    assert not Places(interrupted).beside("lock").exists()


def test_what_was_interrupted_is_resumed_without_doing_it_again(
    batch: Batch, source: Path, interrupted: Path, reference: bytes, tmp_path: Path
) -> None:
    done = batch(source, interrupted, resume=True)
    assert interrupted.read_bytes() == reference
    assert 10 < done.resumed < done.lines == 60
    assert {path.name for path in tmp_path.iterdir()} == {"in.ndjson", "out"}


def test_lines_that_the_journal_does_not_vouch_for_are_written_again(
    batch: Batch, source: Path, interrupted: Path, reference: bytes
) -> None:
    with Places(interrupted).partial.open("ab") as file:
        file.write(b'{"half": a line')
    batch(source, interrupted, resume=True)
    assert interrupted.read_bytes() == reference


def test_without_resume_everything_is_done_again(
    batch: Batch, source: Path, interrupted: Path, reference: bytes
) -> None:
    source.write_bytes(b"\n" + source.read_bytes())
    assert batch(source, interrupted).resumed == 0
    assert interrupted.read_bytes().split(b"\n", 1)[1] == reference


def test_with_nothing_to_resume_everything_is_done(batch: Batch, source: Path, tmp_path: Path) -> None:
    assert batch(source, tmp_path / "out", resume=True).resumed == 0


Change = Callable[[Path, Path, pytest.MonkeyPatch], Settings | None]


def _first_line(source: Path, *_: object) -> None:
    data = source.read_bytes()
    source.write_bytes(data.replace(b'"Alex"', b'"Alix"', 1))


def _added_line(source: Path, *_: object) -> None:
    source.write_bytes(source.read_bytes() + b"\n")


def _shorter(source: Path, *_: object) -> None:
    source.write_bytes(source.read_bytes()[:5000])


def _version(_source: Path, _output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "VERSION_LOGICIEL", "99.0")


def _policy(*_: object) -> Settings:
    return Settings(politiques=Politiques.from_mapping({"psychiatre-plus-de-25-ans": "decret"}))


def _limits(*_: object) -> Settings:
    return Settings(max_entries=7)


def _written(_source: Path, output: Path, _: object) -> None:
    Places(output).partial.write_bytes(b"")


def _journal(_source: Path, output: Path, _: object) -> None:
    Places(output).journal.write_bytes(b"{")


CHANGES: dict[str, tuple[Change, str]] = {
    "a line already read": (_first_line, journal.CHANGED_INPUT),
    "a line added": (_added_line, journal.CHANGED_INPUT),
    "an input cut short": (_shorter, journal.CHANGED_INPUT),
    "the program": (_version, "la version du logiciel"),
    "a reading of the law": (_policy, "PARCOURS_POLICY_"),
    "the limits": (_limits, "PARCOURS_MAX_"),
    "the lines written": (_written, journal.TAMPERED),
    "the journal": (_journal, journal.ILLEGIBLE),
}


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES.keys())
def test_two_batches_that_do_not_belong_together_are_never_mixed(
    change: Change,
    told: str,
    batch: Batch,
    source: Path,
    interrupted: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = change(source, interrupted, monkeypatch)
    with pytest.raises(BatchRefused) as refused:
        batch(source, interrupted, resume=True, settings=settings)
    assert told in str(refused.value)
    assert not interrupted.exists()


def test_a_refused_resumption_can_still_be_resumed_once_all_is_as_it_was(
    batch: Batch, source: Path, interrupted: Path, reference: bytes
) -> None:
    before = source.read_bytes()
    _first_line(source)
    with pytest.raises(BatchRefused):
        batch(source, interrupted, resume=True)
    source.write_bytes(before)
    assert batch(source, interrupted, resume=True).resumed > 0
    assert interrupted.read_bytes() == reference


@pytest.mark.parametrize("name", ["out.ndjson", "out.ndjson.gz", "out.parquet"])
def test_a_death_while_the_output_is_being_named_is_no_loss(
    name: str, batch: Batch, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies once before the name is given, and once after, before the traces are removed."""
    batch(source, tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()
    for step in ("_finish", "clear"):
        with monkeypatch.context() as patch:
            _dying_at(step, patch)
            with pytest.raises(KeyboardInterrupt):
                batch(source, tmp_path / name, resume=step == "clear")
        assert (tmp_path / name).exists() is (step == "clear")
    done = batch(source, tmp_path / name, resume=True)
    assert (done.lines, done.resumed) == (60, 60)
    assert (tmp_path / name).read_bytes() == whole
    assert {path.name for path in tmp_path.iterdir()} == {"in.ndjson", name}


def _dying_at(step: str, patch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    if step == "_finish":
        patch.setattr(run, step, die)
    else:
        patch.setattr(Places, step, die)


def test_the_command_says_how_to_go_on_and_leaves_with_130(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _dying_at("_finish", monkeypatch)
    assert command(["batch", str(source), "-o", str(tmp_path / "out"), "--workers", "1"]) == 130
    assert "--resume" in capsys.readouterr().err


# ---------------------------------------------------------------- killed for good

TELLING = """
import sys
from pathlib import Path
from parcours.bulk import cutting, run
from parcours.settings import Settings
cutting.CHUNK = run.CHUNK = 40_000
run.SECONDS = 0.0
job = run.Job(source=sys.argv[1], output=Path(sys.argv[2]), resume=True)
run.run(job, Settings(), lambda progress: print(progress.lines, flush=True))
"""
"""A batch that tells of each chunk it has written, on its standard output."""


def test_killed_again_and_again_then_resumed_the_file_is_the_same(
    batch: Batch, source: Path, tmp_path: Path, reference: bytes
) -> None:
    out = tmp_path / "out"
    reached = [_killed_after(chunks, source, out) for chunks in (0, 2, 1)]
    assert reached == sorted(reached)
    assert not out.exists()
    assert batch(source, out, resume=True).resumed > 0
    assert out.read_bytes() == reference


def _killed_after(chunks: int, source: Path, out: Path) -> int:
    """Run a batch, kill it when it has told of so many chunks; the lines it had reached."""
    command = [sys.executable, "-c", TELLING, str(source), str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        told = [int(process.stdout.readline()) for _ in range(chunks)]
        process.kill()
    assert process.returncode == -signal.SIGKILL
    return max(told, default=0)
