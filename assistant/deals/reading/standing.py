"""How far a deal has come, as the article leaves it.

A linear model over the words of the evidence, of the title and of what else the article says of the
parties, with names and figures masked, and over groups of cue words. Knows nothing of dates and prices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from assistant.deals.reading.vicinity import Vicinity
from assistant.deals.reading.weights import linear_score, read_weights
from assistant.deals.records import Kind, Stage, Standing
from assistant.domain import Quote, Span

_CUES: dict[str, re.Pattern[str]] = {
    "rumour": re.compile(
        r"\b(?:reported(?:ly)?|rumou?r\w*|speculat\w+|said to be|is believed|sources?|people (?:close|familiar)|"
        r"may be|might|could|possible|potential|suitors?|considering|weighing|interested|exploring|mulling|"
        r"according to (?:persons|people|reports|a report)|candidates?|studying|sounded out)\b"
    ),
    "talks": re.compile(
        r"\b(?:talks|negotiat\w+|discuss\w+|in advanced|approach(?:ed)?|courting|wooing)\b"
    ),
    "proposal": re.compile(
        r"\b(?:bids?|bidding|bidders?|offer(?:s|ed|ing)?|propos\w+|hostile|unsolicited|tender|non-binding|attempt\w*|"
        r"seek(?:s|ing)?|sought|wants? to|hop(?:es|ing) to|intends? to|plans? to|letter of intent|apply|applied)\b"
    ),
    "agreed": re.compile(
        r"\b(?:agree[ds]?|agreement|announc\w+|sign(?:ed|s)?|struck|definitive|accepted|entered|pact|contract|"
        r"unveil\w*|chosen|picked|won|approved|voted)\b"
    ),
    "ahead": re.compile(
        r"\b(?:will|would|shall|is to|are to|to (?:buy|acquire|merge|take|sell|pay|purchase|be|form|set|work|supply|"
        r"build|invest|join)|expected to|due to|subject to|regulat\w+|approval|pending|awaiting|conditions?)\b"
    ),
    "done": re.compile(
        r"\b(?:complet\w+|clos(?:ed|es)|finali[sz]ed|bought|acquired|took|taken over|purchased|sold|merged|owns?|"
        r"owned|since|has been|invested|raised|formed|founded|acquisitions? of|absorbed|already|existing|supplies|"
        r"sells|makes|holds?|joint venture with|partners?|succeeded|now|swallowed|licensed|last year|years? ago)\b"
    ),
    "refused": re.compile(
        r"\b(?:reject\w*|refus\w+|turned down|rebuff\w*|spurn\w*|declin\w+|not for sale|den(?:y|ied|ies)|voted "
        r"(?:against|down)|no truth|said no|lost (?:out|to)|failed|outbid|unwelcome|block(?:ed|s)?|snubb?\w*)\b"
    ),
    "dropped": re.compile(
        r"\b(?:withdr[ae]w\w*|pull(?:ed|s|ing)? out|drop(?:ped|s|ping)?|abandon\w*|quit\w*|walk(?:ed|s)? away|"
        r"no longer|lapsed?|gave up|given up|back(?:ed|s) out|broke(?:n)? off|scrapp?ed|shelved|end(?:ed)? talks)\b"
    ),
    "ended": re.compile(
        r"\b(?:terminat\w+|end(?:ed|s|ing)?|cancel\w*|dissolv\w+|unw[io]und?|expired?|prohibited|collapsed?|"
        r"break up|broke up|called off|part(?:ed|ing)? ways|ran out|divorce|replac\w+|former|failed|blocked|scuttled)\b"
    ),
    "negated": re.compile(r"\b(?:not|no|never|without|neither|nor|n't|nothing)\b|n[’']t\b"),
    "once": re.compile(
        r"\b(?:19|20)\d\d\b|\b(?:ago|earlier|previous\w*|recent\w*|last|in the past)\b"
    ),
}
_VERB = (
    r"(?:buy|acquire|take over|take|purchase|merge|sell|bid|invest|join|form|create|supply|license|work|pay|own|"
    r"combine|partner|spin|transfer|divest)"
)
_PAST = (
    r"(?:bought|acquired|taken|took|purchased|merged|sold|invested|joined|formed|created|supplied|licensed|swallowed|"
    r"absorbed|partnered|worked|combined|raised|owned|completed|closed|succeeded|founded|received|ordered|chosen)"
)
_FORMS: dict[str, re.Pattern[str]] = {
    "perfect": re.compile(
        rf"\b(?:has|have|had|having|'ve) (?:also |already |now |since |just )?(?:been )?{_PAST}\b"
    ),
    "past": re.compile(rf"(?<!be )(?<!is )(?<!been )(?<!has )(?<!have )(?<!had )\b{_PAST}\b"),
    "will": re.compile(rf"\b(?:will|shall|[’']ll) (?:\w+ )?(?:be \w+|{_VERB})\b"),
    "would": re.compile(r"\b(?:would|should)\b"),
    "may": re.compile(r"\b(?:may|might|could)\b"),
    "is_to": re.compile(r"\b(?:is|are|was|were|set|due|ready) to \w+"),
    "to_be": re.compile(r"\bto be \w+ed\b|\bbeing \w+ed\b"),
    "infinitive": re.compile(rf"\bto {_VERB}\b"),
    "progressive": re.compile(r"\b(?:is|are) (?:\w+ly )?\w+ing\b"),
    "pluperfect": re.compile(r"\bhad (?:\w+ )?\w+(?:ed|en|ought|old)\b"),
    "passive": re.compile(r"\b(?:was|were|been|be) \w+(?:ed|ought|old|aken)(?: over)? (?:by|to)\b"),
    "present": re.compile(
        r"\b(?:buys|acquires|takes|sells|merges|makes|supplies|owns|holds|has|have|is|are)\b"
    ),
    "made_bid": re.compile(
        r"\b(?:ma(?:de|kes|king)|launch\w*|plac\w+|rais\w+|improv\w+|enter\w*|lodg\w+|submit\w+|tabl\w+) "
        r"(?:an? |its |the )?[^.;]{0,40}?(?:bid|offer|proposal)\b"
    ),
    "in_talks": re.compile(
        r"\bin (?:\w+ )?(?:talks|negotiations|discussions)\b|\bmerger (?:talks|discussions)\b"
    ),
    "noun": re.compile(
        r"\b(?:purchases?|acquisitions?|takeover|sale|merger) (?:of|by|with|between)\b"
    ),
    "recent": re.compile(
        r"\b(?:recent(?:ly)?|previous(?:ly)?|earlier|former(?:ly)?|then|once|already|currently)\b"
    ),
}
"""How the deal's verb stands: what is done, what is to come, and under which mood."""
_DEAL = re.compile(
    r"\b(?:deal|merger|takeover|acquisition|bid|offer|talks|transaction|purchase|sale|partnership|venture|pact|"
    r"agreement|alliance|contract|combination|buyout|proposal|stake)\b"
)
_TOKEN = re.compile(r"[A-Za-z]+(?:[-'’][A-Za-z]+)*|\d[\d.,]*|[,;:.?!\"“”$£€%]")


def masked_words(near: Vicinity, span: Span) -> list[str]:
    """Words in small letters; a party is `ours`, another deal's party `theirs`, a capital `name`, a figure `#`."""
    words: list[str] = []
    namings = [
        n
        for ns in near.namings.values()
        for n in ns
        if n.span.start < span.end and span.start < n.span.end
    ]
    for match in _TOKEN.finditer(near.content, span.start, span.end):
        word = match.group()
        owner = next((n for n in namings if n.span.start <= match.start() < n.span.end), None)
        if owner:
            mask = "ours" if owner.ours else "theirs"
        elif word[0].isdigit():
            mask = "#"
        elif word[0].isupper() and match.start() != span.start and word != "I":
            mask = "name"
        else:
            mask = word.lower()
        if mask not in ("ours", "theirs", "name", "#") or words[-1:] != [mask]:
            words.append(mask)
    return words


def standing_features(near: Vicinity) -> list[str]:
    """What the article's words say of the stage. Zones: e evidence, s its sentences, t title, n other places."""
    kind = near.core.kind
    features = ["bias", f"kind={kind}", f"others={min(2, len(near.elsewhere))}"]
    lead = bool(near.told) and near.told[0] <= 1
    features.append(f"lead={lead}")
    for quote in near.core.evidence[:3]:
        words = masked_words(near, quote.span)
        features += [f"e={w}" for w in words] + [f"e={a} {b}" for a, b in pairwise(words)]
        features += _around_parties(words)
    evidence = " ".join(q.text for q in near.core.evidence[:3])
    features += _cues("e", evidence, kind)
    features += [f"lead={lead}/{f}" for f in _cues("e", evidence, kind)]
    features += _cues("s", _beyond_evidence(near), kind)
    if near.ours(0) if 0 in near.namings else False:
        features += _cues("t", near.words(0), kind) + [
            f"t={w}" for w in masked_words(near, near.sentences[0])
        ]
    elsewhere = list(_other_places(near))
    features += _cues("n", " ".join(near.words(i) for i in elsewhere), kind)
    for index in elsewhere:
        features += [f"n={w}" for w in masked_words(near, near.sentences[index])]
    return features


def _around_parties(words: Sequence[str]) -> Iterator[str]:
    """The words next to a party's name, on which side."""
    for i, word in enumerate(words):
        if word == "ours":
            yield from (f"<{w}" for w in words[max(0, i - 3) : i])
            yield from (f">{w}" for w in words[i + 1 : i + 4])


@lru_cache(maxsize=256)
def _held(low: str, verbs: bool) -> tuple[str, ...]:
    """Kept, since every deal of an article asks it of the same sentences."""
    held = [name for name, cue in _CUES.items() if cue.search(low)]
    return (*held, *(name for name, form in _FORMS.items() if verbs and form.search(low)))


def _cues(zone: str, text: str, kind: Kind) -> list[str]:
    held = _held(text.lower(), zone in "et")
    features = [f"{zone}:{name}" for name in held]
    features += [f"{zone}:{a}+{b}" for i, a in enumerate(held) for b in held[i + 1 :]]
    if zone == "e":
        features += [f"{kind}:{name}" for name in held] + ([] if held else ["e:none"])
    return features


def _beyond_evidence(near: Vicinity) -> str:
    """The evidence's sentences without the evidence itself."""
    pieces = []
    for index in near.told:
        sentence = near.sentences[index]
        start = sentence.start
        for quote in sorted(near.core.evidence, key=lambda q: q.span):
            if quote.span.start < sentence.end and sentence.start < quote.span.end:
                pieces.append(near.content[start : max(start, quote.span.start)])
                start = max(start, quote.span.end)
        pieces.append(near.content[min(start, sentence.end) : sentence.end])
    return " ".join(pieces)


def _other_places(near: Vicinity) -> Iterator[int]:
    """Sentences without evidence that speak of the deal: of two parties, or of one and a deal."""
    for index in near.near:
        if index == 0 or index in near.told or near.in_other_deal(near.sentences[index]):
            continue
        ours = near.ours(index)
        if ours >= 2 or (ours == 1 and not near.theirs(index) and _DEAL.search(near.words(index))):
            yield index


def standing_of(near: Vicinity) -> Standing:
    """The stage most likely, with the evidence whose words speak most for it."""
    weights = read_weights("standing")
    features = standing_features(near)
    scores = {stage: linear_score(features, weights[stage]) for stage in weights}
    stage = Stage(max(scores, key=lambda s: (scores[s], s)))
    return Standing(stage, _telling(near, stage))


def _telling(near: Vicinity, stage: Stage) -> Quote:
    weights = read_weights("standing")[stage]
    quotes = near.core.evidence

    def weight(quote: Quote) -> float:
        words = masked_words(near, quote.span)
        pairs = [f"e={a} {b}" for a, b in pairwise(words)]
        return sum(weights.get(f, 0.0) for f in {*(f"e={w}" for w in words), *pairs})

    return max(quotes, key=weight) if len(quotes) > 1 else quotes[0]
