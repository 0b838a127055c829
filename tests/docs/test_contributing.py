"""The table of CONTRIBUTING.md names files that exist and constants that they bind."""

from __future__ import annotations

import re

import pytest
from pages import table_rows
from runs import ROOT

ROWS = [cells for heading, cells in table_rows("../CONTRIBUTING.md") if heading == "## To add something"]
ADDITIONS = [
    "relationship type",
    "paper field",
    "input format",
    "export",
    "page",
    "gold set",
    "evaluation table",
]


def paths(cells: list[str]) -> list[str]:
    return [path for path in re.findall(r"`([^`]+)`", cells[1]) if "/" in path or "." in path]


@pytest.mark.parametrize("addition", ADDITIONS)
def test_the_table_has_a_row(addition: str) -> None:
    assert addition in [cells[0] for cells in ROWS]


@pytest.mark.parametrize("cells", ROWS, ids=[cells[0] for cells in ROWS])
def test_the_files_of_a_row_exist(cells: list[str]) -> None:
    assert paths(cells) or "scripts/lock" in cells[1]
    for path in paths(cells):
        assert list(ROOT.glob(path.replace("NAME", "*"))), path


@pytest.mark.parametrize("cells", [cells for cells in ROWS if cells[2]], ids=lambda cells: cells[0])
def test_files_beside_a_new_one_bind_the_constant(cells: list[str]) -> None:
    name = cells[2].strip("`")
    (pattern,) = [path for path in paths(cells) if "NAME" in path]
    for path in ROOT.glob(pattern.replace("NAME", "[!_]*")):
        assert re.search(rf"^{name}\b.* = ", path.read_text(encoding="utf-8"), re.MULTILINE), path
