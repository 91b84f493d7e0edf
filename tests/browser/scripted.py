"""An assistant whose answers are written down beforehand, and the server that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from assistant.curation import Curation
from assistant.deals.ledger.book import DealBook
from assistant.domain import (
    Abstention,
    Answer,
    Article,
    Citation,
    Conversation,
    Delta,
    Exchange,
    Finished,
    Quote,
    Source,
    Span,
    Status,
    Strength,
)
from assistant.errors import ArticleMissing, ConversationMissing, FeedbackRefused, NameRefused
from assistant.library.ingest import Files, Report
from assistant.web.intake import Progress

Script = Callable[[], Iterator[Delta | Finished]]
AT = "2026-11-24T18:15:00+00:00"


def cite(n: int, article: Article, words: str) -> Citation:
    """A citation of words that stand in the article."""
    start = article.content.index(words)
    quote = Quote(article.id, Span(start, start + len(words)), words)
    return Citation(n, quote, article.source)


XIAOMI = Article(
    Source(
        "xiaomi-baidu",
        "Xiaomi and Baidu join forces on artificial intelligence for connected devices",
        "Mobile World",
        "2017-11-28",
        "https://news.example/xiaomi-baidu",
    ),
    "Xiaomi and Baidu said on Tuesday that they will work together on artificial intelligence "
    "and the internet of things.\n\nThe announcement came at the first developer conference that "
    "Xiaomi has held on connected devices.\n\n"
    + "\n\n".join(
        f"Paragraph {n} of the report describes what the two companies showed: a speaker, a lamp "
        "and a rice cooker that answer to the voice, and the tools developers will be given."
        for n in range(1, 13)
    )
    + "\n\nQi Lu, chief operating officer of Baidu, said Xiaomi leads the industry in connected "
    "devices. Lei Jun, who founded Xiaomi, spoke of the deep experience of the new partner in "
    "artificial intelligence.\n\nNo sum of money was named.",
)
KITT = Article(
    Source("kitt", "Baidu buys KITT.AI of Seattle", "Trade Wire", "2017-07", "javascript:alert(1)"),
    "Baidu has bought KITT.AI, a company of Seattle that works on natural language.\n"
    "The price was not told.",
)
HOSTILE = Article(
    Source(
        "hostile id/?&#<1>",
        '<img src=x onerror="window.hurt=1">**bold** [out](https://evil.example) $x$ | `c`',
        "<script>window.hurt=1</script>",
        '2018" onmouseover="window.hurt=1',
        'https://evil.example/"><script>window.hurt=1</script>',
    ),
    "# Not a heading\n\n![x](https://evil.example/x.png) <img src=https://evil.example/y.png>\n\n"
    "<script>window.hurt=1</script> The price was $120 million & not $90 million.\n\n"
    "<form action=https://evil.example><button>send</button></form></article></main>",
)
ARTICLES = {article.id: article for article in (XIAOMI, KITT, HOSTILE)}

PARTNERS = "Who did Xiaomi partner with?"
PURCHASE = "Which company did Baidu buy?"
TESLA = "Did Xiaomi buy Tesla?"
NASTY = "Say something <b>hostile</b> **now** ![q](https://evil.example/q.png)"


def finished(
    question: str,
    text: str,
    *citations: Citation,
    writer: str = "offline",
    abstention: Abstention | None = None,
    notice: str | None = None,
) -> Finished:
    return Finished(Answer(question, text, citations, writer, abstention, notice))


PARTNERS_ANSWER = finished(
    PARTNERS,
    "Xiaomi partnered with Baidu on artificial intelligence and the internet of things. [1] "
    "Lei Jun named the deep experience of Baidu as the reason. [2]",
    cite(
        1, XIAOMI, "they will work together on artificial intelligence and the internet of things"
    ),
    cite(2, XIAOMI, "spoke of the deep experience of the new partner in artificial intelligence"),
)
PARTNERS_ANSWER = Finished(
    replace(
        PARTNERS_ANSWER.answer,
        deals=("d1", "d2"),
        companies=("c1",),
        next_questions=(PURCHASE, TESLA),
        strength=Strength.ONE,
    )
)
PURCHASE_ANSWER = finished(
    PURCHASE,
    "Baidu bought KITT.AI of Seattle. [1]",
    cite(1, KITT, "Baidu has bought KITT.AI, a company of Seattle"),
    writer="gpt-5-mini",
    notice="The model was slow to answer, so a second try was made.",
)
TESLA_ANSWER = finished(
    TESLA,
    "The articles tell of no purchase of Tesla by Xiaomi; they tell of its partnership with "
    "Baidu. [1]",
    cite(1, XIAOMI, "Xiaomi and Baidu said on Tuesday that they will work together"),
    abstention=Abstention.NO_SUCH_DEAL,
)
TESLA_ANSWER = Finished(replace(TESLA_ANSWER.answer, next_questions=(PARTNERS,)))
NASTY_ANSWER = finished(
    NASTY,
    "<img src=https://evil.example/a.png onerror=window.hurt=1> **bold** [link](https://evil.example)"
    " ![i](https://evil.example/b.png)\n# heading\n\n<script>window.hurt=1</script> $120 million$ "
    "<style>body{display:none}</style> [1] [9]",
    cite(1, HOSTILE, "The price was $120 million & not $90 million."),
    writer="<b>model</b>",
    notice="<i>notice</i> [x](https://evil.example)",
)
ANSWERS = {
    answer.answer.question: answer
    for answer in (PARTNERS_ANSWER, PURCHASE_ANSWER, TESLA_ANSWER, NASTY_ANSWER)
}

FULL = Status(
    articles=43,
    passages=120,
    deals=12,
    companies=1,
    in_step=True,
    embedder="minilm",
    writer="offline",
    first_date="2005-11",
    last_date="2018-06-14",
    updated_at=AT,
    database="sqlite",
    data="/data",
)


def told(answer: Finished) -> Iterator[Delta | Finished]:
    """The answer word by word, then whole."""
    words = answer.answer.text.split(" ")
    for index, word in enumerate(words):
        yield Delta(word if index == 0 else f" {word}")
    yield answer


@dataclass
class ScriptedAssistant:
    """Answers from `scripts` by question, else from ANSWERS; remembers what it was asked."""

    scripts: dict[str, Script] = field(default_factory=dict)
    held: Status = FULL
    deals: DealBook = field(default_factory=DealBook)
    asked: list[tuple[str, str]] = field(default_factory=list)
    kept: dict[str, list[Exchange]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    judged: list[tuple[str, str, str]] = field(default_factory=list)

    def stream(self, question: str, conversation: str) -> Iterator[Delta | Finished]:
        self.asked.append((question, conversation))
        script = self.scripts.get(question)
        for part in script() if script else told(ANSWERS[question]):
            if isinstance(part, Finished):
                kept = Exchange(question, part.answer, AT)
                self.kept.setdefault(conversation, []).append(kept)
            yield part

    def conversations(self, person: str = "", words: str = "") -> list[Conversation]:
        return [
            self.find_conversation(name)
            for name, exchanges in reversed(self.kept.items())
            if exchanges
            and all(word in self.names.get(name, str(exchanges)) for word in words.split())
        ]

    def conversation(self, conversation: str, person: str = "") -> list[Exchange]:
        if not self.kept.get(conversation):
            raise ConversationMissing(f"there is no conversation {conversation!r}")
        return self.kept[conversation]

    def find_conversation(self, conversation: str, person: str = "") -> Conversation:
        held = self.conversation(conversation)
        name = self.names.get(conversation, held[0].question)
        return Conversation(conversation, name, AT, AT, len(held))

    def rename_conversation(self, conversation: str, name: str, person: str = "") -> None:
        if not name.strip():
            raise NameRefused("a conversation's name has 1 to 200 characters; give another")
        self.names[conversation] = name

    def delete_conversation(self, conversation: str, person: str = "") -> None:
        del self.kept[conversation]

    def drop_last_exchange(
        self, conversation: str, person: str = "", exchange: int | None = None
    ) -> bool:
        held = self.conversation(conversation)
        if exchange not in (None, len(held) - 1):
            return False
        held.pop()
        return True

    def give_feedback(
        self, conversation: str, exchange: int, verdict: str, words: str = "", person: str = ""
    ) -> None:
        if words == "refuse this":
            raise FeedbackRefused("a word on an answer may have 2,000 characters; write less")
        self.judged.append((self.conversation(conversation)[exchange].question, verdict, words))

    @property
    def curation(self) -> Curation:
        raise NotImplementedError

    def ingest(self, paths: Files, progress: Progress = lambda _w, _d, _t: None) -> Report:
        raise NotImplementedError

    def ingest_seeds(self, progress: Progress = lambda _w, _d, _t: None) -> Report:
        raise NotImplementedError

    def article(self, article_id: str) -> Article:
        if article_id not in ARTICLES:
            raise ArticleMissing(f"There is no article with the id {article_id!r}")
        return ARTICLES[article_id]

    def book(self) -> DealBook:
        return self.deals

    def status(self) -> Status:
        return self.held

    def examples(self) -> list[str]:
        return [PARTNERS, PURCHASE, TESLA]
