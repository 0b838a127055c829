"""RIS, which Scopus, IEEE Xplore, Springer, Zotero and most publishers export."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.opening import TextFile
from kgraph.sources.tagged import Layout, Tags, tagged_records

_LINE = re.compile(r"\ufeff?([A-Z][A-Z0-9])\s{1,3}-(?:\s(.*))?", re.DOTALL)
_START = re.compile(r"^\ufeff?TY\s{1,3}-\s*[A-Z]", re.MULTILINE)

# EndNote writes one keyword a line under a single KW.
LAYOUT = Layout(_LINE, start="TY", end="ER", lists=frozenset({"KW"}))
TAGS = Tags(
    title=("TI", "T1", "CT"),
    abstract=("AB", "N2"),
    authors=("AU", "A1"),
    # Embase writes names as "Quill A.".
    initials=("AU", "A1"),
    venue=("T2", "JF", "JO", "BT", "JA", "J2", "C3"),
    # IEEE Xplore writes the days of a conference as Y1, such as 9-13 July 2018.
    dates=("DA", "PY", "Y1"),
    doi=("DO", "DI", "M3"),
    url=("UR", "L2", "LK"),
    keywords=("KW",),
    arxiv=("AN", "C7"),
)


class Ris:
    """Records of lines such as ``TI  - A title``, from TY to ER."""

    name = "ris"
    description = "RIS (Scopus, IEEE Xplore, Springer, Zotero)"
    suffixes = (".ris",)

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for a text that begins with TY, and LIKELY if TY begins a line after a header."""
        match = _START.search(beginning)
        if match is None:
            return Match.NO
        return Match.LIKELY if match.start() else Match.CERTAIN

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each reference."""
        del options
        return tagged_records(file, LAYOUT, TAGS)


FORMAT = Ris()
