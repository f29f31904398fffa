"""A PostgreSQL that says no, by the codes it gives: F-027, F-029."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.errors import DeadlockDetected, DiskFull, SerializationFailure
from tests.store.samples import SECRET, nouvelle

from parcours.errors import StoreUnavailable
from parcours.store import Store
from parcours.store.database import ATTEMPTS

TENANT = "cabinet"


@pytest.fixture
def opened(postgres_url: str) -> Store:
    return Store.open(postgres_url)


def refuse(store: Store, error: Callable[[], psycopg.Error], times: int) -> list[int]:
    """Have the next ``times`` declarations that are inserted refused by the server; how many were."""
    asked: list[int] = []

    @sa.event.listens_for(store._database.engine, "before_cursor_execute")
    def refusing(*asking: object) -> None:
        statement = str(asking[2])
        if statement.startswith("INSERT INTO declaration"):
            asked.append(1)
            if len(asked) <= times:
                raise sa.exc.DBAPIError.instance(statement, None, error(), psycopg.Error)

    return asked


@pytest.mark.parametrize("error", [SerializationFailure, DeadlockDetected])
def test_f027_who_collides_is_tried_three_times_again(
    error: Callable[[], psycopg.Error], opened: Store
) -> None:
    asked = refuse(opened, error, ATTEMPTS - 1)
    assert opened.declarations.create(TENANT, nouvelle()).created
    assert len(asked) == ATTEMPTS == 4
    opened.close()


@pytest.mark.parametrize(
    ("error", "times", "told"),
    [
        (SerializationFailure, 4, "simultanées"),
        (DeadlockDetected, 4, "simultanées"),
        (DiskFull, 1, "place"),
    ],
)
def test_f027_f029_what_the_server_refuses_is_told_in_our_words(
    error: Callable[[], psycopg.Error], times: int, told: str, opened: Store, caplog: pytest.LogCaptureFixture
) -> None:
    asked = refuse(opened, error, times)
    with pytest.raises(StoreUnavailable, match=told) as caught:
        opened.declarations.create(TENANT, nouvelle())
    assert len(asked) == times
    assert SECRET not in f"{caught.value} {caught.value.__cause__} {caplog.text}"
    assert opened.declarations.create(TENANT, nouvelle()).created
    opened.close()
