"""All pages, given to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from parcours.clients import Clients
from parcours.web.pages import activity, declaration_acts, declarations, people, rules, shell, sign_in, trial

SUBJECTS: tuple[Blueprint, ...] = (
    trial.blueprint,
    declarations.blueprint,
    declaration_acts.blueprint,
    rules.blueprint,
    activity.blueprint,
    sign_in.blueprint,
)
"""The routes of each subject."""


def register(app: Flask, clients: Clients) -> None:
    """Give an application its pages."""
    shell.register(app)
    people.register(app, clients)
    for subject in SUBJECTS:
        app.register_blueprint(subject)
