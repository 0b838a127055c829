"""Write a scene as one self-contained page.

All text of papers is in one JSON script element, which the browser does not
execute. The characters that could end the element are escaped. The scripts of
the page add the text to the document as text. A Content-Security-Policy names
the hash of each script and style of the page and forbids everything else,
including connections.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from pathlib import Path
from typing import Any

from kgraph.view.facts import facts_of
from kgraph.view.legend import line_of, link_types, node_kinds
from kgraph.view.network import network_fragment, vis_script, vis_style
from kgraph.view.scene import Drawing, Scene

ASSETS = Path(__file__).parent / "assets"
_SHARED = ("graph.js", "palette.js", "labels.js", "panel.js", "search.js", "legend.js")
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SLOT = re.compile(r"@@(\w+)@@")


def page_of(scene: Scene, drawing: Drawing) -> str:
    """Return the page of a scene."""
    if drawing == "network":
        fragment = network_fragment(scene, _sizes(scene))
        return _page(scene, "network.js", fragment, [vis_script()], [vis_style()])
    return _page(scene, "map.js", "", [], [])


def json_for_html(value: Any) -> str:
    """Return JSON that is safe inside a script element, whatever text it contains."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda found: _ESCAPED[found.group()], text)


def payload(scene: Scene) -> dict[str, Any]:
    """Return the data for the scripts of the page: nodes with positions and facts, links with evidence."""
    number = {item.key: index for index, item in enumerate(scene.items)}
    shown_kinds = {item.kind for item in scene.items}
    kinds = [kind for kind in node_kinds() if kind.name in shown_kinds]
    kind_index = {kind.name: index for index, kind in enumerate(kinds)}
    counted: dict[str, int] = {}
    for item in scene.items:
        if item.topic is not None:
            counted[item.topic] = counted.get(item.topic, 0) + 1
    topics = sorted(counted, key=lambda name: (-counted[name], name))
    shown_types = {link.type for link in scene.links}
    types = [kind for kind in link_types() if kind.name in shown_types]
    type_index = {kind.name: index for index, kind in enumerate(types)}
    sentences: dict[str, int] = {}
    links = [
        [
            number[link.head],
            number[link.tail],
            type_index[link.type],
            link.strength,
            link.note,
            [sentences.setdefault(text, len(sentences)) for text in link.evidence],
            int(index in scene.drawn),
        ]
        for index, link in enumerate(scene.links)
    ]
    degrees, sizes = scene.degrees(), _sizes(scene)
    nodes = [
        [
            kind_index[item.kind],
            item.name,
            topics.index(item.topic) if item.topic is not None else -1,
            *scene.positions[item.key],
            sizes[index],
            degrees[item.key],
            facts_of(item),
        ]
        for index, item in enumerate(scene.items)
    ]
    return {
        "title": scene.title,
        "subtitle": scene.subtitle,
        "notes": scene.notes,
        "kinds": [
            {
                "name": kind.name,
                "heading": kind.heading,
                "shape": kind.shape,
                "colour": kind.colour,
                "prominence": kind.prominence,
                "quoted": kind.quoted,
                "shown": kind.name not in scene.hidden_kinds,
            }
            for kind in kinds
        ],
        "topics": topics,
        "types": [
            {
                "name": kind.name,
                "group": kind.group,
                "out": kind.words[0],
                "in": kind.words[1],
                "symmetric": kind.symmetric,
                "line": line_of(kind),
            }
            for kind in types
        ],
        "sentences": list(sentences),
        "nodes": nodes,
        "links": links,
        "centre": number[scene.centre] if scene.centre is not None else -1,
        "outer": sorted(number[key] for key in scene.outer),
        "routes": [[number[key] for key in route.keys] for route in scene.routes],
        "regions": [
            [topics.index(region.name), region.x, region.y, region.radius]
            for region in scene.regions
            if region.name in counted
        ],
    }


def _page(scene: Scene, drawing: str, fragment: str, scripts: list[str], styles: list[str]) -> str:
    own = "\n".join(_asset(name) for name in (*_SHARED, drawing))
    scripts = [*scripts, f'(() => {{\n"use strict";\n{own}\n}})();\n']
    styles = [*styles, _asset("page.css")]
    for script in scripts:
        assert "</script" not in script.lower()
    policy = (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        "base-uri 'none'; form-action 'none'"
    )
    slots = {
        "policy": policy,
        "title": html.escape(scene.title),
        "styles": "\n".join(f"<style>{style}</style>" for style in styles),
        "data": f'<script type="application/json" id="data">{json_for_html(payload(scene))}</script>',
        "drawing": fragment,
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    # One pass, so that the text of a slot is never searched for slots.
    return _SLOT.sub(lambda found: slots[found.group(1)], _asset("page.html"))


def _hashes(texts: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _sizes(scene: Scene) -> list[int]:
    """Return the radius of each item, by its degree."""
    degrees = scene.degrees()
    return [
        min(34, round(5 + 1.9 * math.sqrt(degrees[item.key])) + (6 if item.key == scene.centre else 0))
        for item in scene.items
    ]
