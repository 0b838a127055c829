from __future__ import annotations

import pytest
from spacy.language import Language

from kgraph.extract.document import Entity, make_document
from kgraph.extract.reader.entity_spans import spans
from kgraph.extract.run.pipeline import COMPONENTS, extract
from kgraph.model import Paper


def cleaned(nlp: Language, text: str, *marked: str) -> list[str]:
    """Return the texts of the entities that the component leaves of these parts of an abstract."""
    (doc,) = nlp.pipe([make_document(nlp, Paper("a", "A title", text))])
    tokens = doc._.tokens
    entities = []
    for part in marked:
        start = tokens.text.index(part)
        first = next(index for index, offset in enumerate(tokens.starts) if offset >= start)
        last = next(index for index, offset in enumerate(tokens.ends) if offset >= start + len(part))
        entities.append(Entity(first, last + 1, "method", 0.5))
    doc._.entities = tuple(entities)
    return [tokens.written(entity.start, entity.end) for entity in spans(doc)._.entities]


@pytest.mark.parametrize(
    ("text", "marked", "left"),
    [
        ("We use a pretrained, small decoder for it.", "pretrained,", []),
        ("It helps (entailment classification) a lot.", "entailment classification)", ["entailment classification"]),
        ("It uses a hash table (HT) for look-ups.", "hash table (HT)", ["hash table (HT)"]),
        ("It uses a hash table (HT) for look-ups.", "hash table (HT", []),
        ("We study memorization in networks today.", "memorization in", ["memorization"]),
        ("We study graph rewriting. Networks learn.", "rewriting. Networks", []),
        ("We study graph rewriting here.", "graph rewriting", ["graph rewriting"]),
    ],
)  # fmt: skip
def test_punctuation_and_verbs_at_the_ends_are_cut(
    nlp: Language, text: str, marked: str, left: list[str]
) -> None:
    assert cleaned(nlp, text, marked) == left


@pytest.mark.parametrize(
    ("text", "marked", "left"),
    [
        ("We compare it with LoRA fine-tuning.", "LoRA fine", ["LoRA fine-tuning"]),
        ("We use text-to-image diffusion models.", "to-image diffusion models", ["text-to-image diffusion models"]),
        ("We apply non-BERT encoders.", "BERT encoders", ["non-BERT encoders"]),
        ("We train a Kullback–Leibler loss.", "Leibler loss", ["Kullback–Leibler loss"]),
        ("We minimise the loss (cross-entropy) here.", "loss (cross", ["loss"]),
        ("We use early stopping (run-time checks) here.", "time checks", ["run-time checks"]),
        ("It is a GPU/CPU scheduler.", "GPU", ["GPU"]),
        ("It is a GPU/CPU scheduler.", "CPU scheduler", ["CPU scheduler"]),
        ("We use CCLINC Korean-to-English rules.", "CCLINC Korean", ["CCLINC"]),
        ("It has a server-initiated design.", "server", []),
    ],
)  # fmt: skip
def test_an_entity_gets_or_loses_the_whole_word_at_its_ends(
    nlp: Language, text: str, marked: str, left: list[str]
) -> None:
    assert cleaned(nlp, text, marked) == left


def test_of_two_entities_that_share_a_word_the_one_with_the_head_noun_is_kept(nlp: Language) -> None:
    text = "We use large-scale text-to-image diffusion models."
    assert cleaned(nlp, text, "large-scale text", "to-image diffusion models") == [
        "text-to-image diffusion models"
    ]


def test_an_entity_does_not_reach_from_the_title_into_the_abstract(nlp: Language) -> None:
    (doc,) = nlp.pipe([make_document(nlp, Paper("a", "00\x080", " \x0800v"))])
    doc._.entities = (Entity(0, 3, "method", 0.5),)
    assert spans(doc)._.entities == ()


def test_words_are_joined_before_entities_are_cleaned() -> None:
    assert COMPONENTS.index("kgraph_words") < COMPONENTS.index("kgraph_spans")


@pytest.mark.parametrize(
    ("abstract", "name"),
    [
        ("We compare it with LoRA fine-tuning.", "LoRA fine-tuning"),
        ("We study text-to-image diffusion models.", "text-to-image diffusion models"),
        ("We compare it with GPT-NeoX pre-training.", "GPT-NeoX pre-training"),
        ("We adopt few-shot chain-of-thought prompting.", "chain-of-thought prompting"),
    ],
)
def test_extracted_methods_are_whole_words(nlp: Language, abstract: str, name: str) -> None:
    ((_, extraction),) = extract([Paper("a", "A study", abstract)], nlp)
    concepts = [*extraction.concepts, *extraction.further]
    words = set(abstract.rstrip(".").split())
    assert all(set(form.text.split()) <= words for c in concepts for form in c.mentions)
    assert name in {mention.text for concept in concepts for mention in concept.mentions}
