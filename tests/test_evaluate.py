"""scripts/evaluate: its scorer is the one of score.py, and what is missing is left out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from evaluation.gold import GoldPaper, find_set, read_keyphrases, write_keyphrases
from evaluation.scoring import Ranked, keyphrase_f1, label_f1, mean_keyphrase_f1, stemmed
from runs import ROOT, SHARED, Cli
from training.splits import is_for_evaluation

EVALUATE = ROOT / "scripts" / "evaluate"
SCORE = SHARED / "eval" / "score.py"
BENCHMARKS = SHARED / "data" / "benchmarks"

needs_shared = pytest.mark.skipif(
    not (SCORE.exists() and BENCHMARKS.exists()), reason=f"{SHARED} has no score.py and no gold data"
)


def ranking(*names: str) -> list[Ranked]:
    return [Ranked(name) for name in names]


def test_stems() -> None:
    assert stemmed("Boiling Predictions") == stemmed("boil prediction") == "boil predict"


@pytest.mark.parametrize(
    ("gold", "ranked", "k", "f1"),
    [
        (["kettle networks", "boiling"], ranking("Kettle network", "boil"), 5, 1.0),
        (["kettle networks", "boiling"], ranking("kettle network", "tea", "soup", "boil"), 2, 0.5),
        (["kettle networks", "boiling"], ranking("tea"), 5, 0.0),
        (["kettle networks"], [], 5, 0.0),
        # Two spellings of one phrase take one place.
        (["kettle", "tea"], ranking("kettle", "kettles", "tea"), 2, 1.0),
        # A phrase counts by each form that the text has it in.
        (["LSTM", "tea"], [Ranked("long short-term memory", ("LSTMs",)), Ranked("soup")], 2, 0.5),
        # One phrase that stands for two of the gold finds both.
        (["LSTM", "long memory"], [Ranked("long memory", ("LSTM",))], 5, 1.0),
    ],
)
def test_keyphrases_of_a_paper(gold: list[str], ranked: list[Ranked], k: int, f1: float) -> None:
    found = keyphrase_f1(gold, ranked, k)
    assert found is not None and min(found, 1.0) == pytest.approx(f1)


def test_papers_without_gold_do_not_count() -> None:
    assert keyphrase_f1([], ranking("tea"), 5) is None
    assert mean_keyphrase_f1([["tea"], [], ["soup"]], [ranking("tea")] * 3, 5) == pytest.approx(50)


def test_labels() -> None:
    macro, micro = label_f1(["A", "A", "A", "B"], ["A", "A", "B", "B"])
    assert micro == pytest.approx(75)
    assert macro == pytest.approx(100 * (0.8 + 2 / 3) / 2)
    # A label that the gold does not have counts only for the one that it was given for.
    assert label_f1(["A", "A"], ["A", "C"]) == pytest.approx((200 / 3, 50))


def test_a_fifth_is_for_evaluation() -> None:
    share = sum(is_for_evaluation(f"paper/{number}") for number in range(5000)) / 5000
    assert 0.18 < share < 0.23
    # What was trained on once must not be evaluated on later.
    assert [is_for_evaluation(f"paper/{number}") for number in range(8)] == FIRST


FIRST = [False, False, True, False, False, False, True, False]


def test_a_set_is_found_whatever_its_split(tmp_path: Path) -> None:
    for name in ("scierc-train.jsonl", "scierc-relations-dev.jsonl", "scierc-relations-train.jsonl"):
        (tmp_path / name).touch()
    assert find_set(tmp_path, "scierc") is None and find_set(tmp_path, "inspec") is None
    (tmp_path / "scierc-test.jsonl").touch()
    (tmp_path / "inspec.jsonl").touch()
    assert find_set(tmp_path, "scierc") == tmp_path / "scierc-test.jsonl"
    assert find_set(tmp_path, "scierc-relations") == tmp_path / "scierc-relations-dev.jsonl"
    assert find_set(tmp_path, "inspec") == tmp_path / "inspec.jsonl"
    (tmp_path / "inspec-dev.jsonl").touch()
    with pytest.raises(ValueError, match="several splits of inspec"):
        find_set(tmp_path, "inspec")


def test_papers_survive_their_file(tmp_path: Path) -> None:
    papers = [GoldPaper("a/1", "Çay", "An abstract.", ("tea", "kettle"))]
    write_keyphrases(papers, tmp_path / "papers.jsonl")
    assert read_keyphrases(tmp_path / "papers.jsonl") == papers


@needs_shared
def test_our_scorer_agrees_with_score_py(cli: Cli, tmp_path: Path) -> None:
    papers = read_keyphrases(BENCHMARKS / "inspec-dev.jsonl", 12)
    path = tmp_path / "papers.jsonl"
    write_keyphrases(papers, path)
    extracted = {record["id"]: record for record in cli.run("extract", path).lines()}
    rankings = [
        [
            Ranked(concept["name"], tuple(mention["text"] for mention in concept["mentions"]))
            for concept in extracted[paper.id]["concepts"]
        ]
        for paper in papers
    ]
    kgraph = Path(sys.executable).with_name("kgraph")
    ran = subprocess.run(
        [sys.executable, SCORE, "keyphrases", path, "--kgraph", kgraph],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = dict(re.findall(r"(\S+) (\d+\.\d)", ran.stdout))
    gold = [paper.keyphrases for paper in papers]
    for k in (5, 10, 15):
        assert f"{mean_keyphrase_f1(gold, rankings, k):.1f}" == theirs[f"f1@{k}"]


def evaluated(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, EVALUATE, *arguments], capture_output=True, text=True)


def test_what_is_not_there_is_left_out(tmp_path: Path) -> None:
    ran = evaluated("--shared", tmp_path, "--format", "json")
    assert ran.returncode == 0 and json.loads(ran.stdout) == []
    for name in ("scierc", "keyphrases", "scierc-relations", "speed"):
        assert re.search(rf"^{name} (is|are) left out: ", ran.stderr, re.MULTILINE), name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "tea"), "invalid choice"),
        (("--limit", "0"), "at least 1"),
        (("--min", "f1=50"), "TABLE.COLUMN=NUMBER"),
        (("--min", "entities.f1=high"), "entities.f1=high"),
        (("--min", "entities.f1=50"), "entities.f1: not measured"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = evaluated("--shared", tmp_path, "--only", "entities", *arguments)
    assert ran.returncode == 2 and said in ran.stderr and "Traceback" not in ran.stderr


@needs_shared
def test_a_minimum_that_is_not_reached() -> None:
    arguments = ("--only", "entities", "--limit", "3", "--format", "json")
    ran = evaluated(*arguments, "--min", "entities.f1=101")
    (table,) = json.loads(ran.stdout)
    assert set(table["rows"]["kgraph"]) == {"f1", "p", "r", "span-f1"}
    assert ran.returncode == 1 and "below what was asked for: entities.f1" in ran.stderr
