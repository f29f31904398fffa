"""``parcours serve``: the service over HTTP, on this machine."""

from __future__ import annotations

import os

import click

from parcours.settings import HOST, PORT, WORKERS, Settings


@click.command("serve")
@click.option("--host", help="Adresse d’écoute (PARCOURS_HOST, 127.0.0.1 par défaut).")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port (PARCOURS_PORT, 8080 par défaut).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processus (PARCOURS_WORKERS, 1 par défaut).")
def serve_command(host: str | None, port: int | None, workers: int | None) -> int:
    """Répond en HTTP jusqu’à ce qu’on l’interrompe."""
    # The server and what it brings take a while to import: the other commands do without.
    from parcours.logs import say
    from parcours.web import server

    options = {HOST.name: host, PORT.name: port, WORKERS.name: workers}
    given = {name: str(value) for name, value in options.items() if value is not None}
    settings = Settings.from_env({**os.environ, **given})

    def announce() -> None:
        say(f"parcours répond sur {settings.url}/fhir/metadata")

    return server.serve(settings, announce)
