"""Compare titles of papers as different sources write them."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Notice = Literal["retraction", "correction", "concern"]

_KEPT = re.compile(r"[^\w#%@*+]+|_+")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,100}>")
_TEX_COMMAND = re.compile(r"\\([A-Za-z]+)\s*|\\.")
_EDITION = re.compile(
    r"\s*[(\[]?\b(?:(?:extended|full|long|short|preprint|revised) version|preprint|version [0-9]|v[0-9]{1,2})"
    r"[)\]]?\s*\.?\s*$",
    re.IGNORECASE,
)
_SUBTITLE = re.compile(r"\s*:\s+|\s+[-–—]+\s+|[?!.]\s+")
_WORD = re.compile(r"\w+")
# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "&": " and ",
    }
)
_MARKED = re.compile(
    r"\s*[\[(]?(?:retracted|withdrawn)(?: (?:article|paper|chapter))?[\])]?\s*[:\-–—]\s*", re.IGNORECASE
)
_NOTICE = re.compile(
    r"\s*[\[(]?(?:(?:author|publisher)(?:['’]s)? )?"
    r"(?P<kind>retraction(?: note| notice)?|withdrawal(?: notice)?|erratum|errata|corrigendum|correction"
    r"|addendum|(?:editorial )?expression of concern)[\])]?"
    r"(?P<link>\s+(?:to|for|on)\b)?\s*(?P<colon>[:\-–—])?\s*",
    re.IGNORECASE,
)
_NEEDS_COLON = ("correction", "addendum", "withdrawal")
_QUOTED = re.compile(r"\s*[\"“‘„«]([^\"”’“»]+)[\"”’“»]")
_QUOTES = "\"'“”‘’„«» "


@dataclass(frozen=True, slots=True)
class NamedOriginal:
    """A notice about another paper, by its title: the kind of notice and the title that it names."""

    kind: Notice
    title: str


def title_key(title: str) -> str:
    r"""Return a title without case, accents, punctuation, blanks, TeX, markup and the name of an edition.

    ``#``, ``%``, ``@``, ``*`` and ``+`` are kept, because "C++" is not "C". Greek
    letters become their names, as TeX writes them.

    >>> title_key(r"$\alpha$-Divergence for Na\"{\i}ve {B}ayes")
    'alphadivergencefornaivebayes'
    >>> title_key("α-divergence for naïve Bayes")
    'alphadivergencefornaivebayes'
    """
    return _KEPT.sub("", _plain(_EDITION.sub("", title) or title))


def main_title(title: str) -> str | None:
    """Return the part of a title before its subtitle, or None if it has none."""
    found = _SUBTITLE.search(title.strip())
    return title.strip()[: found.start()] if found and found.end() < len(title.strip()) else None


def title_words(title: str) -> frozenset[str]:
    """Return the words of a title, or of another text, without case and accents."""
    return frozenset(_WORD.findall(_plain(title)))


def is_in_capitals(title: str) -> bool:
    """Return whether a title has no letter in lower case."""
    return title.isupper()


def unmarked(title: str) -> str:
    """Return a title without "RETRACTED:" before it, which publishers add to a paper that they retract."""
    return _MARKED.sub("", title, count=1) if _MARKED.match(title) else title


def named_original(title: str) -> NamedOriginal | None:
    """Return the paper that a notice names in its title, or None if the title is not that of a notice.

    >>> named_original("Erratum to: Folding Shirts")
    NamedOriginal(kind='correction', title='Folding Shirts')
    """
    found = _NOTICE.match(title)
    if not found:
        return None
    kind = found["kind"].lower()
    original = title[found.end() :]
    # "Correction for attenuation" and "Addendum to a theorem" may be the titles of papers.
    is_plain = found["colon"] or original[:1] in _QUOTES
    if not original.strip(_QUOTES) or not (is_plain or (found["link"] and kind not in _NEEDS_COLON)):
        return None
    quoted = _QUOTED.match(original)
    named = quoted[1] if quoted else original.strip(_QUOTES)
    if "concern" in kind:
        return NamedOriginal("concern", named)
    return NamedOriginal("retraction" if kind.startswith(("retract", "withdraw")) else "correction", named)


def folded_letters(text: str) -> str:
    """Return a text without case and accents."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    decomposed = unicodedata.normalize("NFKD", lower.translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _plain(text: str) -> str:
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text).replace("&", " and ")
    if "\\" in text:
        text = _TEX_COMMAND.sub(_command, text)
    folded = folded_letters(text)
    if folded.isascii():
        return folded
    return "".join(_letter_name(c) if "\u0370" <= c <= "\u03ff" else c for c in folded)


def _command(command: re.Match[str]) -> str:
    r"""Return the name of a Greek letter, the letter of a command such as ``\o``, or nothing."""
    name = command[1] or ""
    is_greek = len(name) > 1 and _is_greek(name.lower())
    return name if is_greek or name in ("i", "j", "o", "l", "ss", "ae", "oe") else ""


def _is_greek(name: str) -> bool:
    try:
        unicodedata.lookup(f"GREEK SMALL LETTER {name}")
    except KeyError:
        return False
    return True


def _letter_name(letter: str) -> str:
    words = unicodedata.name(letter, "").split()
    return (
        words[3].lower() if words[:1] == ["GREEK"] and words[2:3] == ["LETTER"] and len(words) > 3 else letter
    )
