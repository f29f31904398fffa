"""A long input is cut at the same places, loses nothing, and never fills the memory."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from parcours.bulk.cutting import Chunk, Range, cut

INPUTS = {
    "empty": b"",
    "one line": b"one\n",
    "no final newline": b"one\ntwo",
    "blank lines": b"\n\none\n\n",
    "windows": b"one\r\ntwo\r\n",
    "long among short": b"a\n" + b"b" * 90 + b"\nc\n",
    "longer than a chunk": b"a\n" + b"b" * 300 + b"\nc\n",
    "longest at the end": b"a\n" + b"b" * 300,
    "many": b"".join(b"line %d\n" % n for n in range(500)),
}
each_input = pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS.keys())
each_size = pytest.mark.parametrize("size", [1, 7, 64, 10_000])


def chunks(data: bytes, size: int, longest: int = 1000) -> list[Chunk]:
    return list(cut(io.BytesIO(data), longest, lambda: 0, size=size))


def lines(data: bytes) -> list[bytes]:
    """As a text editor numbers them."""
    found = data.split(b"\n")
    return found if found[-1] else found[:-1]


@each_input
@each_size
def test_every_line_is_in_one_chunk_under_its_number(data: bytes, size: int) -> None:
    found = [line for chunk in chunks(data, size) for line in enumerate(chunk.split(), chunk.first_line)]
    assert found == list(enumerate(lines(data), start=1))


@each_input
@each_size
def test_a_chunk_knows_how_many_lines_it_has(data: bytes, size: int) -> None:
    assert all(chunk.lines == len(chunk.split()) for chunk in chunks(data, size))


@each_input
def test_whoever_reads_his_own_range_of_the_file_reads_the_same(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(data)
    with path.open("rb") as file:
        ranged = list(cut(file, 100, file.tell, path=path, size=64))
    assert all(isinstance(chunk.content, Range) for chunk in ranged)
    assert [chunk.split() for chunk in ranged] == [chunk.split() for chunk in chunks(data, 64, longest=100)]


def test_of_a_line_that_is_too_long_only_enough_is_kept_to_refuse_it() -> None:
    found = chunks(b"a\n" + b"b" * 5000 + b"\nc", size=64, longest=100)
    assert [chunk.split() for chunk in found] == [[b"a"], [b"b" * 101], [b"c"]]
    assert [chunk.first_line for chunk in found] == [1, 2, 3]


def test_the_digest_tells_any_change_in_what_was_read_and_no_later_one() -> None:
    data = INPUTS["many"]
    changed = data[:1000] + b"X" + data[1001:]
    pairs = list(zip(chunks(data, 64), chunks(changed, 64), strict=True))
    place = next(rank for rank, (one, other) in enumerate(pairs) if one.split() != other.split())
    same = [one.digest == other.digest for one, other in pairs]
    assert same == [True] * place + [False] * (len(pairs) - place)


def test_what_was_cut_short_still_counts_in_the_digest() -> None:
    one, other = (chunks(b"b" * 300 + end + b"\n", 64, longest=100)[0] for end in (b"x", b"y"))
    assert one.split() == other.split()
    assert one.digest != other.digest
