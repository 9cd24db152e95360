from __future__ import annotations

import time
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.conversation import standalone
from service.followup.clause import parse
from service.followup.english import gerund, past, possessive, third
from service.followup.mentions import Kind, is_adjective, kind_of, mentions
from service.followup.phrases import phrases
from service.question import MAX_CHARACTERS, Turn

# The earlier question, the follow-up, and the follow-up as it stands alone.
FOLLOW_UPS = [
    ("Why did Tashkent leave the CSTO?", "And Kazakhstan?", "Why did Kazakhstan leave the CSTO?"),
    ("Why did Tashkent leave the CSTO?", "When was that?", "When did Tashkent leave the CSTO?"),
    ("Why did Tashkent leave the CSTO?", "When?", "When did Tashkent leave the CSTO?"),
    ("When did Tashkent leave the CSTO?", "Why?", "Why did Tashkent leave the CSTO?"),
    ("When did Tashkent leave the CSTO in June 2012?", "Why did it?", "Why did Tashkent leave the CSTO in June 2012?"),
    ("Why did Tashkent leave the CSTO in 2012?", "When exactly?", "When did Tashkent leave the CSTO?"),
    ("When did Tashkent leave the CSTO?", "And NATO?", "When did Tashkent leave NATO?"),
    (
        "How many troops does Russia have in Tajikistan?",
        "What about Kyrgyzstan?",
        "How many troops does Kyrgyzstan have in Tajikistan?",
    ),
    (
        "How many troops does Russia have in Tajikistan?",
        "And in Kyrgyzstan?",
        "How many troops does Russia have in Kyrgyzstan?",
    ),
    (
        "How many troops did Russia have in Tajikistan in 2012?",
        "And in 2013?",
        "How many troops did Russia have in Tajikistan in 2013?",
    ),
    (
        "How many troops did Russia have in Tajikistan in 2012?",
        "And now?",
        "How many troops does Russia have in Tajikistan now?",
    ),
    (
        "How many soldiers does Russia keep in Tajikistan?",
        "And tanks?",
        "How many tanks does Russia keep in Tajikistan?",
    ),
    (
        "Where is Russia's base in Tajikistan?",
        "What is the base's strength?",
        "What is the base's strength? (Russia's base in Tajikistan)",
    ),
    ("Where is Russia's base in Tajikistan?", "How big is it?", "How big is Russia's base in Tajikistan?"),
    (
        "Where is Russia's base in Tajikistan?",
        "How many soldiers are there?",
        "How many soldiers are there in Tajikistan?",
    ),
    ("When was the Manas base opened?", "Why was it closed?", "Why was the Manas base closed?"),
    ("When was the Manas base opened?", "By whom?", "By whom was the Manas base opened?"),
    ("When was the Manas base opened?", "Who?", "By whom was the Manas base opened?"),
    (
        "When did the president of Uzbekistan visit Moscow?",
        "Who did he meet?",
        "Who did the president of Uzbekistan meet?",
    ),
    ("When did Karimov meet Putin?", "What did he say?", "What did Karimov say?"),
    ("When did Karimov meet Putin?", "Where?", "Where did Karimov meet Putin?"),
    ("What did Karimov discuss with Putin?", "When was that?", "What did Karimov discuss with Putin, and when?"),
    ("Who left the CSTO?", "When?", "Who left the CSTO, and when?"),
    ("Which countries signed the treaty?", "How many?", "How many countries signed the treaty?"),
    ("How many countries signed the Tashkent Treaty?", "Which ones?", "Which countries signed the Tashkent Treaty?"),
    ("Did anyone object to the deal?", "Who?", "Who objected to the deal?"),
    ("Were any soldiers killed in the attack?", "How many?", "How many soldiers were killed in the attack?"),
    ("Did Russia send troops to Tajikistan?", "How many?", "How many troops did Russia send to Tajikistan?"),
    ("Who are the members of the CSTO?", "How many?", "How many members of the CSTO are there?"),
    ("Did Kazakhstan leave the CSTO?", "Why not?", "Why did Kazakhstan not leave the CSTO?"),
    ("Did Kazakhstan leave the CSTO?", "Is that true?", "Did Kazakhstan leave the CSTO?"),
    ("Why did Tashkent leave the CSTO?", "Is that true?", "Is it true that Tashkent left the CSTO?"),
    (
        "Why did Tashkent leave the CSTO?",
        "How did Russia react to that?",
        "How did Russia react to Tashkent's leaving the CSTO?",
    ),
    ("Why did Tashkent leave the CSTO?", "What happened after that?", "What happened after Tashkent left the CSTO?"),
    ("Why did Tashkent leave the CSTO?", "Was that legal?", "Was Tashkent's leaving the CSTO legal?"),
    (
        "Why did Tashkent leave the CSTO?",
        "What does this mean for Moscow?",
        "What does Tashkent's leaving the CSTO mean for Moscow?",
    ),
    ("Why did Tashkent leave the CSTO?", "When was the organisation founded?", "When was the CSTO founded?"),
    ("Why did Tashkent leave the CSTO?", "Did it join NATO?", "Did Tashkent join NATO?"),
    ("Why did Tashkent leave the CSTO?", "When was it founded?", "When was the CSTO founded?"),
    ("Why did Tashkent leave the CSTO?", "Who leads it?", "Who leads the CSTO?"),
    ("What is the CSTO?", "Where is it?", "Where is the CSTO?"),
    ("What is the CSTO?", "What are its goals?", "What are the CSTO's goals?"),
    ("What did Putin and Karimov discuss?", "When did they meet?", "When did Putin and Karimov meet?"),
    ("What do the protesters want?", "Where are they?", "Where are the protesters?"),
    ("What do the protesters want?", "And the rebels?", "What do the rebels want?"),
    ("What is the population of Osh?", "And Bishkek?", "What is the population of Bishkek?"),
    ("What is the population of Osh?", "And the area?", "What is the area of Osh?"),
    ("What is Osh's population?", "What about Naryn?", "What is Naryn's population?"),
    ("What is the Russian position on the dam?", "And Kazakhstan?", "What is Kazakhstan's position on the dam?"),
    ("Where is the Russian base?", "What about the American one?", "Where is the American base?"),
    ("Did Russia and Kazakhstan sign the agreement?", "And Belarus?", "Did Belarus sign the agreement?"),
    ("Who was in Manas?", "Who lives there?", "Who lives in Manas?"),
    ("When did NATO leave Afghanistan?", "Are there still troops there?", "Are there still troops in Afghanistan?"),
    (
        "What did the talks between Russia and Kazakhstan achieve?",
        "And Belarus?",
        "What did the talks between Russia and Belarus achieve?",
    ),
    ("Why did the war in Syria spread?", "When did it start?", "When did the war in Syria start?"),
    ("Who won the 2014 World Cup?", "Where was it held?", "Where was the 2014 World Cup held?"),
    ("Who built the Rogun dam?", "How tall is it?", "How tall is the Rogun dam?"),
    ("Where is the Rogun dam?", "Who is paying for it?", "Who is paying for the Rogun dam?"),
    (
        "What did Karimov sign in Moscow?",
        "Did the agreement mention gas?",
        "Did the agreement mention gas? (Karimov and Moscow)",
    ),
    ("How did Moscow react?", "What about the opposition?", "How did the opposition react?"),
    ("why did uzbekistan leave the csto?", "and kazakhstan?", "Why did Kazakhstan leave the csto?"),
    ("Has Kyrgyzstan joined the customs union?", "Why?", "Why has Kyrgyzstan joined the customs union?"),
    ("Will Kyrgyzstan close the base?", "When will that happen?", "When will Kyrgyzstan close the base?"),
    (
        "What sanctions did the EU impose on Uzbekistan?",
        "Why did they impose them?",
        "Why did the EU impose the sanctions? (Uzbekistan)",
    ),
    ("Where is the summit?", "When is it?", "When is the summit?"),
    ("Is Moldova neutral?", "Since when?", "Since when is Moldova neutral?"),
    ("Why did Tashkent leave the CSTO?", "Who said that?", "Who said that Tashkent left the CSTO?"),
    ("What caused the power cut in Almaty?", "How long did it last?", "How long did the power cut in Almaty last?"),
    ("When did Roza Otunbayeva resign?", "Who replaced her?", "Who replaced Roza Otunbayeva?"),
    ("When did Roza Otunbayeva resign?", "What was her reason?", "What was Roza Otunbayeva's reason?"),
    ("Who met Putin in Moscow?", "And Obama?", "Who met Obama in Moscow?"),
    ("Until when may Russia keep its base in Tajikistan?", "How big is it?", "How big is Russia's base in Tajikistan?"),
    (
        "Why did Pakistan close its roads to NATO convoys?",
        "Where are they?",
        "Where are Pakistan's roads to NATO convoys?",
    ),
    ("Who is the secretary general of NATO?", "And of the CSTO?", "Who is the secretary general of the CSTO?"),
    ("What is the price of gas in Tashkent?", "What about in Bishkek?", "What is the price of gas in Bishkek?"),
    ("How many seats did the Nur Otan party win?", "And the opposition?", "How many seats did the opposition win?"),
    (
        "When did Almazbek Atambayev visit Brussels?",
        "What did he discuss there?",
        "What did Almazbek Atambayev discuss in Brussels?",
    ),
    ("When did Angela Merkel resign?", "Who succeeded her?", "Who succeeded Angela Merkel?"),
    ("When did the talks in Geneva fail?", "Who attended them?", "Who attended the talks in Geneva?"),
    (
        "Has Kazakhstan raised its interest rate?",
        "By how much?",
        "By how much has Kazakhstan raised its interest rate?",
    ),
    ("Is the airport in Osh open?", "Since when?", "Since when is the airport in Osh open?"),
    ("Which companies operate at Kashagan?", "Since when?", "Which companies operate at Kashagan, and since when?"),
    (
        "How did the IMF respond to the crisis in Ukraine?",
        "And the World Bank?",
        "How did the World Bank respond to the crisis in Ukraine?",
    ),
    ("What did Lavrov say about Syria?", "And about Iran?", "What did Lavrov say about Iran?"),
    ("What did Lavrov say about Syria?", "And Kerry?", "What did Kerry say about Syria?"),
    ("Where did the earthquake strike?", "When?", "When did the earthquake strike?"),
    (
        "Did the ruling party win the election?",
        "By how many votes?",
        "By how many votes did the ruling party win the election?",
    ),
    ("Did the ruling party win the election?", "Why not?", "Why did the ruling party not win the election?"),
    ("Who won the election in Georgia?", "When was it held?", "When was the election in Georgia held?"),
    ("Who won the election in Georgia?", "What about Moldova?", "Who won the election in Moldova?"),
    ("Why is the Aral Sea shrinking?", "Is it still a lake?", "Is the Aral Sea still a lake?"),
    ("What causes inflation in Turkey?", "And in Argentina?", "What causes inflation in Argentina?"),
    ("What is the SCO?", "Who are its members?", "Who are the SCO's members?"),
    ("What is the SCO?", "When was it founded and where?", "When was the SCO founded and where?"),
    ("Does China trade with Tajikistan?", "How much?", "How much does China trade with Tajikistan?"),
    ("Is Turkmenistan a member of the CIS?", "Why not?", "Why is Turkmenistan not a member of the CIS?"),
    (
        "Why did Uzbekistan freeze its membership?",
        "Did this surprise Moscow?",
        "Did Uzbekistan's freezing its membership surprise Moscow?",
    ),
    (
        "Why did Uzbekistan freeze its membership?",
        "What was the Kremlin's reaction to this decision?",
        "What was the Kremlin's reaction to this decision? (Uzbekistan)",
    ),
    ("Why did Uzbekistan freeze its membership?", "Thanks! And when?", "When did Uzbekistan freeze its membership?"),
    ("Can Kyrgyzstan pay its debt?", "Why?", "Why can Kyrgyzstan pay its debt?"),
    ("Tell me about the Rogun dam", "How tall is it?", "How tall is the Rogun dam?"),
    ("Rogun dam", "When was it started?", "When was Rogun dam started?"),
    (
        "What happened in Zhanaozen in December 2011?",
        "How many people died there?",
        "How many people died in Zhanaozen?",
    ),
    (
        "What happened in Zhanaozen in December 2011?",
        "Why did that happen?",
        "What happened in Zhanaozen in December 2011, and why?",
    ),
]

STANDING_ALONE = [
    ("When did NATO leave Afghanistan?", "Who won the 2014 World Cup?"),
    ("When did NATO leave Afghanistan?", "What is the capital of Kazakhstan?"),
    ("When did NATO leave Afghanistan?", "Is it possible to visit Samarkand?"),
    ("When did NATO leave Afghanistan?", "Did Kazakhstan change its constitution?"),
    ("When did NATO leave Afghanistan?", "Why did Putin say he would not run?"),
    ("When did NATO leave Afghanistan?", "And when did Kazakhstan join the WTO?"),
    ("What is the CSTO?", "Does the Prince of Wales have his own bodyguards?"),
    ("What is the CSTO?", "When did Putin tell Karimov that he would visit Tashkent?"),
    ("What is the CSTO?", "How long does it take to fly from Almaty to Osh?"),
    ("What is the CSTO?", "On what day was it confirmed that Bakiyev had fled?"),
    ("What is the CSTO?", "Are there Russian troops in Armenia?"),
    ("What is the CSTO?", "Why do members pay their dues late in Kenya?"),
    ("What is the CSTO?", "When did the court in Strasbourg publish its ruling?"),
    ("What is the CSTO?", "I think that they are right."),
    ("What is the CSTO?", "Thanks!"),
    ("Where is Broadway?", "Which company said it will seek approval for the first vaccine?"),
    ("Where is Broadway?", "Who announced his resignation this week?"),
    ("Where is Broadway?", "Which state approved a measure this week that will legalise gambling?"),
    ("Where is the IRS?", "Apple released new software in May. Which feature did the company add to its phones?"),
    ("Where is Broadway?", "Kanye West, who changed his name, announced he is buying which company?"),
    ("Where is the Manas base?", "Which agreement between Peru and Chile ended the dispute?"),
    ("What did Karimov sign in Moscow?", "Why did the Swiss vote against the agreement?"),
    ("Who won the election in Georgia?", "How many seats does the Bundestag have?"),
]

UNRELATED = [
    "Why did Tashkent leave the CSTO?",
    "How many soldiers does France keep in Mali?",
    "Who won the 2014 World Cup?",
    "What is the capital of Kazakhstan?",
    "When was the Rogun dam begun?",
    "Which countries share the Aral Sea?",
    "Did Roza Otunbayeva resign in 2011?",
    "How did the IMF respond to the crisis in Ukraine?",
    "Is the airport at Osh open at night?",
    "What did Angela Merkel say about refugees in 2015?",
]


@pytest.mark.parametrize(("earlier", "follow_up", "expected"), FOLLOW_UPS)
def test_a_follow_up_is_made_to_stand_alone(earlier: str, follow_up: str, expected: str) -> None:
    assert standalone(follow_up, [Turn(earlier, "It was so, he said.")]) == expected


@pytest.mark.parametrize(("earlier", "question"), STANDING_ALONE)
def test_what_stands_alone_is_not_touched(earlier: str, question: str) -> None:
    assert standalone(question, [Turn(earlier, "It was so, he said.")]) == question


@pytest.mark.parametrize(("earlier", "question"), list(permutations(UNRELATED, 2)))
def test_a_change_of_topic_is_not_touched(earlier: str, question: str) -> None:
    assert standalone(question, [Turn(earlier, "The articles name several reasons.")]) == question


@pytest.mark.parametrize("question", ["When was that?", "And Kazakhstan?", "  Why did it?", "What about there?"])
def test_without_a_conversation_nothing_changes(question: str) -> None:
    assert standalone(question, []) == question


def test_after_mere_thanks_nothing_changes() -> None:
    assert standalone("When was that?", [Turn("Thanks!", "You are welcome.")]) == "When was that?"


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (["Why did Tashkent leave the CSTO?", "And Yerevan?", "When was that?"], "When did Yerevan leave the CSTO?"),
        (
            ["When did Tashkent leave the CSTO?", "Why?", "And Kazakhstan?", "How did Moscow react to that?"],
            "How did Moscow react to Kazakhstan's leaving the CSTO?",
        ),
        (
            ["How many troops did Russia have in Tajikistan in 2012?", "And in 2013?", "And in Armenia?", "And tanks?"],
            "How many tanks did Russia have in Armenia in 2013?",
        ),
        (["Where is the Rogun dam?", "How tall is it?", "Who is paying for it?"], "Who is paying for the Rogun dam?"),
        (["Why did Tashkent leave the CSTO?", "Thanks.", "When was that?"], "When did Tashkent leave the CSTO?"),
        (
            ["Where is Russia's base in Tajikistan?", "How old is the base?", "When was it opened?"],
            "When was Russia's base in Tajikistan opened?",
        ),
    ],
)
def test_a_chain_keeps_its_subject(questions: list[str], expected: str) -> None:
    turns = [Turn(question, "The articles say so.") for question in questions[:-1]]
    assert standalone(questions[-1], turns) == expected


@pytest.mark.parametrize(
    ("question", "answer", "follow_up", "expected"),
    [
        ("Who is the president of Uzbekistan?", "Islam Karimov.", "How old is he?", "How old is Islam Karimov?"),
        ("Where did the flights move?", "To an air base in Romania.", "Who works there?", "Who works in Romania?"),
        ("Who objected?", "NATO objected.", "Where is its seat?", "Where is NATO's seat?"),
        (
            "What do neighbours fear?",
            "They fear the Kambarata dam.",
            "How high is the dam?",
            "How high is the dam? (the Kambarata dam)",
        ),
    ],
)
def test_the_answer_names_what_the_question_did_not(question: str, answer: str, follow_up: str, expected: str) -> None:
    assert standalone(follow_up, [Turn(question, answer)]) == expected


@pytest.mark.parametrize(("earlier", "follow_up", "expected"), FOLLOW_UPS)
def test_a_completed_question_is_complete(earlier: str, follow_up: str, expected: str) -> None:
    assert standalone(expected, [Turn(earlier, "It was so, he said.")]) == expected


VOCABULARY = """Why When What How many is did was it that they there he its the a of in And about Kazakhstan CSTO Putin
    base bases troops leave left signed 2013 , . ? ( ) 's and then not"""
WORDS = st.sampled_from(VOCABULARY.split())
SENTENCES = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(question=SENTENCES, turns=st.lists(st.builds(Turn, SENTENCES, SENTENCES), max_size=4))
def test_any_text_gives_a_usable_question(question: str, turns: list[Turn]) -> None:
    rewritten = standalone(question, turns)
    assert bool(rewritten.strip()) == bool(question.strip())
    assert len(rewritten) <= max(MAX_CHARACTERS, len(question))
    assert standalone(question, turns) == rewritten


@pytest.mark.parametrize("piece", [" ", "a", ".", "? ", "A ", "U.S. ", "did it ", "the ", "and ", "a's ", " ("])
def test_hostile_text_costs_little(piece: str) -> None:
    long = (piece * MAX_CHARACTERS)[:MAX_CHARACTERS]
    began = time.perf_counter()
    standalone("Who leads it there?", [Turn("Who?" + long, long * 10)])
    assert time.perf_counter() - began < 3


def test_a_rewrite_too_long_to_ask_is_not_made() -> None:
    earlier = "Why did " + "Tashkent and " * 150 + "Moscow quarrel?"
    follow_up = "Did they " + "really " * 40 + "quarrel?"
    assert standalone(follow_up, [Turn(earlier, "")]) == follow_up


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("leave", ("left", "leaves", "leaving")),
        ("stop", ("stopped", "stops", "stopping")),
        ("carry", ("carried", "carries", "carrying")),
        ("die", ("died", "dies", "dying")),
        ("agree", ("agreed", "agrees", "agreeing")),
        ("withdraw", ("withdrew", "withdraws", "withdrawing")),
        ("begin", ("began", "begins", "beginning")),
        ("have", ("had", "has", "having")),
        ("reach", ("reached", "reaches", "reaching")),
        ("spy", ("spied", "spies", "spying")),
        ("visit", ("visited", "visits", "visiting")),
    ],
)
def test_verb_forms(verb: str, forms: tuple[str, str, str]) -> None:
    assert (past(verb), third(verb), gerund(verb)) == forms


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Tashkent", "Tashkent's"),
        ("the rebels", "the rebels'"),
        ("Russian troops", "Russian troops'"),
        ("the US", "the US's"),
    ],
)
def test_possessives(phrase: str, expected: str) -> None:
    assert possessive(phrase) == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Uzbekistan", Kind.COUNTRY),
        ("Tashkent", Kind.COUNTRY),
        ("the Kremlin", Kind.COUNTRY),
        ("the U.S.", Kind.COUNTRY),
        ("Samarkand", Kind.PLACE),
        ("Central Asia", Kind.PLACE),
        ("the Aral Sea", Kind.PLACE),
        ("the CSTO", Kind.ORGANISATION),
        ("the World Bank", Kind.ORGANISATION),
        ("the Shanghai Cooperation Organisation", Kind.ORGANISATION),
        ("Islam Karimov", Kind.PERSON),
        ("Karimov", Kind.PERSON),
        ("President Obama", Kind.PERSON),
        ("the 2014 World Cup", Kind.EVENT),
        ("Xyzzy", Kind.UNKNOWN),
    ],
)
def test_kinds_of_names(name: str, kind: Kind) -> None:
    assert kind_of(name) is kind


def test_names_are_found_with_their_spans_and_adjectives_are_not_names() -> None:
    text = "Why did the Russian troops of President Putin's army leave the U.S. base near kyrgyzstan in June 2014?"
    found = mentions(text)
    assert [name.text for name in found] == ["President Putin", "the U.S.", "kyrgyzstan"]
    assert [text[name.start : name.end] for name in found] == [name.text for name in found]
    assert is_adjective("Pakistani")
    assert not is_adjective("Pakistan")


def test_phrases_keep_their_complements() -> None:
    found = phrases("When did Russia's base in Tajikistan get a new treaty with the CSTO?")
    assert [phrase.text for phrase in found] == ["Russia's base in Tajikistan", "a new treaty with the CSTO"]
    assert [phrase.head for phrase in found] == ["base", "treaty"]
    assert found[1].definite == "the new treaty with the CSTO"


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Why did the free trade zone begin?", ("the free trade zone", "begin")),
        ("When was the Manas base closed?", ("the Manas base", "closed")),
        ("Is the CSTO weak?", ("the CSTO", "weak")),
        ("Where is Russia's base in Tajikistan?", ("Russia's base in Tajikistan", "")),
        ("When did Putin and Karimov meet in Moscow?", ("Putin and Karimov", "meet in Moscow")),
        ("Who left the CSTO?", None),
    ],
)
def test_subjects_are_told_from_predicates(question: str, parts: tuple[str, str] | None) -> None:
    clause = parse(question)
    assert clause is not None
    assert clause.parts == parts
