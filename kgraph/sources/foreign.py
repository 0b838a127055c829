"""Take values out of a record of another schema, whose parts may be missing or of any type."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgraph.sources.identifiers import find_arxiv, find_doi
from kgraph.sources.people import full_name

_WRAPPED_LINE = re.compile(r"\r?\n(?!\s)")
_LATEST_MILLISECOND = 253_402_300_800_000  # the end of the year 9999
_MOST_WORDS = 1_000_000


def at(value: Any, *keys: str) -> Any:
    """Return the value under a path of keys, or None if an object or key of the path is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def text(value: Any) -> str | None:
    """Return a text that is not blank, or None. A list counts as its first text."""
    if isinstance(value, list):
        return next(iter(texts(value)), None)
    return value if isinstance(value, str) and value.strip() else None


def texts(value: Any) -> list[str]:
    """Return the texts of a list that are not blank."""
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, str) and entry.strip()]


def objects(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list."""
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, Mapping)]


def number(value: Any) -> str | None:
    """Return the digits of an id that is a whole number, given as number or text, or None."""
    if type(value) is int:
        value = str(value) if 0 <= value < 10**18 else ""
    return value.strip() if isinstance(value, str) and value.strip().isdecimal() else None


def year(value: Any) -> int | None:
    """Return a year from 1 to 9999, or None."""
    return value if type(value) is int and 1 <= value <= 9999 else None


def first(*values: Any) -> str | None:
    """Return the first of several values that is a text, or None."""
    return next(filter(None, map(text, values)), None)


def last_part(address: Any) -> str | None:
    """Return the last part of the path of an address, such as ``W12`` of ``https://openalex.org/W12``."""
    written = text(address)
    return written.strip().rstrip("/").rpartition("/")[2] if written else None


def doi(value: Any) -> str | None:
    """Return a DOI without the address of a resolver, or None."""
    written = text(value)
    return find_doi(written) if written else None


def arxiv(*values: Any) -> str | None:
    """Return the arXiv id of the first value that is one, its address or its DOI, or None."""
    return next(filter(None, map(find_arxiv, filter(None, map(text, values)))), None)


def person(parts: Mapping[str, Any]) -> str:
    """Return the name of a person whose family and given name are separate, or an empty text.

    An organisation has a ``literal`` or ``name``.
    """
    if whole := first(parts.get("literal"), parts.get("name")):
        return full_name(whole)
    names = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
    return " ".join(filter(None, (full_name(text(parts.get(name)) or "") for name in names)))


def people(value: Any) -> list[str]:
    """Return the names of a list of persons. See :func:`person`."""
    return [name for name in map(person, objects(value)) if name]


def unwrapped(value: str) -> str:
    """Return a text with the lines of each paragraph joined. An indented line begins a paragraph."""
    return _WRAPPED_LINE.sub(" ", value.strip())


def date_of_parts(value: Any) -> str | None:
    """Return ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` for ``[2024, 1, 3]``, or None without a year.

    Parts may be texts of digits. Parts after one that is missing or out of range are left out.
    """
    parts = [number(part) for part in value[:3]] if isinstance(value, list) else []
    date = ""
    for part, least, most, width in zip(parts, (1, 1, 1), (9999, 12, 31), (4, 2, 2), strict=False):
        if part is None or not least <= int(part) <= most:
            break
        date += f"{'-' if date else ''}{int(part):0{width}}"
    return date or None


def date_of_milliseconds(value: Any) -> str | None:
    """Return the day (UTC) of a time in milliseconds since 1970, or None."""
    # The comparison is false for NaN too.
    if type(value) not in (int, float) or not 0 < value < _LATEST_MILLISECOND:
        return None
    return datetime.datetime.fromtimestamp(value / 1000, datetime.UTC).date().isoformat()


def inverted_text(index: Any) -> str | None:
    """Return the text whose words are given with their positions, as ``{"of": [1, 7]}``, or None."""
    words = sorted(_words(index))
    return " ".join(word for _, word in words[:_MOST_WORDS]) or None


def _words(index: Any) -> Iterator[tuple[int, str]]:
    for word, positions in index.items() if isinstance(index, Mapping) else ():
        for position in positions if isinstance(positions, Sequence) else ():
            if type(position) is int:
                yield position, word
