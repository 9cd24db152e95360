"""The signs that model templates give a meaning to: where one turn ends and who speaks next."""

from __future__ import annotations

import re

_NAMES = r"s|bos|eos|pad|unk|mask|(?:start|end)_of_\w+|[BE]OS_TOKEN|tool_calls?|tool_response|think"
_TOOLS = (
    r"INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS|CALL_ID|IMG(?:_\w+)?|CONTROL_\d+"
)
_SIGN = re.compile(rf"<(?=[|｜]|/?(?:{_NAMES})>|<?/?SYS>)|\[(?=/?(?:{_TOOLS})\])", re.IGNORECASE)


def broken_up(text: str) -> str:
    """The text with a blank in each such sign: llama.cpp, vLLM and others read "<|im_start|>" in what somebody says as
    the beginning of a turn, and "< |im_start|>" as what it is."""
    return _SIGN.sub(lambda sign: f"{sign[0]} ", text)
