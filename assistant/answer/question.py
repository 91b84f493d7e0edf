"""What a question asks for: its aspect, and the words to search for when it follows others.

Reads the form of the question only; it does not know which companies exist.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.domain import Question


class Aspect(StrEnum):
    """The side of a deal a question is about."""

    WHO = "who"
    WHAT = "what"
    WHY = "why"
    WHEN = "when"
    HOW_MUCH = "howmuch"
    STATUS = "status"
    LIST = "list"
    YES_NO = "yesno"
    SAID = "said"


_PARTY = (
    r"(?:\w+ ){0,3}(?:compan(?:y|ies)|firms?|groups?|banks?|airlines?|makers?|manufacturers?|carriers?|"
    r"broadcasters?|retailers?|chains?|investors?|bidders?|suitors?|partners?|buyers?|owners?|sellers?|"
    r"rivals?|funds?|consortium|operators?|agency|agencies|giants?|startups?|start-ups?|business(?:es)?|"
    r"brands?|publishers?|studios?|person|executives?|party|parties|union|regulators?)\b"
)
_PLURAL_PARTY = (
    r"(?:\w+ ){0,3}(?:companies|firms|groups|banks|airlines|makers|manufacturers|carriers|broadcasters|"
    r"retailers|chains|investors|bidders|suitors|partners|buyers|owners|funds|operators|agencies|startups|"
    r"start-ups|businesses|brands|airports|deals|acquisitions|countries|units|products|parties)\b"
)
_AUX = r"(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could|should|isn't|wasn't|didn't|doesn't)"
_LEAD = r"^(?:(?:and|so|but|or|also|then|after|before|with|for|to|by|from|since|in|on|at|of) )*(?:\w+ )?"
_FORMS: tuple[tuple[Aspect, str], ...] = (
    (
        Aspect.LIST,
        rf"^(?:list|name)\b|\b(?:which|what) {_PLURAL_PARTY}|\bwho (?:are|were) all\b|\bwhich two\b",
    ),
    (
        Aspect.HOW_MUCH,
        r"\bhow (?:much|many|big|large)\b|\b(?:what|which) (?:[\w'-]+ ){0,3}(?:price|sum|amount|value|valuation|"
        r"stake|share|percentage|proportion|premium|fee|cost|size|figure|losses|savings|number)\b|\bprice tag\b|"
        r"\bwhat (?:did|does|do|will|would|could|can|is|was|are|were|has|had|might) (?:.* )?"
        r"(?:pay|paid|paying|cost|spend|spent|invest|offer(?:ing)?|worth)\b|^(?:contract )?value of\b|"
        r"\bwhat (?:is|was|were|are) the (?:[\w'-]+ ){0,3}(?:price|value|cost|size|terms)\b",
    ),
    (
        Aspect.STATUS,
        r"^(?:and |so )?what (?:has |have |had )?(?:happened|became|become|came) (?:to|of)\b",
    ),
    (
        Aspect.SAID,
        r"\bwhat (?:did|does|do|has|had|was|were|is) .*\b(?:say|said|saying|tell|told|comment|think|thought|"
        r"claim|argue|promise|call|warn|make of|reckon)\b|\bhow (?:did|does|do|has) .*\b(?:react|respond|describe|"
        r"comment|feel|sum up|put it|rate)\b|\bin (?:his|her|their) (?:own )?words\b|\bquote\b|\bjoke\b",
    ),
    (
        Aspect.WHEN,
        rf"{_LEAD}when\b(?! .*\bwho\b)|\bwhen (?:is|are|was|were|did|does|do|will|would|should|had|has)\b|"
        r"\b(?:what|which) (?:\w+ )?(?:day|date|month|year|quarter)\b|\bhow (?:soon|long|recently)\b",
    ),
    (
        Aspect.WHY,
        r"\bwhy\b|\breasons?\b|\brationale\b|\bmotives?\b|\bgrounds?\b|\bhow come\b|\bwhat .*\bbehind\b|"
        r"\bwhat (?:was|is) the (?:purpose|point|aim|goal|thinking|bet|case)\b|\bwhat .*'s (?:case|bet|aim|goal)\b|"
        r"\b(?:prompted|motivated|justif\w+|attracted|pushing|hopes? to|hoping to|hoped to|explain\w*)\b|"
        r"\bwhat (?:on earth )?made\b|\bwhat .*\b(?:want|see in|need)\b.*\bfor\b|\bwhat .* see in\b|"
        r"\bwhat (?:[\w'-]+ ){0,6}(?:gain|gains|benefits?|achieve|get out of|expects? to|advantages?|for)\b|"
        r"\b(?:how|what) (?:[\w'-]+ ){0,8}(?:meant|supposed|expected|designed) to\b|\bwhat for\b",
    ),
    (
        Aspect.WHO,
        rf"\bwho(?:m|se|'s)?\b|\b(?:which|what) {_PARTY}|\bname of the (?:company|firm|buyer|partner)\b",
    ),
    (
        Aspect.STATUS,
        r"\bwhat happened\b|\bwhat (?:came|became)\b|\bstatus\b|\bhow (?:far|firm)\b|\bwhat stage\b|"
        r"\bwhere (?:did|does|do) .* stand\b|\bturn(?:ed)? out\b|\b(?:hurdles?|obstacles?)\b|\bgo through\b|"
        r"\boutcome\b|\bor just\b|\bis there a deal\b|\bagreed\b.*\?",
    ),
)
_COMPILED = tuple((aspect, re.compile(form, re.IGNORECASE)) for aspect, form in _FORMS)
_YES_NO = re.compile(rf"^(?:and |so |but |or )?{_AUX}\b", re.IGNORECASE)
_OPEN = re.compile(r"\b(?:who|what|which|why|when|where|how)\b", re.IGNORECASE)


def read_aspect(text: str) -> Aspect:
    """The aspect a question asks for; `WHAT` where no form fits."""
    text = text.strip()
    if _YES_NO.match(text) and not _OPEN.search(text):
        return Aspect.YES_NO
    return next((aspect for aspect, form in _COMPILED if form.search(text)), Aspect.WHAT)


_TWO = re.compile(
    r"^(?P<first>.+?),? and (?P<second>(?:why|when|where|who|whom|what|which|how|for how|at what|for what)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)


def split_question(text: str) -> list[str]:
    """The questions in one: "Who bought X, and why?" asks two. Most ask one."""
    match = _TWO.match(text.strip())
    if match is None or not _OPEN.search(match["first"]):
        return [text]
    return [f"{match['first'].rstrip(',')}?", match["second"]]


def search_text(question: Question) -> str:
    """What to search for: the question, and the one before it when it leans on that.

    A bare "and why?" at its end names nothing that could be found and is left out.
    """
    parts = split_question(question.text)
    bare = len(parts) == 2 and len(parts[1].split()) < 3
    text = parts[0] if bare else question.text
    earlier = leaned_on(question)
    return f"{earlier} {text}" if earlier else text


def leaned_on(question: Question) -> str:
    """The question before, where this one leans on it, else nothing."""
    leaning = bool(question.earlier) and leans_back(question.text)
    return question.earlier[-1] if leaning else ""


_BACK = re.compile(
    r"^(?:and|but|so|or|also|then)\b|\b(?:it|its|they|them|their|that|this|those|these|he|she|his|her|"
    r"the (?:deal|merger|acquisition|takeover|bid|offer|purchase|sale|company|companies|partnership|"
    r"agreement|stake|two|venture|price|combined group))\b|^(?:why|when|how much|who|where)\W*$|"
    r"\bwhat about\b|\bhow about\b|\binstead\b",
    re.IGNORECASE,
)


def refers_back(text: str) -> bool:
    """Whether words of a question stand for something said before: a pronoun, "the deal"."""
    return bool(_BACK.search(text))


def leans_back(text: str) -> bool:
    """Whether a question needs the one before it: a pronoun, a bare 'why?', or no name of its own."""
    names = re.findall(r"(?<=\s)[A-Z0-9][\w&.'-]*", text)
    return refers_back(text) or not names


_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|thanks?|thank you|bye|ok|okay|help)\b"
    r"(?:\W+\w+){0,2}\W*",
    re.IGNORECASE,
)


def is_greeting(text: str) -> bool:
    """Whether nothing is asked: "Hello", "Thank you so much"."""
    return bool(_GREETING.fullmatch(text.strip()))
