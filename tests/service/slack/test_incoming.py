"""What Slack sends, as a person reads it, and what of it is for the bot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.question import Turn
from service.slack.attention import addressed, asks, courtesy, follows_up, unaddressed
from service.slack.incoming import links, plain
from service.slack.layout import escaped

TURNS = [Turn("Why did Tashkent leave the CSTO?", "It prefers bilateral ties to Moscow. [1]")]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@UBOT> why?", "why?"),
        ("hey <@UBOT>, why?", "hey , why?"),
        ("what did <@U2> say", "what did @U2 say"),
        ("<@U2|grace> and <#C1|general>", "@grace and #general"),
        ("see <https://example.org/a?b=1&amp;c=2>", "see https://example.org/a?b=1&c=2"),
        ("see <https://example.org|the report>", "see the report"),
        ("write to <mailto:a@example.org|a@example.org>", "write to a@example.org"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<!here> <!subteam^S1|@desk> look", "@here @@desk look"),
        ("one\n two", "one\n two"),
        ("", ""),
    ],
)
def test_text_is_read_as_people_see_it(sent: str, read: str) -> None:
    assert plain(sent, without="UBOT") == read


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=80))
def test_whatever_somebody_types_comes_back(text: str) -> None:
    assert plain(escaped(text)) == text


@pytest.mark.parametrize("text", ["thanks!", "Great, thank you so much", ":rocket: :joy:", "🎉", "ok thanks dossier"])
def test_a_courtesy_is_no_question(text: str) -> None:
    assert courtesy(text)


@pytest.mark.parametrize("text", ["thanks, and when?", "why", "CSTO", "thank whom?"])
def test_a_question_is_no_courtesy(text: str) -> None:
    assert not courtesy(text)


def test_a_link_that_slack_did_not_wrap_is_one() -> None:
    assert links("add https://a.example/x and <https://b.example/y>") == ("https://b.example/y", "https://a.example/x")


def test_links_are_those_of_pages_each_once() -> None:
    text = "add <https://a.example/x> <https://a.example/x|again> <mailto:a@b.example> <ftp://c.example> <@U1>"
    assert links(text) == ("https://a.example/x",)


@pytest.mark.parametrize("text", ["Dossier, when?", "hey dossier when", "DOSSIER: when?", "ok Dossier when?"])
def test_it_knows_its_name(text: str) -> None:
    assert addressed(text)
    assert unaddressed(text).startswith("when")


@pytest.mark.parametrize("text", ["the dossier is thick", "Dossiers are thick", "when?"])
def test_a_word_like_its_name_is_none(text: str) -> None:
    assert not addressed(text)


@pytest.mark.parametrize("text", ["When?", "why did they leave", "and where was it signed", "متى؟", "它什么时候离开？"])
def test_a_question_is_known(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["Thanks", "when", "I see", "They left."])
def test_what_is_no_question_is_known(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    ["And when?", "When did it do that?", "Who told Moscow?", "What about Kazakhstan?", "Did Tashkent say why?"],
)
def test_a_question_about_the_answer_is_followed(text: str) -> None:
    assert follows_up(text, TURNS)


@pytest.mark.parametrize(
    "text", ["Anyone for lunch?", "Can you send me the Moscow file?", "Where is the stapler?", "Tashkent is nice", "ok"]
)
def test_people_among_themselves_are_not(text: str) -> None:
    assert not follows_up(text, TURNS)
