"""Read the code blocks and table rows of the pages in docs/, which tests run."""

from __future__ import annotations

import re

from runs import ROOT

DOCS = ROOT / "docs"
PEOPLE = "## People and venues"
"""The heading of the cookbook section that needs a graph with named authors."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_BAR = re.compile(r"(?<!\\)\|")


def parts(page: str) -> list[tuple[str, str]]:
    """Return the sections of a page, each with its heading."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [(part.partition("\n")[0], part) for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)]


def blocks(page: str, language: str) -> list[tuple[str, str]]:
    """Return the code blocks of a page in one language, each with the heading of its section."""
    return [
        (heading, body)
        for heading, part in parts(page)
        for kind, body in _BLOCK.findall(part)
        if kind == language
    ]


def table_rows(page: str) -> list[tuple[str, list[str]]]:
    """Return the rows of the tables of a page without the title rows, each with the heading of its section.

    ``\\|`` is a bar in a cell.
    """
    rows = []
    for heading, part in parts(page):
        titles = True
        for line in part.splitlines():
            if line.startswith("|--"):
                titles = False
            elif line.startswith("|") and not titles:
                cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(line)[1:-1]]
                rows.append((heading, cells))
    return rows
