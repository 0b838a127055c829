"""spaCy's tokeniser with a cache: text between two spaces is tokenised once.

spaCy's own cache is off inside a memory zone, which would free its entries, and
tokenising by regular expressions takes nearly as long as the tok2vec.
"""

from __future__ import annotations

import re
from functools import lru_cache

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer

_PIECE = re.compile(r"\S+|\s+")
_REMEMBERED = 100_000


class RememberingTokenizer(DummyTokenizer):
    """Caches the tokens that the tokeniser of a pipeline gives for each piece of text.

    ``nlp.tokenizer`` must not make one token of text with a space inside, and
    spaCy's for English does not. The last 100,000 pieces are cached.
    """

    def __init__(self, nlp: Language) -> None:
        self._vocab = nlp.vocab
        tokenize = nlp.tokenizer

        @lru_cache(maxsize=_REMEMBERED)
        def pieces(text: str) -> tuple[tuple[str, ...], tuple[tuple[int, str], ...]]:
            tokens = tokenize(text)
            norms = ((token.i, token.norm_) for token in tokens if token.norm != token.lex.norm)
            return tuple(token.text for token in tokens), tuple(norms)

        self._pieces = pieces

    def __call__(self, text: str) -> Doc:
        """Return a document whose tokens, joined with their spaces, are the text."""
        words: list[str] = []
        spaces: list[bool] = []
        norms: list[tuple[int, str]] = []
        for piece in _PIECE.findall(text):
            # A single space belongs to the token before it. All other white space is a token.
            spaced = piece[0] == " " and bool(words)
            if spaced:
                spaces[-1] = True
                if piece == " ":
                    continue
            tokens, unusual = self._pieces(piece[spaced:])
            # The "n't" of "can't" is "not".
            norms.extend((len(words) + index, norm) for index, norm in unusual)
            words.extend(tokens)
            spaces.extend([False] * len(tokens))
        doc = Doc(self._vocab, words=words, spaces=spaces)
        for index, norm in norms:
            doc[index].norm_ = norm
        return doc
