"""What all tests share: a clean environment, ready-made answers, and no skip that goes unseen."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from parcours.domain.decision import (
    Alternative,
    Decision,
    Effet,
    Facturation,
    FaitRetenu,
    Manquant,
    MedecinFacture,
    Motif,
    PolitiqueAppliquee,
    Position,
    Reponse,
)
from parcours.domain.facts import Avertissement, Visite
from parcours.fhir.elements import Identifier, Reference
from parcours.fhir.reading import Contexte, Lecture

pytest_plugins = ["tests.logs.watch"]
"""What is said during the whole run is looked at."""

ROOT = Path(__file__).resolve().parent.parent
SHARED_ABSENT = "../shared absent"


def _lets_ci_pass(reason: str) -> bool:
    return not os.environ.get("CI") or reason.startswith(SHARED_ABSENT)


def _refusal(reason: str) -> str:
    return f"skipped in CI, where every tool must be there: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that skips itself for want of a tool has failed."""
    report = yield
    skipped = call.excinfo and call.excinfo.errisinstance(pytest.skip.Exception)
    if skipped and call.excinfo and not _lets_ci_pass(str(call.excinfo.value)):
        report.outcome = "failed"
        report.longrepr = _refusal(str(call.excinfo.value))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not _lets_ci_pass(reason):
            report.outcome = "failed"
            report.longrepr = _refusal(reason)
    return report


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """``no_cover`` of pytest-cov, also in a process of pytest-xdist: a second tracer goes on there."""
    trace = sys.gettrace() if item.get_closest_marker("no_cover") else None
    if trace is None:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(trace)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PARCOURS_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _no_data_of_this_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the service keeps by default, no test keeps in the home of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        _keep_data_in(tmp_path_factory.mktemp("data"), patch)
        yield


@pytest.fixture(autouse=True)
def _data_of_this_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And each test has its own."""
    _keep_data_in(tmp_path / "data", monkeypatch)


def _keep_data_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        patch.setenv(name, str(folder))


@pytest.fixture(scope="session")
def shared_requests() -> Path:
    """The two complete requests that come with the contract."""
    folder = ROOT.parent / "shared" / "design" / "requests"
    if not folder.is_dir():
        pytest.skip(f"{SHARED_ABSENT}: {folder.name}")
    return folder


@pytest.fixture
def created() -> dt.datetime:
    return dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@pytest.fixture
def decision() -> Decision:
    """An answer in which every field says something."""
    return Decision(
        id="5b0a4d0e-7c1f-5c0e-9a43-0d6e2f1c9b77",
        date_des_soins=dt.date(2026, 3, 10),
        position=Position.DANS,
        situation="O",
        situations_possibles=(),
        ips="O",
        qtp="3",
        qcp_attendu=("3", "24"),
        facturation=Facturation(
            indicateur="O",
            declaration_mt="oui",
            top_mt="O",
            medecin=MedecinFacture(nom="TEST-MT", prenom="Camille", identifiant="10100000001"),
            date_installation=dt.date(2024, 1, 2),
            date_installation_zone=dt.date(2024, 3, 4),
        ),
        motifs=(
            Motif(
                regle="adressage-medecin-traitant",
                titre="Adressage par le médecin traitant",
                texte="CSS L162-5-3, al. 1",
                version="LEGIARTI000048691431",
                url="https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000048691431",
                depuis=dt.date(2023, 12, 29),
            ),
        ),
        effets=dict.fromkeys(Effet, Reponse.NON),
        faits=(
            FaitRetenu(
                fait="patient.age", valeur="45", origine="Bundle.entry[1].resource.birthDate", date=None
            ),
        ),
        manquants=(
            Manquant(
                fait="medecin.secteur",
                chemin="Bundle.entry[2].resource.extension",
                effet=("secteur 1 : dépassement autorisé", "secteur 2 : rien ne change"),
            ),
        ),
        alternatives=(
            Alternative(si="urgence attestée", situation="U", position=Position.DANS),
            Alternative(si="structure humanitaire", situation=None, position=Position.DANS),
        ),
        avertissements=(Avertissement("fait-suppose", "Médecin traitant supposé déclaré."),),
        remboursement=None,
        politiques=(
            PolitiqueAppliquee(
                politique="eloignement", valeur="attestation", note="Aucun texte ne fixe de distance."
            ),
            PolitiqueAppliquee(politique="plafond-majoration-2024", valeur="10.60", note="R160-6, al. 3."),
        ),
        version_droit="2026.11",
        version_logiciel="0.1.0",
    )


@pytest.fixture
def contexte() -> Contexte:
    return Contexte(
        patient=Reference(reference="Patient/pat"),
        encounter=Reference(reference="Encounter/enc"),
        praticien=Reference(
            reference="PractitionerRole/role",
            identifier=Identifier(system="https://rpps.esante.gouv.fr", value="10100000002"),
        ),
        claim=Reference(reference="Claim/claim"),
        claim_identifier=Identifier(system="urn:test", value="F1"),
        coverages=(Reference(reference="Coverage/amo"), Reference(reference="Coverage/amc")),
        insurer="Assurance maladie obligatoire",
        facture=False,
    )


@pytest.fixture
def lecture(contexte: Contexte) -> Lecture:
    return Lecture(visite=Visite(date=dt.date(2026, 3, 10)), contexte=contexte, problems=())
