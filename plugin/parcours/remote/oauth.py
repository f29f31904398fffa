"""The forms that are sent to an authorization server, under the rules of every call out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation
from parcours.remote.unreachable import Reason, Unreachable


def ask_token(
    endpoint: Endpoint,
    form: Mapping[str, str],
    deadline: Deadline,
    certificate: tuple[str, str] | None = None,
) -> Any:
    """What a token endpoint answers to this form, decoded. Raises ``Unreachable``.

    A refusal of the server, whatever it says of it, bears its status.
    """
    with Conversation(endpoint, deadline, certificate=certificate) as conversation:
        return conversation.post(endpoint.path, form)


def tell_revoked(endpoint: Endpoint, form: Mapping[str, str], deadline: Deadline) -> None:
    """Send a form to a revocation endpoint (RFC 7009), whose good answer may be empty. ``Unreachable``."""
    with Conversation(endpoint, deadline) as conversation:
        try:
            conversation.post(endpoint.path, form)
        except Unreachable as error:
            if error.reason not in (Reason.CONTENT, Reason.UNREADABLE):
                raise
