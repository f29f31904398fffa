"""``parcours report``: the answers of a batch, read once and told as a page or as a CSV."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import re
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from parcours.bulk.columns import LONGEST, read_answer
from parcours.bulk.files import lines_of
from parcours.bulk.places import Places, keep, locked, open_private, rename, writing
from parcours.bulk.refusals import BatchRefused
from parcours.bulk.sections import Section, sections, told
from parcours.bulk.tally import Tally

COLUMNS = ("tableau", "cle", "libelle", "mesure", "valeur")
"""Of the CSV: one number a line, so that tables of any width go into one file."""


def write_report(answers: Path, output: Path) -> Tally:
    """Tell the answers of a batch. Raises ``BatchRefused``, ``InputUnreadable`` or ``OutputUnwritable``."""
    render = FORMS.get(output.suffix)
    if render is None:
        raise BatchRefused("Le rapport s’écrit en .html ou en .csv.")
    if answers.suffix == ".parquet":
        raise BatchRefused("Le rapport se fait des lignes (.ndjson, .ndjson.gz), non du Parquet.")
    places = Places(Path(os.path.realpath(output)))
    if places.output.exists() and answers.exists() and places.output.samefile(answers):
        raise BatchRefused("Le rapport prendrait la place des décisions : lui donner un autre nom.")
    tally = tallied(line for line, _ in lines_of(answers, LONGEST))
    with locked(places.beside("lock")), writing():
        _put(render(tally), places)
    return tally


def _put(text: str, places: Places) -> None:
    """Give the text the name of the output, or leave nothing of it. Raises ``OSError``."""
    try:
        with open_private(places.shaped, "wb") as file:
            file.write(text.encode())
            keep(file)
        rename(places.shaped, places.output)
    finally:
        places.shaped.unlink(missing_ok=True)


def tallied(lines: Iterable[bytes]) -> Tally:
    """Count lines, in constant memory."""
    tally = Tally()
    for line in lines:
        tally.add(read_answer(line))
    return tally


def as_html(tally: Tally) -> str:
    """One page: no script, nothing fetched from anywhere."""
    style = (files("parcours.bulk") / "report.css").read_text("utf-8")
    template = (files("parcours.bulk") / "report.html").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["told"] = told
    return environment.from_string(template).render(
        style=style,
        policy=_policy(style),
        tally=tally,
        period=_period(tally),
        sections=[section for section in sections(tally) if section.rows],
    )


def _policy(style: str) -> str:
    """What the page allows itself: this very style sheet."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _period(tally: Tally) -> str:
    days = [f"{day[8:]}/{day[5:7]}/{day[:4]}" for day in (tally.first_day, tally.last_day) if day]
    return " au ".join(dict.fromkeys(days))


def as_csv(tally: Tally) -> str:
    """One number a line, exact, with a point."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for section in sections(tally):
        writer.writerows(_cells(section))
    return text.getvalue()


def _cells(section: Section) -> Iterable[tuple[str, ...]]:
    for row in section.rows:
        for measure, value in zip(section.measures, row.values, strict=True):
            yield section.name, _inert(row.key), _inert(row.label), measure, str(value)


_SIGNS = r"=+@\uff1d\uff0b\uff20\uff0d-"
_FORMULA = re.compile(rf"(?:\A|[;\s\"])[^\w\s;\"{_SIGNS}]*(?=[{_SIGNS}].)", re.DOTALL)
"""Where a spreadsheet that cuts at commas, semicolons, tabs or line ends would start to calculate: also
after quotes, after what nobody sees, and at the wide signs that some take for the narrow ones."""


def _inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\g<0>'", text)


FORMS: Mapping[str, Callable[[Tally], str]] = {".html": as_html, ".csv": as_csv}
