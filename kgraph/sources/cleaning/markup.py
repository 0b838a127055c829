"""Markup inside a text: HTML, JATS, MathML and entities."""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

from kgraph.sources.cleaning.scripts import lowered, raised

# Elements that begin a new line, those within a line, and those of MathML. ``<s>`` and ``<mask>`` are
# tokens of language models, so they are not among them.
_BLOCKS = (
    "abstract|address|article|blockquote|body|br|dd|def-item|def-list|disp-formula|disp-quote|div|dl|dt|h[1-6]"
    "|head|hr|html|li|list|list-item|ol|p|pre|sec|section|statement|table|tbody|td|title|tr|ul"
)
_INLINES = (
    "a|alternatives|b|bold|cite|code|del|em|email|ext-link|font|i|img|inline-formula|inline-graphic|ins|italic"
    "|label|mark|math|monospace|named-content|overline|roman|sc|small|span|strike|strong|styled-content|sub|sup"
    "|tex-math|tt|u|underline|uri|xref"
)
_MATHML = (
    "annotation|annotation-xml|maction|menclose|merror|mfenced|mfrac|mglyph|mi|mlabeledtr|mmultiscripts|mn|mo"
    "|mover|mpadded|mphantom|mprescripts|mroot|mrow|ms|mspace|msqrt|mstyle|msub|msubsup|msup|mtable|mtd|mtext|mtr"
    "|munder|munderover|none|semantics"
)
_ATTRIBUTES = r"(?:\s+[\w:.-]{1,60}\s*=\s*(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>]{1,500})){0,20}"
_PREFIX = r"(?:(?:jats|mml|m|xhtml|html|ns\d{1,2}):)?"
_TAG = re.compile(
    rf"</?(?P<prefix>{_PREFIX})(?:(?P<block>{_BLOCKS})|(?P<inline>{_INLINES})|(?P<math>{_MATHML}))"
    rf"{_ATTRIBUTES}\s*/?>|</?(?:jats|mml):[\w-]{{1,40}}{_ATTRIBUTES}\s*/?>",
    re.IGNORECASE,
)
# Without a closing tag, "<i>" may be a comparison, and "<table>" a token.
_NEEDS_CLOSING = frozenset(
    {
        "a",
        "abstract",
        "address",
        "article",
        "b",
        "body",
        "cite",
        "code",
        "email",
        "font",
        "head",
        "i",
        "label",
        "list",
    }
    | {"mark", "none", "section", "statement", "table", "title", "u", "uri"}
)
_COMMENT = re.compile(r"<!--(?:(?!-->|<!--)[\s\S]){0,2000}-->|<\?xml[^<>]{0,200}\?>|<!\[CDATA\[|\]\]>")
_TWICE_IN_TEX = re.compile(
    rf"<{_PREFIX}tex-math{_ATTRIBUTES}\s*>[^<]{{0,5000}}</{_PREFIX}tex-math\s*>(?=\s*<{_PREFIX}math\b)"
    rf"|(?<=:math>)\s*<{_PREFIX}tex-math{_ATTRIBUTES}\s*>[^<]{{0,5000}}</{_PREFIX}tex-math\s*>",
    re.IGNORECASE,
)
_MATH = re.compile(
    rf"<{_PREFIX}math\b[^<>]{{0,2000}}>"
    rf"(?P<body>(?:(?!</?{_PREFIX}math\b)[\s\S]){{0,20000}})</{_PREFIX}math\s*>",
    re.IGNORECASE,
)
_LEAF = rf"<{_PREFIX}m(?:[ion]|text)\b[^<>]{{0,200}}>([^<>]{{0,200}})</{_PREFIX}m(?:[ion]|text)\s*>"
_SCRIPT_OF_LEAF = re.compile(
    rf"<{_PREFIX}ms(?P<kind>u[bp])\s*>\s*{_LEAF}\s*{_LEAF}\s*</{_PREFIX}msu[bp]\s*>", re.IGNORECASE
)
_SCRIPT = re.compile(
    rf"<{_PREFIX}su(?P<kind>[bp]){_ATTRIBUTES}\s*>(?P<text>[^<>]{{0,200}})</{_PREFIX}su[bp]\s*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:amp;)*(?P<body>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BETWEEN_TAGS = re.compile(r"(?<=>)\s+(?=<)|^\s+(?=<)|(?<=>)\s+$")
_LINE_EDGE = re.compile(r"(?<![ \t])[ \t]*\n\s*")


def clean_markup(text: str) -> str:
    """Return a text without HTML, JATS and MathML tags, and with entities decoded.

    Paragraphs and titles of sections become lines. "a < b", "<unk>" and "R&D"
    are kept.
    """
    if "<" in text:
        text = _without_tags(text)
    return _ENTITY.sub(_character, text) if "&" in text else text


def _without_tags(text: str) -> str:
    if not _TAG.search(text) and not _COMMENT.search(text):
        return text
    text = _TWICE_IN_TEX.sub("", _COMMENT.sub("", text))
    text = _MATH.sub(_formula, text)
    text = _SCRIPT.sub(_script, text)
    folded = text.lower()
    closed = {name for name in _NEEDS_CLOSING if f"/{name}>" in folded or f":{name}>" in folded}

    def replacement(found: re.Match[str]) -> str:
        name = (found["block"] or found["inline"] or found["math"] or "").lower()
        if name in _NEEDS_CLOSING and name not in closed and not found["prefix"]:
            return found[0]
        return "\n" if found["block"] else ""

    return _LINE_EDGE.sub("\n", _TAG.sub(replacement, text)).strip()


def _formula(found: re.Match[str]) -> str:
    return _SCRIPT_OF_LEAF.sub(_script_of_leaf, _BETWEEN_TAGS.sub("", found["body"]))


def _script_of_leaf(found: re.Match[str]) -> str:
    base, script = found[2].strip(), found[3].strip()
    return base + (raised(script) if found["kind"].lower() == "up" else lowered(script, base))


def _script(found: re.Match[str]) -> str:
    if found["kind"].lower() == "p":
        return raised(found["text"])
    return lowered(found["text"], found.string[max(0, found.start() - 2) : found.start()])


def _character(found: re.Match[str]) -> str:
    """Return the character of an entity, which may have been escaped several times."""
    body = found["body"]
    if body.startswith("#"):
        return unescape(f"&{body};")
    return html5.get(f"{body};", f"&{body};")
