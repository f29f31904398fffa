"""English at the edge: what this program says in French, said in English as it leaves.

The law, the engine and every rendering speak French. ``english.toml`` and the folder ``english`` are the
catalogue: French phrases and their English. A text is translated when all of it is understood: phrases of
the catalogue, joined by punctuation, codes, dates and amounts. Any other text stays in French, whole: half
a translation misleads.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from html import escape, unescape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
"""What may come next in a French text, and its English."""

_TYPOGRAPHY: Final = str.maketrans({"’": "'", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})
_HOLE: Final = "{}"
"""In a phrase of the catalogue: a number or a name that is repeated as it is."""

_FIGURES: Final[tuple[tuple[str, str], ...]] = (
    (r"(\d\d)/(\d\d)/(\d{4})(?!\w)", r"\3-\2-\1"),
    (r"(\d+),(\d+) €", r"€\1.\2"),
    (r"(\d+) €", r"€\1"),
    (r"(\d+),(\d+) %", r"\1.\2%"),
    (r"(\d+) %", r"\1%"),
    (r"([A-Z0-9][A-Z0-9_°/-]*)(?!\w)", r"\1"),  # a code, an article, a number
    (r" ([:;])", r"\1"),
    (r"([ .,()×−=-])", r"\1"),
)


@cache
def catalogue() -> Mapping[str, str]:
    """Every French phrase, and its English; ``{}`` in both is repeated as it is."""
    texts = (book.read_text("utf-8") for book in books())
    tables = (table for text in texts for table in tomllib.loads(text).values())
    return {_bare(french): _bare(english) for table in tables for french, english in table.items()}


def books() -> Iterator[Traversable]:
    """The files of the catalogue: what answers say, then what pages add."""
    yield files("parcours") / "english.toml"
    pages = (files("parcours") / "english").iterdir()
    yield from sorted((book for book in pages if book.name.endswith(".toml")), key=lambda book: book.name)


@lru_cache(maxsize=8192)
def translated(text: str) -> str | None:
    """The English of a French text, ``None`` unless all of it is understood."""
    text = text.translate(_TYPOGRAPHY)
    english: list[str] = []
    done = 0
    while done < len(text):
        step = next(((found, say) for rule, say in _rules() if (found := rule.match(text, done))), None)
        if step is None:
            return None
        found, say = step
        english.append(say(found))
        done = found.end()
    return "".join(english)


def english(text: str) -> str:
    """A text in English; in French, whole, when the catalogue does not know all of it."""
    said = translated(text)
    return text if said is None else said


def _bare(phrase: str) -> str:
    return phrase.translate(_TYPOGRAPHY).rstrip(".")


@cache
def _rules() -> tuple[Rule, ...]:
    """Phrases before figures, and the longest phrase first."""
    phrases = catalogue()
    whole = sorted((phrase for phrase in phrases if _HOLE not in phrase), key=len, reverse=True)
    return (
        *(_with_holes(phrase, phrases[phrase]) for phrase in phrases if _HOLE in phrase),
        (_pattern("|".join(map(re.escape, whole))), _phrase),
        *((re.compile(pattern), _figure(figure)) for pattern, figure in _FIGURES),
    )


def _pattern(phrases: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{phrases})(?!\w)", re.IGNORECASE)


def _with_holes(french: str, said: str) -> Rule:
    pattern = re.escape(french).replace(re.escape(_HOLE), r"(\S+)")
    return _pattern(pattern), lambda found: said.format(*found.groups())


def _figure(said: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found.expand(said)


def _phrase(found: re.Match[str]) -> str:
    phrase = found.group()
    known = catalogue().get(phrase)
    return _like(phrase, _folded()[phrase.casefold()]) if known is None else known


@cache
def _folded() -> Mapping[str, str]:
    return {french.casefold(): english for french, english in catalogue().items()}


def _like(phrase: str, english: str) -> str:
    """A phrase that stands in the middle of a sentence, or opens one."""
    first = english[:1].upper() if phrase[:1].isupper() else english[:1].lower()
    return first + english[1:]


# ---------------------------------------------------------------- resources

_TEXTS: Final = frozenset(
    {"citation", "description", "disposition", "documentation", "erreur", "label", "text", "title"}
)
"""Elements that hold nothing but words of ours."""

_CHILDREN: Final = frozenset({"effet", "note", "si", "texte"})
"""Children of our extensions whose string is for people; the others are names, paths and versions."""

_LANGUAGES: Final = {"fr": "en", "fr-FR": "en"}
_OURS: Final = frozenset(
    {"Assurance maladie obligatoire", "Camieg, part complémentaire", "Patient non transmis"}
)
"""What a reference is called when the caller did not say."""

_LANG_OF_DIV: Final = re.compile(r'lang="fr-FR"')
_WORDS_OF_DIV: Final = re.compile(r">([^<]+)<")


def in_english(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource with its texts for people in English. Codes, paths, amounts and the caller's words stay."""
    return {name: _value(name, value, resource) for name, value in resource.items()}


def _value(name: str, value: Any, owner: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return in_english(value)
    if isinstance(value, list):
        return [_value(name, item, owner) for item in value]
    return _string(name, value, owner) if isinstance(value, str) else value


def _string(name: str, text: str, owner: Mapping[str, Any]) -> str:
    if name == "div":
        return _div(text)
    if name == "language" or (name == "code" and owner.get("system") == "urn:ietf:bcp:47"):
        # A paper stays in the language it was printed in.
        return text if "contentType" in owner else _LANGUAGES.get(text, text)
    return english(text) if _is_for_people(name, text, owner) else text


def _is_for_people(name: str, text: str, owner: Mapping[str, Any]) -> bool:
    if name == "display":
        return "code" in owner or text in _OURS
    return name in _TEXTS or (name == "valueString" and owner.get("url") in _CHILDREN)


def _div(div: str) -> str:
    """A narrative: its words between tags, and the language it says it is in."""
    words = _WORDS_OF_DIV.sub(lambda found: f">{escape(english(unescape(found[1])))}<", div)
    return _LANG_OF_DIV.sub('lang="en"', words)
