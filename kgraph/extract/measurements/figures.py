"""Numbers in running text as figures: the value, its unit, and the words that bound it.

Only numbers that stand by themselves are figures. What is part of a name or a
word ("GPT-4", "7-DOF", "top-1"), a fraction ("16.2/25") or a size ("640 × 480")
is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text.

    ``start`` and ``end`` are the offsets of the number with its sign and unit;
    ``before`` is where the words that bound it begin, the ``qualifier`` ("up to").
    ``unit`` is ``%``, ``points``, ``x`` (a factor), or a unit as it is written;
    ``sign`` is the one that is written, or empty.
    """

    before: int
    start: int
    end: int
    number: float
    sign: str
    unit: str | None
    qualifier: str | None


_NUMBER = re.compile(
    r"""
    (?<![\w.@\#&^/_\\–—−×[])(?<!\d[,:~])(?<![\w)\]}%]-)(?<!\d\s)(?<![×x]\s)(?<![Tt]op\s)(?<![Rr]ank\s)
    (?P<sign>(?<![\w%)\]}$])[+−-])?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?![\w.,]*\d)
    (?:\s*(?:±|\\pm|\+/-)\s*\d*\.?\d+)?
    (?:
       [\s$-]*(?P<points>(?:\\?%|absolute|percentage|percent)?[\s-]*points?\b|p\.?p\b)
      |[\s-]*(?P<percent>\\?%|percents?\b|per\scent\b)
      |[\s$]*(?P<factor>\\times\b|[×xX](?!\w|\s*\d)|times\b|[\s-]*folds?\b)
      |\s*(?P<other>(?:dB|ms|m/s|fps|FPS|µs|μs|mm|cm|nm|µm|μm|m|s|secs?|seconds?|milliseconds?|minutes?|mins?|hours?
           |frames\sper\ssecond|frames/s|degrees?|deg|rad|pixels?|px)(?![\w/^·*-])|°)
    )?
    (?:\s*(?:±|\\pm|\+/-)\s*\d*\.?\d+\s*\\?%?)?
    (?:\$\}?)?
    (?![\w/^@%×+}]|\\[a-z]|[-–—−:~]\s*[\w$]|[.,]\d|\s[×x]\s)
    """,
    re.VERBOSE,
)
_QUALIFIER = re.compile(
    r"""
    (?P<qualifier>\b(?:up\sto|as\s(?:high|low|much|little|few|many)\sas|at\s(?:least|most)
      |(?:more|less|greater|better|higher|lower|fewer)\sthan|over|under|above|below|exceeding|about|around
      |approximately|roughly|nearly|almost|close\sto)|[~∼≈≃><≥≤])?
    (?:\s*\b(?:an?\s)?(?:additional|average|maximum|mean|relative|absolute|total|extra|further)\b(?:\sof\b)?)*[\s$+~]*$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FURTHEST = 48
"""Characters before a number in which its qualifier is looked for."""


def figures(text: str) -> Iterator[Figure]:
    """Yield the figures of a text in their order."""
    reached = 0
    for match in _NUMBER.finditer(text):
        bounds = _QUALIFIER.search(text, max(reached, match.start() - _FURTHEST), match.start())
        qualifier = bounds["qualifier"] if bounds else None
        before = bounds.start() if bounds else match.start()
        yield Figure(
            before + len(text[before:]) - len(text[before:].lstrip()),
            match.start(),
            match.end(),
            float(match["number"].replace(",", "")),
            match["sign"] or "",
            _unit(match),
            " ".join(qualifier.lower().split()) if qualifier else None,
        )
        reached = match.end()


def _unit(match: re.Match[str]) -> str | None:
    if match["points"]:
        return "points"
    if match["percent"]:
        return "%"
    if match["factor"]:
        return "x"
    other: str | None = match["other"]
    return other
