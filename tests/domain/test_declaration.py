"""The blocks of the form have a name for people; their codes are for machines."""

from __future__ import annotations

from parcours.domain.declaration import BLOCS, LIBELLES, Champ, Id


def test_every_field_is_told_by_the_name_of_its_block_and_its_own() -> None:
    assert {Champ(id=link).bloc for link in LIBELLES} == BLOCS.keys()
    assert Champ(id=Id.ASSURE_NUMERO).intitule == "Assuré(e), Numéro de sécurité sociale"
