"""From the code of the billing screen to the letter sent, to the SNDS, to the numbers seen on screens.

The pairs are those the program itself gives; only the numbers of the screens are written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from parcours.fhir.systems import code_system, value_set
from pds.code_systems import metadata, pascal
from pds.sources import VOCABULARY, code_tables, codes

Resource = dict[str, Any]
Pair = tuple[str, str]

_DEPENDS = "Selon les faits, et d'abord selon qu'un médecin traitant est déclaré."
_BLANK = "Zone laissée volontairement à blanc."
_UNLISTED = "Aucune valeur transmise n'est publiée pour cette lettre."
_UNSEEN = "Aucun numéro rencontré : ce code ne se choisit pas dans la liste de l'écran."


def concept_maps() -> list[Resource]:
    """Every map."""
    tables = code_tables()
    return [
        _concept_map(
            "pds-cm-situation-ips",
            "De la situation de l'écran à l'indicateur transmis",
            "Lettre transmise (IPS) pour chaque situation de l'écran de facturation.",
            ((t.situation, t.ips) for t in tables if t.situation),
            _BLANK,
        ),
        _concept_map(
            "pds-cm-ips-qtp",
            "De l'indicateur transmis au SNDS",
            "Valeur de PRS_PDS_QTP (SNDS) pour chaque lettre transmise.",
            ((t.ips, t.qtp or "") for t in tables if t.ips),
            _UNLISTED,
        ),
        _concept_map(
            "pds-cm-situation-qcp",
            "De la situation de l'écran à la valeur calculée par le payeur",
            "Valeurs de PRS_PDS_QCP (SNDS) que le payeur peut calculer pour chaque situation de l'écran.",
            ((t.situation, qcp) for t in tables if t.situation for qcp in t.qcp),
            "",
        ),
        _concept_map(
            "pds-cm-situation-ecran",
            "De la situation au numéro de l'écran",
            "Numéro à deux chiffres que portent des écrans de facturation rencontrés sur le terrain.",
            ((code, VOCABULARY["ecran"].get(code, "")) for code in codes("pds-cs-situation")),
            _UNSEEN,
        ),
    ]


def _concept_map(id: str, title: str, description: str, pairs: Iterable[Pair], unmatched: str) -> Resource:
    source, target = id.removeprefix("pds-cm-").split("-")
    known = sorted(set(pairs), key=lambda pair: _rank(source, target, pair))
    return {
        **metadata("ConceptMap", id, pascal(id).replace("PdsCm", "PdsConceptMap"), title, description),
        "sourceCanonical": value_set(f"pds-vs-{source}"),
        "targetCanonical": value_set(f"pds-vs-{target}"),
        "group": [
            {
                "source": code_system(f"pds-cs-{source}"),
                "target": code_system(f"pds-cs-{target}"),
                "element": [
                    _element(f"pds-cs-{source}", f"pds-cs-{target}", code, known, unmatched)
                    for code in dict.fromkeys(code for code, _ in known)
                ],
            }
        ],
    }


def _rank(source: str, target: str, pair: Pair) -> tuple[int, int]:
    targets = ["", *codes(f"pds-cs-{target}")]
    return list(codes(f"pds-cs-{source}")).index(pair[0]), targets.index(pair[1])


def _element(source: str, target: str, code: str, pairs: list[Pair], unmatched: str) -> Resource:
    targets = [to for origin, to in pairs if origin == code]
    return {
        "code": code,
        "display": codes(source)[code],
        "target": [_target(target, to, len(targets) > 1, pairs, unmatched) for to in targets],
    }


def _target(system: str, code: str, depends: bool, pairs: list[Pair], unmatched: str) -> Resource:
    if not code:
        return {"equivalence": "unmatched", "comment": unmatched}
    shared = len({origin for origin, to in pairs if to == code}) > 1
    equivalence = "inexact" if depends else "wider" if shared else "equivalent"
    found = {"code": code, "display": codes(system)[code], "equivalence": equivalence}
    return {**found, "comment": _DEPENDS} if depends else found
