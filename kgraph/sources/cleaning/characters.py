"""Characters: mojibake, invisible characters, compatibility forms, and codes left by PDF readers.

NFKC as a whole would change meaning ("10²" becomes "102", "½" becomes "1⁄2"), so only
characters that are other forms of the same letters are replaced.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

# A lead byte of UTF-8 that was read as Latin-1 or Windows-1252, and the byte after it, or a C1 control.
_MOJIBAKE = re.compile(r"[\x80-\x9f]|[\xc2-\xf4][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
# PDF readers write a soft hyphen as the code of its character or as U+FFFE.
_BREAK_AT_SOFT_HYPHEN = re.compile(r"(?:[\xad\ufffe]\s{1,40}|\(cid:173\)\s{0,40})(?=[^\W\d_])")
_BREAK = "-\n"
_JOINERS = re.compile(r"(?<![^\x00-\u024f])[\u200c\u200d](?![^\x00-\u024f])")
_MARK = re.compile("[\u0300-\u036f\u3099\u309a\u1161-\u1175]")
_COMBINING = re.compile(
    "[^\\W\\d_][\u0300-\u036f\u3099\u309a]{1,8}|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
)
_WIDE_MARK = re.compile("[\uff01-\uff5e]")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WIDE_BEFORE_WORD = re.compile(r"([，；：！？])(?=\w)")

_REMOVED = (
    "\xad\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufffe"
)
_SPACES = "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_HYPHENS = "\u2010\u2011\ufe63\uff0d"
# Ranges of Unicode whose compatibility form is the same letter: micro and ohm sign, Greek symbols,
# Roman numerals, ligatures, full-width letters and digits, letters of formulas.
_SAME_LETTERS = (
    (0xB5, 0xB5),
    (0x3D0, 0x3D6),
    (0x3F0, 0x3F1),
    (0x3F5, 0x3F5),
    (0x2126, 0x2126),
    (0x212A, 0x212B),
    (0x2160, 0x217F),
    (0xFB00, 0xFB06),
    (0xFF10, 0xFF19),
    (0xFF21, 0xFF3A),
    (0xFF41, 0xFF5A),
    (0x1D400, 0x1D7FF),
)
# Script and black-letter capitals that are in another block than the other letters of formulas.
_LETTERS_OF_FORMULAS = "ℊℋℌℎℐℑℒℛℜℨℬℭℯℰℱℳℴ"
_ODD_CHARACTER = re.compile(
    "[{}]".format(
        "".join((_REMOVED, _SPACES, _HYPHENS, "\u2028\u2029", _LETTERS_OF_FORMULAS))
        + "".join(f"{chr(first)}-{chr(last)}" for first, last in _SAME_LETTERS)
    )
)
_WIDE_MARKS = (0xFF01, 0xFF5E)


def clean_characters(text: str) -> str:
    """Return a text with repaired mojibake, without invisible characters, in plain letters.

    A soft hyphen before a space becomes a hyphen at a line end. Other soft hyphens,
    zero-width characters and marks of direction are removed. Special spaces and
    hyphens become plain ones, and ligatures, full-width letters and the letters of
    formulas plain letters. Accents are composed (NFC). Superscripts and fractions
    are kept.
    """
    if text.isascii():
        return _BREAK_AT_SOFT_HYPHEN.sub(_BREAK, text) if "(cid:173)" in text else text
    if _MOJIBAKE.search(text):
        # Its import takes a tenth of a second, and few files need it.
        from ftfy import fix_encoding

        text = fix_encoding(text)
    if "\xad" in text or "\ufffe" in text or "(cid:173)" in text:
        text = _BREAK_AT_SOFT_HYPHEN.sub(_BREAK, text)
    if "\u200c" in text or "\u200d" in text:
        text = _JOINERS.sub("", text)
    if _WIDE_MARK.search(text) and not _CJK.search(text):
        text = _WIDE_BEFORE_WORD.sub(r"\1 ", text).translate(_wide_marks())
    text = _ODD_CHARACTER.sub(_plain_character, text)
    if _MARK.search(text):
        text = _COMBINING.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    return text


def _plain_character(found: re.Match[str]) -> str:
    return _plain_characters().get(found[0], found[0])


@cache
def _plain_characters() -> dict[str, str]:
    table = dict.fromkeys(_REMOVED, "")
    table.update(dict.fromkeys(_SPACES, " "))
    table.update(dict.fromkeys(_HYPHENS, "-"))
    table.update(dict.fromkeys("\u2028\u2029", "\n"))
    for first, last in _SAME_LETTERS:
        table.update(_compatibility_forms(map(chr, range(first, last + 1))))
    table.update(_compatibility_forms(_LETTERS_OF_FORMULAS))
    return table


@cache
def _wide_marks() -> dict[int, str]:
    first, last = _WIDE_MARKS
    return {ord(c): form for c, form in _compatibility_forms(map(chr, range(first, last + 1)))}


def _compatibility_forms(characters: Iterable[str]) -> Iterator[tuple[str, str]]:
    for character in characters:
        form = unicodedata.normalize("NFKC", character)
        if form != character:
            yield character, form
