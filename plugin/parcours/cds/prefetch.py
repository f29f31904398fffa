"""What a call brings, and what is still to be asked of the client's server.

A key with a value was found; ``null`` was asked and there is nothing; an ``OperationOutcome`` was asked and
failed; an absent key was not asked. Only the last two are asked again. What cannot be had is remembered:
its absence proves nothing. Data that is required, or a server that does not answer, is a refusal; a server
that cannot or will not say something optional leaves a fact unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Final, Protocol

from parcours.cds.drafts import check_subject, drafts
from parcours.cds.hook import Service, filled
from parcours.cds.records import Records, opened, peek
from parcours.cds.references import missing, without_activity
from parcours.cds.request import Call
from parcours.errors import InputError, MalformedInput, Problem, UnreadableBundle
from parcours.fhir.writing import to_json
from parcours.remote.unreachable import Reason, Unreachable

_ROUNDS: Final = 3
"""A visit names a letter, the letter a role, the role a person: further away nothing is read."""
_ENOUGH: Final = 20
"""Reads and searches, one by one, for one call."""
_OF_THE_CONTEXT: Final = frozenset({"Patient", "Encounter"})
"""Under a key of the caller's own, another patient (a mother) or another visit is none of ours."""
_NOT_FOR_US: Final = frozenset({Reason.ABSENT, Reason.REFUSED, Reason.SCOPE, Reason.IDENTIFIER})
_UNSUPPORTED: Final = frozenset({*range(400, 500), 501})


Answered = Sequence[Mapping[str, Any]] | Unreachable
"""What a query brought, or why it brought nothing."""


class Source(Protocol):
    """The client's own FHIR server."""

    def ask(self, queries: Sequence[str], /) -> Sequence[Answered]:
        """Reads (``Type/id``) and searches (``Type?…``), together; the answers in their order."""


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
    asked = [key for key in _wanted(call) if key not in given]
    # What nothing can be said without comes first: when it fails, nothing else is asked.
    for required in (True, False):
        _fetch(call, [key for key in asked if (key in call.service.required) is required], source, records)
    if source is not None:
        sent = set() if asked else {id for id, _ in records.of("Practitioner")}
        _follow(call, source, records, sent)
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


def _wanted(call: Call) -> list[str]:
    """The keys of the service; a template whose token is empty is no need."""
    return [key for key, template in call.service.prefetch.items() if filled(template, call.tokens)]


def _given(call: Call, key: str, records: Records) -> bool:
    """Did the client answer this key for good? What it sent is filed all the same, whatever the key."""
    raw, asked = call.prefetch[key], key in call.service.prefetch
    if raw == b"null":
        return True
    head = peek(raw)
    if head is None and asked:
        text = "une ressource FHIR, un Bundle ou null est attendu"
        raise MalformedInput([Problem(_place(call.service, key), "structure", text)])
    if head is None or head.resource_type == "OperationOutcome":
        return False
    whole = not any(link.relation == "next" for link in head.link)
    for inner, of, at, full_url in opened(raw, head, _place(call.service, key)):
        if asked or of.resource_type not in _OF_THE_CONTEXT:
            records.add(inner, of, at, full_url)
        whole = whole and bool(of.resource_type)
    return whole


def _fetch(call: Call, keys: Sequence[str], source: Source | None, records: Records) -> None:
    queries = [filled(call.service.prefetch[key], call.tokens) or "" for key in keys]
    answers = source.ask(queries) if source and queries else [None] * len(queries)
    for key, query, answer in zip(keys, queries, answers, strict=True):
        if isinstance(answer, Unreachable):
            _note(call, key, query, answer, records)
        elif answer is not None:
            _file(answer, records, _place(call.service, key))
        elif key in call.service.required:
            raise unreachable(call.service, [key])
        elif key in call.prefetch:  # else: nobody ever said that it could be had
            records.withheld.append(kind_of(query))


def _note(call: Call, key: str, query: str, gone: Unreachable, records: Records) -> None:
    """Remember what a server did not give; a resource that it has not got is no loss."""
    if gone.reason is Reason.ABSENT and "?" not in query:
        return
    if key in call.service.required:
        raise unreachable(call.service, [key])
    if _is_unsaid(gone):
        records.withheld.append(kind_of(query))
    else:
        records.failed.append(key)


def _is_unsaid(gone: Unreachable) -> bool:
    """Is the server there, and only cannot or will not say this?"""
    return gone.reason in _NOT_FOR_US or (gone.reason is Reason.STATUS and gone.status in _UNSUPPORTED)


def kind_of(query: str) -> str:
    """The type of resource that a read or a search is about."""
    return query.partition("?")[0].partition("/")[0]


def _file(resources: Sequence[Mapping[str, Any]], records: Records, where: str) -> None:
    for resource in resources:
        raw = to_json(dict(resource))
        head = peek(raw)
        if head is None:  # an id that is a number, say: what it holds was not read
            records.withheld.append(str(resource["resourceType"]))
        else:
            records.add(raw, head, where)


def _follow(call: Call, source: Source, records: Records, sent: Set[str]) -> None:
    """Read what the resources name and nobody sent: professionals and their activities, places, referrals.

    ``sent``: the people of a complete prefetch, who are what it says of them.
    """
    tried: set[str] = set()
    known = {*sent, call.user.rpartition("/")[2]}
    for _ in range(_ROUNDS):
        silent = [id for id in without_activity(records, call.server) if id not in known]
        named = [f"{kind}/{id}" for kind, id in missing(records, call.server)]
        queries = [*named, *(f"PractitionerRole?practitioner={id}" for id in silent)]
        fresh = [query for query in queries if query not in tried]
        asked, left = fresh[: _ENOUGH - len(tried)], fresh[_ENOUGH - len(tried) :]
        for query, answer in zip(asked, source.ask(asked) if asked else (), strict=True):
            _followed(query, answer, records)
        records.withheld += map(kind_of, left)
        tried.update(asked)


def _followed(query: str, answer: Answered, records: Records) -> None:
    """File what is had, and note what failed: not what is not there, nor what the token was not made for."""
    if not isinstance(answer, Unreachable):
        _file(answer, records, "prefetch")
    elif answer.reason not in (Reason.ABSENT, Reason.SCOPE):
        (records.withheld if _is_unsaid(answer) else records.failed).append(kind_of(query))


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
