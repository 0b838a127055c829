"""OpenAlex: works by words in title, abstract or full text."""

from __future__ import annotations

from kgraph.fetching.service import Key, Page, Request, Search, json_lines, json_object, whole_number

_PAGE_SIZE = 100


class OpenAlex:
    """The API of OpenAlex, with a cursor."""

    name = "openalex"
    title = "OpenAlex"
    description = (
        "words, with AND, OR, NOT and quotes. Set OPENALEX_API_KEY to a free key for more than a few pages."
    )
    base_url = "https://api.openalex.org"
    # It allows 100 requests a second. A search costs it more than the time between them.
    interval = 0.1
    key = Key("OPENALEX_API_KEY", "parameter", "api_key")
    head = b""
    foot = b""

    def first(self, search: Search) -> Request:
        """Return the request for the first page."""
        days = {"from_publication_date": search.since, "to_publication_date": search.until}
        filters = ",".join(f"{name}:{day}" for name, day in days.items() if day)
        parameters: dict[str, str | int] = {"search": search.query, "per_page": _PAGE_SIZE, "cursor": "*"}
        if filters:
            parameters["filter"] = filters
        if search.contact:
            parameters["mailto"] = search.contact
        return Request("/works", parameters)

    def page(self, body: bytes, request: Request, search: Search) -> Page:
        """Return the works of an answer."""
        del search
        answer = json_object(body)
        meta = answer.get("meta")
        if not isinstance(meta, dict):
            meta = {}
        records = json_lines(answer.get("results"))
        cursor = meta.get("next_cursor")
        more = isinstance(cursor, str) and cursor and records
        following = Request(request.path, {**request.parameters, "cursor": str(cursor)}) if more else None
        return Page(records, following, whole_number(meta.get("count")))


SERVICE = OpenAlex()
