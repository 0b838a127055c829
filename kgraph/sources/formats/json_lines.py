"""JSON Lines: one record a line."""

from __future__ import annotations

from collections.abc import Iterator

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.json_layout import object_layout
from kgraph.sources.json_records import OBJECT_START, is_indented, json_records
from kgraph.sources.json_values import values_by_line
from kgraph.sources.opening import TextFile


class JsonLines:
    """One JSON object a line. A line that is not a record is reported, and the others are read."""

    name = "json-lines"
    description = 'JSON Lines, one {"title": …, "abstract": …} a line'
    # A .json file that does not begin like JSON is read by line too, so that each bad line is reported.
    suffixes = (".jsonl", ".ndjson", ".json")

    def detect(self, beginning: str) -> Match:
        """Return LIKELY if the first line, or at least half of the lines, begin an object.

        It is only POSSIBLE if the first object has several lines or holds all records, or if an array begins.
        """
        if is_indented(beginning) or object_layout(beginning):
            return Match.POSSIBLE
        lines = [line.strip() for line in beginning.splitlines() if line.strip()]
        objects = [bool(OBJECT_START.match(line)) for line in lines]
        if any(objects[:1]) or sum(objects) * 2 >= len(objects) > 0:
            return Match.POSSIBLE if beginning.startswith("[") else Match.LIKELY
        return Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield the record of each line that is not blank."""
        del options
        return json_records(file, values_by_line(file.lines()))


FORMAT = JsonLines()
