"""Every folder of ``examples/declarations/`` is a lesson: what is prepared is what its page tells.

``expected.json`` is what the program prepares (rewritten by ``python tests/regenerate_examples.py``).
The table below was written by hand from the rules: nothing rewrites it.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.task import Task
from pypdf import PdfReader

from parcours.domain.declaration import Id
from parcours.fhir.declaration_resources import questionnaire_response, task
from parcours.service import Service
from parcours.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "examples/declarations"
EXAMPLES = sorted(folder for folder in FOLDER.iterdir() if folder.is_dir())
NEVER = dt.date(1900, 1, 1)
"""Every example holds a visit: no other day is looked at."""

BY_HAND = {
    "01-adulte-sans-medecin-traitant": ("premiere", "oui", ["beneficiaire", "medecin"], True),
    "02-enfant": ("premiere", "oui", ["parent-ou-titulaire-de-l-autorite-parentale", "medecin"], True),
    "03-dix-sept-ans": (
        "premiere",
        "oui",
        ["beneficiaire", "parent-ou-titulaire-de-l-autorite-parentale", "medecin"],
        True,
    ),
    "04-changement": ("changement", "oui", ["beneficiaire", "medecin"], False),
    "05-medecin-traitant-retraite": ("apres-depart", "oui", ["beneficiaire", "medecin"], True),
    "06-camieg": ("premiere", "oui", ["beneficiaire", "medecin"], True),
    "07-msa": ("premiere", "oui", ["beneficiaire", "medecin"], True),
    "08-centre-de-sante": ("premiere", "oui", ["beneficiaire", "medecin"], True),
    "09-medecin-hospitalier": ("premiere", "oui", ["beneficiaire", "medecin"], True),
    "10-remplacant-refuse": ("premiere", "non", ["beneficiaire", "medecin"], False),
}
"""What declaring does, may this doctor be named, who signs, is it proposed with the answer on the visit."""


def prepared(folder: Path) -> dict[str, Any]:
    """What the program prepares for an example, without what changes with the program."""
    service = Service(Settings())
    body = (folder / "bundle.json").read_bytes()
    preparation = service.prepare(body, NEVER)
    declaration, lecture = preparation.declaration, preparation.lecture
    found = {
        "nature": declaration.nature,
        "acceptable": declaration.acceptable,
        "refus": [r.code for r in declaration.refus],
        "signent": [s.qui for s in declaration.signatures],
        "a_demander": list(declaration.a_demander),
        "destinataire": {"nom": declaration.destinataire.nom, "adresse": declaration.destinataire.adresse},
        "avertissements": [a.code for a in declaration.avertissements],
        "champs": {
            c.id: {"valeur": c.texte, "etat": c.etat, "origine": c.origine, "pourquoi": c.pourquoi}
            for c in declaration.champs
        },
        "proposee": service.propose(body, service.evaluate(body)) is not None,
        "questionnaire-response": _without_version(questionnaire_response(declaration, lecture)),
        "task": _without_version(task(declaration, lecture)),
    }
    value: dict[str, Any] = json.loads(json.dumps(found, ensure_ascii=False))
    return value


def _without_version(resource: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps({k: v for k, v in resource.items() if k != "id"}, ensure_ascii=False)
    value: dict[str, Any] = json.loads(re.sub(r"(QuestionnaireResponse/)[0-9a-f-]{36}", r"\1…", text))
    return value


def expected(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return value


def test_every_example_is_in_the_table_written_by_hand() -> None:
    assert list(BY_HAND) == [folder.name for folder in EXAMPLES]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_program_prepares_what_the_example_shows(folder: Path) -> None:
    assert prepared(folder) == expected(folder)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_what_is_prepared_is_what_the_rules_say(folder: Path) -> None:
    shown = expected(folder)
    found = (shown["nature"], shown["acceptable"], shown["signent"], shown["proposee"])
    assert found == BY_HAND[folder.name]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_resources_are_fhir(folder: Path) -> None:
    shown = expected(folder)
    QuestionnaireResponse.model_validate(shown["questionnaire-response"])
    Task.model_validate(shown["task"] | {"output": []})


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_has_its_line_in_the_list(folder: Path) -> None:
    title = (folder / "README.md").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert f"({folder.name}) | {title} |" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_paper_of_an_example_holds_its_fields(folder: Path) -> None:
    service = Service(Settings())
    declaration = service.prepare((folder / "bundle.json").read_bytes(), NEVER).declaration
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(service.pdf(declaration))).pages)
    printed = re.sub(r"\s+", "", text)
    for champ in declaration.champs:
        if champ.id != Id.BENEFICIAIRE_NAISSANCE:
            assert re.sub(r"\s+", "", champ.texte) in printed
