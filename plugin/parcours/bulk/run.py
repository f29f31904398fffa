"""A batch, from input to output: cut, answered in parallel, written in order, resumable at any moment.

The lines go to a hidden file beside the output; a journal says how many of them are on the disk. The output
gets its name once it is whole.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from parcours import VERSION_LOGICIEL
from parcours.bulk.answers import BOM
from parcours.bulk.crew import Crew
from parcours.bulk.cutting import CHUNK, Chunk
from parcours.bulk.forms import form_of
from parcours.bulk.journal import CHANGED_INPUT, Conditions, State, load, save
from parcours.bulk.places import Places, keep, locked, open_private, rename, writing
from parcours.bulk.refusals import BatchRefused
from parcours.bulk.sources import STDIN, Source, open_source
from parcours.bulk.worker import Answers, work
from parcours.fhir.reading import Validate
from parcours.law import droit
from parcours.settings import Settings

SECONDS = 1.0
"""Between two entries of the journal: what a death costs at most, beside the chunks under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is asked: where from, where to, how."""

    source: str
    output: Path
    workers: int = 1
    resume: bool = False
    validate: Validate = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a batch is. ``done`` and ``size`` are bytes of the input; ``size`` may be unknown."""

    lines: int
    refused: int
    blank: int
    done: int
    size: int | None
    deaths: int = 0
    resumed: int = 0
    """Lines that an earlier run had already answered."""
    unread: int = 0
    """Lines of an export folder, beside the visits, that are no resource."""


Told = Callable[[Progress], None]


def cores() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(job: Job, settings: Settings, told: Told) -> Progress:
    """Answer every line; ``told`` hears of each chunk. Raises ``ParcoursError``; may be interrupted.

    Whatever stops it, the output is as it was before, and ``resume`` goes on.
    """
    places = Places(Path(os.path.realpath(job.output)))
    form = form_of(job.output)
    # A line is judged without the mark at the head of its file: what is kept of it must be enough to say no.
    source = open_source(job.source, settings.max_bytes + len(BOM), places.index)
    if job.resume and not source.resumable:
        raise BatchRefused("Une entrée standard ne se reprend pas : elle n’est lue qu’une fois.")
    with writing():
        _check(Path(job.source), places.output)
    with locked(places.beside("lock")):
        state = _state(job, settings, places, source)
        batch = Batch(job, settings, places, source, state, told)
        if not (state.finished and not places.partial.exists()):
            batch.answer()
            with writing():
                _finish(places, form)
        places.clear()
        return batch.progress


def _check(source: Path, output: Path) -> None:
    """The output is or will be a file, whose name does not mean a stream, and no part of the input."""
    if output.name == STDIN or not output.parent.is_dir() or (output.exists() and not output.is_file()):
        raise BatchRefused("La sortie est un fichier, dans un dossier qui existe.")
    for place in (output, output.parent):
        if source.exists() and place.exists() and place.samefile(source):
            raise BatchRefused("La sortie est l’entrée elle-même, ou dans le dossier de l’export.")


def _state(job: Job, settings: Settings, places: Places, source: Source) -> State:
    conditions = Conditions(
        entree=source.identity(),
        logiciel=VERSION_LOGICIEL,
        droit=droit().version,
        politiques=settings.politiques.choisies,
        validation=job.validate,
        limites=(settings.max_bytes, settings.max_entries, settings.max_depth),
        morceau=CHUNK,
    )
    found = load(places, conditions) if job.resume else None
    if found is None:
        with writing():
            places.clear()
    return found or State(conditions)


def _finish(places: Places, form: Callable[[Path, Path], None] | None) -> None:
    """Give the output its form and its name."""
    if form is None:
        rename(places.partial, places.output)
        return
    form(places.partial, places.shaped)
    rename(places.shaped, places.output)


@dataclass(slots=True)
class Batch:
    """The lines being answered, and what is known of them."""

    job: Job
    settings: Settings
    places: Places
    source: Source
    state: State
    told: Told
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        s = self.state
        self.progress = Progress(
            lines=s.lines, refused=s.refused, blank=s.blank, done=0, size=self.source.size, resumed=s.lines
        )

    def answer(self) -> None:
        """Write the answer to every line that has none yet; what is written is on the disk at the end."""
        with ExitStack() as stack:
            file = stack.enter_context(self._opened())
            crew = stack.enter_context(
                Crew(self.job.workers, partial(work, self.settings, self.job.validate))
            )
            try:
                self._write(file, crew)
            finally:
                with writing():
                    self._save(file)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The partial file, without what the journal does not vouch for."""
        with writing():
            file = open_private(self.places.partial, "ab")
            file.truncate(self.state.octets)
        try:
            yield file
        finally:
            with writing():  # what did not fit on the disk is written again
                file.close()

    def _write(self, file: BinaryIO, crew: Crew) -> None:
        saved = time.monotonic()
        for answers in crew.answers(self._chunks(), self.state.chunks):
            with writing():
                file.write(answers.text)
            self._count(answers, crew.deaths)
            if time.monotonic() - saved > SECONDS:
                with writing():
                    self._save(file)
                saved = time.monotonic()
            self.told(self.progress)
        self.state = msgspec.structs.replace(self.state, finished=True)

    def _chunks(self) -> Iterator[Chunk]:
        """What is still to do, once what was done is found again as it was. Raises ``BatchRefused``."""
        done, digest = self.state.chunks, self.state.digest
        chunks = self.source.chunks()
        again = deque(islice(chunks, done), maxlen=1)
        if done and [(chunk.number + 1, chunk.digest) for chunk in again] != [(done, digest)]:
            raise BatchRefused(CHANGED_INPUT)
        yield from chunks

    def _count(self, answers: Answers, deaths: int) -> None:
        chunk, before = answers.chunk, self.state
        self.state = msgspec.structs.replace(
            before,
            chunks=chunk.number + 1,
            digest=chunk.digest,
            octets=before.octets + len(answers.text),
            lines=before.lines + chunk.lines,
            refused=before.refused + answers.refused,
            blank=before.blank + answers.blank,
        )
        self.progress = replace(
            self.progress,
            lines=self.state.lines,
            refused=self.state.refused,
            blank=self.state.blank,
            done=chunk.progress,
            deaths=deaths,
            unread=self.source.unread,
        )

    def _save(self, file: BinaryIO) -> None:
        """First the lines, then the journal that vouches for them."""
        keep(file)
        save(self.places, self.state)
