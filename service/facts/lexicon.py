"""Closed lists of English words that the facts and rules are read with. All are lower case, without accents."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text, without order."""
    return frozenset(text.split())


def _in_order(text: str) -> list[str]:
    return text.split()


FUNCTION_WORDS = word_set(
    """a an the this that these those such same other another own i me my mine we us our ours you your yours he him his
    she her hers it its they them their theirs himself herself itself themselves who whom whose which what where when
    why how there here of in on at by for from to into onto with within without about against between among through
    during before after above below under over up down out off as than then and or but nor so yet if unless because
    while whereas although though since until till be is are was were been being am do does did done doing have has
    had having will would shall should can could may might must ought not no never also too very just still already
    however therefore thus hence moreover furthermore nonetheless nevertheless meanwhile instead rather quite even both
    either neither each every any some all most many much few several more less least only one ones s t etc via per
    including include includes included regarding concerning according due upon toward towards across along around
    behind beyond despite except inside outside near ahead following prior amid amidst versus whether again further
    mr mrs ms dr sir de facto it's he's she's that's there's they're we're i'm let's whilst like now ago well"""
)
LIGHT_WORDS = word_set("be have do get make take go come thing way year time part make become called known named use")
ADVERB_OPENERS = word_set(
    """currently recently later earlier additionally finally initially eventually previously subsequently consequently
    originally today yesterday tomorrow first second third afterwards afterward elsewhere overall together"""
)

PREPOSITIONS = word_set(
    "of in on at by for from to into with against under between among over about across through than near inside"
)
BOUND_PREPOSITIONS = word_set("in from to into against by under")
PLACE_PREPOSITIONS = word_set("in at near inside")

NEGATIONS = word_set(
    """not no never none nobody nothing nowhere neither nor without cannot hardly barely scarcely rarely seldom
    unable few"""
)
NEGATING_VERBS = word_set("fail refuse decline lack prevent cancel halt abandon cease reject deny avoid oppose")
NEGATION_IDIOMS = (("not", "only"), ("no", "doubt"), ("no", "matter"), ("not", "merely"), ("not", "just"), ("a", "few"))
DENIALS = word_set(
    "deny untrue false falsely myth hoax disprove debunk refute doubt doubtful unlikely baseless unfounded"
)
MODALS = word_set("might may could can should ought must")
INTENTS = word_set(
    """will would shall plan intend want hope seek aim try attempt propose promise threaten offer ready prepare
    consider expect wish pledge vow urge ask request demand"""
)
FUTURES = word_set("will would shall")
HEDGES = word_set(
    """perhaps maybe possibly probably likely unlikely reportedly allegedly apparently seemingly purportedly supposedly
    presumably ostensibly potentially unclear uncertain possibility alleged reported supposed rumored rumoured"""
)
HEDGING_VERBS = word_set(
    """rumor speculate speculation surmise suspect suggest suggestion believe think assume guess predict forecast
    estimate fear imply appear seem conjecture hypothesize hypothesis theory"""
)
SPEECH = word_set("say tell claim allege argue assert contend insist opine maintain state write according report")
CONDITIONS = word_set("if unless provided whether")
CAUSES = word_set("because due owing thanks cause reason")
CAUSE_FOLLOWS = word_set("because due owing thanks")
EFFECT_FOLLOWS = word_set("therefore thus hence consequently lead result prompt trigger so")
CAUSAL = CAUSES | EFFECT_FOLLOWS | word_set("why response drive stem reflect mean owe motive view")
CONTRASTS = word_set("but although though while whereas however whilst yet")

AFTER = word_set("after following since afterwards upon post once")
BEFORE = word_set("before prior ahead until till pre")

TOTALS = (
    word_set("all every each entire whole everyone everything everybody"),
    word_set("only sole solely alone exclusive exclusively"),
    word_set("most majority mostly mainly"),
    word_set("always ever constantly"),
    word_set("entirely completely totally fully wholly utterly"),
    word_set("first"),
    word_set("best"),
    word_set("worst"),
    word_set("unprecedented unique"),
    word_set("dozens"),
    word_set("hundreds"),
    word_set("thousands"),
    word_set("millions"),
    word_set("billions"),
)
NOT_SUPERLATIVE = word_set(
    """interest west northwest southwest midwest request protest suggest test rest forest arrest invest guest honest
    modest harvest contest priest east northeast southeast conquest behest unrest quest nest chest pest digest manifest
    attest infest ingest divest detest dishonest earnest tempest everest budapest bucharest southwest wrest zest bequest
    disinterest"""
)
PARTIAL = word_set("some few most half nearly almost partly partially certain")
OVER = (("more", "than"), ("greater", "than"), ("at", "least"), ("over",), ("above",), ("exceeding",), ("exceeded",))
UNDER = (
    ("less", "than"),
    ("fewer", "than"),
    ("at", "most"),
    ("up", "to"),
    ("under",),
    ("below",),
    ("nearly",),
    ("almost",),
)
ABOUT = (("about",), ("around",), ("approximately",), ("roughly",), ("some",), ("estimated",), ("circa",))

ANTONYMS = (
    (
        "increase rise grow gain climb surge soar boost expand",
        "decrease decline fall drop shrink lose reduce plunge cut",
    ),
    ("strengthen intensify deepen reinforce bolster", "weaken undermine erode dilute loosen"),
    ("improve recover", "worsen deteriorate degrade"),
    ("join enter accede", "leave exit quit withdraw withdrawal suspend depart"),
    ("open launch start begin commence", "close shut end finish stop halt cease suspend"),
    ("win victory triumph defeat", "lose defeat loss"),
    ("accept approve agree endorse support favor", "reject refuse oppose deny veto object condemn decline"),
    ("allow permit legalize enable", "ban forbid prohibit bar block prevent outlaw"),
    ("attack invade", "defend protect"),
    ("arrive enter", "leave depart exit"),
    ("buy purchase import", "sell export"),
    ("praise welcome applaud", "criticize condemn denounce slam"),
    ("confirm admit acknowledge", "deny refute"),
    ("arrest detain imprison jail", "release free acquit"),
    ("succeed pass success", "fail failure"),
    ("alive survive", "dead die kill"),
    ("guilty convict", "innocent acquit"),
    ("hire appoint recruit", "fire dismiss sack resign"),
    ("create build establish found", "destroy demolish abolish dissolve dismantle"),
    ("more", "less fewer"),
    ("high higher", "low lower"),
    ("large big larger bigger", "small smaller little"),
    ("early earlier", "late later"),
    ("long longer", "short shorter"),
    ("strong stronger", "weak weaker"),
    ("public", "private secret"),
    ("legal", "illegal"),
    ("possible", "impossible"),
    ("likely", "unlikely"),
    ("safe", "dangerous unsafe"),
    ("stable stability", "unstable instability"),
    ("north northern", "south southern"),
    ("east eastern", "west western"),
    ("male man men boy", "female woman women girl"),
    ("ally partner friend", "enemy rival foe adversary"),
    ("peace", "war"),
    ("buyer", "seller"),
    ("multilateral", "bilateral unilateral"),
    ("military", "civilian"),
    ("domestic", "foreign"),
    ("import", "export"),
    ("minimize", "maximize"),
    ("temporary", "permanent"),
    ("supply provide give", "receive"),
    ("borrow", "lend"),
    ("remember", "forget"),
    ("majority", "minority"),
    ("extend prolong", "shorten curtail"),
    ("optimistic", "pessimistic"),
    ("lift", "impose"),
    ("hit", "miss"),
    ("avoid", "pursue seek"),
    ("negative", "positive"),
    ("better", "worse"),
    ("fast faster quickly rapidly", "slow slower slowly"),
    ("inside", "outside"),
    ("voluntary", "compulsory mandatory"),
    ("present", "absent"),
    ("same identical coincide", "different differ diverge"),
    ("able", "unable"),
    ("ask", "answer"),
    ("push", "pull"),
    ("send", "receive"),
    ("regional", "global"),
    ("hostile", "friendly"),
)

SYNONYMS = (
    "say tell state remark add",
    "note remark observe",
    "explain clarify",
    "talk discussion conversation negotiation discuss",
    "meet meeting",
    "country nation state",
    "leader president",
    "sign conclude",
    "big large major",
    "important significant key",
    "boost increase strengthen enhance deepen",
    "reduce cut lower decrease",
    "fall drop decline",
    "rise climb grow increase",
    "begin start",
    "end finish",
    "kill die dead death",
    "aid assistance help assist",
    "exit leave withdraw withdrawal departure quit",
    "suspend freeze halt",
    "member membership",
    "tie relation relationship link",
    "cooperation cooperate collaborate collaboration",
    "troop soldier force",
    "pullout pull-out withdrawal drawdown",
    "agree agreement deal accord",
    "want wish",
    "seek pursue",
    "show demonstrate indicate",
    "build construct construction",
    "buy purchase",
    "children child kid",
    "firm company business",
    "government authority",
    "car vehicle",
    "film movie",
    "appoint name",
    "win victory",
    "create establish found",
    "publish release",
    "attempt try effort",
    "believe think",
    "worsen deteriorate",
    "decide decision",
    "choose choice select selection",
    "analyst expert",
    "concern worry",
    "expand expansion",
    "arrive arrival",
    "announce announcement declare",
    "security safety",
    "home house",
    "hold host",
    "receive get",
    "give grant provide",
    "use employ",
    "focus concentrate",
    "threat danger",
    "enter join",
    "stop cease",
    "police officer",
    "murder kill",
    "doctor physician",
    "lawyer attorney",
    "job post position",
    "study research",
    "team squad",
)

TITLES = word_set(
    """president prime minister chancellor king queen prince princess general colonel major captain senator governor
    mayor secretary ambassador director chairman chairwoman chair professor doctor judge justice bishop pope sheikh
    emir sultan foreign defense defence deputy vice chief former acting"""
)

COUNTRY_FORMS = (
    "france french",
    "germany german",
    "britain british uk",
    "england english",
    "us usa american america",
    "netherlands dutch holland",
    "greece greek",
    "switzerland swiss",
    "denmark danish",
    "poland polish",
    "spain spanish",
    "sweden swedish",
    "finland finnish",
    "turkey turkish turkiye",
    "ireland irish",
    "wales welsh",
    "scotland scottish",
    "philippines filipino philippine",
    "cyprus cypriot",
    "thailand thai",
    "norway norwegian",
    "portugal portuguese",
    "peru peruvian",
    "lebanon lebanese",
    "ukraine ukrainian",
    "kyrgyzstan kyrgyz",
    "moscow muscovite",
    "iceland icelandic",
    "new-zealand kiwi",
    "argentina argentine argentinian",
    "czechia czech",
    "slovakia slovak",
    "serbia serb serbian",
    "croatia croat croatian",
    "arabia arab arabian",
    "kuwait kuwaiti",
    "europe european",
    "belgium belgian",
    "brazil brazilian",
    "egypt egyptian",
    "syria syrian",
    "hungary hungarian",
    "nato natos",
)

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
MONTH_COMPANIONS = word_set(
    "in of since until till by last this next early late mid during from to through for before after"
)

UNITS = {
    word: value
    for value, word in enumerate(
        _in_order(
            """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
        )
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate(_in_order("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "k": 1000,
    "million": 10**6,
    "m": 10**6,
    "mn": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
    "dozen": 12,
}
ORDINALS = {
    word: value
    for value, word in enumerate(
        _in_order(
            """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""
        ),
        start=1,
    )
}
CURRENCIES = {
    "$": "dollar",
    "€": "euro",
    "£": "pound",
    "¥": "yen",
    "₽": "ruble",
    "dollar": "dollar",
    "usd": "dollar",
    "euro": "euro",
    "eur": "euro",
    "pound": "pound",
    "gbp": "pound",
    "yen": "yen",
    "ruble": "ruble",
    "rouble": "ruble",
    "yuan": "yuan",
    "rupee": "rupee",
    "som": "som",
    "tenge": "tenge",
}

IRREGULAR = dict(
    pair.split(":")
    for pair in _in_order(
        """met:meet left:leave said:say told:tell rose:rise risen:rise fell:fall fallen:fall won:win lost:lose
    held:hold took:take taken:take gave:give given:give went:go gone:go came:come began:begin begun:begin
    became:become grew:grow grown:grow knew:know known:know saw:see seen:see sent:send spent:spend built:build
    bought:buy brought:bring broke:break broken:break chose:choose chosen:choose drew:draw drawn:draw
    drove:drive driven:drive fought:fight found:find flew:fly flown:fly forgot:forget got:get gotten:get
    kept:keep led:lead lent:lend made:make meant:mean paid:pay ran:run sold:sell shot:shoot spoke:speak
    spoken:speak stood:stand stole:steal stolen:steal struck:strike taught:teach thought:think threw:throw
    thrown:throw understood:understand withdrew:withdraw withdrawn:withdraw wrote:write written:write died:die
    dying:die lay:lie felt:feel heard:hear hid:hide hidden:hide laid:lay rode:ride sank:sink sang:sing sat:sit
    slept:sleep sought:seek swore:swear swept:sweep tore:tear wore:wear worn:wear caught:catch dealt:deal
    fed:feed froze:freeze frozen:freeze hung:hang shook:shake shown:show beaten:beat born:bear bore:bear
    bound:bind men:man women:woman children:child people:person overthrew:overthrow overthrown:overthrow
    denied:deny denies:deny denying:deny agreed:agree agreeing:agree agreement:agree defence:defense
    centre:center programme:program used:use uses:use using:use lying:lie tied:tie ties:tie tying:tie lies:lie
    dies:die spying:spy spies:spy fled:flee bred:breed based:base bases:base basing:base does:do did:do
    done:do has:have had:have having:have countries:country news:news series:series crisis:crisis
    crises:crisis analysis:analysis analyses:analysis wives:wife forces:force forced:force seeking:seek
    being:be thing:thing king:king ring:ring bring:bring spring:spring string:string evening:evening
    morning:morning during:during beijing:beijing boeing:boeing wing:wing nothing:nothing
    everything:everything something:something sing:sing red:red bed:bed need:need feed:feed speed:speed
    seed:seed exceed:exceed proceed:proceed overtook:overtake overtaken:overtake undertook:undertake
    undertaken:undertake mistook:mistake mistaken:mistake united:united arose:arise arisen:arise
    overcame:overcome overran:overrun foresaw:foresee foreseen:foresee misled:mislead upheld:uphold
    withheld:withhold withstood:withstand rewrote:rewrite rewritten:rewrite forbade:forbid forbidden:forbid
    forgave:forgive forgiven:forgive swam:swim swum:swim swung:swing dug:dig clung:cling slid:slide spun:spin
    stuck:stick stung:sting wove:weave woven:weave learnt:learn burnt:burn spelt:spell succeed:succeed
    indeed:indeed hundred:hundred status:status"""
    )
)
IRREGULAR_PAST = word_set(
    """met left told won lost took gave saw sent sold shot struck beat hit fought drove led threw overthrew
    paid taught caught brought bought fed bit cut hurt put sought defeated attacked"""
)
