"""Paper lists of conferences: a JSON array whose lists are texts with semicolons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgraph.sources.foreign import number, text
from kgraph.sources.json_shape import JsonShape

_USUAL = frozenset(
    {"status", "track", "site", "aff", "authorids", "author_num", "gs_citation", "primary_area", "rating"}
)


def is_entry(record: Mapping[str, Any]) -> bool:
    """Return whether a record is an entry of a paper list."""
    return isinstance(record.get("author"), str) and "title" in record and len(_USUAL & record.keys()) >= 2


def entry_values(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a paper. An id that is a number counts rows, so it is left out."""
    id_ = text(entry.get("id"))
    return {
        "id": None if id_ is None or number(id_) else id_,
        "title": entry["title"],
        "abstract": entry.get("abstract"),
        "authors": _parts(entry["author"]),
        "url": text(entry.get("site")),
        "keywords": _parts(entry.get("keywords")),
    }


def _parts(value: Any) -> list[str]:
    return [part.strip() for part in (text(value) or "").split(";") if part.strip()]


FORMAT = JsonShape(
    name="paper-lists",
    description="paper lists of conferences (JSON with lists such as 'Ada Quill;Wei Chen')",
    matches=is_entry,
    values=entry_values,
)
