from __future__ import annotations

import pytest
from spacy.language import Language

from kgraph.extract.document import Entity, make_document
from kgraph.extract.reader.entity_spans import tidy
from kgraph.model import Paper


@pytest.mark.parametrize(
    ("text", "marked", "left"),
    [
        ("We use a pretrained, small decoder for it.", "pretrained,", None),
        ("It helps (entailment classification) a lot.", "entailment classification)", "entailment classification"),
        ("It uses a hash table (HT) for look-ups.", "hash table (HT)", "hash table (HT)"),
        ("It uses a hash table (HT) for look-ups.", "hash table (HT", None),
        ("We study memorization in networks today.", "memorization in", "memorization"),
        ("We study graph rewriting. Networks learn.", "rewriting. Networks", None),
        ("We study graph rewriting here.", "graph rewriting", "graph rewriting"),
    ],
)  # fmt: skip
def test_entities_are_tidied(nlp: Language, text: str, marked: str, left: str | None) -> None:
    (doc,) = nlp.pipe([make_document(nlp, Paper("a", "A title", text))])
    tokens = doc._.tokens
    start = tokens.text.index(marked)
    first = next(place for place, at in enumerate(tokens.starts) if at >= start)
    last = next(place for place, at in enumerate(tokens.ends) if at >= start + len(marked))
    found = tidy(tokens, Entity(first, last + 1, "method", 0.5))
    assert (found and tokens.written(found.start, found.end)) == left


def test_no_entity_goes_from_the_title_into_the_abstract(nlp: Language) -> None:
    (doc,) = nlp.pipe([make_document(nlp, Paper("a", "00\x080", " \x0800v"))])
    assert tidy(doc._.tokens, Entity(0, 3, "method", 0.5)) is None
