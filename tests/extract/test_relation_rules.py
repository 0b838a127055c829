"""One row for each relation rule: a text that the rule reads, and a near miss that it must not read.

The whole pipeline reads both texts. A rule is known by the producer that it
writes into the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from spacy.language import Language

from kgraph.extract.relations.definitions import relation_definitions
from kgraph.extract.relations.rule_kinds import InSentence
from kgraph.extract.run.pipeline import extract
from kgraph.model import Paper, Relation


@dataclass(frozen=True)
class Case:
    """``relations`` are all that ``rule`` finds in ``text``: type, head and tail. It finds none in ``near_miss``."""

    rule: str
    text: str
    relations: tuple[tuple[str, str | None, str], ...]
    near_miss: str


CASES = (
    Case(
        "title-name",
        "KettleNet: Steam at Home | They are everywhere.",
        (("INTRODUCES", None, "KettleNet"),),
        "Steam at Home with KettleNet | They are everywhere.",
    ),
    Case(
        "title-name",  # a single word that the background corpus does not have
        "Kettler: Steam at Home | They are everywhere.",
        (("INTRODUCES", None, "kettler"),),
        "Learning: Steam at Home | They are everywhere.",
    ),
    Case(
        "title-phrase",
        "Spectral Kettle Mixing: Steam at Home | They are everywhere.",
        (("INTRODUCES", None, "spectral kettle mixing"),),
        "Machine Learning: Steam at Home | They are everywhere.",
    ),
    Case(
        "we-present",
        "We propose KettleNet, a recurrent network for boiling prediction.",
        (("INTRODUCES", None, "KettleNet"),),
        "We propose LSTM, a recurrent network for boiling prediction.",  # many papers mention LSTM
    ),
    Case(
        "we-present",
        "This paper introduces KettleNet for boiling prediction.",
        (("INTRODUCES", None, "KettleNet"),),
        "This paper discusses KettleNet for boiling prediction.",
    ),
    Case(
        "naming",
        "We train a recurrent network dubbed KettleNet.",
        (("INTRODUCES", None, "KettleNet"),),
        "Engineers train a recurrent network dubbed KettleNet.",  # somebody else named it
    ),
    Case(
        "our",
        "Our framework, KettleNet, predicts when water boils.",
        (("INTRODUCES", None, "KettleNet"),),
        "Their framework, KettleNet, predicts when water boils.",
    ),
    Case(
        "is-new",
        "KettleNet is a novel recurrent network for boiling prediction.",
        (("INTRODUCES", None, "KettleNet"),),
        "KettleNet is a recurrent network for boiling prediction.",
    ),
    Case(
        "we-present-apposition",
        "We present a novel loss for training, KettleNet, and it boils.",
        (("INTRODUCES", None, "KettleNet"),),
        "We present a novel loss for training KettleNet, and it boils.",
    ),
    Case(
        "we-present-object",
        "We propose spectral steam forecasting.",
        (("INTRODUCES", None, "spectral steam forecasting"),),
        "We propose machine learning.",  # many papers mention it
    ),
    Case(
        "comparing",
        "KettleNet outperforms LSTM and ResNet.",
        (("COMPARES_WITH", None, "LSTM"), ("COMPARES_WITH", None, "ResNet")),
        "KettleNet extends LSTM and ResNet.",
    ),
    Case(
        "comparing",
        "KettleNet outperforms LSTM.",
        (("COMPARES_WITH", None, "LSTM"),),
        "KettleNet outperforms ImageNet.",  # no comparison with a data set
    ),
    Case(
        "evaluating",
        "We achieve good results on ImageNet.",
        (("EVALUATES_ON", None, "ImageNet"),),
        "We crop ImageNet.",
    ),
    Case(
        "measuring",
        "Results are measured by BLEU.",
        (("EVALUATES_ON", None, "BLEU"),),
        "We like BLEU.",
    ),
    Case(
        "named-in-experiments",
        "Experiments with LSTM show good results.",
        (("USES", None, "LSTM"),),
        "LSTM is old.",
    ),
    Case(
        "named-in-experiments",
        "We test LSTM.",
        (("USES", None, "LSTM"),),
        "Experiments beat LSTM.",  # a concept that it is compared with is not used
    ),
    Case(
        "using",
        "We use LSTM and ResNet.",
        (("USES", None, "LSTM"), ("USES", None, "ResNet")),
        "We know LSTM and ResNet.",
    ),
    Case(
        "named-model",
        "It boils with GPT-4 and LLaMA-2 models.",
        (("USES", None, "GPT-4"), ("USES", None, "LLaMA-2")),
        "It boils with GPT-4 and LLaMA-2 kettles.",
    ),
    Case(
        "hearst-such-as",
        "Kitchen appliances, including LSTM and GRU, are old.",
        (("IS_A", "GRU", "Kitchen appliances"), ("IS_A", "LSTM", "Kitchen appliances")),
        "Kitchen appliances, besides LSTM and GRU, are old.",
    ),
    Case(
        "hearst-and-other",
        "LSTM and other kitchen appliances are old.",
        (("IS_A", "LSTM", "kitchen appliances"),),
        "LSTM and kitchen appliances are old.",
    ),
    Case(
        "hearst-kind-of",
        "LSTM is a variant of kitchen appliances.",
        (("IS_A", "LSTM", "kitchen appliances"),),
        "LSTM is a part of kitchen appliances.",
    ),
)

MODEL_CASES = (
    ("KettleNet is a recurrent network.", "IS_A", "KettleNet", "recurrent network"),
    ("The attention layer in a recurrent network is trained.", "PART_OF", "attention layer", "recurrent network"),
    ("Recurrent networks are used for machine translation.", "USED_FOR", "recurrent networks", "machine translation"),
    ("Machine translation is evaluated with BLEU.", "EVALUATED_BY", "machine translation", "BLEU"),
    ("LSTM is faster than ResNet.", "COMPARED_WITH", "LSTM", "ResNet"),
    ("We know LSTM and ResNet.", "CONJUNCTION", "LSTM", "ResNet"),
)  # fmt: skip


RULES = {rule.name: rule for rule in relation_definitions().rules}


@pytest.fixture(scope="module")
def read(nlp: Language) -> Mapping[str, tuple[Relation, ...]]:
    """The relations of each text. A text is "title | abstract" or an abstract alone."""
    texts = [text for case in CASES for text in (case.text, case.near_miss)] + [
        text for text, *_ in MODEL_CASES
    ]
    parts = [text.rpartition(" | ") for text in texts]
    papers = [Paper(str(row), title or "Notes", abstract) for row, (title, _, abstract) in enumerate(parts)]
    return {text: found.relations for text, (_, found) in zip(texts, extract(papers, nlp), strict=True)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.text}")
def test_a_rule_reads_its_sentence(read: Mapping[str, tuple[Relation, ...]], case: Case) -> None:
    found = [relation for relation in read[case.text] if relation.evidence.producer == case.rule]
    assert tuple((relation.type, relation.head, relation.tail) for relation in found) == case.relations
    assert {relation.confidence for relation in found} == {RULES[case.rule].confidence}
    assert {relation.evidence.text for relation in found} <= set(case.text.split(" | "))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.near_miss}")
def test_a_rule_does_not_read_a_near_miss(read: Mapping[str, tuple[Relation, ...]], case: Case) -> None:
    assert case.rule not in {relation.evidence.producer for relation in read[case.near_miss]}


@pytest.mark.parametrize(("text", "type_", "head", "tail"), MODEL_CASES)
def test_the_model_reads_each_type_of_statement(
    read: Mapping[str, tuple[Relation, ...]], text: str, type_: str, head: str, tail: str
) -> None:
    assert ("relation-model", type_, head, tail) in {
        (relation.evidence.producer, relation.type, relation.head, relation.tail) for relation in read[text]
    }


def test_every_type_of_statement_has_a_row() -> None:
    assert {type_ for _, type_, _, _ in MODEL_CASES} == {
        label.type for label in relation_definitions().labels.values()
    }


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    assert {case.rule for case in CASES} == set(RULES)


def test_a_data_set_is_less_certain_without_its_cue(nlp: Language) -> None:
    rule = RULES["evaluating"]
    assert isinstance(rule, InSentence)
    ((_, found),) = extract([Paper("p", "Notes", "Experiments show that ImageNet is hard.")], nlp)
    assert [(relation.tail, relation.confidence) for relation in found.relations] == [
        ("ImageNet", rule.confidence_without_pattern)
    ]


def test_a_paper_does_not_use_or_compare_with_a_concept_that_it_introduces(nlp: Language) -> None:
    text = "We propose KettleNet. Experiments with KettleNet show good results. We use KettleNet and LSTM. It beats KettleNet."
    ((_, found),) = extract([Paper("p", "Notes", text)], nlp)
    roles = {(relation.type, relation.tail) for relation in found.relations if relation.head is None}
    assert roles == {("INTRODUCES", "KettleNet"), ("USES", "LSTM")}


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Our framework, Gantu, boils.", "Gantu", "method"),  # introduced
        ("Their framework, Gantu, boils.", "Gantu", "phrase"),
        ("It beats Zorplet and Gantu.", "Gantu", "method"),  # compared with
        ("It beats ImageNet.", "ImageNet", "dataset"),  # known to be something else
    ],
)
def test_a_role_decides_the_kind_of_an_unknown_name(nlp: Language, text: str, name: str, kind: str) -> None:
    ((_, found),) = extract([Paper("p", "Notes", text)], nlp)
    assert {concept.name: concept.kind for concept in found.concepts}[name] == kind


def test_of_several_sentences_the_most_certain_one_is_kept(nlp: Language) -> None:
    text = "Our framework, KettleNet, boils. We propose KettleNet. Our framework, KettleNet, whistles."
    ((_, found),) = extract([Paper("p", "Notes", text)], nlp)
    (relation,) = found.relations
    assert (relation.evidence.producer, relation.evidence.text) == ("we-present", "We propose KettleNet.")
