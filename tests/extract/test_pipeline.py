from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import make_document
from kgraph.extract.run.pipeline import COMPONENTS, extract, extractor_version, load_pipeline
from kgraph.extract.run.record import extraction_from_json, extraction_to_json, to_record
from kgraph.extract.terms.background import load_background
from kgraph.extract.terms.salience import FEATURES, features, load_ranker
from kgraph.extract.terms.selection import MAX_CONCEPTS, MOST_CONCEPTS
from kgraph.model import Extraction, Paper
from kgraph.names import normal_form

REPLAY = Paper(
    "replay",
    "BrickReplay: Rebuilding Old Tasks for Online Continual Learning",
    "Neural networks trained on a stream of tasks suffer from catastrophic forgetting. Existing methods such as "
    "experience replay keep a memory buffer, which raises privacy concerns. In this paper, we propose BrickReplay, "
    "a novel framework that rebuilds old examples from compressed codes. It is based on vector quantization and "
    "uses a Product Key Memory (PKM) for look-ups; PKM is small. We evaluate BrickReplay on the Split CIFAR-100 "
    "dataset and on CORe50, where it outperforms DER++ and reaches an average accuracy of 71.3. Extensive "
    "experiments demonstrate state-of-the-art results. Our code is available at https://example.org/brick.",
)  # fmt: skip


@pytest.fixture(scope="module")
def read(nlp: Language) -> Extraction:
    return next(iter(extract([REPLAY], nlp)))[1]


def names(extraction: Extraction) -> set[str]:
    return {normal_form(form) for concept in extraction.concepts for form in (concept.name, *concept.aliases)}


def related(extraction: Extraction, type_: str) -> set[str]:
    return {relation.tail for relation in extraction.relations if relation.type == type_}


def test_concepts_are_found_and_boilerplate_is_not(read: Extraction) -> None:
    assert {
        "online continual learning",
        "catastrophic forgetting",
        "experience replay",
        "vector quantization",
        "brickreplay",
        "memory buffer",
    } <= names(read)
    assert not {"extensive experiment", "state of the art result", "novel framework", "paper", "existing method"} & names(read)  # fmt: skip


def test_roles_of_concepts_in_the_paper(read: Extraction) -> None:
    assert related(read, "INTRODUCES") == {"BrickReplay"}
    assert {"Split CIFAR-100", "CORe50"} <= related(read, "EVALUATES_ON")
    assert "DER++" in related(read, "COMPARES_WITH")
    assert "vector quantization" in related(read, "USES")


def test_kinds_have_evidence(read: Extraction) -> None:
    kinds = {normal_form(concept.name): concept.kind for concept in read.concepts}
    assert kinds["split cifar 100"] == "dataset"
    assert kinds["brickreplay"] == "method"
    assert kinds["online continual learning"] in {"task", "method"}
    assert kinds["accuracy"] == "metric"


def test_an_introduced_concept_named_after_its_task_is_a_method(nlp: Language) -> None:
    paper = Paper("p", "On Removal", "We introduce Gentle Residue Unlearning (GRU-X) for machine unlearning.")
    found = next(iter(extract([paper], nlp)))[1]
    kinds = {normal_form(concept.name): concept.kind for concept in found.concepts}
    assert kinds["gentle residue unlearning"] == "method"
    assert kinds["machine unlearning"] == "task"


def test_an_abbreviation_and_its_long_form_are_one_concept(read: Extraction) -> None:
    (memory,) = [concept for concept in read.concepts if "PKM" in (concept.name, *concept.aliases)]
    assert memory.name == "Product Key Memory"
    assert {mention.text for mention in memory.mentions} == {"Product Key Memory (PKM)", "PKM"}


def test_every_relation_shows_its_sentence(read: Extraction) -> None:
    assert read.relations
    for relation in read.relations:
        seen = relation.evidence
        assert getattr(REPLAY, seen.field)[seen.start : seen.end] == seen.text
        assert 0 < relation.confidence <= 1
        assert seen.producer


def test_salience_falls_and_stays_in_bounds(read: Extraction) -> None:
    values = [concept.salience for concept in read.concepts]
    assert values == sorted(values, reverse=True)
    assert all(0 <= value <= 1 for value in values)
    assert len(values) <= MAX_CONCEPTS


def test_the_title_in_title_case_is_read_as_running_text(nlp: Language) -> None:
    doc = make_document(nlp, REPLAY)
    assert "BrickReplay: rebuilding old tasks" in doc.text
    for _, component in nlp.pipeline:
        doc = component(doc)
    assert doc._.tokens.written(0, len(doc)) == f"{REPLAY.title}\n\n{REPLAY.abstract}"


def test_company_in_a_batch_changes_nothing(nlp: Language, read: Extraction) -> None:
    other = Paper("other", "Another Paper", "This one is about graph neural networks and their depth.")
    assert {paper.id: found for paper, found in extract([other, REPLAY, other], nlp)}["replay"] == read


def test_a_record_survives_json(read: Extraction) -> None:
    assert extraction_from_json(extraction_to_json(read)) == read
    assert list(to_record(REPLAY, read)) == ["id", "title", "concepts", "relations", "results"]


@pytest.mark.parametrize(
    "paper",
    [
        Paper("1", "", ""),
        Paper("2", "", "An abstract without a title is about knowledge graphs."),
        Paper("3", "A title without an abstract"),
        Paper("4", "(" * 2000, ")" * 20_000),
        Paper("5", "x\ud800y", "half a surrogate \udfff and machine unlearning"),
        Paper("6", "İstanbul DILEMMA: ŞEHİR Learning", "Lower case can be longer: İ."),
        Paper("7", "Tabs\tand\nlines", "one\r\ntwo\n\nthree machine unlearning\u2028four"),
        Paper("8", "-", "- - -"),
        Paper("9", "\x85\x1c\x1d", "\x1c a \x1d"),
        # Defined twice, in the title and in the abstract.
        Paper(
            "10",
            "Efficient Graph Neural Networks (GNNs) for Molecules",
            "Graph Neural Networks (GNNs) are widely used. We train (GNNs) faster.",
        ),
        Paper("11", "Deep Learning (DL)", "(DL) (DL)"),
    ],
    ids=lambda paper: paper.id,
)
def test_odd_papers_are_read_with_right_offsets(nlp: Language, paper: Paper) -> None:
    found = next(iter(extract([paper], nlp)))[1]
    for concept in (*found.concepts, *found.further):
        for mention in concept.mentions:
            assert getattr(paper, mention.field)[mention.start : mention.end] == mention.text


@pytest.mark.slow
@settings(max_examples=40)
@given(title=st.text(max_size=60), abstract=st.text(max_size=300))
def test_any_text_is_read_with_right_offsets(nlp: Language, title: str, abstract: str) -> None:
    paper = Paper("any", title, abstract)
    found = next(iter(extract([paper], nlp)))[1]
    for concept in (*found.concepts, *found.further):
        for mention in concept.mentions:
            assert getattr(paper, mention.field)[mention.start : mention.end] == mention.text
    for relation in found.relations:
        seen = relation.evidence
        assert getattr(paper, seen.field)[seen.start : seen.end] == seen.text


def test_a_component_can_be_replaced() -> None:
    @Language.component("only_loud_phrases")
    def only_loud_phrases(doc: Doc) -> Doc:
        doc._.phrases = tuple(p for p in doc._.phrases if doc._.tokens.written(p.start, p.end).isupper())
        return doc

    nlp = load_pipeline()
    nlp.add_pipe("only_loud_phrases", after="kgraph_phrases")
    nlp.remove_pipe("kgraph_entities")
    found = next(iter(extract([REPLAY], nlp)))[1]
    assert found.concepts
    assert all(any(form.isupper() for form in (c.name, *c.aliases)) for c in found.concepts)


def test_components_follow_the_trained_part() -> None:
    nlp = load_pipeline()
    assert tuple(nlp.pipe_names) == ("tok2vec", "tagger", "kgraph_entities", *COMPONENTS)
    assert extractor_version().startswith("rules-")


def test_weights_name_the_features(nlp: Language) -> None:
    doc = nlp(make_document(nlp, REPLAY))
    found = features(doc, load_background())
    assert found.shape == (len(doc._.candidates), len(FEATURES))
    ranker = load_ranker()
    assert ranker.weights.shape == ranker.slopes.shape == (len(FEATURES),)
    columns = {tuple(column) for column in found.T.tolist()}
    assert len(columns) > len(FEATURES) - 8  # hardly any feature says what another says already


def test_the_background_knows_common_from_rare() -> None:
    background = load_background()
    assert (
        background.rarity("network")
        < background.rarity("catastrophic forgetting")
        < background.rarity("zzz qqq")
    )
    assert background.rarity("zzz qqq") == pytest.approx(1.0)
    assert background.is_keyword("reinforcement learning")
    assert background.keyword_rate("reinforcement learning") > background.keyword_rate("network")


@pytest.mark.parametrize(
    "abstract",
    [
        "ABC DEF GHI " * 830,
        "network model " * 700,
        "models such as " + ", ".join(f"BERT{number}" for number in range(1500)),
        "a-" * 4900,
    ],
)
def test_a_hostile_text_gives_few_and_short_concepts(nlp: Language, abstract: str) -> None:
    ((_, found),) = extract([Paper("hostile", "A title", abstract)], nlp)
    assert len(found.concepts) <= MOST_CONCEPTS
    assert all(len(concept.name) <= 100 for concept in (*found.concepts, *found.further))
