"""The protocol of an input format, and the records that a format yields.

A format of another package implements :class:`SourceFormat` and is registered
as an entry point in the group ``kgraph.sources``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, runtime_checkable

from kgraph.sources.opening import TextFile


class Match(IntEnum):
    """How well the beginning of a text fits a format. The best match reads the file."""

    NO = 0
    POSSIBLE = 1
    """Such text is usual in the format, and other texts may contain it too."""
    LIKELY = 2
    CERTAIN = 3
    """Only this format begins like that."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record before cleaning, and the line (from 1) on which it begins.

    ``values`` maps the properties of ``schemas/paper.schema.json`` to values.
    Other properties are ignored.
    """

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnreadRecord:
    """A record that a format cannot read: its line, the reason, and its title or id if known."""

    line: int
    reason: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about the file for the summary of a build."""

    text: str


Item = RawRecord | UnreadRecord | Remark
"""A value that a format yields."""


PAGE_YEARS = (1900, 2999)
"""The first and the last year of a page. Others are typing errors."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The options of a reading. ``page_year`` is the year of dates on a page that print none."""

    page_year: int | None = None


@runtime_checkable
class SourceFormat(Protocol):
    """An input format."""

    @property
    def name(self) -> str:
        """Return the name, such as ``json-lines``, which no other format has."""

    @property
    def description(self) -> str:
        """Return a noun phrase for help texts and errors: "kgraph reads …"."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Return the usual suffixes, such as ``.jsonl``. They only decide if the content does not."""

    def detect(self, beginning: str) -> Match:
        """Return how well a text fits, given its first 64 kB without outer blanks."""

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield the records of a file in their order.

        Raises UnreadableFileError if the file as a whole cannot be read. If
        ``file.broken`` is set after reading, the file is incomplete: the format
        yields the records before the break and reports the break.
        """
