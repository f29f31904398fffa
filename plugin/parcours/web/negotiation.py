"""HTTP before FHIR: may this body be read, in which form is the answer wanted, how strict is the caller?"""

from __future__ import annotations

import re
from typing import Final

from flask import Flask, Request, abort, request
from werkzeug.http import parse_list_header, parse_options_header

from parcours.errors import InputError, MalformedInput, Problem
from parcours.web.limits import weigh

MEDIA_TYPES = ("application/fhir+json", "application/json")
FORMATS = frozenset({*MEDIA_TYPES, "json", "text/json"})
FHIR_VERSIONS = frozenset({"4.0", "4.0.1"})
FORM = "application/x-www-form-urlencoded"
PDF: Final = "application/pdf"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
"""No comma: what stands between two keys that were given, once a server or a proxy has joined them."""
_VERSION: Final = re.compile(r'W/"(0|[1-9]\d{0,8})"', re.ASCII)


MAX_TARGET: Final = 8192
"""Characters of a path and its query."""
MAX_HEADER: Final = 8500
"""Characters of one header: a token, and the word before it."""
MAX_FORM: Final = 32 * 1024
"""Bytes of a form of software, or of a button. To take one of two megabytes apart costs fifty decisions."""
WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


class PreconditionMissing(InputError):
    """Which version is meant was not said (RFC 6585)."""

    status = 428


def register(app: Flask) -> None:
    """Bound the requests of an application, before anything else looks at them."""
    app.before_request(_require_bounds)


def read_body(request: Request) -> bytes:
    """The body of a request whose headers announce JSON; 413 or 415 otherwise."""
    if not _is_fhir_json(request.headers.get("Content-Type", "")) or "Content-Encoding" in request.headers:
        abort(415)
    body = request.get_data(cache=False)
    weigh(body)
    return body


def require_json_answer(request: Request) -> None:
    """406 unless the caller takes FHIR as JSON; ``_format`` overrides ``Accept``."""
    wanted = request.args.get("_format")
    if wanted is not None:
        # A "+" that nobody escaped arrives as a space.
        acceptable = wanted.strip().lower().replace(" ", "+") in FORMATS
    else:
        acceptable = _accepts(request.headers.get("Accept", "*/*"))
    if not acceptable:
        abort(406)


def wants_pdf(request: Request) -> bool:
    """Is a PDF wanted as it is, rather than as a FHIR Binary? 406 when neither will do."""
    wanted = request.args.get("_format")
    accepted = request.accept_mimetypes
    if wanted is None:
        is_pdf = not accepted or accepted.best_match([PDF, *MEDIA_TYPES]) == PDF
    else:
        is_pdf = wanted.strip().lower() == PDF
    if not is_pdf:
        require_json_answer(request)
    return is_pdf


def require_form(request: Request) -> None:
    """415 unless the parameters of a search came as a form; 413 for a long one."""
    if request.mimetype != FORM:
        abort(415)
    bound_form(request)


def bound_form(request: Request) -> None:
    """413, before it is read, for a form that is longer than where no visit is pasted."""
    if (request.content_length or 0) > MAX_FORM:
        abort(413)


def idempotency_key(request: Request) -> str | None:
    """The key that makes a request the same as another.

    Raises ``MalformedInput`` unless it is one key of 1 to 255 visible ASCII characters. Two headers that came
    joined by a comma and a space are none.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        text = "Idempotency-Key : une seule clé, de 1 à 255 caractères ASCII visibles, sans espace."
        raise MalformedInput([Problem("", "value", text)])
    return key


def expected_version(request: Request) -> int:
    """The version that a change rests on, in ``If-Match``.

    Raises ``PreconditionMissing`` without it, ``MalformedInput`` for anything but one ``W/"n"``.
    """
    given = request.headers.get("If-Match")
    if given is None:
        text = 'If-Match est exigé : la version lue, telle que l’ETag la donne, W/"1" par exemple.'
        raise PreconditionMissing([Problem("", "required", text)])
    match = _VERSION.fullmatch(given.strip())
    if match is None:
        raise MalformedInput(
            [Problem("", "value", 'If-Match : une version et une seule, de la forme W/"1".')]
        )
    return int(match.group(1))


def wants_strict(request: Request) -> bool:
    """Does ``Prefer`` ask for ``handling=strict``? The first mention counts; unknown ones are ignored."""
    for preference in parse_list_header(request.headers.get("Prefer", "")):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "handling":
            return value.strip().strip('"').lower() == "strict"
    return False


def _require_bounds() -> None:
    """411, 414 or 431, whatever the route, before anything is read."""
    if _length_unknown(request):
        abort(411)
    if len(request.environ.get("PATH_INFO", "")) + len(request.query_string) > MAX_TARGET:
        abort(414)
    if any(len(value) > MAX_HEADER for value in request.headers.values()):
        abort(431)


def _length_unknown(request: Request) -> bool:
    """A body in pieces: over the limit it would be cut silently instead of refused."""
    in_pieces = "Transfer-Encoding" in request.headers
    unsaid = bool(request.environ.get("wsgi.input_terminated")) and request.method in WITH_BODY
    return (in_pieces or unsaid) and request.content_length is None


def _is_fhir_json(content_type: str) -> bool:
    kind, options = parse_options_header(content_type)
    named = {name.lower(): value for name, value in options.items()}
    return (
        kind.lower() in MEDIA_TYPES
        and named.get("charset", "utf-8").lower() == "utf-8"
        and named.get("fhirversion", "4.0") in FHIR_VERSIONS
    )


def _accepts(accept: str) -> bool:
    qualities: dict[str, float] = {}
    for item in parse_list_header(accept):
        kind, options = parse_options_header(item)
        named = {name.lower(): value for name, value in options.items()}
        if named.get("fhirversion", "4.0") in FHIR_VERSIONS:
            qualities[kind.lower()] = max(_quality(named.get("q", "1")), qualities.get(kind.lower(), 0.0))
    if not accept.strip():
        return True
    return any(_preferred(kind, qualities) for kind in MEDIA_TYPES)


def _preferred(kind: str, qualities: dict[str, float]) -> bool:
    """Is this kind wanted? The most specific mention of it decides."""
    for mention in (kind, "application/*", "*/*"):
        if mention in qualities:
            return qualities[mention] > 0
    return False


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
