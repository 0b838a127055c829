"""The main job: read, extract, link, write.

A build adds its papers to those that the store holds and links them all anew,
so that adding papers in two steps gives the graph of one. (A record whose id is
taken is refused within one run, where one of the two must be a mistake, and
updates the paper in a later run, where it is a correction.) Extraction is cached by
content, the store is changed once and at the end: a build that is killed has
changed nothing, and goes on from the cache when it is run again.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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
from kgraph.store.scan import Scan


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    ``read`` counts the papers of the input, ``added``, ``updated`` and
    ``unchanged`` what became of them; ``papers``, ``concepts`` and
    ``relationships`` are what the graph holds now.
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


def build(
    store: GraphStore,
    inputs: Iterable[Path],
    cache: ExtractionCache,
    *,
    page_year: int | None = None,
    thesaurus: Thesaurus | None = None,
    jobs: int | None = None,
    on_progress: Progress = ignore_progress,
) -> BuildReport:
    """Build the graph of the papers in ``inputs`` and in the store.

    ``thesaurus`` replaces the one that the store remembers; None keeps it.
    ``jobs`` is the number of processes that extract; see
    :func:`kgraph.extract.run.processes.extract_in_parallel`.
    Raises InputError when no paper can be read, and StoreError.
    """
    # What exists() sees now is what replace() holds against the graph that is there then.
    there = store.exists()
    before = _build_node(store) if there else {}
    papers = stored_papers(store) if there else {}
    counts: Counter[str] = Counter()
    rejected: list[Rejection] = []
    notices: list[Notice] = []
    for record in read(inputs, page_year=page_year, need_title=True):
        if isinstance(record, Notice):
            notices.append(record)
        elif isinstance(record, Rejection):
            rejected.append(record)
        else:
            counts["read"] += 1
            counts[_merge(papers, record)] += 1
            on_progress("reading", counts["read"], None)
    if not counts["read"]:
        raise InputError(_nothing_read(rejected))

    words = thesaurus or thesaurus_from_lines(before.get("thesaurus") or ())
    made_by = {
        "extractor": cache.version,
        "linker": LINKER_VERSION,
        "thesaurus": thesaurus_lines(words),
    }
    whole = "writer" not in before and made_by == {name: before.get(name) for name in made_by}
    up_to_date = whole and not counts["added"] and not counts["updated"]
    if not up_to_date:
        _write(store, [papers[id_] for id_ in sorted(papers)], cache, words, jobs, on_progress)
    totals = _totals(store)
    return BuildReport(
        read=counts["read"],
        added=counts["added"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        rejected=tuple(rejected),
        notices=tuple(notices),
        papers=len(papers),
        concepts=totals.pop("Concept"),
        relationships=totals,
    )


def stored_papers(store: GraphStore) -> dict[str, Paper]:
    """Return the papers that a store holds, by their id."""
    return {node.id: paper_from_properties(node.id, node.properties) for node in Scan(store).nodes("Paper")}


def _merge(papers: dict[str, Paper], paper: Paper) -> str:
    old = papers.get(paper.id)
    # The same paper in another file is the same paper.
    if old is not None and replace(paper, source=old.source) == old:
        return "unchanged"
    papers[paper.id] = paper
    return "added" if old is None else "updated"


def _write(
    store: GraphStore,
    papers: list[Paper],
    cache: ExtractionCache,
    thesaurus: Thesaurus,
    jobs: int | None,
    on_progress: Progress,
) -> None:
    done = 0

    def count(papers_done: int) -> None:
        nonlocal done
        done += papers_done
        on_progress("extracting", done, len(papers))

    on_progress("extracting", 0, len(papers))
    cache.fill(papers, jobs, count)
    on_progress("linking", 0, None)

    def corpus() -> Iterator[tuple[Paper, Extraction]]:
        return cache.read(papers)

    linked = link(papers, corpus, thesaurus)
    on_progress("writing nodes", 0, None)
    with _standing():
        store.replace(
            _counted(node_batches(linked, cache.version), "writing nodes", on_progress),
            _counted(edge_batches(linked), "writing relationships", on_progress),
        )


@contextmanager
def _standing() -> Iterator[None]:
    """Spare the garbage collector what stands until the end; looking at it over and over takes a quarter."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _counted(batches: Iterable[Any], what: str, on_progress: Progress) -> Iterator[Any]:
    written = 0
    for batch in batches:
        yield batch
        written += len(batch.nodes if isinstance(batch, NodeBatch) else batch.edges)
        on_progress(what, written, None)


def _build_node(store: GraphStore) -> Mapping[str, Any]:
    rows = store.query("MATCH (b:Build) RETURN b").rows
    return rows[0]["b"]["properties"] if rows else {}


def _totals(store: GraphStore) -> dict[str, int]:
    rows = store.query("MATCH ()-[r]->() RETURN type(r) AS t, count(*) AS n ORDER BY t", timeout=None).rows
    concepts = store.query("MATCH (c:Concept) RETURN count(*) AS n", timeout=None).rows[0]["n"]
    return {"Concept": concepts} | {row["t"]: row["n"] for row in rows}


def _nothing_read(rejected: Iterable[Rejection]) -> str:
    return "\n".join(["no paper could be read", *(f"rejected: {entry}" for entry in rejected)])
