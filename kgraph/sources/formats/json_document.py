"""A JSON array of records, or records that run over several lines each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.json_records import OBJECT_START, json_records
from kgraph.sources.json_values import values_in_document
from kgraph.sources.opening import TextFile

_ARRAY_START = re.compile(r"\[\s*(?:\{|\]\s*$)")
_OPEN_ENDS = (",", "{", "[", ":")


class JsonDocument:
    """One JSON array, or indented objects one after another, in bounded memory."""

    name = "json"
    description = 'a JSON array of {"title": …, "abstract": …} objects'
    # Only the content decides, see the suffixes of JSON Lines.
    suffixes = ()

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for an array of objects, or an object of several lines."""
        return Match.CERTAIN if _ARRAY_START.match(beginning) or _is_indented(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each element of the array, or each object."""
        del options
        return json_records(file, values_in_document(file.lines()))


FORMAT = JsonDocument()


def _is_indented(text: str) -> bool:
    """Return whether the first object has several lines, and is not a broken line of JSON Lines."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not OBJECT_START.match(lines[0]) or OBJECT_START.match(lines[1]):
        return False
    if not lines[0].endswith(_OPEN_ENDS):
        return False
    try:
        json.loads(lines[0])
    except (ValueError, RecursionError):
        return True
    return False
