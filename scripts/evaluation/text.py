"""Text and character spans from the tokens of an annotated corpus."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}
_ATTACHED = re.compile(r"[.,;:!?)\]}%]|'s|n't")
_OPENING = ("(", "[")


@dataclass(frozen=True, slots=True)
class TokenText:
    """A text, and for each of its tokens the offsets of its first character and after its last."""

    text: str
    offsets: tuple[tuple[int, int], ...]

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Return the character span of the tokens from ``first`` up to, not including, ``end``."""
        return self.offsets[first][0], self.offsets[end - 1][1]


def join_tokens(tokens: Sequence[str]) -> TokenText:
    """Write tokens as a person would: brackets as signs, and no space before a comma."""
    text = ""
    offsets = []
    for token in tokens:
        written = _BRACKETS.get(token, token)
        if text and not _ATTACHED.fullmatch(written) and not text.endswith(_OPENING):
            text += " "
        offsets.append((len(text), len(text) + len(written)))
        text += written
    return TokenText(text, tuple(offsets))
