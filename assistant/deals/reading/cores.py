"""Who did what with whom in an article: its actors and the links between them, as deals with their proof.

The learned reader says which pairs have a deal; grammar settles direction and kind where it is plain.
Knows nothing of stages, prices and dates, which others add to a `Core`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from assistant.deals.reading.bystanders import set_aside, without_asides
from assistant.deals.reading.cues import sentences_worth_reading
from assistant.deals.reading.drafts import Draft, drafts_of, join_drafts
from assistant.deals.reading.grammar import (
    Finding,
    controls,
    find_forms,
    listed,
    masked,
    minority,
    only_owned,
)
from assistant.deals.reading.groups import LEGAL, core_words, name_words
from assistant.deals.reading.names import Actor, ActorKind
from assistant.deals.reading.pairs import Hit, Link, Marked, Reader
from assistant.deals.reading.references import Reference
from assistant.deals.reading.sentences import sentences_of
from assistant.deals.reading.windows import BEFORE, Sighting
from assistant.deals.records import Core, Party
from assistant.domain import Article, Quote, Span

SURE = 0.6
"""Score from which a link counts. Chosen on training texts kept aside; see training/train_pairs.py."""

RIVAL = 0.65
"""What is left of the score of a pair when a surer one of the sentence has one of its actors."""

PARALLEL = 0.6
"""The same for another purchase by the same buyer, or of the same target."""

CROSSED = 0.5
"""The same for a purchase in which the buyer of a surer one is bought, or its target buys."""

BYSTANDER = 0.5
"""What is left of the score of a pair of which one is named in an aside only."""

SIDE_BY_SIDE = 0.5
"""The same where both stand in one list, as in "‹1› and ‹2› must be sold": neither buys the other."""

PERSON = 0.6
"""What is left of a deal's score when a person is a party of it."""

WATCHER = 0.5
"""The same for one that judges deals, such as a competition authority."""

LISTED = 0.5
"""Score from which a link is believed of a name that stands in a list with a surer one."""

NAMED_HERE = (0.4, 0.7, 1.0)
"""What is left of a link's score when none, one or both of the two are named in the sentence itself."""

FORM = 0.8
"""The least score of a pair that a form of grammar finds and the reader does not rule out."""

RULED_OUT = 0.03
"""Below this score the reader has ruled a link out."""

DOUBTED = 0.3
"""Below this score supply or a licence gives way to a form of buying."""

SAID = 0.3
"""Added to the score of a pair that a form of grammar finds."""

_WATCHING = re.compile(
    r"\b(?:Commission|Court|Committee|Parliament|Congress|Senate|Justice|Competition|Regulator\w*|Antitrust|FCC|FTC|SEC|"
    r"Exchange Commission|Communications Authority|Union|Police)\b"
)
_NO_NAMES = LEGAL | frozenset(
    "american british canadian chinese dutch english european french german indian irish italian japanese korean "
    "russian spanish swedish swiss us usa uk eu america britain canada china europe france germany india ireland "
    "italy japan russia spain united states kingdom media news economy aviation investment business internet "
    "technology the".split()
)
"""What the tagger takes for a company now and then, alone or together: no party by itself."""

_BUYING = frozenset({Link.ACQUIRES, Link.INVESTS_IN, Link.BUYS_FROM, Link.SELLS})


def sentences_to_read(article: Article, sentences: Sequence[Span]) -> list[int]:
    """Those worth reading for deals, by their words alone."""
    content = article.content
    return sentences_worth_reading([content[s.start : s.end] for s in sentences])


def sentences_to_show(article: Article, sentences: Sequence[Span]) -> list[int]:
    """Those to look for names in: the title, what is read, and what stands before it."""
    read = sentences_to_read(article, sentences)
    return (
        sorted({0, *(i for at in read for i in range(max(0, at - BEFORE), at + 1))}) if read else []
    )


def read_cores(
    article: Article,
    actors: Sequence[Actor],
    reader: Reader,
    references: Sequence[Reference] = (),
    sentences: Sequence[Span] | None = None,
) -> list[Core]:
    """The deals of an article, in the order in which it tells them.

    `actors` and `references` are what `names` and `references` find in the sentences that
    `sentences_to_show` gives; `sentences` are those of `sentences_of`, cut anew where not given.
    """
    spans = tuple(sentences if sentences is not None else sentences_of(article))
    named = _sightings(actors)
    sightings = (*named, *_referring(named, references))
    wanted = _wanted(article, spans, sightings)
    if not wanted:
        return []
    hits = reader.read(Marked(article.content, spans, tuple(sightings), tuple(wanted)))
    drafts: list[Draft] = []
    for index, found in _by_sentence(hits).items():
        text = masked(article.content, spans[index], sightings)
        plain = masked(article.content, spans[index], named)
        told = dict.fromkeys((text, plain, without_asides(text)))
        forms = dict.fromkeys(form for shown in told for form in find_forms(shown))
        drafts += drafts_of(weigh(found, list(forms), text))
    drafts = [_doubted(draft, actors) for draft in drafts]
    alike = _alike(actors)
    drafts = [d for d in drafts if d.actors not in alike]
    joined = [d for d in join_drafts(drafts, alike) if d.score >= SURE]
    cores = [_core(article, actors, spans, draft) for draft in joined]
    return sorted(cores, key=lambda core: min(q.span for q in core.evidence))


def _sightings(actors: Sequence[Actor]) -> list[Sighting]:
    """Places are no parties; they keep their number, since everything counts the actors."""
    return [
        Sighting(number, span)
        for number, actor in enumerate(actors)
        if actor.kind is not ActorKind.PLACE and not _says_nothing(actor.name)
        for span in actor.spans
    ]


def _says_nothing(name: str) -> bool:
    """Whether a name is made of words that name no company; "News Corp." has a legal form, which does."""
    words = core_words(name)
    return _NO_NAMES.issuperset(words) and (
        LEGAL.issuperset(words) or LEGAL.isdisjoint(name_words(name))
    )


def _referring(named: Sequence[Sighting], references: Sequence[Reference]) -> list[Sighting]:
    """References to actors that are read, where no name stands."""
    places = {sighting.span.start for sighting in named}
    actors = {sighting.actor for sighting in named}
    return [
        Sighting(number, reference.span, referring=True)
        for reference in references
        for number in reference.actors
        if number in actors and reference.span.start not in places
    ]


def _wanted(article: Article, spans: Sequence[Span], sightings: Sequence[Sighting]) -> list[int]:
    """Sentences with a deal word that name or mean two; one with fewer almost never gave a deal."""
    return [
        index
        for index in sentences_to_read(article, spans)
        if len(
            {s.actor for s in sightings if spans[index].start <= s.span.start < spans[index].end}
        )
        > 1
    ]


def _by_sentence(hits: Sequence[Hit]) -> dict[int, list[Hit]]:
    found: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        found[hit.sentence].append(replace(hit, score=hit.score * NAMED_HERE[hit.here]))
    return found


def weigh(hits: Sequence[Hit], findings: Sequence[Finding], text: str) -> list[Hit]:
    """The links of a sentence that count: grammar heard, rivals held against each other, lists filled."""
    aside = set_aside(text)
    by_pair = {
        frozenset((f.first, f.second)): f for f in findings if not aside & {f.first, f.second}
    }
    heard = [_heard(hit, by_pair.get(frozenset((hit.first, hit.second))), text) for hit in hits]
    if only_owned(text):
        heard = [hit for hit in heard if hit.link not in _BUYING]
    kept: list[Hit] = []
    left: list[Hit] = []
    for hit in sorted(heard, key=lambda h: -h.score):
        said = frozenset((hit.first, hit.second)) in by_pair
        rivalled = not said and any(_rivals(hit, other, text) for other in kept)
        score = hit.score * (_left_beside(hit, kept) if rivalled else 1)
        if aside & {hit.first, hit.second}:
            score *= BYSTANDER
        if not said and hit.link >= Link.ACQUIRES and listed(text, hit.first, hit.second):
            score *= SIDE_BY_SIDE
        if rivalled and _closes_a_circle(hit, kept):
            continue
        if score >= SURE:
            kept.append(replace(hit, score=score))
        else:
            left.append(hit)
    return [*kept, *_listed_with(kept, left, text)]


def _left_beside(hit: Hit, kept: Sequence[Hit]) -> float:
    """What is left of the score of a rivalled link beside surer ones."""
    bought = [other for other in kept if other.link in _BUYING and hit.link in _BUYING]
    if any(hit.first == other.second or hit.second == other.first for other in bought):
        return CROSSED
    alike = [other for other in bought if other.link is hit.link]
    if any(hit.first == other.first or hit.second == other.second for other in alike):
        return PARALLEL
    return RIVAL


def _closes_a_circle(hit: Hit, kept: Sequence[Hit]) -> bool:
    """Whether both have a pact with the same third, with whom they stand in no list: two pacts, not three."""
    pacts = [{other.first, other.second} for other in kept if other.link is hit.link]
    thirds = [
        next(iter(pact - {end})) for end in (hit.first, hit.second) for pact in pacts if end in pact
    ]
    return hit.link < Link.ACQUIRES and len(thirds) > len(set(thirds))


def _listed_with(kept: Sequence[Hit], left: Sequence[Hit], text: str) -> list[Hit]:
    """What is done with one of a list is done with all: links in some doubt, made up from sure ones."""
    added: list[Hit] = []
    for hit in left:
        pair = {hit.first, hit.second}
        for sure in kept:
            shared = pair & {sure.first, sure.second}
            if hit.score < LISTED or len(shared) != 1 or sure.link is Link.TOGETHER:
                continue
            # A list of what one buyer buys is common; a list of buyers is as often one of brands.
            if sure.link >= Link.ACQUIRES and sure.first not in shared:
                continue
            mine, theirs = pair - shared, {sure.first, sure.second} - shared
            if listed(text, *mine, *theirs) and not _linked(kept, *mine, *theirs):
                ends = (sure.first, *mine) if sure.first in shared else (*mine, sure.second)
                score = max(SURE, 0.9 * sure.score)
                added.append(
                    replace(hit, first=ends[0], second=ends[1], link=sure.link, score=score)
                )
                break
    return added


def _linked(kept: Sequence[Hit], one: int, other: int) -> bool:
    """Whether two of a list have a deal with each other: then they are no list."""
    return any(
        {hit.first, hit.second} == {one, other} and hit.link is not Link.TOGETHER for hit in kept
    )


def _heard(hit: Hit, finding: Finding | None, text: str) -> Hit:
    """The hit as grammar corrects it. A form of buying says nothing against supply or a licence."""
    link = hit.link
    if finding is not None:
        against = _BUYING | {Link.MERGER, Link.TOGETHER}
        other_kind = finding.link in _BUYING and link not in {*against, Link.PARTNERSHIP}
        if other_kind and hit.score >= DOUBTED:
            return hit
        if finding.link is Link.PARTNERSHIP and link is Link.JOINT_VENTURE:
            return hit
        score = min(1.0, max(hit.score + SAID, FORM if hit.score >= RULED_OUT else 0))
        hit = replace(hit, first=finding.first, second=finding.second, score=score)
        link = finding.link
    if link in (Link.ACQUIRES, Link.INVESTS_IN):
        if controls(text):
            link = Link.ACQUIRES
        elif hit.link is Link.INVESTS_IN and minority(text):
            link = Link.INVESTS_IN
    return replace(hit, link=link)


def _rivals(hit: Hit, other: Hit, text: str) -> bool:
    """Whether two links share an actor and are not parts of one list or one deal."""
    shared = {hit.first, hit.second} & {other.first, other.second}
    if not shared:
        return False
    if hit.link is not other.link:
        return not {hit.link, other.link} <= {*_BUYING, Link.TOGETHER}
    crossed = hit.link >= Link.ACQUIRES and hit.first != other.first and hit.second != other.second
    mine, theirs = ({h.first, h.second} - shared for h in (hit, other))
    return crossed or not listed(text, *mine, *theirs)


def _doubted(draft: Draft, actors: Sequence[Actor]) -> Draft:
    """Persons and those who only watch over deals are seldom parties; most say something of the deal."""
    score = draft.score
    for number in draft.actors:
        if actors[number].kind is ActorKind.PERSON:
            score *= PERSON
        elif _WATCHING.search(actors[number].name):
            score *= WATCHER
    return replace(draft, score=score)


def _alike(actors: Sequence[Actor]) -> set[frozenset[int]]:
    """Pairs of actors of which all words of one name are in the other's.

    Names apart as actors, since "Time Warner Cable" is not Time Warner; as parties of one deal with the
    same others they are one company, named twice.
    """
    words = [set(core_words(actor.name)) for actor in actors]
    return {
        frozenset((one, other))
        for one, mine in enumerate(words)
        for other, theirs in enumerate(words)
        if one != other and mine and mine <= theirs
    }


def _core(article: Article, actors: Sequence[Actor], spans: Sequence[Span], draft: Draft) -> Core:
    told = sorted(draft.sentences, key=lambda i: (-_named_in(actors, spans[i], draft), i == 0, i))
    evidence = tuple(_quote(article, spans[index]) for index in told)
    parties = tuple(
        Party(actors[number].name, role, _named(article, actors[number], evidence))
        for number, role in sorted(draft.parts, key=lambda part: (part[1], part[0]))
    )
    return Core(draft.kind, parties, evidence, round(draft.score, 4))


def _named_in(actors: Sequence[Actor], span: Span, draft: Draft) -> int:
    return sum(
        any(span.start <= place.start < span.end for place in actors[number].spans)
        for number in draft.actors
    )


def _named(article: Article, actor: Actor, evidence: Sequence[Quote]) -> Quote:
    """A place that names the actor, in the evidence where there is one."""
    for quote in evidence:
        for span in actor.spans:
            if quote.span.start <= span.start and span.end <= quote.span.end:
                return _quote(article, span)
    return _quote(article, actor.spans[0])


def _quote(article: Article, span: Span) -> Quote:
    return Quote(article.id, span, article.content[span.start : span.end])
