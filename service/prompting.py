"""Prompts: text files that know their variables, and fail before any call when one is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal, NamedTuple, cast

import yaml
from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.errors import PromptError

Role = Literal["system", "user", "assistant"]

_FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n(.*)", re.DOTALL)
_TURN = re.compile(r"^---(system|user|assistant)---\n", re.MULTILINE)


class Message(NamedTuple):
    """What is said to a model, and as whom."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file: what it needs, why it is as it is, and its turns.

    The file begins with YAML front matter (`id`, `version`, `inputs`, `why`), then holds turns, each under a line
    `---system---`, `---user---` or `---assistant---`. Turns are told apart before any value is put in, so that a
    value can never begin a turn.
    """

    id: str
    version: int
    inputs: tuple[str, ...]
    why: str
    turns: tuple[tuple[Role, Template], ...]

    def render(self, **values: object) -> list[Message]:
        """The messages with the values put in.

        Raises: PromptError naming each value that is missing or unknown.
        """
        _same(f"The prompt {self.id} was rendered", given=set(values), expected=set(self.inputs))
        try:
            return [Message(role, turn.render(values).strip()) for role, turn in self.turns]
        except (TemplateError, TypeError) as error:
            raise PromptError(f"The prompt {self.id} cannot be rendered: {error}", "Mend its file.") from error


def load_prompt(name: str, folder: Traversable | None = None) -> Prompt:
    """The prompt of `name`.md, from the installed prompts unless a folder is given.

    Raises: PromptError if there is none or its file cannot be used.
    """
    file = (folder or resources.files("prompts")) / f"{name}.md"
    try:
        source = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"The prompt {name} cannot be read.", "Install the package again.") from error
    return parse_prompt(name, source)


def parse_prompt(name: str, source: str) -> Prompt:
    """The prompt written in `source`.

    Raises: PromptError if the front matter is incomplete, the body is no template, or the variables of the body are
    not the declared inputs.
    """
    split = _FRONT_MATTER.fullmatch(source)
    if split is None:
        raise PromptError(f"The prompt {name} has no front matter.", "Begin the file with a block between --- lines.")
    header = _header(name, split[1])
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    turns, variables = [], set[str]()
    for role, body in _turns(name, split[2]):
        try:
            variables |= meta.find_undeclared_variables(environment.parse(body))
            turns.append((role, environment.from_string(body)))
        except TemplateError as error:
            raise PromptError(f"The prompt {name} is no template: {error}", "Mend its file.") from error
    inputs = tuple(header.inputs)
    _same(f"The body of the prompt {name} is written", given=variables, expected=set(inputs))
    return Prompt(header.id, header.version, inputs, header.why.strip(), tuple(turns))


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1)
    version: int = Field(ge=1)
    inputs: list[str]
    why: str = Field(min_length=1)


def _header(name: str, text: str) -> _Header:
    try:
        return _Header.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PromptError(f"The front matter of the prompt {name} is no YAML.", "Mend its file.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'all'}: {fault['msg']}" for fault in error.errors())
        raise PromptError(f"The front matter of the prompt {name} is wrong: {faults}.", "Mend its file.") from error


def _turns(name: str, body: str) -> Iterator[tuple[Role, str]]:
    before, *rest = _TURN.split(body)
    if before.strip() or not rest:
        raise PromptError(f"The body of the prompt {name} does not begin with a turn.", "Begin it with ---system---.")
    for role, text in zip(rest[::2], rest[1::2], strict=True):
        yield cast(Role, role), text


def _same(subject: str, given: set[str], expected: set[str]) -> None:
    """Raises PromptError unless the two sets of names are equal."""
    faults = [
        f"{label} {', '.join(sorted(names))}"
        for label, names in (("without", expected - given), ("with unknown", given - expected))
        if names
    ]
    if faults:
        raise PromptError(f"{subject} {' and '.join(faults)}.", "Make the front matter, the body and the call agree.")
