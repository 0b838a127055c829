"""Extraction is the dear step: what was read out of a text is kept by the text's hash.

One SQLite file; the key covers title, abstract and the extractor's version, so
an entry never goes stale. Every batch is committed, so that a build that is
killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from kgraph.errors import InputError, StoreError
from kgraph.extract.run.pipeline import BATCH, batched, extractor_version
from kgraph.extract.run.processes import extract_in_parallel
from kgraph.extract.run.record import extraction_from_json, extraction_to_json
from kgraph.model import Extraction, Paper

_BATCH = 4 * BATCH


class ExtractionCache:
    """Extractions by content, in a file.

    Raises InputError for a folder, and StoreError where the file cannot be used. An unreadable file is
    named, never deleted: it is only a cache, and its owner may delete it.
    """

    def __init__(self, path: Path, encoder: Path | None = None) -> None:
        """Open a cache of what is extracted, with an ``encoder`` as for ``load_pipeline``."""
        if path.is_dir():
            raise InputError(f"{path}: this is a folder, not the file of an extraction cache")
        self._path = path
        self._encoder = encoder
        self.version = extractor_version(encoder)
        with self._told():
            self._db = sqlite3.connect(path, timeout=60, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS extraction (key TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID"
            )
            self._db.commit()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def fill(
        self,
        papers: Iterable[Paper],
        jobs: int | None = None,
        on_paper: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Read every paper that was not read before and return how many those were.

        ``jobs`` is the number of processes, as for
        :func:`kgraph.extract.run.processes.extract_in_parallel`. ``on_paper`` is
        called with the number of papers done since its last call. The
        pipeline is loaded only if there is something to read.
        """

        def missing() -> Iterator[Paper]:
            for batch in batched(papers, _BATCH):
                new = [paper for paper in batch if not self._has(paper)]
                on_paper(len(batch) - len(new))
                yield from new

        read = 0
        with closing(extract_in_parallel(missing(), jobs, self._encoder)) as extracted:
            for batch in batched(extracted, _BATCH):
                rows = [(self._key(paper), _pack(found)) for paper, found in batch]
                with self._told(), self._db:
                    self._db.executemany("INSERT OR REPLACE INTO extraction VALUES (?, ?)", rows)
                read += len(batch)
                on_paper(len(batch))
        return read

    def read(self, papers: Iterable[Paper]) -> Iterator[tuple[Paper, Extraction]]:
        """Yield each paper with its extraction, all of which :meth:`fill` has seen."""
        for paper in papers:
            with self._told():
                (body,) = self._row("SELECT body FROM extraction WHERE key = ?", paper)
                extraction = _unpack(body)
            yield paper, extraction

    def _has(self, paper: Paper) -> bool:
        with self._told():
            return self._row("SELECT 1 FROM extraction WHERE key = ?", paper) is not None

    def _row(self, statement: str, paper: Paper) -> Any:
        with closing(self._db.execute(statement, (self._key(paper),))) as rows:
            return rows.fetchone()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, zlib.error, msgspec.MsgspecError, ValueError, TypeError) as error:
            raise StoreError(
                f"{self._path}: the extraction cache is damaged or cannot be used ({error}); "
                "delete it, and it is filled again"
            ) from error

    def _key(self, paper: Paper) -> str:
        text = "\0".join((self.version, paper.title, paper.abstract))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _pack(extraction: Extraction) -> bytes:
    return zlib.compress(extraction_to_json(extraction), 1)


def _unpack(body: bytes) -> Extraction:
    return extraction_from_json(zlib.decompress(body))
