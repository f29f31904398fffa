"""Answers written by hand, so that what a report counts can be counted here."""

from __future__ import annotations

import json
from typing import Any

HOSTILE = "<script>alert(1)</script>"
SECRETS = ("1980-04-17", "10100000002", "SECRET-NOM", "Practitioner/secret")


def decided(**changes: Any) -> bytes:
    """A decision on one line, with facts that name people."""
    return json.dumps(
        {
            "id": "00000000-0000-5000-8000-000000000000",
            "date_des_soins": "2026-03-10",
            "position": "dans-parcours",
            "situation": "T",
            "ips": "T",
            "qtp": "1",
            "qcp_attendu": ["1"],
            "facturation": {"indicateur": "T", "medecin": {"nom": SECRETS[2], "identifiant": SECRETS[1]}},
            "motifs": [{"regle": "medecin-traitant", "titre": "Consultation du médecin traitant."}],
            "effets": {"majoration": "non"},
            "faits": [
                {"fait": "patient.naissance", "valeur": SECRETS[0], "origine": SECRETS[3], "date": None}
            ],
            "version_droit": "2026-08",
            "version_logiciel": "0.1.0",
        }
        | changes
    ).encode()


def out_of_the_path(majoration: str | None, *alternatives: str, **changes: Any) -> bytes:
    """A visit out of the path, with its majoration and what would have put it in."""
    return decided(
        position="hors-parcours",
        situation="S2",
        motifs=[{"regle": "sans-adressage", "titre": "Consulté sans adressage"}],
        remboursement={"majoration": majoration, "base": "30.00"},
        alternatives=[{"si": si, "situation": "O", "position": "dans-parcours"} for si in alternatives],
        **changes,
    )


def undetermined(**facts: list[str]) -> bytes:
    """A visit of which facts are missing, each with what its values would lead to."""
    missing = [
        {"fait": name.replace("__", ".").replace("_", "-"), "chemin": "Bundle", "effet": effects}
        for name, effects in facts.items()
    ]
    return decided(position="indetermine", situation=None, motifs=[], manquants=missing)


def refused(text: str, severity: str = "error") -> bytes:
    """A line without a decision."""
    issue = {"severity": severity, "code": "structure", "details": {"text": text}, "diagnostics": "ligne 1"}
    return json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()
