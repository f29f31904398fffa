"""Declarations that are kept: prepared once for a key, followed to their end, shown at any version.

Between the words of FHIR and the rows of the store, and knowing neither HTTP nor the clock.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from parcours.domain.declaration import Declaration
from parcours.domain.declaration_states import SUITES, EtatDeclaration
from parcours.domain.declaration_suivie import Passage, Suivie
from parcours.errors import KeyReused, StaleVersion, StoreUnavailable, UnknownDeclaration
from parcours.fhir.declaration_followup import (
    COPIES,
    RENDERINGS,
    Fond,
    copy_id,
    corrected,
    fond,
    form_extract,
    history,
    prepared_bundle,
    task_at,
)
from parcours.fhir.declaration_keys import day_keys, digest, subject_of
from parcours.fhir.declaration_moves import move, put_back, read_task
from parcours.fhir.declaration_resources import AUTEUR, Element
from parcours.fhir.declaration_search import recherche
from parcours.fhir.writing import to_json
from parcours.law.declaration_correction import Correction, corriger
from parcours.service import Preparation, Service
from parcours.store.declarations import Declarations
from parcours.store.records import Corrigee, Criteria, Dossier, Move, Nouvelle, Transition

PARIS: Final = ZoneInfo("Europe/Paris")
ABANDONED: Final = frozenset({EtatDeclaration.ANNULEE, EtatDeclaration.REFUSEE})
"""Ends after which the same patient may choose the same doctor again, the same day."""
SCANNED: Final = 3000
"""How many declarations a search in words reads at most: years of one practice, well under a second."""
SLICE: Final = 300
_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")


T = TypeVar("T", Element, bytes)


@dataclass(frozen=True, slots=True)
class Version(Generic[T]):
    """Something kept, at a version: what is shown of it, and since when."""

    content: T
    version: int
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search: how many there are in all, and this page's resources by id."""

    total: int
    resources: tuple[tuple[str, Element], ...]


@dataclass(frozen=True, slots=True)
class Ouverte:
    """A declaration as a person looks at it: what became of it, and every field with its origin.

    ``corrige``, ``corrigee_par``: the ids of what it replaces and of what replaces it.
    """

    suivie: Suivie
    declaration: Declaration
    patient: str
    corrige: str | None = None
    corrigee_par: str | None = None


class Following:
    """The declarations of one tenant. What belongs to another one does not exist.

    ``base`` is the address of the FHIR server; ``client`` who asks. Every method raises ``StoreUnavailable``.
    """

    def __init__(self, service: Service, declarations: Declarations, *, tenant: str, client: str, base: str):
        self._service = service
        self._kept = declarations
        self._tenant, self._client, self._base = tenant, client, base

    # ------------------------------------------------------------ preparing

    def prepare(
        self, body: bytes, now: dt.datetime, *, key: str | None = None, strict: bool = False
    ) -> Element:
        """Prepare a declaration and keep it; the same key and request get the same answer ever after.

        Without ``key`` the patient, the doctor and the day make it, and what ended without being recorded is
        prepared anew. Raises ``InputError``, or ``KeyReused`` when the key was given with another request;
        then nothing is kept.
        """
        prepared = self._service.prepare(body, now.astimezone(PARIS).date(), strict=strict)
        request = digest(msgspec.json.encode(msgspec.json.decode(body), order="sorted"))
        subject = subject_of(prepared.lecture, request)
        if key:
            dossier = self._once(prepared, now, digest("key", key), request, subject)
        else:
            names = day_keys(subject, prepared.declaration.jour)
            tries = (self._once(prepared, now, name, request, subject) for name in names)
            dossier = next(found for found in map(self._latest, tries) if found.etat not in ABANDONED)
        return prepared_bundle(Fond.decode(dossier.contenu), _suivie(dossier), self._base)

    def _once(
        self, prepared: Preparation, now: dt.datetime, name: str, request: str, subject: str
    ) -> Dossier:
        """What this key gave, or gives now."""
        known = self._kept.find(self._tenant, name)
        if known is None:
            return self._create(prepared, now, name, request, subject)
        if known.empreinte_requete != request:
            raise KeyReused("clé déjà donnée avec une autre demande")
        return known.dossier

    def _create(
        self, prepared: Preparation, now: dt.datetime, name: str, request: str, subject: str
    ) -> Dossier:
        declaration, lecture = prepared.declaration, prepared.lecture
        pdf, id = self._service.pdf(declaration), str(uuid.uuid4())
        new = Nouvelle(
            id=id,
            cle=name,
            empreinte_requete=request,
            sujet=subject,
            patient=lecture.patient.reference or "",
            jour=declaration.jour,
            contenu=fond(declaration, lecture, pdf, id).encode(),
            pdf=pdf,
            empreinte=declaration.empreinte,
            quand=now,
            qui=AUTEUR["display"],
            client=self._client,
        )
        return self._kept.create(self._tenant, new).dossier

    def form(self, proposed: Preparation) -> Element | None:
        """The form already prepared that day for this patient and doctor, if it still lives.

        It never spoils an answer: nothing when the store cannot say.
        """
        tries = (
            self._kept.find(self._tenant, name)
            for name in day_keys(subject_of(proposed.lecture, ""), proposed.declaration.jour)
        )
        latest = (None if found is None else self._latest(found.dossier) for found in tries)
        try:
            known = next(found for found in latest if found is None or found.etat not in ABANDONED)
        except StoreUnavailable:
            return None
        if known is None or not SUITES[known.etat]:
            return None
        return form_extract(Fond.decode(known.contenu))

    def correct(self, id: str, version: int, correction: Correction, now: dt.datetime) -> str:
        """Replace a declaration that is prepared by what a person says of it; the id of the new one.

        What was prepared is never rewritten: a paper that was printed is still the paper of its id. Raises
        ``UnknownDeclaration``, ``StaleVersion``, ``IllegalMove``.
        """
        before = Fond.decode(self._existing(id).contenu)
        declaration = corriger(before.declaration, correction, before.situation, self._service.droit)
        if declaration == before.declaration:
            return id
        pdf, new = self._service.pdf(declaration), str(uuid.uuid4())
        row = Corrigee(
            id=new,
            cle=_correction_of(id),
            contenu=corrected(before, declaration, pdf, new).encode(),
            pdf=pdf,
            empreinte=declaration.empreinte,
            quand=now,
            qui=correction.qui,
            client=self._client,
        )
        return self._kept.correct(self._tenant, id, version, row).id

    def _latest(self, dossier: Dossier) -> Dossier:
        """What this became once corrected, as often as it was."""
        while (known := self._kept.find(self._tenant, _correction_of(dossier.id))) is not None:
            dossier = known.dossier
        return dossier

    # ------------------------------------------------------------ following

    def advance(self, id: str, version: int, body: bytes, now: dt.datetime) -> Version[Element]:
        """Move a declaration on, as the Task put at its address asks.

        Raises ``InputError``, ``UnknownDeclaration``, ``StaleVersion``, ``IllegalMove``.
        """
        asked = read_task(body, id, self._service.limits)
        dossier = self._existing(id)
        if dossier.version != version:
            raise StaleVersion("une version plus récente existe")
        step = move(Fond.decode(dossier.contenu), _suivie(dossier), asked, self._client)
        if step is not None:
            row = Move(
                etat=step.etat, quand=now, qui=step.qui, client=self._client, recu=step.recu, note=step.note
            )
            dossier = self._kept.advance(self._tenant, id, version, row)
        return _shown("Task", dossier)

    def act(
        self,
        id: str,
        version: int,
        etat: EtatDeclaration,
        qui: str,
        now: dt.datetime,
        *,
        recu: str | None = None,
        motif: str | None = None,
    ) -> int:
        """The same, for a person in front of a page; the version reached. Raises what ``advance`` raises."""
        task = put_back(self.read("Task", id).content, etat, qui, recu, motif)
        return self.advance(id, version, to_json(task), now).version

    # ------------------------------------------------------------ showing

    def open(self, id: str) -> Ouverte:
        """A declaration as a person looks at it. Raises ``UnknownDeclaration``."""
        dossier = self._existing(id)
        next_one = self._kept.find(self._tenant, _correction_of(id))
        return replace(_opened(dossier), corrigee_par=next_one.dossier.id if next_one else None)

    def counts(self) -> Mapping[EtatDeclaration, int]:
        """How many there are in each state that some are in."""
        return self._kept.counts(self._tenant)

    def listed(self, criteria: Criteria, count: int, offset: int) -> tuple[int, tuple[Ouverte, ...]]:
        """How many match, and some of them, the last moved first."""
        page = self._kept.search(self._tenant, criteria, count, offset)
        return page.total, tuple(map(_opened, page.dossiers))

    def scanned(self, criteria: Criteria) -> Iterator[Ouverte]:
        """Those that match, one after the other, the last moved first; never more than ``SCANNED``."""
        for offset in range(0, SCANNED, SLICE):
            found = self.listed(criteria, SLICE, offset)[1]
            yield from found
            if len(found) < SLICE:
                return

    def read(self, kind: str, id: str) -> Version[Element]:
        """A Task, QuestionnaireResponse or DocumentReference as it stands. Raises ``UnknownDeclaration``."""
        return _shown(kind, self._existing(id))

    def past(self, id: str, version: int) -> Version[Element]:
        """A Task as it stood. Raises ``UnknownDeclaration`` for a version that never was, too."""
        dossier = self._existing(id)
        if not 1 <= version <= dossier.version:
            raise UnknownDeclaration("version inconnue")
        then = _suivie(dossier).en_version(version)
        return Version(task_at(Fond.decode(dossier.contenu), then), version, then.actuel.quand)

    def history(self, id: str) -> Element:
        """Every version of a Task, the newest first. Raises ``UnknownDeclaration``."""
        dossier = self._existing(id)
        return history(Fond.decode(dossier.contenu), _suivie(dossier), self._base)

    def pdf(self, id: str) -> Version[bytes]:
        """A PDF by its id: the form as prepared, or a copy of the proof. Raises ``UnknownDeclaration``."""
        for copy, title in COPIES.items():
            if id.endswith(copy_id("", copy)):
                return self._proof(id.removesuffix(copy_id("", copy)), title)
        suivie = _suivie(self._existing(id))
        return Version(self._form(id), 1, suivie.prepare_le)

    def _proof(self, id: str, title: str) -> Version[bytes]:
        from parcours.paper.proof import Preuve, proof  # with the libraries that print, as for the form

        suivie = _suivie(self._existing(id))
        return Version(proof(self._form(id), Preuve(suivie, title)), suivie.version, suivie.actuel.quand)

    def _form(self, id: str) -> bytes:
        pdf = self._kept.pdf(self._tenant, id)
        if pdf is None:
            raise UnknownDeclaration("déclaration inconnue")
        return pdf

    def search(self, kind: str, criteria: Iterable[tuple[str, str]], count: int, offset: int) -> Found:
        """The resources of one type that match, the last moved first. Raises ``MalformedInput``."""
        asked = recherche(kind, criteria)
        wanted = Criteria(
            ids=asked.ids,
            patients=asked.patients,
            etats=None if asked.etats is None else frozenset(map(str, asked.etats)),
            recus=asked.recus,
            modifie=asked.modifie,
        )
        page = self._kept.search(self._tenant, wanted, count, offset)
        return Found(page.total, tuple((d.id, _shown(kind, d).content) for d in page.dossiers))

    def _existing(self, id: str) -> Dossier:
        # What cannot be the id of a resource is not asked of a database, which may choke on it.
        dossier = self._kept.read(self._tenant, id) if _ID.fullmatch(id) else None
        if dossier is None:
            raise UnknownDeclaration("déclaration inconnue")
        return dossier


def _shown(kind: str, dossier: Dossier) -> Version[Element]:
    resource = RENDERINGS[kind](Fond.decode(dossier.contenu), _suivie(dossier))
    return Version(resource, dossier.version, dossier.modifie)


def _suivie(dossier: Dossier) -> Suivie:
    return Suivie(
        id=dossier.id,
        empreinte=dossier.empreinte,
        passages=tuple(map(_passage, dossier.transitions)),
    )


def _passage(step: Transition) -> Passage:
    return Passage(
        version=step.version,
        etat=EtatDeclaration(step.etat),
        quand=step.quand,
        qui=step.qui,
        recu=step.recu,
        note=step.note,
    )


def _opened(dossier: Dossier) -> Ouverte:
    kept = Fond.decode(dossier.contenu)
    return Ouverte(_suivie(dossier), kept.declaration, dossier.patient, kept.corrige)


def _correction_of(id: str) -> str:
    """The key of what corrects a declaration: there is one at most."""
    return digest("correction", id)
