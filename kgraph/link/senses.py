"""What a short form means in a paper that does not define it.

The senses of a short form are the long forms that papers of the corpus define
for it. A paper that uses it without a definition is compared with those
papers, by the words of their concepts: Lesk's method ("Automatic sense
disambiguation using machine readable dictionaries", 1986) in the form that
learns from examples (Kilgarriff & Rosenzweig, "Framework and results for
English SENSEVAL", 2000). It takes the sense of the paper that it resembles
most, the common senses before the rare ones, if that is likely enough;
otherwise the short form stays what it is, whatever it means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kgraph.link.usage import Usage

Senses = Mapping[str, Mapping[str, str]]
"""Paper id → short form → what it means there; only of short forms that the paper does not define."""

KNOWN_WELL = 20
"""How many defining papers it is worth that the whole field knows a short form."""

# A logistic model of "this is the sense", fitted on papers of the large corpus that do define
# their short forms, with the definition hidden from it: see docs/linking.md.
_LIKENESS = 19.4
_SHARE = 4.0
_BASE = -3.3
_NEEDED = 0.8
_PLAIN = 0.9
"""The share of one sense that speaks for itself, whatever the paper resembles."""

_SENSES = 20
_EXAMPLES = 40
_BLOCK = 500


_TWICE = 0.66
"""Share of the only sense where two papers have it."""

_AMBIGUOUS = 2
"""Letters up to which a short form means several things in any field."""


@dataclass(frozen=True, slots=True)
class _Meanings:
    """The senses of one short form by the alphabet, with how many papers define each and rows of some."""

    longs: tuple[str, ...]
    shares: NDArray[np.float64]
    examples: tuple[tuple[int, ...], ...]


def resolve(usage: Usage, spelled: Mapping[str, str], known: Mapping[str, str]) -> Senses:
    """Return what short forms mean in the papers that do not define them, where that can be told.

    ``spelled`` is long form → the spelling that stands for it; ``known`` is
    short form → the long form that the whole field gives it.
    """
    weighted = _unit(usage.words @ _rarity(usage.words))
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for short in sorted(usage.undefined):
        meanings = _meanings(usage, short, spelled, known.get(short))
        for row, sense in _told(usage, weighted, short, meanings):
            found[usage.paper_ids[row]][short] = meanings.longs[sense]
    return dict(found)


def _meanings(usage: Usage, short: str, spelled: Mapping[str, str], known: str | None) -> _Meanings:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for long, papers in usage.defined.get(short, {}).items():
        rows[spelled.get(long, long)] += papers
    if known is not None:
        rows.setdefault(known, [])
    counts = {long: max(len(papers), KNOWN_WELL if long == known else 0) for long, papers in rows.items()}
    kept = sorted(sorted(counts, key=lambda long: (-counts[long], long))[:_SENSES])
    # One is for the sense that no paper has defined yet.
    return _Meanings(
        tuple(kept),
        np.array([counts[long] for long in kept]) / (1 + sum(counts.values())),
        tuple(_some(sorted(rows[long])) for long in kept),
    )


def _told(
    usage: Usage, weighted: sparse.csr_array, short: str, meanings: _Meanings
) -> Iterator[tuple[int, int]]:
    """Yield (row of a paper, number of the sense that the short form has there)."""
    examples = [row for rows in meanings.examples for row in rows]
    sense_of = np.repeat(np.arange(len(meanings.longs)), [len(rows) for rows in meanings.examples])
    by_word = weighted[examples].T.tocsr()
    if short in usage.columns:
        # That both have the short form itself says nothing.
        column = usage.columns[short]
        by_word.data[by_word.indptr[column] : by_word.indptr[column + 1]] = 0
    rows = np.array(usage.undefined[short])
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        likeness = np.zeros((len(block), len(meanings.longs)))
        if examples:
            products = (weighted[block] @ by_word).toarray()
            for sense in range(len(meanings.longs)):
                likeness[:, sense] = products[:, sense_of == sense].max(axis=1, initial=0)
        scores = _LIKENESS * likeness + _SHARE * meanings.shares + _BASE
        best = scores.argmax(axis=1)
        # Three letters that two papers define, and all that do in one way: a small corpus is about one field.
        alone = len(meanings.longs) == 1 and len(short) > _AMBIGUOUS and meanings.shares[0] >= _TWICE
        told = (scores.max(axis=1) >= _NEEDED) | (meanings.shares[best] >= _PLAIN) | alone
        yield from zip(block[told].tolist(), best[told].tolist(), strict=True)


def _some(rows: list[int]) -> tuple[int, ...]:
    """Return at most ``_EXAMPLES`` rows, evenly spread."""
    step = -(-len(rows) // _EXAMPLES) if rows else 1
    return tuple(rows[::step])


def _rarity(words: sparse.csr_array) -> sparse.csr_array:
    """Return the weight of each word as a diagonal: the logarithm of papers over papers that have it."""
    counts = np.bincount(words.indices, minlength=words.shape[1])
    return sparse.diags_array(np.log((1 + words.shape[0]) / (0.5 + counts)).astype(np.float32)).tocsr()


def _unit(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the rows scaled to length one; empty rows stay empty."""
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ matrix)
