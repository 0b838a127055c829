"""A new page is one file, and a new relationship type is one entry of the schema."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from package_copy import PackageCopy
from runs import jsonl
from view_graphs import data_of

from kgraph.view.scene import SceneBuilder
from kgraph.view.scenes import choose_page, pages

VENUE_PAGE = """
from kgraph.view.items import read_items, read_links
from kgraph.view.scene import Limits, Scene, Selector


class VenuePage:
    name = "venue"
    selector = Selector(("VENUE",), "Show the papers of a venue.")
    drawing = "network"
    limits = Limits(default=10)

    def build(self, store, selection, limit):
        keys = [("Venue", *selection), ("Paper", "a"), ("Paper", "b")]
        items = read_items(store, keys)
        links = tuple(read_links(store, keys))
        positions = {key: (100 * row, 0) for row, key in enumerate(keys)}
        return Scene(f"Papers of {selection[0]}", "", tuple(items.values()), links, positions, frozenset(), 0)


PAGE = VenuePage()
"""

FILL = """
import sys
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import open_store

def nodes(label, *ids):
    return NodeBatch(label, [Node(id_, {"name": id_, "title": id_, "papers": 1}) for id_ in ids])

store = open_store(sys.argv[1])
store.replace(
    [nodes("Paper", "a", "b"), nodes("Concept", "c", "d"), nodes("Venue", "Kitchen")],
    [
        EdgeBatch("PUBLISHED_IN", "Paper", "Venue", [Edge("a", "Kitchen", {}), Edge("b", "Kitchen", {})]),
        *(
            EdgeBatch(name, "Concept", "Concept", [Edge("c", "d", {"weight": 0.25})])
            for name in sys.argv[2:]
        ),
    ],
)
store.close()
"""

GRANT = {
    "meaning": "A grant.",
    "plural": "Grants",
    "shape": "star",
    "colour": "#123456",
    "prominence": 0.5,
    "map_limit": 2,
    "hidden": True,
    "properties": {
        "id": {"type": "string", "meaning": "A test."},
        "name": {"type": "string", "meaning": "A test."},
        "title": {"type": "string", "meaning": "A test."},
        "amount": {"type": "integer", "shown": "Amount in euros", "meaning": "A test."},
    },
}
FUNDED_BY = {
    "meaning": "The grant paid for the paper.",
    "from": ["Paper"],
    "to": ["Grant"],
    "group": "bibliographic",
    "words": ["Grants", "Papers"],
}

FILL_GRANTS = """
import sys
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import open_store

def nodes(label, *ids):
    return NodeBatch(label, [Node(id_, {"name": id_, "title": id_, "amount": 90}) for id_ in ids])

store = open_store(sys.argv[1])
edges = [Edge("a", grant, {}) for grant in ("g1", "g2", "g3")]
store.replace([nodes("Paper", "a"), nodes("Grant", "g1", "g2", "g3")], [EdgeBatch("FUNDED_BY", "Paper", "Grant", edges)])
store.close()
"""

FEATURE_OF = {
    "meaning": "The first concept is a feature of the second.",
    "from": ["Concept"],
    "to": ["Concept"],
    "group": "statement",
    "words": ["Feature of", "Features of it"],
    "strength": "weight",
    "properties": {"weight": {"type": "float", "meaning": "A test."}},
}


@pytest.mark.slow
def test_a_new_file_is_a_new_page(package_copy: PackageCopy, tmp_path: Path) -> None:
    package_copy.write("kgraph/view/scenes/venue.py", VENUE_PAGE)
    store, target = tmp_path / "graph.kg", tmp_path / "venue.html"
    package_copy.python(FILL, store)
    helped = package_copy.run("view", "--help").out
    assert "--venue VENUE" in helped and "Show the papers of a venue." in helped
    package_copy.run("view", "--venue", "Kitchen", "-o", target, "--store", store)
    page = data_of(target.read_text(encoding="utf-8"))
    assert page["title"] == "Papers of Kitchen"
    assert (
        package_copy.python(
            "import kgraph, sys; print(kgraph.open(sys.argv[1]).view(venue='Kitchen').nodes)", store
        ).out
        == "3\n"
    )
    ran = package_copy.run(
        "view", "--venue", "Kitchen", "--paper", "a", "-o", target, "--store", store, expect=2
    )
    names = sorted([*(name for name, page in pages().items() if page.selector), "venue"])
    assert f"give only one of {', '.join(names)}, not paper and venue" in ran.err
    ran = package_copy.run("view", "--venue", "K", "--limit", "0", "-o", target, "--store", store, expect=2)
    assert "--limit" in ran.err


@pytest.mark.slow
def test_a_new_relationship_type_is_on_pages(package_copy: PackageCopy, tmp_path: Path) -> None:
    entry = json.dumps(FEATURE_OF)
    package_copy.edit(
        "schemas/graph.json", '"relationships": {', f'"relationships": {{"FEATURE_OF": {entry},'
    )
    store = tmp_path / "graph.kg"
    package_copy.python(FILL, store, "FEATURE_OF")
    for arguments in ((), ("--concept", "c")):
        target = tmp_path / "page.html"
        package_copy.run("view", *arguments, "-o", target, "--store", store)
        page = data_of(target.read_text(encoding="utf-8"))
        types, links, nodes = page["types"], page["links"], page["nodes"]
        assert isinstance(types, list) and isinstance(links, list) and isinstance(nodes, list)
        index = [entry["name"] for entry in types].index("FEATURE_OF")
        assert (types[index]["out"], types[index]["in"]) == ("Feature of", "Features of it")
        (link,) = [link for link in links if link[2] == index]
        assert [nodes[end][1] for end in link[:2]] == ["c", "d"]
        assert link[3:5] == [0.25, "weight 0.25"]


@pytest.mark.slow
def test_a_new_label_is_on_pages_as_the_schema_declares_it(package_copy: PackageCopy, tmp_path: Path) -> None:
    package_copy.edit("schemas/graph.json", '"labels": {', f'"labels": {{"Grant": {json.dumps(GRANT)},')
    package_copy.edit(
        "schemas/graph.json",
        '"relationships": {',
        f'"relationships": {{"FUNDED_BY": {json.dumps(FUNDED_BY)},',
    )
    store, target = tmp_path / "graph.kg", tmp_path / "page.html"
    package_copy.python(FILL_GRANTS, store)
    package_copy.run("view", "-o", target, "--store", store)
    page = data_of(target.read_text(encoding="utf-8"))
    assert page["kinds"][0] == {
        "name": "Grant",
        "heading": "Grants",
        "shape": "star",
        "colour": "#123456",
        "prominence": 0.5,
        "quoted": True,
        "shown": False,
    }
    grants = [node for node in page["nodes"] if node[0] == 0]
    assert [node[-1]["rows"] for node in grants] == [[["Amount in euros", "90"]]] * 2
    assert "Grants are hidden at first. Tick them in the legend to show them." in page["notes"]


@pytest.mark.slow
def test_a_new_field_of_a_paper_is_on_its_page(package_copy: PackageCopy, tmp_path: Path) -> None:
    package_copy.edit(
        "kgraph/model.py",
        "    source: Annotated",
        '    flavour: Annotated[str | None, About("Its flavour.", shown="Flavour")] = None\n    source: Annotated',
    )
    papers = jsonl(
        tmp_path / "papers.jsonl", {"id": "bread", "title": "Bread in a kettle", "flavour": "Sweet"}
    )
    store, target = tmp_path / "graph.kg", tmp_path / "page.html"
    package_copy.run("build", papers, "--store", store, "--jobs", "1")
    package_copy.run("view", "--paper", "bread", "-o", target, "--store", store)
    page = data_of(target.read_text(encoding="utf-8"))
    assert [node[-1]["rows"] for node in page["nodes"] if node[1] == "Bread in a kettle"] == [
        [["Flavour", "Sweet"]]
    ]


def test_a_second_page_without_a_selector_is_an_error(package_copy: PackageCopy) -> None:
    page = VENUE_PAGE.replace('Selector(("VENUE",), "Show the papers of a venue.")', "None")
    package_copy.write("kgraph/view/scenes/aaa.py", page)
    ran = package_copy.python("import kgraph.cli", expect=None)
    assert ran.code != 0 and "one page must have no selector, not 2 (venue and map)" in ran.err


def test_a_module_without_a_page_is_an_error(package_copy: PackageCopy) -> None:
    package_copy.write("kgraph/view/scenes/empty.py", "")
    ran = package_copy.python("import kgraph.cli", expect=None)
    assert ran.code != 0 and "kgraph.view.scenes.empty" in ran.err


def test_two_pages_with_the_same_name_are_an_error(package_copy: PackageCopy) -> None:
    package_copy.write("kgraph/view/scenes/other.py", "from kgraph.view.scenes.paper import PAGE\n")
    ran = package_copy.python("import kgraph.cli", expect=None)
    assert ran.code != 0 and "the name 'paper' is taken" in ran.err


@pytest.mark.parametrize("page", pages().values(), ids=lambda page: page.name)
def test_the_declaration_of_each_page(page: SceneBuilder) -> None:
    assert page.drawing in ("network", "canvas")
    assert page.limits.most is None or page.limits.default <= page.limits.most
    if page.selector:
        values = tuple("x" for _ in page.selector.metavars)
        assert choose_page({page.name: values}) == (page, values)
        assert page.selector.help.endswith(".")
    else:
        assert choose_page({}) == (page, ())
        assert choose_page({name: None for name, other in pages().items() if other.selector}) == (page, ())


def test_the_command_line_starts_without_the_packages_that_draw() -> None:
    code = "import kgraph.cli, sys; print({'networkx', 'numpy', 'pyvis', 'scipy'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
