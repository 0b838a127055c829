"""Hugging Face: the Daily Papers of a day, week or month, or papers by words."""

from __future__ import annotations

import re

from kgraph.errors import InputError
from kgraph.fetching.service import Page, Request, Search, json_lines, json_value

_PAGE_SIZE = 100
_PERIODS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "week": re.compile(r"\d{4}-W\d\d"),
    "month": re.compile(r"\d{4}-\d\d"),
}
_DAILY = "/api/daily_papers"


class HuggingFace:
    """The API of the papers of Hugging Face."""

    name = "hugging-face"
    title = "Hugging Face"
    description = "a day (2025-06-21), a week (2025-W25) or a month (2025-06) of the Daily Papers, or words."
    base_url = "https://huggingface.co"
    interval = 1.0
    key = None
    head = b""
    foot = b""

    def first(self, search: Search) -> Request:
        """Return the request for the first page. Raises InputError for a search with days."""
        if search.since or search.until:
            raise InputError(
                "hugging-face takes no --since and --until: give a day (2025-06-21), a week (2025-W25) or a "
                "month (2025-06) as query"
            )
        for name, form in _PERIODS.items():
            if form.fullmatch(search.query):
                return Request(_DAILY, {name: search.query, "limit": _PAGE_SIZE, "p": 0})
        return Request("/api/papers/search", {"q": search.query})

    def page(self, body: bytes, request: Request, search: Search) -> Page:
        """Return the papers of an answer. A search by words has one page."""
        del search
        records = json_lines(json_value(body))
        more = request.path == _DAILY and len(records) >= _PAGE_SIZE
        number = int(request.parameters.get("p", 0)) + 1
        return Page(records, Request(request.path, {**request.parameters, "p": number}) if more else None)


SERVICE = HuggingFace()
