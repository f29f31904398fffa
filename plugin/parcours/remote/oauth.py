"""The one POST to an authorization server: a form in, JSON out, under the rules of every call out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import Conversation


def ask_token(endpoint: Endpoint, form: Mapping[str, str], deadline: Deadline) -> Any:
    """What a token endpoint answers to this form, decoded. Raises ``Unreachable``.

    A refusal of the server, whatever it says of it, is ``Reason.STATUS`` or ``Reason.REFUSED``.
    """
    with Conversation(endpoint, deadline) as conversation:
        return conversation.post(endpoint.path, form)
