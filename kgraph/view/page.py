"""One self-contained page from a scene: data that cannot run, code that is ours alone.

Everything that came from papers stands in one JSON script element, which the
browser does not execute, with the characters that could end it escaped. The
page's own scripts write it into the document as text. A Content-Security-
Policy names the hash of each script and style of the page and forbids all
else, connections included.
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

from kgraph.view.network import network_fragment, vis_script, vis_style
from kgraph.view.scene import KINDS, LINK_WORDS, Item, Scene

ASSETS = Path(__file__).parent / "assets"
_SHARED = ("graph.js", "palette.js", "labels.js", "panel.js", "search.js", "legend.js")
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_SLOT = re.compile(r"@@(\w+)@@")


def network_page(scene: Scene) -> str:
    """Return the page of a small scene, drawn by vis-network."""
    fragment = network_fragment(scene, _sizes(scene))
    return _page(scene, "network.js", fragment, [vis_script()], [vis_style()])


def map_page(scene: Scene) -> str:
    """Return the page of the whole map, drawn by our own viewer."""
    return _page(scene, "map.js", "", [], [])


def json_for_html(value: Any) -> str:
    """Return JSON that may stand inside a script element whatever text it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda found: _ESCAPED[found.group()], text)


def payload(scene: Scene) -> dict[str, Any]:
    """Return what the page's scripts know: names, places, facts, links and their evidence."""
    number = {item.key: place for place, item in enumerate(scene.items)}
    kinds = [kind for kind in KINDS if any(item.kind == kind for item in scene.items)]
    counted: dict[str, int] = {}
    for item in scene.items:
        if item.topic is not None:
            counted[item.topic] = counted.get(item.topic, 0) + 1
    topics = sorted(counted, key=lambda name: (-counted[name], name))
    types = [name for name in LINK_WORDS if any(link.type == name for link in scene.links)]
    sentences: dict[str, int] = {}
    links = [
        [
            number[link.head],
            number[link.tail],
            types.index(link.type),
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
            kinds.index(item.kind),
            item.name,
            topics.index(item.topic) if item.topic is not None else -1,
            *scene.places[item.key],
            sizes[place],
            degrees[item.key],
            _facts(item),
        ]
        for place, item in enumerate(scene.items)
    ]
    return {
        "title": scene.title,
        "subtitle": scene.subtitle,
        "notes": scene.notes,
        "kinds": [
            {"name": kind, "shape": KINDS[kind], "shown": kind not in scene.hidden_kinds} for kind in kinds
        ],
        "topics": topics,
        "types": [{"name": name, "out": LINK_WORDS[name][0], "in": LINK_WORDS[name][1]} for name in types],
        "sentences": list(sentences),
        "nodes": nodes,
        "links": links,
        "centre": number[scene.centre] if scene.centre is not None else -1,
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
    # One pass: what fills a slot is never searched for slots.
    return _SLOT.sub(lambda found: slots[found.group(1)], _asset("page.html"))


def _hashes(texts: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _sizes(scene: Scene) -> list[int]:
    degrees = scene.degrees()
    return [
        min(34, round(5 + 1.9 * math.sqrt(degrees[item.key])) + (6 if item.key == scene.centre else 0))
        for item in scene.items
    ]


def _facts(item: Item) -> dict[str, Any]:
    properties = item.properties
    rows: list[tuple[str, str]] = []
    for name, words in (("date", "Date"), ("year", "Year"), ("author_count", "Authors")):
        if properties.get(name) is not None and not (name == "year" and properties.get("date")):
            rows.append((words, str(properties[name])))
    for name, words in (("papers", "Papers"), ("comments", "Comments")):
        if properties.get(name) is not None:
            rows.append((words, str(properties[name])))
    aliases = [str(alias) for alias in properties.get("aliases") or [] if alias != item.name]
    if aliases:
        rows.append(("Also written", ", ".join(aliases[:8])))
    facts: dict[str, Any] = {"rows": rows}
    if properties.get("abstract"):
        facts["abstract"] = str(properties["abstract"])
    url = str(properties.get("url") or "").strip()
    if _WEB.fullmatch(url):
        facts["url"] = url
    elif url:
        rows.append(("Address", url))
    return facts
