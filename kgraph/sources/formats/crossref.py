"""Works of Crossref: the answers of its API, and the files of its public data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgraph.sources.foreign import at, date_of_parts, doi, objects, people, text, texts
from kgraph.sources.json_shape import JsonShape

_DATES = ("issued", "published", "published-online", "published-print", "posted", "created")


def is_work(record: Mapping[str, Any]) -> bool:
    """Return whether a record is a work of Crossref, or the answer for one. Its titles are lists."""
    work = _work(record)
    return "DOI" in work and any(isinstance(work.get(key), list) for key in ("title", "container-title"))


def work_values(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a paper. The markup of an abstract is kept."""
    work = _work(record)
    dates = (date_of_parts(_first_entry(at(work, name, "date-parts"))) for name in _DATES)
    return {
        "id": doi(work["DOI"]),
        "title": text(work.get("title")),
        "abstract": text(work.get("abstract")),
        "authors": people(work.get("author")),
        "date": next(filter(None, dates), None),
        "venue": text(work.get("container-title")),
        "url": text(work.get("URL")),
        "keywords": texts(work.get("subject")),
        "doi": text(work["DOI"]),
        "references": texts([entry.get("DOI") for entry in objects(work.get("reference"))]),
    }


def _work(record: Mapping[str, Any]) -> Mapping[str, Any]:
    message = record.get("message")
    return message if isinstance(message, Mapping) else record


def _first_entry(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None


FORMAT = JsonShape(
    name="crossref",
    description="works of Crossref (JSON of its API)",
    matches=is_work,
    values=work_values,
    pages=(("message", "items"), ("items",)),
)
