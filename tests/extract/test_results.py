"""Results of sentences: tables of sentences of our own, and properties of any text."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from kgraph.extract.measurements.figures import figures
from kgraph.extract.measurements.metrics import load_metric_words
from kgraph.extract.measurements.rules import result_rules
from kgraph.extract.run.pipeline import extract
from kgraph.extract.run.record import extraction_from_json, extraction_to_json, to_record
from kgraph.model import Paper, Result

Short = tuple[str, float | None, float | None, float | None, str | None, str | None]
"""Metric, value, before, change, unit, data set."""


def read(nlp: Language, *sentences: str) -> tuple[Result, ...]:
    """Each sentence is the abstract of a paper of its own."""
    papers = [
        Paper(str(index), "A plain title", f"We study kettles. {sentence}")
        for index, sentence in enumerate(sentences)
    ]
    return tuple(result for _, found in extract(papers, nlp) for result in found.results)


def short(result: Result) -> Short:
    return (result.metric, result.value, result.before, result.change, result.unit, result.dataset)


VALUES: list[tuple[str, list[Short]]] = [
    ("KettleNet achieves 81.2% accuracy on ImageNet.", [("accuracy", 81.2, None, None, "%", "ImageNet")]),
    ("The reader detects them reliably (AUC=0.75).", [("AUC", 0.75, None, None, None, None)]),
    ("We obtain an F1 score of 83.7.", [("F1 score", 83.7, None, None, None, None)]),
    ("It reaches 79.9% top-1 accuracy.", [("top-1 accuracy", 79.9, None, None, "%", None)]),
    ("KettleNet gets 48.6 mIoU on the Cityscapes dataset.", [("mIoU", 48.6, None, None, None, "Cityscapes")]),
    ("The perplexity on WikiText-103 is 17.4.", [("perplexity", 17.4, None, None, None, "WikiText-103")]),
    ("Its word error rate was 4.1%.", [("word error rate", 4.1, None, None, "%", None)]),
    ("The model attains 76% ImageNet accuracy.", [("accuracy", 76.0, None, None, "%", "ImageNet")]),
    ("On the MNIST dataset, our method reaches an accuracy of 99.1%.", [("accuracy", 99.1, None, None, "%", "MNIST")]),
    ("The robot grasps cups with a success rate of 92%.", [("success rate", 92.0, None, None, "%", None)]),
    ("Positions are found with a mean error of 2.4 mm.", [("mean error", 2.4, None, None, "mm", None)]),
    ("It has a latency of 12 ms on a phone.", [("latency", 12.0, None, None, "ms", None)]),
    ("The tracker runs at 45 FPS.", [("frame rate", 45.0, None, None, "FPS", None)]),
    (
        "It reaches 96.5% AUROC on CIFAR-100, 97% AUROC on CIFAR-10 and 89.9% AUROC on MNIST.",
        [
            ("AUROC", 96.5, None, None, "%", "CIFAR-100"),
            ("AUROC", 97.0, None, None, "%", "CIFAR-10"),
            ("AUROC", 89.9, None, None, "%", "MNIST"),
        ],
    ),
    (
        "We achieve 88.4% accuracy on CIFAR-10 and 43.6% on CIFAR-100.",
        [("accuracy", 88.4, None, None, "%", "CIFAR-10"), ("accuracy", 43.6, None, None, "%", "CIFAR-100")],
    ),
    (
        "The system shows a precision of 83.2% and a recall of 91.5%.",
        [("precision", 83.2, None, None, "%", None), ("recall", 91.5, None, None, "%", None)],
    ),
    (
        "It reaches a precision and recall of 83% and 91%, respectively.",
        [("precision", 83.0, None, None, "%", None), ("recall", 91.0, None, None, "%", None)],
    ),
    (
        "We report 71.3% and 64.2% accuracy on ImageNet and CIFAR-100, respectively.",
        [("accuracy", 71.3, None, None, "%", "ImageNet"), ("accuracy", 64.2, None, None, "%", "CIFAR-100")],
    ),
    ("Our ensemble achieves a BLEU of 29.8.", [("BLEU", 29.8, None, None, None, None)]),
    ("KettleNet yields 38.2 BLEU@4 on COCO.", [("BLEU@4", 38.2, None, None, None, "COCO")]),
    ("The agent obtains a 73% success rate.", [("success rate", 73.0, None, None, "%", None)]),
    ("The calibrated model achieves an ECE of 0.02.", [("ECE", 0.02, None, None, None, None)]),
]  # fmt: skip

CHANGES: list[tuple[str, list[Short]]] = [
    ("It adapts models to law, reducing perplexity by an average of 6.17 points.", [("perplexity", None, None, -6.17, "points", None)]),
    ("KettleNet improves F1 by 3.4 points on SQuAD.", [("F1", None, None, 3.4, "points", "SQuAD")]),
    ("Our decoder is 2.3x faster.", [("speed", None, None, 2.3, "x", None)]),
    ("This makes inference 40% slower.", [("speed", None, None, -40.0, "%", None)]),
    ("It raises the accuracy on ImageNet from 71.2 to 74.9.", [("accuracy", 74.9, 71.2, None, None, "ImageNet")]),
    ("The success rate increases from 20% to 93%.", [("success rate", 93.0, 20.0, None, "%", None)]),
    ("We outperform it by 2.1 points of accuracy.", [("accuracy", None, None, 2.1, "points", None)]),
    ("We see a gain of 1.3 BLEU over the teacher.", [("BLEU", None, None, 1.3, None, None)]),
    ("This gives a 26% absolute increase in F1 score.", [("F1 score", None, None, 26.0, "%", None)]),
    ("It needs 6x fewer FLOPs.", [("FLOPs", None, None, -6.0, "x", None)]),
    ("It reduces the memory footprint by 75%.", [("memory footprint", None, None, -75.0, "%", None)]),
    ("Latency drops by 15 ms.", [("Latency", None, None, -15.0, "ms", None)]),
    ("We reach an accuracy improvement of 2.5%.", [("accuracy", None, None, 2.5, "%", None)]),
    ("Removing the layer degrades accuracy by 4%.", [("accuracy", None, None, -4.0, "%", None)]),
    ("Training improves the word error rate by 5%.", [("word error rate", None, None, -5.0, "%", None)]),
    ("The kernel delivers an 80x speedup.", [("speedup", None, None, 80.0, "x", None)]),
    ("Caching accelerates decoding by 3x.", [("speed", None, None, 3.0, "x", None)]),
    ("Pruning cuts energy consumption by a factor of 4.", [("energy consumption", None, None, -4.0, "x", None)]),
    ("We see an accuracy improvement of 20 cm.", [("accuracy", None, None, -20.0, "cm", None)]),
    ("Fusion gives up to 7x speed-up in training time.", [("speed-up", None, None, 7.0, "x", None)]),
    ("It has 4.4% higher accuracy than before.", [("accuracy", None, None, 4.4, "%", None)]),
    (
        "It outperforms the teacher by 5.9% question accuracy and 5.2% dialogue accuracy.",
        [("question accuracy", None, None, 5.9, "%", None), ("dialogue accuracy", None, None, 5.2, "%", None)],
    ),
    (
        "It reduces RMSE and MAE by 40.1% and 50.3%, respectively.",
        [("RMSE", None, None, -40.1, "%", None), ("MAE", None, None, -50.3, "%", None)],
    ),
]  # fmt: skip

NOTHING = [
    # No metric, and no unit that names one.
    "KettleNet achieves 88.5% on CIFAR-100.",
    "We outperform the baseline by 7.6%.",
    "It is preferred in 88% of the cases.",
    "The score is 12.",
    # Counts, sizes, years, versions, settings.
    "We collect 12,000 kettles and 300 pots.",
    "The model has 7 billion parameters.",
    "It was introduced in 2019 and revised in 2021.",
    "We use Python 3.11 and a learning rate of 0.01.",
    "Images of 640 x 480 pixels are used.",
    "A 7-DOF arm moves with GPT-4.",
    "We set the dropout rate to 0.5.",
    "The camera records video at 30 fps.",
    "We sample at a sampling rate of 44.1%.",
    "It uses 16-bit precision.",
    "Memory of 16 GB is enough.",
    # Another's number, or a condition.
    "It is better than the previous best accuracy of 71%.",
    "Existing methods reach an accuracy of 71%.",
    "It works even at 90% recall.",
    "About 1,000 samples suffice to guarantee 95% accuracy.",
    "We assume an error rate of 10%.",
    # Which belongs to which is open.
    "It reaches an accuracy of 65% and 48%.",
    "Accuracy and F1 are 65.2, 48.1 and 33.9.",
    "The error rate is 24.1%/7.1%.",
    "The accuracy ranges from 70% to 95%.",
    "The accuracy is 70-95%.",
    "It reaches 65% and 48% accuracy on MNIST.",
    "Gains of 2%-10% in accuracy were seen.",
    "Its accuracy of 93% of the original is kept.",
    "It keeps 95% accuracy of BERT.",
    "A better accuracy (4%) was seen.",
    "The top 5 error falls.",
    "It performs better over at least 21% recognition rates than others.",
    "It reaches a higher accuracy of 3% than others.",
    "It tolerates 30% error.",
    "It stops when the error rate is below 0.1.",
    "The mortality rate is 80%.",
    "Pruning uses 27% less data at inference time.",
    "Llama 3.1 instruct accuracy falls.",
    r"It has $O(T^{3/4}U^{1/4})$ regret.",
    # Only the beginning of a longer phrase.
    "We set a 90% accuracy threshold.",
    "An accuracy of 5 annotators was measured.",
    # Not a separate number.
    "Accuracy rises by an order of magnitude.",
    "The mAP50 of it is good.",
]


@pytest.mark.parametrize(("sentence", "expected"), [*VALUES, *CHANGES])
def test_reported_results_are_read(nlp: Language, sentence: str, expected: list[Short]) -> None:
    assert [short(result) for result in read(nlp, sentence)] == expected


@pytest.mark.parametrize("sentence", NOTHING)
def test_ambiguous_numbers_are_skipped(nlp: Language, sentence: str) -> None:
    assert [short(result) for result in read(nlp, sentence)] == []


@pytest.mark.parametrize(
    ("sentence", "relative"),
    [
        ("It reduces latency by 20%.", None),
        ("It improves accuracy by 2 points.", False),
        ("We see a 26% absolute increase in accuracy.", False),
        ("We see a 26% relative increase in accuracy.", True),
        ("It lowers the error rate by a relative 12%.", True),
        ("It is 3x faster.", True),
        ("It achieves an accuracy of 93%.", None),
    ],
)
def test_a_change_is_relative_only_if_the_text_says_so(
    nlp: Language, sentence: str, relative: bool | None
) -> None:
    assert [result.relative for result in read(nlp, sentence)] == [relative]


@pytest.mark.parametrize(
    ("sentence", "qualifier"),
    [
        ("It is up to 4x faster.", "up to"),
        ("We reach an accuracy of over 90%.", "over"),
        ("We reach an accuracy of about 90%.", "about"),
        ("It gives an error of less than 2 mm.", "less than"),
        ("It reaches a success rate of at least 80%.", "at least"),
        ("It achieves an accuracy of 90%.", None),
    ],
)
def test_words_that_bound_a_number_are_kept(nlp: Language, sentence: str, qualifier: str | None) -> None:
    assert [result.qualifier for result in read(nlp, sentence)] == [qualifier]


@pytest.mark.parametrize(
    "sentence",
    [
        "It achieves 81.2% accuracy on MNIST and CIFAR-10.",
        "It achieves 81.2% accuracy when trained on ImageNet.",
        "It achieves 81.2% accuracy on our own data.",
        "Beside ImageNet and MNIST it achieves 81.2% accuracy.",
    ],
)
def test_a_data_set_that_is_not_tied_to_the_number_stays_absent(nlp: Language, sentence: str) -> None:
    assert [short(result) for result in read(nlp, sentence)] == [("accuracy", 81.2, None, None, "%", None)]


def test_a_result_has_the_offsets_of_its_parts(nlp: Language) -> None:
    abstract = "Kettles  are old.\nWe reach an\naccuracy of 93.5% on the MNIST dataset, and that is all."
    paper = Paper("p", "Title", abstract)
    ((_, found),) = extract([paper], nlp)
    (result,) = found.results
    for mention in (result.figure, result.metric_mention, result.dataset_mention):
        assert mention is not None
        assert abstract[mention.start : mention.end] == mention.text
    assert abstract[result.evidence.start : result.evidence.end] == result.evidence.text
    assert result.evidence.text.startswith("We reach")
    assert (result.figure.text, result.metric, result.dataset) == ("93.5%", "accuracy", "MNIST")
    assert result.evidence.producer == "metric-is"


def test_latex_is_read_like_print(nlp: Language) -> None:
    found = read(
        nlp, r"It reaches 44\% accuracy.", r"It is $10\times$ faster.", r"It is \textbf{180$\times$} faster."
    )
    assert [(result.value, result.change, result.unit) for result in found] == [
        (44.0, None, "%"),
        (None, 10.0, "x"),
        (None, 180.0, "x"),
    ]


def test_a_number_that_a_broken_text_cuts_is_left_out(nlp: Language) -> None:
    assert read(nlp, "It measures with an average error of 2. 5 mm are lost.") == ()


def test_an_abstract_that_starts_in_lower_case_is_a_separate_sentence(nlp: Language) -> None:
    ((_, found),) = extract([Paper("p", "Title", " accuracy of 12.5%")], nlp)
    ((result),) = found.results
    assert (result.value, result.evidence.text) == (12.5, "accuracy of 12.5%")


def test_a_title_reports_too(nlp: Language) -> None:
    ((_, found),) = extract([Paper("p", "Boiling Water 3x Faster", "Kettles are old.")], nlp)
    assert [(result.metric, result.change, result.figure.field) for result in found.results] == [
        ("speed", 3.0, "title")
    ]


def test_results_survive_json_and_are_in_the_record(nlp: Language) -> None:
    paper = Paper("p", "Title", "It achieves 81.2% accuracy on ImageNet, and it is 2.3x faster.")
    ((_, found),) = extract([paper], nlp)
    assert len(found.results) == 2
    assert extraction_from_json(extraction_to_json(found)) == found
    record = to_record(paper, found)
    assert list(record) == ["id", "title", "concepts", "relations", "results"]
    assert record["results"][0]["metric"] == "accuracy"
    assert record["results"][0]["value"] == 81.2
    assert record["results"][0] == dataclasses.asdict(found.results[0])


def test_extractions_from_before_there_were_results_are_read() -> None:
    assert extraction_from_json(b'{"concepts": [], "relations": []}').results == ()


def test_rules_have_unique_names_and_a_confidence() -> None:
    all_rules = (*result_rules().rules, *result_rules().list_rules)
    names = [rule.name for rule in all_rules]
    assert len(names) == len(set(names))
    assert all(0 < rule.confidence <= 1 for rule in all_rules)


def test_a_metric_is_better_one_way_only() -> None:
    words = load_metric_words()
    assert words.better["accuracy"] == 1
    assert words.better["perplexity"] == -1
    assert words.costs | words.speedups <= set(words.better)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("an average of 6.17 points", [(6.17, "points")]),
        ("3.5 percentage points and 2%", [(3.5, "points"), (2.0, "%")]),
        ("91.2 ± 0.3%", [(91.2, "%")]),
        ("1,234 and .78", [(1234.0, None), (0.78, None)]),
        ("+2.6% or -3%", [(2.6, "%"), (3.0, "%")]),
        ("5-fold, 4 times", [(5.0, "x"), (4.0, "x")]),
        ("640 x 480, 640×480, 7-DOF, GPT-4, v1.2, 16/25, 70-95%, 2019-2021, [1]", []),
        ("3%-15%, 40–80 fold, 9.3~24.5%, 10:4%, 98,3%", []),
    ],
)
def test_figures_are_separate_numbers(text: str, found: list[tuple[float, str | None]]) -> None:
    assert [(figure.number, figure.unit) for figure in figures(text)] == found


@pytest.mark.slow
@given(st.decimals(0, 99, places=1), st.sampled_from(["accuracy", "recall", "mIoU", "F1 score", "AUC"]))
@settings(max_examples=25)
def test_any_number_of_a_metric_is_read_as_it_is(nlp: Language, number: object, metric: str) -> None:
    assert [short(found) for found in read(nlp, f"KettleNet achieves a {metric} of {number}%.")] == [
        (metric, float(str(number)), None, None, "%", None)
    ]


PIECES = st.sampled_from(
    ["accuracy", "F1", "of", "by", "12.5%", "3x", "from", "to", "71", "and", ",", "on", "ImageNet", "MNIST", "improves",
     "reduces", "faster", "respectively", "(", ")", "than", "\n", "  ", ";", "4 points", "\ue000", "\ue001", "\ue002", "²", "٣%"]
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(PIECES | st.text(max_size=3), max_size=25).map(" ".join))
@settings(max_examples=150)
def test_any_text_gives_results_with_right_offsets(nlp: Language, text: str) -> None:
    paper = Paper("p", "Title", text)
    ((_, found),) = extract([paper], nlp)
    starts = [result.figure.start for result in found.results]
    assert starts == sorted(set(starts))
    for result in found.results:
        assert paper.abstract[result.evidence.start : result.evidence.end] == result.evidence.text
        for mention in (result.figure, result.metric_mention, result.dataset_mention):
            if mention is not None:
                assert paper.abstract[mention.start : mention.end] == mention.text
                assert result.evidence.start <= mention.start < mention.end <= result.evidence.end
        assert (result.value is None) != (result.change is None)
        assert result.before is None or result.value is not None
