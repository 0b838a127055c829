"""The normal form of a name, which is the same for all spellings of one name.

Names that differ only in case, hyphens, plural, quotes or British spelling are
one concept. The normal form is a key. Users see the form that papers use.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from kgraph.data import read_text

_LONGEST_KEY = 1000
_KEY_START = 200
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_POSSESSIVE = re.compile(r"(?<=\w)'s?(?=\s|$)")
_PLURAL_ACRONYM = re.compile(r"(?<=[A-Z]{2})s\b")
# "GPS" and "SoS", whose S belongs to them, and "OVA", which is not the plural of "ovum".
_ENDS_IN_ACRONYM = re.compile(r"(?:^|[\s\-_/])(?:(?=[A-Z])[A-Za-z&]{1,5}S|[A-Z]{2,6})\W*$")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−_/]+")
_SIZE = re.compile(r"\d[\d,]*[KMBTkx]?")
_WORD = re.compile(r"[a-z]{4,}")
_SHORT_PLURAL = re.compile(r"[a-z]{2}s")
_EDGES = re.compile(r"^[^\w(\[+#]+|[^\w)\]+#%*]+$")


@cache
def _plurals() -> Mapping[str, str]:
    return dict(line.split("\t") for line in _read_lines("plurals.tsv"))


@cache
def _singulars_in_s() -> frozenset[str]:
    return frozenset(_read_lines("singulars_in_s.txt"))


@cache
def _british_spellings() -> Mapping[str, str]:
    return dict(line.split("\t") for line in _read_lines("british_spellings.tsv"))


@cache
def _prefix() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(_read_lines('spelling_prefixes.txt'))})(?=[a-z]{{5}})")


def _read_lines(name: str) -> list[str]:
    return [line for line in read_text(name).splitlines() if not line.startswith("#")]


def singular(word: str) -> str:
    """Return the singular of an English word in lower case. Other words are returned as they are.

    Irregular plurals ("analyses", "nuclei") and singulars in -s ("bias") are
    looked up in tables, which ``scripts/word-tables`` makes. Other words follow
    :func:`singular_by_rule`.
    """
    found = _plurals().get(word)
    if found is not None:
        return found
    return word if word in _singulars_in_s() else singular_by_rule(word)


def singular_by_rule(word: str) -> str:
    """Return the singular of a word by its ending, without any table."""
    if len(word) <= 3 or not word.endswith("s"):
        return word[:-1] if _SHORT_PLURAL.fullmatch(word) else word
    if word.endswith(("ss", "us", "is", "ics", "'s")):
        return word
    if word.endswith(("theses", "lyses")):  # "prostheses", "electrolyses"
        return word[:-2] + "is"
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def american(text: str) -> str:
    """Return text in lower case with the American spelling of each British word."""
    return _WORD.sub(lambda match: _american_word(match[0]), text)


@lru_cache(maxsize=200_000)
def _american_word(word: str) -> str:
    spellings = _british_spellings()
    if word in spellings:
        return spellings[word]
    prefix = _prefix().match(word)
    if prefix is not None and (rest := spellings.get(word[prefix.end() :])):
        return prefix[0] + rest
    return word


@lru_cache(maxsize=200_000)
def normal_form(name: str) -> str:
    """Return the key that all spellings of a name share.

    It is NFKC in lower case and American spelling, with one space for hyphens
    and other separators, without quotes and possessives, and with the last word
    in the singular. It is empty for a name of separators only.

    >>> normal_form("Behaviour-Cloned Policies"), normal_form("LLMs’")
    ('behavior cloned policy', 'llm')
    """
    text = unicodedata.normalize("NFKC", name).translate(_APOSTROPHES).replace('"', "")
    # "GPUs" and "VLAs" are plurals. In lower case, they would look like other words.
    text = _PLURAL_ACRONYM.sub("", _POSSESSIVE.sub("", text)).strip()
    whole = _ENDS_IN_ACRONYM.search(text) is not None
    text = text.lower()
    text = american(_SEPARATORS.sub(" ", text).strip())
    words = [_EDGES.sub("", word) or word for word in text.split()]
    if not words:
        return ""
    return bounded(" ".join([*words[:-1], words[-1] if whole else singular(words[-1])]))


def folded(name: str) -> str:
    """Return a name in lower case with single spaces: the key of people and venues, which have no plurals."""
    return bounded(" ".join(unicodedata.normalize("NFKC", name).split()).lower())


def bounded(key: str) -> str:
    """Return a key that fits into an index: a very long one is replaced by its start and a hash of it.

    Neo4j's range index takes up to 8 kB for a key, and no real name is that long.
    """
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[:_KEY_START].rstrip()}… {hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


@lru_cache(maxsize=200_000)
def is_acronym(name: str) -> bool:
    """Return whether a name is written like an abbreviation: ``LLM``, ``BERTs``, ``GPT-4``, ``K&K``.

    It has at most ten characters, no space, and mostly capitals among its letters.
    """
    letters = [c for c in name.removesuffix("s") if c.isalpha()]
    return (
        2 <= len(name) <= 10
        and " " not in name
        and len(letters) >= 2
        and sum(c.isupper() for c in letters) * 2 > len(letters)
    )


@lru_cache(maxsize=200_000)
def looks_named(name: str) -> bool:
    """Return whether a word is written like a proper name, with inner capitals or with letters and digits.

    ``RegLoRA``, ``SQuAD2.0``, ``WikiText-103``, ``TOFU`` are. ``Learning`` and ``2023`` are not.
    """
    letters = [c for c in name if c.isalpha()]
    if " " in name or len(letters) < 2:
        return False
    parts = [part for part in re.split(r"[-‐‑–/&.]", name) if not _SIZE.fullmatch(part)]
    inner_capital = any(any(c.isupper() for c in part[1:]) for part in parts)
    digits = any(c.isdigit() for c in name) and name[0].isupper()
    return inner_capital or digits
