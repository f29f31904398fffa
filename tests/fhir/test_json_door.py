"""Bodies that are not JSON in our strict form, or too large: refused before anything is built."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.fhir.builders import encode, visit

from parcours.errors import InputError, MalformedInput, TooLarge
from parcours.fhir.json_door import MAX_NODES, Limits, check_json
from parcours.fhir.reading import read_request

PATIENT = (
    b'{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient",%s}}]}'
)


def nested(levels: int) -> Any:
    node: dict[str, Any] = {"url": "a"}
    for _ in range(levels):
        node = {"url": "a", "extension": [node]}
    return node


MALFORMED = {
    "empty": b"",
    "only spaces": b" \n\t ",
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-16 without a mark": '{"a": 1}'.encode("utf-16-le"),
    "UTF-32": '{"a": 1}'.encode("utf-32-be"),
    "windows-1252": '{"a": "é"}'.encode("cp1252"),
    "over-long UTF-8": b'{"a": "\xc0\xaf"}',
    "XML": b"<Bundle/>",
    "trailing comma": b'{"a": 1,}',
    "comment": b'{"a": 1 /* */}',
    "single quotes": b"{'a': 1}",
    "trailing garbage": b"{} x",
    "two documents": b"{}{}",
    "raw newline in a string": b'{"a": "\n"}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": Infinity}',
    "minus Infinity": b'{"a": -Infinity}',
    "a number out of range": b'{"a": 1e999}',
    "21 digits": b'{"a": ' + b"1" * 21 + b"}",
    "5,000 digits": b'{"a": ' + b"1" * 5000 + b"}",
    "a key twice at the top": b'{"a": 1, "a": 1}',
    "a key twice, once escaped": b'{"a": 1, "\\u0061": 1}',
    "birthDate twice": PATIENT % b'"birthDate":"1980-01-01","birthDate":"1990-01-01"',
    "half a surrogate pair in a value": b'{"a": "\\ud800"}',
    "half a surrogate pair in a key": b'{"\\uD800": 1}',
    "a million open brackets": b"[" * 1_000_000,
    "a million nested objects": b'{"a":' * 300_000,
    "unterminated string": b'"' * 1_000_000,
    "depth 51": b"[" * 51 + b"]" * 51,
    "extensions 100 deep": encode({"resourceType": "Patient", "extension": [nested(100)]}),
    "extensions 200 deep": encode({"resourceType": "Patient", "extension": [nested(200)]}),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_strict_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedInput) as refused:
        read_request(body)
    assert [p.code for p in refused.value.problems] == ["structure"]
    assert refused.value.status == 400


def test_depth_fifty_a_pair_of_surrogates_and_twenty_digits_are_json() -> None:
    check_json(b"[" * 50 + b"]" * 50, Limits())
    check_json(b'{"a": "\\ud83d\\ude00", "b": ' + b"1" * 20 + b', "c": "[[[{{{\\""}', Limits())


def entries(count: int) -> bytes:
    return b'{"resourceType":"Bundle","type":"collection","entry":[' + b",".join([b"{}"] * count) + b"]}"


TOO_LARGE = {
    "over two mebibytes": b'{"a": "' + b"x" * (2 * 1024 * 1024) + b'"}',
    "501 entries": entries(501),
    "600,000 entries": entries(600_000),
    "501 parameters": entries(501).replace(b"Bundle", b"Parameters").replace(b"entry", b"parameter"),
    "100,000 names": PATIENT % (b'"name":[' + b",".join([b'{"family":"x"}'] * 100_000) + b"]"),
}


@pytest.mark.parametrize("body", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_refused_with_413(body: bytes) -> None:
    with pytest.raises(TooLarge) as refused:
        read_request(body)
    assert [p.code for p in refused.value.problems] == ["too-long"]


def test_bounds_are_the_callers_to_choose() -> None:
    with pytest.raises(TooLarge):
        read_request(encode(visit()), limits=Limits(octets=100))
    with pytest.raises(TooLarge):
        read_request(encode(visit()), limits=Limits(entrees=2))
    with pytest.raises(MalformedInput):
        read_request(encode(visit()), limits=Limits(profondeur=4))


def test_a_nested_bundle_is_bounded_like_any_other() -> None:
    inner = entries(501).decode()
    body = f'{{"resourceType":"Parameters","parameter":[{{"name":"resource","resource":{inner}}}]}}'
    with pytest.raises(TooLarge):
        read_request(body.encode())


@pytest.mark.parametrize("body", [TOO_LARGE["600,000 entries"], MALFORMED["a million open brackets"]])
def test_a_hostile_body_costs_little(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(InputError):
        read_request(body)
    assert time.process_time() - started < 0.5


def test_the_bound_on_nodes_leaves_room_for_a_full_request() -> None:
    nodes = encode(visit()).count(b"{") + encode(visit()).count(b"[")
    assert nodes / 5 * 500 < MAX_NODES
