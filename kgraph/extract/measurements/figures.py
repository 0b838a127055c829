"""Find the figures of a text: numbers with their units and the words that bound them.

A number in a name or a word ("GPT-4", "7-DOF", "top-1"), a fraction ("16.2/25")
or a size ("640 × 480") is not a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kgraph.data import compile_pattern, read_toml


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text.

    ``start`` and ``end`` are the offsets of the number with its sign and unit;
    ``before`` is the start of the ``qualifier``, the words that bound it ("up to").
    ``unit`` is ``%``, ``points``, ``x`` (a factor), or a unit as written.
    ``sign`` is the written sign, or empty.
    """

    before: int
    start: int
    end: int
    number: float
    sign: str
    unit: str | None
    qualifier: str | None


_FURTHEST = 48
"""Characters before a number in which its qualifier is searched."""


def figures(text: str) -> Iterator[Figure]:
    """Yield the figures of a text in order."""
    patterns = _patterns()
    covered = 0
    for match in patterns["number"].finditer(text):
        bounds = patterns["qualifier"].search(text, max(covered, match.start() - _FURTHEST), match.start())
        qualifier = bounds["qualifier"] if bounds else None
        before = bounds.start() if bounds else match.start()
        yield Figure(
            before + len(text[before : match.start()]) - len(text[before : match.start()].lstrip()),
            match.start(),
            match.end(),
            float(match["number"].replace(",", "")),
            match["sign"] or "",
            _unit(match),
            " ".join(qualifier.lower().split()) if qualifier else None,
        )
        covered = match.end()


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {name: compile_pattern(text) for name, text in read_toml("figures.toml")["patterns"].items()}


def _unit(match: re.Match[str]) -> str | None:
    if match["points"]:
        return "points"
    if match["percent"]:
        return "%"
    if match["factor"]:
        return "x"
    other: str | None = match["other"]
    return other
