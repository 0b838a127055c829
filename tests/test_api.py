"""The Python interface has what the command line has, under the same names."""

import inspect
import subprocess
import sys
import typing
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from runs import PAPERS, Cli, jsonl

import kgraph
from kgraph import KnowledgeGraph
from kgraph.cli import cli as commands
from kgraph.model import Notice, Paper, Rejection
from kgraph.view.scenes import pages

ONLY_IN_PYTHON = {"close", "to_networkx"}
SHOWN_BY_THE_COMMAND = {"store", "form", "target"}
"""Where the graph is, how the result is printed and where it goes: open() and the caller's part."""


def methods() -> dict[str, inspect.Signature]:
    return {
        name: inspect.signature(getattr(KnowledgeGraph, name))
        for name in vars(KnowledgeGraph)
        if not name.startswith("_")
    }


def test_every_method_has_its_command() -> None:
    assert set(methods()) - ONLY_IN_PYTHON == set(commands.commands)


@pytest.mark.parametrize("name", commands.commands)
def test_arguments_have_the_same_names(name: str) -> None:
    parameters = methods()[name].parameters.values()
    ours = {own.name for own in parameters if own.kind is not own.VAR_KEYWORD} - {"self", "on_progress"}
    if name == "view":  # takes the names of the pages as keyword arguments
        ours |= {page.name for page in pages().values() if page.selector}
    theirs = {parameter.name for parameter in commands.commands[name].params} - SHOWN_BY_THE_COMMAND
    assert ours == theirs


@pytest.mark.parametrize("name", commands.commands)
def test_arguments_have_the_same_defaults(name: str) -> None:
    theirs = commands.commands[name].make_context(name, [], resilient_parsing=True).params
    # The command prints at most a thousand rows; a program gets what it asked for.
    ours = {
        own.name: own
        for own in methods()[name].parameters.values()
        if (name, own.name) != ("query", "limit") and own.kind is not own.VAR_KEYWORD
    }
    for own in ours.values():
        if own.name in theirs and own.default is not own.empty:
            assert (theirs[own.name] or None) == (own.default or None), own.name


def test_public_names_have_a_description() -> None:
    for name in set(kgraph.__all__) - {"Progress", "__version__"}:
        assert getattr(kgraph, name).__doc__
    assert set(kgraph.__all__) <= set(dir(kgraph))
    assert kgraph.__version__ == version("kgraph")


def types_in(annotation: Any) -> Iterator[type]:
    """Yield the classes of kgraph that an annotation names, and those of their fields."""
    if isinstance(annotation, type) and annotation.__module__.startswith("kgraph."):
        yield annotation
        if is_dataclass(annotation):
            for field in typing.get_type_hints(annotation).values():
                yield from types_in(field)
    for part in typing.get_args(annotation):
        if isinstance(part, list):
            yield from (found for item in part for found in types_in(item))
        else:
            yield from types_in(part)


def test_all_types_of_public_methods_are_public() -> None:
    names = {name: getattr(kgraph, name) for name in kgraph.__all__} | {
        "nx": SimpleNamespace(MultiDiGraph=dict)
    }
    used = {
        found
        for name in methods()
        for annotation in typing.get_type_hints(getattr(KnowledgeGraph, name), localns=names).values()
        for found in types_in(annotation)
    }
    assert {kgraph.BuildReport, kgraph.Reason, kgraph.Result, kgraph.NextStep, kgraph.Label} <= used
    for found in used:
        assert found.__name__ in kgraph.__all__ and getattr(kgraph, found.__name__) is found


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'kgraph' has no attribute 'nonsense'"):
        kgraph.nonsense  # noqa: B018


HEAVY = ("spacy", "scipy", "networkx", "neo4j", "rich", "click", "jsonschema", "graspologic_native")


def test_importing_the_package_is_fast() -> None:
    """The packages that take long to import are loaded by the methods that need them."""
    code = f"import kgraph, sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_from_papers_to_a_page(cli: Cli, kitchen_graph: Path) -> None:
    with kgraph.open(kitchen_graph) as graph:
        assert graph.query("MATCH (p:Paper {id: $id}) RETURN p.year AS y", {"id": "toast"}).rows == (
            {"y": 2022},
        )
        (first, *_) = graph.suggest("kettle", k=1)
        (shown,) = cli.run(
            "suggest", "kettle", "-k", "1", "--store", kitchen_graph, "--format", "json"
        ).json()
        assert (first.id, first.score) == (shown["id"], shown["score"])
        assert graph.suggest("kettle", among=["soup"])[0].id == "soup"
        page = graph.view(paper="kettle")
        assert page.nodes > 3 and "<html" in page.html
        assert graph.stats().nodes["Paper"] == 3
        whole = graph.to_networkx()
    assert whole.nodes["Paper", "kettle"]["year"] == 2021
    assert whole.nodes["Paper", "kettle"]["labels"] == ["Paper"]
    edge = whole.edges[("Paper", "kettle"), ("Author", "ada byron"), "AUTHORED_BY"]
    assert edge == {"position": 1}
    assert (
        whole.number_of_nodes()
        == sum(
            count
            for label, count in graph.stats().nodes.items()
            if label not in ("Task", "Method", "Dataset", "Metric")
        )
        + 1
    )  # the node that says how the graph was made


def test_building_again_and_again(kitchen: Path) -> None:
    with kgraph.open(kitchen) as graph:
        for _ in range(2):
            report = graph.build(kitchen.with_suffix(".jsonl"))
            assert (report.unchanged, report.papers) == (3, 3)
            assert graph.suggest("kettle")
        graph.query("MATCH (p:Paper {id: 'kettle'}) SET p.mark = 1", write=True)
        assert graph.query("MATCH (p:Paper) RETURN count(p.mark) AS n").rows == ({"n": 1},)
    assert graph.stats().nodes["Paper"] == 3  # opens anew


@pytest.mark.slow
def test_extracting_needs_no_store(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "mixed.jsonl", PAPERS[0], {"id": "x"}, {"title": "Tea", "date": "May"})
    for _ in range(2):
        found = list(KnowledgeGraph.extract(file))
        papers = [item[0].id for item in found if isinstance(item, tuple)]
        assert papers == ["kettle", "tea"]
        assert [item.line for item in found if isinstance(item, Rejection)] == [2]
        assert len([item for item in found if isinstance(item, Notice)]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mixed.jsonl"]


def test_errors_are_of_one_kind() -> None:
    for error in (kgraph.InputError, kgraph.StoreError, kgraph.QueryError):
        assert issubclass(error, kgraph.KgraphError)
    with pytest.raises(kgraph.InputError, match="no input"):
        list(KnowledgeGraph.extract())
    assert Paper(id="a", title="b").abstract == ""
