"""A saved Daily Papers page, as the text that a browser copies.

A paper has a title, an abstract, and lines of which any may be missing: an
organisation (a handle and a name, or its name twice), ``• 5 authors``, ``·``,
and a date with or without a year, perhaps after "Published on" and followed by
the number of comments. Lines before the first paper, after the last and between
them (votes, navigation, links to code) are not part of a paper.

A page prints no year for dates of its own year, and it does not print that year
elsewhere. The year of all other dates is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR
from typing import Any

from kgraph.sources.dates import PageDate, iso_date
from kgraph.sources.format import Item, Match, RawRecord, ReadOptions, Remark, UnreadRecord
from kgraph.sources.opening import TextFile, UnreadableFileError
from kgraph.sources.page_layout import Role, read_layout
from kgraph.sources.page_lines import Line, has_page_marks, page_lines
from kgraph.sources.text import clean_line, excerpt

MAX_PAGE_BYTES = 10_000_000
"""A page is read as a whole. One of 39 papers has 67 kB."""


class DailyPapers:
    """A saved Daily Papers page."""

    name = "daily-papers"
    description = (
        "the text of a saved Daily Papers page (titles, abstracts, lines such as '• 5 authors' and 'Jun 21')"
    )
    # A .txt file may hold anything, so only the content decides.
    suffixes = ()

    def detect(self, beginning: str) -> Match:
        """Return POSSIBLE for signs of a page, which an abstract in another format may contain too."""
        return Match.POSSIBLE if has_page_marks(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield the papers of a page in its order, then remarks about its dates and unused lines."""
        return read_page(file, options.page_year)


FORMAT = DailyPapers()


@dataclass(slots=True)
class _Draft:
    """The lines of one paper."""

    title: list[Line] = field(default_factory=list)
    abstract: list[tuple[Role, Line]] = field(default_factory=list)
    organizations: list[Line] = field(default_factory=list)
    meta: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _PageYear:
    """The year of dates that print none, and its origin in words."""

    year: int | None
    origin: str


def read_page(file: TextFile, page_year: int | None) -> Iterator[Item]:
    """Yield the papers of a page in its order, then remarks about its dates and unused lines.

    ``page_year`` is the year of dates that print none. If the file is
    incomplete, its last paper is not read. Raises UnreadableFileError if the
    bytes are not text or the page has no paper.
    """
    text = file.text(MAX_PAGE_BYTES)
    drafts, others = _drafts(read_layout(page_lines(text)))
    if file.broken and drafts:
        last = drafts.pop().title[0]
        yield UnreadRecord(last.number, f"{file.broken}; the papers before the break were kept", last.text)
    if not drafts and file.broken:
        raise UnreadableFileError(file.broken)
    if not drafts:
        raise UnreadableFileError(
            "no paper was found on this page: expected are a title, an abstract and lines such as "
            "'• 5 authors' and 'Jun 21'; copy the text of the whole page"
        )
    year = _page_year(drafts, others, page_year)
    remarks: list[Remark] = []
    for draft in drafts:
        yield RawRecord(draft.title[0].number, _values(draft, year))
        remarks.extend(_date_remarks(draft, year))
    undated = sum(date is not None and date.year is None for date in map(_date, drafts))
    if undated:
        yield Remark(_year_text(year, undated))
    yield from remarks
    unused = [
        line for role, line in others if role is Role.FURNITURE and not line.furniture and not line.date
    ]
    if unused:
        yield Remark(
            f"{len(unused)} line(s) are not part of a paper and were skipped, first line {unused[0].number}: "
            f"{excerpt(unused[0].text)!r}"
        )


def _drafts(layout: Sequence[tuple[Role, Line]]) -> tuple[list[_Draft], list[tuple[Role, Line]]]:
    drafts: list[_Draft] = []
    others: list[tuple[Role, Line]] = []
    for role, line in layout:
        match role:
            case Role.TITLE:
                drafts.append(_Draft(title=[line]))
            case Role.TITLE_REST:
                drafts[-1].title.append(line)
            case Role.ABSTRACT | Role.ABSTRACT_REST:
                drafts[-1].abstract.append((role, line))
            case Role.ORGANIZATION:
                drafts[-1].organizations.append(line)
            case Role.META:
                drafts[-1].meta.append(line)
            case Role.HEADER | Role.FURNITURE:
                others.append((role, line))
    return drafts, others


def _values(draft: _Draft, page_year: _PageYear) -> Mapping[str, Any]:
    """Return the record of a paper."""
    printed = _date(draft)
    date = _iso_date(printed, page_year)
    # An impossible day may mean that the inferred year is wrong, so only a printed year is kept.
    year = printed.year if printed and date is None else None
    authors = [line.count for line in draft.meta if line.kind == "authors"]
    comments = [line.count for line in draft.meta if line.kind == "comments"]
    if printed and printed.comments is not None:
        comments = [printed.comments]
    return {
        "title": " ".join(line.text for line in draft.title),
        "abstract": _abstract(draft.abstract),
        "author_count": next(iter(authors), None),
        "organizations": [_organization(line) for line in draft.organizations],
        "date": date,
        "year": year or None,
        "comments": next(iter(comments), None),
    }


def _date_remarks(draft: _Draft, page_year: _PageYear) -> Iterator[Remark]:
    """Yield a remark if the date of a paper is not in the calendar."""
    printed = _date(draft)
    if not printed:
        return
    year = printed.year or page_year.year
    if (year and _iso_date(printed, page_year) is None) or iso_date(2000, printed.month, printed.day) is None:
        line = _date_line(draft)
        title = clean_line(" ".join(line.text for line in draft.title))
        yield Remark(
            f"line {line.number}: {line.text!r} is not a day of {year or 'any year'}; "
            f"the date of {excerpt(title)!r} was skipped"
        )


def _iso_date(printed: PageDate | None, page_year: _PageYear) -> str | None:
    if not printed:
        return None
    year = printed.year or page_year.year
    return iso_date(year, printed.month, printed.day) if year else None


def _abstract(lines: Sequence[tuple[Role, Line]]) -> str:
    """Return the text of an abstract: wrapped lines joined by spaces, paragraphs by an empty line."""
    text = ""
    for role, line in lines:
        separator = " " if role is Role.ABSTRACT_REST else "\n\n"
        text += (separator if text else "") + line.text
    return text


def _organization(line: Line) -> Mapping[str, str]:
    text = clean_line(line.text)
    if line.repeated:
        return {"handle": text.replace(" ", "-"), "name": text}
    handle, _, name = text.partition(" ")
    return {"handle": handle, "name": name or handle}


def _date(draft: _Draft) -> PageDate | None:
    return next((line.date for line in draft.meta if line.date), None)


def _date_line(draft: _Draft) -> Line:
    return next(line for line in draft.meta if line.date)


def _page_year(drafts: Sequence[_Draft], others: Sequence[tuple[Role, Line]], given: int | None) -> _PageYear:
    if given is not None:
        return _PageYear(given, "as given")
    own = next((line.date.year for _, line in others if line.date and line.date.year), None)
    if own:
        return _PageYear(own, "the year of the page's own date")
    latest = max((date.year for date in map(_date, drafts) if date and date.year), default=None)
    if latest is None or latest >= MAXYEAR:
        return _PageYear(None, "")
    return _PageYear(latest + 1, f"inferred: the year after {latest}, the latest that the page prints")


def _year_text(year: _PageYear, undated: int) -> str:
    if year.year is None:
        return (
            f"{undated} date(s) were skipped, because no date of the page prints a year; "
            "give the year of the page with --page-year"
        )
    advice = "" if year.origin == "as given" else "; --page-year sets another"
    return f"{undated} date(s) print no year and were read as {year.year} ({year.origin}){advice}"
