"""What is charged: the lines of the one invoice, else ChargeItem, else Procedure; exact and in euros."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.fhir.bills import CCAM, base, charge, claim, item, money, procedure
from tests.fhir.builders import Json, concept, coverage, encode, encounter, ext, read, ref, visit, warnings_of

from parcours.domain.facts import ActeFacture, ParticipationsRetenues
from parcours.errors import UnreadableBundle
from parcours.fhir.reading import Lecture, read_request

D = Decimal


def acte(sequence: int = 1, code: str | None = "CS", **known: Any) -> ActeFacture:
    return ActeFacture(sequence=sequence, code=code, nomenclature="ngap" if code else None, **known)


def remarks(lecture: Lecture) -> list[tuple[str, str]]:
    return [(problem.expression, problem.text) for problem in lecture.problems]


LINES: dict[str, tuple[Json, ActeFacture]] = {
    "net": (item(net=money(31.5)), acte(facture=D("31.50"))),
    "net over its parts": (
        item(net=money(30), unitPrice=money(10), quantity={"value": 2}),
        acte(facture=D("30.00"), quantite=D(2)),
    ),
    "unit price": (item(unitPrice=money(26.5)), acte(facture=D("26.50"))),
    "unit price, twice": (
        item(unitPrice=money(26.5), quantity={"value": 2}),
        acte(facture=D("53.00"), quantite=D(2)),
    ),
    "unit price, half of it, to the cent": (
        item(unitPrice=money(26.51), factor=0.5),
        acte(facture=D("13.26"), coefficient=D("0.5")),
    ),
    "three times, at half the price": (
        item(unitPrice=money(20), quantity={"value": 3}, factor=0.5),
        acte(facture=D("30.00"), quantite=D(3), coefficient=D("0.5")),
    ),
    "nothing but a code": (item(), acte()),
    "a base": (item(net=money(40), extension=[base(37)]), acte(facture=D("40.00"), base=D("37.00"))),
    "no currency": (item(net=money(12.3, None)), acte(facture=D("12.30"))),
    "free": (item(net=money(0)), acte(facture=D("0.00"))),
    "less than nothing by its sign only": (item(net=money(-0.0)), acte(facture=D("0.00"))),
    "the largest": (item(net=money(1_000_000)), acte(facture=D("1000000.00"))),
    "zeros after the cents": (item(net=money(D("31.500"))), acte(facture=D("31.50"))),
    "an exponent": (item(net=money(D("3.15E+1"))), acte(facture=D("31.50"))),
    "a code of no nomenclature": (
        {**item(net=money(10)), "productOrService": {"text": "consultation"}},
        acte(code=None, facture=D("10.00")),
    ),
    "a code of the CCAM": (
        {**item(), "productOrService": concept((CCAM, "DEQP003"))},
        ActeFacture(sequence=1, code="DEQP003", nomenclature="ccam"),
    ),
    "the CCAM by its number": (
        {**item(), "productOrService": concept(("urn:oid:1.2.250.1.213.2.5", "DEQP003"))},
        ActeFacture(sequence=1, code="DEQP003", nomenclature="ccam"),
    ),
    "the line of this visit": (item(encounter=[ref("Encounter/enc")]), acte()),
    "the line of this visit and another": (
        item(encounter=[ref("Encounter/autre"), ref("Encounter/enc")]),
        acte(),
    ),
    "a visit known by a number": (
        item(encounter=[{"identifier": {"system": "urn:x", "value": "1"}}]),
        acte(),
    ),
}


def written(document: Json) -> bytes:
    """The request with every decimal as its digits were written."""
    marks: list[str] = []

    def mark(value: Any) -> str:
        marks.append(format(value, "") if "E" in str(value) else str(value))
        return f"<<{len(marks) - 1}>>"

    text = json.dumps(document, default=mark)
    for rank, digits in enumerate(marks):
        text = text.replace(f'"<<{rank}>>"', digits)
    return text.encode()


@pytest.mark.parametrize(("line", "expected"), LINES.values(), ids=LINES)
def test_a_line_of_the_invoice_is_read_to_the_cent(line: Json, expected: ActeFacture) -> None:
    lecture = read_request(written(visit(claim(line))))
    assert lecture.visite.actes_factures == (expected,)
    assert lecture.visite.origines["facturation.acte:1"].chemin == "Bundle.entry[5].resource.item[0]"
    assert lecture.contexte.facture


HOSTILE: dict[str, tuple[Json, str]] = {
    "negative": (item(net=money(-1)), "net.value"),
    "a tenth of a cent": (item(net=money(D("0.001"))), "net.value"),
    "a million and a cent": (item(net=money(D("1000000.01"))), "net.value"),
    "astronomic": (item(net=money(D("1E+300"))), "net.value"),
    "infinitesimal": (item(net=money(D("1E-300"))), "net.value"),
    "an integer of twenty digits": (item(net=money(99999999999999999999)), "net.value"),
    "text": (item(net=money("31.50")), "net.value"),
    "text that is no number": (item(net=money("NaN")), "net.value"),
    "a truth": (item(net=money(True)), "net.value"),
    "a list": (item(net=[money(1)]), "net"),
    "dollars": (item(net=money(31.5, "USD")), "net.currency"),
    "euros in small letters": (item(net=money(31.5, "eur")), "net.currency"),
    "a dollar price": (item(unitPrice=money(31.5, "USD"), net=money(1)), "unitPrice.currency"),
    "a negative base": (item(extension=[base(-1)]), "extension[0].valueMoney.value"),
    "a base in dollars": (item(extension=[base(1, "USD")]), "extension[0].valueMoney.currency"),
    "two bases": (item(extension=[base(1), base(1)]), "extension[1]"),
    "a negative quantity": (item(unitPrice=money(1), quantity={"value": -1}), "quantity"),
    "a quantity as text": (item(unitPrice=money(1), quantity={"value": "2"}), "quantity.value"),
    "a million times": (item(unitPrice=money(2), quantity={"value": 1_000_000}), ""),
    "a negative factor": (item(unitPrice=money(1), factor=-0.5), "factor"),
    "a factor of many digits": (item(unitPrice=money(1), factor=D("0.12345678901")), "factor"),
    "line number zero": ({**item(), "sequence": 0}, "sequence"),
    "a line without a number": ({"productOrService": {"text": "x"}}, "sequence"),
    "a line number as text": ({**item(), "sequence": "1"}, "sequence"),
}


@pytest.mark.parametrize(("line", "where"), HOSTILE.values(), ids=HOSTILE)
def test_a_wrong_amount_is_refused_and_never_repeated(line: Json, where: str) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read_request(written(visit(claim(line))))
    expressions = {problem.expression for problem in refused.value.problems}
    assert f"Bundle.entry[5].resource.item[0].{where}".rstrip(".") in expressions
    said = " ".join(problem.text for problem in refused.value.problems)
    assert not any(char.isdigit() for char in said.replace("0 à 1000000", "").replace("FHIR R4", ""))


def test_two_lines_of_one_number_are_refused() -> None:
    with pytest.raises(UnreadableBundle, match="même numéro") as refused:
        read(visit(claim(item(1), item(1))))
    assert [problem.code for problem in refused.value.problems] == ["value"]


def test_an_invoice_of_too_many_lines_is_refused() -> None:
    with pytest.raises(UnreadableBundle, match="plus de 200 actes"):
        read(visit(claim(*(item(n) for n in range(1, 202)))))


def test_lines_keep_their_numbers_and_their_order() -> None:
    lecture = read(visit(claim(item(7, "CS"), item(3, "MCS"))))
    assert [(a.sequence, a.code) for a in lecture.visite.actes_factures] == [(7, "CS"), (3, "MCS")]


def test_the_details_of_a_line_are_not_read_and_that_is_said() -> None:
    detail = {"sequence": 1, **item()}
    lecture = read(visit(claim(item(net=money(30), detail=[detail]), item(2))))
    assert [a.facture for a in lecture.visite.actes_factures] == [D(30), None]
    assert [(p.severity, p.expression) for p in lecture.problems if "détails" in p.text] == [
        ("information", "Bundle.entry[5].resource.item[0].detail")
    ]


def test_a_line_of_another_visit_is_ignored_and_said() -> None:
    lines = (item(1, encounter=[ref("Encounter/enc")]), item(2, encounter=[ref("Encounter/autre")]))
    lecture = read(visit(claim(*lines)))
    assert [a.sequence for a in lecture.visite.actes_factures] == [1]
    assert remarks(lecture) == [
        ("Bundle.entry[5].resource.item[1].encounter", "ligne qui porte sur une autre visite, ignorée")
    ]


def test_amounts_keep_their_digits_in_a_resource_that_had_to_be_put_right() -> None:
    line = item(net=money(D("999999.99")), extension=[base(D("0.10"))])
    body = written(visit({**claim(line), "meta": {"versionId": 1}}))
    (read_line,) = read_request(body).visite.actes_factures
    assert (read_line.facture, read_line.base) == (D("999999.99"), D("0.10"))
    wrong = written(visit({**claim(item(net=money(D("10.000000000000000001")))), "meta": {"versionId": 1}}))
    with pytest.raises(UnreadableBundle):
        read_request(wrong)


# ---------------------------------------------------------------- which invoice


def other(**elements: Any) -> Json:
    return {**claim(item(1, "G", net=money(30))), "id": "autre", **elements}


def mine() -> Json:
    return claim(item(net=money(26.5), encounter=[ref("Encounter/enc")]))


ASIDE: dict[str, tuple[Json, str]] = {
    "annulée": (other(status="cancelled"), "facture annulée, ignorée"),
    "saisie par erreur": (other(status="entered-in-error"), "ressource saisie par erreur, ignorée"),
    "d'un autre patient": (other(patient=ref("Patient/autre")), "facture d'un autre patient, ignorée"),
    "d'une autre visite": (
        other(item=[item(encounter=[ref("Encounter/autre")])]),
        "facture d'une autre visite, ignorée",
    ),
    "qui ne désigne aucune visite": (other(), "facture d'une autre visite, ignorée"),
}


@pytest.mark.parametrize(("stranger", "text"), ASIDE.values(), ids=ASIDE)
def test_among_several_invoices_that_of_the_visit_is_read(stranger: Json, text: str) -> None:
    lecture = read(visit(stranger, mine()))
    assert [a.code for a in lecture.visite.actes_factures] == ["CS"]
    assert lecture.contexte.claim_identifier is not None
    assert text in [told for _, told in remarks(lecture)]


def test_several_invoices_that_may_be_that_of_the_visit_are_refused() -> None:
    for second in (other(), other(item=[item(encounter=[ref("Encounter/enc")])])):
        first = claim(item()) if "encounter" not in second["item"][0] else mine()
        with pytest.raises(UnreadableBundle, match="plusieurs factures"):
            read(visit(first, second))


def test_a_draft_invoice_is_read_and_an_invoice_alone_of_another_visit_is_not() -> None:
    assert read(visit({**mine(), "status": "draft"})).visite.actes_factures
    lecture = read(visit(claim(item(encounter=[ref("Encounter/autre")]))))
    assert (lecture.visite.actes_factures, lecture.contexte.claim) == ((), None)
    assert not lecture.contexte.facture


def test_an_invoice_without_a_line_leaves_no_place_for_other_sources() -> None:
    assert read(visit(claim(), charge())).visite.actes_factures == ()


# ---------------------------------------------------------------- without an invoice


CHARGES: dict[str, tuple[list[Json], list[ActeFacture]]] = {
    "a price, of the whole": (
        [charge(priceOverride=money(53), quantity={"value": 2}, extension=[base(50)])],
        [acte(facture=D("53.00"), base=D("50.00"), quantite=D(2))],
    ),
    "in their order": ([charge("a"), charge("b")], [acte(1), acte(2)]),
    "before procedures": ([procedure(), charge()], [acte()]),
    "of this visit": ([charge(context=ref("Encounter/enc"))], [acte()]),
    "of an episode": ([charge(context=ref("EpisodeOfCare/e"))], [acte()]),
    "of another visit": ([charge(context=ref("Encounter/autre"))], []),
    "of another patient": ([charge(subject=ref("Patient/autre"))], []),
    "aborted": ([charge(status="aborted")], []),
    "not billable": ([charge(status="not-billable")], []),
    "an error": ([charge(status="entered-in-error")], []),
    "a procedure": ([procedure()], [ActeFacture(sequence=1, code="DEQP003", nomenclature="ccam")]),
    "a procedure that was not done": ([procedure(status="not-done")], []),
    "a procedure of another visit": ([procedure(encounter=ref("Encounter/autre"))], []),
    "a procedure in another system": (
        [procedure(code=concept(("http://snomed.info/sct", "29303009")))],
        [],
    ),
}


NOT_HIS: dict[str, tuple[Json, str]] = {
    "of another visit": (charge(context=ref("Encounter/autre")), "acte d'une autre visite, ignoré"),
    "of another patient": (charge(subject=ref("Patient/autre")), "acte d'un autre patient, ignoré"),
    "aborted": (charge(status="aborted"), "acte sans effet (statut), ignoré"),
}


@pytest.mark.parametrize(("one", "text"), NOT_HIS.values(), ids=NOT_HIS)
def test_an_act_that_is_set_aside_is_told_by_its_place(one: Json, text: str) -> None:
    problems = [(p.code, p.expression, p.text) for p in read(visit(one)).problems]
    assert ("business-rule", "Bundle.entry[5].resource", text) in problems


@pytest.mark.parametrize(("resources", "expected"), CHARGES.values(), ids=CHARGES)
def test_without_an_invoice_charges_then_procedures_are_read(
    resources: list[Json], expected: list[ActeFacture]
) -> None:
    lecture = read(visit(*resources))
    assert list(lecture.visite.actes_factures) == expected
    assert not lecture.contexte.facture


def test_a_wrong_price_of_a_charge_is_refused() -> None:
    with pytest.raises(UnreadableBundle, match=r"priceOverride\.value"):
        read(visit(charge(priceOverride=money(-3))))


def test_where_an_act_would_be_is_said() -> None:
    assert read(visit()).visite.chemins["facturation.acte"] == "Bundle.entry.resource.ofType(Claim).item"
    assert read(visit(claim())).visite.chemins["facturation.acte"] == "Bundle.entry[5].resource.item"


# ---------------------------------------------------------------- participations already withheld


def withheld(**parts: Any) -> Json:
    kinds = {"annee": "valueMoney", "jour": "valueInteger"}
    return ext(
        "pds-ext-participations",
        extension=[{"url": name, kinds[name]: value} for name, value in parts.items()],
    )


NOTHING: Json = {"url": "http://x.example", "valueBoolean": True}
WITHHELD: dict[str, tuple[list[Json], ParticipationsRetenues]] = {
    "both": ([withheld(annee=money(48), jour=1)], ParticipationsRetenues(annee=D("48.00"), jour=1)),
    "the year": ([withheld(annee=money(48))], ParticipationsRetenues(annee=D("48.00"))),
    "the day": ([withheld(jour=4)], ParticipationsRetenues(jour=4)),
    "nothing": ([], ParticipationsRetenues()),
    "twice the same": ([withheld(jour=2), withheld(jour=2)], ParticipationsRetenues(jour=2)),
    "twice, and different": ([withheld(jour=2), withheld(jour=3)], ParticipationsRetenues()),
}


@pytest.mark.parametrize(("extensions", "expected"), WITHHELD.values(), ids=WITHHELD)
def test_participations_already_withheld_come_from_the_coverage(
    extensions: list[Json], expected: ParticipationsRetenues
) -> None:
    lecture = read(visit(coverage(extension=extensions)))
    assert lecture.visite.participations == expected
    different = len(extensions) > 1 and expected == ParticipationsRetenues()
    assert ("fait-suppose" in warnings_of(lecture)) == different
    assert ("patient.participations" in lecture.visite.origines) == (expected != ParticipationsRetenues())


def test_participations_are_told_by_their_place() -> None:
    lecture = read(visit(coverage("cov", "amo", extension=[NOTHING, withheld(jour=2)])))
    assert lecture.visite.origines["patient.participations"].chemin == "Bundle.entry[5].resource.extension[1]"


IMPOSSIBLE: list[tuple[Json, str]] = [
    ({"annee": money(-1)}, "valueMoney.value"),
    ({"annee": money(1, "CHF")}, "valueMoney.currency"),
    ({"jour": -1}, "valueInteger"),
    ({"jour": 1001}, "valueInteger"),
    ({"jour": "1"}, "valueInteger"),
]


@pytest.mark.parametrize(("parts", "where"), IMPOSSIBLE)
def test_participations_that_cannot_be_are_refused(parts: Json, where: str) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(visit(coverage(extension=[NOTHING, withheld(**parts)])))
    expressions = [problem.expression for problem in refused.value.problems]
    assert expressions == [f"Bundle.entry[5].resource.extension[1].extension[0].{where}"]


# ---------------------------------------------------------------- an invoice that is submitted


def submitted(*resources: Json) -> Lecture:
    """A request that opens with its first resource."""
    document = visit(*resources)
    first = next(e for e in document["entry"] if e["resource"] is resources[0])
    document["entry"] = [first, *(e for e in document["entry"] if e is not first)]
    return read_request(encode(document), submitted=True)


def test_an_invoice_that_opens_the_request_is_answered() -> None:
    assert [a.code for a in submitted(mine(), other()).visite.actes_factures] == ["CS"]


REFUSED: dict[str, tuple[Json, str]] = {
    "no invoice first": (coverage(), "la première ressource doit être la facture"),
    "an invoice that is cancelled": ({**mine(), "status": "cancelled"}, "la facture soumise est annulée"),
    "the invoice of another": ({**mine(), "patient": ref("Patient/autre")}, "n'est pas celle de ce patient"),
}


@pytest.mark.parametrize(("first", "text"), REFUSED.values(), ids=REFUSED)
def test_what_is_submitted_must_be_the_invoice_of_the_visit(first: Json, text: str) -> None:
    with pytest.raises(UnreadableBundle, match=text):
        submitted(first)


def test_an_invoice_alone_is_told_what_must_come_with_it() -> None:
    with pytest.raises(UnreadableBundle, match="une facture seule ne dit rien de la visite"):
        read_request(encode(mine()), submitted=True)
    with pytest.raises(UnreadableBundle, match="aucune visite"):
        read_request(
            encode({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": mine()}]}),
            submitted=True,
        )
    with pytest.raises(UnreadableBundle, match="la première ressource"):
        read_request(encode({"resourceType": "Bundle", "type": "collection"}), submitted=True)


def test_parameters_may_bring_the_invoice_first() -> None:
    resources = [mine(), encounter(), *(e["resource"] for e in visit()["entry"][1:])]
    parameters = [{"name": "resource", "resource": resource} for resource in resources]
    body = encode({"resourceType": "Parameters", "parameter": parameters})
    assert len(read_request(body, submitted=True).visite.actes_factures) == 1
