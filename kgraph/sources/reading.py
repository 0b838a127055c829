"""Read files: detect the format of each, turn its records into papers, reject repeats."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.paper_record import RecordError
from kgraph.sources.format import PAGE_YEARS, Item, RawRecord, ReadOptions, Remark
from kgraph.sources.identity import normal_title
from kgraph.sources.opening import UnknownFormatError, UnreadableFileError, opened
from kgraph.sources.paper import record_name, to_paper
from kgraph.sources.registry import GROUP, advice, detect_format, loaded_formats
from kgraph.sources.text import clean_line, excerpt


@dataclass(frozen=True, slots=True)
class _Located:
    """A paper and the line of its file on which it begins."""

    line: int
    paper: Paper


@dataclass(frozen=True, slots=True)
class _FirstRecord:
    """The position of the first record with an id, and a digest of its title."""

    file: str
    line: int
    digest: bytes


def read(
    paths: Iterable[Path | str], *, page_year: int | None = None, need_title: bool = False
) -> Iterator[Paper | Rejection | Notice]:
    """Yield the papers of files as a stream, in their order.

    Ids are unique in one run. A later record with the same id is a Rejection
    that names the first and says whether it repeats the paper. ``page_year`` is
    the year of dates on a page that print none. With ``need_title``, a record
    without a title is a Rejection. An unreadable file among several is a
    Rejection with line 0. A format that cannot be loaded is a Notice.

    Raises InputError as :func:`check_inputs` does, but only after the last file.
    """
    options = ReadOptions(page_year)
    files = _files(paths, options)
    for failure in loaded_formats().failures:
        yield Notice(GROUP, failure)
    seen: dict[str, _FirstRecord] = {}
    unreadable: list[str] = []
    for path in files:
        name = str(path)
        try:
            papers = _papers(path, name, options)
            yield from _without_repeats(_titled(papers, name) if need_title else papers, name, seen)
        except UnreadableFileError as error:
            reason = _reason(error)
            unreadable.append(f"{name}: {reason}")
            if len(files) > 1:
                yield Rejection(name, 0, "", reason)
    if len(unreadable) == len(files):
        raise InputError("\n".join(unreadable))


def check_inputs(paths: Iterable[Path | str], *, page_year: int | None = None) -> None:
    """Raise InputError for no files, a year out of range, and if none of the files can be read.

    Only the beginning of each file is read, and nothing of pipes and devices.
    """
    unreadable: list[str] = []
    for path in _files(paths, ReadOptions(page_year)):
        if _is_stream(path):
            return
        try:
            with opened(path) as file:
                detect_format(file.beginning, path)
        except UnreadableFileError as error:
            unreadable.append(f"{path}: {_reason(error)}")
        else:
            return
    raise InputError("\n".join(unreadable))


def _is_stream(path: Path) -> bool:
    """Return whether reading a path consumes it, as with pipes."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _files(paths: Iterable[Path | str], options: ReadOptions) -> list[Path]:
    first, last = PAGE_YEARS
    if options.page_year is not None and not first <= options.page_year <= last:
        raise InputError(f"the year of a page must be from {first} to {last}, not {options.page_year}")
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not files:
        raise InputError("no input: name at least one file")
    return files


def _papers(path: Path, name: str, options: ReadOptions) -> Iterator[_Located | Rejection | Notice]:
    # A file name may contain bytes that are not text, which a graph cannot store.
    source = clean_line(path.name)
    odd_dates: list[tuple[int, str]] = []
    left_out: Counter[str] = Counter()
    first_left_out: tuple[int, str] | None = None
    for item in _items(path, options):
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
            yield _Located(item.line, found.paper)
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


def _items(path: Path, options: ReadOptions) -> Iterator[Item]:
    with opened(path) as file:
        try:
            detection = detect_format(file.beginning, path)
        except UnknownFormatError:
            # Of an incomplete file, the break is the better reason.
            if file.broken:
                raise UnreadableFileError(file.broken) from None
            raise
        yield from detection.remarks
        yield from detection.format.records(file, options)


def _titled(
    items: Iterable[_Located | Rejection | Notice], file: str
) -> Iterator[_Located | Rejection | Notice]:
    for item in items:
        if isinstance(item, _Located) and not item.paper.title:
            yield Rejection(file, item.line, excerpt(item.paper.id), "a paper of the graph needs a title")
        else:
            yield item


def _without_repeats(
    items: Iterable[_Located | Rejection | Notice], file: str, seen: dict[str, _FirstRecord]
) -> Iterator[Paper | Rejection | Notice]:
    for item in items:
        if not isinstance(item, _Located):
            yield item
            continue
        paper = item.paper
        record = _FirstRecord(file, item.line, _digest(paper))
        first = seen.setdefault(paper.id, record)
        if first is record:
            yield paper
            continue
        where = f"{first.file}, line {first.line}"
        if first.digest == record.digest:
            reason = f"repeats the paper of {where}"
        else:
            reason = f"uses the id {excerpt(paper.id)!r} of another paper, {where}"
        yield Rejection(file, item.line, excerpt(paper.title or paper.id), reason)


def _digest(paper: Paper) -> bytes:
    text = normal_title(paper.title) or normal_title(paper.abstract)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _reason(error: UnreadableFileError) -> str:
    return f"{error}. {advice()}" if isinstance(error, UnknownFormatError) else str(error)
