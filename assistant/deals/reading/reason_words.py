"""Words that speak for a reason: gain, purpose, cause, trouble and the like.

Knows nothing of places in an article and of deals.
"""

from __future__ import annotations

import re
from functools import lru_cache

SAID = re.compile(
    r"\b(?:sa(?:id|ys|ying)|told|added?|explain(?:ed|s)|stated|noted|called|commented|argued?|believes?|believed|think|"
    r"thinks|expects?|wrote|suggest(?:ed|s)|claim(?:ed|s)|according to)\b"
)
GROUPS: dict[str, re.Pattern[str]] = {
    "said": SAID,
    "quoted": re.compile(r"[\"“]"),
    "officer": re.compile(
        r"\b(?:ceo|chief|chairman|chairwoman|president|director|founder|spokes\w+|executive|boss|head|minister|owner)\b"
    ),
    "analyst": re.compile(
        r"\b(?:analysts?|consultant|observers?|experts?|economist|professor|critics?|brokerage|many)\b"
    ),
    "gain": re.compile(
        r"\b(?:strength\w*|strong\w*|expan\w+|gr[eo]w\w*|opportunit\w+|benefit\w*|synerg\w+|savings?|save|position\w*|"
        r"lead\w*|compet\w+|custom\w+|consumers?|portfolio|access|complement\w*|fit|combin\w+|together|market|share|"
        r"better|bigger|larg\w+|improv\w+|accelerat\w+|innovat\w+|scale|global|value|advantage|experience|reach|offer)\b"
    ),
    "enable": re.compile(
        r"\b(?:help\w*|allow\w*|enabl\w+|let|give\w*|giving|make|making|create\w*|bring\w*|provide\w*)\b"
    ),
    "purpose": re.compile(
        r"\b(?:in order to|so that|so as to|as a means|aim(?:s|ed) at|with the aim of|focus(?:es)? on|"
        r"(?:meant|designed|intended) to|to (?:help|benefit|expand|strengthen|build|develop|create|"
        r"improve|increase|grow|gain|enter|reach|compete|save|cut|reduce|raise|pay|fund|finance|boost|offer|provide|meet|"
        r"add|get|become|win|serve|use|produce|make|concentrate|focus|avoid|speed|secure|protect|keep|open|let|"
        r"give|bring|take))\b"
    ),
    "cause": re.compile(
        r"\b(?:because|due to|since|as a result|in response|reasons?|why|thanks to|wake of|therefore)\b"
    ),
    "want": re.compile(
        r"\b(?:hop(?:es?|ed|ing)|wants?|wanted|aims?|intends?|plans?|seek\w*|need\w*|goal|keen|looking)\b"
    ),
    "trouble": re.compile(
        r"\b(?:los(?:s|ses|ing)|debts?|struggl\w+|difficult\w*|crisis|pressure|fail\w*|collapse|decline\w*|falling|"
        r"costs?|rising|bankrupt\w*|problems?|concerns?|objections?|antitrust)\b"
    ),
    "deal": re.compile(
        r"\b(?:deal|merger|takeover|acquisition|bid|offer|transaction|purchase|partnership|venture|agreement|alliance|"
        r"combination|buyout|move|tie-up|pact|link|collaborat\w+|cooperation|acquir\w+|buy\w*)\b"
    ),
    "future": re.compile(r"\b(?:will|would|could|can|should|may|expect\w*)\b"),
    "we": re.compile(r"\b(?:we|our|us|together)\b"),
    "figure": re.compile(r"[$£€]|\bpercent\b|%"),
    "approval": re.compile(r"\b(?:regulat\w+|approv\w+|sharehold\w+|stock|shares|closed|terms|undisclosed)\b"
    ),
    "closing": re.compile(
        r"\b(?:to close|closing|be (?:completed|finali[sz]ed|closed)|completion|subject to|quarter|expires?)\b"),
}  # fmt: skip
WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


@lru_cache(maxsize=512)
def groups_in(low: str) -> tuple[str, ...]:
    """Kept, since every deal of an article asks it of the same sentences."""
    return tuple(name for name, group in GROUPS.items() if group.search(low))
