"""The command line: one command a method of :mod:`kgraph.api`, with the same names.

Data goes to stdout, everything else to stderr. Exit codes: 0, 1 for a failure,
2 for wrong usage or input; a traceback only with ``--debug``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

import kgraph
from kgraph import KnowledgeGraph, output
from kgraph.errors import InputError, KgraphError
from kgraph.store import DEFAULT_TIMEOUT
from kgraph.view.scenes import pages

if TYPE_CHECKING:
    from kgraph.build import BuildReport

STORE = click.option(
    "--store",
    metavar="STORE",
    help="The graph: a file, or the address of a Neo4j server (neo4j://host:7687). "
    "Default: KGRAPH_STORE, or papers.kg.",
)
PAGE_YEAR = click.option(
    "--page-year",
    type=click.IntRange(1900, 2999),
    help="The year of dates that a page prints without one.",
)
JOBS = click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    help="Processes that extract. Default: one a core for many papers, one for few.",
)
ENCODER = click.option(
    "--encoder",
    envvar="KGRAPH_ENCODER",
    metavar="DIR",
    help="A transformer encoder to read tasks, methods … with: better and slower. See docs/training.md.",
)
_Command = TypeVar("_Command", bound=Callable[..., Any])
FORMATS = ("table", "json", "jsonl", "csv")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kgraph")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def cli(debug: bool) -> None:
    """Turn research papers into a knowledge graph to look at, query and get suggestions from."""
    del debug  # read in main(), which must know it for errors of any kind


class ReadsPapers(click.Command):
    """A command whose help lists the formats that it reads."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of formats."""
        del ctx
        from kgraph.sources import source_formats

        with formatter.section("Formats, detected from the content of a file"):
            formatter.write_dl([(form.name, form.description) for form in source_formats()])


@cli.command(cls=ReadsPapers)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@STORE
@PAGE_YEAR
@click.option(
    "--thesaurus",
    metavar="FILE",
    help="Merge or keep apart concepts: a table with the columns 'label' and 'replace by'.",
)
@click.option("--cache", metavar="FILE", help="Where to keep what was extracted. Default: beside the graph.")
@JOBS
@ENCODER
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def build(
    inputs: tuple[str, ...],
    store: str | None,
    page_year: int | None,
    thesaurus: str | None,
    cache: str | None,
    jobs: int | None,
    encoder: str | None,
    form: str,
) -> None:
    """Build the graph of the papers in INPUT files, or add them to it.

    A file may be compressed by gzip.
    """
    with kgraph.open(store) as graph, output.progress() as on_progress:
        report = graph.build(
            *inputs,
            page_year=page_year,
            thesaurus=thesaurus,
            cache=cache,
            jobs=jobs,
            encoder=encoder,
            on_progress=on_progress,
        )
    if form == "json":
        _print_json(asdict(report))
    else:
        _print_report(report)


@cli.command(cls=ReadsPapers)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@PAGE_YEAR
@JOBS
@ENCODER
@click.option("--format", "form", type=click.Choice(("jsonl", "json")), default="jsonl", show_default=True)
def extract(
    inputs: tuple[str, ...], page_year: int | None, jobs: int | None, encoder: str | None, form: str
) -> None:
    """Print what is read out of each paper, without a store."""
    from kgraph.extract.run.record import to_record
    from kgraph.model import Notice, Rejection

    found: list[dict[str, Any]] = []
    with output.progress() as on_progress:
        done = 0
        for item in KnowledgeGraph.extract(*inputs, page_year=page_year, jobs=jobs, encoder=encoder):
            if isinstance(item, Rejection):
                output.tell(f"rejected: {item}")
            elif isinstance(item, Notice):
                output.tell(f"{item.file}: {item.text}")
            else:
                done += 1
                on_progress("extracting", done, None)
                record = to_record(*item)
                if form == "json":
                    found.append(record)
                else:
                    click.echo(output.json_line(record))
    if form == "json":
        _print_json(found)
    if not done:
        raise InputError("no paper could be read")


@cli.command()
@click.argument("cypher")
@click.option("--param", "params", metavar="K=V", multiple=True, help="A parameter: JSON, or else text.")
@STORE
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--write", is_flag=True, help="Let the statement change the graph.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
)
@click.option("--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="Rows at most.")
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
        result = graph.query(cypher, output.parameters(params), write=write, timeout=timeout, limit=limit)
    for warning in result.warnings:
        output.tell(f"warning: {warning}")
    output.print_rows(result.columns, result.rows, form)
    if result.truncated:
        output.tell(f"cut at {limit} rows; --limit shows more")


@cli.command()
@click.argument("papers", metavar="PAPER...", nargs=-1, required=True)
@click.option("-k", type=click.IntRange(min=1), default=10, show_default=True, help="How many.")
@click.option("--among", metavar="FILE", help="Rank only the ids in FILE, one a line.")
@STORE
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def suggest(papers: tuple[str, ...], k: int, among: str | None, store: str | None, form: str) -> None:
    """Suggest papers related to PAPER, with the reasons why.

    PAPER is an id, a title or a part of one title; several make one seed set.
    """
    pool = None if among is None else output.ids_of(Path(among))
    with kgraph.open(store) as graph:
        found = graph.suggest(*papers, k=k, among=pool)
        _tell_if_partial(graph)
    if form == "json":
        _print_json([asdict(suggestion) for suggestion in found])
    else:
        output.print_suggestions(found)


def _page_options(command: _Command) -> _Command:
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
@click.option("--limit", type=click.IntRange(min=1), help="Nodes at most.")
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
        _tell_if_partial(graph)
    output.write_text(Path(target), page.html)
    left_out = f", {page.left_out} left out" if page.left_out else ""
    output.tell(f"{target}: {page.nodes} nodes, {page.edges} edges{left_out}")


class _ExportCommand(click.Command):
    """A command whose help lists the export formats."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the name, target and description of each format."""
        del ctx
        from kgraph.export import EXPORTERS

        with formatter.section("Formats"):
            formatter.write_dl([(name, _export_description(name)) for name in EXPORTERS.names()])


def _export_description(name: str) -> str:
    from kgraph.export import EXPORTERS

    try:
        exporter = EXPORTERS.get(name)
    except KgraphError as error:
        return str(error)
    return f"{exporter.description} DEST is a {exporter.target}."


def _complete_export_format(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    del context, parameter
    from kgraph.export import EXPORTERS

    return [name for name in EXPORTERS.names() if name.startswith(incomplete)]


@cli.command(cls=_ExportCommand)
@click.argument("format", shell_complete=_complete_export_format)
@click.argument("dest")
@STORE
def export(format: str, dest: str, store: str | None) -> None:
    """Write the graph to the file or folder DEST for another tool.

    Prints the commands that load the files, if the tool needs them. A file is
    replaced. A folder must be new, empty or of an earlier export.
    """
    try:
        with kgraph.open(store) as graph, output.progress() as on_progress:
            report = graph.export(format, dest, on_progress=on_progress)
    except KeyboardInterrupt:
        raise KgraphError("interrupted; nothing was exported") from None
    output.print_export(report)


@cli.command()
@STORE
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def stats(store: str | None, form: str) -> None:
    """Count what is in the graph."""
    with kgraph.open(store) as graph:
        found = graph.stats()
        _tell_if_partial(graph)
    if form == "json":
        _print_json(asdict(found))
    else:
        output.print_stats(found)


@cli.command()
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def schema(form: str) -> None:
    """Print the data model: labels, relationship types and properties."""
    found = KnowledgeGraph.schema()
    if form == "json":
        _print_json(asdict(found))
    else:
        output.print_schema(found)


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    output.use_utf8()
    try:
        # --debug may stand anywhere, as people add it to the end of what failed.
        code = cli.main(
            [argument for argument in given if argument != "--debug"],
            prog_name="kgraph",
            standalone_mode=False,
        )
    except click.exceptions.Abort:
        _leave("interrupted; what was done so far is kept", 1, debug)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KgraphError as error:
        _leave(str(error), error.exit_code, debug)
    except BrokenPipeError:
        # The reader of our output has left: nothing more to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (OSError, MemoryError) as error:
        _leave(str(error) or type(error).__name__, 1, debug)
    sys.exit(code if isinstance(code, int) else 0)


def _tell_if_partial(graph: KnowledgeGraph) -> None:
    if graph.query("MATCH (b:Build) WHERE b.writer IS NOT NULL RETURN b.writer").rows:
        output.tell(
            "warning: the graph is being written, or a build was broken off; "
            "running that build again completes it"
        )


def _leave(message: str, code: int, debug: bool) -> None:
    if debug:
        raise
    output.tell(f"kgraph: {message}")
    sys.exit(code)


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _print_report(report: BuildReport) -> None:
    click.echo(
        f"{report.read} papers read: {report.added} added, {report.updated} updated, "
        f"{report.unchanged} unchanged; {len(report.rejected)} rejected"
    )
    click.echo(
        f"the graph holds {report.papers} papers, {report.concepts} concepts "
        f"and {sum(report.relationships.values())} relationships"
    )
    for notice in report.notices:
        output.tell(f"{notice.file}: {notice.text}")
    for entry in report.rejected:
        output.tell(f"rejected: {entry}")


if __name__ == "__main__":
    main()
