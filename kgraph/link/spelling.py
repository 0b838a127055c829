"""Which spellings are one name: compounding, inner plurals, accents, and endings of long forms.

The normal form (:mod:`kgraph.names`) judges a name by itself. What is here
looks at all names of a corpus: two of them that share their letters are one
("data set" and "dataset", "Max-Cut" and "MAXCUT"), and so are two long forms of
one abbreviation whose words begin alike ("linear program" and "linear
programming", LP). The spelling that most papers use stands for all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sized

from kgraph.names import singular

_SHORTEST = 4
"""Letters that a name must have for its spaces not to count: "i r" and "IR" may be anything."""
_BEGINNING = 7
"""Letters of a word that its derivations share ("program", "programming"), and few other words do."""
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
_ADDED = frozenset("aware based driven guided like style".split())  # noqa: SIM905
_GENERIC = frozenset("algorithm approach framework method model network system technique unit".split())  # noqa: SIM905
_FUNCTION_WORDS = frozenset("a an and at by for from in of on or the to via with".split())  # noqa: SIM905
_PREFIXED = re.compile(r"\b(anti|auto|bi|co|cross|inter|intra|micro|multi|non|pre|re|semi|sub|un) (?=\w)")
_SHORT_FOR = {"multiple": "multi", "net": "network"}
_MAIN = 0.8
"""The share of one meaning with which a short form inside a long form is spelled out ("temporal KG")."""
_FEW = 4


def letters(key: str) -> str:
    """Return what all spellings of a name share, from its normal form: no space, no plural, no accent.

    >>> letters("data set"), letters("wheels velocity"), letters("cifar 10 100")
    ('dataset', 'wheelvelocity', 'cifar10 100')
    """
    plain = key if key.isascii() else _without_accents(key)
    *others, last = plain.split() or [""]
    # Of the last word the normal form has judged already, with its capitals in sight.
    words = " ".join([*(singular(word) if len(word) > _SHORTEST else word for word in others), last])
    joined = _BETWEEN_DIGITS.sub("\0", words).replace(" ", "").replace("\0", " ")
    return joined if len(joined) >= _SHORTEST else key


def gist(key: str) -> tuple[str, ...]:
    """Return the beginnings of the words of a long form, without those that only join: what variants share.

    >>> gist("upper confidence bound for trees") == gist("upper confidence bounds in tree")
    True
    """
    bare = (word.strip(",.").removesuffix("'s") for word in _PREFIXED.sub(r"\1", key).split())
    words = [singular(word) for word in bare if word not in _FUNCTION_WORDS]
    while (len(words) > 1 and words[-1] in _ADDED) or (len(words) > 2 and words[-1] in _GENERIC):
        words.pop()
    return tuple(_SHORT_FOR.get(word, word)[:_BEGINNING] for word in words)


def canonical_spellings(
    counts: Mapping[str, int], defined: Mapping[str, Mapping[str, Sized]]
) -> Mapping[str, str]:
    """Return name → the spelling that stands for it, for the names of which another does.

    ``counts`` has the normal forms of a corpus with the papers that use them,
    ``defined`` short form → long form → the papers that define it so. The most
    used of a group stands for it; among equals the shorter, then the first of
    the alphabet.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in counts:
        groups[letters(name)].append(name)
    leads: dict[str, str] = {}
    for alike in groups.values():
        if len(alike) > 1:
            _join(leads, alike, counts)
    main = _main_meanings(defined)
    for short in sorted(defined):
        variants: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for long in sorted(defined[short]):
            whole = " ".join([main.get(word, word) for word in long.split()])
            variants[gist(whole)].append(long)
        for alike in variants.values():
            if len(alike) > 1:
                _join(leads, alike, counts)
    return {name: _lead(leads, name) for name in leads if _lead(leads, name) != name}


def _main_meanings(defined: Mapping[str, Mapping[str, Sized]]) -> dict[str, str]:
    """Return short form → long form where nearly all papers agree, and more than a few."""
    found = {}
    for short, longs in defined.items():
        papers: defaultdict[tuple[str, ...], int] = defaultdict(int)
        for long, rows in longs.items():
            papers[gist(long)] += len(rows)
        best = min(longs, key=lambda long: (-papers[gist(long)], -len(longs[long]), long))
        total = sum(papers.values())
        if total >= _FEW and papers[gist(best)] >= _MAIN * total:
            found[short] = best
    return found


def _join(leads: dict[str, str], alike: Iterable[str], counts: Mapping[str, int]) -> None:
    heads = sorted(
        {_lead(leads, name) for name in alike}, key=lambda name: (-counts.get(name, 0), len(name), name)
    )
    for head in heads[1:]:
        leads[head] = heads[0]


def _lead(leads: Mapping[str, str], name: str) -> str:
    while name in leads:
        name = leads[name]
    return name


def _without_accents(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in split if not unicodedata.combining(c)))
