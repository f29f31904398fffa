"""Classes of attack that no other test is about (docs/security.md)."""

from __future__ import annotations

import io
from pathlib import Path

from tests.access.states import served
from tests.duties.test_identity import VISIT
from tests.fhir.builders import bundle, coverage, patient

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.negotiation import FORM, MAX_FORM
from parcours.web.smart import LEAVING
from parcours.web.tokens_api import REVOKE_PATH
from parcours.web.trust import GRANTING


def test_c13_however_much_is_wrong_the_headers_of_the_answer_stay_as_they_are() -> None:
    client = create_app(Settings()).test_client()
    names = []
    for many in (1, 300):
        wrong = [coverage(f"c{rank}", inconnu=rank) for rank in range(many)]
        reply = client.post(
            "/fhir/$evaluate-parcours",
            json=bundle(VISIT, patient(), *wrong),
            headers={"Prefer": "handling=strict"},
        )
        assert reply.status_code == 422
        assert len(reply.get_json(force=True)["issue"]) >= many
        assert len(str(reply.headers)) < 4096
        names.append(sorted(reply.headers.keys()))
    assert names[0] == names[1]


def test_c12_a_form_in_parts_is_taken_by_no_route_of_software() -> None:
    client = create_app(Settings()).test_client()
    parts = {f"part{rank}": "x" for rank in range(2000)}
    for path in ("/fhir/$evaluate-parcours", "/fhir", "/cds-services/parcours-encounter-start"):
        reply = client.post(path, data=parts, content_type="multipart/form-data")
        assert reply.status_code == 415, path


class Untouchable(io.RawIOBase):
    """A body that nobody should look into."""

    def readable(self) -> bool:
        raise AssertionError


def test_c12_a_long_form_is_not_taken_apart_for_somebody_unknown(tmp_path: Path) -> None:
    client = served(tmp_path).test_client()
    sent = {"wsgi.input": Untouchable(), "CONTENT_LENGTH": str(MAX_FORM + 1)}
    for path in ("/fhir/ValueSet/_search", GRANTING, REVOKE_PATH, LEAVING):
        reply = client.post(path, content_type=FORM, environ_overrides=sent)
        assert reply.status_code == 413, path
