"""Read the lines of a Daily Papers page, and classify each line by its own text.

Titles, abstracts and organisations are all ``text`` here.
:mod:`kgraph.sources.page_layout` distinguishes them from their neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kgraph.sources.dates import PageDate, page_date
from kgraph.sources.text import clean_text, strip

LineKind = Literal["text", "authors", "dot", "date", "comments"]

_AUTHORS = re.compile(r"([0-9]{1,3}(?:,?[0-9]{3})*)\s+authors?", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[•·∙●‧⋅]\s*")
_NUMBER = re.compile(r"[0-9][0-9,.]*[kKmM]?|-|–|—")
_UPVOTE = re.compile(r"(?:up)?votes?:?(?:\s+[0-9][0-9,.]*k?)?|[0-9][0-9,.]*k?\s+(?:up)?votes?", re.IGNORECASE)
_PUBLISHED = re.compile(r"published on:?\s+", re.IGNORECASE)
_SUBMITTED = re.compile(r"submitted by:?(?:\s+(?P<name>@?\S+(?:\s+\S+){0,2}))?", re.IGNORECASE)
_LONGEST_META = 200
_LONGEST_NAME = 80
_WRAPPED_AT_LEAST = 40

_FURNITURE_LINES = frozenset(
    line.strip()
    for line in """
    new|get trending papers in your email inbox!|get trending papers in your email inbox once a day!
    subscribe|daily papers|trending papers|papers|by ak and the research community|hugging face|models
    datasets|spaces|buckets|posts|docs|solutions|pricing|enterprise|community|log in|login|sign in|sign up
    join|daily|weekly|monthly|today|trending|search|previous|next|prev|back|load more|show more|view all
    company|tos|terms of service|terms|privacy|privacy policy|about|about us|jobs|careers|website|blog|forum
    github|arxiv|arxiv page|project page|resources|products|inference|inference providers
    inference endpoints|system theme|light theme|dark theme|theme|changelog|contact|support|help|status
    brand assets|cookies|new activity|settings|notifications|more|home|upvote|submit|submit a paper
    get trending papers|read more|paper author|paper submitter|collections|learn|huggingchat|huggingface
    tasks|metrics|discord|twitter|x|linkedin|newsletter|all papers|skip to content|toggle theme|to the top
    back to top""".replace("\n", "|").split("|")
    if line.strip()
)
_FURNITURE_PATTERN = re.compile(
    r"©.*|copyright (?:©|\(c\)).*|all rights reserved\.?|by ?ak and the research community.*"
    r"|(?:github|arxiv)\s+[0-9][0-9,.]*k?|page [0-9]+(?: of [0-9]+)?|[<>«»←→‹›↑ ]+"
    r"|(?:[<>«»←→‹›] ?)?(?:previous|next|prev)(?: ?[<>«»←→‹›])?|hugging face'?s? logo.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page that is not blank, stripped.

    ``gap`` says that a blank line or a line of votes precedes it. ``count`` is
    the number of authors or comments. A line of ``furniture`` is part of every
    page, such as navigation. A ``passable`` line may occur between any two
    lines, and they still belong together. A ``repeated`` line follows the same
    text: a page prints the name of an organisation after its logo, which has the
    name too.
    """

    number: int
    text: str
    kind: LineKind = "text"
    gap: bool = False
    count: int | None = None
    date: PageDate | None = None
    furniture: bool = False
    passable: bool = False
    repeated: bool = False


def page_lines(text: str) -> list[Line]:
    """Return the lines of a page that are not blank, each classified by its own text."""
    lines: list[Line] = []
    gap = True
    name_follows = False
    for number, raw in enumerate(_physical_lines(text), 1):
        line = clean_text(raw)
        if not line:
            gap = True
            continue
        previous = lines[-1] if lines else None
        if name_follows:
            found = [Line(number, line, gap=gap, furniture=True, passable=True)]
        elif previous and previous.kind == "dot" and not gap and line.isascii() and line.isdecimal():
            found = [Line(number, line, kind="comments", count=_count(line))]
        elif _is_passable(line) and not _continues(previous, gap=gap):
            found = [Line(number, line, gap=gap, furniture=True, passable=True)]
        else:
            found = [
                _line(number, part, gap=gap and index == 0) for index, part in enumerate(_meta_parts(line))
            ]
        if previous and not gap and _repeats(previous, found):
            lines.pop()
            found = [replace(previous, repeated=True)]
        submitted = _SUBMITTED.fullmatch(line)
        name_follows = submitted is not None and submitted["name"] is None
        lines.extend(found)
        gap = found[-1].passable
    return lines


def has_page_marks(text: str) -> bool:
    """Return whether a text has signs of a page: its name, a line of authors, or a date after a dot."""
    previous: Line | None = None
    for number, raw in enumerate(_physical_lines(text), 1):
        line = clean_text(raw)
        if not line or len(line) > _LONGEST_META:
            continue
        if line.casefold() in ("daily papers", "trending papers"):
            return True
        for part in _meta_parts(line):
            current = _line(number, part, gap=False)
            if current.kind == "authors" or (current.kind == "date" and previous and previous.kind == "dot"):
                return True
            previous = current
    return False


def _physical_lines(text: str) -> Iterator[str]:
    # splitlines() would also split at separators within abstracts.
    return iter(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _meta_parts(line: str) -> list[str]:
    """Return the parts of ``google Google • 6 authors · Jun 21 1``, or the line itself.

    A separating bullet or dot is returned as ``·``.
    """
    if len(line) > _LONGEST_META:
        return [line]
    first, *rest = _SEPARATOR.split(line)
    if not rest:
        return [line]
    if not all(_is_meta(part) for part in rest):
        return [line]
    parts = [first] if first else []
    for part in rest:
        if not _AUTHORS.fullmatch(part):
            parts.append("·")
        if part:
            parts.append(f"·{part}" if part.isdecimal() else part)
    return parts


def _is_meta(part: str) -> bool:
    return not part or bool(_AUTHORS.fullmatch(part)) or _date(part) is not None or part.isdecimal()


def _date(text: str) -> PageDate | None:
    return page_date(_PUBLISHED.sub("", text, count=1) if _PUBLISHED.match(text) else text)


def _repeats(previous: Line, found: Sequence[Line]) -> bool:
    """Return whether a short line of text repeats the line before it."""
    short = len(previous.text) <= _LONGEST_NAME and previous.kind == "text" and not previous.furniture
    return short and [line.text for line in found] == [previous.text]


def _line(number: int, text: str, *, gap: bool) -> Line:
    authors = _AUTHORS.fullmatch(text)
    if authors:
        return Line(number, text, "authors", gap, count=_count(authors[1]))
    if text == "·":
        return Line(number, text, "dot", gap)
    if text.startswith("·") and text[1:].isdecimal():
        return Line(number, text, "comments", gap, count=_count(text[1:]))
    date = _date(text)
    if date:
        return Line(number, text, "date", gap, date=date)
    return Line(number, strip(text), gap=gap, furniture=_is_furniture(text))


def _is_passable(line: str) -> bool:
    return bool(_NUMBER.fullmatch(line) or _UPVOTE.fullmatch(line) or _SUBMITTED.fullmatch(line))


def _continues(previous: Line | None, *, gap: bool) -> bool:
    """Return whether a line that looks like a count may continue a wrapped sentence."""
    return (
        previous is not None
        and previous.kind == "text"
        and not gap
        and len(previous.text) >= _WRAPPED_AT_LEAST
        and previous.text[-1] not in ".!?"
        and not previous.furniture
    )


def _is_furniture(text: str) -> bool:
    if len(text) > _LONGEST_META:
        return False
    folded = text.casefold()
    if folded in _FURNITURE_LINES or _FURNITURE_PATTERN.fullmatch(text):
        return True
    words = folded.split()
    return len(words) > 1 and all(word in _FURNITURE_LINES for word in words)


def _count(digits: str) -> int:
    return int(digits.replace(",", ""))
