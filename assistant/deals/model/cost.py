"""What reading with a model costs: tokens before, by the length of the text, and after, as counted.

Knows no price of any model; whoever asks gives the price, or gets tokens alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BYTES_PER_TOKEN = 4.0
"""UTF-8 bytes of English text a token, by the rule of OpenAI's guide; other scripts have more bytes."""

REPLY_TOKENS = 60
"""An answer that holds no deal, with what a server adds around it."""

REPLY_SHARE = 0.8
"""Tokens of an answer for each of the article: .84 over 64 articles chosen for their deals, less elsewhere."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Requests sent and tokens read and written; `estimated` when not all tokens were counted."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.requests + other.requests,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class Prices:
    """Money a million tokens, in whatever currency the owner pays; None where it was not told."""

    per_million_in: float | None = None
    per_million_out: float | None = None

    def cost(self, usage: Usage) -> float | None:
        """None unless both prices are known."""
        if self.per_million_in is None or self.per_million_out is None:
            return None
        spent = usage.tokens_in * self.per_million_in + usage.tokens_out * self.per_million_out
        return spent / 1_000_000


def count_tokens(text: str) -> int:
    """Tokens of a text, estimated."""
    return round(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)


def told_cost(usage: Usage, prices: Prices) -> str:
    """One line for a person, such as "12 requests, about 40,000 tokens in and 3,000 out, 0.05"."""
    about = "about " if usage.estimated else ""
    requests = "1 request" if usage.requests == 1 else f"{usage.requests:,} requests"
    tokens_in, tokens_out = (
        float(f"{tokens:.2g}") if usage.estimated else tokens
        for tokens in (usage.tokens_in, usage.tokens_out)
    )
    told = f"{requests}, {about}{tokens_in:,.0f} tokens in and {tokens_out:,.0f} out"
    cost = prices.cost(usage)
    return told if cost is None else f"{told}, {about}{cost:,.2f} at the prices set"


def total(usages: Iterable[Usage]) -> Usage:
    return sum(usages, Usage())
