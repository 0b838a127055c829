"""Read files: detect the format of each, turn its records into papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from kgraph.data import extraction_language
from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.paper_record import RecordError
from kgraph.source_record import SourceRecord
from kgraph.sources.documents import Document, documents
from kgraph.sources.format import PAGE_YEARS, Item, RawRecord, ReadOptions, Remark
from kgraph.sources.identity import normal_title
from kgraph.sources.inputs import InputFile, Unread, input_files
from kgraph.sources.paper import record_name, to_paper
from kgraph.sources.registry import GROUP, advice, detect_format, loaded_formats
from kgraph.sources.text import clean_line, excerpt
from kgraph.sources.unreadable import UnknownFormatError, UnreadableFileError

_MOST_NAMED = 20
"""The maximum number of skipped files that a notice names."""


@dataclass(frozen=True, slots=True)
class _Located:
    """A paper, the file and line on which its record begins, and whether the record gives the id."""

    file: str
    line: int
    paper: Paper
    has_id: bool


@dataclass(frozen=True, slots=True)
class _FirstRecord:
    """The position of the first record with an id, and a digest of its title."""

    file: str
    line: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Readable:
    """Reports that a file in these folders and archives can be read."""

    collections: tuple[str, ...]


_Read = _Located | Rejection | Notice


def read_records(
    paths: Iterable[Path | str], *, page_year: int | None = None, need_title: bool = False
) -> Iterator[SourceRecord | Rejection | Notice]:
    """Yield the records of files as a stream, in their order.

    A path is a file, a folder, a pattern or ``-`` for standard input, and a
    file may be compressed or an archive. ``page_year`` is the year of dates on
    a page that print none. With ``need_title``, a record without a title is a
    Rejection. An unreadable file among several is a Rejection with line 0. In a
    folder or an archive, files of no known format are named in a Notice. A
    format that cannot be loaded is a Notice.

    Raises InputError as :func:`check_inputs` does, but only after the last file.
    """
    for item in _read_items(paths, page_year, need_title):
        if isinstance(item, _Located):
            paper = item.paper if item.has_id else replace(item.paper, id="")
            yield SourceRecord(paper.source, item.line, paper)
        else:
            yield item


def read(
    paths: Iterable[Path | str], *, page_year: int | None = None, need_title: bool = False
) -> Iterator[Paper | Rejection | Notice]:
    """Yield the paper of each record, as :func:`read_records` reads it.

    Records are not merged. Ids are unique in one run. A later record with the
    same id is a Rejection that names the first and says whether it repeats the
    paper.
    """
    return _without_repeats(_read_items(paths, page_year, need_title))


def _read_items(paths: Iterable[Path | str], page_year: int | None, need_title: bool) -> Iterator[_Read]:
    options = _options(page_year)
    files = input_files(paths)
    for failure in loaded_formats().failures:
        yield Notice(GROUP, failure)
    items = _reported(_items_of(files, options))
    yield from _titled(items) if need_title else items


def check_inputs(paths: Iterable[Path | str], *, page_year: int | None = None) -> None:
    """Raise InputError for no files, a year out of range, and if none of the files can be read.

    Only the beginning of each file is read, and nothing of pipes and devices.
    """
    _options(page_year)
    list(_reported(_beginnings(input_files(paths))))


def _options(page_year: int | None) -> ReadOptions:
    first, last = PAGE_YEARS
    if page_year is not None and not first <= page_year <= last:
        raise InputError(f"the year of a page must be from {first} to {last}, not {page_year}")
    return ReadOptions(page_year)


def _beginnings(files: Iterable[InputFile | Unread]) -> Iterator[_Readable | Unread]:
    """Yield the files that cannot be read, up to the first that can."""
    for found in files:
        if isinstance(found, Unread):
            yield found
            continue
        if found.is_stream():
            yield _Readable(())
            return
        for document in documents(found):
            if isinstance(document, Unread):
                yield document
                continue
            try:
                detect_format(document.file.beginning, document.path)
            except UnreadableFileError as error:
                yield _unread(document, error)
            else:
                yield _Readable(document.collections)
                return


def _items_of(
    files: Iterable[InputFile | Unread], options: ReadOptions
) -> Iterator[_Read | _Readable | Unread]:
    for found in files:
        if isinstance(found, Unread):
            yield found
            continue
        for document in documents(found):
            if isinstance(document, Unread):
                yield document
                continue
            papers = _papers(document, options)
            try:
                first = next(papers, None)
                yield _Readable(document.collections)
                if first is not None:
                    yield first
                    yield from papers
            except UnreadableFileError as error:
                yield _unread(document, error)


def _unread(document: Document, error: UnreadableFileError) -> Unread:
    collection = next(iter(document.collections[-1:]), None)
    return Unread(document.name, str(error), collection, isinstance(error, UnknownFormatError))


def _reported(items: Iterable[_Read | _Readable | Unread]) -> Iterator[_Read]:
    """Yield the rejections of unreadable files, once a file can be read, and notices of skipped ones.

    Raises InputError after the last item if no file can be read.
    """
    held: list[Rejection] = []
    skipped: dict[str, list[str]] = {}
    readable: set[str] = set()
    begun = False
    for item in items:
        if isinstance(item, _Readable):
            begun = True
            readable.update(item.collections)
            yield from held
            held.clear()
        elif not isinstance(item, Unread):
            yield item
        elif item.unknown and item.collection is not None:
            name = item.name.removeprefix(item.collection).strip("/")
            skipped.setdefault(item.collection, []).append(f"{name} {item.reason}")
        else:
            reason = f"{item.reason}. {advice()}" if item.unknown else item.reason
            held.append(Rejection(item.name, 0, "", reason))
            if begun:
                yield held.pop()
    for collection, reasons in skipped.items():
        if collection in readable:
            yield Notice(collection, f"{len(reasons)} file(s) were skipped: {_first(reasons)}")
        else:
            reason = f"no file in it can be read: {_first(reasons)}. {advice()}"
            held.append(Rejection(collection, 0, "", reason))
    if not begun:
        raise InputError("\n".join(f"{entry.file}: {entry.reason}" for entry in held))
    yield from held


def _first(reasons: Sequence[str]) -> str:
    more = [f"and {len(reasons) - _MOST_NAMED} more"] if len(reasons) > _MOST_NAMED else []
    return "; ".join([*reasons[:_MOST_NAMED], *more])


def _papers(document: Document, options: ReadOptions) -> Iterator[_Read]:
    name = document.name
    # A file name may contain bytes that are not text, which a graph cannot store.
    source = clean_line(document.source)
    odd_dates: list[tuple[int, str]] = []
    left_out: Counter[str] = Counter()
    first_left_out: tuple[int, str] | None = None
    other_languages: Counter[str] = Counter()
    for item in _items(document, options):
        if isinstance(item, Remark):
            yield Notice(name, item.text)
        elif isinstance(item, RawRecord):
            try:
                found = to_paper(item.values, source)
            except RecordError as error:
                yield Rejection(name, item.line, excerpt(record_name(item.values)), str(error))
                continue
            if found.odd_date is not None:
                odd_dates.append((item.line, found.odd_date))
            for value in found.left_out:
                left_out[value.name] += 1
                first_left_out = first_left_out or (item.line, value.reason)
            if found.paper.language not in (None, extraction_language()):
                other_languages[str(found.paper.language)] += 1
            yield _Located(name, item.line, found.paper, found.has_id)
        else:
            yield Rejection(name, item.line, excerpt(item.record), item.reason)
    if odd_dates:
        line, date = odd_dates[0]
        yield Notice(
            name,
            f"{len(odd_dates)} date(s) were skipped, because they have no clear day or are not in the "
            f"calendar, first in line {line}: {excerpt(date)!r}",
        )
    if first_left_out:
        line, reason = first_left_out
        listed = ", ".join(f"{field} ({count})" for field, count in left_out.most_common())
        yield Notice(
            name, f"values were left out, and their papers kept: {listed}, first in line {line}: {reason}"
        )
    if other_languages:
        listed = ", ".join(f"{language} ({count})" for language, count in other_languages.most_common())
        yield Notice(
            name,
            f"papers in other languages than {extraction_language()} are kept, but concepts are not "
            f"extracted from them: {listed}",
        )


def _items(document: Document, options: ReadOptions) -> Iterator[Item]:
    file = document.file
    try:
        detection = detect_format(file.beginning, document.path)
    except UnknownFormatError:
        # Of an incomplete file, the break is the better reason.
        if file.broken:
            raise UnreadableFileError(file.broken) from None
        raise
    yield from map(Remark, document.remarks)
    yield from detection.remarks
    yield from detection.format.records(file, options)
    if file.undecoded:
        yield Remark(file.undecoded)


def _titled(items: Iterable[_Read]) -> Iterator[_Read]:
    for item in items:
        if isinstance(item, _Located) and not item.paper.title:
            yield Rejection(
                item.file, item.line, excerpt(item.paper.id), "a paper of the graph needs a title"
            )
        else:
            yield item


def _without_repeats(items: Iterable[_Read]) -> Iterator[Paper | Rejection | Notice]:
    seen: dict[str, _FirstRecord] = {}
    for item in items:
        if not isinstance(item, _Located):
            yield item
            continue
        paper = item.paper
        record = _FirstRecord(item.file, item.line, _digest(paper))
        first = seen.setdefault(paper.id, record)
        if first is record:
            yield paper
            continue
        where = f"{first.file}, line {first.line}"
        if first.digest == record.digest:
            reason = f"repeats the paper of {where}"
        else:
            reason = f"uses the id {excerpt(paper.id)!r} of another paper, {where}"
        yield Rejection(item.file, item.line, excerpt(paper.title or paper.id), reason)


def _digest(paper: Paper) -> bytes:
    text = normal_title(paper.title) or normal_title(paper.abstract)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
