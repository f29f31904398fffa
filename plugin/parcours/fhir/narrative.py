"""The ``text`` of a ClaimResponse: the same answer in French, for whoever only reads.

Every word is escaped: what a law, a label or a caller wrote can never become markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from parcours.domain.decision import Decision
from parcours.fhir.decision_extension import Element
from parcours.wording import alternative, citation, manque, verdict


def narrative(decision: Decision) -> Element:
    """A generated narrative in XHTML: verdict, grounds, what is missing, what else, warnings."""
    body = [
        f"<p>{_escape(verdict(decision))}</p>",
        _list("Motifs", (f"{m.titre.rstrip('.')} ({citation(m)})" for m in decision.motifs)),
        _list("Il manque", (manque(m) for m in decision.manquants)),
        _list("Ce qui changerait la réponse", (alternative(a) for a in decision.alternatives)),
        _list("Avertissements", (a.texte for a in decision.avertissements)),
    ]
    opening = '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr-FR" lang="fr-FR">'
    return {"status": "generated", "div": f"{opening}{''.join(body)}</div>"}


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{_escape(line)}</li>" for line in lines)
    return f"<p>{_escape(title)}</p><ul>{items}</ul>" if items else ""


def _escape(text: str) -> str:
    # XML 1.0 has no spelling for most control characters, not even an escaped one.
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return escape(text)
