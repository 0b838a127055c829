"""The text of a listing of arXiv (arxiv.org/list/…), as a browser copies it.

An entry begins with a line such as ``[1] arXiv:2104.00001 [pdf, html, other]``.
Lines with a label follow (Title, Comments, Subjects …), the authors without or
with a label after the title, and on pages of new submissions the abstract.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kgraph.sources.format import Item, Match, RawRecord, ReadOptions, UnreadRecord
from kgraph.sources.identifiers import find_doi
from kgraph.sources.opening import TextFile, UnreadableFileError
from kgraph.sources.people import full_names
from kgraph.sources.tagged import MAX_RECORD_LENGTH, bounded_lines, not_utf8

_ID = r"arXiv:(?P<id>[0-9]{4}\.[0-9]{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/[0-9]{7})"
_ENTRY = re.compile(rf"\s*\[[0-9]{{1,6}}\]\s+{_ID}(?:v[0-9]+)?(?:\s.*)?")
_FIRST_ENTRY = re.compile(rf"^[ \t]*\[[0-9]{{1,6}}\]\s+{_ID}\b[^\n]*\n\s*Title:", re.MULTILINE)
_LABELS = "Title|Authors?|Comments|Subjects|Journal-ref|Report-no|[A-Z]{3}-class|DOI|Abstract"
_LABELLED = re.compile(rf"(?P<label>{_LABELS})\s*:\s*(?P<text>.*)")
_SECTION = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}\b.*"
    r"|(?:New|Cross|Replacement) submissions(?: for .*)?(?: \(.*\))?"
    r"|.*\(showing [0-9]+ of [0-9]+ entries ?\)|(?:Total of [0-9]+ entries|Showing up to [0-9]+ entries).*",
)
_NOT_SHOWN = re.compile(r",?\s*et al\.?\s*\([0-9]+ additional authors? not shown.*", re.IGNORECASE)
_CATEGORY = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)")
_LINE_COST = 10


@dataclass(slots=True)
class _Entry:
    """The lines of one entry by label. A line without a label is one of the authors or the abstract."""

    line: int
    id: str
    texts: dict[str, list[str]] = field(default_factory=dict)
    label: str = ""
    length: int = 0

    @property
    def too_long(self) -> bool:
        return self.length > MAX_RECORD_LENGTH

    def add(self, label: str, text: str) -> None:
        self.label = label
        # Short lines count too, because each needs memory.
        self.length += len(text) + _LINE_COST
        if not self.too_long:
            self.texts.setdefault(label, []).append(text.strip())

    def text(self, label: str) -> str:
        return " ".join(filter(None, self.texts.get(label, ())))


class ArxivListing:
    """Entries of a page that lists new or recent submissions."""

    name = "arxiv-listing"
    description = "the text of a listing of arXiv (arxiv.org/list)"
    # A .txt file may hold anything, so only the content decides.
    suffixes = ()

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for a numbered arXiv id followed by a title."""
        return Match.CERTAIN if _FIRST_ENTRY.search(beginning) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each entry."""
        del options
        last: _Entry | None = None
        for entry in _entries(bounded_lines(file.lines())):
            if last:
                yield _item(last)
            last = entry
        if last is None:
            raise UnreadableFileError(file.broken or "has no entry")
        if file.broken:
            yield UnreadRecord(last.line, f"{file.broken}; the records before the break were kept")
        else:
            yield _item(last)


FORMAT = ArxivListing()


def _entries(lines: Iterable[str]) -> Iterator[_Entry]:
    entry: _Entry | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if start := _ENTRY.fullmatch(text):
            if entry:
                yield entry
            entry = _Entry(number, start["id"])
        elif entry is None or not text:
            continue
        elif _SECTION.fullmatch(text):
            yield entry
            entry = None
        elif labelled := _LABELLED.fullmatch(text):
            entry.add(labelled["label"].removesuffix("s"), labelled["text"])
        else:
            entry.add(_unlabelled(entry), text)
    if entry:
        yield entry


def _unlabelled(entry: _Entry) -> str:
    """Return the label of a line without one."""
    if entry.label in ("Title", "Author"):
        return "Author"
    return "Abstract"


def _item(entry: _Entry) -> Item:
    if entry.too_long:
        return UnreadRecord(
            entry.line, f"longer than {MAX_RECORD_LENGTH // 1_000_000} million characters", entry.id
        )
    values = _values(entry)
    not_text = not_utf8(values)
    return UnreadRecord(entry.line, not_text, entry.id) if not_text else RawRecord(entry.line, values)


def _values(entry: _Entry) -> Mapping[str, Any]:
    """Return the values of a paper. The month of its first version is part of its id."""
    authors = _NOT_SHOWN.sub("", entry.text("Author"))
    digits = entry.id.rpartition("/")[2]
    century = 2000 if int(digits[:2]) < 91 else 1900
    return {
        "id": entry.id,
        "title": entry.text("Title"),
        "abstract": entry.text("Abstract"),
        "authors": full_names(authors.split(",")),
        "date": f"{century + int(digits[:2])}-{digits[2:4]}",
        "venue": entry.text("Journal-ref") or None,
        "url": f"https://arxiv.org/abs/{entry.id}",
        "keywords": _CATEGORY.findall(entry.text("Subject")),
        "doi": find_doi(entry.text("DOI")),
        "arxiv": entry.id,
    }
