"""The metadata snapshot of arXiv: one JSON object a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kgraph.sources.foreign import first, objects, text, unwrapped
from kgraph.sources.json_shape import JsonShape

_INNERMOST_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_BETWEEN_NAMES = re.compile(r"\s*(?:,\s*and\s+|,|\s+and\s+)\s*")
_DEEPEST_PARENTHESES = 5


def is_entry(record: Mapping[str, Any]) -> bool:
    """Return whether a record is an entry of the snapshot."""
    return "authors_parsed" in record or {"id", "categories", "versions"} <= record.keys()


def entry_values(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a paper, with the date of its first version and its categories as keywords."""
    id_ = entry.get("id")
    abstract = entry.get("abstract")
    created = first(*(version.get("created") for version in objects(entry.get("versions"))))
    return {
        "id": id_,
        "title": entry.get("title"),
        "abstract": unwrapped(abstract) if isinstance(abstract, str) else abstract,
        "authors": _authors(entry),
        "date": created or text(entry.get("update_date")),
        "venue": text(entry.get("journal-ref")),
        "keywords": (text(entry.get("categories")) or "").split(),
        "doi": text(entry.get("doi")),
        "arxiv": text(id_),
    }


def _authors(entry: Mapping[str, Any]) -> list[str]:
    parsed = entry.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        return list(map(_name, parsed))
    written = text(entry.get("authors")) or ""
    for _ in range(_DEEPEST_PARENTHESES):
        written = _INNERMOST_PARENTHESES.sub("", written)
    return _BETWEEN_NAMES.split(" ".join(written.split()))


def _name(parts: Any) -> str:
    """Return the name of an author given as family name, given name, suffix and perhaps affiliations."""
    family, given, suffix = ([*parts, "", "", ""] if isinstance(parts, list) else [parts, "", ""])[:3]
    return " ".join(filter(None, map(text, (given, family, suffix))))


FORMAT = JsonShape(
    name="arxiv-snapshot",
    description="the metadata snapshot of arXiv (JSON Lines)",
    matches=is_entry,
    values=entry_values,
)
