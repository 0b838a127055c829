"""Build a graph: read, extract, link, write.

A build adds its papers to those of the store and links all of them again, so
that adding papers in two steps gives the graph of one. A second record with the
same id is rejected within one run, where one of the two must be a mistake. In a
later run it updates the paper. Extractions are cached by content, and the store
changes once, at the end. A build that is killed has changed nothing, and the
next one continues from the cache.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from kgraph.errors import InputError
from kgraph.extract.run.cache import ExtractionCache
from kgraph.link.corpus import link
from kgraph.link.graph import LINKER_VERSION, edge_batches, node_batches
from kgraph.link.thesaurus import Thesaurus, thesaurus_from_lines, thesaurus_lines
from kgraph.model import Extraction, NodeBatch, Notice, Paper, Rejection
from kgraph.paper_record import paper_from_properties
from kgraph.progress import Progress, ignore_progress
from kgraph.sources import read
from kgraph.store import GraphStore
from kgraph.store.reading import build_properties, node_counts, relationship_counts
from kgraph.store.scan import Scan

_Outcome = Literal["added", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build.

    ``read`` counts the papers of the input, of which some were ``added``,
    ``updated`` or ``unchanged``. ``papers``, ``concepts`` and ``relationships``
    (by type) count the graph after the build.
    """

    read: int
    added: int
    updated: int
    unchanged: int
    rejected: tuple[Rejection, ...]
    notices: tuple[Notice, ...]
    papers: int
    concepts: int
    relationships: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The papers of the store and the input by id, and what became of those of the input."""

    papers: Mapping[str, Paper]
    outcomes: Counter[_Outcome]
    rejected: tuple[Rejection, ...]
    notices: tuple[Notice, ...]


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
    reading = _read(inputs, stored_papers(store) if exists else {}, page_year, on_progress)
    words = thesaurus or thesaurus_from_lines(last_build.get("thesaurus") or ())
    with closing(ExtractionCache(cache, encoder)) as extractions:
        if not _is_current(last_build, reading.outcomes, extractions.version, words):
            papers = [reading.papers[id_] for id_ in sorted(reading.papers)]
            _extract(papers, extractions, jobs, on_progress)
            _link_and_write(store, papers, extractions, words, on_progress)
    return _report(store, reading)


def stored_papers(store: GraphStore) -> dict[str, Paper]:
    """Return the papers of a store by id."""
    return {node.id: paper_from_properties(node.id, node.properties) for node in Scan(store).nodes("Paper")}


def _read(
    inputs: Iterable[str | Path], stored: Mapping[str, Paper], page_year: int | None, on_progress: Progress
) -> _Reading:
    """Return the papers of the store and the files. Raises InputError if the files have none."""
    papers = dict(stored)
    outcomes: Counter[_Outcome] = Counter()
    rejected: list[Rejection] = []
    notices: list[Notice] = []
    for record in read(inputs, page_year=page_year, need_title=True):
        if isinstance(record, Notice):
            notices.append(record)
        elif isinstance(record, Rejection):
            rejected.append(record)
        else:
            outcome = _outcome(papers.get(record.id), record)
            outcomes[outcome] += 1
            if outcome != "unchanged":
                papers[record.id] = record
            on_progress("reading", outcomes.total(), None)
    if not outcomes:
        raise InputError("\n".join(["no paper could be read", *(f"rejected: {entry}" for entry in rejected)]))
    return _Reading(papers, outcomes, tuple(rejected), tuple(notices))


def _outcome(stored: Paper | None, read: Paper) -> _Outcome:
    if stored is None:
        return "added"
    # A paper is the same if only its file differs.
    return "unchanged" if replace(read, source=stored.source) == stored else "updated"


def _is_current(
    last_build: Mapping[str, Any], outcomes: Counter[_Outcome], extractor: str, thesaurus: Thesaurus
) -> bool:
    """Return whether a complete build of the same papers by the same versions made the graph."""
    made_by = {
        "extractor": extractor,
        "linker": LINKER_VERSION,
        "thesaurus": thesaurus_lines(thesaurus),
    }
    same_papers = not outcomes["added"] and not outcomes["updated"]
    same_versions = made_by == {name: last_build.get(name) for name in made_by}
    return same_papers and same_versions and "writer" not in last_build


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


def _report(store: GraphStore, reading: _Reading) -> BuildReport:
    return BuildReport(
        read=reading.outcomes.total(),
        added=reading.outcomes["added"],
        updated=reading.outcomes["updated"],
        unchanged=reading.outcomes["unchanged"],
        rejected=reading.rejected,
        notices=reading.notices,
        papers=len(reading.papers),
        concepts=node_counts(store)["Concept"],
        relationships={name: count for name, count in sorted(relationship_counts(store).items()) if count},
    )
