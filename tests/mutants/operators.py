"""The small lies a test suite must notice: one change in the source of a module, found by its place."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
}
NAMES = {
    "any_of": "all_of",
    "all_of": "any_of",
    "YES": "NO",
    "NO": "YES",
    "CONTRADICTED": "NO",
    "any": "all",
    "all": "any",
    "min": "max",
    "max": "min",
}
MACHINERY = {"dataclass", "field", "lru_cache", "TypeVar", "logging.getLogger"}
"""Calls whose arguments are about memory, speed and types, never about an answer."""
UNREAD = ("annotation", "returns", "type_params")
"""Fields of a node that no program reads when it runs."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: which of the module, on which line, in which function, what becomes what, in which text."""

    number: int
    line: int
    statement: range
    """The lines of its statement, or of the head of it: whoever runs none of them cannot notice."""
    function: str
    change: str
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs, on which lines its statement stands, and in which function."""

    node: Any
    parent: ast.AST
    field: str
    index: int | None
    statement: range
    function: str

    def put(self, node: ast.AST) -> None:
        """Replace the node that hangs here."""
        ast.copy_location(node, self.node)
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its nodes."""
    lines = source.splitlines()
    return [
        Mutant(
            number=number,
            line=place.node.lineno,
            statement=place.statement,
            function=place.function,
            change=f"{_text(place.node)} → {_text(changed)}",
            text=lines[place.node.lineno - 1].strip(),
        )
        for number, (place, changed) in enumerate(_changed(ast.parse(source)))
    ]


def mutated(source: str, number: int) -> ast.Module:
    """The module with this one change."""
    tree = ast.parse(source)
    place, changed = next(islice(_changed(tree), number, None))
    place.put(changed)
    return ast.fix_missing_locations(tree)


def _changed(tree: ast.Module) -> Iterator[tuple[_Place, ast.AST]]:
    return ((place, changed) for place in _places(tree, range(0), "") for changed in _changes(place.node))


def _text(node: ast.AST) -> str:
    return ast.unparse(node).split("\n")[0]


def _places(parent: ast.AST, statement: range, function: str) -> Iterator[_Place]:
    """Every statement and expression that runs, with its place; neither docstrings nor annotations."""
    for name, value in ast.iter_fields(parent):
        if name in UNREAD:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.stmt | ast.expr | ast.comprehension | ast.keyword | ast.arguments):
                continue
            if _is_silent(child):
                continue
            inside = f"{function}.{child.name}".lstrip(".") if isinstance(child, _NAMED) else function
            lines = _head(child) if isinstance(child, ast.stmt) else statement
            yield _Place(child, parent, name, index, lines, inside)
            yield from _places(child, lines, inside)


_NAMED = (ast.FunctionDef, ast.ClassDef)


def _head(statement: ast.stmt) -> range:
    """The lines of a statement, without those of the statements in it."""
    first = min([statement.lineno, *(node.lineno for node in getattr(statement, "decorator_list", ()))])
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or first
    return range(first, max(first, last) + 1)


def _is_silent(node: ast.AST) -> bool:
    """A docstring, an import, a list of names, what an exception says, how a class is made, a length."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in MACHINERY
    if isinstance(node, ast.keyword):
        return node.arg == "strict"  # what zip is told of two lists that are of one length
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "__all__"
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Raise | ast.Assert)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What this node may become."""
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                yield from _with(node, op, index)
        case ast.BoolOp(op=op) | ast.BinOp(op=op) | ast.AugAssign(op=op):
            yield from _with(node, op, None)
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value) if value and " " not in value:
            yield ast.Constant(f"{value}x")
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            yield ast.Name(NAMES[name], ast.Load())
        case ast.If(test=test) | ast.IfExp(test=test) if not isinstance(test, _CHANGED_BELOW):
            yield _copy(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case _:
            return


_CHANGED_BELOW = (ast.Compare, ast.UnaryOp)
"""Tests that are changed where they stand: to negate them as well would say the same twice."""


def _with(node: Any, op: ast.AST, index: int | None) -> Iterator[ast.AST]:
    other = SWAPPED.get(type(op))
    if other is not None and index is None:
        yield _copy(node, op=other())
    elif other is not None:
        yield _copy(node, ops=[other() if i == index else o for i, o in enumerate(node.ops)])


def _copy(node: Any, **fields: Any) -> Any:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
