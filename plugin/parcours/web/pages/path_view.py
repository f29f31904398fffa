"""The path of a visit, from the law's questions to the stops of a picture, and to the same in a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from parcours.domain.chemin import Chemin, Etape, Role
from parcours.domain.decision import Decision, FaitRetenu, Motif, Position, Reponse
from parcours.pictures.path import Mark, Stop, Stretch, Terminus, path
from parcours.web.pages.facts_in_words import in_words
from parcours.web.pages.shell import Say
from parcours.wording import POSITIONS, REPONSES, fait

POSITION_MARKS: Final = {
    Position.DANS: Mark.OUI,
    Position.HORS: Mark.NON,
    Position.NON_CONCERNE: Mark.NEUTRE,
    Position.INDETERMINE: Mark.INCONNU,
}
_SIGNS: Final = {Reponse.OUI: Mark.OUI, Reponse.NON: Mark.NEUTRE, Reponse.INCONNU: Mark.INCONNU}
"""« Non » is no bad news on this line: the next question is asked, and that is all."""

TITLE: Final = "Le chemin de la visite"
_UNREACHED: Final = "questions suivantes sans effet sur la réponse"
_DENIED: Final = "affirmé, et contredit par un autre fait"
_MISSING: Final = "il manque"
_CODE: Final = "indicateur"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A question in the list that says the same as the picture."""

    question: str
    answer: str
    tone: Mark
    facts: tuple[str, ...]
    motifs: tuple[Motif, ...]
    decides: bool
    reached: bool


def steps(chemin: Chemin) -> list[tuple[str, list[Step]]]:
    """Every question in order, by group, in French."""
    return [(groupe.titre, [_step(etape, chemin) for etape in groupe.etapes]) for groupe in chemin.groupes]


def drawn(chemin: Chemin, decision: Decision, say: Say, *, name: str = "chemin") -> Markup:
    """The picture, in the language of who looks: the questions asked, and where the line ends."""
    stretches = [
        Stretch(
            say(groupe.titre), [_stop(etape, chemin, say) for etape in groupe.etapes if _is_reached(etape)]
        )
        for groupe in chemin.groupes
    ]
    mark = POSITION_MARKS[decision.position]
    end = Terminus(_code(decision), say(POSITIONS[decision.position]), mark, _unreached(chemin, say))
    description = (
        f"{say(POSITIONS[decision.position])}. {say('Le même chemin est écrit en liste sous l’image.')}"
    )
    return path(say(TITLE), description, [s for s in stretches if s.stops], end, name=name)


def _code(decision: Decision) -> str:
    return decision.situation or " / ".join(decision.situations_possibles)


def _is_reached(etape: Etape) -> bool:
    return etape.role is not Role.NON_ATTEINTE


def _unreached(chemin: Chemin, say: Say) -> str:
    number = sum(not _is_reached(etape) for etape in chemin.etapes)
    return f"{number} {say(_UNREACHED)}" if number else ""


def _tone(etape: Etape, chemin: Chemin) -> Mark:
    """What an answer means: the question that decides alone has the colour of where it leads."""
    return POSITION_MARKS[chemin.position] if etape.role is Role.DECIDE else _SIGNS[etape.reponse]


def _stop(etape: Etape, chemin: Chemin, say: Say) -> Stop:
    motif = _cited(etape)
    return Stop(
        question=say(etape.question),
        sign=_SIGNS[etape.reponse],
        tone=_tone(etape, chemin),
        answer=say(REPONSES[etape.reponse]),
        facts=" · ".join(say(told) for told in _facts(etape)),
        href=(motif.url or f"/regles/{motif.regle}") if motif else None,
        decides=_decides(etape),
    )


def _step(etape: Etape, chemin: Chemin) -> Step:
    held = [regle.motif for regle in etape.regles if regle.reponse is etape.reponse]
    return Step(
        question=etape.question,
        answer=REPONSES[etape.reponse],
        tone=_tone(etape, chemin),
        facts=_facts(etape),
        motifs=tuple(held or (regle.motif for regle in etape.regles)),
        decides=_decides(etape),
        reached=_is_reached(etape),
    )


def _decides(etape: Etape) -> bool:
    return etape.role in (Role.DECIDE, Role.PEUT_DECIDER)


def _facts(etape: Etape) -> tuple[str, ...]:
    return tuple(_told(etape))


def _told(etape: Etape) -> Iterator[str]:
    """What answered: the facts known, the names of those that are missing, and a denial."""
    yield from dict.fromkeys(_fact(known) for known in etape.faits)
    yield from (f"{_MISSING} : {fait(name)}" for name in etape.manquants)
    if etape.contredite:
        yield _DENIED


def _fact(known: FaitRetenu) -> str:
    return in_words(known.fait, known.valeur)


def _cited(etape: Etape) -> Motif | None:
    """The ground that a stop rests on: one that answered as the row did, and whose article has an address."""
    same = [regle.motif for regle in etape.regles if regle.reponse is etape.reponse]
    cited = same or [regle.motif for regle in etape.regles]
    return next((motif for motif in cited if motif.url), next(iter(cited), None))
