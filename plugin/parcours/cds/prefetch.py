"""What a call brings, and what is still to be asked of the client's server.

A key with a value was found; ``null`` was asked and there is nothing; an ``OperationOutcome`` was asked and
failed; an absent key was not asked. Only the last two are asked again. What cannot be had is remembered:
its absence proves nothing. Data that is required, or a server that does not answer, is a refusal; a server
that cannot or will not say something optional leaves a fact unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

import msgspec

from parcours.cds.drafts import check_subject, drafts
from parcours.cds.hook import Service, filled
from parcours.cds.records import Records, opened, peek
from parcours.cds.references import missing, without_activity
from parcours.cds.request import Call
from parcours.errors import InputError, MalformedInput, Problem, UnreadableBundle
from parcours.remote.unreachable import Reason, Unreachable

_ROUNDS: Final = 2
"""A visit names a role, the role a person: further away nothing is read."""
_ENOUGH: Final = 20
"""Reads and searches, one by one, for one call."""
_NOT_FOR_US: Final = frozenset({Reason.ABSENT, Reason.REFUSED, Reason.SCOPE, Reason.IDENTIFIER})
_UNSUPPORTED: Final = frozenset({*range(400, 500), 501})


class Source(Protocol):
    """The client's own FHIR server. Both raise ``Unreachable``."""

    def read(self, kind: str, id: str, /) -> Mapping[str, Any]:
        """One resource."""

    def search(self, kind: str, params: Mapping[str, str], /) -> Sequence[Mapping[str, Any]]:
        """Every match, all pages."""


class DataUnreachable(InputError):
    """What the answer rests on was not sent, and cannot be fetched (HTTP 412)."""

    status = 412


def gather(call: Call, source: Source | None) -> Records:
    """Every resource that the service may read.

    Raises ``MalformedInput`` or ``UnreadableBundle`` for a prefetch that is none, ``DataUnreachable`` when
    something required was neither sent nor could be fetched.
    """
    records = Records(base=call.server)
    records.drafts = drafts(call, records)
    given = {key for key in call.prefetch if _given(call, key, records)}
    for key in _by_need(call):
        if key not in given:
            _fetch(call, key, source, records)
    if source is not None:
        _follow(call, source, records)
    _check(call, records)
    return records


def unreachable(service: Service, keys: Sequence[str]) -> DataUnreachable:
    """The refusal that names what could not be had."""
    text = "donnée absente de prefetch, et que le serveur FHIR du logiciel n’a pas donnée"
    places = dict.fromkeys(_place(service, key) for key in keys)
    return DataUnreachable([Problem(place, "not-found", text) for place in places])


def _place(service: Service, key: str) -> str:
    """A key as an error may name it: one that the caller made up is never repeated."""
    return f"prefetch.{key}" if key in service.prefetch else "prefetch"


def _by_need(call: Call) -> list[str]:
    """The keys of the service, those that are required first; a template whose token is empty is no need."""
    service = call.service
    asked = [key for key, template in service.prefetch.items() if filled(template, call.tokens)]
    return sorted(asked, key=lambda key: key not in service.required)


def _given(call: Call, key: str, records: Records) -> bool:
    """Did the client answer this key for good? What it sent is filed all the same, whatever the key."""
    raw, where = call.prefetch[key], _place(call.service, key)
    if raw == b"null":
        return True
    head = peek(raw)
    if head is None:
        if key not in call.service.prefetch:
            return True
        text = "une ressource FHIR, un Bundle ou null est attendu"
        raise MalformedInput([Problem(where, "structure", text)])
    if head.resource_type == "OperationOutcome":
        return False
    for inner, of, at, full_url in opened(raw, head, where):
        records.add(inner, of, at, full_url)
    return not any(link.relation == "next" for link in head.link)


def _fetch(call: Call, key: str, source: Source | None, records: Records) -> None:
    query = filled(call.service.prefetch[key], call.tokens) or ""
    gone: Unreachable | None = None
    try:
        for resource in _asked(source, query) if source else ():
            _file(resource, records, _place(call.service, key))
    except Unreachable as error:
        gone = error
    if (source and gone is None) or (gone and gone.reason is Reason.ABSENT and "?" not in query):
        return
    if key in call.service.required:
        raise unreachable(call.service, [key])
    if gone is not None and not _is_unsaid(gone):
        records.failed.append(key)
    elif source is not None or key in call.prefetch:  # else: nobody ever said that it could be had
        records.withheld.append(_kind(query))


def _is_unsaid(gone: Unreachable) -> bool:
    """Is the server there, and only cannot or will not say this?"""
    return gone.reason in _NOT_FOR_US or (gone.reason is Reason.STATUS and gone.status in _UNSUPPORTED)


def _kind(query: str) -> str:
    return query.partition("?")[0].partition("/")[0]


def _asked(source: Source, query: str) -> Sequence[Mapping[str, Any]]:
    kind, searched, parameters = query.partition("?")
    if searched:
        return source.search(kind, dict(parse_qsl(parameters)))
    kind, _, id = query.partition("/")
    return [source.read(kind, id)]


def _file(resource: Mapping[str, Any], records: Records, where: str) -> None:
    raw = msgspec.json.encode(resource)
    head = peek(raw)
    if head is not None:
        records.add(raw, head, where)


def _follow(call: Call, source: Source, records: Records) -> None:
    """Read what the resources name and nobody sent: professionals and their activities, places, referrals."""
    tried: set[str] = set()
    for _ in range(_ROUNDS):
        named = [f"{kind}/{id}" for kind, id in missing(records, call.server)]
        silent = [id for id in without_activity(records, call.server) if not call.user.endswith(f"/{id}")]
        for query in (*named, *(f"PractitionerRole?practitioner={id}" for id in silent)):
            if query not in tried and len(tried) < _ENOUGH:
                tried.add(query)
                _ask(source, query, records)


def _ask(source: Source, query: str, records: Records) -> None:
    """File what is had, and note what failed: not what is not there, nor what the token was not made for."""
    try:
        for resource in _asked(source, query):
            _file(resource, records, "prefetch")
    except Unreachable as error:
        if error.reason in (Reason.ABSENT, Reason.SCOPE):
            return
        (records.withheld if _is_unsaid(error) else records.failed).append(_kind(query))


def _check(call: Call, records: Records) -> None:
    """Nobody is judged on the data of somebody else, nor of another visit."""
    for kind, key, id in (("Patient", "patient", call.patient), ("Encounter", "encounter", call.encounter)):
        if key in call.service.prefetch and any(found != id for found, _ in records.of(kind)):
            text = "la ressource fournie n’est pas celle du contexte"
            raise UnreadableBundle([Problem(f"prefetch.{key}.id", "business-rule", text)])
    visit = records.get("Encounter", call.encounter) if call.encounter else None
    if visit is not None:
        check_subject(visit, "prefetch.encounter", call.patient)
    for draft in records.drafts:
        check_subject(draft.raw, draft.where, call.patient)
