"""Abbreviations and other words of English news text that decide whether a stop ends its sentence, in small letters."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words(
    """
    mr mrs ms mx messrs mme mlle dr drs prof profs gen col lt sgt cpl capt maj adm brig cmdr cmdt cdr pvt pfc sen
    sens rep reps gov govs pres rev rt adj min fr msgr hon amb supt det insp atty asst assoc mt ft ste vs v cf viz
    eg ie e.g i.e dir exec chmn sec'y
    """
)
"""Never the end of a sentence: a name or a second half follows."""
NUMBERED = _words(
    """
    no nos art arts sec fig figs vol vols ch chap p pp par para pt rt rte hwy apt bldg rm ext prop approx ca c est
    op jan feb mar apr jun jul aug sep sept oct nov dec
    """
)
"""Not the end when a number follows."""
OPEN = _words(
    """
    inc corp co cos ltd llc plc bros jr sr esq etc al dept univ assn assoc intl natl govt mfg st ave blvd rd ln
    hwy ct pl sq pkwy ala ariz ark calif colo conn del fla ga ind kan ky la md mass mich minn miss mo mont neb nev
    okla ore pa tenn tex va vt wash wis wyo mon tue tues wed thu thur thurs fri jan feb mar apr jun jul aug sep
    sept oct nov dec ph.d sec vol est approx ret ia pop avg
    """
)
"""The end only when the next word is one that begins sentences."""
ANY_CASE = _words(
    """
    avg etc al ext approx est ret p pp no nos vs v cf viz eg ie e.g i.e c ca op vol vols fig figs
    """
)
"""Abbreviations that are met in small letters; the others count only with a capital."""
STARTERS = _words(
    """
    the this that these those he she it they we you i but and or so yet in on at as if when while after before
    since although though however meanwhile there here his her its their our my your what who why how where which
    by for from with to not no yes also then now still even once until under over both some many most several such
    each every another other others all any one a an according because despite during instead nor only perhaps
    today later last next early earlier officials authorities it’s it's that’s that's he’s he's she’s she's i’m
    i'm we’re we're they’re they're there’s there's let’s let's don’t don't nearly about more moreover
    nevertheless nonetheless without within between through like unlike is are was were do does did can could
    would should will have has had among amid along around two three four five six seven eight nine ten hundreds
    thousands millions unfortunately fortunately finally recently currently additionally eventually ultimately
    initially previously similarly specifically clearly apparently
    """
)
"""Words that begin a sentence far more often than they follow an abbreviation or a name."""
LETTERED = _words(
    """
    vitamin hepatitis plan type class grade group category section appendix exhibit schedule strain option part
    war influenza generation gen team phase block formula
    """
)
"""Words whose letter ends a phrase, as in `vitamin C`, and is no initial."""
MARKED_NAMES = _words(
    """
    yahoo jeopardy yum guess panic mamma moulin oklahoma airplane wham e
    """
)
"""Names written with a mark of their own, as in `Yahoo!`."""
