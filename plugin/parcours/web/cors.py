"""Which pages of other origins may call the CDS services: those of the clients file, and no other.

Without a clients file: pages served by this machine. Cookies play no part, so credentials are never
allowed; a page sends its token itself.
"""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, request

from parcours.clients import Clients
from parcours.remote.endpoints import Endpoint

CDS_PREFIX = "/cds-services"
HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "600",  # seconds a browser may remember it
}


def register(app: Flask, clients: Clients) -> None:
    """Let the pages of these clients call the CDS services of an application."""
    app.after_request(partial(_allow, clients))


def _allow(clients: Clients, response: Response) -> Response:
    if not f"{request.path}/".startswith(f"{CDS_PREFIX}/"):
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin in clients.origins if clients else _is_local(origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        if request.method == "OPTIONS":
            response.headers.update(HEADERS)
    return response


def _is_local(origin: str) -> bool:
    try:
        page = Endpoint.parse(origin)
    except ValueError:
        return False
    return page.on_this_machine and page.origin == origin
