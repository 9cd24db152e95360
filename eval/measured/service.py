"""A live Dossier service through `POST /v1/ask`."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from eval.asking import Asking
from eval.measured.house import followed
from eval.measured.served import Served, patiently
from eval.outcomes import Reply
from service.question import Question
from service.remote import RemoteAnswerer


class ServiceSystem(Served):
    """See `eval.systems.System`. It answers in `mode`; what it would have said had it not refused, it does not tell."""

    def __init__(self, url: str, mode: Asking, key: SecretStr | None = None) -> None:
        super().__init__(url, key)
        self.name = f"service {self.url}"
        self._mode = mode
        self._answerer = RemoteAnswerer(self.url, key=key)

    def close(self) -> None:
        """Closes the connections."""
        super().close()
        self._answerer.close()

    def answer(self, question: Question) -> Reply:
        """See `System`."""
        asked = replace(question, mode=self._mode)
        answer, passages = patiently(lambda: followed(self._answerer, asked))
        return Reply(answer, passages, answer if answer.status == "answered" else None)
