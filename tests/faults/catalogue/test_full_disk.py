"""F-012: the disk of the database is full, and has space again, as the clients of the service see it."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.catalogue.prepared import prepare
from werkzeug.test import TestResponse

from parcours.settings import Settings
from parcours.web import create_app

SPACE = 60_000
"""Bytes that the service finds free: enough for a few declarations."""


def id_of(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    found: str = answer.get_json(force=True)["entry"][0]["resource"]["id"]
    return found


def fill(disk: Path, left: int) -> None:
    """Put something there that leaves so many bytes."""
    found = os.statvfs(disk)
    with (disk / "ballast").open("ab") as ballast:
        ballast.write(bytes(found.f_bavail * found.f_bsize - left))


def test_f012_on_a_full_disk_what_is_written_is_refused_until_there_is_space(small_disk: Path) -> None:
    """To read a declaration leaves a record in the audit, on the same disk: it is refused too (F-013)."""
    app = create_app(Settings(database=str(small_disk / "kept" / "parcours.sqlite")))
    client, kept, refused = app.test_client(), [id_of(prepare(app, "0"))], prepare(app, "0")
    fill(small_disk, SPACE)
    while refused.status_code == 200:
        refused = prepare(app, str(len(kept)))
        kept += [id_of(refused)] if refused.status_code == 200 else []
    assert (refused.status_code, refused.get_json(force=True)["issue"][0]["code"]) == (503, "transient")
    assert int(refused.headers["Retry-After"]) > 0
    fill(small_disk, 0)
    read = [client.get(f"/fhir/Task/{kept[0]}").status_code for _ in range(20)]
    assert (set(read) <= {200, 503}, read[-1]) == (True, 503)
    assert [client.get(path).status_code for path in ("/health/live", "/fhir/metadata")] == [200, 200]
    (small_disk / "ballast").unlink()
    assert client.get(f"/fhir/Task/{kept[0]}").status_code == 200
    assert [id_of(prepare(app, str(number))) for number in range(len(kept))] == kept
    assert id_of(prepare(app, str(len(kept)))) not in kept
    app.store.close()
