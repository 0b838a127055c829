"""MEDLINE text (.nbib), which PubMed exports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.opening import TextFile
from kgraph.sources.tagged import Layout, Tags, tagged_records

_START = re.compile(r"PMID- [0-9]|(?:[A-Z]{2,4} *- .*(?:\r\n?|\n)){1,5}PMID- [0-9]")

LAYOUT = Layout(re.compile(r"\ufeff?([A-Z]{2,4})\s*-(?:\s(.*))?", re.DOTALL), start="PMID", blank_ends=True)
TAGS = Tags(
    title=("TI", "BTI", "TT"),
    abstract=("AB",),
    authors=("FAU", "AU", "CN"),
    initials=("AU",),
    venue=("JT", "TA", "BTI"),
    dates=("DP", "DEP"),
    doi=("LID", "AID"),
    keywords=("OT",),
    pmid=("PMID",),
)


class Medline:
    """Records of lines such as ``TI  - A title``, each from PMID."""

    name = "medline"
    description = "MEDLINE text of PubMed (.nbib)"
    suffixes = (".nbib",)

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for a text whose first record begins with PMID."""
        return Match.CERTAIN if _START.match(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each citation."""
        del options
        return tagged_records(file, LAYOUT, TAGS)


FORMAT = Medline()
