"""Semantic Scholar: papers by relevance, or all papers that match."""

from __future__ import annotations

from kgraph.fetching.service import Key, Page, Request, Search, json_lines, json_object, whole_number

_FIELDS = (
    "paperId,corpusId,externalIds,url,title,abstract,venue,publicationVenue,journal,year,publicationDate,"
    "publicationTypes,authors,citationCount"
)
_PAGE_SIZE = 100
_MOST_BY_RELEVANCE = 1_000


class SemanticScholar:
    """The Graph API of Semantic Scholar. A search by relevance has 1,000 papers at most."""

    name = "semantic-scholar"
    title = "Semantic Scholar"
    description = (
        "words, by relevance up to --limit 1000. Without a limit, or with a higher one, all matches, and "
        "+ | - and quotes may be used. Set S2_API_KEY to a key if you have one."
    )
    base_url = "https://api.semanticscholar.org/graph/v1"
    # A key allows one request a second. Without a key, all users share a limit.
    interval = 1.0
    key = Key("S2_API_KEY", "header", "x-api-key")
    head = b""
    foot = b""

    def first(self, search: Search) -> Request:
        """Return the request for the first page."""
        parameters: dict[str, str | int] = {"query": search.query, "fields": _FIELDS}
        if search.since or search.until:
            parameters["publicationDateOrYear"] = f"{search.since or ''}:{search.until or ''}"
        if search.limit is None or search.limit > _MOST_BY_RELEVANCE:
            return Request("/paper/search/bulk", parameters)
        size = min(search.limit, _PAGE_SIZE)
        return Request("/paper/search", {**parameters, "offset": 0, "limit": size})

    def page(self, body: bytes, request: Request, search: Search) -> Page:
        """Return the papers of an answer. The key ``data`` may be absent if there are none."""
        del search
        answer = json_object(body)
        total = whole_number(answer.get("total"))
        records = json_lines(answer.get("data", [] if total == 0 else None))
        following: dict[str, str | int] = {}
        token, offset = answer.get("token"), answer.get("next")
        if isinstance(token, str) and token:
            following = {"token": token}
        elif type(offset) is int and offset < _MOST_BY_RELEVANCE:
            following = {"offset": offset}
        more = bool(records and following)
        return Page(
            records, Request(request.path, {**request.parameters, **following}) if more else None, total
        )


SERVICE = SemanticScholar()
