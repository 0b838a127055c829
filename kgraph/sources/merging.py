"""Make one paper of the records of a work. Values are filled in and never erased.

Records are ranked, and the first with a value decides, except where a later one
has more of the same value. The ranking, from the first to the last:

1. the current records before those that a later record with the same id replaced,
2. published versions before preprints,
3. the records with more values,
4. the order of their texts, so that the order of files does not matter.

The longer of two abstracts, lists of authors and titles decides if it contains
the shorter one. Lists of keywords, references and organisations are united. The
date and the year come from one record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import msgspec

from kgraph.model import Paper
from kgraph.paper_record import PaperField
from kgraph.source_record import SourceRecord, record_fields, source_entry
from kgraph.sources.agreement import abstracts_agree, authors_agree, names_of
from kgraph.sources.identifiers import find_arxiv, is_preprint_doi
from kgraph.sources.identity import long_id, own_id
from kgraph.sources.work_keys import OWN_ID, identifier_fields, identifiers, is_identifier
from kgraph.sources.works import Work, revision_key
from kgraph.titles import is_in_capitals, named_original, title_key, title_words, unmarked

_PREPRINT_VENUE = re.compile(
    r"(?:arxiv|(?:bio|med|chem|psy|soc|eco|edu)(?:r?xiv|arxiv)|ssrn|research square|preprints?|corr\b)",
    re.IGNORECASE,
)
_INNER_CAPITAL = re.compile(r"(?<=\w)[A-Z]")
_WITHDRAWN = re.compile(
    r"\s*(?:th(?:is|e) (?:paper|article|submission|manuscript|work) (?:has been|was|is)(?: being)? "
    r"(?:withdrawn|retracted))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value of a record that its paper does not have, because another record was preferred."""

    field: str
    kept: Any
    value: Any
    record: SourceRecord


def merged_paper(work: Work) -> Paper:
    """Return the paper of a work, with its ``sources``."""
    records = [member.record for member in work.members]
    ranked = records if len(records) == 1 else sorted(records, key=_rank(records))
    papers = [record.paper for record in ranked]
    values = {field.name: _merge(field)(papers) for field in _merged_fields()}
    id_, others = _ids(work, ranked)
    paper = Paper(
        id=id_,
        **values,
        notice=_notice(values["title"]),
        source=ranked[0].file,
        other_ids=others + tuple(_other_identifiers(values, papers, {id_, *others})),
    )
    entries = (source_entry(record, paper) for record in records)
    return replace(paper, sources=tuple(sorted(entries)))


def conflicts(work: Work, paper: Paper) -> Iterator[Conflict]:
    """Yield the values of the records of a work that differ from those of its paper."""
    if len(work.members) == 1:
        return
    for member in work.members:
        for field, differs in _CONFLICTS.items():
            value, kept = getattr(member.record.paper, field), getattr(paper, field)
            if value and value != kept and differs(value, kept):
                yield Conflict(field, kept, value, member.record)


def _ids(work: Work, ranked: Sequence[SourceRecord]) -> tuple[str, tuple[str, ...]]:
    """Return the id of a work, and the other ids of its records.

    An id of a file goes before an identifier, and an id made from a title comes
    last. Of ids of one kind, the shortest is taken. If other works have all of
    its ids too, the work gets a longer one.
    """
    papers = [record.paper for record in ranked]
    usable = [paper for paper in papers if own_id(paper) not in work.unusable_ids]
    best = min(usable or papers, key=_id_rank) if len(papers) > 1 else papers[0]
    id_ = own_id(best)
    found = set(work.ids)
    if not usable:
        long_ids = {long_id(paper) for paper in papers if own_id(paper) == id_}
        id_ = min(long_ids)
        found |= long_ids
    return id_, tuple(sorted(found - {id_}))


def _id_rank(paper: Paper) -> tuple[int, int, str]:
    id_ = own_id(paper)
    if not paper.id:
        kind = 3
    elif is_identifier(paper):
        kind = 1 if paper.arxiv and find_arxiv(id_) else 2
    else:
        kind = 0
    return kind, len(id_), id_


def _rank(records: Sequence[SourceRecord]) -> Callable[[SourceRecord], Any]:
    current: dict[tuple[str, ...], int] = {}
    for record in records:
        key = revision_key(record)
        current[key] = max(record.revision, current.get(key, 0))

    def rank(record: SourceRecord) -> tuple[int, bool, int, bytes]:
        behind = current[revision_key(record)] - record.revision
        values = msgspec.json.encode(replace(record.paper, source=""))
        filled = sum(bool(getattr(record.paper, field.name)) for field in _merged_fields())
        return behind, not _is_published(record.paper), -filled, values

    return rank


def _is_published(paper: Paper) -> bool:
    if paper.venue:
        return not _PREPRINT_VENUE.match(paper.venue)
    return bool(paper.doi) and not is_preprint_doi(paper.doi or "")


def _other_identifiers(values: Mapping[str, Any], papers: Iterable[Paper], known: set[str]) -> Iterator[str]:
    """Yield the identifiers of the records that are not among the values of the paper."""
    kept = known | {values[name] for name in identifier_fields()}
    found = {value for paper in papers for kind, value in identifiers(paper) if kind != OWN_ID}
    yield from sorted(found - kept)


def _notice(title: str) -> str | None:
    original = named_original(title)
    return original.kind if original else None


def _title(papers: Sequence[Paper]) -> str:
    """Return the title of the first paper in its best form: complete, and not in capitals."""
    titles = [paper.title for paper in papers if paper.title]
    if not titles or len(set(titles)) == 1:
        return titles[0] if titles else ""
    key = title_key(unmarked(titles[0]))
    counts = Counter(titles)
    keys = {title: title_key(unmarked(title)) for title in counts}
    same = [title for title in counts if keys[title].startswith(key) or key.startswith(keys[title])]
    return max(
        same,
        key=lambda title: (
            not is_in_capitals(title),
            len(keys[title]),
            unmarked(title) is title,
            len(_INNER_CAPITAL.findall(title)),
            counts[title],
            -len(title),
            -titles.index(title),
        ),
    )


def _abstract(papers: Sequence[Paper]) -> str:
    """Return the abstract of the first paper, or the longest one that contains it."""
    abstracts = list(dict.fromkeys(paper.abstract for paper in papers if paper.abstract))
    if len(abstracts) < 2:
        return abstracts[0] if abstracts else ""
    key = title_key(abstracts[0])
    return max((text for text in abstracts if key in title_key(text)), key=len, default=abstracts[0])


def _authors(papers: Sequence[Paper]) -> tuple[str, ...]:
    """Return the authors of the first paper, or the longest and fullest list that agrees with them."""
    lists = list(dict.fromkeys(paper.authors for paper in papers if paper.authors))
    if len(lists) < 2:
        return lists[0] if lists else ()
    names = names_of(lists[0])
    same = [authors for authors in lists[1:] if authors_agree(names, names_of(authors))]
    return max([lists[0], *same], key=lambda authors: (len(authors), sum(map(len, authors))))


def _author_count(papers: Sequence[Paper]) -> int | None:
    """Return the largest number of authors that a record with these authors, or without any, gives."""
    authors = _authors(papers)
    counts = [paper.author_count for paper in papers if paper.author_count and paper.authors in ((), authors)]
    return max(*counts, len(authors)) if counts else None


def _year(papers: Sequence[Paper]) -> int | None:
    return next((paper.year for paper in papers if paper.year), None)


def _date(papers: Sequence[Paper]) -> str | None:
    """Return the first date that is in the year of the paper."""
    year = _year(papers)
    return next((paper.date for paper in papers if paper.date and paper.year == year), None)


def _retracted(papers: Sequence[Paper]) -> bool | None:
    """Return True if a record, its title or its abstract says that the paper was retracted."""
    return any(map(_is_retracted, papers)) or None


def _is_retracted(paper: Paper) -> bool:
    is_marked = unmarked(paper.title) is not paper.title
    return bool(paper.retracted or is_marked or _WITHDRAWN.match(paper.abstract))


_MERGES: Mapping[str, Callable[[Sequence[Paper]], Any]] = {
    "title": _title,
    "abstract": _abstract,
    "authors": _authors,
    "author_count": _author_count,
    "year": _year,
    "date": _date,
    "retracted": _retracted,
}
"""The fields of a paper that are not merged by their type, and how they are."""


def _merge(field: PaperField) -> Callable[[Sequence[Paper]], Any]:
    """Return the function that merges a field of ranked papers."""
    name = field.name
    if name in _MERGES:
        return _MERGES[name]
    if field.many:
        return lambda papers: _united(entry for paper in papers for entry in getattr(paper, name))
    return lambda papers: next(
        (value for paper in papers if (value := getattr(paper, name)) not in (None, "")), None
    )


@cache
def _merged_fields() -> tuple[PaperField, ...]:
    return tuple(field for field in record_fields() if field.name != "id")


def _united(entries: Iterable[Any]) -> tuple[Any, ...]:
    """Return the different entries, the first of those that differ only in case."""
    found: dict[Any, Any] = {}
    for entry in entries:
        key = entry.casefold() if isinstance(entry, str) else getattr(entry, "handle", entry)
        found.setdefault(key, entry)
    return tuple(found.values())


def _titles_differ(value: str, kept: str) -> bool:
    one, other = title_key(unmarked(value)), title_key(unmarked(kept))
    return not (one.startswith(other) or other.startswith(one))


def _abstracts_differ(value: str, kept: str) -> bool:
    return not abstracts_agree(title_words(value), title_words(kept))


def _authors_differ(value: Sequence[str], kept: Sequence[str]) -> bool:
    return not authors_agree(names_of(value), names_of(kept))


def _years_differ(value: int, kept: int) -> bool:
    return value != kept


def _dois_differ(value: str, kept: str) -> bool:
    return not is_preprint_doi(value) and value != kept


_CONFLICTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "title": _titles_differ,
    "abstract": _abstracts_differ,
    "authors": _authors_differ,
    "year": _years_differ,
    "doi": _dois_differ,
}
"""The fields whose conflicts are reported, and when a value is in conflict with the one that was kept."""
