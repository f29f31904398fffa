"""What the pages of declarations share: who may look, what is shown of one, and why there is none."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from parcours.domain.declaration_states import LIBELLES_ETATS, EtatDeclaration
from parcours.errors import StaleVersion, StoreUnavailable, UnknownDeclaration
from parcours.fhir.declaration_followup import COPIES
from parcours.remote.unreachable import Unreachable
from parcours.smart.refusal import Refus, Refused
from parcours.web.pages.declaration_forms import Sent
from parcours.web.pages.declaration_view import Vue, is_ours, local
from parcours.web.pages.people import bridge, person
from parcours.web.pages.shell import Door, refused, rendered
from parcours.web.replies import RETRY_AFTER_S

LIST: Final = Door("/declarations", "Déclarations")
LINKS: Final = {
    "espace_pro": "https://espacepro.ameli.fr",
    "caisse": "https://www.ameli.fr/assure/adresses-et-contacts",
    "annuaire": "https://annuairesante.ameli.fr",
}
"""Where the Assurance maladie is met."""


def subject(name: str, module: str) -> Blueprint:
    """Routes under ``/declarations``."""
    blueprint = Blueprint(name, module, url_prefix="/declarations")
    blueprint.register_error_handler(Refused, _not_signed_in)
    blueprint.register_error_handler(Unreachable, _silent)
    blueprint.register_error_handler(StaleVersion, _moved_meanwhile)
    blueprint.register_error_handler(UnknownDeclaration, _unknown)
    blueprint.register_error_handler(StoreUnavailable, _nothing_kept)
    return blueprint


def shown(vue: Vue, sent: Sent | None = None, alerte: str | None = None, status: int = 200) -> Response:
    """The page of one declaration; ``sent``: the form that came back wrong; ``alerte``: what went wrong."""

    def sent_to(geste: str) -> Sent | None:
        return sent if sent and sent.geste == geste else None

    return rendered(
        "declaration.html", status, vue=vue, sent=sent, sent_to=sent_to, alerte=alerte, **around()
    )


def around() -> dict[str, object]:
    """What every template of a declaration needs beside it."""
    return {
        "who": person(),
        "pont": bridge() is not None,
        "local": local,
        "is_ours": is_ours,
        "libelle_etat": LIBELLES_ETATS.__getitem__,
        "liens": LINKS,
        "exemplaires": COPIES,
        "E": EtatDeclaration,
    }


def to(id: str) -> Response:
    """To the page of a declaration, once something was done."""
    return Response(status=303, headers={"Location": f"/declarations/{id}"})


def _not_signed_in(error: Refused) -> Response:
    # Launches draw their own pages with this package: neither could be imported first.
    from parcours.web.smart import refused as not_shown

    return not_shown(error)


def _silent(error: Unreachable) -> Response:
    return _not_signed_in(Refused(Refus.SILENT, error.reason))


def _moved_meanwhile(_error: StaleVersion) -> Response:
    id = (request.view_args or {}).get("id")
    return refused(412, Door(f"/declarations/{id}", "Rouvrir la déclaration") if id else LIST)


def _unknown(_error: UnknownDeclaration) -> Response:
    return refused(404, LIST)


def _nothing_kept(_error: StoreUnavailable) -> Response:
    response = refused(503, LIST)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
