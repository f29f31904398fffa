"""The form of an output, by the end of its name: lines as they are, compressed lines, or Parquet columns."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from parcours.bulk.places import keep, open_private
from parcours.bulk.refusals import BatchRefused

NO_PARQUET = "La sortie Parquet demande un complément : pip install 'parcours-soins[parquet]'."

Form = Callable[[Path, Path], None]
"""Makes, from a file of lines, the file of another form, whole and on the disk. Raises ``OSError``."""


def form_of(output: Path) -> Form | None:
    """The form wanted; ``None`` when lines are. Raises ``BatchRefused`` when it cannot be made here."""
    if output.suffix == ".gz":
        return compress
    if output.suffix != ".parquet":
        return None
    if find_spec("pyarrow") is None:
        raise BatchRefused(NO_PARQUET)
    from parcours.bulk.parquet import to_parquet  # an extra: only who asks for it needs it

    return to_parquet


def compress(lines: Path, made: Path) -> None:
    """The same lines, compressed; neither name nor date inside: the same lines give the same bytes."""
    with lines.open("rb") as source, open_private(made, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as compressed:
            shutil.copyfileobj(source, compressed, 1024 * 1024)
        keep(file)
