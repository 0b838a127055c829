"""A polite HTTP client: spaced requests, bounded answers, and retries that wait longer each time.

urllib3 sends the requests. It is maintained, needs nothing else, and its Retry
computes the time to wait. httpx has had no release since 2024. The retries are
done here, because an answer that is cut off or not valid JSON is retried too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Protocol, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry, Timeout

from kgraph.errors import InputError, KgraphError
from kgraph.fetching.service import AnswerError, Request, Service

MAX_ANSWER_SIZE = 100_000_000
"""The maximum size of an answer in bytes, after decompression."""

MAX_WAIT = 600
"""The maximum number of seconds for which a service may ask to wait."""

_CHUNK = 64 * 1024
_MAX_REDIRECTS = 5
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_KEY_REFUSED = frozenset({401, 403})
_EXCERPT = 200
_FIRST_WAIT = 1.0

T = TypeVar("T")


class FetchError(KgraphError):
    """A service cannot be reached, or does not answer as it should."""


class _FaultError(Exception):
    """A request failed, and may succeed later. ``response`` is the answer, if there is one."""

    def __init__(self, reason: str, response: BaseHTTPResponse | None = None) -> None:
        super().__init__(reason)
        self.response = response


class Clock(Protocol):
    """A source of time, which tests replace."""

    def now(self) -> float:
        """Return a number of seconds that never decreases."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The time of the computer."""

    def now(self) -> float:
        """Return the monotonic time."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for a connection, for the next bytes, and for a whole answer."""

    connect: float = 15
    read: float = 60
    answer: float = 300
    attempts: int = 6
    backoff: Retry = field(default_factory=lambda: Retry(backoff_factor=2, backoff_max=120, backoff_jitter=1))


class Client:
    """Sends the requests of one service.

    ``on_wait`` is called with the seconds of each pause after a failure, and its
    reason.
    """

    def __init__(
        self,
        service: Service,
        base_url: str,
        contact: str | None,
        clock: Clock,
        patience: Patience,
        on_wait: Callable[[float, str], None],
    ) -> None:
        self._service = service
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._patience = patience
        self._on_wait = on_wait
        self._key = os.environ.get(service.key.variable, "").strip() if service.key else ""
        suffix = f" (mailto:{contact})" if contact else ""
        self._agent = f"kgraph/{version('kgraph')}{suffix}"
        self._next_time = 0.0
        self._pool = urllib3.PoolManager(
            timeout=Timeout(connect=patience.connect, read=patience.read), retries=False
        )

    def get(self, request: Request, parse: Callable[[bytes], T]) -> T:
        """Return the parsed answer to a request.

        Raises FetchError if it fails after several attempts, and InputError if
        the service refuses the query or the key.
        """
        retry = self._patience.backoff.new(total=self._patience.attempts - 1)
        while True:
            try:
                return parse(self._answer(request))
            except (_FaultError, AnswerError) as fault:
                response = fault.response if isinstance(fault, _FaultError) else None
                reason = self._without_key(str(fault))
                try:
                    retry = retry.increment("GET", "", response, HTTPError(reason))
                except MaxRetryError:
                    raise FetchError(self._failure(reason)) from None
                wait = max(_FIRST_WAIT, retry.get_backoff_time(), _asked_to_wait(retry, response))
                self._pause(wait, reason)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _pause(self, seconds: float, reason: str) -> None:
        if seconds > MAX_WAIT:
            minutes = round(seconds / 60)
            raise FetchError(f"{self._failure(reason)}. It asks to wait {minutes} minutes")
        self._on_wait(seconds, reason)
        self._clock.sleep(seconds)

    def _failure(self, reason: str) -> str:
        return f"{self._service.title}: {reason}. Run the same command later to continue"

    def _answer(self, request: Request) -> bytes:
        url, headers = self._address(request)
        end = self._clock.now() + self._patience.answer
        for _ in range(_MAX_REDIRECTS + 1):
            self._keep_interval()
            try:
                response = self._pool.request(
                    "GET", url, headers=headers, preload_content=False, redirect=False
                )
            except HTTPError as error:
                raise _FaultError(f"the connection failed ({_described(error)})") from None
            try:
                location = response.get_redirect_location()
                if not location:
                    return self._body(response, end)
            finally:
                response.close()
            target = urljoin(url, location)
            if urlsplit(target).scheme not in ("http", "https"):
                raise FetchError(self._failure("it redirects to an address that is not of the web"))
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                # The key is for this service only.
                headers = self._headers()
            url = target
        raise FetchError(self._failure(f"it redirects more than {_MAX_REDIRECTS} times"))

    def _address(self, request: Request) -> tuple[str, dict[str, str]]:
        parameters = dict(request.parameters)
        headers = self._headers()
        key = self._service.key
        if key and self._key:
            if key.sent_as == "header":
                headers[key.name] = self._key
            else:
                parameters[key.name] = self._key
        return f"{self._base_url}{request.path}?{urlencode(parameters)}", headers

    def _headers(self) -> dict[str, str]:
        return {"User-Agent": self._agent, "Accept-Encoding": "gzip"}

    def _keep_interval(self) -> None:
        now = self._clock.now()
        if now < self._next_time:
            self._clock.sleep(self._next_time - now)
        self._next_time = max(now, self._next_time) + self._service.interval

    def _body(self, response: BaseHTTPResponse, end: float) -> bytes:
        status = response.status
        if status in _RETRIED:
            raise _FaultError(f"it answered {status}", response)
        body = self._read(response, end)
        if status == 200:
            return body
        said = self._without_key(" ".join(body[: _EXCERPT * 4].decode("utf-8", "replace").split())[:_EXCERPT])
        if status in _KEY_REFUSED:
            key = self._service.key
            advice = f": check the key in {key.variable}" if key and self._key else ""
            error = InputError if advice else FetchError
            raise error(f"{self._service.title}: it refuses access ({status}){advice}. It says: {said}")
        if 400 <= status < 500:
            raise InputError(f"{self._service.title}: it refuses the query ({status}). It says: {said}")
        raise FetchError(self._failure(f"it answered {status}: {said}"))

    def _read(self, response: BaseHTTPResponse, end: float) -> bytes:
        body = bytearray()
        try:
            while chunk := response.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > MAX_ANSWER_SIZE:
                    raise FetchError(self._failure(f"an answer has more than {MAX_ANSWER_SIZE:,} bytes"))
                if self._clock.now() > end:
                    raise _FaultError(f"the answer took more than {self._patience.answer:.0f} seconds")
        except HTTPError as error:
            raise _FaultError(f"the answer is incomplete ({_described(error)})") from None
        return bytes(body)

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "…") if self._key else text


def _asked_to_wait(retry: Retry, response: BaseHTTPResponse | None) -> float:
    """Return the seconds of the header Retry-After, or 0 without a valid one."""
    if response is None:
        return 0
    try:
        return retry.get_retry_after(response) or 0
    except (InvalidHeader, ValueError, OverflowError):
        return 0


def _described(error: Exception) -> str:
    return type(error).__name__


def check_base_url(address: str) -> None:
    """Raise InputError for an address that is not one of the web."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InputError(f"{address}: the address of a service starts with http:// or https://")
