"""What a reply says."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.test import TestResponse


def content(reply: TestResponse) -> dict[str, Any]:
    """The resource in a reply."""
    resource: dict[str, Any] = json.loads(reply.data)
    return resource
