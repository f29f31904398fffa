"""F-030: a replica takes over that lacks the last commit. Nobody is told; the key makes up for it."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit

import pytest
from tests.store.databases import SERVICE, Cluster
from tests.store.samples import move, nouvelle

from parcours.errors import StaleVersion
from parcours.store import Store

TENANT = "cabinet"


def test_f030_who_asks_again_with_his_key_has_one_declaration_after_a_commit_was_left_behind(
    cluster: Cluster, postgres_url: str
) -> None:
    kept, lost = nouvelle("kept"), nouvelle("lost")
    with closing(Store.open(postgres_url)) as store:
        store.declarations.create(TENANT, kept)
    name = urlsplit(postgres_url).path.removeprefix("/")
    cluster.execute(f"CREATE DATABASE {name}_behind TEMPLATE {name} OWNER {SERVICE}")
    with closing(Store.open(postgres_url)) as store:
        store.declarations.create(TENANT, lost)
        store.declarations.advance(TENANT, kept.id, 1, move("signee"))
    with closing(Store.open(cluster.url(f"{name}_behind"))) as store:
        assert store.declarations.read(TENANT, lost.id) is None
        with pytest.raises(StaleVersion):  # seen, and refused: the move that is lost is not built upon
            store.declarations.advance(TENANT, kept.id, 2, move("transmise"))
        created = [
            store.declarations.create(TENANT, nouvelle(name)).created for name in ("lost", "lost", "kept")
        ]
        assert created == [True, False, False]
