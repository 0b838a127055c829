"""Opening a file: gzip or plain, text or not, and in which encoding."""

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

from kgraph.sources.record import UnreadableFileError

SAMPLE_SIZE = 64 * 1024
"""How many bytes of a file are looked at to tell its format."""

_NUL_SAMPLE = 8 * 1024
_GZIP = b"\x1f\x8b"
_BINARY = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive (also the form of .docx, .xlsx and .epub)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (_GZIP, "gzip within gzip"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x7fELF", "a program"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
)
_TEXT_ADVICE = "kgraph reads the text of a Daily Papers page, and JSON Lines (plain or gzip)"


@dataclass(frozen=True, slots=True)
class Encoding:
    """A text encoding and how many bytes of byte-order mark stand before the text."""

    codec: str
    mark: int


class TextFile:
    """A file opened for reading: its first bytes, its encoding, and its text once from the start.

    ``broken`` says, after reading, why the bytes ended early; None if they did not.
    """

    def __init__(self, raw: _TolerantStream, sample: bytes, encoding: Encoding) -> None:
        self._raw = raw
        self.encoding = encoding
        self.sample = sample[encoding.mark :].decode(encoding.codec, "replace")

    @property
    def broken(self) -> str | None:
        """Why reading ended before the file did, if it did."""
        return self._raw.broken

    def bytes(self, limit: int) -> bytes:
        """Return the text's bytes, byte-order mark included; UnreadableFileError if over the limit."""
        data = io.BufferedReader(self._raw).read(limit + 1)
        if len(data) > limit:
            raise UnreadableFileError(
                f"is larger than {limit // 1_000_000} MB, too much for one page: "
                "split it, or give the papers as JSON Lines"
            )
        return data

    def lines(self) -> io.TextIOWrapper:
        """Return the text to be read line by line; bytes that are no text come as lone surrogates.

        Line ends are kept, so that positions in the file can be counted.
        """
        errors = "surrogateescape" if self.encoding.codec == "utf-8" else "replace"
        buffered = io.BufferedReader(self._raw, SAMPLE_SIZE)
        buffered.read(self.encoding.mark)
        return io.TextIOWrapper(buffered, encoding=self.encoding.codec, errors=errors, newline="")


@contextmanager
def opened(path: Path) -> Iterator[TextFile]:
    """Open a text file, plain or gzip (told by its first bytes).

    Raises UnreadableFileError for what is missing, a directory, unreadable, empty
    or not text.
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


def decoded(data: bytes, encoding: Encoding, *, cut: bool = False) -> str:
    """Return the text of a whole file; UnreadableFileError says at which byte it is not text.

    ``cut`` says that the data broke off, perhaps within a character, which is left out.
    """
    try:
        return codecs.getincrementaldecoder(encoding.codec)().decode(data[encoding.mark :], final=not cut)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            not_text_at(error.start + encoding.mark, data[error.start + encoding.mark], encoding.codec)
        ) from None


def not_text_at(offset: int, byte: int, codec: str = "utf-8") -> str:
    """Return the sentence that says where a file is not text (offsets from 0) and what to do."""
    name = "UTF-8" if codec == "utf-8" else "UTF-16"
    return f"is not {name} text: byte {offset} is 0x{byte:02x}; save it as UTF-8"


def _text_file(file: BinaryIO) -> TextFile:
    raw = _TolerantStream(file)
    head = raw.look_ahead(len(_GZIP))
    if not head:
        raise UnreadableFileError(raw.broken or "is empty: nothing to read")
    if head == _GZIP:
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
    # UTF-32's little-endian mark begins with UTF-16's.
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
    for magic, name in _BINARY:
        if sample.startswith(magic):
            raise UnreadableFileError(f"looks like {name}, not like text: {_TEXT_ADVICE}")
    head = sample[:_NUL_SAMPLE]
    if encoding.codec != "utf-8" or 0 not in head:
        return
    # ASCII in UTF-16 has its zeros on one side of each pair only.
    zeros_on_one_side = min(head[::2].count(0), head[1::2].count(0)) == 0
    if zeros_on_one_side and head.count(0) * 3 > len(head):
        raise UnreadableFileError("looks like UTF-16 text without a byte-order mark: save it as UTF-8")
    raise UnreadableFileError(
        f"holds binary data (a zero byte at byte {head.index(0)}), not text: {_TEXT_ADVICE}"
    )


class _TolerantStream(io.RawIOBase):
    """Bytes of a file that may break off: what stands before the break is still read."""

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
        """Return the first bytes, without taking them; fewer only if there are no more."""
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
