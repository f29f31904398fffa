"""From the shapes to msgspec structs: what decodes as one of them is beyond reproach.

That is what the library takes *and* our own checks do not complain of, less what is rare: no ``null``, no
leap second, no primitive replaced by its extension. Whoever is refused here is not wrong, only not sure.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Final, Literal, cast

from msgspec import NODEFAULT, Meta, Raw, Struct, defstruct, field

from parcours.fhir.dates import est_renversee
from parcours.fhir.elements import Period
from parcours.fhir.gate.shapes import RESOURCES, SHAPES
from parcours.fhir.own_checks import CODES, MAX_ID, OPTIONAL_CODES

# ---------------------------------------------------------------- primitives
#
# Each pattern accepts less than the library's, never more: its ``\s`` and digits are those of another
# engine, its ``$`` lets no newline through, and it parses dates as well. Where the library takes any text,
# so do we, but an empty one, which cleaning drops with a word.

_LEAP: Final = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY: Final = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    rf"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_MONTH: Final = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?"
_HOUR: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
_ZONE: Final = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_INSTANT: Final = rf"(?=[12]){_DAY}T{_HOUR}{_ZONE}"  # far from years 1 and 9999, which a zone may leave


def _text(pattern: str) -> Any:
    return Annotated[str, Meta(pattern=rf"\A(?:{pattern})\Z")]


def _whole(lowest: int) -> Any:
    return Annotated[int, Meta(ge=lowest, le=2**31 - 1)]


_ANY_TEXT: Final = Annotated[str, Meta(min_length=1)]

_PRIMITIVES: Final[dict[str, Any]] = {
    "base64Binary": _text("(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
    "boolean": bool,
    "canonical": _ANY_TEXT,
    "code": _text(r"\S+(?: \S+)*"),
    "date": _text(f"(?!0000)(?:{_DAY}|{_MONTH})"),
    "dateTime": _text(f"(?!0000)(?:{_DAY}|{_MONTH}|{_INSTANT})"),
    "decimal": float,
    "id": _text(rf"[A-Za-z0-9.-]{{1,{MAX_ID}}}"),
    "instant": _text(_INSTANT),
    "integer": _whole(-(2**31)),
    "markdown": _ANY_TEXT,
    "oid": _text(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+"),
    "positiveInt": _whole(1),
    "string": Annotated[str, Meta(pattern=r"\S")],
    "time": _text(_HOUR),
    "unsignedInt": _whole(0),
    "uri": _ANY_TEXT,
    "url": _ANY_TEXT,
    "uuid": _text("(?:urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    "xhtml": _ANY_TEXT,
}

Resource = Raw
"""What is contained is judged on its own."""

# ---------------------------------------------------------------- structures


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A type of FHIR; an element that is absent is ``None``."""


_Choice = tuple[Callable[[Any], tuple[object, ...]], int, bool]
"""The elements of a choice as they are told of a value, how many they are, must there be one?"""


class _Choosing(Shape, frozen=True, kw_only=True):
    """A type with choices: of the elements of a choice one at most is there, or exactly one."""

    choices: ClassVar[tuple[_Choice, ...]] = ()

    def __post_init__(self) -> None:
        for members, size, required in self.choices:
            found = size - members(self).count(None)
            if found > 1 or (required and not found):
                raise ValueError("choice")


class _Said(Shape, frozen=True, kw_only=True):
    """What stands beside a primitive, as ``_code`` beside ``code``: it says something."""

    extension: Any
    id: str | None

    def __post_init__(self) -> None:
        if self.extension is None and self.id is None:
            raise ValueError("empty")


class _Ordered(Shape, frozen=True, kw_only=True):
    """A period: it does not end before it starts."""

    start: str | None
    end: str | None

    def __post_init__(self) -> None:
        if self.start and self.end and est_renversee(cast("Period", self)):
            raise ValueError("reversed")


_BASES: Final[dict[str, type[Shape]]] = {"FHIRPrimitiveExtension": _Said, "Period": _Ordered}


@dataclass(frozen=True, slots=True)
class Member:
    """One word of the shapes: ``element:Type``, ``group[x]:Type``, with ``*`` and ``!``."""

    name: str
    kind: str
    many: bool
    required: bool
    group: str = ""

    @classmethod
    def read(cls, word: str) -> Member:
        """A member as it is written in the shapes."""
        name, kind = word.rstrip("*!").split(":")
        group = name.removesuffix("[x]") if name.endswith("[x]") else ""
        return cls(
            name=group + kind[0].upper() + kind[1:] if group else name,
            kind=kind,
            many="*" in word,
            required=word.endswith("!"),
            group=group,
        )

    def fields(self, owner: str) -> Iterator[tuple[str, Any, Any]]:
        """As msgspec wants it, and what may stand beside it."""
        codes = CODES.get((owner, self.name)) or OPTIONAL_CODES.get((owner, self.name))
        one = Literal[tuple(sorted(codes))] if codes else _PRIMITIVES.get(self.kind, self.kind)
        default = NODEFAULT if self.required and not self.group else None
        yield self.attribute, _several(one) if self.many else one, field(name=self.name, default=default)
        if self.kind in _PRIMITIVES and self.name != "id" and owner != "Extension":
            beside = "FHIRPrimitiveExtension"
            yield f"_{self.name}", _several(f"{beside} | None") if self.many else beside, None

    @property
    def attribute(self) -> str:
        """Its name in Python."""
        return f"{self.name}_" if keyword.iskeyword(self.name) else self.name


def _several(one: Any) -> Any:
    # A name is that of a structure which may not be made yet: msgspec looks it up in this module.
    return f"list[{one}]" if isinstance(one, str) else list[one]


def members(shapes: str) -> dict[str, list[Member]]:
    """The members of each type."""
    table: dict[str, list[Member]] = {}
    elements: list[Member] = []
    for line in shapes.strip().splitlines():
        if line.startswith(" "):
            elements += map(Member.read, line.split())
        else:
            table[line] = elements = []
    return table


def _choices(elements: list[Member]) -> tuple[_Choice, ...]:
    groups: dict[str, list[Member]] = {}
    for element in elements:
        groups.setdefault(element.group, []).append(element)
    return tuple(
        (attrgetter(*(e.attribute for e in group)), len(group), group[0].required)
        for name, group in groups.items()
        if name
    )


def _made(name: str, elements: list[Member]) -> type[Shape]:
    choices = _choices(elements)
    base = _BASES.get(name, _Choosing if choices else Shape)
    made = defstruct(
        name,
        [member for element in elements for member in element.fields(name)],
        bases=(base,),
        namespace={"choices": choices} if choices else None,
        module=__name__,
        tag_field="resourceType" if name in _RESOURCES else None,
        frozen=True,
        kw_only=True,
    )
    return cast("type[Shape]", made)


_RESOURCES: Final = frozenset(RESOURCES.split())
STRUCTS: Final = {name: _made(name, elements) for name, elements in members(SHAPES).items()}
"""The struct of each type."""
globals().update(STRUCTS)
