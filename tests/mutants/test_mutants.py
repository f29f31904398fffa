"""The small lies are what they say; who tries them can tell a suite that sees from a blind one."""

import ast
import subprocess
import sys
import tomllib

import pytest
from tests.mutants.__main__ import EQUIVALENT, ROOT, Tried, everything
from tests.mutants.operators import mutants, mutated
from tests.mutants.reach import PACKAGE, Reach

LIES = {
    "a = b < c": "a = b <= c",
    "a = b == c": "a = b != c",
    "a = b is None": "a = b is not None",
    "a = b in c": "a = b not in c",
    "a = b and c": "a = b or c",
    "a = b + c": "a = b - c",
    "a = not b": "a = b",
    "a = 16": "a = 17",
    "a = 'S1'": "a = 'S1x'",
    "a = any_of(b)": "a = all_of(b)",
    "a = b if c else d": "a = b if not c else d",
    "a()": "pass",
}


@pytest.mark.parametrize(("source", "lie"), LIES.items(), ids=LIES)
def test_each_kind_of_lie_is_told(source: str, lie: str) -> None:
    assert lie in [ast.unparse(mutated(source, mutant.number)) for mutant in mutants(source)]


@pytest.mark.parametrize(
    "source",
    [
        '"""Text."""',
        "import a",
        "a: 'B'",
        "raise A('b')",
        "a = TypeVar('T')",
        "if TYPE_CHECKING:\n    a = 1",
        "__all__ = ['a']",
        "a = zip(b, c, strict=True)",
    ],
)
def test_what_no_answer_rests_on_is_left_alone(source: str) -> None:
    assert mutants(source) == []


def test_every_mutant_of_the_law_compiles() -> None:
    sampled = [tried for number, tried in enumerate(everything()) if number % 40 == 0]
    assert len(sampled) > 50
    for file, mutant in sampled:
        source = (PACKAGE / file).read_text(encoding="utf-8")
        compile(mutated(source, mutant.number), file, "exec")


def test_a_planted_bug_is_seen_by_the_tests_of_the_law_and_not_by_a_blind_suite() -> None:
    subprocess.run([sys.executable, "-m", "tests.mutants", "--quick"], cwd=ROOT, check=True, timeout=300)


def test_who_runs_no_line_of_a_statement_cannot_notice() -> None:
    source = (
        "@made(1)\ndef a(b):\n    if (\n        b\n        == 2\n    ):\n        return 3\n    return 4\n"
    )
    statements = {mutant.change: [*mutant.statement] for mutant in mutants(source)}
    assert statements == {
        "1 → 2": [1, 2],
        "b == 2 → b != 2": [3, 4, 5, 6],
        "2 → 3": [3, 4, 5, 6],
        "3 → 4": [7],
        "4 → 5": [8],
    }
    told = Reach(
        "", passed=True, seconds=1.0, lines={"a.py": {2: frozenset(), 4: frozenset("t"), 5: frozenset("u")}}
    )
    assert told.meets("a.py", range(3, 7)) == frozenset("tu")
    assert told.meets("a.py", range(2, 3)) == frozenset()
    assert told.meets("a.py", range(7, 8)) is None
    assert told.meets("b.py", range(2, 3)) is None


def test_every_excuse_is_of_a_mutant_that_there_is() -> None:
    excused = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    assert excused.keys() <= {Tried(file, mutant, ()).name for file, mutant in everything()}
