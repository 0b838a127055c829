"""Open a file: detect gzip, binary data and the encoding of text."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kgraph.sources.refused import GZIP, refused_binary

SAMPLE_SIZE = 64 * 1024
"""The number of bytes from which the format of a file is detected."""

_NUL_SAMPLE = 8 * 1024


class UnreadableFileError(Exception):
    """A file as a whole cannot be read. The text gives the reason and a remedy, without the file's name."""


class UnknownFormatError(UnreadableFileError):
    """A file is not of a known format. The reader adds which formats are known."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """A text encoding, and the length of the byte-order mark in bytes."""

    codec: str
    mark: int


class TextFile:
    """A text file opened for reading.

    ``beginning`` is the text of its first 64 kB. The whole text can be read
    once, by :meth:`text` or :meth:`lines`.
    """

    def __init__(self, raw: _TolerantStream, sample: bytes, encoding: Encoding) -> None:
        self._raw = raw
        self.encoding = encoding
        self.beginning = sample[encoding.mark :].decode(encoding.codec, "replace")

    @property
    def broken(self) -> str | None:
        """Return why reading ended before the end of the file, or None if it did not."""
        return self._raw.broken

    def text(self, limit: int) -> str:
        """Return the whole text, or the part before a break.

        Raises UnreadableFileError if the file has more than ``limit`` bytes, or
        bytes that are not text.
        """
        data = io.BufferedReader(self._raw).read(limit + 1)
        if len(data) > limit:
            raise UnreadableFileError(
                f"is larger than {limit // 1_000_000} MB: split it, or give the papers as JSON Lines"
            )
        # A break may be within a character, which is left out.
        decoder = codecs.getincrementaldecoder(self.encoding.codec)()
        try:
            return decoder.decode(data[self.encoding.mark :], final=self.broken is None)
        except UnicodeDecodeError as error:
            offset = error.start + self.encoding.mark
            raise UnreadableFileError(not_text_at(offset, data[offset], self.encoding.codec)) from None

    def lines(self) -> io.TextIOWrapper:
        """Return a stream of the text. Bytes that are not UTF-8 become lone surrogates.

        Line ends are kept, so that offsets in the file can be counted.
        """
        errors = "surrogateescape" if self.encoding.codec == "utf-8" else "replace"
        buffered = io.BufferedReader(self._raw, SAMPLE_SIZE)
        buffered.read(self.encoding.mark)
        return io.TextIOWrapper(buffered, encoding=self.encoding.codec, errors=errors, newline="")


@contextmanager
def opened(path: Path) -> Iterator[TextFile]:
    """Open a text file, plain or gzip, which is detected from its first bytes.

    Raises UnreadableFileError if the path is missing, a directory, unreadable,
    empty or not text.
    """
    try:
        if path.is_dir():
            raise UnreadableFileError("is a directory: name the files in it")
        file = path.open("rb")
    except FileNotFoundError:
        raise UnreadableFileError("no such file: check the name and the folder") from None
    except PermissionError:
        raise UnreadableFileError("may not be read: check its permissions") from None
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"cannot be opened ({error}): check the name") from None
    with file:
        yield _text_file(file)


def not_text_at(offset: int, byte: int, codec: str = "utf-8") -> str:
    """Return the reason for a file that is not text: the offset of the byte (from 0) and a remedy."""
    name = "UTF-8" if codec == "utf-8" else "UTF-16"
    return f"is not {name} text: byte {offset} is 0x{byte:02x}; save it as UTF-8"


def _text_file(file: BinaryIO) -> TextFile:
    raw = _TolerantStream(file)
    head = raw.look_ahead(len(GZIP))
    if not head:
        raise UnreadableFileError(raw.broken or "is empty: nothing to read")
    if head == GZIP:
        raw = _TolerantStream(gzip.GzipFile(fileobj=io.BufferedReader(raw)))
    sample = raw.look_ahead(SAMPLE_SIZE)
    if not sample:
        raise UnreadableFileError(raw.broken or "is an empty gzip file: nothing to read")
    encoding = _encoding(sample)
    _refuse_binary(sample, encoding)
    text = sample[encoding.mark :].decode(encoding.codec, "replace")
    if len(sample) < SAMPLE_SIZE and not text.strip():
        raise UnreadableFileError(raw.broken or "is empty: it holds nothing but blanks")
    return TextFile(raw, sample, encoding)


def _encoding(sample: bytes) -> Encoding:
    # The little-endian mark of UTF-32 begins with that of UTF-16.
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnreadableFileError("is UTF-32 text: save it as UTF-8")
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if sample.startswith(mark):
            return Encoding(codec, len(mark))
    return Encoding("utf-8", 0)


def _refuse_binary(sample: bytes, encoding: Encoding) -> None:
    if name := refused_binary(sample):
        raise UnknownFormatError(f"looks like {name}, not like text")
    head = sample[:_NUL_SAMPLE]
    if encoding.codec != "utf-8" or 0 not in head:
        return
    # In UTF-16, ASCII has its zero bytes on the same side of each pair.
    zeros_on_one_side = min(head[::2].count(0), head[1::2].count(0)) == 0
    if zeros_on_one_side and head.count(0) * 3 > len(head):
        raise UnreadableFileError("looks like UTF-16 text without a byte-order mark: save it as UTF-8")
    raise UnknownFormatError(f"holds binary data (a zero byte at byte {head.index(0)}), not text")


class _TolerantStream(io.RawIOBase):
    """The bytes of a file that may be incomplete. Those before the break are still read."""

    def __init__(self, file: BinaryIO | gzip.GzipFile) -> None:
        self._file = file
        self._ahead = b""
        self.broken: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
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
        try:
            # read1: one step, so that no bytes are lost when the next step fails.
            return self._file.read1(size)  # type: ignore[union-attr]
        except EOFError:
            self.broken = "the gzip data is cut short: fetch or compress the file again"
        except (zlib.error, gzip.BadGzipFile) as error:
            self.broken = f"the gzip data is damaged ({error}): fetch or compress the file again"
        except OSError as error:
            self.broken = f"reading failed ({error.strerror or error})"
        return b""
