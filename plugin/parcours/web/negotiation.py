"""HTTP before FHIR: may this body be read, in which form is the answer wanted, how strict is the caller?"""

from __future__ import annotations

from flask import Request, abort
from werkzeug.http import parse_list_header, parse_options_header

MEDIA_TYPES = ("application/fhir+json", "application/json")
FORMATS = frozenset({*MEDIA_TYPES, "json", "text/json"})
FHIR_VERSIONS = frozenset({"4.0", "4.0.1"})


def read_body(request: Request) -> bytes:
    """The body of a request whose headers announce JSON of a known length; 411, 413 or 415 otherwise."""
    if not _is_fhir_json(request.headers.get("Content-Type", "")) or "Content-Encoding" in request.headers:
        abort(415)
    if _length_unknown(request):
        abort(411)
    return request.get_data(cache=False)


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


def wants_strict(request: Request) -> bool:
    """Does ``Prefer`` ask for ``handling=strict``? The first mention counts; unknown ones are ignored."""
    for preference in parse_list_header(request.headers.get("Prefer", "")):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "handling":
            return value.strip().strip('"').lower() == "strict"
    return False


def _length_unknown(request: Request) -> bool:
    """A body in pieces: over the limit it would be cut silently instead of refused."""
    in_pieces = "Transfer-Encoding" in request.headers or bool(request.environ.get("wsgi.input_terminated"))
    return in_pieces and request.content_length is None


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
