"""Many verdicts as a table of shares, each with the range chance leaves open. Pure."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.evaluation.judging import Verdict

_Z = 1.959964
"""Of a normal distribution: 95 percent lie within so many deviations."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, where `of` may be 0."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the share lies with 95 percent (Wilson 1927): sensible for few cases, and near 0 and 1."""
        if not self.of:
            return None
        p, n = self.hits / self.of, self.of
        middle = p + _Z**2 / (2 * n)
        reach = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        whole = 1 + _Z**2 / n
        return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


@dataclass(frozen=True, slots=True)
class Scores:
    """`overall` counts right answers and right abstentions; `by_type` too, by type of question."""

    overall: Share
    right: Share
    supported: Share
    wrong: Share
    abstained_wrongly: Share
    abstained_rightly: Share
    quotes_verbatim: Share
    by_type: tuple[tuple[str, Share], ...]
    median_words: float


def score(verdicts: Sequence[Verdict]) -> Scores:
    answerable = [v for v in verdicts if v.question.answerable]
    unanswerable = [v for v in verdicts if not v.question.answerable]
    by_type: dict[str, list[bool]] = defaultdict(list)
    for verdict in verdicts:
        by_type[verdict.question.type].append(verdict.right)
    return Scores(
        overall=_share(v.right for v in verdicts),
        right=_share(v.right for v in answerable),
        supported=_share(v.supported for v in answerable),
        wrong=_share(not v.right and not v.abstained for v in answerable),
        abstained_wrongly=_share(v.abstained for v in answerable),
        abstained_rightly=_share(v.right for v in unanswerable),
        quotes_verbatim=Share(
            sum(v.quotes_verbatim for v in verdicts), sum(v.quotes for v in verdicts)
        ),
        by_type=tuple((name, _share(flags)) for name, flags in sorted(by_type.items())),
        median_words=statistics.median(v.words for v in verdicts) if verdicts else 0,
    )


def _share(flags: Iterable[bool]) -> Share:
    counted = list(flags)
    return Share(sum(counted), len(counted))


ROWS = (
    ("overall", "right answers and right abstentions"),
    ("right", "right, of the answerable"),
    ("supported", "right and supported by a citation"),
    ("wrong", "wrong answer given"),
    ("abstained_wrongly", "abstained although answerable"),
    ("abstained_rightly", "abstained, of the unanswerable"),
    ("quotes_verbatim", "quotes verbatim"),
)
"""Shares of `Scores` in the order of the table, with their names there."""


def scores_table(scores: Scores) -> str:
    lines = [f"{'':37} {'share':>5}  {'95 % range':12} {'of':>5}"]
    lines += [_row(shown, getattr(scores, name)) for name, shown in ROWS]
    lines.append(f"{'median words of an answer':37} {scores.median_words:>5g}")
    lines.append("by type")
    lines += [_row(f"  {name}", share) for name, share in scores.by_type]
    return "\n".join(lines)


def _row(name: str, share: Share) -> str:
    if share.value is None or share.interval is None:
        return f"{name:37} {'-':>5}  {'':12} {0:>5}"
    low, high = share.interval
    return f"{name:37} {share.value:>5.3f}  {low:.3f}-{high:.3f}  {share.of:>5}"


def scores_record(scores: Scores) -> dict[str, object]:
    """The table as JSON has it; a share of none is null."""
    shares = {name: share_record(getattr(scores, name)) for name, _ in ROWS}
    by_type = {name: share_record(share) for name, share in scores.by_type}
    return {**shares, "median_words": scores.median_words, "by_type": by_type}


def share_record(share: Share) -> dict[str, object]:
    value, interval = share.value, share.interval
    return {
        "share": None if value is None else round(value, 4),
        "range": None if interval is None else [round(end, 4) for end in interval],
        "of": share.of,
    }
