"""Whether a deal is about a topic, by the words of the articles that tell of it.

Pure, and knows no meanings: "phones" finds "phone", and not "handset".
"""

from __future__ import annotations

import re

from assistant.deals.ledger.histories import Deal

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ies", "ing", "es", "s", "y")


def is_about(deal: Deal, topic: str) -> bool:
    """Whether each word of `topic` stands in the deal's subject, reasons, evidence, parties or titles."""
    wanted = _stems(topic)
    return not wanted or wanted <= _stems(" ".join(_texts(deal)))


def _texts(deal: Deal) -> list[str]:
    return [
        *(subject.text for subject in deal.subjects),
        *(reason.quote.text for reason in deal.reasons),
        *(quote.text for quote in deal.evidence),
        *(party.name for party in deal.parties),
        *(told.source.title for told in deal.tellings if told.mention.main),
    ]


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower())}


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word
