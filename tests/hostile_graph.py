"""A graph of texts, ids and lists that a file format may fail to keep."""

from kgraph.model import Edge, EdgeBatch, Node, NodeBatch

TEXTS = [
    "",
    " ",
    '"',
    'he said "hi", twice',
    '\\"',
    "back\\slash\\",
    "two\nlines\n",
    "old\r\nlines\r",
    "a,b;c|d\te",
    "  spaces around  ",
    "😀 é 漢字 \u2028 \u00a0",
    "=cmd|' /C calc'!A0",
    "\ufeffmark",
    "".join(map(chr, range(32))) + "\x7f\x85",
    "\uffff",
    "null",
    "😀" * 2_500_000,  # more than the importer's default buffer holds
]
LISTS: list[list[str]] = [[], [""], ["", ""], ["", "a"], ["a", ""], TEXTS[:-1], ["one"], ["part\x1fed"]]
IDS = [f"{number} {text}" for number, text in enumerate(TEXTS[:-1])] + ["=1+1", '"', " x "]


def hostile_batches() -> tuple[list[NodeBatch], list[EdgeBatch]]:
    papers = [
        Node(f"p{number}", {"name": "n", "title": "t", "abstract": text, "authors": [text[:99]]})
        for number, text in enumerate(TEXTS)
    ] + [Node(id_, {"name": id_, "title": id_, "year": -(2**62)}) for id_ in IDS]
    concepts = [
        Node(f"c{number}", {"name": "n", "title": "t", "aliases": texts}, ("Method",))
        for number, texts in enumerate(LISTS)
    ]
    mentions = [
        Edge(
            id_,
            f"c{number}",
            {
                "salience": 1 / 3 if number else 5e-324,
                "in_title": bool(number % 2),
                "evidence": texts,
                "evidence_starts": [-1, 2**53 + 1] if number else [],
            },
        )
        for id_ in IDS
        for number, texts in enumerate(LISTS)
    ]
    return (
        [NodeBatch("Paper", papers), NodeBatch("Concept", concepts)],
        [
            EdgeBatch("MENTIONS", "Paper", "Concept", mentions),
            EdgeBatch("RELATED_TO", "Paper", "Paper", [Edge("p1", "p1", {"reason_shares": [0.1, 1e300]})]),
        ],
    )
