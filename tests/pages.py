"""What the pages of docs/ hold that tests run: blocks of code and rows of tables."""

from __future__ import annotations

import re

from runs import ROOT

DOCS = ROOT / "docs"
PEOPLE = "## People and venues"
"""The heading in the cookbook of what needs a graph with named authors."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_BAR = re.compile(r"(?<!\\)\|")


def parts(page: str) -> list[tuple[str, str]]:
    """The parts of a page, each with the heading that it stands under."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [(part.partition("\n")[0], part) for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)]


def blocks(page: str, language: str) -> list[tuple[str, str]]:
    """The blocks of a page in a language, each with its heading."""
    return [
        (heading, body)
        for heading, part in parts(page)
        for kind, body in _BLOCK.findall(part)
        if kind == language
    ]


def table_rows(page: str) -> list[tuple[str, list[str]]]:
    """The rows of the tables of a page below their titles, each with its heading; ``\\|`` is a bar in a cell."""
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
