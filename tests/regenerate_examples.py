"""Rewrite every ``examples/*/expected.json`` with what the program answers now; then read the difference.

Run by hand, from the root: ``python tests/regenerate_examples.py``. The table written by hand,
``tests/examples/attendus.csv``, is never rewritten: where the two disagree, one of them is wrong.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

DECLARATION_TESTS = runpy.run_path(str(Path(__file__).with_name("test_declaration_examples.py")))
EXAMPLE_TESTS = runpy.run_path(str(Path(__file__).with_name("test_examples.py")))


def regenerate() -> None:
    """Write the answer of every example beside its bundle."""
    for folder in EXAMPLE_TESTS["EXAMPLES"]:
        _write(folder, EXAMPLE_TESTS["answer"](folder))
    for folder in DECLARATION_TESTS["EXAMPLES"]:
        _write(folder, DECLARATION_TESTS["prepared"](folder))


def _write(folder: Path, answer: Any) -> None:
    text = json.dumps(answer, indent=2, ensure_ascii=False) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    regenerate()
