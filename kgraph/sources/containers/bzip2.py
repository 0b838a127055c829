"""Bzip2, with one or several streams."""

from __future__ import annotations

import bz2
import io
from collections.abc import Iterator

from kgraph.sources.container import Member


class Bzip2:
    """A file compressed by bzip2."""

    name = "bzip2"
    description = "a file compressed by bzip2"
    noun = "bzip2"
    magics = (b"BZh",)
    seeks = False
    # Damaged data raises OSError without a number.
    errors = (OSError, ValueError)

    def members(self, file: io.BufferedIOBase) -> Iterator[Member]:
        """Yield the file."""
        with bz2.BZ2File(file) as stream:
            yield Member("", stream)


CONTAINER = Bzip2()
