"""Words and phrases that abstracts share and that are not concepts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kgraph.data import read_text

_LETTER_IN_COMPANY = re.compile(r"[^\W\d_]\S|\S[^\W\d_]")
"""A key without a match has only numbers, marks and single letters."""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The lists of ``data/boilerplate.txt``.

    - ``openers`` never start a concept: "novel", "our", "several".
    - ``generic`` nouns name nothing alone, or after ``qualifiers`` and openers:
      "approach", "main results".
    - ``phrases`` are normal forms that are dropped as a whole.
    - ``types`` say what a name next to them is and are not part of it:
      "dataset" in "TOFU dataset".
    - ``tails`` are nouns that add nothing at the end of a phrase: "problem".
    - ``soft`` openers may still start a term: "small" in "small language model".
    """

    openers: frozenset[str]
    generic: frozenset[str]
    qualifiers: frozenset[str]
    phrases: frozenset[str]
    types: frozenset[str]
    tails: frozenset[str]
    soft: frozenset[str]

    def is_boilerplate(self, key: str, *, named: bool = False) -> bool:
        """Return whether a normal form names nothing. A word written like a name always names something."""
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
    """Return the lists that ship with kgraph. Sections start with ``[name]``, comments with ``#``."""
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
