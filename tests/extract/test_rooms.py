"""The rooms of extraction import in one order, so that they have no cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kgraph.extract

FOLDER = Path(kgraph.extract.__file__).parent
ORDER = ("document", "reader", "terms", "relations", "measurements", "run")
FILES = sorted(path for path in FOLDER.rglob("*.py") if path.parent != FOLDER or path.stem == "document")


def imported_rooms(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kgraph.extract."):
            yield (node.module or "").split(".")[2]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_room_imports_only_itself_and_rooms_before_it(path: Path) -> None:
    room = path.relative_to(FOLDER).parts[0].removesuffix(".py")
    assert all(ORDER.index(other) <= ORDER.index(room) for other in imported_rooms(path))


def test_all_rooms_are_in_the_order() -> None:
    assert {path.relative_to(FOLDER).parts[0].removesuffix(".py") for path in FILES} == set(ORDER)
