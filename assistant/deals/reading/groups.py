"""Which names of one article mean the same actor: "Norrby Air Lines" and "Norrby", initials and the long form.

A wrong join is worse than a missed one: a short name is joined to a longer one only where one longer
name alone fits and the article never sets the two side by side. Knows the names and where they stand,
no meaning; companies of different articles are not its matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.deals.reading.tagger import NameKind
from assistant.domain import Span

LEGAL = frozenset(
    "inc incorporated corp corporation co company cos companies ltd limited plc llc lp llp sa ag gmbh "
    "kg nv bv ab asa oyj oy spa srl se as sas kk pty bhd berhad pte pjsc ojsc oao zao jsc tbk group "
    "holding holdings groupe gruppe com".split()
)
"""Last words that a company's name may drop. "Group" among them: few firms differ from their group."""

_TRADE = frozenset(
    "air airline airlines airways lines aviation bank banks bancorp banking financial insurance motor "
    "motors automobile automobiles automotive aerospace aircraft industries industrial systems system "
    "technologies technology tech communications communication telecommunications telecom telecoms "
    "pharma pharmaceuticals pharmaceutical laboratories labs biosciences therapeutics chemical "
    "chemicals energy oil petroleum gas power electric electronics electrical semiconductor "
    "semiconductors microsystems computer computers software networks network entertainment pictures "
    "animation media publishing press newspapers books stores supermarkets foods food beverages "
    "brewing breweries brewery steel metals mining minerals resources materials engineering "
    "construction shipping railway railways rail logistics foundation university institute hotels "
    "resorts airport exchange brothers sons partners capital international worldwide global and & of "
    "data satellite radio services solutions enterprises manufacturing products instruments equity "
    "management investment investments broadcasting petrochemicals foundry".split()
)
"""Words that name a trade, which the short form of the same company's name leaves out."""

_BRANCH = frozenset(
    "mobile cable online music records studios digital wireless broadband cargo express interactive "
    "america american americas europe european asia asian africa atlantic pacific japan china india uk "
    "usa us canada australia germany france north south east west northern southern eastern western "
    "television tv news games sports retail consumer ventures labs center centre direct money trains "
    "transportation healthcare health life home finance credit leasing real property".split()
)
"""Words that name a branch of a house or a country's: the house itself is another company."""

_SMALL = frozenset("of and the for de la le du des & et und y".split())
_LETTERS = re.compile(r"[^\W_]+")
_LEAST = 2  # letters of a short name that is joined to a longer one
_BETWEEN = 6  # characters
_PLACES = 50  # of a name that are looked at: an article of one name a thousand times stays cheap
_LISTED = re.compile(r"\s?,\s|,?\s(?:and|or|&|to|from|with)\s")
_INITIALS = re.compile(r"[A-Z][A-Za-z&]{1,6}")


@dataclass(frozen=True, slots=True)
class Named:
    """One spelling and every place it stands in the article, in order.

    `lines` number the sentences that were read among those places; `alias_of` is the spelling that
    it follows in brackets.
    """

    text: str
    kind: NameKind
    spans: tuple[Span, ...]
    lines: frozenset[int] = frozenset()
    alias_of: str = ""


def group_names(content: str, names: Sequence[Named]) -> list[list[Named]]:
    """The names of an article's content parted into actors, each in one group, in order of first place."""
    groups = _Groups(content, names)
    for kind in NameKind:
        members = [index for index, name in enumerate(names) if name.kind is kind]
        groups.join_spellings(members)
        if kind is NameKind.PERSON:
            groups.join_surnames(members)
        elif kind is NameKind.ORGANISATION:
            groups.join_brackets(members)
            groups.join_initials(members)
            groups.join_parts(members)
    return groups.parted()


class _Groups:
    """Union of names; `of[i]` is the first index of the group name `i` is in."""

    def __init__(self, content: str, names: Sequence[Named]) -> None:
        self._content = content
        self._names = names
        self._of = list(range(len(names)))

    def parted(self) -> list[list[Named]]:
        found: dict[int, list[Named]] = {}
        for index, name in enumerate(self._names):
            found.setdefault(self._of[index], []).append(name)
        return sorted(found.values(), key=lambda group: min(n.spans[0].start for n in group))

    def join_spellings(self, members: Iterable[int]) -> None:
        """Alike but for case, marks between words and legal last words."""
        first: dict[str, int] = {}
        for index in members:
            key = "".join(core_words(self._names[index].text))
            self._join(first.setdefault(key, index), index)

    def join_brackets(self, members: Sequence[int]) -> None:
        """As in "Long Name (LN)", with any short form in the brackets."""
        by_text = {self._names[index].text: index for index in members}
        for index in members:
            longer = by_text.get(self._names[index].alias_of)
            if longer is not None:
                self._join(longer, index)

    def join_initials(self, members: Sequence[int]) -> None:
        whole = [index for index in members if not self._is_pair(index, members)]
        for index in members:
            short = self._names[index].text
            if not _INITIALS.fullmatch(short) or sum(c.isupper() for c in short) < 2:
                continue
            fitting = [i for i in whole if is_initials(short, self._names[i].text)]
            if len({self._of[i] for i in fitting}) == 1:
                self._join(fitting[0], index)

    def join_surnames(self, members: Sequence[int]) -> None:
        for index in members:
            words = name_words(self._names[index].text)
            longer = [
                i
                for i in members
                if len(name_words(self._names[i].text)) > len(words)
                and name_words(self._names[i].text)[-len(words) :] == words
            ]
            if words and len({self._of[i] for i in longer}) == 1:
                self._join(longer[0], index)

    def join_parts(self, members: Sequence[int]) -> None:
        """As "Norrby" to "Norrby Air Lines", where nothing speaks against it; shortest names last."""
        whole = [index for index in members if not self._is_pair(index, members)]
        for index in sorted(members, key=lambda i: -len(self._names[i].text)):
            short = core_words(self._names[index].text)
            longer = [i for i in whole if _is_part(short, core_words(self._names[i].text))]
            if len({self._of[i] for i in longer} - {self._of[index]}) != 1:
                continue
            fullest = max(longer, key=lambda i: len(self._names[i].text))
            if self._may_shorten(index, fullest):
                self._join(fullest, index)

    def _may_shorten(self, short: int, longer: int) -> bool:
        """Whether the longer name's further words are a trade, or it came first and names no branch.

        In one sentence the two are two companies, but where a trade is all that parts them.
        """
        one, other = self._names[short], self._names[longer]
        words, all_words = core_words(one.text), core_words(other.text)
        if len("".join(words)) < _LEAST or words[0] in _TRADE | _BRANCH:
            return False
        begins = all_words[: len(words)] == words
        rest = set(all_words[len(words) :] if begins else all_words[: -len(words)])
        if begins and rest <= _TRADE | LEGAL:
            return not self._side_by_side(one, other)
        if one.lines & other.lines or rest & _BRANCH or len(words) > 1:
            return False
        return other.spans[0] < one.spans[0] or (0 in one.lines and _later(one, other))

    def _side_by_side(self, one: Named, other: Named) -> bool:
        """Whether a list sets the two apart somewhere, as in "Velmora and Velmora Airlines"."""
        return any(
            _LISTED.fullmatch(self._content, min(a.end, b.end), max(a.start, b.start))
            for a in one.spans[:_PLACES]
            for b in other.spans[:_PLACES]
            if 0 <= max(a.start, b.start) - min(a.end, b.end) <= _BETWEEN
        )

    def _is_pair(self, index: int, members: Sequence[int]) -> bool:
        """Whether the name is two others with a hyphen, such as a deal's: then it is neither's."""
        halves = self._names[index].text.split("-")
        others = {core_words(self._names[i].text)[0] for i in members if i != index}
        return len(halves) == 2 and all(core_words(half)[0] in others for half in halves if half)

    def _join(self, one: int, other: int) -> None:
        keep, lose = sorted((self._of[one], self._of[other]))
        self._of = [keep if group == lose else group for group in self._of]


def _later(short: Named, longer: Named) -> bool:
    """Whether, the title apart, the longer name comes first or the short one never again."""
    return len(short.spans) == 1 or longer.spans[0] < short.spans[1]


def _is_part(short: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    """Whether the short name begins the longer one, or ends it as "Halvora" ends "Walt Halvora"."""
    size = len(short)
    if not 0 < size < len(longer):
        return False
    return longer[:size] == short or (size == 1 and longer[-1:] == short)


def is_initials(short: str, name: str) -> bool:
    """Whether `short` is made of the first letters of all words of a longer name.

    Small words and legal last words may count or not: VSC is "Velmora's Steel
    Company", OAD "Oskeld Air and Defence".
    """
    wanted = [letter for letter in short.lower() if letter.isalnum()]
    words = [w for w in name_words(name) if len(w) > 1 or w not in "s"]
    if len(words) < 2 or len(wanted) < 2 or short == name:
        return False
    core = list(core_words(name))
    ways = {
        "".join(w[0] for w in chosen if not (small and w in _SMALL))
        for chosen in (words, core, [w for w in core if w != "s"])
        for small in (True, False)
    }
    return "".join(wanted) in ways


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """Words in small letters without accents; a possessive s is a word of its own."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    # "S.A." and "U.S." are one word each.
    plain = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", plain)
    return tuple(_LETTERS.findall(plain))


@lru_cache(maxsize=4096)
def core_words(name: str) -> tuple[str, ...]:
    """The words without an opening "the" and without legal last words, of which one word is left."""
    words = list(name_words(name))
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and (words[-1] in LEGAL or words[-1] in _SMALL):
        words.pop()
    return tuple(words)
