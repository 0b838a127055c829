"""From files to papers: one file a format, the format told from the content.

A saved Daily Papers page (:mod:`kgraph.sources.page`) and JSON Lines
(:mod:`kgraph.sources.jsonl`), each plain or gzip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources.identity import normal_title, paper_id
from kgraph.sources.jsonl import read_json
from kgraph.sources.opening import opened
from kgraph.sources.page import read_page
from kgraph.sources.record import Found, Item, UnreadableFileError, shown
from kgraph.sources.sniffing import format_of
from kgraph.sources.text import clean_line

__all__ = ["paper_id", "read"]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a paper was first read, and a hash that tells whether another is the same."""

    file: str
    line: int
    likeness: bytes


def read(
    paths: Iterable[Path | str], *, page_year: int | None = None, need_title: bool = False
) -> Iterator[Paper | Rejection | Notice]:
    """Yield what the files hold, in their order, as a stream.

    Ids are unique in one run: a later record with an id that was read before is
    a Rejection that says whether it repeats the paper or is another one, and
    where the first stands. ``page_year`` is the year of dates on a page that
    print none; with ``need_title`` a record without one is a Rejection. Of
    several files a bad one is a Rejection with line 0.

    Raises InputError for no files, a year out of range, and where no file can
    be read (at once for a single file, after the last of several).
    """
    if page_year is not None and not 1 <= page_year <= 9999:
        raise InputError(f"the page's year must lie in 1 to 9999, not {page_year}")
    files = [paths] if isinstance(paths, str | Path) else list(paths)
    if not files:
        raise InputError("no input: name at least one file")
    seen: dict[str, _Place] = {}
    unreadable: list[str] = []
    for path in files:
        name = str(path)
        try:
            items = _items(Path(path), name, page_year)
            if need_title:
                items = _titled(items, name)
            yield from _without_repeats(items, name, seen)
        except UnreadableFileError as error:
            unreadable.append(f"{name}: {error}")
            if len(files) > 1:
                yield Rejection(name, 0, "", str(error))
    if len(unreadable) == len(files):
        raise InputError("\n".join(unreadable))


def _items(path: Path, name: str, page_year: int | None) -> Iterator[Item]:
    # The name of a file may be bytes that are no text, which no graph can hold.
    source = clean_line(path.name)
    with opened(path) as file:
        try:
            form = format_of(file.sample, path)
        except UnreadableFileError:
            # What little stands before a break tells less than the break.
            if file.broken:
                raise UnreadableFileError(file.broken) from None
            raise
        if form == "page":
            yield from read_page(file, name, source, page_year)
        else:
            yield from read_json(file, name, source, form)


def _titled(items: Iterable[Item], file: str) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Found) and not item.paper.title:
            yield Rejection(file, item.line, shown(item.paper.id), "a paper of the graph needs a title")
        else:
            yield item


def _without_repeats(
    items: Iterable[Item], file: str, seen: dict[str, _Place]
) -> Iterator[Paper | Rejection | Notice]:
    for item in items:
        if not isinstance(item, Found):
            yield item
            continue
        paper = item.paper
        place = _Place(file, item.line, _likeness(paper))
        first = seen.setdefault(paper.id, place)
        if first is place:
            yield paper
            continue
        where = f"{first.file}, line {first.line}"
        if first.likeness == place.likeness:
            reason = f"repeats the paper of {where}"
        else:
            reason = f"uses the id {shown(paper.id)!r} of another paper, {where}"
        yield Rejection(file, item.line, shown(paper.title or paper.id), reason)


def _likeness(paper: Paper) -> bytes:
    text = normal_title(paper.title) or normal_title(paper.abstract)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
