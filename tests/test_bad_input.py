"""Wrong and hostile input: each gives a clear message and the right exit code, and loses nothing."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from runs import PAPERS, SAMPLE, Cli, everything, jsonl, tuples_of

GOOD = json.dumps(PAPERS[0])
LONG = 10_000_000

FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n\t\n", ""),
    "binary": (bytes(range(256)) * 40, ""),
    "image": (b"\x89PNG\r\n\x1a\n" + os.urandom(3000), ""),
    "another encoding": ('{"title": "\u6bcf\u65e5\u8bba\u6587"}\n'.encode("gbk"), "UTF-8"),
    "half a line": (b'{"id": "a", "title": "Half', "not valid JSON"),
    "a number": (b"5\n", ""),
    "a list": (b"[]\n", "no record"),
    "every record bad": (b'{"id": "a"}\n{"title": 5}\n{"title": ""}\n', "neither a title nor an abstract"),
    "prose": (b"Dear diary,\n\ntoday I learned about graphs. " * 30, "no known format"),
    "html": (b"<!doctype html><title>Daily Papers</title>", "HTML"),
    "markdown": (b"# Tea\n\n- [Brewing](https://example.org)\n", "Markdown"),
    "cut gzip": (gzip.compress(GOOD.encode() * 50)[:60], "cut short"),
    "gzip of nothing": (gzip.compress(b""), "is empty"),
    "10 MB on one line": (b'{"id": "a", "abstract": "' + b"x" * LONG + b'"}', "10 million characters"),
    "10 MB of nothing": (b"x" * LONG, ""),
    "10 MB of brackets": (b"[" * LONG, ""),
    "a page without papers": (b"new\n\nGet trending papers in your email inbox!\n\nDaily Papers\n", ""),
    "NUL": (b"\0" * 100, ""),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_cannot_be_read(cli: Cli, kitchen: Path, tmp_path: Path, name: str) -> None:
    data, reason = FILES[name]
    file = tmp_path / f"{name}.dat"
    file.write_bytes(data)
    before = kitchen.read_bytes()
    ran = cli.run("build", file, "--store", kitchen, expect=2)
    assert ran.out == "" and str(file) in ran.err and reason in ran.err
    assert len(ran.err) < 2000 and all(c == "\n" or c.isprintable() for c in ran.err)
    assert kitchen.read_bytes() == before
    if name in ("binary", "half a line", "prose"):
        ran = cli.run("extract", file, expect=2)
        assert str(file) in ran.err and ran.out == ""


def test_paths_that_cannot_be_read(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    before = kitchen.read_bytes()
    folder = tmp_path / "folder"
    folder.mkdir()
    for path, reason in (
        (folder, "empty folder"),
        (tmp_path / "no", "no such"),
        (tmp_path / "no" / "no", "no such"),
        (tmp_path / ("n" * 300), "name"),
        (kitchen / "x", ""),
        (kitchen, ""),
    ):
        ran = cli.run("build", path, "--store", kitchen, expect=2)
        assert str(path) in ran.err and reason in ran.err.lower() and ran.out == ""
    assert kitchen.read_bytes() == before


@pytest.mark.slow
def test_one_bad_file_among_good_ones(cli: Cli, tmp_path: Path) -> None:
    good = jsonl(tmp_path / "good.jsonl", PAPERS[0])
    (tmp_path / "bad.txt").write_text("nothing of use")
    (tmp_path / "folder").mkdir()
    ran = cli.run("build", tmp_path / "bad.txt", good, tmp_path / "folder", "--store", tmp_path / "x.kg")
    assert "1 papers read: 1 added" in ran.out and "2 rejected" in ran.out
    assert f"rejected: {tmp_path / 'bad.txt'}: is in no known format" in ran.err
    assert f"rejected: {tmp_path / 'folder'}: is an empty folder" in ran.err


def test_bad_records_among_good_ones(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    file = tmp_path / "mixed.jsonl"
    lines = [
        "oops",
        GOOD,
        '{"title": "Half',
        '{"title": 5}',
        GOOD,
        json.dumps(PAPERS[1] | {"id": "kettle"}),
        "{}",
    ]
    file.write_text("\n".join(lines))
    ran = cli.run("build", file, "--store", kitchen)
    assert "3 papers read: 0 added, 0 updated, 1 merged, 2 unchanged; 4 rejected" in ran.out
    assert f"merged: toast ({PAPERS[1]['title']}): kitchen.jsonl, id toast; mixed.jsonl, id kettle" in ran.err
    for line in (1, 3, 4, 7):
        assert f"rejected: {file}, line {line}" in ran.err
    assert tuples_of(kitchen, "MATCH (p:Paper) RETURN p.id ORDER BY p.id") == [
        ("kettle",),
        ("soup",),
        ("toast",),
    ]


def test_every_rejection_is_reported_if_all_records_are_rejected(
    cli: Cli, kitchen: Path, tmp_path: Path
) -> None:
    before = everything(kitchen)
    file = tmp_path / "bad.jsonl"
    file.write_text("".join(f'{{"id": "r{number}"}}\n' for number in range(40)))
    ran = cli.run("build", file, "--store", kitchen, expect=2)
    assert ran.err.startswith("kgraph: no paper could be read\n")
    for number in range(40):
        assert f"rejected: {file}, line {number + 1} (r{number}): it has neither" in ran.err
    assert everything(kitchen) == before
    assert "no paper could be read" in cli.run("build", file, "--store", tmp_path / "new.kg", expect=2).err
    assert not (tmp_path / "new.kg").exists()
    ran = cli.run("extract", file, expect=2)
    assert ran.err.count("rejected: ") == 40 and "no paper could be read" in ran.err


# Cleaning leaves these texts as they are. Other markup and invisible characters do not reach the graph.
HOSTILE = [
    "'}) DETACH DELETE n //",
    "\\'; MATCH (n) DETACH DELETE n; //",
    "`) MATCH (n) DETACH DELETE n //",
    '"; LOAD CSV FROM "file:///etc/passwd" AS x RETURN x',
    "$id {id: 1} [:MENTIONS] -->",
    "<script>alert(1)</script>",
    "{{7*7}} ${7*7} %s %(x)s {0} {title}",
    "[red]rich[/red] [/] [link=file:///etc/passwd]x[/link]",
    "\\u0027 \\x27 \\ \\n",
    "Ünïcødé 学习 🫖 é",
    "null IS NULL",
    "=1+1",
    "--store",
]


@pytest.fixture(scope="module")
def hostile(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    records = [
        {
            "id": f"{text} {number}",
            "title": text,
            "abstract": f"We introduce {text}, a network. {text} is evaluated on TeaBench.",
            "authors": [text, "Ada Byron"],
            "venue": text,
            "keywords": [text],
            "url": "javascript:alert(1)",
        }
        for number, text in enumerate(HOSTILE)
    ]
    cli.run("build", jsonl(folder / "hostile.jsonl", *records), "--store", folder / "graph.kg")
    return folder / "graph.kg"


def test_hostile_texts_are_only_text(cli: Cli, hostile: Path) -> None:
    rows = cli.run("query", "MATCH (p:Paper) RETURN p", "--store", hostile, "--format", "json").json()
    papers = {row["p"]["properties"]["title"]: row["p"]["properties"] for row in rows}
    assert set(papers) == set(HOSTILE)
    for number, text in enumerate(HOSTILE):
        assert papers[text]["id"] == f"{text} {number}" and papers[text]["authors"][0] == text
        assert papers[text]["abstract"].startswith(f"We introduce {text}") and "url" not in papers[text]
    assert tuples_of(hostile, "MATCH (:Paper)-[r:AUTHORED_BY]->() RETURN count(r)") == [(2 * len(HOSTILE),)]
    assert tuples_of(hostile, "MATCH (v:Venue) RETURN count(v)") == [(len(HOSTILE),)]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_texts_as_arguments(cli: Cli, hostile: Path, number: int, tmp_path: Path) -> None:
    text = HOSTILE[number]
    id_ = f"{text} {number}"
    pool = tmp_path / "pool.txt"
    pool.write_text(f"{HOSTILE[0]} 0\n{HOSTILE[1]} 1\n")
    where = ("--store", hostile, "--format", "json")
    by_id = cli.run("suggest", "--among", pool, *where, "--", id_).json()
    assert {entry["id"] for entry in by_id} == {f"{HOSTILE[0]} 0", f"{HOSTILE[1]} 1"} - {id_}
    assert cli.run("suggest", "--among", pool, *where, "--", text).json() == by_id
    ran = cli.run(
        "query", "MATCH (p:Paper {title: $t}) RETURN p.id AS id", "--param", f"t={json.dumps(text)}", *where
    )
    assert ran.json() == [{"id": id_}]
    cli.run("view", f"--paper={id_}", "-o", tmp_path / "page.html", "--store", hostile)


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_every_output_format_prints_hostile_texts(cli: Cli, hostile: Path, form: str) -> None:
    ran = cli.run("query", "MATCH (n) RETURN n.name AS name", "--store", hostile, "--format", form)
    for text in HOSTILE:
        if text.isprintable() and '"' not in text and "\\" not in text:
            assert text in ran.out


CONTROLS = "Tea\x1b[31m\x1b]0;owned\x07 \x9b2J\x85 \x08\x08 \u202e \x7f"


@pytest.mark.slow
def test_no_escape_sequence_reaches_the_terminal(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    file = jsonl(
        tmp_path / "esc.jsonl",
        {"id": CONTROLS, "title": CONTROLS, "abstract": CONTROLS + "."},
        {"id": CONTROLS},
    )
    ran = cli.run("build", file, "--store", kitchen)
    # Sources clean their text. A statement may still write control characters.
    query = "MATCH (p:Paper {id: 'kettle'}) SET p.title = $t, p.name = $t"
    param = "t=" + json.dumps(CONTROLS)
    wrote = cli.run("query", query, "--param", param, "--write", "--store", kitchen)
    runs = [
        ran,
        wrote,
        cli.run("query", "MATCH (p:Paper) RETURN p.title AS `a\x1bb`, p", "--store", kitchen),
        cli.run("suggest", "toast", "--store", kitchen),
        cli.run("suggest", "e", "--store", kitchen, expect=2),
        cli.run("suggest", CONTROLS + "?", "--store", kitchen, expect=2),
        cli.run("stats", "--store", kitchen),
        cli.run("query", "RETURN '\x1b[31m", "--store", kitchen, expect=2),
        cli.run("build", CONTROLS, "--store", kitchen, expect=2),
    ]
    for each in runs:
        shown = each.out + each.err
        assert not [c for c in shown if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c == "\u202e")]
    assert "Tea" in runs[2].out
    # Machines get what is there.
    as_json = cli.run(
        "query", "MATCH (p:Paper {id: 'kettle'}) RETURN p.title AS t", "--store", kitchen, "--format", "json"
    )
    assert as_json.json() == [{"t": CONTROLS}]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("store", "reason"),
    [
        (lambda folder: folder / "no" / "graph.kg", "no such folder"),
        (lambda folder: folder, "this is a folder"),
        (lambda folder: folder / "file.txt", "not a graph of kgraph"),
        (lambda folder: folder / "file.txt" / "graph.kg", "no such folder"),
        (lambda _: "http://localhost:7687", "unknown scheme"),
        (lambda _: "neo4j://", "the address has no host"),
    ],
)
def test_stores_that_cannot_exist(
    cli: Cli, tmp_path: Path, store: Callable[[Path], Path | str], reason: str
) -> None:
    (tmp_path / "file.txt").write_text("Dear diary")
    file = jsonl(tmp_path / "kitchen.jsonl", *PAPERS)
    before = sorted(path.name for path in tmp_path.iterdir())
    for command in (
        ["build", file],
        ["stats"],
        ["suggest", "x"],
        ["query", "RETURN 1"],
        ["view", "-o", tmp_path / "x"],
    ):
        ran = cli.run(*command, "--store", store(tmp_path), expect=2)
        assert reason in ran.err and ran.out == ""
    left = {path.name for path in tmp_path.iterdir()}
    assert left == set(before) and (tmp_path / "file.txt").read_text() == "Dear diary"


def test_a_store_that_cannot_be_written(cli: Cli, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "kitchen.jsonl", *PAPERS)
    ran = cli.run("build", file, "--store", "/proc/graph.kg", expect=1)
    assert "/proc/graph.kg" in ran.err and ran.out == ""


def test_a_missing_graph(cli: Cli, tmp_path: Path) -> None:
    for command in (
        ["stats"],
        ["suggest", "x"],
        ["query", "CREATE (:X)", "--write"],
        ["view", "-o", "x.html"],
    ):
        ran = cli.run(*command, "--store", tmp_path / "none.kg", expect=2)
        assert "no graph there; make one with `kgraph build`" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_pages_that_cannot_be_written(cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for target in (
        tmp_path, tmp_path / "no" / "x.html", tmp_path / "file" / "x.html", "/", ".", "", "/proc/x.html",
        tmp_path / ("n" * 300),
    ):  # fmt: skip
        ran = cli.run("view", "-o", target, "--store", kitchen_graph, cwd=tmp_path, expect=2)
        assert "cannot be written" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_page_replaces_one_and_follows_links(cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    (tmp_path / "real.html").write_text("old")
    (tmp_path / "link.html").symlink_to("real.html")
    cli.run("view", "-o", tmp_path / "link.html", "--store", kitchen_graph)
    assert (tmp_path / "link.html").is_symlink() and "<html" in (tmp_path / "real.html").read_text("utf-8")
    ran = cli.run("view", "-o", "/dev/null", "--store", kitchen_graph)
    assert "/dev/null: " in ran.err and Path("/dev/null").is_char_device()


def test_missing_papers(cli: Cli, sample_graph: Path, tmp_path: Path) -> None:
    for arguments in (
        ["suggest", "No such paper"],
        ["view", "--paper", "No such paper", "-o", tmp_path / "x"],
    ):
        ran = cli.run(*arguments, "--store", sample_graph, expect=2)
        assert "no paper has the id or a name with 'No such paper'" in ran.err
    ran = cli.run("view", "--concept", "no such", "-o", tmp_path / "x", "--store", sample_graph, expect=2)
    assert "no concept has the id" in ran.err
    ran = cli.run("view", "--topic", "no such", "-o", tmp_path / "x", "--store", sample_graph, expect=2)
    assert "no topic has the id" in ran.err
    for text in ("", "  "):
        assert "empty" in cli.run("suggest", text, "--store", sample_graph, expect=2).err
    assert list(tmp_path.iterdir()) == []


def test_a_title_that_fits_several_papers(cli: Cli, sample_graph: Path) -> None:
    ran = cli.run("suggest", "memory", "--store", sample_graph, expect=2)
    assert "'memory' matches 2 papers; give the id of one" in ran.err
    assert "gradient-episodic-memory-for-continual-learning  Gradient Episodic Memory" in ran.err
    ran = cli.run("suggest", "e", "--store", sample_graph, expect=2)
    assert "… and 35 more" in ran.err


def test_papers_without_a_path_between_them(cli: Cli, tmp_path: Path) -> None:
    far = [
        {"id": "a", "title": "Oolong", "abstract": "Leaves are withered."},
        {"id": "b", "title": "Bicycles", "abstract": "Chains need oil."},
    ]
    cli.run("build", jsonl(tmp_path / "far.jsonl", *far), "--store", tmp_path / "far.kg")
    ran = cli.run(
        "view", "--path", "a", "b", "-o", tmp_path / "x.html", "--store", tmp_path / "far.kg", expect=None
    )
    assert ran.code in (0, 2) and ran.err.strip()
    assert (ran.code == 0) == (tmp_path / "x.html").exists()
    ran = cli.run("suggest", "a", "--store", tmp_path / "far.kg")
    assert ran.out == "" and "no other paper shares" in ran.err
    assert cli.run("suggest", "a", "--store", tmp_path / "far.kg", "--format", "json").json() == []


def test_selectors_that_exclude_each_other(cli: Cli, sample_graph: Path, tmp_path: Path) -> None:
    arguments = ["--paper", "a", "--concept", "b", "-o", tmp_path / "x.html"]
    ran = cli.run("view", *arguments, "--store", sample_graph, expect=2)
    assert ran.err.strip() and not (tmp_path / "x.html").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "line 1: the header must be 'label' and 'replace by'"),
        (b"a,b\nx,y\n", "line 1: the header"),
        (b"label\treplace by\ntea\n", "line 2: "),
        (b"label\treplace by\ntea\t\n", "line 2: "),
        (b"label\treplace by\n\ttea\n", "line 2: "),
        (b"label\treplace by\ntea\tchai\n\nTea\tleaf\n", "line 4: 'Tea' "),
        (b"label\treplace by\na\tb\nb\tc\nc\ta\n", "circle"),
        (b"label\treplace by\ncaf\xe9\ttea\n", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_mistakes_in_a_thesaurus(
    cli: Cli, kitchen: Path, tmp_path: Path, text: bytes | None, reason: str
) -> None:
    words = tmp_path / "words.tsv"
    if text is not None:
        words.write_bytes(text)
    before = kitchen.read_bytes()
    ran = cli.run("build", kitchen.with_suffix(".jsonl"), "--thesaurus", words, "--store", kitchen, expect=2)
    assert str(words) in ran.err and reason in ran.err and ran.out == ""
    assert kitchen.read_bytes() == before


def test_wrong_lists_of_ids(cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    for data, reason in (
        (b"", "contains no ids"),
        (b"\n  \n", "contains no ids"),
        (b"kettle\nnobody\n", "the graph has no paper with the id nobody"),
        (b"caf\xe9\n", "cannot be read"),
        (None, "cannot be read"),
    ):
        pool = tmp_path / "pool.txt"
        pool.unlink(missing_ok=True)
        if data is not None:
            pool.write_bytes(data)
        ran = cli.run("suggest", "kettle", "--among", pool, "--store", kitchen_graph, expect=2)
        assert reason in ran.err and ran.out == ""
    assert (
        "cannot be read"
        in cli.run("suggest", "kettle", "--among", tmp_path, "--store", kitchen_graph, expect=2).err
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["RETURN 1", "--limit", "0"], "--limit"),
        (["RETURN 1", "--limit", "-1"], "--limit"),
        (["RETURN 1", "--limit", "many"], "--limit"),
        (["RETURN 1", "--timeout", "0"], "--timeout"),
        (["RETURN 1", "--timeout", "nan"], "timeout"),
        ([""], "the statement is empty"),
        (["   "], "the statement is empty"),
        (["// nothing"], "the statement is empty"),
        (["RETURN 1; RETURN 2"], "one statement at a time"),
        (["MATCH (n"], "syntax"),
        (["RETURN $x"], "x"),
        (["LOAD CSV FROM 'file:///etc/passwd' AS x RETURN x"], "LOAD CSV is refused"),
        (["CREATE (:X)"], "--write"),
        (["RETURN 1/0"], "zero"),
    ],
)
def test_queries_that_are_refused(cli: Cli, kitchen_graph: Path, options: list[str], reason: str) -> None:
    ran = cli.run("query", *options, "--store", kitchen_graph, expect=2)
    assert reason in ran.err and ran.out == ""


@pytest.mark.parametrize(
    "options", [["--limit", "1" + "0" * 30], ["--timeout", "inf"], ["--timeout", "1e300"]]
)
def test_numbers_beyond_all_bounds(cli: Cli, kitchen_graph: Path, options: list[str]) -> None:
    assert cli.run(
        "query", "RETURN 1 AS x", *options, "--store", kitchen_graph, "--format", "json"
    ).json() == [{"x": 1}]


@pytest.mark.parametrize("k", ["0", "-3", "many", "1.5"])
def test_wrong_counts(cli: Cli, kitchen_graph: Path, k: str) -> None:
    assert "'-k'" in cli.run("suggest", "kettle", "-k", k, "--store", kitchen_graph, expect=2).err


@pytest.mark.parametrize("year", ["0", "1899", "3000", "-1"])
def test_wrong_years(cli: Cli, tmp_path: Path, year: str) -> None:
    ran = cli.run("build", SAMPLE, "--page-year", year, "--store", tmp_path / "x.kg", expect=2)
    assert "--page-year" in ran.err and list(tmp_path.iterdir()) == []


def test_arguments_that_are_not_text(cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"\xff\xfe")
    cli.run("suggest", odd, "--store", kitchen_graph, expect=2)
    cli.run("query", f"RETURN '{odd}'", "--store", kitchen_graph, expect=2)
    cli.run("query", "RETURN $x", "--param", f"x={odd}", "--store", kitchen_graph, expect=2)
    cli.run("build", tmp_path / odd, "--store", kitchen_graph, expect=2)
    jsonl(tmp_path / odd, {"title": "Tea"})
    cli.run("build", tmp_path / odd, "--store", tmp_path / "x.kg")
    assert tuples_of(tmp_path / "x.kg", "MATCH (p:Paper) RETURN p.source") == [("\ufffd\ufffd",)]
