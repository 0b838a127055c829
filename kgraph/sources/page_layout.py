"""Find the titles and abstracts among the lines of a page.

A page marks neither titles nor abstracts. Their neighbours (a date ends a
paper, an abstract follows a title), their length and their sentences give
evidence, and each of these may mislead. So every line has a cost for each role,
every pair of neighbours has a cost for their order, and the page gets the
cheapest roles (Viterbi's algorithm, linear in the number of lines). The costs
are judgements: 0 means usual, 1 to 3 possible, 4 to 6 unlikely, 9 and more
almost impossible.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from math import inf

from kgraph.sources.page_lines import Line


class Role(Enum):
    """The role of a line on a page."""

    HEADER = "header"
    TITLE = "title"
    TITLE_REST = "title, wrapped"
    ABSTRACT = "abstract"
    ABSTRACT_REST = "abstract, wrapped"
    ORGANIZATION = "organization"
    META = "meta"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class _Reading:
    """The cheapest roles of the lines up to one, given its role."""

    cost: float
    role: Role
    line: Line
    before: _Reading | None


_TITLES = (Role.TITLE, Role.TITLE_REST)
_ABSTRACTS = (Role.ABSTRACT, Role.ABSTRACT_REST)
_TEXT_ROLES = (
    Role.HEADER,
    Role.TITLE,
    Role.TITLE_REST,
    Role.ABSTRACT,
    Role.ABSTRACT_REST,
    Role.ORGANIZATION,
    Role.FURNITURE,
)
_META_ROLES = (Role.META, Role.HEADER, Role.FURNITURE)

_WRAP_WIDTH = 160
"""The maximum length of a wrapped line."""

_SENTENCE_END = re.compile(r"[.!?…。]['\"”’)\]}$*]*$")
_INNER_SENTENCE_END = re.compile(
    r"(?<![A-Z])(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\bet al)[.!?]['\"”’)]*\s+(?=[A-Z\"“(])"
)
_ABSTRACT_PHRASE = re.compile(
    r"\b(?:we|our|us)\b|^(?:We|Our|This|These|In this|Here)\b"
    r"|\b(?:[Tt]his|[Tt]he) (?:paper|work|study|survey|article|report)\b"
)
_HAS_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|can|cannot|may|does|do|will|shows?|propos\w+|presents?"
    r"|introduces?|stud(?:y|ies)|achieves?|outperforms?|demonstrates?|requires?|remains?|report(?:s|ed)?"
    r"|release[sd]?|compares?|evaluates?|investigates?|finds?|found|uses?|used)\b"
)
_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def read_layout(lines: Sequence[Line]) -> list[tuple[Role, Line]]:
    """Return the lines with their roles in the cheapest reading, without skipped lines."""
    paragraphs = _paragraph_lengths(lines)
    readings: dict[Role, _Reading] = {}
    for index, line in enumerate(lines):
        follower = lines[index + 1] if index + 1 < len(lines) else None
        # Skipping a passable line keeps all readings before it.
        reached = dict(readings) if line.passable else {}
        for role in _roles(line):
            own = _own_cost(role, line, paragraphs[index], follower)
            best = _best(readings, role, line, own, start=not readings)
            if best and (role not in reached or best.cost < reached[role].cost):
                reached[role] = best
        readings = reached or readings
    last = min(readings.values(), key=lambda r: r.cost + _end_cost(r.role), default=None)
    return _roles_of(last)


def _roles(line: Line) -> Sequence[Role]:
    if line.passable:
        # Such a line is skipped, unless it is a title: a paper may be called "1984".
        return (Role.HEADER, Role.TITLE)
    return _TEXT_ROLES if line.kind == "text" else _META_ROLES


def _roles_of(last: _Reading | None) -> list[tuple[Role, Line]]:
    found = []
    while last:
        found.append((last.role, last.line))
        last = last.before
    return found[::-1]


def _best(
    readings: dict[Role, _Reading], role: Role, line: Line, own: float, *, start: bool
) -> _Reading | None:
    if start:
        return _Reading(own, role, line, None) if role in (Role.HEADER, Role.TITLE) else None
    best: _Reading | None = None
    for reading in readings.values():
        cost = reading.cost + own + _step_cost(reading.role, reading.line, role, line)
        if cost < (best.cost if best else inf):
            best = _Reading(cost, role, line, reading)
    return best


# Costs of a line in a role.


def _own_cost(role: Role, line: Line, paragraph: int, follower: Line | None) -> float:
    match role:
        case Role.HEADER:
            return _header_cost(line)
        case Role.FURNITURE:
            return _furniture_cost(line)
        case Role.TITLE | Role.TITLE_REST:
            return _title_cost(line)
        case Role.ABSTRACT:
            return _abstract_cost(line, paragraph)
        case Role.ORGANIZATION:
            return _organization_cost(line, follower)
        case Role.ABSTRACT_REST | Role.META:
            return 0


def _header_cost(line: Line) -> float:
    if line.kind != "text":
        return {"date": 0, "dot": 3, "comments": 3, "authors": 8}[line.kind]
    return 0 if line.furniture else _by_length(len(line.text), ((80, 2), (150, 4)), 12)


def _furniture_cost(line: Line) -> float:
    if line.kind != "text":
        return 0.5 if line.kind == "date" else 8
    return 0 if line.furniture else _by_length(len(line.text), ((60, 3.5), (150, 6)), 14)


def _title_cost(line: Line) -> float:
    text = line.text
    cost = _by_length(len(text), ((150, 0), (200, 1), (250, 2.5), (350, 5)), 12)
    for end in _INNER_SENTENCE_END.finditer(text):
        cost += 2 if end[0].startswith(".") else 0.5
    if text.endswith((",", ";")):
        cost += 1.5
    if _SENTENCE_END.search(text) and not text.endswith(("?", "!")):
        cost += 1.5
    if _ABSTRACT_PHRASE.search(text):
        cost += 1 if text.endswith("?") else 3
    if text[0].islower():
        cost += 0.5
    if line.furniture or not any(c.isalpha() for c in text):
        cost += 6
    return cost


def _abstract_cost(line: Line, paragraph: int) -> float:
    cost = _by_length(-paragraph, ((-300, 0), (-150, 0.5), (-80, 1.5), (-40, 2.5)), 4)
    if _is_sentence(line.text):
        cost /= 2
    if _is_title_case(line.text):
        cost += 3
    return cost + (6 if line.furniture else 0)


def _organization_cost(line: Line, follower: Line | None) -> float:
    """Return the cost of a line as a handle and a name: ``google Google``, ``facebook AI at Meta``."""
    if follower is None or (follower.kind == "text" and not follower.passable):
        after = 3.0
    else:
        after = 2.5 if follower.gap else 0.0
    if line.repeated:
        return after
    handle, _, name = line.text.partition(" ")
    words = len(name.split())
    if len(line.text) > 120 or words > 16 or not _HANDLE.fullmatch(handle):
        return after + 12
    cost = after + (4 if re.search(r"[:?!]", line.text) else 0) + (1 if line.text.endswith(".") else 0)
    cost += (6 if line.furniture else 0) + (1 if words > 8 else 0)
    if not name:
        return cost + 4
    if _derives_from(handle, name):
        return cost + 0.3
    if _ABSTRACT_PHRASE.search(line.text) or _HAS_VERB.search(name):
        return cost + 6
    if after:
        cost += 1.5
    return cost + (1.5 if handle != handle.capitalize() else 4) + (1 if words > 5 else 0)


# Costs of the order of two lines.


def _step_cost(before: Role, previous: Line, role: Role, line: Line) -> float:
    crowded = not line.gap
    match role:
        case Role.HEADER:
            return 0 if before is Role.HEADER else inf
        case Role.TITLE:
            return _closing_cost(before, previous) + (_crowded_title_cost(before, previous) if crowded else 0)
        case Role.TITLE_REST:
            return 1.5 + _wrap_cost(previous, line) if before in _TITLES and crowded else inf
        case Role.ABSTRACT:
            if before in _TITLES:
                return 1.5 if crowded else 0
            if before in _ABSTRACTS and not crowded:
                # A paragraph without a full stop is more likely the next title.
                return 2 + _open_end_cost(previous) + 0.75 * _open_end_cost(line)
            return inf
        case Role.ABSTRACT_REST:
            return 0.3 + _wrap_cost(previous, line) if before in _ABSTRACTS and crowded else inf
        case Role.ORGANIZATION:
            return _before_organization_cost(before, previous, line)
        case Role.META:
            return _before_meta_cost(before, previous, line)
        case Role.FURNITURE:
            return inf if before is Role.HEADER else _before_furniture_cost(before, previous)


def _closing_cost(before: Role, previous: Line) -> float:
    """Return the cost of a paper that ends before a title."""
    if before in _TITLES:
        return 9
    if before in _ABSTRACTS:
        return 3 + _open_end_cost(previous)
    return 4 if before is Role.ORGANIZATION else 0


def _crowded_title_cost(before: Role, previous: Line) -> float:
    """Return the cost of a title without a blank line before it."""
    if before is Role.HEADER and not previous.furniture:
        # The previous line is more likely the first line of a wrapped title.
        return 2
    return 1.5 if before in _ABSTRACTS else 1


def _before_organization_cost(before: Role, previous: Line, line: Line) -> float:
    if before in _TITLES:
        return 4
    if before in _ABSTRACTS:
        return _open_end_cost(previous) + (0 if line.gap else 0.5)
    if before is Role.ORGANIZATION:
        return 2
    return 1 if before is Role.META and previous.kind == "authors" and not line.gap else inf


def _before_meta_cost(before: Role, previous: Line, line: Line) -> float:
    if before in _TITLES:
        return 4.5
    if before in _ABSTRACTS:
        return _open_end_cost(previous) + (0 if line.gap else 0.7)
    if before is Role.META:
        return 6 if previous.kind == "date" else 0
    return 0 if before is Role.ORGANIZATION else inf


def _before_furniture_cost(before: Role, previous: Line) -> float:
    if before in _TITLES:
        return 9
    if before in _ABSTRACTS:
        return 2 + _open_end_cost(previous)
    return 5 if before is Role.ORGANIZATION else 0


def _end_cost(role: Role) -> float:
    if role in _TITLES:
        return 9
    return {Role.ABSTRACT: 1, Role.ABSTRACT_REST: 1, Role.ORGANIZATION: 4}.get(role, 0)


def _open_end_cost(line: Line) -> float:
    """Return the cost of a paragraph that ends with this line: sentences end in a full stop."""
    return 0 if _SENTENCE_END.search(line.text) else 2


def _wrap_cost(previous: Line, line: Line) -> float:
    """Return the cost of a line that continues the sentence of the previous one."""
    if max(len(previous.text), len(line.text)) > _WRAP_WIDTH:
        return 4
    cost = 0.7 if _SENTENCE_END.search(previous.text) else 0
    # A line is wrapped because the next word does not fit.
    first_word = line.text.split(maxsplit=1)[0]
    fits = len(previous.text) + 1 + len(first_word) + 5 < len(line.text)
    return cost + (3 if fits or len(previous.text) < 30 else 0)


# Properties of a text.


def _paragraph_lengths(lines: Sequence[Line]) -> list[int]:
    """Return for each line the length of the text from it to the next gap."""
    lengths = [len(line.text) for line in lines]
    for index in range(len(lines) - 2, -1, -1):
        follower = lines[index + 1]
        joined = follower.kind == "text" and not follower.gap and not follower.furniture
        if joined and lengths[index] <= _WRAP_WIDTH and len(follower.text) <= _WRAP_WIDTH:
            lengths[index] += 1 + lengths[index + 1]
    return lengths


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text)) and bool(_ABSTRACT_PHRASE.search(text) or _HAS_VERB.search(text))


def _is_title_case(text: str) -> bool:
    words = re.findall(r"[^\W\d_]{4,}", text)
    return len(words) >= 3 and sum(word[0].isupper() for word in words) * 10 >= len(words) * 7


def _derives_from(handle: str, name: str) -> bool:
    """Return whether a handle derives from the name: ``ByteDance-Seed ByteDance Seed``, ``MIT Massach…``."""
    short = re.sub(r"[\W_]", "", handle).lower()
    long = re.sub(r"[\W_]", "", name).lower()
    initials = "".join(word[0] for word in re.findall(r"\w+", name)).lower()
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(short, long, strict=False))))
    return short in long or long in short or short == initials or shared >= 4


def _by_length(length: int, steps: Sequence[tuple[int, float]], beyond: float) -> float:
    return next((cost for limit, cost in steps if length <= limit), beyond)
