"""Each command as people run it: stdout, stderr and the exit code."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from runs import NODES, ROOT, SAMPLE, Cli, jsonl, tuples_of

import kgraph
from kgraph.cli import cli as commands
from kgraph.cli import main
from kgraph.model import Paper
from kgraph.sources import read

TITLE = "Overcoming catastrophic forgetting in neural networks"
ID = "overcoming-catastrophic-forgetting-in-neural-networks"


@pytest.fixture(scope="module")
def extracted(cli: Cli) -> list[dict[str, Any]]:
    ran = cli.run("extract", SAMPLE)
    assert "inferred" in ran.err
    return ran.lines()


def test_build_reports_as_text(cli: Cli, kitchen: Path) -> None:
    ran = cli.run("build", kitchen.with_suffix(".jsonl"), "--store", kitchen)
    first, second = ran.out.splitlines()
    assert first == "3 papers read: 0 added, 0 updated, 3 unchanged; 0 rejected"
    assert second.startswith("the graph has 3 papers, ") and ran.err == ""


def test_build_reports_as_json(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    bad = jsonl(tmp_path / "bad.jsonl", {"id": "x"})
    ran = cli.run("build", kitchen.with_suffix(".jsonl"), bad, "--store", kitchen, "--format", "json")
    report = ran.json()
    assert report.keys() >= {
        "read", "added", "updated", "unchanged", "rejected", "notices", "papers", "concepts", "relationships",
    }  # fmt: skip
    assert report["rejected"] == [
        {"file": str(bad), "line": 1, "record": "x", "reason": "it has neither a title nor an abstract"}
    ]
    assert report["papers"] == 3 and report["concepts"] > 5 and report["relationships"]["MENTIONS"] > 5
    ran = cli.run("build", kitchen.with_suffix(".jsonl"), bad, "--store", kitchen)
    assert f"rejected: {bad}, line 1 (x): it has neither" in ran.err and "1 rejected" in ran.out


def test_extract_keeps_its_contract(extracted: list[dict[str, Any]]) -> None:
    papers = {paper.id: paper for paper in read([SAMPLE]) if isinstance(paper, Paper)}
    assert [record["id"] for record in extracted] == list(papers)
    check_offsets(extracted, papers)
    types = {relation["type"] for record in extracted for relation in record["relations"]}
    assert {"INTRODUCES", "EVALUATES_ON", "USES"} <= types
    kinds = {concept["kind"] for record in extracted for concept in record["concepts"]}
    assert kinds == {"task", "method", "dataset", "metric", "concept", "phrase"}


def check_offsets(extracted: list[dict[str, Any]], papers: dict[str, Paper]) -> None:
    seen = 0
    for record in extracted:
        assert record.keys() >= {"id", "title", "concepts", "relations"}
        paper = papers[record["id"]]
        assert record["title"] == paper.title
        names = {concept["name"] for concept in record["concepts"]}
        assert len(names) == len(record["concepts"]) > 0
        saliences = [concept["salience"] for concept in record["concepts"]]
        assert saliences == sorted(saliences, reverse=True)
        assert all(0 <= salience <= 1 for salience in saliences)
        for concept in record["concepts"]:
            assert concept.keys() >= {"name", "kind", "salience", "aliases", "mentions"}
            assert concept["mentions"]
            for mention in concept["mentions"]:
                assert mention.keys() >= {"field", "start", "end", "text"}
                assert getattr(paper, mention["field"])[mention["start"] : mention["end"]] == mention["text"]
                assert mention["text"]
                seen += 1
        for relation in record["relations"]:
            assert relation.keys() >= {"type", "head", "tail", "evidence", "confidence"}
            assert relation["tail"] in names and (relation["head"] is None or relation["head"] in names)
            evidence = relation["evidence"]
            assert getattr(paper, evidence["field"])[evidence["start"] : evidence["end"]] == evidence["text"]
            assert 0 < relation["confidence"] <= 1
    assert seen > 500


def test_offsets_on_the_seed_page(cli: Cli, seed_page: Path) -> None:
    papers = {paper.id: paper for paper in read([seed_page]) if isinstance(paper, Paper)}
    check_offsets(cli.run("extract", seed_page).lines(), papers)


def test_extract_reads_papers_without_a_title(cli: Cli, tmp_path: Path) -> None:
    text = "We introduce KettleNet 🫖, a network that listens. KettleNet is evaluated on SteamBench."
    file = jsonl(
        tmp_path / "a.jsonl", {"id": "a", "abstract": text}, {"id": 5, "title": "On tea"}, {"id": "c"}
    )
    ran = cli.run("extract", file, "--format", "json")
    first, second = ran.json()
    assert first["id"] == "a" and first["title"] == "" and second["id"] == "5"
    (kettle,) = [concept for concept in first["concepts"] if concept["name"] == "KettleNet"]
    # Characters, not bytes: the teapot is one.
    assert [text[m["start"] : m["end"]] for m in kettle["mentions"]] == ["KettleNet", "KettleNet"]
    assert f"rejected: {file}, line 3 (c)" in ran.err


def test_extract_is_the_same_alone_and_among_others(
    cli: Cli, extracted: list[dict[str, Any]], tmp_path: Path
) -> None:
    papers = [item for item in read([SAMPLE]) if isinstance(item, Paper)]
    one = {"id": papers[7].id, "title": papers[7].title, "abstract": papers[7].abstract}
    assert cli.run("extract", jsonl(tmp_path / "one.jsonl", one)).lines() == [extracted[7]]


QUERY = "MATCH (p:Paper) RETURN p.title AS title, p.year AS year, p.comments AS none, [1, 'x'] AS list ORDER BY p.id"


def test_query_as_json(cli: Cli, kitchen_graph: Path) -> None:
    rows = cli.run("query", QUERY, "--store", kitchen_graph, "--format", "json").json()
    assert rows == asked_dicts(kitchen_graph)
    assert rows[0]["none"] is None and rows[0]["list"] == [1, "x"]


def asked_dicts(store: Path) -> list[dict[str, Any]]:
    return [dict(zip(("title", "year", "none", "list"), row, strict=True)) for row in tuples_of(store, QUERY)]


def test_query_as_json_lines(cli: Cli, kitchen_graph: Path) -> None:
    ran = cli.run("query", QUERY, "--store", kitchen_graph, "--format", "jsonl")
    assert ran.lines() == asked_dicts(kitchen_graph) and ran.err == ""


def test_query_as_csv(cli: Cli, kitchen_graph: Path) -> None:
    ran = cli.run("query", QUERY, "--store", kitchen_graph, "--format", "csv")
    header, *rows = csv.reader(io.StringIO(ran.out))
    assert header == ["title", "year", "none", "list"]
    assert rows[0] == ["KettleNet: Predicting When Water Boils", "2021", "", '[1, "x"]'] and len(rows) == 3


def test_query_as_a_table(cli: Cli, kitchen_graph: Path) -> None:
    ran = cli.run("query", QUERY, "--store", kitchen_graph)
    header, *rows = ran.out.splitlines()
    assert header.split() == ["title", "year", "none", "list"] and len(rows) == 3
    assert rows[0].startswith("KettleNet: Predicting When Water Boils") and "2021" in rows[0]


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_a_query_without_rows(cli: Cli, kitchen_graph: Path, form: str) -> None:
    ran = cli.run(
        "query", "MATCH (p:Paper {id: 'no'}) RETURN p.id AS id", "--store", kitchen_graph, "--format", form
    )
    assert ran.out.strip() == {"table": "id", "json": "[]", "jsonl": "", "csv": "id"}[form]


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("x=1", 1),
        ("x=1.5", 1.5),
        ("x=true", True),
        ("x=null", None),
        ('x="1"', "1"),
        ("x=2401.00010", "2401.00010"),
        ("x=1e400", "1e400"),
        ("x=kettle", "kettle"),
        ("x=", ""),
        ("x=a=b", "a=b"),
        ("x=[1, [2]]", [1, [2]]),
        ('x={"a": [1]}', {"a": [1]}),
        ("x='; DROP", "'; DROP"),
        ("x=NaN", "NaN"),
        ("x=" + "9" * 5000, "9" * 5000),
        ("x=ünï 🫖", "ünï 🫖"),
    ],
)
def test_parameters(cli: Cli, kitchen_graph: Path, given: str, value: Any) -> None:
    ran = cli.run("query", "RETURN $x AS x", "--param", given, "--store", kitchen_graph, "--format", "json")
    assert ran.json() == [{"x": value}]


@pytest.mark.parametrize("given", ["x", "=1", ""])
def test_invalid_parameters(cli: Cli, kitchen_graph: Path, given: str) -> None:
    ran = cli.run("query", "RETURN 1", "--param", given, "--store", kitchen_graph, expect=2)
    assert "name=value" in ran.err and ran.out == ""


def test_a_limit_is_reported(cli: Cli, kitchen_graph: Path) -> None:
    query = "UNWIND range(1, 1001) AS x RETURN x"
    ran = cli.run("query", query, "--store", kitchen_graph, "--format", "jsonl")
    assert len(ran.lines()) == 1000 and "cut at 1000 rows; --limit shows more" in ran.err
    ran = cli.run("query", query, "--store", kitchen_graph, "--format", "jsonl", "--limit", "1001")
    assert len(ran.lines()) == 1001 and ran.err == ""


def test_writing(cli: Cli, kitchen: Path) -> None:
    query = "MATCH (p:Paper {id: 'soup'}) SET p.mark = 'read' RETURN p.mark AS mark"
    ran = cli.run("query", query, "--store", kitchen, expect=2)
    assert "--write" in ran.err and ran.out == ""
    ran = cli.run("query", query, "--store", kitchen, "--write", "--format", "json")
    assert ran.json() == [{"mark": "read"}]
    assert tuples_of(kitchen, "MATCH (p:Paper) RETURN collect(p.mark)") == [(["read"],)]


def test_a_slow_query_is_stopped(cli: Cli, kitchen_graph: Path) -> None:
    query = "UNWIND range(1, 3000) AS x UNWIND range(1, 3000) AS y RETURN max(x * y) AS z"
    ran = cli.run("query", query, "--store", kitchen_graph, "--timeout", "0.1", expect=2)
    assert "stopped after 0.1 seconds" in ran.err


def test_suggest_as_json(cli: Cli, sample_graph: Path) -> None:
    found = cli.run("suggest", ID, "--store", sample_graph, "--format", "json").json()
    assert len(found) == 10 and all(entry.keys() >= {"id", "title", "score", "reasons"} for entry in found)
    scores = [entry["score"] for entry in found]
    assert scores == sorted(scores, reverse=True) and 0 < scores[-1] <= scores[0] <= 1
    assert ID not in {entry["id"] for entry in found} and len({entry["id"] for entry in found}) == 10
    texts = {
        id_: f"{title}\n{abstract}"
        for id_, title, abstract in tuples_of(
            sample_graph, "MATCH (p:Paper) RETURN p.id, p.title, p.abstract"
        )
    }
    for entry in found:
        assert entry["reasons"]
        for reason in entry["reasons"]:
            assert reason.keys() >= {"concept"} and reason["seed"] == ID and 0 < reason["share"] <= 1
            assert reason["seed_sentence"] in texts[ID] and reason["sentence"] in texts[entry["id"]]
        assert entry["reasons"][0]["sentence"]


def test_suggest_as_text(cli: Cli, sample_graph: Path) -> None:
    ran = cli.run("suggest", ID, "-k", "3", "--store", sample_graph)
    assert [line[:2] for line in ran.out.splitlines() if not line.startswith(" ")] == ["1.", "2.", "3."]
    assert "% of the score; in " in ran.out and "“" in ran.out and ran.err == ""


@pytest.mark.parametrize("paper", [ID, TITLE, TITLE.upper(), "  " + TITLE + " ", "overcoming catastrophic"])
def test_a_paper_is_found_by_id_title_or_part(cli: Cli, sample_graph: Path, paper: str) -> None:
    args = ("-k", "1", "--store", sample_graph, "--format", "json")
    assert cli.run("suggest", paper, *args).out == cli.run("suggest", ID, *args).out


def test_several_papers_are_one_seed_set(cli: Cli, sample_graph: Path) -> None:
    seeds = (ID, "Gradient Episodic Memory")
    found = cli.run("suggest", *seeds, "--store", sample_graph, "--format", "json").json()
    swapped = cli.run("suggest", *reversed(seeds), "--store", sample_graph, "--format", "json").json()
    assert found == swapped
    assert {ID, "gradient-episodic-memory-for-continual-learning"}.isdisjoint(entry["id"] for entry in found)
    assert {reason["seed"] for entry in found for reason in entry["reasons"]} == {
        ID,
        "gradient-episodic-memory-for-continual-learning",
    }


@pytest.mark.parametrize("k", [1, 39, 10**18])
def test_how_many(cli: Cli, sample_graph: Path, k: int) -> None:
    found = cli.run("suggest", ID, "-k", k, "--store", sample_graph, "--format", "json").json()
    assert len(found) == 1 if k == 1 else 10 < len(found) <= 39


def test_among(cli: Cli, sample_graph: Path, tmp_path: Path) -> None:
    ids = [id_ for (id_,) in tuples_of(sample_graph, "MATCH (p:Paper) RETURN p.id ORDER BY p.id")]
    pool = tmp_path / "ids.txt"
    pool.write_text("\ufeff" + "\r\n".join([*ids[:6], "", ids[2], "  " + ID]) + "\r\n", encoding="utf-8")
    args = ("--among", pool, "--store", sample_graph, "--format", "json")
    found = cli.run("suggest", ID, *args).json()
    # The seed itself is not suggested. All others are ranked, also those that share nothing.
    assert sorted(entry["id"] for entry in found) == sorted(set(ids[:6]) - {ID})
    scores = [entry["score"] for entry in found]
    assert scores == sorted(scores, reverse=True)
    assert [entry["id"] for entry in cli.run("suggest", ID, "-k", "2", *args).json()] == [
        entry["id"] for entry in found[:2]
    ]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--paper", ID),
        ("--concept", "continual learning"),
        ("--concept", "EWC"),
        ("--path", ID, "Gradient Episodic"),
        ("--paper", ID, "--limit", "20"),
    ],
)
def test_view(cli: Cli, sample_graph: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    page = tmp_path / "ünï page.html"
    ran = cli.run("view", *options, "-o", page, "--store", sample_graph)
    assert ran.out == "" and f"{page}: " in ran.err and " nodes, " in ran.err
    text = page.read_text(encoding="utf-8")
    assert text.lstrip().lower().startswith("<!doctype html>") and text.rstrip().endswith("</html>")
    assert [path.name for path in tmp_path.iterdir()] == [page.name]


def test_view_of_a_topic(cli: Cli, sample_graph: Path, tmp_path: Path) -> None:
    ((topic,),) = tuples_of(
        sample_graph, "MATCH (t:Topic) RETURN t.name ORDER BY t.papers DESC, t.id LIMIT 1"
    )
    cli.run("view", "--topic", topic, "-o", tmp_path / "topic.html", "--store", sample_graph)
    assert (tmp_path / "topic.html").stat().st_size > 10_000


def test_stats(cli: Cli, sample_graph: Path) -> None:
    found = cli.run("stats", "--store", sample_graph, "--format", "json").json()
    assert found["nodes"]["Paper"] == 40 and found["years"] == [2016, 2025]
    for label, count in found["nodes"].items():
        assert tuples_of(sample_graph, f"MATCH (n:{label}) RETURN count(n)") == [(count,)]
    for kind, count in found["relationships"].items():
        assert tuples_of(sample_graph, f"MATCH ()-[r:{kind}]->() RETURN count(r)") == [(count,)]
    papers = [count for _, count in found["concepts"]]
    assert papers == sorted(papers, reverse=True) and papers[0] > 5
    text = cli.run("stats", "--store", sample_graph).out
    assert text.startswith("40 papers, 2016 to 2025\n") and found["concepts"][0][0] in text


def test_schema(cli: Cli) -> None:
    labels = cli.run("schema", "--format", "json").json()
    assert [label["name"] for label in labels["labels"]][:2] == ["Paper", "Concept"]
    text = cli.run("schema").out
    for label in labels["labels"]:
        assert f"(:{label['name']})" in text
    for kind in labels["relationships"]:
        assert f"[:{kind['name']}]" in text


def test_the_store_of_the_environment(
    cli: Cli, sample_graph: Path, kitchen_graph: Path, tmp_path: Path
) -> None:
    env = {"KGRAPH_STORE": str(sample_graph)}
    assert "40 papers" in cli.run("stats", env=env).out
    assert "3 papers" in cli.run("stats", "--store", kitchen_graph, env=env).out
    ran = cli.run("stats", cwd=tmp_path, expect=2)
    assert "papers.kg: no graph there; make one with `kgraph build`" in ran.err


def test_debug_is_accepted_anywhere(cli: Cli, tmp_path: Path) -> None:
    for arguments in (("--debug", "stats"), ("stats", "--debug"), ("stats", "--store", "no.kg", "--debug")):
        ran = cli.start(*arguments, cwd=tmp_path).wait()
        assert ran.code == 1 and "Traceback" in ran.err and "InputError" in ran.err
    assert "Traceback" not in cli.run("stats", cwd=tmp_path, expect=2).err


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("-h",), ("build", "-h"), ("query", "--help")]
)
def test_help_and_version_need_nothing(cli: Cli, arguments: tuple[str, ...]) -> None:
    ran = cli.run(*arguments)
    assert ran.out and ran.err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("build",),
        ("query",),
        ("suggest",),
        ("extract",),
        ("view",),
        ("stats", "more"),
        ("query", "RETURN 1", "--format", "xml"),
        ("build", "x", "--page-year", "soon"),
        ("stats", "--nonsense"),
    ],
)
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    ran = cli.run(*arguments, expect=2)
    assert ran.out == "" and "Usage: kgraph" in ran.err


def piped(arguments: list[str | Path], reader: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``kgraph … | reader`` in a shell; the exit code is that of kgraph."""
    command = f'"$@" | {reader}; exit "${{PIPESTATUS[0]}}"'
    return subprocess.run(
        ["bash", "-c", command, "bash", sys.executable, "-m", "kgraph.cli", *arguments],
        capture_output=True,
        env=os.environ | env,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("form", ["jsonl", "table", "csv", "json"])
def test_a_reader_that_exits_early(sample_graph: Path, form: str) -> None:
    ran = piped(["query", NODES, "--store", sample_graph, "--format", form], "head -1")
    # 0 where the system took all of the output before the reader left.
    assert ran.returncode in (0, 1) and ran.stderr == b"" and len(ran.stdout.splitlines()) == 1


def test_output_is_utf8_whatever_the_system_says(kitchen_graph: Path) -> None:
    arguments: list[str | Path] = [
        "query",
        "RETURN 'Łódź 🫖' AS x",
        "--store",
        kitchen_graph,
        "--format",
        "jsonl",
    ]
    ran = piped(arguments, "cat", PYTHONIOENCODING="latin-1")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout.decode("utf-8")) == {"x": "Łódź 🫖"}


def test_the_installed_command() -> None:
    command = Path(sys.executable).with_name("kgraph")
    if not command.exists():
        pytest.skip("kgraph is not installed in this environment")
    ran = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("kgraph, version ")


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_the_page_lists_the_formats_of_each_command(name: str) -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.partition(f"## kgraph {name}")[2].partition("\n## ")[0]
    for parameter in commands.commands[name].params:
        if isinstance(parameter.type, click.Choice):
            choices = "\\|".join(parameter.type.choices)
            assert f"`{parameter.opts[0]} {choices}`" in section


@pytest.mark.parametrize("command", [["stats"], ["suggest", "x"], ["view", "-o", "x.html"]])
def test_an_interrupted_command_mentions_no_extractions(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(kgraph.KnowledgeGraph, command[0], interrupted)
    with pytest.raises(SystemExit) as ended:
        main([*command, "--store", "none.kg"])
    assert ended.value.code == 1
    assert capsys.readouterr().err.strip() == "kgraph: interrupted"
