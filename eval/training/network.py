"""The cross-encoder as torch trains it: the packaged MiniLM under a small head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from service.pairing import Encoded

DROPOUT = 0.1


class Network(nn.Module):
    """The head reads the first piece, which gathers the pair, beside the mean of the sentence's own pieces."""

    def __init__(self, source: str, dropout: float = DROPOUT) -> None:
        """`source` is a folder of a BERT-like model."""
        from transformers import AutoModel

        super().__init__()
        self.encoder = AutoModel.from_pretrained(source, add_pooling_layer=False)
        size = self.encoder.config.hidden_size
        self.head = nn.Sequential(nn.Linear(2 * size, size), nn.GELU(), nn.Dropout(dropout), nn.Linear(size, 1))

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, sentence: Tensor, mask: Tensor | None = None) -> Any:
        """One logit a row. `sentence` is 1 at the pieces of the sentence, `mask` at all but the padding."""
        read = self.encoder(input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=mask).last_hidden_state
        own = (read * sentence.unsqueeze(-1)).sum(1) / sentence.sum(1, keepdim=True)
        return self.head(torch.cat([read[:, 0], own], dim=-1)).squeeze(-1)


def padded(pairs: Sequence[Encoded]) -> dict[str, Tensor]:
    """The arguments of `Network.forward` for a batch."""
    shape = len(pairs), max(len(pair.ids) for pair in pairs)
    ids, segments, mask = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    sentence = torch.zeros(shape)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        segments[row, : len(pair.ids)] = torch.tensor(pair.segments)
        mask[row, : len(pair.ids)] = 1
        sentence[row, pair.start : pair.end] = 1.0
    return {"input_ids": ids, "token_type_ids": segments, "sentence": sentence, "mask": mask}
