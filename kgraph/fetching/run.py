"""Fetch the records of a search into a file."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from kgraph.errors import InputError
from kgraph.fetching.client import Client, Clock, Patience, SystemClock, check_base_url
from kgraph.fetching.page_cache import CacheKey, PageCache
from kgraph.fetching.partial_file import PartialFile, Position
from kgraph.fetching.service import AnswerError, Page, Search, Service
from kgraph.progress import Progress, ignore_progress
from kgraph.registry import Registry

SERVICES: Registry[Service] = Registry(
    "kgraph.fetching.services", "SERVICE", "kgraph.services", Service, "service"
)

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MAX_QUERY_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class FetchReport:
    """The result of a fetch.

    ``records`` counts the records in the file ``output``. ``total`` is the
    number that the service reports for the search, or None. ``continued`` says
    that an earlier fetch was interrupted and this one continued it.
    """

    service: str
    output: str
    records: int
    total: int | None
    continued: bool


def fetch_papers(
    source: str,
    query: str,
    output: Path,
    *,
    limit: int | None = None,
    since: str | None = None,
    until: str | None = None,
    contact: str | None = None,
    base_url: str | None = None,
    cache: Path,
    refresh: bool = False,
    on_progress: Progress = ignore_progress,
    clock: Clock | None = None,
    patience: Patience | None = None,
) -> FetchReport:
    """Save the records of a search in a file that ``build`` reads, page by page.

    If it is interrupted, the same call continues. ``cache`` is a folder of
    answers that are used for a day, unless ``refresh`` is set. ``base_url``
    replaces the address of the service. Raises InputError for a search that is
    wrong or has no results, and FetchError if the service does not answer.
    """
    service = SERVICES.get(source)
    search = _search(query, limit, since, until, contact)
    address = base_url or service.base_url
    check_base_url(address)
    start = Position(service.first(search))
    identity = {
        "service": service.name,
        "address": address,
        "query": search.query,
        "limit": limit,
        "since": since,
        "until": until,
    }
    pages = PageCache(cache)
    with PartialFile(output, identity, start) as file:

        def on_wait(seconds: float, reason: str) -> None:
            on_progress(f"waiting {seconds:.0f} s: {reason}", file.position.records, None)

        client = Client(
            service, address, search.contact, clock or SystemClock(), patience or Patience(), on_wait
        )
        try:
            while (request := file.position.next) and not _is_full(file.position, search):
                key = CacheKey(address, search, file.position.pages, request)
                page = None if refresh else _cached(pages, key, service)
                if page is None:
                    page = _asked(client, pages, key, service)
                _add(file, service, search, page)
                on_progress("fetching", file.position.records, _expected(file.position, search))
        finally:
            client.close()
        if not file.position.records:
            file.discard()
            raise InputError(f"{service.title} has no record for {search.query!r}; nothing was written")
        file.complete(service.foot)
        position = file.position
        return FetchReport(service.name, str(output), position.records, position.total, file.continued)


def _search(
    query: str, limit: int | None, since: str | None, until: str | None, contact: str | None
) -> Search:
    """Return the search. Raises InputError for values that no service accepts."""
    words = " ".join(query.split())
    if not words or not words.isprintable() or len(words) > _MAX_QUERY_LENGTH:
        raise InputError(f"the query must be a text of 1 to {_MAX_QUERY_LENGTH:,} characters")
    if limit is not None and limit < 1:
        raise InputError(f"the limit must be 1 or more, not {limit}")
    days = {"since": _day("since", since), "until": _day("until", until)}
    if since and until and since > until:
        raise InputError(f"since {since} is after until {until}")
    if contact and not _EMAIL.fullmatch(contact):
        raise InputError(f"{contact}: the contact must be an email address")
    return Search(words, limit, days["since"], days["until"], contact or None)


def _day(name: str, text: str | None) -> str | None:
    if not text:
        return None
    try:
        if datetime.date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise InputError(f"{name} must be a day such as 2025-06-21, not {text!r}")


def _cached(pages: PageCache, key: CacheKey, service: Service) -> Page | None:
    """Return a page from the cache, or None if it is not there or cannot be read any more."""
    body = pages.get(key)
    try:
        return None if body is None else service.page(body, key.request, key.search)
    except AnswerError:
        return None


def _asked(client: Client, pages: PageCache, key: CacheKey, service: Service) -> Page:
    """Return a page from the service, and keep its answer."""

    def parse(body: bytes) -> tuple[bytes, Page]:
        return body, service.page(body, key.request, key.search)

    body, page = client.get(key.request, parse)
    pages.put(key, body)
    return page


def _add(file: PartialFile, service: Service, search: Search, page: Page) -> None:
    room = None if search.limit is None else search.limit - file.position.records
    records = page.records[:room]
    head = b"" if file.position.pages else service.head
    following = page.next if page.records else None
    file.add(head + b"".join(records), len(records), following, page.total)


def _is_full(position: Position, search: Search) -> bool:
    return search.limit is not None and position.records >= search.limit


def _expected(position: Position, search: Search) -> int | None:
    """Return the number of records that the file will have, if it is known."""
    counts = [count for count in (position.total, search.limit) if count is not None]
    return min(counts, default=None)
