"""An engine of Python in an environment and a process of its own, asked line by line.

``python -m tests.bench.peers.worker duckdb.judge FILE`` reads the flat rows of FILE, a JSON line each, then
answers each line of its input with a line of JSON: ``answers``, or ``round`` and a number of seconds.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from tests.bench.peers.judging import microseconds


def main(module: str, file: str) -> None:
    """Answer until the input ends."""
    rows = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]
    judge = import_module(f"tests.bench.peers.{module}").judge(rows)
    for line in sys.stdin:
        order, *arguments = line.split()
        answer = judge.answers() if order == "answers" else microseconds(judge, float(arguments[0]))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
