"""Graphs to look at, and one headless Chromium for the whole session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from view_graphs import hostile_store, make_store

from kgraph.store import GraphStore


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    made = make_store(tmp_path_factory.mktemp("graph") / "small.kg")
    yield made
    made.close()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    made = hostile_store(tmp_path_factory.mktemp("graph") / "hostile.kg")
    yield made
    made.close()


def _chromium() -> str | None:
    named = os.environ.get("KGRAPH_CHROMIUM")
    if named:
        return named
    if Path("/usr/bin/chromium").exists():
        return "/usr/bin/chromium"
    return shutil.which("chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = _chromium()
    if path is None:
        pytest.skip("no Chromium: install Debian's chromium, or name one in KGRAPH_CHROMIUM")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield launched
        launched.close()
