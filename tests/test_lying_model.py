"""Scripts of a model, true and false, through the whole path: the server, the writer, the gate."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence

import pytest
from deal_books import tell_deals
from loopback_model import LoopbackModel, says
from materials import material_of

from assistant.answer.composition import compose
from assistant.answer.generative import GenerativeWriter
from assistant.answer.material import Material, Statement
from assistant.deals.ledger.book import DealBook
from assistant.domain import Abstention, Answer, Article, Claim, Evidence, Passage, Source, Span
from assistant.language.chat import build_chat_model

TEXT = (
    "Velmora agreed on 13 September 2005 to buy Siskin Systems for $5 billion in cash. "
    "Siskin Systems has 4,000 customers. Its founder Ada Lund backs the sale, which needs the "
    "approval of regulators."
)
ARTICLE = Article(Source("b1", "Velmora to buy Siskin Systems", "", "2005-09-13"), TEXT)
FIRST = len(ARTICLE.source.title) + 1
FOUND = Evidence(Passage(1, "b1", 0, Span(FIRST, len(ARTICLE.content)), TEXT), ARTICLE, 1.0)
BOUGHT = "Velmora agreed on 13 September 2005 to buy Siskin Systems for $5 billion in cash"
Line = dict[str, object]
Ask = Callable[..., Answer]


def _line(text: str, *quotes: str, source: int = 1, key: str = "sentence") -> Line:
    return {"evidence": [{"source": source, "quote": quote} for quote in quotes], key: text}


TRUE: list[Line] = [
    _line("Velmora agreed to buy Siskin Systems for $5 billion in cash.", BOUGHT),
    _line("Siskin Systems has 4,000 customers.", "Siskin Systems has 4,000 customers"),
    _line(
        "Founder Ada Lund backs the sale of Siskin Systems.",
        "Its founder Ada Lund backs the sale",
        "Siskin Systems has 4,000 customers",
    ),
]
LIES: dict[str, Line] = {
    "another figure": _line("Velmora agreed to buy Siskin Systems for $8 billion.", BOUGHT),
    "another scale": _line("Velmora agreed to buy Siskin Systems for $5 million.", BOUGHT),
    "another currency": _line("Velmora agreed to buy Siskin Systems for 5 billion euros.", BOUGHT),
    "another year": _line("Velmora agreed to buy Siskin Systems in September 2003.", BOUGHT),
    "another company": _line("Baldor agreed to buy Siskin Systems for $5 billion.", BOUGHT),
    "another target": _line("Velmora agreed to buy Tarnbeck for $5 billion.", BOUGHT),
    "buyer and target exchanged": _line("Siskin Systems agreed to buy Velmora.", BOUGHT),
    "a quote that is nowhere": _line("Velmora hopes to grow.", "Velmora hopes to grow"),
    "no quote": {"sentence": "Velmora agreed to buy Siskin Systems."},
    "a source that is not there": _line("Velmora agreed to buy it.", BOUGHT, source=99),
    "something else": _line("Rumours of an accounting scandal unsettle nervous investors.", BOUGHT),
}


class Offline:
    name = "offline"

    def write(self, _material: Material) -> Iterator[Statement]:
        yield Claim("Siskin Systems has 4,000 customers.", (("b1", "has 4,000 customers"),))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> DealBook:
    return tell_deals(tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackModel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        with LoopbackModel() as model:
            yield model


@pytest.fixture(scope="module")
def ask(server: LoopbackModel, book: DealBook) -> Ask:
    writer = GenerativeWriter(build_chat_model("scripted", "", server.base_url, 20, 0), "scripted")

    def asked(
        script: Sequence[Line],
        question: str = "How much does Velmora pay for Siskin Systems?",
        shown: list[str] | None = None,
    ) -> Answer:
        server.behave(says("\n".join(map(json.dumps, script)), piece_chars=9))
        emit = (shown if shown is not None else []).append
        return compose(material_of(question, [FOUND], book), writer, Offline(), emit)

    return asked


def _bare(answer: Answer) -> str:
    return re.sub(r" (?:\[\d+\])+", "", answer.text)


def test_a_true_script_is_shown_whole(ask: Ask) -> None:
    answer = ask(TRUE)
    assert _bare(answer) == " ".join(str(line["sentence"]) for line in TRUE)
    assert (answer.writer, answer.notice) == ("scripted", None)
    assert [c.n for c in answer.citations] == [1, 2, 3]


@pytest.mark.parametrize("lie", LIES)
def test_of_a_script_that_lies_in_every_other_sentence_only_the_truth_is_shown(
    ask: Ask, lie: str
) -> None:
    answer = ask([TRUE[0], LIES[lie], TRUE[1], LIES[lie]])
    assert _bare(answer) == f"{TRUE[0]['sentence']} {TRUE[1]['sentence']}"
    assert answer.writer == "scripted"
    assert (answer.notice or "").startswith("2 sentences")


@pytest.mark.parametrize("lie", LIES)
def test_where_the_first_sentence_is_the_lie_the_offline_answer_is_given(
    ask: Ask, lie: str
) -> None:
    shown: list[str] = []
    answer = ask([LIES[lie], *TRUE], shown=shown)
    assert answer.text == "Siskin Systems has 4,000 customers [1]."
    assert answer.writer == "offline"
    assert "this answer was written offline" in (answer.notice or "")
    assert "".join(shown) == answer.text


def test_numbers_are_the_same_while_it_is_written_and_when_it_is_asked_again(ask: Ask) -> None:
    script = [TRUE[0], LIES["another figure"], TRUE[2], TRUE[1], TRUE[0]]
    shown: list[str] = []
    first, again = ask(script, shown=shown), ask(script)
    assert "".join(shown) == first.text == again.text
    assert first.citations == again.citations
    marks = [int(n) for n in re.findall(r"\[(\d+)\]", first.text)]
    assert list(dict.fromkeys(marks)) == [c.n for c in first.citations] == [1, 2, 3]


def test_a_record_is_cited_by_its_own_quote(ask: Ask, book: DealBook) -> None:
    line = _line(
        "Velmora paid $10 billion for Tarnbeck.", "its purchase of Tarnbeck for $10", source=2
    )
    answer = ask([line], "How much did Velmora pay for Tarnbeck?")
    (citation,) = answer.citations
    assert (citation.source.article_id, answer.writer) == ("a1", "scripted")
    assert citation.quote.text == "Velmora completed its purchase of Tarnbeck for $10 billion."


def test_a_list_is_worked_out_from_the_ledger_whatever_the_model_counts(ask: Ask) -> None:
    answer = ask([{"list": "all"}], "Which companies has Velmora bought?")
    assert answer.text.startswith("3 acquisitions in 3 articles, 2004-2006:\n\n- Tarnbeck (")
    assert answer.text.count("\n- ") == 3
    assert answer.writer == "scripted"


def test_a_list_of_chosen_records_holds_those_alone(ask: Ask) -> None:
    answer = ask([{"list": [2, 3]}], "Which companies has Velmora bought?")
    assert re.findall(r"- ([\w ]+) \(", answer.text) == ["Tarnbeck", "Siskin Systems"]
    assert answer.text.startswith("2 acquisitions")


def test_a_premise_is_put_right_with_its_proof(ask: Ask) -> None:
    said = "Velmora has not paid yet: the sale of Siskin Systems needs the approval of regulators."
    quotes = ("which needs the approval of regulators", "Siskin Systems has 4,000 customers")
    answer = ask(
        [_line(said, *quotes, key="correction")], "Why has Velmora paid for Siskin Systems?"
    )
    assert answer.abstention is Abstention.PREMISE_CONTRADICTED
    assert not answer.abstained
    assert _bare(answer) == said
    assert len(answer.citations) == 2


def test_an_abstention_that_proves_no_nearest_fact_is_given_the_ledgers(ask: Ask) -> None:
    line = {"unanswerable": "The articles do not say.", "kind": "detail_not_stated", "evidence": []}
    answer = ask([line], "Who advised Velmora when it bought Tarnbeck?")
    assert answer.abstained
    assert answer.text == (
        "The articles do not say. The nearest they come: Velmora completed its purchase of Tarnbeck "
        "for $10 billion [1]."
    )
