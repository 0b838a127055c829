"""How the command line reads and shows things: tables, JSON, progress, small files."""

from __future__ import annotations

import csv
import io
import json
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from kgraph.errors import InputError
from kgraph.whole_file import whole_file

if TYPE_CHECKING:
    from kgraph.export import ExportReport
    from kgraph.schema import Schema
    from kgraph.stats import Stats
    from kgraph.suggest import Suggestion


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Show progress on stderr while the block runs; quiet where stderr is no terminal."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}{task.fields[of]}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def on_progress(what: str, done: int, of: int | None) -> None:
            shown = "" if of is None else f" of {of:,}"
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of, of=shown)
            bars.update(tasks[what], completed=done, total=of, of=shown)

        yield on_progress


def tell(text: str) -> None:
    """Print a message to stderr; what comes from a file in it cannot steer the terminal."""
    click.echo(_printable(text), err=True)


def use_utf8() -> None:
    """Make stdout UTF-8, whatever the system's own encoding, and let no character break a message."""
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def parameters(pairs: Iterable[str]) -> dict[str, Any]:
    """Read ``k=v`` pairs; v is JSON if it parses as such, else the text itself.

    A number that JSON would write otherwise is text: 2401.00010 is the id of a
    paper. Raises InputError.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise InputError(f"--param {pair!r}: write it as name=value")
        try:
            read = json.loads(value, parse_constant=_no_json)
            is_number = isinstance(read, int | float) and not isinstance(read, bool)
            found[name] = value if is_number and json.dumps(read) != value.strip() else read
        except (ValueError, RecursionError):
            found[name] = value
    return found


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def ids_of(path: Path) -> set[str]:
    """Read a file of ids, one a line. Raises InputError if it cannot be read or is empty."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    found = {line.strip() for line in text.splitlines()} - {""}
    if not found:
        raise InputError(f"{path}: no id in it; write one a line")
    return found


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, whole or not at all. Raises InputError if it cannot be written."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def json_line(document: Any) -> str:
    """Return a document as one line of JSON."""
    return json.dumps(document, ensure_ascii=False)


def print_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], form: str) -> None:
    """Print rows as ``table``, ``json`` (one document), ``jsonl`` or ``csv``."""
    if form == "json":
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2))
    elif form == "jsonl":
        sys.stdout.writelines(json_line(row) + "\n" for row in rows)
        sys.stdout.flush()
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row[name]) for name in columns] for row in rows)
        sys.stdout.flush()
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in columns:
            table.add_column(Text(_printable(name)), overflow="fold")
        for row in rows:
            table.add_row(*(Text(_printable(_cell(row[name]))) for name in columns))
        _console().print(table)


def print_suggestions(found: Sequence[Suggestion]) -> None:
    """Print suggestions with their reasons and the sentence in each paper."""
    if not found:
        click.echo("no other paper shares a concept with it", err=True)
    for number, suggestion in enumerate(found, start=1):
        click.echo(_printable(f"{number}. {suggestion.title}  [{suggestion.score:.2f}]  {suggestion.id}"))
        for reason in suggestion.reasons[:3]:
            weight = f"{reason.share:.0%} of the score; in {reason.papers} of {reason.total} papers"
            click.echo(_printable(f"   {reason.concept} ({weight})"))
            for sentence in (reason.seed_sentence, reason.sentence):
                if sentence:
                    click.echo(_printable(f"      “{textwrap.shorten(sentence, 160, placeholder=' …')}”"))


def print_export(report: ExportReport) -> None:
    """Print the commands to run next. The counts and explanations go to stderr."""
    tell(f"{report.dest}: {report.nodes:,} nodes, {report.relationships:,} relationships")
    if report.skipped_nodes or report.skipped_relationships:
        tell(
            f"{report.skipped_nodes:,} nodes and {report.skipped_relationships:,} relationships "
            "that kgraph did not make were skipped"
        )
    for number, step in enumerate(report.next_steps, start=1):
        tell(f"{number}. {step.explanation}")
        click.echo(step.command)


def print_stats(found: Stats) -> None:
    """Print the counts and the most frequent names."""
    span = f", {found.years[0]} to {found.years[1]}" if found.years else ""
    click.echo(f"{found.nodes['Paper']} papers{span}")
    for title, counts in (("nodes", found.nodes), ("relationships", found.relationships)):
        click.echo(f"\n{title}")
        for name, count in counts.items():
            if count:
                click.echo(f"  {count:>8,}  {name}")
    for title, names in (("concepts in most papers", found.concepts), ("topics", found.topics)):
        click.echo(f"\n{title}")
        for name, papers in names:
            click.echo(_printable(f"  {papers:>8,}  {name}"))


def print_schema(schema: Schema) -> None:
    """Print labels and relationship types with their properties."""
    for label in schema.labels:
        click.echo(f"(:{label.name})  {label.meaning}")
        for name, meaning in label.second_labels.items():
            click.echo(f"    also :{name}  {meaning}")
        for prop in label.properties:
            click.echo(f"    {prop.name}: {prop.type}  {prop.meaning}")
    for kind in schema.relationships:
        ends = f"(:{'|'.join(kind.from_labels)})-[:{kind.name}]->(:{'|'.join(kind.to_labels)})"
        click.echo(f"{ends}  {kind.meaning}")
        for prop in kind.properties:
            click.echo(f"    {prop.name}: {prop.type}  {prop.meaning}")


def _console() -> Console:
    # Not a terminal: as wide as the rows are, since a pipe has no width.
    return Console(width=None if sys.stdout.isatty() else 10_000, soft_wrap=not sys.stdout.isatty())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _printable(text: str) -> str:
    """Return text without control characters: what a paper says must not steer the terminal."""
    if text.isprintable():
        return text
    return "".join(c if _is_harmless(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_harmless(character: str) -> bool:
    # Spaces of other widths, which str.isprintable refuses, do no harm.
    return character in "\n\t" or character.isprintable() or unicodedata.category(character) == "Zs"
