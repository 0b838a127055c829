"""The tokeniser with a memory gives what spaCy's own does, and the tok2vec for reading what the whole does."""

from __future__ import annotations

import numpy as np
import pytest
import spacy
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.data import MODEL, data_path
from kgraph.extract.reader.tok2vec import for_reading
from kgraph.extract.reader.tokenizer import RememberingTokenizer
from kgraph.extract.run.pipeline import in_zones, load_pipeline

WORDS = [
    "We",
    "can't",
    "won’t",
    "(e.g.",
    "i.e.",
    "U.S.",
    ":)",
    "GPT-4",
    "0.5%",
    "state-of-the-art",
    "http://a.org/b?c=1",
    "cannot",
    "a.b/c",
    "10km",
]
MANY = 70  # batches, more than two zones hold
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from([" ", "  ", "\n\n", "\t", "\u00a0", "\u2003 "]),
    st.text(max_size=6),
)


@pytest.fixture(scope="module")
def plain() -> Language:
    return spacy.load(data_path(MODEL))


@pytest.fixture(scope="module")
def remembering(plain: Language) -> RememberingTokenizer:
    return RememberingTokenizer(plain)


def tokens(doc: Doc) -> list[tuple[str, str, int, str]]:
    return [(token.text, token.whitespace_, token.idx, token.norm_) for token in doc]


@given(pieces=st.lists(PIECES, max_size=12))
@example(pieces=["a", " ", " ", "can't", " "])
@example(pieces=["\u00a0"])
@example(pieces=[" ", "x"])
def test_it_gives_the_tokens_of_spacy(
    plain: Language, remembering: RememberingTokenizer, pieces: list[str]
) -> None:
    text = "".join(pieces)
    assert tokens(remembering(text)) == tokens(plain.tokenizer(text))
    assert remembering(text).text == text


def test_cached_pieces_outlive_a_memory_zone(plain: Language, remembering: RememberingTokenizer) -> None:
    text = "Zyxwvut-based unlearning doesn't forget qqfoo."
    for _ in range(2):
        with plain.memory_zone():
            assert tokens(remembering(text)) == tokens(plain.tokenizer(text))


def test_the_vectors_are_those_of_spacy(plain: Language) -> None:
    model = plain.get_pipe("tok2vec").model  # type: ignore[attr-defined]
    texts = ("Unlearning is not forgetting.", "", "Forgetting", "We can't forget\n\nwhat GPT-4 is not.", "")
    docs = [plain.make_doc(text) for text in texts]
    reading = for_reading(model)
    for some in (docs, docs[:1], docs[2:]):
        for ours, theirs in zip(reading.predict(some), model.predict(some), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_zones_hold_every_batch_once_and_end() -> None:
    nlp = load_pipeline()
    seen = []
    for number in in_zones(nlp, range(MANY)):
        nlp.make_doc(f"qq{number}zz")
        seen.append(number)
    assert seen == list(range(MANY))
    assert not any(f"qq{number}zz" in nlp.vocab.strings for number in seen)
