"""Crossref: works by words in title, authors and venue."""

from __future__ import annotations

from kgraph.fetching.service import AnswerError, Page, Request, Search, json_lines, json_object, whole_number

_PAGE_SIZE = 100


class Crossref:
    """The API of Crossref, with a cursor."""

    name = "crossref"
    title = "Crossref"
    description = "words of titles, authors and venues. A contact gives access to the faster polite pool."
    base_url = "https://api.crossref.org"
    # Searches without a contact may come once a second.
    interval = 1.0
    key = None
    head = b""
    foot = b""

    def first(self, search: Search) -> Request:
        """Return the request for the first page."""
        days = {"from-pub-date": search.since, "until-pub-date": search.until}
        filters = ",".join(f"{name}:{day}" for name, day in days.items() if day)
        parameters: dict[str, str | int] = {"query": search.query, "rows": _PAGE_SIZE, "cursor": "*"}
        if filters:
            parameters["filter"] = filters
        if search.contact:
            parameters["mailto"] = search.contact
        return Request("/works", parameters)

    def page(self, body: bytes, request: Request, search: Search) -> Page:
        """Return the works of an answer. The cursor of the next page may be the same as that of this one."""
        del search
        message = json_object(body).get("message")
        if not isinstance(message, dict):
            raise AnswerError("the answer has no message")
        records = json_lines(message.get("items"))
        cursor = message.get("next-cursor")
        more = isinstance(cursor, str) and cursor and len(records) == _PAGE_SIZE
        following = Request(request.path, {**request.parameters, "cursor": str(cursor)}) if more else None
        return Page(records, following, whole_number(message.get("total-results")))


SERVICE = Crossref()
