"""Statements with quotes, written for these tests: refused, accepted, verbatim clauses, and fragments cut wrongly."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """A statement, its quotes and context; `because` is part of the reason expected of a refusal."""

    statement: str
    quotes: tuple[str, ...]
    because: str = ""
    context: str = ""


SURMISED = (
    "Although some experts surmised that the move by Tashkent might signal its readiness to open a foreign military "
    "base in the country, nothing came of it."
)
MET = "Uzbekistan's President Islam Karimov met Vladimir Putin, his Russian colleague, in Moscow on April 15."
KREMLIN = (
    "According to sources of the daily Kommersant, Karimov wants to deepen an already close exchange of intelligence "
    "with Moscow; in return, the Kremlin expects guarantees that no foreign bases will appear in Uzbekistan after 2014 "
    "(Kommersant, April 10)."
)
SUSPENDED = (
    "Despite Tashkent’s decision to suspend its membership in the CSTO in June 2012, bilateral security ties with "
    "Moscow were never harmed."
)
DAM = "The Rogun dam would be 335 meters high and cost Tajikistan between $3 billion and $5 billion, engineers said."
TROOPS = "Kyrgyzstan hosts 1,200 American soldiers and 36 tanker aircraft at Manas, which opened in December 2001."
TRADE = "Exports to Russia rose by 12 percent in 2012, while imports from China fell by 7 percent."
LEASE = "Parliament did not extend the lease, because the government feared for the country's neutrality."
ACCUSED = "Dushanbe accused Tashkent of blocking the railway on Monday."
VOTE = "On May 3, 2012, nearly half of the delegates voted against the treaty, and most observers left the hall."
TALKS = "The ministers failed to reach an agreement on water, but they agreed to meet again in Bishkek in September."
ISAF = "The International Security Assistance Force (ISAF) will leave Afghanistan after 2014, the ministry announced."
DENIED = "The ministry denied that Russian engineers had entered the plant."
SPOKE = "Putin noted that the views of both states on key regional questions largely coincided."
QUOTED = "Karimov said the fight against “terrorism and extremism” was more urgent than trade."
LARGER = "The army of Uzbekistan is larger than the Kazakh army, a study of the institute shows."
AVOIDS = "While it avoids multilateral talks on water, Tashkent relied on bilateral pacts with its neighbours."
FIRST = "It was the second visit of the Indian minister to Astana since 2009; she signed three agreements on uranium."

LOAN = (
    "The World Bank said on Tuesday it had approved a $526 million loan to help Kyrgyzstan and Tajikistan "
    "build a power line to Pakistan, but construction will not start before 2015."
)
GENERAL = (
    "General Joseph Dunford, who commands ISAF, told the Senate that about 8,000 troops could remain in "
    "Afghanistan after 2014 if Kabul signs the security agreement."
)
GAS = (
    "Turkmenistan cut gas deliveries to Russia by half in 2009 after a pipeline explosion that Ashgabat "
    "blamed on Gazprom."
)
UNION = (
    "Kazakhstan's parliament ratified the customs union treaty on 30 June, despite protests by small traders in Almaty."
)
TUNNEL = (
    "Rahmon accepted the offer of the Iranian president, Mahmoud Ahmadinejad, to finance the Istiqlol "
    "tunnel, which was completed in 2006."
)
OVERTOOK = "China overtook Russia as Central Asia's largest trading partner in 2010, customs data show."

REFUSED = [
    # hedges and attributions
    Pair(
        "Tashkent's decision was a clear indication of its readiness to open a foreign military base.",
        (SURMISED,),
        "surmised",
    ),
    Pair("Tashkent opened a foreign military base on its territory.", (SURMISED,), "surmised"),
    Pair("The move by Tashkent signals its readiness to open a base.", (SURMISED,), "might"),
    Pair("Karimov deepened an already close exchange of intelligence with Moscow.", (KREMLIN,), "wants"),
    Pair("The Rogun dam is 335 meters high.", (DAM,), "said"),
    Pair("Russian engineers had entered the plant.", (DENIED,), "denied"),
    Pair("Engineers from Russia entered the plant.", (DENIED,), "denied"),
    Pair(
        "The base will close in July.",
        ("The base will reportedly close in July.",),
        "reportedly",
    ),
    Pair("Tajikistan is building a second airfield.", ("Tajikistan may be building a second airfield.",), "may"),
    Pair(
        "The pipeline leaks near Bukhara.", ("Villagers suggested that the pipeline leaks near Bukhara.",), "suggested"
    ),
    Pair("Tashkent rejoins the bloc in spring.", ("If its terms are met, Tashkent rejoins the bloc in spring.",), "If"),
    Pair("Almaty built a new port.", ("Almaty plans to build a new port.",), "plans"),
    Pair("Officials doubted the figures.", ("Some officials doubted the figures.",), "Some"),
    Pair("Delegates voted against the treaty.", (VOTE,), "half"),
    # numbers and dates
    Pair("Karimov met Putin on April 15, 2018", (MET,), "2018"),
    Pair("Karimov met Putin in Moscow on April 16.", (MET,), "April 16"),
    Pair("Karimov met Putin in Moscow on March 15.", (MET,), "March 15"),
    Pair("Karimov met Putin in Moscow on Monday.", (MET,), "Monday"),
    Pair("Karimov met Putin in Moscow twenty times.", (MET,), "twenty"),
    Pair("Kyrgyzstan hosts 1,300 American soldiers at Manas.", (TROOPS,), "1,300"),
    Pair("Kyrgyzstan hosts 1,200 tanker aircraft at Manas.", (TROOPS,), "counts something else"),
    Pair("Kyrgyzstan hosts 12 hundred million American soldiers at Manas.", (TROOPS,), "12 hundred million"),
    Pair("Exports to Russia rose by 12 points in 2012.", (TRADE,), "12"),
    Pair("Exports to Russia rose by 7 percent in 2012.", (TRADE,), "belongs to something else"),
    Pair("Exports rose by $12 in 2012.", (TRADE,), "$12"),
    Pair("More than 36 tanker aircraft are at Manas.", (TROOPS,), "bounds"),
    Pair("Fifty people were hurt in Osh.", ("In Osh about fifty people were hurt.",), "bounds"),
    Pair("It was the third visit of the Indian minister to Astana.", (FIRST,), "third"),
    Pair("Tashkent suspended its membership in the CSTO in July 2012.", (SUSPENDED,), "July 2012"),
    Pair(
        "The minister resigned on 4 March.",
        (
            "The minister spoke about wheat on 4 March.",
            "The minister resigned over a scandal in the ministry of health.",
        ),
        "about something else",
    ),
    Pair(
        "The bridge was opened in May 1998.",
        ("The bridge was designed in May 1998, and it was opened by the mayor in June 2003.",),
        "",
    ),
    # names and quotations
    Pair("Nazarbayev met Putin in Moscow on April 15.", (MET,), "Nazarbayev"),
    Pair("Karimov met Putin in Sochi on April 15.", (MET,), "Sochi"),
    Pair("Vladimir Karimov met Putin in Moscow.", (MET,), "mixes"),
    Pair(
        "Kazakhstan suspended its membership in the CSTO.", (SUSPENDED.replace("Tashkent", "Uzbekistan"),), "Kazakhstan"
    ),
    Pair("Tashkent suspended its membership in the SCO in June 2012.", (SUSPENDED,), "SCO"),
    Pair("Karimov met Putin in Uzbekistan.", (MET,), "in Uzbekistan"),
    Pair("Karimov said the fight against “drugs and extremism” was urgent.", (QUOTED,), "drugs and extremism"),
    # negation
    Pair("Bilateral security ties with Moscow were harmed.", (SUSPENDED,), "never"),
    Pair("Bilateral security ties with Moscow were endangered.", (SUSPENDED,), ""),
    Pair("The Kremlin expects guarantees that foreign bases will appear in Uzbekistan after 2014.", (KREMLIN,), "no"),
    Pair("Parliament extended the lease.", (LEASE,), "negates"),
    Pair("The ministers reached an agreement on water.", (TALKS,), "failed"),
    Pair("The ministers did not agree to meet again in Bishkek.", (TALKS,), "negates"),
    Pair("Karimov did not meet Putin in Moscow.", (MET,), "negates"),
    Pair("Karimov left Moscow with a treaty.", ("Karimov left Moscow without a treaty.",), "without"),
    # opposites
    Pair("Exports to Russia fell by 12 percent in 2012.", (TRADE,), "opposite"),
    Pair("Uzbekistan joined the bloc in 2012.", ("Uzbekistan left the bloc in 2012.",), "opposite"),
    Pair("ISAF will leave Afghanistan before 2014.", (ISAF,), "before"),
    Pair("The home side lost the final in Almaty.", ("The home side won the final in Almaty.",), "opposite"),
    Pair("Security in the region weakened.", ("Security in the region strengthened.",), "opposite"),
    # roles
    Pair("Tashkent accused Dushanbe of blocking the railway.", (ACCUSED,), "somebody else"),
    Pair("Dushanbe was accused by Tashkent of blocking the railway.", (ACCUSED,), "somebody else"),
    Pair("Karimov noted that views coincided.", (f"Karimov smiled, and {SPOKE}",), "somebody else"),
    Pair("The Kazakh army is larger than the Uzbek army.", (LARGER,), "comparison"),
    Pair("Trains ran from Osh to Tashkent.", ("Trains ran from Tashkent to Osh.",), "does not say"),
    # quantifiers, superlatives, causes
    Pair("All observers left the hall.", (VOTE,), "All"),
    Pair("Only Karimov met Putin in Moscow.", (MET,), "Only"),
    Pair("The Rogun dam would be the tallest, 335 meters high, engineers said.", (DAM,), "tallest"),
    Pair("Exports to Russia rose because imports from China fell.", (TRADE,), "cause"),
    Pair("The government feared for neutrality because Parliament did not extend the lease.", (LEASE,), "cause"),
    Pair("It was the first visit of the Indian minister to Astana.", (FIRST,), "first"),
    # words put in the place of others
    Pair(
        "The Kremlin expects guarantees that no foreign troops will appear in Uzbekistan after 2014.",
        (KREMLIN,),
        "bases",
    ),
    Pair("The ministers signed an agreement on water.", (TALKS,), "signed"),
    Pair("Tashkent prefers multilateral talks on water.", (AVOIDS,), "avoid"),
    Pair("Tashkent relied on multilateral pacts with its neighbours.", (AVOIDS,), "opposite"),
    Pair(
        "The general resigned over wheat prices.",
        ("The general returned home.", "Bakers complained over wheat prices."),
        "",
    ),
    Pair(
        "The Uzbek foreign minister opened the Bukhara refinery.",
        ("The Uzbek foreign minister spoke.", "The mayor opened the Bukhara refinery."),
        "different sentences",
    ),
    Pair("She signed three agreements on wheat.", (FIRST,), "wheat"),
    Pair("Wheat harvests dwindled in the valley.", (MET,), ""),
    # no reason asked for
    Pair("The World Bank approved a $526 million loan to Pakistan.", (LOAN,)),
    Pair("The World Bank will build a power line to Pakistan.", (LOAN,)),
    Pair("Construction will start in 2015.", (LOAN,)),
    Pair("Construction will start before 2015.", (LOAN,)),
    Pair("Kyrgyzstan and Tajikistan approved a $526 million loan.", (LOAN,)),
    Pair("The World Bank rejected a $526 million loan.", (LOAN,)),
    Pair("8,000 troops will remain in Afghanistan after 2014.", (GENERAL,)),
    Pair("About 8,000 troops remain in Afghanistan.", (GENERAL,)),
    Pair("Kabul signs the security agreement.", (GENERAL,)),
    Pair("Dunford told the Senate that about 8,000 troops could leave Afghanistan after 2014.", (GENERAL,)),
    Pair("The Senate told Dunford that about 8,000 troops could remain in Afghanistan after 2014.", (GENERAL,)),
    Pair("Russia cut gas deliveries to Turkmenistan by half in 2009.", (GAS,)),
    Pair("Gazprom blamed the pipeline explosion on Ashgabat.", (GAS,)),
    Pair("Turkmenistan doubled gas deliveries to Russia in 2009.", (GAS,)),
    Pair("Turkmenistan cut gas deliveries to Russia in 2009 because of Gazprom.", (GAS,)),
    Pair("Turkmenistan cut gas deliveries to Gazprom by half.", (GAS,)),
    Pair("Turkmenistan cut gas deliveries before a pipeline explosion.", (GAS,)),
    Pair("Kazakhstan's parliament rejected the customs union treaty on 30 June.", (UNION,)),
    Pair("Kazakhstan's parliament ratified the customs union treaty on 30 July.", (UNION,)),
    Pair("Kazakhstan's parliament ratified the customs union treaty because of protests by small traders.", (UNION,)),
    Pair("All small traders in Almaty protested.", (UNION,)),
    Pair("Ahmadinejad accepted the offer of Rahmon to finance the Istiqlol tunnel.", (TUNNEL,)),
    Pair("Rahmon financed the Istiqlol tunnel.", (TUNNEL,)),
    Pair("Rahmon rejected the offer of the Iranian president.", (TUNNEL,)),
    Pair("The Istiqlol tunnel was destroyed in 2006.", (TUNNEL,)),
    Pair("Russia overtook China as Central Asia's largest trading partner in 2010.", (OVERTOOK,)),
    Pair("China overtook Russia as Central Asia's smallest trading partner in 2010.", (OVERTOOK,)),
    Pair("China overtook Russia as the world's largest trading partner in 2010.", (OVERTOOK,)),
]

ACCEPTED = [
    Pair("Karimov met Putin in Moscow on April 15.", (MET,)),
    Pair("Putin met Karimov in Moscow on April 15.", (MET,)),
    Pair("Uzbek President Islam Karimov met Vladimir Putin in Moscow on 15 April.", (MET,)),
    Pair("The Uzbekistani president met Putin in Moscow.", (MET,)),
    Pair("The Kremlin in return expects guarantees that no bases will appear in Uzbekistan after 2014.", (KREMLIN,)),
    Pair("According to Kommersant, Karimov wants to deepen the exchange of intelligence with Moscow.", (KREMLIN,)),
    Pair("Karimov wants to deepen the exchange with Moscow, according to Kommersant's sources.", (KREMLIN,)),
    Pair("Some experts surmised that the move might signal readiness to open a foreign military base.", (SURMISED,)),
    Pair("Security ties with Moscow were never harmed.", (SUSPENDED,)),
    Pair("Bilateral ties with Moscow were not harmed.", (SUSPENDED,)),
    Pair("Tashkent suspended its membership in the CSTO in June 2012.", 
         (SUSPENDED.replace("decision to suspend", "suspending"),)),
    Pair("The ministers did not reach an agreement on water.", (TALKS,)),
    Pair("The ministers agreed to meet again in Bishkek in September.", (TALKS,)),
    Pair("Kyrgyzstan hosts 1200 American soldiers at Manas.", (TROOPS,)),
    Pair("Kyrgyzstan hosts 36 tanker aircraft at Manas.", (TROOPS,)),
    Pair("Manas opened in December 2001.", (TROOPS,)),
    Pair("Exports to Russia rose by twelve per cent in 2012.", (TRADE,)),
    Pair("In 2012, imports from China fell 7%.", (TRADE,)),
    Pair("The Rogun dam would cost Tajikistan $3 billion to $5 billion, engineers said.", (DAM,)),
    Pair("Engineers said the Rogun dam would be 335 metres high.", (DAM,)),
    Pair("Tashkent was accused by Dushanbe of blocking the railway.", (ACCUSED,)),
    Pair("On Monday, Dushanbe accused Tashkent of blocking the railway.", (ACCUSED,)),
    Pair("Parliament did not extend the lease because the government feared for neutrality.", (LEASE,)),
    Pair("The ISAF will leave Afghanistan after 2014.", (ISAF,)),
    Pair("Troops of the International Security Assistance Force will leave after 2014.",
         ("Troops of the ISAF will leave Afghanistan after 2014.",),
         context="The International Security Assistance Force in Kabul"),
    Pair("The ministry denied that engineers from Russia had entered the plant.", (DENIED,)),
    Pair("Putin noted that the views of both countries on key regional questions coincided.", (SPOKE,)),
    Pair("Karimov said the fight against “terrorism and extremism” was more urgent.", (QUOTED,)),
    Pair("The Uzbek army is larger than the Kazakh army.", (LARGER,)),
    Pair("The minister of India signed three agreements on uranium in Astana.", (FIRST,), context="India's minister"),
    Pair("Most observers left the hall on May 3, 2012.", (VOTE,)),
    Pair("Karimov met his Russian counterpart in Moscow.", ("He met his Russian counterpart in Moscow on Monday.",),
         context="Karimov arrived early."),
    Pair("Karimov met Putin in Moscow, and Tashkent suspended its membership in the CSTO.",
         (MET, "Tashkent suspended its membership in the CSTO in June 2012.")),
    Pair("The World Bank approved a loan of $526 million for a power line to Pakistan, it said on Tuesday.", (LOAN,)),
    Pair("The World Bank said it had approved a $526 million loan to help Kyrgyzstan and Tajikistan build "
         "a power line.",
        (LOAN,)),
    Pair("Dunford told the Senate that about 8,000 troops could remain in Afghanistan after 2014.", (GENERAL,)),
    Pair("About 8,000 troops could remain in Afghanistan after 2014 if Kabul signs the security agreement, "
         "Dunford told the Senate.",
        (GENERAL,)),
    Pair("Turkmenistan cut gas deliveries to Russia by half in 2009.", (GAS,)),
    Pair("Ashgabat blamed the pipeline explosion on Gazprom.", (GAS,)),
    Pair("After a pipeline explosion in 2009, Turkmenistan cut gas deliveries to Russia by half.", (GAS,)),
    Pair("Kazakhstan ratified the customs union treaty on June 30.", (UNION,)),
    Pair("Small traders in Almaty protested.", (UNION,)),
    Pair("Rahmon accepted Ahmadinejad's offer to finance the Istiqlol tunnel.", (TUNNEL,)),
    Pair("The Istiqlol tunnel was completed in 2006.", (TUNNEL,)),
    Pair("In 2010, China overtook Russia as the largest trading partner of Central Asia.", (OVERTOOK,)),
    Pair("China became Central Asia's largest trading partner in 2010.", (OVERTOOK,)),
    Pair("Russia was overtaken by China as Central Asia's largest trading partner in 2010.", (OVERTOOK,)),
]  # fmt: skip

FRAGMENTS = [
    Pair("The Kremlin expects guarantees that no foreign bases will appear in Uzbekistan after 2014.", (KREMLIN,)),
    Pair("“bilateral security ties with Moscow were never harmed.”", (SUSPENDED,)),
    Pair(f"  ({MET[:-1]})  ", (TRADE, MET)),
    Pair("Exports to Russia rose by 12  percent in 2012", (TRADE,)),
    Pair("she signed three agreements on uranium", (FIRST,)),
    Pair('Karimov said the fight against "terrorism and extremism" was more urgent than trade.', (QUOTED,)),
]

CUT = [
    Pair("The treaty is dead.", ("It is not true that the treaty is dead.",), "not"),
    Pair("The treaty is dead.", ("The treaty is dead, experts suggested.",), "suggested"),
    Pair("the move by Tashkent might signal its readiness to open a foreign military base", (SURMISED,), "surmised"),
    Pair("The base will open in May.", ("Critics reportedly fear the base will open in May.",), "reportedly"),
    Pair("Karimov resigned.", ("The brother of Karimov resigned.",), "of"),
    Pair("Russian engineers had entered the plant.", (DENIED,), "denied"),
    Pair("Tashkent rejoins the bloc.", ("Tashkent rejoins the bloc, if its terms are met.",), "if"),
    Pair("foreign bases will appear in Uzbekistan after 2014", (KREMLIN,), "no"),
    Pair("the railway reopened on Friday", ("No one believes the railway reopened on Friday.",), "No"),
]
