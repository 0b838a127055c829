"""The command line: one command for each method of :mod:`kgraph.api`, with the same names.

Data goes to stdout, everything else to stderr. The exit code is 0, 1 for a
failure, or 2 for wrong usage or input. Tracebacks are shown only with ``--debug``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

import kgraph
from kgraph import KnowledgeGraph
from kgraph.console import text
from kgraph.console.arguments import parameters, read_ids
from kgraph.console.output import OUTPUT_FORMATS, print_output
from kgraph.console.progress import progress_bars
from kgraph.console.rows import RECORD_FORMATS, ROW_FORMATS
from kgraph.console.terminal import print_message, use_utf8
from kgraph.errors import InputError, KgraphError
from kgraph.registry import Loaded, Named
from kgraph.sources.format import PAGE_YEARS
from kgraph.store import DEFAULT_TIMEOUT
from kgraph.view.scenes import pages
from kgraph.whole_file import whole_file

F = TypeVar("F", bound=Callable[..., Any])
N = TypeVar("N", bound=Named)

STORE = click.option(
    "--store",
    metavar="STORE",
    help="The graph: a file, or the address of a Neo4j server (neo4j://host:7687). "
    "Default: KGRAPH_STORE, or papers.kg.",
)
PAGE_YEAR = click.option(
    "--page-year",
    type=click.IntRange(*PAGE_YEARS),
    help="The year of dates without one.",
)
JOBS = click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    help="Number of processes that extract. Default: one a core for many papers, one for few.",
)
ENCODER = click.option(
    "--encoder",
    envvar="KGRAPH_ENCODER",
    metavar="DIR",
    help="Find tasks, methods … by a transformer encoder, which is better and slower. See docs/training.md.",
)


def format_option(formats: Iterable[str]) -> Callable[[F], F]:
    """Return the option ``--format`` with the names of these formats. The first one is the default."""
    names = tuple(formats)
    return click.option("--format", "form", type=click.Choice(names), default=names[0], show_default=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kgraph")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def cli(debug: bool) -> None:
    """Turn research papers into a knowledge graph to look at, query and get suggestions from."""
    del debug  # main() reads it, because it handles all errors


class FormatsCommand(click.Command):
    """A command whose help ends in a list of formats.

    ``formats`` returns their names and descriptions when the help is shown.
    """

    def __init__(
        self, *args: Any, heading: str, formats: Callable[[], Sequence[tuple[str, str]]], **kwargs: Any
    ) -> None:
        """Add a heading and the formats to the arguments of a command."""
        super().__init__(*args, **kwargs)
        self._heading = heading
        self._formats = formats

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of formats."""
        del ctx
        with formatter.section(self._heading):
            formatter.write_dl(self._formats())


def _input_formats() -> list[tuple[str, str]]:
    from kgraph.sources.container import containers
    from kgraph.sources.registry import FORMATS

    around = [(name, container.description) for name, container in containers().items()]
    return [*_descriptions(FORMATS.loaded(), lambda form: form.description), *around]


def _export_formats() -> list[tuple[str, str]]:
    from kgraph.export import EXPORTERS

    return _descriptions(
        EXPORTERS.loaded(), lambda exporter: f"{exporter.description} DEST is a {exporter.target}."
    )


def _descriptions(loaded: Loaded[N], describe: Callable[[N], str]) -> list[tuple[str, str]]:
    """Return the name and description of each implementation, or why it cannot be used."""
    working = [(name, describe(implementation)) for name, implementation in loaded.working.items()]
    return sorted([*working, *((name, str(error)) for name, error in loaded.failures.items())])


_READS_PAPERS: Mapping[str, Any] = {
    "cls": FormatsCommand,
    "heading": "Formats, and containers around them, detected from the content of a file",
    "formats": _input_formats,
}


@cli.command(**_READS_PAPERS)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@STORE
@PAGE_YEAR
@click.option(
    "--thesaurus",
    metavar="FILE",
    help="Merge concepts or keep them apart, by a table with the columns 'label' and 'replace by'.",
)
@click.option("--cache", metavar="FILE", help="The file of cached extractions. Default: next to the graph.")
@JOBS
@ENCODER
@click.option("--dry-run", is_flag=True, help="Show merges, conflicts and rejections, and write nothing.")
@format_option(OUTPUT_FORMATS)
def build(
    inputs: tuple[str, ...],
    store: str | None,
    page_year: int | None,
    thesaurus: str | None,
    cache: str | None,
    jobs: int | None,
    encoder: str | None,
    dry_run: bool,
    form: str,
) -> None:
    """Build the graph of the papers in INPUT, or add them to it.

    INPUT is a file, a folder, a pattern such as 'papers/*.bib', or - for
    standard input.
    """
    kept = "finished extractions are kept"
    with _interruptible(kept), kgraph.open(store) as graph, progress_bars() as on_progress:
        report = graph.build(
            *inputs,
            page_year=page_year,
            thesaurus=thesaurus,
            cache=cache,
            jobs=jobs,
            encoder=encoder,
            dry_run=dry_run,
            on_progress=on_progress,
        )
    print_output(report, form, text.print_build)


@cli.command(**_READS_PAPERS)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@PAGE_YEAR
@JOBS
@ENCODER
@format_option(RECORD_FORMATS)
def extract(
    inputs: tuple[str, ...], page_year: int | None, jobs: int | None, encoder: str | None, form: str
) -> None:
    """Print the concepts, relations and results of each paper, without a store.

    INPUT is as for build.
    """
    from kgraph.extract.run.record import to_record
    from kgraph.model import Notice, Rejection

    done = 0

    def records() -> Iterator[dict[str, Any]]:
        nonlocal done
        with progress_bars() as on_progress:
            for item in KnowledgeGraph.extract(*inputs, page_year=page_year, jobs=jobs, encoder=encoder):
                if isinstance(item, Rejection):
                    print_message(f"rejected: {item}")
                elif isinstance(item, Notice):
                    print_message(f"{item.file}: {item.text}")
                else:
                    done += 1
                    on_progress("extracting", done, None)
                    yield to_record(*item)

    RECORD_FORMATS[form](records())
    if not done:
        raise InputError("no paper could be read")


def _services() -> list[tuple[str, str]]:
    from kgraph.fetching import SERVICES

    return _descriptions(SERVICES.loaded(), lambda service: f"{service.title}: {service.description}")


@cli.command(cls=FormatsCommand, heading="Sources and the form of their queries", formats=_services)
@click.argument("source")
@click.argument("query")
@click.option("-o", "--output", metavar="FILE", required=True, help="The file to write.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Maximum number of records.")
@click.option("--since", metavar="DAY", help="First day of publication, as 2025-06-21.")
@click.option("--until", metavar="DAY", help="Last day of publication.")
@click.option(
    "--contact",
    envvar="KGRAPH_CONTACT",
    metavar="EMAIL",
    help="Your address, which services ask for. Default: KGRAPH_CONTACT.",
)
@click.option(
    "--base-url",
    envvar="KGRAPH_FETCH_URL",
    metavar="URL",
    help="The address of a mirror or proxy of the service. Default: KGRAPH_FETCH_URL, or the service.",
)
@click.option(
    "--cache",
    metavar="DIR",
    help="The folder of answers, which are used for a day. Default: in the user's cache folder.",
)
@click.option("--refresh", is_flag=True, help="Ask again instead of using answers of the last day.")
@format_option(OUTPUT_FORMATS)
def fetch(
    source: str,
    query: str,
    output: str,
    limit: int | None,
    since: str | None,
    until: str | None,
    contact: str | None,
    base_url: str | None,
    cache: str | None,
    refresh: bool,
    form: str,
) -> None:
    """Save records of SOURCE that match QUERY in a file that build reads.

    If it is interrupted or the network fails, the same command continues.
    """
    with _interruptible("run the same command again to continue"), progress_bars() as on_progress:
        report = KnowledgeGraph.fetch(
            source,
            query,
            output,
            limit=limit,
            since=since,
            until=until,
            contact=contact,
            base_url=base_url,
            cache=cache,
            refresh=refresh,
            on_progress=on_progress,
        )
    print_output(report, form, text.print_fetch)


@cli.command()
@click.argument("cypher")
@click.option(
    "--param",
    "params",
    metavar="K=V",
    multiple=True,
    help="A parameter. V is JSON if it parses as such, else text.",
)
@STORE
@format_option(ROW_FORMATS)
@click.option("--write", is_flag=True, help="Allow the statement to change the graph.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="Maximum number of rows."
)
def query(
    cypher: str,
    params: tuple[str, ...],
    store: str | None,
    form: str,
    write: bool,
    timeout: float,
    limit: int,
) -> None:
    """Run a CYPHER statement, read-only unless --write."""
    with kgraph.open(store) as graph:
        result = graph.query(cypher, parameters(params), write=write, timeout=timeout, limit=limit)
    for warning in result.warnings:
        print_message(f"warning: {warning}")
    ROW_FORMATS[form](result.columns, result.rows)
    if result.truncated:
        print_message(f"cut at {limit} rows; --limit shows more")


@cli.command()
@click.argument("papers", metavar="PAPER...", nargs=-1, required=True)
@click.option("-k", type=click.IntRange(min=1), default=10, show_default=True, help="Number of suggestions.")
@click.option("--among", metavar="FILE", help="Rank only the ids in FILE, one a line.")
@STORE
@format_option(OUTPUT_FORMATS)
def suggest(papers: tuple[str, ...], k: int, among: str | None, store: str | None, form: str) -> None:
    """Suggest papers related to PAPER, with the reasons why.

    PAPER is an id, a title, or a part of exactly one title. Several papers are
    taken together.
    """
    pool = None if among is None else read_ids(Path(among))
    with kgraph.open(store) as graph:
        found = graph.suggest(*papers, k=k, among=pool)
        _warn_if_incomplete(graph)
    print_output(found, form, text.print_suggestions)


def _page_options(command: F) -> F:
    """Add an option to a command for each page that has a selector."""
    for page in reversed(list(pages().values())):
        if page.selector:
            metavars = page.selector.metavars
            command = click.option(
                f"--{page.name}", metavar=" ".join(metavars), nargs=len(metavars), help=page.selector.help
            )(command)
    return command


@cli.command()
@_page_options
@click.option("--limit", type=click.IntRange(min=1), help="Maximum number of nodes.")
@click.option("-o", "--output", "target", metavar="OUT.html", required=True, help="The page to write.")
@STORE
def view(
    limit: int | None, target: str, store: str | None, **selection: str | tuple[str, ...] | None
) -> None:
    """Write a page that shows a part of the graph, or the map of all of it.

    The page is one file and works offline.
    """
    with kgraph.open(store) as graph:
        page = graph.view(limit=limit, **selection)
        _warn_if_incomplete(graph)
    with whole_file(Path(target)) as partial:
        partial.write_text(page.html, encoding="utf-8", newline="\n")
    left_out = f", {page.left_out} left out" if page.left_out else ""
    print_message(f"{target}: {page.nodes} nodes, {page.edges} edges{left_out}")


def _complete_export_format(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    del context, parameter
    from kgraph.export import EXPORTERS

    return [name for name in EXPORTERS.names() if name.startswith(incomplete)]


@cli.command(cls=FormatsCommand, heading="Formats", formats=_export_formats)
@click.argument("format", shell_complete=_complete_export_format)
@click.argument("dest")
@STORE
def export(format: str, dest: str, store: str | None) -> None:
    """Write the graph to the file or folder DEST for another tool.

    Prints the commands that load the files, if the tool needs them. A file is
    replaced. A folder must be new, empty or of an earlier export.
    """
    with (
        _interruptible("nothing was exported"),
        kgraph.open(store) as graph,
        progress_bars() as on_progress,
    ):
        report = graph.export(format, dest, on_progress=on_progress)
    text.print_export(report)


@cli.command()
@STORE
@format_option(OUTPUT_FORMATS)
def stats(store: str | None, form: str) -> None:
    """Count the nodes and relationships of the graph."""
    with kgraph.open(store) as graph:
        found = graph.stats()
        _warn_if_incomplete(graph)
    print_output(found, form, text.print_stats)


@cli.command()
@format_option(OUTPUT_FORMATS)
def schema(form: str) -> None:
    """Print the data model: labels, relationship types and properties."""
    found = KnowledgeGraph.schema()
    print_output(found, form, text.print_schema)


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the command line and exit with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    use_utf8()
    try:
        # --debug is accepted anywhere, because people append it to the command that failed.
        code = cli.main(
            [argument for argument in given if argument != "--debug"],
            prog_name="kgraph",
            standalone_mode=False,
        )
    except click.exceptions.Abort:
        _exit("interrupted", 1, debug)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KgraphError as error:
        _exit(str(error), error.exit_code, debug)
    except BrokenPipeError:
        # The reader of stdout has exited, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (OSError, MemoryError) as error:
        _exit(str(error) or type(error).__name__, 1, debug)
    sys.exit(code if isinstance(code, int) else 0)


@contextmanager
def _interruptible(consequence: str) -> Iterator[None]:
    """Add to the message about an interruption what it means for the results of the command."""
    try:
        yield
    except KeyboardInterrupt:
        raise KgraphError(f"interrupted; {consequence}") from None


def _warn_if_incomplete(graph: KnowledgeGraph) -> None:
    if graph.query("MATCH (b:Build {id: 'build'}) WHERE b.writer IS NOT NULL RETURN b.writer").rows:
        print_message(
            "warning: the graph is being written, or a build was interrupted; "
            "run that build again to complete it"
        )


def _exit(message: str, code: int, debug: bool) -> None:
    if debug:
        raise
    print_message(f"kgraph: {message}")
    sys.exit(code)


if __name__ == "__main__":
    main()
