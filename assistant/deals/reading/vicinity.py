"""Where in an article one deal is told: its sentences, its parties' names, and what belongs to other deals.

Everything that fills a record's fields looks only here. Knows nothing of amounts, dates or reasons.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from assistant.deals.reading.sentences import sentences_of
from assistant.deals.records import Core
from assistant.domain import Article, Quote, Span

WINDOW = 40
"""Sentences looked at: those of the evidence, then those after and before, then those naming a party."""

MOST_TOLD = 12
"""Sentences of evidence at most: extraction gives one to three, and looking must not grow with their square."""

_PLAIN = frozenset(
    "air airlines america american bank british canada canadian china chinese co company corp digital "
    "east energy european first france french general german global group holdings inc india indian "
    "international japan japanese limited ltd media national new north one pacific pan plc royal saint "
    "san south southern state steel systems the united us west western world".split()
)
_LEGAL = re.compile(
    r"(?:,? (?:inc|corp|co|ltd|plc|llc|ag|sa|nv|gmbh|limited|corporation|company|group)\.?)+$", re.I
)


@dataclass(frozen=True, slots=True)
class Naming:
    """A place that names a company. `ours`: a party of this deal; else a party of another deal only."""

    span: Span
    party: int
    ours: bool


@dataclass(frozen=True, slots=True)
class Vicinity:
    """`told` are the sentences that hold evidence, `near` all that are looked at, as indices, ascending."""

    article: Article
    content: str
    core: Core
    sentences: tuple[Span, ...]
    told: tuple[int, ...]
    near: tuple[int, ...]
    namings: dict[int, tuple[Naming, ...]] = field(repr=False)
    elsewhere: tuple[Span, ...] = ()

    def words(self, index: int) -> str:
        span = self.sentences[index]
        return self.content[span.start : span.end]

    def quote(self, span: Span) -> Quote:
        return Quote(self.article.id, span, self.content[span.start : span.end])

    def in_evidence(self, span: Span) -> bool:
        return any(e.span.start < span.end and span.start < e.span.end for e in self.core.evidence)

    def in_other_deal(self, span: Span) -> bool:
        """Whether the words stand in another deal's evidence."""
        return any(e.start < span.end and span.start < e.end for e in self.elsewhere)

    def ours(self, index: int) -> int:
        """How many different parties of the deal the sentence names."""
        return len({n.party for n in self.namings[index] if n.ours})

    def theirs(self, index: int) -> int:
        """How many parties of other deals alone the sentence names."""
        return len({n.party for n in self.namings[index] if not n.ours})


def look_around(article: Article, core: Core, others: Sequence[Core] = ()) -> Vicinity:
    content = article.content
    sentences = sentences_of(article)
    told = _told(sentences, core)
    forms = [name_forms(p.name, content) for p in core.parties]
    foreign = [name_forms(p.name, content) for o in others for p in o.parties]
    known = {form for names in forms for form in names}
    foreign = [names for names in foreign if not known & set(names)]
    namings = {
        i: tuple(_namings(content, s, forms, foreign))
        for i, s in _closest(sentences, told, content, forms)
    }
    own = {e.span for e in core.evidence}
    elsewhere = tuple(e.span for o in others for e in o.evidence if e.span not in own)
    return Vicinity(
        article, content, core, sentences, told, tuple(sorted(namings)), namings, elsewhere
    )  # fmt: skip


def _told(sentences: Sequence[Span], core: Core) -> tuple[int, ...]:
    found: set[int] = set()
    for quote in core.evidence:
        at = max(0, bisect.bisect_right(sentences, quote.span.start, key=lambda s: s.start) - 1)
        while at < len(sentences) and sentences[at].start < quote.span.end:
            if quote.span.start < sentences[at].end:
                found.add(at)
            at += 1
    return tuple(sorted(found)[:MOST_TOLD])


def _closest(
    sentences: Sequence[Span], told: Sequence[int], content: str, forms: Sequence[Sequence[str]]
) -> list[tuple[int, Span]]:
    """The title, the sentences told in and around them, then sentences naming a party, `WINDOW` at most."""
    first = told[0] if told else 0
    places = {i for t in told or (0,) for i in range(max(0, t - 12), min(len(sentences), t + 13))}
    around = sorted(places, key=lambda i: (min((abs(i - t) for t in told), default=i), i))
    chosen = list(dict.fromkeys([*told, 0, *around[:12]]))[:WINDOW] if sentences else []
    names = [form for party in forms for form in party]
    for i in range(max(0, first - 150), min(len(sentences), first + 150)):
        if len(chosen) >= WINDOW:
            break
        span = sentences[i]
        if i not in chosen and any(content.find(n, span.start, span.end) >= 0 for n in names):
            chosen.append(i)
    return [(i, sentences[i]) for i in chosen]


@lru_cache(maxsize=1024)
def name_forms(name: str, content: str) -> tuple[str, ...]:
    """The name and the shorter forms the article may use, longest first."""
    short = _LEGAL.sub("", name).strip() or name
    forms = {name, short}
    head = short.split()[0].strip(",.'")
    if len(head) > 2 and head.lower() not in _PLAIN and head[0].isupper():
        forms.add(head)
    at = content.find(short)
    while at >= 0:
        alias = re.match(
            r"(?: \w+\.?)?,? ?\((?:the )?[\"“']?([A-Z][\w.&-]{1,12})[\"”']?[),]",
            content[at + len(short) : at + len(short) + 40],
        )
        if alias:
            forms.add(alias[1])
            break
        at = content.find(short, at + 1)
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _namings(
    content: str, span: Span, ours: Sequence[Sequence[str]], foreign: Sequence[Sequence[str]]
) -> Iterator[Naming]:
    for number, forms in enumerate([*ours, *foreign]):
        for form in forms:
            found = list(_places(content, span, form))
            if found:
                yield from (Naming(place, number, number < len(ours)) for place in found)
                break


def _places(content: str, span: Span, form: str) -> Iterator[Span]:
    """At most eight whole-word places of `form` in a sentence."""
    at = content.find(form, span.start, span.end)
    for _ in range(8):
        if at < 0:
            return
        end = at + len(form)
        before = at > 0 and content[at - 1].isalnum()
        after = end < len(content) and content[end].isalnum()
        if not (before or after):
            yield Span(at, end)
        at = content.find(form, end, span.end)
