from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from loopback_model import LoopbackModel, fails, says

from assistant.answer.antecedents import Turn
from assistant.answer.followups import Standing
from assistant.answer.rewriting import ModelRewriter
from assistant.deals.ledger.book import DealBook
from assistant.deals.ledger.register import Company
from assistant.errors import ModelFailed
from assistant.language.chat import build_chat_model

BOOK = DealBook(
    companies=tuple(
        Company(f"c{n}", name, (name,), (), 1, 1)
        for n, name in enumerate(("Velmora", "Vitrea", "Oskeld"), 1)
    )
)
EARLIER = [Turn("Who bought Vitrea in 2005?", "Velmora of Norrby bought Vitrea [1].")]
OFFLINE = Standing("How much did they pay in the acquisition of Vitrea?", carried=True)


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackModel]:
    with LoopbackModel() as model:
        yield model


@pytest.fixture(scope="module")
def rewriter(server: LoopbackModel) -> ModelRewriter:
    return ModelRewriter(build_chat_model("m", "", server.base_url, 30.0, 0))


def rewrite(rewriter: ModelRewriter, server: LoopbackModel, text: str) -> Standing:
    server.requests.clear()
    server.behave(says(text))
    return rewriter.rewrite("how much did they pay?", EARLIER, OFFLINE, BOOK.directory.find)


def test_the_models_rewriting_is_taken_where_the_conversation_holds_its_names(
    rewriter: ModelRewriter, server: LoopbackModel
) -> None:
    question = "How much did Velmora's owners pay for Vitrea in 2005?"
    found = rewrite(rewriter, server, json.dumps({"question": question}))
    assert found == Standing(question)
    (request,) = server.chats
    assert "Answer: Velmora of Norrby bought Vitrea.\n" in request.messages
    assert request.messages.endswith("Question: how much did they pay?")


@pytest.mark.parametrize(
    "written",
    [
        '{"question": "How much did Brandtwerk pay for Vitrea?"}',
        '{"question": "How much did Velmora pay for Vitrea in 2007?"}',
        '{"question": "how much did oskeld pay for vitrea?"}',
        '{"question": ""}',
        '{"question": ["How much?"]}',
        '{"answer": "12 million"}',
        "How much did Velmora pay?",
        '{"question": "How',
        json.dumps({"question": "How much did Velmora pay? " * 40}),
    ],
)
def test_a_rewriting_that_invents_or_cannot_be_read_gives_way_to_the_offline_one(
    rewriter: ModelRewriter, server: LoopbackModel, written: str
) -> None:
    assert rewrite(rewriter, server, written) == OFFLINE


def test_a_model_that_is_down_is_told(rewriter: ModelRewriter, server: LoopbackModel) -> None:
    server.behave(fails(500))
    with pytest.raises(ModelFailed):
        rewriter.rewrite("why?", EARLIER, OFFLINE, BOOK.directory.find)
