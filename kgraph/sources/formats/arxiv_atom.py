"""The Atom feed of arXiv's API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from kgraph.paper_record import RecordError
from kgraph.sources.dates import written_date
from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.identifiers import find_arxiv, find_doi
from kgraph.sources.opening import TextFile
from kgraph.sources.xml_records import text_of, texts_of, xml_records

_FEED = re.compile(r"<(?:\w+:)?(?:feed|entry)\b[^>]*http://www\.w3\.org/2005/Atom")
_ARXIV = re.compile(r"arxiv\.org/", re.IGNORECASE)
_ATOM = "{http://www.w3.org/2005/Atom}"
_EXTENSION = "{http://arxiv.org/schemas/atom}"
_PARAGRAPH = re.compile(r"\n(?=\s)|\n\s*\n")


class ArxivAtom:
    """Entries of a feed in which arXiv answers a query."""

    name = "arxiv-atom"
    description = "the Atom feed of arXiv's API"
    suffixes = (".atom",)

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for an Atom feed with addresses of arXiv."""
        is_feed = beginning.startswith("<") and _FEED.search(beginning) and _ARXIV.search(beginning)
        return Match.CERTAIN if is_feed else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each entry."""
        del options
        return xml_records(file, {f"{_ATOM}entry": _entry})


FORMAT = ArxivAtom()


def _entry(entry: etree._Element) -> Mapping[str, Any]:
    """Return the values of a paper, with the date of its first version and its categories as keywords."""
    address = text_of(entry, f"{_ATOM}id")
    if "/errors" in address:
        raise RecordError(f"arXiv answered with an error: {text_of(entry, f'{_ATOM}summary')}")
    arxiv = find_arxiv(address)
    summary = entry.find(f"{_ATOM}summary")
    return {
        "id": arxiv,
        "title": text_of(entry, f"{_ATOM}title"),
        "abstract": _paragraphs("" if summary is None else "".join(summary.itertext())),
        "authors": texts_of(entry, f"{_ATOM}author/{_ATOM}name"),
        "date": written_date(text_of(entry, f"{_ATOM}published") or text_of(entry, f"{_ATOM}updated")),
        "venue": text_of(entry, f"{_EXTENSION}journal_ref") or None,
        "url": f"https://arxiv.org/abs/{arxiv}" if arxiv else None,
        "keywords": [term for found in entry.iterfind(f"{_ATOM}category") if (term := found.get("term"))],
        "doi": find_doi(text_of(entry, f"{_EXTENSION}doi")),
        "arxiv": arxiv,
    }


def _paragraphs(summary: str) -> str:
    """Return a summary with its lines joined. An indented line begins a paragraph."""
    return "\n\n".join(filter(None, (" ".join(part.split()) for part in _PARAGRAPH.split(summary.strip()))))
