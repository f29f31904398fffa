"""F-025: a PostgreSQL whose machine is gone says nothing any more, not even that it is."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import sqlalchemy as sa
from psycopg import pq
from psycopg.conninfo import make_conninfo

from parcours.store.postgres import CONNECT_S, server_engine

WANTED = {"TCP_USER_TIMEOUT": CONNECT_S * 1000, "TCP_KEEPIDLE": CONNECT_S, "TCP_KEEPINTVL": 1}


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux bounds what nobody acknowledges"
)
def test_f025_what_a_server_does_not_acknowledge_is_waited_for_as_long_as_a_connection() -> None:
    """What the system is asked of each connection. That it does so was tried once, between two network
    namespaces whose route was taken away: 3 to 6 s, and without it more than forty."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = server_engine(f"postgresql://parcours@127.0.0.1:{silent.getsockname()[1]}/x")
        told: dict[str, int] = {}

        @sa.event.listens_for(engine, "do_connect")
        def begin(_dialect: object, _record: object, _more: object, asked: dict[str, Any]) -> None:
            del asked["context"]
            begun = pq.PGconn.connect_start(make_conninfo(**asked).encode())
            with socket.socket(fileno=socket.dup(begun.socket)) as wire:
                told["alive"] = wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                for name in WANTED:
                    told[name] = wire.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
            begun.finish()
            raise ConnectionError

        with pytest.raises(ConnectionError):
            engine.connect()
    assert told == {"alive": 1, **WANTED}
