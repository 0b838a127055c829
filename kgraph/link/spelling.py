"""Which spellings are one name: compounds, inner plurals, accents, and endings of long forms.

The normal form (:mod:`kgraph.names`) depends on one name alone. This module
compares all names of a corpus. Two names with the same letters are one ("data
set" and "dataset", "Max-Cut" and "MAXCUT"). So are two long forms of one
abbreviation whose words begin alike ("linear program" and "linear
programming", LP). The canonical spelling is the one that most papers use.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sized

from kgraph.link.name_words import name_words
from kgraph.names import singular

_SHORTEST = 4
"""Letters that a name must have for its spaces to be ignored. Shorter ones ("i r", "IR") are ambiguous."""
_BEGINNING = 7
"""Letters at the start of a word that its derivations share ("program", "programming")."""
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
_MAIN_SHARE = 0.8
"""Share of papers with the same long form from which "KG" in "temporal KG" is expanded."""
_MIN_PAPERS = 4
"""Papers that must define a short form for it to be expanded inside a long form."""


def letters(key: str) -> str:
    """Return the key that all spellings of a name share: its normal form without spaces, plurals and accents.

    >>> letters("data set"), letters("wheels velocity"), letters("cifar 10 100")
    ('dataset', 'wheelvelocity', 'cifar10 100')
    """
    plain = key if key.isascii() else _without_accents(key)
    *others, last = plain.split() or [""]
    # The normal form has the last word in the singular already, and it knew the capitals.
    words = " ".join([*(singular(word) if len(word) > _SHORTEST else word for word in others), last])
    joined = _BETWEEN_DIGITS.sub("\0", words).replace(" ", "").replace("\0", " ")
    return joined if len(joined) >= _SHORTEST else key


def gist(key: str) -> tuple[str, ...]:
    """Return the key that all variants of a long form share: how its content words begin.

    >>> gist("upper confidence bound for trees") == gist("upper confidence bounds in tree")
    True
    """
    lists = name_words()
    bare = (word.strip(",.").removesuffix("'s") for word in lists.prefixed.sub(r"\1", key).split())
    words = [singular(word) for word in bare if word not in lists.function_words]
    while (len(words) > 1 and words[-1] in lists.added) or (len(words) > 2 and words[-1] in lists.generic):
        words.pop()
    return tuple(lists.short_for.get(word, word)[:_BEGINNING] for word in words)


def canonical_spellings(
    counts: Mapping[str, int], defined: Mapping[str, Mapping[str, Sized]]
) -> Mapping[str, str]:
    """Return name → canonical spelling, for the names whose canonical spelling is another one.

    ``counts`` maps the normal forms of a corpus to the number of papers that
    use them. ``defined`` is short form → long form → papers that define it. The
    canonical spelling of a group is the one that most papers use, then the
    shortest, then the first in alphabetical order.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in counts:
        groups[letters(name)].append(name)
    canonical: dict[str, str] = {}
    for alike in groups.values():
        if len(alike) > 1:
            _join(canonical, alike, counts)
    main = _main_long_forms(defined)
    for short in sorted(defined):
        variants: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for long in sorted(defined[short]):
            whole = " ".join([main.get(word, word) for word in long.split()])
            variants[gist(whole)].append(long)
        for alike in variants.values():
            if len(alike) > 1:
                _join(canonical, alike, counts)
    return {name: _canonical(canonical, name) for name in canonical if _canonical(canonical, name) != name}


def _main_long_forms(defined: Mapping[str, Mapping[str, Sized]]) -> dict[str, str]:
    """Return short form → long form, where several papers define it and nearly all agree."""
    found = {}
    for short, longs in defined.items():
        papers: defaultdict[tuple[str, ...], int] = defaultdict(int)
        for long, rows in longs.items():
            papers[gist(long)] += len(rows)
        best = min(longs, key=lambda long: (-papers[gist(long)], -len(longs[long]), long))
        total = sum(papers.values())
        if total >= _MIN_PAPERS and papers[gist(best)] >= _MAIN_SHARE * total:
            found[short] = best
    return found


def _join(canonical: dict[str, str], alike: Iterable[str], counts: Mapping[str, int]) -> None:
    first, *others = sorted(
        {_canonical(canonical, name) for name in alike},
        key=lambda name: (-counts.get(name, 0), len(name), name),
    )
    canonical.update(dict.fromkeys(others, first))


def _canonical(canonical: Mapping[str, str], name: str) -> str:
    while name in canonical:
        name = canonical[name]
    return name


def _without_accents(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in split if not unicodedata.combining(c)))
