"""Text files opened for reading."""

from __future__ import annotations

import codecs
import io

from kgraph.sources.encoding import Encoding, Repair, RepairedStream, detect_encoding
from kgraph.sources.refused import refused_binary
from kgraph.sources.streams import TolerantStream
from kgraph.sources.unreadable import UnknownFormatError, UnreadableFileError

__all__ = ["SAMPLE_SIZE", "TextFile", "UnknownFormatError", "UnreadableFileError", "not_text_at", "text_file"]

SAMPLE_SIZE = 64 * 1024
"""The number of bytes from which the format of a file is detected."""


class TextFile:
    """A text file opened for reading.

    ``beginning`` is the text of its first 64 kB. The whole text can be read
    once, by :meth:`text` or :meth:`lines`. Bytes that are not UTF-8 are read as
    Windows-1252.
    """

    def __init__(self, raw: TolerantStream, sample: bytes, encoding: Encoding) -> None:
        self._raw = raw
        self._repair = Repair(encoding)
        self.encoding = encoding
        beginning = sample[encoding.mark :].decode(encoding.codec, encoding.errors)
        self.beginning = Repair(encoding).repaired(beginning)

    @property
    def broken(self) -> str | None:
        """Return why reading ended before the end of the file, or None if it did not."""
        return self._raw.broken

    @property
    def undecoded(self) -> str | None:
        """Return a sentence about the bytes read so far that are not of the encoding, or None."""
        return self._repair.notice()

    def text(self, limit: int) -> str:
        """Return the whole text, or the part before a break.

        Raises UnreadableFileError if the file has more than ``limit`` bytes.
        """
        data = io.BufferedReader(self._raw).read(limit + 1)
        if len(data) > limit:
            raise UnreadableFileError(
                f"is larger than {limit // 1_000_000} MB: split it, or give the papers as JSON Lines"
            )
        # A break may be within a character, which is left out.
        decoder = codecs.getincrementaldecoder(self.encoding.codec)(self.encoding.errors)
        text = decoder.decode(data[self.encoding.mark :], final=self.broken is None)
        return self._repair.repaired(text)

    def lines(self) -> io.TextIOBase:
        """Return a stream of the text. Line ends are kept."""
        buffered = io.BufferedReader(self._raw, SAMPLE_SIZE)
        buffered.read(self.encoding.mark)
        stream = io.TextIOWrapper(
            buffered, encoding=self.encoding.codec, errors=self.encoding.errors, newline=""
        )
        return RepairedStream(stream, self._repair)


def text_file(raw: TolerantStream) -> TextFile:
    """Return the text file of a stream. Raises UnreadableFileError if it is empty or not text."""
    sample = raw.look_ahead(SAMPLE_SIZE)
    if not sample:
        raise UnreadableFileError(raw.broken or "is empty: nothing to read")
    if name := refused_binary(sample):
        raise UnknownFormatError(f"looks like {name}, not like text")
    file = TextFile(raw, sample, detect_encoding(sample))
    if len(sample) < SAMPLE_SIZE and not file.beginning.strip():
        raise UnreadableFileError(raw.broken or "is empty: it holds nothing but blanks")
    return file


def not_text_at(offset: int, byte: int, codec: str = "utf-8") -> str:
    """Return the reason for a file that is not text: the offset of the byte (from 0) and a remedy."""
    name = "UTF-8" if codec == "utf-8" else "UTF-16"
    return f"is not {name} text: byte {offset} is 0x{byte:02x}; save it as UTF-8"
