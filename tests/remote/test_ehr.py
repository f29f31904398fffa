"""One patient's data from the doctor's software: what is asked, what is believed, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.remote.loopback import Listen, Play, Server, Talk, answer, content, says

from parcours.remote import searchset as module
from parcours.remote.deadline import Deadline
from parcours.remote.ehr import Authorization, Ehr, is_fhir_id
from parcours.remote.unreachable import Reason, Unreachable

Json = dict[str, Any]
TOKEN = "secret-token"
ALL = Authorization(TOKEN, "patient/*.read")
PATIENT: Json = {"resourceType": "Patient", "id": "1"}


def coverage(id: str, patient: str = "Patient/1") -> Json:
    return {"resourceType": "Coverage", "id": id, "beneficiary": {"reference": patient}}


def searchset(*resources: Json, following: Any = None, **elements: Any) -> Json:
    link = [{"relation": "self", "url": "x"}] + [{"relation": "next", "url": following}] * bool(following)
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "link": link, "entry": entries, **elements}


def holds(resource: Any) -> Play:
    """Answers everything with this; ``{base}`` stands for the server's own address."""

    def play(talk: Talk) -> None:
        port = talk.sock.getsockname()[1]
        text = json.dumps(resource).replace("{base}", f"http://127.0.0.1:{port}/fhir")
        talk.sock.sendall(content(json.loads(text)))

    return play


def read(server: Server, kind: str = "Patient", id: str = "1", granted: Authorization | None = ALL) -> Any:
    with Ehr(server.base(), granted, "1", Deadline.after(5)) as ehr:
        return ehr.read(kind, id)


def search(server: Server, kind: str = "Coverage", **params: str) -> list[Json]:
    with Ehr(server.base(), ALL, "1", Deadline.after(5)) as ehr:
        return ehr.search(kind, params or {"patient": "1"})


def refusal(ask: Callable[[], Any]) -> Reason:
    with pytest.raises(Unreachable) as caught:
        ask()
    return caught.value.reason


def test_a_resource_is_read_below_the_configured_base(listen: Listen) -> None:
    server = listen(holds(PATIENT))
    assert read(server) == PATIENT
    assert server.heads[0].startswith(b"GET /fhir/Patient/1 HTTP/1.1\r\n")
    assert f"Authorization: Bearer {TOKEN}".encode() in server.heads[0]


def test_a_number_keeps_its_digits(listen: Listen) -> None:
    visit = b'{"resourceType":"Encounter","id":"1","length":{"value":45.10}}'
    assert str(read(listen(says(answer(visit))), "Encounter")["length"]["value"]) == "45.10"


def test_without_a_token_none_is_sent(listen: Listen) -> None:
    server = listen(holds(PATIENT))
    assert read(server, granted=None) == PATIENT
    assert b"Authorization" not in server.heads[0]


@pytest.mark.parametrize(
    "id",
    [
        "../Practitioner/1",
        "1?_format=xml",
        "1/$everything",
        "%2e%2e",
        "..",
        ".",
        "",
        "1#",
        "1\r\nX: y",
        "é",
        "1" * 65,
    ],
)
def test_a045_what_is_no_id_is_not_asked_for(listen: Listen, id: str) -> None:
    server = listen(holds(PATIENT))
    assert refusal(lambda: read(server, id=id)) is Reason.IDENTIFIER
    assert not is_fhir_id(id)
    assert server.connections == 0


@pytest.mark.parametrize("kind", ["", "patient", "Patient/1/../Practitioner", "$everything", "P"])
def test_a045_what_is_no_kind_of_resource_is_not_asked_for(listen: Listen, kind: str) -> None:
    server = listen(holds(PATIENT))
    assert refusal(lambda: read(server, kind=kind)) is Reason.IDENTIFIER
    assert refusal(lambda: search(server, kind=kind)) is Reason.IDENTIFIER
    assert server.connections == 0


def test_the_parameters_of_a_search_are_encoded(listen: Listen) -> None:
    server = listen(holds(searchset()))
    assert search(server, patient="1&_include=*", date="ge2026-01-01T00:00:00+01:00") == []
    asked = urlsplit(server.heads[0].split()[1].decode())
    assert asked.path == "/fhir/Coverage"
    assert parse_qsl(asked.query) == [("patient", "1&_include=*"), ("date", "ge2026-01-01T00:00:00+01:00")]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({**PATIENT, "id": "2"}, id="A-046 another patient"),
        pytest.param({"resourceType": "Patient"}, id="A-046 nobody in particular"),
        pytest.param({"resourceType": "Practitioner", "id": "1"}, id="A-049 another kind"),
        pytest.param({"resourceType": "OperationOutcome", "id": "1"}, id="an outcome with status 200"),
    ],
)
def test_a046_another_resource_than_was_asked_for_is_refused(listen: Listen, found: Json) -> None:
    assert refusal(lambda: read(listen(holds(found)))) is Reason.FOREIGN


@pytest.mark.parametrize("found", [[], "Patient", 1, None, {}, {"resourceType": 7}])
def test_what_is_no_resource_is_unreadable(listen: Listen, found: object) -> None:
    server = listen(holds(found))
    assert refusal(lambda: read(server)) is Reason.UNREADABLE
    assert refusal(lambda: search(server)) is Reason.UNREADABLE


OURS = [
    coverage("1"),
    coverage("2", "{base}/Patient/1"),
    coverage("3", "Patient/1/_history/4"),
    {"resourceType": "Coverage", "id": "4", "payor": [{"reference": "Patient/9"}]},
    {"resourceType": "Coverage", "id": "5", "beneficiary": {"identifier": {"value": "x"}}},
]
FOREIGN = [
    coverage("6", "Patient/2"),
    coverage("7", "Patient/11"),
    coverage("8", "https://other.example/fhir/Patient/1"),
    coverage("9", "{base}/other/Patient/1"),
    coverage("10", "Patient/2/_history/1"),
]


@pytest.mark.parametrize("found", OURS, ids=lambda found: found["id"])
def test_what_concerns_our_patient_or_nobody_is_taken(listen: Listen, found: Json) -> None:
    assert [resource["id"] for resource in search(listen(holds(searchset(found))))] == [found["id"]]


@pytest.mark.parametrize("found", FOREIGN, ids=lambda found: found["id"])
def test_a046_what_concerns_another_patient_is_refused(listen: Listen, found: Json) -> None:
    assert refusal(lambda: search(listen(holds(searchset(coverage("1"), found))))) is Reason.FOREIGN


@pytest.mark.parametrize(
    ("kind", "element"),
    [("Encounter", "subject"), ("EpisodeOfCare", "patient"), ("Task", "for"), ("Appointment", "participant")],
)
def test_a046_every_way_to_name_a_patient_is_looked_at(listen: Listen, kind: str, element: str) -> None:
    for patient, foreign in (("Patient/1", False), ("Patient/2", True)):
        reference: Any = {"reference": patient}
        about = [{"actor": reference}, {"actor": {"reference": "Practitioner/2"}}]
        resource = {
            "resourceType": kind,
            "id": "1",
            element: about if element == "participant" else reference,
        }
        server = listen(holds(resource))
        if foreign:
            assert refusal(partial(read, server, kind)) is Reason.FOREIGN
        else:
            assert read(server, kind) == resource


def test_what_a_search_includes_comes_with_it(listen: Listen) -> None:
    entries = [
        {"resource": coverage("1"), "search": {"mode": "match"}},
        {"resource": PATIENT, "search": {"mode": "include"}},
        {"resource": {"resourceType": "OperationOutcome"}, "search": {"mode": "outcome"}},
    ]
    found = search(listen(holds(searchset(entry=entries, total=1))))
    assert [resource["resourceType"] for resource in found] == ["Coverage", "Patient"]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        pytest.param(searchset(PATIENT), Reason.FOREIGN, id="A-049 another kind"),
        pytest.param({**searchset(), "type": "history"}, Reason.FOREIGN, id="another Bundle"),
        pytest.param(PATIENT, Reason.FOREIGN, id="no Bundle"),
        pytest.param(searchset(total=1), Reason.UNREADABLE, id="F-054 total 1 with 0 entries"),
        pytest.param(searchset(coverage("1"), total=2), Reason.UNREADABLE, id="fewer than announced"),
        pytest.param(searchset(entry=[{}]), Reason.UNREADABLE, id="an entry without resource"),
        pytest.param(searchset(entry={}), Reason.UNREADABLE, id="entries that are no list"),
        pytest.param(searchset(link=["x"]), Reason.UNREADABLE, id="a link that is no object"),
    ],
)
def test_a_search_that_is_not_whole_and_ours_is_refused(listen: Listen, page: Json, reason: Reason) -> None:
    assert refusal(lambda: search(listen(holds(page)))) is reason


def numbered(pages: int) -> Play:
    """So many pages, each naming the next."""

    def play(talk: Talk) -> None:
        number = int(dict(parse_qsl(urlsplit(talk.target).query)).get("page", 1))
        following = f"{{base}}?page={number + 1}" if number < pages else None
        holds(searchset(coverage(str(number)), following=following, total=pages))(talk)

    return play


def test_pages_are_followed_to_the_last(listen: Listen) -> None:
    server = listen(numbered(module.MAX_PAGES))
    found = search(server)
    assert [resource["id"] for resource in found] == [str(n) for n in range(1, module.MAX_PAGES + 1)]
    assert server.connections == 1


def test_f060_ten_thousand_pages_are_not(listen: Listen) -> None:
    server = listen(numbered(10_000))
    assert refusal(lambda: search(server)) is Reason.PAGING
    assert len(server.heads) == module.MAX_PAGES


def test_f060_a_page_that_names_itself_is_asked_for_once(listen: Listen) -> None:
    server = listen(holds(searchset(following="{base}/Coverage?patient=1")))
    assert refusal(lambda: search(server)) is Reason.PAGING
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    "following",
    [
        "http://127.0.0.1:{trap}/fhir?page=2",
        "http://localhost:{trap}/fhir?page=2",
        "//127.0.0.1:{trap}/fhir?page=2",
        "{base}@127.0.0.1:{trap}/fhir?page=2",
        "{base}/../admin",
        "{base}/%2e%2e/admin",
        "{base}X/Coverage?page=2",
        "{base}/Coverage?page=2#x",
        "{base}\\Coverage",
        "https{base}",
        "?page=2",
        7,
        {},
    ],
)
def test_f060_the_next_page_lies_under_the_base_or_nowhere(listen: Listen, following: Any) -> None:
    trap = listen(holds(searchset()))
    if isinstance(following, str):
        following = following.replace("{trap}", str(trap.port))
    server = listen(holds({**searchset(), "link": [{"relation": "next", "url": following}]}))
    assert refusal(lambda: search(server)) is Reason.PAGING
    assert (trap.connections, len(server.heads)) == (0, 1)


def test_more_resources_than_a_visit_can_have_are_refused(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_RESOURCES", 3)
    assert refusal(lambda: search(listen(numbered(5)))) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("scope", "reads", "searches"),
    [
        ("patient/Coverage.read", True, True),
        ("user/*.read", True, True),
        ("system/*.*", True, True),
        ("openid fhirUser patient/Patient.read patient/Coverage.rs", True, True),
        ("patient/Coverage.r", True, False),
        ("patient/Coverage.s", False, True),
        ("patient/Coverage.cruds?status=active", True, True),
        ("patient/Coverage.write", False, False),
        ("patient/Coverage.cud", False, False),
        ("patient/Patient.read", False, False),
        ("patient/CoverageEligibilityRequest.read", False, False),
        ("patient/Coverage.readx", False, False),
        ("practitioner/Coverage.read", False, False),
        ("launch patient/", False, False),
        ("", False, False),
    ],
)
def test_a047_what_the_scope_does_not_cover_is_not_asked(
    listen: Listen, scope: str, reads: bool, searches: bool
) -> None:
    server = listen(lambda talk: holds(searchset() if "?" in talk.target else coverage("1"))(talk))
    with Ehr(server.base(), Authorization(TOKEN, scope), "1", Deadline.after(5)) as ehr:
        for allowed, ask in (
            (reads, lambda: ehr.read("Coverage", "1")),
            (searches, lambda: ehr.search("Coverage", {"patient": "1"})),
        ):
            if allowed:
                ask()
            else:
                assert refusal(ask) is Reason.SCOPE
    assert len(server.heads) == reads + searches


def test_a_token_without_a_scope_is_for_the_server_to_refuse(listen: Listen) -> None:
    server = listen(holds(PATIENT))
    assert read(server, granted=Authorization(TOKEN, None)) == PATIENT


def test_what_is_asked_together_is_answered_one_by_one(listen: Listen) -> None:
    found = {"/fhir/Patient/1": PATIENT, "/fhir/Coverage?patient=1": searchset(coverage("1"))}
    server = listen(lambda talk: holds(found.get(talk.target, {**PATIENT, "id": "9"}))(talk))
    queries = ["Patient/1", "Coverage?patient=1", "Patient/2", "Practitioner/..", "Observation?code=x"]
    with Ehr(server.base(), Authorization(TOKEN, "user/*.read"), "1", Deadline.after(5)) as ehr:
        answers = ehr.ask(queries)
    said = [a.reason if isinstance(a, Unreachable) else [r["id"] for r in a] for a in answers]
    assert said == [["1"], ["1"], Reason.FOREIGN, Reason.IDENTIFIER, Reason.FOREIGN]


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "é", "a,b"])
def test_what_is_no_token_is_not_sent(listen: Listen, token: str) -> None:
    server = listen(holds(PATIENT))
    assert refusal(lambda: read(server, granted=Authorization(token, "patient/*.read"))) is Reason.REFUSED
    assert server.connections == 0


def test_a043_the_token_appears_in_no_text(listen: Listen) -> None:
    with pytest.raises(Unreachable) as caught:
        read(listen(lambda talk: talk.sock.close()), granted=ALL)
    assert TOKEN not in f"{ALL!r} {caught.value!r} {caught.value}"
