"""Visits over the facts of ten rules: as Bundles, for engines that read FHIR, and as flat rows, for others.

Every fact is known, so that each visit has one answer. Nobody in them exists: doctors are numbers of a range
that no register gives.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from parcours.bulk.flat import bundle
from parcours.domain.calendar import anniversary
from parcours.fhir.systems import EXT_PREMIERE_INSTALLATION, R38, TABLES

DOCTORS = 6
"""Few, so that the doctor consulted often is the one who was declared, replaced, or wrote the letter."""
FIRST_RPPS = 10100000000
GENERALISTE, CARDIOLOGUE = "SM54", "SM04"
SPECIALTIES = {GENERALISTE: 50, CARDIOLOGUE: 15, "SM20": 15, "SM38": 12, "SM50": 8}
"""Codes of TRE_R38, and how often each comes: the last three are open to direct access."""
ACTS = (
    "gynecologie-examen-periodique",
    "gynecologie-contraception",
    "ophtalmologie-correction",
    "ophtalmologie-glaucome",
    "stomatologie-soins-bucco-dentaires",
    "autre-acte",
)
NOBODY, NEVER = 0, -1
"""What a flat row says of a doctor who is not there, and of years or days since what did not happen."""
_SPECIALTY = next(url for url, table in TABLES.items() if table == R38)

Element = dict[str, Any]


@dataclass(frozen=True)
class Visit:
    """One visit in both shapes: a ``Bundle``, one line of UTF-8 JSON, and a flat row."""

    bundle: bytes
    row: Element


def visits(count: int, seed: int = 10) -> Iterator[Visit]:
    """So many visits, always the same ones."""
    chance = random.Random(seed)  # noqa: S311 - no secret is drawn here
    for _ in range(count):
        facts = _facts(chance)
        yield Visit(_bundle(facts), _row(facts))


def _facts(chance: random.Random) -> Element:
    """The facts of a visit, by the columns of a flat table (``parcours.bulk.flat``) and two more."""
    day = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(700))
    consulted = _rpps(chance.randint(1, DOCTORS))
    specialty = chance.choices(list(SPECIALTIES), list(SPECIALTIES.values()))[0]
    return {
        "date": day,
        "naissance": _birth(day, chance),
        "rpps": consulted,
        "specialite": specialty,
        "groupe_acte": chance.choice(ACTS),
        "circonstances": [
            code for code, share in (("urgence", 0.06), ("hors-residence", 0.06)) if chance.random() < share
        ],
        "premiere_installation": _installation(day, specialty, chance),
        **_declaration(day, consulted, specialty, chance),
    }


def _birth(day: dt.date, chance: random.Random) -> dt.date:
    """Any age; now and then sixteen years to the day, or a day more or less."""
    if chance.random() < 0.1:
        return anniversary(day, -16) + dt.timedelta(days=chance.randint(-1, 1))
    return day - dt.timedelta(days=chance.randrange(90 * 365))


def _installation(day: dt.date, specialty: str, chance: random.Random) -> dt.date | None:
    """Told of some doctors; now and then five years ago to the day, or a day more or less."""
    if chance.random() > (0.25 if specialty == GENERALISTE else 0.1):
        return None
    if chance.random() < 0.2:
        return anniversary(day, -5) + dt.timedelta(days=chance.randint(-1, 1))
    return day - dt.timedelta(days=chance.randrange(10 * 365))


def _declaration(day: dt.date, consulted: str, specialty: str, chance: random.Random) -> Element:
    """The médecin traitant, whom the doctor replaces, and who wrote the letter.

    A locum of nobody declared and a letter older than the declaration leave the answer open: none is drawn.
    """
    if chance.random() < 0.2:
        return {"mt_statut": "aucun", **_referral(day, None, chance)}
    himself = specialty == GENERALISTE and chance.random() < 0.3
    declared = consulted if himself else _rpps(chance.randint(1, DOCTORS))
    replaced = chance.choice((declared, _rpps(chance.randint(1, DOCTORS)))) if chance.random() < 0.1 else None
    since = day - dt.timedelta(days=chance.randint(200, 4000))
    return {
        "mt_statut": "declare",
        "mt_rpps": declared,
        "mt_debut": since,
        "remplace_rpps": replaced,
        **_referral(day, declared, chance),
    }


def _referral(day: dt.date, declared: str | None, chance: random.Random) -> Element:
    """A letter, sometimes written after the visit."""
    if chance.random() > 0.3:
        return {}
    author = declared if declared and chance.random() < 0.6 else _rpps(chance.randint(1, DOCTORS))
    return {
        "adressage_rpps": author,
        "adressage_profession": "10",
        "adressage_date": day - dt.timedelta(days=chance.randint(-5, 120)),
    }


def _rpps(number: int) -> str:
    return str(FIRST_RPPS + number)


def _bundle(facts: Element) -> bytes:
    """The Bundle of a flat row, with what such a row has no column for."""
    document = json.loads(bundle(facts))
    resources = {resource["id"]: resource for resource in (e["resource"] for e in document["entry"])}
    if facts["premiere_installation"]:
        since = {"url": EXT_PREMIERE_INSTALLATION, "valueDate": facts["premiere_installation"].isoformat()}
        resources["r"].setdefault("extension", []).append(since)
    if "auteur" in resources:  # a doctor of no specialty might have one that is open to direct access
        coding = {"system": _SPECIALTY, "code": CARDIOLOGUE}
        resources["auteur"]["qualification"].append({"code": {"coding": [coding]}})
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _row(facts: Element) -> Element:
    """The same for engines of rules: small numbers for doctors, dates already counted in days or years."""
    day = facts["date"]
    return {
        "age": _years(facts["naissance"], day),
        "medecin": _number(facts["rpps"]),
        "specialite": facts["specialite"],
        "acte": facts["groupe_acte"],
        "installe_ans": _years(facts["premiere_installation"], day),
        "traitant": _number(facts.get("mt_rpps")),
        "declare_jours": _days(facts.get("mt_debut"), day),
        "remplace": _number(facts.get("remplace_rpps")),
        "prescripteur": _number(facts.get("adressage_rpps")),
        "adresse_jours": _days(facts.get("adressage_date"), day),
        "urgence": "urgence" in facts["circonstances"],
        "hors_residence": "hors-residence" in facts["circonstances"],
    }


def _number(rpps: str | None) -> int:
    return int(rpps) - FIRST_RPPS if rpps else NOBODY


def _days(since: dt.date | None, day: dt.date) -> int:
    return max(NEVER, (day - since).days) if since else NEVER


def _years(since: dt.date | None, day: dt.date) -> int:
    """Whole years; ``NEVER`` for what has not happened yet, or did not."""
    if since is None or since > day:
        return NEVER
    years = day.year - since.year
    return years if anniversary(since, years) <= day else years - 1
