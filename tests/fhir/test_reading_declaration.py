"""From a Bundle to the facts of a declaration: who, insured by whom, which doctor, who may sign."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.fhir.builders import (
    Json,
    bundle,
    concept,
    couverture_classe,
    encode,
    encounter,
    participant,
    practitioner,
    ref,
    role,
)
from tests.fhir.declarations import (
    AUJOURD_HUI,
    NEW_STATUS,
    OLD_STATUS,
    TEST_NUMBER,
    adresse,
    demande,
    dominique,
    droits,
    identifier,
    lire,
    nom,
    preparee,
    proche,
    qualified,
)

from parcours.domain.declaration import Etat, Id
from parcours.domain.declaration_facts import Lien, Lu, NatureNumero
from parcours.errors import MalformedInput, UnreadableBundle
from parcours.fhir.declaration_systems import REPRESENTANT
from parcours.fhir.reading_declaration import read_declaration

# ---------------------------------------------------------------- the whole


def test_a_request_without_a_visit_is_read_on_the_day_it_is_asked() -> None:
    lecture = lire(demande())
    faits = lecture.faits
    assert faits.jour == AUJOURD_HUI
    assert lecture.patient.reference == "Patient/pat"
    assert lecture.encounter is None
    assert lecture.problems == ()
    assert faits.medecin is not None
    assert faits.medecin.raison_sociale is not None
    assert faits.medecin.raison_sociale.chemin == "Bundle.entry[3].resource.name"


def test_every_field_says_where_it_was_read() -> None:
    prepared = preparee()
    read = {c.id: (c.texte, c.origine) for c in prepared.champs if c.valeur}
    assert read[Id.ASSURE_NUMERO] == (TEST_NUMBER, "Bundle.entry[4].resource.subscriberId")
    assert read[Id.BENEFICIAIRE_NOM] == ("PAT-TROIS", "Bundle.entry[0].resource.name[0].family")
    assert read[Id.BENEFICIAIRE_NAISSANCE] == ("28/03/1979", "Bundle.entry[0].resource.birthDate")
    assert read[Id.MEDECIN_RPPS] == ("01234567897", "Bundle.entry[1].resource.identifier[0].value")
    assert read[Id.MEDECIN_ADRESSE] == ("2 rue Fictive\n75002 PARIS", "Bundle.entry[3].resource.address[0]")
    assert {c.id for c in prepared.manquants} == {Id.MEDECIN_STRUCTURE}


def test_the_day_and_the_doctor_of_a_visit_come_first() -> None:
    visit = encounter(participant=[participant("PractitionerRole/role-doc")])
    second = practitioner("autre", "01234560801")
    lecture = lire(demande(visit, second))
    assert lecture.faits.jour == dt.date(2026, 2, 17)
    assert lecture.encounter is not None
    assert lecture.faits.medecin is not None
    assert lecture.faits.medecin.praticien.medecin.rpps == "01234567897"


@pytest.mark.parametrize("body", [b"", b"{", b'{"resourceType": "Bundle"}'])
def test_the_door_is_that_of_a_visit(body: bytes) -> None:
    with pytest.raises((MalformedInput, UnreadableBundle)):
        read_declaration(body, AUJOURD_HUI)


def test_a_birth_after_the_day_is_refused_without_its_value() -> None:
    with pytest.raises(UnreadableBundle) as caught:
        lire(demande(dominique(birthDate="2031-05-06")))
    problems = [(p.code, p.expression) for p in caught.value.problems]
    assert problems == [("value", "Bundle.entry[0].resource.birthDate")]
    assert "2031" not in str(caught.value)


# ---------------------------------------------------------------- which patient


def test_without_a_patient_there_is_nothing_to_prepare() -> None:
    with pytest.raises(UnreadableBundle):
        lire(bundle(practitioner()))
    with pytest.raises(UnreadableBundle):
        lire(bundle(encounter(), practitioner(), role()))


def test_twins_are_never_chosen_between() -> None:
    twins = [dominique(id, multipleBirthInteger=rank) for id, rank in (("un", 1), ("deux", 2))]
    with pytest.raises(UnreadableBundle):
        lire(bundle(*twins, practitioner()))
    covered = droits(beneficiary=ref("Patient/deux"))
    lecture = lire(bundle(*twins, practitioner(), covered))
    assert lecture.patient.reference == "Patient/deux"
    assert lecture.faits.beneficiaire.rang is not None
    assert lecture.faits.beneficiaire.rang.valeur == 2


def test_a_multiple_birth_without_rank_is_known_too() -> None:
    rang = lire(demande(dominique(multipleBirthBoolean=True))).faits.beneficiaire.rang
    assert rang is not None
    assert rang.valeur == 0


def test_what_belongs_to_a_twin_does_not_reach_the_other() -> None:
    other = dominique("autre", name=[nom("PAT-TROIS", "Claude")], birthDate="1979-03-28")
    strange = proche("etranger", patient=ref("Patient/autre"))
    lecture = lire(demande(encounter(), other, strange))
    assert lecture.faits.representants == ()
    assert "Claude" not in repr(lecture.faits)


# ---------------------------------------------------------------- names and numbers


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([nom()], ("PAT-TROIS", "", "connu")),
        ([nom(), nom("USAGE", "DOMINIQUE", "usual")], ("PAT-TROIS", "USAGE", "connu")),
        ([nom(), nom("PAT-TROIS", "DOMINIQUE", "usual")], ("PAT-TROIS", "", "connu")),
        ([nom("NAISSANCE", "D", "maiden")], ("NAISSANCE", "", "connu")),
        ([nom(use=None)], ("PAT-TROIS", "", "douteux")),
        ([nom(use="old")], ("", "", "manquant")),
        ([{**nom(), "period": {"end": "2020-01-01"}}], ("", "", "manquant")),
        ([{"use": "official", "given": [""], "family": " \u202e "}], ("", "", "manquant")),
    ],
)
def test_the_name_of_birth_and_the_name_in_use(names: list[Json], expected: tuple[str, str, str]) -> None:
    prepared = preparee(dominique(name=names))
    birth, usage = prepared.champ(Id.ASSURE_NOM_NAISSANCE), prepared.champ(Id.ASSURE_NOM_USAGE)
    assert (birth.texte, usage.texte, birth.etat) == expected


@pytest.mark.parametrize(
    ("uses", "given"),
    [(("usual",), "USUAL"), (("usual", None), "NONE"), ((None, "maiden"), "MAIDEN"), (("nickname",), "")],
)
def test_the_given_name_is_the_most_official_one(uses: tuple[str | None, ...], given: str) -> None:
    names = [nom("PAT-TROIS", str(use).upper(), use) for use in uses]
    assert preparee(dominique(name=names)).champ(Id.ASSURE_PRENOM).texte == given


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (adresse(), "1 rue Fictive\n75001 PARIS"),
        ({"text": "1 rue Fictive\n75001 PARIS"}, "1 rue Fictive\n75001 PARIS"),
        ({"line": ["1 rue Fictive"], "city": "GENÈVE", "country": "CH"}, "1 rue Fictive\nGENÈVE\nCH"),
        *(
            ({**adresse(), "country": country}, "1 rue Fictive\n75001 PARIS")
            for country in ("FR", "FRA", "France")
        ),
        ({**adresse(), "use": "old"}, ""),
        ({"use": "home"}, ""),
    ],
)
def test_an_address_is_written_as_on_an_envelope(address: Json, text: str) -> None:
    assert preparee(dominique(address=[address])).champ(Id.ASSURE_ADRESSE).texte == text


def test_of_several_addresses_that_of_the_home_is_written() -> None:
    work, home = ({**adresse(city), "use": use} for city, use in (("LYON", "work"), ("LILLE", "home")))
    given = [work, {"use": "home"}, home]
    assert preparee(dominique(address=given)).champ(Id.ASSURE_ADRESSE).texte.endswith("LILLE")


QUALIFIEE = [qualified()]
MODE: Json = {"url": "validationMode", "valueCoding": {"system": "urn:x", "code": "CN"}}
STATUS_OF_NOTHING: Json = {"url": "identityStatus"}


def qualified_and(*parts: Json) -> Json:
    """The same, with more beside its status."""
    told = qualified()
    return {**told, "extension": [*told["extension"], *parts]}


INS: list[tuple[str, Json, list[Json], NatureNumero | None]] = [
    ("the insurer's", identifier("13"), [], NatureNumero.SECURITE_SOCIALE),
    ("the insurer's, as before 2.2.0", identifier("8", type="NH"), [], NatureNumero.SECURITE_SOCIALE),
    ("an INS, qualified", identifier("8", type="INS-NIR"), QUALIFIEE, NatureNumero.INS_NIR),
    ("an INS, qualified the older way", identifier("8"), [qualified(OLD_STATUS)], NatureNumero.INS_NIR),
    ("an NIA, qualified", identifier("9"), QUALIFIEE, NatureNumero.INS_NIA),
    ("a test INS, qualified", identifier("10"), QUALIFIEE, NatureNumero.INS_ESSAI),
    ("a demonstration INS, qualified", identifier("11"), QUALIFIEE, NatureNumero.INS_ESSAI),
    (
        "an INS, qualified in both ways",
        identifier("8"),
        [qualified(), qualified(OLD_STATUS)],
        NatureNumero.INS_NIR,
    ),
    (
        "an INS, qualified, and how",
        identifier("8"),
        [qualified_and(MODE, STATUS_OF_NOTHING)],
        NatureNumero.INS_NIR,
    ),
    ("an INS, validated only", identifier("8"), [qualified(NEW_STATUS, "VALI")], None),
    ("an INS, retrieved only", identifier("8"), [qualified(NEW_STATUS, "RECUP")], None),
    ("an INS, status of another system", identifier("8"), [qualified("urn:x")], None),
    ("an INS, two statuses", identifier("8"), [qualified(), qualified(NEW_STATUS, "PROV")], None),
    ("an INS, no status", identifier("8"), [], None),
    ("an INS of the past", identifier("8", use="old"), QUALIFIEE, None),
    ("another number", identifier("99"), QUALIFIEE, None),
]


@pytest.mark.parametrize(("_case", "number", "status", "nature"), INS, ids=[case[0] for case in INS])
def test_an_ins_is_read_of_a_qualified_identity_only(
    _case: str, number: Json, status: list[Json], nature: NatureNumero | None
) -> None:
    lecture = lire(demande(dominique(identifier=[number], extension=status), droits(number=None)))
    assert [n.nature for n in lecture.faits.beneficiaire.numeros] == ([nature] if nature else [])
    if nature is None:
        assert TEST_NUMBER not in repr(lecture)


def test_spaces_in_a_number_do_not_count() -> None:
    spaced = "2 79 03 51 215 189 89"
    assert preparee(droits(number=spaced)).champ(Id.ASSURE_NUMERO).texte == TEST_NUMBER


def enfant(**elements: Any) -> Json:
    return dominique(birthDate="2015-06-01", name=[nom("PAT-TROIS", "Claude")], **elements)


def test_the_number_of_a_child_is_that_of_the_parent_who_insures_him() -> None:
    child = enfant(identifier=[identifier("8", "215065112345689")], extension=QUALIFIEE)
    covered = droits("child", subscriber=ref("RelatedPerson/parent"))
    prepared = preparee(child, covered, proche(address=[adresse("LYON", "69001")]))
    assert prepared.champ(Id.ASSURE_NUMERO).texte == TEST_NUMBER
    assert prepared.champ(Id.ASSURE_NOM_NAISSANCE).texte == "PARENT-FICTIF"
    assert prepared.champ(Id.ASSURE_ADRESSE).texte == "1 rue Fictive\n69001 LYON"
    assert prepared.champ(Id.BENEFICIAIRE_PRENOM).texte == "Claude"
    assert prepared.champ(Id.REPRESENTANT).texte == "Alex PARENT-FICTIF"
    assert "215065112345689" not in repr(prepared)


def test_a_parent_may_be_a_patient_of_the_request() -> None:
    parent = dominique("parent", identifier=[identifier("13")])
    covered = droits("child", None, subscriber=ref("Patient/parent"))
    prepared = preparee(enfant(), parent, covered)
    assert prepared.champ(Id.ASSURE_PRENOM).texte == "DOMINIQUE"
    assert prepared.champ(Id.ASSURE_NUMERO).texte == TEST_NUMBER


@pytest.mark.parametrize(
    "coverages",
    [
        [droits("self", subscriber=ref("RelatedPerson/parent"))],
        [droits("child", subscriber=ref("Patient/pat"))],
        [droits("self"), {**droits("child", "160012B02077812"), "id": "cov2"}],
    ],
    ids=["self, of another", "child, of himself", "two that disagree"],
)
def test_coverages_that_contradict_themselves_leave_the_insured_to_be_asked(coverages: list[Json]) -> None:
    assert lire(demande(enfant(), proche(), *coverages)).faits.assure.lui_meme is None


def test_regime_caisse_and_organism_come_from_the_coverage() -> None:
    covered = droits(
        payor=[{"display": "CPAM fictive"}],
    )
    covered["class"] = [couverture_classe("regime", "01"), couverture_classe("caisse", "751")]
    prepared = lire(demande(covered)).faits
    assert (prepared.regime, prepared.caisse) == ("01", "751")
    assert prepared.organisme is not None
    assert prepared.organisme == Lu("CPAM fictive", "Bundle.entry[4].resource.payor[0]")
    assert preparee(covered).champ(Id.BENEFICIAIRE_ORGANISME).texte == "01 751"


def test_what_the_second_coverage_or_payer_names_is_told_by_its_place() -> None:
    second = {**droits(payor=[ref("Patient/pat"), {"display": "CPAM fictive"}]), "id": "second"}
    second["class"] = [couverture_classe("regime", "01"), couverture_classe("caisse", "976")]
    faits = lire(demande(droits(payor=[ref("Patient/pat")]), second)).faits
    assert faits.organisme == Lu("CPAM fictive", "Bundle.entry[5].resource.payor[1]")
    assert faits.code_organisme == Lu("01 976", "Bundle.entry[5].resource.class")
    caisse = {"resourceType": "Organization", "id": "caisse", "name": "CPAM fictive"}
    faits = lire(demande(droits(payor=[ref("Organization/caisse")]), caisse)).faits
    assert faits.organisme == Lu("CPAM fictive", "Bundle.entry[5].resource.name")


@pytest.mark.parametrize("display", ["Assurance maladie obligatoire", "ASSURANCE MALADIE OBLIGATOIRE", " "])
def test_a_payer_that_names_no_organism_is_none(display: str) -> None:
    assert lire(demande(droits(payor=[{"display": display}]))).faits.organisme is None


# ---------------------------------------------------------------- who may sign


@pytest.mark.parametrize(
    ("relationship", "lien"),
    [
        *((concept((REPRESENTANT, lien)), lien) for lien in Lien),
        (concept(("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH")), Lien.PARENT),
        (concept(("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "GUARD")), Lien.GARDIEN),
        (concept(("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "GUARD")), Lien.GARDIEN),
        (concept(("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "STPPRN")), None),
        (concept(("urn:x", "parent")), None),
        ({"text": "mère"}, None),
    ],
)  # fmt: skip
def test_what_a_related_person_is_to_the_patient(relationship: Json, lien: Lien | None) -> None:
    found = lire(demande(proche(relationship=[relationship]))).faits.representants
    assert [r.lien for r in found] == ([lien] if lien else [])


@pytest.mark.parametrize("elements", [{"active": False}, {"period": {"end": "2020-01-01"}}])
def test_who_no_longer_represents_does_not_sign(elements: Json) -> None:
    assert lire(demande(proche(**elements))).faits.representants == ()


# ---------------------------------------------------------------- hostile or broken


@pytest.mark.parametrize(
    "broken",
    [
        {"name": "not a list"},
        {"name": [{"family": ["x"]}]},
        {"address": [{"line": "x"}]},
        {"multipleBirthInteger": "deux"},
    ],
)
def test_an_element_of_the_wrong_shape_is_as_if_not_sent(broken: Json) -> None:
    lecture = lire(demande(dominique(**broken)))
    assert lecture.faits.beneficiaire.cle is not None
    assert lecture.problems


def test_strict_refuses_what_is_not_fhir() -> None:
    with pytest.raises(UnreadableBundle):
        lire(demande(dominique(zork=1)), strict=True)


def test_no_error_repeats_a_value() -> None:
    document = encode(demande(dominique(name=[{"family": "SECRET", "zork": "SECRET"}])))
    with pytest.raises(UnreadableBundle) as caught:
        read_declaration(document, AUJOURD_HUI, strict=True)
    assert "SECRET" not in str(caught.value)


def test_an_unknown_field_is_missing_and_never_an_error() -> None:
    prepared = preparee(dominique(name=[], birthDate="1979"))
    assert prepared.champ(Id.BENEFICIAIRE_NOM).etat is Etat.MANQUANT
    assert prepared.champ(Id.BENEFICIAIRE_NAISSANCE).etat is Etat.MANQUANT
