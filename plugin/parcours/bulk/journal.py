"""How far a batch is: enough to go on after any death, and to refuse to go on under other conditions."""

from __future__ import annotations

from typing import Any

import msgspec

from parcours.bulk.places import Places, keep, open_private, rename
from parcours.bulk.refusals import BatchRefused

CHANGED_INPUT = (
    "L’entrée a changé depuis l’exécution interrompue : reprendre mêlerait deux entrées. "
    "Relancer sans --resume."
)
TAMPERED = "Les lignes déjà écrites ont été modifiées : relancer sans --resume."
ILLEGIBLE = "Le journal de l’exécution interrompue ne se lit pas : relancer sans --resume."


class Conditions(msgspec.Struct, frozen=True):
    """What must be the same for the lines of two runs to belong together."""

    entree: dict[str, Any]
    logiciel: str
    droit: str
    politiques: tuple[tuple[str, str], ...]
    validation: str
    limites: tuple[int, ...]
    morceau: int


LABELS = {
    "entree": "l’entrée",
    "logiciel": "la version du logiciel",
    "droit": "la version du droit",
    "politiques": "les lectures retenues (PARCOURS_POLICY_…)",
    "validation": "--validate",
    "limites": "les limites (PARCOURS_MAX_…)",
    "morceau": "la version du logiciel",
}


class State(msgspec.Struct, frozen=True):
    """What is written and on the disk."""

    conditions: Conditions
    chunks: int = 0
    digest: str = ""
    octets: int = 0
    lines: int = 0
    refused: int = 0
    blank: int = 0
    finished: bool = False


def save(places: Places, state: State) -> None:
    """Keep the state, whole or not at all. Raises ``OSError``."""
    new = places.beside("journal.new")
    with open_private(new, "wb") as file:
        file.write(msgspec.json.encode(state))
        keep(file)
    rename(new, places.journal)


def load(places: Places, conditions: Conditions) -> State | None:
    """Where an earlier run stopped; ``None`` when there was none. Raises ``BatchRefused``."""
    if not places.journal.exists():
        return None
    try:
        state = msgspec.json.decode(places.journal.read_bytes(), type=State)
    except (OSError, msgspec.DecodeError):
        raise BatchRefused(ILLEGIBLE) from None
    _check_conditions(state.conditions, conditions)
    if places.partial.exists():
        if places.partial.stat().st_size < state.octets:
            raise BatchRefused(TAMPERED)
        return state
    return state if state.finished and places.output.exists() else None


def _check_conditions(before: Conditions, now: Conditions) -> None:
    changed = {LABELS[name] for name in LABELS if getattr(before, name) != getattr(now, name)}
    if changed == {LABELS["entree"]}:
        raise BatchRefused(CHANGED_INPUT)
    if changed:
        raise BatchRefused(
            f"Depuis l’exécution interrompue a changé : {', '.join(sorted(changed))}. "
            "Rétablir, ou relancer sans --resume."
        )
