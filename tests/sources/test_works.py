"""Records of one work become one paper, in one build and in two, in any order of files."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import SHARED, Cli, built, everything, jsonl, tuples_of

import kgraph
from kgraph.errors import InputError
from kgraph.model import Paper
from kgraph.source_record import SourceRecord, source_records
from kgraph.sources import to_paper
from kgraph.sources.identity import own_id
from kgraph.sources.merging import conflicts, merged_paper
from kgraph.sources.work_keys import identifiers
from kgraph.sources.works import MOST_TITLES_OF_IDENTIFIER, Works
from kgraph.titles import main_title, named_original, title_key, unmarked

ABSTRACT = "We teach a robot to fold shirts by touch, without a camera, and report the share of tidy shirts."
FOLDING = Paper("", "Folding Shirts: A Study by Touch", ABSTRACT, ("Ada Quill", "Jörg Müller"), year=2020)


def record(paper: Paper, file: str = "a.jsonl", line: int = 1, **changes: Any) -> SourceRecord:
    return SourceRecord(file, line, replace(paper, source=file, **changes))


def merged(records: Iterable[SourceRecord], stored: Sequence[Paper] = ()) -> list[Paper]:
    """Return the papers of these records and of a graph, by id."""
    with Works() as works:
        for number, paper in enumerate(stored):
            works.add_paper(paper, number)
        for entry in records:
            works.add(entry)
        papers = [merged_paper(work) for work in works.joined()]
    assert len({paper.id for paper in papers}) == len(papers)
    return sorted(papers, key=lambda paper: paper.id)


def are_one(*papers: Paper) -> bool:
    return len(merged([record(paper, line=line) for line, paper in enumerate(papers, 1)])) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"arxiv": "2401.00001v1"}, {"id": "arXiv:2401.00001v3"}),
        ({"url": "https://arxiv.org/abs/2401.00001v1"}, {"doi": "10.48550/arXiv.2401.00001"}),
        ({"doi": "10.1000/ABC"}, {"doi": "https://doi.org/10.1000/abc"}),
        ({"doi": "10.1000/ABC"}, {"id": "10.1000/abc"}),
        ({"openalex": "https://openalex.org/W2741"}, {"id": "https://openalex.org/W2741"}),
        ({"pmid": "17"}, {"pmid": "17"}),
        ({"acl": "2020.acl-main.1"}, {"url": "https://aclanthology.org/2020.acl-main.1.pdf"}),
        ({"id": "x1"}, {"id": "x1"}),
    ],
)
def test_identifiers_in_all_forms(one: dict[str, str], other: dict[str, str]) -> None:
    records = [{"title": f"Tea number {number}", **values} for number, values in enumerate((one, other))]
    found = [to_paper(values, "a.jsonl") for values in records]
    assert are_one(*(replace(read.paper, id=read.paper.id if read.has_id else "") for read in found))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "FOLDING SHIRTS: A STUDY BY TOUCH"},
        {"title": "Folding shirts - a study by touch."},
        {"title": "Folding {S}hirts: A \\textit{Study} by Touch"},
        {"title": "Folding Shirts"},
        {"title": "Folding Shirts: A Study by Touch (Extended Version)"},
        {"authors": ("Müller, J.", "Quill, A.")},
        {"authors": ("Jorg Mueller", "Ada B. Quill", "Li Wei")},
        {"year": 2022, "doi": "10.1000/shirts", "venue": "Journal of Shirts"},
        {"title": "RETRACTED: Folding Shirts: A Study by Touch"},
        {"authors": (), "year": None},
        {"authors": (), "year": 2021},
        {"authors": (), "abstract": "", "year": None},
    ],
)
def test_titles_with_authors_and_years(changes: dict[str, Any]) -> None:
    other = replace(
        FOLDING, **{"abstract": "Another text.", **changes} if "authors" not in changes else changes
    )
    assert are_one(FOLDING, other)


@pytest.mark.parametrize(
    "changes",
    [
        {"authors": ("Mary Shelley",)},
        {"year": 2023},
        {"title": "Folding Shirts: A Survey"},
        {"title": "Folding Shirts", "authors": (), "year": None},
        {"title": "Folding Shirts", "year": 2023},
        {
            "authors": (),
            "year": 2023,
            "abstract": "Pizza is a dish that people in Naples like to eat on Mondays.",
        },
        {"authors": (), "year": 2021, "abstract": ""},
        {"arxiv": "2401.00002"},
        {"title": "Erratum to: Folding Shirts: A Study by Touch"},
    ],
)
def test_works_that_differ(changes: dict[str, Any]) -> None:
    assert not are_one(replace(FOLDING, arxiv="2401.00001"), replace(FOLDING, **changes))


def test_a_title_of_many_works_needs_authors_and_the_same_year() -> None:
    editorial = Paper("", "Editorial", authors=("Ada Quill",), year=2020)
    assert are_one(editorial, replace(editorial, url="https://example.org"))
    assert not are_one(editorial, replace(editorial, year=2021))
    assert not are_one(editorial, replace(editorial, authors=()))


def test_a_record_that_fits_several_works_is_joined_to_the_one_with_its_abstract() -> None:
    one, other = (
        replace(
            FOLDING, authors=(name,), abstract=f"{name} folds shirts in {place} with two hands every day."
        )
        for name, place in (("Ada Quill", "Lyon"), ("Mary Shelley", "a small town near the sea of Japan"))
    )
    poor = replace(FOLDING, authors=(), year=None)
    unclear = merged(map(record, (one, other, replace(poor, abstract=""))))
    assert [paper.title for paper in unclear] == [FOLDING.title] * 3
    clear = merged(map(record, (one, other, replace(poor, abstract=other.abstract))))
    assert sorted(len(paper.sources) for paper in clear) == [1, 2]


def test_an_identifier_of_a_volume_does_not_join_its_papers() -> None:
    few = [
        Paper("", f"{word} shirts", f"{word} {word}.", (f"{word} Quill",), doi="10.1000/volume")
        for word in ("Folding", "Washing")
    ]
    assert not are_one(*few)
    many = [
        record(Paper("", f"Paper {number}", doi="10.1000/volume"), line=number)
        for number in range(MOST_TITLES_OF_IDENTIFIER + 1)
    ]
    assert len(merged(many)) == len(many)
    assert len(merged(many[1:])) == 1


def test_two_works_with_one_id_get_two_ids() -> None:
    one = Paper("k", "Folding shirts", "We fold shirts at home.", ("Ada Quill",))
    other = Paper("k", "Washing cars", "Cars are washed with soap.", ("Mary Shelley",))
    papers = merged([record(one), record(other, line=2)])
    assert [paper.other_ids for paper in papers] == [("k",), ("k",)]
    assert all(paper.id.startswith("k-") for paper in papers)
    # The graph may be exported, and read again together with the first file.
    again = [record(replace(paper, sources=(), other_ids=()), "export.jsonl") for paper in papers]
    assert [paper.id for paper in merged([record(one), record(other), *again])] == [
        paper.id for paper in papers
    ]


def test_values_are_filled_in_and_never_erased() -> None:
    poor = Paper("x1", "Folding Shirts", keywords=("touch",), author_count=5)
    rich = replace(
        FOLDING, id="x1", keywords=("Touch", "shirts"), venue="Journal of Shirts", date="2020-05-01"
    )
    for first, second in ((poor, rich), (rich, poor)):
        (paper,) = merged([record(first), record(second, "b.jsonl")])
        assert (paper.title, paper.abstract, paper.authors) == (rich.title, rich.abstract, rich.authors)
        assert (paper.year, paper.date, paper.venue) == (2020, "2020-05-01", rich.venue)
        assert paper.author_count == 5
        assert {word.casefold() for word in paper.keywords} == {"touch", "shirts"} and len(
            paper.keywords
        ) == 2


def test_conflicts_follow_an_order_and_are_reported() -> None:
    preprint = replace(
        FOLDING, arxiv="2401.00001", venue="arXiv", date="2020-03-01", title="Folding Shirts at Home"
    )
    published = replace(FOLDING, arxiv="2401.00001", venue="Journal of Shirts", year=2021, doi="10.1000/a")
    for records in ([preprint, published], [published, preprint]):
        with Works() as works:
            for line, paper in enumerate(records):
                works.add(record(paper, line=line))
            (work,) = works.joined()
        found = merged_paper(work)
        assert (found.title, found.year, found.date, found.venue) == (
            FOLDING.title,
            2021,
            None,
            published.venue,
        )
        assert [(entry.field, entry.value) for entry in conflicts(work, found)] == [
            ("title", preprint.title),
            ("year", 2020),
        ]


def test_the_last_state_of_a_record_is_current() -> None:
    old, new = replace(FOLDING, id="x1"), replace(FOLDING, id="x1", authors=("Mary Shelley",), year=2021)
    (paper,) = merged([record(new)], merged([record(old)]))
    assert (paper.authors, paper.year) == (("Mary Shelley",), 2021)
    (paper,) = merged([record(old)], [paper])
    assert (paper.authors, paper.year) == (old.authors, 2020)


def test_every_source_record_can_be_computed_from_the_paper() -> None:
    records = [
        record(replace(FOLDING, doi="10.1000/abc", references=("10.1000/x",)), "a.jsonl", 3),
        record(replace(FOLDING, doi="10.1000/abc", abstract="", authors=(), year=None), "b.bib", 7),
        record(Paper("x1", FOLDING.title, ABSTRACT, doi="10.1000/abc", retracted=True), "c.jsonl"),
    ]
    (paper,) = merged(records)
    assert paper.references == ("10.1000/x",)
    found = sorted(source_records(paper), key=lambda entry: entry.file)
    # The line of a record with an id is not kept.
    assert found == [*records[:2], replace(records[2], line=0)]


@pytest.mark.parametrize("entry", ["", "{", "[]", "{}", '{"file": 5}', '{"file": "a", "title": 5}'])
def test_sources_that_a_statement_changed_are_not_read(entry: str) -> None:
    paper = replace(FOLDING, id="x1", sources=(entry,), source="a.jsonl")
    assert source_records(paper) == (SourceRecord("a.jsonl", 0, replace(paper, sources=())),)


def test_a_graph_of_an_earlier_version_keeps_no_records() -> None:
    old = replace(FOLDING, id=own_id(FOLDING), source="a.jsonl")
    (paper,) = merged([], [old])
    assert paper == replace(old, sources=('{"file":"a.jsonl"}',))
    assert merged([record(FOLDING, "b.jsonl")], [paper]) == [paper]


TITLES = [
    FOLDING.title,
    "FOLDING SHIRTS: A STUDY BY TOUCH",
    "Folding Shirts",
    "Introduction",
    "RETRACTED: Folding Shirts",
]
RECORDS = st.builds(
    Paper,
    id=st.sampled_from(["", "", "x1", "x2", "2401.00001v1", "2401.00001v2"]),
    title=st.sampled_from(TITLES),
    abstract=st.sampled_from(["", ABSTRACT, f"{ABSTRACT} Once more.", "Transformers fold shirts."]),
    authors=st.sampled_from([(), FOLDING.authors, ("Quill, Ada",), ("B. Two",)]),
    year=st.sampled_from([None, 2020, 2021, 2024]),
    doi=st.sampled_from([None, None, "10.1000/A", "10.1000/b"]),
    keywords=st.sampled_from([(), ("a",), ("b", "A")]),
).map(lambda paper: replace(paper, arxiv="2401.00001") if paper.id.startswith("2401") else paper)
LISTS = st.lists(st.builds(record, RECORDS, st.sampled_from(["a", "b"]), st.integers(1, 9)), max_size=7)


@settings(max_examples=100)
@given(LISTS, st.integers(0, 7))
def test_two_builds_give_the_papers_of_one(records: list[SourceRecord], cut: int) -> None:
    assert merged(records[cut:], merged(records[:cut])) == merged(records)


@settings(max_examples=100)
@given(LISTS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(records: list[SourceRecord], rng: random.Random) -> None:
    # Of the states of one record, the last one is current.
    states = {
        (entry.paper.id,) if entry.paper.id else (own_id(entry.paper), entry.file): entry for entry in records
    }
    records = list(states.values())
    shuffled = rng.sample(records, len(records))

    def papers(entries: list[SourceRecord]) -> list[Paper]:
        # Of records that repeat each other word for word, the first one is kept.
        return [replace(paper, source="", sources=()) for paper in merged(entries)]

    assert papers(shuffled) == papers(records)


def test_the_id_of_a_record_may_be_an_identifier() -> None:
    assert list(identifiers(Paper("17", "Tea"))) == [("id", "17")]
    assert list(identifiers(Paper("W2741", "Tea", openalex="W2741"))) == [("openalex", "W2741")]
    assert list(identifiers(to_paper({"id": "doi:10.1000/A", "title": "Tea"}, "").paper)) == [
        ("doi", "10.1000/a")
    ]


def test_titles_in_one_form() -> None:
    assert title_key('$\\alpha$-Divergence for Na\\"{\\i}ve {B}ayes') == title_key(
        "α-divergence for naïve Bayes"
    )
    assert title_key("C++ &amp; <i>C</i>") == "c++andc" != title_key("C and C")
    assert title_key("深度学习") == "深度学习"
    assert (main_title("Folding: A Study"), main_title("Folding:"), main_title("GPT-4")) == (
        "Folding",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("title", "kind", "original"),
    [
        ("Erratum: Folding", "correction", "Folding"),
        ("Correction to: Folding", "correction", "Folding"),
        ("Author Correction: Folding", "correction", "Folding"),
        ("Corrigendum to “Folding by Touch” [J. Shirts 1]", "correction", "Folding by Touch"),
        ("Retraction notice to Folding", "retraction", "Folding"),
        ("Editorial Expression of Concern: Folding", "concern", "Folding"),
    ],
)
def test_notices_name_their_original(title: str, kind: str, original: str) -> None:
    found = named_original(title)
    assert found and (found.kind, found.title) == (kind, original)


def test_titles_that_are_not_notices() -> None:
    for title in ("Correction for attenuation", "Erratum", "Error correction: a view", "RETRACTED: Folding"):
        assert named_original(title) is None
    assert unmarked("[RETRACTED] - Folding") == unmarked("Retracted article: Folding") == "Folding"


# From here on with the command line.


@pytest.fixture(scope="module")
def duplicates() -> list[dict[str, Any]]:
    """One work under several ids, in the ways of reference managers and dumps."""
    text = "We introduce KettleNet, a network that predicts when water boils in kettles of all kinds."
    return [
        {"id": "arXiv:2301.70001v1", "title": "KettleNet: When Water Boils", "abstract": text, "year": 2023},
        {
            "id": "2301.70001v3",
            "title": "KettleNet: When Water Boils.",
            "abstract": f"{text} New.",
            "year": 2023,
        },
        {"title": "KETTLENET: WHEN WATER BOILS", "abstract": text},
        {
            "id": "10.1000/KETTLE",
            "title": "Kettlenet: when water boils",
            "abstract": text,
            "year": 2024,
            "venue": "Tea",
        },
        {"id": "https://doi.org/10.1000/kettle", "title": "KettleNet : When Water Boils", "year": 2024},
    ]


def test_duplicates_are_one_paper_in_one_build_and_in_two(
    cli: Cli, duplicates: list[dict[str, Any]], tmp_path: Path
) -> None:
    one, two = tmp_path / "one.kg", tmp_path / "two.kg"
    first = jsonl(tmp_path / "first.jsonl", *duplicates[:3])
    second = jsonl(tmp_path / "second.jsonl", *duplicates[3:])
    plan = cli.run("build", first, second, "--store", one, "--dry-run", "--format", "json").json()
    assert sorted(tmp_path.iterdir()) == [first, second]
    report = built(cli, one, first, second)
    counts = ("read", "added", "updated", "merged", "unchanged", "papers")
    assert [report[name] for name in counts] == [5, 1, 0, 4, 0, 1]
    assert [plan[name] for name in counts] == [5, 1, 0, 4, 0, 1]
    assert (plan["merges"], plan["conflicts"], plan["written"]) == (
        report["merges"],
        report["conflicts"],
        False,
    )
    assert [(entry["field"], entry["value"], entry["kept"]) for entry in report["conflicts"]] == [
        ("year", "2023", "2024")
    ] * 2
    ((paper,),) = tuples_of(one, "MATCH (p:Paper) RETURN p")
    properties = paper["properties"]
    assert (properties["arxiv"], properties["doi"], properties["year"]) == (
        "2301.70001",
        "10.1000/kettle",
        2024,
    )
    assert properties["title"] == "KettleNet: When Water Boils" and len(properties["sources"]) == 5
    built(cli, two, first)
    report = built(cli, two, second)
    assert [report[name] for name in counts] == [2, 0, 1, 2, 0, 1]
    assert everything(two) == everything(one)
    assert [built(cli, two, first, second)[name] for name in counts] == [5, 0, 0, 0, 1, 1]


def test_a_record_that_connects_two_papers_merges_them(cli: Cli, tmp_path: Path) -> None:
    preprint = {"id": "2301.70001", "title": "Kettles", "abstract": "Water boils.", "authors": ["Ada Quill"]}
    article = {
        "id": "10.1000/kettle",
        "title": "On the Boiling of Water",
        "authors": ["Ada Quill"],
        "year": 2024,
    }
    other = {"id": "tea", "title": "Tea", "abstract": "Water boils in kettles."}
    link = {"title": "On the Boiling of Water", "arxiv": "2301.70001v2", "doi": "10.1000/KETTLE"}
    two, one = tmp_path / "two.kg", tmp_path / "one.kg"
    built(cli, two, jsonl(tmp_path / "a.jsonl", preprint, article, other))
    assert tuples_of(two, "MATCH (p:Paper) RETURN count(p)") == [(3,)]
    report = built(cli, two, jsonl(tmp_path / "b.jsonl", link))
    assert (report["merged"], report["updated"], report["papers"]) == (2, 1, 2)
    with kgraph.open(two) as graph:
        for id_ in ("2301.70001", "10.1000/kettle", "10.1000/KETTLE"):
            assert {entry.id for entry in graph.suggest(id_)} <= {"tea"}
            assert graph.view(paper=id_).title
    built(cli, one, tmp_path / "b.jsonl", tmp_path / "a.jsonl")
    assert everything(two) == everything(one)


def test_papers_of_one_title_stay_apart(cli: Cli, tmp_path: Path) -> None:
    papers = [
        {
            "title": "Attention",
            "abstract": "We study the attention of monkeys.",
            "authors": ["A One"],
            "year": 1999,
        },
        {"title": "Attention", "abstract": "Networks attend to words.", "authors": ["B Two"], "year": 2020},
    ]
    one, two = tmp_path / "one.kg", tmp_path / "two.kg"
    files = [jsonl(tmp_path / f"{number}.jsonl", paper) for number, paper in enumerate(papers)]
    assert built(cli, one, *files)["added"] == 2
    for file in files:
        report = built(cli, two, file)
        assert (report["added"], report["merged"]) == (1, 0)
    assert everything(one) == everything(two)
    with kgraph.open(two) as graph, pytest.raises(InputError, match="2 papers"):
        graph.suggest("attention")


def test_a_poorer_record_erases_nothing(cli: Cli, tmp_path: Path) -> None:
    rich = {
        "id": "x1",
        "title": "KettleNet",
        "abstract": "We boil water.",
        "authors": ["C Three"],
        "year": 2021,
    }
    store = tmp_path / "graph.kg"
    built(cli, store, jsonl(tmp_path / "a.jsonl", rich))
    report = built(cli, store, jsonl(tmp_path / "b.jsonl", {"id": "x1", "title": "KettleNet"}))
    assert (report["merged"], report["unchanged"], report["conflicts"]) == (1, 1, [])
    query = "MATCH (p:Paper) RETURN p.abstract, p.authors, p.year, size(p.sources)"
    assert tuples_of(store, query) == [("We boil water.", ["C Three"], 2021, 2)]


def test_a_conflict_is_printed(cli: Cli, tmp_path: Path) -> None:
    one = {"id": "x1", "title": "KettleNet", "abstract": "We boil water in kettles.", "year": 2021}
    files = [jsonl(tmp_path / "a.jsonl", one), jsonl(tmp_path / "b.jsonl", one | {"year": 2020})]
    ran = cli.run("build", *files, "--store", tmp_path / "graph.kg", "--dry-run")
    assert "2 papers read: 1 added, 0 updated, 1 merged, 0 unchanged; 0 rejected" in ran.out
    assert "nothing was written; the graph would have 1 papers" in ran.out
    assert "merged: x1 (KettleNet): a.jsonl, id x1; b.jsonl, id x1" in ran.err
    assert "conflict: a.jsonl, id x1: year '2021' was not used, x1 has '2020'" in ran.err


@pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of shared data")
@pytest.mark.parametrize(
    ("case", "papers"), [("41.duplicates", 1), ("42.same-title", 4), ("43.retracted", 5)]
)
def test_shared_cases(cli: Cli, tmp_path: Path, case: str, papers: int) -> None:
    file = SHARED / "cases" / f"{case}.jsonl"
    report = built(cli, tmp_path / "graph.kg", file)
    assert (report["papers"], report["rejected"]) == (papers, [])
    lines = file.read_text().splitlines(keepends=True)
    first, second = tmp_path / "first" / file.name, tmp_path / "second" / file.name
    for part, text in ((first, lines[:2]), (second, lines[2:])):
        part.parent.mkdir()
        part.write_text("".join(text))
    built(cli, tmp_path / "two.kg", first)
    assert built(cli, tmp_path / "two.kg", second)["papers"] == papers
    ids = "MATCH (p:Paper) RETURN p.id, p.title, p.other_ids ORDER BY p.id"
    assert tuples_of(tmp_path / "two.kg", ids) == tuples_of(tmp_path / "graph.kg", ids)


def test_retractions_and_notices_are_marked(cli: Cli, tmp_path: Path) -> None:
    title = "KettleNet: When Water Boils"
    records: list[dict[str, Any]] = [
        {"id": "r0", "title": title, "abstract": "We introduce KettleNet."},
        {"id": "r1", "title": f"RETRACTED: {title}", "abstract": "This paper was withdrawn by its authors."},
        {"id": "r2", "title": f"Correction to: {title}"},
        {"id": "r3", "title": "Soup", "retracted": True},
        {"id": "r4", "title": "Stew", "abstract": "The article has been retracted because of an error."},
    ]
    store = tmp_path / "graph.kg"
    built(cli, store, jsonl(tmp_path / "a.jsonl", *records))
    assert tuples_of(store, "MATCH (p:Paper) RETURN p.id, p.retracted, p.notice ORDER BY p.id") == [
        ("r0", None, None),
        ("r1", True, None),
        ("r2", None, "correction"),
        ("r3", True, None),
        ("r4", True, None),
    ]


def test_a_large_block_is_read_in_time() -> None:
    """Thousands of records with one title, with and without authors, and with one id."""
    records = [
        record(
            Paper(
                "",
                "Editorial Notes",
                f"Text {n}.",
                (f"A{n % 50} Quill",) if n % 3 else (),
                year=2000 + n % 20,
            ),
            line=n,
        )
        for n in range(4000)
    ] + [record(Paper("17", f"Row {n}"), line=n) for n in range(4000)]
    papers = merged(records)
    assert sum(len(paper.sources) for paper in papers) == len(records)
