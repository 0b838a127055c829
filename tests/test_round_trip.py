"""The text of a paper comes back from the graph as it was read."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import kgraph
from kgraph.model import Paper
from kgraph.sources import read

SPECIAL = st.sampled_from(
    [
        "'",
        '"',
        "`",
        "\\",
        "\\'",
        "$x",
        "{",
        "}",
        "/*",
        "*/",
        "//",
        "\x00",
        "\x1b[31m",
        "\r\n",
        "\n\n",
        "�",
        "�",
        "\u2028",
        "\ufeff",
        "\u202e",
        "\u200b",
        "é",
        "🫖",
        "学习",
        "İ",
        "ß",
        "ﬁ",
        "<script>",
        "&amp;",
        "href",
        "\x85",
        "DETACH DELETE n",
        "LOAD CSV",
        "[red]",
        "KettleNet",
        "We introduce",
        "deep learning (DL)",
        "evaluated on MNIST",
        " ",
        " ",
        ". ",
        "-",
        ", ",
    ]
)
TEXT = st.lists(SPECIAL | st.text(max_size=6), max_size=12).map("".join)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"title": TEXT, "abstract": TEXT},
        optional={
            "id": TEXT.filter(lambda text: 0 < len(text) <= 60),
            "authors": st.lists(TEXT, max_size=2),
            "venue": TEXT,
            "keywords": st.lists(TEXT, max_size=2),
            "year": st.integers(1, 9999),
            "author_count": st.integers(0, 2**53 - 1),
        },
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round")


@pytest.mark.slow
@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
)
@given(RECORDS)
def test_any_paper_is_returned_by_a_query_as_it_was_read(place: Path, records: list[dict[str, Any]]) -> None:
    file, store = place / "papers.jsonl", place / "graph.kg"
    store.unlink(missing_ok=True)
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    papers = {item.id: item for item in read([file]) if isinstance(item, Paper) and item.title}
    with kgraph.open(store) as graph:
        if not papers:
            with pytest.raises(kgraph.InputError):
                graph.build(file)
            return
        report = graph.build(file)
        # Titles that differ only in punctuation are one paper.
        assume(not report.merged and report.added == len(papers))
        found = {
            row["p"]["properties"]["id"]: row["p"]["properties"]
            for row in graph.query("MATCH (p:Paper) RETURN p").rows
        }
        assert set(found) == set(papers)
        for id_, paper in papers.items():
            wanted = {
                "id": id_,
                "name": paper.title,
                "title": paper.title,
                "abstract": paper.abstract or None,
                "authors": list(paper.authors) or None,
                "keywords": list(paper.keywords) or None,
                "venue": paper.venue,
                "year": paper.year,
                "author_count": paper.author_count,
                "language": paper.language,
                "source": "papers.jsonl",
            }
            assert len(found[id_].pop("sources")) == 1
            assert found[id_] == {name: value for name, value in wanted.items() if value is not None}
            assert graph.query("MATCH (p:Paper {title: $t}) RETURN p.id", {"t": paper.title}).rows
        mentions = graph.query(
            "MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) RETURN p.id AS id, m.surface_forms AS forms, c.id AS concept"
        ).rows
        for row in mentions:
            text = f"{papers[row['id']].title}\0{papers[row['id']].abstract}"
            assert row["concept"] and row["forms"] and all(form in text for form in row["forms"])
        before = store.read_bytes()
        assert graph.build(file).unchanged == len(papers)
        assert store.read_bytes() == before
