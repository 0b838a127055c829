"""A file that is written page by page, and continued after an interruption.

Until it is complete, its records are in ``FILE.partial``, and the position of
the search in ``FILE.partial.json``. The position is written after the records,
so records of a page that was not written completely are cut off.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from io import BufferedRandom
from pathlib import Path
from types import TracebackType
from typing import Any

from kgraph.errors import InputError
from kgraph.fetching.service import Request
from kgraph.whole_file import whole_file, write_error

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Position:
    """How far a search is: the next request, None at its end, and what was written so far."""

    next: Request | None
    pages: int = 0
    records: int = 0
    size: int = 0
    total: int | None = None


class PartialFile:
    """The incomplete file of a search. ``search`` identifies the search.

    Raises InputError if the file cannot be written, or is that of another search.
    """

    def __init__(self, target: Path, search: Mapping[str, Any], start: Position) -> None:
        # As whole_file() does, a symbolic link is followed.
        self._target = target = target.resolve()
        self._search = dict(search)
        self._path = target.with_name(f"{target.name}.partial")
        self._position_path = target.with_name(f"{target.name}.partial.json")
        self.position = self._stored() or start
        self.continued = self.position.pages > 0
        self._file = self._opened()

    def add(self, data: bytes, records: int, following: Request | None, total: int | None) -> None:
        """Write the records of a page, and the position after it."""
        self._file.write(data)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.position = replace(
            self.position,
            next=following,
            pages=self.position.pages + 1,
            records=self.position.records + records,
            size=self.position.size + len(data),
            total=total if total is not None else self.position.total,
        )
        document = {"version": _VERSION, "search": self._search, "position": asdict(self.position)}
        with whole_file(self._position_path) as partial:
            partial.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")

    def complete(self, foot: bytes) -> None:
        """Write the end of the file and give it its name."""
        self._file.write(foot)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(self._target)
        self._position_path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Delete the incomplete file."""
        self._file.close()
        self._path.unlink(missing_ok=True)
        self._position_path.unlink(missing_ok=True)

    def __enter__(self) -> PartialFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self.position.pages:
            # Nothing to continue.
            self._path.unlink(missing_ok=True)

    def _stored(self) -> Position | None:
        """Return the position of an interrupted search, or None without one."""
        try:
            document = json.loads(self._position_path.read_text(encoding="utf-8"))
            search, values = document["search"], document["position"]
            if document["version"] != _VERSION:
                raise ValueError("another version")
            following = Request(**values["next"]) if values["next"] else None
            position = Position(**{**values, "next": following})
            if self._path.stat().st_size < position.size:
                raise ValueError("the records are missing")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"{self._position_path}: cannot be continued ({error}): delete it to start again"
            ) from None
        if search != self._search:
            raise InputError(
                f"{self._path} belongs to another search ({search.get('service')}, {search.get('query')!r}): "
                "delete it, or name another file"
            )
        return position

    def _opened(self) -> BufferedRandom:
        try:
            if self._target.exists() and not self._target.is_file():
                raise IsADirectoryError(errno.EISDIR, "this is not a file")
            file = self._path.open("r+b" if self._path.exists() else "w+b")
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(self.position.size)
            file.seek(self.position.size)
        except BlockingIOError:
            raise InputError(f"{self._path} is being written by another process") from None
        except OSError as error:
            raise write_error(self._target, error) from error
        return file
