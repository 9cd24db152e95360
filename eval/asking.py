"""How a case is put to the answerer."""

from typing import Literal

Asking = Literal["quoted", "auto"]
"""quoted: verbatim statements only, no LLM; auto: the LLM of the settings words them."""
