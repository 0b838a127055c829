"""Formats that kgraph recognises only to name them when it refuses a file."""

from __future__ import annotations

import re

_BINARY = (
    (b"%PDF", "a PDF (export its reference from a reference manager instead)"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"ARROW1", "an Arrow file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x7fELF", "a program"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
)
_TAR = slice(257, 262)
_TEXT = (
    (re.compile(r"<!doctype html|<html|<head|<body", re.I), "an HTML page: save or copy its text instead"),
    (
        re.compile(r"<\?xml|<!DOCTYPE|<[a-z][\w.-]*(?:\s[^<>]*)?>", re.I),
        "XML, but not that of PubMed, arXiv or EndNote: export BibTeX, RIS or CSV instead",
    ),
    (
        re.compile(r"#{1,6} \S|[-*+] (?:\*\*|\[)|\|.*\|[ \t]*\n\|[ \t:|-]+\|"),
        "Markdown, in which papers and other links look alike: export the papers from a reference manager, "
        "or write a table with the header title,abstract",
    ),
)
PLAIN_TEXT = (
    "plain text, in which titles look like other lines: write a table with the header title,abstract, "
    "or export the papers from a reference manager"
)
"""The name of a text in no other format, and a remedy."""


def refused_binary(beginning: bytes) -> str | None:
    """Return the name of the binary format that begins like this, or None."""
    if beginning[_TAR] == b"ustar":
        return "a tar archive (unpack it and name the folder)"
    return next((name for magic, name in _BINARY if beginning.startswith(magic)), None)


def refused_text(beginning: str) -> str | None:
    """Return the name of the text format that begins like this, or None."""
    return next((name for pattern, name in _TEXT if pattern.match(beginning)), None)
