"""What the readers of single formats hand to :func:`kgraph.sources.read`."""

from __future__ import annotations

from dataclasses import dataclass

from kgraph.model import Notice, Paper, Rejection

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Found:
    """A paper and the line (from 1) of its file on which it begins."""

    line: int
    paper: Paper


Item = Found | Rejection | Notice
"""What a format's reader yields."""


class UnreadableFileError(Exception):
    """A whole file cannot be read; the text says why and what to do, without the file's name."""


def shown(text: str) -> str:
    """Return the text on one line, cut short so that it can name a record in a message."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"
