"""Cache extractions under a hash of the text, because extraction is the expensive step.

The cache is one SQLite file. The key covers title, abstract and the
extractor's version, so an entry never goes stale. Every batch is committed, so
a build that was killed resumes where it stopped.
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

    Raises InputError for a folder, and StoreError if the file is damaged or
    cannot be written. A damaged file is reported and never deleted.
    """

    def __init__(self, path: Path, encoder: Path | None = None) -> None:
        """Open or create a cache of extractions, with an ``encoder`` as for ``load_pipeline``."""
        if path.is_dir():
            raise InputError(f"{path}: this is a folder, not the file of an extraction cache")
        self._path = path
        self._encoder = encoder
        self.version = extractor_version(encoder)
        with self._errors():
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
        """Extract the papers that are not in the cache and return their number.

        ``jobs`` is the number of processes, as for
        :func:`kgraph.extract.run.processes.extract_in_parallel`. ``on_paper`` is
        called with the number of papers done since its last call. The
        pipeline is loaded only if a paper is missing.
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
                with self._errors(), self._db:
                    self._db.executemany("INSERT OR REPLACE INTO extraction VALUES (?, ?)", rows)
                read += len(batch)
                on_paper(len(batch))
        return read

    def read(self, papers: Iterable[Paper]) -> Iterator[tuple[Paper, Extraction]]:
        """Yield each paper with its extraction. :meth:`fill` must have seen all of them."""
        for paper in papers:
            with self._errors():
                (body,) = self._row("SELECT body FROM extraction WHERE key = ?", paper)
                extraction = _unpack(body)
            yield paper, extraction

    def _has(self, paper: Paper) -> bool:
        with self._errors():
            return self._row("SELECT 1 FROM extraction WHERE key = ?", paper) is not None

    def _row(self, statement: str, paper: Paper) -> Any:
        with closing(self._db.execute(statement, (self._key(paper),))) as rows:
            return rows.fetchone()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise StoreError instead of the errors of SQLite and of decoding."""
        try:
            yield
        except (sqlite3.Error, zlib.error, msgspec.MsgspecError, ValueError, TypeError) as error:
            raise StoreError(f"{self._path}: {_described(error)}") from error

    def _key(self, paper: Paper) -> str:
        text = "\0".join((self.version, paper.title, paper.abstract))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _described(error: Exception) -> str:
    """Return the fault and its remedy, by SQLite's name of the error."""
    match str(getattr(error, "sqlite_errorname", "")).split("_")[1:2]:
        case ["FULL" | "IOERR"]:
            return (
                f"the extraction cache cannot be read or written ({error}); free some disk space, "
                "or name another file with --cache"
            )
        case ["READONLY" | "CANTOPEN" | "PERM" | "AUTH"]:
            return f"the extraction cache cannot be written ({error}); name another file with --cache"
        case ["BUSY" | "LOCKED"]:
            return f"the extraction cache is used by another process ({error}); wait for it"
        case _:
            return f"the extraction cache is damaged ({error}); delete it, and the next build fills it again"


def _pack(extraction: Extraction) -> bytes:
    return zlib.compress(extraction_to_json(extraction), 1)


def _unpack(body: bytes) -> Extraction:
    return extraction_from_json(zlib.decompress(body))
