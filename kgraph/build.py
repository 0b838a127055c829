"""Build a graph: read, extract, link, write.

A build adds its records to those of the store, merges the records of one work,
and links all papers again, so that adding papers in two steps gives the graph of
one. Extractions are cached by content, and the store changes once, at the end. A
build that is killed has changed nothing, and the next one continues from the
cache.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal, get_args

from kgraph.errors import InputError
from kgraph.extract.run.cache import ExtractionCache
from kgraph.link.corpus import link
from kgraph.link.graph import LINKER_VERSION, edge_batches, node_batches
from kgraph.link.thesaurus import Thesaurus, thesaurus_from_lines, thesaurus_lines
from kgraph.model import Conflict, Extraction, Merge, NodeBatch, Notice, Paper, Rejection
from kgraph.paper_record import paper_from_properties
from kgraph.progress import Progress, ignore_progress
from kgraph.source_record import SourceRecord
from kgraph.sources import read_records
from kgraph.sources.merging import conflicts, merged_paper
from kgraph.sources.works import Work, Works
from kgraph.store import GraphStore
from kgraph.store.reading import build_properties, node_counts, relationship_counts
from kgraph.store.scan import Scan

_Outcome = Literal["read", "added", "updated", "unchanged", "merged"]
_PROVENANCE = ("source", "sources", "other_ids")
_LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build.

    ``read`` counts the records of the input. Their papers were ``added``,
    ``updated`` or ``unchanged``. ``merged`` counts the records and papers that
    became part of another paper, which ``merges`` lists. ``papers``,
    ``concepts`` and ``relationships`` (by type) count the graph after the build.
    After a dry run, ``written`` is false, ``papers`` counts the graph that the
    build would make, and the other two count the graph as it is.
    """

    read: int
    added: int
    updated: int
    unchanged: int
    merged: int
    rejected: tuple[Rejection, ...]
    merges: tuple[Merge, ...]
    conflicts: tuple[Conflict, ...]
    notices: tuple[Notice, ...]
    papers: int
    concepts: int
    relationships: Mapping[str, int]
    written: bool = True


@dataclass(slots=True)
class _Reading:
    """The papers of the store and the input by id, and the counts and lists of the report."""

    papers: dict[str, Paper] = field(default_factory=dict)
    outcomes: Counter[_Outcome] = field(default_factory=Counter)
    rejected: list[Rejection] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def build(
    store: GraphStore,
    inputs: Iterable[str | Path],
    cache: Path,
    *,
    encoder: Path | None = None,
    page_year: int | None = None,
    thesaurus: Thesaurus | None = None,
    jobs: int | None = None,
    on_progress: Progress = ignore_progress,
) -> BuildReport:
    """Build the graph of the papers in ``inputs`` and in the store.

    ``cache`` is the file of cached extractions. ``thesaurus`` replaces the one
    in the store, and None keeps it. ``encoder`` and ``jobs`` are described at
    :func:`kgraph.extract.run.processes.extract_in_parallel`.
    Raises InputError if no paper can be read, and StoreError.
    """
    # replace() compares the graph with the one that exists() sees here.
    exists = store.exists()
    last_build = build_properties(store) if exists else {}
    stored = stored_papers(store) if exists else {}
    reading = _read(inputs, stored, page_year, on_progress)
    words = thesaurus or thesaurus_from_lines(last_build.get("thesaurus") or ())
    with closing(ExtractionCache(cache, encoder)) as extractions:
        if reading.papers != stored or not _is_current(last_build, extractions.version, words):
            papers = [reading.papers[id_] for id_ in sorted(reading.papers)]
            _extract(papers, extractions, jobs, on_progress)
            _link_and_write(store, papers, extractions, words, on_progress)
    return _report(store, reading)


def preview(
    store: GraphStore,
    inputs: Iterable[str | Path],
    *,
    page_year: int | None = None,
    on_progress: Progress = ignore_progress,
) -> BuildReport:
    """Return the report of a build without extracting or writing. Raises InputError and StoreError."""
    stored = stored_papers(store) if store.exists() else {}
    return _report(store, _read(inputs, stored, page_year, on_progress), written=False)


def stored_papers(store: GraphStore) -> dict[str, Paper]:
    """Return the papers of a store by id."""
    return {node.id: paper_from_properties(node.id, node.properties) for node in Scan(store).nodes("Paper")}


def _read(
    inputs: Iterable[str | Path], stored: Mapping[str, Paper], page_year: int | None, on_progress: Progress
) -> _Reading:
    """Return the papers of the store and the files. Raises InputError if the files have none."""
    reading = _Reading()
    before = [stored[id_] for id_ in sorted(stored)]
    with Works() as works:
        for number, paper in enumerate(before):
            works.add_paper(paper, number)
        for item in read_records(inputs, page_year=page_year, need_title=True):
            if isinstance(item, Notice):
                reading.notices.append(item)
            elif isinstance(item, Rejection):
                reading.rejected.append(item)
            else:
                works.add(item)
                reading.outcomes["read"] += 1
                on_progress("reading", reading.outcomes["read"], None)
        if not reading.outcomes["read"]:
            listed = (f"rejected: {entry}" for entry in reading.rejected)
            raise InputError("\n".join(["no paper could be read", *listed]))
        for work in works.joined():
            _add_work(reading, work, before)
    return reading


def _add_work(reading: _Reading, work: Work, before: Sequence[Paper]) -> None:
    """Add the paper of a work, and its part of the report if the input has a record of it."""
    paper = merged_paper(work)
    if paper.id in reading.papers:
        located = "; ".join(_location(member.record) for member in work.members)
        raise InputError(f"the id {paper.id!r} was given to another paper: change it in {located}")
    reading.papers[paper.id] = paper
    if not any(member.paper < 0 or member.repeats for member in work.members):
        return
    earlier = {member.paper for member in work.members} - {-1}
    new = sum(1 + member.repeats for member in work.members if member.paper < 0)
    if not earlier:
        reading.outcomes["added"] += 1
    elif len(earlier) == 1 and _has_same_values(paper, before[min(earlier)]):
        reading.outcomes["unchanged"] += 1
    else:
        reading.outcomes["updated"] += 1
    merged = len(earlier) + new - 1
    if not new or not merged:
        return
    reading.outcomes["merged"] += merged
    locations = [
        _location(member.record) + (f" ({1 + member.repeats} times)" if member.repeats else "")
        for member in work.members
    ]
    reading.merges.append(Merge(paper.id, paper.title, tuple(locations)))
    reading.conflicts.extend(
        Conflict(paper.id, found.field, _location(found.record), _shown(found.value), _shown(found.kept))
        for found in conflicts(work, paper)
    )


def _has_same_values(one: Paper, other: Paper) -> bool:
    """Return whether two papers differ at most in where they come from."""
    return replace(one, **{name: getattr(other, name) for name in _PROVENANCE}) == other


def _location(record: SourceRecord) -> str:
    if record.paper.id:
        return f"{record.file}, id {record.paper.id}"
    return f"{record.file}, line {record.line}" if record.line else record.file


def _shown(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return shorten(text, _LONGEST_VALUE, placeholder=" …")


def _is_current(last_build: Mapping[str, Any], extractor: str, thesaurus: Thesaurus) -> bool:
    """Return whether a complete build by the same versions made the graph."""
    made_by = {
        "extractor": extractor,
        "linker": LINKER_VERSION,
        "thesaurus": thesaurus_lines(thesaurus),
    }
    same_versions = made_by == {name: last_build.get(name) for name in made_by}
    return same_versions and "writer" not in last_build


def _extract(
    papers: Sequence[Paper], cache: ExtractionCache, jobs: int | None, on_progress: Progress
) -> None:
    """Fill the cache with the extractions of all papers."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress("extracting", done, len(papers))

    on_progress("extracting", 0, len(papers))
    cache.fill(papers, jobs, count)


def _link_and_write(
    store: GraphStore,
    papers: Sequence[Paper],
    cache: ExtractionCache,
    thesaurus: Thesaurus,
    on_progress: Progress,
) -> None:
    """Replace the graph by that of the papers, whose extractions are in the cache."""

    def corpus() -> Iterator[tuple[Paper, Extraction]]:
        return cache.read(papers)

    on_progress("linking", 0, None)
    linked = link(papers, corpus, thesaurus)
    on_progress("writing nodes", 0, None)
    with _frozen_objects():
        store.replace(
            _counted(node_batches(linked, cache.version), "writing nodes", on_progress),
            _counted(edge_batches(linked), "writing relationships", on_progress),
        )


@contextmanager
def _frozen_objects() -> Iterator[None]:
    """Keep the objects that exist from the garbage collector, which saves a quarter of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _counted(batches: Iterable[Any], step: str, on_progress: Progress) -> Iterator[Any]:
    written = 0
    for batch in batches:
        yield batch
        written += len(batch.nodes if isinstance(batch, NodeBatch) else batch.edges)
        on_progress(step, written, None)


def _report(store: GraphStore, reading: _Reading, *, written: bool = True) -> BuildReport:
    exists = store.exists()
    types = relationship_counts(store) if exists else {}
    return BuildReport(
        **{name: reading.outcomes[name] for name in get_args(_Outcome)},
        rejected=tuple(reading.rejected),
        merges=tuple(reading.merges),
        conflicts=tuple(reading.conflicts),
        notices=tuple(reading.notices),
        papers=len(reading.papers),
        concepts=node_counts(store)["Concept"] if exists else 0,
        relationships={name: count for name, count in sorted(types.items()) if count},
        written=written,
    )
