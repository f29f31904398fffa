"""Everything we publish and everything we answer, through HL7's validation engine.

python -m pds.conformance      (after the validator was built: see the Makefile)
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

from pds.generate import GUIDE, ROOT
from pds.responses import record
from pds.sushi import GENERATED
from pds.validator import Remark, Report, validate

REMARKS = GUIDE / "remarques.csv"
"""Every warning that is left, with its reason."""

KINDS = {"examples": "exemple", "responses": "réponse"}


def check(work: Path) -> Report:
    """Validate definitions, examples and answers recorded now in ``work``."""
    record(ROOT / "examples", work / "responses")
    return validate((GUIDE / GENERATED, GUIDE / "input", work / "responses"), work)


def explained(tool: str) -> set[tuple[str, str]]:
    """The warnings of one tool that are listed: on what, and what it says."""
    with REMARKS.open(encoding="utf-8", newline="") as lines:
        return {(row["sur"], row["remarque"]) for row in csv.DictReader(lines) if row["outil"] == tool}


def warnings(report: Report) -> set[tuple[str, str]]:
    """The warnings of the engine, each kind once: on what, and what it says."""
    return {(_on(remark), remark.what) for remark in report.of("warning")}


def _on(remark: Remark) -> str:
    path = Path(remark.file)
    is_example = "-exemple" in path.name
    return "exemple" if is_example else KINDS.get(path.parent.name, "définition")


def main() -> int:
    """Print figures; 0 when there is no error and no warning without a reason."""
    with tempfile.TemporaryDirectory() as work:
        report = check(Path(work))
    unexplained = warnings(report) ^ explained("validateur HL7")
    errors = [f"{Path(r.file).name} {r.where}: {r.what}" for r in report.of("error")]
    for line in (*errors, *(f"{on}: {what}" for on, what in sorted(unexplained))):
        sys.stderr.write(f"{line}\n")
    sys.stderr.write(
        f"HL7 validator: {len(report.checked)} resources, {len(errors)} errors, "
        f"{len(report.of('warning'))} warnings of {len(warnings(report))} kinds, "
        f"{len(unexplained)} of them not listed, or listed and gone\n"
    )
    return 1 if errors or unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
