"""One row for each result rule: a sentence that the rule reads, and a near miss that it must not read.

The whole pipeline reads both. A rule is known by the producer that it writes
into the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pytest
from spacy.language import Language

from kgraph.extract.measurements.rules import ResultRule, result_rules
from kgraph.extract.run.pipeline import extract
from kgraph.model import Paper, Result

ALL_RULES = (*result_rules().rules, *result_rules().list_rules)


@dataclass(frozen=True)
class Read:
    """The parts of a result that a rule fills."""

    metric: str
    value: float | None = None
    before: float | None = None
    change: float | None = None
    unit: str | None = "%"
    dataset: str | None = None


@dataclass(frozen=True)
class Case:
    """``results`` are all that ``rule`` finds in ``text``. It finds none in ``near_miss``."""

    rule: str
    text: str
    results: tuple[Read, ...]
    near_miss: str


CASES = (
    Case(
        "from-to",
        "KettleNet raises accuracy on ImageNet from 71.2 to 74.9.",
        (Read("accuracy", 74.9, before=71.2, unit=None, dataset="ImageNet"),),
        "The accuracy of kettles ranges from 71.2 to 74.9.",
    ),
    Case(
        "from-to-metric",
        "It improves from 71.2% to 74.9% in accuracy.",
        (Read("accuracy", 74.9, before=71.2),),
        "It varies from 71.2% to 74.9% in accuracy.",
    ),
    Case(
        "more-metric",
        "It has 3.4 points higher F1.",
        (Read("F1", change=3.4, unit="points"),),
        "It has 3.4 points of higher F1.",
    ),
    Case(
        "more-metric",
        "It needs 6x fewer FLOPs.",
        (Read("FLOPs", change=-6.0, unit="x"),),
        "It needs 6x FLOPs.",
    ),
    Case(
        "gain-of",
        "It gives an improvement of 2 points in accuracy.",
        (Read("accuracy", change=2.0, unit="points"),),
        "It gives a margin of 2 points in accuracy.",
    ),
    Case(
        "metric-gain",
        "It shows an accuracy gain of 2%.",
        (Read("accuracy", change=2.0),),
        "It shows an accuracy plateau of 2%.",
    ),
    Case(
        "gain-in-metric",
        "It shows a reduction in perplexity of 2%.",
        (Read("perplexity", change=-2.0),),
        "It shows an interest in perplexity of 2%.",
    ),
    Case(
        "figure-gain",
        "It gives a 5% accuracy gain.",
        (Read("accuracy", change=5.0),),
        "It gives a 5% accuracy plot.",
    ),
    Case(
        "gain-in",
        "It gives a 26% absolute increase in F1.",
        (Read("F1", change=26.0),),
        "It gives a 26% absolute interest in F1.",
    ),
    Case(
        "by-metric",
        "It outperforms LSTM by 2.1 points of accuracy.",
        (Read("accuracy", change=2.1, unit="points"),),
        "It is followed by 2.1 points of accuracy.",
    ),
    Case(
        "by-metric-of",
        "It outperforms LSTM by an average accuracy of 2.1%.",
        (Read("average accuracy", change=2.1),),
        "It is followed by an average accuracy of 2.1%.",
    ),
    Case(
        "metric-by",
        "It reduces perplexity by 6 points.",
        (Read("perplexity", change=-6.0, unit="points"),),
        "It computes perplexity by 6 points.",
    ),
    Case(
        "metric-changes",
        "The accuracy is improved by 2%.",
        (Read("accuracy", change=2.0),),
        "The accuracy is bounded by 2%.",
    ),
    Case(
        "metric-changes",
        "The perplexity degrades by 2%.",
        (Read("perplexity", change=2.0),),  # a worse perplexity is a higher one
        "The perplexity of kettles, 2%.",
    ),
    Case(
        "gains-metric",
        "It gains 2 BLEU.",
        (Read("BLEU", change=2.0, unit=None),),
        "It counts 2 BLEU.",
    ),
    Case(
        "faster",
        "It is 2.3x faster.",
        (Read("speed", change=2.3, unit="x"),),
        "It is 2.3 mm faster.",
    ),
    Case(
        "faster",
        "It is 2.3x slower.",
        (Read("speed", change=-2.3, unit="x"),),
        "It is 2.3x taller.",
    ),
    Case(
        "speeds-up",
        "It accelerates decoding by 2.3x.",
        (Read("speed", change=2.3, unit="x"),),
        "It accelerates decoding by 2.3 mm.",
    ),
    Case(
        "metric-is",
        "It reaches an accuracy of 93%.",
        (Read("accuracy", 93.0),),
        "It stops if accuracy is 93%.",
    ),
    Case(
        "metric-was",
        "The error rate on unseen speakers was 18%.",
        (Read("error rate", 18.0),),
        "The error rate on unseen speakers missed 18%.",
    ),
    Case(
        "metric-figure",
        "It works with success rate 76.7%.",
        (Read("success rate", 76.7),),
        "It works with success rate 76.",  # a bare whole number may be a count
    ),
    Case(
        "metric-in-brackets",
        "It boils with high accuracy (93%).",
        (Read("accuracy", 93.0),),
        "It boils with high accuracy (93).",
    ),
    Case(
        "figure-metric",
        "It achieves 93% accuracy.",
        (Read("accuracy", 93.0),),
        "It stops at 93% accuracy.",
    ),
    Case(
        "figure-metric",
        "It achieves 81.2% ImageNet accuracy.",
        (Read("accuracy", 81.2, dataset="ImageNet"),),
        "It achieves 81.2% ImageNet accuracy of BERT.",  # a share of another number
    ),
    Case(
        "metric-to",
        "It raises accuracy to 93%.",
        (Read("accuracy", 93.0),),
        "It maps accuracy to 93%.",
    ),
    Case(
        "frames",
        "It runs at 30 FPS.",
        (Read("frame rate", 30.0, unit="FPS"),),
        "The camera of the robot runs at 30 FPS.",
    ),
    Case(
        "metrics-are",
        "It has precision and recall of 83% and 91%, respectively.",
        (Read("precision", 83.0), Read("recall", 91.0)),
        "It has precision and recall of 83% and 91%.",
    ),
    Case(
        "figures-in-metrics",
        "It reaches 83% and 91% in precision and recall, respectively.",
        (Read("precision", 83.0), Read("recall", 91.0)),
        "It reaches 83%, 84% and 91% in precision and recall, respectively.",
    ),
    Case(
        "metric-is-on",
        "It reaches an accuracy of 83% and 91% on ImageNet and MNIST, respectively.",
        (Read("accuracy", 83.0, dataset="ImageNet"), Read("accuracy", 91.0, dataset="MNIST")),
        "It reaches an accuracy of 83%, 84% and 91% on ImageNet and MNIST, respectively.",
    ),
    Case(
        "figures-on",
        "It reaches 83% and 91% accuracy on ImageNet and MNIST, respectively.",
        (Read("accuracy", 83.0, dataset="ImageNet"), Read("accuracy", 91.0, dataset="MNIST")),
        "It reaches 83% and 91% accuracy on ImageNet and MNIST.",
    ),
    Case(
        "metric-by-on",
        "It improves F1 by 2% and 3% on ImageNet and MNIST, respectively.",
        (Read("F1", change=2.0, dataset="ImageNet"), Read("F1", change=3.0, dataset="MNIST")),
        "It estimates F1 by 2% and 3% on ImageNet and MNIST, respectively.",
    ),
    Case(
        "by-in-metrics",
        "It outperforms LSTM by 2 points and 3 points in precision and recall, respectively.",
        (Read("precision", change=2.0, unit="points"), Read("recall", change=3.0, unit="points")),
        "It follows LSTM by 2 points and 3 points in precision and recall, respectively.",
    ),
    Case(
        "gains-in-metrics",
        "It shows 2% and 3% improvements in precision and recall, respectively.",
        (Read("precision", change=2.0), Read("recall", change=3.0)),
        "It shows 2% and 3% kettles in precision and recall, respectively.",
    ),
    Case(
        "metrics-by",
        "It reduces latency and memory by 20% and 30%, respectively.",
        (Read("latency", change=-20.0), Read("memory", change=-30.0)),
        "It estimates latency and memory by 20% and 30%, respectively.",
    ),
)


@pytest.fixture(scope="module")
def read(nlp: Language) -> Mapping[str, tuple[Result, ...]]:
    """The results of each sentence."""
    texts = [text for case in CASES for text in (case.text, case.near_miss)]
    papers = [Paper(str(row), "Notes", text) for row, text in enumerate(texts)]
    return {text: found.results for text, (_, found) in zip(texts, extract(papers, nlp), strict=True)}


def filled(results: Iterable[Result]) -> tuple[Read, ...]:
    return tuple(
        Read(result.metric, result.value, result.before, result.change, result.unit, result.dataset)
        for result in results
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.text}")
def test_a_rule_reads_its_sentence(read: Mapping[str, tuple[Result, ...]], case: Case) -> None:
    found = read[case.text]
    assert {(result.evidence.producer, result.evidence.text) for result in found} == {(case.rule, case.text)}
    assert filled(found) == case.results


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.near_miss}")
def test_a_rule_does_not_read_a_near_miss(read: Mapping[str, tuple[Result, ...]], case: Case) -> None:
    assert case.rule not in {result.evidence.producer for result in read[case.near_miss]}


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_row_and_writes_its_confidence(
    read: Mapping[str, tuple[Result, ...]], rule: ResultRule
) -> None:
    results = [result for case in CASES if case.rule == rule.name for result in read[case.text]]
    assert {result.confidence for result in results} == {rule.confidence}


def test_every_row_is_of_a_rule() -> None:
    assert {case.rule for case in CASES} == {rule.name for rule in ALL_RULES}
