"""Which companies a text means: their names in it, in any case, possessive, or misspelt by a letter.

Pure: made from the names of a ledger. A name several companies have gives all of them. Knows nothing
of companies without a deal.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from assistant.deals.ledger.company_names import ORDINARY, company_key, name_form
from assistant.deals.ledger.statements import NATIONS
from assistant.domain import Span

LONGEST = 7
"""Words of a name."""

_SHORTEST_MISSPELT = 5
_MOST_MEANT = 4
"""A first word that begins more companies' names than this means none of them."""

_TOKEN = re.compile(r"[^\W_](?:[\w&+]|[.'’-](?=\w))*\.?|&")
_NAME_BEFORE = re.compile(r"(?<![\w.'’-])([A-Z][\w&+.-]*) $")
_NAME_AFTER = re.compile(r" ([A-Z][\w&+.-]*)")
_TITLES = frozenset("CEO CFO COO Chairman Chairwoman Chief Director I President Vice".split())
_POSSESSIVE = re.compile(r"['’]s?$|\.$")


@dataclass(frozen=True, slots=True)
class NamedCompany:
    """Words of a text that name a company: `company_ids` such as `c12`, the best known first."""

    span: Span
    text: str
    company_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    span: Span
    text: str
    telling: bool
    """Whether its form can be a name's: not a plain lower-case word in a text that uses capitals."""


class CompanyDirectory:
    """`names` are (company id, name, articles that use it); `is_word` tells words of the articles from
    others: only what they do not hold is taken for a misspelling.
    """

    def __init__(self, names: Iterable[tuple[str, str, int]]) -> None:
        held: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._names: dict[str, set[str]] = defaultdict(set)
        first: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for company_id, name, articles in names:
            form = name_form(name)
            self._names[company_id].add(name.lower())
            held[form.key][company_id] += articles
            for n in range(1, len(form.words)):
                first[form.words[:n]][company_id] += articles
        self._keys = {key: _best_first(ids) for key, ids in held.items()}
        self._first = {words: _best_first(ids) for words, ids in first.items()}
        self._near: dict[str, set[str]] = defaultdict(set)
        for key in self._keys:
            if len(key) >= _SHORTEST_MISSPELT:
                for shorter in _without_a_letter(key):
                    self._near[shorter].add(key)

    def names_of(self, company_id: str) -> Collection[str]:
        """All names of a company in small letters; none of one that is not held."""
        return self._names.get(company_id, ())

    def find(
        self, text: str, is_word: Callable[[str], bool] = lambda _word: True
    ) -> list[NamedCompany]:
        """Names in the order of the text; none overlap, and the longer is taken."""
        tokens = _tokens(text)
        found: list[NamedCompany] = []
        i = 0
        while i < len(tokens):
            hit = self._longest(text, tokens, i, is_word)
            if hit is None:
                i += 1
            else:
                i, named = hit
                found.append(named)
        return found

    def find_whole(
        self, text: str, is_word: Callable[[str], bool] = lambda _word: True
    ) -> list[NamedCompany]:
        """The same without words that are a part of a longer name ("London" in "London Stock Exchange")
        or the name of a people: for questions, whose names are few and whose case is that of prose.
        """
        return [named for named in self.find(text, is_word) if self._is_whole(text, named)]

    def _is_whole(self, text: str, named: NamedCompany) -> bool:
        words = named.text.split()
        if len(words) > 1:
            return True
        if words[0] in NATIONS:
            return False
        before = _NAME_BEFORE.search(text, 0, named.span.start)
        if before and before[1] not in NATIONS and before[1].lower() not in PLAIN_WORDS:
            return before.start() == 0
        after = _NAME_AFTER.match(text, named.span.end)
        own = bool(self._by_key(named.text))
        return own or not after or after[1] in _TITLES

    def _longest(
        self, text: str, tokens: list[_Token], i: int, is_word: Callable[[str], bool]
    ) -> tuple[int, NamedCompany] | None:
        last = min(len(tokens), i + LONGEST)
        for meaning in (self._by_key, self._by_first_words):
            for end in range(last, i, -1):
                some = tokens[i:end]
                if not (some[0].telling and some[-1].telling):
                    continue
                shown = text[some[0].span.start : some[-1].span.end]
                ids = meaning(_POSSESSIVE.sub("", shown))
                if ids:
                    return end, _named(text, some[0].span.start, shown, ids)
        token = tokens[i]
        bare = _POSSESSIVE.sub("", token.text)
        if token.telling and not is_word(bare) and (ids := self._misspelt(bare)):
            return i + 1, _named(text, token.span.start, token.text, ids)
        return None

    def _by_key(self, name: str) -> tuple[str, ...]:
        return self._keys.get(company_key(name), ())

    def _by_first_words(self, name: str) -> tuple[str, ...]:
        words = name_form(name).words
        if ORDINARY.issuperset(words) or len(name) < 3:
            return ()
        ids = self._first.get(words, ())
        return ids if len(ids) <= _MOST_MEANT else ()

    def _misspelt(self, word: str) -> tuple[str, ...]:
        key = company_key(word)
        if len(key) < _SHORTEST_MISSPELT:
            return ()
        near = {k for shorter in _without_a_letter(key) for k in self._near.get(shorter, ())}
        near = {k for k in near if k[0] == key[0] and abs(len(k) - len(key)) <= 1}
        return self._keys[near.pop()] if len(near) == 1 else ()


def _named(text: str, start: int, shown: str, ids: tuple[str, ...]) -> NamedCompany:
    bare = _POSSESSIVE.sub("", shown)
    return NamedCompany(Span(start, start + len(bare)), text[start : start + len(bare)], ids)


def _best_first(ids: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=lambda i: (-ids[i], int(i[1:]))))


def _without_a_letter(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _tokens(text: str) -> list[_Token]:
    """Words; the first one's capital tells nothing, nor does any letter's case in a text without capitals."""
    hits = list(_TOKEN.finditer(text))
    cased = any(h[0] != h[0].lower() for h in hits[1:])
    tokens = []
    for i, hit in enumerate(hits):
        word = _POSSESSIVE.sub("", hit[0]).lower()
        plain = word in PLAIN_WORDS and (i == 0 or hit[0] == hit[0].lower())
        telling = not plain and (
            not cased or i == 0 or hit[0] != hit[0].lower() or not word.isalpha()
        )
        tokens.append(_Token(Span(*hit.span()), hit[0], telling))
    return tokens


PLAIN_WORDS = frozenset(
    "a about above acquire acquired acquires acquiring acquisition acquisitions after again against ago agree "
    "agreed agreement ahead air airline airlines all alliance also always am amount an and announce announced "
    "any approve approved are articles as ask asked at back bank banks be became because become been before "
    "began behind being best between bid bidder bids big bigger billion block blocked board bought boss both "
    "brand bring business buy buyer buyers buying buyout by call called came can cash chief close closed come "
    "comes company companies compare complete completed control cost could current date deal deals did divest do "
    "does doing done double down drop during each earlier end ended euro euros ever exactly expected explain "
    "fail failed far final finally find firm firms first focus for former from fund funds gap get gets getting "
    "give given go goes going gold got had happen happened has have he held her his hold home how if in into "
    "invest invested investment investor is it its join joined joint just keep kind know last later lead led "
    "licence license licensed like link list long look made main make maker makes many market me media merge "
    "merged merger mergers might million mobile money more most much name named need network new news next no "
    "not now of off offer offered offers oil on once one online only open or order other our out over own owned "
    "owner owners paid part partner partners partnership pay paying people plan planned point power premium "
    "price proposed pull purchase put reason reject rejected remain right rival rivals rumour said sale say says "
    "see sell seller selling shape share shares she should show side since sold some spark spend spent spin "
    "stage stake star start state status still stock stop subject summary supplied supplier supply take taken "
    "takeover takes talk talks target team tell terms than that the their them then there they thing think this "
    "time to together told took total two under unit up us use valuation value venture versus vs want wanted "
    "was way we well went were what when where which while who whole whom whose why will with withdraw within "
    "word words work working worth would year years yes you".split()
)
"""Words that questions are made of: a name only where they carry a capital inside a sentence."""
