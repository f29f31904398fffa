"""``parcours audit``: go through the chain, hand the records out as FHIR, change its key."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from parcours.cli.kept import into_a_new_file, kept

if TYPE_CHECKING:
    from parcours.settings import Settings
    from parcours.store import Store
    from parcours.store.audit import Point, Trace, Traces

BROKEN: Final = 1
_DATE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"])


@click.group("audit")
def audit_command() -> None:
    """L’audit : qui a demandé quoi, pour quel cabinet, quand, et ce qui a été répondu."""


@audit_command.command("verify")
@click.option(
    "--tete", "head", metavar="N:EMPREINTE", help="Une tête notée ailleurs : doit être encore dans la chaîne."
)
def verify_command(head: str | None) -> int:
    """Parcourt toute la chaîne : rien d’ôté, de changé, de déplacé ni de coupé. Code 1 sinon."""
    with kept() as (store, settings):
        verdict = store.audit(settings.keys).verify(_point(head))
    if verdict.fault:
        click.echo(f"Audit rompu au n° {verdict.fault.numero} : {verdict.fault.what}.")
        return BROKEN
    if verdict.head.numero == 0:
        click.echo(
            "Audit vide : rien n’y a été écrit, ou tout en a été ôté ; une tête notée ailleurs le dirait."
        )
        return 0
    first = verdict.purged + 1
    click.echo(f"Audit entier : {_records(verdict.head.numero - verdict.purged)} à partir du n° {first}.")
    click.echo(f"Tête, à noter ailleurs : {verdict.head.numero}:{verdict.head.empreinte}")
    return 0


@audit_command.command("export")
@click.option("--since", type=_DATE, metavar="DATE", help="À partir de cette date (UTC).")
@click.option("--until", type=_DATE, metavar="DATE", help="Avant cette date (UTC).")
@click.option("--tenant", metavar="CABINET", help="Un seul cabinet ; par défaut, tous.")
@click.option("--patient", metavar="REF", help="Un seul patient, nommé comme son logiciel le nomme.")
@click.option(
    "-o", "--output", "file", required=True, metavar="FICHIER", type=click.Path(path_type=Path),
    help="Un fichier nouveau, que personne d’autre ne peut lire.",
)  # fmt: skip
def export_command(
    since: dt.datetime | None, until: dt.datetime | None, tenant: str | None, patient: str | None, file: Path
) -> int:
    """Écrit l’audit : un AuditEvent (FHIR R4) par ligne, du plus ancien au plus récent.

    Code 1 si un enregistrement ne se lit plus : les autres sont écrits.
    """
    unreadable: list[str] = []
    with kept() as (store, settings):
        from parcours.store.new_files import made_whole

        witnessed(store, settings, "audit export", tenant, patient)
        traces, number = store.audit(settings.keys), 0
        with into_a_new_file(), made_whole(file) as beside, beside.open("wb") as lines:
            for trace in traces.records(since=_utc(since), until=_utc(until), tenant=tenant):
                try:
                    if patient is None or _is_about(trace, patient, traces):
                        lines.write(_line(trace, settings.url))
                        number += 1
                except msgspec.DecodeError:  # somebody wrote in it
                    unreadable.append(str(trace.numero))
    click.echo(f"Exporté : {_records(number)}", err=True)
    if not unreadable:
        return 0
    click.echo(f"Illisibles : n° {', '.join(unreadable)} ; voir `parcours audit verify`.", err=True)
    return BROKEN


@audit_command.command("rotate")
def rotate_command() -> None:
    """Fait une nouvelle clé ; les précédentes restent, pour relire ce qu’elles ont signé."""
    with kept() as (store, settings):
        traces = store.audit(settings.keys)
        traces.prepare(_now())
        witnessed(store, settings, "audit rotate")
        click.echo(traces.rotate(_now()))


def witnessed(
    store: Store, settings: Settings, command: str, tenant: str | None = None, patient: str | None = None
) -> None:
    """Record what whoever runs the service asks, before it is done. Raises ``StoreUnavailable``."""
    from parcours.fhir.audit_event import Requested
    from parcours.store.audit import Entry

    traces = store.audit(settings.keys)
    traces.prepare(_now())
    asked = Requested(
        interaction="operation",
        methode="",
        route=f"parcours {command}",
        statut=0,
        proprietaire="operator",
        client=getpass.getuser(),
        patients=tuple(_hidden(traces, tenant, patient)) if patient and tenant else (),
    )
    traces.add([Entry(tenant, _now(), asked.encode())])


def _is_about(trace: Trace, patient: str, traces: Traces) -> bool:
    """Is this patient of the practice of this record among those it names?"""
    from parcours.fhir.audit_event import Requested

    named = Requested.decode(trace.contenu).patients
    return not {*named}.isdisjoint(_hidden(traces, trace.tenant or "", patient)) if named else False


def _hidden(traces: Traces, tenant: str | None, patient: str) -> list[str]:
    """What any of our keys makes of this patient."""
    from parcours.fhir.audit_event import patient_name

    return [key.hidden(tenant or "", patient_name(patient)) for key in traces.keys.all()]


def _line(trace: Trace, server: str) -> bytes:
    from parcours.fhir.audit_event import Requested, audit_event

    event = audit_event(
        Requested.decode(trace.contenu),
        numero=trace.numero,
        quand=trace.quand,
        tenant=trace.tenant,
        empreinte=trace.empreinte,
        server=server,
    )
    return msgspec.json.encode(event) + b"\n"


def _records(number: int) -> str:
    return f"{number} enregistrement{'s' if number > 1 else ''}"


def _point(text: str | None) -> Point | None:
    from parcours.store.audit import Point

    if text is None:
        return None
    numero, _, empreinte = text.partition(":")
    if not (numero.isdecimal() and empreinte):
        raise click.BadParameter("attendu : N:EMPREINTE, comme l’écrit `parcours audit verify`.")
    return Point(int(numero), empreinte)


def _utc(given: dt.datetime | None) -> dt.datetime | None:
    return given.replace(tzinfo=dt.UTC) if given and given.tzinfo is None else given


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
