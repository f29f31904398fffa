"""What this service is compared with: Flask that gives a body back, same server, same options."""

from __future__ import annotations

import json
import sys
from typing import Any

import orjson
from flask import Flask, Response, request

from parcours.web.server import server_of

app = Flask(__name__)


@app.post("/octets")
def octets() -> Response:
    """The bytes as they came: what Flask and the server cost."""
    return Response(request.get_data(), mimetype="application/json")


@app.post("/json")
def by_the_standard_library() -> Response:
    """Read and written by the ``json`` of Python."""
    return Response(json.dumps(json.loads(request.get_data())), mimetype="application/json")


@app.post("/orjson")
def by_orjson() -> Response:
    """Read and written by the fastest library there is."""
    return Response(orjson.dumps(orjson.loads(request.get_data())), mimetype="application/json")


def loaded() -> Any:
    """What a worker serves."""
    return app


if __name__ == "__main__":
    server_of("tests.bench.echo:app", "127.0.0.1", int(sys.argv[1]), int(sys.argv[2])).serve(
        target_loader=loaded, wrap_loader=False
    )
