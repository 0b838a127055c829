"""Keep the answers of services for a day, so that a search can be repeated without asking again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from kgraph.fetching.service import Request, Search
from kgraph.whole_file import whole_file

MAX_AGE = 24 * 60 * 60
"""The age in seconds from which an answer is not used. arXiv changes its answers once a day."""

_SUFFIX = ".answer"


@dataclass(frozen=True, slots=True)
class CacheKey:
    """An answer: the address of the service, the search, the number of the page and the request.

    The number is needed because the cursor of the next page may be the same as
    that of this page.
    """

    base_url: str
    search: Search
    number: int
    request: Request


class PageCache:
    """A folder of answers. Old ones are deleted when it is opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with contextlib.suppress(FileNotFoundError):
            for path in folder.iterdir():
                if path.suffix == _SUFFIX and time.time() - path.stat().st_mtime > MAX_AGE:
                    path.unlink(missing_ok=True)

    def get(self, key: CacheKey) -> bytes | None:
        """Return an answer, or None if it is not in the cache."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, key: CacheKey, body: bytes) -> None:
        """Keep an answer."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with whole_file(self._path(key)) as partial:
            partial.write_bytes(body)

    def _path(self, key: CacheKey) -> Path:
        text = json.dumps(asdict(key), sort_keys=True)
        return self._folder / (hashlib.blake2b(text.encode(), digest_size=16).hexdigest() + _SUFFIX)
