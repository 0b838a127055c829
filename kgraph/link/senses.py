"""The meaning of a short form in a paper that does not define it.

The senses of a short form are the long forms that papers of the corpus define
for it. A paper that uses it without a definition is compared with those
papers by the words of their concepts. This is Lesk's method ("Automatic sense
disambiguation using machine readable dictionaries", 1986) in the form that
learns from examples (Kilgarriff & Rosenzweig, "Framework and results for
English SENSEVAL", 2000). The paper gets the sense of the most similar paper,
where common senses are preferred to rare ones. If no sense is likely enough,
the short form is not expanded.
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
"""Paper id → short form → long form, for the short forms that the paper does not define."""

WELL_KNOWN_PAPERS = 20
"""Defining papers that a well-known abbreviation counts for."""

# The weights of a logistic model of "this is the sense". It was fitted on papers of the large corpus
# that define their short forms, with the definition hidden: see docs/linking.md.
_SIMILARITY = 19.4
_SHARE = 4.0
_BASE = -3.3
_NEEDED = 0.8
_DOMINANT = 0.9
"""Share of all defining papers from which a sense is taken without any similarity."""

_SENSES = 20
_EXAMPLES = 40
_BLOCK = 500

_TWO_PAPERS = 0.66
"""The share of the only sense if two papers define it."""

_AMBIGUOUS_LENGTH = 2
"""Letters of a short form that has several meanings in any field, at most."""


@dataclass(frozen=True, slots=True)
class _ShortForm:
    """The senses of a short form in alphabetical order: long form, share of defining papers, rows of some."""

    long_forms: tuple[str, ...]
    shares: NDArray[np.float64]
    examples: tuple[tuple[int, ...], ...]


def resolve_senses(usage: Usage, spellings: Mapping[str, str], well_known: Mapping[str, str]) -> Senses:
    """Return the long forms of short forms in the papers that do not define them, where one is likely.

    ``spellings`` is long form → canonical spelling, ``well_known`` short form
    → the long form that it has in the whole field.
    """
    weighted = _unit(usage.words @ _rarity(usage.words))
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for short in sorted(usage.undefined):
        form = _short_form(usage, short, spellings, well_known.get(short))
        for row, sense in _likely_senses(usage, weighted, short, form):
            found[usage.paper_ids[row]][short] = form.long_forms[sense]
    return dict(found)


def _short_form(usage: Usage, short: str, spellings: Mapping[str, str], well_known: str | None) -> _ShortForm:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for long, papers in usage.defined.get(short, {}).items():
        rows[spellings.get(long, long)] += papers
    if well_known is not None:
        rows.setdefault(well_known, [])
    counts = {
        long: max(len(papers), WELL_KNOWN_PAPERS if long == well_known else 0)
        for long, papers in rows.items()
    }
    kept = sorted(sorted(counts, key=lambda long: (-counts[long], long))[:_SENSES])
    # The 1 is for a sense that no paper has defined yet.
    return _ShortForm(
        tuple(kept),
        np.array([counts[long] for long in kept]) / (1 + sum(counts.values())),
        tuple(_sample(sorted(rows[long])) for long in kept),
    )


def _likely_senses(
    usage: Usage, weighted: sparse.csr_array, short: str, form: _ShortForm
) -> Iterator[tuple[int, int]]:
    """Yield (row of a paper, index of the sense that the short form has there)."""
    examples = [row for rows in form.examples for row in rows]
    sense_of = np.repeat(np.arange(len(form.long_forms)), [len(rows) for rows in form.examples])
    by_word = weighted[examples].T.tocsr()
    if short in usage.columns:
        # All of these papers have the short form itself, so it does not distinguish them.
        column = usage.columns[short]
        by_word.data[by_word.indptr[column] : by_word.indptr[column + 1]] = 0
    rows = np.array(usage.undefined[short])
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        similarity = np.zeros((len(block), len(form.long_forms)))
        if examples:
            products = (weighted[block] @ by_word).toarray()
            for sense in range(len(form.long_forms)):
                similarity[:, sense] = products[:, sense_of == sense].max(axis=1, initial=0)
        scores = _SIMILARITY * similarity + _SHARE * form.shares + _BASE
        best = scores.argmax(axis=1)
        # A small corpus is about one field, so two papers are enough if all agree on a longer short form.
        only = len(form.long_forms) == 1 and len(short) > _AMBIGUOUS_LENGTH and form.shares[0] >= _TWO_PAPERS
        likely = (scores.max(axis=1) >= _NEEDED) | (form.shares[best] >= _DOMINANT) | only
        yield from zip(block[likely].tolist(), best[likely].tolist(), strict=True)


def _sample(rows: list[int]) -> tuple[int, ...]:
    """Return at most ``_EXAMPLES`` rows, evenly spaced."""
    step = -(-len(rows) // _EXAMPLES) if rows else 1
    return tuple(rows[::step])


def _rarity(words: sparse.csr_array) -> sparse.csr_array:
    """Return a diagonal matrix with the weight of each word: the log of all papers over papers with it."""
    counts = np.bincount(words.indices, minlength=words.shape[1])
    return sparse.diags_array(np.log((1 + words.shape[0]) / (0.5 + counts)).astype(np.float32)).tocsr()


def _unit(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the rows scaled to length 1. Empty rows stay empty."""
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ matrix)
