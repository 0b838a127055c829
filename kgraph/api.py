"""The Python interface: a graph in a store, with one method a command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kgraph.progress import Progress, ignore_progress
from kgraph.schema import Schema, graph_schema
from kgraph.stats import Stats, stats
from kgraph.store import DEFAULT_TIMEOUT, QueryResult, is_server, open_store, store_path

if TYPE_CHECKING:
    import networkx as nx

    from kgraph.build import BuildReport
    from kgraph.export import ExportReport
    from kgraph.fetching import FetchReport
    from kgraph.model import Extraction, Notice, Paper, Rejection
    from kgraph.suggest import Suggestion
    from kgraph.view import View

# spaCy, SciPy and NetworkX take seconds to import, so each method imports only the modules it needs.


class KnowledgeGraph:
    """A graph of papers in a store. Its methods have the names and arguments of the commands.

    Use it as a context manager, or call :meth:`close`.
    """

    def __init__(self, store: str | Path | None = None) -> None:
        self._name = store_path(store)
        self._store = open_store(store)

    def build(
        self,
        *inputs: str | Path,
        page_year: int | None = None,
        thesaurus: str | Path | None = None,
        cache: str | Path | None = None,
        jobs: int | None = None,
        encoder: str | Path | None = None,
        dry_run: bool = False,
        on_progress: Progress = ignore_progress,
    ) -> BuildReport:
        """Build the graph of the papers in some files, or add them to it.

        See :func:`kgraph.build.build`. ``cache`` is the file of cached
        extractions, which may be deleted. The default is the name of the graph
        file with ``.cache`` at its end, and for a server a file in the user's
        cache folder. ``jobs`` is the number of processes that extract. The
        default is one a core for many papers, and only this process for few.
        ``encoder`` is a folder with a transformer encoder that finds entities
        (docs/training.md). With ``dry_run``, files are read and records merged,
        and nothing is extracted or written.
        """
        from kgraph.sources import check_inputs

        # Before the imports of spaCy, and before the cache is opened.
        check_inputs(inputs, page_year=page_year)

        from kgraph.build import build, preview
        from kgraph.extract.run.processes import check_jobs
        from kgraph.link.thesaurus import read_thesaurus

        check_jobs(jobs)
        words = read_thesaurus(Path(thesaurus)) if thesaurus is not None else None
        if dry_run:
            return preview(self._store, inputs, page_year=page_year, on_progress=on_progress)
        return build(
            self._store,
            inputs,
            Path(cache) if cache is not None else _cache_path(self._name),
            encoder=_folder(encoder),
            page_year=page_year,
            thesaurus=words,
            jobs=jobs,
            on_progress=on_progress,
        )

    @staticmethod
    def extract(
        *inputs: str | Path,
        page_year: int | None = None,
        jobs: int | None = None,
        encoder: str | Path | None = None,
    ) -> Iterator[tuple[Paper, Extraction] | Rejection | Notice]:
        """Yield each paper in some files with its extraction, without a store.

        Rejections and notices are yielded when they occur, which may be some
        papers early. See :func:`kgraph.extract.run.processes.extract_in_parallel`.
        """
        from kgraph.sources import check_inputs, read

        # Before the import of spaCy.
        check_inputs(inputs, page_year=page_year)

        from kgraph.extract.run.processes import extract_in_parallel
        from kgraph.model import Paper

        folder = _folder(encoder)
        others: list[Rejection | Notice] = []

        def papers() -> Iterator[Paper]:
            records: Iterable[Paper | Rejection | Notice] = read(inputs, page_year=page_year)
            for record in records:
                if isinstance(record, Paper):
                    yield record
                else:
                    others.append(record)

        with closing(extract_in_parallel(papers(), jobs, folder)) as extracted:
            for found in extracted:
                yield from others
                others.clear()
                yield found
        yield from others

    @staticmethod
    def fetch(
        source: str,
        query: str,
        output: str | Path,
        *,
        limit: int | None = None,
        since: str | None = None,
        until: str | None = None,
        contact: str | None = None,
        base_url: str | None = None,
        cache: str | Path | None = None,
        refresh: bool = False,
        on_progress: Progress = ignore_progress,
    ) -> FetchReport:
        """Save records of a service in a file that :meth:`build` reads, without a store.

        ``source`` is a service, as ``kgraph fetch --help`` lists them. An
        interrupted call is continued by the same call. ``cache`` is a folder of
        answers, by default in the user's cache folder. See
        :func:`kgraph.fetching.fetch_papers`.
        """
        from kgraph.fetching import fetch_papers

        return fetch_papers(
            source,
            query,
            Path(output),
            limit=limit,
            since=since,
            until=until,
            contact=contact,
            base_url=base_url,
            cache=Path(cache) if cache is not None else _user_cache() / "answers",
            refresh=refresh,
            on_progress=on_progress,
        )

    @staticmethod
    def schema() -> Schema:
        """Return the data model, without reading the store."""
        return graph_schema()

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        write: bool = False,
        timeout: float | None = DEFAULT_TIMEOUT,
        limit: int | None = None,
    ) -> QueryResult:
        """Run a Cypher statement and return its rows. See :meth:`kgraph.store.GraphStore.query`."""
        return self._store.query(cypher, params, write=write, timeout=timeout, limit=limit)

    def suggest(
        self, *papers: str, k: int = 10, among: Collection[str] | None = None
    ) -> tuple[Suggestion, ...]:
        """Return the papers most related to these, with reasons. See :func:`kgraph.suggest.suggest`."""
        from kgraph.suggest import suggest

        return suggest(self._store, papers, k=k, among=among)

    def view(self, *, limit: int | None = None, **selection: str | Sequence[str] | None) -> View:
        """Return a page that shows a part of the graph, or the map of all of it.

        ``selection`` is at most one of the options of the command, such as
        ``paper="TOFU"`` or ``path=("TOFU", "LoRA")``. See :func:`kgraph.view.view`.
        """
        from kgraph.view import view

        return view(self._store, limit=limit, **selection)

    def stats(self) -> Stats:
        """Count the nodes and relationships of the graph. See :func:`kgraph.stats.stats`."""
        return stats(self._store)

    def export(
        self, format: str, dest: str | Path, *, on_progress: Progress = ignore_progress
    ) -> ExportReport:
        """Write the graph to a file or folder for another tool. See :func:`kgraph.export.export_graph`.

        ``format`` is the name of an export format, as ``kgraph export --help``
        lists them. Raises InputError for an unknown one.
        """
        from kgraph.export import export_graph

        return export_graph(self._store, format, Path(dest), on_progress)

    def to_networkx(self, *, flat: bool = False) -> nx.MultiDiGraph[Any]:
        """Return the graph as a NetworkX graph. See :func:`kgraph.export.networkx_graph.to_networkx`.

        With ``flat``, node ids are strings and attributes are scalars, so that
        NetworkX can write the graph as GraphML and GEXF. See
        :func:`kgraph.export.flat_graph.flatten`.
        """
        from kgraph.export.flat_graph import flatten
        from kgraph.export.networkx_graph import to_networkx

        graph = to_networkx(self._store)
        return flatten(graph) if flat else graph

    def close(self) -> None:
        """Release the store."""
        self._store.close()

    def __enter__(self) -> KnowledgeGraph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _folder(encoder: str | Path | None) -> Path | None:
    """Return the folder of an encoder. Raises InputError if it does not contain one."""
    if encoder is None:
        return None
    from kgraph.extract.reader.encoder import encoder_version

    folder = Path(encoder).absolute()
    encoder_version(folder)
    return folder


def _cache_path(store: str) -> Path:
    if not is_server(store):
        return Path(store + ".cache")
    # One cache serves all servers, because its keys are hashes of the text.
    return _user_cache() / "extractions.cache"


def _user_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("kgraph", appauthor=False, ensure_exists=True)


def open(store: str | Path | None = None) -> KnowledgeGraph:
    """Return the graph in a store: a path or the address of a server.

    The default is the variable ``KGRAPH_STORE``, or else ``papers.kg``. Only
    :meth:`KnowledgeGraph.build` accepts a store without a graph. Other methods
    raise InputError.
    """
    return KnowledgeGraph(store)


fetch = KnowledgeGraph.fetch
"""Save records of a service in a file that ``build`` reads. It needs no graph."""
