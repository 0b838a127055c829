"""The protocol of a service that answers searches page by page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable


class AnswerError(Exception):
    """An answer cannot be used, such as JSON that is cut off. Asking again may help."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search for papers.

    ``limit`` is the maximum number of records. ``since`` and ``until`` are the
    first and last day of publication, as ``YYYY-MM-DD``. ``contact`` is the
    email address of the user.
    """

    query: str
    limit: int | None = None
    since: str | None = None
    until: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request for one page: the path below the address of the service, and parameters.

    It contains no key, so that it can be written to a file.
    """

    path: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """The records of an answer, each as it is written to the file, and the request for the next page.

    ``total`` is the number of records of the search, if the service reports it.
    """

    records: tuple[bytes, ...]
    next: Request | None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An API key: the environment variable that has it, and where a request carries it."""

    variable: str
    sent_as: Literal["header", "parameter"]
    name: str


@runtime_checkable
class Service(Protocol):
    """A service that has records of papers."""

    @property
    def name(self) -> str:
        """Return the name by which users ask for it."""

    @property
    def title(self) -> str:
        """Return the name in messages, such as "arXiv"."""

    @property
    def description(self) -> str:
        """Return a sentence for help texts on the form of a query."""

    @property
    def base_url(self) -> str:
        """Return the address to which the paths of requests are appended."""

    @property
    def interval(self) -> float:
        """Return the seconds between two requests that the documentation of the service asks for."""

    @property
    def key(self) -> Key | None:
        """Return where the service takes an API key, or None if it takes none."""

    @property
    def head(self) -> bytes:
        """Return the bytes before the first record of a file."""

    @property
    def foot(self) -> bytes:
        """Return the bytes after the last record of a file."""

    def first(self, search: Search) -> Request:
        """Return the request for the first page. Raises InputError for a search that it cannot do."""

    def page(self, body: bytes, request: Request, search: Search) -> Page:
        """Return the page of an answer.

        Raises AnswerError if the answer is not of the documented form, and
        InputError if it says that the query is wrong.
        """


def json_object(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of an answer. Raises AnswerError if it has none."""
    found = json_value(body)
    if not isinstance(found, dict):
        raise AnswerError("the answer is not a JSON object")
    return found


def json_value(body: bytes) -> Any:
    """Return the JSON of an answer. Raises AnswerError if it has none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"the answer is not valid JSON ({type(error).__name__})") from None


def json_lines(works: Any) -> tuple[bytes, ...]:
    """Return each object of a list as a line of JSON. Raises AnswerError for another value."""
    if not isinstance(works, list):
        raise AnswerError("the answer has no list of records")
    return tuple(json.dumps(work, ensure_ascii=False).encode("utf-8", "replace") + b"\n" for work in works)


def whole_number(value: Any) -> int | None:
    """Return a value if it is a whole number, and else None."""
    return value if type(value) is int else None
