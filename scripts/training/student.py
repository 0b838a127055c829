"""The student: spaCy's tok2vec with two heads, trained in PyTorch and written as spaCy's own layers.

The network is that of ``spacy.Tok2Vec.v2`` (MultiHashEmbed and MaxoutWindowEncoder:
Honnibal 2016, "Embed, encode, attend, predict"), layer for layer, so that its
weights can be put into a spaCy pipeline. PyTorch trains it several times faster
on the same cores. The entity head learns the teacher's probabilities (Hinton,
Vinyals & Dean 2015, "Distilling the knowledge in a neural network").
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from thinc.api import NumpyOps
from torch import Tensor, nn

from kgraph.extract.reader.entities import TAGS
from training.silver import ATTRIBUTES, Labelled

WIDTH = 96
DEPTH = 4
PIECES = 3
ROWS = (16_000, 2_000, 4_000, 2_500)
SEEDS = (8, 9, 10, 11)
"""The seeds of spaCy's MultiHashEmbed for its first, second … attribute."""

_OPS = NumpyOps()


class MaxoutLayer(nn.Module):
    """Thinc's Maxout with layer norm and dropout."""

    def __init__(self, inputs: int, outputs: int, dropout: float) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, outputs * PIECES)
        self.norm = nn.LayerNorm(outputs, eps=1e-8)
        self.dropout = nn.Dropout(dropout)
        self.outputs = outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return (rows, outputs) for (rows, inputs)."""
        return self.dropout(self.norm(self.linear(x).view(-1, self.outputs, PIECES).amax(-1)))


class Student(nn.Module):
    """Rows of hash tables (tokens, attributes, 4) to tag scores and part-of-speech scores."""

    def __init__(self, parts: int, dropout: float = 0.15) -> None:
        super().__init__()
        self.tables = nn.ModuleList(nn.EmbeddingBag(rows, WIDTH, mode="sum") for rows in ROWS)
        for table in self.tables:
            nn.init.uniform_(table.weight, -0.1, 0.1)
        self.embed_dropout = nn.Dropout(dropout)
        self.mix = MaxoutLayer(WIDTH * len(ROWS), WIDTH, dropout)
        self.layers = nn.ModuleList(MaxoutLayer(3 * WIDTH, WIDTH, dropout) for _ in range(DEPTH))
        self.entities = nn.Linear(WIDTH, len(TAGS))
        self.parts = nn.Linear(WIDTH, parts)

    def forward(self, lexemes: Tensor, tokens: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores of the real tokens.

        ``lexemes`` is (unique lexemes, attributes, 4) rows, ``tokens`` (rows,) the
        lexeme of each row, and ``real`` (rows,) False between texts.
        """
        embedded = torch.cat([table(lexemes[:, column]) for column, table in enumerate(self.tables)], -1)
        mixed = self.mix(self.embed_dropout(embedded))[tokens]
        # spaCy pads between texts before its first window with zeros, which later layers transform.
        x = mixed * real[:, None]
        for layer in self.layers:
            zero = x.new_zeros(1, WIDTH)
            window = torch.cat([torch.cat([zero, x[:-1]]), x, torch.cat([x[1:], zero])], -1)
            x = x + layer(window)
        x = x[real]
        return self.entities(x), self.parts(x)


def hash_rows(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the table rows of attribute values: (values, attributes) to (values, attributes, 4)."""
    columns = [
        _OPS.hash(np.ascontiguousarray(values[:, column]), SEEDS[column]).astype(np.int64) % ROWS[column]
        for column in range(len(ATTRIBUTES))
    ]
    return np.stack(columns, axis=1)


def batch_of(texts: Sequence[Labelled]) -> tuple[Tensor, Tensor, Tensor]:
    """Return lexemes, tokens and real, as :meth:`Student.forward` takes them."""
    pieces, real = [], []
    gap = np.zeros((DEPTH, len(ATTRIBUTES)), dtype=np.uint64)
    for text in texts:
        pieces += [gap, text.attributes]
        real += [np.zeros(DEPTH, dtype=bool), np.ones(len(text.attributes), dtype=bool)]
    pieces.append(gap)
    real.append(np.zeros(DEPTH, dtype=bool))
    # NORM is the same for "Token" and "token": shape and affixes belong to the lexeme.
    lexemes, tokens = np.unique(np.concatenate(pieces), axis=0, return_inverse=True)
    return (
        torch.from_numpy(hash_rows(lexemes)),
        torch.from_numpy(tokens.reshape(-1)),
        torch.from_numpy(np.concatenate(real)),
    )


def train(
    texts: Sequence[Labelled],
    parts: int,
    *,
    epochs: int,
    rate: float,
    seed: int,
    batch: int = 24,
    check: Callable[[Student], str],
) -> Student:
    """Train a student on texts, and call ``check`` after each epoch."""
    random.seed(seed)
    torch.manual_seed(seed)
    student = Student(parts)
    average = torch.optim.swa_utils.AveragedModel(
        student, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998)
    )
    optimizer = torch.optim.AdamW(student.parameters(), lr=rate, weight_decay=0.01)
    steps = epochs * ((len(texts) + batch - 1) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.05)
    order = list(range(len(texts)))
    for epoch in range(epochs):
        student.train()
        started, total, seen = time.time(), 0.0, 0
        random.shuffle(order)
        for start in range(0, len(order), batch):
            group = [texts[index] for index in order[start : start + batch]]
            scores, tags = student(*batch_of(group))
            target = torch.from_numpy(np.concatenate([text.entities for text in group]))
            weight = torch.from_numpy(
                np.concatenate([np.full(len(t.entities), t.weight, dtype=np.float32) for t in group])
            )
            part = torch.from_numpy(np.concatenate([text.parts for text in group]))
            entity_loss = (-(target * scores.log_softmax(-1)).sum(-1) * weight).mean()
            loss = entity_loss + 0.3 * nn.functional.cross_entropy(tags, part, ignore_index=-1)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(student)
            total, seen = total + float(loss.detach()), seen + 1
        average.module.eval()
        print(
            f"epoch {epoch + 1}: loss {total / seen:.3f}, {check(average.module)}, {time.time() - started:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    return average.module


@torch.inference_mode()
def log_probabilities(
    student: Student, texts: Sequence[Labelled]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return (all tokens, tags) log probabilities and the likeliest part of speech of each token."""
    scores, tags = student(*batch_of(texts))
    return scores.log_softmax(-1).numpy(), tags.argmax(-1).numpy()
