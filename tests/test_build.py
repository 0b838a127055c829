import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from runs import NODES, PAPERS, RELATIONSHIPS, SAMPLE, Cli, built, everything, jsonl, tuples_of

import kgraph
from kgraph.errors import InputError
from kgraph.model import Paper
from kgraph.sources import read


def sample_halves(folder: Path) -> tuple[Path, Path]:
    """Write the sample as two JSON Lines files, each record as on the page."""
    papers = [item for item in read([SAMPLE]) if isinstance(item, Paper)]
    records = [
        {
            "id": paper.id,
            "title": paper.title,
            "abstract": paper.abstract,
            "author_count": paper.author_count,
            "date": paper.date,
            "year": paper.year,
        }
        for paper in papers
    ]
    one, two = folder / "one", folder / "two"
    # A paper stores the name of its file, so both files have one name.
    for part in (one, two):
        part.mkdir()
    return jsonl(one / "papers.jsonl", *records[:17]), jsonl(two / "papers.jsonl", *records[17:])


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return sample_halves(tmp_path_factory.mktemp("halves"))


@pytest.fixture(scope="module")
def whole(
    cli: Cli, halves: tuple[Path, Path], sample_graph: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """The nodes and relationships of both halves built at once."""
    store = tmp_path_factory.mktemp("whole") / "graph.kg"
    shutil.copy(f"{sample_graph}.cache", f"{store}.cache")
    assert built(cli, store, *halves)["added"] == 40
    return everything(store)


def test_a_paper_and_all_that_belongs_to_it(kitchen_graph: Path) -> None:
    ((paper,),) = tuples_of(kitchen_graph, "MATCH (p:Paper {id: 'kettle'}) RETURN p")
    assert paper["properties"] == {
        "id": "kettle",
        "name": PAPERS[0]["title"],
        "title": PAPERS[0]["title"],
        "abstract": PAPERS[0]["abstract"],
        "authors": ["Ada Byron", "Li Wei"],
        "author_count": 2,
        "date": "2021-03-04",
        "year": 2021,
        "venue": "Kitchen Robotics",
        "url": "https://example.org/kettle",
        "keywords": ["water"],
        "language": "en",
        "source": "kitchen.jsonl",
        "sources": ['{"file":"kitchen.jsonl","id":"kettle"}'],
    }
    authors = "MATCH (p:Paper)-[r:AUTHORED_BY]->(a:Author) RETURN p.id, a.name, r.position ORDER BY p.id, r.position"
    assert tuples_of(kitchen_graph, authors) == [
        ("kettle", "Ada Byron", 1),
        ("kettle", "Li Wei", 2),
        ("toast", "Li Wei", 1),
    ]
    assert tuples_of(kitchen_graph, "MATCH (:Paper)-[:PUBLISHED_IN]->(v:Venue) RETURN v.id, v.name") == [
        ("kitchen robotics", "Kitchen Robotics")
    ]
    introduced = tuples_of(
        kitchen_graph, "MATCH (p:Paper)-[:INTRODUCES]->(c) RETURN p.id, c.name ORDER BY p.id"
    )
    assert ("kettle", "KettleNet") in introduced and ("soup", "SoupBench") in introduced


def test_every_mention_is_in_the_text(sample_graph: Path) -> None:
    mentions = tuples_of(
        sample_graph,
        "MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) "
        "RETURN p.title, p.abstract, m.surface_forms, m.evidence, m.evidence_fields, m.evidence_starts, "
        "m.evidence_ends, m.in_title, m.count, m.salience",
    )
    assert len(mentions) > 500
    for title, abstract, forms, evidence, fields, starts, ends, in_title, count, salience in mentions:
        texts = {"title": title, "abstract": abstract}
        for text, field, start, end in zip(evidence, fields, starts, ends, strict=True):
            assert texts[field][start:end] == text
        assert forms and all(form in title or form in abstract for form in forms)
        assert evidence and any(form in text for form in forms for text in evidence)
        assert in_title is any(form in title for form in forms) or not in_title
        assert count >= 1 and 0 <= salience <= 1


def test_concepts_count_their_papers(sample_graph: Path) -> None:
    wrong = (
        "MATCH (p:Paper)-[:MENTIONS]->(c:Concept) WITH c, count(p) AS n WHERE n <> c.papers RETURN c.id, n"
    )
    assert tuples_of(sample_graph, wrong) == []
    assert tuples_of(sample_graph, "MATCH (c:Concept) WHERE NOT (:Paper)-[:MENTIONS]->(c) RETURN c.id") == []
    ends = "MATCH (a:Concept)-[r:CO_OCCURS_WITH]->(b:Concept) WHERE a.id >= b.id RETURN a.id, b.id"
    assert tuples_of(sample_graph, ends) == []
    assert (
        tuples_of(sample_graph, ends.replace("CO_OCCURS_WITH", "RELATED_TO").replace("Concept", "Paper"))
        == []
    )


def test_the_same_again_changes_nothing(cli: Cli, sample_graph: Path, tmp_path: Path) -> None:
    store = tmp_path / "graph.kg"
    for suffix in ("", ".cache"):
        shutil.copy(f"{sample_graph}{suffix}", f"{store}{suffix}")
    before, stamp = store.read_bytes(), store.stat()
    export = everything(store)
    report = built(cli, store, SAMPLE)
    assert (report["read"], report["added"], report["updated"], report["unchanged"]) == (40, 0, 0, 40)
    assert store.read_bytes() == before
    assert (store.stat().st_mtime_ns, store.stat().st_ino) == (stamp.st_mtime_ns, stamp.st_ino)
    assert everything(store) == export


def export(store: Path, cli: Cli) -> bytes:
    parts = [
        cli.run("query", cypher, "--store", store, "--format", "jsonl", "--limit", "1000000").out.splitlines()
        for cypher in (NODES, RELATIONSHIPS)
    ]
    return "\n".join(line for part in parts for line in sorted(part)).encode()


@pytest.mark.slow
def test_two_processes_give_the_same_bytes(cli: Cli, sample_graph: Path, tmp_path: Path) -> None:
    store = tmp_path / "other.kg"
    command = [sys.executable, "-m", "kgraph.cli", "build", str(SAMPLE), "--store", str(store)]
    subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": "4242"}, check=True, capture_output=True)
    first, second = export(sample_graph, cli), export(tmp_path / "other.kg", cli)
    assert first == second
    assert len(first.splitlines()) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_steps_give_the_graph_of_one(
    cli: Cli, halves: tuple[Path, Path], whole: list[str], warm_store: Path, order: tuple[int, int]
) -> None:
    first, second = (halves[index] for index in order)
    built(cli, warm_store, first)
    report = built(cli, warm_store, second)
    assert report["papers"] == 40 and report["added"] == report["read"]
    assert everything(warm_store) == whole


def test_the_order_of_files_does_not_matter(
    cli: Cli, halves: tuple[Path, Path], whole: list[str], warm_store: Path
) -> None:
    built(cli, warm_store, *reversed(halves))
    assert everything(warm_store) == whole


def test_a_page_and_json_lines_give_the_same_graph(whole: list[str], sample_graph: Path) -> None:
    def concepts(lines: list[str]) -> list[str]:
        return [line for line in lines if '"Concept"' in line and '"Paper"' not in line]

    assert concepts(whole) == concepts(everything(sample_graph)) != []


def test_a_thesaurus_is_remembered(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    plain = everything(kitchen)
    words = tmp_path / "words.tsv"
    words.write_text("label\treplace by\nToastImages\tSoupBench\n")
    files = [kitchen.with_suffix(".jsonl")]
    built(cli, kitchen, *files, thesaurus=words)
    merged = everything(kitchen)
    assert merged != plain
    # A thesaurus given once applies to papers added later.
    kitchen.unlink()
    for number, paper in enumerate(PAPERS):
        (tmp_path / str(number)).mkdir()
        part = jsonl(tmp_path / str(number) / "kitchen.jsonl", paper)
        built(cli, kitchen, part, **({} if number else {"thesaurus": words}))
    assert everything(kitchen) == merged
    # An empty one removes it.
    words.write_text("label\treplace by\n")
    assert built(cli, kitchen, *files, thesaurus=words)["unchanged"] == 3
    assert everything(kitchen) == plain


def forms(store: Path, concept: str) -> list[str]:
    found = tuples_of(
        store, "MATCH (:Paper)-[m:MENTIONS]->(c:Concept {id: $id}) RETURN m.surface_forms", id=concept
    )
    return sorted({form for (forms,) in found for form in forms})


@pytest.mark.parametrize("separator", ["\t", ","])
def test_a_thesaurus_merges(cli: Cli, kitchen: Path, tmp_path: Path, separator: str) -> None:
    words = tmp_path / "words.txt"
    rows = [
        ("label", "replace by"),
        ("toast classification", "soup recognition"),
        ("SteamBench", "SoupBench"),
    ]
    words.write_text("".join(separator.join(row) + "\n" for row in rows), encoding="utf-8-sig")
    assert forms(kitchen, "toast classification")
    built(cli, kitchen, tmp_path / "kitchen.jsonl", thesaurus=words)
    assert forms(kitchen, "toast classification") == [] == forms(kitchen, "steambench")
    assert {form.lower() for form in forms(kitchen, "soup recognition")} == {
        "soup recognition",
        "toast classification",
    }
    assert forms(kitchen, "soupbench") == ["SoupBench", "SteamBench"]


def test_a_thesaurus_keeps_apart(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    long_form = "long short term memory"
    assert "LSTM" in forms(kitchen, long_form)
    words = tmp_path / "words.tsv"
    words.write_text("label\treplace by\nLSTM\tLSTM\n")
    built(cli, kitchen, tmp_path / "kitchen.jsonl", thesaurus=words)
    assert forms(kitchen, "lstm") == ["LSTM"]
    assert forms(kitchen, long_form) == ["Long Short-Term Memory (LSTM)"]


def test_a_thesaurus_sets_the_name_that_people_see(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.tsv"
    words.write_text("label\treplace by\nrecurrent networks\tRecurrent Neural Network\n")
    built(cli, kitchen, tmp_path / "kitchen.jsonl", thesaurus=words)
    ((name, aliases),) = tuples_of(
        kitchen, "MATCH (c:Concept {id: 'recurrent neural network'}) RETURN c.name, c.aliases"
    )
    assert name == "Recurrent Neural Network"
    assert any("recurrent networks" in alias.lower() for alias in aliases)


def test_spellings_and_abbreviations_are_one_concept(kitchen_graph: Path) -> None:
    assert "LSTM" in forms(kitchen_graph, "long short term memory")
    assert forms(kitchen_graph, "lstm") == []
    networks = tuples_of(
        kitchen_graph,
        "MATCH (p:Paper)-[:MENTIONS]->(:Concept {id: 'recurrent network'}) RETURN p.id ORDER BY p.id",
    )
    assert networks == [("kettle",), ("soup",), ("toast",)]


def test_a_changed_paper_replaces_its_edges(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    changed = PAPERS[0] | {
        "abstract": "TeapotNet brews oolong by graph matching.",
        "authors": ["Mary Shelley"],
        "venue": "Tea Letters",
    }
    report = built(cli, kitchen, jsonl(tmp_path / "changed.jsonl", changed))
    assert (report["added"], report["updated"], report["unchanged"]) == (0, 1, 0)
    fresh = tmp_path / "fresh.kg"
    shutil.copy(f"{kitchen}.cache", f"{fresh}.cache")
    built(cli, fresh, tmp_path / "kitchen.jsonl", tmp_path / "changed.jsonl")
    assert everything(kitchen) == everything(fresh)
    assert tuples_of(kitchen, "MATCH (p:Paper {id: 'kettle'}) RETURN p.abstract, p.url") == [
        (changed["abstract"], PAPERS[0]["url"])
    ]
    assert tuples_of(kitchen, "MATCH (a:Author) RETURN a.name ORDER BY a.name") == [
        ("Li Wei",),
        ("Mary Shelley",),
    ]
    assert tuples_of(kitchen, "MATCH (c:Concept) WHERE NOT (:Paper)-[:MENTIONS]->(c) RETURN c.id") == []
    assert forms(kitchen, "steambench") == []


def test_the_same_paper_of_another_file_is_unchanged(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    before = kitchen.read_bytes()
    report = built(cli, kitchen, jsonl(tmp_path / "copy.jsonl", *reversed(PAPERS)))
    assert report["unchanged"] == 3 and report["rejected"] == []
    assert kitchen.read_bytes() == before


def test_a_repeated_record_and_another_paper_with_its_id(cli: Cli, tmp_path: Path) -> None:
    other = PAPERS[1] | {"id": "kettle"}
    file = jsonl(tmp_path / "double.jsonl", PAPERS[0], PAPERS[0], other)
    report = built(cli, tmp_path / "graph.kg", file)
    assert (report["read"], report["added"], report["merged"], report["rejected"]) == (3, 2, 1, [])
    assert tuples_of(
        tmp_path / "graph.kg", "MATCH (p:Paper) RETURN p.title, p.other_ids ORDER BY p.title"
    ) == [
        (PAPERS[0]["title"], ["kettle"]),
        (PAPERS[1]["title"], ["kettle"]),
    ]


def test_a_title_that_is_the_id(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "same.jsonl", {"id": "KettleNet", "title": "KettleNet"})
    built(cli, kitchen, file)
    assert built(cli, kitchen, file)["unchanged"] == 1
    kitchen_again = jsonl(tmp_path / "kitchen.jsonl", *PAPERS[1:], PAPERS[0] | {"comments": 2})
    assert built(cli, kitchen, kitchen_again)["updated"] == 1
    assert tuples_of(kitchen, "MATCH (p:Paper {id: 'KettleNet'}) RETURN p.title, p.name") == [
        ("KettleNet",) * 2
    ]
    with kgraph.open(kitchen) as graph:
        assert graph.to_networkx().nodes["Paper", "KettleNet"]["title"] == "KettleNet"


def test_ids_may_be_numbers_or_absent(cli: Cli, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"id": 17, "title": "Brewing Tea"},
        {"id": None, "title": "Brewing Coffee"},
        {"id": 2.0, "title": "Mugs"},
    ]
    built(cli, tmp_path / "graph.kg", jsonl(tmp_path / "n.jsonl", *lines))
    assert tuples_of(tmp_path / "graph.kg", "MATCH (p:Paper) RETURN p.id ORDER BY p.id") == [
        ("17",),
        ("2",),
        ("brewing-coffee",),
    ]
    ran = cli.run("suggest", "17", "--store", tmp_path / "graph.kg", "--format", "json")
    assert {suggestion["id"] for suggestion in ran.json()} <= {"2", "brewing-coffee"}


def test_the_year_of_a_page(cli: Cli, sample_graph: Path, warm_store: Path) -> None:
    undated = "MATCH (p:Paper {title: 'How much do language models memorize?'}) RETURN p.date, p.year"
    assert tuples_of(sample_graph, undated) == [("2025-05-30", 2025)]
    shutil.copy(sample_graph, warm_store)
    ran = cli.run("build", SAMPLE, "--store", warm_store)
    assert "inferred" in ran.err and "2025" in ran.err and "--page-year" in ran.err
    report = built(cli, warm_store, SAMPLE, page_year=2031)
    assert report["updated"] == 2 and "inferred" not in str(report["notices"])
    assert tuples_of(warm_store, undated) == [("2031-05-30", 2031)]


def test_a_record_without_a_title_is_rejected(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "odd.jsonl", {"id": "untitled", "abstract": "Tea is brewed."}, PAPERS[0])
    report = built(cli, kitchen, file)
    (entry,) = report["rejected"]
    assert (
        entry["record"] == "untitled" and "title" in entry["reason"] and entry["file"].endswith("odd.jsonl")
    )
    assert report["papers"] == 3


def test_nothing_to_build_leaves_the_graph_alone(kitchen: Path, tmp_path: Path) -> None:
    before = kitchen.read_bytes()
    file = jsonl(tmp_path / "bad.jsonl", {"id": "a"}, {"title": 5}, {"id": "c", "abstract": "Tea."})
    with kgraph.open(kitchen) as graph, pytest.raises(InputError) as caught:
        graph.build(file)
    lines = str(caught.value).splitlines()
    assert lines[0] == "no paper could be read" and len(lines) == 4
    for line, (record, reason) in zip(
        lines[1:],
        [("line 1 (a)", "neither"), ("line 2", "title: expected"), ("line 3 (c)", "needs a title")],
        strict=True,
    ):
        assert record in line and reason in line
    assert kitchen.read_bytes() == before


def test_the_cache_makes_no_difference(cli: Cli, kitchen: Path, kitchen_graph: Path) -> None:
    kitchen.unlink()
    Path(f"{kitchen}.cache").unlink()
    built(cli, kitchen, kitchen.with_suffix(".jsonl"))
    assert everything(kitchen) == everything(kitchen_graph)


def test_a_damaged_cache_is_named(cli: Cli, kitchen: Path) -> None:
    cache = Path(f"{kitchen}.cache")
    cache.write_bytes(b"this is no database" * 50)
    before = kitchen.read_bytes()
    ran = cli.run("build", kitchen.with_suffix(".jsonl"), "--store", kitchen, expect=1)
    assert str(cache) in ran.err and "delete it" in ran.err
    assert kitchen.read_bytes() == before and cache.read_bytes().startswith(b"this is no")
    cache.unlink()
    built(cli, kitchen, kitchen.with_suffix(".jsonl"))


def test_a_cache_damaged_inside_is_named(cli: Cli, kitchen: Path, kitchen_graph: Path) -> None:
    kitchen.unlink()
    cache = Path(f"{kitchen}.cache")
    whole = cache.read_bytes()
    assert len(whole) > 4096
    cache.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    ran = cli.run("build", kitchen.with_suffix(".jsonl"), "--store", kitchen, expect=1)
    assert str(cache) in ran.err and "delete it" in ran.err
    cache.unlink()
    built(cli, kitchen, kitchen.with_suffix(".jsonl"))
    assert everything(kitchen) == everything(kitchen_graph)


def test_the_schema_declares_all_of_the_graph(sample_graph: Path, kitchen_graph: Path) -> None:
    schema = kgraph.KnowledgeGraph.schema()
    labels = {label.name: label for label in schema.labels}
    kinds = {kind.name: kind for kind in schema.relationships}
    types = {"string": str, "integer": int, "float": float, "boolean": bool}
    seen = set()

    def check(properties: dict[str, Any], declared: Any) -> None:
        known = {prop.name: prop.type for prop in declared}
        for name, value in properties.items():
            wanted = types[known[name].removesuffix("[]")]
            values = value if known[name].endswith("[]") else [value]
            assert isinstance(values, list)
            assert all(
                type(entry) is wanted or (wanted is float and type(entry) is int) for entry in values
            ), name

    for store in (sample_graph, kitchen_graph):
        for names, node in tuples_of(store, NODES):
            first, *second = names
            assert set(second) <= set(labels[first].second_labels)
            assert {"id", "name", "title"} <= node["properties"].keys()
            check(node["properties"], labels[first].properties)
            seen.add(first)
        for heads, _, edge, tails, _ in tuples_of(store, RELATIONSHIPS):
            kind = kinds[edge["type"]]
            assert heads[0] in kind.from_labels and tails[0] in kind.to_labels
            check(edge["properties"], kind.properties)
            seen.add(kind.name)
    assert seen >= {*labels, "MENTIONS", "INTRODUCES", "IS_A", "CO_OCCURS_WITH", "RELATED_TO", "AUTHORED_BY"}


def test_a_cached_paper_is_not_extracted_again(cli: Cli, kitchen: Path) -> None:
    kitchen.unlink()
    with closing(sqlite3.connect(f"{kitchen}.cache")) as db, db:
        db.execute("UPDATE extraction SET body = (SELECT body FROM extraction ORDER BY key LIMIT 1)")
    built(cli, kitchen, kitchen.with_suffix(".jsonl"))
    mentions = tuples_of(
        kitchen, "MATCH (p:Paper)-[:MENTIONS]->(c) WITH p, c ORDER BY c.id RETURN p.id, collect(c.id)"
    )
    assert len(mentions) == 3 and mentions[0][1] == mentions[1][1] == mentions[2][1]


def test_progress_is_reported(tmp_path: Path, kitchen_graph: Path) -> None:
    shutil.copy(f"{kitchen_graph}.cache", tmp_path / "graph.kg.cache")
    steps_seen: list[tuple[str, int, int | None]] = []
    with kgraph.open(tmp_path / "graph.kg") as graph:
        graph.build(kitchen_graph.with_suffix(".jsonl"), on_progress=lambda *step: steps_seen.append(step))
    assert ("extracting", 3, 3) in steps_seen
    steps = list(dict.fromkeys(step for step, _, _ in steps_seen))
    assert steps == ["reading", "extracting", "linking", "writing nodes", "writing relationships"]
