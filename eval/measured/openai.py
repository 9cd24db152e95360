"""A live Dossier service through its OpenAI-compatible door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from eval.asking import Asking
from eval.errors import RunError
from eval.measured.served import Served, patiently
from eval.outcomes import Reply
from ingest.remote import json_object, open_client, parsed, reaching
from service.answer import Answer
from service.http.openai_errors import error_read
from service.question import Question
from service.remote import filters_json

ANSWER_SECONDS = 300.0


class OpenAISystem(Served):
    """See `eval.systems.System`. It answers in `mode`. This door tells neither the passages that were read nor what it
    would have said had it not refused."""

    def __init__(
        self,
        url: str,
        mode: Asking,
        model: str = "dossier",
        client: httpx.Client | None = None,
        key: SecretStr | None = None,
    ) -> None:
        super().__init__(url, key)
        self.name = f"openai door {self.url}"
        self._mode = mode
        self._model = model
        self._client = client or open_client(self.url, ANSWER_SECONDS, key)

    def close(self) -> None:
        """Closes the connections."""
        super().close()
        self._client.close()

    def answer(self, question: Question) -> Reply:
        """See `System`. Raises: RunError when the server there is no Dossier service."""
        answer = patiently(lambda: self._answered(question))
        return Reply(answer, insisted=answer if answer.status == "answered" else None)

    def _answered(self, question: Question) -> Answer:
        with reaching(self.url):
            response = self._client.post("/v1/chat/completions", json=self._body(question))
        content = json_object(response)
        if not response.is_success:
            raise error_read(content, response.status_code)
        if not isinstance(content.get("dossier"), dict):
            raise RunError(
                f"{self.url} is not a Dossier service: its replies have no `dossier` object.",
                "Give the address of `dossier serve`.",
            )
        return parsed(Answer, content["dossier"])

    def _body(self, question: Question) -> Mapping[str, Any]:
        messages = []
        for turn in question.conversation:
            messages.append({"role": "user", "content": turn.question})
            messages.append({"role": "assistant", "content": turn.answer})
        messages.append({"role": "user", "content": question.text})
        extension = {
            "filters": filters_json(question.filters),
            "asked_on": question.asked_on and question.asked_on.isoformat(),
            "conversation_id": question.conversation_id,
            "mode": self._mode,
        }
        return {"model": self._model, "messages": messages, "dossier": extension}
