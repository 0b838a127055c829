"""Detect the encoding of a text, and read single bytes of another one."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass

from kgraph.sources.text import excerpt
from kgraph.sources.unreadable import UnknownFormatError, UnreadableFileError

_NUL_SAMPLE = 8 * 1024
_MARKS = (
    # The little-endian mark of UTF-32 begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32"}
_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9_-]{1,20})")
_DECLARED = re.compile(
    r"iso-8859-\d+|windows-125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc-(?:jp|kr)"
)
_ESCAPED = re.compile("[\udc80-\udcff]")
_ESCAPED_RUN = re.compile("[\udc80-\udcff]{3,}")
# Windows-1252 is Latin-1 with quotes and dashes in place of control characters.
_WINDOWS_1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_AROUND = 20


@dataclass(frozen=True, slots=True)
class Encoding:
    """A text encoding, and the length of the byte-order mark in bytes."""

    codec: str
    mark: int = 0

    @property
    def errors(self) -> str:
        """Return how a decoder should treat bytes that are not of this encoding."""
        return "surrogateescape" if self.codec == "utf-8" else "replace"


def detect_encoding(sample: bytes) -> Encoding:
    """Return the encoding of a text, given its beginning.

    Raises UnknownFormatError for binary data, and UnreadableFileError for text
    of an encoding that is not known.
    """
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return Encoding(codec, len(mark))
    head = sample[:_NUL_SAMPLE]
    if 0 in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        # In UTF-16, ASCII has its zero bytes on the same side of each pair.
        if min(even, odd) == 0 and (even + odd) * 3 > len(head):
            return Encoding("utf-16-be" if even else "utf-16-le")
        raise UnknownFormatError(f"holds binary data (a zero byte at byte {head.index(0)}), not text")
    declared = _DECLARATION.match(sample)
    if declared and _DECLARED.fullmatch(name := declared[1].decode().lower()):
        return Encoding(_known_codec(name))
    _refuse_unknown(sample)
    return Encoding("utf-8")


def _known_codec(name: str) -> str:
    """Return the codec of a name, or UTF-8 if there is none, as for ISO-8859-12."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"


def _refuse_unknown(sample: bytes) -> None:
    """Raise UnreadableFileError for bytes that are neither UTF-8 nor a Western European text."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    # The sample may end within a character.
    text = decoder.decode(sample)
    odd = len(_ESCAPED.findall(text))
    decoded = sum(not character.isascii() for character in text) - odd
    in_runs = sum(map(len, _ESCAPED_RUN.findall(text)))
    # In Western European languages, letters outside ASCII rarely follow each other.
    if odd > decoded and in_runs * 3 > odd:
        start = next(_ESCAPED.finditer(text)).start()
        offset = len(text[:start].encode("utf-8", "surrogateescape"))
        raise UnreadableFileError(
            f"is neither UTF-8 nor Windows-1252 text: byte {offset} is 0x{sample[offset]:02x}; "
            "save it as UTF-8"
        )


class Repair:
    """Replace the marks that decoding left for undecodable bytes, and count them."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._count = 0
        self._first = ""

    def repaired(self, text: str) -> str:
        """Return the text with bytes that are not UTF-8 read as Windows-1252."""
        if text.isascii():
            return text
        if self._encoding.codec != "utf-8":
            self._add(text, text.count("\ufffd"), text.find("\ufffd"))
            return text
        match = _ESCAPED.search(text)
        if match is None:
            return text
        repaired = text.translate(_WINDOWS_1252)
        self._add(repaired, len(_ESCAPED.findall(text)), match.start())
        return repaired

    def notice(self) -> str | None:
        """Return a sentence about the bytes that could not be decoded, or None if there were none."""
        if not self._count:
            return None
        first = f"first in {excerpt(self._first)!r}"
        if self._encoding.codec == "utf-8":
            return f"{self._count} byte(s) are not UTF-8 and were read as Windows-1252, {first}"
        name = _NAMES.get(self._encoding.codec, self._encoding.codec)
        return f"{self._count} character(s) are not {name} and are U+FFFD now, {first}"

    def _add(self, text: str, count: int, index: int) -> None:
        if count and not self._count:
            self._first = text[max(0, index - _AROUND) : index + _AROUND]
        self._count += count


class RepairedStream(io.TextIOBase):
    """A text stream whose undecodable bytes are repaired."""

    def __init__(self, stream: io.TextIOWrapper, repair: Repair) -> None:
        self._stream = stream
        self._repair = repair

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1, /) -> str:
        """Return at most ``size`` characters, or all if it is negative."""
        return self._repair.repaired(self._stream.read(size))

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Return the next line, or at most ``size`` characters of it."""
        return self._repair.repaired(self._stream.readline(size))
