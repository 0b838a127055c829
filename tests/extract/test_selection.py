"""Which candidates of a paper become its concepts."""

from __future__ import annotations

from spacy.language import Language

from kgraph.extract.run.pipeline import extract
from kgraph.extract.terms.selection import MAX_CONCEPTS, MOST_CONCEPTS
from kgraph.model import Paper

NAMES = [
    "LSTM", "GRU", "ResNet", "VGG", "BERT", "RoBERTa", "GPT-2", "GPT-3", "XLNet", "ALBERT", "DistilBERT", "DenseNet",
    "AlexNet", "MobileNet", "EfficientNet", "SQuAD", "GLUE", "MNIST", "ImageNet", "CIFAR-10", "CIFAR-100", "COCO", "KITTI",
    "WikiText-103", "HotpotQA", "MMLU", "TriviaQA", "ShapeNet", "ModelNet40", "Cityscapes", "LibriSpeech", "SNLI",
    "MultiNLI", "SST-2",
]  # fmt: skip


def test_known_names_are_kept_beyond_the_most_salient_concepts(nlp: Language) -> None:
    pairs = zip(NAMES[::2], NAMES[1::2], strict=True)
    text = " ".join(f"Somebody knows {first} and {second}." for first, second in pairs)
    ((_, found),) = extract([Paper("p", "Notes", text)], nlp)
    assert {concept.name for concept in found.concepts} >= set(NAMES)
    assert MAX_CONCEPTS < len(NAMES) <= len(found.concepts) <= MOST_CONCEPTS


def test_a_mention_inside_a_longer_one_belongs_to_the_longer_one(nlp: Language) -> None:
    text = "Large language models grow. Most language models shrink."
    ((_, found),) = extract([Paper("p", "Notes", text)], nlp)
    starts = {concept.name: [mention.start for mention in concept.mentions] for concept in found.concepts}
    assert starts["large language models"] == [0]
    assert starts["language models"] == [text.rindex("language")]
