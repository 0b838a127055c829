"""The normal form of a name: what two spellings must share to be one name.

Case, hyphens, plurals, quotes and British spelling do not make a new concept.
The normal form is a key; people are shown the form that papers use.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_LONGEST_KEY = 1000
_KEY_START = 200
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_POSSESSIVE = re.compile(r"(?<=\w)'s?(?=\s|$)")
_PLURAL_ACRONYM = re.compile(r"(?<=[A-Z]{2})s\b")
_ACRONYM_IN_S = re.compile(r"(?:^|[\s\-_/])(?=[A-Z])[A-Za-z&]{1,5}S\W*$")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−_/]+")
_SIZE = re.compile(r"\d[\d,]*[KMBTkx]?")
_EDGES = re.compile(r"^[^\w(\[+#]+|[^\w)\]+#%*]+$")

_IRREGULAR_PLURALS = {
    "analyses": "analysis", "axes": "axis", "bases": "basis", "biases": "bias",
    "aliases": "alias", "children": "child", "corpora": "corpus", "criteria": "criterion",
    "crises": "crisis", "diagnoses": "diagnosis", "foci": "focus", "hypotheses": "hypothesis",
    "indices": "index", "indexes": "index", "lenses": "lens", "matrices": "matrix", "men": "man",
    "mice": "mouse", "minima": "minimum", "maxima": "maximum", "optima": "optimum",
    "people": "person", "phenomena": "phenomenon", "prognoses": "prognosis", "spectra": "spectrum",
    "syntheses": "synthesis", "theses": "thesis", "vertices": "vertex", "women": "woman",
    "viruses": "virus", "statuses": "status", "gases": "gas", "buses": "bus", "focuses": "focus",
    "leaves": "leaf", "lives": "life", "halves": "half", "caches": "cache", "niches": "niche",
    "quizzes": "quiz", "heroes": "hero", "echoes": "echo",
}  # fmt: skip
_SINGULAR_IN_S = frozenset(
    """
    across alas alias always atlas besides bias bus canvas chaos corps cosmos ethos gas has hermes is its
    kubernetes lens los mars news pancreas pathos perhaps plus previous series sometimes species texas
    this thus towards versus was whereas yes
    """.split()  # noqa: SIM905 - a list literal of these would take a screen
)

_BRITISH_STEMS = """
    amort anonym canonical categor central character contextual crystal custom decentral diagonal digit
    discret emphas equal factor familiar final formal fossil general global harmon hypothes ideal incentiv
    industrial initial item jeopard lexical linear local marginal maxim mechan memor minim mobil modern
    monet neutral normal optim organ orthogonal parallel parameter penal personal polar popular priorit
    public quant random rational real recogn regular revolution sanit scrutin seriali serial social special
    stabil standard summar symbol symmetr synchron synthes systemat tempor token tokeni util vector verbal
    virtual visual
    """.split()  # noqa: SIM905
_SPELLINGS = [
    (re.compile(rf"({'|'.join(_BRITISH_STEMS)})is(e|ed|es|er|ers|ing|able)\b"), r"\1iz\2"),
    (re.compile(r"(?<!improv)isation(s?)\b"), r"ization\1"),
    (re.compile(r"\banalys(e|ed|er|ers|ing)\b"), r"analyz\1"),
    (
        re.compile(
            r"\b(behavi|col|neighb|fav|lab|hon|hum|flav|tum|vap|arm|rum|endeav|harb|od|rig|vig)our"
            r"(?=(s|al|ed|ing|ful|less|hood|hoods|able|ite|ites|er|ers|ally)?\b)"
        ),
        r"\1or",
    ),
    (
        re.compile(r"\b(mod|lab|chann|canc|trav|tunn|lev|fu|marsh|sign|tot|pan|jew|dia|sp)(el|al)l(ing|ed|er|ers)\b"),
        r"\1\2\3",
    ),
    (re.compile(r"\b(cent|fib|theat|lit|calib|lust|spect|met)re(s?)\b"), r"\1er\2"),
    (re.compile(r"\b(def|off|pret)ence(s?)\b"), r"\1ense\2"),
    (re.compile(r"\b(catal|anal|dial|monol|epil|prol)ogue(s?)\b"), r"\1og\2"),
    (re.compile(r"\bartefact"), "artifact"),
    (re.compile(r"\bprogramme(s?)\b"), r"program\1"),
    (re.compile(r"\bgrey"), "gray"),
    (re.compile(r"\bageing\b"), "aging"),
    (re.compile(r"\bjudgement"), "judgment"),
    (re.compile(r"manoeuvr"), "maneuver"),
    (re.compile(r"\blearnt\b"), "learned"),
    (re.compile(r"\bunlearnt\b"), "unlearned"),
]  # fmt: skip
# What each of the spellings has; most names have none of it, and this is asked of every one.
_MAYBE_BRITISH = re.compile(
    r"is[eai]|ys[ei]|our|[ea]ll|[btlc]re|ence|ogue|artef|programme|grey|ageing|judgement|noeuv|learnt"
)


def singular(word: str) -> str:
    """Return the singular of an English word in lower case; other words come back as they are.

    Rules over endings with the exceptions that scientific text needs
    ("analyses", "matrices", "bias", "dynamics").
    """
    if word in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[word]
    if len(word) <= 3 or not word.endswith("s") or word in _SINGULAR_IN_S:
        return word[:-1] if re.fullmatch(r"[a-z]{2}s", word) and word not in _SINGULAR_IN_S else word
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
    """Return text in lower case with British spellings made American."""
    if not _MAYBE_BRITISH.search(text):
        return text
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    return text


@lru_cache(maxsize=200_000)
def normal_form(name: str) -> str:
    """Return the key under which spellings of one name fall together.

    NFKC, lower case, one space for hyphens and other separators, no quotes or
    possessives, American spelling, the last word in the singular. Empty when
    nothing of the name is left.

    >>> normal_form("Behaviour-Cloned Policies"), normal_form("LLMs’")
    ('behavior cloned policy', 'llm')
    """
    text = unicodedata.normalize("NFKC", name).translate(_APOSTROPHES).replace('"', "")
    # "GPUs" and "VLAs" are plurals, though as lower-case words they look like singulars.
    text = _PLURAL_ACRONYM.sub("", _POSSESSIVE.sub("", text)).strip()
    # The S of "GPS" and "SoS" belongs to them.
    whole = _ACRONYM_IN_S.search(text) is not None
    text = text.lower()
    text = american(_SEPARATORS.sub(" ", text).strip())
    words = [_EDGES.sub("", word) or word for word in text.split()]
    if not words:
        return ""
    return bounded(" ".join([*words[:-1], words[-1] if whole else singular(words[-1])]))


def folded(name: str) -> str:
    """Return a name in lower case with single spaces: the key of people and venues, whose endings count."""
    return bounded(" ".join(unicodedata.normalize("NFKC", name).split()).lower())


def bounded(key: str) -> str:
    """Return a key that an index can hold: of a very long one its start, and a hash of all of it.

    Neo4j's range index takes 8 kB a key, and nobody's name is that long.
    """
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[:_KEY_START].rstrip()}… {hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


@lru_cache(maxsize=200_000)
def is_acronym(name: str) -> bool:
    """Whether a name is written like an abbreviation: ``LLM``, ``BERTs``, ``GPT-4``, ``K&K``.

    At most ten characters, no space, and mostly capitals among its letters.
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
    """Whether a single word is written like a proper name: inner capitals, or letters with digits.

    ``RegLoRA``, ``SQuAD2.0``, ``WikiText-103``, ``TOFU`` are; ``Learning`` and ``2023`` are not.
    """
    letters = [c for c in name if c.isalpha()]
    if " " in name or len(letters) < 2:
        return False
    parts = [part for part in re.split(r"[-‐‑–/&.]", name) if not _SIZE.fullmatch(part)]
    inner_capital = any(any(c.isupper() for c in part[1:]) for part in parts)
    digits = any(c.isdigit() for c in name) and name[0].isupper()
    return inner_capital or digits
