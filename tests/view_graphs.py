"""Seeded graphs that are like those of a build, for tests and to try the pages."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import GraphStore, open_store
from kgraph.view import View, view

_AREAS = {
    "continual learning": "forgetting replay rehearsal plasticity regularization streaming",
    "machine unlearning": "influence deletion privacy retraining forget retain",
    "memorization": "extraction duplication training exposure leakage canary",
    "language models": "prompt decoder context token instruction alignment",
    "retrieval": "index ranking passage query dense reranking",
    "vision": "image detection segmentation convolution patch caption",
    "graphs": "node link message community embedding walk",
    "speech": "acoustic speaker recognition phoneme waveform transcription",
}
_HEADS = [
    "method",
    "network",
    "benchmark",
    "loss",
    "objective",
    "dataset",
    "model",
    "score",
    "framework",
    "strategy",
    "task",
    "accuracy",
]
_KINDS = ["method", "task", "dataset", "metric", "concept", "phrase"]
_LABELS = {"method": ("Method",), "task": ("Task",), "dataset": ("Dataset",), "metric": ("Metric",)}


def make_store(path: Path, papers: int = 60, concepts: int = 220, seed: int = 3) -> GraphStore:
    """Fill a new graph file with papers and concepts in planted communities, authors, organisations and results."""
    rng = random.Random(seed)
    areas = list(_AREAS)[: max(3, min(len(_AREAS), papers // 10))]
    own: dict[str, list[str]] = {area: [] for area in areas}
    names: dict[str, tuple[str, str]] = {}
    for number in range(concepts):
        area = areas[number % len(areas)]
        word = rng.choice(_AREAS[area].split())
        name = area if number < len(areas) else f"{word} {rng.choice(_HEADS)}"
        if name in names:
            name = f"{name} {number}"
        names[name] = (rng.choice(_KINDS), area)
        own[area].append(name)
    mentions: list[Edge] = []
    roles: dict[str, list[Edge]] = {"INTRODUCES": [], "USES": [], "EVALUATES_ON": []}
    nodes: list[Node] = []
    about: dict[str, list[str]] = {}
    count: dict[str, int] = {}
    topic: list[Edge] = []
    authored: list[Edge] = []
    belongs: list[Edge] = []
    people = [
        f"{a} {b}" for a in ("Ada", "Ben", "Cleo", "Dev", "Eva") for b in ("Abe", "Bell", "Cho", "Diaz")
    ]
    for number in range(papers):
        area = areas[number % len(areas)]
        pool = own[area]
        chosen = {area} if rng.random() < 0.6 else set()
        while len(chosen) < min(14, len(pool)):
            source = pool if rng.random() < 0.9 else own[rng.choice(areas)]
            chosen.add(source[min(int(rng.expovariate(4 / len(source))), len(source) - 1)])
        listed = sorted(chosen)
        rng.shuffle(listed)
        paper = f"p{number:05d}"
        about[paper] = listed
        title = f"On {listed[0]} and {listed[1]} for {area}: paper {number}"
        sentences = [f"We study {name} in the setting of {area}." for name in listed]
        nodes.append(
            Node(
                paper,
                {
                    "name": title,
                    "title": title,
                    "abstract": " ".join(sentences),
                    "date": f"2025-{number % 12 + 1:02d}-{number % 27 + 1:02d}",
                    "year": 2025,
                    "author_count": 3,
                    "url": f"https://example.org/{number}",
                },
            )
        )
        topic.append(Edge(paper, area, {}))
        for rank, name in enumerate(listed):
            count[name] = count.get(name, 0) + 1
            evidence = {"evidence": [sentences[rank]], "evidence_fields": ["abstract"]}
            salience = round(1 - rank / len(listed), 3)
            mentions.append(
                Edge(paper, name, {"count": 1, "salience": salience, "in_title": rank < 2, **evidence})
            )
            kind = names[name][0]
            role = {"method": "USES", "dataset": "EVALUATES_ON", "metric": "EVALUATES_ON"}.get(kind)
            if rank == 0 and kind in ("method", "dataset"):
                role = "INTRODUCES"
            if role:
                roles[role].append(Edge(paper, name, {"confidence": 0.8, **evidence}))
        authored.extend(Edge(paper, rng.choice(people), {"position": position}) for position in (1, 2))
        if number % 3 == 0:
            belongs.append(Edge(paper, f"org{number % 4}", {}))
    used = sorted(count)
    pairs: dict[tuple[str, str], int] = {}
    for listed in about.values():
        for one in listed[:6]:
            for two in listed[:6]:
                if one < two:
                    pairs[one, two] = pairs.get((one, two), 0) + 1
    together = [
        Edge(one, two, {"papers": n, "npmi": min(1.0, 0.2 + 0.1 * n)})
        for (one, two), n in sorted(pairs.items())
    ]
    related: list[Edge] = []
    order = sorted(about)
    for index, one in enumerate(order):
        for two in order[index + 1 : index + 60]:
            shared = sorted(set(about[one]) & set(about[two]), key=lambda name: (count[name], name))
            if len(shared) >= 3:
                properties = {
                    "score": round(len(shared) / 14, 3),
                    "reasons": shared[:3],
                    "reason_concepts": shared[:3],
                    "reason_shares": [0.3, 0.2, 0.1][: len(shared[:3])],
                }
                related.append(Edge(one, two, properties))
    results, reports, of_metric, on_dataset = _results(about, names)
    stated = [
        Edge(one, two, {"confidence": 0.6, "papers": 2, "evidence": [f"{one} and {two} differ."]})
        for one, two in sorted(pairs)[:40]
    ]
    is_a = [
        Edge(name, names[name][1], {"confidence": 0.7, "papers": 1, "evidence": [f"{name} is a part of it."]})
        for name in used
        if names[name][1] != name and names[name][1] in count and int(name.encode().hex(), 16) % 5 == 0
    ]
    concept_nodes = [
        Node(
            name,
            {"name": name, "title": name, "kind": names[name][0], "aliases": [], "papers": count[name]},
            _LABELS.get(names[name][0], ()),
        )
        for name in used
    ]
    in_topic = [Edge(name, names[name][1], {}) for name in used if count[name] > 1]
    topics = [Node(a, {"name": f"{a} · {own[a][1]}", "title": a, "papers": 9}) for a in sorted(areas)]
    organizations = [Node(f"org{n}", {"name": f"Lab {n}", "title": f"Lab {n}"}) for n in range(4)]
    store = open_store(path)
    store.replace(
        [
            NodeBatch("Paper", sorted(nodes, key=lambda node: node.id)),
            NodeBatch("Concept", concept_nodes),
            NodeBatch("Author", [Node(name, {"name": name, "title": name}) for name in sorted(people)]),
            NodeBatch("Organization", organizations),
            NodeBatch("Topic", topics),
            NodeBatch("Result", results),
        ],
        [
            EdgeBatch("MENTIONS", "Paper", "Concept", mentions),
            *(EdgeBatch(kind, "Paper", "Concept", edges) for kind, edges in roles.items()),
            EdgeBatch("IS_A", "Concept", "Concept", is_a),
            EdgeBatch("COMPARED_WITH", "Concept", "Concept", stated[:20]),
            EdgeBatch("CONJUNCTION", "Concept", "Concept", stated[20:]),
            EdgeBatch("CO_OCCURS_WITH", "Concept", "Concept", together),
            EdgeBatch("RELATED_TO", "Paper", "Paper", related),
            EdgeBatch("REPORTS", "Paper", "Result", reports),
            EdgeBatch("OF_METRIC", "Result", "Concept", of_metric),
            EdgeBatch("ON_DATASET", "Result", "Concept", on_dataset),
            EdgeBatch("AUTHORED_BY", "Paper", "Author", authored),
            EdgeBatch("AFFILIATED_WITH", "Paper", "Organization", belongs),
            EdgeBatch("IN_TOPIC", "Paper", "Topic", topic),
            EdgeBatch("IN_TOPIC", "Concept", "Topic", in_topic),
        ],
    )
    return store


def _results(
    about: dict[str, list[str]], kinds: dict[str, tuple[str, str]]
) -> tuple[list[Node], list[Edge], list[Edge], list[Edge]]:
    """Return a result for each paper that names a metric and a data set, with its edges."""
    nodes, reports, of_metric, on_dataset = [], [], [], []
    for number, (paper, named) in enumerate(sorted(about.items())):
        metric = next((name for name in named if kinds[name][0] == "metric"), None)
        dataset = next((name for name in named if kinds[name][0] == "dataset"), None)
        if metric is None or dataset is None:
            continue
        name = f"{metric} {60 + number}% on {dataset}"
        result = Node(
            f"{paper}#abstract-0",
            {
                "name": name,
                "title": name,
                "metric": metric,
                "dataset": dataset,
                "value": 60.0 + number,
                "unit": "%",
                "figure": f"{60 + number} percent",
                "confidence": 0.9,
                "evidence": [f"We reach {60 + number} percent {metric} on {dataset}."],
            },
        )
        nodes.append(result)
        reports.append(Edge(paper, result.id, {}))
        of_metric.append(Edge(result.id, metric, {}))
        on_dataset.append(Edge(result.id, dataset, {}))
    return nodes, reports, of_metric, on_dataset


HOSTILE = [
    "<script>window.ran=1</script>",
    "</script><script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    '"><svg onload=window.ran=1> href',
    "<!-- <script> -->",
    "]]> &lt;b&gt; &amp; \u2028 line \u2029 end",
    "${window.ran=1} `${window.ran=1}`",
    "{{7*7}} {{ ''.__class__ }}",
    "{% raw %} {% endraw %} {% include 'x' %} {# no #}",
    "javascript:window.ran=1",
    "@@policy@@ @@data@@ @@scripts@@",
    "<a href='https://example.org/leak' onmouseover=window.ran=1>href</a>",
]
"""Texts that a careless page would run, request from the network, or take for its own template."""


def hostile_store(path: Path) -> GraphStore:
    """Fill a new graph file in which every text is hostile."""
    count = len(HOSTILE)
    urls = [
        "javascript:window.ran=1",
        "data:text/html,<script>window.ran=1</script>",
        "https://example.org/a?b=<c>",
    ]
    papers = [
        Node(
            f"paper {index} {text}",
            {
                "name": text,
                "title": text,
                "abstract": " ".join(HOSTILE) * 2,
                "date": text,
                "authors": [text],
                "url": urls[index % 3],
                "source": text,
            },
        )
        for index, text in enumerate(HOSTILE)
    ]
    concepts = [
        Node(
            f"concept {index} {text}",
            {
                "name": text,
                "title": text,
                "kind": text if index % 2 else "task",
                "aliases": HOSTILE,
                "papers": 3,
            },
            ("Task",) if index % 2 == 0 else (),
        )
        for index, text in enumerate(HOSTILE)
    ]
    people = [Node(f"author {text}", {"name": text, "title": text}) for text in HOSTILE]
    results = [
        Node(
            f"result {text}",
            {
                "name": text,
                "title": text,
                "metric": text,
                "dataset": text,
                "value": 1.5,
                "unit": text,
                "qualifier": text,
                "figure": text,
                "evidence": HOSTILE,
            },
        )
        for text in HOSTILE
    ]
    topics = [
        Node(f"topic {index}", {"name": HOSTILE[index], "title": HOSTILE[index], "papers": 4})
        for index in range(3)
    ]
    evidence = {"evidence": HOSTILE, "confidence": 0.9, "papers": 2}

    def joined(one: list[Node], two: list[Node], steps: list[int], extra: dict[str, Any]) -> list[Edge]:
        pairs = sorted(
            {(a.id, two[(index + step) % count].id) for index, a in enumerate(one) for step in steps}
        )
        return [Edge(head, tail, extra) for head, tail in pairs if head < tail or one is not two]

    store = open_store(path)
    store.replace(
        [
            NodeBatch("Paper", papers),
            NodeBatch("Concept", concepts),
            NodeBatch("Author", people),
            NodeBatch("Organization", people),
            NodeBatch("Venue", people),
            NodeBatch("Topic", topics),
            NodeBatch("Result", results),
        ],
        [
            EdgeBatch(
                "MENTIONS",
                "Paper",
                "Concept",
                joined(papers, concepts, [0, 1, 2], {"salience": 0.5, **evidence}),
            ),
            EdgeBatch("USES", "Paper", "Concept", joined(papers, concepts, [1], evidence)),
            EdgeBatch("IS_A", "Concept", "Concept", joined(concepts, concepts, [1], evidence)),
            EdgeBatch(
                "CO_OCCURS_WITH",
                "Concept",
                "Concept",
                joined(concepts, concepts, [2], {"npmi": 0.4, "papers": 2}),
            ),
            EdgeBatch(
                "RELATED_TO",
                "Paper",
                "Paper",
                joined(papers, papers, [1], {"score": 0.4, "reasons": HOSTILE}),
            ),
            EdgeBatch("REPORTS", "Paper", "Result", joined(papers, results, [0], {})),
            EdgeBatch("OF_METRIC", "Result", "Concept", joined(results, concepts, [1], {})),
            EdgeBatch("AUTHORED_BY", "Paper", "Author", joined(papers, people, [0], {"position": 1})),
            EdgeBatch("AFFILIATED_WITH", "Paper", "Organization", joined(papers, people, [0], {})),
            EdgeBatch("PUBLISHED_IN", "Paper", "Venue", joined(papers, people, [0], {})),
            EdgeBatch(
                "IN_TOPIC", "Paper", "Topic", [Edge(n.id, topics[i % 3].id, {}) for i, n in enumerate(papers)]
            ),
            EdgeBatch(
                "IN_TOPIC",
                "Concept",
                "Topic",
                [Edge(n.id, topics[i % 3].id, {}) for i, n in enumerate(concepts)],
            ),
        ],
    )
    return store


def all_pages(store: GraphStore) -> dict[str, View]:
    """Return one page of each kind."""
    papers = [row["id"] for row in store.query("MATCH (n:Paper) RETURN n.id AS id ORDER BY n.id").rows]
    concept = store.query("MATCH (n:Concept) RETURN n.id AS id ORDER BY n.papers DESC, n.id LIMIT 1").rows[0][
        "id"
    ]
    topic = store.query("MATCH (n:Topic) RETURN n.id AS id ORDER BY n.id LIMIT 1").rows[0]["id"]
    return {
        "paper": view(store, paper=papers[0]),
        "concept": view(store, concept=concept),
        "path": view(store, path=(papers[0], papers[1])),
        "topic": view(store, topic=topic),
        "map": view(store),
    }


def data_of(page: str) -> dict[str, Any]:
    """Return the data in a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found.group(1))
    return data
