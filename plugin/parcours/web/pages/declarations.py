"""The declarations of a practice: listed, searched, prepared, shown, completed, printed."""

from __future__ import annotations

import uuid
from typing import Final

from flask import Response, request

from parcours.domain.declaration import Champ
from parcours.domain.declaration_states import EtatDeclaration
from parcours.errors import InputError, KeyReused, Problem, StaleVersion
from parcours.fhir.declaration_followup import COPIES, PDF, copy_id
from parcours.web.pages.declaration_forms import ADRESSES, Sent, typed
from parcours.web.pages.declaration_frame import around, shown, subject, to
from parcours.web.pages.declaration_list import Filtre, Liste, listed, searched
from parcours.web.pages.declaration_view import Vue, local
from parcours.web.pages.people import declarations, now, person
from parcours.web.pages.shell import rendered

blueprint = subject("declaration_pages", __name__)

FILE_NAME: Final = "declaration-medecin-traitant"
"""Of nobody."""
ALREADY: Final = Problem(
    "",
    "business-rule",
    "Une déclaration a déjà été préparée ce jour pour ce patient et ce médecin, avec d’autres données : "
    "l’ouvrir dans la liste, ou cocher « Préparer à nouveau ».",
)


# ---------------------------------------------------------------- list, search


@blueprint.get("")
def list_all() -> Response:
    """The declarations of the practice, the last moved first; filters are in the address, words never."""
    filtre = Filtre.of(request.args)
    return _list(filtre, listed(declarations(), filtre))


@blueprint.post("")
def search() -> Response:
    """Those that some words designate: a name, a date of birth, a number, a receipt."""
    filtre, words = Filtre.of(request.form), request.form.get("mots", "")[:200].strip()
    return _list(filtre, searched(declarations(), filtre, words) if words else listed(declarations(), filtre))


def _list(filtre: Filtre, liste: Liste) -> Response:
    return rendered("declarations.html", filtre=filtre, liste=liste, local=local)


# ---------------------------------------------------------------- prepare


@blueprint.get("/nouvelle")
def new() -> Response:
    """Where a declaration is prepared from what a software has."""
    return _new("")


@blueprint.post("/preparer")
def prepare() -> Response:
    """Prepare from the visit of a page that is open (``page``), else from a file, else from a text."""
    page, text = request.form.get("page", ""), _given()
    key = uuid.uuid4().hex if "a_nouveau" in request.form else None
    try:
        body = _visit(page) if page else text.encode()
        answer = declarations().prepare(body, now(), key=key)
    except KeyReused:
        return _new(text, page, (ALREADY,), 422)
    except InputError as error:
        return _new(text, page, error.problems, error.status)
    return to(answer["entry"][0]["resource"]["id"])


def _given() -> str:
    """What was chosen or pasted, as the field shows it again when it cannot be read."""
    file = request.files.get("fichier")
    sent = file.read().decode("utf-8", "replace") if file else ""
    return sent or request.form.get("demande", "")


def _visit(page: str) -> bytes:
    # Launches draw their own pages with this package: neither could be imported first.
    from parcours.web.smart import session_secret, smart

    return smart().visits.read(session_secret(), page, now()).body


def _new(text: str, page: str = "", problems: tuple[Problem, ...] = (), status: int = 200) -> Response:
    return rendered(
        "declaration_new.html",
        status,
        who=person(),
        demande=text,
        page=page,
        problemes=problems,
        reprise=problems == (ALREADY,),
    )


# ---------------------------------------------------------------- one declaration


@blueprint.get("/<id>")
def show(id: str) -> Response:
    """One declaration: what to do now, every field with its origin, who signs, what happened."""
    return shown(Vue(declarations().open(id)))


@blueprint.get("/<id>/espace-pro")
def online(id: str) -> Response:
    """What to type and check on the espace pro, in the order of its screen."""
    vue = Vue(declarations().open(id))
    return rendered("declaration_online.html", vue=vue, **around())


@blueprint.get("/<id>/formulaire.pdf")
def form(id: str) -> Response:
    """The form to sign, as it was prepared."""
    return _pdf(declarations().pdf(declarations().open(id).suivie.id).content, "")


@blueprint.get(f"/<id>/exemplaire-<any({','.join(COPIES)}):copie>.pdf")
def copy(id: str, copie: str) -> Response:
    """A copy of the proof: the form, and what became of it."""
    return _pdf(declarations().pdf(copy_id(id, copie)).content, f"-{copie}")


def _pdf(content: bytes, end: str) -> Response:
    disposition = {"Content-Disposition": f'inline; filename="{FILE_NAME}{end}.pdf"'}
    return Response(content, mimetype=PDF, headers=disposition)


# ---------------------------------------------------------------- correct


@blueprint.get("/<id>/corriger")
def edit(id: str) -> Response:
    """The fields, to complete or to correct while nobody has signed."""
    vue = Vue(declarations().open(id))
    return _edited(vue, None) if vue.etat is EtatDeclaration.PREPAREE else to(id)


@blueprint.post("/<id>/corriger")
def correct(id: str) -> Response:
    """Another declaration with what was typed, printed anew; the former one is cancelled with it."""
    sent, vue = Sent.now(), Vue(declarations().open(id))
    correction = sent.correction(vue.declaration, person())
    if sent.version != vue.version:
        raise StaleVersion
    if sent.erreurs:
        return _edited(vue, sent, 422)
    return to(declarations().correct(id, sent.version, correction, now()))


def _edited(vue: Vue, sent: Sent | None, status: int = 200) -> Response:
    values = {**typed(vue.declaration), **(sent.form if sent else {})}
    return rendered(
        "declaration_edit.html",
        status,
        vue=vue,
        who=person(),
        sent=sent,
        valeurs=values,
        adresses=ADRESSES,
        modifiable=_may_be_typed(vue),
    )


def _may_be_typed(vue: Vue) -> list[tuple[str, list[Champ]]]:
    """The doctor is not retyped when this one cannot be declared: another declaration is prepared."""
    refused_doctor = not vue.peut_etre_signee
    return [
        (title, champs) for title, champs in vue.blocs if not (refused_doctor and champs[0].bloc == "medecin")
    ]
