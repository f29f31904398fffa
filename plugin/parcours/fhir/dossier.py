"""The resources of one request, and how one finds another (FHIR R4, *Resolving references in Bundles*)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar, cast

from parcours.domain.facts import Avertissement
from parcours.errors import Problem, UnreadableBundle
from parcours.fhir.elements import Identifier, Organization, Patient, Practitioner, Reference, Resource
from parcours.fhir.envelope import Envelope, RawEntry
from parcours.fhir.identifiers import rpps
from parcours.fhir.validity import Validate, Verdict, examine

R = TypeVar("R", bound=Resource)

_RELATIVE: Final = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})\Z", re.ASCII)
_HISTORY: Final = re.compile(r"/_history/[A-Za-z0-9\-.]{1,64}\Z", re.ASCII)

_STRUCTURAL: Final = frozenset(
    {"structure", "required", "value", "invariant", "code-invalid", "not-supported", "too-long"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Node(Generic[R]):
    """One resource and where it stands.

    ``path`` is its FHIRPath in the request; ``key`` designates it (``fullUrl``, else ``Type/id``, else
    the path); ``base`` is the server its ``fullUrl`` names, when it names one.
    """

    path: str
    type: str
    key: str
    base: str | None
    resource: R
    verdict: Verdict
    raw: bytes
    container: Node[Any] | None = None
    contained: dict[str, Node[Any]] = field(default_factory=dict)

    def at(self, relative: str) -> str:
        """FHIRPath of an element of this resource."""
        return f"{self.path}.{relative}"


@dataclass(slots=True)
class Dossier:
    """Every resource of a request, what was used of it, and what there is to say about it."""

    root: str
    validate: Validate = "full"
    nodes: list[Node[Any]] = field(default_factory=list)
    _problems: dict[tuple[str, str], Problem] = field(default_factory=dict)
    _avertissements: dict[Avertissement, None] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _by_url: dict[str, Node[Any]] = field(default_factory=dict)
    _by_id: dict[tuple[str, str], list[Node[Any]]] = field(default_factory=lambda: defaultdict(list))
    _designated: dict[tuple[str, str | None], Node[Any] | None] = field(default_factory=dict)

    # ------------------------------------------------------------ what there is

    def of(self, kind: type[R]) -> list[Node[R]]:
        """The resources of one type, in their order; contained ones are reached by reference only."""
        return [node for node in self.nodes if type(node.resource) is kind]

    def anywhere(self, kind: str) -> str:
        """FHIRPath of any resource of this type: where a missing one would be."""
        collection = "parameter" if self.root == "Parameters" else "entry"
        return f"{self.root}.{collection}.resource.ofType({kind})"

    # ------------------------------------------------------------ what there is to say

    def use(self, node: Node[Any]) -> None:
        """The decision rests on this resource: what is wrong with it is no longer a detail."""
        self._used.add(node.path)

    def problem(self, expression: str, code: str, text: str, severity: str = "warning") -> None:
        """Note something about the request; the same thing twice is said once."""
        self._problems.setdefault((expression, text), Problem(expression, code, text, severity))

    def warn(self, avertissement: Avertissement) -> None:
        """Note something the reader of the decision must know."""
        self._avertissements[avertissement] = None

    @property
    def avertissements(self) -> tuple[Avertissement, ...]:
        """Every warning noted, in the order they came."""
        return tuple(self._avertissements)

    def problems(self, *, strict: bool) -> tuple[Problem, ...]:
        """Everything wrong with the request. Of a resource nothing rests on, only warnings, unless strict."""
        found = [*self._problems.values(), *self._defects()]
        return tuple(_hardened(p) for p in found) if strict else tuple(found)

    def _defects(self) -> Iterator[Problem]:
        contained = (inner for outer in self.nodes for inner in outer.contained.values())
        for node in (*self.nodes, *contained):
            used = node.path in self._used
            for defect in node.verdict.defects:
                grave = used and (defect.read or defect.modifier)
                where = node.at(defect.expression) if defect.expression else node.path
                yield Problem(where, defect.code, defect.text, "error" if grave else "warning")

    # ------------------------------------------------------------ how one finds another

    def follow(
        self, ref: Reference | None, source: Node[Any], relative: str, *types: str
    ) -> Node[Any] | None:
        """The resource a reference designates, now used; notes a reference that leads nowhere or astray."""
        if ref is None:
            return None
        node = self.find(ref, source)
        where = source.at(relative)
        if node is None:
            self.problem(where, "not-found", "la ressource référencée n'est pas dans la requête")
        elif node.type not in types:
            self.problem(where, "structure", "la référence désigne un type de ressource inattendu", "error")
            return None
        else:
            self.use(node)
        return node

    def follow_as(
        self, kind: type[R], ref: Reference | None, source: Node[Any], relative: str
    ) -> Node[R] | None:
        """``follow`` towards one type of resource."""
        return cast("Node[R] | None", self.follow(ref, source, relative, kind.__name__))

    def find(self, ref: Reference | None, source: Node[Any]) -> Node[Any] | None:
        """The resource a reference designates, by URL, else by identifier; ``None`` when it is not here."""
        if ref is None:
            return None
        node = self._at_url(ref.reference, source) if ref.reference else None
        return node or (self._identified(ref) if ref.identifier else None)

    def type_of(self, ref: Reference | None, source: Node[Any]) -> str | None:
        """The type of resource a reference designates, as far as it can be told without finding it."""
        if ref is None:
            return None
        node = self.find(ref, source)
        if node is not None:
            return node.type
        parts = _HISTORY.sub("", ref.reference or "").split("/")
        return parts[-2] if len(parts) >= 2 and parts[-2][:1].isupper() else ref.type

    def key_of(self, ref: Reference | None, source: Node[Any]) -> str | None:
        """What a reference designates, as a key: that of the resource, else the reference made absolute."""
        if ref is None:
            return None
        node = self.find(ref, source)
        if node is not None:
            return node.key
        if ref.reference:
            return _absolute(ref.reference, source)
        identifier = ref.identifier
        if identifier and identifier.system and identifier.value:
            return f"{identifier.system}|{identifier.value.strip()}"
        return None

    def _at_url(self, text: str, source: Node[Any]) -> Node[Any] | None:
        outer = source.container or source
        if text.startswith("#"):
            return outer if text == "#" else outer.contained.get(text[1:])
        key = text, outer.base  # the same few references are followed again and again
        if key not in self._designated:
            self._designated[key] = self._from_base(*key)
        return self._designated[key]

    def _from_base(self, text: str, base: str | None) -> Node[Any] | None:
        url = _canonical(text)
        if url in self._by_url:
            return self._by_url[url]
        match = _RELATIVE.match(url)
        return self._in_base(match.group(1), match.group(2), base) if match else None

    def _in_base(self, type_: str, id_: str, base: str | None) -> Node[Any] | None:
        """Same server first, else a resource of no known server; two servers are never mixed."""
        nodes = self._by_id.get((type_, id_), [])
        homeless = [node for node in nodes if node.base is None]
        if base is not None:
            return _only([node for node in nodes if node.base == base]) or _only(homeless)
        return _only(homeless) or _only(nodes)

    def _identified(self, ref: Reference) -> Node[Any] | None:
        number = rpps(ref.identifier) if ref.type != "PractitionerRole" else None
        if number:
            return _only([n for n in self.of(Practitioner) if number in map(rpps, n.resource.identifier)])
        wanted = _number(ref.identifier)
        bearers: list[Node[Any]] = [*self.of(Patient), *self.of(Organization)]
        return _only([n for n in bearers if wanted and wanted in map(_number, n.resource.identifier)])

    # ------------------------------------------------------------ filling

    def add(self, entry: RawEntry) -> None:
        """Take in one resource as it came."""
        self._designated.clear()
        examined = examine(entry.raw, validate=self.validate)
        if examined.resource is None or examined.verdict.type is None:
            for defect in examined.verdict.defects:
                where = f"{entry.path}.{defect.expression}".rstrip(".")
                self.problem(where, defect.code, defect.text, "error" if defect.read else "warning")
            return
        if examined.verdict.type == "Bundle":
            text = "un Bundle dans un Bundle n'est pas lu : mettre ses ressources au premier niveau"
            self.problem(entry.path, "not-supported", text, "error")
        node = _node(entry, examined.resource, examined.verdict, examined.verdict.type)
        first = self._first_of(node)
        if entry.full_url in self._by_url:
            self.problem(entry.path, "duplicate", "la même fullUrl est donnée deux fois", "error")
        elif entry.full_url is not None:
            self._by_url[entry.full_url] = first
        if first is node:
            self._fill_contained(node)
            self.nodes.append(node)

    def _first_of(self, node: Node[Any]) -> Node[Any]:
        """The node itself, or the one it merely repeats."""
        if not node.resource.id:
            return node
        same = self._by_id[node.type, node.resource.id]
        rivals = [other for other in same if None in (other.base, node.base) or other.base == node.base]
        if any(other.raw != node.raw for other in rivals):
            text = "deux ressources de même type et de même id diffèrent"
            self.problem(node.path, "duplicate", text, "error")
        if not rivals:
            same.append(node)
        return rivals[0] if rivals else node

    def _fill_contained(self, outer: Node[Any]) -> None:
        seen: set[str] = set()
        for index, raw in enumerate(outer.resource.contained):
            path = outer.at(f"contained[{index}]")
            node = _contained(outer, path, bytes(raw), self.validate)
            if node is None:
                self.problem(path, "structure", "ressource contenue illisible ou sans id, ignorée")
            elif node.resource.id in seen:
                outer.contained.pop(node.resource.id, None)  # two of one id: neither is meant for sure
                self.problem(path, "structure", "deux ressources contenues ont le même id : aucune n'est lue")
            else:
                seen.add(node.resource.id)
                outer.contained[node.resource.id] = node


def open_dossier(envelope: Envelope, validate: Validate = "full") -> Dossier:
    """Read every resource of a request and index it."""
    dossier = Dossier(envelope.root, validate)
    for problem in envelope.problems:
        dossier.problem(problem.expression, problem.code, problem.text, problem.severity)
    for entry in envelope.entries:
        dossier.add(entry)
    duplicates = [p for p in dossier.problems(strict=False) if p.code == "duplicate"]
    if duplicates:  # no reference has one meaning any more
        raise UnreadableBundle(duplicates)
    return dossier


def _node(entry: RawEntry, resource: Resource, verdict: Verdict, type_: str) -> Node[Any]:
    name = f"{type_}/{resource.id}" if resource.id else None
    base = None
    if name and entry.full_url and entry.full_url.endswith(f"/{name}"):
        base = entry.full_url.removesuffix(f"/{name}")
    key = entry.full_url or name or entry.path
    return Node(entry.path, type_, key, base, resource, verdict, entry.raw)


def _contained(outer: Node[Any], path: str, raw: bytes, validate: Validate) -> Node[Any] | None:
    examined = examine(raw, contained=True, validate=validate)
    resource, verdict = examined.resource, examined.verdict
    if resource is None or verdict.type is None or not resource.id:
        return None
    key = f"{outer.key}#{resource.id}"
    return Node(path, verdict.type, key, outer.base, resource, verdict, raw, container=outer)


def _hardened(problem: Problem) -> Problem:
    structural = problem.severity == "warning" and problem.code in _STRUCTURAL
    return Problem(problem.expression, problem.code, problem.text) if structural else problem


def _only(nodes: Iterable[Node[Any]]) -> Node[Any] | None:
    found = list(nodes)
    return found[0] if len(found) == 1 else None


def _canonical(text: str) -> str:
    return text.lower() if text.lower().startswith("urn:uuid:") else _HISTORY.sub("", text)


def _absolute(text: str, source: Node[Any]) -> str:
    outer = source.container or source
    if text.startswith("#"):
        return f"{outer.key}{text}"
    url = _canonical(text)
    return f"{outer.base}/{url}" if outer.base and _RELATIVE.match(url) else url


def _number(identifier: Identifier | None) -> tuple[str, str] | None:
    if identifier is None or identifier.use == "old" or not identifier.system or not identifier.value:
        return None
    return identifier.system, identifier.value
