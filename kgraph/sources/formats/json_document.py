"""A JSON array of records, an object that holds them, or records that run over several lines each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.json_layout import object_layout
from kgraph.sources.json_records import is_indented, json_records
from kgraph.sources.json_values import values_in_document
from kgraph.sources.opening import TextFile

_ARRAY_START = re.compile(r"\[\s*(?:\{|\]\s*$)")


class JsonDocument:
    """One JSON array or object of records, or indented objects one after another, in bounded memory."""

    name = "json"
    description = 'a JSON array or object of {"title": …, "abstract": …} objects'
    # Only the content decides, see the suffixes of JSON Lines.
    suffixes = ()

    def detect(self, beginning: str) -> Match:
        """Return LIKELY for an array of objects, an object of records, or an object of several lines."""
        fits = _ARRAY_START.match(beginning) or is_indented(beginning) or object_layout(beginning)
        return Match.LIKELY if fits else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each element of the array, each record of the object, or each object."""
        del options
        layout = object_layout(file.beginning.strip().lstrip("\ufeff"))
        if layout is None:
            return json_records(file, values_in_document(file.lines()))
        return json_records(file, layout.values(file.lines()), expand=layout.expand)


FORMAT = JsonDocument()
