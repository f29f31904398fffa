"""All pages, given to an application."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Flask

from parcours.clients import Clients
from parcours.turnstile import FEW, Turnstile
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
OF_EVERYBODY: Final = ("rules.", "trial.home", "trial.example")
"""Beginnings of the endpoints that nobody has to sign in for, and that no quota counts."""


def register(app: Flask, clients: Clients) -> None:
    """Give an application its pages; of those of everybody, it draws one at a time.

    Each costs as much as several decisions: however many are asked for, decisions get every other turn.
    """
    shell.register(app)
    people.register(app, clients)
    for subject in SUBJECTS:
        app.register_blueprint(subject)
    one_at_a_time = Turnstile(line=FEW)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith(OF_EVERYBODY):
            app.view_functions[endpoint] = one_at_a_time(view)
