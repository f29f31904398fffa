"""What IHE BALP 1.1.3 asks of an event that claims one of its patterns: the rules of its slices, in short."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

CLAIM: Final = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
SOURCE, DESTINATION = "110153", "110152"
AUTHORS: Final = frozenset({"AUT", "INF", "CST"})
READERS: Final = frozenset({"IRCP"})
QUERY: Final = "24"
DATA: Final = frozenset({"3", "4", "20"})


@dataclass(frozen=True)
class Pattern:
    """What sets one pattern apart: action, interactions, roles of client and server, types of a person."""

    action: str
    subtypes: frozenset[str]
    client: str
    server: str
    users: frozenset[str]


PATTERNS: Final = {
    "Create": Pattern("C", frozenset({"create"}), SOURCE, DESTINATION, AUTHORS),
    "Read": Pattern("R", frozenset({"read", "vread"}), DESTINATION, SOURCE, READERS),
    "Update": Pattern("U", frozenset({"update", "patch"}), SOURCE, DESTINATION, AUTHORS),
    "Query": Pattern("E", frozenset({"search", "search-type"}), SOURCE, DESTINATION, READERS),
}


def claimed(event: dict[str, Any]) -> str | None:
    """The pattern that an event says it follows."""
    said: list[str] = event.get("meta", {}).get("profile", [])
    return said[0].removeprefix(CLAIM) if said else None


def assert_conforms(event: dict[str, Any]) -> None:
    """An event follows the pattern that it claims, if it claims any."""
    name = claimed(event)
    if name is None:
        return
    pattern = PATTERNS[name.removeprefix("Patient")]
    assert (event["type"]["code"], event["action"], event["outcome"]) == ("rest", pattern.action, "0")
    assert pattern.subtypes.issuperset(coding["code"] for coding in event["subtype"])
    [client], [server] = agents(event, {pattern.client}), agents(event, {pattern.server})
    assert all(agent["who"] and agent["network"] and "media" not in agent for agent in (client, server))
    for user in agents(event, pattern.users):
        assert user["who"]
        assert user["requestor"]
        assert "network" not in user
    of_the_object = entities(event, "2")  # BALP tells slices apart by their type alone
    assert len(of_the_object) == 1
    assert_is_query(*of_the_object) if pattern.action == "E" else assert_is_data(*of_the_object)
    if name.startswith("Patient"):
        [patient] = entities(event, "1")
        assert (patient["role"]["code"], patient["what"]["type"]) == ("1", "Patient")
    for transaction in entities(event, "XrequestId"):
        assert transaction["what"]["identifier"]["value"]


def assert_is_query(entity: dict[str, Any]) -> None:
    """What was searched for."""
    assert entity["role"]["code"] == QUERY
    assert entity["query"]
    assert entity.keys().isdisjoint({"what", "lifecycle", "detail"})


def assert_is_data(entity: dict[str, Any]) -> None:
    """What was read or written."""
    assert entity["role"]["code"] in DATA
    assert entity["what"]


def agents(event: dict[str, Any], codes: Iterable[str]) -> list[dict[str, Any]]:
    """The agents of one of these types."""
    return [agent for agent in event["agent"] if agent["type"]["coding"][0]["code"] in {*codes}]


def entities(event: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """The entities of this type."""
    return [entity for entity in event["entity"] if entity["type"]["code"] == code]
