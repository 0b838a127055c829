"""Decide whether two records are of one work, from their titles, authors, years and abstracts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kgraph.model import Paper
from kgraph.sources.identity import normal_title
from kgraph.sources.work_keys import OWN_ID, identifiers
from kgraph.titles import folded_letters, main_title, named_original, title_key, title_words, unmarked

MOST_YEARS_BETWEEN = 2
"""A preprint and its published version are at most so many years apart."""

_NAME_PART = re.compile(r"[^\W\d_]+")
_UMLAUT = re.compile(r"(?<=[aou])e")
_MOST_AUTHORS = 60
_SIMILAR_TITLES = 0.5
_SIMILAR_ABSTRACTS = 0.5
_CONTAINED_ABSTRACT = 0.85
_LEAST_WORDS = 8
# Two records with different identifiers of one of these kinds are different works.
_ONE_PER_WORK = frozenset({"arxiv", "pmid", "acl"})
_GENERIC_TITLES = frozenset(
    map(
        title_key,
        (
            "abstract",
            "abstracts",
            "acknowledgements",
            "announcement",
            "appendix",
            "book review",
            "book reviews",
            "commentary",
            "comments",
            "concluding remarks",
            "conclusion",
            "conclusions",
            "contents",
            "contributors",
            "corrigendum",
            "discussion",
            "editorial",
            "editor's note",
            "editors' introduction",
            "editor's introduction",
            "epilogue",
            "errata",
            "erratum",
            "foreword",
            "from the editor",
            "front matter",
            "general discussion",
            "guest editorial",
            "in memoriam",
            "index",
            "in this issue",
            "introduction",
            "introduction to the special issue",
            "invited talk",
            "keynote",
            "letter to the editor",
            "news",
            "obituary",
            "overview",
            "panel",
            "preface",
            "prologue",
            "references",
            "reply",
            "response",
            "reviewers",
            "special issue",
            "summary",
            "table of contents",
            "tutorial",
            "untitled",
            "welcome",
        ),
    )
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a person: its family name, and all its parts."""

    family: str
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The values of records of one work by which another record may be recognised.

    ``title`` are the words of the titles, and ``spellings`` the titles without case.
    ``authors`` are the different lists of authors. ``abstracts`` are given by
    their words. ``identifiers`` are pairs of kind and value.
    """

    title: frozenset[str]
    spellings: frozenset[str]
    is_generic: bool
    is_notice: bool
    is_marked: bool
    authors: tuple[tuple[Name, ...], ...]
    years: tuple[int, ...]
    abstracts: tuple[frozenset[str], ...]
    identifiers: frozenset[tuple[str, str]]

    @property
    def is_full(self) -> bool:
        """Return whether authors and year are known."""
        return bool(self.authors and self.years)


def evidence(paper: Paper) -> Evidence:
    """Return the evidence of one record."""
    title = unmarked(paper.title)
    authors = tuple(name for author in paper.authors[:_MOST_AUTHORS] if (name := _name(author)))
    return Evidence(
        title=title_words(title),
        spellings=frozenset({normal_title(title).rstrip(" .")}),
        is_generic=title_key(title) in _GENERIC_TITLES,
        is_notice=named_original(title) is not None,
        is_marked=title is not paper.title,
        authors=(authors,) if authors else (),
        years=(paper.year,) if paper.year else (),
        abstracts=(title_words(paper.abstract),) if paper.abstract else (),
        identifiers=frozenset(identifiers(paper)),
    )


def joined(parts: Sequence[Evidence]) -> Evidence:
    """Return the evidence of several records of one work."""
    if len(parts) == 1:
        return parts[0]
    return Evidence(
        title=frozenset().union(*(part.title for part in parts)),
        spellings=frozenset().union(*(part.spellings for part in parts)),
        is_generic=any(part.is_generic for part in parts),
        is_notice=any(part.is_notice for part in parts),
        is_marked=any(part.is_marked for part in parts),
        authors=_distinct(names for part in parts for names in part.authors),
        years=_distinct(year for part in parts for year in part.years),
        abstracts=_distinct(words for part in parts for words in part.abstracts),
        identifiers=frozenset().union(*(part.identifiers for part in parts)),
    )


def may_share_identifier(one: Evidence, other: Evidence) -> bool:
    """Return whether two records with an identifier in common can be of one work.

    They are not if nothing else fits: their titles differ, and so do their
    authors or their abstracts. Such an identifier is that of a volume, or a mistake.
    """
    titles = one.title, other.title
    if _similarity(*titles) >= _SIMILAR_TITLES or titles[0] <= titles[1] or titles[1] <= titles[0]:
        return True
    # A title and its translation have no words in common.
    if _is_latin(titles[0]) != _is_latin(titles[1]):
        return True
    if one.authors and other.authors and not _some_authors_agree(one, other):
        return False
    return not (one.abstracts and other.abstracts) or _some_abstracts_agree(one, other)


def agree(one: Evidence, other: Evidence) -> bool:
    """Return whether records of one title agree in authors and years, which all of them give."""
    if one.is_notice != other.is_notice or _differ_in_identifiers(one, other):
        return False
    if not (one.is_full and other.is_full and _some_authors_agree(one, other)):
        return False
    return _years_between(one, other) <= (0 if one.is_generic else MOST_YEARS_BETWEEN)


def may_agree(one: Evidence, other: Evidence) -> bool:
    """Return whether records of one title can be of one work, although one of them lacks authors or year.

    Without authors, either the abstracts are similar, or one is missing and the
    years do not differ. A title that many works have is not enough. The titles of
    records with different ids must be spelled alike.
    """
    if one.is_generic or one.is_notice != other.is_notice or _differ_in_identifiers(one, other):
        return False
    if _have_different_ids(one, other) and not one.spellings & other.spellings:
        return False
    if one.authors and other.authors:
        return _some_authors_agree(one, other) and _years_between(one, other) <= MOST_YEARS_BETWEEN
    # Retracted papers are recognised by their authors or identifiers, since a wrong mark is serious.
    if one.is_marked != other.is_marked:
        return False
    if one.abstracts and other.abstracts:
        if set(one.abstracts) & set(other.abstracts):
            return True
        return _some_abstracts_agree(one, other) and _years_between(one, other) <= MOST_YEARS_BETWEEN
    return _years_between(one, other) == 0 and not _have_different_ids(one, other)


def same_abstract(one: Evidence, other: Evidence) -> bool:
    """Return whether two records share an abstract, word for word or nearly so."""
    return bool(one.abstracts and other.abstracts) and _some_abstracts_agree(one, other)


def authors_agree(one: Collection[Name], other: Collection[Name]) -> bool:
    """Return whether at least half of the shorter list of authors is on the longer one."""
    shorter, longer = sorted((one, other), key=len)
    by_part: dict[str, list[Name]] = {}
    for name in longer:
        for part in name.parts:
            by_part.setdefault(part, []).append(name)
    found = sum(any(_same_person(name, near) for near in by_part.get(name.family, ())) for name in shorter)
    return found * 2 >= len(shorter) > 0


def names_of(authors: Iterable[str]) -> tuple[Name, ...]:
    """Return the names of authors, without those that have no letter."""
    return tuple(name for author in authors if (name := _name(author)))


def abstracts_agree(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two abstracts, given by their words, are versions of one text."""
    if _similarity(one, other) >= _SIMILAR_ABSTRACTS:
        return True
    least = min(len(one), len(other))
    return least >= _LEAST_WORDS and len(one & other) >= _CONTAINED_ABSTRACT * least


def title_keys(paper: Paper) -> tuple[str, str | None]:
    """Return the key of the title of a record, and that of its main title if it has a subtitle."""
    title = unmarked(paper.title)
    main = main_title(title)
    return title_key(title), (title_key(main) if main else None)


def _name(author: str) -> Name | None:
    family, comma, given = author.partition(",")
    parts = _parts(family)
    all_parts = parts + _parts(given) if comma else parts
    if not all_parts:
        return None
    # Initials after the family name, as in "Quill A. B.", are not the family name.
    long = [part for part in parts if len(part) > 1] or all_parts
    return Name(long[-1], frozenset(all_parts))


def _parts(name: str) -> list[str]:
    return _NAME_PART.findall(_UMLAUT.sub("", folded_letters(name)))


def _same_person(one: Name, other: Name) -> bool:
    if one.parts == other.parts:
        return True
    if one.family not in other.parts or other.family not in one.parts:
        return False
    initials = {part[0] for part in one.parts - {one.family}}
    others = {part[0] for part in other.parts - {other.family}}
    return not initials or not others or bool(initials & others)


def _some_authors_agree(one: Evidence, other: Evidence) -> bool:
    return any(authors_agree(names, others) for names in one.authors for others in other.authors)


def _some_abstracts_agree(one: Evidence, other: Evidence) -> bool:
    return any(abstracts_agree(words, others) for words in one.abstracts for others in other.abstracts)


def _years_between(one: Evidence, other: Evidence) -> int:
    """Return the least difference of their years, or 0 if one has none."""
    return min((abs(year - other_year) for year in one.years for other_year in other.years), default=0)


def _differ_in_identifiers(one: Evidence, other: Evidence) -> bool:
    kinds = {kind for kind, _ in one.identifiers} & {kind for kind, _ in other.identifiers} & _ONE_PER_WORK
    return any(not (_of_kind(one, kind) & _of_kind(other, kind)) for kind in kinds)


def _have_different_ids(one: Evidence, other: Evidence) -> bool:
    ids, others = _of_kind(one, OWN_ID), _of_kind(other, OWN_ID)
    return bool(ids and others) and not ids & others


def _of_kind(found: Evidence, kind: str) -> set[str]:
    return {value for own, value in found.identifiers if own == kind}


def _is_latin(words: frozenset[str]) -> bool:
    letters = "".join(words)
    return sum("a" <= letter <= "z" for letter in letters) * 2 >= len(letters)


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def _distinct(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
