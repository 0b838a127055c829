"""A Daily Papers page of Hugging Face, saved as HTML.

The page carries its papers as JSON in an attribute, the same as its API
answers. A page without that attribute has an article a paper, with its title,
a link such as ``/papers/2104.00001`` and perhaps its abstract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from kgraph.sources.format import Item, Match, RawRecord, ReadOptions, UnreadRecord
from kgraph.sources.formats.daily_papers_api import entry_values, is_entry
from kgraph.sources.identifiers import find_arxiv
from kgraph.sources.opening import TextFile, UnreadableFileError
from kgraph.sources.xml_records import text_of

MAX_PAGE_BYTES = 20_000_000
"""A page is read as a whole. One of a month has 3 MB."""

_HTML = re.compile(r"<!doctype html|<html", re.IGNORECASE)
_PAGE = re.compile(r"<title>[^<]{0,80}Papers[^<]{0,80}Hugging Face|data-target=\"DailyPapers\"")
_DATA = ".//*[@data-target='DailyPapers'][@data-props]"
_LINK = re.compile(r"(?:https?://huggingface\.co)?/papers/(?P<id>[0-9]{4}\.[0-9]{4,5})(?:[?#].*)?")
_HEADINGS = ("h1", "h2", "h3", "h4")


class DailyPapersHtml:
    """A saved page with the papers of a day, a week or a month."""

    name = "daily-papers-html"
    description = "a Daily Papers page saved as HTML"
    # Only the content says which page it is.
    suffixes = ()

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for HTML with the title or the data of such a page."""
        return Match.CERTAIN if _HTML.match(beginning) and _PAGE.search(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each paper."""
        del options
        parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        page = etree.fromstring(file.text(MAX_PAGE_BYTES).encode(), parser)
        records = _records_in_data(page) or _records_in_articles(page)
        if not records:
            raise UnreadableFileError(
                file.broken
                or "is a page of Hugging Face without papers: copy its text, or save it when it is complete"
            )
        yield from records
        if file.broken:
            yield UnreadRecord(records[-1].line, f"{file.broken}; the records before the break were kept")


FORMAT = DailyPapersHtml()


def _records_in_data(page: etree._Element) -> Sequence[RawRecord]:
    found: list[RawRecord] = []
    for element in page.iterfind(_DATA):
        entries = _entries(element.get("data-props"))
        found.extend(RawRecord(element.sourceline or 1, entry_values(entry)) for entry in entries)
    return found


def _entries(data: str) -> list[Mapping[str, Any]]:
    try:
        props = json.loads(data)
    except (ValueError, RecursionError):
        # The articles of the page have the papers too.
        return []
    papers = props.get("dailyPapers") if isinstance(props, dict) else None
    return [entry for entry in papers or () if isinstance(entry, dict) and is_entry(entry)]


def _records_in_articles(page: etree._Element) -> Sequence[RawRecord]:
    articles = page.iterfind(".//article")
    return [
        RawRecord(article.sourceline or 1, values) for article in articles if (values := _values(article))
    ]


def _values(article: etree._Element) -> Mapping[str, Any] | None:
    """Return the values of the paper of an article, or None for an article without a link to one."""
    links = (link for name in _HEADINGS for link in article.iterfind(f".//{name}//a"))
    for link in links:
        if match := _LINK.fullmatch(link.get("href", "")):
            return {
                "id": match["id"],
                "title": text_of(link),
                "abstract": text_of(article, ".//p"),
                "arxiv": find_arxiv(match["id"]),
            }
    return None
