"""BibTeX and BibLaTeX (.bib), which Zotero, Google Scholar, the ACL Anthology and most publishers export.

bibtexparser splits entries into fields. It needs a text as a whole, so the
stream is cut where an entry begins a line. bibtexparser ends a broken entry
there too.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.model import Block, Entry, ImplicitComment, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from kgraph.sources.bibtex_values import MONTHS, address_text, author_names, joined_value, plain_text
from kgraph.sources.dates import written_date
from kgraph.sources.format import Item, Match, RawRecord, ReadOptions, Remark, UnreadRecord
from kgraph.sources.identifiers import find_arxiv, find_doi, find_pmid, find_url
from kgraph.sources.opening import TextFile, UnreadableFileError
from kgraph.sources.property_names import PropertyNames
from kgraph.sources.tagged import MAX_RECORD_LENGTH, bounded_lines, not_utf8
from kgraph.sources.text import excerpt

# A broken entry is a rejection, so a line in the log would repeat it.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

_ENTRY_START = re.compile(r"\s*@\w+[ \t]*[{(]")
_FIRST_ENTRY = re.compile(r"^[ \t]*@[a-z]+[ \t]*[{(]\s*(?:[^\s,{}=\"]*\s*,|[^\s{}=\"]+\s*=)", re.I | re.M)
_COMMENT_LINES = re.compile(
    r"(?:\s*%.*(?:\n|\Z)|\s*@(?:comment|preamble)\s*[{(].*(?:\n|\Z)|\s)*", re.IGNORECASE
)
_LONGEST_PREFACE = 2_000
_KEY = re.compile(r"@\w+\s*[{(]\s*([^\s,{}()\"=]+)\s*,")
_ARXIV_IN_TEXT = re.compile(r"arxiv[:\s]\s*(\S+)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_PMID_IN_TEXT = re.compile(r"\bPMID:?\s*([0-9]{1,12})\b", re.IGNORECASE)
_ACL_ADDRESS = re.compile(r"aclanthology\.org/([A-Z0-9]+[.-][\w.-]*?[0-9])/?(?:\.\w+)?$", re.IGNORECASE)
_BETWEEN_REFERENCES = re.compile(r"[;\n]")
_DIGITS = re.compile(r"[0-9]{1,2}")

_VOLUMES = frozenset({"proceedings", "mvproceedings", "xdata", "set", "periodical"})
_PARENTS = _VOLUMES | {"book", "mvbook", "collection", "mvcollection", "inbook", "incollection"}
_INHERITED = ("booktitle", "journaltitle", "journal", "series", "date", "year", "month", "publisher")
_VENUES = (
    *("journaltitle", "journal", "journal-full", "booktitle", "eventtitle", "school", "institution"),
    *("organization", "publisher"),
)
_KEYWORDS = ("author_keywords", "keywords", "keyword", "key-words", "mendeley-tags")
_REFERENCES = ("references", "cited-references")
_READ = frozenset(
    {
        *("title", "subtitle", "abstract", "author", "editor", "date", "year", "month", "day", "doi", "url"),
        *("ee", "howpublished", "eprint", "eprinttype", "archiveprefix", "arxivid", "pmid", "note"),
        *("crossref", "xdata", *_VENUES, *_KEYWORDS, *_REFERENCES),
    }
)
_STANDARD = frozenset(
    {
        *("address", "addendum", "affiliation", "affiliations", "annotation", "annote", "archive"),
        *("article", "article-number", "art_number", "bdsk-file-1", "bdsk-url-1", "biburl"),
        *("bibsource", "chapter", "cited-by", "collaborator", "comment", "comments", "copyright"),
        *("coden", "correspondence_address1", "da", "date-added", "date-modified", "document_type"),
        *("early-access-date", "edition", "editors", "eid", "eissn", "eprintclass", "eventdate"),
        *("file", "funding-acknowledgement", "funding-text", "groups", "id", "isbn", "issn", "issue"),
        *("issue_date", "istopic", "jabref", "journal-iso", "key", "keywords-plus", "langid"),
        *("language", "lccn", "local-url", "location", "mendeley-groups", "month_numeric"),
        *("nationality", "number", "number-of-cited-references", "numpages", "oa", "oca"),
        *("orcid-numbers", "origdate", "owner", "pages", "pagetotal", "part", "place", "pmcid"),
        *("priority", "primaryclass", "printed", "publication_stage", "pubstate", "quality", "ranking"),
        *("rating", "research-areas", "researcherid-numbers", "rights", "series", "shortjournal"),
        *("shorttitle", "source", "sponsors", "timestamp", "times-cited", "titleaddon", "translator"),
        *("type", "unique-id", "urldate", "usage-count-last-180-days", "usage-count-since-2013"),
        *("venue-location", "version", "volume", "volumes", "web-of-science-categories"),
        *("web-of-science-index", "abbrev_source_title", "doc-delivery-number", "journal-abbrev"),
        *("issue-date", "articleno", "keywordplus"),
    }
)
"""Fields that hold no property of a paper."""


class BibTeX:
    """Entries such as ``@article{key, title = {A title}}``."""

    name = "bibtex"
    description = "BibTeX and BibLaTeX (.bib)"
    suffixes = (".bib", ".bibtex")

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for a text that begins with an entry, and LIKELY if a short preface precedes it."""
        match = _FIRST_ENTRY.search(beginning)
        if match is None:
            return Match.NO
        if _COMMENT_LINES.fullmatch(beginning, 0, match.start()):
            return Match.CERTAIN
        # A page of documentation may contain an entry too.
        return Match.LIKELY if match.start() <= _LONGEST_PREFACE else Match.POSSIBLE

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each entry that is a paper. Volumes of proceedings give their fields to their papers."""
        del options
        return _Reading().items(file)


FORMAT = BibTeX()


@dataclass(frozen=True, slots=True)
class _Piece:
    """The text from one line that begins an entry to the next, and the line on which it begins."""

    line: int
    text: str
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry with the texts of its fields by their names in lower case."""

    line: int
    type: str
    key: str
    fields: Mapping[str, str]

    @property
    def parent(self) -> str:
        """The key of the entry from which it inherits fields, in lower case, or an empty text."""
        return (self.fields.get("crossref") or self.fields.get("xdata") or "").strip().lower()


def _pieces(lines: Iterable[str]) -> Iterator[_Piece]:
    """Cut a text before each line that begins an entry. Of a longer piece only the beginning is kept."""
    parts: list[str] = []
    first, length = 1, 0
    for number, line in enumerate(lines, 1):
        if parts and _ENTRY_START.match(line):
            yield _Piece(first, "".join(parts), length > MAX_RECORD_LENGTH)
            parts, first, length = [], number, 0
        length += len(line)
        if length <= MAX_RECORD_LENGTH or not parts:
            parts.append(line.replace("\r\n", "\n").replace("\r", "\n"))
    if parts:
        yield _Piece(first, "".join(parts), length > MAX_RECORD_LENGTH)


@dataclass(slots=True)
class _Reading:
    """The state of reading one file.

    ``waiting`` are entries by the key of a parent that has not been read yet,
    since BibTeX wants the parent after its children.
    """

    strings: dict[str, str] = field(default_factory=lambda: dict(zip(MONTHS, MONTHS, strict=True)))
    parents: dict[str, Mapping[str, str]] = field(default_factory=dict)
    waiting: dict[str, list[_Entry]] = field(default_factory=dict)
    names: PropertyNames = field(default_factory=PropertyNames)
    volumes: int = 0
    repeated: Counter[str] = field(default_factory=Counter)
    outside: list[tuple[int, str]] = field(default_factory=list)
    outside_lines: int = 0
    entries: int = 0

    def items(self, file: TextFile) -> Iterator[Item]:
        last: _Piece | None = None
        for piece in _pieces(bounded_lines(file.lines())):
            if last:
                yield from self._piece(last)
            last = piece
        if file.broken:
            if not self.entries or not last:
                raise UnreadableFileError(file.broken)
            yield UnreadRecord(last.line, f"{file.broken}; the records before the break were kept")
        elif last:
            yield from self._piece(last)
        for children in self.waiting.values():
            yield from map(self._record, children)
        if not self.entries:
            raise UnreadableFileError(
                "has no entry: BibTeX such as @article{key, title = {A title}} is expected"
            )
        yield from map(Remark, self._remarks())

    def _piece(self, piece: _Piece) -> Iterator[Item]:
        if piece.too_long:
            self.entries += 1
            reason = f"longer than {MAX_RECORD_LENGTH // 1_000_000} million characters"
            yield UnreadRecord(piece.line, reason, _key(piece.text))
            return
        failed = False
        for block in Splitter(piece.text).split().blocks:
            line = piece.line + (block.start_line or 0)
            inner: Block | None = block
            if isinstance(block, ParsingFailedBlock):
                inner = block.ignore_error_block
                if inner is None:
                    failed = True
                    self.entries += 1
                    yield UnreadRecord(line, _fault(block.error), _key(block.raw or ""))
            if isinstance(inner, String):
                self.strings[inner.key.lower()] = joined_value(inner.value, self.strings)
            elif isinstance(inner, Entry):
                yield from self._entry(inner, line)
            # The rest of a broken entry is part of its rejection.
            elif isinstance(inner, ImplicitComment) and not failed:
                self._skip(inner.comment, line)

    def _entry(self, block: Entry, line: int) -> Iterator[Item]:
        self.entries += 1
        fields: dict[str, str] = {}
        for written in block.fields:
            name = written.key.lower().replace(" ", "-")
            text = joined_value(written.value, self.strings).strip()
            if text and fields.setdefault(name, text) != text:
                self.repeated[name] += 1
        entry = _Entry(line, block.entry_type.lower(), block.key, fields)
        if entry.parent and entry.parent not in self.parents:
            self.waiting.setdefault(entry.parent, []).append(entry)
        elif entry.type not in _VOLUMES:
            yield self._record(entry)
        if entry.type in _VOLUMES:
            self.volumes += entry.type != "xdata"
        if entry.type in _PARENTS:
            key = entry.key.lower()
            self.parents[key] = _inheritance(entry)
            yield from map(self._record, self.waiting.pop(key, ()))

    def _record(self, entry: _Entry) -> Item:
        fields = {**self.parents.get(entry.parent, {}), **entry.fields}
        others = {name: plain_text(text) for name, text in fields.items() if name not in _READ | _STANDARD}
        read = {name: value for name, value in _values(fields).items() if value}
        values = {**self.names.known({**others, **read}), **read}
        if not_text := not_utf8(values):
            return UnreadRecord(entry.line, not_text, entry.key)
        return RawRecord(entry.line, values)

    def _skip(self, comment: str, line: int) -> None:
        for number, text in enumerate(comment.split("\n"), line):
            if text.strip("\ufeff \t\r") and not text.lstrip().startswith("%"):
                self.outside_lines += 1
                self.outside = self.outside or [(number, text)]

    def _remarks(self) -> Iterator[str]:
        if self.volumes:
            yield f"{self.volumes} volume(s) of proceedings are not papers, and only gave them their fields"
        if self.waiting:
            parent, children = next(iter(self.waiting.items()))
            total = sum(map(len, self.waiting.values()))
            yield (
                f"{total} cross-reference(s) name an entry that is not in the file, first in line "
                f"{children[0].line}: {excerpt(parent)!r}"
            )
        if self.repeated:
            listed = ", ".join(f"{excerpt(name)} ({count})" for name, count in self.repeated.most_common(5))
            yield f"fields that an entry gives twice were read once, from their first value: {listed}"
        if self.outside:
            line, text = self.outside[0]
            yield (
                f"{self.outside_lines} line(s) are not part of an entry and were skipped, first line {line}: "
                f"{excerpt(text)!r}"
            )
        if notice := self.names.notice():
            yield notice


def _key(raw: str) -> str:
    match = _KEY.match(raw.lstrip())
    return match[1][:200] if match else ""


def _fault(error: Exception) -> str:
    if not isinstance(error, BlockAbortedException):
        return f"not valid BibTeX: {error}"
    reason = " ".join(error.abort_reason.split()).rstrip(".")
    if reason == "Unexpectedly reached end of file":
        reason = "it does not end: a closing brace or quote is missing"
    return f"not valid BibTeX: {reason[0].lower()}{reason[1:]}"


def _inheritance(entry: _Entry) -> Mapping[str, str]:
    """Return the fields that an entry gives to the entries that refer to it."""
    if entry.type == "xdata":
        return entry.fields
    inherited = {name: entry.fields[name] for name in _INHERITED if name in entry.fields}
    title = entry.fields.get("booktitle") or entry.fields.get("title")
    return {**inherited, "booktitle": title} if title else inherited


def _values(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a paper by property. The key of an entry does not identify a work."""
    addresses = [address_text(fields.get(name, "")) for name in ("url", "ee", "howpublished", "note")]
    eprint = address_text(fields.get("eprint", ""))
    archive = (fields.get("eprinttype") or fields.get("archiveprefix") or "").strip("{} ").lower()
    doi = find_doi(address_text(fields.get("doi", "")))
    doi = doi or next((find_doi(text) for text in addresses if "doi.org/" in text), None)
    arxiv_id = _arxiv(fields, archive, eprint, doi, addresses)
    venue = next((plain_text(fields[name]) for name in _VENUES if fields.get(name)), None)
    pmid = fields.get("pmid") or (eprint if archive == "pubmed" else "")
    if found := _PMID_IN_TEXT.search(addresses[3]):
        pmid = pmid or found[1]
    acl = next((found[1] for text in addresses[:2] if (found := _ACL_ADDRESS.search(text))), None)
    return {
        "title": ": ".join(plain_text(fields[name]) for name in ("title", "subtitle") if fields.get(name)),
        "abstract": plain_text(fields.get("abstract", "")),
        "authors": author_names(fields.get("author") or fields.get("editor") or ""),
        "date": _date(fields),
        "venue": venue,
        "url": next((url for text in addresses[:3] if (url := find_url(text))), None),
        "keywords": _keywords(fields),
        "doi": doi,
        "arxiv": arxiv_id,
        "pmid": find_pmid(address_text(pmid)),
        "acl": acl,
        "references": _references(fields),
    }


def _arxiv(
    fields: Mapping[str, str], archive: str, eprint: str, doi: str | None, addresses: list[str]
) -> str | None:
    texts = [fields.get("arxivid", ""), eprint if archive in ("", "arxiv") else ""]
    if by_doi := _ARXIV_DOI.fullmatch(doi or ""):
        texts.append(by_doi[1])
    texts += [text for text in addresses if "arxiv.org/" in text]
    # Google Scholar writes "arXiv preprint arXiv:2401.00001" as the journal.
    texts += [found for name in ("journal", "note") for found in _ARXIV_IN_TEXT.findall(fields.get(name, ""))]
    return next((found for text in texts if (found := find_arxiv(address_text(text).strip(" .,;[]")))), None)


def _date(fields: Mapping[str, str]) -> str | None:
    if date := written_date(plain_text(fields.get("date", ""))):
        return date
    year, month, day = (plain_text(fields.get(name, "")) for name in ("year", "month", "day"))
    if _DIGITS.fullmatch(month):
        month = MONTHS[int(month) - 1] if 1 <= int(month) <= len(MONTHS) else ""
    return written_date(" ".join([day if month else "", month, year]))


def _keywords(fields: Mapping[str, str]) -> list[str]:
    text = next((plain_text(fields[name]) for name in _KEYWORDS if fields.get(name)), "")
    words = (word.strip() for word in text.split(";" if ";" in text else ","))
    return list(dict.fromkeys(filter(None, words)))


def _references(fields: Mapping[str, str]) -> list[str]:
    parts = (part for name in _REFERENCES for part in _BETWEEN_REFERENCES.split(fields.get(name, "")))
    return [doi for part in parts if (doi := find_doi(address_text(part)))]
