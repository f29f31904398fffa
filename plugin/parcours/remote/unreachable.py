"""Why something elsewhere could not be had: a code, and never a word of what was sent or received."""

from __future__ import annotations

from enum import StrEnum

from parcours.errors import ParcoursError


class Reason(StrEnum):
    """What went wrong, for logs and for whoever decides what to do without the data."""

    NAME = "name"  # the name does not resolve
    ADDRESS = "address"  # it resolves to an address that may not be called
    CONNECT = "connect"  # nobody answers, or the connection broke
    TLS = "tls"  # the certificate is not to be trusted
    TIMEOUT = "timeout"
    BUSY = "busy"  # too many calls out are waiting already
    REDIRECT = "redirect"  # never followed
    REFUSED = "refused"  # 401 or 403
    ABSENT = "absent"  # 404 or 410
    STATUS = "status"  # any other status than a good one
    CONTENT = "content"  # not JSON in UTF-8, or compressed
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"  # cut, malformed, too deep, not the shape that was asked for
    FOREIGN = "foreign"  # another resource or another patient than was asked for
    PAGING = "paging"  # a next page elsewhere, seen already, or one too many
    SCOPE = "scope"  # the token does not cover it: not asked
    IDENTIFIER = "identifier"  # not an id of FHIR: not asked


class Unreachable(ParcoursError):
    """It could not be had. ``reason`` is all there is to say, with the ``status`` when one was answered."""

    def __init__(self, reason: Reason, status: int | None = None) -> None:
        self.reason = reason
        self.status = status
        super().__init__(reason.value)
