"""Declarations of invented people, as the store receives them."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import replace

from parcours.store.records import Move, Nouvelle, Selection

NOW = dt.datetime(2026, 3, 10, 9, 30, 15, 123456, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SECRET = "NOM-QUI-NE-SORT-PAS"
PDF = b"%PDF-1.7 \x00\xff " + SECRET.encode()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def of(patient: str, tenant: str | None = None) -> Selection:
    """What is kept of a patient."""
    return Selection(references=frozenset({patient}), tenant=tenant)


def nouvelle(name: str = "a", **changes: object) -> Nouvelle:
    """A declaration with a key, a subject and a patient of its own by its name."""
    made = Nouvelle(
        id=str(uuid.uuid4()),
        cle=digest(f"cle {name}"),
        empreinte_requete=digest(f"demande {name}"),
        sujet=digest(f"sujet {name}"),
        patient=f"Patient/{name}",
        jour=dt.date(2026, 3, 10),
        contenu=b'{"nom": "' + SECRET.encode() + b'"}',
        pdf=PDF,
        empreinte=digest(f"contenu {name}"),
        quand=NOW,
        qui="parcours-soins",
        client="local",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the names of the fields are the test's


def move(etat: str, days: int = 1, **changes: str) -> Move:
    """A transition, some days later."""
    return Move(etat=etat, quand=NOW + days * DAY, qui="Dr TEST", client="local", **changes)
