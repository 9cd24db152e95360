"""Tables of English that the reader's features rest on: function words, irregular forms, classes of verbs, cues."""

from __future__ import annotations


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


STOPWORDS = _words(
    """a about after again all also although am an and any are aren't as at be because been before being between both
    but by can cannot can't could couldn't did didn't do does doesn't doing don't down during each either else ever
    every for from further had has hasn't have haven't having he he'd he'll her here hers herself he's him himself his
    how i i'd if i'll i'm in into is isn't it its it's itself i've just let's may me might more most much must my myself
    neither no nor not now of off on once one only or other our ours ourselves out over own per same shall she she's
    should so some such than that that's the their theirs them themselves then there there's these they they'd they're
    they've this those though through thus to too under until up upon us very was wasn't we were weren't we're what
    what's when where whether which while who whom whose why will with within without won't would wouldn't yet you
    your yours yourself many s t name list describe tell give"""
)

IRREGULAR = dict(
    pair.split(":")
    for pair in _words(
        """arose:arise arisen:arise ate:eat eaten:eat became:become began:begin begun:begin bore:bear born:bear
    bought:buy brought:bring broke:break broken:break built:build came:come caught:catch chose:choose chosen:choose
    dealt:deal died:die drawn:draw drew:draw drove:drive driven:drive fallen:fall fell:fall felt:feel fled:flee
    flew:fly flown:fly forbade:forbid forbidden:forbid fought:fight found:find gave:give given:give gone:go got:get
    grew:grow grown:grow heard:hear held:hold hidden:hide hid:hide kept:keep knew:know known:know laid:lay led:lead
    left:leave lent:lend lost:lose made:make meant:mean met:meet paid:pay ran:run risen:rise rose:rise said:say
    sang:sing sat:sit saw:see seen:see sent:send shaken:shake shook:shake shot:shoot shown:show sold:sell sought:seek
    spent:spend spoke:speak spoken:speak stole:steal stood:stand struck:strike sworn:swear taken:take taught:teach
    told:tell thought:think threw:throw thrown:throw took:take understood:understand went:go withdrew:withdraw
    withdrawn:withdraw woke:wake won:win wore:wear worn:wear wrote:write written:write men:man women:woman
    children:child people:person"""
    )
)

VERB_CLASSES: tuple[tuple[str, ...], ...] = (
    ("leave", "exit", "quit", "withdraw", "suspend", "shed", "depart", "abandon", "withdrawal", "departure"),
    ("join", "enter", "accede", "accession", "entry"),
    ("meet", "talks", "summit", "visit", "confer"),
    ("start", "begin", "launch", "commence", "initiate", "open"),
    ("end", "finish", "conclude", "cease", "stop", "terminate", "close"),
    ("say", "state", "tell", "announce", "declare", "report"),
    ("buy", "acquire", "purchase", "acquisition", "bought"),
    ("make", "create", "produce", "build", "construct", "manufacture", "develop"),
    ("found", "establish", "form", "set"),
    ("rise", "increase", "grow", "growth", "expand", "climb"),
    ("fall", "decrease", "decline", "drop", "shrink", "reduce", "reduction"),
    ("attack", "assault", "invade", "invasion", "raid"),
    ("kill", "murder", "assassinate", "slay"),
    ("die", "death", "dead"),
    ("win", "victory", "defeat", "beat"),
    ("want", "seek", "aim", "wish", "intend", "hope"),
    ("help", "assist", "aid", "support"),
    ("get", "receive", "obtain", "gain"),
    ("give", "provide", "offer", "grant", "supply"),
    ("live", "reside", "inhabit", "dwell", "settle"),
    ("call", "name", "term", "known", "dub"),
    ("need", "require", "necessary"),
    ("show", "demonstrate", "prove", "indicate", "reveal"),
    ("keep", "retain", "maintain", "preserve"),
    ("allow", "permit", "enable", "let"),
    ("forbid", "ban", "prohibit", "prevent", "outlaw"),
    ("choose", "elect", "select", "appoint", "election"),
    ("lead", "head", "rule", "command", "govern", "leader", "ruler"),
    ("write", "author", "publish"),
    ("discover", "find", "detect"),
    ("cause", "reason", "why"),
    ("use", "employ", "utilize", "utilise"),
    ("happen", "occur"),
    ("reject", "refuse", "oppose", "deny"),
    ("agree", "accept", "approve", "agreement"),
    ("sign", "ratify", "signature"),
    ("work", "job", "serve"),
    ("fight", "battle", "war", "combat"),
    ("big", "large", "great"),
    ("part", "component", "element", "member"),
)

NUMBER_WORDS = _words(
    """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
    billion billions trillion dozen dozens half third quarter quarters double twice percent"""
)

COUNTS = _words("one none nobody zero single")
"""What can answer "how many" beside numbers."""

VAGUE_COUNTS = _words("no each every both majority most many few fewer several all")

MONTHS = _words(
    """january february march april june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday"""
)

PERIODS = _words(
    """century centuries decade decades year years month months week weeks day days era period spring summer autumn
    winter morning evening night midnight noon today yesterday tomorrow"""
)

NEGATIONS = _words("not no never neither nor without cannot isn't wasn't didn't doesn't don't weren't aren't")

PRONOUNS = _words("he she it they this these that those his her its their such")

SPATIAL = _words("in at near from to of across throughout around inside outside into between along via")

DATE_HEADS = _words("year date day month century decade time era period season years centuries")

PLACE_HEADS = _words(
    """country countries city cities place region regions state continent town location area island province village
    river territory nation district county part building site"""
)

PERSON_HEADS = _words(
    """person president king queen emperor author writer leader scientist minister artist actor actress singer player
    people man woman founder director mathematician philosopher physicist general ruler group organization organisation
    company team party name"""
)

NUMBER_HEADS = _words(
    """percentage percent number amount proportion fraction temperature price cost population size rate speed age share
    value length height weight distance ratio total"""
)
