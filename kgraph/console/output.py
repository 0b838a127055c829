"""Print the output of a command as text or JSON.

An output is a frozen dataclass, or a tuple of them. Its text form is one
function in :mod:`kgraph.console.text`. Its JSON form follows from the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

import click

from kgraph.console.terminal import json_text

T = TypeVar("T")


def _print_json(output: Any) -> None:
    document = [asdict(item) for item in output] if isinstance(output, tuple) else asdict(output)
    click.echo(json_text(document, indent=2))


_DOCUMENT_FORMATS: Mapping[str, Callable[[Any], None]] = {"json": _print_json}

OUTPUT_FORMATS = ("text", *_DOCUMENT_FORMATS)
"""The formats of ``--format`` for outputs without rows. The first one is the default."""


def print_output(output: T, format: str, print_text: Callable[[T], None]) -> None:
    """Print an output in one of :data:`OUTPUT_FORMATS`, with ``print_text`` for the text form."""
    _DOCUMENT_FORMATS.get(format, print_text)(output)
