"""Tables of comma- or tab-separated values, as databases, publishers and spreadsheets export them.

Columns are recognised by their names. Text before the header, such as the line
about the export that Dimensions writes, is skipped.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgraph.sources.format import Item, Match, RawRecord, ReadOptions, Remark, UnreadRecord
from kgraph.sources.formats.web_of_science import LAYOUT as WEB_OF_SCIENCE_LAYOUT
from kgraph.sources.formats.web_of_science import TAGS as WEB_OF_SCIENCE_TAGS
from kgraph.sources.identifiers import find_arxiv, find_doi, find_url
from kgraph.sources.name_lists import names_in, separated_names
from kgraph.sources.opening import TextFile, UnreadableFileError
from kgraph.sources.property_names import PropertyNames, property_named
from kgraph.sources.tagged import MAX_RECORD_LENGTH, bounded_lines, not_utf8, tagged_values
from kgraph.sources.text import excerpt

# The default of the csv module is less than the affiliations of a large collaboration.
csv.field_size_limit(MAX_RECORD_LENGTH)

_DELIMITERS = (",", "\t", ";", "|")
_HEADER_WITHIN = 5
_LONGEST_HEADER = 20_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_NEEDED = frozenset({"title", "abstract"})
_TITLE_OR_ABSTRACT = re.compile(r"title|abstract", re.IGNORECASE)
_WEB_OF_SCIENCE = frozenset({"PT", "AU", "TI", "SO"})
# R and Excel write these into empty cells.
_MISSING = frozenset({"NA", "#N/A"})
_PMID = re.compile(r"(?:.*pubmed.*/)?\s*([0-9]{1,12})(?:\.0)?[\s/]*", re.IGNORECASE)
_ROW_NUMBER = re.compile(r"\s*[0-9]{1,9}\s*")
_OPENALEX = re.compile(r"openalex\.org/(?:works/)?(W[0-9]+)", re.IGNORECASE)
_LIST = re.compile(r"\s*\[.*\]\s*", re.DOTALL)
_LONGEST_LIST = 100_000
_BETWEEN_COMMAS = re.compile(r"(?:[^,()]|\([^()]*\)|[()])+")
_BETWEEN_REFERENCES = re.compile(r"[;|\n]+")


@dataclass(frozen=True, slots=True)
class _Exporter:
    """The columns of one exporter that have another meaning than their names say.

    ``sign`` is a column that only it has. ``columns`` maps columns to
    properties. ``names`` reads its text of authors.
    """

    sign: str
    columns: Mapping[str, str] = field(default_factory=dict)
    names: Callable[[str], list[str] | None] = names_in


_EXPORTERS = (
    # Springer writes authors without separators.
    _Exporter("Item Title", names=separated_names),
    # Scopus and Web of Science give initials under Authors.
    _Exporter("Author full names", {"Author full names": "authors"}),
    _Exporter("Author Full Names", {"Author Full Names": "authors"}),
    # Publish or Perish, for Google Scholar.
    _Exporter("GSRank", {"Source": "venue", "ArticleURL": "url"}),
)
_PLAIN = _Exporter("")


@dataclass(frozen=True, slots=True)
class _Header:
    """The names of the columns, the line on which the header ends, and how its rows are written."""

    names: tuple[str, ...]
    line: int
    delimiter: str
    quoted: bool

    @property
    def exporter(self) -> _Exporter:
        return next((entry for entry in _EXPORTERS if entry.sign in self.names), _PLAIN)

    @property
    def is_web_of_science(self) -> bool:
        return set(self.names) >= _WEB_OF_SCIENCE


class Delimited:
    """Rows of cells under a header that names a title or an abstract."""

    name = "csv"
    description = (
        "CSV or tab-separated tables with a header (Scopus, IEEE Xplore, Springer, Dimensions, Lens, Zotero)"
    )
    suffixes = (".csv", ".tsv", ".tab")

    def detect(self, beginning: str) -> Match:
        """Return LIKELY for a header with a title or an abstract, and another column that kgraph reads."""
        header = _find_header(beginning)
        if header is None:
            return Match.NO
        return (
            Match.LIKELY if header.is_web_of_science or len(_properties(header.names)) > 1 else Match.POSSIBLE
        )

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield the record of each row. A row that has more or fewer cells than the header is reported."""
        del options
        header = _find_header(file.beginning)
        if header is None:
            raise UnreadableFileError(
                "has no header with a title or an abstract: name the columns in the first line, "
                "such as title,abstract,authors,year,doi"
            )
        return _Reading(header).items(file)


FORMAT = Delimited()


class _RowTooLongError(Exception):
    """A row has more than MAX_RECORD_LENGTH characters."""


class _RowLines:
    """The lines of a table. A row that does not end raises _RowTooLongError, and the next row can be read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.length += len(line)
        if self.length > MAX_RECORD_LENGTH:
            raise _RowTooLongError
        return line


@dataclass(slots=True)
class _Reading:
    """The state of reading the rows of one file."""

    header: _Header
    names: PropertyNames = field(default_factory=PropertyNames)
    rows: int = 0
    repeated_headers: int = 0

    def items(self, file: TextFile) -> Iterator[Item]:
        last: tuple[int, list[str] | None] | None = None
        for row in self._rows(file):
            if last:
                yield from self._item(*last)
            last = row
        if file.broken:
            if not self.rows or not last:
                raise UnreadableFileError(file.broken)
            yield UnreadRecord(last[0], f"{file.broken}; the records before the break were kept")
        elif last:
            yield from self._item(*last)
        if not last:
            raise UnreadableFileError("has a header, but no row")
        if self.header.line > 1:
            yield Remark(f"the text before the header in line {self.header.line} was skipped")
        if self.repeated_headers:
            yield Remark(f"the header is repeated {self.repeated_headers} time(s)")
        if notice := self.names.notice():
            yield Remark(notice)

    def _rows(self, file: TextFile) -> Iterator[tuple[int, list[str] | None]]:
        """Yield the line and the cells of each row that is not blank, or None for a row that is too long."""
        lines = _RowLines(bounded_lines(file.lines()))
        for _ in range(self.header.line):
            next(lines)
        delimiter = self.header.delimiter
        if self.header.quoted:
            reader = csv.reader(lines, delimiter=delimiter)
        else:
            reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        while True:
            lines.length = 0
            line = self.header.line + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (_RowTooLongError, csv.Error):
                self.rows += 1
                yield line, None
                continue
            if any(map(str.strip, cells)):
                self.rows += 1
                yield line, cells if self.header.quoted else list(map(_unquoted, cells))

    def _item(self, line: int, cells: list[str] | None) -> Iterator[Item]:
        if cells is None:
            reason = (
                f"longer than {MAX_RECORD_LENGTH // 1_000_000} million characters: is a quote not closed?"
            )
            yield UnreadRecord(line, reason)
            return
        if tuple(map(str.strip, cells)) == self.header.names:
            self.repeated_headers += 1
            return
        row: dict[str, str] = {}
        for name, cell in zip(self.header.names, cells, strict=False):
            if name and cell.strip() and (cell not in _MISSING or property_named(name) == "title"):
                row.setdefault(name, cell)
        extra = any(map(str.strip, cells[len(self.header.names) :]))
        if extra or _properties(self.header.names[len(cells) :]):
            reason = (
                f"has {len(cells)} cells, but the header has {len(self.header.names)}: "
                "a separator or a quote may be missing or too many"
            )
            yield UnreadRecord(line, reason, excerpt(next(iter(row.values()), "")))
            return
        values = _tagged_values(row) if self.header.is_web_of_science else self._values(row)
        not_text = not_utf8(values)
        yield UnreadRecord(line, not_text) if not_text else RawRecord(line, values)

    def _values(self, row: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of a paper by property."""
        exporter = self.header.exporter
        special = {exporter.columns[name]: cell for name, cell in row.items() if name in exporter.columns}
        others = {
            name: cell
            for name, cell in row.items()
            if name not in exporter.columns and property_named(name) not in special
        }
        values: dict[str, Any] = dict(self.names.known({**others, **special}))
        for name, read in _READ.items():
            if values.get(name):
                values[name] = read(values[name])
        if written := values.get("authors"):
            # A list that is not clear is left to the step that reads values of all formats.
            values["authors"] = _authors(written, exporter.names) or written
        url = values.get("url") or ""
        id_ = values.pop("id", None) or ""
        values["doi"] = values.get("doi") or find_doi(id_) or (find_doi(url) if "doi.org/" in url else None)
        values["arxiv"] = values.get("arxiv") or find_arxiv(id_) or find_arxiv(url)
        if openalex := _OPENALEX.search(id_):
            values["id"] = values["openalex"] = openalex[1]
        # The number of a row does not identify a work.
        elif id_ and not _ROW_NUMBER.fullmatch(id_) and not find_doi(id_) and not find_arxiv(id_):
            values["id"] = id_
        return values


def _find_header(beginning: str) -> _Header | None:
    """Return the header of a table, which may follow a few other lines, or None."""
    lines = _LINE.findall(beginning)
    for index, line in enumerate(lines[:_HEADER_WITHIN]):
        if len(line) > _LONGEST_HEADER or line.startswith(("|", "{", "[")):
            continue
        candidates = [_header(lines, index, delimiter) for delimiter in _DELIMITERS]
        found = max(candidates, key=lambda header: (header.is_web_of_science, len(_properties(header.names))))
        if found.is_web_of_science or any(map(_names_paper, found.names)):
            return found
    return None


def _header(lines: Sequence[str], index: int, delimiter: str) -> _Header:
    rows = csv.reader(lines[index : index + _HEADER_WITHIN], delimiter=delimiter)
    names = tuple(cell.strip("\ufeff \t\r\n") for cell in next(rows, []))
    line = index + rows.line_num
    complete = lines[line:-1] if len(lines) > line + 1 else lines[line:]
    tabs = {row.rstrip("\r\n").count(delimiter) for row in complete if row.strip()}
    # Web of Science writes one line a row and does not quote. A row may end in another tab.
    quoted = delimiter != "\t" or not tabs <= {len(names) - 2, len(names) - 1, len(names)}
    return _Header(names, line, delimiter, quoted)


def _names_paper(name: str) -> bool:
    # "name", "text" and "description" are columns of any table.
    return bool(_TITLE_OR_ABSTRACT.search(name)) and property_named(name) in _NEEDED


def _properties(names: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(property_named, names)))


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    quoted = len(cell) > 1 and cell[0] + cell[-1] == '""' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else cell


def _tagged_values(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a row of Web of Science, whose columns are the tags of its plain text."""
    lists = WEB_OF_SCIENCE_LAYOUT.lists
    found = {
        tag: [part.strip() for part in cell.split(";")] if tag in lists else [cell]
        for tag, cell in row.items()
    }
    return tagged_values(found, WEB_OF_SCIENCE_TAGS)


def _authors(text: str, names: Callable[[str], list[str] | None]) -> list[str] | None:
    entries = _list(text)
    return names_in(";".join(entries)) if entries else names(text)


def _keywords(text: str) -> list[str]:
    entries = _list(text)
    if entries is None:
        separator = next((mark for mark in (";", "|", "\n") if mark in text), None)
        entries = text.split(separator) if separator else _BETWEEN_COMMAS.findall(text)
    return list(dict.fromkeys(filter(None, map(str.strip, entries))))


def _list(text: str) -> list[str] | None:
    """Return the texts of a list as Python or JSON writes it, ``['a', 'b']``, or None."""
    if len(text) > _LONGEST_LIST or not _LIST.fullmatch(text):
        return None
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, str)] if entries else None


def _references(text: str) -> list[str]:
    """Return the ids among the references of a cell. Most databases write them as prose."""
    found = (_reference(part) for part in _BETWEEN_REFERENCES.split(text))
    return list(dict.fromkeys(filter(None, found)))


def _reference(text: str) -> str | None:
    openalex = _OPENALEX.search(text)
    return openalex[1] if openalex else find_doi(text) or find_arxiv(text)


def _pmid(text: str) -> str | None:
    """Return the id in a cell that is an id, its address, or or a number as pandas writes it."""
    match = _PMID.fullmatch(text)
    return match[1] if match else None


_READ: Mapping[str, Callable[[str], Any]] = {
    "doi": find_doi,
    "arxiv": find_arxiv,
    "pmid": _pmid,
    "url": find_url,
    "keywords": _keywords,
    "references": _references,
}
"""The function that reads the cells of a property. Other cells are read as they are."""
