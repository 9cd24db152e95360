"""Passages of an article: what is embedded, found and cited from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

from ingest.article import Article, Passage, Section, Sentence, Span
from ingest.sentences import sentences
from ingest.stops import CLOSERS, STOPS

LIMIT = 180
"""Tokens of a passage; all-MiniLM-L6-v2 reads 256, and the title comes first."""
_MID_PARAGRAPH = 0.08
"""Cost of parting two sentences of one paragraph; as much as a passage 28 % off the even size."""
_LONGEST_LABEL = 200

CountTokens = Callable[[Sequence[str]], list[int]]


def passages(
    article: Article, sections: Sequence[Section], count_tokens: CountTokens, limit: int = LIMIT
) -> list[Passage]:
    """The article's sentences, each in one passage; a passage never crosses a section.

    A passage holds at most `limit` tokens unless it is a single longer sentence. Sizes within a section are even,
    and a passage ends with a paragraph where that costs little. No sections means one: the whole text.
    `count_tokens` is called once at most.
    """
    found = [
        (section.heading, sentences(article.text, section.span))
        for section in sections or [Section(Span(0, len(article.text)))]
    ]
    texts = [sentence.of(article.text) for _, run in found for sentence in run]
    sizes = iter(count_tokens(texts) if texts else [])
    groups = [
        (heading, group)
        for heading, run in found
        for group in _grouped(article.text, run, [max(1, next(sizes)) for _ in run], limit)
    ]
    article_id = article.id
    return [
        Passage(article_id, ordinal, Span(group[0].start, group[-1].end), tuple(group), heading)
        for ordinal, (heading, group) in enumerate(groups)
    ]


def embedding_text(article: Article, passage: Passage) -> str:
    """The passage's text under the article's title and the heading: `Title. Heading`, a new line, the text."""
    labels: list[str] = []
    for label in (article.title, passage.heading or ""):
        short = " ".join(label.split())[:_LONGEST_LABEL].rstrip()
        if short and short not in labels:
            labels.append(short)
    if len(labels) == 2 and not labels[0].rstrip(CLOSERS).endswith(tuple(STOPS)):
        labels[0] += "."
    return "\n".join([" ".join(labels), passage.span.of(article.text)] if labels else [passage.span.of(article.text)])


def _grouped(text: str, run: Sequence[Sentence], sizes: Sequence[int], limit: int) -> Iterator[Sequence[Sentence]]:
    costs = _break_costs(text, run)
    start = 0
    for index, size in enumerate([*sizes, limit + 1]):
        if size <= limit:
            continue
        cuts = _balanced(sizes[start:index], costs[start:index], limit)
        yield from (run[start + left : start + right] for left, right in pairwise(cuts))
        if index < len(run):
            yield run[index : index + 1]
        start = index + 1


def _break_costs(text: str, run: Sequence[Sentence]) -> list[float]:
    """The cost of ending a passage after each sentence; nothing at the end of a paragraph that is no headline."""
    gaps = [text[left.end : right.start].count("\n") for left, right in pairwise(run)]
    paragraph = 2 if any(gap > 1 for gap in gaps) else 1
    closed = [text[sentence.end - 1] in STOPS + CLOSERS for sentence in run]
    costs = [0.0 if gap >= paragraph and end else _MID_PARAGRAPH for gap, end in zip(gaps, closed, strict=False)]
    return [*costs, 0.0]


def _balanced(sizes: Sequence[int], costs: Sequence[float], limit: int) -> list[int]:
    """Where to cut a run of sentences, none over `limit`, both ends included.

    The cheapest way to reach each sentence is extended by one passage at a time, so that the whole is optimal.
    """
    sums = [0, *accumulate(sizes)]
    target = sums[-1] / max(1, _fewest(sizes, limit))
    best = [0.0]
    previous = [0]
    for end in range(1, len(sums)):
        options = []
        start = end - 1
        while start >= 0 and sums[end] - sums[start] <= limit:
            deviation = (sums[end] - sums[start]) / target - 1
            options.append((best[start] + deviation * deviation, start))
            start -= 1
        cost, chosen = min(options)
        best.append(cost + costs[end - 1])
        previous.append(chosen)
    cuts = [len(sizes)]
    while cuts[-1]:
        cuts.append(previous[cuts[-1]])
    return cuts[::-1]


def _fewest(sizes: Sequence[int], limit: int) -> int:
    """How many passages filling each to the brim would make."""
    count, room = 0, 0
    for size in sizes:
        if size > room:
            count, room = count + 1, limit
        room -= size
    return count
