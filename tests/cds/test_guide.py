"""The guide for editors shows answers that the service gives."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.cds.calls import ROOT
from tests.cds.conftest import Ask

from parcours.cds.options import OPTIONS
from parcours.cds.services import SERVICES

GUIDE = (ROOT / "docs/cds_hooks.md").read_text(encoding="utf-8")


def holds(whole: Any, part: Any) -> bool:
    """Is this part of that answer, element by element?"""
    if isinstance(part, dict):
        return all(name in whole and holds(whole[name], value) for name, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(holds, whole, part))
    return bool(whole == part)


def test_the_answer_of_the_guide_is_the_answer_to_its_call(ask: Ask) -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    call = json.loads((ROOT / "docs/cds_hooks/encounter-start.json").read_text(encoding="utf-8"))
    assert holds(ask(call), json.loads(shown))


def test_the_guide_names_every_service_and_every_switch() -> None:
    for service in SERVICES.values():
        assert f"| `{service.id}` | `{service.hook.name}` |" in GUIDE
    for code in OPTIONS:
        assert f"| `{code}` |" in GUIDE
