"""docs/architecture.md lists the imports that the code has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import table_rows
from runs import ROOT

PACKAGE = ROOT / "kgraph"
ROWS = [cells for heading, cells in table_rows("architecture.md") if heading == "## What may import what"]
ORDER = [cells[0].strip("`") for cells in ROWS]


def allowed(cells: list[str]) -> set[str]:
    room, _, imports = cells
    above = ORDER[: ORDER.index(room.strip("`"))]
    return set(above) if imports == "all" else set(re.findall(r"`(\w+)`", imports))


def files(room: str) -> list[Path]:
    single = PACKAGE / f"{room}.py"
    return [single] if single.exists() else sorted((PACKAGE / room).rglob("*.py"))


def imported_rooms(source: str) -> Iterator[str]:
    """Yield the rooms that a module imports, also inside functions and for type checking."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "kgraph":
            modules = [f"kgraph.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module]
        else:
            continue
        yield from (module.split(".")[1] for module in modules if module.startswith("kgraph."))


def test_every_room_has_a_row() -> None:
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.parent.name for path in PACKAGE.glob("*/__init__.py")
    }
    assert sorted(ORDER) == sorted(modules - {"__init__"})


@pytest.mark.parametrize("cells", ROWS, ids=ORDER)
def test_a_row_lists_only_rooms_above_it(cells: list[str]) -> None:
    assert allowed(cells) <= set(ORDER[: ORDER.index(cells[0].strip("`"))])


@pytest.mark.parametrize("cells", ROWS, ids=ORDER)
def test_a_room_imports_only_the_rooms_of_its_row(cells: list[str]) -> None:
    room = cells[0].strip("`")
    imported = {
        name
        for path in files(room)
        for name in imported_rooms(path.read_text(encoding="utf-8"))
        if name != room and name in ORDER
    }
    assert imported <= allowed(cells)
