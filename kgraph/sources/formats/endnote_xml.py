"""The XML that EndNote exports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from kgraph.sources.dates import written_date
from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.identifiers import find_arxiv, find_doi, find_url
from kgraph.sources.opening import TextFile
from kgraph.sources.xml_records import text_of, texts_of, xml_records

_START = re.compile(r"<records>\s*<record\b")
_ADDRESSES = ("urls/related-urls/url", "urls/web-urls/url", "urls/pdf-urls/url")
_VENUES = ("titles/secondary-title", "periodical/full-title", "periodical/abbr-1", "titles/alt-title")
_BETWEEN_KEYWORDS = re.compile(r"[;\r\n]+")


class EndNoteXml:
    """Elements ``record`` in ``records``."""

    name = "endnote-xml"
    description = "EndNote's XML"
    # Other formats are XML too.
    suffixes = ()

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for XML with a list of records, as EndNote nests them."""
        is_list = beginning.startswith("<") and _START.search(beginning)
        return (
            Match.CERTAIN if is_list and ("<ref-type" in beginning or "<titles>" in beginning) else Match.NO
        )

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each reference."""
        del options
        return xml_records(file, {"record": _record})


FORMAT = EndNoteXml()


def _record(record: etree._Element) -> Mapping[str, Any]:
    """Return the values of a paper. The number of a record does not identify a work."""
    addresses = [text for path in _ADDRESSES for text in texts_of(record, path)]
    doi = find_doi(text_of(record, "electronic-resource-num"))
    day = text_of(record, "dates/pub-dates/date")
    year = text_of(record, "dates/year")
    dates = [written_date(day), written_date(f"{day} {year}"), written_date(year)]
    keywords = [
        word.strip()
        for keyword in record.iterfind("keywords/keyword")
        for word in _BETWEEN_KEYWORDS.split("".join(keyword.itertext()))
    ]
    return {
        "title": text_of(record, "titles/title"),
        "abstract": text_of(record, "abstract"),
        "authors": texts_of(record, "contributors/authors/author"),
        # The most precise date has the most digits.
        "date": max(filter(None, dates), key=len, default=None),
        "venue": next(filter(None, (text_of(record, path) for path in _VENUES)), None),
        "url": next(filter(None, map(find_url, addresses)), None),
        "keywords": list(dict.fromkeys(filter(None, keywords))),
        "doi": doi or next((find_doi(text) for text in addresses if "doi.org/" in text), None),
        "arxiv": next(filter(None, (find_arxiv(text) for text in addresses if "arxiv.org/" in text)), None),
    }
