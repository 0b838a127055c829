"""Print the rows of a query and the records of an extraction, one function a format."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kgraph.console.terminal import json_text, printable

Row = Mapping[str, Any]
RowFormat = Callable[[Sequence[str], Iterable[Row]], None]
RecordFormat = Callable[[Iterable[Row]], None]

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")  # spreadsheets also accept the full-width signs


def print_table(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Print a table for people to read."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(Text(printable(name)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(_cell(row[name]))) for name in columns))
    is_terminal = sys.stdout.isatty()
    # A pipe has no width, so the table is as wide as its rows.
    Console(width=None if is_terminal else 10_000, soft_wrap=not is_terminal).print(table)


def print_csv(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Print CSV with a header, safe to open in a spreadsheet."""
    sys.stdout.write(_csv_line(columns))
    sys.stdout.writelines(_csv_line([row[name] for name in columns]) for row in rows)
    sys.stdout.flush()


def print_json(records: Iterable[Row]) -> None:
    """Print one JSON list of objects."""
    click.echo(json_text(list(records), indent=2))


def print_json_lines(records: Iterable[Row]) -> None:
    """Print one JSON object a line, each as soon as it is available."""
    for record in records:
        click.echo(json_text(record))


RECORD_FORMATS: Mapping[str, RecordFormat] = {"jsonl": print_json_lines, "json": print_json}
"""The formats of ``--format`` for records without fixed columns. The first one is the default."""


def _without_columns(print_records: RecordFormat) -> RowFormat:
    return lambda _, rows: print_records(rows)


ROW_FORMATS: Mapping[str, RowFormat] = {
    "table": print_table,
    "json": _without_columns(print_json),
    "jsonl": _without_columns(print_json_lines),
    "csv": print_csv,
}
"""The formats of ``--format`` for rows. The first one is the default."""


def _csv_line(values: Iterable[Any]) -> str:
    # A writer quotes a carriage return only if it is part of its line end.
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(map(csv_cell, values))
    return line.getvalue().removesuffix("\r\n") + "\n"


def csv_cell(value: Any) -> str:
    """Return a value as a CSV cell.

    Text that a spreadsheet would run as a formula (it starts with ``=``,
    ``+``, ``-``, ``@``, tab or carriage return) gets an apostrophe in front.
    Numbers stay as they are. On a terminal, control characters are replaced.
    """
    text = _cell(value)
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    return printable(text) if sys.stdout.isatty() else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
