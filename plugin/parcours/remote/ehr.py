"""The doctor's software as a FHIR server: reads and searches for one patient, with the token of one hook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from urllib.parse import parse_qsl, quote, urlencode

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.remote.lanes import Lanes
from parcours.remote.searchset import Resource, as_resource, found, objects
from parcours.remote.unreachable import Reason, Unreachable

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
_KIND = re.compile(r"[A-Z][A-Za-z]{1,63}", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)
_SCOPE = re.compile(r"(?:patient|user|system)/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(?:\?.*)?")
_PATIENT_ELEMENTS = ("subject", "patient", "beneficiary", "for")


def is_fhir_id(text: object) -> bool:
    """Is this an id of FHIR, fit to stand in a URL?"""
    return isinstance(text, str) and bool(_ID.fullmatch(text)) and text not in (".", "..")


@dataclass(frozen=True, slots=True)
class Authorization:
    """The token of one hook, and what it covers: ``fhirAuthorization.access_token`` and ``.scope``.

    A software that says no ``scope`` leaves it to its server to refuse.
    """

    token: str = field(repr=False)
    scope: str | None

    def covers(self, kind: str, right: str) -> bool:
        """Does the scope allow to read (``r``) or to search (``s``) this kind of resource?"""
        if self.scope is None:
            return True
        granted = (_SCOPE.fullmatch(scope) for scope in self.scope.split())
        return any(scope and scope[1] in ("*", kind) and _allows(scope[2], right) for scope in granted)


def _allows(rights: str, right: str) -> bool:
    """``read`` of SMART 1, or a letter of SMART 2 such as ``rs``."""
    return rights in ("read", "*") or (rights != "write" and right in rights)


class Ehr:
    """One hook's view of a client's FHIR server. Use it in a ``with``; everything raises ``Unreachable``.

    ``base`` is the configured address; ``patient`` the id of the patient in whose chart the hook fired:
    what concerns another one is refused. Without ``authorization`` the server is asked without a token.
    ``client``: for whom it is asked, so that nobody takes the place of the others.
    """

    def __init__(
        self,
        base: Endpoint,
        authorization: Authorization | None,
        patient: str,
        deadline: Deadline,
        client: str | None = None,
    ) -> None:
        token = authorization.token if authorization else None
        if token is not None and not _TOKEN.fullmatch(token):
            raise Unreachable(Reason.REFUSED)
        self._base = base
        self._root = base.path.rstrip("/")
        self._authorization = authorization
        self._patient = patient
        self._lanes = Lanes(base, deadline, token, client)

    def __enter__(self) -> Ehr:
        self._lanes.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lanes.__exit__(kind, error, trace)

    def ask(self, queries: Sequence[str]) -> list[list[Resource] | Unreachable]:
        """What each read (``Type/id``) or search (``Type?…``) brings, or why it brings nothing.

        In their order, and several at a time. Nothing is raised for one of them: the others stand.
        """
        return self._lanes.all([partial(self._answer, query) for query in queries])

    def read(self, kind: str, id: str) -> Resource:
        """The resource of this kind and id."""
        return self._read(self._lanes.first, kind, id)

    def search(self, kind: str, params: Mapping[str, str]) -> list[Resource]:
        """All resources of a search, page after page, with those they include; a part is never given."""
        return self._search(self._lanes.first, kind, params)

    def _answer(self, query: str, conversation: Conversation) -> list[Resource] | Unreachable:
        kind, searched, parameters = query.partition("?")
        try:
            if searched:
                return self._search(conversation, kind, dict(parse_qsl(parameters)))
            kind, _, id = query.partition("/")
            return [self._read(conversation, kind, id)]
        except Unreachable as gone:
            return gone.with_traceback(None)

    def _read(self, conversation: Conversation, kind: str, id: str) -> Resource:
        self._ask_for(kind, "r")
        if not is_fhir_id(id):
            raise Unreachable(Reason.IDENTIFIER)
        resource = as_resource(conversation.get_exact(f"{self._root}/{kind}/{quote(id, safe='')}"))
        if (resource["resourceType"], resource.get("id")) != (kind, id):
            raise Unreachable(Reason.FOREIGN)
        return self._ours(resource)

    def _search(self, conversation: Conversation, kind: str, params: Mapping[str, str]) -> list[Resource]:
        self._ask_for(kind, "s")
        target = f"{self._root}/{kind}?{urlencode(params)}"
        listed = found(conversation.get_exact, self._base, kind, target, strict=True)
        return [self._ours(resource) for resource in listed]

    def _ask_for(self, kind: str, right: str) -> None:
        if not _KIND.fullmatch(kind):
            raise Unreachable(Reason.IDENTIFIER)
        if self._authorization and not self._authorization.covers(kind, right):
            raise Unreachable(Reason.SCOPE)

    def _ours(self, resource: Resource) -> Resource:
        """The resource, when it is about our patient or about nobody."""
        about = set(_patients(resource))
        if about and not any(self._is_patient(reference) for reference in about):
            raise Unreachable(Reason.FOREIGN)
        return resource

    def _is_patient(self, reference: str) -> bool:
        absolute = f"{self._base.origin}{self._root}/"
        return reference.removeprefix(absolute).partition("/_history/")[0] == f"Patient/{self._patient}"


def _patients(resource: Resource) -> Iterator[str]:
    """References to the patients whom a resource is about; for a Patient, itself."""
    if resource["resourceType"] == "Patient":
        yield f"Patient/{resource.get('id')}"
    actors = [participant.get("actor") for participant in _participants(resource)]
    for element in [*(resource.get(name) for name in _PATIENT_ELEMENTS), *actors]:
        reference = element.get("reference") if isinstance(element, dict) else None
        if isinstance(reference, str) and f"/{reference}".rpartition("/Patient/")[1]:
            yield reference


def _participants(resource: Resource) -> list[Resource]:
    if resource["resourceType"] != "Appointment":
        return []
    return objects(resource, "participant")
