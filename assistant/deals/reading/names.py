"""The actors of an article: companies, persons and places, each once, with every place it is named.

The tagger reads the sentences the caller names, since most hold no deal; what it finds is then looked
for by its letters in the whole article. Knows nothing of deals or of other articles.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.deals.reading.groups import LEGAL, Named, core_words, group_names, is_initials
from assistant.deals.reading.tagger import NameKind, NameTagger, Tagged
from assistant.domain import Article, Span

SURE = 0.5
"""Below this share of its kind a name is left out; names in doubt are seldom parties of a deal."""

_ABBREVIATED = re.compile(r"\b(?:Inc|Corp|Co|Cos|Ltd|Bros|Bhd|Pty|Jr|Sr|[A-Z]\.[A-Z])$")
_ALIAS = re.compile(r"\s?\((?:\s?(?:the|aka|or|formerly) )?([^()]{2,30})\)")
_POSSESSIVE = re.compile(r"(?:'s|’s|['’])$")
_PIECE = re.compile(r"[^\s().](?:(?! \. )[^()\n])*")
_SMALL_TAIL = re.compile(rf"(?<=\w)(?: (?!(?:{'|'.join(sorted(LEGAL))})\b)[a-z][a-z]+)+$")
_PARTICLE = r"(?:van|von|den|der|dos|del|de|la|le|du|di|da|el|al)\b"
_SMALL_HEAD = re.compile(rf"^(?:(?!{_PARTICLE})[a-z][a-z-]+ )+(?=[A-Z]|{_PARTICLE})")
_TWICE = re.compile(r"^(\S+) (?=\1(?: |$))")
_SECTION = re.compile(
    r"^(?:Aviation|Business|Companies|Economy|Energy|Finance|Health|Industry|Internet|Markets|Media|Science|"
    r"Sports?|Tech|Technology|Telecoms|Transport|World) (?=[A-Z])"
)
"""A newspaper's section, which scraped texts begin with: "Internet Varnholt said on Monday"."""
_LONGEST = 80
_SHORTEST = 3
_NEVER = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december ceo cfo coo chairman president mr mrs ms dr sir "
    "internet web it i he she we they the a an nyse nasdaq".split()
)
_PEOPLES = re.compile(
    r"[A-Z][a-z]+(?:ish|ese|nch|tch|wiss|[^r]man|[aeir]an)|(?:African|Czech|Greek|Iraqi)s?"
)
_LANDS = frozenset(
    "Japan Iran Taiwan Pakistan Milan Oman Lebanon Michigan Amman Sudan Tehran".split()
)
_TITLE = re.compile(
    r"^(?:CEO|CTO|CFO|COO|Mr|Mrs|Ms|Dr|Sir|President|Chairman|Chancellor|Minister)\.? "
)
_STATE = re.compile(
    r"\b(?:government|ministry|state|department|council|authority|commission|city|family|fund|board)\b"
)
_STATE_SAID = re.compile(
    r"(?<![\w-])(?!(?:The|This|That|Its|His|Her|Their|Our|An|Each|Every|Any|No|Local|Federal|Central)\b)"
    r"[A-Z][\w.]+(?:'s|’s)? (?:government|family)(?!\w| of)"
)
"""State and family as a party, such as "the Norlandic government": often in small letters, so by rule."""


class ActorKind(StrEnum):
    """Governments and state bodies are companies here: they buy, sell and invest as such."""

    COMPANY = "company"
    PERSON = "person"
    PLACE = "place"


_KINDS = {
    NameKind.ORGANISATION: ActorKind.COMPANY,
    NameKind.PERSON: ActorKind.PERSON,
    NameKind.PLACE: ActorKind.PLACE,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is the fullest form in the article; `spans`, in order, are all places of all its forms."""

    name: str
    kind: ActorKind
    spans: tuple[Span, ...]


def find_actors(
    article: Article, sentences: Sequence[Span], tagger: NameTagger
) -> tuple[Actor, ...]:
    """The actors named in `sentences`, spans of the article's content in order; by their first place."""
    return find_all_actors([(article, sentences)], tagger)[0]


def find_all_actors(
    articles: Sequence[tuple[Article, Sequence[Span]]], tagger: NameTagger
) -> list[tuple[Actor, ...]]:
    """As `find_actors` for many articles, whose sentences are read together."""
    contents = [article.content for article, _ in articles]
    texts = [
        content[span.start : span.end]
        for content, (_, sentences) in zip(contents, articles, strict=True)
        for span in sentences
    ]
    tagged = iter(tagger.tag(texts))
    return [
        group_actors(content, sentences, [next(tagged) for _ in sentences])
        for content, (_, sentences) in zip(contents, articles, strict=True)
    ]


def group_actors(
    content: str, sentences: Sequence[Span], tagged: Sequence[Sequence[Tagged]]
) -> tuple[Actor, ...]:
    """The actors from what the tagger found in each sentence; sentences stand in order."""
    kinds, aliases = _spellings(content, sentences, tagged)
    shorter = _shorter(kinds)
    kinds |= dict.fromkeys(shorter, NameKind.ORGANISATION)
    places = _places(content, sentences, kinds)
    names = [
        Named(text, kinds[text], tuple(spans), _lines(spans, sentences), aliases.get(text, ""))
        for text, spans in places.items()
    ]
    groups = group_names(content, names)
    return tuple(_actor(g) for g in groups if not shorter.issuperset(n.text for n in g))


def _shorter(kinds: dict[str, NameKind]) -> set[str]:
    """First words of companies' names that stand alone somewhere and were read in no sentence."""
    firsts = {
        text.split()[0]
        for text, kind in kinds.items()
        if kind is NameKind.ORGANISATION and len(text.split()) > 1
    }
    return {
        word
        for word in firsts
        if word not in kinds and len(word) > _SHORTEST and word.isalpha() and word[0].isupper()
    }


def _spellings(
    content: str, sentences: Sequence[Span], tagged: Sequence[Sequence[Tagged]]
) -> tuple[dict[str, NameKind], dict[str, str]]:
    """Each spelling with the kind it is most often, and the spelling it is an alias of in brackets."""
    votes: dict[str, dict[NameKind, float]] = defaultdict(lambda: defaultdict(float))
    aliases: dict[str, str] = {}
    for sentence, names in zip(sentences, tagged, strict=True):
        for name in names:
            for span in _trimmed(content, sentence.start, name):
                text = content[span.start : span.end]
                if name.sureness < SURE or not _is_name(text, name.kind):
                    continue
                votes[text][name.kind] += name.sureness
                alias = _alias_after(content, span)
                if alias and name.kind is NameKind.ORGANISATION:
                    aliases[alias] = text
                    votes[alias][name.kind] += 1
        for match in _STATE_SAID.finditer(content, sentence.start, sentence.end):
            votes[match.group()][NameKind.ORGANISATION] += 1
    kinds = {text: max(count, key=lambda kind: count[kind]) for text, count in votes.items()}
    return _surnames(content, kinds), aliases


def _surnames(content: str, kinds: dict[str, NameKind]) -> dict[str, NameKind]:
    """The kinds, with a lone surname a person's where the full name came before it.

    But for a company named after its founder, which has a longer name of its own: "Reiss Systems". Of
    that the first word alone is the company's too, where no person is named in full.
    """
    persons = {t.split()[-1]: t for t, k in kinds.items() if k is NameKind.PERSON and " " in t}
    firms = {t.split()[0] for t, k in kinds.items() if k is NameKind.ORGANISATION and " " in t}
    changed = dict(kinds)
    for text, kind in kinds.items():
        if kind is NameKind.ORGANISATION and text in persons and text not in firms:
            full = content.find(persons[text])
            if 0 <= full < content.find(text):
                changed[text] = NameKind.PERSON
        if kind is NameKind.PERSON and text in firms and text not in persons:
            changed[text] = NameKind.ORGANISATION
    return changed


def _trimmed(content: str, offset: int, name: Tagged) -> Iterator[Span]:
    """Spans in the content: parted at brackets and ends of sentences, without a possessive, a title or
    words in small letters around it, with the full stop of "Inc.".
    """
    text = content[offset + name.span.start : offset + name.span.end]
    begins = offset + name.span.start == content.find("\n") + 1
    for piece in _PIECE.finditer(text):
        word = _POSSESSIVE.sub("", piece.group()).strip("\"“”‘’'.,;:-#* ")
        if name.kind is NameKind.PERSON:
            word = _TITLE.sub("", word)
        elif not _STATE.search(word):
            word = _TWICE.sub("", _SMALL_HEAD.sub("", _SMALL_TAIL.sub("", word)))
            word = _without_section(content, word) if begins else word
        if not word or "_" in word:
            continue
        start = offset + name.span.start + piece.start() + piece.group().index(word)
        end = start + len(word)
        if _ABBREVIATED.search(word) and content[end : end + 1] == ".":
            end += 1
        yield Span(start, end)


def _without_section(content: str, name: str) -> str:
    """The name without a section before it, if it stands alone too: "Business Objects" does not."""
    alone = _SECTION.sub("", name)
    return alone if content.count(alone) > content.count(name) else name


def _is_name(text: str, kind: NameKind) -> bool:
    """Whether it has a capital, more than one letter, and is no word that only looks like a name."""
    letters = sum(letter.isalnum() for letter in text)
    if letters < 2 or len(text) > _LONGEST or text.casefold().strip(".") in _NEVER | LEGAL:
        return False
    if kind is NameKind.PLACE and _PEOPLES.fullmatch(text) and text not in _LANDS:
        return False
    if any(letter.isupper() for letter in text):
        return True
    return kind is NameKind.ORGANISATION and bool(_STATE.search(text) or text[0].isdigit())


def _alias_after(content: str, span: Span) -> str:
    """X in "Name (X)" and 'Name ("X")', if X is the name's initials or its beginning, else "".

    Capitals alone count that begin with the name's first letter: "Norrby Airlines (NLA)".
    """
    found = _ALIAS.match(content, span.end)
    if not found:
        return ""
    alias, name = found.group(1).strip(" \"“”'’‘"), content[span.start : span.end]
    words, of = core_words(name), core_words(alias)
    begins = alias[:1].isupper() and of == words[: len(of)]
    capitals = alias.isupper() and alias.isalpha() and alias[0] == name[0].upper()
    fits = begins or is_initials(alias, name) or (capitals and 2 < len(alias) < 7)
    return alias if alias != name and len(alias) > 1 and fits else ""


def _places(
    content: str, sentences: Sequence[Span], kinds: dict[str, NameKind]
) -> dict[str, list[Span]]:
    """Every place of every spelling; in a longer name only the longer one counts.

    Where no sentence was read, a name beside another capitalised word may be part of a name not
    known, such as "Pellam" in "Pellam Atlantic", and does not count.
    """
    if not kinds:
        return {}
    longest_first = sorted(kinds, key=lambda text: (-len(text), text))
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])")
    found: dict[str, list[Span]] = {}
    read = sorted(sentences)
    at = 0
    for match in pattern.finditer(content):
        while at < len(read) and read[at].end <= match.start():
            at += 1
        inside = at < len(read) and read[at].start <= match.start()
        if inside or not _touches_capital(content, *match.span()):
            found.setdefault(match.group(), []).append(Span(*match.span()))
    return found


def _touches_capital(content: str, start: int, end: int) -> bool:
    after = re.compile(r" ([A-Z][\w&]*)").match(content, end)
    if after and after.group(1).lower() not in LEGAL:
        return True
    before = re.compile(r"(\S+) $").search(content[max(0, start - 30) : start])
    if not before or not before.group(1)[0].isupper():
        return False
    opener = content[max(0, start - 30) : start][: before.start()].rstrip(" ")[-1:]
    return bool(opener) and opener not in '.!?"“”:\n' and before.group(1)[-1].isalnum()


def _lines(spans: Sequence[Span], sentences: Sequence[Span]) -> frozenset[int]:
    """Indexes of the sentences, which stand in order, that hold one of the spans."""
    starts = [line.start for line in sentences]
    held = {(bisect_right(starts, span.start) - 1, span.start) for span in spans}
    return frozenset(i for i, start in held if i >= 0 and start < sentences[i].end)


def _actor(group: Sequence[Named]) -> Actor:
    spans = sorted(span for named in group for span in named.spans)
    # Headlines in capitals make no good names; of two forms of one length the first one stands.
    fullest = max(
        group, key=lambda n: (len(n.text.split()) > 1 or not n.text.isupper(), len(n.text))
    )
    return Actor(fullest.text, _KINDS[group[0].kind], tuple(spans))
