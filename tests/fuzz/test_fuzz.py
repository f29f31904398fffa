"""A short run of the handler's fuzz, and its control: a bug that is put in is found."""

import zipfile
from pathlib import Path

from tests.fuzz import handler, public_files
from tests.fuzz.__main__ import plant
from tests.fuzz.spoiling import spoilt

from parcours.settings import Settings
from parcours.web import create_app


def test_whatever_is_sent_one_of_our_answers_comes_back(tmp_path: Path) -> None:
    app = create_app(Settings(database=str(tmp_path / "base.sqlite")))
    found = handler.run(app, handler.drawn(300, seed=11))
    assert found.failures == []
    assert len(found.statuses) >= 3
    plant(app)
    assert handler.run(app, handler.drawn(30, seed=11)).failures


def test_every_public_file_of_an_archive_is_sent_alone_and_beside_a_visit(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "files.jar", "w") as archive:
        archive.writestr("b.json", '{"resourceType": "Basic"}')
        archive.writestr("a.json", "not JSON")
        archive.writestr("c.xml", "<c/>")
    sent = [*public_files.requests(public_files.corpus(tmp_path / "files.jar"))]
    assert sent[::2] == [b"not JSON", b'{"resourceType": "Basic"}']
    app = create_app(Settings(database=str(tmp_path / "base.sqlite")))
    statuses = [handler.run(app, [body]).statuses for body in sent]
    assert statuses == [{400: 1}, {400: 1}, {422: 1}, {200: 1}]


def test_the_same_seed_spoils_the_same_way() -> None:
    def first(seed: int) -> list[bytes]:
        bodies = spoilt([{"a": {"b": [1, 2, {"c": "d"}]}}], seed)
        return [next(bodies) for _ in range(50)]

    assert first(1) == first(1) != first(2)
