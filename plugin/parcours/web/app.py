"""The application: settings in, blueprints registered, nothing else."""

from __future__ import annotations

import datetime as dt
import os
from zoneinfo import ZoneInfo

from parcours.clients import Clients
from parcours.service import Service, open_annuaire
from parcours.settings import Settings
from parcours.store import Store
from parcours.web import (
    access,
    admission,
    auditing,
    batch_api,
    cds_hooks,
    cors,
    counting,
    declarations_api,
    definitions_api,
    fhir_api,
    handover_api,
    health,
    hosts,
    limits,
    metrics,
    negotiation,
    observing,
    openapi,
    replies,
    smart,
    tokens_api,
    trust,
)
from parcours.web.application import Application
from parcours.web.pages import site


def create_app(
    settings: Settings | None = None,
    service: Service | None = None,
    store: Store | None = None,
    clients: Clients | None = None,
    ledger: limits.Ledger | None = None,
) -> Application:
    """A new, independent application; without ``settings``, those of the environment.

    ``clients``: those of the settings, read before. ``ledger``: what the workers of one machine count
    together; without it, this application counts alone.

    Raises ``SettingsError`` for a bad setting, ``LawError`` for a bad rule base and ``StoreUnusable``
    for a database that is not to be trusted: it does not start. ``LookupError``: a route that nobody owns.
    """
    settings = settings or Settings.from_env(os.environ)
    service = service or Service(settings, open_annuaire(settings, _today))
    app = Application(settings, service, store or Store.open(settings.database))
    observing.register(app, metrics.register(app, settings, service.annuaire))
    for face in (fhir_api, declarations_api, handover_api, definitions_api, batch_api, cds_hooks, tokens_api):
        app.register_blueprint(face.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(openapi.blueprint)
    replies.register(app, secure=settings.url.startswith("https://"))
    auditing.register(app, app.store, settings.keys, access.OWNERS)
    clients = Clients.load(settings.clients) if clients is None else clients
    negotiation.register(app)
    limits.register(app, settings, clients, ledger)
    hosts.register(app, settings, clients)
    trust.register(app, trust.Gate.of(settings, clients, app.store) if clients else None)
    access.register(app)
    limits.count_callers(app)
    cors.register(app, clients)
    counting.register(app, app.store.activite)
    smart.register(app, settings, clients, app.store)
    site.register(app, clients)
    access.assert_owned(app)
    admission.register(app)
    return app


def _today() -> dt.date:
    return dt.datetime.now(ZoneInfo("Europe/Paris")).date()
