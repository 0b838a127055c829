"""Zip archives."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import cast

from kgraph.sources.container import Member, UnreadMember
from kgraph.sources.unreadable import UnknownFormatError, UnreadableFileError

MAX_MEMBERS = 100_000
"""The maximum number of files in an archive."""

_MAX_DIRECTORY = 100_000_000
"""The maximum size in bytes of the directory of an archive, which is read as a whole."""

_END_OF_ARCHIVE = struct.Struct("<4s8xL6x")
_LONGEST_COMMENT = 65_535
_ENCRYPTED = 0x1
_DOCUMENTS = {"[Content_Types].xml": "an Office document", "mimetype": "an OpenDocument or EPUB file"}
"""Members that only these formats have, which are zip archives too."""


class Zip:
    """A zip archive, in which each member is a file. Nothing is written to disk."""

    name = "zip"
    description = "a zip archive, where each member is a file"
    noun = "zip"
    magics = (b"PK\x03\x04", b"PK\x05\x06")
    seeks = True
    # Damaged data of bzip2 raises OSError without a number.
    errors = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError)

    def members(self, file: io.BufferedIOBase) -> Iterator[Member | UnreadMember]:
        """Yield each member in the order of the archive."""
        with _archive(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries, file)
            for entry in entries:
                if entry.flag_bits & _ENCRYPTED:
                    yield UnreadMember(entry.filename, "is encrypted: unpack it with its password")
                    continue
                try:
                    stream = cast("zipfile.ZipExtFile", archive.open(entry))
                except NotImplementedError:
                    reason = "is compressed by a method that Python cannot read: unpack it"
                    yield UnreadMember(entry.filename, reason)
                except (*self.errors, EOFError) as error:
                    yield UnreadMember(entry.filename, f"the zip data is damaged ({error}): fetch it again")
                else:
                    with stream:
                        yield Member(entry.filename, stream)


CONTAINER = Zip()


def _archive(file: io.BufferedIOBase) -> zipfile.ZipFile:
    if _directory_size(file) > _MAX_DIRECTORY:
        raise UnreadableFileError("has more members than kgraph reads: unpack it and name the folder")
    try:
        return zipfile.ZipFile(file)
    except NotImplementedError as error:
        raise UnreadableFileError(f"is a zip archive that Python cannot read ({error}): unpack it") from None
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, struct.error) as error:
        raise UnreadableFileError(
            f"the zip archive is damaged or cut short ({error}): fetch it again"
        ) from None


def _check(entries: list[zipfile.ZipInfo], file: io.BufferedIOBase) -> None:
    """Raise UnreadableFileError for an archive that is an office document, empty, or made to do harm."""
    if len(entries) > MAX_MEMBERS:
        raise UnreadableFileError(f"has more than {MAX_MEMBERS:,} members: unpack it and name the folder")
    for entry in entries:
        if name := _DOCUMENTS.get(entry.filename):
            raise UnknownFormatError(f"looks like {name}, not like text")
    if not entries:
        raise UnreadableFileError("is an empty zip archive: nothing to read")
    if sum(entry.compress_size for entry in entries) > file.seek(0, io.SEEK_END):
        raise UnreadableFileError(
            "has members that overlap, as a decompression bomb does: unpack it yourself if you trust it"
        )


def _directory_size(file: io.BufferedIOBase) -> int:
    """Return the size in bytes of the directory, as the end of the archive gives it, or 0 without an end."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _LONGEST_COMMENT - _END_OF_ARCHIVE.size))
    tail = file.read()
    start = tail.rfind(b"PK\x05\x06")
    if start < 0 or len(tail) - start < _END_OF_ARCHIVE.size:
        return 0
    directory_size: int = _END_OF_ARCHIVE.unpack_from(tail, start)[1]
    return directory_size
