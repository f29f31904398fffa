"""« Et si… »: the switches by which a person supposes a visit otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import MultiDict

from parcours.domain.decision import Alternative, Decision
from parcours.domain.facts import ORDRE_DES_FAITS, Visite
from parcours.law.et_si import TOUJOURS, EtSi, Suppositions
from parcours.web.pages.facts_in_words import in_words
from parcours.wording import fait

CLAIM: Final = "si"
"""The field of a ground that is claimed; that of a value is the name of its fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An open fact: what is known of it, and the values it may be supposed to have."""

    name: str
    label: str
    known: str
    values: Sequence[str]
    chosen: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A ground nobody claimed, and the code it would lead to."""

    text: str
    code: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Switches:
    """Values to choose, grounds that would better the answer, and the other grounds."""

    choices: Sequence[Choice]
    useful: Sequence[Claim]
    others: Sequence[Claim]

    @property
    def chosen(self) -> list[str]:
        """The phrases of those that are turned on; what they never offered is nobody's to say here."""
        values = [choice.chosen for choice in self.choices if choice.chosen in choice.values]
        claims = [claim.text for claim in (*self.useful, *self.others) if claim.chosen]
        return [*filter(None, values), *claims]


def suppositions(form: MultiDict[str, str]) -> Suppositions:
    """What a form supposes; unknown phrases will be left aside by the law."""
    values = {name: form[name] for name in ORDRE_DES_FAITS if form.get(name)}
    return Suppositions(valeurs=values, motifs=tuple(dict.fromkeys(form.getlist(CLAIM))))


def switches(et_si: EtSi, visite: Visite, decision: Decision, supposed: Suppositions) -> Switches:
    """The switches of a visit, as they stand. ``decision`` is the answer without any hypothesis."""
    better = {other.si: other for other in decision.alternatives}
    claims = [_claim(text, better.get(text), supposed) for text in et_si.motifs(visite)]
    return Switches(
        choices=list(_choices(et_si, visite, decision, supposed)),
        useful=[claim for claim in claims if claim.text in better],
        others=[claim for claim in claims if claim.text not in better],
    )


def _claim(text: str, other: Alternative | None, supposed: Suppositions) -> Claim:
    code = other.situation if other and other.situation else ""
    return Claim(text=text, code=code, chosen=text in supposed.motifs)


def _choices(et_si: EtSi, visite: Visite, decision: Decision, supposed: Suppositions) -> Iterator[Choice]:
    """Missing facts first: they are what the answer waits for."""
    missing = [missing.fait for missing in decision.manquants]
    known = {known.fait: in_words(known.fait, known.valeur) for known in reversed(decision.faits)}
    for name in dict.fromkeys((*missing, *TOUJOURS)):
        values = et_si.valeurs(visite, name)
        if values:
            yield Choice(
                name=name,
                label=fait(name),
                known=known.get(name, ""),
                values=values,
                chosen=supposed.valeurs.get(name),
            )
