"""Xz, with one or several streams."""

from __future__ import annotations

import io
import lzma
from collections.abc import Iterator

from kgraph.sources.container import Member
from kgraph.sources.streams import ChunkStream

MAX_MEMORY = 256_000_000
"""The maximum memory of the decompressor in bytes. ``xz -9`` needs 65 MB, and a file may ask for 4 GB."""

_CHUNK = 64 * 1024


class Xz:
    """A file compressed by xz."""

    name = "xz"
    description = "a file compressed by xz"
    noun = "xz"
    magics = (b"\xfd7zXZ\x00",)
    seeks = False
    errors = (lzma.LZMAError,)

    def members(self, file: io.BufferedIOBase) -> Iterator[Member]:
        """Yield the file."""
        yield Member("", io.BufferedReader(ChunkStream(_unpacked(file))))


def _unpacked(file: io.BufferedIOBase) -> Iterator[bytes]:
    """Yield the unpacked bytes. lzma.LZMAFile does the same without a limit of memory."""
    packed = file.read(_CHUNK)
    while packed:
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_MEMORY)
        while not decompressor.eof:
            if decompressor.needs_input and not (packed := packed or file.read(_CHUNK)):
                raise EOFError
            yield decompressor.decompress(packed, max_length=_CHUNK)
            packed = b""
        # Zeros may fill up a stream, and another one may follow.
        packed = decompressor.unused_data.lstrip(b"\0")
        while not packed and (more := file.read(_CHUNK)):
            packed = more.lstrip(b"\0")


CONTAINER = Xz()
