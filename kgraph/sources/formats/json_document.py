"""A JSON array of records, or records that run over several lines each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.json_records import is_indented, json_records
from kgraph.sources.json_values import values_in_document
from kgraph.sources.opening import TextFile

_ARRAY_START = re.compile(r"\[\s*(?:\{|\]\s*$)")


class JsonDocument:
    """One JSON array, or indented objects one after another, in bounded memory."""

    name = "json"
    description = 'a JSON array of {"title": …, "abstract": …} objects'
    # Only the content decides, see the suffixes of JSON Lines.
    suffixes = ()

    def detect(self, beginning: str) -> Match:
        """Return LIKELY for an array of objects, or an object of several lines."""
        return Match.LIKELY if _ARRAY_START.match(beginning) or is_indented(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each element of the array, or each object."""
        del options
        return json_records(file, values_in_document(file.lines()))


FORMAT = JsonDocument()
