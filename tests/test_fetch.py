"""Fetching from a local server that answers as the services are documented to, and with faults."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from runs import Cli

from kgraph.errors import InputError
from kgraph.fetching import FetchReport, client, fetch_papers
from kgraph.fetching.client import FetchError, Patience
from kgraph.model import Paper
from kgraph.sources import read

COUNT = 230
Answer = tuple[int, dict[str, str], bytes]
Fault = Callable[["Handler"], None]


class Clock:
    """A clock that does not wait."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.server.requests.append((urlsplit(self.path).path, query, dict(self.headers)))
        if self.server.faults and (fault := self.server.faults.pop(0)):
            fault(self)
        else:
            self.answer(200, {}, answer(urlsplit(self.path).path, query, self.server.count))

    def answer(self, status: int, headers: dict[str, str], body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(length or len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


class Server(ThreadingHTTPServer):
    requests: list[tuple[str, dict[str, str], dict[str, str]]]
    faults: list[Fault | None]
    count: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


def answer(path: str, query: dict[str, str], count: int) -> bytes:
    if path == "/query":
        start, size = int(query["start"]), int(query["max_results"])
        entries = "".join(
            f"<entry><id>http://arxiv.org/abs/2101.{n:05}v1</id><title>Tide {n}</title>"
            f"<summary>We study tide {n}.</summary><author><name>Ada Quill</name></author></entry>"
            for n in range(start, min(start + size, count))
        )
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
            f"<o:totalResults>{count}</o:totalResults>{entries}</feed>"
        ).encode()
    if path == "/paper/search":
        start, size = int(query["offset"]), int(query["limit"])
    elif path == "/api/daily_papers":
        start, size = int(query["p"]) * 100, 100
    else:
        start, size = int(query.get("cursor", "*").replace("*", "0")), 100
    end = min(start + size, count)
    numbers = range(start, end)
    more = end if end < count else None
    if path == "/paper/search":
        data: list[dict[str, Any]] = [
            {"paperId": f"{n:040}", "title": f"Tide {n}", "abstract": None, "authors": []} for n in numbers
        ]
        document: Any = {"total": count, "offset": start, "data": data} | ({"next": more} if more else {})
    elif path == "/api/daily_papers":
        document = [
            {"paper": {"id": f"2101.{n:05}", "title": f"Tide {n}", "summary": "x", "upvotes": 1}}
            for n in numbers
        ]
    elif "rows" in query:
        items = [{"DOI": f"10.1/{n}", "title": [f"Tide {n}"], "author": []} for n in numbers]
        document = {"message": {"total-results": count, "next-cursor": str(end), "items": items}}
    else:
        works = [{"id": f"https://openalex.org/W{n + 1}", "title": f"Tide {n}"} for n in numbers]
        document = {"meta": {"count": count, "next_cursor": str(more) if more else None}, "results": works}
    return json.dumps(document).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    running.requests, running.faults, running.count = [], [], COUNT
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


def fetched(server: Server, tmp_path: Path, source: str = "openalex", **how: Any) -> FetchReport:
    options: dict[str, Any] = {"clock": Clock(), "cache": tmp_path / "cache", "base_url": server.url, **how}
    return fetch_papers(source, options.pop("query", "tides"), tmp_path / "out", **options)


def titles(path: Path) -> list[str]:
    return [item.title for item in read([path]) if isinstance(item, Paper)]


EXPECTED = [f"Tide {n}" for n in range(COUNT)]


@pytest.mark.parametrize(
    ("source", "query", "pause"),
    [
        ("arxiv", "tides", 3.0),
        ("openalex", "tides", 0.1),
        ("crossref", "tides", 1.0),
        ("semantic-scholar", "tides", 1.0),
        ("hugging-face", "2025-06", 1.0),
    ],
)
def test_a_fetched_file_is_read_by_build(
    server: Server, tmp_path: Path, source: str, query: str, pause: float
) -> None:
    clock = Clock()
    report = fetched(server, tmp_path, source, query=query, limit=1000, clock=clock, contact="a@b.org")
    assert report.records == COUNT and report.total in (COUNT, None) and not report.continued
    assert titles(tmp_path / "out") == EXPECTED
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out"]
    assert clock.slept == pytest.approx([pause] * 2)
    assert all(headers["User-Agent"].endswith("(mailto:a@b.org)") for _, _, headers in server.requests)


def test_the_limit_cuts_the_last_page(server: Server, tmp_path: Path) -> None:
    assert fetched(server, tmp_path, limit=150).records == 150
    assert titles(tmp_path / "out") == EXPECTED[:150] and len(server.requests) == 2


def cut(handler: Handler) -> None:
    handler.answer(200, {}, b'{"meta": ', length=500)


def slow(handler: Handler) -> None:
    handler.answer(200, {}, b"{", length=10)
    handler.server.released.wait(5)  # type: ignore[attr-defined]


FAULTS: dict[str, Fault] = {
    "503": lambda handler: handler.answer(503, {}, b"busy"),
    "broken": lambda handler: handler.answer(200, {}, b'{"meta": {'),
    "no list": lambda handler: handler.answer(200, {}, b'{"results": 5}'),
    "cut": cut,
    "closed": lambda handler: handler.connection.close(),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_retried(server: Server, tmp_path: Path, name: str) -> None:
    server.faults = [None, FAULTS[name], FAULTS[name]]
    clock = Clock()
    assert fetched(server, tmp_path, clock=clock).records == COUNT
    assert titles(tmp_path / "out") == EXPECTED and max(clock.slept) >= 4


def test_retry_after_is_kept(server: Server, tmp_path: Path) -> None:
    server.faults = [lambda handler: handler.answer(429, {"Retry-After": "77"}, b"")]
    clock = Clock()
    fetched(server, tmp_path, clock=clock)
    assert clock.slept[0] == 77
    server.faults = [lambda handler: handler.answer(429, {"Retry-After": "7200"}, b"")]
    with pytest.raises(FetchError, match="wait 120 minutes"):
        fetched(server, tmp_path, refresh=True)


def test_a_slow_answer_is_retried(server: Server, tmp_path: Path) -> None:
    server.released = threading.Event()  # type: ignore[attr-defined]
    server.faults = [slow]
    assert fetched(server, tmp_path, patience=Patience(read=0.2)).records == COUNT
    server.released.set()  # type: ignore[attr-defined]


def test_an_interrupted_fetch_is_continued(server: Server, tmp_path: Path) -> None:
    server.faults = [None, *[FAULTS["503"]] * 6]
    with pytest.raises(FetchError, match=r"it answered 503. Run the same command later to continue") as error:
        fetched(server, tmp_path)
    assert error.value.exit_code == 1 and not (tmp_path / "out").exists()
    partial = tmp_path / "out.partial"
    partial.write_bytes(partial.read_bytes() + b'{"half": ')
    with pytest.raises(InputError, match="belongs to another search"):
        fetched(server, tmp_path, query="other")
    asked = len(server.requests)
    assert fetched(server, tmp_path).continued
    assert titles(tmp_path / "out") == EXPECTED and len(server.requests) == asked + 2
    assert not partial.exists()


def test_answers_are_kept_for_a_day(server: Server, tmp_path: Path) -> None:
    fetched(server, tmp_path)
    assert len(server.requests) == 3
    fetched(server, tmp_path)
    assert len(server.requests) == 3 and titles(tmp_path / "out") == EXPECTED
    fetched(server, tmp_path, refresh=True)
    assert len(server.requests) == 6


def test_answers_without_end_are_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER_SIZE", 10_000)
    server.faults = [lambda handler: handler.answer(200, {}, b"x" * 20_000)]
    with pytest.raises(FetchError, match="more than 10,000 bytes"):
        fetched(server, tmp_path)
    server.faults = [lambda handler: handler.answer(302, {"Location": "/works"}, b"")] * 10
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        fetched(server, tmp_path)
    server.faults = [lambda handler: handler.answer(302, {"Location": "file:///etc/passwd"}, b"")]
    with pytest.raises(FetchError, match="not of the web"):
        fetched(server, tmp_path)


def test_keys_are_sent_and_not_written(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S2_API_KEY", "secret-key")
    monkeypatch.setenv("OPENALEX_API_KEY", "secret-key")
    server.faults = [None, *[FAULTS["503"]] * 6]
    with pytest.raises(FetchError) as error:
        fetched(server, tmp_path)
    assert server.requests[0][1]["api_key"] == "secret-key" and "secret-key" not in str(error.value)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"secret-key" not in path.read_bytes()
    server.faults = [lambda handler: handler.answer(403, {}, b"secret-key is wrong")]
    (tmp_path / "out.partial.json").unlink()
    with pytest.raises(InputError, match="check the key in S2_API_KEY") as refused:
        fetched(server, tmp_path, "semantic-scholar", limit=10)
    assert server.requests[-1][2]["x-api-key"] == "secret-key" and "secret-key" not in str(refused.value)


def test_searches_that_are_refused(server: Server, tmp_path: Path) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"query": " "}, "the query must be"),
        ({"since": "2024-02-30"}, "must be a day"),
        ({"since": "2024-02-02", "until": "2024-01-01"}, "is after"),
        ({"contact": "a\r\nX: y"}, "email address"),
        ({"base_url": "file:///etc"}, "http://"),
        ({"source": "hugging-face", "since": "2024-01-01"}, "takes no --since"),
        ({"source": "elsewhere"}, "choose from arxiv"),
    ]
    for how, reason in refused:
        with pytest.raises(InputError, match=reason):
            fetched(server, tmp_path, **how)
    assert server.requests == []
    server.faults = [lambda handler: handler.answer(400, {}, b"no such filter")]
    with pytest.raises(InputError, match=r"refuses the query \(400\). It says: no such filter"):
        fetched(server, tmp_path)
    server.count = 0
    for source in ("arxiv", "openalex", "semantic-scholar"):
        with pytest.raises(InputError, match="has no record for 'tides'"):
            fetched(server, tmp_path, source, limit=10)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_an_empty_page_of_arxiv_is_retried(server: Server, tmp_path: Path) -> None:
    empty = answer("/query", {"start": "900", "max_results": "1"}, COUNT)
    server.faults = [None, lambda handler: handler.answer(200, {}, empty)]
    assert fetched(server, tmp_path, "arxiv", since="2021-01-01").records == COUNT
    assert "submittedDate:[202101010000 TO 299912312359]" in server.requests[0][1]["search_query"]


def test_the_command(server: Server, cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "tides.jsonl"
    options = ["-o", out, "--base-url", server.url, "--cache", tmp_path / "cache"]
    ran = cli.run("fetch", "openalex", "tides", *options)
    assert ran.out == f"{out}: 230 of 230 records\n" and f"next: kgraph build {out}" in ran.err
    assert titles(out) == EXPECTED
    server.faults = [lambda handler: handler.answer(404, {}, b"")]
    assert "refuses the query" in cli.run("fetch", "openalex", "other", *options, expect=2).err
