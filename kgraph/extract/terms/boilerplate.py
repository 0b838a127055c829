"""What every abstract says and no concept is: words and phrases to leave out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kgraph.data import read_text

_LETTER_IN_COMPANY = re.compile(r"[^\W\d_]\S|\S[^\W\d_]")
"""Of a key that has none every word is a number, a mark or a single letter."""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The lists of ``data/boilerplate.txt``.

    ``openers`` are words that no concept starts with ("novel", "our",
    "several"); ``generic`` nouns that alone, or behind ``qualifiers`` and
    openers, name nothing ("approach", "main results"); ``phrases`` normal forms
    that are left out whole; ``types`` words that say what a name beside them
    is and are no part of it ("dataset" in "TOFU dataset"); ``tails`` nouns that
    add nothing at the end of a phrase ("problem"); ``soft`` those openers that
    may start a term after all ("small" in "small language model").
    """

    openers: frozenset[str]
    generic: frozenset[str]
    qualifiers: frozenset[str]
    phrases: frozenset[str]
    types: frozenset[str]
    tails: frozenset[str]
    soft: frozenset[str]

    def is_boilerplate(self, key: str, *, named: bool = False) -> bool:
        """Whether a normal form names nothing; a word written like a name always names something."""
        if named:
            return len(key) < 2
        words = key.split()
        return (
            key in self.phrases
            or (
                words[-1] in self.generic
                and all(word in self.qualifiers or word in self.openers for word in words[:-1])
            )
            or not _LETTER_IN_COMPANY.search(key)
            or (len(words) == 1 and len(key) < 3)
        )


@cache
def load_boilerplate() -> Boilerplate:
    """Read the lists that ship with the package; sections start with ``[name]``, ``#`` comments."""
    sections: dict[str, set[str]] = {}
    current: set[str] = set()
    text = read_text("boilerplate.txt")
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), set())
        elif line:
            current.update(part.strip() for part in line.split(","))
    names = ("openers", "generic", "qualifiers", "phrases", "types", "tails", "soft")
    return Boilerplate(*(frozenset(sections[name]) for name in names))
