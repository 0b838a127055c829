"""Print the results of commands for people to read, one function a result."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kgraph.console.terminal import print_message, printable

if TYPE_CHECKING:
    from kgraph.build import BuildReport
    from kgraph.export import ExportReport
    from kgraph.fetching import FetchReport
    from kgraph.model import Conflict, Merge
    from kgraph.schema import Schema
    from kgraph.stats import Stats
    from kgraph.suggest import Suggestion

_ENTRIES = 50
_REASONS = 3
_SENTENCE_WIDTH = 160


def print_build(report: BuildReport) -> None:
    """Print the counts of a build. Notices, merges, conflicts and rejections go to stderr."""
    merged = f"{report.merged} merged, " if report.merged else ""
    click.echo(
        f"{report.read} papers read: {report.added} added, {report.updated} updated, "
        f"{merged}{report.unchanged} unchanged; {len(report.rejected)} rejected"
    )
    if report.written:
        click.echo(
            f"the graph has {report.papers} papers, {report.concepts} concepts "
            f"and {sum(report.relationships.values())} relationships"
        )
    else:
        click.echo(f"nothing was written; the graph would have {report.papers} papers")
    for notice in report.notices:
        print_message(f"{notice.file}: {notice.text}")
    _print_entries("merged", report.merges)
    _print_entries("conflict", report.conflicts)
    for rejection in report.rejected:
        print_message(f"rejected: {rejection}")


def _print_entries(word: str, entries: Sequence[Merge] | Sequence[Conflict]) -> None:
    for entry in entries[:_ENTRIES]:
        print_message(f"{word}: {entry}")
    if len(entries) > _ENTRIES:
        print_message(f"{word}: {len(entries) - _ENTRIES} more, listed by --format json")


def print_suggestions(suggestions: Sequence[Suggestion]) -> None:
    """Print suggestions with their main reasons and a sentence of each paper."""
    if not suggestions:
        print_message("no other paper shares a concept with it")
    for number, suggestion in enumerate(suggestions, start=1):
        click.echo(printable(f"{number}. {suggestion.title}  [{suggestion.score:.2f}]  {suggestion.id}"))
        for reason in suggestion.reasons[:_REASONS]:
            weight = f"{reason.share:.0%} of the score; in {reason.papers} of {reason.total} papers"
            click.echo(printable(f"   {reason.concept} ({weight})"))
            for sentence in (reason.seed_sentence, reason.sentence):
                if sentence:
                    shortened = textwrap.shorten(sentence, _SENTENCE_WIDTH, placeholder=" …")
                    click.echo(printable(f"      “{shortened}”"))


def print_fetch(report: FetchReport) -> None:
    """Print the number of records and the command to run next."""
    of = f" of {report.total:,}" if report.total is not None else ""
    click.echo(f"{report.output}: {report.records:,}{of} records")
    print_message(f"next: kgraph build {shlex.quote(report.output)}")


def print_export(report: ExportReport) -> None:
    """Print the commands to run next. The counts and explanations go to stderr."""
    print_message(f"{report.dest}: {report.nodes:,} nodes, {report.relationships:,} relationships")
    if report.skipped_nodes or report.skipped_relationships:
        print_message(
            f"{report.skipped_nodes:,} nodes and {report.skipped_relationships:,} relationships "
            "that kgraph did not make were skipped"
        )
    for number, step in enumerate(report.next_steps, start=1):
        print_message(f"{number}. {step.explanation}")
        click.echo(step.command)


def print_stats(stats: Stats) -> None:
    """Print the counts and the most frequent names."""
    years = f", {stats.years[0]} to {stats.years[1]}" if stats.years else ""
    click.echo(f"{stats.nodes['Paper']} papers{years}")
    for title, counts in (("nodes", stats.nodes), ("relationships", stats.relationships)):
        click.echo(f"\n{title}")
        for name, count in counts.items():
            if count:
                click.echo(f"  {count:>8,}  {name}")
    for title, names in (("concepts in most papers", stats.concepts), ("topics", stats.topics)):
        click.echo(f"\n{title}")
        for name, papers in names:
            click.echo(printable(f"  {papers:>8,}  {name}"))


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
