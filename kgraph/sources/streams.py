"""Streams of bytes that count, end early at damage, and stop decompression bombs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from kgraph.sources.unreadable import UnreadableFileError

MAX_EXPANSION = 500
"""The maximum ratio of unpacked to packed bytes. Lines that differ in a number only have 100 with
gzip, 340 with bzip2 and 500 with xz, and a gzip bomb has 1,030."""

UNCHECKED_SIZE = 10_000_000
"""The number of unpacked bytes from which the ratio is checked."""


class Readable(Protocol):
    """A stream that can read in single steps."""

    def read1(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, and none only at the end."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How a stream is packed, if it is.

    ``noun`` names the packing in messages. ``errors`` are the exceptions that
    damaged data raises. ``packed`` returns the number of packed bytes that were
    read for this stream.
    """

    noun: str
    errors: tuple[type[Exception], ...]
    packed: Callable[[], int]


class CountedFile(io.RawIOBase):
    """A file that counts the bytes that are read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return whether one can seek in the file."""
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to an offset and return it from the start of the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the offset from the start of the file."""
        return self._file.tell()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with the next bytes and return their number, which is 0 at the end."""
        data = self.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read1(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, read in one step."""
        data: bytes = self._file.read1(size)  # type: ignore[attr-defined]
        self.count += len(data)
        return data


class ChunkStream(io.RawIOBase):
    """A stream of the bytes that an iterator yields."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with the next bytes and return their number, which is 0 at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        data = self._rest[: len(buffer)]
        self._rest = self._rest[len(data) :]
        buffer[: len(data)] = data
        return len(data)


class TolerantStream(io.RawIOBase):
    """The bytes of a file that may be damaged. Those before the break are still read.

    ``broken`` says why reading ended before the end of the file, or is None.
    """

    def __init__(self, stream: Readable, packing: Packing | None = None) -> None:
        self._stream = stream
        self._packing = packing
        self._ahead = b""
        self._size = 0
        self.broken: str | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with the next bytes and return their number, which is 0 at the end."""
        data = self._ahead[: len(buffer)] or self._read(len(buffer))
        self._ahead = self._ahead[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def look_ahead(self, size: int) -> bytes:
        """Return the first bytes without consuming them, fewer only at the end of the file."""
        while len(self._ahead) < size:
            data = self._read(size - len(self._ahead))
            if not data:
                break
            self._ahead += data
        return self._ahead[:size]

    def _read(self, size: int) -> bytes:
        if self.broken:
            return b""
        damage: tuple[type[Exception], ...] = (OSError, *(self._packing.errors if self._packing else ()))
        try:
            # read1: one step, so that no bytes are lost when the next step fails.
            data = self._stream.read1(size)
        except EOFError:
            self.broken = f"the {self._noun} data is cut short: fetch or compress the file again"
        except UnreadableFileError as error:
            self.broken = str(error)
        except damage as error:
            if isinstance(error, OSError) and error.errno is not None:
                self.broken = f"reading failed ({error.strerror or error})"
            else:
                self.broken = f"the {self._noun} data is damaged ({error}): fetch or compress the file again"
        else:
            self._size += len(data)
            if not self._is_bomb():
                return data
            self.broken = (
                f"the {self._noun} data expands to more than {MAX_EXPANSION} times its size, as a "
                "decompression bomb does: unpack it yourself if you trust it"
            )
        return b""

    @property
    def _noun(self) -> str:
        return self._packing.noun if self._packing else "file"

    def _is_bomb(self) -> bool:
        if self._packing is None or self._size <= UNCHECKED_SIZE:
            return False
        return self._size > MAX_EXPANSION * self._packing.packed()
