"""The small lies are what they say; who tries them can tell a suite that sees from a blind one."""

import ast
import subprocess
import sys

import pytest
from tests.mutants.__main__ import PACKAGE, ROOT, everything
from tests.mutants.operators import mutants, mutated

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
    ['"""Text."""', "import a", "a: 'B'", "raise A('b')", "a = TypeVar('T')", "if TYPE_CHECKING:\n    a = 1"],
)
def test_what_no_answer_rests_on_is_left_alone(source: str) -> None:
    assert mutants(source) == []


def test_every_mutant_of_the_law_compiles() -> None:
    sampled = [tried for number, tried in enumerate(everything()) if number % 40 == 0]
    assert len(sampled) > 50
    for tried in sampled:
        assert tried.mutant is not None
        source = (PACKAGE / tried.file).read_text(encoding="utf-8")
        compile(mutated(source, tried.mutant.number), tried.file, "exec")


def test_a_planted_bug_is_seen_by_the_tests_of_the_law_and_not_by_a_blind_suite() -> None:
    subprocess.run([sys.executable, "-m", "tests.mutants", "--quick"], cwd=ROOT, check=True, timeout=300)
