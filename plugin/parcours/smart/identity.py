"""Who is in front of the screen: one shape, whichever claims said so.

SMART names a resource (``fhirUser``), Pro Santé Connect a national identifier (``SubjectNameID``). The rest
of the program sees an ``Identite``, and nothing of either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from parcours.fhir.systems import RPPS
from parcours.remote.ehr import is_fhir_id
from parcours.remote.endpoints import Endpoint
from parcours.smart.refusal import Refus, Refused

SOURCE = "pro-sante-connect"
"""Of an identity that Pro Santé Connect told us itself: no software vouched for it."""

PSC_ACR = "eidas1"
"""The level that Pro Santé Connect is asked for."""
PSC_LEVELS = ("eidas1", "eidas2", "eidas3")
"""Those that it may say it reached: who shows a card reaches a higher one."""
PSC_AGE_S = 4 * 3600
"""How long ago the user may have shown card or telephone: half a day's consultations."""

_USERS = ("Practitioner", "PractitionerRole")
_REFERENCE = re.compile(r"(?:^|/)(?:Practitioner|PractitionerRole|Patient|RelatedPerson|Person)/[^/]+$")
_NATIONAL = re.compile(r"8([0-9]{11})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identite:
    """A signed-in user. ``utilisateur`` is ``Type/id`` on the software's FHIR server, when it said so."""

    sujet: str
    source: str
    utilisateur: str | None = None
    rpps: str | None = None
    nom: str | None = None

    def completed(self, practitioner: Mapping[str, Any]) -> Identite:
        """With the name and the RPPS number of his own resource, where the claims said nothing."""
        return replace(self, rpps=self.rpps or _rpps(practitioner), nom=self.nom or full_name(practitioner))


def identified(claims: Mapping[str, Any], kind: str, base: Endpoint, now: float) -> Identite | None:
    """The user that proven claims name, read as ``fhirUser`` or as ``psc``. Raises ``Refused``.

    ``None``: they prove a user, and do not say which of the software's professionals he is.
    """
    return of_pro_sante_connect(claims, now) if kind == "psc" else _fhir_user(claims, base)


def _fhir_user(claims: Mapping[str, Any], base: Endpoint) -> Identite | None:
    """SMART: a professional on the software's own server. A patient may not open a doctor's page.

    The claim was called ``profile`` before SMART 1.1, a name that OpenID Connect has for a page of the Web.
    """
    reference = claims.get("fhirUser") or _old_profile(claims.get("profile"))
    if reference is None:
        return None
    kind, _, id = _local(reference, base).partition("/")
    if kind not in _USERS or not is_fhir_id(id):
        raise Refused(Refus.IDENTITY, "fhirUser")
    return Identite(sujet=claims["sub"], source="fhirUser", utilisateur=f"{kind}/{id}")


def _old_profile(profile: object) -> str | None:
    """The reference of a resource that stands where it did at first."""
    return profile if isinstance(profile, str) and _REFERENCE.search(profile) else None


def _local(reference: object, base: Endpoint) -> str:
    """``Type/id`` of a reference, relative or absolute under the base."""
    if not isinstance(reference, str) or "://" not in reference:
        return reference if isinstance(reference, str) else ""
    try:
        return base.within(reference).removeprefix(f"{base.path.rstrip('/')}/")
    except ValueError:
        return ""


def of_pro_sante_connect(claims: Mapping[str, Any], now: float) -> Identite:
    """Who Pro Santé Connect says it is: at the level asked for, or higher, and not longer ago than allowed.

    Raises ``Refused``.
    """
    since = claims.get("auth_time")
    recent = isinstance(since, int) and not isinstance(since, bool) and now - PSC_AGE_S <= since
    if claims.get("acr") not in PSC_LEVELS or not recent:
        raise Refused(Refus.IDENTITY, "level")
    subject = claims.get("SubjectNameID", claims.get("preferred_username"))
    if not isinstance(subject, str) or not subject:
        raise Refused(Refus.IDENTITY, "SubjectNameID")
    national = _NATIONAL.fullmatch(subject)
    words = [claims.get("given_name"), claims.get("family_name")]
    name = " ".join(word for word in words if isinstance(word, str))
    return Identite(sujet=subject, source="psc", rpps=national[1] if national else None, nom=name or None)


def _objects(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = holder.get(name)
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _rpps(practitioner: Mapping[str, Any]) -> str | None:
    found = (item.get("value") for item in _objects(practitioner, "identifier") if item.get("system") == RPPS)
    return next((value for value in found if isinstance(value, str)), None)


def full_name(person: Mapping[str, Any]) -> str | None:
    """The first name and the family name of a person, as the software writes them."""
    for name in _objects(person, "name"):
        given = name.get("given")
        first = given if isinstance(given, list) else []
        words = [word for word in (*first[:1], name.get("family")) if isinstance(word, str)]
        if words:
            return " ".join(words)
    return None
