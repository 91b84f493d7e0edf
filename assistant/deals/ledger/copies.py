"""Articles that are copies of one story, such as a wire report in several papers.

Pure. A sketch is the smallest hashes of an article's runs of words; two sketches tell how much two
texts share without the texts (bottom-k sketches, Broder 1997).
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Mapping

_RUN = 4
"""Words a run: papers change single words, and four in a row are seldom the same by chance."""

_KEPT = 48
_SAME = 0.55
"""Share of two sketches in common, above which one text is taken for a copy of the other."""

_WORD = re.compile(r"\w+")


def sketch(text: str) -> tuple[int, ...]:
    """Up to 48 hashes, ascending; the same for the same words, whatever signs stand between them."""
    words = [word.encode() for word in _WORD.findall(text.lower()[:100_000])]
    runs = {
        zlib.crc32(b" ".join(words[i : i + _RUN])) for i in range(max(1, len(words) - _RUN + 1))
    }
    return tuple(sorted(runs)[:_KEPT])


def originals(sketches: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """Each article's id to that of the first article it is a copy of, or its own."""
    first: dict[str, str] = {}
    holders: dict[int, list[str]] = defaultdict(list)
    for article_id in sorted(sketches):
        mine = sketches[article_id]
        shared: dict[str, int] = defaultdict(int)
        for value in mine:
            for other in holders[value]:
                shared[other] += 1
        alike = [o for o, n in shared.items() if n >= _SAME * min(len(mine), len(sketches[o]))]
        first[article_id] = first[min(alike)] if alike else article_id
        if not alike:
            for value in mine:
                holders[value].append(article_id)
    return first
