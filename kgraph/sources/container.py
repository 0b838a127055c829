"""The protocol of a container: a file around files of any format."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from kgraph.registry import built_in
from kgraph.sources.streams import Readable


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a container, which can be read until the next one is taken.

    ``name`` is its path in the container, or empty if the container holds one
    file. ``remarks`` are sentences for the summary of a build.
    """

    name: str
    stream: Readable
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadMember:
    """A file in a container that cannot be read, and the reason."""

    name: str
    reason: str


class Container(Protocol):
    """A file around other files, detected by its first bytes.

    ``noun`` names it in messages, as in "the gzip data is damaged". ``seeks``
    says that it must be read from a file in which one can seek. ``errors`` are
    the exceptions that its streams raise for damaged data, besides EOFError.
    """

    name: str
    description: str
    noun: str
    magics: tuple[bytes, ...]
    seeks: bool
    errors: tuple[type[Exception], ...]

    def members(self, file: io.BufferedIOBase) -> Iterator[Member | UnreadMember]:
        """Yield each file in it. Raises UnreadableFileError if the container cannot be opened."""


@cache
def containers() -> Mapping[str, Container]:
    """Return all containers by name."""
    return built_in("kgraph.sources.containers", "CONTAINER")


def container_of(beginning: bytes) -> Container | None:
    """Return the container that begins with these bytes, or None."""
    return next((entry for entry in containers().values() if beginning.startswith(entry.magics)), None)
