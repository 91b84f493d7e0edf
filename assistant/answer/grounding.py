"""Whether a model's sentence speaks of what its quotes speak of.

`verification` finds a wrong figure, name or direction; it has nothing to say of a sentence that holds
none. A model that does what an article tells it to writes such sentences: a poem, an advertisement, its
answer in other letters. Most of the words of a sentence that a reader made from some quotes stand in
them, in their titles or in the question. Pure; knows no language but the small words of English.
"""

from __future__ import annotations

import re

_SHARE = 0.34
"""Of a clause's words. None of the 49 true sentences written by hand for 48 questions of DealQA had less
(benchmarks/results/generative-2026-11-25-5111a57.json)."""

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
    "how who why much many did does was were are has had can "
    "million billion thousand percent euro euros dollar dollars pounds share cash "
    "according called state states stated source sources given gives company companies deal deals".split()
)
_CLAUSE = re.compile(r"[;:.!?](?=\s|$)|\s[-–—]\s")
_EDGES = "\"'“”‘’.,;:!?()[]{}«»…*_"
_ADDRESS = re.compile(r"://|^www\.|^\S+@\S+\.\S+$|^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}(?:/\S*)?$")
_LONGEST = 30
"""Letters. What is longer and stands nowhere is a sentence without its spaces."""


def find_stray(text: str, told: str, titles: str, asked: str) -> str | None:
    """The first part of `text` that is not about what is told, or an address not told; None for none.

    `told` are the words cited, `titles` those of their articles, `asked` is the question with those before
    it. All of `text` where it shares nothing with `titles` and `asked`, unless those ask in small words only.
    """
    for word in text.split():
        bare = word.strip(_EDGES)
        address = _ADDRESS.search(bare) or len(bare) > _LONGEST
        if address and bare.lower() not in f"{told} {titles}".lower():
            return bare
    about = _by_stem(f"{titles} {asked}")
    words, names = _words(text), _names(text)
    shared = names & _names(f"{titles} {asked}") or any(_is_held(word, about) for word in words)
    if words and _words(asked) and not shared:
        return text
    held = _by_stem(f"{told} {titles} {asked}")
    return next((c for c in _CLAUSE.split(text) if _strays(_words(c), held)), None)


def _names(text: str) -> set[str]:
    """Words with a capital, without what follows an apostrophe."""
    return {word.lower() for word in re.findall(r"\b[A-Z][\w&]+", text)} - _FRAME


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
