"""The teacher: a pretrained transformer encoder, tuned to tag SciERC's entities."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from kgraph.extract.reader.entities import TAGS, best_tags
from training.gold import GoldText, span_f1, tags_of

_IGNORED = -100
_LONGEST = 512


class Teacher(nn.Module):
    """An encoder and a softmax over the tags at the first word piece of every token."""

    def __init__(self, folder: Path, frozen_layers: int) -> None:
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        self.encoder.embeddings.requires_grad_(False)
        for layer in self.encoder.encoder.layer[:frozen_layers]:
            layer.requires_grad_(False)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(self.encoder.config.hidden_size, len(TAGS))

    def forward(self, docs: Sequence[Doc]) -> tuple[Tensor, Tensor]:
        """Return log probabilities (tokens of all docs, tags) and which tokens were seen."""
        words = [[token.text for token in doc] for doc in docs]
        pieces = self.tokenizer(
            words,
            is_split_into_words=True,
            truncation=True,
            max_length=_LONGEST,
            padding=True,
            return_tensors="pt",
        )
        inputs = {name: pieces[name] for name in ("input_ids", "attention_mask")}
        states = self.encoder(**inputs).last_hidden_state
        rows, columns, seen = [], [], []
        for row, doc in enumerate(docs):
            first: dict[int, int] = {}
            for column, word in enumerate(pieces.word_ids(row)):
                if word is not None:
                    first.setdefault(word, column)
            for token in range(len(doc)):
                rows.append(row)
                columns.append(first.get(token, 0))
                seen.append(token in first)
        logits = self.head(self.dropout(states[torch.tensor(rows), torch.tensor(columns)]))
        return logits.log_softmax(-1), torch.tensor(seen)


def by_length(docs: Sequence[Doc], size: int) -> list[list[int]]:
    """Return batches of indices. Texts of similar length are together, which saves padding."""
    order = sorted(range(len(docs)), key=lambda index: len(docs[index]))
    return [order[start : start + size] for start in range(0, len(order), size)]


def tune(
    teacher: Teacher,
    nlp: Language,
    gold: Sequence[GoldText],
    dev: Sequence[GoldText],
    *,
    epochs: int,
    rate: float,
    seed: int,
    batch: int = 4,
) -> None:
    """Tune a teacher on gold texts, and print the F1 on others after each epoch."""
    random.seed(seed)
    torch.manual_seed(seed)
    docs = [nlp.make_doc(text.text) for text in gold]
    seen_docs = [nlp.make_doc(text.text) for text in dev]
    tags = [tags_of(doc, text.spans) for doc, text in zip(docs, gold, strict=True)]
    head = [p for n, p in teacher.named_parameters() if p.requires_grad and n.startswith("head")]
    body = [p for n, p in teacher.named_parameters() if p.requires_grad and not n.startswith("head")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": head, "lr": 1e-3}], weight_decay=0.01
    )
    steps = epochs * len(by_length(docs, batch))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * steps), max(0.02, (steps - step) / (0.9 * steps)))
    )
    for epoch in range(epochs):
        teacher.train()
        started, total = time.time(), 0.0
        batches = by_length(docs, batch)
        random.shuffle(batches)
        for group in batches:
            log, seen = teacher([docs[index] for index in group])
            target = torch.tensor([tag for index in group for tag in tags[index]])
            loss = nn.functional.nll_loss(log[seen], target[seen])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        scores = dict(tag_probabilities(teacher, seen_docs))
        score = span_f1(dev, seen_docs, best_tags([scores[index] for index in range(len(dev))]))
        print(
            f"epoch {epoch + 1}: loss {total / len(batches):.3f}, dev F1 {score:.1f}, {time.time() - started:.0f} s",
            file=sys.stderr,
            flush=True,
        )


@torch.inference_mode()
def tag_probabilities(
    teacher: Teacher, docs: Sequence[Doc], batch: int = 16
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield (index of the doc, log probabilities of shape (tokens seen, tags)), texts of similar
    length together."""
    teacher.eval()
    for group in by_length(docs, batch):
        log, seen = teacher([docs[index] for index in group])
        start = 0
        for index in group:
            end = start + len(docs[index])
            yield index, log[start:end][seen[start:end]].numpy()
            start = end
