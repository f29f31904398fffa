"""The people of a declaration, to the last detail: which name, which number, until which day."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from tests.fhir.builders import Json, bundle, concept, couverture_classe, encounter, practitioner, ref, role
from tests.fhir.declarations import (
    NEW_STATUS,
    RELIABILITY,
    SUBSCRIBER,
    TEST_NUMBER,
    V203,
    adresse,
    demande,
    dominique,
    droits,
    identifier,
    lire,
    nom,
    proche,
    qualified,
)

from parcours.domain.declaration_facts import Assure, Beneficiaire, Lien, Lu, NatureNumero, Numero
from parcours.errors import UnreadableBundle
from parcours.fhir.declaration_systems import REPRESENTANT

# Everything is asked about on 10 March 2026.
YESTERDAY, TODAY = {"end": "2026-03-09"}, {"end": "2026-03-10"}
FORMER = {**adresse("LILLE", "59000"), "use": "old"}


def beneficiaire(**elements: Any) -> Beneficiaire:
    return lire(demande(dominique(**elements))).faits.beneficiaire


def assure(*more: Json) -> Assure:
    return lire(demande(*more)).faits.assure


def test_what_is_told_of_the_beneficiary_is_told_by_its_place() -> None:
    found = beneficiaire(
        name=[nom(use="old"), {**nom(), "given": [" ", "DOMINIQUE"]}, nom("USAGE", use="usual")],
        address=[FORMER, adresse()],
        identifier=[identifier("99"), identifier("13")],
        multipleBirthInteger=2,
    )
    at = "Bundle.entry[0].resource."
    who = found.identite
    assert [who.nom_naissance, who.nom_usage, who.prenom, who.adresse] == [
        Lu("PAT-TROIS", f"{at}name[1].family"),
        Lu("USAGE", f"{at}name[2].family"),
        Lu("DOMINIQUE", f"{at}name[1].given[1]"),
        Lu("1 rue Fictive\n75001 PARIS", f"{at}address[1]"),
    ]
    assert found.numeros == (Numero(TEST_NUMBER, NatureNumero.SECURITE_SOCIALE, f"{at}identifier[1].value"),)
    assert (found.rang, found.departement) == (
        Lu(2, f"{at}multipleBirthInteger"),
        Lu("75", f"{at}address[1]"),
    )
    assert beneficiaire(multipleBirthBoolean=True).rang == Lu(0, f"{at}multipleBirthBoolean")
    assert beneficiaire(multipleBirthBoolean=False).rang is None


# ---------------------------------------------------------------- names, addresses, numbers

NO_NAME = ["old", "anonymous", "nickname", "temp"]


@pytest.mark.parametrize("use", NO_NAME)
def test_a_name_of_such_a_use_is_not_written(use: str) -> None:
    assert beneficiaire(name=[nom(use=use)]).identite.prenom is None


@pytest.mark.parametrize(("period", "kept"), [(YESTERDAY, False), (TODAY, True)])
def test_what_ends_that_day_holds_that_day(period: Json, kept: bool) -> None:
    found = beneficiaire(
        name=[{**nom(), "period": period}],
        address=[{**adresse(), "period": period}],
        identifier=[identifier("13", period=period)],
    )
    held = (found.identite.nom_naissance, found.identite.adresse, *found.numeros)
    assert [one is not None for one in held] == ([True] * 3 if kept else [False] * 2)
    assert (lire(demande(proche(period=period))).faits.representants != ()) is kept


GIVEN = ["official", "maiden", None, "usual"]
HOMES = ["home", None, "work", "temp"]


@pytest.mark.parametrize(("first", "then"), list(pairwise(GIVEN)))
def test_of_two_given_names_the_more_official_is_written(first: str | None, then: str | None) -> None:
    names = [nom("PAT-TROIS", "THEN", then), nom("PAT-TROIS", "FIRST", first)]
    found = beneficiaire(name=names).identite.prenom
    assert found is not None
    assert found.valeur == "FIRST"


def used(use: str | None, city: str = "PARIS") -> Json:
    given = {key: value for key, value in adresse(city).items() if key != "use"}
    return {**given, "use": use} if use else given


@pytest.mark.parametrize(("first", "then"), list(pairwise(HOMES)))
def test_of_two_addresses_that_of_the_home_is_nearer(first: str | None, then: str | None) -> None:
    found = beneficiaire(address=[used(then, "THEN"), used(first, "FIRST")]).identite.adresse
    assert found is not None
    assert found.valeur.endswith("FIRST")


@pytest.mark.parametrize("use", ["old", "billing"])
def test_an_address_of_such_a_use_is_not_written(use: str) -> None:
    assert beneficiaire(address=[used(use)]).identite.adresse is None


LINES: dict[str, tuple[Json, str]] = {
    "a town alone": ({"city": "PARIS"}, "PARIS"),
    "a postal code alone": ({"postalCode": "75001"}, "75001"),
    "lines alone": ({"line": ["1 rue Fictive", " ", "BP 2"]}, "1 rue Fictive\nBP 2"),
    "lines and the whole": ({"line": ["1 rue Fictive"], "text": "autre"}, "1 rue Fictive"),
    "the whole and a town": ({"text": " 1 rue Fictive \n\n PARIS ", "city": "x"}, "1 rue Fictive\nPARIS"),
    "marks that are not seen": ({"line": ["1\u202e rue\tFictive"]}, "1 rue Fictive"),
}


@pytest.mark.parametrize(("address", "lines"), LINES.values(), ids=LINES)
def test_the_lines_of_an_address(address: Json, lines: str) -> None:
    found = beneficiaire(address=[address]).identite.adresse
    assert found is not None
    assert found.valeur == lines


@pytest.mark.parametrize("separator", [" ", ".", "-", "\t", "\u00a0"])
def test_what_separates_the_digits_of_a_number_does_not_count(separator: str) -> None:
    (own,) = assure(droits(number=f"2{separator}79035121518989")).numeros
    assert own.valeur == TEST_NUMBER


def test_letters_of_a_number_are_capitals() -> None:
    (own,) = assure(droits(number="16001 2b 02077812")).numeros
    assert own.valeur == "160012B02077812"


NH_SYSTEMS = {
    V203: NatureNumero.SECURITE_SOCIALE,
    "http://terminology.hl7.org/CodeSystem/v2-0203": NatureNumero.SECURITE_SOCIALE,
    "http://interopsante.org/CodeSystem/fr-v2-0203": NatureNumero.SECURITE_SOCIALE,
    "http://x.example": NatureNumero.INS_NIR,
}


@pytest.mark.parametrize(("system", "nature"), NH_SYSTEMS.items())
def test_a_type_tells_the_number_of_the_insurer_when_its_list_is_known(
    system: str, nature: NatureNumero
) -> None:
    typed = {**identifier("8"), "type": concept((system, "NH"))}
    (found,) = beneficiaire(identifier=[typed], extension=[qualified()]).numeros
    assert found.nature is nature


def test_a_type_may_be_coded_twice_and_tells_of_the_ins_alone() -> None:
    both = {**identifier("8"), "type": concept((V203, "INS-NIR"), (V203, "NH"))}
    (found,) = beneficiaire(identifier=[both], extension=[qualified()]).numeros
    assert found.nature is NatureNumero.SECURITE_SOCIALE
    nia = {**identifier("9"), "type": concept((V203, "NH"))}
    (found,) = beneficiaire(identifier=[nia], extension=[qualified()]).numeros
    assert found.nature is NatureNumero.INS_NIA


STATUSES: dict[str, tuple[Json, bool]] = {
    "as FR Core tells": (qualified(), True),
    "as it told before": (
        {**qualified(), "url": "http://interopsante.org/fhir/StructureDefinition/FrPatientIdentReliability"},
        True,
    ),
    "by an extension of somebody else": ({**qualified(), "url": "http://x.example"}, False),
    "by another part": (
        {
            "url": RELIABILITY,
            "extension": [{"url": "x", "valueCoding": {"system": NEW_STATUS, "code": "QUAL"}}],
        },
        False,
    ),
}


@pytest.mark.parametrize(("told", "expected"), STATUSES.values(), ids=STATUSES)
def test_who_tells_that_an_identity_is_qualified(told: Json, expected: bool) -> None:
    found = beneficiaire(identifier=[identifier("8")], extension=[told])
    assert found.identite_qualifiee is expected
    assert len(found.numeros) == expected


# ---------------------------------------------------------------- birth and home


@pytest.mark.parametrize("born", ["2026-03-10", "2026-03", "2026"])
def test_who_is_born_that_day_may_be_declared(born: str) -> None:
    found = beneficiaire(birthDate=born).naissance
    assert found is not None
    assert found.chemin == "Bundle.entry[0].resource.birthDate"


def test_who_is_born_the_day_after_may_not() -> None:
    with pytest.raises(UnreadableBundle) as refused:
        beneficiaire(birthDate="2026-03-11")
    told = [(p.expression, p.code, p.severity) for p in refused.value.problems]
    assert told == [("Bundle.entry[0].resource.birthDate", "value", "error")]


@pytest.mark.parametrize(
    ("day", "fine"), [("2199-12-31", True), ("2200-01-01", False), ("9999-12-31", False)]
)
def test_a_visit_of_another_millennium_is_refused(day: str, fine: bool) -> None:
    born_that_year = dominique(birthDate=day[:4])
    document = demande(encounter(period={"start": day}), born_that_year)
    if fine:
        assert lire(document).faits.jour == dt.date.fromisoformat(day)
        return
    with pytest.raises(UnreadableBundle) as refused:
        lire(document)
    assert {p.expression for p in refused.value.problems} == {"Bundle.entry[5].resource.period.start"}


DEPARTEMENTS: dict[str, tuple[list[Json], tuple[str, int] | None]] = {
    "of the home": ([used("work"), used("home", "LYON")], ("75", 1)),
    "of work, for want of another": ([{"use": "work", "city": "x"}, used("work")], ("75", 1)),
    "of two places of work": ([used("work"), used("work")], None),
    "of nowhere": ([], None),
}


@pytest.mark.parametrize(("addresses", "expected"), DEPARTEMENTS.values(), ids=DEPARTEMENTS)
def test_the_departement_of_the_beneficiary(addresses: list[Json], expected: tuple[str, int] | None) -> None:
    code = Lu(expected[0], f"Bundle.entry[0].resource.address[{expected[1]}]") if expected else None
    assert beneficiaire(address=addresses).departement == code


# ---------------------------------------------------------------- who is insured, who may sign

HIMSELF, A_PARENT = ref("Patient/pat"), ref("RelatedPerson/parent")
INSURED: dict[str, tuple[Json, bool | None]] = {
    "himself, it is said": (droits("self"), True),
    "himself, by reference": (droits(None, subscriber=HIMSELF), True),
    "himself, both ways": (droits("self", subscriber=HIMSELF), True),
    "a parent, it is said": (droits("child"), False),
    "a parent, by reference": (droits(None, subscriber=A_PARENT), False),
    "himself, in another list": (droits(None, relationship=concept(("x", "self"))), None),
    "himself, after another list": (
        droits(None, relationship=concept(("x", "child"), (SUBSCRIBER, "self"))),
        True,
    ),
    "nobody says": (droits(None), None),
}


@pytest.mark.parametrize(("covered", "himself"), INSURED.values(), ids=INSURED)
def test_who_is_insured(covered: Json, himself: bool | None) -> None:
    found = assure(covered, proche())
    assert found.lui_meme is himself
    assert [numero.chemin for numero in found.numeros] == ["Bundle.entry[4].resource.subscriberId"]


@pytest.mark.parametrize("kind", ["regime", "caisse"])
def test_half_a_code_of_an_organism_is_none(kind: str) -> None:
    half = {**droits(), "class": [couverture_classe(kind, "01")]}
    assert lire(demande(half)).faits.code_organisme is None


def test_a_coverage_that_says_nothing_leaves_the_other_to_tell() -> None:
    silent = {**droits(None, None), "id": "silent"}
    assert assure(silent, droits("self")).lui_meme is True


def test_of_two_coverages_by_two_parents_no_identity_is_chosen() -> None:
    parents = [proche(), proche("second", name=[nom("SECOND", "Sacha")])]
    one = droits("child", subscriber=A_PARENT)
    same, other = (
        {**droits("child", "160012B02077812", subscriber=ref(f"RelatedPerson/{id}")), "id": "cov2"}
        for id in ("parent", "second")
    )
    told = assure(*parents, one, same)
    assert told.identite is not None
    assert [numero.valeur for numero in told.numeros] == [TEST_NUMBER, "160012B02077812"]
    doubtful = assure(*parents, one, other)
    assert (doubtful.lui_meme, doubtful.lien, doubtful.identite) == (False, "child", None)


def test_an_insurer_or_a_stranger_is_no_insured() -> None:
    found = assure(droits("child", subscriber=ref("Organization/lieu")))
    assert (found.lui_meme, found.identite) == (False, None)


STRENGTH = [
    Lien.TUTEUR,
    Lien.HABILITATION,
    Lien.CURATEUR,
    Lien.AIDE_SOCIALE_ENFANCE,
    Lien.AUTORITE_PARENTALE,
    Lien.PARENT,
    Lien.GARDIEN,
]


@pytest.mark.parametrize(("strong", "weak"), list(pairwise(STRENGTH)))
def test_of_two_ties_the_stronger_counts(strong: Lien, weak: Lien) -> None:
    both = [concept((REPRESENTANT, weak)), concept((REPRESENTANT, strong))]
    (found,) = lire(demande(proche(relationship=both))).faits.representants
    assert found.lien is strong


REPRESENTED: dict[str, tuple[list[Json], str | None]] = {
    "in use": ([nom("NAISSANCE"), nom("USAGE", use="usual")], "USAGE"),
    "of birth": ([nom(use=None), nom("NAISSANCE")], "NAISSANCE"),
    "of any use": ([nom("NOM", use=None)], "NOM"),
    "none": ([], None),
}


@pytest.mark.parametrize(("names", "expected"), REPRESENTED.values(), ids=REPRESENTED)
def test_who_may_sign_is_named_as_people_know_him(names: list[Json], expected: str | None) -> None:
    (found,) = lire(demande(proche(name=names))).faits.representants
    assert (found.nom.valeur if found.nom else None) == expected
    assert found.chemin == "Bundle.entry[5].resource.name"


@pytest.mark.parametrize("patient", [{"display": "x"}, ref("Patient/other")])
def test_who_represents_somebody_else_or_nobody_known_does_not_sign(patient: Json) -> None:
    assert lire(demande(proche(patient=patient))).faits.representants == ()


# ---------------------------------------------------------------- which patient, which doctor

TWINS = [dominique(id, multipleBirthInteger=rank) for id, rank in (("un", 1), ("deux", 2))]


def of(twin: str) -> Json:
    return {**droits(beneficiary=ref(f"Patient/{twin}")), "id": f"cov-{twin}"}


def test_a_related_person_tells_which_patient() -> None:
    lecture = lire(bundle(*TWINS, proche(patient=ref("Patient/un"))))
    assert lecture.patient.reference == "Patient/un"
    assert lecture.faits.jour == dt.date(2026, 3, 10)


REFUSED: dict[str, tuple[list[Json], str]] = {
    "none": ([practitioner()], "aucun patient"),
    "twins": (TWINS, "plusieurs bénéficiaires"),
    "twins and a coverage of each": ([*TWINS, of("un"), of("deux")], "plusieurs bénéficiaires"),
    "twins and a coverage of a third": ([*TWINS, of("trois")], "plusieurs bénéficiaires"),
}


@pytest.mark.parametrize(("resources", "text"), REFUSED.values(), ids=REFUSED)
def test_a_beneficiary_is_never_guessed(resources: list[Json], text: str) -> None:
    with pytest.raises(UnreadableBundle, match=text) as refused:
        lire(bundle(*resources))
    told = [(p.expression, p.code) for p in refused.value.problems]
    assert told == [("Bundle.entry.resource.ofType(Patient)", "business-rule")]


def test_the_usual_doctor_named_by_his_activity_is_not_the_one_chosen() -> None:
    usual = dominique(generalPractitioner=[ref("PractitionerRole/usual")])
    former = [practitioner("former", "01234560801"), role("usual", "former")]
    chosen = lire(demande(usual, *former)).faits.medecin
    assert chosen is not None
    assert chosen.praticien.medecin.rpps == "01234567897"


def test_the_usual_doctor_is_chosen_when_there_is_no_other() -> None:
    chosen = lire(demande(dominique(generalPractitioner=[ref("Practitioner/doc")]))).faits.medecin
    assert chosen is not None


def test_a_patient_nobody_can_designate_has_no_reference() -> None:
    nameless = {key: value for key, value in dominique().items() if key != "id"}
    document: Json = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": nameless}]}
    assert lire(document).patient.reference is None
    document["entry"][0]["fullUrl"] = "urn:uuid:5f2c6a3e-0d57-4f0e-9a57-0c7d8a3f1b11"
    assert lire(document).patient.reference == document["entry"][0]["fullUrl"]
