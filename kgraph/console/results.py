"""Print the result of a command as text or JSON.

A result is a frozen dataclass, or a tuple of them. Its text form is one
function in :mod:`kgraph.console.text`; its JSON form follows from the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

import click

from kgraph.console.terminal import json_text

T = TypeVar("T")


def _print_text(result: T, print_text: Callable[[T], None]) -> None:
    print_text(result)


def _print_json(result: T, print_text: Callable[[T], None]) -> None:
    del print_text
    click.echo(json_text(_document(result), indent=2))


def _document(result: Any) -> Any:
    return [asdict(item) for item in result] if isinstance(result, tuple) else asdict(result)


RESULT_FORMATS: Mapping[str, Callable[[Any, Callable[[Any], None]], None]] = {
    "text": _print_text,
    "json": _print_json,
}
"""The formats of ``--format`` for all other results. The first one is the default."""


def print_result(result: T, format: str, print_text: Callable[[T], None]) -> None:
    """Print a result in one of :data:`RESULT_FORMATS`, with ``print_text`` for the text form."""
    RESULT_FORMATS[format](result, print_text)
