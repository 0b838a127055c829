"""arXiv: entries of its Atom feed, in one feed."""

from __future__ import annotations

import re

from lxml import etree

from kgraph.errors import InputError
from kgraph.fetching.service import AnswerError, Page, Request, Search

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_PAGE_SIZE = 100
_MOST = 30_000
"""arXiv refuses to go further."""

_FIELD = re.compile(r"\b(?:ti|au|abs|co|jr|cat|rn|id|all):")
_ERROR = "arxiv.org/api/errors"


class Arxiv:
    """The API of arXiv."""

    name = "arxiv"
    title = "arXiv"
    description = "words that must all occur, or fields such as 'cat:cs.CL AND abs:unlearning'."
    base_url = "https://export.arxiv.org/api"
    interval = 3.0
    key = None
    head = b'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    foot = b"</feed>\n"

    def first(self, search: Search) -> Request:
        """Return the request for the first page."""
        query = search.query
        if not _FIELD.search(query):
            # A quote would have to be closed.
            words = query.replace('"', " ").split()
            if not words:
                raise InputError("the query has no words")
            query = " AND ".join(f"all:{word}" for word in words)
        if search.since or search.until:
            since = (search.since or "1991-01-01").replace("-", "")
            until = (search.until or "2999-12-31").replace("-", "")
            query = f"({query}) AND submittedDate:[{since}0000 TO {until}2359]"
        size = min(search.limit or _PAGE_SIZE, _PAGE_SIZE)
        return Request("/query", {"search_query": query, "start": 0, "max_results": size})

    def page(self, body: bytes, request: Request, search: Search) -> Page:
        """Return the entries of an answer.

        arXiv sometimes answers with a page without entries in the middle of a
        search, which is an AnswerError.
        """
        del search
        feed = _feed(body)
        entries = feed.findall(f"{_ATOM}entry")
        for entry in entries:
            if _ERROR in entry.findtext(f"{_ATOM}id", ""):
                summary = " ".join(entry.findtext(f"{_ATOM}summary", "").split())
                raise InputError(f"arXiv refuses the query: {summary[:200]}")
        text = feed.findtext(_TOTAL, "").strip()
        if not text.isdecimal():
            raise AnswerError("the answer has no number of results")
        total, start = int(text), int(request.parameters["start"])
        if not entries and start < min(total, _MOST):
            raise AnswerError("the answer has no entries, although there are more")
        following = start + len(entries)
        has_more = bool(entries) and following < min(total, _MOST)
        further = Request(request.path, {**request.parameters, "start": following}) if has_more else None
        records = (etree.tostring(entry, encoding="utf-8", with_tail=False) + b"\n" for entry in entries)
        return Page(tuple(records), further, total)


SERVICE = Arxiv()


def _feed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        feed = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise AnswerError(f"the answer is not valid XML ({error.msg})") from None
    if feed.tag != f"{_ATOM}feed":
        raise AnswerError("the answer is not an Atom feed")
    return feed
