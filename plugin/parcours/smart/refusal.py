"""Why a launch goes no further: a code, and never a word of what was sent or received."""

from __future__ import annotations

from enum import StrEnum

from parcours.errors import ParcoursError


class Refus(StrEnum):
    """What went wrong, for the log, the page and the documentation."""

    REQUEST = "request"  # parameters missing, repeated or too long
    SERVER = "server"  # iss is no FHIR server of the clients file: it is not called
    CONFIGURATION = "configuration"  # what the software says of its authorization server is unusable
    STATE = "state"  # no launch of this browser waits for this answer, or not any more
    ISSUER = "issuer"  # the answer comes from another authorization server than was asked
    DENIED = "denied"  # the authorization server, or the user, said no
    CODE = "code"  # the code is not honoured: used, expired, of another client
    ANSWER = "answer"  # what the token endpoint gave is no usable token
    IDENTITY = "identity"  # the id_token does not prove who the user is
    PRACTICE = "practice"  # the professional is of no practice of the clients file
    CONTEXT = "context"  # no patient, or no visit, is open in the software
    SESSION = "session"  # none, over, or replaced by another launch
    EXPIRED = "expired"  # the software's access is over, and cannot be renewed
    BUSY = "busy"  # another request renews the access at this moment
    FORM = "form"  # a form that did not come from our page
    SILENT = "silent"  # the software does not answer
    UNREADABLE = "unreadable"  # its data of this visit cannot be read


class Refused(ParcoursError):
    """A launch or a page that is refused; ``detail`` is a code of ours, for the log."""

    def __init__(self, refus: Refus, detail: str = "") -> None:
        self.refus = refus
        self.detail = detail
        super().__init__(refus.value)
