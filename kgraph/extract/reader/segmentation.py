"""The component that cuts a document into sentences and lists its tokens."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import cast

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from thinc.types import Ints2d

from kgraph.extract.document import BREAK, Tokens

_ENDINGS = frozenset(".!?")
_CLOSERS = frozenset("\"'”’)]}")


@Language.component("kgraph_sentences", assigns=["token.is_sent_start", "doc._.tokens"])
def sentences(doc: Doc) -> Doc:
    """Split the document into sentences, and write its tokens as lists to ``doc._.tokens``.

    A sentence starts after ``.``, ``!`` or ``?``, and at the start of the
    abstract. A full stop ends a sentence if the next word is not in lower case.
    "e.g." and "vs." are single tokens of spaCy's tokeniser.
    """
    text: str = doc.user_data["text"]
    columns = np.asarray(doc.to_array(["TAG", "IDX", "LENGTH"]), dtype=np.uint64)
    found_tags, starts, lengths = columns.T.tolist()
    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    tagged: str = doc.user_data["tagged"]
    forms = [tagged[start:end] for start, end in zip(starts, ends, strict=True)]
    strings = doc.vocab.strings
    names = {tag: strings[tag] for tag in set(found_tags)}
    title_length: int = doc._.title_length
    first = _sentence_starts(starts, forms, title_length)
    if forms:
        marks = np.full((len(forms), 1), -1, dtype=np.int64)
        marks[first] = 1
        doc.from_array(["SENT_START"], cast(Ints2d, marks.astype(np.uint64)))
    found = list(pairwise([*first, len(forms)])) if forms else []
    doc._.tokens = Tokens(
        text=text,
        starts=starts,
        ends=ends,
        forms=forms,
        lowered=[form.lower() for form in forms],
        tags=[names[tag] for tag in found_tags],
        title=bisect_left(starts, title_length),
        abstract=title_length + len(BREAK),
        sentences=found,
        sentence_of=[index for index, (start, end) in enumerate(found) for _ in range(start, end)],
    )
    return doc


def _sentence_starts(starts: Sequence[int], forms: Sequence[str], boundary: int) -> list[int]:
    found: list[int] = []
    ended = crossed = False
    for index, (start, form) in enumerate(zip(starts, forms, strict=True)):
        if form.isspace():
            if index == 0:
                found.append(0)
            crossed = crossed or start <= boundary < start + len(form)
            continue
        punctuation = is_punctuation(form)
        begins = index == 0 or crossed or (ended and not punctuation and not form.islower())
        if begins:
            found.append(index)
            crossed = False
        if form[-1] in _ENDINGS and (punctuation or start < boundary):
            ended = start >= boundary
        elif begins or not (ended and form in _CLOSERS):
            ended = False
    return found


@lru_cache(maxsize=20_000)
def is_punctuation(form: str) -> bool:
    """Return whether a token has only punctuation marks."""
    return all(unicodedata.category(letter).startswith("P") for letter in form)
