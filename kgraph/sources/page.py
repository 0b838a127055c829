"""The saved Daily Papers page, as the text that a browser copies.

A paper is a title, an abstract, and lines of which any may be missing: an
organisation (a handle and a name), ``• 5 authors``, ``·``, a date with or
without a year and behind it the number of comments. What stands before the
first paper, behind the last and between them (votes, navigation) belongs to
none.

Dates without a year lie in the page's own year, which the page does not
print: it prints the year of every date that lies in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kgraph.model import Notice, Organization, Paper, Rejection
from kgraph.sources.dates import PageDate, iso_date
from kgraph.sources.identity import paper_id
from kgraph.sources.opening import TextFile, decoded
from kgraph.sources.page_layout import Role, read_layout
from kgraph.sources.page_lines import Line, page_lines
from kgraph.sources.record import Found, Item, UnreadableFileError, shown
from kgraph.sources.text import clean_line

MAX_PAGE_BYTES = 10_000_000
"""A page is read as a whole; one of 39 papers has 67 kB."""

_LAST_YEAR = 9999


@dataclass(slots=True)
class _Draft:
    """The lines of one paper."""

    title: list[Line] = field(default_factory=list)
    abstract: list[tuple[Role, Line]] = field(default_factory=list)
    organizations: list[Line] = field(default_factory=list)
    meta: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _PageYear:
    """The year of dates that print none, and how it was come by."""

    year: int | None
    origin: str


def read_page(file: TextFile, name: str, source: str, page_year: int | None) -> Iterator[Item]:
    """Yield the papers of a page in its order, then notices about its dates and unused lines.

    Where the file breaks off (cut gzip), the paper at the break is a rejection.
    ``name`` is how messages call the file and ``source`` what its papers carry.
    Raises UnreadableFileError if the bytes are no text or the page has no paper.
    """
    text = decoded(file.bytes(MAX_PAGE_BYTES), file.encoding, cut=file.broken is not None)
    drafts, others = _drafts(read_layout(page_lines(text)))
    if file.broken and drafts:
        last = drafts.pop().title[0]
        reason = f"{file.broken}; the papers before the break were kept"
        yield Rejection(name, last.number, shown(last.text), reason)
    if not drafts and file.broken:
        raise UnreadableFileError(file.broken)
    if not drafts:
        raise UnreadableFileError(
            "no paper was found on this page: expected are a title, an abstract and lines such as "
            "'• 5 authors' and 'Jun 21'; copy the text of the whole page"
        )
    year = _page_year(drafts, others, page_year)
    notices: list[Notice] = []
    for draft in drafts:
        paper, complaint = _paper(draft, source, year)
        yield Found(draft.title[0].number, paper)
        if complaint:
            notices.append(Notice(name, complaint))
    undated = sum(date is not None and date.year is None for date in map(_date, drafts))
    if undated:
        yield Notice(name, _year_text(year, undated))
    yield from notices
    unused = [
        line for role, line in others if role is Role.FURNITURE and not line.furniture and not line.date
    ]
    if unused:
        yield Notice(
            name,
            f"{len(unused)} line(s) belong to no paper and were passed over, first line {unused[0].number}: "
            f"{shown(unused[0].text)!r}",
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


def _paper(draft: _Draft, source: str, page_year: _PageYear) -> tuple[Paper, str | None]:
    """Return the paper and what is to be said of its date, if anything is."""
    title = clean_line(" ".join(line.text for line in draft.title))
    abstract = _abstract(draft.abstract)
    printed = _date(draft)
    year = (printed.year or page_year.year) if printed else None
    date = iso_date(year, printed.month, printed.day) if printed and year else None
    complaint = None
    if printed and ((date is None and year) or iso_date(2000, printed.month, printed.day) is None):
        stands = _date_line(draft)
        complaint = f"line {stands.number}: {stands.text!r} is no day of {year or 'any year'}; "
        complaint += f"the date of {shown(title)!r} is left out"
        # A day that the taken year does not have speaks against that year.
        year = printed.year
    counts = [line.count for line in draft.meta if line.kind == "comments"]
    authors = [line.count for line in draft.meta if line.kind == "authors"]
    paper = Paper(
        id=paper_id(title, abstract),
        title=title,
        abstract=abstract,
        author_count=authors[0] if authors else None,
        organizations=tuple(_organization(line.text) for line in draft.organizations),
        date=date,
        year=year,
        comments=printed.comments if printed and printed.comments is not None else next(iter(counts), None),
        source=source,
    )
    return paper, complaint


def _abstract(lines: Sequence[tuple[Role, Line]]) -> str:
    """Wrapped lines are joined by spaces, paragraphs by an empty line."""
    text = ""
    for role, line in lines:
        separator = " " if role is Role.ABSTRACT_REST else "\n\n"
        text += (separator if text else "") + line.text
    return text


def _organization(text: str) -> Organization:
    handle, _, name = clean_line(text).partition(" ")
    return Organization(handle, name or handle)


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
    if latest is None or latest >= _LAST_YEAR:
        return _PageYear(None, "")
    return _PageYear(latest + 1, f"inferred: the year after {latest}, the latest that the page prints")


def _year_text(year: _PageYear, undated: int) -> str:
    if year.year is None:
        return (
            f"{undated} date(s) print no year and neither does any other date of the page, so they are left "
            "out; give the page's year with --page-year"
        )
    advice = "" if year.origin == "as given" else "; --page-year sets another"
    return f"{undated} date(s) print no year and were read as {year.year} ({year.origin}){advice}"
