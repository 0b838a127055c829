"""CSL-JSON, which Zotero exports, and pandoc and DOI resolvers write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kgraph.sources.foreign import arxiv, date_of_parts, first, objects, people, text, texts
from kgraph.sources.json_shape import JsonShape

_NAME_PARTS = frozenset({"family", "given", "literal"})
_BETWEEN_KEYWORDS = re.compile(r"\s*[;,]\s*")


def is_item(record: Mapping[str, Any]) -> bool:
    """Return whether a record is an item: it has a type, a title and a property that only CSL has."""
    if not isinstance(record.get("type"), str) or not isinstance(record.get("title"), str):
        return False
    authors = objects(record.get("author"))
    issued = record.get("issued")
    return (
        isinstance(record.get("container-title"), str)
        or any(_NAME_PARTS & author.keys() for author in authors)
        or (isinstance(issued, Mapping) and bool({"date-parts", "raw", "literal"} & issued.keys()))
    )


def item_values(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a paper. The key of an item does not identify a work, so it is left out."""
    return {
        "title": item.get("title"),
        "abstract": item.get("abstract"),
        "authors": people(item.get("author")),
        "date": _date(item.get("issued")),
        "venue": text(item.get("container-title")),
        "url": text(item.get("URL")),
        "keywords": list(filter(None, _BETWEEN_KEYWORDS.split(text(item.get("keyword")) or ""))),
        "doi": text(item.get("DOI")),
        "arxiv": arxiv(item.get("number"), item.get("archive_location")),
        "pmid": item.get("PMID"),
        "references": texts([entry.get("DOI") for entry in objects(item.get("reference"))]),
    }


def _date(issued: Any) -> str | None:
    if not isinstance(issued, Mapping):
        return text(issued)
    parts = issued.get("date-parts")
    date = date_of_parts(parts[0]) if isinstance(parts, list) and parts else None
    return date or first(issued.get("raw"), issued.get("literal"))


FORMAT = JsonShape(
    name="csl-json",
    description="CSL-JSON (Zotero, pandoc)",
    matches=is_item,
    values=item_values,
    pages=(("items",),),
)
