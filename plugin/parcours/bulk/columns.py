"""A line of answers, read back: what tables and reports need of it, and nothing that names anybody."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

Key = Annotated[str, Meta(max_length=1_000)]
"""A code, a name or a sentence of ours: none is longer, and a report keeps hundreds of them."""


class Named(Struct, frozen=True):
    """A ground, by the id and the title of its rule."""

    regle: Key
    titre: Key = ""


class Missing(Struct, frozen=True):
    """A missing fact, and what each of its values would lead to."""

    fait: Key
    effet: tuple[str, ...] = ()


class Otherwise(Struct, frozen=True):
    """What else would hold."""

    si: Key
    situation: Key | None = None
    position: Key = ""


class Warned(Struct, frozen=True):
    """A warning, by its code."""

    code: Key


class Reading(Struct, frozen=True):
    """A policy that was applied."""

    politique: Key
    valeur: Key


class Amounts(Struct, frozen=True):
    """The totals of the visit, in euros."""

    facture: Decimal | None = None
    base: Decimal | None = None
    taux: str | None = None
    amo_avant_participation: Decimal | None = None
    participation_forfaitaire: Decimal | None = None
    amo: Decimal | None = None
    ticket_moderateur: Decimal | None = None
    majoration: Decimal | None = None
    complementaire_max: Decimal | None = None
    depassement: Decimal | None = None
    depassement_autorise_max: Decimal | None = None
    reste_a_charge: Decimal | None = None


class Answered(Struct, frozen=True, kw_only=True):
    """A decision without its facts."""

    id: str
    date_des_soins: dt.date
    position: Key
    situation: Key | None = None
    situations_possibles: tuple[str, ...] = ()
    ips: str | None = None
    qtp: str | None = None
    qcp_attendu: tuple[str, ...] = ()
    motifs: tuple[Named, ...] = ()
    effets: dict[str, str] = {}
    manquants: tuple[Missing, ...] = ()
    alternatives: tuple[Otherwise, ...] = ()
    avertissements: tuple[Warned, ...] = ()
    remboursement: Amounts | None = None
    politiques: tuple[Reading, ...] = ()
    version_droit: Key = ""
    version_logiciel: Key = ""


class Text(Struct, frozen=True):
    """The ``details`` of an issue."""

    text: Key = ""


class Issue(Struct, frozen=True):
    """What an OperationOutcome says of a line."""

    severity: str = ""
    details: Text = Text()


class Refused(Struct, frozen=True):
    """A line without a decision: why, in French."""

    issue: tuple[Issue, ...] = ()

    @property
    def blank(self) -> bool:
        """Was the line empty, which is no defect?"""
        return bool(self.issue) and all(issue.severity == "information" for issue in self.issue)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each reason once."""
        return tuple(dict.fromkeys(issue.details.text for issue in self.issue))


_MOST = Decimal(10**9)


def believable(amount: Decimal | None) -> Decimal | None:
    """An amount that columns can hold and sums can bear; nobody bills a billion, but a line may say so."""
    return amount if amount is not None and amount.is_finite() and abs(amount) < _MOST else None


_ANSWERED = msgspec.json.Decoder(Answered)
_REFUSED = msgspec.json.Decoder(Refused)
LONGEST = 16 * 1024 * 1024
"""Bytes of an answer that is read; a decision has some five thousand."""

ILLEGIBLE = Refused((Issue("error", Text("ligne qui n’est pas une réponse de parcours batch")),))


def read_answer(line: bytes) -> Answered | Refused:
    """What a line of the output of a batch says; whatever else it may be is a refusal."""
    try:
        return _ANSWERED.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        refused = _REFUSED.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ILLEGIBLE
    return refused if refused.issue else ILLEGIBLE
