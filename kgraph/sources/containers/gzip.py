"""Gzip, with one or several members."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator

from kgraph.sources.container import Member


class Gzip:
    """A file compressed by gzip."""

    name = "gzip"
    description = "a file compressed by gzip"
    noun = "gzip"
    magics = (b"\x1f\x8b",)
    seeks = False
    errors = (zlib.error, gzip.BadGzipFile)

    def members(self, file: io.BufferedIOBase) -> Iterator[Member]:
        """Yield the file."""
        with gzip.GzipFile(fileobj=file) as stream:
            yield Member("", stream)


CONTAINER = Gzip()
