"""The application: settings in, blueprints registered, nothing else."""

from __future__ import annotations

import os

from parcours.service import Service
from parcours.settings import Settings
from parcours.web import batch_api, definitions_api, fhir_api, health, replies
from parcours.web.application import Application


def create_app(settings: Settings | None = None, service: Service | None = None) -> Application:
    """A new, independent application; without ``settings``, those of the environment.

    Raises ``SettingsError`` for a bad setting and ``LawError`` for a bad rule base: it does not start.
    """
    settings = settings or Settings.from_env(os.environ)
    app = Application(settings, service or Service(settings))
    for face in (fhir_api, definitions_api, batch_api):
        app.register_blueprint(face.blueprint)
    app.register_blueprint(health.blueprint)
    replies.register(app)
    return app
