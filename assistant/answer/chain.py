"""The answer chain as a LangGraph graph: question, evidence, answer.

The graph carries one exchange. With a checkpointer it also carries a conversation: the questions
asked so far, by conversation id. Evidence and answers are not stored, they can be found again.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Any, TypedDict

from langgraph.channels import UntrackedValue
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

from assistant.answer.composition import compose
from assistant.answer.question import search_text
from assistant.domain import Answer, Delta, Evidence, Finished, Question, Writer


class Exchange(TypedDict, total=False):
    """State of the graph. `asked` grows by one question an exchange."""

    question: str
    asked: Annotated[list[str], operator.add]
    reading: Annotated[Question, UntrackedValue(Question)]
    evidence: Annotated[list[Evidence], UntrackedValue(list)]
    notice: Annotated[str | None, UntrackedValue(str)]
    answer: Annotated[Answer, UntrackedValue(Answer)]


def build_chain(
    find: Callable[[str], tuple[list[Evidence], str | None]],
    order: Callable[[Question, list[Evidence]], list[Evidence]],
    model_writer: Writer | None,
    offline_writer: Writer,
    checkpointer: Any = None,
) -> Any:
    """A compiled graph. Input `{"question": str, "asked": [earlier, ...]}`, output with `answer`."""

    def read(state: Exchange) -> Exchange:
        earlier = tuple(state.get("asked", ()))
        return {"reading": Question(state["question"], earlier)}

    def gather(state: Exchange) -> Exchange:
        evidence, notice = find(search_text(state["reading"]))
        return {"evidence": order(state["reading"], evidence), "notice": notice}

    def write(state: Exchange) -> Exchange:
        emit = get_stream_writer()
        answer = compose(state["reading"], state["evidence"], model_writer, offline_writer, emit)
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
