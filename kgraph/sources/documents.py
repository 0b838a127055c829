"""Open the text files in an input: itself, or those in its containers."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO

from kgraph.sources.container import Container, Member, UnreadMember, container_of
from kgraph.sources.inputs import InputFile, Unread, is_hidden
from kgraph.sources.opening import SAMPLE_SIZE, TextFile, text_file
from kgraph.sources.streams import CountedFile, Packing, TolerantStream
from kgraph.sources.unreadable import UnknownFormatError, UnreadableFileError

MAX_DEPTH = 2
"""The maximum number of containers around a file, as in a zip archive of gzip files."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text file, which can be read until the next one is taken.

    ``source`` is its name for the graph, without folders. ``path`` has the
    suffix that may decide about its format. ``collections`` are the folder and
    the archives around it.
    """

    name: str
    source: str
    path: PurePath
    file: TextFile
    collections: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of a file: see :class:`Document`."""

    name: str
    source: str
    path: PurePath
    collections: tuple[str, ...]
    containers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def unread(self, error: UnreadableFileError) -> Unread:
        unknown = isinstance(error, UnknownFormatError)
        return Unread(self.name, str(error), next(iter(self.collections[-1:]), None), unknown)

    def member(self, container: Container, member: Member | UnreadMember) -> _Place:
        inner = replace(self, containers=(*self.containers, container.noun))
        if isinstance(member, Member):
            inner = replace(inner, remarks=(*self.remarks, *member.remarks))
        if not member.name:
            return inner
        return replace(
            inner,
            name=f"{self.name}/{member.name}",
            source=f"{self.source}/{member.name}",
            path=PurePosixPath(member.name),
            collections=(*self.collections, self.name),
        )


@dataclass(frozen=True, slots=True)
class _Outer:
    """The file around all containers, and how much of it was read before a member."""

    file: CountedFile
    before: int = 0

    def packed(self) -> int:
        """Return the number of bytes that were read for the member."""
        return self.file.count - self.before


def documents(found: InputFile) -> Iterator[Document | Unread]:
    """Yield the text files in an input, and the files in it that cannot be read."""
    path = found.path or Path(found.name)
    place = _Place(found.name, path.name, path, (found.folder,) if found.folder else ())
    try:
        with _opened(found.path) as file:
            yield from _documents(file, place)
    except UnreadableFileError as error:
        yield place.unread(error)


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    """Open a file, or standard input. Raises UnreadableFileError if that is not possible."""
    if path is None:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise UnreadableFileError("no such file: check the name and the folder") from None
    except PermissionError:
        raise UnreadableFileError("may not be read: check its permissions") from None
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"cannot be opened ({error}): check the name") from None
    with file:
        yield file


def _documents(file: BinaryIO, place: _Place) -> Iterator[Document | Unread]:
    counted = CountedFile(file)
    start = TolerantStream(counted)
    container = container_of(start.look_ahead(SAMPLE_SIZE))
    if container is None:
        yield from _document(start, place)
        return
    with ExitStack() as stack:
        if container.seeks and file.seekable():
            file.seek(0)
            source: io.RawIOBase = counted
        elif container.seeks:
            counted = CountedFile(stack.enter_context(_copied(start)))
            source = counted
        else:
            source = start
        yield from _members(container, source, _Outer(counted), place)


def _members(
    container: Container, source: io.RawIOBase, outer: _Outer, place: _Place
) -> Iterator[Document | Unread]:
    """Yield the text files in a container."""
    for member in container.members(io.BufferedReader(source)):
        inner = place.member(container, member)
        if member.name and is_hidden(PurePosixPath(member.name)):
            yield inner.unread(UnknownFormatError("is hidden"))
        elif isinstance(member, UnreadMember):
            yield inner.unread(UnreadableFileError(member.reason))
        else:
            start = _Outer(outer.file, outer.file.count) if member.name else outer
            packing = Packing(container.noun, container.errors, start.packed)
            try:
                yield from _unpacked(TolerantStream(member.stream, packing), start, inner)
            except UnreadableFileError as error:
                yield inner.unread(error)


def _unpacked(stream: TolerantStream, outer: _Outer, place: _Place) -> Iterator[Document | Unread]:
    """Yield the text file of a stream, or those in a container that it contains."""
    container = container_of(stream.look_ahead(SAMPLE_SIZE))
    if container is None:
        yield from _document(stream, place)
    elif len(place.containers) == MAX_DEPTH:
        within = " within ".join((container.noun, *reversed(place.containers)))
        raise UnreadableFileError(f"is {within}: unpack it first")
    elif container.seeks:
        with _copied(stream) as copy:
            if stream.broken:
                raise UnreadableFileError(stream.broken)
            yield from _members(container, CountedFile(copy), outer, place)
    else:
        yield from _members(container, stream, outer, place)


def _document(stream: TolerantStream, place: _Place) -> Iterator[Document | Unread]:
    try:
        file = text_file(stream)
    except UnreadableFileError as error:
        yield place.unread(error)
    else:
        yield Document(place.name, place.source, place.path, file, place.collections, place.remarks)


@contextmanager
def _copied(stream: TolerantStream) -> Iterator[BinaryIO]:
    """Copy a stream into a temporary file in which one can seek."""
    with tempfile.TemporaryFile() as copy:
        try:
            shutil.copyfileobj(io.BufferedReader(stream), copy)
        except OSError as error:
            raise UnreadableFileError(
                f"cannot be copied to {tempfile.gettempdir()} ({os.strerror(error.errno or 0)})"
            ) from None
        copy.seek(0)
        yield copy
