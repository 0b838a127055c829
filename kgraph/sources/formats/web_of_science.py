"""The plain text that Web of Science exports (savedrecs.txt, .ciw)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.opening import TextFile
from kgraph.sources.tagged import Layout, Tags, tagged_records

_START = re.compile(
    r"FN [^\r\n]*(?:\r\n?|\n)VR [0-9.]+"
    r"|(?:FN [^\r\n]*\s+)?PT [A-Z](?:[a-z]+)?[ \t]*(?:\r\n?|\n)[A-Z][A-Z0-9] "
)

LAYOUT = Layout(
    re.compile(r"\ufeff?([A-Z][A-Z0-9])(?: (.*))?", re.DOTALL),
    start="PT",
    end="ER",
    outside=frozenset({"FN", "VR", "EF"}),
    lists=frozenset({"AU", "AF", "BA", "BF", "CR"}),
)
TAGS = Tags(
    title=("TI",),
    abstract=("AB",),
    authors=("AF", "AU", "BF", "BA", "CA"),
    venue=("SO", "CT"),
    dates=("PY", "EA"),
    doi=("DI", "D2"),
    # ID holds keywords that Web of Science chose.
    keywords=("DE",),
    pmid=("PM",),
    references=("CR",),
    separator=";",
)


class WebOfScience:
    """Records of lines such as ``TI A title``, from PT to ER."""

    name = "web-of-science"
    description = "the plain text of a Web of Science export"
    suffixes = (".ciw",)

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for the header FN and VR, or a record that begins with PT."""
        return Match.CERTAIN if _START.match(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each record."""
        del options
        return tagged_records(file, LAYOUT, TAGS)


FORMAT = WebOfScience()
