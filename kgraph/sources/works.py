"""Find the records that are of one work, among any number of records.

Two records are of one work if they share an identifier, or if their titles are
the same and their authors and years agree (:mod:`kgraph.sources.agreement`).
Which records are joined depends on the set of records alone, and neither on
their order nor on the builds that brought them. So records that a graph keeps
and new ones give the works that all of them give at once.

Records are kept in a temporary database, and only hashes of their keys in
memory, about 80 bytes a record. Records are compared only within blocks: the
records with one identifier, and those with one title.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from kgraph.model import Paper
from kgraph.source_record import SourceRecord, source_records
from kgraph.sources.agreement import (
    Evidence,
    agree,
    evidence,
    joined,
    may_agree,
    may_share_identifier,
    same_abstract,
    title_keys,
)
from kgraph.sources.identity import content_digest, long_id, own_id, paper_id
from kgraph.sources.work_keys import OWN_ID, identifiers

MOST_TITLES_OF_IDENTIFIER = 50
"""An identifier of records with more titles than this is not that of a work."""

_LARGE_BLOCK = 200
_LARGEST_BLOCK = 2000
_FULL, _MAIN = 0, 1
_UNSIGNED = (1 << 64) - 1
_Numbers = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(SourceRecord)
Pair = tuple[int, int]
"""The positions of two records or groups of records."""


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a work.

    ``paper`` is the number of the paper of the graph to which it belonged before,
    or -1 for a record that is new. ``repeats`` counts the new records that repeat
    it word for word.
    """

    record: SourceRecord
    paper: int = -1
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """The records of one work, in the order in which they came.

    ``ids`` are the ids that its records have, which are made from the title for
    records without one. ``unusable_ids`` are those that another work has too.
    """

    members: tuple[Member, ...]
    ids: tuple[str, ...]
    unusable_ids: frozenset[str]


class Works:
    """Records to be joined to works. Use it as a context manager."""

    def __init__(self) -> None:
        # A database without a name is a temporary file, which SQLite deletes by itself.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN;"
            "CREATE TABLE records (number INTEGER PRIMARY KEY, record BLOB NOT NULL)"
        )
        self._papers = array("q")
        self._contents = array("Q")
        self._titles = array("Q")
        self._ids = array("Q")
        self._revisions = array("q")
        self._same_record = _Keys()
        self._identifiers = _Keys()
        self._blocks = _Keys()

    def __enter__(self) -> Works:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def __len__(self) -> int:
        return len(self._papers)

    def add(self, record: SourceRecord, paper: int = -1) -> None:
        """Add a record. ``paper`` is the number of the paper of the graph that it comes from."""
        number = len(self._papers)
        self._database.execute("INSERT INTO records VALUES (?, ?)", (number, _ENCODER.encode(record)))
        own = record.paper
        self._papers.append(paper)
        self._contents.append(int.from_bytes(content_digest(own), "big"))
        self._ids.append(_hash(OWN_ID, own_id(own)))
        self._revisions.append(record.revision)
        self._same_record.add(_hash("revision", "\0".join(revision_key(record))), number)
        # An export of the graph may give this id to the record.
        self._identifiers.add(_hash(OWN_ID, long_id(own).casefold()), number)
        for kind, value in identifiers(own):
            self._identifiers.add(_hash(kind, value.casefold()), number)
        full, main = title_keys(own)
        title = _hash("t", full or own.abstract)
        self._titles.append(title)
        self._blocks.add(title, number * 2 + _FULL)
        if main and main != full:
            self._blocks.add(_hash("t", main), number * 2 + _MAIN)

    def add_paper(self, paper: Paper, number: int) -> None:
        """Add the records of a paper of the graph, which has this number."""
        for record in source_records(paper):
            # A graph of an earlier version keeps no records, nor whether the id was made from the title.
            has_id = paper.sources or paper.id != paper_id(paper.title, paper.abstract)
            self.add(record if has_id else replace(record, paper=replace(record.paper, id="")), number)

    def joined(self) -> Iterator[Work]:
        """Yield every work, in the order of its first record."""
        if not len(self):
            return
        groups = _Groups(len(self))
        first = self._join_repeats(groups)
        self._join_by_identifier(groups, first)
        self._join_by_title(groups, first)
        yield from self._works(groups.roots(), self._new_revisions(first))

    def _join_repeats(self, groups: _Groups) -> _Numbers:
        """Join records with the same content. Return for each record the first one with its content."""
        first = np.arange(len(self), dtype=np.int64)
        contents = np.frombuffer(self._contents, dtype=np.uint64)
        for numbers in _runs(contents, first.copy()):
            # The record of a paper of the graph came before a new one.
            first[numbers] = numbers[0]
            for number in numbers[1:]:
                groups.join(int(numbers[0]), int(number))
        return first

    def _join_by_identifier(self, groups: _Groups, first: _Numbers) -> None:
        for numbers in self._identifiers.runs():
            by_title: defaultdict[int, list[int]] = defaultdict(list)
            for number in dict.fromkeys(first[numbers].tolist()):
                by_title[self._titles[number]].append(number)
            for same in by_title.values():
                for number in same[1:]:
                    groups.join(same[0], number)
            if 1 < len(by_title) <= MOST_TITLES_OF_IDENTIFIER:
                found = [joined(self._evidence(same[:_LARGE_BLOCK])) for same in by_title.values()]
                starts = [same[0] for same in by_title.values()]
                for one, other in combinations(range(len(found)), 2):
                    if may_share_identifier(found[one], found[other]):
                        groups.join(starts[one], starts[other])

    def _join_by_title(self, groups: _Groups, first: _Numbers) -> None:
        by_identifier = groups.roots()
        for keys in self._blocks.runs():
            parts: defaultdict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
            for key in keys.tolist():
                number = int(first[key >> 1])
                parts[int(by_identifier[number])][key & 1].append(number)
            if len(parts) < 2 or not any(full for full, _ in parts.values()):
                continue
            roots = sorted(parts)
            for one, other in self._pairs_of_block([parts[root] for root in roots]):
                groups.join(roots[one], roots[other])

    def _pairs_of_block(self, parts: Sequence[tuple[list[int], list[int]]]) -> Iterator[Pair]:
        """Yield the pairs of groups of one title that are of one work.

        A group is given by its records that have the title, and by those that have it before a subtitle.
        """
        if len(parts) > _LARGEST_BLOCK:
            yield from self._equal_groups(parts)
            return
        found = [joined(self._evidence(dict.fromkeys(full + main))) for full, main in parts]
        whole = [bool(full) for full, _ in parts]
        yield from pairs_of_one_work(found, whole)

    def _equal_groups(self, parts: Sequence[tuple[list[int], list[int]]]) -> Iterator[Pair]:
        """Yield pairs of groups with the same names and year, for a title of thousands of works."""
        seen: dict[int, int] = {}
        for position, (full, _) in enumerate(parts):
            for found in self._evidence(dict.fromkeys(full)):
                if found.is_full:
                    key = hash((frozenset(found.authors[0]), found.years))
                    other = seen.setdefault(key, position)
                    if other != position:
                        yield other, position

    def _new_revisions(self, first: _Numbers) -> dict[int, int]:
        """Return the revision of each record that is not the only one of its :func:`revision_key`.

        Records are given by the first one with their content. The records of the
        graph came in the order of their revisions, and again where a new record
        repeats them.
        """
        found: dict[int, int] = {}
        for numbers in self._same_record.runs():
            last = {int(first[number]): int(number) for number in numbers}

            def arrival(number: int, last: dict[int, int] = last) -> tuple[bool, int, int]:
                came_now = self._papers[last[number]] < 0
                return came_now, last[number] if came_now else 0, self._revisions[number]

            if len(last) > 1:
                found.update((number, revision) for revision, number in enumerate(sorted(last, key=arrival)))
        return found

    def _works(self, roots: _Numbers, revisions: Mapping[int, int]) -> Iterator[Work]:
        unusable = self._unusable_ids(roots)
        order = np.argsort(roots, kind="stable")
        starts = np.flatnonzero(np.diff(roots[order], prepend=-1))
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(order)], strict=True):
            yield self._work(order[start:end].tolist(), revisions, unusable)

    def _work(
        self, numbers: Sequence[int], revisions: Mapping[int, int], unusable: frozenset[tuple[int, int]]
    ) -> Work:
        members: dict[int, Member] = {}
        ids: dict[str, int] = {}
        for number, record in zip(numbers, self._records(numbers), strict=True):
            content, paper = self._contents[number], self._papers[number]
            if known := members.get(content):
                members[content] = replace(known, repeats=known.repeats + (paper < 0))
            else:
                members[content] = Member(replace(record, revision=revisions.get(number, 0)), paper)
                ids[own_id(record.paper)] = self._ids[number]
        return Work(
            tuple(members.values()),
            tuple(sorted(ids)),
            frozenset(id_ for id_, key in ids.items() if (numbers[0], key) in unusable),
        )

    def _unusable_ids(self, roots: _Numbers) -> frozenset[tuple[int, int]]:
        """Return the ids that a work may not have because another work has them too, as (work, hash of id).

        A work that has no other id keeps it, if it is the only such work.
        """
        hashes = np.frombuffer(self._ids, dtype=np.uint64)
        works_of_id = {
            int(hashes[numbers[0]]): works
            for numbers in _runs(hashes, np.arange(len(self), dtype=np.int64))
            if len(works := np.unique(roots[numbers]).tolist()) > 1
        }
        has_own_id = np.zeros(len(self), dtype=bool)
        for number in np.flatnonzero(np.isin(roots, [*chain(*works_of_id.values())])).tolist():
            has_own_id[roots[number]] |= self._ids[number] not in works_of_id
        found: set[tuple[int, int]] = set()
        for key, works in works_of_id.items():
            needed_by = [work for work in works if not has_own_id[work]]
            found.update((work, key) for work in works if has_own_id[work] or len(needed_by) > 1)
        return frozenset(found)

    def _evidence(self, numbers: Iterable[int]) -> list[Evidence]:
        return [evidence(record.paper) for record in self._records(numbers)]

    def _records(self, numbers: Iterable[int]) -> Iterator[SourceRecord]:
        for number in numbers:
            (data,) = self._database.execute(
                "SELECT record FROM records WHERE number = ?", (number,)
            ).fetchone()
            yield _DECODER.decode(data)


def revision_key(record: SourceRecord) -> tuple[str, ...]:
    """Return a key that is the same for the states of one record of a file, of which the last is current.

    It is the id of the record. Without one, it is the file with title and abstract.
    """
    paper = record.paper
    return (paper.id,) if paper.id else (record.file, own_id(paper), paper.abstract)


def pairs_of_one_work(found: Sequence[Evidence], whole: Sequence[bool]) -> Iterator[Pair]:
    """Yield the pairs of groups of records of one title that are of one work.

    ``whole`` says whether the title is the whole title of a group, and not only
    its part before a subtitle. Groups with authors and year are joined if these
    agree. Then each group that lacks some of them is joined to the others that
    it fits, if these fit each other. Where it fits several works, only those
    with its abstract count. The result does not depend on the order of groups.
    """
    joined_groups = _Groups(len(found))
    full = [position for position, group in enumerate(found) if group.is_full]
    for one, other in _candidates(found, full):
        is_open = (whole[one] or whole[other]) and joined_groups.find(one) != joined_groups.find(other)
        if is_open and agree(found[one], found[other]):
            joined_groups.join(one, other)
            yield one, other
    members = [part for part in joined_groups.lists() if any(whole[position] for position in part)]
    groups = [joined([found[position] for position in part if whole[position]]) for part in members]
    for one, other in _fitting(groups):
        yield members[one][0], members[other][0]


def _fitting(groups: Sequence[Evidence]) -> Iterator[Pair]:
    """Yield the pairs of groups that fit, if everything that they lead to fits as well."""
    if len(groups) < 2:
        return
    if len(groups) > _LARGE_BLOCK:
        by_abstract: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        for position, group in enumerate(groups):
            for words in group.abstracts:
                by_abstract[words].append(position)
        candidates = {pair for same in by_abstract.values() for pair in pairwise(same)}
        yield from (pair for pair in sorted(candidates) if may_agree(groups[pair[0]], groups[pair[1]]))
        return
    fits = {
        (one, other)
        for one, other in combinations(range(len(groups)), 2)
        if may_agree(groups[one], groups[other])
    }
    unclear: list[int] = []
    for part in _components(len(groups), fits):
        if fits.issuperset(combinations(part, 2)):
            yield from pairwise(part)
        else:
            unclear.extend(part)
    with_abstract = {
        (one, other)
        for one, other in combinations(sorted(unclear), 2)
        if (one, other) in fits and same_abstract(groups[one], groups[other])
    }
    for part in _components(len(groups), with_abstract):
        if with_abstract.issuperset(combinations(part, 2)):
            yield from pairwise(part)


def _candidates(found: Sequence[Evidence], positions: Sequence[int]) -> Iterable[Pair]:
    """Return the pairs of groups to compare: all, or those with a family name in common if there are many."""
    if len(positions) <= _LARGE_BLOCK:
        return combinations(positions, 2)
    by_name: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for position in positions:
        families = {name.family for names in found[position].authors for name in names[:3]}
        for family in families:
            for year in found[position].years:
                by_name[family, year].append(position)
    pairs: set[Pair] = set()
    for (family, year), same in by_name.items():
        near = [*same, *by_name.get((family, year + 1), ()), *by_name.get((family, year + 2), ())]
        for index, one in enumerate(same):
            pairs.update((min(one, other), max(one, other)) for other in near[index + 1 :] if other != one)
    return sorted(pairs)


def _components(size: int, pairs: Iterable[Pair]) -> list[list[int]]:
    """Return the groups of positions that pairs connect, each and all in rising order."""
    groups = _Groups(size)
    for one, other in pairs:
        groups.join(one, other)
    return groups.lists()


class _Groups:
    """Disjoint groups of numbers. Each group is named by its smallest number."""

    def __init__(self, size: int) -> None:
        self._parents = array("q", range(size))

    def find(self, number: int) -> int:
        parents = self._parents
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    def join(self, one: int, other: int) -> None:
        one, other = self.find(one), self.find(other)
        self._parents[max(one, other)] = min(one, other)

    def roots(self) -> _Numbers:
        """Return the smallest number of the group of each number."""
        return np.fromiter((self.find(number) for number in range(len(self._parents))), np.int64)

    def lists(self) -> list[list[int]]:
        """Return the numbers of each group, all in rising order."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for number in range(len(self._parents)):
            found[self.find(number)].append(number)
        return [found[root] for root in sorted(found)]


class _Keys:
    """Hashes of keys with numbers, of which those with one key are found by sorting."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._numbers = array("q")

    def add(self, key: int, number: int) -> None:
        self._hashes.append(key)
        self._numbers.append(number)

    def runs(self) -> Iterator[_Numbers]:
        """Yield the numbers of each key that has several."""
        return _runs(
            np.frombuffer(self._hashes, dtype=np.uint64), np.frombuffer(self._numbers, dtype=np.int64)
        )


def _runs(hashes: _Hashes, numbers: _Numbers) -> Iterator[_Numbers]:
    """Yield the numbers of each hash that occurs more than once, in their order."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    bounds = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    starts = np.concatenate(([0], bounds)) if len(ordered) else bounds
    ends = np.concatenate((bounds, [len(ordered)])) if len(ordered) else bounds
    for index in np.flatnonzero(ends - starts > 1):
        yield numbers[order[starts[index] : ends[index]]]


def _hash(kind: str, value: str) -> int:
    # The hash of Python is the fastest one. It differs between runs, but only equality matters here.
    return hash((kind, value)) & _UNSIGNED
