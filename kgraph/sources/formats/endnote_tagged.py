"""EndNote's tagged text (.enw), which Google Scholar and the ACM Digital Library export."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.opening import TextFile
from kgraph.sources.tagged import Layout, Tags, tagged_records

_START = re.compile(r"%0 \S.*(?:\r\n?|\n)%[0-9A-Z@?!#$&(+^><\[\]=~*|] ?")

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
    suffixes = (".enw",)

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for a text that begins with %0 and another tag."""
        return Match.CERTAIN if _START.match(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each reference."""
        del options
        return tagged_records(file, LAYOUT, TAGS)


FORMAT = EndNoteTagged()
