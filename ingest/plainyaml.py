"""YAML as people write it beside and above articles: without what takes time or memory beyond the length of its text.

Aliases let a few lines stand for millions of values, and a number without bounds cannot be written out.
"""

from __future__ import annotations

from typing import Any

import yaml

_DEEPEST = 20
_LONGEST_NUMBER = 30


class _PlainLoader(yaml.SafeLoader):
    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it holds a reference (*), which is not read")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise yaml.YAMLError(f"more than {_DEEPEST} levels are not read")
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_whole(self, node: yaml.ScalarNode) -> int | str:
        if len(node.value) > _LONGEST_NUMBER:
            return str(node.value)
        return self.construct_yaml_int(node)

    def construct_fraction(self, node: yaml.ScalarNode) -> float | str:
        if len(node.value) > _LONGEST_NUMBER:
            return str(node.value)
        return self.construct_yaml_float(node)


_PlainLoader.add_constructor("tag:yaml.org,2002:int", _PlainLoader.construct_whole)
_PlainLoader.add_constructor("tag:yaml.org,2002:float", _PlainLoader.construct_fraction)


def load(text: str | bytes) -> Any:
    """The value of a document. Raises ValueError for what is not such YAML."""
    try:
        return yaml.load(text, _PlainLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error
