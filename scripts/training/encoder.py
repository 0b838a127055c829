"""Export the teacher as ONNX, for ``--encoder``."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from kgraph.extract.reader.encoder import MODEL, TOKENIZER
from training.teacher import Teacher


class _Scores(nn.Module):
    def __init__(self, teacher: Teacher) -> None:
        super().__init__()
        self.encoder, self.head = teacher.encoder, teacher.head

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.head(states)  # type: ignore[no-any-return]


def export(teacher: Teacher, folder: Path) -> None:
    """Write a teacher to a folder as ``kgraph_encoder`` reads it.

    It is in full precision, because with 8-bit weights it lost 5 points of F1 on SciERC's
    development papers, on processors without VNNI, and was no faster than half.
    """
    folder.mkdir(parents=True, exist_ok=True)
    teacher.eval()
    # Real word pieces: with padding alone the exporter takes positions for constants.
    pieces = torch.arange(5, 37).reshape(2, 16)
    mask = torch.ones(2, 16, dtype=torch.long)
    mask[1, 12:] = 0
    size = {0: torch.export.Dim("texts", min=1), 1: torch.export.Dim("pieces", min=2, max=512)}
    program = torch.onnx.export(
        _Scores(teacher),
        (pieces, mask),
        input_names=["input_ids", "attention_mask"],
        output_names=["scores"],
        dynamic_shapes={"input_ids": size, "attention_mask": size},
        dynamo=True,
    )
    assert program is not None
    program.save(folder / MODEL)
    teacher.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
