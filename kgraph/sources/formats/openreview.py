"""Notes of OpenReview, as both versions of its API return them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgraph.paper_record import RecordError
from kgraph.sources.foreign import at, date_of_milliseconds, text, texts
from kgraph.sources.json_shape import JsonShape

_DATES = ("pdate", "odate", "cdate", "tcdate")


def is_note(record: Mapping[str, Any]) -> bool:
    """Return whether a record is a note."""
    return (
        isinstance(record.get("content"), Mapping)
        and "id" in record
        and ("forum" in record or "invitation" in record or "invitations" in record)
    )


def note_values(note: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a paper. Raises RecordError for a review or another reply."""
    if note.get("replyto") and note["replyto"] != note["id"]:
        raise RecordError("a reply to a note is not a paper")
    dates = (date_of_milliseconds(note.get(name)) for name in _DATES)
    return {
        "id": note["id"],
        "title": _content(note, "title"),
        "abstract": _content(note, "abstract"),
        "authors": texts(_content(note, "authors")),
        "date": next(filter(None, dates), None),
        "venue": text(_content(note, "venue")),
        "keywords": texts(_content(note, "keywords")),
    }


def _content(note: Mapping[str, Any], key: str) -> Any:
    """Return a value of the content, which version 2 of the API wraps in an object."""
    value = at(note, "content", key)
    return at(value, "value") if isinstance(value, Mapping) else value


FORMAT = JsonShape(
    name="openreview",
    description="notes of OpenReview (JSON of its API)",
    matches=is_note,
    values=note_values,
    pages=(("notes",),),
)
