"""Whether a model's sentence speaks of what its quotes speak of.

`verification` finds a wrong figure, name or direction; it has nothing to say of a sentence that holds
none. A model that does what an article tells it to writes such sentences: a poem, an advertisement, its
answer in other letters. Most of the words of a sentence that a reader made from some quotes stand in
them, in their titles or in the question. Pure; knows no language but the small words of English.
"""

from __future__ import annotations

import re

_SHARE = 0.34
"""Of a clause's words. Of the true sentences written by hand over DealQA's passages none had less; see
benchmarks/results/by-hand-*.json."""

_FEW = 2
"""A clause of this many words or fewer may have one that stands nowhere."""

_SHORTEST = 4
_STEM = 5
_LONGER = 4
"""Letters by which forms of one word may differ in length: "acquires", "acquisition"."""

_FRAME = frozenset(
    "about after also although among another article articles because been before being both could does "
    "during each either from have having however into itself more most neither only other over said same says "
    "should since some still such than that their them then there these they this those though through told "
    "under until were what when where whether which while whom whose will with within without would your yes "
    "according called state states stated source sources given gives company companies deal deals".split()
)
_CLAUSE = re.compile(r"[;:.!?](?=\s|$)|\s[-–—]\s")
_EDGES = "\"'“”‘’.,;:!?()[]{}«»…*_"
_ADDRESS = re.compile(
    r"://|^www\.|^\S+@\S+\.\S+$|^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}(?:/\S*)?$", re.IGNORECASE
)


def find_stray(text: str, told: str, asked: str) -> str | None:
    """The first clause of `text` that is not about what is told, or an address not told; None for none.

    `told` are the words cited and the titles of their articles, `asked` is the question.
    """
    for word in text.split():
        bare = word.strip(_EDGES)
        if _ADDRESS.search(bare) and bare.lower() not in told.lower():
            return bare
    held = _by_stem(f"{told} {asked}")
    return next((c for c in _CLAUSE.split(text) if _strays(_words(c), held)), None)


def _strays(words: list[str], held: dict[str, list[int]]) -> bool:
    near = sum(_is_held(word, held) for word in words)
    if len(words) <= _FEW:
        return len(words) - near > 1
    return near < _SHARE * len(words)


def _is_held(word: str, held: dict[str, list[int]]) -> bool:
    lengths = held.get(word[:_STEM], ())
    return any(abs(len(word) - length) <= _LONGER for length in lengths)


def _by_stem(text: str) -> dict[str, list[int]]:
    """Lengths of the words of a text by their first letters."""
    found: dict[str, list[int]] = {}
    for word in _words(text):
        found.setdefault(word[:_STEM], []).append(len(word))
    return found


def _words(text: str) -> list[str]:
    """Words that carry meaning: no figures, no small words, no words of speaking about articles."""
    words = []
    for piece in re.split(r"[\s/–—-]+", text.lower()):
        word = re.sub(r"['’]s?$", "", piece.strip(_EDGES))
        if len(word) >= _SHORTEST and not re.match(r"[\d$€£¥%]", word) and word not in _FRAME:
            words.append(word)
    return words
