"""Keep text of papers from controlling the terminal.

Text of a graph may contain escape sequences. They are made harmless in
messages and tables always, and in other output if stdout is a terminal. Files
and pipes get the data as it is.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from typing import Any

import click


def use_utf8() -> None:
    """Make stdout UTF-8 unless it is a terminal, and replace characters that cannot be encoded."""
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def print_message(text: str) -> None:
    """Print a message to stderr, without control characters."""
    click.echo(printable(text), err=True)


def printable(text: str) -> str:
    """Return text with control characters replaced by U+FFFD."""
    if text.isprintable():
        return text
    return "".join(c if _is_harmless(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def json_text(document: Any, indent: int | None = None) -> str:
    """Return a document as JSON. On a terminal, control characters are escaped, which is the same JSON."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    if text.isprintable() or not sys.stdout.isatty():
        return text
    return "".join(c if _is_harmless(c) else json.dumps(c)[1:-1] for c in text)


def _is_harmless(character: str) -> bool:
    # str.isprintable refuses spaces of other widths, which do no harm.
    return character in "\n\t" or character.isprintable() or unicodedata.category(character) == "Zs"
