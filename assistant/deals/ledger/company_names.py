"""What the name of a company says by its form: its words, its legal form, its initials.

Pure, and knows no companies: which names belong to one is decided in `companies`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LEGAL_FORMS = {
    "american": "inc incorporated corp corporation llc lp co",
    "": "company companies ltd limited plc llp pty pte bhd kk",
    "german": "ag gmbh kgaa kg",
    "latin": "sa sas spa srl sl sarl",
    "dutch": "nv bv",
    "nordic": "ab asa as oy oyj aps",
}
"""Legal forms by the law they belong to; "" are those used under several, which tell nothing apart."""

_LAW = {form: law for law, forms in LEGAL_FORMS.items() for form in forms.split()}
_TAILS = frozenset({"group", "holdings", "holding", "com"})
"""Words after which a name still means the same house: "Varnholt Group" is "Varnholt"."""

_WHOLE = frozenset(
    "air lines airlines airways systems technologies technology industries pharmaceuticals "
    "laboratories networks software semiconductor semiconductors supermarkets stores brewery "
    "breweries electronics".split()
)
"""Words that say what the whole company does."""

_PARTS = frozenset(
    "mobile cable wireless online digital air bank capital finance financial insurance ventures "
    "foundation energy motors music records pictures films entertainment television tv media radio "
    "news composite europe america americas asia africa china japan india russia brazil canada mexico "
    "australia zealand germany france italy spain uk us usa north south east west".split()
)
"""Words that name a part of a house, or its branch in a country: another company than the house."""

SMALL_WORDS = frozenset({"of", "and", "the", "for", "de", "&"})
ORDINARY = frozenset(
    "united news general national first american international global standard central universal "
    "royal new north south east west northern southern eastern western federal public star time "
    "continental pacific atlantic city state world capital energy media telecom bank oil air".split()
)
"""Words that alone name no one company: they join nothing by their form."""


@dataclass(frozen=True, slots=True)
class NameForm:
    """A name taken apart. `words` are lower-case, without legal form; `law` is of `LEGAL_FORMS`."""

    words: tuple[str, ...]
    law: str
    initials: frozenset[str]

    @property
    def key(self) -> str:
        """Equal for spellings of one name, such as "VELMORA Inc." and "Velmora"."""
        return "".join(self.words)

    @property
    def tail(self) -> tuple[str, ...] | None:
        """The words before "Group", "Holdings" or ".com"; None where the name has no such end."""
        long_enough = len(self.words) > 1 and self.words[-1] in _TAILS
        return self.words[:-1] if long_enough else None


@lru_cache(maxsize=65536)
def name_form(name: str) -> NameForm:
    """Never empty: a name of signs alone keeps them as its word."""
    raw = _tokens(name)
    whole = [_plain(token) for token in raw]
    kept, law = list(whole), ""
    while len(kept) > 1 and _is_legal(kept[-1], raw[len(kept) - 1]):
        law = _LAW[kept.pop()] or law
        if len(kept) > 1 and kept[-1] == "and":
            kept.pop()
    return NameForm(
        tuple(kept) or (name.strip().lower(),), law, frozenset({_initials(kept), _initials(whole)})
    )


def company_key(name: str) -> str:
    """What spellings of one name have in common."""
    return name_form(name).key


def is_short_form(short: str, long: str) -> bool:
    """Whether `short` is the first words of `long`, or its initials."""
    a, b = name_form(short), name_form(long)
    if a.key == b.key:
        return False
    begins = len(a.words) < len(b.words) and _begins(short, long)
    return begins or (1 < len(a.key) <= 6 and a.key in b.initials)


def is_whole(short: str, long: str) -> bool:
    """Whether what `long` has more than its first words `short` only says what the company does, as in
    "Velmora Systems"; initials say it anyway.
    """
    rest = name_form(long).words[len(name_form(short).words) :]
    return not _begins(short, long) or (_WHOLE | _TAILS).issuperset(rest)


def is_part(short: str, long: str) -> bool:
    """Whether `long` names a part of the house `short`, as "Velmora Mobile" does of Velmora."""
    rest = name_form(long).words[len(name_form(short).words) :]
    return _begins(short, long) and not _PARTS.isdisjoint(rest)


def _begins(short: str, long: str) -> bool:
    words = name_form(short).words
    return name_form(long).words[: len(words)] == words


def first_word_alone(name: str) -> str | None:
    """The word that stands for the whole name in running text, as "Velmora" does for "Velmora Systems"."""
    first, *rest = name_form(name).words
    tells = rest and first not in ORDINARY and len(first) > 2 and _WHOLE.issuperset(rest)
    word = name.split(maxsplit=1)[0]
    return word if tells and company_key(word) == first else None


def _tokens(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name).replace("’", "'").strip()
    text = re.sub(r"\s*\([^()]*\)\s*$", "", text) or text
    text = re.sub(r"'s?$", "", text)
    text = re.sub(r"(?<!\w)((?:\w\.){2,})(\w?)(?!\w)", lambda m: m[0].replace(".", ""), text)
    text = re.sub(r"\s&\s", " and ", text).replace("&", "").replace("A/S", "AS")
    tokens = [word for word in re.findall(r"[\w+]+", text.replace("'", "")) if word.strip("_+")]
    return tokens[1:] if len(tokens) > 1 and tokens[0].lower() == "the" else tokens


def _plain(token: str) -> str:
    letters = unicodedata.normalize("NFKD", token)
    return "".join(c for c in letters if not unicodedata.combining(c)).lower()


def _is_legal(word: str, raw: str) -> bool:
    if word not in _LAW:
        return False
    # "Day Spa" and "AS" in a headline: short foreign forms count only in their own spelling.
    foreign = word == "kk" or _LAW[word] not in ("", "american")
    short = len(word) <= 3 and foreign and word not in ("oy", "oyj", "aps")
    return not short or sum(letter.isupper() for letter in raw) >= 2


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words if word not in SMALL_WORDS)
