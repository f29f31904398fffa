"""Each row of the table gets its answer: ours, in FHIR, quickly, and without a word of the request."""

import json

import pytest
from flask.testing import FlaskClient
from tests.inputs.row import Row
from tests.inputs.rows import rows

from parcours.settings import Settings
from parcours.web import create_app

ROWS = rows()


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings()).test_client()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_bad_input_has_its_answer(row: Row, client: FlaskClient) -> None:
    answer = client.post(
        "/fhir/Encounter/$evaluate-parcours",
        data=row.body,
        content_type="application/fhir+json",
        headers={"Prefer": "handling=strict"} if row.strict else {},
    )
    content = json.loads(answer.data)
    if isinstance(row.expected, int):
        assert answer.status_code == row.expected, content
        assert content["resourceType"] == "OperationOutcome"
        assert any(issue["severity"] in ("error", "fatal") for issue in content["issue"])
    else:
        assert answer.status_code == 200, content
        assert position(content) == row.expected
        assert row.says in answer.text


def position(answer: dict[str, object]) -> str:
    """The position that the ClaimResponse tells."""
    text = json.dumps(answer)
    start = text.index('"url": "position", "valueCode": "') + len('"url": "position", "valueCode": "')
    return text[start : text.index('"', start)]
