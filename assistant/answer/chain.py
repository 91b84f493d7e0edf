"""The answer chain as a LangGraph graph: question, evidence, answer.

The graph carries one exchange. With a checkpointer it also carries a conversation: the questions
asked so far, by conversation id. Evidence and answers are not stored, they can be found again.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Protocol, TypedDict

from langgraph.channels import UntrackedValue
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

from assistant.answer.asking import read_asking
from assistant.answer.composition import compose
from assistant.answer.evidence import order_evidence
from assistant.answer.facts import fitting_deals
from assistant.answer.material import Material, Writer
from assistant.answer.question import search_text
from assistant.answer.sentences import Words
from assistant.deals.ledger.book import DealBook
from assistant.domain import Answer, Delta, Evidence, Finished, Question


class Exchange(TypedDict, total=False):
    """State of the graph. `asked` grows by one question an exchange."""

    question: str
    asked: Annotated[list[str], operator.add]
    reading: Annotated[Question, UntrackedValue(Question)]
    material: Annotated[Material, UntrackedValue(Material)]
    notice: Annotated[str | None, UntrackedValue(str)]
    answer: Annotated[Answer, UntrackedValue(Answer)]


class Sources(Protocol):
    """Where evidence comes from; everything it gives is inside the walls."""

    def find(self, query: str) -> tuple[list[Evidence], str | None]:
        """Passages, and what to tell when they had to be found in a poorer way."""
        ...

    def book(self) -> DealBook: ...

    def words(self) -> Words: ...


def build_chain(
    sources: Sources,
    model_writer: Writer | None,
    offline_writer: Writer,
    checkpointer: Any = None,
) -> Any:
    """A compiled graph. Input `{"question": str, "asked": [earlier, ...]}`, output with `answer`."""

    def read(state: Exchange) -> Exchange:
        earlier = tuple(state.get("asked", ()))
        return {"reading": Question(state["question"], earlier)}

    def gather(state: Exchange) -> Exchange:
        question = state["reading"]
        found, notice = sources.find(search_text(question))
        return {"material": gather_material(question, found, sources), "notice": notice}

    def write(state: Exchange) -> Exchange:
        emit = get_stream_writer()
        answer = compose(state["material"], model_writer, offline_writer, emit)
        notices = [part for part in (state["notice"], answer.notice) if part]
        answer = replace(answer, notice=" ".join(notices) or None)
        return {"answer": answer, "asked": [state["question"]]}

    graph = StateGraph(Exchange)
    graph.add_node("read", read)
    graph.add_node("gather", gather)
    graph.add_node("write", write)
    graph.add_edge(START, "read")
    graph.add_edge("read", "gather")
    graph.add_edge("gather", "write")
    graph.add_edge("write", END)
    return graph.compile(checkpointer=checkpointer)


def gather_material(question: Question, found: list[Evidence], sources: Sources) -> Material:
    """Passages in the order in which they answer, and the deals of the ledger that fit."""
    book, words = sources.book(), sources.words()

    def is_word(word: str) -> bool:
        return any(words.rarity(term) < 1.0 for term in words.terms(word))

    asking = read_asking(question.text, book.directory.find(question.text, is_word))
    return Material(
        question=question,
        asking=asking,
        passages=tuple(order_evidence(question, found, words)),
        deals=tuple(fitting_deals(book, asking)),
        book=book,
    )


def stream_answer(
    chain: Any, question: str, earlier: tuple[str, ...] = (), conversation: str | None = None
) -> Iterator[Delta | Finished]:
    """Pieces of the answer's text, then the answer. `earlier` only where there is no conversation."""
    given: Exchange = {"question": question}
    if earlier:
        given["asked"] = list(earlier)
    config = {"configurable": {"thread_id": conversation}} if conversation else {}
    for mode, part in chain.stream(given, config, stream_mode=["custom", "values"]):
        if mode == "custom":
            yield Delta(part)
        elif "answer" in part:
            yield Finished(part["answer"])
