"""The nouns of Accord: articles, passages, quotes, questions and answers, all frozen.

Knows nothing of databases, indexes or models. One coordinate system serves everything: a character
offset counts into `Article.content`, the title, a line break and the text, exactly as stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character range `[start, end)` of an article's content."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, got [{self.start}, {self.end})")


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader is told about an article. `date` is `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or None."""

    article_id: str
    title: str
    publisher: str = ""
    date: str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A source and its text, kept character for character as it was taken in."""

    source: Source
    text: str

    @property
    def id(self) -> str:
        return self.source.article_id

    @property
    def content(self) -> str:
        """Title, line break, text: what offsets count into and quotes stand in."""
        return f"{self.source.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one article. `id` is never used again, not even for the same article edited.

    `sentences` are spans of the article's content, like `span`, which they fill.
    """

    id: int
    article_id: str
    ordinal: int
    span: Span
    text: str
    sentences: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Proof: `text` stands in the article's content at `span`. Only `text.locate_quote` makes one."""

    article_id: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage found for a question, with its article. `score` orders evidence; it has no unit.

    `cosines` say how near in meaning the article's title and each of the passage's sentences are to
    the question, in -1..1; empty where the embedder does not tell.
    """

    passage: Passage
    article: Article
    score: float
    cosines: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with the questions asked before it in the conversation, oldest first.

    `text` is what is searched for: where a follow-up was made into another question, that one, and
    `asked` is how the person put it. `alone` is the text with the companies that it leaves unsaid, where
    it does.
    """

    text: str
    earlier: tuple[str, ...] = ()
    asked: str = ""
    alone: str = ""


class Abstention(StrEnum):
    """Why there is no answer: the kinds of not knowing."""

    COMPANY_UNKNOWN = "company_unknown"
    NO_SUCH_DEAL = "no_such_deal"
    DETAIL_NOT_STATED = "detail_not_stated"
    SOURCES_DISAGREE = "sources_disagree"
    PREMISE_CONTRADICTED = "premise_contradicted"
    LIBRARY_EMPTY = "library_empty"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence a writer wants to say, and the words it says prove it: `(article_id, words)` pairs.

    The words are unproven until located; `text` carries no citation marks. `quotes` were located when
    a record of the ledger was made. A `row` stands on a line of its own.
    """

    text: str
    proofs: tuple[tuple[str, str], ...] = ()
    quotes: tuple[Quote, ...] = ()
    row: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A writer's statement that the evidence does not carry an answer."""

    kind: Abstention
    text: str
    proofs: tuple[tuple[str, str], ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What rows were counted over: `deals` of the kind `what`, told in `articles`, in years `span`.

    Worked out over records, so that no single quote proves it; the rows below it do.
    """

    deals: int
    what: str
    articles: int
    span: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """`[n]` in an answer's text, n >= 1."""

    n: int
    quote: Quote
    source: Source


class Strength(StrEnum):
    """How well the articles carry an answer. Copies of one story count once."""

    SEVERAL = "several"
    """Articles that do not copy one another tell it."""
    ONE = "one"
    """One article tells it, and is about it."""
    PASSING = "passing"
    """One article tells it, and only touches on it."""
    DISAGREE = "disagree"
    """Articles contradict one another in what was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person sees. `notice` is one sentence about the way it was made, such as an outage.

    `deals` (`d12`) and `companies` (`c3`) are ids of what it is about, the nearest first.
    `next_questions` can be asked next; `strength` is None for an abstention.
    """

    question: str
    text: str
    citations: tuple[Citation, ...]
    writer: str
    abstention: Abstention | None = None
    notice: str | None = None
    deals: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    next_questions: tuple[str, ...] = ()
    strength: Strength | None = None

    @property
    def abstained(self) -> bool:
        """Whether the question stays open: a corrected premise or a stated conflict is an answer."""
        told = (None, Abstention.PREMISE_CONTRADICTED, Abstention.SOURCES_DISAGREE)
        return self.abstention not in told


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in a list. `name` is its first question until it is renamed; times are UTC, ISO 8601.

    `began` and `asked` are when its first and its last question were asked.
    """

    id: str
    name: str
    began: str
    asked: str
    questions: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of a conversation, as asked, with its answer and when it was asked (UTC, ISO 8601).

    `answer` is None for a question asked before answers were kept.
    """

    question: str
    answer: Answer | None
    asked: str


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of an answer's text while it is being written."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a stream; `answer.text` replaces what was shown, which a failing model may have begun."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Status:
    """What is held and by whom it is read. `in_step`: both indexes hold exactly what the database holds."""

    articles: int
    passages: int
    deals: int
    companies: int
    in_step: bool
    embedder: str
    writer: str
    first_date: str | None
    last_date: str | None
    updated_at: str | None
    database: str
    data: str
