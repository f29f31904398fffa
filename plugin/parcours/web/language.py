"""In which language is the answer wanted? French unless ``Accept-Language`` prefers English."""

from __future__ import annotations

from flask import Request

FRENCH, ENGLISH = "fr", "en"


def wanted_language(request: Request) -> str:
    """``en`` when English is wanted more than French, or as much and is named first; else ``fr``."""
    asked = [(tag.lower().replace("_", "-").partition("-")[0], q) for tag, q in request.accept_languages]
    french, english = _quality(asked, FRENCH), _quality(asked, ENGLISH)
    if french == english > 0:
        return next((tag for tag, _ in asked if tag in (FRENCH, ENGLISH)), FRENCH)
    return ENGLISH if english > french else FRENCH


def _quality(asked: list[tuple[str, float]], language: str) -> float:
    """How much a language is wanted; ``*`` speaks for those that are not named."""
    for name in (language, "*"):
        named = [quality for tag, quality in asked if tag == name]
        if named:
            return max(named)
    return 0.0
