"""Whose is each route? One table, and one check before every request.

An application with a route that nobody owns does not start. Without a clients file everybody is somebody on
this machine, and may do everything (``hosts`` sees to it that it is this machine).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flask import Flask, abort, g, request
from werkzeug.exceptions import Forbidden
from werkzeug.routing import Rule

from parcours.clients.scopes import OPERATIONS
from parcours.smart.refusal import Refused
from parcours.smart.signed_in import check_form
from parcours.web import metrics
from parcours.web.application import application
from parcours.web.context import current_client, current_rights, fhir_base, know_client
from parcours.web.negotiation import bound_form
from parcours.web.pages.people import FIELD, now, person, require_own_form
from parcours.web.pages.shell import wants_page
from parcours.web.smart import SIGN_IN, note_who, sent_to, session_secret, smart
from parcours.web.trust import gate, identified, signed

LOGGER = logging.getLogger("parcours")


class Owner(StrEnum):
    """Who may ask for a route."""

    PUBLIC = "public"
    CLIENT = "client"
    USER = "user"
    OPERATOR = "operator"


JUDGES: Final = "system/ClaimResponse.c"
"""The right to have a visit judged."""

Check = Callable[[], None]
"""Ends the current request unless whoever sends it may."""


@dataclass(frozen=True, slots=True)
class Need:
    """Whose a route is, and what its check asks. ``acts``: it changes something, and is never a GET."""

    owner: Owner
    check: Check
    acts: bool = False


def _anybody() -> None:
    """Nothing of anybody's is told, or it is asked for later, in the body."""


def _a_caller() -> None:
    """A signed token of this very call, as CDS Hooks has it, of a client that may have visits judged."""
    know_client(signed, application().settings.url + request.path)
    _require(JUDGES)


def _a_client() -> None:
    know_client(identified, fhir_base())


def _with(right: str) -> Check:
    """A client that has this right; ``{kind}`` in it is that of the address."""

    def check() -> None:
        _a_client()
        _require(right.format(**(request.view_args or {})))

    return check


def _require(right: str) -> None:
    if right not in current_rights():
        LOGGER.warning("client refused: reason=%s client=%s", "scope", current_client().id)
        raise Forbidden


def _an_operator() -> None:
    if metrics.operator_allowed(request):
        return
    if gate() is None:
        metrics.refuse()
    _with(OPERATIONS)()


def _somebody() -> None:
    """Somebody whom his software, or Pro Santé Connect, has named; else to where he may sign in."""
    try:
        person()
    except Refused:
        if smart().signing_in and request.method == "GET" and wants_page():
            abort(sent_to(SIGN_IN))
        raise


def _his_own_form() -> None:
    person()
    require_own_form()


def _a_session() -> None:
    """A session, of whoever it is: he sees what his software shows him, and signs nothing."""
    note_who(smart().visits.known(session_secret(), now()))


def _the_form_of_the_session() -> None:
    bound_form(request)
    secret = session_secret()
    check_form(secret, request.form.get(FIELD, "") if secret else "")


PUBLIC: Final = Need(Owner.PUBLIC, _anybody)
CALLER: Final = Need(Owner.CLIENT, _a_caller)
CLIENT: Final = Need(Owner.CLIENT, _a_client)
PERSON: Final = Need(Owner.USER, _somebody)
ACTS: Final = Need(Owner.USER, _his_own_form, acts=True)
OPERATOR: Final = Need(Owner.OPERATOR, _an_operator)


def _client(right: str, *, acts: bool = False) -> Need:
    return Need(Owner.CLIENT, _with(right), acts)


TABLE: Final[Mapping[str, Need]] = MappingProxyType(
    {
        # What this service is, and how one signs in.
        "health.live": PUBLIC,
        "health.ready": PUBLIC,
        "openapi.openapi": PUBLIC,
        "pages.static": PUBLIC,
        "definitions.metadata": PUBLIC,
        "definitions.read": PUBLIC,
        "definitions.search": PUBLIC,
        "definitions.search_by_post": PUBLIC,
        "cds.discover": PUBLIC,
        "tokens.configuration": PUBLIC,
        "tokens.grant": PUBLIC,
        "tokens.revoke": PUBLIC,
        "smart.launch": PUBLIC,
        "smart.callback": PUBLIC,
        "smart.our_public_keys": PUBLIC,
        "sign_in.page": PUBLIC,
        "sign_in.begin": PUBLIC,
        "sign_in.back": PUBLIC,
        # The law, and examples of it.
        "rules.book": PUBLIC,
        "rules.not_encoded": PUBLIC,
        "rules.one": PUBLIC,
        "rules.readings": PUBLIC,
        "rules.rule": PUBLIC,
        "rules.rules": PUBLIC,
        "rules.values": PUBLIC,
        "trial.home": PUBLIC,
        "trial.example": PUBLIC,
        "trial.example_document": PUBLIC,
        # Software: a visit, its declarations.
        "cds.invoke": CALLER,
        "cds.feedback": CALLER,
        "batch.batch": CLIENT,  # each of its requests comes here as well
        "fhir.evaluate_parcours": _client(JUDGES),
        "fhir.submit": _client(JUDGES),
        "declarations.prepare": _client("system/Task.c", acts=True),
        "declarations.read": _client("system/{kind}.r"),
        "declarations.search": _client("system/{kind}.s"),
        "declarations.search_by_post": _client("system/{kind}.s"),
        "declarations.update": _client("system/Task.u", acts=True),
        "declarations.history": _client("system/Task.r"),
        "declarations.past": _client("system/Task.r"),
        "declarations.binary": _client("system/Binary.r"),
        "handover.hand_over": _client("system/Task.u", acts=True),
        # People: the open visit, a visit that is pasted, the practice.
        "smart.visit": Need(Owner.USER, _a_session),
        "smart.leave": Need(Owner.USER, _the_form_of_the_session, acts=True),
        "trial.pasted": PERSON,
        "trial.document": PERSON,
        "activity.activity": PERSON,
        "activity.activity_file": PERSON,
        "declaration_pages.list_all": PERSON,
        "declaration_pages.search": PERSON,
        "declaration_pages.new": PERSON,
        "declaration_pages.show": PERSON,
        "declaration_pages.online": PERSON,
        "declaration_pages.form": PERSON,
        "declaration_pages.copy": PERSON,
        "declaration_pages.edit": PERSON,
        "declaration_pages.prepare": ACTS,
        "declaration_pages.correct": ACTS,
        "declaration_acts.sign": ACTS,
        "declaration_acts.send": ACTS,
        "declaration_acts.hand_over": ACTS,
        "declaration_acts.answer": ACTS,
        "declaration_acts.cancel": ACTS,
        # Whoever runs the service.
        "metrics.metrics": OPERATOR,
    }
)
"""Every route by its endpoint."""
OWNERS: Final[Mapping[str, str]] = {endpoint: need.owner.value for endpoint, need in TABLE.items()}
"""The same in words, for the audit."""


def register(app: Flask) -> None:
    """Check every request of an application, once its address is known."""
    app.before_request(_enforce)


def assert_owned(app: Flask) -> None:
    """``LookupError`` unless every route has an owner, every owner a route, and no GET changes anything."""
    rules = list(app.url_map.iter_rules())
    astray = TABLE.keys() ^ {rule.endpoint for rule in rules}
    if astray:
        raise LookupError(f"routes and their owners differ: {', '.join(sorted(astray))}")
    loose = [rule.rule for rule in rules if TABLE[rule.endpoint].acts and _answers_get(rule)]
    if loose:
        raise LookupError(f"a GET would change something: {', '.join(loose)}")


def _answers_get(rule: Rule) -> bool:
    return "GET" in (rule.methods or ())


def _enforce() -> None:
    # OPTIONS tells the methods of an address, and a browser asks it before it has anything to show.
    if request.url_rule is None or request.method == "OPTIONS":
        return
    need = TABLE[request.url_rule.endpoint]
    g.owner = need.owner.value  # for the audit, whatever comes of the check
    need.check()
