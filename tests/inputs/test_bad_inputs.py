"""Each row of the table gets its answer: ours, in FHIR, quickly, and without a word of the request."""

import json
import time

import pytest
from flask.testing import FlaskClient
from tests.inputs.row import Row
from tests.inputs.rows import rows

from parcours.fhir.validity import prepare
from parcours.settings import Settings
from parcours.web import create_app

ROWS = rows()
SLOW_S = 1.0
"""Of this process: the machine may have other things to do."""
LONGEST_REFUSAL = 10_000
"""Octets: the place and the kind of what is wrong, and nothing of what was sent."""

pytestmark = pytest.mark.no_cover  # a bound on time is not that of a process whose lines are counted


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    prepare()
    return create_app(Settings(database=str(tmp_path_factory.mktemp("rows") / "x.sqlite"))).test_client()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_bad_input_has_its_answer(row: Row, client: FlaskClient) -> None:
    began = time.process_time()
    answer = client.post(
        "/fhir/Encounter/$evaluate-parcours",
        data=row.body,
        content_type="application/fhir+json",
        headers={"Prefer": "handling=strict"} if row.strict else {},
    )
    assert time.process_time() - began < SLOW_S
    content = json.loads(answer.data)
    if isinstance(row.expected, int):
        assert answer.status_code == row.expected, content
        assert content["resourceType"] == "OperationOutcome"
        assert any(issue["severity"] in ("error", "fatal") for issue in content["issue"])
        assert len(answer.data) < LONGEST_REFUSAL
    else:
        assert answer.status_code == 200, content
        assert position(content) == row.expected
    said = json.dumps(content, ensure_ascii=False)
    assert row.says in said
    assert row.never not in said


def position(answer: dict[str, object]) -> str:
    """The position that the ClaimResponse tells."""
    text = json.dumps(answer)
    start = text.index('"url": "position", "valueCode": "') + len('"url": "position", "valueCode": "')
    return text[start : text.index('"', start)]
