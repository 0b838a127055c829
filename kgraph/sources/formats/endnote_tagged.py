"""EndNote's tagged text (.enw), which Google Scholar and the ACM Digital Library export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.opening import TextFile
from kgraph.sources.tagged import Layout, Tags, tagged_records

_START = re.compile(r"%0 \S.*(?:\r\n?|\n)%[0-9A-Z@?!#$&(+^><\[\]=~*|] ?")

# bepress, the software of many repositories, writes the title before the type.
_TITLE_FIRST = re.compile(r"\ufeff?\s*%T .*(?:\r\n?|\n)%0 \S")

LAYOUT = Layout(
    re.compile(r"\ufeff?(%[0-9A-Za-z@?!#$&(+^><\[\]=~*|])(?:\s+(.*))?", re.DOTALL),
    start="%0",
    lists=frozenset({"%K"}),
)
TAGS = Tags(
    title=("%T",),
    abstract=("%X",),
    authors=("%A",),
    venue=("%J", "%B"),
    dates=("%8", "%D"),
    doi=("%R",),
    url=("%U",),
    keywords=("%K",),
    separator=";",
)


class EndNoteTagged:
    """Records of lines such as ``%T A title``, each from %0."""

    name = "endnote-tagged"
    description = "EndNote's tagged text (.enw)"
    suffixes = (".enw", ".enl")

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for a text that begins with %0 and another tag, or with %T and %0."""
        return Match.CERTAIN if _START.match(beginning) or _TITLE_FIRST.match(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each reference."""
        del options
        title_first = _TITLE_FIRST.match(file.beginning)
        return tagged_records(file, replace(LAYOUT, start="%T") if title_first else LAYOUT, TAGS)


FORMAT = EndNoteTagged()
