"""Read exports of tagged lines: RIS, EndNote, MEDLINE and Web of Science.

They are one family. A line is a tag and a value, lines without a tag continue
the value before, and a tag begins a record. Each format is a :class:`Layout`
and a table from tags to the properties of a paper.

rispy reads two of the four. It reads the whole text at once, gives no line
numbers, silently skips lines before a record, loses a record without an
end tag, and fails if the first line of a record has no tag, so it is not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import TextIOBase
from typing import Any

from kgraph.sources.dates import written_date
from kgraph.sources.format import Item, RawRecord, Remark, UnreadRecord
from kgraph.sources.identifiers import find_arxiv, find_doi, find_pmid, find_url
from kgraph.sources.opening import TextFile, UnreadableFileError
from kgraph.sources.people import full_names, initials_first
from kgraph.sources.text import excerpt

MAX_RECORD_LENGTH = 10_000_000
"""The maximum number of characters of a record. Longer ones are reported."""

_LINE_COST = 10
_MAIN_SUBJECT = re.compile(r"^\*(?=\w)")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Layout:
    """The form of the lines of a format.

    ``line`` matches a line with a tag, as group 1, and its value, as group 2.
    ``start`` is the tag that begins a record, and ``end`` the tag that ends one.
    Tags of ``outside`` belong to the file. A line that continues a tag of
    ``lists`` is another value. With ``blank_ends``, a blank line ends a record.
    """

    line: re.Pattern[str]
    start: str
    end: str = ""
    outside: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    blank_ends: bool = False


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of each property. The first tag with a value decides, except for lists of keywords.

    ``initials`` are the tags of names such as ``Quill A``. ``separator`` splits
    the keywords of one line.
    """

    title: Sequence[str]
    abstract: Sequence[str]
    authors: Sequence[str]
    venue: Sequence[str]
    dates: Sequence[str]
    doi: Sequence[str]
    url: Sequence[str] = ()
    keywords: Sequence[str] = ()
    pmid: Sequence[str] = ()
    arxiv: Sequence[str] = ()
    references: Sequence[str] = ()
    initials: Sequence[str] = ()
    separator: str = ""


@dataclass(slots=True)
class _Record:
    """The values of one record by tag, each as its lines, and the line on which it begins."""

    line: int
    lines: dict[str, list[list[str]]] = field(default_factory=dict)
    tag: str = ""
    length: int = 0

    @property
    def too_long(self) -> bool:
        return self.length > MAX_RECORD_LENGTH

    def add(self, tag: str, value: str) -> None:
        self.tag = tag
        if self._has_room(value):
            self.lines.setdefault(tag, []).append([value])

    def extend(self, value: str, layout: Layout) -> None:
        if self._has_room(value):
            if self.tag in layout.lists:
                self.lines[self.tag].append([value])
            else:
                self.lines[self.tag][-1].append(value)

    def values(self) -> dict[str, list[str]]:
        return {
            tag: [text for lines in values if (text := " ".join(filter(None, lines)))]
            for tag, values in self.lines.items()
        }

    def _has_room(self, value: str) -> bool:
        # Short lines count too, because each needs memory.
        self.length += len(value) + _LINE_COST
        return not self.too_long


def tagged_records(file: TextFile, layout: Layout, tags: Tags) -> Iterator[Item]:
    """Yield the record of each entry of an export, or the reason why it has none.

    If the file is incomplete, its last record is not read. Raises
    UnreadableFileError for a file without records.
    """
    found = False
    last: _Record | None = None
    outside: list[tuple[int, str]] = []
    for item in _records(file.lines(), layout):
        if isinstance(item, _Record):
            if last:
                yield _item(last, tags)
            last, found = item, True
        else:
            outside.append(item)
    if file.broken:
        if not found or not last:
            raise UnreadableFileError(file.broken)
        yield UnreadRecord(last.line, f"{file.broken}; the records before the break were kept")
    elif last:
        yield _item(last, tags)
    else:
        raise UnreadableFileError("has no record")
    if outside:
        line, text = outside[0]
        yield Remark(
            f"{len(outside)} line(s) are not part of a record and were skipped, first line {line}: "
            f"{excerpt(text)!r}"
        )


def _records(stream: TextIOBase, layout: Layout) -> Iterator[_Record | tuple[int, str]]:
    """Yield each record, and the number and text of each line that is in none."""
    record: _Record | None = None
    ended = False
    for number, line in enumerate(bounded_lines(stream), 1):
        text = line.rstrip()
        if not text:
            if record and layout.blank_ends:
                yield record
                record = None
            continue
        match = layout.line.fullmatch(text)
        if match is None:
            if record and record.tag:
                record.extend(text.strip(), layout)
            elif text.strip("\ufeff"):
                yield number, text[:200]
            continue
        tag, value = match[1], (match[2] or "").strip()
        if tag in layout.outside and tag != layout.end:
            continue
        if record and tag == layout.start:
            yield record
            record = None
        if tag == layout.end:
            if record:
                yield record
            record, ended = None, True
            continue
        if ended and tag != layout.start:
            # Ovid adds lines after the end of a record.
            yield number, text[:200]
            continue
        ended = False
        record = record or _Record(number)
        record.add(tag, value)
    if record:
        yield record


def bounded_lines(stream: TextIOBase) -> Iterator[str]:
    """Yield the lines of a stream. A line of more than 10 million characters is cut there."""
    while line := stream.readline(MAX_RECORD_LENGTH + 1):
        yield line
        while len(line) > MAX_RECORD_LENGTH and not line.endswith(("\n", "\r")):
            line = stream.readline(MAX_RECORD_LENGTH + 1)


def not_utf8(values: Mapping[str, Any]) -> str | None:
    """Return why the texts of a record cannot be read, or None if all bytes of them are UTF-8."""
    for value in values.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and (match := _SURROGATE.search(text)):
                byte = ord(match[0]) & 0xFF
                return f"is not UTF-8 text (byte 0x{byte:02x}): save the file as UTF-8"
    return None


def _item(record: _Record, tags: Tags) -> Item:
    values = tagged_values(record.values(), tags)
    if record.too_long:
        reason = f"longer than {MAX_RECORD_LENGTH // 1_000_000} million characters"
        return UnreadRecord(record.line, reason, excerpt(values["title"] or ""))
    if not_text := not_utf8(values):
        return UnreadRecord(record.line, not_text)
    return RawRecord(record.line, values)


def tagged_values(found: Mapping[str, list[str]], tags: Tags) -> dict[str, Any]:
    """Return the values of a paper by property, given the values of a record by tag."""
    dates = [date for text in _each(found, tags.dates) if (date := written_date(text))]
    urls = [url for text in _each(found, tags.url) if (url := find_url(text))]
    author_tag = next((tag for tag in tags.authors if found.get(tag)), "")
    names = found.get(author_tag, [])
    addresses = {host: [url for url in urls if host in url] for host in ("doi.org/", "arxiv.org/")}
    return {
        "title": _first(found, tags.title),
        "abstract": _first(found, tags.abstract),
        "authors": full_names(map(initials_first, names) if author_tag in tags.initials else names),
        "venue": _first(found, tags.venue),
        # The most precise date has the most digits.
        "date": max(dates, key=len, default=None),
        "doi": _found(find_doi, [*_each(found, tags.doi), *addresses["doi.org/"]]),
        "url": next(iter(urls), None),
        "keywords": _keywords(_each(found, tags.keywords), tags.separator),
        "pmid": _found(find_pmid, _each(found, tags.pmid)),
        "arxiv": _found(find_arxiv, [*_each(found, tags.arxiv), *addresses["arxiv.org/"]]),
        "references": [doi for text in _each(found, tags.references) if (doi := find_doi(text))],
    }


def _each(found: Mapping[str, list[str]], tags: Sequence[str]) -> list[str]:
    return [value for tag in tags for value in found.get(tag, ()) if value]


def _first(found: Mapping[str, list[str]], tags: Sequence[str]) -> str | None:
    return next(iter(_each(found, tags)), None)


def _found(find: Callable[[str], str | None], texts: Sequence[str]) -> str | None:
    return next((value for text in texts if (value := find(text))), None)


def _keywords(texts: Sequence[str], separator: str) -> list[str]:
    words = [word.strip() for text in texts for word in (text.split(separator) if separator else [text])]
    # PsycINFO marks its main subjects with an asterisk.
    return list(dict.fromkeys(filter(None, (_MAIN_SUBJECT.sub("", word) for word in words))))
