"""Draw a small scene with pyvis and vis-network.

pyvis gets numbers only. Names and all other text of papers reach the page as
data (see :mod:`kgraph.view.page`), never through pyvis.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyvis
from pyvis.network import Network

from kgraph.view.legend import node_kinds
from kgraph.view.scene import Scene

ASSETS = Path(__file__).parent / "assets"
_VIS = Path(pyvis.__file__).parent / "templates" / "lib" / "vis-9.1.2"
_OPTIONS = {
    "autoResize": True,
    "physics": {"enabled": False},
    "layout": {"randomSeed": 1},
    "nodes": {"borderWidth": 1.5, "chosen": False},
    "edges": {"chosen": False, "smooth": False, "arrows": {"to": {"scaleFactor": 0.35}}},
    "interaction": {
        "hover": True,
        "keyboard": False,
        "navigationButtons": False,
        "tooltipDelay": 100000,
        "dragNodes": True,
        "hideEdgesOnDrag": False,
    },
}


def network_fragment(scene: Scene, sizes: list[int]) -> str:
    """Return the drawing's data as a script element of JSON, made by pyvis from our own template."""
    network = Network(directed=True, cdn_resources="in_line")
    network.set_template_dir(str(ASSETS), "network.html")
    network.set_options(json.dumps(_OPTIONS))
    shapes = {kind.name: kind.shape for kind in node_kinds()}
    number = {item.key: index for index, item in enumerate(scene.items)}
    for index, item in enumerate(scene.items):
        x, y = scene.positions[item.key]
        network.add_node(index, label=str(index), shape=shapes[item.kind], x=x, y=y, size=sizes[index])
    for index, link in enumerate(scene.links):
        network.add_edge(number[link.head], number[link.tail], id=index)
    return str(network.generate_html())


def vis_script() -> str:
    """Return the code of vis-network that pyvis ships, without the address of its source map."""
    return re.sub(r"//# sourceMappingURL=\S*", "", (_VIS / "vis-network.min.js").read_text(encoding="utf-8"))


def vis_style() -> str:
    """Return the style of vis-network without the images of buttons that the pages do not use."""
    style = (_VIS / "vis-network.css").read_text(encoding="utf-8")
    return re.sub(r"url\([^)]*\)", "none", style)
