"""F-055: an answer of the directory cut anywhere on its way is never used, not even in part."""

from __future__ import annotations

import json

import pytest
from tests.fhir.builders import DOC
from tests.remote.directory import activity, directory, page, person
from tests.remote.fault_proxy import FaultProxy
from tests.remote.loopback import Listen, answer, says_and_leaves

from parcours.remote.annuaire import Directory, DirectoryUnreachable
from parcours.remote.deadline import Deadline

BODY = json.dumps(page(person(), activity()), separators=(",", ":")).encode()
HALF = len(BODY) // 2
PIECES = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:HALF], BODY[HALF:], b""))
COMPLETE = ["Practitioner", "PractitionerRole"]


def obtained(api: Directory) -> list[str]:
    """The kinds of what a look-up brought; nothing when it failed."""
    try:
        return [resource["resourceType"] for resource in api.look_up(DOC, Deadline.after(5))]
    except DirectoryUnreachable:
        return []


@pytest.mark.parametrize(
    ("whole", "spare", "reset"),
    [
        pytest.param(answer(BODY), 0, False, id="length announced"),
        pytest.param(answer(BODY), 0, True, id="length announced, connection reset"),
        # A piece of length 0 is the last one: the four bytes after that figure say nothing more.
        pytest.param(
            answer(PIECES, Content_Length="", Transfer_Encoding="chunked"), 4, False, id="in pieces"
        ),
        pytest.param(answer(BODY, Content_Length=""), 0, False, id="until the connection ends"),
    ],
)
def test_f055_an_answer_cut_at_any_byte_is_no_answer(
    listen: Listen, whole: bytes, spare: int, reset: bool
) -> None:
    upstream = listen(says_and_leaves(whole))
    needed = len(whole) - spare
    with FaultProxy(upstream.port) as proxy:
        api = directory(proxy.base())
        proxy.reset = reset
        for proxy.cut in range(needed):
            assert obtained(api) == []
        proxy.cut, proxy.reset = needed, False
        assert obtained(api) == COMPLETE
        assert proxy.passed == len(whole), "the proxy hands on what the server said"
    assert len(upstream.heads) == needed + 1
